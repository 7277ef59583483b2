//! From a frame to a handler: header, API, version, body; then one line an API.
//!
//! What cannot be answered ends the connection, as in Kafka: an unknown API, a version outside of
//! the advertised range (but for ApiVersions, which is answered at version 0), a body that does not
//! parse. The log says which.

use crate::apis::{APIS, Api};
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use bytes::Bytes;
use keld_env::Monotonic;
use keld_net::{Answer, Outcome, RequestHandler, Session};
use keld_wire::{ApiKey, DecodeError, Decoder, RequestPreamble, Rpc, VersionRange};
use std::sync::Arc;

/// Answers the requests of all connections of a node.
pub(crate) struct Dispatch {
    pub(crate) node: Arc<Node>,
}

/// Why a request cannot be answered, in Kafka's words.
#[derive(Debug, thiserror::Error)]
enum Unanswerable {
    #[error(transparent)]
    Header(DecodeError),
    #[error("Received request for disabled api with key {key} ({name}) and version {version}")]
    Disabled { key: i16, name: &'static str, version: i16 },
    #[error("Received request for api with key {key} ({name}) and unsupported version {version}")]
    UnsupportedVersion { key: i16, name: &'static str, version: i16 },
    #[error("Error getting request for apiKey: {name}, apiVersion: {version}: {error}")]
    Body { name: &'static str, version: i16, error: DecodeError },
}

impl RequestHandler for Dispatch {
    fn handle(&self, session: &mut Session, frame: Bytes) -> Answer {
        match self.answer(session, frame) {
            Ok(answer) => answer,
            Err(error) => {
                let (peer, listener) = (session.peer, &session.listener);
                tracing::warn!(%peer, %listener, %error, "request cannot be answered; closing connection");
                Answer::Now(Outcome::Close)
            }
        }
    }
}

impl Dispatch {
    fn answer(&self, session: &mut Session, frame: Bytes) -> Result<Answer, Unanswerable> {
        let began = self.node.env.clock.monotonic();
        let mut input = Decoder::new(frame);
        let preamble = RequestPreamble::decode(&mut input).map_err(Unanswerable::Header)?;
        let (api_key, version) = (preamble.api_key, preamble.version());
        let is_controller_listener = self.node.is_controller_listener(&session.listener);
        let api = find(api_key, is_controller_listener);
        let (key, name) = (api_key.code(), api_key.name());
        let range = api.map_or(VersionRange::NONE, |api| self.node.versions_of(api.key));
        if !range.contains(version) && api_key != ApiKey::ApiVersions {
            return Err(if api_key.versions().contains(version) {
                Unanswerable::Disabled { key, name, version }
            } else {
                Unanswerable::UnsupportedVersion { key, name, version }
            });
        }
        let Some(api) = api else { return Err(Unanswerable::Disabled { key, name, version }) };
        let mut context = RequestContext {
            api_key,
            version,
            correlation_id: preamble.header.correlation_id,
            client_id: preamble.header.client_id,
            principal: session.principal.clone(),
            listener: Arc::clone(&session.listener),
            is_controller_listener,
            peer: session.peer,
            software: session.software.clone(),
        };
        let reply = if api_key == ApiKey::ApiVersions {
            crate::apis::api_versions::serve(&self.node, &mut context, session, &mut input)
        } else {
            (api.serve)(&self.node, &context, &mut input)
        }
        .map_err(|error| Unanswerable::Body { name, version, error })?;
        let answer = reply.into_answer(&Arc::new(context));
        Ok(self.measured(answer, api_key, began))
    }
}

impl Dispatch {
    /// The same answer, counted when it is there.
    fn measured(&self, answer: Answer, api: ApiKey, began: Monotonic) -> Answer {
        let node = Arc::clone(&self.node);
        let count =
            move || node.metrics.answered(api, node.env.clock.monotonic().saturating_sub(began));
        match answer {
            Answer::Now(outcome) => {
                count();
                Answer::Now(outcome)
            }
            Answer::Later(future) => Answer::Later(Box::pin(async move {
                let outcome = future.await;
                count();
                outcome
            })),
        }
    }
}

/// The API's row, if this kind of listener serves it.
fn find(key: ApiKey, is_controller_listener: bool) -> Option<&'static Api> {
    let served = if is_controller_listener {
        key.is_served_by_controller()
    } else {
        key.is_served_by_broker()
    };
    if served { APIS.iter().find(|api| api.key == key) } else { None }
}

/// Decodes a body and hands it to its handler.
pub(crate) fn serve<R: Rpc>(
    node: &Arc<Node>,
    context: &RequestContext,
    input: &mut Decoder,
    handler: fn(&Arc<Node>, &RequestContext, R) -> Reply,
) -> Result<Reply, DecodeError> {
    let request = R::decode(input, context.version)?;
    Ok(handler(node, context, request))
}
