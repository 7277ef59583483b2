//! `kafka-configs`: show and change settings of topics, brokers, groups and client metrics.
//!
//! Quotas and credentials (users, clients, ips) need APIs that Keld does not have yet: refused here
//! by name.

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{
    Admin, ConfigEntry, ConfigOperation, ConfigResource, ConfigResourceType, ConfigSynonym,
};
use keld_env::Env;

use super::topics::suggest;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin, client_config, exception, properties, topic_name, words};

pub(super) const PURPOSE: &str = "This tool helps to manipulate and describe entity config for a \
    topic, client, user, broker, ip, client-metrics or group";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port", "The broker to connect to."),
    value("bootstrap-controller", "host:port", "The controller to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    flag("alter", "Change settings."),
    flag("describe", "Show settings."),
    flag("all", "With --describe: all settings, static and default ones too."),
    value("entity-type", "type", "topics, brokers, broker-loggers, groups or client-metrics."),
    value("entity-name", "name", "The topic, broker id, group or subscription."),
    flag("entity-default", "The defaults of all brokers."),
    value("add-config", "k=v,k=[v,v]", "Settings to set."),
    value("add-config-file", "file", "Properties file with settings to set."),
    value("delete-config", "k,k", "Settings to remove."),
    value("topic", "topic", "Short for --entity-type topics --entity-name."),
    value("client", "client", "Short for --entity-type clients --entity-name."),
    flag("client-defaults", "The defaults of all clients."),
    value("user", "user", "Short for --entity-type users --entity-name."),
    flag("user-defaults", "The defaults of all users."),
    value("broker", "id", "Short for --entity-type brokers --entity-name."),
    flag("broker-defaults", "Short for --entity-type brokers --entity-default."),
    value("broker-logger", "id", "Short for --entity-type broker-loggers --entity-name."),
    value("ip", "address", "Short for --entity-type ips --entity-name."),
    flag("ip-defaults", "The defaults of all addresses."),
    value("group", "group", "Short for --entity-type groups --entity-name."),
    value("client-metrics", "name", "Short for --entity-type client-metrics --entity-name."),
];

const FLAGS: [(&str, &str); 8] = [
    ("topic", "topics"),
    ("client", "clients"),
    ("user", "users"),
    ("broker", "brokers"),
    ("broker-logger", "broker-loggers"),
    ("ip", "ips"),
    ("client-metrics", "client-metrics"),
    ("group", "groups"),
];
const DEFAULT_FLAGS: [(&str, &str); 4] = [
    ("client-defaults", "clients"),
    ("user-defaults", "users"),
    ("broker-defaults", "brokers"),
    ("ip-defaults", "ips"),
];
const TYPES: [&str; 8] =
    ["topics", "clients", "users", "brokers", "ips", "client-metrics", "groups", "broker-loggers"];

/// What is meant: a kind and perhaps a name, empty for defaults.
struct Entity {
    kind: String,
    name: Option<String>,
}

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let action = options.exactly_one(
        &["alter", "describe"],
        "Command must include exactly one action: --describe, --alter",
    )?;
    options.exclude("describe", &["add-config", "delete-config"])?;
    let bootstrap = match (options.get("bootstrap-server"), options.get("bootstrap-controller")) {
        (Some(_), Some(_)) => {
            return Err(Failure::failed(
                "Only one of --bootstrap-server or --bootstrap-controller can be specified",
            ));
        }
        (Some(address), None) | (None, Some(address)) => address,
        (None, None) => {
            return Err(Failure::failed(
                "Either --bootstrap-server or --bootstrap-controller must be specified.",
            ));
        }
    };
    let entity = entity(options)?;
    let file = properties(options.get("command-config"))?;
    let admin = admin(env, client_config(bootstrap, &file, "kafka-configs")?);
    if action == "describe" {
        describe(console, &admin, &entity, options.has("all")).await
    } else {
        alter(console, &admin, &entity, options).await
    }
}

fn entity(options: &Options) -> Result<Entity, Failure> {
    let mut kinds: Vec<String> = options.all("entity-type").to_vec();
    let mut names: Vec<String> = options.all("entity-name").to_vec();
    if options.has("entity-default") {
        names.push(String::new());
    }
    let short = FLAGS.iter().chain(&DEFAULT_FLAGS).any(|(flag, _)| options.has(flag));
    if short && (!kinds.is_empty() || !names.is_empty()) {
        return Err(Failure::failed(
            "--entity-{type,name,default} should not be used in conjunction with specific entity \
             flags",
        ));
    }
    for (flag, kind) in FLAGS.iter().filter(|(flag, _)| options.has(flag)) {
        kinds.push((*kind).to_owned());
        names.push(options.get(flag).unwrap_or_default().to_owned());
    }
    for (_, kind) in DEFAULT_FLAGS.iter().filter(|(flag, _)| options.has(flag)) {
        kinds.push((*kind).to_owned());
        names.push(String::new());
    }
    for kind in &kinds {
        if !TYPES.contains(&kind.as_str()) {
            return Err(Failure::failed(format!(
                "Invalid entity type {kind}, the entity type must be one of {} with a \
                 --bootstrap-server or --bootstrap-controller argument",
                TYPES.join(", ")
            )));
        }
    }
    let Some(kind) = kinds.first().cloned() else {
        return Err(Failure::failed("At least one entity type must be specified"));
    };
    if matches!(kind.as_str(), "users" | "clients" | "ips") {
        return Err(Failure::failed(format!("settings of {kind} are not supported"))
            .with_hint("quotas and credentials do not exist in this version"));
    }
    if kinds.len() > 1 {
        return Err(Failure::failed(
            "Only 'users' and 'clients' entity types may be specified together",
        ));
    }
    let name = names.into_iter().next();
    let broker = name.as_deref().filter(|id| kind.starts_with("broker") && !id.is_empty());
    if let Some(id) = broker.filter(|id| id.parse::<i32>().is_err()) {
        return Err(Failure::failed(format!(
            "The entity name for {kind} must be a valid integer broker id, but it is: {id}"
        )));
    }
    let named = name.as_deref().is_some_and(|name| !name.is_empty());
    if options.has("describe") {
        if kind == "broker-loggers" && !named {
            return Err(Failure::failed(
                "An entity name must be specified with --describe of broker-loggers",
            ));
        }
        if kind != "brokers" && name.as_deref() == Some("") {
            return Err(Failure::failed(format!(
                "--entity-default must not be specified with --describe of {kind}"
            )));
        }
    } else {
        check_alter(options, &kind, name.as_deref())?;
    }
    Ok(Entity { kind, name })
}

fn check_alter(options: &Options, kind: &str, name: Option<&str>) -> Outcome {
    match (kind, name) {
        ("brokers", None) => {
            return Err(Failure::failed(
                "An entity-name or default entity must be specified with --alter of users, \
                 clients, brokers or ips",
            ));
        }
        ("brokers", Some(_)) => {}
        (_, None | Some("")) => {
            return Err(Failure::failed(format!(
                "An entity name must be specified with --alter of {kind}"
            )));
        }
        (_, Some(_)) => {}
    }
    if options.has("add-config") && options.has("add-config-file") {
        return Err(Failure::failed(
            "Only one of --add-config or --add-config-file must be specified",
        ));
    }
    if !["add-config", "add-config-file", "delete-config"].iter().any(|name| options.has(name)) {
        return Err(Failure::failed(
            "At least one of --add-config, --add-config-file, or --delete-config must be \
             specified with --alter",
        ));
    }
    Ok(())
}

impl Entity {
    fn resource_type(&self) -> ConfigResourceType {
        match self.kind.as_str() {
            "topics" => ConfigResourceType::Topic,
            "brokers" => ConfigResourceType::Broker,
            "broker-loggers" => ConfigResourceType::BrokerLogger,
            "groups" => ConfigResourceType::Group,
            _ => ConfigResourceType::ClientMetrics,
        }
    }

    /// The kind of one thing: `topic` of `topics`.
    fn singular(&self) -> &str {
        let mut letters = self.kind.chars();
        letters.next_back();
        letters.as_str()
    }
}

async fn describe(console: &mut Console, admin: &Admin, entity: &Entity, all: bool) -> Outcome {
    let names = match &entity.name {
        Some(name) => {
            if !all && !exists(admin, entity, name).await? {
                console.line(format!(
                    "The {} '{name}' doesn't exist and doesn't have dynamic config.",
                    entity.singular()
                ));
                return Ok(());
            }
            vec![name.clone()]
        }
        None => every_name(admin, entity).await?,
    };
    for name in names {
        if name.is_empty() {
            console.line(format!("Default configs for {} in the cluster are:", entity.kind));
        } else {
            let which = if all { "All" } else { "Dynamic" };
            console.line(format!("{which} configs for {} {name} are:", entity.singular()));
        }
        let own = match entity.resource_type() {
            ConfigResourceType::Topic => Some(1),
            ConfigResourceType::Broker if name.is_empty() => Some(3),
            ConfigResourceType::Broker => Some(2),
            ConfigResourceType::ClientMetrics => Some(7),
            ConfigResourceType::Group => Some(8),
            ConfigResourceType::BrokerLogger | ConfigResourceType::Unknown(_) => None,
        };
        let resource = ConfigResource::new(entity.resource_type(), name);
        let described =
            admin.describe_configs(std::slice::from_ref(&resource), true, false).await?;
        for entries in described.into_values() {
            let mut entries = entries.map_err(|error| Failure::failed(words(&error)))?;
            entries.sort_by(|left, right| left.name.cmp(&right.name));
            for entry in
                entries.iter().filter(|entry| all || own.is_none_or(|own| entry.source == own))
            {
                console.line(entry_line(entry));
            }
        }
    }
    Ok(())
}

fn entry_line(entry: &ConfigEntry) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
    let synonym = |synonym: &ConfigSynonym| {
        format!("{}:{}={}", synonym.source_name(), synonym.name, shown(&synonym.value))
    };
    let synonyms: Vec<String> = entry.synonyms.iter().map(synonym).collect();
    format!(
        "  {}={} sensitive={} synonyms={{{}}}",
        entry.name,
        shown(&entry.value),
        entry.is_sensitive,
        synonyms.join(", ")
    )
}

async fn exists(admin: &Admin, entity: &Entity, name: &str) -> Result<bool, Failure> {
    if entity.kind.starts_with("broker") && name.is_empty() {
        return Ok(true);
    }
    if entity.kind == "topics" {
        topic_name(name)?;
    }
    Ok(every_name(admin, entity).await?.iter().any(|known| known == name))
}

/// The names of all things of a kind.
async fn every_name(admin: &Admin, entity: &Entity) -> Result<Vec<String>, Failure> {
    Ok(match entity.resource_type() {
        ConfigResourceType::Topic => {
            admin.list_topics(true).await?.into_iter().map(|topic| topic.name.to_string()).collect()
        }
        ConfigResourceType::Broker | ConfigResourceType::BrokerLogger => {
            let cluster = admin.describe_cluster(false).await?;
            let ids = cluster.brokers.iter().map(|broker| broker.broker_id.to_string());
            ids.chain([String::new()]).collect()
        }
        kind @ (ConfigResourceType::Group
        | ConfigResourceType::ClientMetrics
        | ConfigResourceType::Unknown(_)) => {
            let mut names: BTreeSet<String> = admin
                .list_config_resources(&[kind])
                .await?
                .into_iter()
                .map(|resource| resource.name)
                .collect();
            if kind == ConfigResourceType::Group {
                let groups = admin.list_groups(&[], &[]).await?;
                names.extend(groups.into_iter().map(|group| group.group.to_string()));
            }
            names.into_iter().collect()
        }
    })
}

async fn alter(
    console: &mut Console,
    admin: &Admin,
    entity: &Entity,
    options: &Options,
) -> Outcome {
    let added = added(options)?;
    let mut operations: Vec<(String, ConfigOperation)> = options
        .all("delete-config")
        .iter()
        .flat_map(|names| names.split(','))
        .map(|name| (name.trim().to_owned(), ConfigOperation::Delete))
        .collect();
    operations.extend(
        added.iter().map(|(name, value)| (name.clone(), ConfigOperation::Set(value.clone()))),
    );
    let name = entity.name.clone().unwrap_or_default();
    let resource = ConfigResource::new(entity.resource_type(), name.as_str());
    let changes = BTreeMap::from([(resource, operations)]);
    for result in admin.alter_configs(&changes, false).await?.into_values() {
        result.map_err(|error| {
            let failure = Failure::failed(format!(
                "Error while executing config command with args '{}'\n{}",
                options.line,
                exception(&error)
            ));
            match suggest(added.keys()) {
                Some(hint) if entity.kind == "topics" => failure.with_hint(hint),
                _ => failure,
            }
        })?;
    }
    console.line(if name.is_empty() {
        format!("Completed updating default config for {} in the cluster.", entity.kind)
    } else {
        format!("Completed updating config for {} {name}.", entity.singular())
    });
    Ok(())
}

/// Settings to set, from the command line or a file.
fn added(options: &Options) -> Result<BTreeMap<String, String>, Failure> {
    let mut added = properties(options.get("add-config-file"))?.as_map().clone();
    if let Some(text) = options.get("add-config") {
        for part in split_outside_brackets(text) {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                Failure::failed(
                    "requirement failed: Invalid entity config: all configs to be added must be \
                     in the format \"key=val\" or  \"key=[val1,val2]\" to group values which \
                     contain commas.",
                )
            })?;
            let value = value.replace(['[', ']'], "");
            added.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    let valid = |name: &str| {
        name.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '$' | '.' | '_' | '-'))
    };
    match added.keys().find(|name| !valid(name)) {
        None => Ok(added),
        Some(name) => {
            Err(Failure::failed(format!("Invalid character found for config key: {name}")))
        }
    }
}

/// Splits at commas that stand outside square brackets.
fn split_outside_brackets(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Options {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        Options::parse(SPECS, &arguments).expect("valid")
    }

    #[test]
    fn values_in_brackets_keep_their_commas() {
        let added = added(&parse(&["--add-config", "a=1,b=[x,y],c="])).expect("valid");
        let expected = [("a", "1"), ("b", "x,y"), ("c", "")];
        let expected: BTreeMap<String, String> =
            expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(added, expected);
        assert!(super::added(&parse(&["--add-config", "a"])).is_err());
        assert!(super::added(&parse(&["--add-config", "a b=1"])).is_err());
    }

    #[test]
    fn entities_are_named_in_two_ways() {
        let found = entity(&parse(&["--describe", "--topic", "t"])).expect("valid");
        assert_eq!((found.kind.as_str(), found.name.as_deref()), ("topics", Some("t")));
        let found = entity(&parse(&["--describe", "--entity-type", "brokers"])).expect("valid");
        assert_eq!((found.singular(), found.name.as_deref()), ("broker", None));
        let message = |arguments: &[&str]| match entity(&parse(arguments)) {
            Ok(_) => String::new(),
            Err(failure) => failure.message().to_owned(),
        };
        assert_eq!(message(&["--describe"]), "At least one entity type must be specified");
        assert!(
            message(&["--describe", "--entity-type", "x"]).starts_with("Invalid entity type x")
        );
        assert_eq!(message(&["--describe", "--user", "u"]), "settings of users are not supported");
        assert!(message(&["--describe", "--broker", "x"]).contains("valid integer broker id"));
        assert!(message(&["--alter", "--topic", "t"]).starts_with("At least one of --add-config"),);
    }

    #[test]
    fn entries_are_printed_as_kafka_prints_them() {
        let entry = ConfigEntry {
            name: "retention.ms".to_owned(),
            value: Some("5".to_owned()),
            is_read_only: false,
            is_sensitive: false,
            source: 1,
            config_type: 5,
            documentation: None,
            synonyms: vec![ConfigSynonym {
                name: "retention.ms".to_owned(),
                value: Some("5".to_owned()),
                source: 1,
            }],
        };
        assert_eq!(
            entry_line(&entry),
            "  retention.ms=5 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5}"
        );
    }
}
