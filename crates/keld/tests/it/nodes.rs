//! `keld dev --nodes`: a cluster of processes, and the verbs and scripts that look after one.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::{KELD, keld, text};

/// Looks at the cluster until the test says that something does not come: about a minute.
const LOOKS_MAX: usize = 1_000;

struct Node {
    address: String,
    process: Pid,
}

/// The processes of `keld dev --nodes`; they end with it, however it ends.
struct Nodes {
    child: Child,
    out: BufReader<ChildStdout>,
    all: Vec<Node>,
}

impl Nodes {
    fn start(data: &Path, number: usize) -> Self {
        let mut child = Command::new(KELD)
            .args(["dev", "--port", "0", "--nodes", &number.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("keld dev starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut all = Vec::new();
        loop {
            let mut line = String::new();
            out.read_line(&mut line).expect("a line");
            assert!(!line.is_empty(), "keld dev ended");
            // `  node 1  127.0.0.1:9092  process 4711  http://127.0.0.1:…/metrics`
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["node", _, address, "process", process, _] = words[..] {
                let process = Pid::from_raw(process.parse().expect("a number")).expect("a process");
                all.push(Node { address: address.to_owned(), process });
            }
            if line.contains("Ctrl-C stops") {
                break;
            }
        }
        assert_eq!(all.len(), number);
        Self { child, out, all }
    }

    fn bootstrap(&self) -> String {
        let all: Vec<&str> = self.all.iter().map(|node| node.address.as_str()).collect();
        all.join(",")
    }

    /// A verb or script with the cluster's address behind it.
    fn run(&self, line: &str) -> Output {
        let flag = if line.starts_with("kafka-") { "--bootstrap-server" } else { "-b" };
        let bootstrap = self.bootstrap();
        let mut words: Vec<&str> = line.split(' ').collect();
        // Scripts with commands want it before the command.
        let at = if line.starts_with("kafka-") { 1 } else { words.len() };
        words.splice(at..at, [flag, &bootstrap]);
        keld(&words)
    }

    /// The output of what must succeed.
    fn ok(&self, line: &str) -> String {
        let output = self.run(line);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{line}\n{out}\n{err}");
        out
    }

    /// Standard error of what must fail.
    fn refused(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(!output.status.success(), "{line}\n{}", text(&output.stdout));
        text(&output.stderr)
    }

    /// Looks until the verb's output is as wanted.
    fn until(&self, line: &str, is_wanted: impl Fn(bool, &str) -> bool) -> String {
        let mut last = String::new();
        for _ in 0..LOOKS_MAX {
            let output = self.run(line);
            last = text(&output.stdout);
            if is_wanted(output.status.success(), &last) {
                return last;
            }
        }
        panic!("{line} did not come to what was wanted; at last:\n{last}");
    }

    fn produce(&self, topic: &str, records: usize) {
        let mut child = Command::new(KELD)
            .args(["produce", "-b", &self.bootstrap(), "-t", topic])
            .stdin(Stdio::piped())
            .spawn()
            .expect("keld produce starts");
        let mut input = child.stdin.take().expect("its input");
        for number in 0..records {
            writeln!(input, "{number:01000}").expect("written");
        }
        drop(input);
        assert!(child.wait().expect("its end").success());
    }

    fn consumed(&self, topic: &str) -> usize {
        self.ok(&format!("consume -t {topic} -o beginning -e")).lines().count()
    }

    fn interrupt(mut self) -> String {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("an id");
        kill_process(id, Signal::INT).expect("the signal is sent");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("the rest of its output");
        assert!(self.child.wait().expect("its end").success(), "{rest}");
        for node in &self.all {
            assert!(test_kill_process(node.process).is_err(), "{} lives on", node.address);
        }
        rest
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        // Ended already, after `interrupt`; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn three_nodes_lose_one_and_say_so_and_keep_everything() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let nodes = Nodes::start(dir.path(), 3);
    assert!(nodes.ok("cluster health").contains("is healthy\n3 brokers, 0 topics, 0 partitions"));
    nodes.ok("topic create orders -p 6");
    nodes.produce("orders", 300);
    let described = nodes.ok("topic describe orders --json");
    let partitions: serde_json::Value = serde_json::from_str(&described).expect("JSON");
    for partition in partitions.as_array().expect("rows") {
        assert_eq!(partition["replicas"].as_array().map(Vec::len), Some(3), "{described}");
    }

    kill_process(nodes.all[2].process, Signal::KILL).expect("killed");
    let health = nodes.until("cluster health", |ok, text| !ok && text.contains("is fenced"));
    assert!(health.contains("broker 3 is fenced"), "{health}");
    assert!(health.contains("do: start it, or look into its log"), "{health}");
    nodes.produce("orders", 300);
    assert_eq!(nodes.consumed("orders"), 600);

    let properties = dir.path().join("node-3/server.properties");
    let mut again = Command::new(KELD)
        .args(["start", "--stop-with-input"])
        .arg(&properties)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the node starts again");
    nodes.until("cluster health", |ok, _| ok);
    drop(again.stdin.take());
    assert!(again.wait().expect("its end").success(), "a node stops when its input ends");
    let rest = nodes.interrupt();
    assert!(rest.contains("Node 3 ended") && rest.contains("Stopped"), "{rest}");

    // The data is found again, by the same number of nodes only.
    let two = keld(&["dev", "--nodes", "2", "--data", dir.path().to_str().expect("UTF-8")]);
    assert!(text(&two.stderr).contains("another number of nodes"), "{}", text(&two.stderr));
    let nodes = Nodes::start(dir.path(), 3);
    assert_eq!(nodes.consumed("orders"), 600);
    nodes.interrupt();
}

#[test]
fn a_broker_is_drained_and_filled_again() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let nodes = Nodes::start(dir.path(), 4);
    nodes.ok("topic create orders -p 8 -r 3");
    nodes.produce("orders", 400);

    let replicas = |nodes: &Nodes| -> Vec<Vec<i64>> {
        let rows = nodes.ok("topic describe orders --json");
        let rows: serde_json::Value = serde_json::from_str(&rows).expect("JSON");
        let ids = |row: &serde_json::Value| {
            let ids = row["replicas"].as_array().expect("replicas");
            ids.iter().map(|id| id.as_i64().expect("a number")).collect()
        };
        rows.as_array().expect("rows").iter().map(ids).collect()
    };
    let held = |nodes: &Nodes, id: i64| {
        replicas(nodes).iter().filter(|replicas| replicas.contains(&id)).count()
    };
    assert!(nodes.refused("cluster drain 9").contains("there is no broker 9"));
    assert!(held(&nodes, 4) > 0);
    let before = replicas(&nodes);
    let plan = nodes.ok("cluster drain 4 --dry-run");
    assert!(plan.contains("replicas to copy"), "{plan}");
    assert_eq!(replicas(&nodes), before, "a dry run changes nothing");

    nodes.ok("cluster drain 4 --leaders-only");
    assert!(held(&nodes, 4) > 0);
    let leaders = nodes.ok("topic describe orders --json");
    assert!(!leaders.contains("\"leader\": 4"), "{leaders}");

    let drained = nodes.ok("cluster drain 4 --throttle 100000000");
    assert!(drained.contains("broker 4 holds no replicas"), "{drained}");
    assert_eq!(held(&nodes, 4), 0);
    assert!(replicas(&nodes).iter().all(|replicas| replicas.len() == 3));
    assert!(nodes.ok("cluster drain 4").contains("broker 4 holds no replicas"));
    let throttles = nodes.ok("config get broker:4");
    assert!(!throttles.contains("replication.throttled.rate"), "{throttles}");
    let throttles = nodes.ok("config get topic:orders");
    assert!(!throttles.contains("throttled.replicas"), "{throttles}");
    let other = nodes.ok("cluster drain 3 --dry-run");
    assert!(other.contains("replicas to copy"), "broker 4 can take what 3 has: {other}");
    nodes.ok("cluster health");

    let plan = nodes.ok("cluster rebalance");
    assert!(plan.contains("nothing was changed"), "{plan}");
    assert_eq!(held(&nodes, 4), 0);
    nodes.ok("cluster rebalance --execute");
    let filled = held(&nodes, 4);
    assert!((4..=8).contains(&filled), "24 replicas on four brokers: {:?}", replicas(&nodes));
    assert!(nodes.ok("cluster rebalance").contains("nothing to do"));
    assert_eq!(nodes.consumed("orders"), 400);
    nodes.interrupt();
}

#[test]
fn a_drain_that_would_cost_replicas_is_refused_before_anything_changes() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let nodes = Nodes::start(dir.path(), 3);
    nodes.ok("topic create orders -p 2");
    let before = nodes.ok("topic describe orders");
    let refused = nodes.refused("cluster drain 2");
    assert!(refused.contains("has 3 replicas, but only 2 other brokers can hold one"), "{refused}");
    assert!(refused.contains("hint: add a broker first"), "{refused}");
    assert_eq!(nodes.ok("topic describe orders"), before);

    let listed = nodes.ok("kafka-reassign-partitions --list");
    assert_eq!(listed, "No partition reassignments found.\n");
    let elected =
        nodes.ok("kafka-leader-election --election-type preferred --topic orders --partition 0");
    assert!(
        elected.starts_with("Valid replica already elected for partitions orders-0"),
        "{elected}"
    );
    let status = nodes.ok("kafka-metadata-quorum describe --status");
    assert!(status.contains("\nMaxFollowerLag:         "), "{status}");
    assert_eq!(nodes.ok("kafka-metadata-quorum describe --replication").lines().count(), 4);
    let features = nodes.ok("kafka-features describe");
    assert!(features.contains("Feature: metadata.version  "), "{features}");
    assert!(nodes.ok("kafka-cluster cluster-id").starts_with("Cluster ID: "));
    assert_eq!(nodes.ok("kafka-cluster list-endpoints").lines().count(), 4);
    let dirs = nodes.ok("kafka-log-dirs --describe --topic-list orders");
    assert!(dirs.lines().last().is_some_and(|line| line.contains("\"orders-0\"")), "{dirs}");

    // Moved by the script, from 1 2 3 in any order to 3 2 1, and verified.
    let file = dir.path().join("plan.json");
    let plan =
        r#"{"version":1,"partitions":[{"topic":"orders","partition":1,"replicas":[3,2,1]}]}"#;
    std::fs::write(&file, plan).expect("written");
    let file = file.to_str().expect("UTF-8");
    let started = nodes.ok(&format!(
        "kafka-reassign-partitions --execute --throttle 1000000 --reassignment-json-file {file}"
    ));
    assert!(
        started.contains("Successfully started partition reassignment for orders-1"),
        "{started}"
    );
    let verify = format!("kafka-reassign-partitions --verify --reassignment-json-file {file}");
    nodes.until(&verify, |_, text| {
        text.contains("Reassignment of partition orders-1 is completed.")
            && text.contains("Clearing topic-level throttles on topic orders")
    });
    nodes.interrupt();
}
