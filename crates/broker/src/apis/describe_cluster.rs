//! DescribeCluster: the brokers, or at a controller's listener the controllers.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use crate::view::{CLUSTER_OPERATIONS, View};
use keld_types::{BrokerId, ErrorCode};
use keld_wire::Str;
use keld_wire::messages::describe_cluster_response::DescribeClusterBroker;
use keld_wire::messages::{DescribeClusterRequest, DescribeClusterResponse};
use std::sync::Arc;

const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: DescribeClusterRequest,
) -> Reply {
    let served = if context.is_controller_listener { CONTROLLERS } else { BROKERS };
    if let Some(refused) = wrong_endpoint(&request, served, context.version) {
        return refused.into();
    }
    let image = node.image();
    let view = View { image: &image, listener: &context.listener };
    let (nodes, controller) = if served == CONTROLLERS {
        let leader = node.quorum.status().and_then(|status| status.leader);
        (controllers(view), leader)
    } else {
        let alive = view.alive_ids();
        let drawn = node.env.random.below(alive.len() as u64);
        let drawn = usize::try_from(drawn).ok().and_then(|index| alive.get(index).copied());
        (brokers(view, request.include_fenced_brokers), drawn)
    };
    let listed = controller.filter(|id| nodes.iter().any(|listed| listed.broker_id == id.get()));
    let mut response = DescribeClusterResponse {
        endpoint_type: served,
        cluster_id: Str::from(node.cluster_id().as_str()),
        controller_id: listed.unwrap_or(BrokerId::NONE).get(),
        brokers: nodes,
        ..DescribeClusterResponse::default()
    };
    if request.include_cluster_authorized_operations {
        response.cluster_authorized_operations = CLUSTER_OPERATIONS;
    }
    response.into()
}

/// The refusal of a request for the other kind of endpoints, or for none there is.
fn wrong_endpoint(
    request: &DescribeClusterRequest,
    served: i8,
    version: i16,
) -> Option<DescribeClusterResponse> {
    let name = |kind| if kind == CONTROLLERS { "CONTROLLER" } else { "BROKER" };
    let (code, message) = match request.endpoint_type {
        wanted if wanted == served => return None,
        wanted @ (BROKERS | CONTROLLERS) => (
            ErrorCode::MISMATCHED_ENDPOINT_TYPE,
            format!(
                "The request was sent to an endpoint of type {}, but we wanted an endpoint of type {}",
                name(served),
                name(wanted)
            ),
        ),
        other => {
            (ErrorCode::UNSUPPORTED_ENDPOINT_TYPE, format!("Unsupported endpoint type {other}"))
        }
    };
    Some(DescribeClusterResponse {
        error_code: if version == 0 { ErrorCode::INVALID_REQUEST } else { code },
        error_message: Some(Str::from(message)),
        ..DescribeClusterResponse::default()
    })
}

fn brokers(view: View<'_>, with_fenced: bool) -> Vec<DescribeClusterBroker> {
    view.brokers()
        .filter(|(broker, _)| with_fenced || !broker.fenced)
        .map(|(broker, endpoint)| DescribeClusterBroker {
            broker_id: broker.id.get(),
            host: Str::from(endpoint.host.as_str()),
            port: endpoint.port.into(),
            rack: broker.rack.as_deref().map(Str::from),
            is_fenced: broker.fenced,
            ..DescribeClusterBroker::default()
        })
        .collect()
}

fn controllers(view: View<'_>) -> Vec<DescribeClusterBroker> {
    let known = view.image.controllers.values();
    known
        .filter_map(|controller| {
            let mut endpoints = controller.end_points.iter();
            let endpoint = endpoints.find(|endpoint| &*endpoint.name == view.listener)?;
            Some(DescribeClusterBroker {
                broker_id: controller.controller_id,
                host: endpoint.host.clone(),
                port: endpoint.port.into(),
                ..DescribeClusterBroker::default()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    #[test]
    fn fenced_brokers_are_listed_on_request() {
        let known = vec![
            fixture::broker(1, &["A"], false),
            fixture::broker(2, &["A"], true),
            fixture::broker(3, &["B"], false),
        ];
        let image = fixture::image(known, vec![]);
        let view = View { image: &image, listener: "A" };
        let ids = |with_fenced| {
            let found = brokers(view, with_fenced);
            found.iter().map(|broker| (broker.broker_id, broker.is_fenced)).collect::<Vec<_>>()
        };
        assert_eq!(ids(false), [(1, false)]);
        assert_eq!(ids(true), [(1, false), (2, true)]);
    }

    #[test]
    fn the_other_kind_of_endpoint_is_refused_by_version() {
        let check = |endpoint_type, version| {
            let request =
                DescribeClusterRequest { endpoint_type, ..DescribeClusterRequest::default() };
            let refused = wrong_endpoint(&request, BROKERS, version)?;
            Some((refused.error_code, refused.error_message.unwrap().to_string()))
        };
        assert_eq!(check(1, 2), None);
        let mismatch = "The request was sent to an endpoint of type BROKER, but we wanted an \
                        endpoint of type CONTROLLER";
        assert_eq!(check(2, 1), Some((ErrorCode::MISMATCHED_ENDPOINT_TYPE, mismatch.to_owned())));
        assert_eq!(check(2, 0), Some((ErrorCode::INVALID_REQUEST, mismatch.to_owned())));
        let unsupported = "Unsupported endpoint type 9".to_owned();
        assert_eq!(check(9, 1), Some((ErrorCode::UNSUPPORTED_ENDPOINT_TYPE, unsupported)));
    }
}
