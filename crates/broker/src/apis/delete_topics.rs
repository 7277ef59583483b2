//! DeleteTopics: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{Command, Reply as Decided};
use keld_types::{ErrorCode, Uuid};
use keld_wire::messages::delete_topics_response::DeletableTopicResult;
use keld_wire::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: DeleteTopicsRequest,
) -> Reply {
    let by_name = request.topic_names.iter().map(|name| (Some(name.clone()), Uuid::ZERO));
    let by_state = request.topics.iter().map(|topic| (topic.name.clone(), topic.topic_id));
    let asked: Vec<_> = by_name.chain(by_state).collect();
    let decided = node.quorum.submit(Command::DeleteTopics(request, context.version));
    Reply::later(async move {
        let error_code = match decided.await {
            Decided::DeleteTopics(response) => return response,
            Decided::Refused(error) => error.code,
            _ => ErrorCode::UNKNOWN_SERVER_ERROR,
        };
        let responses = asked.into_iter().map(|(name, topic_id)| DeletableTopicResult {
            name,
            topic_id,
            error_code,
            error_message: None,
            ..DeletableTopicResult::default()
        });
        DeleteTopicsResponse { responses: responses.collect(), ..DeleteTopicsResponse::default() }
    })
}
