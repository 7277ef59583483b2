//! Records replayed on an image, and what they touched.

use crate::broker::BrokerRegistration;
use crate::config_resource::{ConfigResource, ConfigResourceType};
use crate::feature::Feature;
use crate::image::{ClusterImage, Provenance};
use crate::metadata_version::MetadataVersion;
use crate::quota::QuotaEntity;
use crate::record::MetadataRecord;
use crate::topic::{PartitionRegistration, TopicImage};
use keld_types::{
    BrokerEpoch, BrokerId, DirectoryId, PartitionIndex, TopicId, TopicIdPartition, TopicName, Uuid,
};
use keld_wire::metadata_records as wire;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record that does not fit the image: the log is not what this node thinks it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplayError {
    /// A record about a topic that is not there.
    #[error("metadata record about topic id {topic_id}, which does not exist")]
    UnknownTopicId {
        /// The topic.
        topic_id: Uuid,
    },
    /// A record about a topic that is not there.
    #[error("metadata record about topic {topic}, which does not exist")]
    UnknownTopic {
        /// The topic.
        topic: String,
    },
    /// A change of a partition that is not there.
    #[error("metadata record about partition {topic_id}:{partition}, which does not exist")]
    UnknownPartition {
        /// The topic.
        topic_id: Uuid,
        /// The partition.
        partition: i32,
    },
    /// A change of a broker that is not there in that epoch.
    #[error("metadata record about broker {broker} in epoch {epoch}, which is not registered")]
    UnknownBroker {
        /// The broker.
        broker: i32,
        /// Its epoch.
        epoch: i64,
    },
    /// A level of `metadata.version` this release does not know.
    #[error("metadata.version {level} is not known to this release: {reason}")]
    MetadataVersion {
        /// The level.
        level: i16,
        /// Why.
        reason: String,
    },
    /// A transaction record out of place.
    #[error("{record} record {problem}")]
    Transaction {
        /// Which one.
        record: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
}

/// An image in the making. [`Self::finish`] gives the new image; the sets name what changed, for
/// whoever acts on changes.
#[derive(Clone, Debug)]
pub struct ClusterDelta {
    image: ClusterImage,
    /// Topics that are new.
    pub created_topics: BTreeSet<TopicId>,
    /// Topics of the old image that are gone, with their names.
    pub deleted_topics: BTreeMap<TopicId, TopicName>,
    /// Partitions that are new or changed.
    pub changed_partitions: BTreeSet<TopicIdPartition>,
    /// Resources whose configs changed.
    pub changed_configs: BTreeSet<ConfigResource>,
    /// Brokers that came, changed or went.
    pub changed_brokers: BTreeSet<BrokerId>,
    /// Controllers that came or changed.
    pub changed_controllers: BTreeSet<BrokerId>,
    /// Whether a finalized feature changed.
    pub features_changed: bool,
}

impl ClusterDelta {
    /// No change yet.
    pub fn new(image: &ClusterImage) -> Self {
        Self {
            image: image.clone(),
            created_topics: BTreeSet::new(),
            deleted_topics: BTreeMap::new(),
            changed_partitions: BTreeSet::new(),
            changed_configs: BTreeSet::new(),
            changed_brokers: BTreeSet::new(),
            changed_controllers: BTreeSet::new(),
            features_changed: false,
        }
    }

    /// Takes over a whole image, as if every record of it were new.
    pub(crate) fn jump_to(&mut self, image: &ClusterImage) {
        self.image = image.clone();
        self.created_topics = image.topics.keys().copied().collect();
        self.changed_partitions = image
            .topics
            .values()
            .flat_map(|topic| {
                topic
                    .partitions
                    .keys()
                    .map(|index| TopicIdPartition { topic_id: topic.id, partition: *index })
            })
            .collect();
        self.changed_configs = image.configs.keys().cloned().collect();
        self.changed_brokers = image.brokers.keys().copied().collect();
        self.changed_controllers = image.controllers.keys().copied().collect();
        self.features_changed = true;
    }

    /// The image so far.
    pub fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// The new image.
    pub fn finish(&mut self, provenance: Provenance) -> ClusterImage {
        self.image.provenance = provenance;
        self.image.clone()
    }

    /// Whether nothing changed that anybody acts on.
    pub fn is_empty(&self) -> bool {
        self.created_topics.is_empty()
            && self.deleted_topics.is_empty()
            && self.changed_partitions.is_empty()
            && self.changed_configs.is_empty()
            && self.changed_brokers.is_empty()
            && self.changed_controllers.is_empty()
            && !self.features_changed
    }

    /// Applies a record. Transaction records are the loader's business and change nothing here.
    pub fn replay(&mut self, record: &MetadataRecord) -> Result<(), ReplayError> {
        match record {
            MetadataRecord::RegisterBroker(record) => {
                self.put_broker(BrokerRegistration::from_record(record));
                Ok(())
            }
            MetadataRecord::UnregisterBroker(record) => {
                let id = BrokerId::new(record.broker_id);
                Arc::make_mut(&mut self.image.brokers).remove(&id);
                self.changed_brokers.insert(id);
                Ok(())
            }
            MetadataRecord::FenceBroker(record) => {
                let mut broker = self.broker(record.id, record.epoch)?;
                broker.fenced = true;
                self.put_broker(broker);
                Ok(())
            }
            MetadataRecord::UnfenceBroker(record) => {
                let mut broker = self.broker(record.id, record.epoch)?;
                broker.fenced = false;
                self.put_broker(broker);
                Ok(())
            }
            MetadataRecord::BrokerRegistrationChange(record) => self.change_broker(record),
            MetadataRecord::RegisterController(record) => {
                let id = BrokerId::new(record.controller_id);
                Arc::make_mut(&mut self.image.controllers).insert(id, Arc::new(record.clone()));
                self.changed_controllers.insert(id);
                Ok(())
            }
            MetadataRecord::Topic(record) => {
                self.create_topic(record);
                Ok(())
            }
            MetadataRecord::Partition(record) => self.put_partition(
                TopicId::new(record.topic_id),
                PartitionIndex::new(record.partition_id),
                PartitionRegistration::from_record(record),
            ),
            MetadataRecord::PartitionChange(record) => self.change_partition(record),
            MetadataRecord::RemoveTopic(record) => self.remove_topic(record.topic_id),
            MetadataRecord::ClearElr(record) => self.clear_elr(record),
            MetadataRecord::Config(record) => {
                self.set_config(record);
                Ok(())
            }
            MetadataRecord::FeatureLevel(record) => self.set_feature(record),
            MetadataRecord::ClientQuota(record) => {
                self.set_quota(record);
                Ok(())
            }
            MetadataRecord::ProducerIds(record) => {
                self.image.next_producer_id = record.next_producer_id;
                Ok(())
            }
            MetadataRecord::AccessControlEntry(record) => {
                Arc::make_mut(&mut self.image.acls).insert(record.id, record.clone());
                Ok(())
            }
            MetadataRecord::RemoveAccessControlEntry(record) => {
                Arc::make_mut(&mut self.image.acls).remove(&record.id);
                Ok(())
            }
            MetadataRecord::UserScramCredential(record) => {
                let key = (record.mechanism, record.name.to_string());
                Arc::make_mut(&mut self.image.scram).insert(key, record.clone());
                Ok(())
            }
            MetadataRecord::RemoveUserScramCredential(record) => {
                let key = (record.mechanism, record.name.to_string());
                Arc::make_mut(&mut self.image.scram).remove(&key);
                Ok(())
            }
            MetadataRecord::DelegationToken(record) => {
                let key = record.token_id.to_string();
                Arc::make_mut(&mut self.image.delegation_tokens).insert(key, record.clone());
                Ok(())
            }
            MetadataRecord::RemoveDelegationToken(record) => {
                let tokens = Arc::make_mut(&mut self.image.delegation_tokens);
                tokens.remove(&record.token_id.to_string());
                Ok(())
            }
            MetadataRecord::NoOp(_)
            | MetadataRecord::ZkMigrationState(_)
            | MetadataRecord::BeginTransaction(_)
            | MetadataRecord::EndTransaction(_)
            | MetadataRecord::AbortTransaction(_) => Ok(()),
        }
    }

    fn broker(&self, id: i32, epoch: i64) -> Result<BrokerRegistration, ReplayError> {
        self.image
            .brokers
            .get(&BrokerId::new(id))
            .filter(|broker| broker.epoch == BrokerEpoch::new(epoch))
            .map(|broker| (**broker).clone())
            .ok_or(ReplayError::UnknownBroker { broker: id, epoch })
    }

    fn put_broker(&mut self, broker: BrokerRegistration) {
        self.changed_brokers.insert(broker.id);
        Arc::make_mut(&mut self.image.brokers).insert(broker.id, Arc::new(broker));
    }

    fn change_broker(
        &mut self,
        record: &wire::BrokerRegistrationChangeRecord,
    ) -> Result<(), ReplayError> {
        let mut broker = self.broker(record.broker_id, record.broker_epoch)?;
        // 1 sets, −1 unsets, 0 leaves.
        broker.fenced = changed(broker.fenced, record.fenced);
        broker.in_controlled_shutdown =
            changed(broker.in_controlled_shutdown, record.in_controlled_shutdown);
        if !record.log_dirs.is_empty() {
            broker.directories = record.log_dirs.iter().copied().map(DirectoryId::new).collect();
            broker.directories.sort();
        }
        if let Some(cordoned) = &record.cordoned_log_dirs {
            let cordoned = cordoned.iter().copied().map(DirectoryId::new).collect();
            broker.cordoned_directories = Some(cordoned);
        }
        self.put_broker(broker);
        Ok(())
    }

    fn create_topic(&mut self, record: &wire::TopicRecord) {
        let (name, id) = (TopicName::new(&*record.name), TopicId::new(record.topic_id));
        let topic = TopicImage { name: name.clone(), id, partitions: Arc::default() };
        Arc::make_mut(&mut self.image.topics).insert(id, Arc::new(topic));
        Arc::make_mut(&mut self.image.topic_ids).insert(name, id);
        self.created_topics.insert(id);
    }

    fn put_partition(
        &mut self,
        topic_id: TopicId,
        partition: PartitionIndex,
        registration: PartitionRegistration,
    ) -> Result<(), ReplayError> {
        let topic = Arc::make_mut(&mut self.image.topics)
            .get_mut(&topic_id)
            .ok_or(ReplayError::UnknownTopicId { topic_id: topic_id.uuid() })?;
        Arc::make_mut(&mut Arc::make_mut(topic).partitions)
            .insert(partition, Arc::new(registration));
        self.changed_partitions.insert(TopicIdPartition { topic_id, partition });
        Ok(())
    }

    fn change_partition(
        &mut self,
        record: &wire::PartitionChangeRecord,
    ) -> Result<(), ReplayError> {
        let id = TopicIdPartition {
            topic_id: TopicId::new(record.topic_id),
            partition: PartitionIndex::new(record.partition_id),
        };
        let before = self.image.partition(id).ok_or(ReplayError::UnknownPartition {
            topic_id: record.topic_id,
            partition: record.partition_id,
        })?;
        let after = before.changed(record);
        self.put_partition(id.topic_id, id.partition, after)
    }

    fn remove_topic(&mut self, topic_id: Uuid) -> Result<(), ReplayError> {
        let id = TopicId::new(topic_id);
        let topic = Arc::make_mut(&mut self.image.topics)
            .remove(&id)
            .ok_or(ReplayError::UnknownTopicId { topic_id })?;
        let names = Arc::make_mut(&mut self.image.topic_ids);
        if names.get(&topic.name) == Some(&id) {
            names.remove(&topic.name);
        }
        self.changed_partitions.retain(|partition| partition.topic_id != id);
        if !self.created_topics.remove(&id) {
            self.deleted_topics.insert(id, topic.name.clone());
        }
        let resource = ConfigResource::topic(topic.name.as_str());
        if Arc::make_mut(&mut self.image.configs).remove(&resource).is_some() {
            self.changed_configs.insert(resource);
        }
        Ok(())
    }

    fn clear_elr(&mut self, record: &wire::ClearElrRecord) -> Result<(), ReplayError> {
        let topics: Vec<TopicId> = if record.topic_name.is_empty() {
            self.image.topics.keys().copied().collect()
        } else {
            let id = self.image.topic_ids.get(&*record.topic_name);
            let unknown = || ReplayError::UnknownTopic { topic: record.topic_name.to_string() };
            vec![*id.ok_or_else(unknown)?]
        };
        for topic_id in topics {
            let Some(topic) = self.image.topics.get(&topic_id).cloned() else { continue };
            for (index, partition) in topic.partitions.iter() {
                if !partition.elr.is_empty() || !partition.last_known_elr.is_empty() {
                    self.put_partition(topic_id, *index, partition.without_elr())?;
                }
            }
        }
        Ok(())
    }

    fn set_config(&mut self, record: &wire::ConfigRecord) {
        let resource = ConfigResource::new(
            ConfigResourceType::from_id(record.resource_type),
            record.resource_name.to_string(),
        );
        let configs = Arc::make_mut(&mut self.image.configs);
        let entries = Arc::make_mut(configs.entry(resource.clone()).or_default());
        match &record.value {
            Some(value) => {
                entries.insert(record.name.to_string(), value.to_string());
            }
            None => {
                entries.remove(&*record.name);
            }
        }
        if entries.is_empty() {
            configs.remove(&resource);
        }
        self.changed_configs.insert(resource);
    }

    fn set_feature(&mut self, record: &wire::FeatureLevelRecord) -> Result<(), ReplayError> {
        let level = record.feature_level;
        let features = Arc::make_mut(&mut self.image.features);
        match &*record.name {
            MetadataVersion::FEATURE_NAME => {
                let version = MetadataVersion::from_level(level).map_err(|error| {
                    ReplayError::MetadataVersion { level, reason: error.to_string() }
                })?;
                features.metadata_version = Some(version);
            }
            // Its level stands in control records; some releases wrote it here by mistake.
            Feature::KRAFT_VERSION => return Ok(()),
            name if level == 0 => {
                features.finalized.remove(name);
            }
            name => {
                features.finalized.insert(name.to_owned(), level);
            }
        }
        self.features_changed = true;
        Ok(())
    }

    fn set_quota(&mut self, record: &wire::ClientQuotaRecord) {
        let entity = QuotaEntity::from_record(&record.entity);
        let quotas = Arc::make_mut(&mut self.image.client_quotas);
        if record.remove {
            if let Some(known) = quotas.get_mut(&entity) {
                known.remove(&*record.key);
                if known.is_empty() {
                    quotas.remove(&entity);
                }
            }
        } else {
            quotas.entry(entity).or_default().insert(record.key.to_string(), record.value);
        }
    }
}

const fn changed(before: bool, change: i8) -> bool {
    match change {
        1 => true,
        -1 => false,
        _ => before,
    }
}
