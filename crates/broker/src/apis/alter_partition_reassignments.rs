//! AlterPartitionReassignments: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: AlterPartitionReassignmentsRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::AlterPartitionReassignments(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::AlterPartitionReassignments(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        AlterPartitionReassignmentsResponse {
            error_code: error.code,
            error_message: error.wire_message(),
            ..AlterPartitionReassignmentsResponse::default()
        }
    })
}
