//! GetTelemetrySubscriptions (KIP-714): which metrics this client is to push, and how often.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use crate::telemetry::{ACCEPTED_COMPRESSION, Client};
use keld_types::Uuid;
use keld_wire::Str;
use keld_wire::messages::{GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: GetTelemetrySubscriptionsRequest,
) -> Reply {
    let instance = match request.client_instance_id {
        id if id.is_zero() => node.env.random.uuid(),
        id => id,
    };
    let now_ms = node.env.clock.wall_ms();
    let asked = node.telemetry.subscribe(&node.image(), client(context, instance), now_ms);
    match asked {
        Ok(subscription) => GetTelemetrySubscriptionsResponse {
            client_instance_id: instance,
            subscription_id: subscription.id,
            accepted_compression_types: ACCEPTED_COMPRESSION.to_vec(),
            push_interval_ms: subscription.interval_ms,
            telemetry_max_bytes: node.config().limits.telemetry_max_bytes,
            delta_temporality: true,
            requested_metrics: subscription.metrics.into_iter().map(Str::from).collect(),
            ..GetTelemetrySubscriptionsResponse::default()
        },
        Err(refusal) => {
            tracing::debug!(%refusal, "telemetry subscription refused");
            GetTelemetrySubscriptionsResponse {
                error_code: refusal.code,
                ..GetTelemetrySubscriptionsResponse::default()
            }
        }
    }
    .into()
}

/// What of the connection a subscription can match.
pub(crate) fn client(context: &RequestContext, instance: Uuid) -> Client<'_> {
    let software = context.software.as_ref();
    Client {
        instance,
        client_id: context.client_id(),
        software_name: software.map_or("", |software| &software.name),
        software_version: software.map_or("", |software| &software.version),
        peer: context.peer,
    }
}
