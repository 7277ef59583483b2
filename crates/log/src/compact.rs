//! Compaction: of each key only the newest record stays.
//!
//! [`PartitionLog::compactable`](crate::PartitionLog::compactable) says what could be compacted,
//! [`PartitionLog::start_compaction`](crate::PartitionLog::start_compaction) begins, and a
//! [`Compaction`] does the work in steps beside the log. What stays is decided by pure code
//! (`filter`, `transactions`, `map`, `winners`, `outline`, `group`); `job`, `reader` and `output` read and write.

mod error;
mod filter;
mod group;
mod hash;
mod job;
mod map;
mod naming;
mod offsets;
mod options;
mod outline;
mod output;
mod plan;
mod reader;
mod records;
mod transactions;
mod window;
mod winners;

pub use error::CompactError;
pub(crate) use filter::LastOfProducer;
pub use job::Compaction;
pub(crate) use naming::{Cleaned, Naming};
pub(crate) use offsets::CleanerOffsets;
pub use options::{CompactOptions, CompactStats, Step};
pub(crate) use output::marked;
pub(crate) use plan::{Plan, Source};
