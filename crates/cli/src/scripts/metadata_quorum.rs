//! `kafka-metadata-quorum`: the quorum's state; adding and removing controllers.

use std::path::Path;

use keld_client::{Admin, ClientError, VoterEndpoint};
use keld_config::Properties;
use keld_env::Env;
use keld_types::{BrokerId, DirectoryId, Uuid};
use keld_wire::messages::DescribeQuorumResponse;
use keld_wire::messages::describe_quorum_response::{PartitionData, ReplicaState};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{CommandSpec, OptionSpec, Options, Short, flag, value};
use crate::shared::{admin_by_options, joined, properties, words};

pub(super) const PURPOSE: &str = "This tool describes kraft metadata quorum status.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port,...", "The brokers to connect to."),
    value("bootstrap-controller", "host:port,...", "The controllers to connect to."),
    value(
        "command-config",
        "file",
        "Properties file with settings of the client; with add-controller that of the controller.",
    ),
];

pub(super) const SHORT: &[Short] = &[("-i", "controller-id"), ("-d", "controller-directory-id")];

const DRY_RUN: OptionSpec =
    flag("dry-run", "True if we should print what would be done, but not do it.");

pub(super) const COMMANDS: &[CommandSpec] = &[
    CommandSpec {
        name: "describe",
        options: &[
            flag("status", "A short summary of the quorum's state."),
            flag("replication", "How far each of its replicas is."),
            flag("human-readable", "Human-readable output."),
        ],
        help: "Describe the metadata quorum info",
    },
    CommandSpec {
        name: "add-controller",
        options: &[DRY_RUN],
        help: "Add a controller to the KRaft controller cluster",
    },
    CommandSpec {
        name: "remove-controller",
        options: &[
            value("controller-id", "id", "REQUIRED: the id of the controller to remove."),
            value("controller-directory-id", "id", "REQUIRED: the id of its directory."),
            DRY_RUN,
        ],
        help: "Remove a controller from the KRaft controller cluster",
    },
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let file = properties(options.get("command-config"))?;
    let is_dry = options.has("dry-run");
    match options.command {
        "describe" => {
            let (status, replication) = (options.has("status"), options.has("replication"));
            let human = options.has("human-readable");
            let wrong = match (status, replication) {
                (true, true) => Some(
                    "Only one of --status or --replication should be specified with describe sub-command",
                ),
                (false, false) => Some(
                    "One of --status or --replication must be specified with describe sub-command",
                ),
                (true, false) if human => {
                    Some("The option --human-readable is only supported along with --replication")
                }
                (true, false) | (false, true) => None,
            };
            if let Some(message) = wrong {
                return Err(Failure::failed(message));
            }
            let admin = admin_by_options(env, options, &file, "adminclient-1").await?;
            let described = admin.describe_quorum().await?;
            let now_ms = human.then(|| env.clock.wall_ms());
            if replication {
                print_replication(console, &described, now_ms)
            } else {
                let cluster_id = cluster_id(&admin, options).await?;
                print_status(console, &described, &cluster_id)
            }
        }
        "add-controller" => {
            if !options.has("command-config") {
                return Err(Failure::failed(
                    "You must supply the configuration file of the controller you are adding when using add-controller.",
                ));
            }
            let admin =
                admin_by_options(env, options, &client_part(&file), "adminclient-1").await?;
            add_controller(console, &admin, is_dry, &file).await
        }
        _ => {
            options.required("controller-id")?;
            let id: i32 = options.number("controller-id")?.unwrap_or_default();
            let directory = options.required("controller-directory-id")?;
            if id < 0 {
                return Err(Failure::failed(format!("Invalid negative --controller-id: {id}")));
            }
            let directory: Uuid = directory.parse().map_err(|error| {
                Failure::failed(format!("Failed to parse --controller-directory-id: {error}"))
            })?;
            let directory = DirectoryId::new(directory);
            if !is_dry {
                let admin = admin_by_options(env, options, &file, "adminclient-1").await?;
                admin.remove_voter(BrokerId::new(id), directory).await.map_err(refusal)?;
            }
            let done = if is_dry { "DRY RUN of removing " } else { "Removed " };
            console.line(format!("{done} KRaft controller {id} with directory id {directory}"));
            Ok(())
        }
    }
}

/// A refusal in the controller's own words, as Kafka's tool has it.
fn refusal(error: ClientError) -> Failure {
    match error {
        ClientError::Api { error, .. } => Failure::failed(words(&error)),
        other => other.into(),
    }
}

async fn cluster_id(admin: &Admin, options: &Options) -> Result<String, ClientError> {
    let cluster = if options.has("bootstrap-controller") {
        admin.describe_controllers().await?
    } else {
        admin.describe_cluster(false).await?
    };
    Ok(cluster.cluster_id.to_string())
}

fn partition(
    described: &DescribeQuorumResponse,
) -> Result<(&PartitionData, &ReplicaState), Failure> {
    let found = described.topics.iter().flat_map(|topic| &topic.partitions).next();
    found
        .and_then(|found| {
            let mut voters = found.current_voters.iter();
            Some((found, voters.find(|voter| voter.replica_id == found.leader_id)?))
        })
        .ok_or_else(|| Failure::failed("the answer names no leader among the voters"))
}

fn print_replication(
    console: &mut Console,
    described: &DescribeQuorumResponse,
    now_ms: Option<i64>,
) -> Outcome {
    let (found, leader) = partition(described)?;
    let headers = [
        "NodeId",
        "DirectoryId",
        "LogEndOffset",
        "Lag",
        "LastFetchTimestamp",
        "LastCaughtUpTimestamp",
        "Status",
    ];
    let time = |stamp: i64| match now_ms {
        _ if stamp < 0 => "-1".to_owned(),
        Some(now) => format!("{} ms ago", now.saturating_sub(stamp).max(0)),
        None => stamp.to_string(),
    };
    let row = |replica: &ReplicaState, status: &str| -> Vec<String> {
        vec![
            replica.replica_id.to_string(),
            replica.replica_directory_id.to_string(),
            replica.log_end_offset.to_string(),
            leader.log_end_offset.saturating_sub(replica.log_end_offset).to_string(),
            time(replica.last_fetch_timestamp),
            time(replica.last_caught_up_timestamp),
            status.to_owned(),
        ]
    };
    let mut rows = vec![headers.map(str::to_owned).to_vec(), row(leader, "Leader")];
    let others = found.current_voters.iter().filter(|voter| voter.replica_id != found.leader_id);
    rows.extend(others.map(|voter| row(voter, "Follower")));
    rows.extend(found.observers.iter().map(|observer| row(observer, "Observer")));
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headers.len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}\t"));
        console.line(cells.collect::<String>());
    }
    Ok(())
}

fn print_status(
    console: &mut Console,
    described: &DescribeQuorumResponse,
    cluster_id: &str,
) -> Outcome {
    let (found, leader) = partition(described)?;
    let slowest = found.current_voters.iter().min_by_key(|voter| voter.log_end_offset);
    let slowest = slowest.unwrap_or(leader);
    let stamps = (leader.last_caught_up_timestamp, slowest.last_caught_up_timestamp);
    let lag_ms = match stamps {
        _ if slowest.replica_id == leader.replica_id => 0,
        (leads, follows) if leads >= 0 && follows >= 0 => leads.saturating_sub(follows),
        _ => -1,
    };
    let replicas = |states: &[ReplicaState]| {
        format!("[{}]", joined(states.iter().map(|state| replica(described, state)), ", "))
    };
    for (name, text) in [
        ("ClusterId:", cluster_id.to_owned()),
        ("LeaderId:", found.leader_id.to_string()),
        ("LeaderEpoch:", found.leader_epoch.to_string()),
        ("HighWatermark:", found.high_watermark.to_string()),
        (
            "MaxFollowerLag:",
            leader.log_end_offset.saturating_sub(slowest.log_end_offset).to_string(),
        ),
        ("MaxFollowerLagTimeMs:", lag_ms.to_string()),
        ("CurrentVoters:", replicas(&found.current_voters)),
        ("CurrentObservers:", replicas(&found.observers)),
    ] {
        console.line(format!("{name:<24}{text}"));
    }
    Ok(())
}

/// `{"id": 1, "directoryId": "…", "endpoints": ["CONTROLLER://host:port"]}`
fn replica(described: &DescribeQuorumResponse, state: &ReplicaState) -> String {
    let directory = match state.replica_directory_id {
        Uuid::ZERO => "null".to_owned(),
        id => format!("\"{id}\""),
    };
    let node = described.nodes.iter().find(|node| node.node_id == state.replica_id);
    let listeners = node.into_iter().flat_map(|node| &node.listeners);
    let endpoints: Vec<String> = listeners
        .map(|listener| {
            let endpoint = VoterEndpoint {
                name: listener.name.to_string(),
                host: listener.host.to_string(),
                port: listener.port,
            };
            format!("\"{}\"", url(&endpoint))
        })
        .collect();
    let endpoints = match endpoints.len() {
        0 => String::new(),
        _ => format!(", \"endpoints\": [{}]", endpoints.join(", ")),
    };
    format!("{{\"id\": {}, \"directoryId\": {directory}{endpoints}}}", state.replica_id)
}

fn url(endpoint: &VoterEndpoint) -> String {
    let VoterEndpoint { name, host, port } = endpoint;
    if host.contains(':') {
        format!("{name}://[{host}]:{port}")
    } else {
        format!("{name}://{host}:{port}")
    }
}

/// What of a controller's file is for a client, too. Its listeners' protection is not.
fn client_part(file: &Properties) -> Properties {
    let is_ours = |(name, _): &(&str, &str)| *name != "security.protocol";
    file.iter().filter(is_ours).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A controller as its own configuration file describes it.
#[derive(Debug, PartialEq, Eq)]
struct NewController {
    id: i32,
    metadata_directory: String,
    endpoints: Vec<VoterEndpoint>,
}

impl NewController {
    fn from_file(file: &Properties) -> Result<Self, Failure> {
        const VALID: &str = "Is this a valid controller configuration file?";
        let missing = |what: String| Failure::failed(format!("{what} {VALID}"));
        let id = file
            .get("node.id")
            .ok_or_else(|| missing("node.id not found in configuration file.".to_owned()))?;
        let id: i32 = id
            .trim()
            .parse()
            .map_err(|_| missing(format!("node.id was {id} in configuration file.")))?;
        if id < 0 {
            return Err(missing("node.id was negative in configuration file.".to_owned()));
        }
        if !file.get("process.roles").unwrap_or_default().contains("controller") {
            return Err(missing(
                "process.roles did not contain 'controller' in configuration file.".to_owned(),
            ));
        }
        let directories = file.get("log.dirs").or_else(|| file.get("log.dir"));
        let first = directories.and_then(|text| text.trim().split(',').next());
        let metadata_directory = file
            .get("metadata.log.dir")
            .or(first)
            .ok_or_else(|| missing("Neither metadata.log.dir nor log.dirs were found.".to_owned()))?
            .trim()
            .to_owned();
        Ok(Self { id, metadata_directory, endpoints: endpoints(file)? })
    }

    /// The id of its directory, drawn when it was formatted.
    fn directory_id(&self) -> Result<DirectoryId, Failure> {
        let directory = &self.metadata_directory;
        let path = Path::new(directory).join("meta.properties");
        let unreadable = || {
            Failure::failed(format!("Unable to read meta.properties from {directory}"))
                .with_hint("format it first: `keld storage format --no-initial-controllers`; add-controller runs on the controller's own machine")
        };
        let text = std::fs::read_to_string(path).map_err(|_| unreadable())?;
        let meta = Properties::parse(&text).map_err(|_| unreadable())?;
        let id = meta.get("directory.id").and_then(|id| id.parse::<Uuid>().ok());
        id.map(DirectoryId::new)
            .ok_or_else(|| Failure::failed(format!("No directory id found in {directory}")))
    }
}

/// Where the controller's listeners are reached: as advertised, else where it listens.
fn endpoints(file: &Properties) -> Result<Vec<VoterEndpoint>, Failure> {
    let names = file.get("controller.listener.names").ok_or_else(|| {
        Failure::failed("controller.listener.names was not found. Is this a valid controller configuration file?")
    })?;
    let named = |option: &str, name: &str| -> Option<VoterEndpoint> {
        let listeners = file.get(option).unwrap_or_default().split(',');
        listeners.map(str::trim).find_map(|listener| {
            let (found, at) = listener.split_once("://")?;
            let (host, port) = at.rsplit_once(':')?;
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let host = if host.is_empty() { "localhost" } else { host };
            let port = port.parse().ok()?;
            found.eq_ignore_ascii_case(name).then(|| VoterEndpoint {
                name: name.to_owned(),
                host: host.to_owned(),
                port,
            })
        })
    };
    names
        .split(',')
        .map(|name| {
            let name = name.trim().to_ascii_uppercase();
            named("advertised.listeners", &name).or_else(|| named("listeners", &name)).ok_or_else(
                || {
                    Failure::failed(format!(
                        "Cannot find information about controller listener name: {name}"
                    ))
                },
            )
        })
        .collect()
}

async fn add_controller(
    console: &mut Console,
    admin: &Admin,
    is_dry: bool,
    file: &Properties,
) -> Outcome {
    let new = NewController::from_file(file)?;
    let directory = new.directory_id()?;
    if !is_dry {
        admin.add_voter(BrokerId::new(new.id), directory, &new.endpoints).await.map_err(refusal)?;
    }
    console.line(format!(
        "{} controller {} with directory id {directory} and endpoints: {}",
        if is_dry { "DRY RUN of adding" } else { "Added" },
        new.id,
        joined(new.endpoints.iter().map(url), ", ")
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use keld_wire::Str;
    use keld_wire::messages::describe_quorum_response::{Listener, Node, TopicData};

    use super::*;

    fn described() -> DescribeQuorumResponse {
        let state = |replica_id, log_end_offset, stamp| ReplicaState {
            replica_id,
            log_end_offset,
            last_fetch_timestamp: stamp,
            last_caught_up_timestamp: stamp,
            ..ReplicaState::default()
        };
        let data = PartitionData {
            leader_id: 1,
            leader_epoch: 2,
            high_watermark: 40,
            current_voters: vec![state(2, 38, 990), state(1, 42, 1_000)],
            observers: vec![state(7, 30, -1)],
            ..PartitionData::default()
        };
        let listener = Listener {
            name: Str::from_static("CONTROLLER"),
            host: Str::from_static("::1"),
            port: 9093,
            ..Listener::default()
        };
        DescribeQuorumResponse {
            topics: vec![TopicData { partitions: vec![data], ..TopicData::default() }],
            nodes: vec![Node { node_id: 1, listeners: vec![listener], ..Node::default() }],
            ..DescribeQuorumResponse::default()
        }
    }

    #[test]
    fn the_status_is_that_of_kafka() {
        let (mut console, out, _) = Console::buffers("");
        print_status(&mut console, &described(), "abc").expect("a leader");
        assert_eq!(
            out.text(),
            "ClusterId:              abc\n\
             LeaderId:               1\n\
             LeaderEpoch:            2\n\
             HighWatermark:          40\n\
             MaxFollowerLag:         4\n\
             MaxFollowerLagTimeMs:   10\n\
             CurrentVoters:          [{\"id\": 2, \"directoryId\": null}, {\"id\": 1, \"directoryId\": null, \"endpoints\": [\"CONTROLLER://[::1]:9093\"]}]\n\
             CurrentObservers:       [{\"id\": 7, \"directoryId\": null}]\n"
        );
    }

    #[test]
    fn replication_is_a_table_with_the_leader_first() {
        let (mut console, out, _) = Console::buffers("");
        print_replication(&mut console, &described(), Some(1_500)).expect("a leader");
        let text = out.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("NodeId\tDirectoryId           \tLogEndOffset\tLag\t"));
        let fields = |line: &str| line.split('\t').map(|f| f.trim().to_owned()).collect::<Vec<_>>();
        assert_eq!(fields(lines[1])[3..7], ["0", "500 ms ago", "500 ms ago", "Leader"]);
        assert_eq!(fields(lines[2])[3..7], ["4", "510 ms ago", "510 ms ago", "Follower"]);
        assert_eq!(fields(lines[3])[3..7], ["12", "-1", "-1", "Observer"]);
    }

    #[test]
    fn a_controller_is_read_from_its_file() {
        let parse = |text: &str| {
            let file = Properties::parse(text).expect("syntax");
            NewController::from_file(&file).map_err(|failure| failure.message().to_owned())
        };
        let text = "node.id=4\nprocess.roles=controller\nlog.dirs=/a,/b\n\
                    controller.listener.names=CONTROLLER\nlisteners=CONTROLLER://:9093\n";
        let endpoint = |host: &str| VoterEndpoint {
            name: "CONTROLLER".to_owned(),
            host: host.to_owned(),
            port: 9093,
        };
        let expected = NewController {
            id: 4,
            metadata_directory: "/a".to_owned(),
            endpoints: vec![endpoint("localhost")],
        };
        assert_eq!(parse(text), Ok(expected));
        let advertised = format!("{text}advertised.listeners=CONTROLLER://c4:9093\n");
        assert_eq!(parse(&advertised).expect("valid").endpoints, [endpoint("c4")]);
        assert!(parse("node.id=4").expect_err("refused").contains("process.roles"));
        assert!(parse("node.id=-4").expect_err("refused").contains("negative"));
        let unknown = text.replace("names=CONTROLLER", "names=OTHER");
        assert!(parse(&unknown).expect_err("refused").ends_with("listener name: OTHER"));
    }
}
