//! `kafka-get-offsets`: offsets of partitions, one `topic:partition:offset` a line.

use std::collections::BTreeMap;

use keld_client::OffsetSpec;
use keld_env::Env;
use keld_types::{IsolationLevel, TopicName, TopicPartition};
use regex::Regex;

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin, client_config, properties, topic_pattern, words};

pub(super) const PURPOSE: &str = "An interactive shell for getting topic-partition offsets.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port,...", "REQUIRED: the brokers to connect to."),
    value(
        "topic-partitions",
        "topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3",
        "Patterns of topics with a partition, a range (upper bound exclusive) or all partitions.",
    ),
    value("topic", "topic", "Pattern of the topics; all when left out."),
    value("partitions", "ids", "Partitions, comma separated; all when left out."),
    value(
        "time",
        "time",
        "A timestamp, or -1 or latest, -2 or earliest, -3 or max-timestamp, -4 or earliest-local, \
         -5 or latest-tiered, -6 or earliest-pending-upload; latest when left out.",
    ),
    value("command-config", "file", "Properties file with settings of the client."),
    flag("exclude-internal-topics", "Leave internal topics out."),
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let bootstrap = options.required("bootstrap-server")?;
    offsets(console, env, bootstrap, options).await.map_err(|failure| match failure {
        Failure::Failed { message, hint } => {
            Failure::Failed { message: format!("Error occurred: {message}"), hint }
        }
        other => other,
    })
}

async fn offsets(console: &mut Console, env: &Env, bootstrap: &str, options: &Options) -> Outcome {
    if options.has("topic-partitions") && (options.has("topic") || options.has("partitions")) {
        return Err(Failure::failed(
            "--topic-partitions cannot be used with --topic or --partitions",
        ));
    }
    let spec = parse_time(options.get("time").unwrap_or("latest"))?;
    let rules = match options.get("topic-partitions") {
        Some(text) => text.split(',').map(Rule::parse).collect::<Result<Vec<_>, _>>()?,
        None => vec![Rule {
            topic: topic_pattern(options.get("topic").unwrap_or(".*"))?,
            partitions: parse_set(options.get("partitions").unwrap_or_default())?,
        }],
    };
    let file = properties(options.get("command-config"))?;
    let admin = admin(env, client_config(bootstrap, &file, "GetOffsetShell")?);
    let topics: Vec<TopicName> = admin
        .list_topics(!options.has("exclude-internal-topics"))
        .await?
        .into_iter()
        .map(|topic| topic.name)
        .filter(|name| rules.iter().any(|rule| rule.topic.is_match(name.as_str())))
        .collect();
    let mut wanted = BTreeMap::new();
    for (topic, description) in admin.describe_topics(&topics).await? {
        let description = description.map_err(|error| Failure::failed(words(&error)))?;
        for partition in description.partitions {
            let index = partition.index.get();
            if rules.iter().any(|rule| rule.allows(topic.as_str(), index)) {
                wanted.insert(TopicPartition::new(topic.clone(), partition.index), spec);
            }
        }
    }
    if wanted.is_empty() {
        return Err(Failure::failed(
            "Could not match any topic-partitions with the specified filters",
        ));
    }
    let listed = admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted).await?;
    // Kafka orders by the text of the partition's name: t-10 before t-2.
    let mut lines: Vec<(String, String)> = Vec::new();
    for (partition, result) in listed {
        match result {
            Ok(found) if found.offset.get() != -1 => lines.push((
                partition.to_string(),
                format!("{}:{}:{}", partition.topic, partition.partition, found.offset),
            )),
            Ok(_) => {}
            Err(error) => console.error(format!(
                "Skip getting offsets for topic-partition {partition} due to error: {}",
                words(&error)
            )),
        }
    }
    lines.sort();
    for (_, line) in lines {
        console.line(line);
    }
    Ok(())
}

/// A pattern of topics with a choice of their partitions.
struct Rule {
    topic: Regex,
    partitions: Partitions,
}

enum Partitions {
    /// These; all when empty.
    Set(Vec<i32>),
    /// From the first to before the last.
    Range(i32, i32),
}

impl Rule {
    fn parse(text: &str) -> Result<Self, Failure> {
        let invalid = || {
            Failure::failed(format!(
                "org.apache.kafka.tools.TerseException: Invalid rule specification: {text}"
            ))
        };
        let (topic, partitions) = match text.split_once(':') {
            None => (text, ""),
            Some(parts) => parts,
        };
        let number = |digits: &str, default: i32| match digits {
            "" => Ok(default),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| invalid())
            }
            _ => Err(invalid()),
        };
        let partitions = match partitions.split_once('-') {
            Some((from, to)) => Partitions::Range(number(from, 0)?, number(to, i32::MAX)?),
            None if partitions.is_empty() => Partitions::Range(0, i32::MAX),
            None => Partitions::Set(vec![number(partitions, 0)?]),
        };
        Ok(Self { topic: topic_pattern(if topic.is_empty() { ".*" } else { topic })?, partitions })
    }

    fn allows(&self, topic: &str, partition: i32) -> bool {
        self.topic.is_match(topic)
            && match &self.partitions {
                Partitions::Set(set) => set.is_empty() || set.contains(&partition),
                Partitions::Range(from, to) => (*from..*to).contains(&partition),
            }
    }
}

fn parse_set(text: &str) -> Result<Partitions, Failure> {
    if text.is_empty() {
        return Ok(Partitions::Set(Vec::new()));
    }
    let ids = text.split(',').map(str::parse).collect::<Result<Vec<i32>, _>>();
    ids.map(Partitions::Set).map_err(|_| {
        Failure::failed(format!(
            "--partitions expects a comma separated list of numeric partition ids, but received: \
             {text}"
        ))
    })
}

/// The offset that a time means.
pub(crate) fn parse_time(text: &str) -> Result<OffsetSpec, Failure> {
    Ok(match text {
        "latest" | "-1" => OffsetSpec::Latest,
        "earliest" | "-2" => OffsetSpec::Earliest,
        "max-timestamp" | "-3" => OffsetSpec::MaxTimestamp,
        "earliest-local" | "-4" => OffsetSpec::EarliestLocal,
        "latest-tiered" | "-5" => OffsetSpec::LatestTiered,
        "earliest-pending-upload" | "-6" => OffsetSpec::EarliestPendingUpload,
        _ => OffsetSpec::Timestamp(text.parse().map_err(|_| {
            Failure::failed(format!(
                "Malformed time argument {text}. Please use -1 or latest / -2 or earliest / -3 or \
                 max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or \
                 earliest-pending-upload, or a specified long format timestamp"
            ))
        })?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_choose_topics_and_partitions() {
        let allows = |rule: &str, topic: &str, partition: i32| {
            Rule::parse(rule).expect("valid").allows(topic, partition)
        };
        assert!(allows("a:1", "a", 1) && !allows("a:1", "a", 2) && !allows("a:1", "b", 1));
        assert!(allows("a:1-3", "a", 2) && !allows("a:1-3", "a", 3));
        assert!(allows("a:5-", "a", 9) && !allows("a:5-", "a", 4));
        assert!(allows(":-3", "x", 2) && !allows(":-3", "x", 3));
        assert!(allows("a", "a", 7));
        assert!(Rule::parse("a:x").is_err() && Rule::parse("a:1:2").is_err());
    }

    #[test]
    fn times_are_names_numbers_or_timestamps() {
        assert_eq!(parse_time("earliest").expect("valid"), OffsetSpec::Earliest);
        assert_eq!(parse_time("-3").expect("valid"), OffsetSpec::MaxTimestamp);
        assert_eq!(parse_time("17").expect("valid"), OffsetSpec::Timestamp(17));
        assert!(parse_time("soon").is_err());
    }
}
