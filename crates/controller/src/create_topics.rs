//! CreateTopics.

use crate::api_error::ApiError;
use crate::command::{DecideContext, Decision, Reply};
use crate::configs::{ConfigOperation, clear_elr_records};
use crate::controller::Controller;
use crate::placement::{Assignment, place, seed, validate_manual};
use keld_config::{BrokerLayers, NodeConfig, describe};
use keld_metadata::{
    ClusterImage, ConfigMap, ConfigResource, LeaderRecoveryState, MetadataRecord,
    PartitionRegistration, VersionedRecord,
};
use keld_types::{
    BrokerId, ErrorCode, LeaderEpoch, PartitionEpoch, PartitionIndex, TopicId, TopicName,
};
use keld_wire::Str;
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use keld_wire::messages::{CreateTopicsRequest, CreateTopicsResponse};
use keld_wire::metadata_records::TopicRecord;
use std::collections::{BTreeMap, BTreeSet};

/// Kafka's bound on the partitions of one request.
const PARTITIONS_PER_REQUEST_MAX: i64 = 10_000;

/// The name nobody may create.
const CLUSTER_METADATA_TOPIC: &str = "__cluster_metadata";

struct NewTopic {
    records: Vec<VersionedRecord>,
    /// Without its options.
    result: CreatableTopicResult,
    configs: ConfigMap,
}

impl Controller {
    pub(crate) fn create_topics(
        &self,
        image: &ClusterImage,
        request: &CreateTopicsRequest,
        context: &mut DecideContext<'_>,
    ) -> Decision {
        let node = match self.node_config(image) {
            Ok(node) => node,
            Err(error) => return Decision::refused(error),
        };
        let mut seen = BTreeMap::new();
        for topic in &request.topics {
            *seen.entry(topic.name.clone()).or_insert(0_u32) += 1;
        }
        let wanted: Vec<&CreatableTopic> = request
            .topics
            .iter()
            .filter(|topic| seen.get(&topic.name) == Some(&1))
            .filter(|topic| &*topic.name != CLUSTER_METADATA_TOPIC)
            .collect();
        if partition_count(&wanted, &node) > PARTITIONS_PER_REQUEST_MAX {
            let why = "Excessively large number of partitions per request.";
            return Decision::refused(ApiError::new(ErrorCode::POLICY_VIOLATION, why));
        }
        let normalized: BTreeMap<String, &TopicName> = image
            .topic_ids
            .keys()
            .filter(|name| has_collision_characters(name.as_str()))
            .map(|name| (normalize(name.as_str()), name))
            .collect();
        let layers = self.layers_of(image);
        // What most topics have: no options of their own.
        let mut defaults = None;
        let mut describe = |configs: &ConfigMap| {
            if configs.is_empty() {
                defaults.get_or_insert_with(|| described_configs(&layers, &node, configs)).clone()
            } else {
                described_configs(&layers, &node, configs)
            }
        };
        let mut response = CreateTopicsResponse::default();
        let mut records = Vec::new();
        for topic in wanted {
            match self.create_topic(image, &node, &normalized, topic, context) {
                Ok(new) => {
                    records.extend(new.records);
                    let configs = Some(describe(&new.configs));
                    response.topics.push(CreatableTopicResult { configs, ..new.result });
                }
                Err(error) => response.topics.push(failure(&topic.name, &error)),
            }
        }
        refuse_the_rest(request, &seen, &mut response);
        if request.validate_only {
            records.clear();
        }
        Decision::new(records, Reply::CreateTopics(response))
    }

    fn create_topic(
        &self,
        image: &ClusterImage,
        node: &NodeConfig,
        normalized: &BTreeMap<String, &TopicName>,
        topic: &CreatableTopic,
        context: &mut DecideContext<'_>,
    ) -> Result<NewTopic, ApiError> {
        if image.topic_ids.contains_key(&*topic.name) {
            let why = format!("Topic '{}' already exists.", &*topic.name);
            return Err(ApiError::new(ErrorCode::TOPIC_ALREADY_EXISTS, why));
        }
        let name: TopicName =
            topic.name.parse().map_err(|error: keld_types::InvalidTopicName| {
                ApiError::new(ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string())
            })?;
        if has_collision_characters(&topic.name)
            && let Some(other) = normalized.get(&normalize(&topic.name))
        {
            let why = format!("Topic '{name}' collides with existing topic: {other}");
            return Err(ApiError::new(ErrorCode::INVALID_TOPIC_EXCEPTION, why));
        }
        let configs = given_configs(topic)?;
        let mut config_records = Vec::new();
        if !configs.is_empty() {
            let resource = ConfigResource::topic(name.as_str());
            let operations = configs
                .iter()
                .map(|(key, value)| (key.clone(), ConfigOperation::Set(value.clone())))
                .collect();
            config_records = self.config_changes(image, &resource, &operations, true)?;
            config_records.extend(clear_elr_records(image, &config_records));
        }
        let topic_id = TopicId::new((context.uuids)());
        let assignments = assignments(image, node, topic, topic_id)?;
        let version = image.features.metadata_version();
        let elr_enabled = image.features.is_elr_enabled();
        let mut records = vec![
            MetadataRecord::from(TopicRecord {
                name: topic.name.clone(),
                topic_id: topic_id.uuid(),
                ..TopicRecord::default()
            })
            .at(0),
        ];
        records.extend(config_records);
        let replication_factor = assignments.first().map_or(0, |known| known.0.replicas.len());
        for (index, (assignment, isr)) in (0..).zip(&assignments) {
            let partition = new_partition(assignment, isr);
            let index = PartitionIndex::new(index);
            records.push(partition.to_record(topic_id, index, version, elr_enabled));
        }
        let result = CreatableTopicResult {
            name: topic.name.clone(),
            topic_id: topic_id.uuid(),
            error_code: ErrorCode::NONE,
            error_message: None,
            topic_config_error_code: ErrorCode::NONE,
            num_partitions: i32::try_from(assignments.len()).unwrap_or(i32::MAX),
            replication_factor: i16::try_from(replication_factor).unwrap_or(i16::MAX),
            ..CreatableTopicResult::default()
        };
        Ok(NewTopic { records, result, configs })
    }
}

/// The options of a new topic, as the answer has them.
fn described_configs(
    layers: &BrokerLayers,
    node: &NodeConfig,
    configs: &ConfigMap,
) -> Vec<CreatableTopicConfigs> {
    let mut entries = describe::topic(layers, node, configs);
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries.into_iter().map(described).collect()
}

fn described(entry: describe::ConfigEntry) -> CreatableTopicConfigs {
    CreatableTopicConfigs {
        name: Str::from(entry.name),
        value: if entry.is_sensitive { None } else { entry.value.map(Str::from) },
        read_only: entry.is_read_only,
        config_source: entry.source.response_id(),
        is_sensitive: entry.is_sensitive,
        ..CreatableTopicConfigs::default()
    }
}

fn failure(name: &Str, error: &ApiError) -> CreatableTopicResult {
    CreatableTopicResult {
        name: name.clone(),
        error_code: error.code,
        error_message: error.wire_message(),
        ..CreatableTopicResult::default()
    }
}

fn refuse_the_rest(
    request: &CreateTopicsRequest,
    seen: &BTreeMap<Str, u32>,
    response: &mut CreateTopicsResponse,
) {
    for (name, count) in seen {
        if *count > 1 {
            let error = ApiError::new(ErrorCode::INVALID_REQUEST, "Duplicate topic name.");
            response.topics.push(failure(name, &error));
        } else if &**name == CLUSTER_METADATA_TOPIC {
            let why = format!("Creation of internal topic {CLUSTER_METADATA_TOPIC} is prohibited.");
            let error = ApiError::new(ErrorCode::INVALID_REQUEST, why);
            response.topics.push(failure(name, &error));
        }
    }
    debug_assert_eq!(
        response.topics.len(),
        request.topics.iter().map(|topic| &topic.name).collect::<BTreeSet<_>>().len(),
        "one result a name"
    );
}

fn partition_count(topics: &[&CreatableTopic], node: &NodeConfig) -> i64 {
    topics
        .iter()
        .map(|topic| match (topic.assignments.len(), topic.num_partitions) {
            (0, -1) => i64::from(node.topics.num_partitions),
            (0, count) => i64::from(count.max(0)),
            (assigned, _) => i64::try_from(assigned).unwrap_or(i64::MAX),
        })
        .fold(0, i64::saturating_add)
}

fn given_configs(topic: &CreatableTopic) -> Result<ConfigMap, ApiError> {
    let nulls: Vec<&str> = topic
        .configs
        .iter()
        .filter(|config| config.value.is_none())
        .map(|config| &*config.name)
        .collect();
    if !nulls.is_empty() {
        let why = format!("Null value not supported for topic configs: {}", nulls.join(","));
        return Err(ApiError::new(ErrorCode::INVALID_CONFIG, why));
    }
    Ok(topic
        .configs
        .iter()
        .filter_map(|config| {
            config.value.as_ref().map(|value| (config.name.to_string(), value.to_string()))
        })
        .collect())
}

fn assignments(
    image: &ClusterImage,
    node: &NodeConfig,
    topic: &CreatableTopic,
    topic_id: TopicId,
) -> Result<Vec<(Assignment, Vec<BrokerId>)>, ApiError> {
    if !topic.assignments.is_empty() {
        return manual_assignments(image, topic);
    }
    if topic.replication_factor < -1 || topic.replication_factor == 0 {
        return Err(ApiError::new(
            ErrorCode::INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        ));
    }
    if topic.num_partitions < -1 || topic.num_partitions == 0 {
        return Err(ApiError::new(
            ErrorCode::INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.",
        ));
    }
    let partitions =
        if topic.num_partitions == -1 { node.topics.num_partitions } else { topic.num_partitions };
    let factor = if topic.replication_factor == -1 {
        i16::try_from(node.topics.default_replication_factor).unwrap_or(i16::MAX)
    } else {
        topic.replication_factor
    };
    let unable = |why: &str| {
        let why = format!("Unable to replicate the partition {factor} time(s): {why}");
        ApiError::new(ErrorCode::INVALID_REPLICATION_FACTOR, why)
    };
    let partitions = usize::try_from(partitions).unwrap_or(0);
    let placed = place(image, partitions, factor, seed(topic_id, 0))
        .map_err(|error| unable(error.message.as_deref().unwrap_or_default()))?;
    placed
        .into_iter()
        .map(|assignment| {
            let isr = assignment.active(image);
            if isr.is_empty() {
                return Err(unable("All brokers are currently fenced or in controlled shutdown."));
            }
            Ok((assignment, isr))
        })
        .collect()
}

fn manual_assignments(
    image: &ClusterImage,
    topic: &CreatableTopic,
) -> Result<Vec<(Assignment, Vec<BrokerId>)>, ApiError> {
    let invalid = |why: &str| Err(ApiError::new(ErrorCode::INVALID_REQUEST, why));
    if topic.replication_factor != -1 {
        return invalid(
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        );
    }
    if topic.num_partitions != -1 {
        return invalid(
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        );
    }
    let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
    let mut by_index = BTreeMap::new();
    let mut factor = None;
    for assignment in &topic.assignments {
        let index = assignment.partition_index;
        if by_index.contains_key(&index) {
            return refuse(format!(
                "Found multiple manual partition assignments for partition {index}"
            ));
        }
        let replicas: Vec<BrokerId> =
            assignment.broker_ids.iter().copied().map(BrokerId::new).collect();
        validate_manual(image, &replicas, factor)?;
        factor = Some(replicas.len());
        let assignment = Assignment::new(image, replicas);
        let isr = assignment.active(image);
        if isr.is_empty() {
            return refuse(format!(
                "All brokers specified in the manual partition assignment for partition {index} \
                 are fenced or in controlled shutdown."
            ));
        }
        by_index.insert(index, (assignment, isr));
    }
    if by_index.keys().zip(0..).any(|(index, expected)| *index != expected) {
        return refuse("partitions should be a consecutive 0-based integer sequence".into());
    }
    Ok(by_index.into_values().collect())
}

/// A partition at its birth.
pub(crate) fn new_partition(assignment: &Assignment, isr: &[BrokerId]) -> PartitionRegistration {
    PartitionRegistration {
        replicas: assignment.replicas.clone(),
        directories: assignment.directories.clone(),
        isr: isr.to_vec(),
        removing_replicas: Vec::new(),
        adding_replicas: Vec::new(),
        elr: Vec::new(),
        last_known_elr: Vec::new(),
        leader: isr.first().copied().unwrap_or(BrokerId::NONE),
        leader_recovery_state: LeaderRecoveryState::Recovered,
        leader_epoch: LeaderEpoch::new(0),
        partition_epoch: PartitionEpoch::new(0),
    }
}

fn has_collision_characters(name: &str) -> bool {
    name.contains(['.', '_'])
}

fn normalize(name: &str) -> String {
    name.replace('.', "_")
}
