//! The cluster: brokers, log directories, features, the quorum, producers.

use super::{Admin, ApiResult, by_topic, check};
use crate::error::{ApiError, ClientError};
use futures_util::future::join_all;
use keld_types::{BrokerId, TopicPartition};
use keld_wire::messages::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic,
};
use keld_wire::messages::describe_log_dirs_request::DescribableLogDirTopic;
use keld_wire::messages::describe_log_dirs_response::DescribeLogDirsResult;
use keld_wire::messages::describe_producers_request::TopicRequest;
use keld_wire::messages::describe_producers_response::PartitionResponse;
use keld_wire::messages::describe_quorum_request::{PartitionData, TopicData};
use keld_wire::messages::update_features_request::FeatureUpdateKey;
use keld_wire::messages::{
    AlterReplicaLogDirsRequest, ApiVersionsResponse, DescribeClusterRequest,
    DescribeClusterResponse, DescribeLogDirsRequest, DescribeProducersRequest,
    DescribeQuorumRequest, DescribeQuorumResponse, UnregisterBrokerRequest, UpdateFeaturesRequest,
};
use keld_wire::{Message, Str};
use std::collections::BTreeMap;

/// DescribeCluster's endpoint type of controllers (KIP-919).
const ENDPOINT_CONTROLLER: i8 = 2;

/// A change of a feature's finalized level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeatureUpdate {
    /// The feature, such as `metadata.version`.
    pub feature: String,
    /// The level it shall have; 0 removes it.
    pub level: i16,
    /// 1 upgrade, 2 safe downgrade, 3 unsafe downgrade.
    pub upgrade_type: i8,
}

impl Admin {
    /// Describes the cluster: id, controller, brokers, with `fenced` also fenced ones.
    pub async fn describe_cluster(
        &self,
        fenced: bool,
    ) -> Result<DescribeClusterResponse, ClientError> {
        let request = DescribeClusterRequest {
            include_fenced_brokers: fenced,
            ..DescribeClusterRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("DescribeCluster", response.error_code, response.error_message.as_ref())?;
        Ok(response)
    }

    /// Describes the controllers, where the bootstrap addresses are those of controllers.
    pub async fn describe_controllers(&self) -> Result<DescribeClusterResponse, ClientError> {
        let request = DescribeClusterRequest {
            endpoint_type: ENDPOINT_CONTROLLER,
            ..DescribeClusterRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("DescribeCluster", response.error_code, response.error_message.as_ref())?;
        Ok(response)
    }

    /// Describes the log directories of brokers (all when empty), of these partitions or of all.
    pub async fn describe_log_dirs(
        &self,
        brokers: &[BrokerId],
        partitions: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<BrokerId, Vec<DescribeLogDirsResult>>, ClientError> {
        self.client.refresh_topics([], false).await?;
        let brokers = if brokers.is_empty() {
            self.client.metadata().brokers.keys().copied().collect()
        } else {
            brokers.to_vec()
        };
        let request = DescribeLogDirsRequest {
            topics: partitions.map(|partitions| {
                by_topic(partitions)
                    .into_iter()
                    .map(|(topic, partitions)| DescribableLogDirTopic {
                        topic: Str::from(topic),
                        partitions,
                        ..DescribableLogDirTopic::default()
                    })
                    .collect()
            }),
            ..DescribeLogDirsRequest::default()
        };
        let calls = brokers.into_iter().map(|broker| {
            let request = request.clone();
            async move {
                let response = self.call_any_or_broker(Some(broker), request).await?;
                check(&format!("log directories of broker {broker}"), response.error_code, None)?;
                Ok((broker, response.results))
            }
        });
        join_all(calls).await.into_iter().collect()
    }

    /// Moves replicas of one broker to other log directories of it.
    pub async fn alter_replica_log_dirs(
        &self,
        broker: BrokerId,
        moves: &BTreeMap<String, Vec<TopicPartition>>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<()>>, ClientError> {
        let request = AlterReplicaLogDirsRequest {
            dirs: moves
                .iter()
                .map(|(path, partitions)| AlterReplicaLogDir {
                    path: Str::from(path),
                    topics: by_topic(partitions)
                        .into_iter()
                        .map(|(name, partitions)| AlterReplicaLogDirTopic {
                            name: Str::from(name),
                            partitions,
                            ..AlterReplicaLogDirTopic::default()
                        })
                        .collect(),
                    ..AlterReplicaLogDir::default()
                })
                .collect(),
            ..AlterReplicaLogDirsRequest::default()
        };
        let response = self.call_any_or_broker(Some(broker), request).await?;
        let mut moved = BTreeMap::new();
        for topic in &response.results {
            for partition in &topic.partitions {
                let name = keld_types::TopicName::new(topic.topic_name.as_str());
                let index = keld_types::PartitionIndex::new(partition.partition_index);
                let result = ApiError::check(partition.error_code, None);
                moved.insert(TopicPartition::new(name, index), result);
            }
        }
        Ok(moved)
    }

    /// The supported and finalized features, and the API versions, of a broker (any if `None`).
    pub async fn describe_features(
        &self,
        broker: Option<BrokerId>,
    ) -> Result<ApiVersionsResponse, ClientError> {
        self.client.api_versions(broker).await
    }

    /// Changes finalized levels of features, or with `validate_only` says whether it would.
    pub async fn update_features(
        &self,
        updates: &[FeatureUpdate],
        validate_only: bool,
    ) -> Result<BTreeMap<String, ApiResult<()>>, ClientError> {
        let request = UpdateFeaturesRequest {
            timeout_ms: self.timeout_ms(),
            feature_updates: updates
                .iter()
                .map(|update| FeatureUpdateKey {
                    feature: Str::from(&update.feature),
                    max_version_level: update.level,
                    upgrade_type: update.upgrade_type,
                    ..FeatureUpdateKey::default()
                })
                .collect(),
            validate_only,
            ..UpdateFeaturesRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("UpdateFeatures", response.error_code, response.error_message.as_ref())?;
        // From version 2 there is one answer for all.
        let mut updated: BTreeMap<String, ApiResult<()>> =
            updates.iter().map(|update| (update.feature.clone(), Ok(()))).collect();
        for result in &response.results {
            let message = result.error_message.as_deref();
            updated.insert(result.feature.to_string(), ApiError::check(result.error_code, message));
        }
        Ok(updated)
    }

    /// The state of the metadata quorum.
    pub async fn describe_quorum(&self) -> Result<DescribeQuorumResponse, ClientError> {
        let request = DescribeQuorumRequest {
            topics: vec![TopicData {
                topic_name: Str::from_static("__cluster_metadata"),
                partitions: vec![PartitionData::default()],
                ..TopicData::default()
            }],
            ..DescribeQuorumRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("DescribeQuorum", response.error_code, response.error_message.as_ref())?;
        for partition in response.topics.iter().flat_map(|topic| &topic.partitions) {
            check("DescribeQuorum", partition.error_code, partition.error_message.as_ref())?;
        }
        Ok(response)
    }

    /// Forgets a broker that will not come back.
    pub async fn unregister_broker(&self, broker: BrokerId) -> Result<(), ClientError> {
        let request = UnregisterBrokerRequest {
            broker_id: broker.get(),
            ..UnregisterBrokerRequest::default()
        };
        let response = self.client.call_any(request).await?;
        let what = format!("unregistering broker {broker}");
        check(&what, response.error_code, response.error_message.as_ref())
    }

    /// The active producers of a partition, as its leader knows them.
    pub async fn describe_producers(
        &self,
        partition: &TopicPartition,
    ) -> Result<PartitionResponse, ClientError> {
        let topic = TopicRequest {
            name: Str::from(partition.topic.as_str()),
            partition_indexes: vec![partition.partition.get()],
            ..TopicRequest::default()
        };
        let request =
            DescribeProducersRequest { topics: vec![topic], ..DescribeProducersRequest::default() };
        let what = format!("producers of {partition}");
        self.client
            .retrying(&what, || async {
                self.client.refresh_topics([partition.topic.clone()], false).await?;
                let found = self.client.partition(&partition.topic, partition.partition);
                let leader =
                    found.and_then(|found| found.leader).ok_or_else(|| ClientError::Topic {
                        topic: partition.topic.clone(),
                        reason: format!("has no partition {} with a leader", partition.partition),
                    })?;
                let timeout = self.client.config().request_timeout;
                let version = DescribeProducersRequest::LATEST_STABLE_VERSION;
                let response =
                    self.client.call_broker(leader, request.clone(), version, timeout).await?;
                let found = response.topics.into_iter().flat_map(|topic| topic.partitions).next();
                let found = found.unwrap_or_default();
                check(&what, found.error_code, found.error_message.as_ref())?;
                Ok(found)
            })
            .await
    }
}
