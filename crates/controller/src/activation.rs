//! The first decision of a leader, and producer ids.

use crate::api_error::ApiError;
use crate::command::{BrokerRef, Decision, ProducerIdBlock, Reply};
use crate::controller::Controller;
use keld_metadata::{
    ClusterImage, ConfigResourceType, Feature, MetadataRecord, MetadataVersion, VersionedRecord,
};
use keld_types::{ErrorCode, ProducerId};
use keld_wire::Str;
use keld_wire::metadata_records::{
    AbortTransactionRecord, BeginTransactionRecord, ConfigRecord, EndTransactionRecord,
    ProducerIdsRecord,
};

/// Kafka's block of producer ids.
const PRODUCER_ID_BLOCK: i32 = 1000;

/// The name of the cluster-wide floor of in-sync replicas.
pub(crate) const MIN_INSYNC_REPLICAS: &str = "min.insync.replicas";

impl Controller {
    pub(crate) fn activate(
        &self,
        image: &ClusterImage,
        bootstrap: Vec<VersionedRecord>,
        in_transaction: bool,
    ) -> Decision {
        let mut records = Vec::new();
        if in_transaction {
            let reason = Some(Str::from("Controller failover"));
            let record = AbortTransactionRecord { reason, ..AbortTransactionRecord::default() };
            records.push(MetadataRecord::from(record).at(0));
        }
        if image.features.metadata_version.is_none() {
            let with_transaction =
                bootstrap_version(&bootstrap).is_some_and(MetadataVersion::has_transactions);
            let with_elr = bootstrap.iter().any(|known| match &known.record {
                MetadataRecord::FeatureLevel(record) => {
                    &*record.name == Feature::ELR_VERSION && record.feature_level > 0
                }
                _ => false,
            });
            if with_transaction {
                let name = Some(Str::from("Bootstrap records"));
                let record = BeginTransactionRecord { name, ..BeginTransactionRecord::default() };
                records.push(MetadataRecord::from(record).at(0));
            }
            records.extend(bootstrap);
            if with_elr {
                records.push(self.cluster_min_isr_record());
            }
            if with_transaction {
                records.push(MetadataRecord::from(EndTransactionRecord::default()).at(0));
            }
        }
        Decision::new(records, Reply::Done)
    }

    /// With ELR the floor of in-sync replicas must be one for the whole cluster.
    pub(crate) fn cluster_min_isr_record(&self) -> VersionedRecord {
        let floor = self
            .layers
            .node_config()
            .map_or(1, |config| config.topic_defaults.min_insync_replicas)
            .to_string();
        let record = ConfigRecord {
            resource_type: ConfigResourceType::Broker.id(),
            resource_name: Str::default(),
            name: Str::from(MIN_INSYNC_REPLICAS),
            value: Some(Str::from(floor)),
            ..ConfigRecord::default()
        };
        MetadataRecord::from(record).at(0)
    }

    pub(crate) fn allocate_producer_ids(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
    ) -> Result<(Vec<VersionedRecord>, ProducerIdBlock), ApiError> {
        Self::registered(image, broker)?;
        let first = image.next_producer_id.max(0);
        let next = first.checked_add(i64::from(PRODUCER_ID_BLOCK)).ok_or_else(|| {
            ApiError::new(
                ErrorCode::UNKNOWN_SERVER_ERROR,
                "Exhausted all producerIds as the next block's end producerId has exceeded the \
                 int64 type limit",
            )
        })?;
        let record = ProducerIdsRecord {
            broker_id: broker.id.get(),
            broker_epoch: broker.epoch.get(),
            next_producer_id: next,
            ..ProducerIdsRecord::default()
        };
        let block = ProducerIdBlock { first: ProducerId::new(first), count: PRODUCER_ID_BLOCK };
        Ok((vec![MetadataRecord::from(record).at(0)], block))
    }
}

fn bootstrap_version(records: &[VersionedRecord]) -> Option<MetadataVersion> {
    records.iter().rev().find_map(|known| match &known.record {
        MetadataRecord::FeatureLevel(record) if &*record.name == MetadataVersion::FEATURE_NAME => {
            MetadataVersion::from_level(record.feature_level).ok()
        }
        _ => None,
    })
}
