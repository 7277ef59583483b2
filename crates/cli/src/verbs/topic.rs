//! `keld topic`: create, list, describe, change and delete topics.

use std::collections::BTreeMap;

use clap::Subcommand;
use keld_client::{Admin, ConfigResource, ConfigResourceType, NewTopic, OffsetSpec};
use keld_env::Env;
use keld_types::{BrokerId, ErrorCode, IsolationLevel, TopicName, TopicPartition};
use serde_json::{Value, json};

use super::{Connect, Shown};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Rows;
use crate::shared::{topic_name, words};

pub(super) const EXAMPLES: &str = "\
Examples:
  keld topic create orders -p 6 -c retention.ms=86400000
  keld topic list -o json
  keld topic describe orders
  keld topic grow orders -p 12
  keld topic delete orders";

#[derive(Debug, Subcommand)]
pub(super) enum Topic {
    /// Create topics.
    Create {
        /// Names.
        #[arg(required = true)]
        names: Vec<String>,
        /// Partitions; the broker's `num.partitions` when left out.
        #[arg(short, long)]
        partitions: Option<i32>,
        /// Replicas; the broker's `default.replication.factor` when left out.
        #[arg(short, long)]
        replicas: Option<i16>,
        /// A setting; may stand several times.
        #[arg(short, long, value_name = "KEY=VALUE")]
        config: Vec<String>,
        /// Do not fail if a topic is there already.
        #[arg(long)]
        if_not_exists: bool,
        #[command(flatten)]
        connect: Connect,
    },
    /// List topics.
    List {
        /// Internal topics too.
        #[arg(short, long)]
        all: bool,
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show partitions with leaders, replicas and offsets.
    Describe {
        /// Names.
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Raise the number of partitions.
    Grow {
        /// Name.
        name: String,
        /// Partitions the topic shall have.
        #[arg(short, long)]
        partitions: i32,
        #[command(flatten)]
        connect: Connect,
    },
    /// Delete topics with all their records.
    Delete {
        /// Names.
        #[arg(required = true)]
        names: Vec<String>,
        /// Do not fail if a topic is not there.
        #[arg(long)]
        if_exists: bool,
        #[command(flatten)]
        connect: Connect,
    },
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Topic) -> Outcome {
    match verb {
        Topic::Create { names, partitions, replicas, config, if_not_exists, connect } => {
            let mut topics = Vec::new();
            for name in &names {
                let mut topic = NewTopic::new(topic_name(name)?);
                topic.partitions = partitions;
                topic.replication_factor = replicas;
                for setting in &config {
                    let (key, value) = setting
                        .split_once('=')
                        .ok_or_else(|| Failure::usage(format!("`{setting}` is not KEY=VALUE")))?;
                    topic = topic.with_config(key.trim(), value.trim());
                }
                topics.push(topic);
            }
            create(console, &connect.admin(env)?, &topics, if_not_exists).await
        }
        Topic::List { all, connect, shown } => {
            let mut rows = Rows::new(&["topic", "partitions", "internal", "id"]);
            for topic in connect.admin(env)?.list_topics(all).await? {
                rows.push(vec![
                    json!(topic.name.as_str()),
                    json!(topic.partitions),
                    json!(topic.is_internal),
                    json!(topic.id.to_string()),
                ]);
            }
            rows.print(console, shown.form());
            Ok(())
        }
        Topic::Describe { names, connect, shown } => {
            describe(console, &connect.admin(env)?, &parse(&names)?, &shown).await
        }
        Topic::Grow { name, partitions, connect } => {
            let topic = topic_name(&name)?;
            let result =
                connect.admin(env)?.create_partitions(&topic, partitions, None, false).await?;
            result?;
            console.line(format!("topic {name} has {partitions} partitions"));
            Ok(())
        }
        Topic::Delete { names, if_exists, connect } => {
            let deleted = connect.admin(env)?.delete_topics(&parse(&names)?).await?;
            let mut outcome = Ok(());
            for (name, result) in deleted {
                match result {
                    Ok(()) => console.line(format!("deleted topic {name}")),
                    Err(error)
                        if if_exists && error.code == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => {}
                    Err(error) => {
                        outcome = Err(Failure::failed(format!("topic {name}: {}", words(&error)))
                            .with_hint(error.advice().unwrap_or("see the broker's log")));
                    }
                }
            }
            outcome
        }
    }
}

fn parse(names: &[String]) -> Result<Vec<TopicName>, Failure> {
    names.iter().map(|name| topic_name(name)).collect()
}

async fn create(
    console: &mut Console,
    admin: &Admin,
    topics: &[NewTopic],
    if_not_exists: bool,
) -> Outcome {
    let mut outcome = Ok(());
    for (name, result) in admin.create_topics(topics, false).await? {
        match result {
            Ok(made) => console.line(format!(
                "created topic {name} with {} partitions, {} replicas",
                made.partitions, made.replication_factor
            )),
            Err(error) if if_not_exists && error.code == ErrorCode::TOPIC_ALREADY_EXISTS => {}
            Err(error) => {
                let failure = Failure::failed(words(&error));
                outcome = Err(match error.advice() {
                    Some(advice) => failure.with_hint(advice),
                    None => failure,
                });
            }
        }
    }
    outcome
}

async fn describe(
    console: &mut Console,
    admin: &Admin,
    topics: &[TopicName],
    shown: &Shown,
) -> Outcome {
    let described = admin.describe_topics(topics).await?;
    let mut wanted = (BTreeMap::new(), BTreeMap::new());
    for topic in described.values().flatten() {
        for partition in &topic.partitions {
            let partition = TopicPartition::new(topic.name.clone(), partition.index);
            wanted.0.insert(partition.clone(), OffsetSpec::Earliest);
            wanted.1.insert(partition, OffsetSpec::Latest);
        }
    }
    let starts = admin.list_offsets(&wanted.0, IsolationLevel::ReadUncommitted).await?;
    let ends = admin.list_offsets(&wanted.1, IsolationLevel::ReadUncommitted).await?;
    let mut rows =
        Rows::new(&["topic", "partition", "leader", "epoch", "replicas", "isr", "start", "end"]);
    for (name, result) in described {
        let topic = result.map_err(|error| {
            Failure::failed(format!("topic {name}: {}", words(&error)))
                .with_hint(error.advice().unwrap_or("check the name with `keld topic list`"))
        })?;
        for partition in &topic.partitions {
            let id = TopicPartition::new(name.clone(), partition.index);
            let ids =
                |brokers: &[BrokerId]| -> Value { brokers.iter().map(|id| id.get()).collect() };
            let offset = |listed: &BTreeMap<_, Result<keld_client::ListedOffset, _>>| {
                json!(listed.get(&id).and_then(|found| found.as_ref().ok()).map(|f| f.offset.get()))
            };
            rows.push(vec![
                json!(name.as_str()),
                json!(partition.index.get()),
                json!(partition.leader.map(BrokerId::get)),
                json!(partition.leader_epoch.get()),
                ids(&partition.replicas),
                ids(&partition.isr),
                offset(&starts),
                offset(&ends),
            ]);
        }
    }
    rows.print(console, shown.form());
    if shown.form() == crate::output::Form::Table {
        print_settings(console, admin, topics).await?;
    }
    Ok(())
}

/// Settings that are not defaults, below the table.
async fn print_settings(console: &mut Console, admin: &Admin, topics: &[TopicName]) -> Outcome {
    let resources: Vec<ConfigResource> = topics
        .iter()
        .map(|topic| ConfigResource::new(ConfigResourceType::Topic, topic.as_str()))
        .collect();
    for (resource, entries) in admin.describe_configs(&resources, false, false).await? {
        for entry in entries?.iter().filter(|entry| entry.source == 1) {
            let value = entry.value.as_deref().unwrap_or("null");
            console.line(format!("{}: {}={value}", resource.name, entry.name));
        }
    }
    Ok(())
}
