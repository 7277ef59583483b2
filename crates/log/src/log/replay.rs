//! The producers after a start: a snapshot, and the batches after it.
//!
//! A snapshot has room for one batch a producer; the other four of the window are read from the
//! batches just before it, as far as they lie near.

use super::PartitionLog;
use crate::error::LogError;
use crate::index::{self, Index, OffsetEntry};
use crate::names::SegmentFile;
use crate::producers::{BatchMetadata, Marker, ProducerAppend, Rules, Window};
use crate::scan::{HeaderScan, ScanError, scan_window};
use bytes::Bytes;
use keld_record::{BatchError, BatchHeader, ControlRecord, EndTxnMarker, RecordBatch};
use keld_types::{Offset, ProducerEpoch, ProducerId};
use std::collections::BTreeMap;

/// Largest control batch that is read for its marker.
const MARKER_BYTES_MAX: usize = 4096;
/// How many batches of producers are replayed between two scans.
const REPLAY_PORTION: usize = 4096;
/// How many bytes before a snapshot are looked at for the windows.
const WINDOW_BYTES: u64 = 256 << 10;

impl PartitionLog {
    /// Rebuilds the producers from the newest snapshot at or below `snapshot_max` and the batches
    /// after it, and the transaction indexes of the segments on the way.
    pub(super) fn replay_producers(
        &mut self,
        snapshot_max: Offset,
        now_ms: i64,
    ) -> Result<(), LogError> {
        let from = self.load_snapshot(snapshot_max, now_ms)?;
        self.extend_windows(from)?;
        if from >= self.log_end {
            return Ok(());
        }
        let first = self.segments.range(..=from).next_back().map_or(from, |(base, _)| *base);
        let bases: Vec<Offset> = self.segments.range(first..).map(|(base, _)| *base).collect();
        for base in bases {
            if self.segments.get(&base).is_some_and(|segment| segment.has_no_txn_index) {
                continue;
            }
            self.cut_txn_index(base, from)?;
        }
        let mut found: Vec<(Offset, u64, BatchHeader)> = Vec::new();
        // Batches without a producer change nothing; the others are few or small enough to take in
        // portions, so that reading and applying do not borrow the log at once.
        let mut next = from;
        loop {
            found.clear();
            self.collect_producer_batches(next, &mut found)?;
            for (base, position, header) in &found {
                self.replay_batch(*base, *position, header)?;
            }
            match found.last() {
                Some((_, _, header)) if found.len() >= REPLAY_PORTION => {
                    next = header.next_offset();
                }
                Some(_) | None => break,
            }
        }
        self.producers.expire(now_ms, self.config.producer_id_expiration_ms);
        Ok(())
    }

    /// Fills the windows of producers from the batches before `end`, where a snapshot was taken.
    fn extend_windows(&mut self, end: Offset) -> Result<(), LogError> {
        let below = self.segments.range(..end).next_back();
        let Some(base) = below.map(|(base, _)| *base).filter(|_| !self.producers.is_empty()) else {
            return Ok(());
        };
        let (start, size) = (self.position_near_end(base)?, self.segment_size(base));
        let file = self.log_file(base)?;
        let mut buffer = scan_window(size);
        let mut scan = HeaderScan::new(file.as_ref(), start, size, &mut buffer);
        let mut windows: BTreeMap<ProducerId, (ProducerEpoch, Window)> = BTreeMap::new();
        // What cannot be read here only leaves a window shorter.
        while let Ok(Some((_, header))) = scan.next() {
            if header.base_offset >= end {
                break;
            }
            if header.is_control() || self.producers.get(header.producer_id).is_none() {
                continue;
            }
            let epoch = header.producer_epoch;
            let slot = windows.entry(header.producer_id).or_insert((epoch, Window::EMPTY));
            if slot.0 != epoch {
                *slot = (epoch, Window::EMPTY);
            }
            slot.1.push(BatchMetadata::of(&header));
        }
        for (id, (epoch, window)) in windows {
            self.producers.set_window(id, epoch, window);
        }
        // A quiet partition must not hold a descriptor.
        if base == self.active_base() {
            self.active_file.close();
        }
        Ok(())
    }

    /// The position of a batch within the last bytes of a segment, or its start.
    fn position_near_end(&self, base: Offset) -> Result<u64, LogError> {
        let Some(segment) = self.segments.get(&base) else { return Ok(0) };
        let Some(wanted) = segment.size.checked_sub(WINDOW_BYTES) else { return Ok(0) };
        let below = |entry: &OffsetEntry| u64::from(entry.position) <= wanted;
        let entry = match &segment.offsets {
            Index::Memory(entries) => index::last_where(entries, below),
            Index::File => match self.cached_file_if_there(SegmentFile::OffsetIndex, base)? {
                None => None,
                Some(file) => index::last_where_in_file(file.as_ref(), below).map_err(|error| {
                    let path = SegmentFile::OffsetIndex.path(&self.dir, base);
                    self.shared.failure("read", &path, error)
                })?,
            },
        };
        // Without an entry the whole segment would have to be read: the windows stay short.
        Ok(entry.map_or(segment.size, |entry| entry.position.into()))
    }

    fn collect_producer_batches(
        &mut self,
        from: Offset,
        found: &mut Vec<(Offset, u64, BatchHeader)>,
    ) -> Result<(), LogError> {
        self.for_each_header(from, |base, position, header| {
            if header.has_producer_id() && header.base_offset >= from {
                found.push((base, position, *header));
            }
            found.len() < REPLAY_PORTION
        })
    }

    fn replay_batch(
        &mut self,
        base: Offset,
        position: u64,
        header: &BatchHeader,
    ) -> Result<(), LogError> {
        let id = header.producer_id;
        let mut append = ProducerAppend::new(id, self.producers.get(id), Rules::Replay);
        let replayed = if header.is_control() {
            match self.read_marker(base, position, header)? {
                Some(marker) => append.marker(
                    &self.partition,
                    header.producer_epoch,
                    marker,
                    header.base_offset,
                ),
                // An empty control batch: the transaction is compacted away.
                None => return Ok(()),
            }
        } else {
            append.data(&self.partition, header).map(|()| None)
        };
        // Replay refuses nothing: the leader has checked.
        let completed = replayed.ok().flatten();
        self.producers.update(&append);
        if let Some(completed) = completed {
            self.complete_txn(base, &completed)?;
        }
        Ok(())
    }

    /// Reads the marker in a control batch; `None` when there is none.
    fn read_marker(
        &mut self,
        base: Offset,
        position: u64,
        header: &BatchHeader,
    ) -> Result<Option<Marker>, LogError> {
        if header.size() > MARKER_BYTES_MAX {
            return Ok(None);
        }
        let file = self.log_file(base)?;
        let mut bytes = vec![0; header.size()];
        let read = file
            .read_at(&mut bytes, position)
            .map_err(|error| self.scan_failure(base, position, ScanError::Io(error)))?;
        bytes.truncate(read);
        Ok(marker_of(&Bytes::from(bytes)).ok().flatten())
    }
}

/// The marker in the bytes of a control batch; `None` when it holds something else.
pub(super) fn marker_of(bytes: &Bytes) -> Result<Option<Marker>, BatchError> {
    let batch = RecordBatch::parse(bytes)?;
    let Ok(mut records) = batch.records() else { return Ok(None) };
    let Some(Ok(record)) = records.next() else { return Ok(None) };
    let Ok(control) = ControlRecord::from_record(&record) else { return Ok(None) };
    let Ok(Some(end)) = EndTxnMarker::from_control_record(&control) else { return Ok(None) };
    Ok(Some(Marker {
        is_abort: !end.committed,
        coordinator_epoch: end.coordinator_epoch,
        timestamp: record.timestamp,
    }))
}
