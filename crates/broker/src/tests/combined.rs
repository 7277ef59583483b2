//! Three nodes that are controllers and brokers at once, as small clusters are run.

use super::producer::{Acknowledged, produce};
use super::support::{formatted, topic_on};
use crate::node::Node;
use crate::peers::Peer;
use crate::quorum::ActiveController;
use keld_config::Properties;
use keld_controller::{Command, Reply};
use keld_env::sim::{Process, SimDisk, Simulation};
use keld_env::{Address, Clock as _};
use keld_types::{BrokerId, ErrorCode, TopicId, TopicName};
use keld_wire::messages::MetadataRequest;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

struct Trio {
    simulation: Simulation,
    nodes: BTreeMap<i32, (Process, Arc<Node>)>,
    client: Process,
}

fn properties(id: i32) -> Properties {
    let mut properties = Properties::new();
    for (name, value) in [
        ("process.roles", "broker,controller"),
        ("node.id", &*id.to_string()),
        ("listeners", &format!("PLAINTEXT://node{id}:9092,CONTROLLER://node{id}:9093")),
        ("controller.listener.names", "CONTROLLER"),
        ("controller.quorum.voters", "1@node1:9093,2@node2:9093,3@node3:9093"),
        ("log.dirs", "/data"),
    ] {
        properties.set(name, value);
    }
    properties
}

impl Trio {
    fn new(seed: u64) -> Self {
        let mut simulation = Simulation::new(seed);
        let client = simulation.process("client");
        let mut trio = Self { simulation, nodes: BTreeMap::new(), client };
        for id in 1..=3 {
            trio.start(id, formatted(id));
        }
        trio.wait("all are active", |trio| {
            trio.controller().is_some_and(|id| {
                let image = trio.nodes[&id].1.image();
                image.brokers.values().filter(|broker| broker.is_active()).count() == 3
            })
        });
        trio
    }

    fn start(&mut self, id: i32, disk: SimDisk) {
        let process = self.simulation.process_on(&format!("node{id}"), disk);
        let starting = Node::start(properties(id), process.env().clone());
        let node = self.simulation.run(&process, starting).unwrap().unwrap();
        self.nodes.insert(id, (process, node));
    }

    fn kill(&mut self, id: i32) -> SimDisk {
        let (process, node) = self.nodes.remove(&id).unwrap();
        drop(node);
        process.kill()
    }

    fn stop(&mut self, id: i32) -> SimDisk {
        let (process, node) = self.nodes.remove(&id).unwrap();
        self.simulation.run(&process, async move { node.stop().await }).unwrap();
        process.kill()
    }

    fn now(&self) -> Duration {
        self.simulation.clock().monotonic()
    }

    fn run_for(&self, millis: u64) {
        self.simulation.run_for(Duration::from_millis(millis)).unwrap();
    }

    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
        let began = self.now();
        for _ in 0..12_000 {
            if is_so(self) {
                return self.now() - began;
            }
            self.run_for(5);
        }
        panic!("within a minute not: {what}");
    }

    fn controller(&self) -> Option<i32> {
        let is_active =
            |node: &Node| matches!(node.quorum.active_controller(), ActiveController::Local(_));
        self.nodes.iter().find(|(_, (_, node))| is_active(node)).map(|(id, _)| *id)
    }

    /// Topic `t`; each node is preferred for the partition of its number, and partition 0 is led by
    /// the controller.
    fn create(&self) -> TopicId {
        let first = self.controller().unwrap();
        let second = first % 3 + 1;
        let third = second % 3 + 1;
        let lists = [[first, second, third], [second, third, first], [third, first, second]];
        let request = topic_on(lists.iter().map(|list| &list[..]));
        let (process, node) = &self.nodes[&first];
        let asked = node.quorum.submit(Command::CreateTopics(request));
        let Reply::CreateTopics(answer) = self.simulation.run(process, asked).unwrap() else {
            panic!("no topic");
        };
        assert_eq!(answer.topics[0].error_code, ErrorCode::NONE);
        let id = TopicId::new(answer.topics[0].topic_id);
        self.wait("all know the topic", |trio| {
            trio.nodes.values().all(|(_, node)| node.image().topic_by_id(id).is_some())
        });
        id
    }

    /// A producer to each partition.
    fn producers(&self) -> Vec<Acknowledged> {
        let id = self.create();
        let begun = (0..3).map(|partition| produce(self.client.env(), (id, partition), &[1, 2, 3]));
        let begun: Vec<_> = begun.collect();
        self.wait("records are acknowledged", |_| begun.iter().all(|known| known.count() > 20));
        begun
    }

    fn is_in_all_isrs(&self, id: i32) -> bool {
        self.nodes.values().all(|(_, node)| {
            let image = node.image();
            // One that has just been started knows nothing yet.
            image.topic(&TopicName::new("t")).is_some_and(|topic| {
                let mut partitions = topic.partitions.values();
                partitions.all(|partition| partition.isr.contains(&BrokerId::new(id)))
            })
        })
    }
}

#[test]
fn a_node_that_leads_everything_and_dies_is_replaced_in_a_moment() {
    for seed in 1..=5 {
        let mut trio = Trio::new(seed);
        let acknowledged = trio.producers();
        let first = trio.controller().unwrap();
        let killed_at = trio.now();
        let disk = trio.kill(first);
        trio.run_for(5000);
        for (partition, acknowledged) in acknowledged.iter().enumerate() {
            let gap = acknowledged.longest_gap(killed_at);
            assert!(gap < Duration::from_secs(1), "seed {seed}, partition {partition}: {gap:?}");
        }
        let second = trio.controller().expect("another controller");
        assert_ne!(first, second);
        trio.start(first, disk);
        let took = trio.wait("it is back", |trio| trio.is_in_all_isrs(first));
        assert!(took < Duration::from_secs(2), "seed {seed}: back after {took:?}");
    }
}

#[test]
fn a_node_that_comes_back_answers_no_client_before_it_has_the_metadata() {
    let mut trio = Trio::new(1);
    trio.create();
    let disks: BTreeMap<i32, SimDisk> = (1..=3).map(|id| (id, trio.kill(id))).collect();
    let answer = Arc::new(Mutex::new(None));
    for (id, disk) in disks {
        trio.start(id, disk);
        if id == 1 {
            // Without the others it cannot know what became of the cluster.
            let (env, slot) = (trio.client.env().clone(), Arc::clone(&answer));
            let peer = Peer::new(&env, "client", Address { host: "node1".into(), port: 9092 });
            let ask = async move {
                let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
                let found = peer.call(request, Duration::from_secs(60)).await.unwrap();
                *slot.lock().unwrap() = Some(found);
            };
            env.spawn.spawn("client", Box::pin(ask));
            trio.run_for(2000);
            assert_eq!(*answer.lock().unwrap(), None);
        }
    }
    trio.wait("it answers", |_| answer.lock().unwrap().is_some());
    let answer = answer.lock().unwrap().take().unwrap();
    assert_eq!(answer.topics[0].name.as_deref(), Some("t"), "{answer:?}");
    assert!(answer.brokers.iter().any(|broker| broker.node_id == 1), "{answer:?}");
}

/// Whoever heard of the processes before died with them: their sessions are not waited for.
#[test]
fn nodes_that_all_died_are_back_in_a_moment() {
    for seed in 1..=5 {
        let mut trio = Trio::new(seed);
        trio.create();
        let registered = |trio: &Trio| {
            let controller = trio.controller()?;
            let image = trio.nodes[&controller].1.image();
            (1..=3)
                .map(|id| image.broker(BrokerId::new(id)).filter(|known| known.is_active()))
                .map(|known| known.map(|known| known.incarnation_id))
                .collect::<Option<Vec<_>>>()
        };
        let before = registered(&trio).expect("all are active");
        let disks: BTreeMap<i32, SimDisk> = (1..=3).map(|id| (id, trio.kill(id))).collect();
        for (id, disk) in disks {
            trio.start(id, disk);
        }
        let took = trio.wait("all are back", |trio| {
            registered(trio).is_some_and(|now| now.iter().zip(&before).all(|(a, b)| a != b))
        });
        assert!(took < Duration::from_secs(5), "seed {seed}: {took:?}");
    }
}

#[test]
fn a_node_that_leads_everything_hands_over_when_it_stops() {
    for seed in 1..=5 {
        let mut trio = Trio::new(seed);
        let acknowledged = trio.producers();
        let first = trio.controller().unwrap();
        let began = trio.now();
        drop(trio.stop(first));
        let took = trio.now() - began;
        let led = trio.wait("another controller", |trio| trio.controller().is_some());
        assert!(led < Duration::from_millis(20), "seed {seed}: {led:?} without a controller");
        assert!(took < Duration::from_secs(1), "seed {seed}: the stop took {took:?}");
        trio.run_for(3000);
        for (partition, acknowledged) in acknowledged.iter().enumerate() {
            let gap = acknowledged.longest_gap(began);
            let most = Duration::from_millis(100);
            assert!(gap < most, "seed {seed}, partition {partition}: {gap:?}");
        }
    }
}

#[test]
fn nodes_that_all_stood_still_go_on() {
    for seed in 1..=3 {
        let trio = Trio::new(seed);
        let acknowledged = trio.producers();
        trio.nodes.values().for_each(|(process, _)| process.stop());
        trio.run_for(20_000);
        let began = trio.now();
        let before: Vec<usize> = acknowledged.iter().map(Acknowledged::count).collect();
        trio.nodes.values().for_each(|(process, _)| process.go_on());
        trio.run_for(10_000);
        for (partition, acknowledged) in acknowledged.iter().enumerate() {
            assert!(acknowledged.count() > before[partition] + 100, "seed {seed}");
            let gap = acknowledged.longest_gap(began);
            assert!(gap < Duration::from_secs(5), "seed {seed}, partition {partition}: {gap:?}");
        }
    }
}
