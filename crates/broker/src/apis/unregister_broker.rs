//! UnregisterBroker: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::{BrokerId, ErrorCode};
use keld_wire::messages::{UnregisterBrokerRequest, UnregisterBrokerResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: UnregisterBrokerRequest,
) -> Reply {
    let broker = BrokerId::new(request.broker_id);
    let decided = node.quorum.submit(Command::UnregisterBroker(broker));
    Reply::later(async move {
        let error = match decided.await {
            Decided::Done => ApiError::bare(ErrorCode::NONE),
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        UnregisterBrokerResponse {
            error_code: error.code,
            error_message: error.wire_message(),
            ..UnregisterBrokerResponse::default()
        }
    })
}
