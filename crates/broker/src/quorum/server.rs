//! What this node answers the others of the quorum, on its controller listeners: Vote,
//! BeginQuorumEpoch, EndQuorumEpoch, Fetch and FetchSnapshot of the metadata log.

use super::event::{Asked, Event, Served};
use super::rpc::{TOPIC, error_code};
use super::{QuorumHandle, event};
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_env::Address;
use keld_raft::{EpochAnswer, FetchOutcome, OffsetAndEpoch, ReplicaKey, Request, Response};
use keld_types::{BrokerId, DirectoryId, ErrorCode, LeaderEpoch, Offset, TopicId, Uuid};
use keld_wire::messages as wire;
use keld_wire::messages::{
    begin_quorum_epoch_response as begin, end_quorum_epoch_response as end,
    fetch_response as fetch, fetch_snapshot_response as snapshot, vote_response as vote,
};
use keld_wire::{Records, Str};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Longest that a fetch is held.
const FETCH_WAIT_MAX_MS: u64 = 30_000;

impl QuorumHandle {
    /// Lets the driver answer; `None` when it has stopped or has too much to do.
    async fn ask_core(
        &self,
        from: BrokerId,
        request: Request,
        bytes_max: i32,
        located: Option<(BrokerId, Address)>,
    ) -> Option<Served> {
        let (reply, served) = oneshot::channel();
        let bytes_max = usize::try_from(bytes_max).unwrap_or(0);
        let asked = Asked { from, request, bytes_max, located, reply };
        self.events.try_send(Event::Asked(asked)).ok()?;
        served.await.ok()
    }
}

/// Whether a request is for this cluster; one that names none is.
fn is_for(node: &Node, cluster_id: Option<&Str>) -> bool {
    cluster_id.is_none_or(|id| id.as_str() == node.cluster_id().as_str())
}

fn key(id: i32, directory: Uuid) -> ReplicaKey {
    ReplicaKey::new(BrokerId::new(id), DirectoryId::new(directory))
}

/// The one partition of a request that is about the metadata log.
fn only<'a, T, P>(
    topics: &'a [T],
    is_named: impl FnOnce(&T) -> bool,
    partitions: impl FnOnce(&'a T) -> &'a [P],
    index: impl FnOnce(&P) -> i32,
) -> Option<&'a P> {
    let [topic] = topics else { return None };
    if !is_named(topic) {
        return None;
    }
    let [partition] = partitions(topic) else { return None };
    (index(partition) == 0).then_some(partition)
}

/// Leader and epoch of an answer; the leader's place, where it is known.
fn leader_of(answer: EpochAnswer, address: Option<Address>) -> (i32, i32, Option<(i32, Address)>) {
    let leader = answer.leader.unwrap_or(BrokerId::NONE).get();
    let place = answer.leader.and(address).map(|address| (leader, address));
    (leader, answer.epoch.get(), place)
}

/// Vote.
pub(crate) fn vote(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::VoteRequest,
) -> Reply {
    let refuse = |error_code| wire::VoteResponse { error_code, ..Default::default() }.into();
    if !is_for(node, request.cluster_id.as_ref()) {
        return refuse(ErrorCode::INCONSISTENT_CLUSTER_ID);
    }
    let named = |topic: &wire::vote_request::TopicData| &*topic.topic_name == TOPIC;
    let asked = only(&request.topics, named, |t| &t.partitions[..], |p| p.partition_index);
    let Some(asked) = asked else { return refuse(ErrorCode::INVALID_REQUEST) };
    let voter_id =
        if request.voter_id < 0 { node.config().node_id.get() } else { request.voter_id };
    let core = Request::Vote(keld_raft::Vote {
        epoch: LeaderEpoch::new(asked.replica_epoch),
        candidate: key(asked.replica_id, asked.replica_directory_id),
        voter: key(voter_id, asked.voter_directory_id),
        last: OffsetAndEpoch {
            offset: Offset::new(asked.last_offset),
            epoch: LeaderEpoch::new(asked.last_offset_epoch),
        },
        pre_vote: asked.pre_vote,
    });
    let (node, version) = (Arc::clone(node), context.version);
    let from = BrokerId::new(asked.replica_id);
    Reply::later(async move {
        let Some(Served { response: Response::Vote(answer), leader_address, .. }) =
            node.quorum.ask_core(from, core, 0, None).await
        else {
            let error_code = ErrorCode::BROKER_NOT_AVAILABLE;
            return wire::VoteResponse { error_code, ..Default::default() };
        };
        let (leader_id, leader_epoch, place) = leader_of(answer.answer, leader_address);
        let partition = vote::PartitionData {
            partition_index: 0,
            error_code: error_code(answer.answer.code),
            leader_id,
            leader_epoch,
            vote_granted: answer.granted,
            ..vote::PartitionData::default()
        };
        let topic = vote::TopicData {
            topic_name: Str::from_static(TOPIC),
            partitions: vec![partition],
            ..vote::TopicData::default()
        };
        let node_endpoints =
            place.filter(|_| version >= 1).map(|(node_id, at)| vote::NodeEndpoint {
                node_id,
                host: Str::from(at.host),
                port: at.port,
                ..vote::NodeEndpoint::default()
            });
        wire::VoteResponse {
            topics: vec![topic],
            node_endpoints: node_endpoints.into_iter().collect(),
            ..wire::VoteResponse::default()
        }
    })
}

/// BeginQuorumEpoch.
pub(crate) fn begin_quorum_epoch(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::BeginQuorumEpochRequest,
) -> Reply {
    let refuse =
        |error_code| wire::BeginQuorumEpochResponse { error_code, ..Default::default() }.into();
    if !is_for(node, request.cluster_id.as_ref()) {
        return refuse(ErrorCode::INCONSISTENT_CLUSTER_ID);
    }
    let named = |topic: &wire::begin_quorum_epoch_request::TopicData| &*topic.topic_name == TOPIC;
    let asked = only(&request.topics, named, |t| &t.partitions[..], |p| p.partition_index);
    let Some(asked) = asked else { return refuse(ErrorCode::INVALID_REQUEST) };
    let own = node.config();
    let voter_id = if request.voter_id < 0 { own.node_id.get() } else { request.voter_id };
    let core = Request::BeginQuorumEpoch(keld_raft::BeginQuorumEpoch {
        leader: BrokerId::new(asked.leader_id),
        epoch: LeaderEpoch::new(asked.leader_epoch),
        voter: key(voter_id, asked.voter_directory_id),
    });
    let listener = own.controller_listener_names.first();
    let endpoint = request
        .leader_endpoints
        .iter()
        .find(|at| listener.is_some_and(|name| name.as_str() == &*at.name));
    let located = endpoint.map(|at| {
        let address = Address { host: at.host.as_str().to_owned(), port: at.port };
        (BrokerId::new(asked.leader_id), address)
    });
    let (node, version) = (Arc::clone(node), context.version);
    let from = BrokerId::new(asked.leader_id);
    Reply::later(async move {
        let Some(Served { response: Response::BeginQuorumEpoch(answer), leader_address, .. }) =
            node.quorum.ask_core(from, core, 0, located).await
        else {
            let error_code = ErrorCode::BROKER_NOT_AVAILABLE;
            return wire::BeginQuorumEpochResponse { error_code, ..Default::default() };
        };
        let (leader_id, leader_epoch, place) = leader_of(answer, leader_address);
        let partition = begin::PartitionData {
            partition_index: 0,
            error_code: error_code(answer.code),
            leader_id,
            leader_epoch,
            ..begin::PartitionData::default()
        };
        let topic = begin::TopicData {
            topic_name: Str::from_static(TOPIC),
            partitions: vec![partition],
            ..begin::TopicData::default()
        };
        let node_endpoints =
            place.filter(|_| version >= 1).map(|(node_id, at)| begin::NodeEndpoint {
                node_id,
                host: Str::from(at.host),
                port: at.port,
                ..begin::NodeEndpoint::default()
            });
        wire::BeginQuorumEpochResponse {
            topics: vec![topic],
            node_endpoints: node_endpoints.into_iter().collect(),
            ..wire::BeginQuorumEpochResponse::default()
        }
    })
}

/// EndQuorumEpoch.
pub(crate) fn end_quorum_epoch(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::EndQuorumEpochRequest,
) -> Reply {
    let refuse =
        |error_code| wire::EndQuorumEpochResponse { error_code, ..Default::default() }.into();
    if !is_for(node, request.cluster_id.as_ref()) {
        return refuse(ErrorCode::INCONSISTENT_CLUSTER_ID);
    }
    let named = |topic: &wire::end_quorum_epoch_request::TopicData| &*topic.topic_name == TOPIC;
    let asked = only(&request.topics, named, |t| &t.partitions[..], |p| p.partition_index);
    let Some(asked) = asked else { return refuse(ErrorCode::INVALID_REQUEST) };
    let candidates = asked.preferred_candidates.iter();
    let mut preferred_successors: Vec<ReplicaKey> =
        candidates.map(|known| key(known.candidate_id, known.candidate_directory_id)).collect();
    if context.version == 0 {
        let ids = asked.preferred_successors.iter();
        preferred_successors = ids.map(|id| key(*id, Uuid::ZERO)).collect();
    }
    let core = Request::EndQuorumEpoch(keld_raft::EndQuorumEpoch {
        leader: BrokerId::new(asked.leader_id),
        epoch: LeaderEpoch::new(asked.leader_epoch),
        preferred_successors,
    });
    let (node, version) = (Arc::clone(node), context.version);
    let from = BrokerId::new(asked.leader_id);
    Reply::later(async move {
        let Some(Served { response: Response::EndQuorumEpoch(answer), leader_address, .. }) =
            node.quorum.ask_core(from, core, 0, None).await
        else {
            let error_code = ErrorCode::BROKER_NOT_AVAILABLE;
            return wire::EndQuorumEpochResponse { error_code, ..Default::default() };
        };
        let (leader_id, leader_epoch, place) = leader_of(answer, leader_address);
        let partition = end::PartitionData {
            partition_index: 0,
            error_code: error_code(answer.code),
            leader_id,
            leader_epoch,
            ..end::PartitionData::default()
        };
        let topic = end::TopicData {
            topic_name: Str::from_static(TOPIC),
            partitions: vec![partition],
            ..end::TopicData::default()
        };
        let node_endpoints =
            place.filter(|_| version >= 1).map(|(node_id, at)| end::NodeEndpoint {
                node_id,
                host: Str::from(at.host),
                port: at.port,
                ..end::NodeEndpoint::default()
            });
        wire::EndQuorumEpochResponse {
            topics: vec![topic],
            node_endpoints: node_endpoints.into_iter().collect(),
            ..wire::EndQuorumEpochResponse::default()
        }
    })
}

/// Fetch on a controller listener: of the metadata log.
pub(crate) fn fetch(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::FetchRequest,
) -> Reply {
    let refuse = |error_code| wire::FetchResponse { error_code, ..Default::default() }.into();
    if !is_for(node, request.cluster_id.as_ref()) {
        return refuse(ErrorCode::INCONSISTENT_CLUSTER_ID);
    }
    let version = context.version;
    let named = |topic: &wire::fetch_request::FetchTopic| {
        if version >= 13 {
            topic.topic_id == TopicId::METADATA.uuid()
        } else {
            &*topic.topic == TOPIC
        }
    };
    let asked = only(&request.topics, named, |t| &t.partitions[..], |p| p.partition);
    let Some(asked) = asked else { return refuse(ErrorCode::INVALID_REQUEST) };
    let id = if version >= 15 { request.replica_state.replica_id } else { request.replica_id };
    // Versions that do not tell a high watermark do not want to be told of a new one.
    let high_watermark = asked.high_watermark;
    let Ok(wait_max_ms) = u64::try_from(request.max_wait_ms) else {
        return refuse(ErrorCode::INVALID_REQUEST);
    };
    let core = Request::Fetch(keld_raft::Fetch {
        replica: key(id, asked.replica_directory_id),
        epoch: LeaderEpoch::new(asked.current_leader_epoch),
        offset: Offset::new(asked.fetch_offset),
        last_epoch: LeaderEpoch::new(asked.last_fetched_epoch),
        high_watermark: (high_watermark >= 0).then(|| Offset::new(high_watermark)),
        wait_max_ms: wait_max_ms.min(FETCH_WAIT_MAX_MS),
    });
    let node = Arc::clone(node);
    Reply::later(async move {
        let Some(Served { response: Response::Fetch(answer), bytes, leader_address, log_start }) =
            node.quorum.ask_core(BrokerId::new(id), core, request.max_bytes, None).await
        else {
            let error_code = ErrorCode::BROKER_NOT_AVAILABLE;
            return wire::FetchResponse { error_code, ..Default::default() };
        };
        let (leader_id, leader_epoch, place) = leader_of(answer.answer, leader_address);
        let mut partition = fetch::PartitionData {
            partition_index: 0,
            error_code: error_code(answer.answer.code),
            high_watermark: answer.high_watermark.unwrap_or(Offset::NONE).get(),
            log_start_offset: log_start.get(),
            records: Some(Records::from(bytes)),
            ..fetch::PartitionData::default()
        };
        if version >= 12 {
            partition.current_leader.leader_id = leader_id;
            partition.current_leader.leader_epoch = leader_epoch;
        }
        match answer.outcome {
            FetchOutcome::Records(_) => {}
            FetchOutcome::Diverging(point) => {
                partition.diverging_epoch.epoch = point.epoch.get();
                partition.diverging_epoch.end_offset = point.offset.get();
            }
            FetchOutcome::Snapshot(id) => {
                partition.snapshot_id.epoch = id.epoch.get();
                partition.snapshot_id.end_offset = id.offset.get();
            }
        }
        let mut topic = fetch::FetchableTopicResponse {
            partitions: vec![partition],
            ..fetch::FetchableTopicResponse::default()
        };
        if version >= 13 {
            topic.topic_id = TopicId::METADATA.uuid();
        } else {
            topic.topic = Str::from_static(TOPIC);
        }
        let node_endpoints =
            place.filter(|_| version >= 17).map(|(node_id, at)| fetch::NodeEndpoint {
                node_id,
                host: Str::from(at.host),
                port: i32::from(at.port),
                ..fetch::NodeEndpoint::default()
            });
        wire::FetchResponse {
            responses: vec![topic],
            node_endpoints: node_endpoints.into_iter().collect(),
            ..wire::FetchResponse::default()
        }
    })
}

/// FetchSnapshot.
pub(crate) fn fetch_snapshot(
    node: &Arc<Node>,
    context: &RequestContext,
    request: wire::FetchSnapshotRequest,
) -> Reply {
    let refuse =
        |error_code| wire::FetchSnapshotResponse { error_code, ..Default::default() }.into();
    if !is_for(node, request.cluster_id.as_ref()) {
        return refuse(ErrorCode::INCONSISTENT_CLUSTER_ID);
    }
    let named = |topic: &wire::fetch_snapshot_request::TopicSnapshot| &*topic.name == TOPIC;
    let asked = only(&request.topics, named, |t| &t.partitions[..], |p| p.partition);
    let Some(asked) = asked else { return refuse(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) };
    let replica = key(request.replica_id, asked.replica_directory_id);
    let core = Request::FetchSnapshot(keld_raft::FetchSnapshot {
        replica,
        epoch: LeaderEpoch::new(asked.current_leader_epoch),
        snapshot: OffsetAndEpoch {
            offset: Offset::new(asked.snapshot_id.end_offset),
            epoch: LeaderEpoch::new(asked.snapshot_id.epoch),
        },
        // What lies before the beginning lies past every end.
        position: u64::try_from(asked.position).unwrap_or(u64::MAX),
    });
    let (node, version, position) = (Arc::clone(node), context.version, asked.position);
    Reply::later(async move {
        let Some(event::Served {
            response: Response::FetchSnapshot(answer),
            bytes,
            leader_address,
            ..
        }) = node.quorum.ask_core(replica.id, core, request.max_bytes, None).await
        else {
            let error_code = ErrorCode::BROKER_NOT_AVAILABLE;
            return wire::FetchSnapshotResponse { error_code, ..Default::default() };
        };
        let (leader_id, leader_epoch, place) = leader_of(answer.answer, leader_address);
        let mut partition = snapshot::PartitionSnapshot {
            index: 0,
            error_code: error_code(answer.answer.code),
            size: i64::try_from(answer.size).unwrap_or(i64::MAX),
            position,
            unaligned_records: Records::from(bytes),
            ..snapshot::PartitionSnapshot::default()
        };
        partition.snapshot_id.end_offset = answer.snapshot.offset.get();
        partition.snapshot_id.epoch = answer.snapshot.epoch.get();
        partition.current_leader.leader_id = leader_id;
        partition.current_leader.leader_epoch = leader_epoch;
        let topic = snapshot::TopicSnapshot {
            name: Str::from_static(TOPIC),
            partitions: vec![partition],
            ..snapshot::TopicSnapshot::default()
        };
        let node_endpoints =
            place.filter(|_| version >= 1).map(|(node_id, at)| snapshot::NodeEndpoint {
                node_id,
                host: Str::from(at.host),
                port: at.port,
                ..snapshot::NodeEndpoint::default()
            });
        wire::FetchSnapshotResponse {
            topics: vec![topic],
            node_endpoints: node_endpoints.into_iter().collect(),
            ..wire::FetchSnapshotResponse::default()
        }
    })
}
