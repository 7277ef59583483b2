//! What the log knows of its idempotent and transactional producers.
//!
//! Invariant: the state is a function of the batches from the last snapshot to the log's end, so
//! that a replay gives the same. Open transactions bound the last stable offset; completed ones do
//! so until the high watermark has passed their marker.

mod append;
mod entry;
mod snapshot;

pub(crate) use append::{CompletedTxn, Marker, ProducerAppend, Rules};
pub(crate) use entry::{BatchMetadata, ProducerEntry, Window};
pub(crate) use snapshot::{BYTES_MAX, decode, encode};

use keld_types::{Offset, ProducerEpoch, ProducerId};
use std::collections::BTreeMap;

/// A producer as DescribeProducers shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerInfo {
    /// The producer.
    pub producer_id: ProducerId,
    /// Its newest epoch.
    pub producer_epoch: ProducerEpoch,
    /// The last sequence it wrote, −1 for none.
    pub last_sequence: i32,
    /// The timestamp of its last batch.
    pub last_timestamp: i64,
    /// The epoch of the transaction coordinator that sent its last marker, −1 for none.
    pub coordinator_epoch: i32,
    /// The first offset of its open transaction.
    pub current_txn_start_offset: Option<Offset>,
}

/// A transaction, open or completed, by its first offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Txn {
    producer_id: ProducerId,
    /// The marker's offset.
    last_offset: Option<Offset>,
}

/// The producers of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Producers {
    entries: BTreeMap<ProducerId, ProducerEntry>,
    ongoing: BTreeMap<Offset, Txn>,
    unreplicated: BTreeMap<Offset, Txn>,
}

impl Producers {
    /// The state a snapshot holds, without producers that have expired by `now_ms`.
    pub(crate) fn from_entries(
        entries: Vec<(ProducerId, ProducerEntry)>,
        now_ms: i64,
        expiration_ms: i64,
    ) -> Self {
        let mut state = Self::default();
        for (id, entry) in entries {
            if entry.is_expired(now_ms, expiration_ms) {
                continue;
            }
            if let Some(first) = entry.current_txn_first_offset {
                state.ongoing.insert(first, Txn { producer_id: id, last_offset: None });
            }
            state.entries.insert(id, entry);
        }
        state
    }

    pub(crate) fn get(&self, id: ProducerId) -> Option<&ProducerEntry> {
        self.entries.get(&id)
    }

    pub(crate) fn entries(&self) -> &BTreeMap<ProducerId, ProducerEntry> {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes a fuller window for a producer, if it ends with the batch that is known of it.
    pub(crate) fn set_window(&mut self, id: ProducerId, epoch: ProducerEpoch, window: Window) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let same = |known: &BatchMetadata, found: &BatchMetadata| {
            (known.last_offset, known.last_sequence) == (found.last_offset, found.last_sequence)
        };
        if let (Some(known), Some(found)) = (entry.window.last(), window.last())
            && entry.producer_epoch == epoch
            && same(known, found)
        {
            entry.window = window;
        }
    }

    /// Applies what an append did to one producer.
    pub(crate) fn update(&mut self, append: &ProducerAppend) {
        self.entries.entry(append.producer_id()).or_insert_with(ProducerEntry::empty).apply(append);
        for first in append.started() {
            let txn = Txn { producer_id: append.producer_id(), last_offset: None };
            self.ongoing.insert(*first, txn);
        }
    }

    /// The last stable offset that goes with a completed transaction: the first offset of the
    /// oldest transaction of another producer that is open still, or the offset after the marker.
    pub(crate) fn last_stable_offset(&self, completed: &CompletedTxn) -> Offset {
        self.ongoing
            .iter()
            .find(|(_, txn)| txn.producer_id != completed.producer_id)
            .map_or(completed.last_offset.next(), |(first, _)| *first)
    }

    /// A marker closed a transaction.
    pub(crate) fn complete(&mut self, completed: &CompletedTxn) {
        // A log whose start was removed may close what it never saw open.
        if let Some(mut txn) = self.ongoing.remove(&completed.first_offset) {
            txn.last_offset = Some(completed.last_offset);
            self.unreplicated.insert(completed.first_offset, txn);
        }
    }

    /// The first offset that is not yet decided, or decided above the high watermark.
    pub(crate) fn first_unstable_offset(&self) -> Option<Offset> {
        let first = |txns: &BTreeMap<Offset, Txn>| txns.first_key_value().map(|(first, _)| *first);
        match (first(&self.ongoing), first(&self.unreplicated)) {
            (Some(open), Some(closed)) => Some(open.min(closed)),
            (open, closed) => open.or(closed),
        }
    }

    /// Forgets completed transactions whose marker lies below `offset`.
    pub(crate) fn forget_completed_below(&mut self, offset: Offset) {
        if !self.unreplicated.is_empty() {
            self.unreplicated.retain(|_, txn| txn.last_offset.is_none_or(|last| last >= offset));
        }
    }

    /// Forgets producers that were idle for `expiration_ms` and have no transaction open.
    pub(crate) fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.entries.retain(|_, entry| !entry.is_expired(now_ms, expiration_ms));
    }

    /// When the first of them expires; `None` while none does.
    pub(crate) fn next_expiry_ms(&self, expiration_ms: i64) -> Option<i64> {
        let due = |entry: &ProducerEntry| entry.expires_ms(expiration_ms);
        self.entries.values().filter_map(due).min()
    }

    /// Whether no completed transaction waits for the high watermark.
    pub(crate) fn is_decided(&self) -> bool {
        self.unreplicated.is_empty()
    }

    /// For DescribeProducers.
    pub(crate) fn infos(&self) -> impl Iterator<Item = ProducerInfo> + '_ {
        self.entries.iter().map(|(id, entry)| ProducerInfo {
            producer_id: *id,
            producer_epoch: entry.producer_epoch,
            last_sequence: entry.last_sequence(),
            last_timestamp: entry.last_timestamp,
            coordinator_epoch: entry.coordinator_epoch,
            current_txn_start_offset: entry.current_txn_first_offset,
        })
    }
}

#[cfg(test)]
mod tests;
