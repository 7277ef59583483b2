//! Brokers under a controller that is another process: they register, keep their sessions, forward
//! what clients ask, and hand over what they lead.

mod failover;
mod lease;
mod racks;
mod refusals;
mod replication;
mod throttles;

use super::support::{Client, formatted, topic_on};
use crate::node::Node;
use keld_config::Properties;
use keld_controller::{Command, Reply};
use keld_env::sim::{Process, SimDisk, Simulation};
use keld_env::{Address, Clock as _};
use keld_metadata::PartitionRegistration;
use keld_types::{BrokerEpoch, BrokerId, ErrorCode, PartitionIndex, TopicName};
use keld_wire::Rpc;
use keld_wire::messages as wire;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const CONTROLLER: i32 = 100;

struct Cluster {
    simulation: Simulation,
    controller: (Process, Arc<Node>),
    brokers: BTreeMap<i32, (Process, Arc<Node>)>,
    client: Process,
    options: Options,
}

fn host(id: i32) -> String {
    format!("node{id}")
}

fn properties(id: i32) -> Properties {
    let mut properties = Properties::new();
    let (own, voters) = (host(id), format!("{CONTROLLER}@{}:9093", host(CONTROLLER)));
    let (role, listeners) = if id == CONTROLLER {
        ("controller", format!("CONTROLLER://{own}:9093"))
    } else {
        ("broker", format!("PLAINTEXT://{own}:9092"))
    };
    for (name, value) in [
        ("process.roles", role),
        ("node.id", &id.to_string()),
        ("listeners", &listeners),
        ("controller.listener.names", "CONTROLLER"),
        ("controller.quorum.voters", &voters),
        ("log.dirs", "/data"),
    ] {
        properties.set(name, value);
    }
    properties
}

/// A broker's options besides those that all have.
type Options = fn(i32) -> Vec<(&'static str, String)>;

fn start(
    simulation: &mut Simulation,
    id: i32,
    disk: SimDisk,
    options: Options,
) -> (Process, Arc<Node>) {
    let process = simulation.process_on(&host(id), disk);
    let mut properties = properties(id);
    for (name, value) in options(id) {
        properties.set(name, value);
    }
    let starting = Node::start(properties, process.env().clone());
    let node = simulation.run(&process, starting).unwrap().unwrap();
    (process, node)
}

impl Cluster {
    fn new(count: i32) -> Self {
        Self::with(count, |_| Vec::new())
    }

    fn with(count: i32, options: Options) -> Self {
        let mut simulation = Simulation::new(7);
        let controller = start(&mut simulation, CONTROLLER, formatted(CONTROLLER), |_| Vec::new());
        let client = simulation.process("client");
        let brokers = BTreeMap::new();
        let mut cluster = Self { simulation, controller, brokers, client, options };
        for id in 1..=count {
            cluster.start(id, formatted(id));
        }
        cluster.wait("every broker is active", |cluster| cluster.active().len() == count as usize);
        cluster
    }

    fn start(&mut self, id: i32, disk: SimDisk) {
        let started = start(&mut self.simulation, id, disk, self.options);
        self.brokers.insert(id, started);
    }

    /// Kills a broker; its disk.
    fn kill(&mut self, id: i32) -> SimDisk {
        let (process, node) = self.brokers.remove(&id).unwrap();
        drop(node);
        process.kill()
    }

    fn stop(&mut self, id: i32) -> SimDisk {
        let (process, node) = self.brokers.remove(&id).unwrap();
        self.simulation.run(&process, async move { node.stop().await }).unwrap();
        process.kill()
    }

    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..1200 {
            if is_so(self) {
                return;
            }
            self.simulation.run_for(Duration::from_millis(50)).unwrap();
        }
        panic!("within a minute not: {what}; {:?}", self.controller.1.image().brokers);
    }

    fn active(&self) -> Vec<i32> {
        let image = self.controller.1.image();
        let active = image.brokers.values().filter(|broker| broker.is_active());
        active.map(|broker| broker.id.get()).collect()
    }

    fn epoch(&self, id: i32) -> BrokerEpoch {
        self.controller.1.image().broker(BrokerId::new(id)).unwrap().epoch
    }

    fn partition(&self, at: &Arc<Node>, index: i32) -> Option<PartitionRegistration> {
        let image = at.image();
        let known = image.partition_of(&TopicName::new("t"), PartitionIndex::new(index));
        known.map(|known| (**known).clone())
    }

    /// As a broker knows it.
    fn known(&self, broker: i32, index: i32) -> PartitionRegistration {
        self.partition(&self.brokers[&broker].1, index).unwrap()
    }

    /// A client's request to a broker.
    fn ask<R: Rpc + Send + Sync + 'static>(
        &self,
        broker: i32,
        request: R,
        version: i16,
    ) -> R::Response
    where
        R::Response: Send + 'static,
    {
        let env = self.client.env().clone();
        let call = async move {
            let address = Address { host: host(broker), port: 9092 };
            let stream = env.network.connect(address).await.unwrap();
            Client::over(stream).call(request, version).await
        };
        self.simulation.run(&self.client, call).unwrap()
    }

    /// Topic `t` with one partition for each list of replicas, by way of a broker.
    fn create(&self, broker: i32, replicas: &[&[i32]]) {
        let request = topic_on(replicas.iter().copied());
        let answer = self.ask(broker, request, 7);
        let topic = &answer.topics[0];
        assert_eq!(topic.error_code, ErrorCode::NONE, "{:?}", topic.error_message);
        let last = i32::try_from(replicas.len()).unwrap() - 1;
        self.wait("every broker knows the topic", |cluster| {
            cluster.brokers.values().all(|(_, node)| cluster.partition(node, last).is_some())
        });
    }
}

#[test]
fn brokers_join_and_forward_what_clients_ask() {
    let cluster = Cluster::new(3);
    assert_eq!(cluster.active(), [1, 2, 3]);
    cluster.create(2, &[&[1, 2, 3], &[2, 3, 1]]);
    for broker in 1..=3 {
        assert_eq!(cluster.known(broker, 0).leader, BrokerId::new(1), "as {broker} knows it");
        assert_eq!(cluster.known(broker, 1).leader, BrokerId::new(2), "as {broker} knows it");
    }
    // The controller's refusal comes back as well.
    let request = wire::DeleteTopicsRequest {
        topics: vec![wire::delete_topics_request::DeleteTopicState {
            name: Some("u".into()),
            ..Default::default()
        }],
        timeout_ms: 5000,
        ..Default::default()
    };
    let answer = cluster.ask(3, request, 6);
    assert_eq!(answer.responses[0].error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

#[test]
fn producer_ids_differ_between_brokers() {
    let cluster = Cluster::new(2);
    let ask = |broker| {
        let request = wire::InitProducerIdRequest { transactional_id: None, ..Default::default() };
        let answer = cluster.ask(broker, request, 5);
        assert_eq!(answer.error_code, ErrorCode::NONE);
        answer.producer_id
    };
    let ids = [ask(1), ask(2), ask(1), ask(2)];
    assert_eq!(ids, [0, 1000, 1, 1001]);
}

#[test]
fn a_broker_that_dies_is_fenced_and_comes_back_in_a_new_epoch() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    let before = cluster.epoch(1);
    let disk = cluster.kill(1);
    cluster.wait("the dead broker is fenced", |cluster| cluster.active() == [2, 3]);
    cluster.wait("the others know the new leader", |cluster| {
        [2, 3].iter().all(|broker| cluster.known(*broker, 0).leader == BrokerId::new(2))
    });
    assert!(!cluster.known(2, 0).isr.contains(&BrokerId::new(1)));
    cluster.start(1, disk);
    cluster.wait("it is back", |cluster| cluster.active() == [1, 2, 3]);
    assert!(cluster.epoch(1) > before);
    cluster.wait("it knows its own epoch", |cluster| {
        cluster.brokers[&1].1.broker_epoch() == cluster.epoch(1)
    });
}

#[test]
fn a_broker_that_stops_hands_over_first_and_may_come_back_at_once() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2], &[2, 1]]);
    let disk = cluster.stop(1);
    assert_eq!(cluster.active(), [2, 3]);
    let known = cluster.known(2, 0);
    assert_eq!((known.leader, &known.isr[..]), (BrokerId::new(2), &[BrokerId::new(2)][..]));
    let began = cluster.simulation.clock().monotonic();
    cluster.start(1, disk);
    cluster.wait("it is back", |cluster| cluster.active() == [1, 2, 3]);
    let took = cluster.simulation.clock().monotonic() - began;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn leaders_propose_an_isr_to_the_controller() {
    let cluster = Cluster::new(2);
    cluster.create(1, &[&[1, 2]]);
    let propose = |from: i32, broker_epoch: i64, isr: &[i32]| {
        use wire::alter_partition_request as request;
        let node = Arc::clone(&cluster.brokers[&from].1);
        let known = cluster.known(from, 0);
        let topic_id = node.image().topic_ids.get("t").unwrap().uuid();
        let isr = isr.iter().map(|id| request::BrokerState {
            broker_id: *id,
            broker_epoch: cluster.epoch(*id).get(),
            ..Default::default()
        });
        let partition = request::PartitionData {
            partition_index: 0,
            leader_epoch: known.leader_epoch.get(),
            partition_epoch: known.partition_epoch.get(),
            new_isr_with_epochs: isr.collect(),
            ..Default::default()
        };
        let request = wire::AlterPartitionRequest {
            broker_id: from,
            broker_epoch,
            topics: vec![request::TopicData {
                topic_id,
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        let process = &cluster.brokers[&from].0;
        let asked = async move { node.decide(Command::AlterPartition(request, 3)).await };
        cluster.simulation.run(process, asked).unwrap()
    };
    let Reply::Refused(error) = propose(1, 0, &[1]) else { panic!("a stale epoch is refused") };
    assert_eq!(error.code, ErrorCode::STALE_BROKER_EPOCH);
    let Reply::AlterPartition(answer) = propose(2, cluster.epoch(2).get(), &[2]) else { panic!() };
    assert_eq!(answer.topics[0].partitions[0].error_code, ErrorCode::INVALID_REQUEST);
    let Reply::AlterPartition(answer) = propose(1, cluster.epoch(1).get(), &[1]) else { panic!() };
    let partition = &answer.topics[0].partitions[0];
    assert_eq!((partition.error_code, &partition.isr[..]), (ErrorCode::NONE, &[1][..]));
}

#[test]
fn clients_elect_and_reassign_by_way_of_any_broker() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2]]);
    use wire::alter_partition_reassignments_request as request;
    let reassign = |replicas: Option<Vec<i32>>| {
        let partition =
            request::ReassignablePartition { partition_index: 0, replicas, ..Default::default() };
        let topic = request::ReassignableTopic {
            name: "t".into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = wire::AlterPartitionReassignmentsRequest {
            topics: vec![topic],
            timeout_ms: 5000,
            ..Default::default()
        };
        let answer = cluster.ask(3, request, 1);
        answer.responses[0].partitions[0].error_code
    };
    let ongoing = || {
        let request =
            wire::ListPartitionReassignmentsRequest { timeout_ms: 5000, ..Default::default() };
        cluster.ask(2, request, 0).topics
    };
    assert_eq!(reassign(None), ErrorCode::NO_REASSIGNMENT_IN_PROGRESS);
    // Only the order: done at once, and what is preferred does not lead yet.
    assert_eq!(reassign(Some(vec![2, 1])), ErrorCode::NONE);
    assert!(ongoing().is_empty());
    let elect = || {
        let request = wire::ElectLeadersRequest {
            election_type: 0,
            topic_partitions: Some(vec![wire::elect_leaders_request::TopicPartitions {
                topic: "t".into(),
                partitions: vec![0],
                ..Default::default()
            }]),
            timeout_ms: 5000,
            ..Default::default()
        };
        let answer = cluster.ask(1, request, 2);
        answer.replica_election_results[0].partition_result[0].error_code
    };
    assert_eq!((elect(), elect()), (ErrorCode::NONE, ErrorCode::ELECTION_NOT_NEEDED));
    cluster.wait("the elected leader is known", |cluster| {
        cluster.known(3, 0).leader == BrokerId::new(2)
    });
    assert_eq!(reassign(Some(vec![9])), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
}
