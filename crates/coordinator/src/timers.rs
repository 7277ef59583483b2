//! Deadlines of one shard: a queue ordered by time, where each key has at most one deadline.
//!
//! The driver asks for the earliest deadline and calls the shard when it has passed.

use keld_types::{Generation, GroupId, MemberId};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a deadline belongs to; setting it again replaces the earlier one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum TimerKey {
    /// The session of a member of a classic group, pending ones included.
    Heartbeat(GroupId, MemberId),
    /// The join phase of a classic group.
    Join(GroupId),
    /// The sync phase of a classic group.
    Sync(GroupId),
    /// The record of a group without members that the log has refused.
    EmptyGroup(GroupId),
    /// The members of a group of a protocol that is not served.
    ModernSession(GroupId),
    /// The search for expired offsets.
    Sweep,
    /// The rest of the tombstones of deleted topics.
    TopicDeletion,
}

/// What to do when the deadline has passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TimerAction {
    /// The key says all.
    Expire,
    /// The first rebalance of a group: go on waiting if members came, within `remaining_ms`.
    InitialJoin {
        /// How long the wait that has just ended was.
        delay_ms: i32,
        /// How much longer it may become in all.
        remaining_ms: i32,
    },
    /// The sync phase of this generation.
    Generation(Generation),
}

/// A deadline, and a number that keeps equal ones in the order in which they were set.
type Slot = (Duration, u64);

#[derive(Debug, Default)]
pub(crate) struct Timers {
    by_slot: BTreeMap<Slot, (TimerKey, TimerAction)>,
    by_key: BTreeMap<TimerKey, Slot>,
    next: u64,
}

impl Timers {
    pub(crate) fn schedule(&mut self, key: TimerKey, action: TimerAction, deadline: Duration) {
        self.cancel(&key);
        let slot = (deadline, self.next);
        self.next += 1;
        self.by_key.insert(key.clone(), slot);
        self.by_slot.insert(slot, (key, action));
    }

    pub(crate) fn cancel(&mut self, key: &TimerKey) {
        if let Some(slot) = self.by_key.remove(key) {
            self.by_slot.remove(&slot);
        }
    }

    pub(crate) fn earliest(&self) -> Option<Duration> {
        self.by_slot.keys().next().map(|(deadline, _)| *deadline)
    }

    pub(crate) fn is_due(&self, key: &TimerKey, now: Duration) -> bool {
        self.by_key.get(key).is_some_and(|(deadline, _)| *deadline <= now)
    }

    /// Takes one deadline that has passed.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<(TimerKey, TimerAction)> {
        let entry = self.by_slot.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let (key, action) = entry.remove();
        self.by_key.remove(&key);
        Some((key, action))
    }

    pub(crate) fn clear(&mut self) {
        self.by_slot.clear();
        self.by_key.clear();
    }
}
