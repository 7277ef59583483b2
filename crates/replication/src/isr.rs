//! Changes of a partition's ISR: what the leader proposes, and what becomes of it (KIP-497).
//!
//! ```text
//! Committed → Pending expand | Pending shrink → Committed
//! ```
//!
//! Invariants: one change is in flight at most; while it is, an expansion counts for the high
//! watermark already and a shrink does not yet, so that who must have a record before it is
//! committed (the maximal ISR) is a superset of whom the controller may elect.

use keld_types::{BrokerEpoch, BrokerId, ErrorCode, LeaderEpoch, PartitionEpoch};
use keld_types::{PartitionIndex, TopicId};

/// What a change does to the ISR.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IsrChangeKind {
    /// A replica joins.
    Expand(BrokerId),
    /// Replicas leave.
    Shrink(Vec<BrokerId>),
}

/// A change of the ISR that the controller is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IsrChange {
    /// The topic.
    pub topic_id: TopicId,
    /// The partition.
    pub partition: PartitionIndex,
    /// The epoch the sender leads in.
    pub leader_epoch: LeaderEpoch,
    /// The registration the change is based on.
    pub partition_epoch: PartitionEpoch,
    /// The ISR that is asked for, with the epochs the brokers fetched with; −1 where unknown.
    pub isr: Vec<(BrokerId, BrokerEpoch)>,
    /// What that changes.
    pub kind: IsrChangeKind,
}

/// What the controller answered to a change it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IsrAnswer {
    /// The leader's epoch at the controller.
    pub leader_epoch: LeaderEpoch,
    /// The registration's epoch now.
    pub partition_epoch: PartitionEpoch,
    /// The ISR now.
    pub isr: Vec<BrokerId>,
}

/// What the sender of a change does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IsrOutcome {
    /// Nothing.
    Settled,
    /// Sends the same change again.
    Retry,
}

/// What a refusal means for a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// It was certainly not done: back to what was committed.
    Revert,
    /// It may have been done: it stays pending until the metadata says more.
    Await,
    /// To be asked for again.
    Retry,
}

impl IsrChange {
    /// Whether a replica joins with it.
    pub(crate) fn expands_by(&self, id: BrokerId) -> bool {
        self.kind == IsrChangeKind::Expand(id)
    }
}

impl Refusal {
    /// By the controller's code for the partition.
    pub(crate) fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::OPERATION_NOT_ATTEMPTED | ErrorCode::INELIGIBLE_REPLICA => Self::Revert,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
            | ErrorCode::UNKNOWN_TOPIC_ID
            | ErrorCode::FENCED_LEADER_EPOCH
            | ErrorCode::INVALID_UPDATE_VERSION
            | ErrorCode::INVALID_REQUEST
            | ErrorCode::NEW_LEADER_ELECTED => Self::Await,
            _ => Self::Retry,
        }
    }
}
