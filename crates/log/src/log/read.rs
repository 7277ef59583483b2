//! Reading: from an offset to a range of a file.

use super::{DamageSpot, PartitionLog};
use crate::cold::ColdSpot;
use crate::error::LogError;
use crate::index::{Index, OffsetEntry, first_not_where_in_file};
use crate::names::SegmentFile;
use crate::reported::{Place, Reported};
use crate::segment::NextRead;
use crate::txn_index::{self, AbortedTransaction};
use keld_env::File;
use keld_record::BatchHeader;
use keld_types::Offset;
use smallvec::SmallVec;
use std::sync::Arc;

/// What is left out of an answer to end it with a whole batch is at most this part of it.
const PIECE_PART: usize = 8;

/// What bounds a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadBounds {
    /// Records at and above this offset are not returned: the high watermark, the last stable
    /// offset, or the log's end.
    pub offset_max: Offset,
    /// How many bytes, at most.
    pub bytes_max: usize,
    /// Whether the first batch is returned whole even if it is larger than that.
    pub min_one_batch: bool,
    /// Whether aborted transactions are listed (read_committed).
    pub with_aborted: bool,
}

/// Bytes of a file.
#[derive(Clone, Debug)]
pub struct FileRange {
    /// The segment's file, which stays open while this is held.
    pub file: Arc<dyn File>,
    /// Where the bytes start.
    pub position: u64,
    /// How many.
    pub length: usize,
}

/// What a read found.
#[derive(Clone, Debug)]
pub struct FetchData {
    /// The offset that was asked for.
    pub fetch_offset: Offset,
    /// The bytes, in order: whole batches but for the last, which may be cut off where it is not
    /// known where it begins. The first batch contains the offset, and may begin below it.
    pub ranges: SmallVec<[FileRange; 1]>,
    /// The bytes themselves where they were in memory; then there are no ranges.
    pub bytes: Option<bytes::Bytes>,
    /// Bytes in all.
    pub length: usize,
    /// So many more would have fitted, a piece of a batch, and are left out.
    pub left_out: usize,
    /// The first batch did not fit and is cut off.
    pub is_first_batch_incomplete: bool,
    /// Transactions whose records must be skipped; `None` unless asked for.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
}

impl FetchData {
    /// Nothing at an offset.
    pub fn empty(fetch_offset: Offset, bounds: &ReadBounds) -> Self {
        Self {
            fetch_offset,
            ranges: SmallVec::new(),
            bytes: None,
            length: 0,
            left_out: 0,
            is_first_batch_incomplete: false,
            aborted_transactions: bounds.with_aborted.then(Vec::new),
        }
    }

    /// Copies the bytes out of the files: for readers that are not a socket.
    pub fn read_all(&self) -> std::io::Result<bytes::Bytes> {
        if let Some(bytes) = &self.bytes {
            return Ok(bytes.clone());
        }
        let mut bytes = vec![0; self.length];
        let mut filled = 0;
        for range in &self.ranges {
            let end = filled + range.length;
            let slot = bytes.get_mut(filled..end).unwrap_or_default();
            let read = range.file.read_at(slot, range.position)?;
            filled += read;
            if read < range.length {
                break;
            }
        }
        bytes.truncate(filled);
        Ok(bytes.into())
    }
}

/// The state of a log's end: as long as it is the same, so are the bytes before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EndMark {
    /// The log's number and how often it was cut.
    identity: (u64, u64),
    /// The active segment.
    pub base_offset: Offset,
    /// Where the active segment ends.
    pub position: u64,
    /// The log's end.
    pub log_end: Offset,
}

impl EndMark {
    /// Whether this mark is `bytes` behind the other one, in the same segment.
    pub fn follows(&self, earlier: &Self, bytes: usize) -> bool {
        self.identity == earlier.identity
            && self.base_offset == earlier.base_offset
            && self.position == earlier.position + bytes as u64
    }
}

impl PartitionLog {
    /// The state of the end.
    pub fn end_mark(&self) -> EndMark {
        let base_offset = self.active_base();
        EndMark {
            identity: (self.number, self.truncations),
            base_offset,
            position: self.segment_size(base_offset),
            log_end: self.log_end,
        }
    }

    /// The active segment's file, to be read.
    pub fn active_segment_file(&mut self) -> Result<Arc<dyn File>, LogError> {
        let file = self.active_log()?;
        Ok(self.reported_segment(file, self.active_base()))
    }

    /// Refuses what [`Self::read`] refuses before it looks for the offset; the offset up to which
    /// may be read.
    pub fn check_read(&self, offset: Offset, offset_max: Offset) -> Result<Offset, LogError> {
        self.check_usable()?;
        if offset < self.log_start || offset > self.log_end {
            return Err(self.out_of_range(offset, self.log_end));
        }
        let mut offset_max = offset_max.min(self.log_end);
        for range in &self.damaged {
            if range.from <= offset && offset < range.to {
                return Err(self.damaged_error(*range));
            }
            if range.from > offset {
                offset_max = offset_max.min(range.from);
            }
        }
        Ok(offset_max)
    }

    /// [`Self::read`], but [`LogError::Cold`] where it would have to wait for the disk.
    pub fn read_now(&mut self, offset: Offset, bounds: &ReadBounds) -> Result<FetchData, LogError> {
        let found = self.without_waiting(|log| log.read(offset, bounds));
        self.report_cold(found)
    }

    /// Has failures to read what is cold reported, though it is read elsewhere.
    pub(super) fn report_cold<T>(&self, found: Result<T, LogError>) -> Result<T, LogError> {
        found.map_err(|error| match error {
            LogError::Cold { action, path, spot } => {
                let ColdSpot { file, position, length } = spot;
                let shared = Arc::clone(&self.shared);
                let file = Arc::new(Reported { file, shared, place: Place::File(path.clone()) });
                LogError::Cold { action, path, spot: ColdSpot { file, position, length } }
            }
            error => error,
        })
    }

    fn reported_segment(&self, file: Arc<dyn File>, base: Offset) -> Arc<dyn File> {
        let place = Place::Segment(Arc::clone(&self.dir), base);
        Arc::new(Reported { file, shared: Arc::clone(&self.shared), place })
    }

    /// The batches from `offset` on, within `bounds`, of one segment.
    pub fn read(&mut self, offset: Offset, bounds: &ReadBounds) -> Result<FetchData, LogError> {
        let offset_max = self.check_read(offset, bounds.offset_max)?;
        if offset >= offset_max {
            return Ok(FetchData::empty(offset, bounds));
        }
        let result = self.read_segments(offset, offset_max, bounds);
        self.note(result)
    }

    fn read_segments(
        &mut self,
        offset: Offset,
        offset_max: Offset,
        bounds: &ReadBounds,
    ) -> Result<FetchData, LogError> {
        let mut base = self.segments.range(..=offset).next_back().map(|(base, _)| *base);
        // A segment may have nothing at or above the offset: compaction leaves such ends.
        while let Some(segment) = base.filter(|base| *base < offset_max) {
            if let Some((position, header)) = self.translate(segment, offset)? {
                let end = self.end_position(segment, offset_max)?;
                let first = header.size();
                self.expect_read_behind(segment, position, &header);
                let wanted = if bounds.min_one_batch {
                    bounds.bytes_max.max(first)
                } else {
                    bounds.bytes_max
                };
                let available = usize::try_from(end.saturating_sub(position)).unwrap_or(usize::MAX);
                let length = wanted.min(available);
                let mut data = FetchData::empty(offset, bounds);
                data.is_first_batch_incomplete = wanted < first;
                if length == 0 {
                    return Ok(data);
                }
                let file = self.plain_log_file(segment)?;
                let file = self.reported_segment(file, segment);
                let length = self.check_range(segment, file.as_ref(), position, (first, length))?;
                if length < available && length > first {
                    let whole = self.without_piece(segment, position, (first, length));
                    data.left_out = length - whole;
                }
                let length = length - data.left_out;
                data.ranges.push(FileRange { file, position, length });
                data.length = length;
                if bounds.with_aborted {
                    data.aborted_transactions =
                        Some(self.aborted_in(segment, offset, position + length as u64)?);
                }
                return Ok(data);
            }
            base = self.segments.range(segment.next()..).next().map(|(base, _)| *base);
        }
        Ok(FetchData::empty(offset, bounds))
    }

    /// What is left of a read when the piece of a batch at its end is left out, as far as it is known
    /// where one begins: a reader throws the piece away, and it can cost a segment of TCP with a
    /// wake-up and an acknowledgement of its own (answers of 64 KiB on loopback, batches of 63 KiB: two
    /// segments a request instead of four, and a tenth more requests a second). Whole batches that
    /// begin behind the last place that is known go with it, so that place may not lie far back.
    fn without_piece(&self, base: Offset, position: u64, (first, length): (usize, usize)) -> usize {
        let end = position + length as u64;
        let mut whole = position + first as u64;
        if let Some(segment) = self.segments.get(&base)
            && let Index::Memory(entries) = &segment.offsets
            && segment.is_index_built
        {
            let is_within = |entry: &OffsetEntry| u64::from(entry.position) <= end;
            let last = crate::index::last_where(entries, is_within);
            whole = whole.max(last.map_or(0, |entry| entry.position.into()));
        }
        let whole = usize::try_from(whole - position).unwrap_or(length);
        if length - whole <= length / PIECE_PART { whole } else { length }
    }

    /// Notes where the next batch begins: who reads one after the other needs no index.
    fn expect_read_behind(&mut self, base: Offset, position: u64, header: &BatchHeader) {
        if let Some(segment) = self.segments.get_mut(&base) {
            let position = position + header.size() as u64;
            segment.next_read = Some(NextRead { offset: header.next_offset(), position });
        }
    }

    /// How many of `length` bytes at a position the file has: all of them, unless somebody cut it
    /// under the running node. An error when not even the first batch is there.
    fn check_range(
        &self,
        base: Offset,
        file: &dyn File,
        position: u64,
        (first, length): (usize, usize),
    ) -> Result<usize, LogError> {
        let path = || SegmentFile::Log.path(&self.dir, base);
        let end = file.len().map_err(|error| self.shared.failure("stat", &path(), error))?;
        let there = usize::try_from(end.saturating_sub(position)).unwrap_or(usize::MAX);
        if there < first.min(length) {
            let reason = format!("a batch of {first} bytes, and the file ends at byte {end}");
            return Err(LogError::Corrupt { path: path(), position, reason });
        }
        Ok(length.min(there))
    }

    /// The position in a segment where records at and above `offset_max` begin.
    fn end_position(&mut self, base: Offset, offset_max: Offset) -> Result<u64, LogError> {
        let size = self.segment_size(base);
        let next = self.segments.range(base.next()..).next().map(|(next, _)| *next);
        if offset_max >= next.unwrap_or(self.log_end) {
            return Ok(size);
        }
        let spot = |spot: &&DamageSpot| spot.base == base && spot.range.from == offset_max;
        if let Some(spot) = self.damage_spots.iter().find(spot) {
            return Ok(spot.start);
        }
        Ok(self.translate(base, offset_max)?.map_or(size, |(position, _)| position))
    }

    /// Aborted transactions that touch the batches from `offset` to a position of the segment. As
    /// in Kafka the upper bound is the next index entry's offset, so that the list may name a
    /// transaction that begins a little behind the bytes.
    pub fn aborted_in(
        &mut self,
        base: Offset,
        offset: Offset,
        end: u64,
    ) -> Result<Vec<AbortedTransaction>, LogError> {
        let upper = self.upper_bound(base, end)?;
        self.aborted_transactions(offset, upper)
    }

    fn upper_bound(&mut self, base: Offset, end: u64) -> Result<Offset, LogError> {
        let next = self.segments.range(base.next()..).next().map(|(next, _)| *next);
        let fallback = next.unwrap_or(self.log_end);
        let Some(segment) = self.segments.get(&base) else { return Ok(fallback) };
        let below = |entry: &OffsetEntry| u64::from(entry.position) < end;
        let entry = match &segment.offsets {
            Index::Memory(entries) => entries.get(entries.partition_point(below)).copied(),
            Index::File => match self.cached_file_if_there(SegmentFile::OffsetIndex, base)? {
                None => None,
                Some(file) => first_not_where_in_file(file.as_ref(), below).map_err(|error| {
                    let path = SegmentFile::OffsetIndex.path(&self.dir, base);
                    self.shared.failure("read", &path, error)
                })?,
            },
        };
        Ok(entry.map_or(fallback, |entry| segment.absolute(entry.relative_offset)))
    }

    /// Aborted transactions that touch `[from, upper)`.
    pub fn aborted_transactions(
        &mut self,
        from: Offset,
        upper: Offset,
    ) -> Result<Vec<AbortedTransaction>, LogError> {
        let mut found = Vec::new();
        let first = self.segments.range(..=from).next_back().map_or(from, |(base, _)| *base);
        let bases: SmallVec<[Offset; 8]> =
            self.segments.range(first..).map(|(base, _)| *base).collect();
        for base in bases {
            if self.segments.get(&base).is_some_and(|segment| segment.has_no_txn_index) {
                continue;
            }
            let Some(file) = self.cached_file_if_there(SegmentFile::TxnIndex, base)? else {
                if let Some(segment) = self.segments.get_mut(&base) {
                    segment.has_no_txn_index = true;
                }
                continue;
            };
            let path = SegmentFile::TxnIndex.path(&self.dir, base);
            let complete = match txn_index::collect(file.as_ref(), from, upper, &mut found) {
                Ok(complete) => complete,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    return Err(LogError::Corrupt { path, position: 0, reason: error.to_string() });
                }
                Err(error) => return Err(self.shared.failure("read", &path, error)),
            };
            if complete {
                break;
            }
        }
        Ok(found)
    }
}
