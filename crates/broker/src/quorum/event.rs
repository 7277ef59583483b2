//! What reaches the quorum's driver from other nodes.

use bytes::Bytes;
use keld_env::Address;
use keld_raft::{
    EpochAnswer, FetchAnswer, FetchSnapshotAnswer, ReplicaKey, Request, RequestId, Response,
    VoteAnswer,
};
use keld_types::{BrokerId, Offset};
use keld_wire::quorum_records::voters_record::Voter;
use tokio::sync::oneshot;

/// Something from another node.
#[derive(Debug)]
pub(super) enum Event {
    /// It asks.
    Asked(Asked),
    /// It answers what this node asked.
    Answered {
        /// Whom this node asked.
        from: BrokerId,
        /// The core's name of the request.
        request_id: RequestId,
        /// The answer.
        answer: Answer,
        /// Where nodes are reached, as it says.
        located: Vec<(BrokerId, Address)>,
    },
    /// It did not answer.
    Failed {
        /// Whom this node asked.
        to: BrokerId,
        /// The core's name of the request.
        request_id: RequestId,
        /// Nobody listens where it is reached.
        is_refused: bool,
    },
    /// Somebody wants other voters.
    ChangeVoter(VoterRequest),
    /// This node is about to stop: it gives up leadership.
    Resign,
}

/// A request of another node.
#[derive(Debug)]
pub(super) struct Asked {
    /// Which node.
    pub(super) from: BrokerId,
    /// What it asks.
    pub(super) request: Request,
    /// Most bytes of records to send.
    pub(super) bytes_max: usize,
    /// Where the node is reached, as it says.
    pub(super) located: Option<(BrokerId, Address)>,
    /// Takes the answer.
    pub(super) reply: oneshot::Sender<Served>,
}

/// This node's answer.
#[derive(Debug)]
pub(crate) struct Served {
    /// What the core says.
    pub(crate) response: Response,
    /// Records, or a piece of a snapshot.
    pub(crate) bytes: Bytes,
    /// Where the leader is, if it is known.
    pub(crate) leader_address: Option<Address>,
    /// Where this node's log begins.
    pub(crate) log_start: Offset,
}

/// Another node's answer, its records not looked at yet.
#[derive(Debug)]
pub(super) enum Answer {
    Vote(VoteAnswer),
    BeginQuorumEpoch(EpochAnswer),
    EndQuorumEpoch(EpochAnswer),
    Fetch(FetchAnswer, Bytes),
    FetchSnapshot(FetchSnapshotAnswer, Bytes),
}

/// A change of one voter.
#[derive(Debug)]
pub(crate) struct VoterRequest {
    /// What is asked.
    pub(crate) change: VoterEdit,
    /// Answer when it is committed, not when it is only written.
    pub(crate) when_committed: bool,
    /// Takes the answer.
    pub(crate) reply: oneshot::Sender<Result<(), keld_controller::ApiError>>,
}

/// Which change.
#[derive(Clone, Debug)]
pub(crate) enum VoterEdit {
    /// This node becomes a voter.
    Add(Voter),
    /// This voter becomes an observer.
    Remove(ReplicaKey),
    /// This voter is reached elsewhere, or supports other versions.
    Update(Voter),
}
