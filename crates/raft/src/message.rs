//! What the nodes of a quorum say to each other: Kafka's RPCs without their envelopes.

use crate::log_view::{BatchSummary, OffsetAndEpoch};
use crate::quorum::ReplicaKey;
use keld_types::{BrokerId, LeaderEpoch, Offset};

/// Why a request was not served; the driver maps them to Kafka's error codes of the same names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RaftCode {
    /// Served.
    None,
    /// The request's epoch is older than the receiver's.
    FencedLeaderEpoch,
    /// The request's epoch is newer than the receiver's.
    UnknownLeaderEpoch,
    /// The receiver does not lead.
    NotLeaderOrFollower,
    /// The vote was asked of another replica than the receiver.
    InvalidVoterKey,
    /// The request contradicts itself.
    InvalidRequest,
    /// The fetch lies before the leader's log start, and there is no snapshot instead.
    OffsetOutOfRange,
    /// The snapshot that was asked for is not there.
    SnapshotNotFound,
    /// The snapshot is not as long as the position that was asked for.
    PositionOutOfRange,
}

/// A request to another node of the quorum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// A candidate's, or with `pre_vote` a prospective candidate's, call for a vote.
    Vote(Vote),
    /// A new leader tells a voter.
    BeginQuorumEpoch(BeginQuorumEpoch),
    /// A resigning leader tells a voter.
    EndQuorumEpoch(EndQuorumEpoch),
    /// A replica pulls the log.
    Fetch(Fetch),
    /// A replica pulls a snapshot, piece by piece.
    FetchSnapshot(FetchSnapshot),
}

/// Vote request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// The candidate's epoch (for a pre-vote: its current epoch, not raised).
    pub epoch: LeaderEpoch,
    /// Who asks.
    pub candidate: ReplicaKey,
    /// Who is asked.
    pub voter: ReplicaKey,
    /// The durable end of the candidate's log.
    pub last: OffsetAndEpoch,
    /// Asks only whether the vote would be given.
    pub pre_vote: bool,
}

/// BeginQuorumEpoch request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BeginQuorumEpoch {
    /// The leader.
    pub leader: BrokerId,
    /// Its epoch.
    pub epoch: LeaderEpoch,
    /// Who is told.
    pub voter: ReplicaKey,
}

/// EndQuorumEpoch request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndQuorumEpoch {
    /// The leader that resigns.
    pub leader: BrokerId,
    /// Its epoch.
    pub epoch: LeaderEpoch,
    /// The other voters, the most complete log first.
    pub preferred_successors: Vec<ReplicaKey>,
}

/// Fetch request. Its offset says that everything before it is durable at the sender.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetch {
    /// Who fetches.
    pub replica: ReplicaKey,
    /// The epoch the sender knows.
    pub epoch: LeaderEpoch,
    /// The sender's durable end.
    pub offset: Offset,
    /// Epoch of the sender's last record.
    pub last_epoch: LeaderEpoch,
    /// The high watermark the sender knows.
    pub high_watermark: Option<Offset>,
    /// How long the leader may hold the request while there is no news.
    pub wait_max_ms: u64,
}

/// FetchSnapshot request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchSnapshot {
    /// Who fetches.
    pub replica: ReplicaKey,
    /// The epoch the sender knows.
    pub epoch: LeaderEpoch,
    /// Which snapshot.
    pub snapshot: OffsetAndEpoch,
    /// How much of it the sender has.
    pub position: u64,
}

/// A response to one of the requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Response {
    /// To [`Request::Vote`].
    Vote(VoteAnswer),
    /// To [`Request::BeginQuorumEpoch`].
    BeginQuorumEpoch(EpochAnswer),
    /// To [`Request::EndQuorumEpoch`].
    EndQuorumEpoch(EpochAnswer),
    /// To [`Request::Fetch`].
    Fetch(FetchAnswer),
    /// To [`Request::FetchSnapshot`].
    FetchSnapshot(FetchSnapshotAnswer),
}

/// What every response says: the receiver's epoch and leader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EpochAnswer {
    /// Why not, or [`RaftCode::None`].
    pub code: RaftCode,
    /// The receiver's epoch.
    pub epoch: LeaderEpoch,
    /// The leader it knows.
    pub leader: Option<BrokerId>,
}

/// Vote response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoteAnswer {
    /// Code, epoch, leader.
    pub answer: EpochAnswer,
    /// Whether the vote was given.
    pub granted: bool,
}

/// Fetch response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchAnswer {
    /// Code, epoch, leader.
    pub answer: EpochAnswer,
    /// The leader's high watermark.
    pub high_watermark: Option<Offset>,
    /// What it holds for the follower.
    pub outcome: FetchOutcome,
}

/// FetchSnapshot response. The bytes travel beside the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchSnapshotAnswer {
    /// Code, epoch, leader.
    pub answer: EpochAnswer,
    /// Which snapshot.
    pub snapshot: OffsetAndEpoch,
    /// Its length.
    pub size: u64,
    /// Where the piece begins.
    pub position: u64,
    /// How long the piece is.
    pub length: u64,
}

/// What a leader has for a follower.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchOutcome {
    /// Batches from the fetch offset on, possibly none. The bytes travel beside the message.
    Records(Vec<BatchSummary>),
    /// The logs part: the largest epoch not above the follower's that the leader has, and its end.
    Diverging(OffsetAndEpoch),
    /// What the follower needs is in this snapshot.
    Snapshot(OffsetAndEpoch),
}
