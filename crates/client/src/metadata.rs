//! What the client knows of the cluster, from Metadata answers.

use crate::error::ApiError;
use keld_env::Address;
use keld_types::{BrokerId, LeaderEpoch, PartitionIndex, TopicId, TopicName};
use keld_wire::messages::MetadataResponse;
use keld_wire::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use std::collections::BTreeMap;

/// A broker and where it listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerMetadata {
    /// `node.id`.
    pub id: BrokerId,
    /// The address it advertises on the listener that was asked.
    pub address: Address,
    /// `broker.rack`.
    pub rack: Option<String>,
}

/// A partition and who has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionMetadata {
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
    /// Replicas that are not there.
    pub offline: Vec<BrokerId>,
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicMetadata {
    /// Its name.
    pub name: TopicName,
    /// Its id; zero from brokers that do not send it.
    pub id: TopicId,
    /// Whether it is one of the brokers' own.
    pub is_internal: bool,
    /// Its partitions by number.
    pub partitions: Vec<PartitionMetadata>,
}

/// The cluster at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClusterMetadata {
    /// The cluster's id.
    pub cluster_id: Option<String>,
    /// A broker that takes requests for the controller.
    pub controller: Option<BrokerId>,
    /// The living brokers.
    pub brokers: BTreeMap<BrokerId, BrokerMetadata>,
    /// The topics asked for so far.
    pub topics: BTreeMap<TopicName, TopicMetadata>,
    /// Topics asked for that the broker refused, and why.
    pub refused: BTreeMap<TopicName, ApiError>,
}

impl ClusterMetadata {
    /// A partition of a known topic.
    pub fn partition(
        &self,
        topic: &TopicName,
        partition: PartitionIndex,
    ) -> Option<&PartitionMetadata> {
        self.topics.get(topic)?.partitions.iter().find(|p| p.index == partition)
    }

    /// Takes in an answer; topics it does not speak of are kept unless it speaks of all.
    pub(crate) fn merge(&mut self, response: &MetadataResponse, is_all_topics: bool) {
        self.cluster_id = response.cluster_id.as_ref().map(String::from);
        self.controller = broker_id(response.controller_id);
        self.brokers = response
            .brokers
            .iter()
            .map(|broker| {
                let id = BrokerId::new(broker.node_id);
                let address = Address {
                    host: broker.host.to_string(),
                    port: u16::try_from(broker.port).unwrap_or(0),
                };
                let rack = broker.rack.as_ref().map(String::from);
                (id, BrokerMetadata { id, address, rack })
            })
            .collect();
        if is_all_topics {
            self.topics.clear();
            self.refused.clear();
        }
        for topic in &response.topics {
            let Some(name) = &topic.name else { continue };
            let name = TopicName::new(name.as_str());
            match ApiError::check(topic.error_code, None) {
                Ok(()) => {
                    self.refused.remove(&name);
                    self.topics.insert(name.clone(), topic_metadata(name, topic));
                }
                Err(error) => {
                    self.topics.remove(&name);
                    self.refused.insert(name, error);
                }
            }
        }
    }
}

fn topic_metadata(name: TopicName, topic: &MetadataResponseTopic) -> TopicMetadata {
    let mut partitions: Vec<_> = topic.partitions.iter().map(partition_metadata).collect();
    partitions.sort_by_key(|partition| partition.index);
    TopicMetadata {
        name,
        id: TopicId::new(topic.topic_id),
        is_internal: topic.is_internal,
        partitions,
    }
}

fn partition_metadata(partition: &MetadataResponsePartition) -> PartitionMetadata {
    PartitionMetadata {
        index: PartitionIndex::new(partition.partition_index),
        leader: broker_id(partition.leader_id),
        leader_epoch: LeaderEpoch::new(partition.leader_epoch),
        replicas: broker_ids(&partition.replica_nodes),
        isr: broker_ids(&partition.isr_nodes),
        offline: broker_ids(&partition.offline_replicas),
    }
}

/// An id from the wire, where −1 is none.
pub(crate) fn broker_id(id: i32) -> Option<BrokerId> {
    (id >= 0).then(|| BrokerId::new(id))
}

/// Ids from the wire.
pub(crate) fn broker_ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().map(|id| BrokerId::new(*id)).collect()
}
