//! A broker's options in their layers: static, dynamic for all brokers, dynamic for this one.

use std::collections::BTreeMap;

use crate::definition::{Definition, Scope, UpdateMode};
use crate::error::ConfigError;
use crate::node::NodeConfig;
use crate::parsed::Parsed;
use crate::properties::Properties;
use crate::synonyms::{broker_synonyms, listener_base_name};
use crate::table::{definition, definitions_of};

/// Where a broker's options come from, weakest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BrokerLayers {
    /// `server.properties` and the command line's overrides.
    pub static_properties: Properties,
    /// Dynamic options of all brokers (the resource with the empty name).
    pub dynamic_default: BTreeMap<String, String>,
    /// Dynamic options of this broker.
    pub dynamic_broker: BTreeMap<String, String>,
}

impl BrokerLayers {
    /// Only static options.
    pub fn new(static_properties: Properties) -> Self {
        Self { static_properties: with_node_id(static_properties), ..Self::default() }
    }

    /// All layers in one: a stronger layer's option also removes the weaker layers' synonyms of it.
    pub fn effective(&self) -> Properties {
        let mut effective = self.static_properties.clone();
        for layer in [&self.dynamic_default, &self.dynamic_broker] {
            for (name, value) in layer {
                for synonym in broker_synonyms(name, false) {
                    effective.remove(synonym);
                }
                effective.set(name.as_str(), value.as_str());
            }
        }
        effective
    }

    /// The typed configuration of all layers together.
    pub fn node_config(&self) -> Result<NodeConfig, ConfigError> {
        NodeConfig::from_properties(&self.effective())
    }

    /// The layers as they would be with other dynamic options, invalid ones left out: what a
    /// broker does with records that another version wrote.
    pub fn with_dynamic(
        &self,
        dynamic_default: &BTreeMap<String, String>,
        dynamic_broker: &BTreeMap<String, String>,
    ) -> Self {
        let keep = |layer: &BTreeMap<String, String>, per_broker| {
            layer
                .iter()
                .filter(|(name, value)| {
                    let one = BTreeMap::from([((*name).clone(), (*value).clone())]);
                    check_dynamic(&one, per_broker).is_ok()
                })
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        Self {
            static_properties: self.static_properties.clone(),
            dynamic_default: keep(dynamic_default, false),
            dynamic_broker: keep(dynamic_broker, true),
        }
    }
}

/// `broker.id` and `node.id` are one: each fills the other in.
pub(crate) fn with_node_id(mut properties: Properties) -> Properties {
    for (from, to) in [("broker.id", "node.id"), ("node.id", "broker.id")] {
        if let (Some(id), false) = (properties.get(from), properties.contains(to)) {
            let id = id.to_owned();
            properties.set(to, id);
        }
    }
    properties
}

/// Checks the complete new set of dynamic options of one broker (`per_broker`) or of all, against
/// the other layers, as AlterConfigs does.
pub fn validate_broker_override(
    layers: &BrokerLayers,
    options: &BTreeMap<String, String>,
    per_broker: bool,
) -> Result<NodeConfig, ConfigError> {
    check_dynamic(options, per_broker)?;
    let mut changed = layers.clone();
    if per_broker {
        changed.dynamic_broker = options.clone();
    } else {
        changed.dynamic_default = options.clone();
    }
    let new = changed.node_config()?;
    let old = layers.node_config()?;
    new.check_change_from(&old)?;
    Ok(new)
}

fn check_dynamic(options: &BTreeMap<String, String>, per_broker: bool) -> Result<(), ConfigError> {
    let refuse = |message: &str, names: Vec<&str>| {
        if names.is_empty() {
            return Ok(());
        }
        Err(ConfigError::Invalid(format!("{message}: [{}]", names.join(", "))))
    };
    let names = || options.keys().map(String::as_str);
    let mode = |name: &str| definition(Scope::Broker, name).map(|row| row.update_mode);
    refuse(
        "Cannot update these configs dynamically",
        names().filter(|name| mode(name) == Some(UpdateMode::ReadOnly)).collect(),
    )?;
    refuse(
        "These security configs can be dynamically updated only per-listener using the listener \
         prefix",
        names().filter(|name| is_dynamic_security(name)).collect(),
    )?;
    let base: BTreeMap<String, String> = options
        .iter()
        .map(|(name, value)| (listener_base_name(name).unwrap_or(name).to_owned(), value.clone()))
        .collect();
    Parsed::of(definitions_of(Scope::Broker).filter(|row| is_dynamic(row)), &base)?;
    if per_broker {
        return Ok(());
    }
    refuse(
        "Cannot update these configs at default cluster level, broker id must be specified",
        names().filter(|name| is_per_broker(name)).collect(),
    )
}

fn is_dynamic(row: &Definition) -> bool {
    row.update_mode != UpdateMode::ReadOnly && !row.required
}

fn is_per_broker(name: &str) -> bool {
    const OF_LISTENERS_CLUSTER_WIDE: [&str; 3] =
        ["max.connections", "max.connection.creation.rate", "num.network.threads"];
    match listener_base_name(name) {
        Some(base) => !OF_LISTENERS_CLUSTER_WIDE.contains(&base),
        None => definition(Scope::Broker, name)
            .is_some_and(|row| row.update_mode == UpdateMode::PerBroker),
    }
}

/// TLS options that Kafka changes at run time for one listener only.
fn is_dynamic_security(name: &str) -> bool {
    matches!(
        name,
        "ssl.keystore.type"
            | "ssl.keystore.location"
            | "ssl.keystore.password"
            | "ssl.key.password"
            | "ssl.truststore.type"
            | "ssl.truststore.location"
            | "ssl.truststore.password"
            | "ssl.keystore.certificate.chain"
            | "ssl.keystore.key"
            | "ssl.truststore.certificates"
    )
}
