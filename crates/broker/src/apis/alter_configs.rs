//! AlterConfigs: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::alter_configs_response::AlterConfigsResourceResponse;
use keld_wire::messages::{AlterConfigsRequest, AlterConfigsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: AlterConfigsRequest,
) -> Reply {
    let resources: Vec<_> = request
        .resources
        .iter()
        .map(|resource| (resource.resource_type, resource.resource_name.clone()))
        .collect();
    let decided = node.quorum.submit(Command::AlterConfigs(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::AlterConfigs(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        let responses = resources.into_iter().map(|(resource_type, resource_name)| {
            AlterConfigsResourceResponse {
                error_code: error.code,
                error_message: error.wire_message(),
                resource_type,
                resource_name,
                ..AlterConfigsResourceResponse::default()
            }
        });
        AlterConfigsResponse { responses: responses.collect(), ..AlterConfigsResponse::default() }
    })
}
