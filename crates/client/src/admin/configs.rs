//! Configurations of topics, brokers and groups.

use super::{Admin, ApiResult, check, text};
use crate::error::{ApiError, ClientError};
use keld_types::BrokerId;
use keld_wire::messages::describe_configs_request::DescribeConfigsResource;
use keld_wire::messages::describe_configs_response::DescribeConfigsResourceResult;
use keld_wire::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use keld_wire::messages::{
    DescribeConfigsRequest, IncrementalAlterConfigsRequest, ListConfigResourcesRequest,
};
use keld_wire::{Message, Str};
use std::collections::BTreeMap;

/// Things asked for in one DescribeConfigs request for a single setting.
const DESCRIBE_RESOURCES_MAX: usize = 1_000;

/// What kind of thing is configured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConfigResourceType {
    /// 2: a topic by name.
    Topic,
    /// 4: a broker by id, or the defaults of all with an empty name.
    Broker,
    /// 8: log levels of a broker by id.
    BrokerLogger,
    /// 16: a client metrics subscription.
    ClientMetrics,
    /// 32: a group by name.
    Group,
    /// A kind of a later release.
    Unknown(i8),
}

impl ConfigResourceType {
    /// The protocol's number.
    pub const fn id(self) -> i8 {
        match self {
            Self::Topic => 2,
            Self::Broker => 4,
            Self::BrokerLogger => 8,
            Self::ClientMetrics => 16,
            Self::Group => 32,
            Self::Unknown(id) => id,
        }
    }

    /// From the protocol's number.
    pub const fn from_id(id: i8) -> Self {
        match id {
            2 => Self::Topic,
            4 => Self::Broker,
            8 => Self::BrokerLogger,
            16 => Self::ClientMetrics,
            32 => Self::Group,
            other => Self::Unknown(other),
        }
    }
}

/// A thing that is configured.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConfigResource {
    /// Its kind.
    pub resource_type: ConfigResourceType,
    /// Its name.
    pub name: String,
}

impl ConfigResource {
    /// Names a thing.
    pub fn new(resource_type: ConfigResourceType, name: impl Into<String>) -> Self {
        Self { resource_type, name: name.into() }
    }

    /// The broker that must be asked: a broker knows its own configuration only.
    fn broker(&self) -> Option<BrokerId> {
        match self.resource_type {
            ConfigResourceType::Broker | ConfigResourceType::BrokerLogger => {
                self.name.parse().ok().map(BrokerId::new)
            }
            ConfigResourceType::Topic
            | ConfigResourceType::ClientMetrics
            | ConfigResourceType::Group
            | ConfigResourceType::Unknown(_) => None,
        }
    }
}

/// A setting where it is, and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigEntry {
    /// Its name.
    pub name: String,
    /// Its value; `None` when it has none or it is secret.
    pub value: Option<String>,
    /// Whether it cannot be changed while the broker runs.
    pub is_read_only: bool,
    /// Whether its value is kept secret.
    pub is_sensitive: bool,
    /// Where the value comes from: 1 topic, 2 broker, 3 default of all brokers, 4 the file,
    /// 5 built in, 6 logger, 7 client metrics, 8 group; −1 unknown.
    pub source: i8,
    /// Its type: 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class,
    /// 9 password; 0 unknown.
    pub config_type: i8,
    /// What it is for, if that was asked.
    pub documentation: Option<String>,
    /// The same setting further down, if that was asked.
    pub synonyms: Vec<ConfigSynonym>,
}

impl ConfigEntry {
    /// The source as Kafka's tools print it.
    pub const fn source_name(&self) -> &'static str {
        source_name(self.source)
    }

    /// Whether the value is the built-in one.
    pub const fn is_default(&self) -> bool {
        self.source == 5
    }
}

/// A setting further down that would apply if the one above were removed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigSynonym {
    /// Its name there.
    pub name: String,
    /// Its value there.
    pub value: Option<String>,
    /// Its source, as in [`ConfigEntry::source`].
    pub source: i8,
}

impl ConfigSynonym {
    /// The source as Kafka's tools print it.
    pub const fn source_name(&self) -> &'static str {
        source_name(self.source)
    }
}

const fn source_name(source: i8) -> &'static str {
    match source {
        1 => "DYNAMIC_TOPIC_CONFIG",
        2 => "DYNAMIC_BROKER_CONFIG",
        3 => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        4 => "STATIC_BROKER_CONFIG",
        5 => "DEFAULT_CONFIG",
        6 => "DYNAMIC_BROKER_LOGGER_CONFIG",
        7 => "DYNAMIC_CLIENT_METRICS_CONFIG",
        8 => "DYNAMIC_GROUP_CONFIG",
        _ => "UNKNOWN",
    }
}

/// The settings of each thing that was asked for.
pub type DescribedConfigs = BTreeMap<ConfigResource, ApiResult<Vec<ConfigEntry>>>;

/// A change of one setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConfigOperation {
    /// Sets the value.
    Set(String),
    /// Removes it, so that the next synonym applies.
    Delete,
    /// Adds to a list.
    Append(String),
    /// Takes out of a list.
    Subtract(String),
}

impl Admin {
    /// Describes settings.
    pub async fn describe_configs(
        &self,
        resources: &[ConfigResource],
        synonyms: bool,
        documentation: bool,
    ) -> Result<DescribedConfigs, ClientError> {
        let mut described = DescribedConfigs::new();
        for (broker, resources) in by_broker(resources.iter()) {
            let request = DescribeConfigsRequest {
                resources: resources
                    .into_iter()
                    .map(|resource| DescribeConfigsResource {
                        resource_type: resource.resource_type.id(),
                        resource_name: Str::from(&resource.name),
                        configuration_keys: None,
                        ..DescribeConfigsResource::default()
                    })
                    .collect(),
                include_synonyms: synonyms,
                include_documentation: documentation,
                ..DescribeConfigsRequest::default()
            };
            let response = self.call_any_or_broker(broker, request).await?;
            for result in &response.results {
                let resource = ConfigResource::new(
                    ConfigResourceType::from_id(result.resource_type),
                    result.resource_name.as_str(),
                );
                let entries = ApiError::check(result.error_code, result.error_message.as_deref())
                    .map(|()| result.configs.iter().map(entry).collect());
                described.insert(resource, entries);
            }
        }
        Ok(described)
    }

    /// One setting of each of these things that can be asked for it: its value with its source.
    pub async fn describe_config(
        &self,
        resources: &[ConfigResource],
        name: &str,
    ) -> Result<BTreeMap<ConfigResource, ConfigEntry>, ClientError> {
        let mut described = BTreeMap::new();
        for (broker, resources) in by_broker(resources.iter()) {
            for resources in resources.chunks(DESCRIBE_RESOURCES_MAX) {
                let request = DescribeConfigsRequest {
                    resources: resources
                        .iter()
                        .map(|resource| DescribeConfigsResource {
                            resource_type: resource.resource_type.id(),
                            resource_name: Str::from(&resource.name),
                            configuration_keys: Some(vec![Str::from(name)]),
                            ..DescribeConfigsResource::default()
                        })
                        .collect(),
                    ..DescribeConfigsRequest::default()
                };
                let response = self.call_any_or_broker(broker, request).await?;
                for result in &response.results {
                    let resource = ConfigResource::new(
                        ConfigResourceType::from_id(result.resource_type),
                        result.resource_name.as_str(),
                    );
                    // One that is gone meanwhile has no setting any more.
                    if let Some(config) = result.configs.first() {
                        described.insert(resource, entry(config));
                    }
                }
            }
        }
        Ok(described)
    }

    /// Changes settings, or with `validate_only` says whether it would.
    pub async fn alter_configs(
        &self,
        changes: &BTreeMap<ConfigResource, Vec<(String, ConfigOperation)>>,
        validate_only: bool,
    ) -> Result<BTreeMap<ConfigResource, ApiResult<()>>, ClientError> {
        let mut altered = BTreeMap::new();
        for (broker, resources) in by_broker(changes.keys()) {
            let request = IncrementalAlterConfigsRequest {
                resources: resources
                    .into_iter()
                    .map(|resource| AlterConfigsResource {
                        resource_type: resource.resource_type.id(),
                        resource_name: Str::from(&resource.name),
                        configs: changes[resource].iter().map(alterable).collect(),
                        ..AlterConfigsResource::default()
                    })
                    .collect(),
                validate_only,
                ..IncrementalAlterConfigsRequest::default()
            };
            let response = self.call_any_or_broker(broker, request).await?;
            for result in &response.responses {
                let resource = ConfigResource::new(
                    ConfigResourceType::from_id(result.resource_type),
                    result.resource_name.as_str(),
                );
                let message = text(result.error_message.as_ref());
                altered.insert(resource, ApiError::check(result.error_code, message.as_deref()));
            }
        }
        Ok(altered)
    }

    /// Lists things that have settings; all kinds when `types` is empty.
    pub async fn list_config_resources(
        &self,
        types: &[ConfigResourceType],
    ) -> Result<Vec<ConfigResource>, ClientError> {
        let request = ListConfigResourcesRequest {
            resource_types: types.iter().map(|kind| kind.id()).collect(),
            ..ListConfigResourcesRequest::default()
        };
        let response = self.client.call_any(request).await?;
        check("ListConfigResources", response.error_code, None)?;
        Ok(response
            .config_resources
            .iter()
            .map(|resource| {
                let kind = ConfigResourceType::from_id(resource.resource_type);
                ConfigResource::new(kind, resource.resource_name.as_str())
            })
            .collect())
    }

    /// Sends to one broker, or to any.
    pub(super) async fn call_any_or_broker<R: keld_wire::Rpc + Clone>(
        &self,
        broker: Option<BrokerId>,
        request: R,
    ) -> Result<R::Response, ClientError> {
        let Some(broker) = broker else { return self.client.call_any(request).await };
        let timeout = self.client.config().request_timeout;
        let version_max = <R as Message>::LATEST_STABLE_VERSION;
        self.client
            .retrying(R::NAME, || {
                self.client.call_broker(broker, request.clone(), version_max, timeout)
            })
            .await
    }
}

fn by_broker<'a>(
    resources: impl Iterator<Item = &'a ConfigResource>,
) -> BTreeMap<Option<BrokerId>, Vec<&'a ConfigResource>> {
    let mut brokers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for resource in resources {
        brokers.entry(resource.broker()).or_default().push(resource);
    }
    brokers
}

fn entry(config: &DescribeConfigsResourceResult) -> ConfigEntry {
    ConfigEntry {
        name: config.name.to_string(),
        value: text(config.value.as_ref()),
        is_read_only: config.read_only,
        is_sensitive: config.is_sensitive,
        source: config.config_source,
        config_type: config.config_type,
        documentation: text(config.documentation.as_ref()),
        synonyms: config
            .synonyms
            .iter()
            .map(|synonym| ConfigSynonym {
                name: synonym.name.to_string(),
                value: text(synonym.value.as_ref()),
                source: synonym.source,
            })
            .collect(),
    }
}

fn alterable((name, operation): &(String, ConfigOperation)) -> AlterableConfig {
    let (config_operation, value) = match operation {
        ConfigOperation::Set(value) => (0, Some(value)),
        ConfigOperation::Delete => (1, None),
        ConfigOperation::Append(value) => (2, Some(value)),
        ConfigOperation::Subtract(value) => (3, Some(value)),
    };
    AlterableConfig {
        name: Str::from(name),
        config_operation,
        value: value.map(Str::from),
        ..AlterableConfig::default()
    }
}
