//! Records: the only thing that changes what is durable.

use super::GroupShard;
use crate::classic::ClassicGroup;
use crate::record::{CoordinatorRecord, Parsed, parse};
use crate::timers::TimerKey;
use keld_types::{GroupId, Offset, ProducerId};
use tracing::warn;

impl GroupShard {
    /// Replays a record that stands at `offset`; `producer` is the producer of the transaction it
    /// belongs to, if it does.
    pub fn replay(
        &mut self,
        record: &CoordinatorRecord,
        offset: Offset,
        producer: Option<ProducerId>,
    ) {
        self.apply(record, offset, producer);
    }

    /// Replays the marker that ends a producer's transaction.
    pub fn replay_marker(&mut self, producer: ProducerId, committed: bool) {
        self.offsets.end_transaction(producer, committed);
    }

    pub(super) fn apply(
        &mut self,
        record: &CoordinatorRecord,
        offset: Offset,
        producer: Option<ProducerId>,
    ) {
        match parse(record, offset) {
            Parsed::Offset { group, topic, partition, value: Some(value) } => {
                self.offsets.commit(group.clone(), topic, partition, value, producer);
                if self.loading.is_none() {
                    self.ensure_known(group);
                }
            }
            Parsed::Offset { group, topic, partition, value: None } => {
                self.offsets.remove(&group, &topic, partition);
            }
            Parsed::Group { group, value } => match (&mut self.loading, value) {
                (Some(loading), Some(value)) => {
                    loading.insert(group, (offset, value));
                }
                (Some(loading), None) => {
                    loading.remove(&group);
                }
                // The group itself was changed when the record was decided.
                (None, Some(_)) => {
                    if let Some(group) = self.classic.get_mut(&group) {
                        group.is_persisted = true;
                        group.is_unwritten = false;
                    }
                }
                (None, None) => self.forget_classic(&group),
            },
            Parsed::Modern { group } => {
                let modern = self.modern.entry(group.clone()).or_default();
                modern.apply(record, offset);
                if modern.is_gone() {
                    self.modern.remove(&group);
                    self.timers.cancel(&TimerKey::ModernSession(group.clone()));
                    if self.loading.is_none() && self.offsets.knows(group.as_str()) {
                        self.ensure_known(group);
                    }
                }
            }
            Parsed::Skipped(reason) => {
                self.skipped_records += 1;
                // A log of a newer release may be full of them: the first tells enough.
                if self.skipped_records == 1 {
                    warn!(
                        offset = offset.get(),
                        reason, "coordinator record not understood, left alone"
                    );
                }
            }
        }
    }

    /// Offsets without a group make a simple group.
    pub(super) fn ensure_known(&mut self, id: GroupId) {
        if !self.modern.contains_key(&id) {
            self.classic.entry(id.clone()).or_insert_with(|| ClassicGroup::new(id, None));
        }
    }

    fn forget_classic(&mut self, id: &GroupId) {
        if let Some(group) = self.classic.remove(id) {
            for member in group.pending_join_members() {
                self.timers.cancel(&TimerKey::Heartbeat(id.clone(), member.clone()));
            }
        }
        if self.offsets.knows(id.as_str()) {
            self.ensure_known(id.clone());
        }
    }
}
