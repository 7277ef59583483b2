//! The quorum as DescribeQuorum and ApiVersions show it.

use keld_raft::ReplicaKey;
use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Offset};
use keld_wire::quorum_records::VotersRecord;

/// Leader, epoch, offsets, voters.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct QuorumStatus {
    /// The epoch's leader.
    pub(crate) leader: Option<BrokerId>,
    /// The epoch.
    pub(crate) epoch: LeaderEpoch,
    /// Whether this node is the leader.
    pub(crate) is_leader: bool,
    /// Everything before it is committed.
    pub(crate) high_watermark: Option<Offset>,
    /// The end of this node's metadata log.
    pub(crate) log_end: Offset,
    /// This node, and the directory of its metadata log.
    pub(crate) local: (BrokerId, DirectoryId),
    /// `kraft.version`: 1 is a dynamic quorum.
    pub(crate) kraft_version: i16,
    /// The voters of a dynamic quorum, with their endpoints.
    pub(crate) voters: Option<VotersRecord>,
    /// How far each voter is, as the leader knows it.
    pub(crate) voter_states: Vec<ReplicaStatus>,
    /// How far each observer is, as the leader knows it.
    pub(crate) observer_states: Vec<ReplicaStatus>,
}

/// How far a replica of the metadata log is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ReplicaStatus {
    /// Which one.
    pub(crate) key: ReplicaKey,
    /// Its durable end; −1 when it is not known.
    pub(crate) log_end: Offset,
    /// When it fetched last, in milliseconds since 1970; −1 when it is not known.
    pub(crate) fetched_ms: i64,
    /// When it had all there was; −1 when it is not known.
    pub(crate) caught_up_ms: i64,
}
