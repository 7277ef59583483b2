//! DescribeQuorum: the metadata log's leader, epoch, offsets and voters.

use crate::context::RequestContext;
use crate::node::Node;
use crate::quorum::{QuorumStatus, ReplicaStatus};
use crate::reply::Reply;
use keld_types::{BrokerId, ErrorCode, Offset};
use keld_wire::Str;
use keld_wire::messages::describe_quorum_response::{
    Listener, Node as VoterNode, PartitionData, ReplicaState, TopicData,
};
use keld_wire::messages::{DescribeQuorumRequest, DescribeQuorumResponse};
use std::sync::Arc;

const TOPIC: &str = "__cluster_metadata";

/// Kafka's text for UNKNOWN_TOPIC_OR_PARTITION.
const NOT_HOSTED: &str = "This server does not host this topic-partition.";

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: DescribeQuorumRequest,
) -> Reply {
    let is_metadata_log = matches!(
        &request.topics[..],
        [topic] if &*topic.topic_name == TOPIC
            && matches!(&topic.partitions[..], [only] if only.partition_index == 0)
    );
    if !is_metadata_log {
        return unknown(&request, context.version).into();
    }
    match node.quorum.status().filter(|status| status.is_leader) {
        Some(status) => describe(node, &status, context.version).into(),
        None => DescribeQuorumResponse {
            topics: vec![partition(PartitionData {
                error_code: ErrorCode::NOT_LEADER_OR_FOLLOWER,
                ..PartitionData::default()
            })],
            ..DescribeQuorumResponse::default()
        }
        .into(),
    }
}

fn unknown(request: &DescribeQuorumRequest, version: i16) -> DescribeQuorumResponse {
    // Messages came with version 2.
    let error_message = (version >= 2).then(|| Str::from(NOT_HOSTED));
    let topics = request.topics.iter().map(|topic| TopicData {
        topic_name: topic.topic_name.clone(),
        partitions: topic
            .partitions
            .iter()
            .map(|asked| PartitionData {
                partition_index: asked.partition_index,
                error_code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                error_message: error_message.clone().or(PartitionData::default().error_message),
                ..PartitionData::default()
            })
            .collect(),
        ..TopicData::default()
    });
    DescribeQuorumResponse { topics: topics.collect(), ..DescribeQuorumResponse::default() }
}

fn partition(data: PartitionData) -> TopicData {
    TopicData { topic_name: Str::from(TOPIC), partitions: vec![data], ..TopicData::default() }
}

fn describe(node: &Node, status: &QuorumStatus, version: i16) -> DescribeQuorumResponse {
    let state = |replica: &ReplicaStatus| ReplicaState {
        replica_id: replica.key.id.get(),
        replica_directory_id: if version >= 2 {
            replica.key.directory_id.uuid()
        } else {
            keld_types::Uuid::ZERO
        },
        log_end_offset: replica.log_end.get(),
        last_fetch_timestamp: if version >= 1 { replica.fetched_ms } else { -1 },
        last_caught_up_timestamp: if version >= 1 { replica.caught_up_ms } else { -1 },
        ..ReplicaState::default()
    };
    let data = PartitionData {
        partition_index: 0,
        leader_id: status.leader.unwrap_or(BrokerId::NONE).get(),
        leader_epoch: status.epoch.get(),
        high_watermark: status.high_watermark.unwrap_or(Offset::NONE).get(),
        current_voters: status.voter_states.iter().map(state).collect(),
        observers: status.observer_states.iter().map(state).collect(),
        ..PartitionData::default()
    };
    let nodes = if version >= 2 {
        status.voter_states.iter().map(|voter| voter_node(node, status, voter.key.id)).collect()
    } else {
        Vec::new()
    };
    DescribeQuorumResponse {
        topics: vec![partition(data)],
        nodes,
        ..DescribeQuorumResponse::default()
    }
}

/// Where a voter is reached: as the log says, or a static quorum's configuration.
fn voter_node(node: &Node, status: &QuorumStatus, id: BrokerId) -> VoterNode {
    let from_log = status.voters.iter().flat_map(|record| &record.voters);
    let mut listeners: Vec<Listener> = from_log
        .filter(|voter| voter.voter_id == id.get())
        .flat_map(|voter| &voter.endpoints)
        .map(|endpoint| Listener {
            name: endpoint.name.clone(),
            host: endpoint.host.clone(),
            port: endpoint.port,
            ..Listener::default()
        })
        .collect();
    let config = node.config();
    if listeners.is_empty()
        && let (Some(voter), Some(name)) =
            (config.quorum.voters.get(&id), config.controller_listener_names.first())
    {
        listeners.push(Listener {
            name: Str::from(name.as_str()),
            host: Str::from(voter.host.as_str()),
            port: voter.port,
            ..Listener::default()
        });
    }
    VoterNode { node_id: id.get(), listeners, ..VoterNode::default() }
}
