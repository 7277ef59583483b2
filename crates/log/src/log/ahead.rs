//! Space ahead of an active segment that grows fast: taken from the file system in large pieces, so
//! that an append need not look for blocks. The file's length is not changed by it.
//!
//! A segment earns it by what this process appended to it, so that idle partitions never hold any.
//! What was not used is given back when the segment is sealed; after a kill it stays with the file
//! until then.

use super::PartitionLog;
use crate::error::LogError;
use crate::names::SegmentFile;
use keld_env::File;
use keld_types::Offset;

/// So much must have been appended to a segment first.
const EARNED_BYTES: u64 = 8 << 20;

/// So much is taken at a time.
const STEP_BYTES: u64 = 16 << 20;

/// What is taken for the active segment.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    base: Option<Offset>,
    /// Bytes this process appended to the segment.
    appended: u64,
    /// Up to where space was taken, 0 before the first time.
    until: u64,
}

impl PartitionLog {
    /// Takes space for an append of `bytes` at `position`, and for those to come.
    pub(super) fn reserve_ahead(
        &mut self,
        file: &dyn File,
        base: Offset,
        position: u64,
        bytes: u64,
    ) {
        if self.ahead.base != Some(base) {
            self.ahead = Ahead { base: Some(base), ..Ahead::default() };
        }
        self.ahead.appended += bytes;
        let is_there = position + bytes <= self.ahead.until;
        if is_there || self.ahead.appended < EARNED_BYTES || self.config.preallocate {
            return;
        }
        let until = (position + bytes + STEP_BYTES).min(self.config.segment_bytes);
        // Where that fails the append finds its blocks itself, or says that there are none.
        if until > position && file.reserve(position, until - position).is_ok() {
            self.ahead.until = until;
        } else {
            self.ahead.appended = 0;
        }
    }

    /// Gives back what a segment of `size` bytes did not use.
    pub(super) fn release_ahead(
        &mut self,
        file: &dyn File,
        base: Offset,
        size: u64,
    ) -> Result<(), LogError> {
        if self.ahead.base == Some(base) && self.ahead.until > size {
            self.ahead = Ahead::default();
            file.truncate(size).map_err(|error| {
                self.shared.failure("truncate", &SegmentFile::Log.path(&self.dir, base), error)
            })?;
        }
        Ok(())
    }
}
