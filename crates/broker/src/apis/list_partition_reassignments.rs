//! ListPartitionReassignments: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::{ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: ListPartitionReassignmentsRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::ListPartitionReassignments(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::ListPartitionReassignments(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        ListPartitionReassignmentsResponse {
            error_code: error.code,
            error_message: error.wire_message(),
            ..ListPartitionReassignmentsResponse::default()
        }
    })
}
