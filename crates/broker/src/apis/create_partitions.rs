//! CreatePartitions: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::create_partitions_response::CreatePartitionsTopicResult;
use keld_wire::messages::{CreatePartitionsRequest, CreatePartitionsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: CreatePartitionsRequest,
) -> Reply {
    let names: Vec<_> = request.topics.iter().map(|topic| topic.name.clone()).collect();
    let decided = node.quorum.submit(Command::CreatePartitions(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::CreatePartitions(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        let results = names.into_iter().map(|name| CreatePartitionsTopicResult {
            name,
            error_code: error.code,
            error_message: error.wire_message(),
            ..CreatePartitionsTopicResult::default()
        });
        CreatePartitionsResponse {
            results: results.collect(),
            ..CreatePartitionsResponse::default()
        }
    })
}
