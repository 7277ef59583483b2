//! What the quorum core knows of the log: where it begins and ends, what is durable, which epoch
//! begins where.

use keld_types::{LeaderEpoch, Offset};

/// A place in the log and the epoch of the record before it. Ordered by epoch first: the later one
/// belongs to the more complete log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffsetAndEpoch {
    /// The offset after the last record.
    pub offset: Offset,
    /// The last record's epoch.
    pub epoch: LeaderEpoch,
}

impl PartialOrd for OffsetAndEpoch {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OffsetAndEpoch {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.epoch, self.offset).cmp(&(other.epoch, other.offset))
    }
}

/// One batch, without its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchSummary {
    /// Offset of its first record.
    pub base_offset: Offset,
    /// Offset of its last record.
    pub last_offset: Offset,
    /// The epoch its leader wrote it in.
    pub epoch: LeaderEpoch,
}

/// Where a follower's log stands beside the leader's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// It is a prefix of it.
    Valid,
    /// The two part: the largest epoch not above the follower's, and where it ends.
    Diverging(OffsetAndEpoch),
    /// What it needs is no more in the log, but in this snapshot.
    Snapshot(OffsetAndEpoch),
}

/// The shape of the log. Invariants: `log_start <= flushed <= end`; `epochs` is strictly increasing
/// in both columns; every start is at most `end`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogView {
    log_start: Offset,
    flushed: Offset,
    end: Offset,
    epochs: Vec<(LeaderEpoch, Offset)>,
    /// The earliest and the latest snapshot on the disk.
    snapshots: Option<(OffsetAndEpoch, OffsetAndEpoch)>,
}

impl LogView {
    /// An empty log.
    pub const fn empty() -> Self {
        Self {
            log_start: Offset::ZERO,
            flushed: Offset::ZERO,
            end: Offset::ZERO,
            epochs: Vec::new(),
            snapshots: None,
        }
    }

    /// A log found on disk at start: all of it counts as durable (the driver flushed it). `epochs`
    /// are the entries of its epoch cache, the epoch of a covering snapshot first.
    pub fn recovered(
        log_start: Offset,
        end: Offset,
        epochs: impl IntoIterator<Item = (LeaderEpoch, Offset)>,
    ) -> Self {
        let mut view = Self { log_start, flushed: end, end, epochs: Vec::new(), snapshots: None };
        for (epoch, start) in epochs {
            view.assign(epoch, start);
        }
        view
    }

    /// First offset still in the log.
    pub const fn log_start(&self) -> Offset {
        self.log_start
    }

    /// The offset after the last record.
    pub const fn end(&self) -> Offset {
        self.end
    }

    /// Everything before it is durable.
    pub const fn flushed(&self) -> Offset {
        self.flushed
    }

    /// Epoch of the last record; 0 for an empty log, as Kafka counts.
    pub fn last_epoch(&self) -> LeaderEpoch {
        self.epochs.last().map_or(LeaderEpoch::new(0), |(epoch, _)| *epoch)
    }

    /// The end, with its epoch.
    pub fn end_and_epoch(&self) -> OffsetAndEpoch {
        OffsetAndEpoch { offset: self.end, epoch: self.last_epoch() }
    }

    /// The durable end, with the epoch of the last durable record.
    pub fn flushed_and_epoch(&self) -> OffsetAndEpoch {
        let epoch = self
            .epochs
            .iter()
            .rev()
            .find(|(_, start)| *start < self.flushed)
            .map_or(LeaderEpoch::new(0), |(epoch, _)| *epoch);
        OffsetAndEpoch { offset: self.flushed, epoch }
    }

    /// The largest epoch not above `epoch` that has records here, and where it ends.
    pub fn end_offset_for(&self, epoch: LeaderEpoch) -> OffsetAndEpoch {
        let position = self.epochs.partition_point(|(known, _)| *known <= epoch);
        let offset = self.epochs.get(position).map_or(self.end, |(_, start)| *start);
        let known = position
            .checked_sub(1)
            .and_then(|before| self.epochs.get(before))
            .map_or(LeaderEpoch::new(0), |(known, _)| *known);
        OffsetAndEpoch { offset, epoch: known }
    }

    /// Where the records of this epoch begin here, if there are any.
    pub(crate) fn start_of(&self, epoch: LeaderEpoch) -> Option<Offset> {
        let known = self.epochs.iter().rev().find(|(known, _)| *known == epoch);
        known.map(|(_, start)| *start)
    }

    /// The same log with the earliest and the latest snapshot of the disk, if there is any.
    #[must_use]
    pub const fn with_snapshots(
        mut self,
        snapshots: Option<(OffsetAndEpoch, OffsetAndEpoch)>,
    ) -> Self {
        self.snapshots = snapshots;
        self
    }

    /// The latest snapshot.
    pub const fn latest_snapshot(&self) -> Option<OffsetAndEpoch> {
        match self.snapshots {
            Some((_, latest)) => Some(latest),
            None => None,
        }
    }

    /// How a log that ends at `end` stands to this one. An empty log is served the snapshot when
    /// there is one: it is never more to send than the log from its beginning.
    pub(crate) fn standing_of(&self, end: OffsetAndEpoch) -> Standing {
        let origin = OffsetAndEpoch { offset: Offset::ZERO, epoch: LeaderEpoch::new(0) };
        if end.offset == Offset::ZERO
            && let Some(latest) = self.latest_snapshot()
            && latest != origin
        {
            return Standing::Snapshot(latest);
        }
        if self.log_start == Offset::ZERO && end == origin {
            return Standing::Valid;
        }
        if let Some((earliest, latest)) = self.snapshots
            && latest.offset > Offset::ZERO
            && (end.offset < self.log_start
                || (end.offset == self.log_start
                    && self.log_start > Offset::ZERO
                    && end.epoch != earliest.epoch)
                || end.epoch < earliest.epoch)
        {
            return Standing::Snapshot(latest);
        }
        let known = self.end_offset_for(end.epoch);
        if end.offset > Offset::ZERO && (known.epoch != end.epoch || known.offset < end.offset) {
            return Standing::Diverging(known);
        }
        Standing::Valid
    }

    /// The log was replaced by a snapshot: it is empty and goes on where that ends.
    pub(crate) fn install(&mut self, snapshot: OffsetAndEpoch) {
        self.log_start = snapshot.offset;
        self.flushed = snapshot.offset;
        self.end = snapshot.offset;
        // The last record that the snapshot stands for was written in its epoch.
        self.epochs = vec![(snapshot.epoch, snapshot.offset + -1)];
        self.snapshots = Some((snapshot, snapshot));
    }

    pub(crate) fn append(&mut self, batch: &BatchSummary) {
        self.assign(batch.epoch, batch.base_offset);
        self.end = batch.last_offset.next();
    }

    pub(crate) fn flush(&mut self, end: Offset) {
        self.flushed = self.flushed.max(end);
    }

    pub(crate) fn truncate(&mut self, end: Offset) {
        self.end = self.end.min(end);
        self.flushed = self.flushed.min(end);
        self.epochs.retain(|(_, start)| *start < end);
    }

    pub(crate) fn advance_log_start(&mut self, log_start: Offset) {
        self.log_start = self.log_start.max(log_start).min(self.end);
    }

    fn assign(&mut self, epoch: LeaderEpoch, start: Offset) {
        if self.epochs.last().is_some_and(|(last, _)| *last >= epoch) {
            return;
        }
        self.epochs.retain(|(_, known)| *known < start);
        self.epochs.push((epoch, start));
    }
}
