//! Compaction: of each key only the newest record stays.
//!
//! [`PartitionLog::compactable`](crate::PartitionLog::compactable) says what could be compacted,
//! [`PartitionLog::start_compaction`](crate::PartitionLog::start_compaction) begins, and a
//! [`Compaction`] does the work in steps beside the log. What stays is decided by pure code
//! (`filter`, `transactions`, `map`, `winners`, `group`); `job` and `output` read and write.

mod error;
mod filter;
mod group;
mod hash;
mod job;
mod map;
mod offsets;
mod output;
mod records;
mod transactions;
mod window;
mod winners;

pub use error::CompactError;
pub(crate) use filter::LastOfProducer;
pub(crate) use job::{Cleaned, Naming, Plan, Source};
pub use job::{CompactOptions, CompactStats, Compaction, Step};
pub(crate) use offsets::CleanerOffsets;
pub(crate) use output::marked;
