//! Where replicas are and who leads: reassignments and elections.

use super::{Admin, ApiResult, by_topic, check};
use crate::error::{ApiError, ClientError};
use crate::metadata::broker_ids;
use keld_types::{BrokerId, ErrorCode, PartitionIndex, TopicName, TopicPartition};
use keld_wire::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use keld_wire::messages::elect_leaders_request::TopicPartitions;
use keld_wire::messages::list_partition_reassignments_request::ListPartitionReassignmentsTopics;
use keld_wire::messages::{
    AlterPartitionReassignmentsRequest, ElectLeadersRequest, ListPartitionReassignmentsRequest,
};
use keld_wire::{Str, messages};
use std::collections::BTreeMap;

/// A reassignment that is under way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reassignment {
    /// All replicas, those that come and those that go included.
    pub replicas: Vec<BrokerId>,
    /// Those that come.
    pub adding: Vec<BrokerId>,
    /// Those that go.
    pub removing: Vec<BrokerId>,
}

impl Reassignment {
    /// The replicas there will be at its end.
    pub fn target(&self) -> Vec<BrokerId> {
        self.replicas.iter().copied().filter(|id| !self.removing.contains(id)).collect()
    }
}

/// Who may win an election.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Election {
    /// The first replica, if it is in sync.
    Preferred,
    /// Any living replica, though records may be lost, where there is no leader.
    Unclean,
}

impl Admin {
    /// Starts reassignments to the given replicas, or cancels those that are under way (`None`).
    pub async fn alter_reassignments(
        &self,
        targets: &BTreeMap<TopicPartition, Option<Vec<BrokerId>>>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<()>>, ClientError> {
        let mut topics: BTreeMap<&str, Vec<ReassignablePartition>> = BTreeMap::new();
        for (partition, replicas) in targets {
            let replicas = replicas.as_ref();
            topics.entry(partition.topic.as_str()).or_default().push(ReassignablePartition {
                partition_index: partition.partition.get(),
                replicas: replicas.map(|ids| ids.iter().map(|id| id.get()).collect()),
                ..ReassignablePartition::default()
            });
        }
        let request = AlterPartitionReassignmentsRequest {
            timeout_ms: self.timeout_ms(),
            topics: topics
                .into_iter()
                .map(|(name, partitions)| ReassignableTopic {
                    name: Str::from(name),
                    partitions,
                    ..ReassignableTopic::default()
                })
                .collect(),
            ..AlterPartitionReassignmentsRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("AlterPartitionReassignments", response.error_code, response.error_message.as_ref())?;
        let mut altered = BTreeMap::new();
        for topic in &response.responses {
            for partition in &topic.partitions {
                let message = partition.error_message.as_deref();
                let result = ApiError::check(partition.error_code, message);
                altered.insert(name(&topic.name, partition.partition_index), result);
            }
        }
        Ok(altered)
    }

    /// The reassignments under way: of these partitions, or all.
    pub async fn list_reassignments(
        &self,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<TopicPartition, Reassignment>, ClientError> {
        let request = ListPartitionReassignmentsRequest {
            timeout_ms: self.timeout_ms(),
            topics: partitions.map(|partitions| {
                by_topic(partitions)
                    .into_iter()
                    .map(|(name, partition_indexes)| ListPartitionReassignmentsTopics {
                        name: Str::from(name),
                        partition_indexes,
                        ..ListPartitionReassignmentsTopics::default()
                    })
                    .collect()
            }),
            ..ListPartitionReassignmentsRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("ListPartitionReassignments", response.error_code, response.error_message.as_ref())?;
        let mut listed = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let reassignment = Reassignment {
                    replicas: broker_ids(&partition.replicas),
                    adding: broker_ids(&partition.adding_replicas),
                    removing: broker_ids(&partition.removing_replicas),
                };
                listed.insert(name(&topic.name, partition.partition_index), reassignment);
            }
        }
        Ok(listed)
    }

    /// Elects leaders of these partitions, or of all. Where no election was needed the answer is
    /// the refusal ELECTION_NOT_NEEDED; when all are asked for, such partitions are left out.
    pub async fn elect_leaders(
        &self,
        election: Election,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<()>>, ClientError> {
        let request = ElectLeadersRequest {
            election_type: match election {
                Election::Preferred => 0,
                Election::Unclean => 1,
            },
            topic_partitions: partitions.map(|partitions| {
                by_topic(partitions)
                    .into_iter()
                    .map(|(topic, partitions)| TopicPartitions {
                        topic: Str::from(topic),
                        partitions,
                        ..TopicPartitions::default()
                    })
                    .collect()
            }),
            timeout_ms: self.timeout_ms(),
            ..ElectLeadersRequest::default()
        };
        let response: messages::ElectLeadersResponse = self.client.call_any(request).await?;
        check("ElectLeaders", response.error_code, None)?;
        let mut elected = BTreeMap::new();
        for topic in &response.replica_election_results {
            for partition in &topic.partition_result {
                let is_left_out =
                    partitions.is_none() && partition.error_code == ErrorCode::ELECTION_NOT_NEEDED;
                if !is_left_out {
                    let message = partition.error_message.as_deref();
                    let result = ApiError::check(partition.error_code, message);
                    elected.insert(name(&topic.topic, partition.partition_id), result);
                }
            }
        }
        Ok(elected)
    }
}

fn name(topic: &Str, partition: i32) -> TopicPartition {
    TopicPartition::new(TopicName::new(topic.as_str()), PartitionIndex::new(partition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_leaves_out_what_goes() {
        let reassignment = Reassignment {
            replicas: broker_ids(&[4, 1, 2]),
            adding: broker_ids(&[4]),
            removing: broker_ids(&[2]),
        };
        assert_eq!(reassignment.target(), broker_ids(&[4, 1]));
    }
}
