//! ElectLeaders, and the elections that the controller makes from time to time.

use crate::api_error::ApiError;
use crate::brokers::{
    Found, Missing, change_rules, changed_partition, find_partition, topic_config, versioned,
};
use crate::controller::Controller;
use crate::partition_change::{Election, PartitionChange, Subject};
use keld_config::NodeConfig;
use keld_metadata::{ClusterImage, PartitionRegistration, VersionedRecord};
use keld_types::{BrokerId, ErrorCode};
use keld_wire::Str;
use keld_wire::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use keld_wire::messages::{ElectLeadersRequest, ElectLeadersResponse};

/// Kafka's bound on the records of one request.
const RECORDS_PER_REQUEST_MAX: usize = 10_000;

/// Kafka's bound on the elections of one round.
pub(crate) const ELECTIONS_PER_ROUND_MAX: usize = 1000;

/// What a client can ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Preferred,
    Unclean,
}

impl Controller {
    pub(crate) fn elect_leaders(
        &self,
        image: &ClusterImage,
        request: &ElectLeadersRequest,
    ) -> Result<(Vec<VersionedRecord>, ElectLeadersResponse), ApiError> {
        let asked = match request.election_type {
            0 => Asked::Preferred,
            1 => Asked::Unclean,
            other => {
                let why = format!("Unknown election type {other}");
                return Err(ApiError::new(ErrorCode::INVALID_REQUEST, why));
            }
        };
        let node = self.node_config(image)?;
        let mut records = Vec::new();
        let mut response = ElectLeadersResponse::default();
        match &request.topic_partitions {
            None => {
                for topic in image.topics_by_name() {
                    let mut results = Vec::new();
                    for (index, partition) in topic.partitions.iter() {
                        let subject = (&**topic, *index, &**partition);
                        let result = elect(image, &node, subject, asked, &mut records);
                        // Who asks for everything is not told of what needs nothing.
                        if !is_not_needed(&result) {
                            results.push(outcome_of(index.get(), result));
                        }
                    }
                    response.replica_election_results.push(ReplicaElectionResult {
                        topic: Str::from(topic.name.as_str()),
                        partition_result: results,
                        ..ReplicaElectionResult::default()
                    });
                }
            }
            Some(topics) => {
                for given in topics {
                    let results = given.partitions.iter().map(|index| {
                        let result = find(image, &given.topic, *index)
                            .and_then(|subject| elect(image, &node, subject, asked, &mut records));
                        outcome_of(*index, result)
                    });
                    let partition_result = results.collect();
                    response.replica_election_results.push(ReplicaElectionResult {
                        topic: given.topic.clone(),
                        partition_result,
                        ..ReplicaElectionResult::default()
                    });
                }
            }
        }
        if records.len() > RECORDS_PER_REQUEST_MAX {
            let why = "Excessively large number of partitions per request.";
            return Err(ApiError::new(ErrorCode::POLICY_VIOLATION, why));
        }
        Ok((records, response))
    }

    /// Gives leadership back to preferred replicas that can have it, up to a bound; whether it was
    /// reached.
    pub(crate) fn balance_leaders(
        &self,
        image: &ClusterImage,
    ) -> Result<(Vec<VersionedRecord>, bool), ApiError> {
        self.elect_where(image, Election::Preferred, |partition, _| !has_preferred(partition))
    }

    /// Elects uncleanly where topics allow it and nobody leads, up to a bound; whether it was
    /// reached.
    pub(crate) fn elect_uncleanly(
        &self,
        image: &ClusterImage,
    ) -> Result<(Vec<VersionedRecord>, bool), ApiError> {
        self.elect_where(image, Election::Unclean, |partition, allowed| {
            allowed && partition.leader == BrokerId::NONE
        })
    }

    fn elect_where(
        &self,
        image: &ClusterImage,
        election: Election,
        concerns: impl Fn(&PartitionRegistration, bool) -> bool,
    ) -> Result<(Vec<VersionedRecord>, bool), ApiError> {
        let node = self.node_config(image)?;
        let mut records = Vec::new();
        for topic in image.topics.values() {
            if !topic.partitions.values().any(|partition| concerns(partition, true)) {
                continue;
            }
            let config = topic_config(image, &node, topic);
            for (index, partition) in topic.partitions.iter() {
                if !concerns(partition, config.unclean_leader_election_enable) {
                    continue;
                }
                let rules = change_rules(image, &config, partition);
                let subject = Subject { topic_id: topic.id, index: *index, partition, rules };
                let change = PartitionChange::new(subject, election);
                records.extend(
                    changed_partition(image, partition, change)
                        .map(|record| versioned(image, record)),
                );
                if records.len() >= ELECTIONS_PER_ROUND_MAX {
                    return Ok((records, true));
                }
            }
        }
        Ok((records, false))
    }
}

fn find<'a>(image: &'a ClusterImage, topic: &str, index: i32) -> Result<Found<'a>, ApiError> {
    find_partition(image, topic, index).map_err(|missing| {
        let why = match missing {
            Missing::Topic => format!("No such topic as {topic}"),
            Missing::Partition => format!("No such partition as {topic}-{index}"),
        };
        ApiError::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, why)
    })
}

fn has_preferred(partition: &PartitionRegistration) -> bool {
    partition.replicas.first() == Some(&partition.leader)
}

fn elect(
    image: &ClusterImage,
    node: &NodeConfig,
    (topic, index, partition): Found<'_>,
    asked: Asked,
    records: &mut Vec<VersionedRecord>,
) -> Result<(), ApiError> {
    let (is_needed, election, unavailable) = match asked {
        Asked::Preferred => (
            !has_preferred(partition),
            Election::Preferred,
            ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE,
        ),
        Asked::Unclean => (
            partition.leader == BrokerId::NONE,
            Election::Unclean,
            ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE,
        ),
    };
    if !is_needed {
        return Err(ApiError::new(
            ErrorCode::ELECTION_NOT_NEEDED,
            "Leader election not needed for topic partition.",
        ));
    }
    let config = topic_config(image, node, topic);
    let rules = change_rules(image, &config, partition);
    let subject = Subject { topic_id: topic.id, index, partition, rules };
    let change = PartitionChange::new(subject, election);
    let Some(record) = changed_partition(image, partition, change) else {
        return Err(match asked {
            Asked::Preferred => {
                ApiError::new(unavailable, "The preferred leader was not available.")
            }
            Asked::Unclean => {
                ApiError::new(unavailable, "Eligible topic partition leaders are not available.")
            }
        });
    };
    records.push(versioned(image, record));
    Ok(())
}

fn is_not_needed(result: &Result<(), ApiError>) -> bool {
    result.as_ref().is_err_and(|error| error.code == ErrorCode::ELECTION_NOT_NEEDED)
}

fn outcome_of(partition_id: i32, result: Result<(), ApiError>) -> PartitionResult {
    let (error_code, error_message) = crate::api_error::outcome(&result);
    PartitionResult { partition_id, error_code, error_message, ..PartitionResult::default() }
}
