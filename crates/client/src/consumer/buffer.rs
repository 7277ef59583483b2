//! Fetched bytes of one partition, turned into records one by one.
//!
//! Control batches are left out, and with `read_committed` so are batches of aborted transactions:
//! from the offset where an aborted transaction begins until its marker, its producer's
//! transactional batches do not count.

use super::ConsumerRecord;
use crate::error::ClientError;
use bytes::Bytes;
use keld_record::{Batches, ControlRecord, EndTxnMarker, RecordBatch, RecordIterator, batches};
use keld_types::{IsolationLevel, Offset, ProducerId, TopicPartition};
use std::collections::{BTreeSet, VecDeque};

/// A transaction that was aborted, as a Fetch answer names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Aborted {
    /// Where it begins. First, so that sorting is by it.
    pub(super) first_offset: Offset,
    /// Whose it is.
    pub(super) producer_id: ProducerId,
}

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Buffer {
    partition: TopicPartition,
    isolation: IsolationLevel,
    batches: Batches,
    current: Option<(RecordBatch, RecordIterator)>,
    aborted: VecDeque<Aborted>,
    aborting: BTreeSet<ProducerId>,
    /// The next offset to hand out: batches begin before the offset that was asked for.
    position: Offset,
    /// Once something cannot be read, nothing after it is handed out.
    failed: Option<ClientError>,
}

impl Buffer {
    /// The bytes that a fetch from `position` brought.
    pub(super) fn new(
        partition: TopicPartition,
        position: Offset,
        records: Bytes,
        isolation: IsolationLevel,
        mut aborted: Vec<Aborted>,
    ) -> Self {
        aborted.sort_unstable();
        Self {
            partition,
            isolation,
            batches: batches(records),
            current: None,
            aborted: aborted.into(),
            aborting: BTreeSet::new(),
            position,
            failed: None,
        }
    }

    /// The offset after what was handed out, also after what is never handed out.
    pub(super) fn position(&self) -> Offset {
        self.position
    }

    /// The next record; `None` when the bytes are used up. An error stays.
    pub(super) fn next(&mut self) -> Result<Option<ConsumerRecord>, ClientError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.read_next();
        self.failed = next.as_ref().err().cloned();
        next
    }

    fn read_next(&mut self) -> Result<Option<ConsumerRecord>, ClientError> {
        loop {
            let Some((batch, records)) = &mut self.current else {
                if !self.next_batch()? {
                    return Ok(None);
                }
                continue;
            };
            let header = *batch.header();
            match records.next() {
                Some(Ok(record)) => {
                    if record.offset < self.position {
                        continue;
                    }
                    self.position = record.offset.next();
                    return Ok(Some(ConsumerRecord {
                        partition: self.partition.clone(),
                        offset: record.offset,
                        leader_epoch: header.partition_leader_epoch,
                        timestamp: record.timestamp,
                        timestamp_type: header.timestamp_type(),
                        key: record.key,
                        value: record.value,
                        headers: record.headers,
                    }));
                }
                Some(Err(error)) => return Err(self.unreadable(error.to_string())),
                None => {
                    // Also over offsets that compaction removed from the batch.
                    self.position = self.position.max(header.next_offset());
                    self.current = None;
                }
            }
        }
    }

    /// Moves to the next batch that has records to hand out; false at the end.
    fn next_batch(&mut self) -> Result<bool, ClientError> {
        while let Some(batch) = self.batches.next() {
            let batch = batch.map_err(|error| self.unreadable(error.to_string()))?;
            batch.verify_crc().map_err(|error| self.unreadable(error.to_string()))?;
            if self.is_visible(&batch)? {
                let records =
                    batch.records().map_err(|error| self.unreadable(error.to_string()))?;
                self.current = Some((batch, records));
                return Ok(true);
            }
            self.position = self.position.max(batch.header().next_offset());
        }
        Ok(false)
    }

    fn is_visible(&mut self, batch: &RecordBatch) -> Result<bool, ClientError> {
        let header = batch.header();
        if self.isolation == IsolationLevel::ReadCommitted {
            while let Some(aborted) =
                self.aborted.front().filter(|aborted| aborted.first_offset <= header.last_offset())
            {
                self.aborting.insert(aborted.producer_id);
                self.aborted.pop_front();
            }
            if header.is_control() && self.is_abort(batch)? {
                self.aborting.remove(&header.producer_id);
            }
            if header.is_transactional() && self.aborting.contains(&header.producer_id) {
                return Ok(false);
            }
        }
        Ok(!header.is_control())
    }

    fn is_abort(&self, batch: &RecordBatch) -> Result<bool, ClientError> {
        let mut records = batch.records().map_err(|error| self.unreadable(error.to_string()))?;
        let Some(record) = records.next() else { return Ok(false) };
        let record = record.map_err(|error| self.unreadable(error.to_string()))?;
        let marker = ControlRecord::from_record(&record)
            .and_then(|control| EndTxnMarker::from_control_record(&control))
            .map_err(|error| self.unreadable(error.to_string()))?;
        Ok(marker.is_some_and(|marker| !marker.committed))
    }

    fn unreadable(&self, reason: String) -> ClientError {
        ClientError::Records { partition: self.partition.clone(), offset: self.position, reason }
    }
}
