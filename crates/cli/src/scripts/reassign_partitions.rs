//! `kafka-reassign-partitions`: moves replicas between brokers and directories.
//!
//! Everything is printed on standard output, refusals too, as Kafka's tool does.

mod assignment;
mod execute;
mod file;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{Admin, ApiError, Reassignment};
use keld_env::Env;
use keld_types::{BrokerId, ErrorCode, TopicName, TopicPartition};
use serde_json::{Value, json};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin_by_options, joined, properties, words};
use crate::throttle;

pub(super) const PURPOSE: &str = "This tool helps to move topic partitions between replicas.";

pub(super) const SPECS: &[OptionSpec] = &[
    flag("verify", "See whether the reassignment is done; if it is, remove the throttles."),
    flag("generate", "Propose a reassignment; nothing is changed."),
    flag("execute", "Start the reassignment."),
    flag("cancel", "Cancel a reassignment that is under way."),
    flag("list", "List all reassignments under way."),
    value("bootstrap-server", "host:port,...", "The brokers to connect to."),
    value(
        "bootstrap-controller",
        "host:port,...",
        "The controllers to connect to, for --list and --cancel.",
    ),
    value("command-config", "file", "Properties file with settings of the client."),
    value(
        "reassignment-json-file",
        "file",
        "{\"version\":1,\"partitions\":[{\"topic\":\"foo\",\"partition\":1,\"replicas\":[1,2,3],\"log_dirs\":[\"any\",\"any\",\"any\"]}]}",
    ),
    value("topics-to-move-json-file", "file", "{\"version\":1,\"topics\":[{\"topic\":\"foo\"}]}"),
    value("broker-list", "0,1,2", "The brokers to move the topics to, for --generate."),
    flag("disable-rack-aware", "Leave racks out of account."),
    value("throttle", "bytes/s", "Limit the movement between brokers."),
    value(
        "replica-alter-log-dirs-throttle",
        "bytes/s",
        "Limit the movement between directories of a broker.",
    ),
    value("timeout", "ms", "How long to wait until moves between directories begin."),
    flag("additional", "Reassign in addition to what is under way, or change its throttle."),
    flag("preserve-throttles", "Do not change throttles."),
];

const ACTIONS: [&str; 5] = ["generate", "execute", "verify", "cancel", "list"];

/// For each action: the options it needs, and those it may have beside the address.
const RULES: [(&str, &[&str], &[&str]); 5] = [
    ("generate", &["topics-to-move-json-file", "broker-list"], &["disable-rack-aware"]),
    (
        "execute",
        &["reassignment-json-file"],
        &["additional", "throttle", "replica-alter-log-dirs-throttle", "timeout"],
    ),
    ("verify", &["reassignment-json-file"], &["preserve-throttles"]),
    ("cancel", &["reassignment-json-file"], &["preserve-throttles", "timeout"]),
    ("list", &[], &[]),
];

/// Replicas by partition.
type Replicas = BTreeMap<TopicPartition, Vec<BrokerId>>;

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let action = check(options)?;
    let outcome = act(console, env, options, action).await;
    match outcome {
        Err(Failure::Failed { message, hint }) => {
            console.line(message);
            if let Some(hint) = hint {
                console.error(format!("hint: {hint}"));
            }
            Err(Failure::Silent)
        }
        other => other,
    }
}

fn check(options: &Options) -> Result<&'static str, Failure> {
    let action = options.exactly_one(
        &ACTIONS,
        "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list",
    )?;
    match (options.has("bootstrap-server"), options.has("bootstrap-controller")) {
        (true, true) => {
            return Err(Failure::usage(
                "Please don't specify both --bootstrap-server and --bootstrap-controller",
            ));
        }
        (false, false) => {
            return Err(Failure::usage(
                "Please specify either --bootstrap-server or --bootstrap-controller",
            ));
        }
        (true, false) | (false, true) => {}
    }
    let rule = RULES.iter().find(|(name, ..)| *name == action);
    let (needed, allowed) =
        rule.map_or((&[][..], &[][..]), |(_, needed, allowed)| (needed, allowed));
    for name in needed {
        options.required(name)?;
    }
    let address = match action {
        "list" | "cancel" => &["bootstrap-server", "bootstrap-controller"][..],
        _ => &["bootstrap-server"],
    };
    for spec in SPECS {
        let is_fit = spec.name == action
            || spec.name == "command-config"
            || [needed, allowed, address].iter().any(|names| names.contains(&spec.name));
        if options.has(spec.name) && !is_fit {
            return Err(Failure::usage(format!(
                "Option \"[{}]\" can't be used with action \"[{action}]\"",
                spec.name
            )));
        }
    }
    Ok(action)
}

async fn act(console: &mut Console, env: &Env, options: &Options, action: &str) -> Outcome {
    let read = |name: &str| {
        let path = options.required(name)?;
        std::fs::read_to_string(path)
            .map_err(|error| Failure::failed(format!("Error: cannot read {path}: {error}")))
    };
    let settings = properties(options.get("command-config"))?;
    let admin = admin_by_options(env, options, &settings, "reassign-partitions-tool").await?;
    match action {
        "generate" => {
            let topics = file::topics(&read("topics-to-move-json-file")?)?;
            let brokers = file::brokers(options.required("broker-list")?)?;
            let by_rack = !options.has("disable-rack-aware");
            generate(console, env, &admin, (&topics, &brokers), by_rack).await
        }
        "execute" => {
            let plan = file::Plan::parse(&read("reassignment-json-file")?)?;
            let limits = execute::Limits {
                between_brokers: rate(options, "throttle")?,
                between_directories: rate(options, "replica-alter-log-dirs-throttle")?,
                timeout_ms: options.number("timeout")?.unwrap_or(execute::TIMEOUT_MS),
            };
            let is_additional = options.has("additional");
            execute::execute(console, env, &admin, plan, is_additional, limits).await
        }
        "verify" => {
            let plan = file::Plan::parse(&read("reassignment-json-file")?)?;
            let keep = options.has("preserve-throttles");
            verify::verify(console, &admin, &plan, keep).await
        }
        "cancel" => {
            let plan = file::Plan::parse(&read("reassignment-json-file")?)?;
            let keep = options.has("preserve-throttles");
            if options.has("bootstrap-controller") && !keep {
                return Err(Failure::failed(
                    "Error: throttles of brokers are removed by way of brokers only",
                )
                .with_hint("name a broker with --bootstrap-server, or add --preserve-throttles"));
            }
            let timeout_ms = options.number("timeout")?.unwrap_or(execute::TIMEOUT_MS);
            execute::cancel(console, env, &admin, &plan, keep, timeout_ms).await
        }
        _ => list(console, &admin).await,
    }
}

/// A rate; a negative one, Kafka's default, is none.
fn rate(options: &Options, name: &str) -> Result<Option<u64>, Failure> {
    let rate: Option<i64> = options.number(name)?;
    Ok(rate.and_then(|rate| u64::try_from(rate).ok()))
}

async fn list(console: &mut Console, admin: &Admin) -> Outcome {
    console.line(listed(&admin.list_reassignments(None).await?));
    Ok(())
}

fn listed(reassignments: &BTreeMap<TopicPartition, Reassignment>) -> String {
    let part = |name: &str, ids: &[BrokerId]| match ids.len() {
        0 => String::new(),
        _ => format!(" {name}: {}.", joined(ids, ",")),
    };
    let line = |(partition, moving): (&TopicPartition, &Reassignment)| {
        format!(
            "{partition}: replicas: {}.{}{}",
            joined(&moving.replicas, ","),
            part("adding", &moving.adding),
            part("removing", &moving.removing)
        )
    };
    if reassignments.is_empty() {
        return "No partition reassignments found.".to_owned();
    }
    let lines: Vec<String> = reassignments.iter().map(line).collect();
    format!("Current partition reassignments:\n{}", lines.join("\n"))
}

async fn generate(
    console: &mut Console,
    env: &Env,
    admin: &Admin,
    (topics, brokers): (&[TopicName], &[BrokerId]),
    by_rack: bool,
) -> Outcome {
    let present = replicas(admin, topics).await?;
    let cluster = admin.describe_cluster(false).await?;
    let racks: BTreeMap<BrokerId, Option<String>> = cluster
        .brokers
        .iter()
        .map(|broker| {
            let rack = broker.rack.as_deref().filter(|_| by_rack).map(str::to_owned);
            (BrokerId::new(broker.broker_id), rack)
        })
        .filter(|(id, _)| brokers.contains(id))
        .collect();
    let rackless = racks.values().filter(|rack| rack.is_none()).count();
    if rackless != 0 && rackless != racks.len() {
        return Err(Failure::failed(
            "Error: Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.",
        ));
    }
    let mut proposed = Replicas::new();
    for topic in topics {
        let of_topic: Vec<_> = present.iter().filter(|(name, _)| name.topic == *topic).collect();
        let Some((_, first)) = of_topic.first() else { continue };
        if first.len() > racks.len() {
            return Err(Failure::failed(format!(
                "Error: Replication factor: {} larger than available brokers: {}.",
                first.len(),
                racks.len()
            )));
        }
        let starts = assignment::Starts::drawn(env, racks.len());
        let assigned = assignment::assign(&racks, of_topic.len(), first.len(), starts);
        proposed.extend(
            of_topic.iter().zip(assigned).map(|((name, _), replicas)| ((*name).clone(), replicas)),
        );
    }
    let places = places_of(admin, &present).await?;
    let (present, proposed) = (as_json(&present, &places), as_json(&proposed, &BTreeMap::new()));
    console.line(format!("Current partition replica assignment\n{present}\n"));
    console.line(format!("Proposed partition reassignment configuration\n{proposed}"));
    Ok(())
}

/// Replicas of every partition of these topics.
async fn replicas(admin: &Admin, topics: &[TopicName]) -> Result<Replicas, Failure> {
    let mut found = Replicas::new();
    for (name, topic) in admin.describe_topics(topics).await? {
        let topic = topic.map_err(|error| match error.code {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => Failure::failed(format!(
                "Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Topic {name} not found."
            )),
            _ => Failure::failed(format!("Error: {}", words(&error))),
        })?;
        found.extend(topic.partitions.into_iter().map(|partition| {
            (TopicPartition::new(name.clone(), partition.index), partition.replicas)
        }));
    }
    Ok(found)
}

/// Where the brokers that answer have these replicas.
async fn places_of(
    admin: &Admin,
    replicas: &Replicas,
) -> Result<BTreeMap<file::Replica, verify::Place>, Failure> {
    let cluster = admin.describe_cluster(false).await?;
    let living: BTreeSet<BrokerId> =
        cluster.brokers.iter().map(|broker| BrokerId::new(broker.broker_id)).collect();
    let replicas = replicas.iter().flat_map(|(name, ids)| {
        let living = ids.iter().filter(|id| living.contains(id));
        living.map(|id| file::Replica { broker: *id, partition: name.clone() })
    });
    verify::places(admin, replicas.collect()).await
}

/// What `--reassignment-json-file` takes: replicas in the directories where they are known to be,
/// else in any.
fn as_json(replicas: &Replicas, places: &BTreeMap<file::Replica, verify::Place>) -> Value {
    let directory_of = |name: &TopicPartition, id: BrokerId| {
        let replica = file::Replica { broker: id, partition: name.clone() };
        let place = places.get(&replica).and_then(|(current, _)| current.clone());
        place.unwrap_or_else(|| file::ANY.to_owned())
    };
    let partitions: Vec<Value> = replicas
        .iter()
        .map(|(name, ids)| {
            json!({
                "topic": name.topic.as_str(),
                "partition": name.partition.get(),
                "replicas": ids.iter().map(|id| id.get()).collect::<Vec<_>>(),
                "log_dirs": ids.iter().map(|id| directory_of(name, *id)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "version": 1, "partitions": partitions })
}

/// The refusals among answers, as the lines that name them.
fn refusals(answers: &BTreeMap<TopicPartition, Result<(), ApiError>>) -> Vec<String> {
    let refused = answers.iter().filter_map(|(name, answer)| Some((name, answer.as_ref().err()?)));
    refused.map(|(name, error)| format!("{name}: {}", words(error))).collect()
}

/// Removes the throttles that could have been set for a plan.
async fn clear_throttles(console: &mut Console, admin: &Admin, plan: &file::Plan) -> Outcome {
    let cluster = admin.describe_cluster(false).await?;
    let living: BTreeSet<BrokerId> =
        cluster.brokers.iter().map(|broker| BrokerId::new(broker.broker_id)).collect();
    let brokers: BTreeSet<BrokerId> =
        living.iter().chain(plan.partitions.iter().flat_map(|(_, ids)| ids)).copied().collect();
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    console.line(format!(
        "Clearing broker-level throttles on broker{} {}",
        plural(brokers.len()),
        joined(&brokers, ",")
    ));
    // A broker that is not there cannot be asked, and copies nothing.
    throttle::clear_brokers(admin, &living).await?;
    let topics: BTreeSet<TopicName> =
        plan.partitions.iter().map(|(name, _)| name.topic.clone()).collect();
    console.line(format!(
        "Clearing topic-level throttles on topic{} {}",
        plural(topics.len()),
        joined(&topics, ",")
    ));
    throttle::clear_topics(admin, &topics).await
}

#[cfg(test)]
mod tests {
    use keld_types::PartitionIndex;

    use super::*;

    fn ids(ids: &[i32]) -> Vec<BrokerId> {
        ids.iter().copied().map(BrokerId::new).collect()
    }

    fn name(topic: &str, index: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index))
    }

    #[test]
    fn actions_take_their_own_options() {
        let check = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let options = Options::parse(SPECS, &words).expect("known options");
            check(&options).map_err(|failure| failure.message().to_owned())
        };
        assert_eq!(check(&["--list", "--bootstrap-controller", "c:1"]), Ok("list"));
        assert_eq!(
            check(&["--list", "--verify"]).expect_err("refused"),
            "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list"
        );
        assert_eq!(
            check(&["--list"]).expect_err("refused"),
            "Please specify either --bootstrap-server or --bootstrap-controller"
        );
        let server = ["--bootstrap-server", "b:1"];
        let with = |more: &[&str]| check(&[&server[..], more].concat());
        assert_eq!(
            with(&["--execute"]).expect_err("refused"),
            "Missing required argument \"[reassignment-json-file]\""
        );
        assert_eq!(
            with(&["--verify", "--reassignment-json-file", "f", "--throttle", "5"])
                .expect_err("refused"),
            "Option \"[throttle]\" can't be used with action \"[verify]\""
        );
        let all = ["--execute", "--reassignment-json-file", "f", "--throttle", "5", "--additional"];
        assert_eq!(with(&all), Ok("execute"));
    }

    #[test]
    fn reassignments_are_listed_as_kafka_lists_them() {
        assert_eq!(listed(&BTreeMap::new()), "No partition reassignments found.");
        let moving =
            Reassignment { replicas: ids(&[1, 2, 3]), adding: ids(&[3]), removing: ids(&[1]) };
        let only_order = Reassignment { replicas: ids(&[1]), ..Reassignment::default() };
        assert_eq!(
            listed(&[(name("b", 0), moving), (name("a", 10), only_order)].into()),
            "Current partition reassignments:\na-10: replicas: 1.\nb-0: replicas: 1,2,3. adding: 3. removing: 1."
        );
    }

    #[test]
    fn plans_are_written_as_they_are_read() {
        let replicas: Replicas = [(name("a", 1), ids(&[1, 2]))].into();
        let text = as_json(&replicas, &BTreeMap::new()).to_string();
        assert_eq!(
            text,
            r#"{"version":1,"partitions":[{"topic":"a","partition":1,"replicas":[1,2],"log_dirs":["any","any"]}]}"#
        );
        let plan = file::Plan::parse(&text).expect("readable");
        assert_eq!(plan.partitions, replicas.into_iter().collect::<Vec<_>>());
    }
}
