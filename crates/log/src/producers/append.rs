//! What one append does to one producer, checked before anything is written.

use super::entry::{BatchMetadata, ProducerEntry, Window};
use crate::error::AppendError;
use keld_record::BatchHeader;
use keld_types::{Offset, ProducerEpoch, ProducerId, TopicPartition};
use smallvec::SmallVec;

/// A transaction that a marker closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CompletedTxn {
    pub(crate) producer_id: ProducerId,
    pub(crate) first_offset: Offset,
    /// The marker's offset.
    pub(crate) last_offset: Offset,
    pub(crate) is_aborted: bool,
}

/// The end of a transaction, read from a control batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Marker {
    pub(crate) is_abort: bool,
    pub(crate) coordinator_epoch: i32,
    pub(crate) timestamp: i64,
}

/// Who appends, as far as the rules for producers differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rules {
    /// A client: sequences and epochs are checked.
    Client,
    /// The node's own coordinators: epochs are checked.
    Coordinator,
    /// Replication and recovery: the leader has checked.
    Replay,
}

/// The change of one producer by one append.
#[derive(Clone, Debug)]
pub(crate) struct ProducerAppend {
    producer_id: ProducerId,
    rules: Rules,
    /// The state before the append.
    current: ProducerEntry,
    /// The state after it; its window holds only this append's batches.
    updated: ProducerEntry,
    started: SmallVec<[Offset; 1]>,
}

impl ProducerAppend {
    /// Starts from what is known of the producer.
    pub(crate) fn new(
        producer_id: ProducerId,
        current: Option<&ProducerEntry>,
        rules: Rules,
    ) -> Self {
        let current = current.copied().unwrap_or_else(ProducerEntry::empty);
        let updated = ProducerEntry { window: Window::EMPTY, ..current };
        Self { producer_id, rules, current, updated, started: SmallVec::new() }
    }

    pub(crate) fn producer_id(&self) -> ProducerId {
        self.producer_id
    }

    pub(crate) fn updated(&self) -> &ProducerEntry {
        &self.updated
    }

    /// First offsets of the transactions that this append opened.
    pub(crate) fn started(&self) -> &[Offset] {
        &self.started
    }

    /// A batch of records, at the offset in its header.
    pub(crate) fn data(
        &mut self,
        partition: &TopicPartition,
        header: &BatchHeader,
    ) -> Result<(), AppendError> {
        let base_offset = header.base_offset;
        self.check_epoch(partition, header.producer_epoch)?;
        if self.rules == Rules::Client {
            self.check_sequence(partition, header)?;
        }
        if self.updated.producer_epoch != header.producer_epoch {
            self.updated.window = Window::EMPTY;
            self.updated.producer_epoch = header.producer_epoch;
        }
        self.updated.window.push(BatchMetadata::of(header));
        self.updated.last_timestamp = header.max_timestamp;
        match (self.updated.current_txn_first_offset, header.is_transactional()) {
            (Some(_), false) if self.rules != Rules::Replay => Err(AppendError::InvalidTxnState {
                partition: partition.clone(),
                producer_id: self.producer_id,
                reason: "expected a transactional write",
            }),
            (None, true) => {
                self.updated.current_txn_first_offset = Some(base_offset);
                self.started.push(base_offset);
                Ok(())
            }
            (Some(_), _) | (None, false) => Ok(()),
        }
    }

    /// The marker that ends a transaction, at `offset`.
    pub(crate) fn marker(
        &mut self,
        partition: &TopicPartition,
        epoch: ProducerEpoch,
        marker: Marker,
        offset: Offset,
    ) -> Result<Option<CompletedTxn>, AppendError> {
        self.check_epoch(partition, epoch)?;
        if self.updated.coordinator_epoch > marker.coordinator_epoch && self.rules != Rules::Replay
        {
            return Err(AppendError::TransactionCoordinatorFenced {
                partition: partition.clone(),
                producer_id: self.producer_id,
                found: marker.coordinator_epoch,
                current: self.updated.coordinator_epoch,
            });
        }
        // Without records the transaction bounds nothing, and the index need not know of it.
        let completed = self.updated.current_txn_first_offset.map(|first_offset| CompletedTxn {
            producer_id: self.producer_id,
            first_offset,
            last_offset: offset,
            is_aborted: marker.is_abort,
        });
        if self.updated.producer_epoch != epoch {
            self.updated.window = Window::EMPTY;
            self.updated.producer_epoch = epoch;
        }
        self.updated.coordinator_epoch = marker.coordinator_epoch;
        self.updated.current_txn_first_offset = None;
        self.updated.last_timestamp = marker.timestamp;
        Ok(completed)
    }

    fn check_epoch(
        &self,
        partition: &TopicPartition,
        epoch: ProducerEpoch,
    ) -> Result<(), AppendError> {
        if epoch >= self.updated.producer_epoch || self.rules == Rules::Replay {
            return Ok(());
        }
        Err(AppendError::InvalidProducerEpoch {
            partition: partition.clone(),
            producer_id: self.producer_id,
            found: epoch,
            current: self.updated.producer_epoch,
        })
    }

    fn check_sequence(
        &self,
        partition: &TopicPartition,
        header: &BatchHeader,
    ) -> Result<(), AppendError> {
        let first = header.base_sequence;
        let (last, fits) = if header.producer_epoch != self.updated.producer_epoch {
            // A new epoch starts at 0, unless nothing at all is known of the producer.
            let last = self.updated.last_sequence();
            (last, first == 0 || self.updated.producer_epoch == ProducerEpoch::NONE)
        } else {
            let last = if !self.updated.window.is_empty() {
                self.updated.last_sequence()
            } else if header.producer_epoch == self.current.producer_epoch {
                self.current.last_sequence()
            } else {
                -1
            };
            let follows =
                i64::from(first) == i64::from(last) + 1 || (first == 0 && last == i32::MAX);
            // Of a producer that is not known yet the first batch may be any.
            let is_first = self.updated.window.is_empty();
            (last, follows || (is_first && self.current.producer_epoch == ProducerEpoch::NONE))
        };
        if fits {
            return Ok(());
        }
        Err(AppendError::OutOfOrderSequence {
            partition: partition.clone(),
            producer_id: self.producer_id,
            found: first,
            last,
        })
    }
}
