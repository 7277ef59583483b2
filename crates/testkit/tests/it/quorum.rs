//! Quorums of three controllers as real processes, of Keld and of both kinds: leaders die and others
//! follow, voters are replaced, and what was decided stays, as Kafka's own tools see it.

use keld_testkit::{
    Broker, CLUSTER_ID, NodeOptions, TestNode, ToolOutput, Tools, eventually_within,
};
use std::collections::BTreeSet;
use std::fs;
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
    /// Controllers that know each other's addresses; not formatted.
    fn prepared(kinds: &[Broker], property: &str, is_voter_list: bool) -> Self {
        let tools = Tools::start().unwrap_or_else(|error| panic!("start the tools: {error:#}"));
        let prepare = |kind: &Broker| TestNode::prepared(*kind, NodeOptions::default());
        let nodes: Result<Vec<TestNode>, _> = kinds.iter().map(prepare).collect();
        let mut nodes = nodes.unwrap_or_else(|error| panic!("prepare: {error:#}"));
        let address = |(id, node): (usize, &TestNode)| {
            if is_voter_list { format!("{id}@{}", node.bootstrap()) } else { node.bootstrap() }
        };
        let addresses: Vec<String> = (1..).zip(&nodes).map(address).collect();
        for (id, node) in (1..).zip(&mut nodes) {
            let listener = format!("CONTROLLER://{}", node.bootstrap());
            for (name, value) in [
                ("process.roles", "controller"),
                ("node.id", &id.to_string()),
                ("listeners", &listener),
                ("advertised.listeners", &listener),
                // The list of a node that is alone.
                ("controller.quorum.voters", ""),
                (property, &addresses.join(",")),
            ] {
                node.set_property(name, value).unwrap_or_else(|error| panic!("{error:#}"));
            }
        }
        Self { nodes, tools }
    }

    #[track_caller]
    fn format(&self, id: usize, voters: &[&str]) {
        let arguments = [&["-t", CLUSTER_ID][..], voters].concat();
        let (status, output) = self.nodes[id - 1]
            .format(&arguments)
            .unwrap_or_else(|error| panic!("format {id}: {error:#}"));
        assert!(status.success(), "format {id}: {output}");
    }

    /// Starts nodes side by side.
    #[track_caller]
    fn start_all(&mut self, ids: &[usize]) {
        for id in ids {
            self.nodes[id - 1].spawn().unwrap_or_else(|error| panic!("start {id}: {error:#}"));
        }
        for id in ids {
            let answers = self.nodes[id - 1].has_started();
            let answers = answers.unwrap_or_else(|error| panic!("start {id}: {error:#}"));
            assert!(answers, "another process took a port of {id}");
        }
    }

    /// Three voters by the static list, started.
    fn started(kinds: [Broker; 3]) -> Self {
        let mut quorum = Self::prepared(&kinds, "controller.quorum.voters", true);
        (1..=3).for_each(|id| quorum.format(id, &[]));
        quorum.start_all(&[1, 2, 3]);
        quorum
    }

    /// Three voters, started, whose list is in the log of the metadata, and further controllers that
    /// are formatted without one.
    fn dynamic(kinds: [Broker; 3], further: &[Broker]) -> Self {
        let all = [&kinds[..], further].concat();
        let mut quorum = Self::prepared(&all, "controller.quorum.bootstrap.servers", false);
        let voter = |(id, node): (usize, &TestNode)| {
            format!("{id}@{}:{}", node.bootstrap(), first_directory(id))
        };
        let voters: Vec<String> = (1..=3).zip(&quorum.nodes).map(voter).collect();
        for id in 1..=all.len() {
            if id <= 3 {
                quorum.format(id, &["--initial-controllers", &voters.join(",")]);
            } else {
                quorum.format(id, &["--no-initial-controllers"]);
            }
        }
        quorum.start_all(&[1, 2, 3]);
        quorum
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
        self.decide_all(&[&format!("log.retention.ms={value}")]);
    }

    /// Waits until the quorum says so.
    #[track_caller]
    fn decided(&mut self, value: &str) {
        self.decided_all(&[&format!("log.retention.ms={value}")]);
    }

    #[track_caller]
    fn decide_all(&mut self, settings: &[&str]) {
        let line = "--alter --entity-type brokers --entity-default --add-config";
        self.until(CONFIG, &format!("{line} {}", settings.join(",")), |_| true);
    }

    #[track_caller]
    fn decided_all(&mut self, settings: &[&str]) {
        let line = "--describe --entity-type brokers --entity-default";
        self.until(CONFIG, line, |output| settings.iter().all(|one| output.contains(one)));
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
        self.have_caught_up(&[1, 2, 3]);
    }

    /// Waits until these are the voters and each has the whole log.
    #[track_caller]
    fn have_caught_up(&mut self, wanted: &[usize]) {
        self.until(QUORUM, "describe --replication", |output| {
            let voters = replicas(output, &["Leader", "Follower"]);
            let ids: BTreeSet<usize> = voters.iter().map(|(id, _)| *id).collect();
            ids.into_iter().eq(wanted.iter().copied()) && voters.iter().all(|(_, lag)| *lag <= 1)
        });
    }

    /// Starts a controller that is not a voter, and makes it one.
    #[track_caller]
    fn add(&mut self, id: usize) {
        self.start(id);
        self.until(QUORUM, "describe --replication", |output| {
            replicas(output, &["Observer"]).iter().any(|(one, lag)| *one == id && *lag <= 1)
        });
        let file = self.nodes[id - 1].properties_file();
        let line = format!("--command-config {} add-controller", file.display());
        self.change_voters(&line, |voters| voters.contains(&id));
    }

    /// Takes a voter out of the quorum and stops it.
    #[track_caller]
    fn remove(&mut self, id: usize) {
        let directory = first_directory(id);
        let line =
            format!("remove-controller --controller-id {id} --controller-directory-id {directory}");
        self.change_voters(&line, |voters| !voters.contains(&id));
        let stopped = self.nodes[id - 1].stop();
        stopped.unwrap_or_else(|error| panic!("stop {id}: {error:#}"));
    }

    /// A change may have been made though its answer came too late, so it is the voters that count.
    #[track_caller]
    fn change_voters(&mut self, line: &str, is_done: impl Fn(&[usize]) -> bool) {
        eventually_within(line, PATIENCE, || {
            let said = self.tool(QUORUM, line);
            let now = self.tool(QUORUM, "describe --replication");
            let voters: Vec<usize> =
                replicas(&now.stdout, &["Leader", "Follower"]).iter().map(|(id, _)| *id).collect();
            if !voters.is_empty() && is_done(&voters) {
                Ok(())
            } else {
                Err(format!("{said:?} {now:?}"))
            }
        });
    }

    /// The bytes of the metadata's log at a node.
    #[track_caller]
    fn log(&self, id: usize) -> Vec<u8> {
        let folder = self.nodes[id - 1].log_dir().join("__cluster_metadata-0");
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
        paths.sort();
        let read = |path| fs::read(path).unwrap_or_else(|error| panic!("{error}"));
        paths.iter().flat_map(read).collect()
    }
}

/// The id of the directory that a first voter is formatted with.
fn first_directory(id: usize) -> String {
    format!("{id}L6g3nShT-eMCtK--X86sw")
}

/// Id and lag of those who have one of these states, as the tool shows them.
fn replicas(output: &str, states: &[&str]) -> Vec<(usize, i64)> {
    let lines = output.lines().filter(|line| states.iter().any(|state| line.contains(state)));
    let replica = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        Some((columns.first()?.parse().ok()?, columns.get(3)?.parse().ok()?))
    };
    lines.filter_map(replica).collect()
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
fn each_kind_leads(quorum: &mut Quorum, kinds: [Broker; 3]) {
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
    let kinds = [Broker::Keld, Broker::Keld, Broker::Kafka];
    each_kind_leads(&mut Quorum::started(kinds), kinds);
}

#[test]
fn one_keld_and_two_kafka_controllers_lead_in_turn() {
    let kinds = [Broker::Keld, Broker::Kafka, Broker::Kafka];
    each_kind_leads(&mut Quorum::started(kinds), kinds);
}

/// A quorum of both kinds, each of which has led, becomes one of Keld alone, with a decision in every
/// step; all of them are there at the end, and the voters' logs are the same.
#[test]
fn kafkas_voters_are_replaced_one_by_one_by_kelds() {
    let kinds = [Broker::Keld, Broker::Kafka, Broker::Kafka];
    let mut quorum = Quorum::dynamic(kinds, &[Broker::Keld, Broker::Keld]);
    each_kind_leads(&mut quorum, kinds);
    let steps = [
        (2, 4, [1, 3, 4], ["log.retention.bytes=5000001", "log.segment.bytes=5000002"]),
        (3, 5, [1, 4, 5], ["message.max.bytes=5000003", "log.index.interval.bytes=5003"]),
    ];
    for (old, new, voters, [with_both, without_old]) in steps {
        quorum.add(new);
        quorum.decide_all(&[with_both]);
        quorum.remove(old);
        quorum.decide_all(&[without_old]);
        quorum.have_caught_up(&voters);
    }
    let decided = steps.map(|(_, _, _, settings)| settings).concat();
    quorum.decided_all(&decided);
    let leader = quorum.leader();
    quorum.kill(leader);
    assert_ne!(quorum.leader(), leader);
    quorum.decided_all(&decided);
    quorum.decide("300000");
    quorum.start(leader);
    quorum.have_caught_up(&[1, 4, 5]);
    let logs = [1, 4, 5].map(|id| quorum.log(id));
    let shortest = logs.iter().map(Vec::len).min().unwrap_or(0);
    assert!(shortest > 1000, "{shortest} bytes");
    assert!(logs.iter().all(|log| log[..shortest] == logs[0][..shortest]), "the logs differ");
}
