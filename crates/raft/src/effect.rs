//! What goes into the machine and what comes out of it.

use crate::election::ElectionState;
use crate::log_view::{BatchSummary, OffsetAndEpoch};
use crate::message::{EpochAnswer, FetchAnswer, Request, Response};
use crate::quorum::{ReplicaKey, RequestId, VoterSet};
use keld_types::{BrokerId, LeaderEpoch, Offset};

/// Something happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Time passed; send it at [`crate::RaftNode::deadline`].
    Tick,
    /// A request came in.
    Request {
        /// From which node.
        from: BrokerId,
        /// To be named in the reply.
        request_id: RequestId,
        /// What it asks.
        request: Request,
    },
    /// A response to an [`Effect::Send`] came in.
    Response {
        /// From which node.
        from: BrokerId,
        /// The one of the request.
        request_id: RequestId,
        /// What it says.
        response: Response,
    },
    /// A request could not be sent or was not answered.
    Failed {
        /// To which node.
        to: BrokerId,
        /// The one of the request.
        request_id: RequestId,
    },
    /// A request could not be sent because nobody listens where the node is reached: the process
    /// that did is gone. A hint, not a proof: it may bring an election on, and nothing else.
    Refused {
        /// To which node.
        to: BrokerId,
        /// The one of the request.
        request_id: RequestId,
    },
    /// The driver of a leader appended a batch of its epoch.
    Appended(BatchSummary),
    /// Everything before this offset is durable.
    Flushed(Offset),
    /// A snapshot covers everything before this offset and the log was cut there.
    LogStartAdvanced(Offset),
    /// The earliest and the latest snapshot on the disk now.
    Snapshots {
        /// The earliest.
        earliest: OffsetAndEpoch,
        /// The latest.
        latest: OffsetAndEpoch,
    },
    /// [`Effect::InstallSnapshot`] was carried out: the log is empty and goes on where the snapshot
    /// ends.
    SnapshotInstalled {
        /// Which snapshot.
        snapshot: OffsetAndEpoch,
        /// The voters it names; `None` for a static quorum.
        voters: Option<VoterSet>,
    },
    /// The snapshot that was fetched is not whole or not sound; it was thrown away.
    SnapshotRefused(OffsetAndEpoch),
    /// The log has a record of the voters at this offset: they count from now on, committed or not.
    /// Follows the append of the record's batch.
    Voters {
        /// Where the record stands.
        offset: Offset,
        /// The voters it names.
        voters: VoterSet,
    },
    /// It is known where this node is reached, though it may be no voter that this node knows of.
    Located(BrokerId),
    /// Give up leadership.
    Resign,
}

/// Something is to be done, in the order of the list: an effect may only be carried out once the
/// ones before it are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Write the election state; it must be durable before the next effect.
    Persist(ElectionState),
    /// Send a request.
    Send {
        /// To which node.
        to: BrokerId,
        /// To be named in [`Input::Response`], [`Input::Failed`] or [`Input::Refused`].
        request_id: RequestId,
        /// What to send.
        request: Request,
    },
    /// Answer a request.
    Reply {
        /// To which node.
        to: BrokerId,
        /// The one of the request.
        request_id: RequestId,
        /// What to answer.
        response: Response,
    },
    /// Answer a fetch with the batches in `from..end`, as many as fit, filled into `answer`.
    ReplyRecords {
        /// To which node.
        to: BrokerId,
        /// The one of the request.
        request_id: RequestId,
        /// The answer without its batches.
        answer: FetchAnswer,
        /// First offset to read.
        from: Offset,
        /// The offset after the last one to read.
        end: Offset,
    },
    /// Answer with the piece of a snapshot from `position` on, as much as fits; with
    /// SNAPSHOT_NOT_FOUND or POSITION_OUT_OF_RANGE if there is no such piece.
    ReplySnapshot {
        /// To which node.
        to: BrokerId,
        /// The one of the request.
        request_id: RequestId,
        /// Epoch and leader.
        answer: EpochAnswer,
        /// Which snapshot.
        snapshot: OffsetAndEpoch,
        /// Where the piece begins.
        position: u64,
    },
    /// Write the piece that the FetchSnapshot response `request_id` brought; at position 0 begin
    /// anew.
    WriteSnapshot {
        /// The response that brought the bytes.
        request_id: RequestId,
        /// Which snapshot.
        snapshot: OffsetAndEpoch,
        /// Where the piece belongs.
        position: u64,
    },
    /// All pieces are there: check the snapshot, make it durable, begin the log anew where it ends,
    /// and report [`Input::SnapshotInstalled`]; or [`Input::SnapshotRefused`].
    InstallSnapshot(OffsetAndEpoch),
    /// This node leads: append the LeaderChange control batch, report [`Input::Appended`], flush,
    /// and report [`Input::Flushed`].
    AppendLeaderChange {
        /// The epoch.
        epoch: LeaderEpoch,
        /// The voters of the quorum.
        voters: Vec<ReplicaKey>,
        /// Those that voted for this node.
        granting: Vec<ReplicaKey>,
    },
    /// Append these batches of the fetch response `request_id`, flush, and report
    /// [`Input::Flushed`].
    Append {
        /// The response that brought the bytes.
        request_id: RequestId,
        /// Its batches to append, a prefix of those it has.
        batches: Vec<BatchSummary>,
    },
    /// Cut the log to this end.
    Truncate(Offset),
    /// Everything before this offset is committed.
    HighWatermark(Offset),
    /// The leader or the epoch changed.
    LeaderChanged {
        /// The leader, if known.
        leader: Option<BrokerId>,
        /// The epoch.
        epoch: LeaderEpoch,
    },
}
