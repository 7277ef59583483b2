//! UpdateFeatures: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::{UpdateFeaturesRequest, UpdateFeaturesResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: UpdateFeaturesRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::UpdateFeatures(request, context.version));
    Reply::later(async move {
        let error = match decided.await {
            Decided::UpdateFeatures(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        UpdateFeaturesResponse {
            error_code: error.code,
            error_message: error.wire_message(),
            ..UpdateFeaturesResponse::default()
        }
    })
}
