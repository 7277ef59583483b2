//! Why a partition cannot do what was asked, by what the client does next.

use keld_log::{AppendError, LogError};
use keld_record::ValidateError;
use keld_types::{BrokerEpoch, BrokerId, LeaderEpoch, Offset, PartitionEpoch, TopicPartition};

/// A partition refuses.
#[derive(Debug, thiserror::Error)]
pub enum PartitionError {
    /// Another node leads, or nobody. NOT_LEADER_OR_FOLLOWER.
    #[error("Leader not local for partition {partition} on broker {broker}")]
    NotLeader {
        /// The partition.
        partition: TopicPartition,
        /// This node.
        broker: BrokerId,
    },
    /// The client knows an older leader. FENCED_LEADER_EPOCH.
    #[error("leader epoch {found} of {partition} is fenced: it is {current} here")]
    FencedLeaderEpoch {
        /// The partition.
        partition: TopicPartition,
        /// The request's.
        found: LeaderEpoch,
        /// This node's.
        current: LeaderEpoch,
    },
    /// The client knows a newer leader. UNKNOWN_LEADER_EPOCH.
    #[error("leader epoch {found} of {partition} is not known here yet: it is {current}")]
    UnknownLeaderEpoch {
        /// The partition.
        partition: TopicPartition,
        /// The request's.
        found: LeaderEpoch,
        /// This node's.
        current: LeaderEpoch,
    },
    /// The partition was deleted. UNKNOWN_TOPIC_OR_PARTITION.
    #[error("partition {partition} was deleted")]
    Deleted {
        /// The partition.
        partition: TopicPartition,
    },
    /// Its log directory is offline. KAFKA_STORAGE_ERROR.
    #[error("the log of partition {partition} is in an offline log directory")]
    Offline {
        /// The partition.
        partition: TopicPartition,
    },
    /// Too few replicas are in sync for acks=all. NOT_ENOUGH_REPLICAS.
    #[error(
        "The size of the current ISR : {size} is insufficient to satisfy the min.isr requirement of {min} for partition {partition}, live replica(s) broker.id are : Set({members})"
    )]
    NotEnoughReplicas {
        /// The partition.
        partition: TopicPartition,
        /// How many are in sync.
        size: usize,
        /// How many there must be.
        min: usize,
        /// Who they are.
        members: String,
    },
    /// Too few replicas were in sync when the append was committed. NOT_ENOUGH_REPLICAS_AFTER_APPEND.
    #[error(
        "Partition {partition} took the records, but its ISR of {size} is insufficient to satisfy the min.isr requirement of {min}"
    )]
    NotEnoughReplicasAfterAppend {
        /// The partition.
        partition: TopicPartition,
        /// How many are in sync.
        size: usize,
        /// How many there must be.
        min: usize,
    },
    /// A fetch of a broker that has no replica, as far as the leader knows yet.
    /// UNKNOWN_LEADER_EPOCH, or NOT_LEADER_OR_FOLLOWER where the request names no epoch.
    #[error(
        "Replica {replica} is not recognized as a valid replica of {partition} in leader epoch {epoch} with partition epoch {partition_epoch}"
    )]
    UnknownReplica {
        /// The partition.
        partition: TopicPartition,
        /// The follower.
        replica: BrokerId,
        /// The leader's epoch.
        epoch: LeaderEpoch,
        /// The registration's epoch.
        partition_epoch: PartitionEpoch,
        /// The request names the leader's epoch.
        names_epoch: bool,
    },
    /// A fetch of an incarnation of a broker that is no more. NOT_LEADER_OR_FOLLOWER.
    #[error(
        "Received stale fetch state update for {partition}: broker {replica} fetches with epoch {found}, which is not the one it is registered with"
    )]
    StaleReplica {
        /// The partition.
        partition: TopicPartition,
        /// The follower.
        replica: BrokerId,
        /// The epoch of the fetch.
        found: BrokerEpoch,
    },
    /// The leader's answer cannot be right; it is not taken.
    #[error("the answer of the leader of {partition} is refused: {reason}")]
    RefusedAnswer {
        /// The partition.
        partition: TopicPartition,
        /// What is wrong with it.
        reason: String,
    },
    /// The high watermark is behind the start of the leader's epoch. OFFSET_NOT_AVAILABLE.
    #[error(
        "Failed to fetch offsets for partition {partition} as this partition's high watermark ({high_watermark}) is lagging behind the start offset from the beginning of this epoch ({epoch_start})."
    )]
    OffsetNotAvailable {
        /// The partition.
        partition: TopicPartition,
        /// Where it is.
        high_watermark: Offset,
        /// What it must reach.
        epoch_start: Offset,
    },
    /// The offset is not one that records can be deleted up to. OFFSET_OUT_OF_RANGE.
    #[error("The offset {offset} for partition {partition} is not valid")]
    InvalidOffset {
        /// The partition.
        partition: TopicPartition,
        /// The offset.
        offset: Offset,
    },
    /// The topic is only compacted: nothing may be deleted by offset. POLICY_VIOLATION.
    #[error("Records of partition {partition} can not be deleted due to the configured policy")]
    NotDeletable {
        /// The partition.
        partition: TopicPartition,
    },
    /// The batch breaks a rule.
    #[error(transparent)]
    Invalid(#[from] ValidateError),
    /// The log refused the batch.
    #[error(transparent)]
    Append(AppendError),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<AppendError> for PartitionError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Invalid(error) => Self::Invalid(error),
            AppendError::Log(error) => Self::Log(error),
            error => Self::Append(error),
        }
    }
}
