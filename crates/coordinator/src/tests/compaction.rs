//! A log cleaner by Kafka's rules, on the log in memory.

use super::world::Entry;
use keld_types::{Offset, ProducerId};
use std::collections::{BTreeMap, BTreeSet};

/// What a pass may also drop, once the time for it has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Horizon {
    pub(super) tombstones: bool,
    pub(super) markers: bool,
}

/// Cleans the first `prefix` entries, but never beyond the first open transaction.
pub(super) fn compact(log: &[Entry], prefix: usize, horizon: Horizon) -> Vec<Entry> {
    let prefix = prefix.min(first_open(log));
    let (dirty, rest) = log.split_at(prefix);
    // The cleaner knows of a transaction that is aborted beyond the prefix: its index says so.
    let aborted = aborted_offsets(log);
    let is_live = |offset: &Offset| !aborted.contains(offset);
    let mut latest = BTreeMap::new();
    for entry in dirty {
        if let Entry::Record { offset, record, .. } = entry
            && is_live(offset)
        {
            latest.insert(record.key.clone(), *offset);
        }
    }
    let keeps = |entry: &&Entry| match entry {
        Entry::Record { offset, record, .. } => {
            latest.get(&record.key) == Some(offset)
                && is_live(offset)
                && (record.value.is_some() || !horizon.tombstones)
        }
        Entry::Marker { .. } => true,
    };
    let kept: Vec<Entry> = dirty.iter().filter(keeps).cloned().collect();
    let mut cleaned = Vec::new();
    for (index, entry) in kept.iter().enumerate() {
        if let Entry::Marker { producer, .. } = entry
            && horizon.markers
            && !has_data(&kept[..index], *producer)
        {
            continue;
        }
        cleaned.push(entry.clone());
    }
    cleaned.extend(rest.iter().cloned());
    cleaned
}

/// Whether records of the transaction that ends here are still there.
fn has_data(before: &[Entry], producer: ProducerId) -> bool {
    before
        .iter()
        .rev()
        .take_while(|entry| !matches!(entry, Entry::Marker { producer: p, .. } if *p == producer))
        .any(|entry| matches!(entry, Entry::Record { producer: Some(p), .. } if *p == producer))
}

fn first_open(log: &[Entry]) -> usize {
    let mut open: BTreeMap<ProducerId, usize> = BTreeMap::new();
    for (index, entry) in log.iter().enumerate() {
        match entry {
            Entry::Record { producer: Some(producer), .. } => {
                open.entry(*producer).or_insert(index);
            }
            Entry::Record { producer: None, .. } => {}
            Entry::Marker { producer, .. } => {
                open.remove(producer);
            }
        }
    }
    open.values().copied().min().unwrap_or(log.len())
}

fn aborted_offsets(log: &[Entry]) -> BTreeSet<Offset> {
    let mut open: BTreeMap<ProducerId, Vec<Offset>> = BTreeMap::new();
    let mut aborted = BTreeSet::new();
    for entry in log {
        match entry {
            Entry::Record { producer: Some(producer), offset, .. } => {
                open.entry(*producer).or_default().push(*offset);
            }
            Entry::Record { producer: None, .. } => {}
            Entry::Marker { producer, committed, .. } => {
                let offsets = open.remove(producer).unwrap_or_default();
                if !committed {
                    aborted.extend(offsets);
                }
            }
        }
    }
    aborted
}
