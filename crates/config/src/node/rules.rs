//! Rules between options, with Kafka's messages; and what is refused or only warned about.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::listeners::require;
use super::sections::{
    BY_RACK, GROUP_RANGES, OF_LISTENERS, REPLICA_SELECTOR, bound_names, is_by_rack,
};
use super::{NodeConfig, ProcessRoles};
use crate::definition::Scope;
use crate::error::ConfigError;
use crate::listener::ListenerName;
use crate::parsed::{Parsed, normal_form};
use crate::properties::Properties;
use crate::suggest::nearest;
use crate::support::{Support, Warning};
use crate::synonyms::listener_base_name;
use crate::table::{definition, definitions_of};

/// Options that Keld refuses are errors; ones without effect and unknown ones are warnings.
pub(super) fn check_support(given: &Properties) -> Result<Vec<Warning>, ConfigError> {
    let mut warnings = Vec::new();
    for (name, value) in given.iter() {
        let base = listener_base_name(name).unwrap_or(name);
        // `listener.name.X.MECHANISM.option` names its option by its end.
        let row = definition(Scope::Broker, base).or_else(|| {
            definitions_of(Scope::Broker).find(|row| {
                base != name && base.strip_suffix(row.name).is_some_and(|rest| rest.ends_with('.'))
            })
        });
        let Some(row) = row else {
            warnings.push(unknown(name));
            continue;
        };
        let is_default = row.default.map(|text| normal_form(Scope::Broker, row.name, text))
            == Some(normal_form(Scope::Broker, row.name, value))
            || (row.default.is_none() && value.trim().is_empty());
        match row.support {
            Support::Honoured if base != name && OF_LISTENERS.contains(&base) => {}
            Support::Honoured if base != name => warnings.push(Warning {
                name: name.to_owned(),
                message: "has no effect: single listeners have only max.connections, \
                          max.connection.creation.rate and keld.tcp.congestion.control"
                    .to_owned(),
            }),
            Support::Honoured => {}
            _ if is_default => {}
            Support::Accepted(reason) => warnings.push(Warning {
                name: name.to_owned(),
                message: format!("has no effect: {reason}"),
            }),
            Support::Refused(reason) => {
                let value = if row.is_sensitive() { "[hidden]" } else { value };
                return Err(ConfigError::Refused {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    reason: format!("{reason}; remove it"),
                });
            }
        }
    }
    Ok(warnings)
}

fn unknown(name: &str) -> Warning {
    let message = if name.starts_with("rsm.config.") || name.starts_with("rlmm.config.") {
        "has no effect: it concerns tiered storage, which this version does not have".to_owned()
    } else {
        match nearest(name, definitions_of(Scope::Broker).map(|row| row.name)) {
            Some(near) => format!("is not known; did you mean {near}?"),
            None => "is not known and has no effect".to_owned(),
        }
    };
    Warning { name: name.to_owned(), message }
}

/// Bounds of group defaults: min ≤ default ≤ max, heartbeat below session.
pub(super) fn check_groups(parsed: &Parsed) -> Result<(), ConfigError> {
    let protocols = parsed.list("group.coordinator.rebalance.protocols");
    if !protocols.iter().any(|protocol| protocol == "classic") {
        return Err(ConfigError::Invalid(
            "Disabling the 'classic' protocol is not supported.".to_owned(),
        ));
    }
    for (option, prefix, end) in GROUP_RANGES {
        let name = format!("{prefix}{end}");
        let (min, max) = bound_names(option, prefix, end);
        let at_least = |left: &str, right: &str| {
            require(parsed.int(left) >= parsed.int(right), || {
                format!("{left} must be greater than or equal to {right}")
            })
        };
        if let (Some(min), Some(max)) = (&min, &max) {
            at_least(max, min)?;
        }
        if let Some(min) = &min {
            at_least(&name, min)?;
        }
        if let Some(max) = &max {
            require(parsed.int(&name) <= parsed.int(max), || {
                format!("{name} must be less than or equal to {max}")
            })?;
        }
    }
    for prefix in ["group.consumer.", "group.share.", "group.streams."] {
        let (heartbeat, session) =
            (format!("{prefix}heartbeat.interval.ms"), format!("{prefix}session.timeout.ms"));
        require(parsed.int(&heartbeat) < parsed.int(&session), || {
            format!("{heartbeat} must be less than {session}")
        })?;
    }
    Ok(())
}

/// Kafka loads whatever class is named here.
fn check_replica_selector(parsed: &Parsed) -> Result<(), ConfigError> {
    let selector = parsed.text_or_null(REPLICA_SELECTOR).unwrap_or_default();
    if selector.trim().is_empty() || is_by_rack(selector) {
        return Ok(());
    }
    Err(ConfigError::Refused {
        name: REPLICA_SELECTOR.to_owned(),
        value: selector.to_owned(),
        reason: format!("it names Java code, which Keld cannot load; {BY_RACK} is built in"),
    })
}

/// The rest of Kafka's rules between broker options.
pub(super) fn check_values(parsed: &Parsed, log_dirs: &[PathBuf]) -> Result<(), ConfigError> {
    let text = |message: &'static str| move || message.to_owned();
    require(
        parsed.long_or_null("log.roll.ms").unwrap_or(1) >= 1,
        text("log.roll.ms must be greater than or equal to 1"),
    )?;
    require(
        parsed.long_or_null("log.roll.jitter.ms").unwrap_or(0) >= 0,
        text("log.roll.jitter.ms must be greater than or equal to 0"),
    )?;
    let retention = crate::topic::broker_retention_ms(parsed);
    require(
        retention >= 1 || retention == -1,
        text("log.retention.ms must be unlimited (-1) or, greater than or equal to 1"),
    )?;
    require(
        !log_dirs.is_empty(),
        text("At least one log directory must be defined via log.dirs or log.dir."),
    )?;
    let threads = i64::from(parsed.int("log.cleaner.threads")).max(1);
    require(
        parsed.long("log.cleaner.dedupe.buffer.size") / threads > 1024 * 1024,
        text("log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread."),
    )?;
    let wait = parsed.int("replica.fetch.wait.max.ms");
    require(
        wait <= parsed.int("replica.socket.timeout.ms"),
        text(
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to \
             prevent unnecessary socket timeouts",
        ),
    )?;
    require(
        i64::from(wait) <= parsed.long("replica.lag.time.max.ms"),
        text(
            "replica.fetch.wait.max.ms should always be less than or equal to \
             replica.lag.time.max.ms to prevent frequent changes in ISR",
        ),
    )?;
    let (min, max) = (
        parsed.long("log.cleaner.min.compaction.lag.ms"),
        parsed.long("log.cleaner.max.compaction.lag.ms"),
    );
    if min > max {
        return Err(ConfigError::Invalid(format!(
            "conflict topic config setting min.compaction.lag.ms ({min}) > \
             max.compaction.lag.ms ({max})"
        )));
    }
    check_replica_selector(parsed)?;
    check_connections(parsed)?;
    check_cordoned(parsed, log_dirs)
}

fn check_connections(parsed: &Parsed) -> Result<(), ConfigError> {
    let queued = parsed.long("queued.max.request.bytes");
    require(queued <= 0 || queued >= i64::from(parsed.int("socket.request.max.bytes")), || {
        "queued.max.request.bytes must be larger or equal to socket.request.max.bytes".to_owned()
    })?;
    let overrides = parsed.text("max.connections.per.ip.overrides");
    require(parsed.int("max.connections.per.ip") != 0 || !overrides.is_empty(), || {
        "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides \
         property is set."
            .to_owned()
    })?;
    let idle = parsed.long("connections.max.idle.ms");
    let delay = parsed.int("connection.failed.authentication.delay.ms");
    require(idle < 0 || i64::from(delay) < idle, || {
        format!(
            "connection.failed.authentication.delay.ms={delay} should always be less than \
             connections.max.idle.ms={idle} to prevent failed authentication responses from \
             timing out"
        )
    })
}

fn check_cordoned(parsed: &Parsed, log_dirs: &[PathBuf]) -> Result<(), ConfigError> {
    let cordoned = parsed.list("cordoned.log.dirs");
    if cordoned.iter().any(|dir| dir == "*") {
        return require(cordoned.len() == 1, || {
            "When cordoned.log.dirs is set to *, it must not contain other values".to_owned()
        });
    }
    let missing: Vec<&str> = cordoned
        .iter()
        .filter(|dir| !log_dirs.iter().any(|known| known.as_os_str() == dir.as_str()))
        .map(String::as_str)
        .collect();
    require(missing.is_empty(), || {
        format!(
            "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing \
             entries : {}",
            missing.join(", ")
        )
    })
}

/// Settings that work and are probably not meant.
pub(super) fn advice(parsed: &Parsed, given: &Properties, roles: ProcessRoles) -> Vec<Warning> {
    let mut advice = Vec::new();
    let mut warn = |name: &str, message: String| {
        advice.push(Warning { name: name.to_owned(), message });
    };
    let interval = parsed.int("broker.heartbeat.interval.ms");
    let timeout = parsed.int("broker.session.timeout.ms");
    if i64::from(interval) * 2 > i64::from(timeout) {
        warn(
            "broker.heartbeat.interval.ms",
            format!(
                "({interval} ms) must be less than or equal to half of the \
                 broker.session.timeout.ms ({timeout} ms), or the broker loses its lease between \
                 two heartbeats"
            ),
        );
    }
    if roles.broker && !roles.controller {
        for name in ["create.topic.policy.class.name", "alter.config.policy.class.name"] {
            if given.contains(name) {
                warn(name, "belongs to nodes with the controller role".to_owned());
            }
        }
    }
    if given.contains("group.coordinator.rebalance.protocols") {
        warn(
            "group.coordinator.rebalance.protocols",
            "is deprecated: which protocols are offered follows the feature levels".to_owned(),
        );
    }
    if parsed.get("log.dirs").is_some() && given.contains("log.dir") {
        warn("log.dir", "is ignored because log.dirs is set".to_owned());
    }
    advice
}

/// What may not change while the node runs.
pub(super) fn check_change(old: &NodeConfig, new: &NodeConfig) -> Result<(), ConfigError> {
    for (name, before, after) in [
        ("num.io.threads", old.socket.num_io_threads, new.socket.num_io_threads),
        ("num.network.threads", old.socket.num_network_threads, new.socket.num_network_threads),
        (
            "num.recovery.threads.per.data.dir",
            old.log.num_recovery_threads_per_data_dir,
            new.log.num_recovery_threads_per_data_dir,
        ),
    ] {
        let message = match after {
            _ if after == before => continue,
            _ if after < before / 2 => {
                format!("value should be at least half the current value {before}")
            }
            _ if i64::from(after) > i64::from(before) * 2 => {
                format!("value should not be greater than double the current value {before}")
            }
            _ => continue,
        };
        return Err(ConfigError::Invalid(format!(
            "Dynamic thread count update validation failed for {name}={after}, {message}"
        )));
    }
    new.cleaner.check_change(&old.cleaner)?;
    let names = |listeners: &[crate::Listener]| -> BTreeSet<ListenerName> {
        listeners.iter().map(|listener| listener.name.clone()).collect()
    };
    let (advertised, listeners) = (names(&old.advertised_listeners), names(&new.listeners));
    if !advertised.is_subset(&listeners) {
        let shown = |names: &BTreeSet<ListenerName>| {
            let names: Vec<String> =
                names.iter().map(|name| format!("ListenerName({name})")).collect();
            format!("Set({})", names.join(", "))
        };
        return Err(ConfigError::Invalid(format!(
            "Advertised listeners '{}' must be a subset of listeners '{}'",
            shown(&advertised),
            shown(&listeners)
        )));
    }
    Ok(())
}
