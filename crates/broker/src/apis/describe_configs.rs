//! DescribeConfigs: every option of a topic, broker, group or client-metrics subscription.

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::INVALID_REQUEST;
use crate::reply::Reply;
use keld_config::describe::{self, ConfigEntry};
use keld_metadata::{ConfigMap, ConfigResource, ConfigResourceType};
use keld_types::{ErrorCode, TopicName};
use keld_wire::Str;
use keld_wire::messages::describe_configs_request::DescribeConfigsResource;
use keld_wire::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use keld_wire::messages::{DescribeConfigsRequest, DescribeConfigsResponse};
use std::sync::Arc;

/// A refusal of one resource: code and message.
type Refusal = (ErrorCode, String);

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DescribeConfigsRequest,
) -> Reply {
    let unexpected = request.resources.iter().find(|resource| {
        matches!(
            ConfigResourceType::from_id(resource.resource_type),
            ConfigResourceType::Unknown(_)
        )
    });
    // One resource of an unknown type spoils the whole request, as in Kafka, which then says only
    // what the code means.
    let spoiled = unexpected.map(|_| (ErrorCode::INVALID_REQUEST, INVALID_REQUEST.to_owned()));
    let results = request.resources.iter().map(|resource| {
        let described = match &spoiled {
            Some(refusal) => Err(refusal.clone()),
            None => describe_resource(node, resource),
        };
        result(resource, described, request.include_synonyms, request.include_documentation)
    });
    let results = results.collect();
    DescribeConfigsResponse { results, ..DescribeConfigsResponse::default() }.into()
}

fn describe_resource(
    node: &Node,
    resource: &DescribeConfigsResource,
) -> Result<Vec<ConfigEntry>, Refusal> {
    let name = resource.resource_name.as_str();
    let resource_type = ConfigResourceType::from_id(resource.resource_type);
    let image = node.image();
    let overrides = || -> ConfigMap {
        let key = ConfigResource::new(resource_type, name);
        image.config(&key).map(|map| ConfigMap::clone(map)).unwrap_or_default()
    };
    let layers = node.layers();
    let config = node.config();
    match resource_type {
        ConfigResourceType::Topic => {
            let topic = name
                .parse::<TopicName>()
                .map_err(|error| (ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string()))?;
            if image.topic(&topic).is_none() {
                return Err((ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, String::new()));
            }
            Ok(describe::topic(&layers, &config, &overrides()))
        }
        ConfigResourceType::Broker if name.is_empty() => Ok(describe::broker_defaults(&layers)),
        ConfigResourceType::Broker => {
            check_own_id(node, name, " or empty string,")?;
            Ok(describe::broker(&layers))
        }
        ConfigResourceType::BrokerLogger if name.is_empty() => {
            Err(invalid("Broker id must not be empty".to_owned()))
        }
        ConfigResourceType::BrokerLogger => {
            check_own_id(node, name, "")?;
            Ok(vec![root_logger(&config.log_level)])
        }
        ConfigResourceType::ClientMetrics if name.is_empty() => {
            Err(invalid("Client metrics subscription name must not be empty".to_owned()))
        }
        ConfigResourceType::ClientMetrics => Ok(describe::client_metrics(&overrides())),
        ConfigResourceType::Group if name.is_empty() => {
            Err(invalid("Group name must not be empty".to_owned()))
        }
        ConfigResourceType::Group => Ok(describe::group(&layers, &config, &overrides())),
        ConfigResourceType::Unknown(id) => Err(invalid(format!("Unsupported resource type: {id}"))),
    }
}

fn invalid(message: String) -> Refusal {
    (ErrorCode::INVALID_REQUEST, message)
}

fn check_own_id(node: &Node, name: &str, or_else: &str) -> Result<(), Refusal> {
    let own = node.config().node_id;
    match name.parse::<i32>() {
        Err(_) => Err(invalid(format!("Broker id must be an integer, but it is: {name}"))),
        Ok(id) if id != own.get() => Err(invalid(format!(
            "Unexpected broker id, expected {own}{or_else} but received {name}"
        ))),
        Ok(_) => Ok(()),
    }
}

/// The one logger there is; its level is `keld.log.level`.
fn root_logger(level: &str) -> ConfigEntry {
    ConfigEntry {
        name: "root".to_owned(),
        value: Some(level.to_ascii_uppercase()),
        source: describe::ConfigSource::BrokerLogger,
        is_sensitive: false,
        is_read_only: true,
        synonyms: Vec::new(),
        type_id: 0,
        documentation: None,
    }
}

fn result(
    resource: &DescribeConfigsResource,
    described: Result<Vec<ConfigEntry>, Refusal>,
    include_synonyms: bool,
    include_documentation: bool,
) -> DescribeConfigsResult {
    let mut result = DescribeConfigsResult {
        resource_type: resource.resource_type,
        resource_name: resource.resource_name.clone(),
        ..DescribeConfigsResult::default()
    };
    match described {
        Ok(entries) => {
            let is_asked = |entry: &ConfigEntry| match resource.configuration_keys.as_deref() {
                None | Some([]) => true,
                Some(keys) => keys.iter().any(|key| key.as_str() == entry.name),
            };
            result.configs = entries
                .into_iter()
                .filter(is_asked)
                .map(|entry| row(entry, include_synonyms, include_documentation))
                .collect();
        }
        Err((error_code, message)) => {
            result.error_code = error_code;
            result.error_message = Some(Str::from(message));
        }
    }
    result
}

fn row(
    entry: ConfigEntry,
    include_synonyms: bool,
    include_documentation: bool,
) -> DescribeConfigsResourceResult {
    let synonyms = entry.synonyms.into_iter().filter(|_| include_synonyms);
    DescribeConfigsResourceResult {
        name: entry.name.into(),
        value: entry.value.map(Str::from),
        read_only: entry.is_read_only,
        config_source: entry.source.response_id(),
        is_sensitive: entry.is_sensitive,
        synonyms: synonyms
            .map(|synonym| DescribeConfigsSynonym {
                name: synonym.name.into(),
                value: synonym.value.map(Str::from),
                source: synonym.source.response_id(),
                ..DescribeConfigsSynonym::default()
            })
            .collect(),
        config_type: entry.type_id,
        documentation: entry.documentation.filter(|_| include_documentation).map(Str::from),
        ..DescribeConfigsResourceResult::default()
    }
}
