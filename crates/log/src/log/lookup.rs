//! From an offset to a position: the sparse index, checked, then headers.

use super::PartitionLog;
use crate::cold::NoWait;
use crate::error::LogError;
use crate::index::{self, Index, OffsetEntry};
use crate::names::SegmentFile;
use crate::scan::{HeaderScan, LOOKUP_WINDOW, ScanError, scan_window};
use crate::segment::Segment;
use crate::shared::FileKey;
use keld_env::{File, OpenMode};
use keld_record::{BatchHeader, HEADER_LENGTH};
use keld_types::Offset;
use std::io;
use std::sync::Arc;

impl PartitionLog {
    /// Does work that fails with [`LogError::Cold`] rather than to wait for the disk.
    pub(super) fn without_waiting<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.no_wait = true;
        let result = work(self);
        self.no_wait = false;
        result
    }

    /// A segment's `.log`, to look something up in.
    pub(super) fn log_file(&mut self, base: Offset) -> Result<Arc<dyn File>, LogError> {
        let file = self.plain_log_file(base)?;
        Ok(if self.no_wait { Arc::new(NoWait(file)) } else { file })
    }

    /// A segment's `.log`, to hand out.
    pub(super) fn plain_log_file(&mut self, base: Offset) -> Result<Arc<dyn File>, LogError> {
        if base == self.active_base() {
            return self.active_log();
        }
        let unsynced = self.sealed_unsynced.iter().find(|held| held.base_offset == base);
        if let Some(log) = unsynced.and_then(|held| held.log.as_ref()) {
            return Ok(Arc::clone(log));
        }
        let found = self.plain_file_if_there(SegmentFile::Log, base)?;
        found.ok_or_else(|| {
            let path = SegmentFile::Log.path(&self.dir, base);
            self.shared.failure("open", &path, io::ErrorKind::NotFound.into())
        })
    }

    /// The active segment's `.log`, opened once and kept.
    pub(super) fn active_log(&mut self) -> Result<Arc<dyn File>, LogError> {
        if let Some(file) = self.active_file.get() {
            return Ok(file);
        }
        let base = self.active_base();
        let path = SegmentFile::Log.path(&self.dir, base);
        // The file of a segment without bytes comes with its first batch.
        let file = if self.segment_size(base) == 0 {
            self.names_changed += 1;
            self.shared.open(&path, OpenMode::Create)?
        } else {
            self.shared.open(&path, OpenMode::Write)?
        };
        self.check_segment_file(base, file.as_ref())?;
        self.was_let_go |= self.has_unsynced_writes;
        self.active_file.set(&self.shared.open_files, Arc::clone(&file));
        Ok(file)
    }

    /// A file of an older segment that need not exist, to look something up in.
    pub(super) fn cached_file_if_there(
        &self,
        kind: SegmentFile,
        base: Offset,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        let found = self.plain_file_if_there(kind, base)?;
        let no_wait = |file| -> Arc<dyn File> { Arc::new(NoWait(file)) };
        Ok(if self.no_wait { found.map(no_wait) } else { found })
    }

    /// The same through the bounded cache, as it is.
    fn plain_file_if_there(
        &self,
        kind: SegmentFile,
        base: Offset,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        if let Some(pinned) = self.compacting.pinned(kind, base) {
            return Ok(pinned);
        }
        let name = kind.name(base);
        let path = self.dir.join(&name);
        self.shared.cached_if_there(FileKey { log: self.number, name }, &path)
    }

    /// Position and header of the first batch of a segment whose last offset is at or above
    /// `target`; `None` when all are below.
    pub(super) fn translate(
        &mut self,
        base: Offset,
        target: Offset,
    ) -> Result<Option<(u64, BatchHeader)>, LogError> {
        let mut window = [0; LOOKUP_WINDOW];
        let expected = self.segments.get(&base).and_then(|segment| segment.next_read);
        if let Some(next) = expected.filter(|next| next.offset == target) {
            let found = self.find_batch(base, next.position, &mut window, |_| true);
            match found {
                Ok(Some((_, header))) if header.base_offset == target => return found,
                Err(LogError::Cold { .. }) => return found,
                // A gap, or bytes that somebody changed: the index knows better.
                Ok(_) | Err(_) => {}
            }
        }
        let start = self.floor_position(base, target)?;
        self.find_batch(base, start, &mut window, |header| header.last_offset() >= target)
    }

    /// The first batch from `start` on for which `wanted` holds.
    pub(super) fn find_batch(
        &mut self,
        base: Offset,
        start: u64,
        window: &mut [u8],
        wanted: impl Fn(&BatchHeader) -> bool,
    ) -> Result<Option<(u64, BatchHeader)>, LogError> {
        let size = self.segment_size(base);
        if start >= size {
            return Ok(None);
        }
        let file = self.log_file(base)?;
        let mut scan = HeaderScan::new(file.as_ref(), start, size, window);
        loop {
            let position = scan.position();
            match scan.next() {
                Ok(Some((position, header))) if wanted(&header) => {
                    return Ok(Some((position, header)));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.scan_failure(base, position, error)),
            }
        }
    }

    pub(super) fn segment_size(&self, base: Offset) -> u64 {
        self.segments.get(&base).map_or(0, |segment| segment.size)
    }

    pub(super) fn scan_failure(&self, base: Offset, position: u64, error: ScanError) -> LogError {
        let path = SegmentFile::Log.path(&self.dir, base);
        match error {
            ScanError::Io(error) => self.shared.failure("read", &path, error),
            ScanError::Batch(error) => {
                LogError::Corrupt { path, position, reason: error.to_string() }
            }
        }
    }

    /// A batch's position at or before the first batch that has `target`, by the index.
    pub(super) fn floor_position(&mut self, base: Offset, target: Offset) -> Result<u64, LogError> {
        let below = |segment: &Segment, entry: &OffsetEntry| {
            segment.absolute(entry.relative_offset) <= target
        };
        let entry = self.search_offsets(base, below)?;
        let behind = self.position_behind_damage(base, target);
        let Some(entry) = entry else { return Ok(behind) };
        let is_built = self.segments.get(&base).is_some_and(|segment| segment.is_index_built);
        if is_built || self.is_entry_good(base, &entry)? {
            return Ok(behind.max(entry.position.into()));
        }
        tracing::warn!(
            partition = %self.partition, base_offset = %base,
            "offset index does not agree with the log; building it anew"
        );
        self.rebuild_indexes(base)?;
        let entry = self.search_offsets(base, below)?;
        Ok(behind.max(entry.map_or(0, |entry| entry.position.into())))
    }

    /// Where the search for `target` may begin at the earliest, if damage lies before it.
    fn position_behind_damage(&self, base: Offset, target: Offset) -> u64 {
        let spots = self.damage_spots.iter().filter(|spot| spot.base == base);
        let behind = spots.filter(|spot| spot.range.to <= target).filter_map(|spot| spot.end);
        behind.max().unwrap_or(0)
    }

    /// The last entry of the offset index for which `below` holds.
    fn search_offsets(
        &mut self,
        base: Offset,
        below: impl Fn(&Segment, &OffsetEntry) -> bool,
    ) -> Result<Option<OffsetEntry>, LogError> {
        let Some(segment) = self.segments.get(&base) else { return Ok(None) };
        if let Index::Memory(entries) = &segment.offsets {
            return Ok(index::last_where(entries, |entry| below(segment, entry)));
        }
        let Some(file) = self.cached_file_if_there(SegmentFile::OffsetIndex, base)? else {
            if segment.size > 0 {
                self.rebuild_indexes(base)?;
                return self.search_offsets(base, below);
            }
            return Ok(None);
        };
        index::last_where_in_file(file.as_ref(), |entry| below(segment, entry)).map_err(|error| {
            self.shared.failure("read", &SegmentFile::OffsetIndex.path(&self.dir, base), error)
        })
    }

    /// Whether a batch with the entry's last offset starts at the entry's position.
    fn is_entry_good(&mut self, base: Offset, entry: &OffsetEntry) -> Result<bool, LogError> {
        let (size, offset) = match self.segments.get(&base) {
            Some(segment) => (segment.size, segment.absolute(entry.relative_offset)),
            None => return Ok(false),
        };
        if u64::from(entry.position) >= size {
            return Ok(false);
        }
        let file = self.log_file(base)?;
        let mut window = [0; HEADER_LENGTH];
        let mut scan = HeaderScan::new(file.as_ref(), entry.position.into(), size, &mut window);
        match scan.next() {
            Ok(Some((_, header))) => Ok(header.last_offset() == offset),
            Ok(None) | Err(ScanError::Batch(_)) => Ok(false),
            Err(error @ ScanError::Io(_)) => {
                Err(self.scan_failure(base, entry.position.into(), error))
            }
        }
    }

    /// Builds a segment's indexes in memory from its batches' headers.
    pub(super) fn rebuild_indexes(&mut self, base: Offset) -> Result<(), LogError> {
        let Some(old) = self.segments.get(&base) else { return Ok(()) };
        let mut built = Segment::empty(base, old.created_ms, old.jitter_ms);
        built.has_no_index_files = old.has_no_index_files;
        built.has_no_txn_index = old.has_no_txn_index;
        let size = old.size;
        let file = self.log_file(base)?;
        let mut window = scan_window(size);
        let mut scan = HeaderScan::new(file.as_ref(), 0, size, &mut window);
        loop {
            let position = scan.position();
            match scan.next() {
                Ok(Some((_, header))) => built.push(&header, &self.config),
                Ok(None) => break,
                Err(error) => return Err(self.scan_failure(base, position, error)),
            }
        }
        if base != self.active_base() {
            built.index_max_timestamp();
        }
        self.segments.insert(base, built);
        Ok(())
    }

    /// Opens a file for writing from its start, emptied.
    pub(super) fn open_truncated(
        &self,
        kind: SegmentFile,
        base: Offset,
    ) -> Result<Arc<dyn File>, LogError> {
        self.shared.open(&kind.path(&self.dir, base), OpenMode::Truncate)
    }

    pub(super) fn write_failure(
        &self,
        kind: SegmentFile,
        base: Offset,
        error: io::Error,
    ) -> LogError {
        self.shared.failure("write", &kind.path(&self.dir, base), error)
    }
}
