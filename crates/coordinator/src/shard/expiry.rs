//! Offsets that go away by themselves: too old, or of topics that are gone.
//!
//! One call makes a bounded number of tombstones, as they are appended as one batch; what is left
//! follows in the next.

use super::GroupShard;
use crate::classic::{ExpiryBase, State};
use crate::modern::Protocol;
use crate::now::Now;
use crate::offsets::CommittedOffset;
use crate::record::{self, CoordinatorRecord};
use crate::step::Step;
use crate::timers::TimerKey;
use keld_types::{GroupId, TopicId, TopicName};
use std::time::Duration;

/// Bytes of tombstones in one batch: well below the smallest sensible `max.message.bytes`.
const TOMBSTONE_BYTES_MAX: usize = 256 * 1024;

impl GroupShard {
    /// These topics were deleted: so are their offsets.
    pub fn topics_deleted(
        &mut self,
        topics: impl IntoIterator<Item = (TopicName, TopicId)>,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        self.deleted_topics.extend(topics);
        self.remove_deleted_topics(now);
        self.step()
    }

    pub(super) fn remove_deleted_topics(&mut self, now: Now) {
        let mut records = Vec::new();
        let mut length = 0;
        for (group, topics) in self.offsets.groups().chain(self.offsets.pending()) {
            for (topic, id) in &self.deleted_topics {
                for (partition, committed) in topics.get(topic).into_iter().flatten() {
                    let is_of_topic =
                        committed.topic_id == *id || committed.topic_id == TopicId::ZERO;
                    if is_of_topic && length < TOMBSTONE_BYTES_MAX {
                        let tombstone = record::offset_tombstone(group, topic, *partition);
                        length += tombstone.length();
                        records.push(tombstone);
                    }
                }
            }
        }
        if records.is_empty() {
            self.deleted_topics.clear();
        } else {
            // Once more, for what did not fit, and to see that nothing is left.
            self.out.records.extend(records);
            self.schedule(TimerKey::TopicDeletion, Duration::ZERO, now);
        }
    }

    /// Removes expired offsets, and groups that have neither members nor offsets.
    pub(super) fn sweep(&mut self, now: Now) {
        let ids: Vec<GroupId> = self.classic.keys().chain(self.modern.keys()).cloned().collect();
        let mut records = Vec::new();
        let mut length = 0;
        let mut is_complete = true;
        for id in ids {
            if length >= TOMBSTONE_BYTES_MAX {
                is_complete = false;
                break;
            }
            let tombstones = self.expire_group(&id, now, TOMBSTONE_BYTES_MAX - length);
            length += tombstones.iter().map(CoordinatorRecord::length).sum::<usize>();
            records.extend(tombstones);
        }
        self.out.records.extend(records);
        let delay = if is_complete { self.config.retention_check_interval } else { Duration::ZERO };
        self.schedule(TimerKey::Sweep, delay, now);
    }

    fn expire_group(&self, id: &GroupId, now: Now, bytes_max: usize) -> Vec<CoordinatorRecord> {
        let (base, is_empty) = match (self.modern.get(id), self.classic.get(id)) {
            (Some(modern), _) if modern.protocol() == Protocol::Share => return Vec::new(),
            (Some(modern), _) => (ExpiryBase::Commit, modern.is_empty()),
            (None, Some(group)) => (group.expiry_base(), group.state() == State::Empty),
            (None, None) => return Vec::new(),
        };
        let mut records = Vec::new();
        let mut length = 0;
        let mut all_expired = !self.offsets.has_open_transactions(id.as_str());
        for (topic, partitions) in self.offsets.of_group(id.as_str()).into_iter().flatten() {
            let in_use = self.is_subscribed(id, topic);
            for (partition, committed) in partitions {
                // A tombstone would also remove what an open transaction is about to commit.
                let expires = !in_use
                    && self.is_expired(committed, base, now)
                    && !self.offsets.is_unstable(id.as_str(), topic, *partition);
                if expires && length < bytes_max {
                    let tombstone = record::offset_tombstone(id, topic, *partition);
                    length += tombstone.length();
                    records.push(tombstone);
                } else {
                    all_expired = false;
                }
            }
        }
        if all_expired && is_empty {
            match self.modern.get(id) {
                Some(modern) => records.extend(modern.tombstones()),
                None => records.push(record::group_tombstone(id)),
            }
        }
        records
    }

    fn is_expired(&self, committed: &CommittedOffset, base: ExpiryBase, now: Now) -> bool {
        let since = match base {
            ExpiryBase::Never => return false,
            ExpiryBase::Commit => committed.commit_timestamp_ms,
            ExpiryBase::Since(timestamp_ms) => timestamp_ms,
        };
        match committed.expire_timestamp_ms {
            Some(expiry) => now.wall_ms >= expiry,
            None => now.wall_ms.saturating_sub(since) >= self.config.offsets_retention_ms,
        }
    }
}
