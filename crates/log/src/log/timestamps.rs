//! From a timestamp to an offset (ListOffsets).

use super::PartitionLog;
use crate::error::LogError;
use crate::index::{self, Index, TimeEntry};
use crate::names::SegmentFile;
use crate::scan::{HeaderScan, LOOKUP_WINDOW, SCAN_WINDOW, ScanError};
use crate::segment::MaxTimestamp;
use bytes::Bytes;
use keld_record::{BatchHeader, Record, RecordBatch};
use keld_types::{LeaderEpoch, Offset};

/// Largest batch that is read into memory to look at its records' timestamps.
const BATCH_BYTES_MAX: usize = 256 << 20;

/// A record found by its timestamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimestampOffset {
    /// Its timestamp.
    pub timestamp: i64,
    /// Its offset.
    pub offset: Offset,
    /// The epoch of its batch, if there is one.
    pub leader_epoch: Option<LeaderEpoch>,
}

impl PartitionLog {
    /// The first record, by offset, whose timestamp is at or above `timestamp`.
    pub fn offset_for_timestamp(
        &mut self,
        timestamp: i64,
    ) -> Result<Option<TimestampOffset>, LogError> {
        self.check_usable()?;
        let result = self.search_timestamp(timestamp);
        self.note(result)
    }

    fn search_timestamp(&mut self, timestamp: i64) -> Result<Option<TimestampOffset>, LogError> {
        let bases: Vec<Offset> = self.segments.keys().copied().collect();
        for base in bases {
            if self.load_max_timestamp(base)?.timestamp >= timestamp {
                return self.search_segment(base, timestamp);
            }
        }
        Ok(None)
    }

    fn search_segment(
        &mut self,
        base: Offset,
        timestamp: i64,
    ) -> Result<Option<TimestampOffset>, LogError> {
        let below = self.search_times(base, timestamp)?.unwrap_or(base);
        let log_start = self.log_start;
        let mut start = self.floor_position(base, below.max(log_start))?;
        let mut window = [0; LOOKUP_WINDOW];
        loop {
            let found = self
                .find_batch(base, start, &mut window, |header| header.max_timestamp >= timestamp)?;
            let Some((position, header)) = found else { return Ok(None) };
            let record = self.find_record(base, position, &header, |record| {
                record.timestamp >= timestamp && record.offset >= log_start
            })?;
            if let Some(record) = record {
                return Ok(Some(located(&header, &record)));
            }
            start = position + header.size() as u64;
        }
    }

    /// [`Self::offset_for_timestamp`], but [`LogError::Cold`] where it would have to wait for the
    /// disk.
    pub fn offset_for_timestamp_now(
        &mut self,
        timestamp: i64,
    ) -> Result<Option<TimestampOffset>, LogError> {
        let found = self.without_waiting(|log| log.offset_for_timestamp(timestamp));
        self.report_cold(found)
    }

    /// [`Self::max_timestamp`], but [`LogError::Cold`] where it would have to wait for the disk.
    pub fn max_timestamp_now(&mut self) -> Result<Option<TimestampOffset>, LogError> {
        let found = self.without_waiting(Self::max_timestamp);
        self.report_cold(found)
    }

    /// The record with the largest timestamp: the first such one. `None` for an empty log.
    pub fn max_timestamp(&mut self) -> Result<Option<TimestampOffset>, LogError> {
        self.check_usable()?;
        let result = self.search_max_timestamp();
        self.note(result)
    }

    fn search_max_timestamp(&mut self) -> Result<Option<TimestampOffset>, LogError> {
        let bases: Vec<Offset> = self.segments.keys().copied().collect();
        let mut best: Option<(Offset, MaxTimestamp)> = None;
        for base in bases {
            let max = self.load_max_timestamp(base)?;
            if best.is_none_or(|(_, found)| max.timestamp > found.timestamp) {
                best = Some((base, max));
            }
        }
        let Some((base, max)) = best.filter(|(_, max)| max.timestamp >= 0) else {
            return Ok(None);
        };
        let start = self.floor_position(base, max.offset)?;
        let mut window = [0; LOOKUP_WINDOW];
        let found = self
            .find_batch(base, start, &mut window, |header| header.max_timestamp == max.timestamp)?;
        let Some((position, header)) = found else { return Ok(None) };
        let record =
            self.find_record(base, position, &header, |record| record.timestamp == max.timestamp)?;
        Ok(record.map(|record| located(&header, &record)))
    }

    /// The first record of a batch for which `wanted` holds.
    fn find_record(
        &mut self,
        base: Offset,
        position: u64,
        header: &BatchHeader,
        wanted: impl Fn(&Record) -> bool,
    ) -> Result<Option<Record>, LogError> {
        let corrupt = |log: &Self, reason: String| LogError::Corrupt {
            path: SegmentFile::Log.path(&log.dir, base),
            position,
            reason,
        };
        if header.size() > BATCH_BYTES_MAX {
            return Err(corrupt(self, format!("a batch of {} bytes", header.size())));
        }
        let file = self.log_file(base)?;
        let mut bytes = vec![0; header.size()];
        let read = file
            .read_at(&mut bytes, position)
            .map_err(|error| self.scan_failure(base, position, ScanError::Io(error)))?;
        bytes.truncate(read);
        let batch = RecordBatch::parse(&Bytes::from(bytes))
            .map_err(|error| corrupt(self, error.to_string()))?;
        let records = batch.records().map_err(|error| corrupt(self, error.to_string()))?;
        for record in records {
            let record = record.map_err(|error| corrupt(self, error.to_string()))?;
            if wanted(&record) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The offset of the last time index entry at or below `timestamp`.
    fn search_times(&mut self, base: Offset, timestamp: i64) -> Result<Option<Offset>, LogError> {
        let Some(segment) = self.segments.get(&base) else { return Ok(None) };
        let below = |entry: &TimeEntry| entry.timestamp <= timestamp;
        let entry = match &segment.times {
            Index::Memory(entries) => index::last_where(entries, below),
            Index::File => match self.cached_file_if_there(SegmentFile::TimeIndex, base)? {
                None => None,
                Some(file) => index::last_where_in_file(file.as_ref(), below).map_err(|error| {
                    let path = SegmentFile::TimeIndex.path(&self.dir, base);
                    self.shared.failure("read", &path, error)
                })?,
            },
        };
        let Some(entry) = entry else { return Ok(None) };
        let offset = segment.absolute(entry.relative_offset);
        // An entry is only believed where the log agrees: the batch there has that timestamp.
        if self.is_time_entry_good(base, &entry)? { Ok(Some(offset)) } else { Ok(None) }
    }

    fn is_time_entry_good(&mut self, base: Offset, entry: &TimeEntry) -> Result<bool, LogError> {
        let Some(segment) = self.segments.get(&base) else { return Ok(false) };
        let offset = segment.absolute(entry.relative_offset);
        let found = self.translate(base, offset)?;
        Ok(found.is_some_and(|(_, header)| {
            header.max_timestamp == entry.timestamp && header.last_offset() == offset
        }))
    }

    /// The largest timestamp of a segment: the last entry of its time index and the batches after
    /// it; all batches when the entry does not agree with the log.
    pub(super) fn load_max_timestamp(&mut self, base: Offset) -> Result<MaxTimestamp, LogError> {
        let none = MaxTimestamp { timestamp: -1, offset: base };
        let Some(segment) = self.segments.get(&base) else { return Ok(none) };
        if let Some(max) = segment.max_timestamp {
            return Ok(max);
        }
        let size = segment.size;
        let last = match &segment.times {
            Index::Memory(entries) => entries.last().copied(),
            Index::File => match self.cached_file_if_there(SegmentFile::TimeIndex, base)? {
                None => None,
                Some(file) => index::last_in_file(file.as_ref()).map_err(|error| {
                    let path = SegmentFile::TimeIndex.path(&self.dir, base);
                    self.shared.failure("read", &path, error)
                })?,
            },
        };
        let mut max = none;
        let mut start = 0;
        if let Some(last) = last
            && self.is_time_entry_good(base, &last)?
        {
            let offset = base + i64::from(last.relative_offset);
            max = MaxTimestamp { timestamp: last.timestamp, offset };
            start = self.floor_position(base, offset)?;
        }
        if start < size {
            let file = self.log_file(base)?;
            let mut window = vec![0; SCAN_WINDOW];
            let mut scan = HeaderScan::new(file.as_ref(), start, size, &mut window);
            loop {
                let position = scan.position();
                match scan.next() {
                    Ok(Some((_, header))) => {
                        if header.max_timestamp > max.timestamp {
                            let timestamp = header.max_timestamp;
                            max = MaxTimestamp { timestamp, offset: header.last_offset() };
                        }
                    }
                    Ok(None) => break,
                    Err(error) => return Err(self.scan_failure(base, position, error)),
                }
            }
        }
        if let Some(segment) = self.segments.get_mut(&base) {
            segment.max_timestamp = Some(max);
        }
        Ok(max)
    }
}

fn located(header: &BatchHeader, record: &Record) -> TimestampOffset {
    let epoch = header.partition_leader_epoch;
    TimestampOffset {
        timestamp: record.timestamp,
        offset: record.offset,
        leader_epoch: (epoch.get() >= 0).then_some(epoch),
    }
}
