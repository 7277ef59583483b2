//! Committed offsets, and those of transactions that are still open.
//!
//! Changed only by records, in the order of the log; the same records give the same state whether
//! they were applied one by one while serving or replayed from a compacted log.
//!
//! Of a plain commit and one that a transaction brought, the one whose record stands later wins
//! (not the one whose marker does): compaction keeps the later record only.

use keld_types::{GroupId, LeaderEpoch, Offset, PartitionIndex, ProducerId, TopicId, TopicName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One committed offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CommittedOffset {
    /// Where its record stands.
    pub(crate) record_offset: Offset,
    pub(crate) offset: Offset,
    pub(crate) leader_epoch: LeaderEpoch,
    pub(crate) metadata: Arc<str>,
    pub(crate) commit_timestamp_ms: i64,
    /// Only from clients old enough to say how long an offset shall live.
    pub(crate) expire_timestamp_ms: Option<i64>,
    /// Zero in records that are older than topic ids.
    pub(crate) topic_id: TopicId,
}

/// Offsets of a group by topic and partition.
pub(crate) type TopicOffsets = BTreeMap<TopicName, BTreeMap<PartitionIndex, CommittedOffset>>;

/// Offsets by group, topic and partition; no empty inner map is kept.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct OffsetMap(BTreeMap<GroupId, TopicOffsets>);

impl OffsetMap {
    fn get(&self, group: &str, topic: &str, partition: PartitionIndex) -> Option<&CommittedOffset> {
        self.0.get(group)?.get(topic)?.get(&partition)
    }

    fn put(
        &mut self,
        group: GroupId,
        topic: TopicName,
        partition: PartitionIndex,
        offset: CommittedOffset,
    ) {
        self.0.entry(group).or_default().entry(topic).or_default().insert(partition, offset);
    }

    fn remove(&mut self, group: &str, topic: &str, partition: PartitionIndex) {
        let Some(topics) = self.0.get_mut(group) else { return };
        let Some(partitions) = topics.get_mut(topic) else { return };
        partitions.remove(&partition);
        if partitions.is_empty() {
            topics.remove(topic);
        }
        if topics.is_empty() {
            self.0.remove(group);
        }
    }
}

/// Which producers have an open transaction that commits an offset of this partition.
type OpenTransactions =
    BTreeMap<GroupId, BTreeMap<(TopicName, PartitionIndex), BTreeSet<ProducerId>>>;

/// All offsets of one shard.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Offsets {
    committed: OffsetMap,
    pending: BTreeMap<ProducerId, OffsetMap>,
    open: OpenTransactions,
}

impl Offsets {
    /// The committed offsets of a group.
    pub(crate) fn of_group(&self, group: &str) -> Option<&TopicOffsets> {
        self.committed.0.get(group)
    }

    /// Groups that have a committed offset.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&GroupId, &TopicOffsets)> {
        self.committed.0.iter()
    }

    /// Offsets of open transactions, of all groups.
    pub(crate) fn pending(&self) -> impl Iterator<Item = (&GroupId, &TopicOffsets)> {
        self.pending.values().flat_map(|offsets| offsets.0.iter())
    }

    pub(crate) fn has_committed(
        &self,
        group: &str,
        topic: &str,
        partition: PartitionIndex,
    ) -> bool {
        self.committed.get(group, topic, partition).is_some()
    }

    /// Whether an open transaction commits an offset of this partition.
    pub(crate) fn is_unstable(
        &self,
        group: &str,
        topic: &TopicName,
        partition: PartitionIndex,
    ) -> bool {
        self.open
            .get(group)
            .is_some_and(|partitions| partitions.contains_key(&(topic.clone(), partition)))
    }

    pub(crate) fn has_open_transactions(&self, group: &str) -> bool {
        self.open.contains_key(group)
    }

    /// Whether there is anything of the group.
    pub(crate) fn knows(&self, group: &str) -> bool {
        self.committed.0.contains_key(group) || self.open.contains_key(group)
    }

    /// The partitions of a group that open transactions commit.
    pub(crate) fn unstable_of_group(
        &self,
        group: &str,
    ) -> impl Iterator<Item = &(TopicName, PartitionIndex)> {
        self.open.get(group).into_iter().flat_map(BTreeMap::keys)
    }

    /// Applies a commit record.
    pub(crate) fn commit(
        &mut self,
        group: GroupId,
        topic: TopicName,
        partition: PartitionIndex,
        offset: CommittedOffset,
        producer: Option<ProducerId>,
    ) {
        let Some(producer) = producer else {
            self.committed.put(group, topic, partition, offset);
            return;
        };
        self.open
            .entry(group.clone())
            .or_default()
            .entry((topic.clone(), partition))
            .or_default()
            .insert(producer);
        self.pending.entry(producer).or_default().put(group, topic, partition, offset);
    }

    /// Applies a tombstone: what open transactions staged before it goes too.
    pub(crate) fn remove(&mut self, group: &GroupId, topic: &TopicName, partition: PartitionIndex) {
        self.committed.remove(group.as_str(), topic.as_str(), partition);
        let Some(partitions) = self.open.get_mut(group) else { return };
        let producers = partitions.remove(&(topic.clone(), partition)).unwrap_or_default();
        if partitions.is_empty() {
            self.open.remove(group);
        }
        for producer in producers {
            if let Some(offsets) = self.pending.get_mut(&producer) {
                offsets.remove(group.as_str(), topic.as_str(), partition);
                if offsets.0.is_empty() {
                    self.pending.remove(&producer);
                }
            }
        }
    }

    /// Applies the end of a producer's transaction.
    pub(crate) fn end_transaction(&mut self, producer: ProducerId, committed: bool) {
        let Some(staged) = self.pending.remove(&producer) else { return };
        for (group, topics) in staged.0 {
            for (topic, partitions) in topics {
                for (partition, offset) in partitions {
                    self.close(&group, &topic, partition, producer);
                    let later = self
                        .committed
                        .get(group.as_str(), topic.as_str(), partition)
                        .is_none_or(|current| current.record_offset < offset.record_offset);
                    if committed && later {
                        self.committed.put(group.clone(), topic.clone(), partition, offset);
                    }
                }
            }
        }
    }

    fn close(
        &mut self,
        group: &GroupId,
        topic: &TopicName,
        partition: PartitionIndex,
        producer: ProducerId,
    ) {
        let Some(partitions) = self.open.get_mut(group) else { return };
        let key = (topic.clone(), partition);
        if let Some(producers) = partitions.get_mut(&key) {
            producers.remove(&producer);
            if producers.is_empty() {
                partitions.remove(&key);
            }
        }
        if partitions.is_empty() {
            self.open.remove(group);
        }
    }
}
