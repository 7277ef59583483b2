//! DeleteTopics and CreatePartitions.

use crate::api_error::{ApiError, outcome};
use crate::command::{Decision, Reply};
use crate::controller::Controller;
use crate::create_topics::new_partition;
use crate::placement::{Assignment, place, seed, validate_manual};
use keld_metadata::{ClusterImage, MetadataRecord, TopicImage, VersionedRecord};
use keld_types::{BrokerId, ErrorCode, PartitionIndex, TopicId, Uuid};
use keld_wire::Str;
use keld_wire::messages::create_partitions_request::CreatePartitionsTopic;
use keld_wire::messages::create_partitions_response::CreatePartitionsTopicResult;
use keld_wire::messages::delete_topics_response::DeletableTopicResult;
use keld_wire::messages::{
    CreatePartitionsRequest, CreatePartitionsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
};
use keld_wire::metadata_records::RemoveTopicRecord;
use std::collections::{BTreeMap, BTreeSet};

/// As [`PARTITIONS_PER_REQUEST_MAX`](crate::create_topics) for topics that grow: Kafka bounds the
/// records of one request.
const RECORDS_PER_REQUEST_MAX: usize = 10_000;

impl Controller {
    pub(crate) fn delete_topics(
        &self,
        image: &ClusterImage,
        request: &DeleteTopicsRequest,
        version: i16,
    ) -> Decision {
        let is_enabled = self.node_config(image).map(|node| node.topics.delete_topic_enable);
        match is_enabled {
            Ok(true) => {}
            Ok(false) if version < 3 => {
                let why = "This version does not support topic deletion.";
                return Decision::refused(ApiError::new(ErrorCode::INVALID_REQUEST, why));
            }
            Ok(false) => {
                return Decision::refused(ApiError::bare(ErrorCode::TOPIC_DELETION_DISABLED));
            }
            Err(error) => return Decision::refused(error),
        }
        let mut results = Results::default();
        let (names, ids) = distinct(request, &mut results);
        let mut chosen: BTreeMap<TopicId, Option<Str>> = BTreeMap::new();
        let mut twice = BTreeSet::new();
        for id in ids {
            match image.topic_by_id(TopicId::new(id)) {
                Some(topic) => {
                    chosen.insert(topic.id, Some(Str::from(topic.name.as_str())));
                }
                None => results.push(None, id, Err(unknown_topic_id())),
            }
        }
        for name in names {
            match image.topic_ids.get(&*name) {
                None => results.push(Some(name), Uuid::ZERO, Err(unknown_topic())),
                Some(id) if twice.contains(id) || chosen.contains_key(id) => {
                    twice.insert(*id);
                    chosen.remove(id);
                    let why = "The provided topic name maps to an ID that was already supplied.";
                    let error = ApiError::new(ErrorCode::INVALID_REQUEST, why);
                    results.push(Some(name), id.uuid(), Err(error));
                }
                Some(id) => {
                    chosen.insert(*id, Some(name));
                }
            }
        }
        let mut records = Vec::new();
        for (id, name) in chosen {
            let record = RemoveTopicRecord { topic_id: id.uuid(), ..RemoveTopicRecord::default() };
            records.push(MetadataRecord::from(record).at(0));
            results.push(name, id.uuid(), Ok(()));
        }
        let response =
            DeleteTopicsResponse { responses: results.0, ..DeleteTopicsResponse::default() };
        Decision::new(records, Reply::DeleteTopics(response))
    }

    pub(crate) fn create_partitions(
        &self,
        image: &ClusterImage,
        request: &CreatePartitionsRequest,
    ) -> Decision {
        let mut seen: BTreeMap<&Str, u32> = BTreeMap::new();
        for topic in &request.topics {
            *seen.entry(&topic.name).or_default() += 1;
        }
        let mut response = CreatePartitionsResponse::default();
        for (name, _) in seen.iter().filter(|(_, count)| **count > 1) {
            response.results.push(CreatePartitionsTopicResult {
                name: (*name).clone(),
                error_code: ErrorCode::INVALID_REQUEST,
                error_message: Some(Str::from("Duplicate topic name.")),
                ..CreatePartitionsTopicResult::default()
            });
        }
        let mut records = Vec::new();
        for topic in request.topics.iter().filter(|topic| seen.get(&topic.name) == Some(&1)) {
            let result = match added_partitions(image, topic) {
                Ok(added) if records.len() + added.len() > RECORDS_PER_REQUEST_MAX => {
                    let why = "Excessively large number of partitions per request.";
                    Err(ApiError::new(ErrorCode::POLICY_VIOLATION, why))
                }
                Ok(added) => {
                    records.extend(added);
                    Ok(())
                }
                Err(error) => Err(error),
            };
            let (error_code, error_message) = outcome(&result);
            response.results.push(CreatePartitionsTopicResult {
                name: topic.name.clone(),
                error_code,
                error_message,
                ..CreatePartitionsTopicResult::default()
            });
        }
        if request.validate_only {
            records.clear();
        }
        Decision::new(records, Reply::CreatePartitions(response))
    }
}

#[derive(Default)]
struct Results(Vec<DeletableTopicResult>);

impl Results {
    fn push(&mut self, name: Option<Str>, topic_id: Uuid, result: Result<(), ApiError>) {
        let (error_code, error_message) = outcome(&result);
        self.0.push(DeletableTopicResult {
            name,
            topic_id,
            error_code,
            error_message,
            ..DeletableTopicResult::default()
        });
    }

    fn invalid(&mut self, name: Option<Str>, topic_id: Uuid, why: &str) {
        self.push(name, topic_id, Err(ApiError::new(ErrorCode::INVALID_REQUEST, why)));
    }
}

/// The names and ids that were given once; the rest is answered already.
fn distinct(request: &DeleteTopicsRequest, results: &mut Results) -> (Vec<Str>, Vec<Uuid>) {
    let mut names: BTreeMap<Str, u32> = BTreeMap::new();
    let mut ids: BTreeMap<Uuid, u32> = BTreeMap::new();
    for name in &request.topic_names {
        *names.entry(name.clone()).or_default() += 1;
    }
    for topic in &request.topics {
        match (&topic.name, topic.topic_id.is_zero()) {
            (None, true) => {
                let why = "Neither topic name nor id were specified.";
                results.invalid(None, Uuid::ZERO, why);
            }
            (None, false) => *ids.entry(topic.topic_id).or_default() += 1,
            (Some(name), true) => *names.entry(name.clone()).or_default() += 1,
            (Some(name), false) => {
                let why = "You may not specify both topic name and topic id.";
                results.invalid(Some(name.clone()), topic.topic_id, why);
            }
        }
    }
    for (name, _) in names.iter().filter(|(_, count)| **count > 1) {
        results.invalid(Some(name.clone()), Uuid::ZERO, "Duplicate topic name.");
    }
    for (id, _) in ids.iter().filter(|(_, count)| **count > 1) {
        results.invalid(None, *id, "Duplicate topic id.");
    }
    (
        names.into_iter().filter(|(_, count)| *count == 1).map(|(name, _)| name).collect(),
        ids.into_iter().filter(|(_, count)| *count == 1).map(|(id, _)| id).collect(),
    )
}

fn unknown_topic() -> ApiError {
    ApiError::new(
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        "This server does not host this topic-partition.",
    )
}

fn unknown_topic_id() -> ApiError {
    ApiError::new(ErrorCode::UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
}

fn added_partitions(
    image: &ClusterImage,
    request: &CreatePartitionsTopic,
) -> Result<Vec<VersionedRecord>, ApiError> {
    let topic = image
        .topic_ids
        .get(&*request.name)
        .and_then(|id| image.topic_by_id(*id))
        .ok_or(ApiError::bare(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
    let has = topic.partitions.len();
    let invalid = |why: String| Err(ApiError::new(ErrorCode::INVALID_PARTITIONS, why));
    let wanted = usize::try_from(request.count).unwrap_or(0);
    if wanted == has {
        return invalid(format!("Topic already has {has} partition(s)."));
    }
    if wanted < has {
        return invalid(format!(
            "The topic {} currently has {has} partition(s); {} would not be an increase.",
            &*request.name, request.count
        ));
    }
    let additional = wanted - has;
    if let Some(assignments) = &request.assignments
        && assignments.len() != additional
    {
        let why = format!(
            "Attempted to add {additional} additional partition(s), but only {} assignment(s) were \
             specified.",
            assignments.len()
        );
        return Err(ApiError::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
    }
    if additional > RECORDS_PER_REQUEST_MAX {
        let why = "Excessively large number of partitions per request.";
        return Err(ApiError::new(ErrorCode::POLICY_VIOLATION, why));
    }
    let assignments = new_assignments(image, topic, request, additional)?;
    let (version, elr) = (image.features.metadata_version(), image.features.is_elr_enabled());
    let factor = replication_factor(topic);
    let first = i32::try_from(has).unwrap_or(i32::MAX);
    assignments
        .iter()
        .zip(first..)
        .map(|(assignment, index)| {
            let isr = assignment.active(image);
            if isr.is_empty() {
                let why = format!(
                    "Unable to replicate the partition {factor} time(s): All brokers are currently \
                     fenced or in controlled shutdown."
                );
                return Err(ApiError::new(ErrorCode::INVALID_REPLICATION_FACTOR, why));
            }
            let partition = new_partition(assignment, &isr);
            Ok(partition.to_record(topic.id, PartitionIndex::new(index), version, elr))
        })
        .collect()
}

fn replication_factor(topic: &TopicImage) -> usize {
    topic.partitions.values().next().map_or(1, |partition| partition.replicas.len())
}

fn new_assignments(
    image: &ClusterImage,
    topic: &TopicImage,
    request: &CreatePartitionsTopic,
    additional: usize,
) -> Result<Vec<Assignment>, ApiError> {
    let factor = replication_factor(topic);
    let has = topic.partitions.len();
    let Some(given) = &request.assignments else {
        let factor = i16::try_from(factor).unwrap_or(i16::MAX);
        return place(image, additional, factor, seed(topic.id, has));
    };
    given
        .iter()
        .enumerate()
        .map(|(position, assignment)| {
            let replicas: Vec<BrokerId> =
                assignment.broker_ids.iter().copied().map(BrokerId::new).collect();
            validate_manual(image, &replicas, Some(factor))?;
            let assignment = Assignment::new(image, replicas);
            if assignment.active(image).is_empty() {
                let why = format!(
                    "All brokers specified in the manual partition assignment for partition {} are \
                     fenced or in controlled shutdown.",
                    has + position
                );
                return Err(ApiError::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
            }
            Ok(assignment)
        })
        .collect()
}
