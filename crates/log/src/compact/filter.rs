//! What becomes of a batch: it goes, stays as it is, stays empty, or is written anew.
//!
//! Kafka's rules (`Cleaner.cleanInto`, `MemoryRecords.filterTo`): offsets, sequences, order and
//! timestamps never change. A batch is kept empty when its producer's last sequence or epoch is
//! only to be found there, or when it ends what is compacted. A batch that keeps a tombstone, or a
//! marker of an empty transaction, gets a delete horizon: attribute bit 6 is set, the base
//! timestamp becomes the horizon, and the records' deltas count from it.
//!
//! Unlike Kafka, a batch that loses records keeps its base timestamp, so that the records that
//! stay are copied as bytes.

use super::map::KeyMap;
use super::outline::{Islands, Outline};
use super::records::{BadRecord, RecordView, take_record};
use super::winners::Winners;
use keld_record::{BatchHeader, CompressionWithLevel, HEADER_LENGTH, TimestampType};
use keld_types::{Offset, ProducerEpoch, ProducerId};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

/// Where the last state of a producer stands in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LastOfProducer {
    /// The last offset of its last batch of records, if it is known.
    pub(crate) data: Option<Offset>,
    pub(crate) epoch: ProducerEpoch,
}

/// What a pass goes by.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) map: KeyMap,
    pub(crate) winners: Option<Winners>,
    /// The keys of everything below, and nothing above, are in the map.
    pub(crate) mapped_end: Offset,
    /// The end of the compacted part: a batch that ends there stays.
    pub(crate) end: Offset,
    pub(crate) last: BTreeMap<ProducerId, LastOfProducer>,
    pub(crate) now_ms: i64,
    pub(crate) delete_retention_ms: i64,
}

/// What the header of a batch and the transactions say about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Decision {
    /// It goes.
    Drop,
    /// It stays as it is.
    Copy,
    /// Its header stays.
    Empty,
    /// Its records must be looked at.
    Look(Look),
}

/// How to look at the records of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Look {
    which: Which,
    /// What to do when no record stays.
    nothing: Nothing,
    /// It gets a delete horizon whatever it holds.
    is_empty_txn: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Which {
    All,
    Winners,
    ByKey,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Nothing {
    Drop,
    Empty,
}

impl From<Nothing> for Decision {
    fn from(nothing: Nothing) -> Self {
        match nothing {
            Nothing::Drop => Self::Drop,
            Nothing::Empty => Self::Empty,
        }
    }
}

/// Room that is used again from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Runs of records that stay, as ranges of the records' bytes.
    runs: Vec<Range<usize>>,
    records: Vec<u8>,
    pub(crate) counts: Counts,
}

/// The records of a batch, as far as they were decompressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payload<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where there are records; what lies between means nothing.
    pub(crate) islands: &'a [Range<usize>],
    /// Whether those are all.
    pub(crate) is_whole: bool,
}

/// What came of a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Looked {
    /// As if the header had said so.
    Decided(Decision),
    /// The new batch is at the end of the output; this is its header.
    Written(BatchHeader),
}

/// Why a batch cannot be filtered.
#[derive(Debug)]
pub(crate) enum FilterError {
    /// Its records cannot be read.
    Records,
    /// It cannot be compressed, or grows too large.
    Build(String),
}

impl From<BadRecord> for FilterError {
    fn from(_: BadRecord) -> Self {
        Self::Records
    }
}

impl From<io::Error> for FilterError {
    fn from(error: io::Error) -> Self {
        Self::Build(error.to_string())
    }
}

/// How many records were read, and how many stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) kept: u64,
    /// Without a key: they can never be replaced, so they go.
    pub(crate) keyless: u64,
}

impl Rules {
    /// Decides by the header. `is_dispensable`: the transactions need neither its records nor its
    /// marker. `ends_group`: nothing follows it in what becomes one segment.
    pub(crate) fn decide(
        &self,
        header: &BatchHeader,
        is_dispensable: bool,
        ends_group: bool,
    ) -> Decision {
        let horizon = header.delete_horizon_ms();
        let is_kept =
            self.is_last_of_producer(header) || header.next_offset() == self.end || ends_group;
        let nothing = if is_kept { Nothing::Empty } else { Nothing::Drop };
        let may_go = !header.is_control() || horizon.is_some_and(|at| at <= self.now_ms);
        if is_dispensable && may_go {
            return nothing.into();
        }
        if header.record_count == 0 {
            return match nothing {
                Nothing::Drop => Decision::Drop,
                Nothing::Empty if header.size() == HEADER_LENGTH => Decision::Copy,
                Nothing::Empty => Decision::Empty,
            };
        }
        let look = |which| Decision::Look(Look { which, nothing, is_empty_txn: false });
        if header.is_control() {
            if is_dispensable && horizon.is_none() {
                return Decision::Look(Look { which: Which::All, nothing, is_empty_txn: true });
            }
            return Decision::Copy;
        }
        let (first, last) = (header.base_offset, header.last_offset());
        match self.winners.as_ref().filter(|winners| winners.covers(first, last)) {
            Some(winners) if horizon.is_none() => {
                let staying = winners.staying(first, last);
                let is_whole = u64::try_from(header.record_count) == Ok(staying.records);
                match staying.records {
                    0 => nothing.into(),
                    _ if is_whole && !staying.has_tombstone => Decision::Copy,
                    _ => look(Which::Winners),
                }
            }
            Some(_) | None => look(Which::ByKey),
        }
    }

    fn is_last_of_producer(&self, header: &BatchHeader) -> bool {
        let last = self.last.get(&header.producer_id).filter(|_| header.has_producer_id());
        last.is_some_and(|last| match last.data {
            Some(offset) => header.last_offset() == offset,
            None => header.is_control() && header.producer_epoch == last.epoch,
        })
    }

    /// Where the records that may stay lie, if that is known.
    pub(crate) fn islands(
        &self,
        header: &BatchHeader,
        look: Look,
        outline: Option<&Outline>,
    ) -> Option<Islands> {
        let outline = outline.filter(|_| look.which == Which::Winners)?;
        self.winners.as_ref().map(|winners| outline.islands(header, winners))
    }

    /// Looks at the records, which are in `payload` decompressed, and writes the batch anew to the
    /// end of `out` if it must be.
    pub(crate) fn look(
        &self,
        header: &BatchHeader,
        payload: Payload<'_>,
        look: Look,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<Looked, FilterError> {
        let horizon = header.delete_horizon_ms();
        let is_log_append_time = header.timestamp_type() == TimestampType::LogAppendTime;
        scratch.runs.clear();
        let (mut read, mut kept) = (0, 0);
        let (mut has_tombstone, mut max_timestamp) = (false, i64::MIN);
        for island in payload.islands {
            let mut rest = payload.bytes.get(island.clone()).ok_or(FilterError::Records)?;
            while !rest.is_empty() {
                let start = island.end - rest.len();
                let record = take_record(&mut rest)?;
                read += 1;
                let offset = header.base_offset + i64::from(record.offset_delta);
                if !self.stays(look.which, offset, &record, horizon, &mut scratch.counts) {
                    continue;
                }
                kept += 1;
                has_tombstone |= record.is_tombstone;
                max_timestamp =
                    max_timestamp.max(header.base_timestamp.wrapping_add(record.timestamp_delta));
                let end = start + record.bytes.len();
                match scratch.runs.last_mut() {
                    Some(run) if run.end == start => run.end = end,
                    Some(_) | None => scratch.runs.push(start..end),
                }
            }
        }
        if read > header.record_count || (payload.is_whole && read < header.record_count) {
            return Err(FilterError::Records);
        }
        scratch.counts.read += u64::try_from(read).unwrap_or(0);
        scratch.counts.kept += u64::try_from(kept).unwrap_or(0);
        if kept == 0 {
            return Ok(Looked::Decided(look.nothing.into()));
        }
        let needs_horizon = (has_tombstone || look.is_empty_txn) && horizon.is_none();
        if kept == header.record_count && !needs_horizon {
            return Ok(Looked::Decided(Decision::Copy));
        }
        let mut new = BatchHeader { record_count: kept, ..*header };
        if !is_log_append_time {
            new.max_timestamp = max_timestamp;
        }
        if needs_horizon {
            new.base_timestamp = self.now_ms.saturating_add(self.delete_retention_ms);
            new.attributes = header.attributes.with_delete_horizon(true);
        }
        scratch.collect(header, &new, payload.bytes)?;
        write(&mut new, &scratch.records, out)?;
        Ok(Looked::Written(new))
    }

    #[inline]
    fn stays(
        &self,
        which: Which,
        offset: Offset,
        record: &RecordView<'_>,
        horizon: Option<i64>,
        counts: &mut Counts,
    ) -> bool {
        match which {
            Which::All => true,
            Which::Winners => self.winners.as_ref().is_some_and(|winners| winners.has(offset)),
            Which::ByKey if offset >= self.mapped_end => true,
            Which::ByKey => match record.key {
                Some(key) => {
                    let is_newest = self.map.get(key).is_none_or(|newest| offset >= newest.offset);
                    let is_visible =
                        !record.is_tombstone || horizon.is_none_or(|at| self.now_ms < at);
                    is_newest && is_visible
                }
                None => {
                    counts.keyless += 1;
                    false
                }
            },
        }
    }
}

impl Scratch {
    /// Brings the records that stay together, counting from the new base timestamp.
    fn collect(
        &mut self,
        old: &BatchHeader,
        new: &BatchHeader,
        payload: &[u8],
    ) -> Result<(), FilterError> {
        self.records.clear();
        let is_log_append_time = old.timestamp_type() == TimestampType::LogAppendTime;
        for run in &self.runs {
            let mut run = payload.get(run.clone()).ok_or(FilterError::Records)?;
            if old.base_timestamp == new.base_timestamp {
                self.records.extend_from_slice(run);
                continue;
            }
            while !run.is_empty() {
                let record = take_record(&mut run)?;
                let timestamp = if is_log_append_time {
                    old.max_timestamp
                } else {
                    old.base_timestamp.wrapping_add(record.timestamp_delta)
                };
                let delta = timestamp.wrapping_sub(new.base_timestamp);
                record.write_with_delta(delta, &mut self.records);
            }
        }
        Ok(())
    }
}

/// Appends the batch of `header` with these records, compressed by its codec; fills in the length
/// and the checksum.
fn write(header: &mut BatchHeader, records: &[u8], out: &mut Vec<u8>) -> Result<(), FilterError> {
    let id = header.attributes.compression_id();
    let codec =
        header.compression().ok_or_else(|| FilterError::Build(format!("unknown codec {id}")))?;
    let start = out.len();
    out.extend_from_slice(&[0; HEADER_LENGTH]);
    CompressionWithLevel::from(codec).compress(records, out)?;
    let (_, batch) = out.split_at_mut(start);
    seal(header, batch)
}

/// The batch without records that stands for `header`.
pub(crate) fn empty(header: &BatchHeader) -> ([u8; HEADER_LENGTH], BatchHeader) {
    let attributes = header
        .attributes
        .with_compression(keld_record::Compression::None)
        .with_delete_horizon(false);
    let mut new = BatchHeader { attributes, base_timestamp: -1, record_count: 0, ..*header };
    let mut bytes = [0; HEADER_LENGTH];
    // A header's length fits.
    seal(&mut new, &mut bytes).ok();
    (bytes, new)
}

fn seal(header: &mut BatchHeader, batch: &mut [u8]) -> Result<(), FilterError> {
    let too_large = || FilterError::Build("a batch grows beyond 2147483647 bytes".to_owned());
    let length = batch.len().saturating_sub(keld_record::LOG_OVERHEAD);
    header.length = i32::try_from(length).map_err(|_| too_large())?;
    let (head, payload) = batch.split_first_chunk_mut::<HEADER_LENGTH>().ok_or_else(too_large)?;
    header.crc = header.compute_crc(payload);
    *head = header.encode();
    Ok(())
}
