//! What goes into the machine and what comes out of it.

use crate::election::ElectionState;
use crate::log_view::BatchSummary;
use crate::message::{FetchAnswer, Request, Response};
use crate::quorum::{ReplicaKey, RequestId};
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
    /// The driver of a leader appended a batch of its epoch.
    Appended(BatchSummary),
    /// Everything before this offset is durable.
    Flushed(Offset),
    /// A snapshot covers everything before this offset and the log was cut there.
    LogStartAdvanced(Offset),
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
        /// To be named in [`Input::Response`] or [`Input::Failed`].
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
