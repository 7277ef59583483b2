//! From a frame to a handler: header, API, version, body; then one line an API.
//!
//! What cannot be answered ends the connection, as in Kafka: an unknown API, a version outside of
//! the advertised range (but for ApiVersions, which is answered at version 0), a body that does not
//! parse. The log says which.

use crate::apis::produce::{handle_together, is_single};
use crate::apis::{APIS, Api};
use crate::context::RequestContext;
use crate::forwarding::is_forwarded;
use crate::node::Node;
use crate::reply::Reply;
use bytes::Bytes;
use keld_env::Monotonic;
use keld_net::{Answer, Outcome, RequestHandler, Session};
use keld_types::ErrorCode;
use keld_wire::messages::ProduceRequest;
use keld_wire::{ApiKey, Decode as _, DecodeError, Decoder, RequestPreamble, Rpc, VersionRange};
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

/// A request's header, and how its body is served.
struct Opened {
    context: RequestContext,
    api: &'static Api,
    input: Decoder,
}

impl Opened {
    /// The body of a Produce request.
    fn produce(mut self) -> Result<(RequestContext, ProduceRequest), Unanswerable> {
        let (name, version) = (self.context.api_key.name(), self.context.version);
        let request = ProduceRequest::decode(&mut self.input, version)
            .map_err(|error| Unanswerable::Body { name, version, error })?;
        Ok((self.context, request))
    }
}

impl RequestHandler for Dispatch {
    fn handle(&self, session: &mut Session, frame: Bytes) -> Answer {
        let began = self.node.env.clock.monotonic();
        match self.open(session, frame).and_then(|opened| self.serve(session, opened)) {
            Ok((context, reply)) => self.answer(context, reply, began),
            Err(error) => self.unanswerable(session, &error),
        }
    }

    fn closed(&self, session: &Session) {
        if self.node.is_controller_listener(&session.listener) {
            self.node.liveness.closed(session.connection_id);
        }
    }

    /// Decodes them all; those of one batch each are appended together.
    fn handle_produce(
        &self,
        session: &mut Session,
        frames: &mut Vec<Bytes>,
        answers: &mut Vec<Answer>,
    ) {
        if frames.len() == 1 {
            answers.extend(frames.pop().map(|frame| self.handle(session, frame)));
            return;
        }
        let began = self.node.env.clock.monotonic();
        let mut waiting = Vec::with_capacity(frames.len());
        for frame in frames.drain(..) {
            let other = match self.open(session, frame).and_then(Opened::produce) {
                Ok(single) if is_single(&single.1) => {
                    waiting.push(single);
                    continue;
                }
                other => other,
            };
            // Not one of those: after them.
            self.append_together(&mut waiting, answers, began);
            let answer = match other {
                Ok((context, request)) => {
                    let reply = crate::apis::produce::handle(&self.node, &context, request);
                    self.answer(context, reply, began)
                }
                Err(error) => self.unanswerable(session, &error),
            };
            let ends = matches!(answer, Answer::Now(Outcome::Close));
            answers.push(answer);
            if ends {
                return;
            }
        }
        self.append_together(&mut waiting, answers, began);
    }
}

impl Dispatch {
    fn unanswerable(&self, session: &Session, error: &Unanswerable) -> Answer {
        let (peer, listener) = (session.peer, &session.listener);
        tracing::warn!(%peer, %listener, %error, "request cannot be answered; closing connection");
        Answer::Now(Outcome::Close)
    }

    fn append_together(
        &self,
        waiting: &mut Vec<(RequestContext, ProduceRequest)>,
        answers: &mut Vec<Answer>,
        began: Monotonic,
    ) {
        handle_together(&self.node, waiting, |context, reply| {
            answers.push(self.answer(context, reply, began));
        });
    }

    /// Reads the header and finds the API.
    fn open(&self, session: &Session, frame: Bytes) -> Result<Opened, Unanswerable> {
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
        let context = RequestContext {
            api_key,
            version,
            correlation_id: preamble.header.correlation_id,
            client_id: preamble.header.client_id,
            principal: session.principal.clone(),
            listener: Arc::clone(&session.listener),
            is_controller_listener,
            peer: session.peer,
            connection_id: session.connection_id,
            software: session.software.clone(),
        };
        Ok(Opened { context, api, input })
    }

    /// Decodes the body and asks the handler.
    fn serve(
        &self,
        session: &mut Session,
        opened: Opened,
    ) -> Result<(RequestContext, Reply), Unanswerable> {
        let Opened { mut context, api, mut input } = opened;
        let (name, version) = (context.api_key.name(), context.version);
        if is_forwarded(context.api_key)
            && !context.is_controller_listener
            && self.node.must_forward()
        {
            return Ok(self.forward(context, api, input));
        }
        let reply = if context.api_key == ApiKey::ApiVersions {
            crate::apis::api_versions::serve(&self.node, &mut context, session, &mut input)
        } else {
            (api.serve)(&self.node, &context, &mut input)
        }
        .map_err(|error| Unanswerable::Body { name, version, error })?;
        Ok((context, reply))
    }

    /// Has the active controller answer. When none does, this node does, which says so.
    fn forward(
        &self,
        context: RequestContext,
        api: &'static Api,
        mut input: Decoder,
    ) -> (RequestContext, Reply) {
        let body = input.rest();
        let (node, inner) = (Arc::clone(&self.node), context.clone());
        let own = body.clone();
        let otherwise =
            move || (api.serve)(&node, &inner, &mut Decoder::new(own)).unwrap_or(Reply::Close);
        let reply = self.node.forward(&context, body, otherwise);
        (context, reply)
    }

    /// The reply as `net` sends it, counted when it is there.
    fn answer(&self, context: RequestContext, reply: Reply, began: Monotonic) -> Answer {
        let api = context.api_key;
        match reply.into_answer(context) {
            Answer::Now(outcome) => {
                count(&self.node, api, began);
                Answer::Now(outcome)
            }
            Answer::Later(future) => {
                let node = Arc::clone(&self.node);
                Answer::Later(Box::pin(async move {
                    let outcome = future.await;
                    count(&node, api, began);
                    outcome
                }))
            }
        }
    }
}

/// Serves a request that came within another, for the client of `outer`. An error is the code of
/// the outer answer.
pub(crate) fn serve_enclosed(
    node: &Arc<Node>,
    outer: RequestContext,
    request: Bytes,
    is_allowed: fn(ApiKey) -> bool,
) -> Result<Answer, ErrorCode> {
    let mut input = Decoder::new(request);
    let preamble =
        RequestPreamble::decode(&mut input).map_err(|_| ErrorCode::UNSUPPORTED_VERSION)?;
    let (api_key, version) = (preamble.api_key, preamble.version());
    let api = find(api_key, true).filter(|_| is_allowed(api_key));
    let api = api.ok_or(ErrorCode::INVALID_REQUEST)?;
    if !node.versions_of(api_key).contains(version) {
        return Err(ErrorCode::UNSUPPORTED_VERSION);
    }
    let context = RequestContext {
        api_key,
        version,
        correlation_id: preamble.header.correlation_id,
        client_id: preamble.header.client_id,
        ..outer
    };
    let reply = (api.serve)(node, &context, &mut input);
    Ok(reply.map_err(|_| ErrorCode::UNSUPPORTED_VERSION)?.into_answer(context))
}

fn count(node: &Node, api: ApiKey, began: Monotonic) {
    node.metrics.answered(api, node.env.clock.monotonic().saturating_sub(began));
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
