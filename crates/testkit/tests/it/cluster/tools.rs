//! Kafka's tools for operators on three nodes: voters added and removed, replicas moved at a
//! throttled rate, leaders elected, replicas compared, and what is wrong told.
//!
//! `KELD_TEST_BROKER=kafka` runs them on three nodes of Apache Kafka, which shows that what is
//! expected here is what Kafka says.

use super::ok;
use crate::support::unique;
use keld_testkit::{
    Broker, CLUSTER_ID, ClusterPlan, NodePlan, Roles, TestCluster, ToolOutput, Tools,
    eventually_within, setup,
};
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const TOPIC: &str = "org.apache.kafka.tools.TopicCommand";
const CONFIG: &str = "kafka.admin.ConfigCommand";
const REASSIGN: &str = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
const ELECT: &str = "org.apache.kafka.tools.LeaderElectionCommand";
const QUORUM: &str = "org.apache.kafka.tools.MetadataQuorumCommand";
const FEATURE: &str = "org.apache.kafka.tools.FeatureCommand";
const CLUSTER: &str = "org.apache.kafka.tools.ClusterTool";
const LOG_DIRS: &str = "org.apache.kafka.tools.LogDirsCommand";
const PRODUCER: &str = "org.apache.kafka.tools.ConsoleProducer";
const VERIFICATION: &str = "org.apache.kafka.tools.ReplicaVerificationTool";

/// Elections and fencing on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// Three nodes and a JVM with the tools.
struct Desk {
    cluster: TestCluster,
    tools: Tools,
    folder: tempfile::TempDir,
}

impl Desk {
    /// Nodes with both roles; the first is the only voter.
    #[track_caller]
    fn started() -> Self {
        let nodes = vec![NodePlan::new(Broker::under_test(), Roles::Both); 3];
        let cluster = ok(TestCluster::start(ClusterPlan::new(nodes).dynamic()));
        let tools = ok(Tools::start());
        Self { cluster, tools, folder: tempfile::tempdir().expect("a folder") }
    }

    fn try_with(&mut self, main: &str, line: &str, stdin: &str) -> ToolOutput {
        let words = line.split(' ').map(str::to_owned);
        let at = ["--bootstrap-server".to_owned(), self.cluster.bootstrap()];
        // Its verbs come first.
        let arguments: Vec<String> = if main == CLUSTER {
            words.chain(at).collect()
        } else {
            at.into_iter().chain(words).collect()
        };
        self.tools.run(main, &arguments, stdin)
    }

    /// The output of a tool that must do what it is asked to.
    #[track_caller]
    fn run(&mut self, main: &str, line: &str) -> String {
        let output = self.try_with(main, line, "");
        assert_eq!(output.status, 0, "{main} {line}: {output:?}");
        output.stdout
    }

    /// All words of a tool that must refuse what it is asked to.
    #[track_caller]
    fn refused(&mut self, main: &str, line: &str) -> String {
        let output = self.try_with(main, line, "");
        assert_eq!(output.status, 1, "{main} {line}: {output:?}");
        output.stdout + &output.stderr
    }

    /// The output of a tool, once it is as wanted.
    #[track_caller]
    fn until(&mut self, main: &str, line: &str, wanted: impl Fn(&str) -> bool) -> String {
        eventually_within(line, PATIENCE, || {
            let output = self.try_with(main, line, "");
            if output.status == 0 && wanted(&output.stdout) {
                return Ok(output.stdout);
            }
            Err(format!("{main} {line}: {output:?}"))
        })
    }

    /// The path of a file that holds a text.
    #[track_caller]
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path.display().to_string()
    }

    #[track_caller]
    fn directory_id(&self, id: i32) -> String {
        let path = self.cluster.node(id).log_dir().join("meta.properties");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let line = text.lines().find_map(|line| line.strip_prefix("directory.id="));
        line.unwrap_or_else(|| panic!("no directory.id in {text}")).to_owned()
    }

    #[track_caller]
    fn write(&mut self, topic: &str, lines: &str) {
        let produced = self.try_with(PRODUCER, &format!("--topic {topic}"), lines);
        assert_eq!(produced.status, 0, "{produced:?}");
    }
}

/// Has every one of these; else says which is missing.
#[track_caller]
fn assert_has(output: &str, wanted: &[&str]) {
    for text in wanted {
        assert!(output.contains(text), "{text:?} is not in\n{output}");
    }
}

#[test]
fn voters_are_added_and_removed_by_kafkas_tools() {
    let mut desk = Desk::started();
    let status = desk.run(QUORUM, "describe --status");
    let cluster_id = format!("ClusterId:              {CLUSTER_ID}");
    assert_has(&status, &[&cluster_id, "LeaderId:               1"]);
    for id in [2, 3] {
        let config = desk.cluster.node(id).properties_file().display().to_string();
        let added = desk.run(QUORUM, &format!("--command-config {config} add-controller"));
        assert_has(&added, &[&format!("Added controller {id} with directory id")]);
    }
    let is_voter = |id: i32| format!("\"id\": {id}, ");
    let status = desk.until(QUORUM, "describe --status", |output| {
        let voters = output.lines().find(|line| line.starts_with("CurrentVoters:"));
        voters.is_some_and(|line| [1, 2, 3].iter().all(|id| line.contains(&is_voter(*id))))
    });
    assert_has(&status, &["CurrentObservers:       []"]);
    let replication = desk.run(QUORUM, "describe --replication");
    assert_eq!(replication.matches("Follower").count(), 2, "{replication}");
    assert_eq!(replication.matches("Leader").count(), 1, "{replication}");
    let line = "remove-controller --controller-id 3 --controller-directory-id";
    let removed = desk.run(QUORUM, &format!("{line} {}", desk.directory_id(3)));
    assert_has(&removed, &["KRaft controller 3 with directory id"]);
    desk.until(QUORUM, "describe --replication", |output| {
        output.matches("Observer").count() == 1 && output.matches("Follower").count() == 1
    });
    let features = desk.run(FEATURE, "describe");
    assert_has(&features, &["Feature: metadata.version", "Feature: kraft.version"]);
    desk.refused(FEATURE, "upgrade --feature metadata.version=99");
    assert_has(&desk.run(CLUSTER, "cluster-id"), &[&format!("Cluster ID: {CLUSTER_ID}")]);
}

fn plan(topic: &str, replicas: &str) -> String {
    format!(
        r#"{{"version":1,"partitions":[{{"topic":"{topic}","partition":0,"replicas":{replicas}}}]}}"#
    )
}

/// What the topic and the brokers say of throttles.
#[track_caller]
fn throttles(desk: &mut Desk, topic: &str) -> String {
    let topic = format!("--describe --entity-type topics --entity-name {topic}");
    let mut text = desk.run(CONFIG, &topic);
    text += &desk.run(CONFIG, "--describe --entity-type brokers --entity-name 1");
    text
}

/// Begun at a rate at which it takes hours, cancelled, begun again, hurried on, and verified, which
/// takes the throttles away.
#[test]
fn replicas_are_moved_at_a_throttled_rate_by_kafkas_tool() {
    let mut desk = Desk::started();
    let topic = unique("moved");
    desk.run(TOPIC, &format!("--create --topic {topic} --replica-assignment 1:2"));
    desk.write(&topic, &format!("{}\n", "x".repeat(10_000)).repeat(100));
    let topics = format!(r#"{{"version":1,"topics":[{{"topic":"{topic}"}}]}}"#);
    let topics = desk.file("topics.json", &topics);
    let generate = format!("--generate --broker-list 1,2,3 --topics-to-move-json-file {topics}");
    let generated = desk.run(REASSIGN, &generate);
    assert_has(
        &generated,
        &["Current partition replica assignment", "Proposed partition reassignment configuration"],
    );

    let file = desk.file("plan.json", &plan(&topic, "[2,3]"));
    let execute = format!("--execute --reassignment-json-file {file}");
    let verify = format!("--verify --reassignment-json-file {file}");
    let begun = desk.run(REASSIGN, &format!("{execute} --throttle 100"));
    assert_has(
        &begun,
        &[
            "The inter-broker throttle limit was set to 100 B/s",
            &format!("Successfully started partition reassignment for {topic}-0"),
        ],
    );
    let listed = desk.run(REASSIGN, "--list");
    assert_has(&listed, &[&format!("{topic}-0: replicas: 2,3,1. adding: 3. removing: 1.")]);
    assert_has(
        &throttles(&mut desk, &topic),
        &[
            "leader.replication.throttled.rate=100",
            "follower.replication.throttled.rate=100",
            "leader.replication.throttled.replicas=0:1,0:2",
            "follower.replication.throttled.replicas=0:3",
        ],
    );
    let verified = desk.run(REASSIGN, &verify);
    assert_has(&verified, &[&format!("Reassignment of partition {topic}-0 is still in progress.")]);
    let again = desk.try_with(REASSIGN, &execute, "");
    assert_has(&format!("{again:?}"), &["Cannot execute because there is an existing partition"]);
    let cancelled = desk.run(REASSIGN, &format!("--cancel --reassignment-json-file {file}"));
    assert_has(
        &cancelled,
        &[
            &format!("Successfully cancelled partition reassignment for: {topic}-0"),
            "Clearing topic-level throttles",
        ],
    );
    assert_has(&desk.run(REASSIGN, "--list"), &["No partition reassignments found."]);
    let left = throttles(&mut desk, &topic);
    assert!(!left.contains("throttled"), "{left}");

    desk.run(REASSIGN, &format!("{execute} --throttle 100"));
    let hurried = desk.run(REASSIGN, &format!("{execute} --additional --throttle 100000000"));
    assert_has(&hurried, &["The inter-broker throttle limit was set to 100000000 B/s"]);
    let done = desk.until(REASSIGN, &verify, |output| output.contains("is completed"));
    assert_has(
        &done,
        &[
            &format!("Reassignment of partition {topic}-0 is completed."),
            "Clearing broker-level throttles on brokers 1,2,3",
            &format!("Clearing topic-level throttles on topic {topic}"),
        ],
    );
    let left = throttles(&mut desk, &topic);
    assert!(!left.contains("throttled"), "{left}");
    let described = desk.run(TOPIC, &format!("--describe --topic {topic}"));
    assert_has(&described, &["Replicas: 2,3"]);
}

/// What is wrong is told by topic, and what can be done is done, or refused with the reason.
#[test]
fn leaders_are_elected_and_a_lost_broker_is_told_of_by_kafkas_tools() {
    let mut desk = Desk::started();
    let [two, strict, lone] = ["two", "strict", "lone"].map(unique);
    let create = |topic: &str, rest: &str| format!("--create --topic {topic} {rest}");
    desk.run(TOPIC, &create(&two, "--replica-assignment 2:3 --config min.insync.replicas=1"));
    desk.run(TOPIC, &create(&strict, "--replica-assignment 1:3 --config min.insync.replicas=2"));
    desk.run(TOPIC, &create(&lone, "--replica-assignment 3 --config min.insync.replicas=1"));
    let file = desk.file("order.json", &plan(&two, "[3,2]"));
    desk.run(REASSIGN, &format!("--execute --reassignment-json-file {file}"));
    let elect = format!("--election-type preferred --topic {two} --partition 0");
    let elected =
        format!("Successfully completed leader election (PREFERRED) for partitions {two}-0");
    assert_has(&desk.run(ELECT, &elect), &[&elected]);
    let already = format!("Valid replica already elected for partitions {two}-0");
    assert_has(&desk.run(ELECT, &elect), &[&already]);
    desk.until(TOPIC, &format!("--describe --topic {two}"), |output| output.contains("Leader: 3"));

    let all = [&two, &strict, &lone];
    let queries = [
        ("--under-replicated-partitions", vec![&two, &strict, &lone]),
        ("--unavailable-partitions", vec![&lone]),
        ("--under-min-isr-partitions", vec![&strict, &lone]),
        ("--at-min-isr-partitions", vec![&two]),
    ];
    for (query, _) in &queries[..3] {
        let healthy = desk.run(TOPIC, &format!("--describe {query}"));
        assert!(!healthy.contains("Topic:"), "{query}: {healthy}");
    }
    let listed = desk.run(LOG_DIRS, &format!("--describe --topic-list {two},{lone}"));
    let partition = |topic: &str| format!("\"partition\":\"{topic}-0\"");
    assert_has(&listed, &[&partition(&two), &partition(&lone), "\"broker\":3"]);
    desk.cluster.kill(3);
    let names = |output: &str, topic: &str| output.contains(&format!("Topic: {topic}\t"));
    for (query, topics) in queries {
        let line = format!("--describe {query}");
        let is_as_wanted =
            |output: &str| all.iter().all(|topic| names(output, topic) == topics.contains(topic));
        desk.until(TOPIC, &line, is_as_wanted);
    }
    let line = "list-endpoints --include-fenced-brokers";
    let endpoints = desk.until(CLUSTER, line, |output| {
        output.lines().any(|line| line.starts_with("3 ") && line.contains(" fenced"))
    });
    assert_has(&endpoints, &["unfenced"]);
    desk.refused(ELECT, &format!("--election-type unclean --topic {lone} --partition 0"));
    let gone = desk.run(CLUSTER, "unregister --id 3");
    assert_has(&gone, &["Broker 3 is no longer registered."]);
    desk.refused(CLUSTER, "unregister --id 9");
}

/// A tool that goes on until it is ended.
struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; both calls then say so, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The tool reads every replica of every partition from its start and compares the checksums of all
/// batches below the high watermark.
#[test]
fn kafkas_replica_verification_finds_equal_replicas() {
    let mut desk = Desk::started();
    let topic = unique("verified");
    desk.run(TOPIC, &format!("--create --topic {topic} --replica-assignment 1:2:3,2:3:1"));
    desk.write(&topic, &"a line\n".repeat(1000));
    desk.cluster.await_whole(&topic);
    let said = desk.folder.path().join("said.txt");
    let mut command = Command::new("java");
    command.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"]);
    command.arg(ok(setup::kafka_jars()).join("*")).arg(VERIFICATION);
    command.args(["--broker-list", &desk.cluster.bootstrap(), "--topics-include", &topic]);
    command.args(["--time", "-2", "--report-interval-ms", "200", "--max-wait-ms", "100"]);
    let output = File::create(&said).expect("a file");
    command.stdin(Stdio::null()).stderr(output.try_clone().expect("a file")).stdout(output);
    let mut running = Running { child: command.spawn().expect("a JVM") };
    let verdict = eventually_within("the replicas are compared", PATIENCE, || {
        let text = fs::read_to_string(&said).map_err(|error| error.to_string())?;
        let verdict = text.lines().find(|line| line.contains("max lag is 0 "));
        verdict.map(str::to_owned).ok_or(text)
    });
    assert_has(&verdict, &[&format!("for partition {topic}-"), "among 2 partitions"]);
    let text = fs::read_to_string(&said).expect("a file");
    assert!(!text.contains("match"), "{text}");
    assert!(running.child.try_wait().expect("a child").is_none(), "it ended: {text}");
}
