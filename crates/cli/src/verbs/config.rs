//! `keld config`: settings of topics, brokers, groups and client metrics.

use std::collections::BTreeMap;

use clap::Subcommand;
use keld_client::{ConfigOperation, ConfigResource, ConfigResourceType};
use keld_config::Scope;
use keld_env::Env;
use serde_json::json;

use super::{Connect, Shown};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Rows;
use crate::shared::words;

pub(super) const EXAMPLES: &str = "\
Examples:
  keld config get topic:orders
  keld config get broker:1 --all
  keld config set topic:orders retention.ms=86400000
  keld config set brokers log.retention.ms=86400000        # the default of all brokers
  keld config unset topic:orders retention.ms
  keld config explain retention.ms";

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Show settings.
    Get {
        /// topic:NAME, broker:ID, brokers, group:NAME or client-metrics:NAME.
        resource: String,
        /// Defaults and static settings too.
        #[arg(short, long)]
        all: bool,
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Change settings.
    Set {
        /// topic:NAME, broker:ID, brokers, group:NAME or client-metrics:NAME.
        resource: String,
        /// KEY=VALUE; KEY+=ITEM and KEY-=ITEM change lists.
        #[arg(required = true)]
        settings: Vec<String>,
        /// Only check.
        #[arg(long)]
        validate_only: bool,
        #[command(flatten)]
        connect: Connect,
    },
    /// Remove settings, so that the next default applies.
    Unset {
        /// topic:NAME, broker:ID, brokers, group:NAME or client-metrics:NAME.
        resource: String,
        /// Names.
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        connect: Connect,
    },
    /// Say what a setting is, without asking a broker.
    Explain {
        /// The setting's name.
        name: String,
    },
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Config) -> Outcome {
    match verb {
        Config::Get { resource, all, connect, shown } => {
            let resource = parse_resource(&resource)?;
            let described = connect
                .admin(env)?
                .describe_configs(std::slice::from_ref(&resource), false, false)
                .await?;
            let mut rows = Rows::new(&["name", "value", "source", "read_only", "sensitive"]);
            for entries in described.into_values() {
                let mut entries = entries.map_err(|error| failure(&resource, &error))?;
                entries.sort_by(|left, right| left.name.cmp(&right.name));
                let own = |source: i8| !matches!(source, 4 | 5);
                for entry in entries.iter().filter(|entry| all || own(entry.source)) {
                    rows.push(vec![
                        json!(entry.name),
                        json!(entry.value),
                        json!(entry.source_name()),
                        json!(entry.is_read_only),
                        json!(entry.is_sensitive),
                    ]);
                }
            }
            rows.print(console, shown.form());
            Ok(())
        }
        Config::Set { resource, settings, validate_only, connect } => {
            let operations =
                settings.iter().map(|text| parse_setting(text)).collect::<Result<Vec<_>, _>>()?;
            alter(console, env, &connect, (&resource, operations), validate_only).await
        }
        Config::Unset { resource, names, connect } => {
            let operations =
                names.into_iter().map(|name| (name, ConfigOperation::Delete)).collect();
            alter(console, env, &connect, (&resource, operations), false).await
        }
        Config::Explain { name } => explain(console, &name),
    }
}

async fn alter(
    console: &mut Console,
    env: &Env,
    connect: &Connect,
    (resource, operations): (&str, Vec<(String, ConfigOperation)>),
    validate_only: bool,
) -> Outcome {
    let parsed = parse_resource(resource)?;
    let names: Vec<String> = operations.iter().map(|(name, _)| name.clone()).collect();
    let changes = BTreeMap::from([(parsed.clone(), operations)]);
    for result in connect.admin(env)?.alter_configs(&changes, validate_only).await?.into_values() {
        result.map_err(|error| {
            let failure = failure(&parsed, &error);
            match names.iter().find_map(|name| near(&parsed, name)) {
                Some(near) => failure.with_hint(format!("did you mean {near}?")),
                None => failure,
            }
        })?;
    }
    let done = if validate_only { "valid" } else { "changed" };
    console.line(format!("{done}: {resource} {}", names.join(", ")));
    Ok(())
}

fn failure(resource: &ConfigResource, error: &keld_client::ApiError) -> Failure {
    let failure = Failure::failed(format!("{}: {}", resource.name, words(error)));
    match error.advice() {
        Some(advice) => failure.with_hint(advice),
        None => failure,
    }
}

/// The nearest known name to one that is not known.
fn near(resource: &ConfigResource, name: &str) -> Option<&'static str> {
    let scope = match resource.resource_type {
        ConfigResourceType::Topic => Scope::Topic,
        ConfigResourceType::Broker => Scope::Broker,
        ConfigResourceType::Group => Scope::Group,
        ConfigResourceType::ClientMetrics => Scope::ClientMetrics,
        ConfigResourceType::BrokerLogger | ConfigResourceType::Unknown(_) => return None,
    };
    if keld_config::definition(scope, name).is_some() {
        return None;
    }
    keld_config::nearest(name, keld_config::definitions_of(scope).map(|row| row.name))
}

fn parse_resource(text: &str) -> Result<ConfigResource, Failure> {
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let kind = match (kind, name.is_empty()) {
        ("topic", false) => ConfigResourceType::Topic,
        ("broker", false) if name.parse::<i32>().is_ok() => ConfigResourceType::Broker,
        ("brokers", true) => ConfigResourceType::Broker,
        ("group", false) => ConfigResourceType::Group,
        ("client-metrics", false) => ConfigResourceType::ClientMetrics,
        _ => {
            return Err(Failure::usage(format!(
                "`{text}` is not a resource: write topic:NAME, broker:ID, brokers, group:NAME or \
                 client-metrics:NAME"
            )));
        }
    };
    Ok(ConfigResource::new(kind, name))
}

fn parse_setting(text: &str) -> Result<(String, ConfigOperation), Failure> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| Failure::usage(format!("`{text}` is not KEY=VALUE")))?;
    let value = value.to_owned();
    Ok(
        match name
            .strip_suffix('+')
            .map(|name| (name, true))
            .or_else(|| name.strip_suffix('-').map(|name| (name, false)))
        {
            Some((name, true)) => (name.to_owned(), ConfigOperation::Append(value)),
            Some((name, false)) => (name.to_owned(), ConfigOperation::Subtract(value)),
            None => (name.to_owned(), ConfigOperation::Set(value)),
        },
    )
}

fn explain(console: &mut Console, name: &str) -> Outcome {
    let scopes = [Scope::Topic, Scope::Broker, Scope::Group, Scope::ClientMetrics];
    let mut found = false;
    for row in scopes.into_iter().filter_map(|scope| keld_config::definition(scope, name)) {
        found = true;
        let whose = match row.scope {
            Scope::Topic => "topic",
            Scope::Broker => "broker",
            Scope::Group => "group",
            Scope::ClientMetrics => "client metrics",
        };
        console.line(format!("{name} ({whose}): {}", row.documentation));
        let default = row.default.unwrap_or("none");
        let valid = row.validator.to_string();
        let valid = if valid.is_empty() { String::new() } else { format!(", valid {valid}") };
        console.line(format!("  {}, default {default}{valid}", row.kind.name().to_lowercase()));
        match row.support {
            keld_config::Support::Honoured => {}
            keld_config::Support::Accepted(reason) => {
                console.line(format!("  has no effect: {reason}"));
            }
            keld_config::Support::Refused(reason) => console.line(format!("  refused: {reason}")),
        }
    }
    if found {
        return Ok(());
    }
    let failure = Failure::failed(format!("{name} is not a setting"));
    let names = scopes.into_iter().flat_map(keld_config::definitions_of).map(|row| row.name);
    Err(match keld_config::nearest(name, names) {
        Some(near) => failure.with_hint(format!("did you mean {near}?")),
        None => failure.with_hint("docs/config.md lists all of them"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_and_settings_are_read() {
        let resource = parse_resource("topic:a:b").expect("valid");
        assert_eq!(
            (resource.resource_type, resource.name.as_str()),
            (ConfigResourceType::Topic, "a:b")
        );
        assert_eq!(parse_resource("brokers").expect("valid").name, "");
        for bad in ["topic", "broker:x", "brokers:1", "x:y"] {
            assert!(parse_resource(bad).is_err(), "{bad}");
        }
        let set = |text| parse_setting(text).expect("valid");
        assert_eq!(set("a=b=c"), ("a".into(), ConfigOperation::Set("b=c".into())));
        assert_eq!(set("a+=b"), ("a".into(), ConfigOperation::Append("b".into())));
        assert_eq!(set("a-=b"), ("a".into(), ConfigOperation::Subtract("b".into())));
        assert!(parse_setting("a").is_err());
    }
}
