//! Topics and partitions.

use super::{Admin, ApiResult, text};
use crate::error::{ApiError, ClientError};
use crate::metadata::{broker_id, broker_ids};
use keld_types::{BrokerId, LeaderEpoch, PartitionIndex, TopicId, TopicName};
use keld_wire::Str;
use keld_wire::messages::create_partitions_request::{
    CreatePartitionsAssignment, CreatePartitionsTopic,
};
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::describe_topic_partitions_request::{Cursor, TopicRequest};
use keld_wire::messages::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest,
    DescribeTopicPartitionsRequest,
};
use std::collections::BTreeMap;

/// A topic to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTopic {
    /// Its name.
    pub name: TopicName,
    /// How many partitions; `None` for the broker's `num.partitions`.
    pub partitions: Option<i32>,
    /// How many replicas; `None` for the broker's `default.replication.factor`.
    pub replication_factor: Option<i16>,
    /// Replicas of each partition; instead of the two numbers.
    pub assignments: BTreeMap<PartitionIndex, Vec<BrokerId>>,
    /// Settings that differ from the broker's defaults.
    pub configs: BTreeMap<String, String>,
}

impl NewTopic {
    /// A topic with the broker's defaults.
    pub fn new(name: TopicName) -> Self {
        Self {
            name,
            partitions: None,
            replication_factor: None,
            assignments: BTreeMap::new(),
            configs: BTreeMap::new(),
        }
    }

    /// The same with a number of partitions.
    #[must_use]
    pub fn with_partitions(mut self, partitions: i32) -> Self {
        self.partitions = Some(partitions);
        self
    }

    /// The same with a setting.
    #[must_use]
    pub fn with_config(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.configs.insert(name.into(), value.into());
        self
    }
}

/// A topic that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatedTopic {
    /// Its id; zero from old brokers.
    pub id: TopicId,
    /// Its partitions; −1 from old brokers.
    pub partitions: i32,
    /// Its replicas; −1 from old brokers.
    pub replication_factor: i16,
}

/// A topic in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicListing {
    /// Its name.
    pub name: TopicName,
    /// Its id.
    pub id: TopicId,
    /// Whether it is one of the brokers' own.
    pub is_internal: bool,
    /// How many partitions it has.
    pub partitions: usize,
}

/// A topic with its partitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicDescription {
    /// Its name.
    pub name: TopicName,
    /// Its id.
    pub id: TopicId,
    /// Whether it is one of the brokers' own.
    pub is_internal: bool,
    /// Its partitions by number.
    pub partitions: Vec<PartitionDescription>,
}

/// A partition and its replicas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionDescription {
    /// Its number.
    pub index: PartitionIndex,
    /// Its leader; `None` while there is none.
    pub leader: Option<BrokerId>,
    /// The leader's epoch.
    pub leader_epoch: LeaderEpoch,
    /// All replicas.
    pub replicas: Vec<BrokerId>,
    /// The in-sync replicas.
    pub isr: Vec<BrokerId>,
    /// Replicas that may lead although not in sync; `None` from brokers without them (KIP-966).
    pub eligible_leader_replicas: Option<Vec<BrokerId>>,
    /// The last that were eligible; `None` from brokers without them (KIP-966).
    pub last_known_eligible: Option<Vec<BrokerId>>,
    /// Replicas that are not there.
    pub offline: Vec<BrokerId>,
}

/// Partitions asked for in one DescribeTopicPartitions request.
const DESCRIBE_PARTITIONS_MAX: i32 = 2_000;

impl Admin {
    /// Makes topics, or with `validate_only` says whether it would.
    pub async fn create_topics(
        &self,
        topics: &[NewTopic],
        validate_only: bool,
    ) -> Result<BTreeMap<TopicName, ApiResult<CreatedTopic>>, ClientError> {
        let request = CreateTopicsRequest {
            topics: topics.iter().map(creatable).collect(),
            timeout_ms: self.timeout_ms(),
            validate_only,
            ..CreateTopicsRequest::default()
        };
        let response = self.client.call_any(request).await?;
        Ok(response
            .topics
            .iter()
            .map(|topic| {
                let made =
                    ApiError::check(topic.error_code, topic.error_message.as_deref()).map(|()| {
                        CreatedTopic {
                            id: TopicId::new(topic.topic_id),
                            partitions: topic.num_partitions,
                            replication_factor: topic.replication_factor,
                        }
                    });
                (TopicName::new(topic.name.as_str()), made)
            })
            .collect())
    }

    /// Deletes topics by name.
    pub async fn delete_topics(
        &self,
        names: &[TopicName],
    ) -> Result<BTreeMap<TopicName, ApiResult<()>>, ClientError> {
        let by_state = DeleteTopicsRequest {
            topics: names
                .iter()
                .map(|name| DeleteTopicState {
                    name: Some(Str::from(name.as_str())),
                    ..DeleteTopicState::default()
                })
                .collect(),
            timeout_ms: self.timeout_ms(),
            ..DeleteTopicsRequest::default()
        };
        let response = self.client.call_any(by_state).await?;
        Ok(response
            .responses
            .iter()
            .filter_map(|topic| {
                let name = TopicName::new(topic.name.as_ref()?.as_str());
                Some((name, ApiError::check(topic.error_code, topic.error_message.as_deref())))
            })
            .collect())
    }

    /// Raises a topic's number of partitions to `total`; `assignments` may say where the new ones
    /// go.
    pub async fn create_partitions(
        &self,
        topic: &TopicName,
        total: i32,
        assignments: Option<&[Vec<BrokerId>]>,
        validate_only: bool,
    ) -> Result<ApiResult<()>, ClientError> {
        let request = CreatePartitionsRequest {
            topics: vec![CreatePartitionsTopic {
                name: Str::from(topic.as_str()),
                count: total,
                assignments: assignments.map(|assignments| {
                    assignments
                        .iter()
                        .map(|brokers| CreatePartitionsAssignment {
                            broker_ids: brokers.iter().map(|id| id.get()).collect(),
                            ..CreatePartitionsAssignment::default()
                        })
                        .collect()
                }),
                ..CreatePartitionsTopic::default()
            }],
            timeout_ms: self.timeout_ms(),
            validate_only,
            ..CreatePartitionsRequest::default()
        };
        let response = self.client.call_any(request).await?;
        let result = response.results.first().ok_or_else(|| ClientError::Topic {
            topic: topic.clone(),
            reason: "is missing from the broker's answer".to_owned(),
        })?;
        Ok(ApiError::check(result.error_code, text(result.error_message.as_ref()).as_deref()))
    }

    /// Lists topics by name.
    pub async fn list_topics(&self, internal: bool) -> Result<Vec<TopicListing>, ClientError> {
        let metadata = self.client.refresh_all().await?;
        Ok(metadata
            .topics
            .values()
            .filter(|topic| internal || !topic.is_internal)
            .map(|topic| TopicListing {
                name: topic.name.clone(),
                id: topic.id,
                is_internal: topic.is_internal,
                partitions: topic.partitions.len(),
            })
            .collect())
    }

    /// Describes topics; brokers without DescribeTopicPartitions are asked for metadata.
    pub async fn describe_topics(
        &self,
        names: &[TopicName],
    ) -> Result<BTreeMap<TopicName, ApiResult<TopicDescription>>, ClientError> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        match self.describe_by_partitions(names).await {
            Err(ClientError::Unsupported { .. }) => self.describe_by_metadata(names).await,
            described => described,
        }
    }

    async fn describe_by_partitions(
        &self,
        names: &[TopicName],
    ) -> Result<BTreeMap<TopicName, ApiResult<TopicDescription>>, ClientError> {
        let mut described: BTreeMap<TopicName, ApiResult<TopicDescription>> = BTreeMap::new();
        let mut names: Vec<&str> = names.iter().map(TopicName::as_str).collect();
        names.sort_unstable();
        let mut cursor: Option<Cursor> = None;
        loop {
            let from = cursor.as_ref().map_or("", |cursor| cursor.topic_name.as_str()).to_owned();
            let request = DescribeTopicPartitionsRequest {
                topics: names
                    .iter()
                    .filter(|name| **name >= from.as_str())
                    .map(|name| TopicRequest { name: Str::from(*name), ..TopicRequest::default() })
                    .collect(),
                response_partition_limit: DESCRIBE_PARTITIONS_MAX,
                cursor: cursor.take(),
                ..DescribeTopicPartitionsRequest::default()
            };
            let response = self.client.call_any(request).await?;
            for topic in &response.topics {
                let Some(name) = topic.name.as_ref().map(|name| TopicName::new(name.as_str()))
                else {
                    continue;
                };
                if let Err(error) = ApiError::check(topic.error_code, None) {
                    described.insert(name, Err(error));
                    continue;
                }
                let entry = described.entry(name.clone()).or_insert_with(|| {
                    Ok(TopicDescription {
                        name,
                        id: TopicId::new(topic.topic_id),
                        is_internal: topic.is_internal,
                        partitions: Vec::new(),
                    })
                });
                let Ok(entry) = entry else { continue };
                entry.partitions.extend(topic.partitions.iter().map(|partition| {
                    PartitionDescription {
                        index: PartitionIndex::new(partition.partition_index),
                        leader: broker_id(partition.leader_id),
                        leader_epoch: LeaderEpoch::new(partition.leader_epoch),
                        replicas: broker_ids(&partition.replica_nodes),
                        isr: broker_ids(&partition.isr_nodes),
                        eligible_leader_replicas: partition
                            .eligible_leader_replicas
                            .as_deref()
                            .map(broker_ids),
                        last_known_eligible: partition.last_known_elr.as_deref().map(broker_ids),
                        offline: broker_ids(&partition.offline_replicas),
                    }
                }));
            }
            match response.next_cursor {
                Some(next) if next.topic_name.as_str() >= from.as_str() => {
                    cursor = Some(Cursor {
                        topic_name: next.topic_name,
                        partition_index: next.partition_index,
                        ..Cursor::default()
                    });
                }
                // A cursor that goes back would never end.
                Some(_) | None => return Ok(described),
            }
        }
    }

    async fn describe_by_metadata(
        &self,
        names: &[TopicName],
    ) -> Result<BTreeMap<TopicName, ApiResult<TopicDescription>>, ClientError> {
        let metadata = self.client.refresh_topics(names.iter().cloned(), false).await?;
        let mut described = BTreeMap::new();
        for name in names {
            if let Some(error) = metadata.refused.get(name) {
                described.insert(name.clone(), Err(error.clone()));
            }
            let Some(topic) = metadata.topics.get(name) else { continue };
            let partitions = topic.partitions.iter().map(|partition| PartitionDescription {
                index: partition.index,
                leader: partition.leader,
                leader_epoch: partition.leader_epoch,
                replicas: partition.replicas.clone(),
                isr: partition.isr.clone(),
                eligible_leader_replicas: None,
                last_known_eligible: None,
                offline: partition.offline.clone(),
            });
            let description = TopicDescription {
                name: name.clone(),
                id: topic.id,
                is_internal: topic.is_internal,
                partitions: partitions.collect(),
            };
            described.insert(name.clone(), Ok(description));
        }
        Ok(described)
    }
}

fn creatable(topic: &NewTopic) -> CreatableTopic {
    let is_assigned = !topic.assignments.is_empty();
    CreatableTopic {
        name: Str::from(topic.name.as_str()),
        num_partitions: if is_assigned { -1 } else { topic.partitions.unwrap_or(-1) },
        replication_factor: if is_assigned { -1 } else { topic.replication_factor.unwrap_or(-1) },
        assignments: topic
            .assignments
            .iter()
            .map(|(partition, brokers)| CreatableReplicaAssignment {
                partition_index: partition.get(),
                broker_ids: brokers.iter().map(|id| id.get()).collect(),
                ..CreatableReplicaAssignment::default()
            })
            .collect(),
        configs: topic
            .configs
            .iter()
            .map(|(name, value)| CreatableTopicConfig {
                name: Str::from(name),
                value: Some(Str::from(value)),
                ..CreatableTopicConfig::default()
            })
            .collect(),
        ..CreatableTopic::default()
    }
}
