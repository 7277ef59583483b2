//! What is compacted, as the log said when the compaction began.

use super::error::CompactError;
use super::filter::LastOfProducer;
use crate::config::LogConfig;
use crate::names::SegmentFile;
use crate::shared::Shared;
use keld_types::{Offset, ProducerId, TopicPartition};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A segment that is compacted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) base: Offset,
    pub(crate) size: u64,
    /// The next segment's base.
    pub(crate) end: Offset,
    pub(crate) created_ms: i64,
}

/// Where a batch begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// The segment.
    pub(crate) base: Offset,
    pub(crate) position: u64,
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) shared: Arc<Shared>,
    pub(crate) partition: TopicPartition,
    pub(crate) dir: PathBuf,
    pub(crate) config: LogConfig,
    /// The segments below `end`, oldest first.
    pub(crate) sources: Vec<Source>,
    /// All segments, which may have aborted transactions of those.
    pub(crate) bases: Vec<Offset>,
    pub(crate) first_dirty: Offset,
    /// The first offset that is not compacted: a segment's base.
    pub(crate) end: Offset,
    pub(crate) last: BTreeMap<ProducerId, LastOfProducer>,
    /// Set when the log was cut, moved, deleted or closed.
    pub(crate) is_cancelled: Arc<AtomicBool>,
}

impl Plan {
    /// An error once the log has changed in a way that ends the compaction.
    pub(crate) fn check(&self) -> Result<(), CompactError> {
        if self.is_cancelled.load(Ordering::Acquire) { Err(self.aborted()) } else { Ok(()) }
    }

    pub(crate) fn aborted(&self) -> CompactError {
        CompactError::Aborted { partition: self.partition.clone() }
    }

    pub(crate) fn uncleanable(&self, reason: String) -> CompactError {
        CompactError::Uncleanable { partition: self.partition.clone(), reason }
    }

    pub(crate) fn corrupt(&self, at: Spot, reason: &str) -> CompactError {
        let name = SegmentFile::Log.name(at.base);
        self.uncleanable(format!("batch at byte {} of {name}: {reason}", at.position))
    }

    pub(crate) fn bad_records(&self, at: Spot) -> CompactError {
        self.corrupt(at, "its records cannot be read")
    }

    pub(crate) fn read_failure(&self, base: Offset, error: io::Error) -> CompactError {
        let path = SegmentFile::Log.path(&self.dir, base);
        self.shared.failure("read", &path, error).into()
    }
}
