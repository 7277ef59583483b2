//! The partitions of this node, by topic name and by topic id.
//!
//! Topics are immutable entries behind one reader-writer lock that is held only for a look-up or an
//! exchange, never over work on a partition.

use keld_replication::Partition;
use keld_types::{PartitionIndex, TopicId, TopicIdPartition, TopicName};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// The partitions of one topic that have a replica here.
#[derive(Debug)]
pub(crate) struct TopicEntry {
    pub(crate) name: TopicName,
    pub(crate) id: TopicId,
    pub(crate) partitions: BTreeMap<PartitionIndex, Arc<Partition>>,
}

/// All partitions that have a replica here.
#[derive(Debug, Default)]
pub(crate) struct PartitionTable {
    maps: RwLock<Maps>,
}

#[derive(Debug, Default)]
struct Maps {
    by_name: HashMap<TopicName, Arc<TopicEntry>>,
    by_id: HashMap<TopicId, Arc<TopicEntry>>,
}

impl TopicEntry {
    pub(crate) fn partition(&self, index: PartitionIndex) -> Option<&Arc<Partition>> {
        self.partitions.get(&index)
    }
}

impl PartitionTable {
    fn read<T>(&self, look: impl FnOnce(&Maps) -> T) -> T {
        look(&self.maps.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Maps) -> T) -> T {
        change(&mut self.maps.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// A topic by its name.
    pub(crate) fn topic(&self, name: &str) -> Option<Arc<TopicEntry>> {
        self.read(|maps| maps.by_name.get(name).cloned())
    }

    /// A topic by its id.
    pub(crate) fn topic_by_id(&self, id: TopicId) -> Option<Arc<TopicEntry>> {
        self.read(|maps| maps.by_id.get(&id).cloned())
    }

    /// A partition by its topic's name.
    pub(crate) fn partition(&self, name: &str, index: PartitionIndex) -> Option<Arc<Partition>> {
        self.read(|maps| maps.by_name.get(name)?.partitions.get(&index).cloned())
    }

    /// A partition by its topic's id.
    pub(crate) fn partition_by_id(&self, id: TopicIdPartition) -> Option<Arc<Partition>> {
        self.read(|maps| maps.by_id.get(&id.topic_id)?.partitions.get(&id.partition).cloned())
    }

    /// Every topic, in the order of the names.
    pub(crate) fn topics(&self) -> Vec<Arc<TopicEntry>> {
        let mut topics: Vec<_> = self.read(|maps| maps.by_id.values().cloned().collect());
        topics.sort_by(|a: &Arc<TopicEntry>, b| a.name.cmp(&b.name));
        topics
    }

    /// Every partition.
    pub(crate) fn partitions(&self) -> Vec<Arc<Partition>> {
        let topics = self.topics();
        topics.iter().flat_map(|topic| topic.partitions.values().cloned()).collect()
    }

    /// Puts a topic's entry in the place of the one before.
    pub(crate) fn put(&self, entry: TopicEntry) {
        let entry = Arc::new(entry);
        self.write(|maps| {
            maps.by_id.insert(entry.id, Arc::clone(&entry));
            maps.by_name.insert(entry.name.clone(), entry);
        });
    }

    /// Takes a topic out. A topic of the same name and another id stays.
    pub(crate) fn remove(&self, id: TopicId) -> Option<Arc<TopicEntry>> {
        self.write(|maps| {
            let entry = maps.by_id.remove(&id)?;
            if maps.by_name.get(&entry.name).is_some_and(|named| named.id == id) {
                maps.by_name.remove(&entry.name);
            }
            Some(entry)
        })
    }
}
