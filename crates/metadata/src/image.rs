//! The state of the cluster at one point of the metadata log.

use crate::broker::BrokerRegistration;
use crate::config_resource::ConfigResource;
use crate::feature::{Feature, FeatureLevel};
use crate::metadata_version::MetadataVersion;
use crate::quota::QuotaEntity;
use crate::record::{MetadataRecord, VersionedRecord};
use crate::topic::{PartitionRegistration, TopicImage};
use keld_types::{
    BrokerId, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicIdPartition, TopicName, Uuid,
};
use keld_wire::Str;
use keld_wire::metadata_records::{
    AccessControlEntryRecord, ClientQuotaRecord, ConfigRecord, DelegationTokenRecord,
    FeatureLevelRecord, ProducerIdsRecord, RegisterControllerRecord, TopicRecord,
    UserScramCredentialRecord,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The last record an image contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Provenance {
    /// Its offset; −1 when there is none.
    pub offset: Offset,
    /// Its epoch.
    pub epoch: LeaderEpoch,
    /// When its batch was written, in milliseconds since 1970.
    pub timestamp_ms: i64,
}

impl Provenance {
    /// Of the empty image.
    pub const EMPTY: Self =
        Self { offset: Offset::NONE, epoch: LeaderEpoch::NONE, timestamp_ms: -1 };
}

/// Finalized features.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeaturesImage {
    /// `metadata.version`; `None` before the first record.
    pub metadata_version: Option<MetadataVersion>,
    /// Every other finalized feature, never at level 0.
    pub finalized: BTreeMap<String, FeatureLevel>,
}

impl FeaturesImage {
    /// The version to write records in; the oldest until one is known.
    pub fn metadata_version(&self) -> MetadataVersion {
        self.metadata_version.unwrap_or(MetadataVersion::MINIMUM)
    }

    /// A feature's level; 0 when it is not finalized.
    pub fn level(&self, name: &str) -> FeatureLevel {
        if name == MetadataVersion::FEATURE_NAME {
            return self.metadata_version.map_or(0, MetadataVersion::level);
        }
        self.finalized.get(name).copied().unwrap_or(0)
    }

    /// Whether partitions keep eligible leader replicas (KIP-966).
    pub fn is_elr_enabled(&self) -> bool {
        self.level(Feature::ELR_VERSION) >= 1
    }
}

/// The configs of one resource that were set.
pub type ConfigMap = BTreeMap<String, String>;

/// The state after a prefix of the metadata log. Cloning costs a few reference counts.
///
/// Invariant: `topic_ids` has exactly the names of `topics`.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterImage {
    /// The last record it contains.
    pub provenance: Provenance,
    /// Finalized features.
    pub features: Arc<FeaturesImage>,
    /// Registered brokers.
    pub brokers: Arc<BTreeMap<BrokerId, Arc<BrokerRegistration>>>,
    /// Registered controllers.
    pub controllers: Arc<BTreeMap<BrokerId, Arc<RegisterControllerRecord>>>,
    /// Topics by id.
    pub topics: Arc<BTreeMap<TopicId, Arc<TopicImage>>>,
    /// Ids of topics by name.
    pub topic_ids: Arc<BTreeMap<TopicName, TopicId>>,
    /// Configs that were set; no resource without any.
    pub configs: Arc<BTreeMap<ConfigResource, Arc<ConfigMap>>>,
    /// Client quotas.
    pub client_quotas: Arc<BTreeMap<QuotaEntity, BTreeMap<String, f64>>>,
    /// The first producer id nobody was given; −1 before the first block.
    pub next_producer_id: i64,
    /// ACLs.
    pub acls: Arc<BTreeMap<Uuid, AccessControlEntryRecord>>,
    /// SCRAM credentials by mechanism and user.
    pub scram: Arc<BTreeMap<(i8, String), UserScramCredentialRecord>>,
    /// Delegation tokens by id.
    pub delegation_tokens: Arc<BTreeMap<String, DelegationTokenRecord>>,
}

impl Default for ClusterImage {
    fn default() -> Self {
        Self::empty()
    }
}

impl ClusterImage {
    /// Before the first record.
    pub fn empty() -> Self {
        Self {
            provenance: Provenance::EMPTY,
            features: Arc::default(),
            brokers: Arc::default(),
            controllers: Arc::default(),
            topics: Arc::default(),
            topic_ids: Arc::default(),
            configs: Arc::default(),
            client_quotas: Arc::default(),
            next_producer_id: -1,
            acls: Arc::default(),
            scram: Arc::default(),
            delegation_tokens: Arc::default(),
        }
    }

    /// A topic by name.
    pub fn topic(&self, name: &TopicName) -> Option<&Arc<TopicImage>> {
        self.topic_ids.get(name).and_then(|id| self.topics.get(id))
    }

    /// A topic by id.
    pub fn topic_by_id(&self, id: TopicId) -> Option<&Arc<TopicImage>> {
        self.topics.get(&id)
    }

    /// Topics in the order of their names.
    pub fn topics_by_name(&self) -> impl Iterator<Item = &Arc<TopicImage>> {
        self.topic_ids.values().filter_map(|id| self.topics.get(id))
    }

    /// A partition by topic id.
    pub fn partition(&self, id: TopicIdPartition) -> Option<&Arc<PartitionRegistration>> {
        self.topics.get(&id.topic_id).and_then(|topic| topic.partition(id.partition))
    }

    /// A partition by topic name.
    pub fn partition_of(
        &self,
        topic: &TopicName,
        partition: PartitionIndex,
    ) -> Option<&Arc<PartitionRegistration>> {
        self.topic(topic).and_then(|topic| topic.partition(partition))
    }

    /// A broker.
    pub fn broker(&self, id: BrokerId) -> Option<&Arc<BrokerRegistration>> {
        self.brokers.get(&id)
    }

    /// The configs set on a resource.
    pub fn config(&self, resource: &ConfigResource) -> Option<&Arc<ConfigMap>> {
        self.configs.get(resource)
    }

    /// The whole image as records, in the order in which Kafka writes a snapshot: the features
    /// first, so that a reader knows the versions of the rest.
    pub fn to_records(&self) -> Vec<VersionedRecord> {
        let version = self.features.metadata_version();
        let mut records = Vec::new();
        self.feature_records(&mut records);
        records.extend(self.brokers.values().map(|broker| broker.to_record(version)));
        if version.has_controller_registration() {
            let controllers = self.controllers.values();
            records.extend(controllers.map(|known| MetadataRecord::from((**known).clone()).at(0)));
        }
        self.topic_records(version, &mut records);
        self.config_records(&mut records);
        self.quota_records(&mut records);
        if self.next_producer_id >= 0 {
            let record = ProducerIdsRecord {
                broker_id: -1,
                broker_epoch: -1,
                next_producer_id: self.next_producer_id,
                ..ProducerIdsRecord::default()
            };
            records.push(MetadataRecord::from(record).at(0));
        }
        records.extend(self.acls.values().map(|acl| MetadataRecord::from(acl.clone()).at(0)));
        if version.has_scram() {
            let scram = self.scram.values();
            records.extend(scram.map(|known| MetadataRecord::from(known.clone()).at(0)));
        }
        if version.has_delegation_tokens() {
            let tokens = self.delegation_tokens.values();
            records.extend(tokens.map(|token| MetadataRecord::from(token.clone()).at(0)));
        }
        records
    }

    fn feature_records(&self, records: &mut Vec<VersionedRecord>) {
        let mut push = |name: &str, feature_level| {
            let record = FeatureLevelRecord {
                name: Str::from(name),
                feature_level,
                ..FeatureLevelRecord::default()
            };
            records.push(MetadataRecord::from(record).at(0));
        };
        if let Some(version) = self.features.metadata_version {
            push(MetadataVersion::FEATURE_NAME, version.level());
        }
        for (name, level) in &self.features.finalized {
            push(name, *level);
        }
    }

    fn topic_records(&self, version: MetadataVersion, records: &mut Vec<VersionedRecord>) {
        let elr_enabled = self.features.is_elr_enabled();
        for topic in self.topics.values() {
            let record = TopicRecord {
                name: Str::from(topic.name.as_str()),
                topic_id: topic.id.uuid(),
                ..TopicRecord::default()
            };
            records.push(MetadataRecord::from(record).at(0));
            for (index, partition) in topic.partitions.iter() {
                records.push(partition.to_record(topic.id, *index, version, elr_enabled));
            }
        }
    }

    fn config_records(&self, records: &mut Vec<VersionedRecord>) {
        for (resource, entries) in self.configs.iter() {
            for (name, value) in entries.iter() {
                let record = ConfigRecord {
                    resource_type: resource.resource_type.id(),
                    resource_name: Str::from(resource.name.as_str()),
                    name: Str::from(name.as_str()),
                    value: Some(Str::from(value.as_str())),
                    ..ConfigRecord::default()
                };
                records.push(MetadataRecord::from(record).at(0));
            }
        }
    }

    fn quota_records(&self, records: &mut Vec<VersionedRecord>) {
        for (entity, quotas) in self.client_quotas.iter() {
            for (key, value) in quotas {
                let record = ClientQuotaRecord {
                    entity: entity.to_record(),
                    key: Str::from(key.as_str()),
                    value: *value,
                    remove: false,
                    ..ClientQuotaRecord::default()
                };
                records.push(MetadataRecord::from(record).at(0));
            }
        }
    }
}
