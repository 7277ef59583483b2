//! Nodes of Keld and of Apache Kafka in one cluster, with data flowing and leaders moving from one
//! kind to the other; the replicas' logs are compared byte for byte at the end.

use super::{Stage, ok, reassign, tool};
use keld_testkit::{Broker, Client, ClusterPlan, NodePlan, Roles, TestCluster, Tools};

const ELECT: &str = "org.apache.kafka.tools.LeaderElectionCommand";

/// A controller and a broker of one kind, to which two brokers of the other kind come.
fn joined(first: Broker, others: Broker) -> Stage {
    let nodes = vec![NodePlan::new(first, Roles::Controller), NodePlan::new(first, Roles::Broker)];
    let mut cluster = ok(TestCluster::start(ClusterPlan::new(nodes)));
    for _ in 0..2 {
        cluster.add_node(&NodePlan::new(others, Roles::Broker));
    }
    cluster.await_brokers(&[2, 3, 4]);
    Stage::on(cluster).with(Client::Java)
}

/// Every broker leads every partition in turn; then each broker is stopped, and one killed.
fn leaders_move(mut stage: Stage) {
    let mut tools = ok(Tools::start());
    for round in 1..=3 {
        for partition in 0..3_i32 {
            let mut replicas = vec![2, 3, 4];
            replicas.rotate_left(usize::try_from(partition + round).expect("small") % 3);
            reassign(&stage.cluster, &stage.topic, partition, Some(replicas));
        }
        let all = ["--election-type", "preferred", "--all-topic-partitions"];
        tool(&mut tools, &stage.cluster, ELECT, &all);
        let states =
            stage.cluster.await_partitions("leaders are as asked", &stage.topic, |state| {
                state.is_whole() && state.leader == state.replicas[0]
            });
        let leaders: Vec<i32> = states.iter().map(|state| state.leader).collect();
        assert!((2..=4).all(|id| leaders.contains(&id)), "{leaders:?}");
        stage.flows();
    }
    for id in 2..=4 {
        stage.cluster.stop(id);
        stage.flows();
        stage.cluster.restart(id);
        stage.cluster.await_whole(&stage.topic);
    }
    let leader = stage.leader(0);
    stage.cluster.kill(leader);
    stage.await_other_leader(0, leader);
    stage.flows();
    stage.cluster.restart(leader);
    stage.finish();
}

#[test]
fn brokers_of_keld_join_a_controller_and_a_broker_of_kafka() {
    leaders_move(joined(Broker::Kafka, Broker::Keld));
}

#[test]
fn brokers_of_kafka_join_a_controller_and_a_broker_of_keld() {
    leaders_move(joined(Broker::Keld, Broker::Kafka));
}

/// Node by node the whole cluster goes from one program to the other, and back.
#[test]
fn a_cluster_of_kafka_becomes_one_of_keld_and_kafka_again() {
    let nodes = vec![NodePlan::new(Broker::Kafka, Roles::Both); 3];
    let mut stage = Stage::start(ClusterPlan::new(nodes)).with(Client::Java);
    for broker in [Broker::Keld, Broker::Kafka] {
        for id in stage.cluster.ids() {
            stage.cluster.stop(id);
            stage.cluster.hand_over(id, broker);
            stage.cluster.restart(id);
            stage.cluster.await_whole(&stage.topic);
            stage.flows();
        }
    }
    stage.finish();
}
