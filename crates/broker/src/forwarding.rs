//! Clients' requests that only the active controller can carry out: forwarded to it as they came
//! (KIP-590), in an envelope that names the client; and the other end of that.

use crate::context::RequestContext;
use crate::dispatch::serve_enclosed;
use crate::node::Node;
use crate::quorum::{ActiveController, ControllerError};
use crate::reply::Reply;
use bytes::Bytes;
use keld_net::{Answer, Outcome};
use keld_types::{ErrorCode, Principal};
use keld_wire::messages::{DefaultPrincipalData, EnvelopeRequest, EnvelopeResponse, RequestHeader};
use keld_wire::{ApiKey, Decode as _, DecodeError, Decoder, Encode as _, EncodeError, Encoder};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Between two tries, while no controller takes the request.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The version of the principal in an envelope.
const PRINCIPAL_VERSION: i16 = 0;

/// Whether clients ask the controller for this, by way of a broker.
pub(crate) const fn is_forwarded(key: ApiKey) -> bool {
    matches!(
        key,
        ApiKey::CreateTopics
            | ApiKey::DeleteTopics
            | ApiKey::CreatePartitions
            | ApiKey::AlterConfigs
            | ApiKey::IncrementalAlterConfigs
            | ApiKey::ElectLeaders
            | ApiKey::AlterPartitionReassignments
            | ApiKey::ListPartitionReassignments
            | ApiKey::UpdateFeatures
            | ApiKey::UnregisterBroker
            | ApiKey::DescribeQuorum
            | ApiKey::AddRaftVoter
            | ApiKey::RemoveRaftVoter
    )
}

impl Node {
    /// Whether this node must forward what only the active controller can do.
    pub(crate) fn must_forward(&self) -> bool {
        !matches!(self.quorum.active_controller(), ActiveController::Local(_))
    }

    /// Sends a client's request to the active controller, again while there is none that takes it.
    /// `otherwise` answers when none did in time.
    pub(crate) fn forward(
        self: &Arc<Self>,
        context: &RequestContext,
        body: Bytes,
        otherwise: impl FnOnce() -> Reply + Send + 'static,
    ) -> Reply {
        let envelope = match envelope(context, &body) {
            Ok(envelope) => envelope,
            Err(error) => {
                tracing::error!(%error, "a request cannot be forwarded");
                return otherwise();
            }
        };
        let node = Arc::clone(self);
        Reply::Eventually(Box::pin(async move {
            match node.send_envelope(envelope).await {
                Forwarded::Answered(bytes) => Reply::Raw(bytes),
                Forwarded::Refused => Reply::Close,
                Forwarded::NotTaken => otherwise(),
            }
        }))
    }

    async fn send_envelope(&self, envelope: EnvelopeRequest) -> Forwarded {
        let clock = &self.env.clock;
        let timeout = u64::try_from(self.config().limits.request_timeout_ms).unwrap_or(0);
        let deadline = clock.monotonic() + Duration::from_millis(timeout);
        let mut controllers = self.quorum.watch_controller();
        loop {
            let is_unknown = matches!(*controllers.borrow_and_update(), ActiveController::Unknown);
            let left = deadline.saturating_sub(clock.monotonic());
            let sent = tokio::select! {
                sent = self.quorum.call_controller(&self.env, envelope.clone(), left) => sent,
                // The one that was asked may be the reason for the change.
                _ = controllers.changed(), if !is_unknown => continue,
            };
            match sent {
                Ok(response) => match (response.error_code, response.response_data) {
                    (ErrorCode::NONE, Some(bytes)) => return Forwarded::Answered(bytes),
                    (ErrorCode::NOT_CONTROLLER, _) => {}
                    // The client asks for the versions anew, on another connection.
                    (ErrorCode::UNSUPPORTED_VERSION, _) => return Forwarded::Refused,
                    (code, _) => {
                        tracing::warn!(%code, "the controller does not take a forwarded request");
                        return Forwarded::NotTaken;
                    }
                },
                // This node became the controller meanwhile.
                Err(ControllerError::Local) => return Forwarded::NotTaken,
                Err(error) => tracing::debug!(%error, "the controller cannot be asked"),
            }
            if clock.monotonic() >= deadline || self.stopping.is_cancelled() {
                return Forwarded::NotTaken;
            }
            tokio::select! {
                _ = controllers.changed() => {}
                () = clock.sleep_until((clock.monotonic() + RETRY_PAUSE).min(deadline)) => {}
            }
        }
    }
}

enum Forwarded {
    /// The client's answer, header included.
    Answered(Bytes),
    /// The client must connect anew.
    Refused,
    /// No controller took it.
    NotTaken,
}

fn envelope(context: &RequestContext, body: &Bytes) -> Result<EnvelopeRequest, EncodeError> {
    let header = RequestHeader {
        request_api_key: context.api_key.code(),
        request_api_version: context.version,
        correlation_id: context.correlation_id,
        client_id: context.client_id.clone(),
        ..RequestHeader::default()
    };
    let mut out = Encoder::new();
    header.encode(&mut out, context.api_key.request_header_version(context.version))?;
    let mut request = out.finish_bytes()?.to_vec();
    request.extend_from_slice(body);
    let principal = DefaultPrincipalData {
        r#type: context.principal.kind().into(),
        name: context.principal.name().into(),
        token_authenticated: false,
        ..DefaultPrincipalData::default()
    };
    let mut out = Encoder::new();
    out.i16(PRINCIPAL_VERSION);
    principal.encode(&mut out, PRINCIPAL_VERSION)?;
    let address = match context.peer.ip().to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    Ok(EnvelopeRequest {
        request_data: request.into(),
        request_principal: Some(out.finish_bytes()?),
        client_host_address: address.into(),
        ..EnvelopeRequest::default()
    })
}

/// The Envelope API: carries out what a broker forwards, for the client that it names.
pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: EnvelopeRequest,
) -> Reply {
    let refuse = |error_code| EnvelopeResponse { error_code, ..EnvelopeResponse::default() }.into();
    if node.must_forward() {
        return refuse(ErrorCode::NOT_CONTROLLER);
    }
    let principal = match request.request_principal.map(parse_principal) {
        Some(Ok(principal)) => principal,
        Some(Err(_)) | None => return refuse(ErrorCode::PRINCIPAL_DESERIALIZATION_FAILURE),
    };
    let Some(address) = parse_address(&request.client_host_address) else {
        return refuse(ErrorCode::INVALID_REQUEST);
    };
    let outer = RequestContext {
        principal,
        peer: SocketAddr::new(address, 0),
        software: None,
        ..context.clone()
    };
    let answer = match serve_enclosed(node, outer, request.request_data, is_forwarded) {
        Ok(answer) => answer,
        Err(code) => return refuse(code),
    };
    let node = Arc::clone(node);
    Reply::later(async move {
        let outcome = match answer {
            Answer::Now(outcome) => outcome,
            Answer::Later(future) => future.await,
        };
        let response = |error_code, response_data| EnvelopeResponse {
            error_code,
            response_data,
            ..EnvelopeResponse::default()
        };
        match outcome {
            // Whatever was refused because another controller took over is to be sent to that one.
            _ if node.must_forward() => response(ErrorCode::NOT_CONTROLLER, None),
            Outcome::Reply(frame) => match frame.into_bytes() {
                Some(bytes) => response(ErrorCode::NONE, Some(bytes)),
                None => response(ErrorCode::UNKNOWN_SERVER_ERROR, None),
            },
            Outcome::Nothing | Outcome::Close => response(ErrorCode::UNKNOWN_SERVER_ERROR, None),
        }
    })
}

fn parse_principal(bytes: Bytes) -> Result<Principal, DecodeError> {
    let mut input = Decoder::new(bytes);
    let version = input.i16()?;
    let data = DefaultPrincipalData::decode(&mut input, version)?;
    Ok(Principal::new(data.r#type.as_str(), data.name.as_str()))
}

fn parse_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(IpAddr::from(four));
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_four_or_sixteen_bytes() {
        assert_eq!(parse_address(&[127, 0, 0, 1]), Some(IpAddr::from([127, 0, 0, 1])));
        assert!(parse_address(&[0; 16]).is_some());
        assert_eq!(parse_address(&[0; 5]), None);
        assert_eq!(parse_address(&[]), None);
    }

    #[test]
    fn a_principal_that_is_cut_short_is_refused() {
        let mut out = Encoder::new();
        out.i16(PRINCIPAL_VERSION);
        let data = DefaultPrincipalData {
            r#type: "User".into(),
            name: "anna".into(),
            ..DefaultPrincipalData::default()
        };
        data.encode(&mut out, PRINCIPAL_VERSION).unwrap();
        let bytes = out.finish_bytes().unwrap();
        assert_eq!(parse_principal(bytes.clone()).unwrap(), Principal::new("User", "anna"));
        for length in 0..bytes.len() {
            assert!(parse_principal(bytes.slice(..length)).is_err(), "{length}");
        }
        let unknown = Bytes::from_static(&[0, 9, 0, 0]);
        assert!(parse_principal(unknown).is_err());
    }
}
