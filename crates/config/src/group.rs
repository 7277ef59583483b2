//! A group's configuration: its overrides, within the broker's bounds.

use std::collections::BTreeMap;

use crate::definition::Scope;
use crate::error::ConfigError;
use crate::node::NodeConfig;
use crate::parsed::Parsed;
use crate::table::definition;

/// A group's overrides, as texts; what is not there follows the broker.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GroupConfig {
    overrides: BTreeMap<String, String>,
}

impl GroupConfig {
    /// A group with these overrides.
    pub fn new(overrides: BTreeMap<String, String>) -> Self {
        Self { overrides }
    }

    /// The effective number of an option that has a broker default and bounds, for instance
    /// `consumer.session.timeout.ms`: the override is clamped to the bounds, which may have
    /// changed since it was set.
    pub fn number(&self, node: &NodeConfig, option: &str) -> Option<i32> {
        let range = node.groups.ranges.get(option)?;
        let own = self.overrides.get(option).and_then(|text| text.trim().parse::<i32>().ok());
        Some(own.map_or(range.default, |own| own.max(range.min).min(range.max)))
    }
}

/// Checks a group's complete new set of overrides, as AlterConfigs does.
pub fn validate_group_override(
    node: &NodeConfig,
    overrides: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    for name in overrides.keys() {
        if definition(Scope::Group, name).is_none() {
            return Err(ConfigError::Invalid(format!("Unknown group config name: {name}")));
        }
    }
    let mut values: BTreeMap<String, String> = node
        .groups
        .ranges
        .iter()
        .map(|(name, range)| ((*name).to_owned(), range.default.to_string()))
        .collect();
    values.extend(overrides.iter().map(|(name, value)| (name.clone(), value.clone())));
    let parsed = Parsed::new(Scope::Group, &values)?;
    for (option, prefix, end) in crate::node::GROUP_RANGES {
        let (Some(range), (min, max)) =
            (node.groups.ranges.get(option), crate::node::bound_names(option, prefix, end))
        else {
            continue;
        };
        let value = parsed.int(option);
        if let (Some(min), true) = (min, value < range.min) {
            return Err(ConfigError::Invalid(format!(
                "{option} must be greater than or equal to {min}"
            )));
        }
        if let (Some(max), true) = (max, value > range.max) {
            return Err(ConfigError::Invalid(format!(
                "{option} must be less than or equal to {max}"
            )));
        }
    }
    for kind in ["consumer", "share", "streams"] {
        let session = format!("{kind}.session.timeout.ms");
        let heartbeat = format!("{kind}.heartbeat.interval.ms");
        if parsed.int(&session) <= parsed.int(&heartbeat) {
            return Err(ConfigError::Invalid(format!(
                "{session} must be greater than {heartbeat}"
            )));
        }
    }
    Ok(())
}
