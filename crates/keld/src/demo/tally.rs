//! What went in and what came out, counted from both ends.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use keld_client::ConsumerRecord;
use keld_types::TopicPartition;

use super::event::Criticality;

/// One level's figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    /// Sum over the events of a hash of the text: equal sums mean equal events, whatever the order.
    pub(crate) fingerprint: u64,
}

impl Counts {
    fn add(&mut self, text: &[u8]) {
        self.events += 1;
        self.bytes += text.len() as u64;
        self.fingerprint = self.fingerprint.wrapping_add(fingerprint(text));
    }
}

/// FNV-1a, 64 bits.
fn fingerprint(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Shared by publisher, readers and whoever shows the progress.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: AtomicU64,
    pub(crate) read: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// Read by both consumers: the killed one had not committed them.
    pub(crate) redelivered: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    written: [Counts; 3],
    group: [Counts; 3],
    again: [Counts; 3],
    /// Offsets below this were counted, by partition. Offsets arrive in order.
    next_offset: BTreeMap<TopicPartition, i64>,
}

impl Tally {
    /// An event was acknowledged.
    pub(crate) fn wrote(&self, level: Criticality, text: &[u8]) {
        self.with(|inner| inner.written[level as usize].add(text));
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    /// The group read a record; one that it had read before is only counted as redelivered.
    pub(crate) fn group_read(&self, record: &ConsumerRecord) {
        let Some((level, text)) = parts(record) else { return };
        let is_new = self.with(|inner| {
            let next = inner.next_offset.entry(record.partition.clone()).or_default();
            let is_new = record.offset.get() >= *next;
            if is_new {
                *next = record.offset.get() + 1;
                inner.group[level as usize].add(text);
            }
            is_new
        });
        if is_new {
            self.read.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        } else {
            self.redelivered.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A record was read again after the restart.
    pub(crate) fn read_again(&self, record: &ConsumerRecord) {
        if let Some((level, text)) = parts(record) {
            self.with(|inner| inner.again[level as usize].add(text));
        }
    }

    /// Written, read by the group, read again, of a level.
    pub(crate) fn of(&self, level: Criticality) -> [Counts; 3] {
        let at = level as usize;
        self.with(|inner| [inner.written[at], inner.group[at], inner.again[at]])
    }

    pub(crate) fn read_again_events(&self) -> u64 {
        self.with(|inner| inner.again.iter().map(|counts| counts.events).sum())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn parts(record: &ConsumerRecord) -> Option<(Criticality, &[u8])> {
    let topic = record.partition.topic.as_str();
    let level = Criticality::ALL.into_iter().find(|level| level.topic() == topic)?;
    Some((level, record.value.as_deref().unwrap_or_default()))
}
