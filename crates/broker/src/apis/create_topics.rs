//! CreateTopics: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::create_topics_response::CreatableTopicResult;
use keld_wire::messages::{CreateTopicsRequest, CreateTopicsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: CreateTopicsRequest,
) -> Reply {
    let names: Vec<_> = request.topics.iter().map(|topic| topic.name.clone()).collect();
    let decided = node.quorum.submit(Command::CreateTopics(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::CreateTopics(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        let topics = names.into_iter().map(|name| CreatableTopicResult {
            name,
            error_code: error.code,
            error_message: error.wire_message(),
            ..CreatableTopicResult::default()
        });
        CreateTopicsResponse { topics: topics.collect(), ..CreateTopicsResponse::default() }
    })
}
