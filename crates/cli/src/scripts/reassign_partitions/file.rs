//! The tool's JSON files.

use std::collections::{BTreeMap, BTreeSet};

use keld_types::{BrokerId, PartitionIndex, TopicName, TopicPartition};
use serde_json::Value;

use crate::failure::Failure;
use crate::shared::{joined, topic_name};

/// A replica's directory when it does not matter.
pub(super) const ANY: &str = "any";

/// A replica: a partition at a broker.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Replica {
    pub(super) broker: BrokerId,
    pub(super) partition: TopicPartition,
}

impl std::fmt::Display for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.partition, self.broker)
    }
}

/// Where partitions shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Plan {
    /// In the file's order.
    pub(super) partitions: Vec<(TopicPartition, Vec<BrokerId>)>,
    /// The directory of each replica for which the file names one.
    pub(super) directories: BTreeMap<Replica, String>,
}

fn error(message: impl std::fmt::Display) -> Failure {
    Failure::failed(format!("Error: {message}"))
}

/// The file's list, of the only version there is.
fn list(text: &str, name: &str) -> Result<Vec<Value>, Failure> {
    let json: Value = serde_json::from_str(text)
        .map_err(|reason| error(format!("The input string is not a valid JSON: {reason}")))?;
    match json.get("version").map_or(Some(1), Value::as_i64) {
        Some(1) => {}
        other => {
            let shown = other.map_or_else(|| json["version"].to_string(), |n| n.to_string());
            return Err(error(format!("Not supported version field value {shown}")));
        }
    }
    match json.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list.clone()),
        Some(other) => Err(error(format!("\"{name}\" is no list: {other}"))),
    }
}

fn field<T>(entry: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T, Failure> {
    entry
        .get(name)
        .and_then(read)
        .ok_or_else(|| error(format!("\"{name}\" is missing or wrong in {entry}")))
}

fn number(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

impl Plan {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut plan = Self { partitions: Vec::new(), directories: BTreeMap::new() };
        for entry in list(text, "partitions")? {
            let topic = field(&entry, "topic", |topic| topic.as_str().map(str::to_owned))?;
            let index = field(&entry, "partition", number)?;
            let replicas = field(&entry, "replicas", |ids| {
                ids.as_array()?.iter().map(number).collect::<Option<Vec<i32>>>()
            })?;
            let directories = match entry.get("log_dirs") {
                None => vec![ANY.to_owned(); replicas.len()],
                Some(_) => field(&entry, "log_dirs", |names| {
                    let names = names.as_array()?.iter();
                    names.map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
                })?,
            };
            let partition = TopicPartition::new(topic_name(&topic)?, PartitionIndex::new(index));
            if replicas.len() != directories.len() {
                return Err(error(format!(
                    "Size of replicas list [{}] is different from size of log dirs list [{}] for partition {partition}",
                    joined(&replicas, ", "),
                    directories.join(", ")
                )));
            }
            let replicas: Vec<BrokerId> = replicas.into_iter().map(BrokerId::new).collect();
            for (broker, directory) in replicas.iter().zip(directories) {
                if directory != ANY {
                    let replica = Replica { broker: *broker, partition: partition.clone() };
                    plan.directories.insert(replica, directory);
                }
            }
            plan.partitions.push((partition, replicas));
        }
        Ok(plan)
    }

    /// What `--execute` demands of a plan.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.partitions.is_empty() {
            return Err(error("Partition reassignment list cannot be empty"));
        }
        if self.partitions.iter().any(|(_, replicas)| replicas.is_empty()) {
            return Err(error("Partition replica list cannot be empty"));
        }
        let twice = duplicates(self.partitions.iter().map(|(name, _)| name));
        if !twice.is_empty() {
            return Err(error(format!(
                "Partition reassignment contains duplicate topic partitions: {}",
                joined(twice, ",")
            )));
        }
        let wrong: Vec<String> = self
            .partitions
            .iter()
            .filter_map(|(name, replicas)| {
                let twice = duplicates(replicas);
                (!twice.is_empty())
                    .then(|| format!("{name} contains multiple entries for {}", joined(twice, ",")))
            })
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(error(format!(
            "Partition replica lists may not contain duplicate entries: {}",
            wrong.join(". ")
        )))
    }
}

fn duplicates<'a, T: Ord>(items: impl IntoIterator<Item = &'a T>) -> BTreeSet<&'a T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| !seen.insert(*item)).collect()
}

/// The topics of `--topics-to-move-json-file`.
pub(super) fn topics(text: &str) -> Result<Vec<TopicName>, Failure> {
    let topics = list(text, "topics")?
        .iter()
        .map(|entry| topic_name(&field(entry, "topic", |topic| topic.as_str().map(str::to_owned))?))
        .collect::<Result<Vec<TopicName>, Failure>>()?;
    let twice = duplicates(&topics);
    if twice.is_empty() {
        return Ok(topics);
    }
    Err(error(format!(
        "List of topics to reassign contains duplicate entries: [{}]",
        joined(twice, ", ")
    )))
}

/// The brokers of `--broker-list`.
pub(super) fn brokers(text: &str) -> Result<Vec<BrokerId>, Failure> {
    let brokers = text
        .split(',')
        .map(|id| {
            let id = id.trim().parse().map(BrokerId::new);
            id.map_err(|_| error(format!("For input string: \"{text}\"")))
        })
        .collect::<Result<Vec<BrokerId>, Failure>>()?;
    let twice = duplicates(&brokers);
    if twice.is_empty() {
        return Ok(brokers);
    }
    Err(error(format!("Broker list contains duplicate entries: [{}]", joined(twice, ", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Plan, String> {
        let checked = Plan::parse(text).and_then(|plan| plan.check().map(|()| plan));
        checked.map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn a_plan_names_replicas_and_directories() {
        let text = r#"{"partitions":[{"topic":"a","partition":1,"replicas":[3,1],"log_dirs":["any","/d"]}]}"#;
        let plan = plan(text).expect("valid");
        assert_eq!(plan.partitions[0].0.to_string(), "a-1");
        let named: Vec<String> =
            plan.directories.iter().map(|(replica, dir)| format!("{replica} {dir}")).collect();
        assert_eq!(named, ["a-1-1 /d"]);
    }

    #[test]
    fn plans_that_make_no_sense_are_refused_in_kafkas_words() {
        let of = |partitions: &str| {
            plan(&format!("{{\"version\":1,\"partitions\":[{partitions}]}}")).expect_err("refused")
        };
        assert_eq!(of(""), "Error: Partition reassignment list cannot be empty");
        assert_eq!(
            of(r#"{"topic":"a","partition":0,"replicas":[]}"#),
            "Error: Partition replica list cannot be empty"
        );
        assert_eq!(
            of(r#"{"topic":"a","partition":0,"replicas":[1,1]}"#),
            "Error: Partition replica lists may not contain duplicate entries: a-0 contains multiple entries for 1"
        );
        let once = r#"{"topic":"a","partition":0,"replicas":[1]}"#;
        assert_eq!(
            of(&format!("{once},{once}")),
            "Error: Partition reassignment contains duplicate topic partitions: a-0"
        );
        assert_eq!(
            of(r#"{"topic":"a","partition":0,"replicas":[1],"log_dirs":[]}"#),
            "Error: Size of replicas list [1] is different from size of log dirs list [] for partition a-0"
        );
        assert!(of(r#"{"topic":"a","replicas":[1]}"#).contains("\"partition\" is missing"));
        assert!(plan("{").expect_err("refused").contains("not a valid JSON"));
        let version = plan(r#"{"version":2}"#).expect_err("refused");
        assert_eq!(version, "Error: Not supported version field value 2");
    }

    #[test]
    fn topics_and_brokers_are_lists_without_repetition() {
        let text = r#"{"topics":[{"topic":"a"},{"topic":"b"}],"version":1}"#;
        assert_eq!(topics(text).expect("valid").len(), 2);
        let twice = r#"{"topics":[{"topic":"a"},{"topic":"a"}],"version":1}"#;
        let failure = topics(twice).expect_err("refused");
        assert_eq!(
            failure.message(),
            "Error: List of topics to reassign contains duplicate entries: [a]"
        );
        assert_eq!(brokers("1,2").expect("valid").len(), 2);
        assert!(brokers("1,x").is_err());
        let failure = brokers("1,1").expect_err("refused");
        assert_eq!(failure.message(), "Error: Broker list contains duplicate entries: [1]");
    }
}
