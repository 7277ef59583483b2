//! `kafka-leader-election`: elects preferred leaders, or unclean ones.

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{Admin, ApiError, ClientError, Election};
use keld_env::Env;
use keld_types::{ErrorCode, PartitionIndex, TopicPartition};
use serde_json::Value;

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{admin, client_config, exception, joined, properties, topic_name};

pub(super) const PURPOSE: &str = "This tool attempts to elect a new leader for a set of topic \
     partitions. The type of elections supported are preferred replicas and unclean replicas.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port", "REQUIRED: the broker to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    value("admin.config", "file", "The same, as it was called before 4.2."),
    value("election-type", "type", "REQUIRED: preferred or unclean."),
    value("path-to-json-file", "file", "JSON file with the partitions."),
    value("topic", "topic", "The topic to elect in; needs --partition."),
    value("partition", "id", "The partition of --topic."),
    flag("all-topic-partitions", "Elect in every partition that can be elected in."),
];

/// Defaults of this tool that differ from a client's.
const PATIENCE: [(&str, &str); 2] =
    [("default.api.timeout.ms", "30000"), ("request.timeout.ms", "15000")];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    check(options)?;
    let (election, name) = match options.get("election-type").unwrap_or_default() {
        text if text.eq_ignore_ascii_case("preferred") => (Election::Preferred, "PREFERRED"),
        text if text.eq_ignore_ascii_case("unclean") => (Election::Unclean, "UNCLEAN"),
        text => {
            return Err(Failure::usage(format!(
                "Cannot parse argument '{text}' of option election-type"
            )));
        }
    };
    let partitions = match (options.get("path-to-json-file"), options.get("topic")) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::failed(format!("cannot read {path}: {error}")))?;
            Some(parse(&text)?)
        }
        (None, Some(topic)) => {
            let partition = options.number::<i32>("partition")?.unwrap_or_default();
            Some(vec![TopicPartition::new(topic_name(topic)?, PartitionIndex::new(partition))])
        }
        (None, None) => None,
    };
    let file = options.get("command-config").or(options.get("admin.config"));
    let mut settings = properties(file)?;
    for (name, value) in PATIENCE {
        if !settings.contains(name) {
            settings.set(name, value);
        }
    }
    let bootstrap = options.required("bootstrap-server")?;
    let admin = admin(env, client_config(bootstrap, &settings, "adminclient-1")?);
    elect(console, &admin, election, name, partitions.as_deref()).await
}

fn check(options: &Options) -> Result<(), Failure> {
    let missing: Vec<&str> = ["bootstrap-server", "election-type"]
        .into_iter()
        .filter(|name| !options.has(name))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::failed(format!("Missing required option(s): {}", missing.join(", "))));
    }
    let whats = ["topic", "all-topic-partitions", "path-to-json-file"];
    if whats.iter().filter(|name| options.has(name)).count() != 1 {
        return Err(Failure::failed(format!(
            "One and only one of the following options is required: {}",
            whats.join(", ")
        )));
    }
    match (options.has("topic"), options.has("partition")) {
        (true, false) => Err(Failure::failed("Missing required option(s): partition")),
        (false, true) => Err(Failure::failed("Option partition is only allowed if topic is used")),
        (true, true) | (false, false) => Ok(()),
    }
}

fn parse(text: &str) -> Result<Vec<TopicPartition>, Failure> {
    let json: Value = serde_json::from_str(text)
        .map_err(|error| Failure::failed(format!("Replica election data is not JSON: {error}")))?;
    let list = json
        .get("partitions")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::failed("Replica election data is missing \"partitions\" field"))?;
    let mut partitions = Vec::with_capacity(list.len());
    for entry in list {
        let topic = entry.get("topic").and_then(Value::as_str);
        let index = entry.get("partition").and_then(Value::as_i64);
        let index = index.and_then(|index| i32::try_from(index).ok());
        let (Some(topic), Some(index)) = (topic, index) else {
            return Err(Failure::failed(format!(
                "Replica election data has no \"topic\" and \"partition\" in {entry}"
            )));
        };
        partitions.push(TopicPartition::new(topic_name(topic)?, PartitionIndex::new(index)));
    }
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<&TopicPartition> =
        partitions.iter().filter(|partition| !seen.insert(*partition)).collect();
    if !twice.is_empty() {
        return Err(Failure::failed(format!(
            "Replica election data contains duplicate partitions: [{}]",
            joined(twice, ", ")
        )));
    }
    Ok(partitions)
}

async fn elect(
    console: &mut Console,
    admin: &Admin,
    election: Election,
    name: &str,
    partitions: Option<&[TopicPartition]>,
) -> Outcome {
    let elected = match admin.elect_leaders(election, partitions).await {
        Ok(elected) => elected,
        Err(ClientError::Timeout { .. }) => {
            console.line("Timeout waiting for election results");
            return Err(Failure::failed("Timeout waiting for election results")
                .with_hint("check that a controller is active: `keld cluster health`"));
        }
        Err(ClientError::Api { error, .. })
            if error.code == ErrorCode::CLUSTER_AUTHORIZATION_FAILED =>
        {
            console.line("Not authorized to perform leader election");
            return Err(Failure::failed("Not authorized to perform leader election"));
        }
        Err(error) => return Err(error.into()),
    };
    tell(console, name, &elected)
}

fn tell(
    console: &mut Console,
    election: &str,
    elected: &BTreeMap<TopicPartition, Result<(), ApiError>>,
) -> Outcome {
    let (mut done, mut not_needed, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (partition, result) in elected {
        match result {
            Ok(()) => done.push(partition),
            Err(error) if error.code == ErrorCode::ELECTION_NOT_NEEDED => {
                not_needed.push(partition)
            }
            Err(error) => failed.push((partition, error)),
        }
    }
    if !done.is_empty() {
        console.line(format!(
            "Successfully completed leader election ({election}) for partitions {}",
            joined(done, ", ")
        ));
    }
    if !not_needed.is_empty() {
        console.line(format!(
            "Valid replica already elected for partitions {}",
            joined(not_needed, ", ")
        ));
    }
    for (partition, error) in &failed {
        console.line(format!(
            "Error completing leader election ({election}) for partition: {partition}: {}",
            exception(error)
        ));
    }
    match failed.len() {
        0 => Ok(()),
        number => Err(Failure::failed(format!("{number} replica(s) could not be elected"))),
    }
}

#[cfg(test)]
mod tests {
    use keld_types::TopicName;

    use super::*;

    #[test]
    fn partitions_are_read_from_json() {
        let text = r#"{"partitions": [{"topic": "foo", "partition": 1}]}"#;
        assert_eq!(parse(text).expect("valid")[0].to_string(), "foo-1");
        let message = |text| parse(text).expect_err("refused").message().to_owned();
        assert!(message("{").starts_with("Replica election data is not JSON"));
        assert_eq!(message("{}"), "Replica election data is missing \"partitions\" field");
        let twice =
            r#"{"partitions": [{"topic": "a", "partition": 1}, {"topic": "a", "partition": 1}]}"#;
        assert_eq!(message(twice), "Replica election data contains duplicate partitions: [a-1]");
        assert!(message(r#"{"partitions": [{"topic": "a"}]}"#).contains("has no \"topic\""));
    }

    #[test]
    fn results_are_told_by_kind() {
        let partition =
            |index| TopicPartition::new(TopicName::new("t"), PartitionIndex::new(index));
        let refused = |code| Err(ApiError { code, message: Some("because".to_owned()) });
        let elected = [
            (partition(0), Ok(())),
            (partition(1), refused(ErrorCode::ELECTION_NOT_NEEDED)),
            (partition(2), refused(ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE)),
        ];
        let (mut console, out, _) = Console::buffers("");
        let failure = tell(&mut console, "PREFERRED", &elected.into()).expect_err("one failed");
        assert_eq!(failure.message(), "1 replica(s) could not be elected");
        assert_eq!(
            out.text(),
            "Successfully completed leader election (PREFERRED) for partitions t-0\n\
             Valid replica already elected for partitions t-1\n\
             Error completing leader election (PREFERRED) for partition: t-2: \
             org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: because\n"
        );
    }
}
