//! PushTelemetry (KIP-714): takes the metrics a client pushes.

use crate::apis::get_telemetry_subscriptions::client;
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use crate::telemetry::Push;
use keld_wire::messages::{PushTelemetryRequest, PushTelemetryResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: PushTelemetryRequest,
) -> Reply {
    let push = Push {
        subscription_id: request.subscription_id,
        is_terminating: request.terminating,
        compression: request.compression_type,
        metrics: request.metrics,
    };
    let bytes_max = usize::try_from(node.config().limits.telemetry_max_bytes).unwrap_or(0);
    let client = client(context, request.client_instance_id);
    let taken =
        node.telemetry.push(&node.image(), client, push, bytes_max, node.env.clock.wall_ms());
    let error_code = match taken {
        Ok(()) => Default::default(),
        Err(refusal) => {
            tracing::debug!(%refusal, "telemetry push refused");
            refusal.code
        }
    };
    PushTelemetryResponse { error_code, ..PushTelemetryResponse::default() }.into()
}
