//! FindCoordinator: which node keeps a group.
//!
//! The topic of the groups is created when somebody first asks. Transactions and share groups are
//! not served yet, so their coordinators are refused with UNSUPPORTED_VERSION, which a client does
//! not retry; Kafka would create their topics and answer COORDINATOR_NOT_AVAILABLE until then.

use crate::context::RequestContext;
use crate::groups::OFFSETS_TOPIC;
use crate::node::Node;
use crate::refusal::INVALID_REQUEST;
use crate::reply::Reply;
use keld_types::{ErrorCode, TopicName};
use keld_wire::Str;
use keld_wire::messages::find_coordinator_response::Coordinator;
use keld_wire::messages::{FindCoordinatorRequest, FindCoordinatorResponse};
use std::sync::Arc;

/// From this version on a request names several keys.
const BATCH_VERSION: i16 = 4;
/// From this version on a share coordinator can be asked for.
const SHARE_VERSION: i16 = 6;

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
const SHARE: i8 = 2;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: FindCoordinatorRequest,
) -> Reply {
    if context.version >= BATCH_VERSION {
        let keys = request.coordinator_keys.iter();
        let coordinators = keys.map(|key| find(node, context, request.key_type, key)).collect();
        return FindCoordinatorResponse { coordinators, ..FindCoordinatorResponse::default() }
            .into();
    }
    let found = find(node, context, request.key_type, &request.key);
    let message = match found.error_code {
        ErrorCode::NONE => "NONE",
        ErrorCode::COORDINATOR_NOT_AVAILABLE => "The coordinator is not available.",
        ErrorCode::INVALID_REQUEST => INVALID_REQUEST,
        _explained => found.error_message.as_deref().unwrap_or_default(),
    };
    FindCoordinatorResponse {
        error_code: found.error_code,
        error_message: Some(Str::from(message)),
        node_id: found.node_id,
        host: found.host,
        port: found.port,
        ..FindCoordinatorResponse::default()
    }
    .into()
}

fn find(node: &Arc<Node>, context: &RequestContext, key_type: i8, key: &Str) -> Coordinator {
    let none = Coordinator { key: key.clone(), node_id: -1, port: -1, ..Coordinator::default() };
    let refuse = |error_code, message: &str| Coordinator {
        error_code,
        error_message: Some(Str::from(message)),
        ..none.clone()
    };
    match key_type {
        GROUP => {}
        TRANSACTION => {
            let why = "Transactions are not served by this broker.";
            return refuse(ErrorCode::UNSUPPORTED_VERSION, why);
        }
        SHARE if context.version >= SHARE_VERSION => {
            let why = "Share groups are not served by this broker.";
            return refuse(ErrorCode::UNSUPPORTED_VERSION, why);
        }
        SHARE => return Coordinator { error_code: ErrorCode::INVALID_REQUEST, ..none },
        _unknown => return refuse(ErrorCode::INVALID_REQUEST, INVALID_REQUEST),
    }
    let not_available =
        Coordinator { error_code: ErrorCode::COORDINATOR_NOT_AVAILABLE, ..none.clone() };
    let image = node.image();
    let Some(topic) = image.topic(&TopicName::new(OFFSETS_TOPIC)) else {
        node.create_offsets_topic();
        return not_available;
    };
    let leader = topic.partition(node.group_partition(key)).map(|partition| partition.leader);
    let Some(broker) = leader.and_then(|leader| image.broker(leader)).filter(|it| !it.fenced)
    else {
        return not_available;
    };
    let mut endpoints = broker.endpoints.iter();
    match endpoints.find(|endpoint| endpoint.name == *context.listener) {
        Some(endpoint) => Coordinator {
            node_id: broker.id.get(),
            host: Str::from(endpoint.host.as_str()),
            port: i32::from(endpoint.port),
            ..none
        },
        None => not_available,
    }
}
