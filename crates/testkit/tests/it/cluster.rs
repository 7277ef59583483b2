//! Several nodes as real processes, with stock producers and readers at work while something is
//! done to the nodes or their network. What each scenario must show at its end: every acknowledged
//! record is read once, where it was acknowledged, in its producer's order, none is invented, no
//! producer gave a record up, and the replicas hold the same bytes.
//!
//! What a scenario saw is printed: records, and the longest time without an acknowledgement.

mod crashes;
mod disks;
mod five;
mod mixed;
mod network;
mod operations;
mod pauses;
mod reassigned;
mod refusals;
mod starved;
mod switch;
mod tools;

use crate::support::unique;
use keld_testkit::{
    Client, ClusterPlan, History, Outcome, Reader, Silence, TestCluster, Tools, Workload,
    eventually, try_within,
};
use keld_types::ErrorCode;
use keld_wire::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use keld_wire::messages::create_partitions_request::CreatePartitionsTopic;
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::messages::{
    AlterPartitionReassignmentsRequest, CreatePartitionsRequest, CreateTopicsRequest,
};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// Records a second of one producer.
const RATE: u32 = 400;

/// How many more records of each partition show that writing goes on.
const MORE: u64 = 25;

/// The machine that all scenarios of this process share; the one that wears it out has it alone.
static MACHINE: RwLock<()> = RwLock::new(());

/// A share of it.
type Share = RwLockReadGuard<'static, ()>;

/// Waits until nobody wears the machine out.
fn share() -> Share {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

/// A cluster with a topic of three partitions, a producer that writes and a reader that reads.
struct Stage {
    cluster: TestCluster,
    topic: String,
    partitions: Vec<i32>,
    producers: Vec<Workload>,
    reader: Reader,
    /// Whether producers may give records up.
    may_fail: bool,
    /// `None` for the scenario that has the machine alone.
    _share: Option<Share>,
}

impl Stage {
    /// Starts the cluster, and librdkafka at both ends.
    #[track_caller]
    fn start(plan: ClusterPlan) -> Self {
        let share = share();
        Self::set(ok(TestCluster::start(plan)), Some(share))
    }

    /// On a cluster that runs.
    #[track_caller]
    fn on(cluster: TestCluster) -> Self {
        Self::set(cluster, Some(share()))
    }

    /// Each broker is the preferred leader of a partition, in turn, and the next two hold it too.
    #[track_caller]
    fn set(cluster: TestCluster, share: Option<Share>) -> Self {
        let brokers = cluster.brokers();
        let replicas = |index: usize| {
            (0..3).map(|step| brokers[(index + step) % brokers.len()]).collect::<Vec<i32>>()
        };
        let assignments: Vec<Vec<i32>> = (0..3).map(replicas).collect();
        let topic = unique("staged");
        create(&cluster, &topic, &assignments, &[]);
        cluster.await_whole(&topic);
        let partitions = vec![0, 1, 2];
        let (client, bootstrap) = (Client::ConfluentPython, cluster.bootstrap());
        let producer = ok(Workload::start(client, &bootstrap, &topic, &partitions, RATE));
        let reader = ok(Reader::start(client, &bootstrap, "beside", &topic, &partitions));
        let producers = vec![producer];
        let may_fail = false;
        let mut stage =
            Self { cluster, topic, partitions, producers, reader, may_fail, _share: share };
        stage.flows();
        stage
    }

    /// Lets another client write as well.
    #[track_caller]
    fn with(mut self, client: Client) -> Self {
        let (bootstrap, topic) = (self.cluster.bootstrap(), &self.topic);
        let producer = Workload::start(client, &bootstrap, topic, &self.partitions, RATE);
        self.producers.push(ok(producer));
        self.flows();
        self
    }

    /// Writes to further partitions, and has all of them read.
    #[track_caller]
    fn write_and_read(&mut self, further: &[i32]) {
        let (client, bootstrap) = (Client::ConfluentPython, self.cluster.bootstrap());
        let producer = Workload::start(client, &bootstrap, &self.topic, further, RATE);
        self.producers.push(ok(producer));
        self.partitions.extend(further);
        let reader = Reader::start(client, &bootstrap, "beside", &self.topic, &self.partitions);
        self.reader = ok(reader);
    }

    /// Waits until every producer had more records of every partition acknowledged.
    #[track_caller]
    fn flows(&mut self) {
        for producer in &mut self.producers {
            let partitions = producer.partitions().to_vec();
            producer.await_progress(&partitions, MORE);
        }
    }

    /// Waits until every producer had more records of these partitions acknowledged.
    #[track_caller]
    fn flows_to(&mut self, partitions: &[i32]) {
        for producer in &mut self.producers {
            producer.await_progress(partitions, MORE);
        }
    }

    /// The leader of a partition now.
    #[track_caller]
    fn leader(&self, partition: i32) -> i32 {
        self.cluster.await_leader(&self.topic, partition, None)
    }

    /// Waits until a partition is led by somebody else.
    #[track_caller]
    fn await_other_leader(&self, partition: i32, but: i32) -> i32 {
        self.cluster.await_leader(&self.topic, partition, Some(but))
    }

    /// Waits until a node is in sync nowhere, or everywhere it should be.
    #[track_caller]
    fn await_in_sync(&self, node: i32, wanted: bool) {
        let what = format!("node {node} in sync: {wanted}");
        self.cluster.await_partitions(&what, &self.topic, |state| {
            !state.replicas.contains(&node) || state.isr.contains(&node) == wanted
        });
    }

    /// A broker that does not lead the partition.
    #[track_caller]
    fn follower(&self, partition: i32) -> i32 {
        let leader = self.leader(partition);
        self.cluster.brokers().into_iter().find(|id| *id != leader).expect("three brokers")
    }

    /// Ends the load, reads everything again, and judges. Returns the longest time without an
    /// acknowledgement that a client had who asks at once who leads.
    #[track_caller]
    fn finish(mut self) -> Silence {
        self.flows();
        self.cluster.await_whole(&self.topic);
        let mut history = History::default();
        for producer in self.producers {
            let outcome = ok(producer.finish(&mut history));
            assert!(self.may_fail || outcome == Outcome::default(), "{outcome:?}");
        }
        let partitions = &self.partitions;
        ok(self.reader.finish(partitions, &mut history));
        let (client, bootstrap) = (Client::ConfluentPython, self.cluster.bootstrap());
        let again = ok(Reader::start(client, &bootstrap, "again", &self.topic, partitions));
        ok(again.finish(partitions, &mut history));
        let violations = history.violations();
        let shown: Vec<_> = violations.iter().take(20).collect();
        assert!(shown.is_empty(), "{} violations: {shown:#?}", violations.len());
        assert_equal_logs(&self.cluster, &self.topic);
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let slowest = history.longest_silence().expect("records were acknowledged");
        // `cargo xtask scenarios` reads this line.
        println!(
            "scenario {name}: {} records, longest silence {} ms of {}-{}",
            history.acknowledged.len(),
            slowest.length_ms,
            slowest.sender.producer,
            slowest.sender.partition
        );
        // franz-go asks who leads at most every few seconds, which says nothing of the brokers.
        let is_prompt = |one: &Silence| !one.sender.producer.starts_with("franz");
        let silences = history.silences().into_iter().filter(is_prompt);
        silences.max_by_key(|one| one.length_ms).expect("records were acknowledged")
    }
}

#[track_caller]
fn ok<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}

/// Creates a topic with the replicas of each partition, and waits until it is led.
#[track_caller]
fn create(cluster: &TestCluster, topic: &str, replicas: &[Vec<i32>], configs: &[(&str, &str)]) {
    let assignments =
        (0..).zip(replicas).map(|(partition_index, ids)| CreatableReplicaAssignment {
            partition_index,
            broker_ids: ids.clone(),
            ..CreatableReplicaAssignment::default()
        });
    let configs = configs.iter().map(|(name, value)| CreatableTopicConfig {
        name: (*name).into(),
        value: Some((*value).into()),
        ..CreatableTopicConfig::default()
    });
    let wanted = CreatableTopic {
        name: topic.into(),
        num_partitions: -1,
        replication_factor: -1,
        assignments: assignments.collect(),
        configs: configs.collect(),
        ..CreatableTopic::default()
    };
    let request =
        CreateTopicsRequest { topics: vec![wanted], timeout_ms: 10_000, ..Default::default() };
    let done = ok(cluster.ask(request));
    assert_eq!(done.topics[0].error_code, ErrorCode::NONE, "{done:?}");
    cluster.await_partitions("the topic is led", topic, |state| state.leader >= 0);
}

/// Gives a topic more partitions, placed by the controller, and waits until all are led.
#[track_caller]
fn add_partitions(cluster: &TestCluster, topic: &str, count: i32) {
    let wanted = CreatePartitionsTopic {
        name: topic.into(),
        count,
        assignments: None,
        ..CreatePartitionsTopic::default()
    };
    let request = CreatePartitionsRequest {
        topics: vec![wanted],
        timeout_ms: 10_000,
        ..CreatePartitionsRequest::default()
    };
    let done = ok(cluster.ask(request));
    assert_eq!(done.results[0].error_code, ErrorCode::NONE, "{done:?}");
    eventually("there are more partitions, and they are led", || {
        let states = cluster.partitions(topic).map_err(|error| error.to_string())?;
        let are_led = states.iter().all(|state| state.leader >= 0);
        let are_all = i32::try_from(states.len()).is_ok_and(|found| found == count);
        if are_all && are_led { Ok(()) } else { Err(format!("{states:?}")) }
    });
}

/// Asks for other replicas of a partition; `None` cancels what was asked before.
#[track_caller]
fn reassign(cluster: &TestCluster, topic: &str, partition: i32, replicas: Option<Vec<i32>>) {
    let partition =
        ReassignablePartition { partition_index: partition, replicas, ..Default::default() };
    let topic =
        ReassignableTopic { name: topic.into(), partitions: vec![partition], ..Default::default() };
    let request = AlterPartitionReassignmentsRequest {
        timeout_ms: 10_000,
        topics: vec![topic],
        ..Default::default()
    };
    let done = ok(cluster.ask(request));
    assert_eq!(done.error_code, ErrorCode::NONE, "{done:?}");
    assert_eq!(done.responses[0].partitions[0].error_code, ErrorCode::NONE, "{done:?}");
}

/// Every replica of every partition holds the same bytes. Nothing may be written any more and all
/// must be in sync, so that all of it is below the high watermark.
#[track_caller]
fn assert_equal_logs(cluster: &TestCluster, topic: &str) {
    for state in cluster.await_whole(topic) {
        let what = format!("the logs of {topic}-{} are equal", state.index);
        eventually(&what, || {
            let logs: Result<Vec<Vec<u8>>, _> = state
                .replicas
                .iter()
                .map(|id| cluster.log_bytes(*id, topic, state.index))
                .collect();
            let logs = logs.map_err(|error| format!("{error:#}"))?;
            assert!(!logs[0].is_empty(), "{what}: nothing is in them");
            let differs = |log: &Vec<u8>| log != &logs[0];
            match logs.iter().position(differs) {
                None => Ok(()),
                Some(index) => {
                    let (one, other) = (&logs[0], &logs[index]);
                    let at = one.iter().zip(other).position(|(one, other)| one != other);
                    let nodes = (state.replicas[0], state.replicas[index]);
                    Err(format!("{nodes:?}: {} and {} bytes, {at:?}", one.len(), other.len()))
                }
            }
        });
    }
}

/// Runs one of Kafka's tools on the cluster; its words.
#[track_caller]
fn tool(tools: &mut Tools, cluster: &TestCluster, main: &str, arguments: &[&str]) -> String {
    let mut all = vec!["--bootstrap-server".to_owned(), cluster.bootstrap()];
    all.extend(arguments.iter().map(|word| (*word).to_owned()));
    let output = tools.run(main, &all, "");
    assert_eq!(output.status, 0, "{main} {arguments:?}: {output:?}");
    output.stdout
}

/// Whether something stays as it is for so long: for faults that must outlast a time limit.
#[track_caller]
fn hold(what: &str, time: Duration, mut is_so: impl FnMut() -> bool) {
    let changed = try_within(time, || (!is_so()).then_some(()));
    assert!(changed.is_none(), "{what}: no longer so");
}
