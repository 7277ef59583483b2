//! Brokers that do not belong, are not known any more, or were replaced.

use super::{BrokerId, CONTROLLER, Cluster, Duration, ErrorCode, formatted, host, properties};
use crate::node::Node;
use crate::tests::support::formatted_in;
use keld_controller::{Command, Reply};
use keld_env::sim::{Process, SimDisk};
use std::sync::Arc;

impl Cluster {
    /// Starts a node beside the cluster's brokers, on a host of its own.
    fn stranger(&mut self, id: i32, at: &str, disk: SimDisk) -> (Process, Arc<Node>) {
        let process = self.simulation.process_on(at, disk);
        let mut properties = properties(id);
        properties.set("listeners", &*format!("PLAINTEXT://{at}:9092"));
        properties.set("initial.broker.registration.timeout.ms", "5000");
        let starting = Node::start(properties, process.env().clone());
        let node = self.simulation.run(&process, starting).unwrap().unwrap();
        (process, node)
    }

    /// Why a node cannot go on.
    fn why(&self, process: &Process, node: &Arc<Node>) -> String {
        let node = Arc::clone(node);
        self.simulation.run(process, async move { node.failed().await }).unwrap()
    }
}

#[test]
fn a_broker_of_another_cluster_is_told_so_and_changes_nothing() {
    let mut cluster = Cluster::new(2);
    let before = cluster.controller.1.image().brokers.clone();
    let disk = formatted_in("AAAAAAAAAAAAAAAAAAAAAg", 3);
    let (process, node) = cluster.stranger(3, &host(3), disk);
    let why = cluster.why(&process, &node);
    assert!(why.contains("INCONSISTENT_CLUSTER_ID"), "{why}");
    assert!(why.contains(&host(CONTROLLER)), "it says who refused: {why}");
    assert_eq!(cluster.controller.1.image().brokers, before);
}

#[test]
fn a_second_broker_of_one_id_is_told_so_and_changes_nothing() {
    let mut cluster = Cluster::new(2);
    let before = cluster.epoch(1);
    let (process, node) = cluster.stranger(1, "elsewhere", formatted_in(CLUSTER, 1));
    let why = cluster.why(&process, &node);
    assert!(why.contains("DUPLICATE_BROKER_REGISTRATION"), "{why}");
    assert_eq!((cluster.active(), cluster.epoch(1)), (vec![1, 2], before));
}

/// The id of the cluster that the brokers are of.
const CLUSTER: &str = "qJ8oL0l0RkCkKmSvbSjSZQ";

#[test]
fn a_broker_that_was_replaced_while_it_stood_still_ends() {
    let mut cluster = Cluster::new(2);
    cluster.create(2, &[&[2, 1]]);
    assert_eq!(cluster.produce(2, "before", -1).0, ErrorCode::NONE);
    let before = cluster.epoch(1);
    cluster.brokers[&1].0.stop();
    cluster.wait("it is fenced", |cluster| cluster.active() == [2]);
    let (_process, _node) = cluster.stranger(1, "elsewhere", formatted(1));
    cluster.wait("another is in its place", |cluster| cluster.active() == [1, 2]);
    let after = cluster.epoch(1);
    assert!(after > before);
    cluster.brokers[&1].0.go_on();
    let (process, replaced) = &cluster.brokers[&1];
    let why = cluster.why(process, replaced);
    assert!(why.contains("another process is registered as broker 1"), "{why}");
    // What it fetches it fetches in its own name, which is of the past.
    assert_eq!(replaced.broker_epoch(), before);
    cluster.simulation.run_for(Duration::from_secs(1)).unwrap();
    let leader = cluster.replica(2).unwrap();
    let known = leader.remote_replicas();
    let epochs: Vec<_> = known.iter().map(|known| known.broker_epoch).collect();
    assert_eq!(epochs, [Some(after)]);
}

#[test]
fn a_broker_that_the_cluster_was_made_to_forget_registers_again() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    let before = cluster.epoch(3);
    let controller = Arc::clone(&cluster.controller.1);
    let forget = async move {
        let command = Command::UnregisterBroker(BrokerId::new(3));
        controller.quorum.submit(command).await
    };
    let reply = cluster.simulation.run(&cluster.controller.0, forget).unwrap();
    assert!(matches!(reply, Reply::Done), "{reply:?}");
    assert_eq!(cluster.active(), [1, 2]);
    cluster.wait("it is back", |cluster| cluster.active() == [1, 2, 3]);
    assert!(cluster.epoch(3) > before);
    assert_eq!(cluster.brokers[&3].1.broker_epoch(), cluster.epoch(3));
    cluster.wait_isr(1, &[1, 2, 3]);
    assert_eq!(cluster.produce(1, "on", -1).0, ErrorCode::NONE);
}

#[test]
fn a_broker_may_stop_without_handing_over() {
    let mut cluster =
        Cluster::with(2, |_| vec![("controlled.shutdown.enable", "false".to_owned())]);
    cluster.create(1, &[&[1, 2]]);
    cluster.stop(1);
    let known = cluster.known(2, 0);
    assert_eq!((known.leader, known.isr.len()), (BrokerId::new(1), 2), "nobody was told");
    cluster
        .wait("it is found to be gone", |cluster| cluster.known(2, 0).leader == BrokerId::new(2));
}
