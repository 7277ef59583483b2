//! Nodes that do not belong: they are told why and end, and nothing changes for the cluster.

use super::{Stage, ok};
use keld_testkit::{Broker, CLUSTER_ID, ClusterPlan, NodePlan, Roles};
use std::fs;

/// How long such a node tries, in milliseconds.
const PATIENCE_MS: &str = "3000";

fn stranger(properties: &[(&str, &str)]) -> NodePlan {
    let mut plan = NodePlan::new(Broker::Keld, Roles::Broker);
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    plan.properties = properties.iter().map(own).collect();
    plan.properties.push(("initial.broker.registration.timeout.ms".into(), PATIENCE_MS.into()));
    plan
}

/// Starts the stranger, which must end with a failure and these words.
fn is_refused(stage: &mut Stage, id: i32, words: &[&str]) {
    ok(stage.cluster.spawn(id));
    let status = ok(stage.cluster.node_mut(id).wait_for_exit());
    let output = stage.cluster.node(id).output();
    assert!(!status.success(), "{status}: {output}");
    for word in words {
        assert!(output.contains(word), "{word}: {output}");
    }
    assert!(!output.contains("panicked"), "{output}");
}

#[test]
fn a_second_broker_of_one_id_is_refused() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let id = stage.cluster.prepare_node(&stranger(&[("node.id", "3")]));
    is_refused(&mut stage, id, &["DUPLICATE_BROKER_REGISTRATION"]);
    stage.cluster.await_brokers(&[2, 3, 4]);
    stage.flows();
    stage.finish();
}

#[test]
fn a_broker_of_another_cluster_is_refused() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let id = stage.cluster.prepare_node(&stranger(&[]));
    let meta = stage.cluster.node(id).log_dir().join("meta.properties");
    let right = fs::read_to_string(&meta).expect("a file");
    let wrong = right.replace(CLUSTER_ID, "AAAAAAAAAAAAAAAAAAAAAg");
    assert_ne!(right, wrong);
    fs::write(&meta, wrong).expect("writes");
    is_refused(&mut stage, id, &["was not registered"]);
    stage.cluster.await_brokers(&[2, 3, 4]);
    stage.flows();
    stage.finish();
}
