//! Why a compaction ended before it was done.

use crate::error::LogError;
use keld_types::TopicPartition;

/// A compaction ended early. What was compacted until then stands, and nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// The log was cut, deleted, moved or closed meanwhile, or is compacted no more.
    #[error("the compaction of {partition} was given up")]
    Aborted {
        /// The partition.
        partition: TopicPartition,
    },
    /// The log cannot be compacted as it is: leave it alone and tell somebody.
    #[error("{partition} cannot be compacted: {reason}")]
    Uncleanable {
        /// The partition.
        partition: TopicPartition,
        /// What is wrong.
        reason: String,
    },
    /// The disk is full, or failed.
    #[error(transparent)]
    Log(#[from] LogError),
}
