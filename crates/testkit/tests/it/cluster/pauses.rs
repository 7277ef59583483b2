//! Nodes that stand still for 15 seconds, as with a moved virtual machine or a stuck disk: five
//! sessions of these clusters, and less than a client waits for an answer.

use super::{Stage, hold};
use keld_testkit::{Broker, Client, ClusterPlan, NodePlan, Roles};
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(15);

/// A client's request to a leader that stands still is answered after the pause, or not at all; then
/// half a minute has passed.
const SILENCE_MS: u64 = 35_000;

/// The controllers decide nothing that clients wait for.
const CONTROLLER_SILENCE_MS: u64 = 3000;

/// The node's partitions are led by others at the end of the pause; then it goes on, with all that
/// it was doing, and must do nothing as the leader that it was.
fn stands_still(stage: &mut Stage, node: i32) {
    stage.cluster.pause(node);
    stage.cluster.await_partitions("others lead", &stage.topic, |state| {
        state.leader >= 0 && state.leader != node
    });
    hold("it stands still", PAUSE, || true);
    stage.cluster.resume(node);
    stage.await_in_sync(node, true);
}

#[test]
fn the_leader_stands_still_for_15_seconds() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3)).with(Client::Java);
    let leader = stage.leader(0);
    stands_still(&mut stage, leader);
    let silence = stage.finish();
    assert!(silence.length_ms < SILENCE_MS, "{silence:?}");
}

#[test]
fn the_active_controller_that_leads_stands_still_for_15_seconds() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::Java);
    let controller = stage.cluster.await_controller(None);
    stands_still(&mut stage, controller);
    assert_ne!(stage.cluster.await_controller(None), controller);
    let silence = stage.finish();
    assert!(silence.length_ms < SILENCE_MS, "{silence:?}");
}

#[test]
fn the_active_controller_stands_still_for_15_seconds() {
    let mut nodes = vec![NodePlan::new(Broker::Keld, Roles::Controller); 3];
    nodes.extend(vec![NodePlan::new(Broker::Keld, Roles::Broker); 3]);
    let mut stage = Stage::start(ClusterPlan::new(nodes)).with(Client::Java);
    let before = stage.cluster.await_whole(&stage.topic);
    let controller = stage.cluster.await_controller(None);
    stage.cluster.pause(controller);
    let next = stage.cluster.await_controller(Some(controller));
    hold("it stands still", PAUSE, || true);
    stage.cluster.resume(controller);
    // The one that comes back is told that it leads no more, and nobody lost anything by it.
    stage.flows();
    assert_eq!(stage.cluster.await_controller(Some(controller)), next);
    assert_eq!(stage.cluster.await_whole(&stage.topic), before);
    let silence = stage.finish();
    assert!(silence.length_ms < CONTROLLER_SILENCE_MS, "{silence:?}");
}

#[test]
fn a_follower_stands_still_for_15_seconds() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let (leader, follower) = (stage.leader(0), stage.follower(0));
    stage.cluster.pause(follower);
    stage.await_in_sync(follower, false);
    stage.flows_to(&[0]);
    hold("it stands still", PAUSE, || true);
    assert_eq!(stage.leader(0), leader, "a follower's pause is nothing to its leader");
    stage.cluster.resume(follower);
    stage.await_in_sync(follower, true);
    let silence = stage.finish();
    assert!(silence.length_ms < SILENCE_MS, "{silence:?}");
}

/// Two of five brokers at once, one after the other goes on.
#[test]
fn two_of_five_brokers_stand_still_for_15_seconds() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(5));
    // Partition 0 keeps two replicas of its three, the others at least one.
    let states = stage.cluster.await_whole(&stage.topic);
    let first = states[0].leader;
    let is_elsewhere = |id: &i32| !states[0].replicas.contains(id);
    let second = stage.cluster.brokers().into_iter().find(is_elsewhere).expect("five brokers");
    stage.cluster.pause(first);
    stage.cluster.pause(second);
    stage.cluster.await_partitions("others lead", &stage.topic, |state| {
        state.leader >= 0 && ![first, second].contains(&state.leader)
    });
    hold("they stand still", PAUSE, || true);
    stage.cluster.resume(second);
    stage.cluster.resume(first);
    stage.flows();
    let silence = stage.finish();
    assert!(silence.length_ms < SILENCE_MS, "{silence:?}");
}

/// It runs a quarter of the time, as on a machine with too many others: slow is not dead.
#[test]
fn a_leader_that_runs_in_fits_stays_the_leader() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let before = stage.cluster.await_whole(&stage.topic);
    let leader = stage.leader(0);
    for _ in 0..20 {
        stage.cluster.pause(leader);
        hold("it stands still", Duration::from_millis(240), || true);
        stage.cluster.resume(leader);
        hold("it runs", Duration::from_millis(80), || true);
    }
    stage.flows();
    assert_eq!(stage.cluster.await_whole(&stage.topic), before);
    stage.finish();
}
