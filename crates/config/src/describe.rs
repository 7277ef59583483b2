//! What DescribeConfigs answers: each option with its value, where the value comes from, and every
//! other place it could have come from, strongest first.

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::{Definition, Scope, UpdateMode};
use crate::layers::BrokerLayers;
use crate::node::NodeConfig;
use crate::synonyms::{broker_synonyms, group_synonym, listener_base_name, topic_synonyms};
use crate::table::{definition, definitions_of};
use crate::value::Value;

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigSource {
    /// A topic's override.
    Topic,
    /// A dynamic option of this broker.
    DynamicBroker,
    /// A dynamic option of all brokers.
    DynamicDefaultBroker,
    /// `server.properties`.
    StaticBroker,
    /// The table's default.
    Default,
    /// A broker's logger.
    BrokerLogger,
    /// A subscription's own option.
    ClientMetrics,
    /// A group's override.
    Group,
}

impl ConfigSource {
    /// The number used in a DescribeConfigs response.
    pub fn response_id(self) -> i8 {
        match self {
            Self::Topic => 1,
            Self::DynamicBroker => 2,
            Self::DynamicDefaultBroker => 3,
            Self::StaticBroker => 4,
            Self::Default => 5,
            Self::BrokerLogger => 6,
            Self::ClientMetrics => 7,
            Self::Group => 8,
        }
    }
}

/// One of the places a value can come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigSynonym {
    /// The option's name there.
    pub name: String,
    /// The value there; `None` when it is a secret.
    pub value: Option<String>,
    /// The place.
    pub source: ConfigSource,
}

/// One option as DescribeConfigs gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigEntry {
    /// Its name.
    pub name: String,
    /// Its effective value; `None` when there is none or it is a secret.
    pub value: Option<String>,
    /// Where that comes from.
    pub source: ConfigSource,
    /// The value is a secret and not shown.
    pub is_sensitive: bool,
    /// It cannot be changed while the node runs.
    pub is_read_only: bool,
    /// Every place it can come from, the one that wins first.
    pub synonyms: Vec<ConfigSynonym>,
    /// The number of its type in the response; 0 when not known.
    pub type_id: i8,
    /// What it does.
    pub documentation: Option<&'static str>,
}

/// A topic's options: `overrides` over the broker's layers.
pub fn topic(
    layers: &BrokerLayers,
    node: &NodeConfig,
    overrides: &BTreeMap<String, String>,
) -> Vec<ConfigEntry> {
    definitions_of(Scope::Topic)
        .filter(|row| !row.internal || overrides.contains_key(row.name))
        .map(|row| {
            let own = overrides.get(row.name).map(String::as_str);
            let inherited = node.topic_default_values.get(row.name).map(String::as_str);
            let value = own.or(inherited).or(row.default).and_then(|text| normal(row, text));
            let mut synonyms = own_synonym(row, own.and(value.as_deref()), ConfigSource::Topic);
            if let Some((strongest, _)) = topic_synonyms(row.name).first() {
                synonyms.extend(broker_places(layers, strongest));
            }
            entry(row, value, false, synonyms)
        })
        .collect()
}

/// A group's options: `overrides` over the broker's layers.
pub fn group(
    layers: &BrokerLayers,
    node: &NodeConfig,
    overrides: &BTreeMap<String, String>,
) -> Vec<ConfigEntry> {
    definitions_of(Scope::Group)
        .map(|row| {
            let own = overrides.get(row.name).map(String::as_str);
            let inherited = node.groups.ranges.get(row.name).map(|range| range.default.to_string());
            let text = own.or(inherited.as_deref()).or(row.default);
            let value = text.and_then(|text| normal(row, text));
            let mut synonyms = own_synonym(row, own.and(value.as_deref()), ConfigSource::Group);
            match group_synonym(row.name) {
                Some(broker) => synonyms.extend(broker_places(layers, broker)),
                None => synonyms.extend(own_synonym(row, row.default, ConfigSource::Default)),
            }
            entry(row, value, false, synonyms)
        })
        .collect()
}

/// A client-metrics subscription's options.
pub fn client_metrics(options: &BTreeMap<String, String>) -> Vec<ConfigEntry> {
    definitions_of(Scope::ClientMetrics)
        .map(|row| {
            let own = options.get(row.name).map(String::as_str);
            let value = own.or(row.default).and_then(|text| normal(row, text));
            let synonyms = own_synonym(row, own.and(value.as_deref()), ConfigSource::ClientMetrics);
            entry(row, value, false, synonyms)
        })
        .collect()
}

/// A broker's options: all of them, and what else is set.
pub fn broker(layers: &BrokerLayers) -> Vec<ConfigEntry> {
    let effective = layers.effective();
    let mut names: BTreeSet<&str> =
        definitions_of(Scope::Broker).filter(|row| !row.internal).map(|row| row.name).collect();
    // Dynamic-only options are listed only where they are set, as in Kafka.
    for name in DYNAMIC_ONLY {
        names.remove(name);
    }
    names.extend(effective.iter().map(|(name, _)| name));
    names.into_iter().map(|name| broker_entry(layers, name, effective.get(name), true)).collect()
}

/// The dynamic options of all brokers (the resource with the empty name).
pub fn broker_defaults(layers: &BrokerLayers) -> Vec<ConfigEntry> {
    layers
        .dynamic_default
        .iter()
        .map(|(name, value)| broker_entry(layers, name, Some(value), false))
        .collect()
}

/// Options that Kafka has only as dynamic ones.
const DYNAMIC_ONLY: [&str; 3] = [
    "follower.replication.throttled.rate",
    "leader.replication.throttled.rate",
    "replica.alter.log.dirs.io.max.bytes.per.second",
];

fn broker_entry(
    layers: &BrokerLayers,
    name: &str,
    given: Option<&str>,
    per_broker: bool,
) -> ConfigEntry {
    let exact = definition(Scope::Broker, name);
    let row =
        exact.or_else(|| listener_base_name(name).and_then(|base| definition(Scope::Broker, base)));
    // An option that nobody knows might be a secret.
    let is_sensitive = row.is_none_or(Definition::is_sensitive);
    let text = given.or_else(|| exact.and_then(|row| row.default));
    let value = text.filter(|_| !is_sensitive).map(|text| match exact {
        Some(row) if per_broker => normal(row, text).unwrap_or_else(|| text.to_owned()),
        _ => text.to_owned(),
    });
    let mut synonyms = broker_places(layers, name);
    if !per_broker {
        synonyms.retain(|synonym| synonym.source == ConfigSource::DynamicDefaultBroker);
    }
    ConfigEntry {
        name: name.to_owned(),
        value,
        source: synonyms.first().map_or(ConfigSource::Default, |first| first.source),
        is_sensitive,
        is_read_only: exact.is_none_or(|row| row.update_mode == UpdateMode::ReadOnly),
        synonyms,
        type_id: row.map_or(0, |row| row.kind.response_id()),
        documentation: exact.map(|row| row.documentation),
    }
}

/// Every place where a broker option or a synonym of it is set, strongest first, beginning at the
/// first that bears the name itself.
fn broker_places(layers: &BrokerLayers, name: &str) -> Vec<ConfigSynonym> {
    let names = broker_synonyms(name, true);
    let is_sensitive = names
        .iter()
        .find_map(|name| definition(Scope::Broker, name))
        .is_none_or(Definition::is_sensitive);
    let mut places = Vec::new();
    let mut look = |source: ConfigSource, find: &dyn Fn(&str) -> Option<String>| {
        for name in &names {
            if let Some(value) = find(name) {
                let value = (!is_sensitive).then_some(value);
                places.push(ConfigSynonym { name: (*name).to_owned(), value, source });
            }
        }
    };
    look(ConfigSource::DynamicBroker, &|name| layers.dynamic_broker.get(name).cloned());
    look(ConfigSource::DynamicDefaultBroker, &|name| layers.dynamic_default.get(name).cloned());
    look(ConfigSource::StaticBroker, &|name| layers.static_properties.get(name).map(str::to_owned));
    look(ConfigSource::Default, &|name| {
        let row = definition(Scope::Broker, name).filter(|_| !DYNAMIC_ONLY.contains(&name))?;
        row.default.map(str::to_owned)
    });
    let skip = places.iter().take_while(|place| place.name != name).count();
    places.split_off(skip)
}

fn own_synonym(row: &Definition, value: Option<&str>, source: ConfigSource) -> Vec<ConfigSynonym> {
    value
        .map(|value| ConfigSynonym {
            name: row.name.to_owned(),
            value: Some(value.to_owned()),
            source,
        })
        .into_iter()
        .collect()
}

fn entry(
    row: &Definition,
    value: Option<String>,
    is_read_only: bool,
    synonyms: Vec<ConfigSynonym>,
) -> ConfigEntry {
    ConfigEntry {
        name: row.name.to_owned(),
        value,
        source: synonyms.first().map_or(ConfigSource::Default, |first| first.source),
        is_sensitive: row.is_sensitive(),
        is_read_only,
        synonyms,
        type_id: row.kind.response_id(),
        documentation: Some(row.documentation),
    }
}

/// The value printed as Kafka prints it after parsing.
fn normal(row: &Definition, text: &str) -> Option<String> {
    Value::parse(row.name, text, row.kind)
        .map_or_else(|_| Some(text.to_owned()), |value| Some(value.to_string()))
}

#[cfg(test)]
mod tests;
