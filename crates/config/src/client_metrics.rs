//! A client-metrics subscription (KIP-714): which clients push which metrics how often.

use std::collections::BTreeMap;

use crate::definition::Scope;
use crate::error::ConfigError;
use crate::parsed::Parsed;
use crate::table::definition;

/// A subscription, typed and checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientMetricsConfig {
    /// Prefixes of metric names; one `*` is all, none is nothing.
    pub metrics: Vec<String>,
    /// How often a client pushes.
    pub interval_ms: i32,
    /// Selector and pattern pairs that a client must match, all of them.
    pub matches: BTreeMap<String, String>,
}

const SELECTORS: [&str; 6] = [
    "client_instance_id",
    "client_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
];

/// Checks and types a subscription's options, as AlterConfigs does. Whether a pattern is a valid
/// regular expression is for the caller to check, who has an engine for them.
pub fn validate_client_metrics(
    name: &str,
    options: &BTreeMap<String, String>,
) -> Result<ClientMetricsConfig, ConfigError> {
    if name.is_empty() {
        return Err(ConfigError::InvalidRequest("Subscription name can't be empty".to_owned()));
    }
    for option in options.keys() {
        if definition(Scope::ClientMetrics, option).is_none() {
            return Err(ConfigError::InvalidRequest(format!(
                "Unknown client metrics configuration: {option}"
            )));
        }
    }
    let parsed = Parsed::new(Scope::ClientMetrics, options)?;
    let interval_ms = parsed.int("interval.ms");
    if !(100..=3_600_000).contains(&interval_ms) {
        return Err(ConfigError::InvalidRequest(format!(
            "Invalid value {interval_ms} for interval.ms, interval must be between 100 and \
             3600000 (1 hour)"
        )));
    }
    let mut matches = BTreeMap::new();
    for pattern in parsed.list("match") {
        let illegal =
            || ConfigError::Invalid(format!("Illegal client matching pattern: {pattern}"));
        let (selector, expression) = pattern.split_once('=').ok_or_else(illegal)?;
        let (selector, expression) = (selector.trim(), expression.trim());
        if !SELECTORS.contains(&selector) || expression.is_empty() || expression.contains('=') {
            return Err(illegal());
        }
        matches.insert(selector.to_owned(), expression.to_owned());
    }
    Ok(ClientMetricsConfig { metrics: parsed.list("metrics").to_vec(), interval_ms, matches })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &[(&str, &str)]) -> Result<ClientMetricsConfig, String> {
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        validate_client_metrics("s", &options).map_err(|error| error.to_string())
    }

    #[test]
    fn subscriptions_are_typed_and_checked() {
        let good = check(&[("match", "client_id=a.*, client_software_name=x"), ("metrics", "*")]);
        let good = good.expect("valid");
        assert_eq!((good.interval_ms, good.matches.len()), (300_000, 2));
        for (option, value, message) in [
            ("x", "", "Unknown client metrics configuration: x"),
            (
                "interval.ms",
                "99",
                "Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)",
            ),
            ("match", "client_id", "Illegal client matching pattern: client_id"),
            ("match", "rack=1", "Illegal client matching pattern: rack=1"),
        ] {
            assert_eq!(check(&[(option, value)]), Err(message.to_owned()));
        }
    }
}
