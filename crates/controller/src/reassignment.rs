//! Reassignment (KIP-455): begin, cancel, list. It ends in
//! [`PartitionChange`](crate::partition_change::PartitionChange), by whatever changes the ISR.

use crate::api_error::{ApiError, outcome};
use crate::brokers::{
    Found, Missing, change_rules, changed_partition, find_partition, topic_config, versioned,
};
use crate::controller::Controller;
use crate::partition_change::{Election, PartitionChange, Subject, plain};
use crate::placement::validate_manual;
use keld_config::NodeConfig;
use keld_metadata::{ClusterImage, PartitionRegistration, TopicImage, VersionedRecord};
use keld_types::{BrokerId, ErrorCode, PartitionIndex};
use keld_wire::Str;
use keld_wire::messages::alter_partition_reassignments_request::ReassignablePartition;
use keld_wire::messages::alter_partition_reassignments_response as answer;
use keld_wire::messages::list_partition_reassignments_response as listed;
use keld_wire::messages::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
};
use keld_wire::metadata_records::PartitionChangeRecord;
use std::collections::BTreeSet;

/// Kafka's bound on the records of one request.
const RECORDS_PER_REQUEST_MAX: usize = 10_000;

impl Controller {
    pub(crate) fn alter_reassignments(
        &self,
        image: &ClusterImage,
        request: &AlterPartitionReassignmentsRequest,
    ) -> Result<(Vec<VersionedRecord>, AlterPartitionReassignmentsResponse), ApiError> {
        let node = self.node_config(image)?;
        let may_change_factor = request.allow_replication_factor_change;
        let mut records = Vec::new();
        let mut response = AlterPartitionReassignmentsResponse {
            allow_replication_factor_change: may_change_factor,
            ..AlterPartitionReassignmentsResponse::default()
        };
        for topic in &request.topics {
            let partitions = topic.partitions.iter().map(|target| {
                let result = find(image, &topic.name, target.partition_index)
                    .and_then(|found| alter(image, &node, found, target, may_change_factor));
                let result = result.map(|record| {
                    records.extend(record.map(|record| versioned(image, record)));
                });
                let (error_code, error_message) = outcome(&result);
                answer::ReassignablePartitionResponse {
                    partition_index: target.partition_index,
                    error_code,
                    error_message,
                    ..answer::ReassignablePartitionResponse::default()
                }
            });
            response.responses.push(answer::ReassignableTopicResponse {
                name: topic.name.clone(),
                partitions: partitions.collect(),
                ..answer::ReassignableTopicResponse::default()
            });
        }
        if records.len() > RECORDS_PER_REQUEST_MAX {
            let why = "Excessively large number of partitions per request.";
            return Err(ApiError::new(ErrorCode::POLICY_VIOLATION, why));
        }
        Ok((records, response))
    }
}

/// The reassignments under way, of the topics asked for or of all.
pub(crate) fn list_reassignments(
    image: &ClusterImage,
    request: &ListPartitionReassignmentsRequest,
) -> ListPartitionReassignmentsResponse {
    let mut response = ListPartitionReassignmentsResponse::default();
    match &request.topics {
        None => {
            let topics = image.topics_by_name();
            response.topics.extend(
                topics.filter_map(|topic| ongoing(topic, topic.partitions.keys().copied())),
            );
        }
        Some(topics) => {
            for given in topics {
                let id = image.topic_ids.get(&*given.name);
                let Some(topic) = id.and_then(|id| image.topic_by_id(*id)) else { continue };
                let indexes = given.partition_indexes.iter().copied().map(PartitionIndex::new);
                response.topics.extend(ongoing(topic, indexes));
            }
        }
    }
    response
}

fn ongoing(
    topic: &TopicImage,
    indexes: impl Iterator<Item = PartitionIndex>,
) -> Option<listed::OngoingTopicReassignment> {
    let partitions: Vec<_> = indexes
        .filter_map(|index| Some((index, topic.partition(index)?)))
        .filter(|(_, partition)| is_ongoing(partition))
        .map(|(index, partition)| listed::OngoingPartitionReassignment {
            partition_index: index.get(),
            replicas: plain(&partition.replicas),
            adding_replicas: plain(&partition.adding_replicas),
            removing_replicas: plain(&partition.removing_replicas),
            ..listed::OngoingPartitionReassignment::default()
        })
        .collect();
    (!partitions.is_empty()).then(|| listed::OngoingTopicReassignment {
        name: Str::from(topic.name.as_str()),
        partitions,
        ..listed::OngoingTopicReassignment::default()
    })
}

fn is_ongoing(partition: &PartitionRegistration) -> bool {
    !partition.removing_replicas.is_empty() || !partition.adding_replicas.is_empty()
}

fn find<'a>(image: &'a ClusterImage, topic: &str, index: i32) -> Result<Found<'a>, ApiError> {
    find_partition(image, topic, index).map_err(|missing| {
        let why = match missing {
            Missing::Topic => format!("Unable to find a topic named {topic}."),
            Missing::Partition => format!("Unable to find partition {topic}:{index}."),
        };
        ApiError::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, why)
    })
}

fn alter(
    image: &ClusterImage,
    node: &NodeConfig,
    (topic, index, partition): Found<'_>,
    target: &ReassignablePartition,
    may_change_factor: bool,
) -> Result<Option<PartitionChangeRecord>, ApiError> {
    let config = topic_config(image, node, topic);
    let rules = change_rules(image, &config, partition);
    let subject = Subject { topic_id: topic.id, index, partition, rules };
    let change = match &target.replicas {
        Some(replicas) => {
            let replicas: Vec<BrokerId> = replicas.iter().copied().map(BrokerId::new).collect();
            begin(image, subject, replicas, may_change_factor)?
        }
        None => cancel(topic, subject)?,
    };
    Ok(changed_partition(image, partition, change))
}

fn begin<'a>(
    image: &ClusterImage,
    subject: Subject<'a>,
    target: Vec<BrokerId>,
    may_change_factor: bool,
) -> Result<PartitionChange<'a>, ApiError> {
    let partition = subject.partition;
    validate_manual(image, &target, None)?;
    if !may_change_factor {
        let stays = |id: &&BrokerId| !partition.removing_replicas.contains(id);
        let current = partition.replicas.iter().filter(stays).count();
        if current != target.len() {
            let why =
                format!("The replication factor is changed from {current} to {}", target.len());
            return Err(ApiError::new(ErrorCode::INVALID_REPLICATION_FACTOR, why));
        }
    }
    let removing = difference(&partition.replicas, &target);
    let adding = difference(&target, &partition.replicas);
    let mut change = PartitionChange::new(subject, Election::Online);
    change.replicas = target;
    change.replicas.extend(&removing);
    // What an earlier reassignment adds or removes stays so, until it is done.
    if !removing.is_empty() {
        change.removing = removing;
    }
    if !adding.is_empty() {
        change.adding = adding;
    }
    Ok(change)
}

/// Takes back what was added; what was to be removed stays.
fn cancel<'a>(topic: &TopicImage, subject: Subject<'a>) -> Result<PartitionChange<'a>, ApiError> {
    let partition = subject.partition;
    if !is_ongoing(partition) {
        return Err(ApiError::new(
            ErrorCode::NO_REASSIGNMENT_IN_PROGRESS,
            "No partition reassignment is in progress.",
        ));
    }
    let stays = |id: &&BrokerId| !partition.adding_replicas.contains(id);
    let mut change = PartitionChange::new(subject, subject.rules.election());
    change.replicas = partition.replicas.iter().filter(stays).copied().collect();
    change.isr = partition.isr.iter().filter(stays).copied().collect();
    change.removing.clear();
    change.adding.clear();
    if change.isr.is_empty() {
        let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
        let Some(first) = change.replicas.first() else {
            return refuse(
                "Invalid replica assignment: addingReplicas contains all replicas.".into(),
            );
        };
        if !subject.rules.unclean_election {
            return refuse(format!(
                "Unable to revert partition assignment for {}:{} because it would require an \
                 unclean leader election.",
                topic.name, subject.index
            ));
        }
        change.isr.push(*first);
    }
    Ok(change)
}

/// What is in `a` and not in `b`, in order of the ids.
fn difference(a: &[BrokerId], b: &[BrokerId]) -> Vec<BrokerId> {
    a.iter().filter(|id| !b.contains(id)).copied().collect::<BTreeSet<_>>().into_iter().collect()
}
