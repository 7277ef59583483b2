//! AlterConfigs and IncrementalAlterConfigs.

use crate::activation::MIN_INSYNC_REPLICAS;
use crate::api_error::{ApiError, outcome};
use crate::command::{Decision, Reply};
use crate::controller::Controller;
use keld_config::{
    Kind, Scope, definition, validate_broker_override, validate_client_metrics,
    validate_group_override, validate_topic_override,
};
use keld_metadata::{
    ClusterImage, ConfigMap, ConfigResource, ConfigResourceType, MetadataRecord, VersionedRecord,
};
use keld_types::{BrokerId, ErrorCode, TopicName};
use keld_wire::Str;
use keld_wire::messages::{
    AlterConfigsRequest, AlterConfigsResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, alter_configs_response, incremental_alter_configs_response,
};
use keld_wire::metadata_records::{ClearElrRecord, ConfigRecord};
use std::collections::{BTreeMap, BTreeSet};

/// Kafka's bound on a value.
const VALUE_LENGTH_MAX: usize = 32_767;

/// What is to happen to one option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ConfigOperation {
    Set(String),
    Delete,
    Append(String),
    Subtract(String),
}

type Operations = BTreeMap<String, ConfigOperation>;

fn invalid_request(why: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::INVALID_REQUEST, why)
}

fn invalid_config(why: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::INVALID_CONFIG, why)
}

impl Controller {
    pub(crate) fn incremental_alter_configs(
        &self,
        image: &ClusterImage,
        request: &IncrementalAlterConfigsRequest,
    ) -> Decision {
        let keys: Vec<_> =
            request.resources.iter().map(|r| (r.resource_type, r.resource_name.clone())).collect();
        let mut records = Vec::new();
        let mut response = IncrementalAlterConfigsResponse::default();
        for resource in &request.resources {
            let options: Vec<_> = resource
                .configs
                .iter()
                .map(|config| (&config.name, config.config_operation, config.value.as_ref()))
                .collect();
            let key = (resource.resource_type, resource.resource_name.clone());
            let result = once(&keys, &key)
                .and_then(|()| operations(&options))
                .and_then(|operations| {
                    if key.0 == ConfigResourceType::BrokerLogger.id() {
                        return self.check_loggers(image, &key.1, &operations).map(|()| Vec::new());
                    }
                    let resource = self.checked_resource(image, &key)?;
                    self.check_broker_change(image, &resource, &operations)?;
                    self.config_changes(image, &resource, &operations, false)
                })
                .map(|new| records.extend(new));
            let (error_code, error_message) = outcome(&result);
            response.responses.push(
                incremental_alter_configs_response::AlterConfigsResourceResponse {
                    error_code,
                    error_message,
                    resource_type: resource.resource_type,
                    resource_name: resource.resource_name.clone(),
                    ..Default::default()
                },
            );
        }
        records.extend(clear_elr_records(image, &records));
        if request.validate_only {
            records.clear();
        }
        Decision::new(records, Reply::IncrementalAlterConfigs(response))
    }

    pub(crate) fn alter_configs(
        &self,
        image: &ClusterImage,
        request: &AlterConfigsRequest,
    ) -> Decision {
        let keys: Vec<_> =
            request.resources.iter().map(|r| (r.resource_type, r.resource_name.clone())).collect();
        let mut records = Vec::new();
        let mut response = AlterConfigsResponse::default();
        for resource in &request.resources {
            let options: Vec<_> = resource
                .configs
                .iter()
                .map(|config| (&config.name, SET, config.value.as_ref()))
                .collect();
            let key = (resource.resource_type, resource.resource_name.clone());
            let result = once(&keys, &key)
                .and_then(|()| operations(&options))
                .and_then(|operations| self.checked_resource(image, &key).map(|r| (r, operations)))
                .and_then(|(resource, operations)| {
                    let new = operations
                        .into_iter()
                        .filter_map(|(name, operation)| match operation {
                            ConfigOperation::Set(value) => Some((name, value)),
                            ConfigOperation::Delete
                            | ConfigOperation::Append(_)
                            | ConfigOperation::Subtract(_) => None,
                        })
                        .collect();
                    self.check_broker_options(image, &resource, &new)?;
                    self.replaced_configs(image, &resource, &new)
                })
                .map(|new| records.extend(new));
            let (error_code, error_message) = outcome(&result);
            response.responses.push(alter_configs_response::AlterConfigsResourceResponse {
                error_code,
                error_message,
                resource_type: resource.resource_type,
                resource_name: resource.resource_name.clone(),
                ..Default::default()
            });
        }
        records.extend(clear_elr_records(image, &records));
        if request.validate_only {
            records.clear();
        }
        Decision::new(records, Reply::AlterConfigs(response))
    }

    /// Whether a node's options can be spoken of here: its own, as in Kafka's broker, and those of
    /// every node that can have forwarded the request.
    fn is_known_node(&self, image: &ClusterImage, id: BrokerId) -> bool {
        id == self.node_id || image.brokers.contains_key(&id) || image.controllers.contains_key(&id)
    }

    /// A resource whose configs live in the metadata.
    fn checked_resource(
        &self,
        image: &ClusterImage,
        (kind, name): &(i8, Str),
    ) -> Result<ConfigResource, ApiError> {
        let resource = ConfigResource::new(ConfigResourceType::from_id(*kind), name.to_string());
        match resource.resource_type {
            ConfigResourceType::Broker if !resource.name.is_empty() => {
                let id: i32 = resource.name.parse().map_err(|_| {
                    invalid_request(format!(
                        "Node id must be an integer, but it is: {}",
                        resource.name
                    ))
                })?;
                if !self.is_known_node(image, BrokerId::new(id)) {
                    return Err(invalid_request(format!(
                        "Unexpected broker id, expected {}, but received {}",
                        self.node_id, resource.name
                    )));
                }
                Ok(resource)
            }
            ConfigResourceType::Topic
            | ConfigResourceType::Broker
            | ConfigResourceType::ClientMetrics
            | ConfigResourceType::Group => Ok(resource),
            ConfigResourceType::BrokerLogger | ConfigResourceType::Unknown(_) => {
                Err(invalid_request(format!("Unknown resource type {kind}")))
            }
        }
    }

    /// Levels of Kafka's loggers: a node has none of them, so none exists.
    fn check_loggers(
        &self,
        image: &ClusterImage,
        name: &str,
        operations: &Operations,
    ) -> Result<(), ApiError> {
        let id: i32 = name.parse().map_err(|_| {
            invalid_request(format!("Node id must be an integer, but it is: {name}"))
        })?;
        if !self.is_known_node(image, BrokerId::new(id)) {
            return Err(invalid_request(format!(
                "Unexpected node id. Expected {}, but received {id}",
                self.node_id
            )));
        }
        operations.iter().try_for_each(|(logger, operation)| {
            let verb = match operation {
                ConfigOperation::Set(_) | ConfigOperation::Delete => {
                    return Err(invalid_config(format!("Logger {logger} does not exist!")));
                }
                ConfigOperation::Append(_) => "APPEND",
                ConfigOperation::Subtract(_) => "SUBTRACT",
            };
            Err(invalid_request(format!(
                "{verb} operation is not allowed for the BROKER_LOGGER resource"
            )))
        })
    }

    fn check_broker_change(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        operations: &Operations,
    ) -> Result<(), ApiError> {
        if resource.resource_type != ConfigResourceType::Broker {
            return Ok(());
        }
        let mut options = current(image, resource);
        for (name, operation) in operations {
            let verb = match operation {
                ConfigOperation::Append(_) => Some("append"),
                ConfigOperation::Subtract(_) => Some("subtract"),
                ConfigOperation::Set(_) | ConfigOperation::Delete => None,
            };
            if let Some(verb) = verb {
                let row = definition(Scope::Broker, name)
                    .ok_or_else(|| invalid_config(format!("Unknown config name: {name}")))?;
                if row.kind != Kind::List {
                    return Err(invalid_config(format!(
                        "Config value {verb} is not allowed for config key: {name}"
                    )));
                }
            }
            match applied(resource, name, operation, options.get(name)) {
                Some(value) => options.insert(name.clone(), value),
                None => options.remove(name),
            };
        }
        self.check_broker_options(image, resource, &options)
    }

    fn check_broker_options(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        options: &ConfigMap,
    ) -> Result<(), ApiError> {
        if resource.resource_type != ConfigResourceType::Broker {
            return Ok(());
        }
        let layers = self.layers_of(image);
        validate_broker_override(&layers, options, !resource.name.is_empty())
            .map(|_| ())
            .map_err(|error| invalid_request(error.to_string()))
    }

    /// The records of a change of some options.
    pub(crate) fn config_changes(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        operations: &Operations,
        is_new: bool,
    ) -> Result<Vec<VersionedRecord>, ApiError> {
        let existing = current(image, resource);
        let mut changes = Vec::new();
        for (name, operation) in operations {
            check_list(resource, name, operation)?;
            let before = existing.get(name);
            let after = applied(resource, name, operation, before);
            // Unchanged broker options are written again: they make brokers load files anew.
            if before != after.as_ref() || resource.resource_type == ConfigResourceType::Broker {
                changes.push((name.clone(), after));
            }
        }
        self.validated(image, resource, &changes, &[], is_new)?;
        Ok(changes.into_iter().map(|(name, value)| record(resource, &name, value)).collect())
    }

    /// The records that make `new` all that is set.
    fn replaced_configs(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        new: &ConfigMap,
    ) -> Result<Vec<VersionedRecord>, ApiError> {
        let existing = current(image, resource);
        let changes: Vec<_> = new
            .iter()
            .filter(|(name, value)| {
                existing.get(*name) != Some(*value)
                    || resource.resource_type == ConfigResourceType::Broker
            })
            .map(|(name, value)| (name.clone(), Some(value.clone())))
            .collect();
        let gone: Vec<_> =
            existing.keys().filter(|name| !new.contains_key(*name)).cloned().collect();
        self.validated(image, resource, &changes, &gone, false)?;
        let changes = changes.into_iter().map(|(name, value)| record(resource, &name, value));
        Ok(changes.chain(gone.iter().map(|name| record(resource, name, None))).collect())
    }

    fn validated(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        changes: &[(String, Option<String>)],
        gone: &[String],
        is_new: bool,
    ) -> Result<(), ApiError> {
        let existing = current(image, resource);
        let mut all = existing.clone();
        for (name, value) in changes {
            check_min_isr(image, resource, name, value.is_none())?;
            match value {
                None => {
                    all.remove(name);
                }
                Some(value) if value.encode_utf16().count() > VALUE_LENGTH_MAX => {
                    return Err(invalid_config(format!(
                        "The configuration value cannot be added because it exceeds the maximum \
                         value size of {VALUE_LENGTH_MAX} bytes."
                    )));
                }
                Some(value) => {
                    all.insert(name.clone(), value.clone());
                }
            }
        }
        for name in gone {
            check_min_isr(image, resource, name, true)?;
            all.remove(name);
        }
        self.validate_all(image, resource, &existing, &all)?;
        if is_new { Ok(()) } else { self.check_exists(image, resource) }
    }

    fn validate_all(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        existing: &ConfigMap,
        all: &ConfigMap,
    ) -> Result<(), ApiError> {
        match resource.resource_type {
            ConfigResourceType::Topic => {
                if resource.name.is_empty() {
                    return Err(invalid_request("Default topic resources are not allowed."));
                }
                resource.name.parse::<TopicName>().map_err(|error| {
                    ApiError::new(ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string())
                })?;
                let node = self.node_config(image)?;
                validate_topic_override(&node, existing, all)
                    .map_err(|error| ApiError::config(&error))
            }
            ConfigResourceType::Broker => match resource.name.parse::<i32>() {
                _ if resource.name.is_empty() => Ok(()),
                Ok(id) if id < 0 => Err(invalid_request("Invalid negative broker ID.")),
                Ok(_) => Ok(()),
                Err(_) => Err(invalid_request("Unable to parse broker name as a base 10 number.")),
            },
            ConfigResourceType::ClientMetrics => validate_client_metrics(&resource.name, all)
                .map(|_| ())
                .map_err(|error| ApiError::config(&error)),
            ConfigResourceType::Group => {
                if resource.name.is_empty() {
                    return Err(invalid_request("Default group resources are not allowed."));
                }
                let node = self.node_config(image)?;
                validate_group_override(&node, all).map_err(|error| ApiError::config(&error))
            }
            ConfigResourceType::BrokerLogger | ConfigResourceType::Unknown(_) => Err(
                invalid_request(format!("Unknown resource type {}", resource.resource_type.id())),
            ),
        }
    }

    fn check_exists(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
    ) -> Result<(), ApiError> {
        match resource.resource_type {
            ConfigResourceType::Topic if !image.topic_ids.contains_key(resource.name.as_str()) => {
                let why = format!("The topic '{}' does not exist.", resource.name);
                Err(ApiError::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, why))
            }
            ConfigResourceType::Broker if !resource.name.is_empty() => {
                let id = BrokerId::new(resource.name.parse().unwrap_or(-1));
                if self.is_known_node(image, id) {
                    return Ok(());
                }
                let why = format!("No node with id {id} found.");
                Err(ApiError::new(ErrorCode::BROKER_ID_NOT_REGISTERED, why))
            }
            ConfigResourceType::Topic
            | ConfigResourceType::Broker
            | ConfigResourceType::BrokerLogger
            | ConfigResourceType::ClientMetrics
            | ConfigResourceType::Group
            | ConfigResourceType::Unknown(_) => Ok(()),
        }
    }
}

const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

fn once(keys: &[(i8, Str)], key: &(i8, Str)) -> Result<(), ApiError> {
    if keys.iter().filter(|other| *other == key).count() > 1 {
        return Err(invalid_request("Each resource must appear at most once."));
    }
    Ok(())
}

fn operations(options: &[(&Str, i8, Option<&Str>)]) -> Result<Operations, ApiError> {
    let distinct: BTreeSet<&Str> = options.iter().map(|(name, _, _)| *name).collect();
    if distinct.len() < options.len() {
        return Err(invalid_request("Error due to duplicate config keys"));
    }
    let nulls: Vec<&str> = options
        .iter()
        .filter(|(_, operation, value)| *operation != DELETE && value.is_none())
        .map(|(name, _, _)| &***name)
        .collect();
    if !nulls.is_empty() {
        return Err(invalid_request(format!(
            "Null value not supported for : {}",
            nulls.join(", ")
        )));
    }
    options
        .iter()
        .map(|(name, code, value)| {
            let value = value.map(ToString::to_string).unwrap_or_default();
            let operation = match *code {
                SET => ConfigOperation::Set(value),
                DELETE => ConfigOperation::Delete,
                APPEND => ConfigOperation::Append(value),
                SUBTRACT => ConfigOperation::Subtract(value),
                other => return Err(invalid_request(format!("Unknown operations type {other}"))),
            };
            Ok((name.to_string(), operation))
        })
        .collect()
}

const fn scope(resource: &ConfigResource) -> Option<Scope> {
    match resource.resource_type {
        ConfigResourceType::Topic => Some(Scope::Topic),
        ConfigResourceType::Broker => Some(Scope::Broker),
        ConfigResourceType::ClientMetrics => Some(Scope::ClientMetrics),
        ConfigResourceType::Group => Some(Scope::Group),
        ConfigResourceType::BrokerLogger | ConfigResourceType::Unknown(_) => None,
    }
}

fn check_list(
    resource: &ConfigResource,
    name: &str,
    operation: &ConfigOperation,
) -> Result<(), ApiError> {
    let verb = match operation {
        ConfigOperation::Append(_) => "APPEND",
        ConfigOperation::Subtract(_) => "SUBTRACT",
        ConfigOperation::Set(_) | ConfigOperation::Delete => return Ok(()),
    };
    let row = scope(resource).and_then(|scope| definition(scope, name));
    if row.is_some_and(|row| row.kind == Kind::List) {
        return Ok(());
    }
    Err(invalid_config(format!("Can't {verb} to key {name} because its type is not LIST.")))
}

/// The value after the operation; `None` is not set.
fn applied(
    resource: &ConfigResource,
    name: &str,
    operation: &ConfigOperation,
    before: Option<&String>,
) -> Option<String> {
    let parts = || -> Vec<String> {
        let default = || {
            let row = scope(resource).and_then(|scope| definition(scope, name));
            row.and_then(|row| row.default).map(ToOwned::to_owned)
        };
        let text = before.cloned().or_else(default).unwrap_or_default();
        text.split(',').filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
    };
    match operation {
        ConfigOperation::Set(value) => Some(value.clone()),
        ConfigOperation::Delete => None,
        ConfigOperation::Append(added) => {
            let mut parts = parts();
            for value in added.split(',') {
                if !parts.iter().any(|known| known == value) {
                    parts.push(value.to_owned());
                }
            }
            Some(parts.join(","))
        }
        ConfigOperation::Subtract(removed) => {
            let mut parts = parts();
            for value in removed.split(',') {
                if let Some(position) = parts.iter().position(|known| known == value) {
                    parts.remove(position);
                }
            }
            Some(parts.join(","))
        }
    }
}

fn current(image: &ClusterImage, resource: &ConfigResource) -> ConfigMap {
    image.config(resource).map(|known| (**known).clone()).unwrap_or_default()
}

fn check_min_isr(
    image: &ClusterImage,
    resource: &ConfigResource,
    name: &str,
    removes: bool,
) -> Result<(), ApiError> {
    let concerns = name == MIN_INSYNC_REPLICAS
        && resource.resource_type == ConfigResourceType::Broker
        && image.features.is_elr_enabled();
    if concerns && !resource.name.is_empty() {
        return Err(invalid_config(
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled.",
        ));
    }
    if concerns && removes {
        return Err(invalid_config(
            "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.",
        ));
    }
    Ok(())
}

fn record(resource: &ConfigResource, name: &str, value: Option<String>) -> VersionedRecord {
    let record = ConfigRecord {
        resource_type: resource.resource_type.id(),
        resource_name: Str::from(resource.name.as_str()),
        name: Str::from(name),
        value: value.map(Str::from),
        ..ConfigRecord::default()
    };
    MetadataRecord::from(record).at(0)
}

/// A changed floor of in-sync replicas voids what was eligible under the old one.
pub(crate) fn clear_elr_records(
    image: &ClusterImage,
    records: &[VersionedRecord],
) -> Vec<VersionedRecord> {
    if !image.features.is_elr_enabled() {
        return Vec::new();
    }
    records
        .iter()
        .filter_map(|known| match &known.record {
            MetadataRecord::Config(config) if &*config.name == MIN_INSYNC_REPLICAS => {
                let is_topic = config.resource_type == ConfigResourceType::Topic.id();
                let topic_name =
                    if is_topic { config.resource_name.clone() } else { Str::default() };
                let record = ClearElrRecord { topic_name, ..ClearElrRecord::default() };
                Some(MetadataRecord::from(record).at(0))
            }
            _ => None,
        })
        .collect()
}
