//! Quorums of three controllers as real processes, of Keld and of both kinds: leaders die and others
//! follow, and what was decided stays, as Kafka's own tools see it.

use keld_testkit::{
    Broker, CLUSTER_ID, NodeOptions, TestNode, ToolOutput, Tools, eventually_within,
};
use std::time::Duration;

const QUORUM: &str = "org.apache.kafka.tools.MetadataQuorumCommand";
const CONFIG: &str = "kafka.admin.ConfigCommand";

/// Elections on a busy machine, with the start of a JVM in between.
const PATIENCE: Duration = Duration::from_secs(90);

struct Quorum {
    nodes: Vec<TestNode>,
    tools: Tools,
}

impl Quorum {
    /// Three voters by the static list, started.
    fn started(kinds: [Broker; 3]) -> Self {
        let tools = Tools::start().unwrap_or_else(|error| panic!("start the tools: {error:#}"));
        let prepare = |kind: &Broker| TestNode::prepared(*kind, NodeOptions::default());
        let nodes: Result<Vec<TestNode>, _> = kinds.iter().map(prepare).collect();
        let mut nodes = nodes.unwrap_or_else(|error| panic!("prepare: {error:#}"));
        let voters: Vec<String> =
            (1..).zip(&nodes).map(|(id, node)| format!("{id}@{}", node.bootstrap())).collect();
        for (id, node) in (1..).zip(&mut nodes) {
            let listener = format!("CONTROLLER://{}", node.bootstrap());
            for (name, value) in [
                ("process.roles", "controller"),
                ("node.id", &id.to_string()),
                ("listeners", &listener),
                ("advertised.listeners", &listener),
                ("controller.quorum.voters", &voters.join(",")),
            ] {
                node.set_property(name, value).unwrap_or_else(|error| panic!("{error:#}"));
            }
            let (status, output) = node
                .format(&["-t", CLUSTER_ID])
                .unwrap_or_else(|error| panic!("format: {error:#}"));
            assert!(status.success(), "format: {output}");
        }
        for node in &mut nodes {
            node.start().unwrap_or_else(|error| panic!("start: {error:#}"));
        }
        Self { nodes, tools }
    }

    fn bootstrap(&self) -> String {
        let running = self.nodes.iter().filter(|node| node.pid().is_some());
        running.map(TestNode::bootstrap).collect::<Vec<_>>().join(",")
    }

    fn tool(&mut self, main: &str, line: &str) -> ToolOutput {
        let mut arguments = vec!["--bootstrap-controller".to_owned(), self.bootstrap()];
        arguments.extend(line.split(' ').map(str::to_owned));
        self.tools.run(main, &arguments, "")
    }

    /// The output of a tool, once it holds what is wanted.
    #[track_caller]
    fn until(&mut self, main: &str, line: &str, wanted: impl Fn(&str) -> bool) -> String {
        eventually_within(line, PATIENCE, || {
            let output = self.tool(main, line);
            if output.status == 0 && wanted(&output.stdout) {
                return Ok(output.stdout);
            }
            let states: Vec<String> =
                self.nodes.iter().map(|node| last_lines(&node.output())).collect();
            Err(format!("{output:?}\n{}", states.join("\n---\n")))
        })
    }

    /// The id of the leader that the voters agree on.
    #[track_caller]
    fn leader(&mut self) -> usize {
        let is_known = |output: &str| leader_of(output).is_some();
        let output = self.until(QUORUM, "describe --status", is_known);
        leader_of(&output).unwrap_or(0)
    }

    /// Sets a default of all brokers, which only the active controller can.
    #[track_caller]
    fn decide(&mut self, value: &str) {
        let line = format!(
            "--alter --entity-type brokers --entity-default --add-config log.retention.ms={value}"
        );
        self.until(CONFIG, &line, |_| true);
    }

    /// Waits until the quorum says so.
    #[track_caller]
    fn decided(&mut self, value: &str) {
        let wanted = format!("log.retention.ms={value}");
        let line = "--describe --entity-type brokers --entity-default";
        self.until(CONFIG, line, |output| output.contains(&wanted));
    }

    #[track_caller]
    fn kill(&mut self, id: usize) {
        self.nodes[id - 1].kill();
    }

    #[track_caller]
    fn start(&mut self, id: usize) {
        self.nodes[id - 1].start().unwrap_or_else(|error| panic!("start {id}: {error:#}"));
    }

    /// Waits until every voter has the whole log.
    #[track_caller]
    fn caught_up(&mut self) {
        self.until(QUORUM, "describe --replication", |output| {
            let voters = output
                .lines()
                .filter(|line| line.contains("Leader") || line.contains("Follower"))
                .filter_map(|line| line.split_whitespace().nth(3)?.parse::<i64>().ok());
            let lags: Vec<i64> = voters.collect();
            lags.len() == 3 && lags.iter().all(|lag| *lag <= 1)
        });
    }
}

fn leader_of(status: &str) -> Option<usize> {
    let line = status.lines().find(|line| line.starts_with("LeaderId:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

#[test]
fn three_keld_controllers_outlive_their_leader() {
    let mut quorum = Quorum::started([Broker::Keld; 3]);
    let first = quorum.leader();
    quorum.decide("111111");
    quorum.decided("111111");
    quorum.kill(first);
    let second = quorum.leader();
    assert_ne!(first, second);
    quorum.decided("111111");
    quorum.decide("222222");
    quorum.start(first);
    quorum.caught_up();
    quorum.kill(second);
    let third = quorum.leader();
    assert_ne!(second, third);
    quorum.decided("222222");
    quorum.start(second);
    quorum.caught_up();
}

/// Kills one leader after the other until one of each kind has led, with a decision in each epoch.
fn each_kind_leads(kinds: [Broker; 3]) {
    let mut quorum = Quorum::started(kinds);
    let (mut keld_led, mut kafka_led) = (false, false);
    for round in 0..12 {
        let leader = quorum.leader();
        match kinds[leader - 1] {
            Broker::Keld => keld_led = true,
            Broker::Kafka => kafka_led = true,
        }
        let value = (100_000 + round).to_string();
        quorum.decide(&value);
        quorum.decided(&value);
        quorum.caught_up();
        if keld_led && kafka_led {
            return;
        }
        quorum.kill(leader);
        if round % 2 == 0 {
            let next = quorum.leader();
            quorum.decided(&value);
            assert_ne!(leader, next);
            quorum.start(leader);
        } else {
            // The kind that waits longer for a dead leader seldom follows it: the one that did not
            // lead yet comes up first, and asks for votes first.
            let is_late = |id: &usize| match kinds[id - 1] {
                Broker::Keld => keld_led,
                Broker::Kafka => kafka_led,
            };
            let mut ids = [1, 2, 3];
            ids.iter().filter(|id| **id != leader).for_each(|id| quorum.kill(*id));
            ids.sort_by_key(is_late);
            ids.iter().for_each(|id| quorum.start(*id));
            quorum.decided(&value);
        }
        quorum.caught_up();
    }
    panic!("after twelve elections Keld led: {keld_led}, Kafka led: {kafka_led}");
}

#[test]
fn two_keld_and_one_kafka_controller_lead_in_turn() {
    each_kind_leads([Broker::Keld, Broker::Keld, Broker::Kafka]);
}

#[test]
fn one_keld_and_two_kafka_controllers_lead_in_turn() {
    each_kind_leads([Broker::Keld, Broker::Kafka, Broker::Kafka]);
}
