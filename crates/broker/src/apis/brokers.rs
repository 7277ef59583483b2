//! What brokers and controllers ask of the active controller, on its own listener:
//! BrokerRegistration, ControllerRegistration, BrokerHeartbeat, AlterPartition, AllocateProducerIds,
//! AssignReplicasToDirs. Each is a command, and a refusal a code.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{BrokerRef, Command, Reply as Decided};
use keld_types::{BrokerEpoch, BrokerId, ErrorCode};
use keld_wire::messages as wire;
use keld_wire::metadata_records::RegisterControllerRecord;
use keld_wire::metadata_records::register_controller_record as record;
use std::sync::Arc;

/// The code of a reply that is not the expected one.
fn code_of(reply: &Decided) -> ErrorCode {
    match reply {
        Decided::Refused(error) => error.code,
        _ => ErrorCode::UNKNOWN_SERVER_ERROR,
    }
}

pub(crate) fn register_broker(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::BrokerRegistrationRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::RegisterBroker(request));
    Reply::later(async move {
        match decided.await {
            Decided::Registered(epoch) => wire::BrokerRegistrationResponse {
                broker_epoch: epoch.get(),
                ..wire::BrokerRegistrationResponse::default()
            },
            other => wire::BrokerRegistrationResponse {
                error_code: code_of(&other),
                ..wire::BrokerRegistrationResponse::default()
            },
        }
    })
}

pub(crate) fn register_controller(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::ControllerRegistrationRequest,
) -> Reply {
    let record = RegisterControllerRecord {
        controller_id: request.controller_id,
        incarnation_id: request.incarnation_id,
        zk_migration_ready: request.zk_migration_ready,
        end_points: request
            .listeners
            .into_iter()
            .map(|known| record::ControllerEndpoint {
                name: known.name,
                host: known.host,
                port: known.port,
                security_protocol: known.security_protocol,
                ..record::ControllerEndpoint::default()
            })
            .collect(),
        features: request
            .features
            .into_iter()
            .map(|known| record::ControllerFeature {
                name: known.name,
                min_supported_version: known.min_supported_version,
                max_supported_version: known.max_supported_version,
                ..record::ControllerFeature::default()
            })
            .collect(),
        ..RegisterControllerRecord::default()
    };
    let decided = node.quorum.submit(Command::RegisterController(record));
    Reply::later(async move {
        let error_code = match decided.await {
            Decided::Done => ErrorCode::NONE,
            other => code_of(&other),
        };
        wire::ControllerRegistrationResponse {
            error_code,
            ..wire::ControllerRegistrationResponse::default()
        }
    })
}

pub(crate) fn heartbeat(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::BrokerHeartbeatRequest,
) -> Reply {
    let broker = BrokerRef {
        id: BrokerId::new(request.broker_id),
        epoch: BrokerEpoch::new(request.broker_epoch),
    };
    let decided = node.quorum.submit(Command::Heartbeat(request));
    let (node, connection_id) = (Arc::clone(node), context.connection_id);
    Reply::later(async move {
        match decided.await {
            Decided::Heartbeat(response) => {
                if response.should_shut_down {
                    node.liveness.let_go(broker);
                } else {
                    node.liveness.heard(broker, connection_id);
                }
                response
            }
            other => wire::BrokerHeartbeatResponse {
                error_code: code_of(&other),
                ..wire::BrokerHeartbeatResponse::default()
            },
        }
    })
}

pub(crate) fn alter_partition(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::AlterPartitionRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::AlterPartition(request, context.version));
    Reply::later(async move {
        match decided.await {
            Decided::AlterPartition(response) => response,
            other => wire::AlterPartitionResponse {
                error_code: code_of(&other),
                ..wire::AlterPartitionResponse::default()
            },
        }
    })
}

pub(crate) fn allocate_producer_ids(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::AllocateProducerIdsRequest,
) -> Reply {
    let broker = BrokerRef {
        id: BrokerId::new(request.broker_id),
        epoch: BrokerEpoch::new(request.broker_epoch),
    };
    let decided = node.quorum.submit(Command::AllocateProducerIds(broker));
    Reply::later(async move {
        match decided.await {
            Decided::ProducerIds(block) => wire::AllocateProducerIdsResponse {
                producer_id_start: block.first.get(),
                producer_id_len: block.count,
                ..wire::AllocateProducerIdsResponse::default()
            },
            other => wire::AllocateProducerIdsResponse {
                error_code: code_of(&other),
                ..wire::AllocateProducerIdsResponse::default()
            },
        }
    })
}

pub(crate) fn assign_replicas(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::AssignReplicasToDirsRequest,
) -> Reply {
    let decided = node.quorum.submit(Command::AssignReplicasToDirs(request));
    Reply::later(async move {
        match decided.await {
            Decided::AssignReplicasToDirs(response) => response,
            other => wire::AssignReplicasToDirsResponse {
                error_code: code_of(&other),
                ..wire::AssignReplicasToDirsResponse::default()
            },
        }
    })
}
