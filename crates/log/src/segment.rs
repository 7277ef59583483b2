//! One segment as the log keeps it in memory: where it begins, how long it is, and its indexes.

use crate::config::LogConfig;
use crate::index::{Index, IndexEntry, OffsetEntry, TimeEntry};
use keld_record::BatchHeader;
use keld_types::Offset;

/// A timestamp and an offset that carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MaxTimestamp {
    pub(crate) timestamp: i64,
    /// Last offset of the batch.
    pub(crate) offset: Offset,
}

/// A segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) base_offset: Offset,
    /// Bytes of `.log` that count.
    pub(crate) size: u64,
    pub(crate) offsets: Index<OffsetEntry>,
    pub(crate) times: Index<TimeEntry>,
    /// The indexes were made here from the batches, not read from files: they need no checking.
    pub(crate) is_index_built: bool,
    /// The largest timestamp; `None` while it was not asked for.
    pub(crate) max_timestamp: Option<MaxTimestamp>,
    /// The first batch's largest timestamp: what rolling by time counts from.
    pub(crate) first_timestamp: Option<i64>,
    /// When the segment was created or found.
    pub(crate) created_ms: i64,
    /// What is taken off `segment.ms` for this segment.
    pub(crate) jitter_ms: i64,
    /// There is no `.txnindex`: it was looked for. False where nobody looked.
    pub(crate) has_no_txn_index: bool,
    /// There is neither `.index` nor `.timeindex`: they were removed when the segment began, or the
    /// manifest knows of none. False where nobody looked.
    pub(crate) has_no_index_files: bool,
    /// Bytes since the last index entry.
    pub(crate) bytes_since_entry: u64,
    /// What a sequential reader asks for next.
    pub(crate) next_read: Option<NextRead>,
}

/// The offset behind a batch that was read, and where the next batch begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NextRead {
    pub(crate) offset: Offset,
    pub(crate) position: u64,
}

/// What an append asks of the active segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    pub(crate) bytes: u64,
    pub(crate) last_offset: Offset,
    pub(crate) max_timestamp: i64,
    pub(crate) now_ms: i64,
}

impl Segment {
    /// An empty segment.
    pub(crate) fn empty(base_offset: Offset, now_ms: i64, jitter_ms: i64) -> Self {
        Self {
            base_offset,
            size: 0,
            offsets: Index::Memory(Vec::new()),
            times: Index::Memory(Vec::new()),
            is_index_built: true,
            max_timestamp: Some(MaxTimestamp { timestamp: -1, offset: base_offset }),
            first_timestamp: None,
            created_ms: now_ms,
            jitter_ms,
            has_no_txn_index: false,
            has_no_index_files: false,
            bytes_since_entry: 0,
            next_read: None,
        }
    }

    /// An empty segment beside whose file there are no others.
    pub(crate) fn alone(base_offset: Offset, now_ms: i64, jitter_ms: i64) -> Self {
        let empty = Self::empty(base_offset, now_ms, jitter_ms);
        Self { has_no_txn_index: true, has_no_index_files: true, ..empty }
    }

    /// A segment that lies on the disk, not looked into.
    pub(crate) fn on_disk(base_offset: Offset, size: u64, now_ms: i64, jitter_ms: i64) -> Self {
        Self {
            size,
            offsets: Index::File,
            times: Index::File,
            is_index_built: false,
            max_timestamp: None,
            ..Self::empty(base_offset, now_ms, jitter_ms)
        }
    }

    /// The offset as the indexes store it; `None` when it is too far from the base.
    pub(crate) fn relative(&self, offset: Offset) -> Option<u32> {
        i32::try_from(offset - self.base_offset).ok().and_then(|delta| u32::try_from(delta).ok())
    }

    /// The offset an index entry stands for.
    pub(crate) fn absolute(&self, relative: u32) -> Offset {
        self.base_offset + i64::from(relative)
    }

    /// Whether the append must go to a new segment.
    pub(crate) fn must_roll(&self, growth: &Growth, config: &LogConfig) -> bool {
        let waited = match self.first_timestamp {
            Some(first) if first >= 0 => growth.max_timestamp.saturating_sub(first),
            Some(_) | None => growth.now_ms.saturating_sub(self.created_ms),
        };
        let is_old = waited > config.segment_ms.saturating_sub(self.jitter_ms);
        self.size.saturating_add(growth.bytes) > config.segment_bytes
            || (self.size > 0 && is_old)
            || self.is_index_full(config)
            || self.relative(growth.last_offset).is_none()
    }

    /// Whether the indexes are in memory and every one of so many batches may be indexed.
    pub(crate) fn has_index_room(&self, batches: usize, config: &LogConfig) -> bool {
        let (offsets_max, times_max) = Self::index_bounds(config);
        let fits = |held: usize, max: u64| (held + batches) as u64 <= max;
        matches!(&self.offsets, Index::Memory(entries) if fits(entries.len(), offsets_max))
            && matches!(&self.times, Index::Memory(entries) if fits(entries.len(), times_max))
    }

    /// How many entries the indexes may have.
    fn index_bounds(config: &LogConfig) -> (u64, u64) {
        // The last slot of the time index is kept for the entry made when the segment is sealed.
        let offsets_max = config.segment_index_bytes / OffsetEntry::SIZE as u64;
        let times_max = (config.segment_index_bytes / TimeEntry::SIZE as u64).saturating_sub(1);
        (offsets_max, times_max)
    }

    fn is_index_full(&self, config: &LogConfig) -> bool {
        let (offsets_max, times_max) = Self::index_bounds(config);
        let full = |held: usize, max: u64| self.size > 0 && held as u64 >= max;
        matches!(&self.offsets, Index::Memory(entries) if full(entries.len(), offsets_max))
            || matches!(&self.times, Index::Memory(entries) if full(entries.len(), times_max))
    }

    /// Counts a batch that now stands at the end, and indexes it if it is time.
    pub(crate) fn push(&mut self, header: &BatchHeader, config: &LogConfig) {
        if self.size == 0 {
            self.first_timestamp = Some(header.max_timestamp);
        }
        let last_offset = header.last_offset();
        if self.max_timestamp.is_none_or(|max| header.max_timestamp > max.timestamp) {
            let timestamp = header.max_timestamp;
            self.max_timestamp = Some(MaxTimestamp { timestamp, offset: last_offset });
        }
        if self.bytes_since_entry > config.index_interval_bytes
            && let (Some(relative_offset), Ok(position)) =
                (self.relative(last_offset), u32::try_from(self.size))
        {
            if let Index::Memory(entries) = &mut self.offsets {
                entries.push(OffsetEntry { relative_offset, position });
            }
            self.index_max_timestamp();
            self.bytes_since_entry = 0;
        }
        self.size += header.size() as u64;
        self.bytes_since_entry += header.size() as u64;
    }

    /// Adds the largest timestamp so far to the time index if it is larger than the last entry's.
    pub(crate) fn index_max_timestamp(&mut self) {
        let Some(max) = self.max_timestamp else { return };
        let Some(relative_offset) = self.relative(max.offset) else { return };
        if let Index::Memory(entries) = &mut self.times
            && entries.last().map_or(-1, |last| last.timestamp) < max.timestamp
        {
            entries.push(TimeEntry { timestamp: max.timestamp, relative_offset });
        }
    }
}
