//! One producer: its epoch and its last five batches.

use super::append::ProducerAppend;
use keld_record::{BatchHeader, decrement_sequence};
use keld_types::{Offset, ProducerEpoch};

/// How many batches are remembered: a client has at most five in flight.
pub(crate) const BATCHES_MAX: usize = 5;

/// What is remembered of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BatchMetadata {
    pub(crate) last_sequence: i32,
    pub(crate) last_offset: Offset,
    pub(crate) offset_delta: i32,
    pub(crate) timestamp: i64,
}

impl BatchMetadata {
    const EMPTY: Self =
        Self { last_sequence: -1, last_offset: Offset::NONE, offset_delta: 0, timestamp: -1 };

    /// What is remembered of a batch that stands in the log.
    pub(crate) fn of(header: &BatchHeader) -> Self {
        Self {
            last_sequence: header.last_sequence(),
            last_offset: header.last_offset(),
            offset_delta: header.last_offset_delta,
            timestamp: header.max_timestamp,
        }
    }

    pub(crate) fn first_sequence(&self) -> i32 {
        decrement_sequence(self.last_sequence, self.offset_delta)
    }

    pub(crate) fn first_offset(&self) -> Offset {
        self.last_offset + -i64::from(self.offset_delta)
    }
}

/// The last batches, oldest first, without allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    batches: [BatchMetadata; BATCHES_MAX],
    length: usize,
}

impl Window {
    pub(crate) const EMPTY: Self = Self { batches: [BatchMetadata::EMPTY; BATCHES_MAX], length: 0 };

    pub(crate) fn push(&mut self, batch: BatchMetadata) {
        if self.length == BATCHES_MAX {
            self.batches.rotate_left(1);
            self.length -= 1;
        }
        if let Some(slot) = self.batches.get_mut(self.length) {
            *slot = batch;
            self.length += 1;
        }
    }

    pub(crate) fn as_slice(&self) -> &[BatchMetadata] {
        self.batches.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn last(&self) -> Option<&BatchMetadata> {
        self.as_slice().last()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// The state of one producer in one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ProducerEntry {
    pub(crate) producer_epoch: ProducerEpoch,
    pub(crate) coordinator_epoch: i32,
    pub(crate) last_timestamp: i64,
    pub(crate) current_txn_first_offset: Option<Offset>,
    pub(crate) window: Window,
}

impl ProducerEntry {
    /// Nothing known.
    pub(crate) fn empty() -> Self {
        Self {
            producer_epoch: ProducerEpoch::NONE,
            coordinator_epoch: -1,
            last_timestamp: -1,
            current_txn_first_offset: None,
            window: Window::EMPTY,
        }
    }

    pub(crate) fn last_sequence(&self) -> i32 {
        self.window.last().map_or(-1, |batch| batch.last_sequence)
    }

    pub(crate) fn is_expired(&self, now_ms: i64, expiration_ms: i64) -> bool {
        self.expires_ms(expiration_ms).is_some_and(|due_ms| due_ms <= now_ms)
    }

    /// When it is forgotten if it stays idle; never while its transaction is open.
    pub(crate) fn expires_ms(&self, expiration_ms: i64) -> Option<i64> {
        let is_open = self.current_txn_first_offset.is_some();
        (!is_open).then(|| self.last_timestamp.saturating_add(expiration_ms))
    }

    /// The remembered batch with exactly these sequences.
    pub(crate) fn duplicate_of(&self, header: &BatchHeader) -> Option<&BatchMetadata> {
        if header.producer_epoch != self.producer_epoch {
            return None;
        }
        let (first, last) = (header.base_sequence, header.last_sequence());
        self.window
            .as_slice()
            .iter()
            .find(|batch| batch.first_sequence() == first && batch.last_sequence == last)
    }

    /// Takes over what an append left.
    pub(crate) fn apply(&mut self, append: &ProducerAppend) {
        let updated = append.updated();
        if self.producer_epoch != updated.producer_epoch {
            self.window = Window::EMPTY;
            self.producer_epoch = updated.producer_epoch;
        }
        for batch in updated.window.as_slice() {
            self.window.push(*batch);
        }
        self.coordinator_epoch = updated.coordinator_epoch;
        self.current_txn_first_offset = updated.current_txn_first_offset;
        self.last_timestamp = updated.last_timestamp;
    }
}
