//! `kafka-topics`: create, list, describe, alter and delete topics.

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{
    Admin, ConfigEntry, ConfigResource, ConfigResourceType, NewTopic, PartitionDescription,
    TopicDescription,
};
use keld_env::Env;
use keld_types::{BrokerId, ErrorCode, PartitionIndex, TopicName};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin, client_config, properties, topic_name, topic_pattern, words};

pub(super) const PURPOSE: &str = "This tool helps to create, delete, describe, or change a topic.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port", "REQUIRED: the broker to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    flag("list", "List all topics."),
    flag("create", "Create a topic."),
    flag("delete", "Delete topics."),
    flag("alter", "Raise the number of partitions; kafka-configs changes settings."),
    flag("describe", "Show topics, their partitions and settings."),
    value("topic", "topic", "The topic; a pattern but with --create."),
    value("topic-id", "id", "The id of the topic to describe."),
    value("config", "name=value", "A setting of the topic to create; may stand several times."),
    value("delete-config", "name", "No longer supported."),
    value("partitions", "count", "Partitions; the broker's default when left out."),
    value("replication-factor", "count", "Replicas; the broker's default when left out."),
    value("replica-assignment", "b:b,b:b", "Brokers of each partition, instead of the counts."),
    flag("under-replicated-partitions", "Show only partitions that lack replicas."),
    flag("unavailable-partitions", "Show only partitions without an available leader."),
    flag("under-min-isr-partitions", "Show only partitions below min.insync.replicas."),
    flag("at-min-isr-partitions", "Show only partitions just at min.insync.replicas."),
    flag("topics-with-overrides", "Show only topics with settings of their own."),
    flag("if-exists", "Do nothing if there is no such topic."),
    flag("if-not-exists", "Do not fail if the topic is there already."),
    flag("exclude-internal", "Leave internal topics out."),
    value("partition-size-limit-per-response", "count", "Partitions asked for at once."),
];

const ACTIONS: [&str; 5] = ["create", "alter", "list", "describe", "delete"];
const REPORTS: [&str; 4] = [
    "under-replicated-partitions",
    "unavailable-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let action = check(console, options)?;
    let file = properties(options.get("command-config"))?;
    let bootstrap = options.get("bootstrap-server").unwrap_or_default();
    let admin = admin(env, client_config(bootstrap, &file, "kafka-topics")?);
    let outcome = match action {
        "create" => create(console, &admin, options).await,
        "alter" => alter(&admin, options).await,
        "list" => list(console, &admin, options).await,
        "describe" => describe(console, &admin, options).await,
        _ => delete(&admin, options).await,
    };
    match outcome {
        // Kafka's tool reads numbers only when it needs them.
        Err(Failure::Usage(message)) if message.starts_with("Cannot parse argument") => {
            console.line(format!("Error while executing topic command : {message}"));
            Err(Failure::Silent)
        }
        Err(Failure::Failed { message, hint }) => {
            console.line(format!("Error while executing topic command : {message}"));
            if let Some(hint) = hint {
                console.error(format!("hint: {hint}"));
            }
            Err(Failure::Silent)
        }
        other => other,
    }
}

/// The order in which a Java hash map gives different keys that were put in this order.
pub(super) fn java_hash_order(keys: &[&str]) -> Vec<usize> {
    let mut capacity = 16;
    while keys.len() > capacity / 4 * 3 {
        capacity *= 2;
    }
    let bucket = |key: &str| {
        let hash = key
            .encode_utf16()
            .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
        usize::try_from(hash ^ hash >> 16).unwrap_or_default() & (capacity - 1)
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|at| keys.get(*at).map(|key| bucket(key)));
    order
}

fn check(console: &mut Console, options: &Options) -> Result<&'static str, Failure> {
    let action = options.exactly_one(
        &ACTIONS,
        "Command must include exactly one action: --list, --describe, --create, --alter or --delete",
    )?;
    if options.has("delete-config") {
        console.error(
            "delete-config option is no longer supported and deprecated since version 4.0. The \
             config will be fully removed in future releases.",
        );
    }
    if !options.has("bootstrap-server") {
        return Err(Failure::failed("--bootstrap-server must be specified"));
    }
    if action == "describe" && options.has("if-exists") {
        match (options.has("topic"), options.has("topic-id")) {
            (false, false) => {
                return Err(Failure::usage(
                    "--topic or --topic-id is required to describe a topic",
                ));
            }
            (true, true) => console.line(
                "Only topic id will be used when both --topic and --topic-id are specified and \
                 topicId is not Uuid.ZERO_UUID",
            ),
            _ => {}
        }
    }
    if action != "list" && action != "describe" {
        options.required("topic")?;
    }
    if action == "alter" {
        if options.has("config") {
            return Err(Failure::usage(
                "Option combination \"[bootstrap-server],[config]\" can't be used with option \
                 \"[alter]\" (To alter topic configurations, the kafka-configs tool can be used.)",
            ));
        }
        options.required("partitions")?;
    }
    let only_with = |name: &str, allowed: &[&str]| {
        let others: Vec<&str> =
            ACTIONS.iter().filter(|action| !allowed.contains(action)).copied().collect();
        options.exclude(name, &others)
    };
    only_with("config", &["alter", "create"])?;
    only_with("partitions", &["alter", "create"])?;
    only_with("replication-factor", &["create"])?;
    only_with("replica-assignment", &["alter", "create"])?;
    if action == "create" {
        options.exclude("replica-assignment", &["partitions", "replication-factor"])?;
    }
    for report in REPORTS {
        only_with(report, &["describe"])?;
        options.exclude(report, &["topics-with-overrides"])?;
    }
    only_with("topics-with-overrides", &["describe"])?;
    only_with("if-exists", &["alter", "delete", "describe"])?;
    only_with("if-not-exists", &["create"])?;
    only_with("exclude-internal", &["list", "describe"])?;
    Ok(action)
}

async fn create(console: &mut Console, admin: &Admin, options: &Options) -> Outcome {
    let name = options.required("topic")?;
    let mut topic = NewTopic::new(topic_name(name)?);
    for setting in options.all("config") {
        let Some((key, value)) = setting.split_once('=') else {
            return Err(Failure::failed(
                "requirement failed: Invalid topic config: all configs to be added must be in \
                 the format \"key=val\".",
            ));
        };
        topic = topic.with_config(key.trim(), value.trim());
    }
    if name.contains(['.', '_']) {
        console.line(
            "WARNING: Due to limitations in metric names, topics with a period ('.') or \
             underscore ('_') could collide. To avoid issues it is best to use either, but not \
             both.",
        );
    }
    topic.partitions = options.number("partitions")?;
    let factor: Option<i32> = options.number("replication-factor")?;
    topic.replication_factor = match factor.map(i16::try_from) {
        None => None,
        Some(Ok(factor)) if factor >= 1 => Some(factor),
        Some(_) => {
            return Err(Failure::failed(
                "The replication factor must be between 1 and 32767 inclusive",
            ));
        }
    };
    if topic.partitions.is_some_and(|count| count < 1) {
        return Err(Failure::failed("The partitions must be greater than 0"));
    }
    if let Some(assignment) = options.get("replica-assignment") {
        topic.assignments = parse_assignment(assignment)?;
    }
    let configs = topic.configs.clone();
    let created = admin.create_topics(&[topic], false).await?;
    for result in created.into_values() {
        match result {
            Ok(_) => console.line(format!("Created topic {name}.")),
            Err(error)
                if error.code == ErrorCode::TOPIC_ALREADY_EXISTS
                    && options.has("if-not-exists") => {}
            Err(error) => {
                let failure = Failure::failed(words(&error));
                return Err(match suggest(configs.keys()) {
                    Some(hint) if error.code == ErrorCode::INVALID_CONFIG => {
                        failure.with_hint(hint)
                    }
                    _ => failure,
                });
            }
        }
    }
    Ok(())
}

/// The nearest name of a topic option that does not exist.
pub(super) fn suggest<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let topic = keld_config::Scope::Topic;
    names
        .filter(|name| keld_config::definition(topic, name).is_none())
        .find_map(|name| {
            keld_config::nearest(name, keld_config::definitions_of(topic).map(|row| row.name))
        })
        .map(|near| format!("did you mean {near}?"))
}

/// `1:2,2:3`: brokers of partition 0, 1, ...
fn parse_assignment(text: &str) -> Result<BTreeMap<PartitionIndex, Vec<BrokerId>>, Failure> {
    let mut assignment: BTreeMap<PartitionIndex, Vec<BrokerId>> = BTreeMap::new();
    for (index, part) in (0..).zip(text.split(',')) {
        let brokers: Vec<BrokerId> = part
            .split(':')
            .map(|id| id.trim().parse().map(BrokerId::new))
            .collect::<Result<_, _>>()
            .map_err(|_| Failure::failed(format!("For input string: \"{}\"", part.trim())))?;
        let mut seen = BTreeSet::new();
        let repeated: Vec<String> =
            brokers.iter().filter(|id| !seen.insert(**id)).map(BrokerId::to_string).collect();
        if !repeated.is_empty() {
            return Err(Failure::failed(format!(
                "Partition replica lists may not contain duplicate entries: {}",
                repeated.join(",")
            )));
        }
        let first = assignment.values().next().map_or(brokers.len(), Vec::len);
        if brokers.len() != first {
            let shown: Vec<String> = brokers.iter().map(BrokerId::to_string).collect();
            return Err(Failure::failed(format!(
                "Partition {index} has different replication factor: [{}]",
                shown.join(", ")
            )));
        }
        assignment.insert(PartitionIndex::new(index), brokers);
    }
    Ok(assignment)
}

async fn names(admin: &Admin, options: &Options) -> Result<Vec<TopicName>, Failure> {
    let all = admin.list_topics(!options.has("exclude-internal")).await?;
    let pattern = options.get("topic").map(topic_pattern).transpose()?;
    Ok(all
        .into_iter()
        .map(|topic| topic.name)
        .filter(|name| pattern.as_ref().is_none_or(|pattern| pattern.is_match(name.as_str())))
        .collect())
}

/// The topics that are meant, which must exist unless `--if-exists` says otherwise.
async fn existing(admin: &Admin, options: &Options) -> Result<Vec<TopicName>, Failure> {
    let found = names(admin, options).await?;
    match options.get("topic") {
        Some(topic) if found.is_empty() && !topic.is_empty() && !options.has("if-exists") => {
            Err(Failure::failed(format!("Topic '{topic}' does not exist as expected")))
        }
        _ => Ok(found),
    }
}

async fn list(console: &mut Console, admin: &Admin, options: &Options) -> Outcome {
    let names = names(admin, options).await?;
    let names: Vec<&str> = names.iter().map(TopicName::as_str).collect();
    console.line(names.join("\n"));
    Ok(())
}

async fn alter(admin: &Admin, options: &Options) -> Outcome {
    let total: i32 = options.number("partitions")?.unwrap_or_default();
    let assignment = options.get("replica-assignment").map(parse_assignment).transpose()?;
    let topics = existing(admin, options).await?;
    let described = admin.describe_topics(&topics).await?;
    for topic in &topics {
        let have = match described.get(topic) {
            Some(Ok(description)) => description.partitions.len(),
            _ => 0,
        };
        let new: Option<Vec<Vec<BrokerId>>> =
            assignment.as_ref().map(|all| all.values().skip(have).cloned().collect());
        let result = admin.create_partitions(topic, total, new.as_deref(), false).await?;
        result.map_err(|error| Failure::failed(words(&error)))?;
    }
    Ok(())
}

async fn delete(admin: &Admin, options: &Options) -> Outcome {
    let topics = existing(admin, options).await?;
    for result in admin.delete_topics(&topics).await?.into_values() {
        result.map_err(|error| Failure::failed(words(&error)))?;
    }
    Ok(())
}

async fn describe(console: &mut Console, admin: &Admin, options: &Options) -> Outcome {
    let topics = match options.get("topic-id").filter(|id| *id != "AAAAAAAAAAAAAAAAAAAAAA") {
        Some(id) => {
            let all = admin.list_topics(!options.has("exclude-internal")).await?;
            let found: Vec<TopicName> = all
                .into_iter()
                .filter(|topic| topic.id.to_string() == id)
                .map(|topic| topic.name)
                .collect();
            if found.is_empty() && !options.has("if-exists") {
                return Err(Failure::failed(format!("TopicId '{id}' does not exist as expected")));
            }
            found
        }
        None => existing(admin, options).await?,
    };
    if topics.is_empty() {
        return Ok(());
    }
    let resource =
        |topic: &TopicName| ConfigResource::new(ConfigResourceType::Topic, topic.as_str());
    let resources: Vec<ConfigResource> = topics.iter().map(resource).collect();
    let mut configs = admin.describe_configs(&resources, false, false).await?;
    let live: BTreeSet<BrokerId> = admin.client().metadata().brokers.keys().copied().collect();
    let report = Report { options, live };
    let by_id = options.get("topic-id").is_some_and(|id| id != "AAAAAAAAAAAAAAAAAAAAAA");
    for (name, description) in admin.describe_topics(&topics).await? {
        let mut description = description.map_err(|error| Failure::failed(words(&error)))?;
        if by_id {
            // Kafka asks for ids in a way that does not tell eligible leaders.
            for partition in &mut description.partitions {
                partition.eligible_leader_replicas = None;
                partition.last_known_eligible = None;
            }
        }
        let entries = configs
            .remove(&resource(&name))
            .unwrap_or_else(|| Ok(Vec::new()))
            .map_err(|error| Failure::failed(words(&error)))?;
        report.topic(console, &description, &entries);
    }
    Ok(())
}

/// What of the topics is to be shown.
struct Report<'a> {
    options: &'a Options,
    live: BTreeSet<BrokerId>,
}

impl Report<'_> {
    fn topic(&self, console: &mut Console, topic: &TopicDescription, entries: &[ConfigEntry]) {
        let filtered = REPORTS.iter().any(|report| self.options.has(report));
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        let own: Vec<String> = java_hash_order(&names)
            .into_iter()
            .filter_map(|at| entries.get(at))
            .filter(|entry| !entry.is_default())
            .map(|entry| format!("{}={}", entry.name, entry.value.as_deref().unwrap_or("null")))
            .collect();
        let overrides_only = self.options.has("topics-with-overrides");
        if !filtered && (!overrides_only || !own.is_empty()) {
            let factor = topic.partitions.first().map_or(0, |first| first.replicas.len());
            let id = if topic.id.uuid().is_zero() {
                String::new()
            } else {
                format!("\tTopicId: {}", topic.id)
            };
            console.line(format!(
                "Topic: {}{id}\tPartitionCount: {}\tReplicationFactor: {factor}\tConfigs: {}",
                topic.name,
                topic.partitions.len(),
                own.join(",")
            ));
        }
        if overrides_only {
            return;
        }
        let min_isr = entries
            .iter()
            .find(|entry| entry.name == "min.insync.replicas")
            .and_then(|entry| entry.value.as_deref()?.parse().ok())
            .unwrap_or(1);
        for partition in &topic.partitions {
            if !filtered || self.is_reported(partition, min_isr) {
                console.line(partition_line(&topic.name, partition));
            }
        }
    }

    fn is_reported(&self, partition: &PartitionDescription, min_isr: usize) -> bool {
        let in_sync = partition.isr.len();
        let lost = partition.leader.is_none_or(|leader| !self.live.contains(&leader));
        let has = |report: &str| self.options.has(report);
        has("under-replicated-partitions") && partition.replicas.len() > in_sync
            || has("unavailable-partitions") && lost
            || has("under-min-isr-partitions") && (partition.leader.is_none() || in_sync < min_isr)
            || has("at-min-isr-partitions") && in_sync == min_isr
    }
}

fn partition_line(topic: &TopicName, partition: &PartitionDescription) -> String {
    let ids = |brokers: &[BrokerId]| {
        brokers.iter().map(BrokerId::to_string).collect::<Vec<_>>().join(",")
    };
    let maybe =
        |brokers: &Option<Vec<BrokerId>>| brokers.as_deref().map_or_else(|| "N/A".to_owned(), ids);
    format!(
        "\tTopic: {topic}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\tElr: {}\tLastKnownElr: {}",
        partition.index,
        partition.leader.map_or_else(|| "none".to_owned(), |leader| leader.to_string()),
        ids(&partition.replicas),
        ids(&partition.isr),
        maybe(&partition.eligible_leader_replicas),
        maybe(&partition.last_known_eligible),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read_and_checked() {
        let parsed = parse_assignment("1:2, 2:1").expect("valid");
        assert_eq!(parsed.len(), 2);
        let message = |text| parse_assignment(text).expect_err("refused").message().to_owned();
        assert_eq!(message("1:1"), "Partition replica lists may not contain duplicate entries: 1");
        assert_eq!(message("1:2,1"), "Partition 1 has different replication factor: [1]");
    }
}
