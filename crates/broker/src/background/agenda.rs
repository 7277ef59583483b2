//! Which partitions the background looks at next, and what for.
//!
//! Invariants: whoever was touched is looked at in the next round, and once at the next check of
//! every kind; whoever was not is looked at when the time has come that its last look named; nobody
//! else is, so that a round costs in proportion to what is due.

use keld_types::TopicIdPartition;
use std::collections::{BTreeMap, BTreeSet};

/// What a look is for, besides what every look is for; each has an interval of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Checks {
    /// Offsets are noted for the checkpoints, files of idle logs closed.
    pub(crate) checkpoint: bool,
    /// Old segments are deleted.
    pub(crate) retention: bool,
    /// Idle producers are forgotten.
    pub(crate) expiry: bool,
}

/// When the next look is to be although nothing happens until then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    Never,
    /// At the next round, or the next check of the kind.
    Soon,
    /// At the first round, or the first check of the kind, at or after a time of the wall clock.
    At(i64),
}

/// What a look leaves: when the next one is to be. Of checks that the look was not for it says
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Outlook {
    /// For flushes and the removal of files, which every round does.
    pub(crate) chore: Next,
    pub(crate) checkpoint: Next,
    pub(crate) retention: Next,
    pub(crate) expiry: Next,
}

/// Who is to be looked at.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    chores: Line,
    checkpoint: Line,
    retention: Line,
    expiry: Line,
}

/// Who waits for one kind of work.
#[derive(Debug, Default)]
struct Line {
    soon: BTreeSet<TopicIdPartition>,
    /// Who waits for a time, in its order, and by partition.
    order: BTreeSet<(i64, TopicIdPartition)>,
    times: BTreeMap<TopicIdPartition, i64>,
}

impl From<Option<i64>> for Next {
    fn from(due_ms: Option<i64>) -> Self {
        due_ms.map_or(Self::Never, Self::At)
    }
}

impl Agenda {
    /// Takes out who is to be looked at in a round, and what for. Each is to be given back with
    /// [`settle`](Self::settle), or to be forgotten.
    pub(crate) fn round(
        &mut self,
        touched: Vec<TopicIdPartition>,
        due: Checks,
        now_ms: i64,
    ) -> BTreeMap<TopicIdPartition, Checks> {
        for partition in touched {
            for line in self.lines() {
                line.soon.insert(partition);
            }
        }
        let mut looks: BTreeMap<TopicIdPartition, Checks> = BTreeMap::new();
        for partition in self.chores.take(now_ms) {
            looks.entry(partition).or_default();
        }
        if due.checkpoint {
            for partition in self.checkpoint.take(now_ms) {
                looks.entry(partition).or_default().checkpoint = true;
            }
        }
        if due.retention {
            for partition in self.retention.take(now_ms) {
                looks.entry(partition).or_default().retention = true;
            }
        }
        if due.expiry {
            for partition in self.expiry.take(now_ms) {
                looks.entry(partition).or_default().expiry = true;
            }
        }
        looks
    }

    /// Whether a round without any check would look at nobody who was not touched.
    pub(crate) fn is_idle(&self, now_ms: i64) -> bool {
        self.chores.soon.is_empty()
            && self.chores.order.first().is_none_or(|(due_ms, _)| *due_ms > now_ms)
    }

    /// Takes what a look left.
    pub(crate) fn settle(&mut self, partition: TopicIdPartition, made: Checks, outlook: Outlook) {
        self.chores.put(partition, outlook.chore);
        if made.checkpoint {
            self.checkpoint.put(partition, outlook.checkpoint);
        }
        if made.retention {
            self.retention.put(partition, outlook.retention);
        }
        if made.expiry {
            self.expiry.put(partition, outlook.expiry);
        }
    }

    /// The partition is no longer here, or its log is not: it is looked at when it is touched.
    pub(crate) fn forget(&mut self, partition: TopicIdPartition) {
        for line in self.lines() {
            line.soon.remove(&partition);
            line.put(partition, Next::Never);
        }
    }

    fn lines(&mut self) -> [&mut Line; 4] {
        [&mut self.chores, &mut self.checkpoint, &mut self.retention, &mut self.expiry]
    }
}

impl Line {
    /// Who is due.
    fn take(&mut self, now_ms: i64) -> BTreeSet<TopicIdPartition> {
        let mut due = std::mem::take(&mut self.soon);
        while let Some((due_ms, partition)) = self.order.first().copied()
            && due_ms <= now_ms
        {
            self.order.pop_first();
            self.times.remove(&partition);
            due.insert(partition);
        }
        due
    }

    fn put(&mut self, partition: TopicIdPartition, next: Next) {
        if let Some(known) = self.times.remove(&partition) {
            self.order.remove(&(known, partition));
        }
        match next {
            Next::Never => {}
            Next::Soon => {
                self.soon.insert(partition);
            }
            Next::At(due_ms) => {
                self.times.insert(partition, due_ms);
                self.order.insert((due_ms, partition));
            }
        }
    }
}

#[cfg(test)]
mod tests;
