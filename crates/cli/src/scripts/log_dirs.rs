//! `kafka-log-dirs`: what lies in the log directories of brokers, as one line of JSON.

use std::collections::{BTreeMap, BTreeSet};

use keld_env::Env;
use keld_types::BrokerId;
use keld_wire::messages::describe_log_dirs_response::DescribeLogDirsResult;
use serde_json::{Map, Value, json};

use super::topics::java_hash_order;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin, client_config, joined, properties};

pub(super) const PURPOSE: &str =
    "This tool helps to query log directory usage on the specified brokers.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port", "REQUIRED: the brokers to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    flag("describe", "REQUIRED: describe log directories."),
    value("topic-list", "topic1,topic2", "The topics to show; all when left out."),
    value("broker-list", "0,1,2", "The brokers to ask; all when left out."),
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let bootstrap = options.required("bootstrap-server")?;
    options.required_flag("describe")?;
    let list = |name| options.get(name).unwrap_or_default().split(',').filter(|t| !t.is_empty());
    let topics: BTreeSet<&str> = list("topic-list").collect();
    let asked = list("broker-list")
        .map(|id| {
            let id = id.trim().parse().map(BrokerId::new);
            id.map_err(|error| Failure::failed(format!("--broker-list: {error}")))
        })
        .collect::<Result<BTreeSet<BrokerId>, Failure>>()?;
    let file = properties(options.get("command-config"))?;
    let admin = admin(env, client_config(bootstrap, &file, "log-dirs-tool")?);
    let cluster = admin.describe_cluster(false).await?;
    let known: BTreeSet<BrokerId> =
        cluster.brokers.iter().map(|broker| BrokerId::new(broker.broker_id)).collect();
    let unknown: Vec<&BrokerId> = asked.difference(&known).collect();
    if !unknown.is_empty() {
        return Err(Failure::failed(format!(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}",
            joined(unknown, ","),
            joined(&known, ",")
        )));
    }
    let brokers: Vec<BrokerId> = if asked.is_empty() { known } else { asked }.into_iter().collect();
    console.line("Querying brokers for log directories information");
    let described = admin.describe_log_dirs(&brokers, None).await?;
    console
        .line(format!("Received log directory information from brokers {}", joined(&brokers, ",")));
    console.line(as_json(&described, &topics).to_string());
    Ok(())
}

/// An object with its keys in the order in which Java's hash map gives them.
fn object(fields: Vec<(&str, Value)>) -> Value {
    let keys: Vec<&str> = fields.iter().map(|(key, _)| *key).collect();
    let in_order = java_hash_order(&keys).into_iter().filter_map(|at| fields.get(at));
    in_order.map(|(key, value)| ((*key).to_owned(), value.clone())).collect::<Map<_, _>>().into()
}

fn as_json(
    described: &BTreeMap<BrokerId, Vec<DescribeLogDirsResult>>,
    topics: &BTreeSet<&str>,
) -> Value {
    let directory = |found: &DescribeLogDirsResult| {
        let shown =
            found.topics.iter().filter(|topic| topics.is_empty() || topics.contains(&*topic.name));
        let partitions: Vec<Value> = shown
            .flat_map(|topic| topic.partitions.iter().map(move |partition| (topic, partition)))
            .map(|(topic, partition)| {
                object(vec![
                    ("partition", json!(format!("{}-{}", topic.name, partition.partition_index))),
                    ("size", json!(partition.partition_size)),
                    ("offsetLag", json!(partition.offset_lag)),
                    ("isFuture", json!(partition.is_future_key)),
                ])
            })
            .collect();
        let error = (!found.error_code.is_none())
            .then_some("org.apache.kafka.common.errors.KafkaStorageException");
        object(vec![
            ("logDir", json!(&*found.log_dir)),
            ("error", json!(error)),
            ("partitions", json!(partitions)),
        ])
    };
    let brokers: Vec<Value> = described
        .iter()
        .map(|(id, directories)| {
            let directories: Vec<Value> = directories.iter().map(directory).collect();
            object(vec![("broker", json!(id.get())), ("logDirs", json!(directories))])
        })
        .collect();
    object(vec![("version", json!(1)), ("brokers", json!(brokers))])
}

#[cfg(test)]
mod tests {
    use keld_wire::Str;
    use keld_wire::messages::describe_log_dirs_response::{
        DescribeLogDirsPartition, DescribeLogDirsTopic,
    };

    use super::*;

    #[test]
    fn directories_are_one_line_of_json() {
        let topic = |name| DescribeLogDirsTopic {
            name: Str::from_static(name),
            partitions: vec![DescribeLogDirsPartition {
                partition_size: 7,
                ..DescribeLogDirsPartition::default()
            }],
            ..DescribeLogDirsTopic::default()
        };
        let found = DescribeLogDirsResult {
            log_dir: Str::from_static("/data"),
            topics: vec![topic("a"), topic("b")],
            ..DescribeLogDirsResult::default()
        };
        let json = as_json(&[(BrokerId::new(1), vec![found])].into(), &["b"].into());
        let partitions = &json["brokers"][0]["logDirs"][0]["partitions"];
        assert_eq!(partitions.as_array().map(Vec::len), Some(1));
        assert_eq!(partitions[0]["partition"], "b-0");
        assert_eq!(partitions[0]["size"], 7);
        assert!(!json.to_string().contains('\n'));
    }
}
