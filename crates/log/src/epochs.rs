//! The leader epoch cache: at which offset each leader epoch began.
//!
//! Invariant: strictly increasing in epoch and in start offset. It answers where an epoch ended,
//! which is the only ground on which a log is ever truncated to match another (KIP-101, KIP-279).

use keld_types::{LeaderEpoch, Offset};

/// The epoch found for a question, and the offset at which it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EpochEndOffset {
    /// The largest epoch not above the one asked for (or the one asked for, when it is older than
    /// all that is known).
    pub leader_epoch: LeaderEpoch,
    /// The offset after its last record.
    pub end_offset: Offset,
}

/// Epochs and their start offsets, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeaderEpochCache {
    entries: Vec<(LeaderEpoch, Offset)>,
}

impl LeaderEpochCache {
    /// Takes entries as a checkpoint had them; conflicts are settled as `assign` settles them.
    pub(crate) fn from_entries(entries: &[(LeaderEpoch, Offset)]) -> Self {
        let mut cache = Self::default();
        for (epoch, start) in entries {
            cache.assign(*epoch, *start);
        }
        cache
    }

    pub(crate) fn entries(&self) -> &[(LeaderEpoch, Offset)] {
        &self.entries
    }

    pub(crate) fn latest(&self) -> Option<(LeaderEpoch, Offset)> {
        self.entries.last().copied()
    }

    pub(crate) fn earliest(&self) -> Option<(LeaderEpoch, Offset)> {
        self.entries.first().copied()
    }

    /// The newest epoch that began before `start`, if it is newer than `epoch`.
    pub(crate) fn newer_before(&self, epoch: LeaderEpoch, start: Offset) -> Option<LeaderEpoch> {
        let before = self.entries.iter().rev().find(|(_, at)| *at < start);
        before.map(|(known, _)| *known).filter(|known| epoch.get() >= 0 && *known > epoch)
    }

    /// Whether `assign` would change anything.
    pub(crate) fn needs(&self, epoch: LeaderEpoch, start: Offset) -> bool {
        let valid = epoch.get() >= 0 && start.get() >= 0;
        valid && self.latest().is_none_or(|(latest, at)| epoch != latest || start < at)
    }

    /// `epoch` begins at `start`. Entries at or above either are dropped: they were for records
    /// that do not exist. Returns whether the cache changed.
    pub(crate) fn assign(&mut self, epoch: LeaderEpoch, start: Offset) -> bool {
        if !self.needs(epoch, start) {
            return false;
        }
        while self.latest().is_some_and(|(latest, at)| latest >= epoch || at >= start) {
            self.entries.pop();
        }
        self.entries.push((epoch, start));
        true
    }

    /// Forgets epochs that begin at or after `end`.
    pub(crate) fn truncate_from_end(&mut self, end: Offset) -> bool {
        let kept = self.entries.partition_point(|(_, start)| *start < end);
        let changed = kept < self.entries.len();
        self.entries.truncate(kept);
        changed
    }

    /// Forgets epochs that ended at or before `start`; the one that contains it begins there now.
    pub(crate) fn truncate_from_start(&mut self, start: Offset) -> bool {
        let gone = self.entries.partition_point(|(_, at)| *at <= start);
        let Some(last) = gone.checked_sub(1) else { return false };
        let changed = last > 0 || self.entries.first().is_some_and(|(_, at)| *at != start);
        self.entries.drain(..last);
        if let Some(first) = self.entries.first_mut() {
            first.1 = start;
        }
        changed
    }

    pub(crate) fn clear(&mut self) -> bool {
        let changed = !self.entries.is_empty();
        self.entries.clear();
        changed
    }

    /// Where `epoch` ended, for a log that ends at `log_end`; `None` when that cannot be told.
    pub(crate) fn end_offset_for(
        &self,
        epoch: LeaderEpoch,
        log_end: Offset,
    ) -> Option<EpochEndOffset> {
        if epoch.get() < 0 {
            return None;
        }
        let above = self.entries.partition_point(|(known, _)| *known <= epoch);
        let floor = above.checked_sub(1).and_then(|index| self.entries.get(index));
        match (floor, self.entries.get(above)) {
            (Some((known, _)), None) if *known == epoch => {
                Some(EpochEndOffset { leader_epoch: epoch, end_offset: log_end })
            }
            (_, None) => None,
            (Some((known, _)), Some((_, end))) => {
                Some(EpochEndOffset { leader_epoch: *known, end_offset: *end })
            }
            (None, Some((_, end))) => {
                Some(EpochEndOffset { leader_epoch: epoch, end_offset: *end })
            }
        }
    }

    /// The epoch in which the record at `offset` was written, as far as is known.
    pub(crate) fn epoch_for_offset(&self, offset: Offset) -> Option<LeaderEpoch> {
        let above = self.entries.partition_point(|(_, start)| *start <= offset);
        above.checked_sub(1).and_then(|index| self.entries.get(index)).map(|(epoch, _)| *epoch)
    }
}

#[cfg(test)]
mod tests;
