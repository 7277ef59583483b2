//! What must stop the node: facts that cannot both be true in a correct quorum.

use keld_types::{BrokerId, LeaderEpoch, Offset};

/// The node must stop: going on could lose or change committed metadata.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RaftError {
    /// A leader asks to cut what is already committed.
    #[error(
        "leader {leader} of epoch {epoch} diverges at offset {end}, below the high watermark {high_watermark}"
    )]
    CommittedDivergence {
        /// Who says so.
        leader: BrokerId,
        /// Its epoch.
        epoch: LeaderEpoch,
        /// Where it would cut.
        end: Offset,
        /// What is committed here.
        high_watermark: Offset,
    },
    /// Two nodes claim one epoch.
    #[error("epoch {epoch} has two leaders: {known} and {claimed}")]
    TwoLeaders {
        /// The epoch.
        epoch: LeaderEpoch,
        /// The leader known here.
        known: BrokerId,
        /// The other one.
        claimed: BrokerId,
    },
    /// The driver reports an append or flush that cannot be.
    #[error("the log reports offset {reported}, but it ends at {end}")]
    LogMismatch {
        /// What was reported.
        reported: Offset,
        /// The end the core knows.
        end: Offset,
    },
}
