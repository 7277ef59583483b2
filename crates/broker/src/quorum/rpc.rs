//! What this node asks the others of the quorum: the core's requests as Kafka's, and the answers
//! back.

use super::event::Answer;
use crate::peers::{Peer, PeerError};
use bytes::Bytes;
use keld_config::NodeConfig;
use keld_env::Address;
use keld_raft::{
    EpochAnswer, FetchAnswer, FetchOutcome, FetchSnapshotAnswer, OffsetAndEpoch, RaftCode,
    ReplicaKey, Request, VoteAnswer,
};
use keld_types::{BrokerId, ClusterId, ErrorCode, LeaderEpoch, Offset, TopicId};
use keld_wire::messages as wire;
use keld_wire::messages::{
    begin_quorum_epoch_request as begin, end_quorum_epoch_request as end, fetch_request as fetch,
    fetch_snapshot_request as snapshot, vote_request as vote,
};
use keld_wire::{ApiKey, Str};
use std::time::Duration;

/// The one topic of the quorum.
pub(super) const TOPIC: &str = "__cluster_metadata";

/// Who asks, and within which bounds.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) cluster_id: ClusterId,
    /// This node's controller listeners: name, host, port.
    pub(super) listeners: Vec<(String, Address)>,
    pub(super) fetch_wait_max_ms: i32,
    pub(super) fetch_bytes_max: i32,
    pub(super) snapshot_bytes_max: i32,
    pub(super) timeout: Duration,
}

impl Identity {
    pub(super) fn new(config: &NodeConfig, cluster_id: ClusterId) -> Self {
        let listeners = config.advertised_controller_listeners.iter().map(|listener| {
            let host = listener.host.clone().unwrap_or_else(|| "localhost".to_owned());
            (listener.name.as_str().to_owned(), Address { host, port: listener.port })
        });
        Self {
            cluster_id,
            listeners: listeners.collect(),
            fetch_wait_max_ms: FETCH_WAIT_MAX_MS,
            fetch_bytes_max: config.quorum.fetch_max_bytes,
            snapshot_bytes_max: config.quorum.fetch_snapshot_max_bytes,
            timeout: Duration::from_millis(
                u64::try_from(config.quorum.request_timeout_ms).unwrap_or(0),
            ),
        }
    }

    fn cluster(&self) -> Option<Str> {
        Some(Str::from(self.cluster_id.as_str()))
    }
}

/// How long a leader may hold a fetch, as in Kafka.
const FETCH_WAIT_MAX_MS: i32 = 500;

/// What came back.
pub(super) struct Exchanged {
    pub(super) answer: Answer,
    /// Where nodes are reached, as the answer says.
    pub(super) located: Vec<(BrokerId, Address)>,
}

/// The other node answers, but not with what the core could use.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// No answer.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// It is no node of this quorum, or cannot serve.
    #[error("{api} is refused with {code}")]
    Refused {
        /// What was asked.
        api: &'static str,
        /// With what.
        code: ErrorCode,
    },
    /// Not the one partition that was asked for.
    #[error("{api} answer is not about the metadata log")]
    Shape {
        /// What was asked.
        api: &'static str,
    },
}

impl ExchangeError {
    /// Whether the other node belongs to another cluster.
    pub(super) fn is_foreign(&self) -> bool {
        matches!(self, Self::Refused { code: ErrorCode::INCONSISTENT_CLUSTER_ID, .. })
    }

    /// Whether nobody listens where the node is reached.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self, Self::Peer(PeerError::Connect { is_refused: true, .. }))
    }
}

/// Asks and waits for the answer.
pub(super) async fn exchange(
    peer: &Peer,
    own: &Identity,
    request: Request,
) -> Result<Exchanged, ExchangeError> {
    match request {
        Request::Vote(request) => ask_vote(peer, own, &request).await,
        Request::BeginQuorumEpoch(request) => ask_begin(peer, own, &request).await,
        Request::EndQuorumEpoch(request) => ask_end(peer, own, &request).await,
        Request::Fetch(request) => ask_fetch(peer, own, &request).await,
        Request::FetchSnapshot(request) => ask_snapshot(peer, own, &request).await,
    }
}

async fn ask_vote(
    peer: &Peer,
    own: &Identity,
    request: &keld_raft::Vote,
) -> Result<Exchanged, ExchangeError> {
    if request.pre_vote && peer.versions(ApiKey::Vote).await?.max < 2 {
        // A node from before pre-votes: nothing speaks against the election.
        let answer = EpochAnswer { code: RaftCode::None, epoch: request.epoch, leader: None };
        let answer = Answer::Vote(VoteAnswer { answer, granted: true });
        return Ok(Exchanged { answer, located: Vec::new() });
    }
    let partition = vote::PartitionData {
        partition_index: 0,
        replica_epoch: request.epoch.get(),
        replica_id: request.candidate.id.get(),
        replica_directory_id: request.candidate.directory_id.uuid(),
        voter_directory_id: request.voter.directory_id.uuid(),
        last_offset_epoch: request.last.epoch.get(),
        last_offset: request.last.offset.get(),
        pre_vote: request.pre_vote,
        ..vote::PartitionData::default()
    };
    let topic = vote::TopicData {
        topic_name: Str::from_static(TOPIC),
        partitions: vec![partition],
        ..vote::TopicData::default()
    };
    let message = wire::VoteRequest {
        cluster_id: own.cluster(),
        voter_id: request.voter.id.get(),
        topics: vec![topic],
        ..wire::VoteRequest::default()
    };
    let response = peer.call(message, own.timeout).await?;
    check("Vote", response.error_code)?;
    let nodes = response.node_endpoints.iter();
    let located = nodes.map(|at| located(at.node_id, &at.host, at.port)).collect();
    let partition = only(response.topics, |topic| topic.partitions, "Vote")?;
    let (leader, epoch) = (partition.leader_id, partition.leader_epoch);
    let answer = epoch_answer("Vote", partition.error_code, leader, epoch)?;
    let answer = Answer::Vote(VoteAnswer { answer, granted: partition.vote_granted });
    Ok(Exchanged { answer, located })
}

async fn ask_begin(
    peer: &Peer,
    own: &Identity,
    request: &keld_raft::BeginQuorumEpoch,
) -> Result<Exchanged, ExchangeError> {
    let partition = begin::PartitionData {
        partition_index: 0,
        voter_directory_id: request.voter.directory_id.uuid(),
        leader_id: request.leader.get(),
        leader_epoch: request.epoch.get(),
        ..begin::PartitionData::default()
    };
    let topic = begin::TopicData {
        topic_name: Str::from_static(TOPIC),
        partitions: vec![partition],
        ..begin::TopicData::default()
    };
    let endpoint = |(name, at): &(String, Address)| begin::LeaderEndpoint {
        name: Str::from(name.as_str()),
        host: Str::from(at.host.as_str()),
        port: at.port,
        ..begin::LeaderEndpoint::default()
    };
    let message = wire::BeginQuorumEpochRequest {
        cluster_id: own.cluster(),
        voter_id: request.voter.id.get(),
        topics: vec![topic],
        leader_endpoints: own.listeners.iter().map(endpoint).collect(),
        ..wire::BeginQuorumEpochRequest::default()
    };
    let response = peer.call(message, own.timeout).await?;
    check("BeginQuorumEpoch", response.error_code)?;
    let nodes = response.node_endpoints.iter();
    let located = nodes.map(|at| located(at.node_id, &at.host, at.port)).collect();
    let partition = only(response.topics, |topic| topic.partitions, "BeginQuorumEpoch")?;
    let (leader, epoch) = (partition.leader_id, partition.leader_epoch);
    let answer = epoch_answer("BeginQuorumEpoch", partition.error_code, leader, epoch)?;
    Ok(Exchanged { answer: Answer::BeginQuorumEpoch(answer), located })
}

async fn ask_end(
    peer: &Peer,
    own: &Identity,
    request: &keld_raft::EndQuorumEpoch,
) -> Result<Exchanged, ExchangeError> {
    let successors = &request.preferred_successors;
    let candidate = |key: &ReplicaKey| end::ReplicaInfo {
        candidate_id: key.id.get(),
        candidate_directory_id: key.directory_id.uuid(),
        ..end::ReplicaInfo::default()
    };
    let endpoint = |(name, at): &(String, Address)| end::LeaderEndpoint {
        name: Str::from(name.as_str()),
        host: Str::from(at.host.as_str()),
        port: at.port,
        ..end::LeaderEndpoint::default()
    };
    let message = |version: i16| {
        let mut partition = end::PartitionData {
            partition_index: 0,
            leader_id: request.leader.get(),
            leader_epoch: request.epoch.get(),
            ..end::PartitionData::default()
        };
        let mut leader_endpoints = Vec::new();
        if version >= 1 {
            partition.preferred_candidates = successors.iter().map(candidate).collect();
            leader_endpoints = own.listeners.iter().map(endpoint).collect();
        } else {
            partition.preferred_successors = successors.iter().map(|key| key.id.get()).collect();
        }
        let topic = end::TopicData {
            topic_name: Str::from_static(TOPIC),
            partitions: vec![partition],
            ..end::TopicData::default()
        };
        wire::EndQuorumEpochRequest {
            cluster_id: own.cluster(),
            topics: vec![topic],
            leader_endpoints,
            ..wire::EndQuorumEpochRequest::default()
        }
    };
    let response = peer.call_with(own.timeout, message).await?;
    check("EndQuorumEpoch", response.error_code)?;
    let nodes = response.node_endpoints.iter();
    let located = nodes.map(|at| located(at.node_id, &at.host, at.port)).collect();
    let partition = only(response.topics, |topic| topic.partitions, "EndQuorumEpoch")?;
    let (leader, epoch) = (partition.leader_id, partition.leader_epoch);
    let answer = epoch_answer("EndQuorumEpoch", partition.error_code, leader, epoch)?;
    Ok(Exchanged { answer: Answer::EndQuorumEpoch(answer), located })
}

async fn ask_fetch(
    peer: &Peer,
    own: &Identity,
    request: &keld_raft::Fetch,
) -> Result<Exchanged, ExchangeError> {
    let message = |version: i16| {
        let partition = fetch::FetchPartition {
            partition: 0,
            current_leader_epoch: request.epoch.get(),
            fetch_offset: request.offset.get(),
            last_fetched_epoch: request.last_epoch.get(),
            replica_directory_id: request.replica.directory_id.uuid(),
            high_watermark: request.high_watermark.unwrap_or(Offset::NONE).get(),
            ..fetch::FetchPartition::default()
        };
        let mut topic =
            fetch::FetchTopic { partitions: vec![partition], ..fetch::FetchTopic::default() };
        if version >= 13 {
            topic.topic_id = TopicId::METADATA.uuid();
        } else {
            topic.topic = Str::from_static(TOPIC);
        }
        let mut message = wire::FetchRequest {
            cluster_id: own.cluster(),
            max_wait_ms: own.fetch_wait_max_ms,
            max_bytes: own.fetch_bytes_max,
            topics: vec![topic],
            ..wire::FetchRequest::default()
        };
        if version >= 15 {
            message.replica_state.replica_id = request.replica.id.get();
        } else {
            message.replica_id = request.replica.id.get();
        }
        message
    };
    let response = peer.call_with(own.timeout, message).await?;
    check("Fetch", response.error_code)?;
    let nodes = response.node_endpoints.iter();
    let located =
        nodes.filter_map(|at| Some(located(at.node_id, &at.host, u16::try_from(at.port).ok()?)));
    let located = located.collect();
    let partition = only(response.responses, |topic| topic.partitions, "Fetch")?;
    let leader = &partition.current_leader;
    let answer =
        epoch_answer("Fetch", partition.error_code, leader.leader_id, leader.leader_epoch)?;
    let at = |epoch: i32, end_offset: i64| OffsetAndEpoch {
        offset: Offset::new(end_offset),
        epoch: LeaderEpoch::new(epoch),
    };
    let (diverging, id) = (&partition.diverging_epoch, &partition.snapshot_id);
    let outcome = if id.epoch >= 0 && id.end_offset >= 0 {
        FetchOutcome::Snapshot(at(id.epoch, id.end_offset))
    } else if diverging.epoch >= 0 && diverging.end_offset >= 0 {
        FetchOutcome::Diverging(at(diverging.epoch, diverging.end_offset))
    } else {
        FetchOutcome::Records(Vec::new())
    };
    let records = partition.records.and_then(|records| records.to_bytes()).unwrap_or_default();
    let high_watermark =
        (partition.high_watermark >= 0).then(|| Offset::new(partition.high_watermark));
    let answer = Answer::Fetch(FetchAnswer { answer, high_watermark, outcome }, records);
    Ok(Exchanged { answer, located })
}

async fn ask_snapshot(
    peer: &Peer,
    own: &Identity,
    request: &keld_raft::FetchSnapshot,
) -> Result<Exchanged, ExchangeError> {
    let id = snapshot::SnapshotId {
        end_offset: request.snapshot.offset.get(),
        epoch: request.snapshot.epoch.get(),
        ..snapshot::SnapshotId::default()
    };
    let partition = snapshot::PartitionSnapshot {
        partition: 0,
        current_leader_epoch: request.epoch.get(),
        snapshot_id: id,
        position: i64::try_from(request.position).unwrap_or(i64::MAX),
        replica_directory_id: request.replica.directory_id.uuid(),
        ..snapshot::PartitionSnapshot::default()
    };
    let topic = snapshot::TopicSnapshot {
        name: Str::from_static(TOPIC),
        partitions: vec![partition],
        ..snapshot::TopicSnapshot::default()
    };
    let message = wire::FetchSnapshotRequest {
        cluster_id: own.cluster(),
        replica_id: request.replica.id.get(),
        max_bytes: own.snapshot_bytes_max,
        topics: vec![topic],
        ..wire::FetchSnapshotRequest::default()
    };
    let response = peer.call(message, own.timeout).await?;
    check("FetchSnapshot", response.error_code)?;
    let nodes = response.node_endpoints.iter();
    let located = nodes.map(|at| located(at.node_id, &at.host, at.port)).collect();
    let partition = only(response.topics, |topic| topic.partitions, "FetchSnapshot")?;
    let leader = &partition.current_leader;
    let (leader_id, leader_epoch) = (leader.leader_id, leader.leader_epoch);
    let answer = epoch_answer("FetchSnapshot", partition.error_code, leader_id, leader_epoch)?;
    let bytes = partition.unaligned_records.to_bytes().unwrap_or_default();
    let answer = FetchSnapshotAnswer {
        answer,
        snapshot: OffsetAndEpoch {
            offset: Offset::new(partition.snapshot_id.end_offset),
            epoch: LeaderEpoch::new(partition.snapshot_id.epoch),
        },
        size: u64::try_from(partition.size).unwrap_or(0),
        position: u64::try_from(partition.position).unwrap_or(0),
        length: bytes.len() as u64,
    };
    Ok(Exchanged { answer: Answer::FetchSnapshot(answer, bytes), located })
}

fn check(api: &'static str, code: ErrorCode) -> Result<(), ExchangeError> {
    if code == ErrorCode::NONE { Ok(()) } else { Err(ExchangeError::Refused { api, code }) }
}

/// The partition of an answer that is about one.
fn only<T, P>(
    topics: Vec<T>,
    partitions: impl FnOnce(T) -> Vec<P>,
    api: &'static str,
) -> Result<P, ExchangeError> {
    let mut topics = topics.into_iter();
    match (topics.next(), topics.next()) {
        (Some(topic), None) => {
            let mut partitions = partitions(topic).into_iter();
            match (partitions.next(), partitions.next()) {
                (Some(partition), None) => Ok(partition),
                (Some(_) | None, _) => Err(ExchangeError::Shape { api }),
            }
        }
        (Some(_) | None, _) => Err(ExchangeError::Shape { api }),
    }
}

fn located(id: i32, host: &Str, port: u16) -> (BrokerId, Address) {
    (BrokerId::new(id), Address { host: host.as_str().to_owned(), port })
}

/// What every answer says. A code that the core knows nothing of is not for it.
fn epoch_answer(
    api: &'static str,
    code: ErrorCode,
    leader: i32,
    epoch: i32,
) -> Result<EpochAnswer, ExchangeError> {
    let known = raft_code(code).ok_or(ExchangeError::Refused { api, code })?;
    let leader = (leader >= 0).then(|| BrokerId::new(leader));
    Ok(EpochAnswer { code: known, epoch: LeaderEpoch::new(epoch), leader })
}

const CODES: [(RaftCode, ErrorCode); 9] = [
    (RaftCode::None, ErrorCode::NONE),
    (RaftCode::FencedLeaderEpoch, ErrorCode::FENCED_LEADER_EPOCH),
    (RaftCode::UnknownLeaderEpoch, ErrorCode::UNKNOWN_LEADER_EPOCH),
    (RaftCode::NotLeaderOrFollower, ErrorCode::NOT_LEADER_OR_FOLLOWER),
    (RaftCode::InvalidVoterKey, ErrorCode::INVALID_VOTER_KEY),
    (RaftCode::InvalidRequest, ErrorCode::INVALID_REQUEST),
    (RaftCode::OffsetOutOfRange, ErrorCode::OFFSET_OUT_OF_RANGE),
    (RaftCode::SnapshotNotFound, ErrorCode::SNAPSHOT_NOT_FOUND),
    (RaftCode::PositionOutOfRange, ErrorCode::POSITION_OUT_OF_RANGE),
];

fn raft_code(code: ErrorCode) -> Option<RaftCode> {
    CODES.iter().find(|(_, known)| *known == code).map(|(code, _)| *code)
}

/// Kafka's code for the core's.
pub(super) fn error_code(code: RaftCode) -> ErrorCode {
    let known = CODES.iter().find(|(known, _)| *known == code);
    known.map_or(ErrorCode::UNKNOWN_SERVER_ERROR, |(_, code)| *code)
}

/// Bytes of an answer that holds no records.
pub(super) const NO_BYTES: Bytes = Bytes::new();
