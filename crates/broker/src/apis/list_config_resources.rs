//! ListConfigResources: whatever has, or can have, configs.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_metadata::{ClusterImage, ConfigResourceType};
use keld_types::ErrorCode;
use keld_wire::Str;
use keld_wire::messages::list_config_resources_response::ConfigResource;
use keld_wire::messages::{ListConfigResourcesRequest, ListConfigResourcesResponse};
use std::sync::Arc;

/// In Kafka's order.
const ALL: [ConfigResourceType; 5] = [
    ConfigResourceType::Group,
    ConfigResourceType::ClientMetrics,
    ConfigResourceType::BrokerLogger,
    ConfigResourceType::Broker,
    ConfigResourceType::Topic,
];

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: ListConfigResourcesRequest,
) -> Reply {
    // Version 0 was ListClientMetricsResources.
    let supported: &[ConfigResourceType] =
        if context.version == 0 { &[ConfigResourceType::ClientMetrics] } else { &ALL };
    let asked: Vec<ConfigResourceType> =
        request.resource_types.iter().map(|id| ConfigResourceType::from_id(*id)).collect();
    if asked.iter().any(|kind| !supported.contains(kind)) {
        return ListConfigResourcesResponse {
            error_code: ErrorCode::UNSUPPORTED_VERSION,
            ..ListConfigResourcesResponse::default()
        }
        .into();
    }
    let image = node.image();
    let config_resources = supported
        .iter()
        .filter(|kind| asked.is_empty() || asked.contains(kind))
        .flat_map(|kind| {
            names(&image, *kind, &context.listener).into_iter().map(|name| ConfigResource {
                resource_name: Str::from(name),
                resource_type: kind.id(),
                ..ConfigResource::default()
            })
        })
        .collect();
    ListConfigResourcesResponse { config_resources, ..ListConfigResourcesResponse::default() }
        .into()
}

fn names(image: &ClusterImage, kind: ConfigResourceType, listener: &str) -> Vec<String> {
    match kind {
        ConfigResourceType::Group | ConfigResourceType::ClientMetrics => image
            .configs
            .keys()
            .filter(|resource| resource.resource_type == kind)
            .map(|resource| resource.name.clone())
            .collect(),
        ConfigResourceType::Broker | ConfigResourceType::BrokerLogger => image
            .brokers
            .values()
            .filter(|broker| !broker.fenced && broker.endpoint(listener).is_some())
            .map(|broker| broker.id.to_string())
            .collect(),
        ConfigResourceType::Topic => {
            image.topics_by_name().map(|topic| topic.name.to_string()).collect()
        }
        ConfigResourceType::Unknown(_) => Vec::new(),
    }
}
