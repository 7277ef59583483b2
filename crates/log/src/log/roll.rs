//! Sealing the active segment and beginning the next.

use super::{PartitionLog, Unsynced};
use crate::error::LogError;
use crate::index::{self, Index, IndexEntry, OffsetEntry, TimeEntry};
use crate::names::SegmentFile;
use crate::segment::{Growth, Segment};
use keld_env::{File, OpenMode};
use keld_types::Offset;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many sealed segments may wait for their sync; beyond that the roll syncs itself. It bounds
/// the open files and what a power loss can take.
const UNSYNCED_SEALED_MAX: usize = 4;

impl PartitionLog {
    /// Begins a new segment at the log's end, if the active one has any bytes.
    pub fn roll(&mut self, now_ms: i64) -> Result<(), LogError> {
        self.check_usable()?;
        let result = self.roll_at(self.log_end, now_ms);
        self.note(result)
    }

    /// Rolls when the append would make the active segment break a bound.
    pub(super) fn maybe_roll(
        &mut self,
        first_offset: Offset,
        growth: &Growth,
    ) -> Result<(), LogError> {
        self.prepare_active()?;
        let config = &self.config;
        let must = self.segments.last_entry().is_some_and(|e| e.get().must_roll(growth, config));
        if must { self.roll_at(first_offset, growth.now_ms) } else { Ok(()) }
    }

    /// Makes sure that the active segment's indexes are in memory.
    pub(super) fn prepare_active(&mut self) -> Result<(), LogError> {
        let base = self.active_base();
        let Some(active) = self.segments.get(&base) else { return Ok(()) };
        let in_memory = matches!(active.offsets, Index::Memory(_))
            && matches!(active.times, Index::Memory(_))
            && active.max_timestamp.is_some();
        if !in_memory {
            self.load_active_indexes(base)?;
        }
        self.load_first_timestamp(base)
    }

    /// Reads the active segment's indexes from their files, or builds them anew when the files do
    /// not agree with the log.
    fn load_active_indexes(&mut self, base: Offset) -> Result<(), LogError> {
        // What a clean stop left is short; a file longer than the configured bound is not ours.
        let entries_max = self.config.segment_index_bytes / OffsetEntry::SIZE as u64 + 1;
        let offsets =
            self.read_index::<OffsetEntry>(SegmentFile::OffsetIndex, base, entries_max)?;
        let times = self.read_index::<TimeEntry>(SegmentFile::TimeIndex, base, entries_max)?;
        let increasing = offsets.windows(2).all(|pair| match pair {
            [a, b] => a.relative_offset < b.relative_offset && a.position < b.position,
            _ => true,
        }) && times.windows(2).all(|pair| match pair {
            [a, b] => a.timestamp < b.timestamp && a.relative_offset <= b.relative_offset,
            _ => true,
        });
        let last = offsets.last().copied();
        let Some(segment) = self.segments.get_mut(&base) else { return Ok(()) };
        segment.offsets = Index::Memory(offsets);
        segment.times = Index::Memory(times);
        segment.bytes_since_entry =
            segment.size.saturating_sub(last.map_or(0, |entry| entry.position.into()));
        // Verifying by the log: a wrong last entry, or a wrong order, means all is built anew.
        let good = increasing && self.load_max_timestamp(base).is_ok();
        let good = good && self.floor_position(base, self.log_end).is_ok();
        if good { Ok(()) } else { self.rebuild_indexes(base) }
    }

    fn read_index<E: IndexEntry>(
        &self,
        kind: SegmentFile,
        base: Offset,
        entries_max: u64,
    ) -> Result<Vec<E>, LogError> {
        match self.cached_file_if_there(kind, base)? {
            None => Ok(Vec::new()),
            Some(file) => index::read_all(file.as_ref(), entries_max)
                .map_err(|error| self.shared.failure("read", &kind.path(&self.dir, base), error)),
        }
    }

    /// Learns the first batch's timestamp, which rolling by time counts from.
    pub(super) fn load_first_timestamp(&mut self, base: Offset) -> Result<(), LogError> {
        let unknown = self
            .segments
            .get(&base)
            .is_some_and(|segment| segment.size > 0 && segment.first_timestamp.is_none());
        if unknown {
            let mut window = [0; keld_record::HEADER_LENGTH];
            let first = self.find_batch(base, 0, &mut window, |_| true)?;
            if let (Some((_, header)), Some(segment)) = (first, self.segments.get_mut(&base)) {
                segment.first_timestamp = Some(header.max_timestamp);
            }
        }
        Ok(())
    }

    /// Begins a segment at `first_offset`, or at the log's end if that is higher.
    pub(super) fn roll_at(&mut self, first_offset: Offset, now_ms: i64) -> Result<(), LogError> {
        self.is_untouched = false;
        let base = first_offset.max(self.log_end);
        let old_base = self.active_base();
        if self.segments.get(&old_base).is_some_and(|active| active.size == 0) {
            return self.move_empty_active(old_base, base, now_ms);
        }
        self.prepare_active()?;
        if self.sealed_unsynced.len() >= UNSYNCED_SEALED_MAX {
            if self.config.flush_sealed {
                self.flush(now_ms)?;
            } else if let Some(held) = self.sealed_unsynced.iter_mut().rfind(|h| h.log.is_some()) {
                // Nothing syncs it before a clean stop: only the descriptors are bounded.
                held.log = None;
                held.others.clear();
            }
        }
        // The old segment's name must not be lost where the new one's is kept.
        self.sync_names()?;
        let old_file = self.active_log()?;
        self.release_ahead(old_file.as_ref(), old_base, self.segment_size(old_base))?;
        let new_file = self.create_segment_file(base)?;
        let mut others = self.seal(old_base)?;
        others.extend(self.write_snapshot(base)?);
        let log = Some(old_file);
        self.sealed_unsynced.push(Unsynced { base_offset: old_base, log, others });
        self.segments.insert(base, Segment::alone(base, now_ms, self.jitter(base)));
        self.active_file.set(&self.shared.open_files, new_file);
        tracing::debug!(partition = %self.partition, base_offset = %base, "rolled a new segment");
        Ok(())
    }

    /// An active segment without bytes needs no successor, only the right base offset.
    fn move_empty_active(
        &mut self,
        old_base: Offset,
        base: Offset,
        now_ms: i64,
    ) -> Result<(), LogError> {
        if base != old_base {
            let file = self.create_segment_file(base)?;
            self.segments.remove(&old_base);
            self.segments.insert(base, Segment::empty(base, now_ms, self.jitter(base)));
            self.active_file.set(&self.shared.open_files, file);
            for kind in SegmentFile::OF_SEGMENT {
                self.shared.remove_if_there(&kind.path(&self.dir, old_base))?;
            }
        } else if let Some(active) = self.segments.get_mut(&base) {
            *active = Segment::empty(base, now_ms, active.jitter_ms);
        }
        Ok(())
    }

    /// Creates the `.log` of a new segment; leftovers of the same name are emptied or removed.
    pub(super) fn create_segment_file(&mut self, base: Offset) -> Result<Arc<dyn File>, LogError> {
        for kind in [SegmentFile::OffsetIndex, SegmentFile::TimeIndex, SegmentFile::TxnIndex] {
            self.shared.remove_if_there(&kind.path(&self.dir, base))?;
        }
        let path = SegmentFile::Log.path(&self.dir, base);
        self.shared.forget(self.number, |name| name == SegmentFile::Log.name(base));
        let file = self.shared.open(&path, OpenMode::Truncate)?;
        self.names_changed += 1;
        if self.config.preallocate
            && let Err(error) = file.reserve(0, self.config.segment_bytes)
        {
            // Space that cannot be reserved now is asked for again by each append.
            tracing::warn!(path = %path.display(), %error, "cannot preallocate the segment");
        }
        Ok(file)
    }

    /// Writes a segment's indexes to their files and lets go of the memory. When the disk is full
    /// they stay in memory: they can always be built from the log.
    pub(super) fn seal(&mut self, base: Offset) -> Result<SmallVec<[Arc<dyn File>; 4]>, LogError> {
        let mut files = SmallVec::new();
        let Some(segment) = self.segments.get_mut(&base) else { return Ok(files) };
        segment.index_max_timestamp();
        let (offsets, times) = (segment.offsets.clone(), segment.times.clone());
        self.names_changed += 1;
        if let Index::Memory(entries) = &offsets
            && let Some(file) = self.write_index(SegmentFile::OffsetIndex, base, entries)?
        {
            files.push(file);
            self.set_on_disk(base, |segment| {
                segment.offsets = Index::File;
                segment.has_no_index_files = false;
                segment.is_index_built = false;
            });
        }
        if let Index::Memory(entries) = &times
            && let Some(file) = self.write_index(SegmentFile::TimeIndex, base, entries)?
        {
            files.push(file);
            self.set_on_disk(base, |segment| {
                segment.times = Index::File;
                segment.has_no_index_files = false;
            });
        }
        if let Some(file) = self.cached_file_if_there(SegmentFile::TxnIndex, base)? {
            files.push(file);
        }
        Ok(files)
    }

    fn set_on_disk(&mut self, base: Offset, change: impl FnOnce(&mut Segment)) {
        if let Some(segment) = self.segments.get_mut(&base) {
            change(segment);
        }
    }

    /// Writes one index; `None` when the disk is full.
    fn write_index<E: IndexEntry>(
        &mut self,
        kind: SegmentFile,
        base: Offset,
        entries: &[E],
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        self.shared.forget(self.number, |name| name == kind.name(base));
        let written = self.open_truncated(kind, base).and_then(|file| {
            let result = index::write_all(file.as_ref(), entries);
            result.map_err(|error| self.write_failure(kind, base, error))?;
            Ok(file)
        });
        match written {
            Ok(file) => Ok(Some(file)),
            Err(LogError::NoSpace { path }) => {
                tracing::warn!(path = %path.display(), "disk full: index stays in memory");
                self.shared.remove_if_there(&path)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What is taken off `segment.ms` for a segment: spread over the partitions by their names, so
    /// that those created together do not all roll together.
    pub(super) fn jitter(&self, base: Offset) -> i64 {
        let bound = self.config.segment_jitter_ms.min(self.config.segment_ms);
        if bound <= 0 {
            return 0;
        }
        let seed = format!("{}@{base}", self.partition);
        i64::from(keld_record::crc32c(seed.as_bytes())) % bound
    }
}
