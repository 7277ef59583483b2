//! Links between nodes that carry nothing, in one direction or both, or too late, or break.

use super::{Stage, hold};
use keld_testkit::{Client, ClusterPlan, eventually};
use std::time::Duration;

/// Which way a node is cut off from all others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cut {
    Sends,
    Receives,
    Both,
}

impl Cut {
    fn off(self, stage: &Stage, node: i32) {
        let (sends, receives) = (self != Self::Receives, self != Self::Sends);
        stage.cluster.network().isolate(node, &stage.cluster.ids(), sends, receives);
    }
}

/// How long both sides take what clients send before a cut is healed.
const APART: Duration = Duration::from_secs(1);

/// The leader of a partition is cut off until another leads, and further; then the cut is healed.
/// Clients reach every node all the time, so some of them still write to the old leader, which can
/// acknowledge nothing; they wait for its answer until their requests time out, after half a minute.
fn leader_is_cut_off(cut: Cut) {
    let stage = Stage::start(ClusterPlan::keld(3));
    let leader = stage.leader(0);
    cut.off(&stage, leader);
    // What the others say, not the one that knows of nothing.
    let other = stage.cluster.ids().into_iter().find(|id| *id != leader).expect("three nodes");
    eventually("another leads", || {
        let states = stage.cluster.partitions_seen_by(other, &stage.topic);
        let states = states.map_err(|error| format!("{error:#}"))?;
        if states[0].leader != leader && states[0].leader >= 0 {
            Ok(())
        } else {
            Err(format!("{states:?}"))
        }
    });
    hold("they are apart", APART, || true);
    stage.cluster.network().heal();
    stage.await_in_sync(leader, true);
    stage.finish();
}

#[test]
fn the_leader_is_not_heard() {
    leader_is_cut_off(Cut::Sends);
}

#[test]
fn the_leader_hears_nothing() {
    leader_is_cut_off(Cut::Receives);
}

#[test]
fn the_leader_is_cut_off() {
    leader_is_cut_off(Cut::Both);
}

#[test]
fn the_active_controller_is_cut_off() {
    let stage = Stage::start(ClusterPlan::keld(3));
    let controller = stage.cluster.await_controller(None);
    Cut::Both.off(&stage, controller);
    let others: Vec<i32> = stage.cluster.ids().into_iter().filter(|id| *id != controller).collect();
    eventually("the others decide without it", || {
        let states = stage.cluster.partitions_seen_by(others[0], &stage.topic);
        let states = states.map_err(|error| format!("{error:#}"))?;
        let is_left = |state: &keld_testkit::PartitionState| others.contains(&state.leader);
        if states.iter().all(is_left) { Ok(()) } else { Err(format!("{states:?}")) }
    });
    hold("they are apart", APART, || true);
    stage.cluster.network().heal();
    stage.await_in_sync(controller, true);
    stage.finish();
}

/// A follower that reaches the controller but not its leader is taken out of the ISR, and comes
/// back.
#[test]
fn a_follower_does_not_reach_its_leader() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let (leader, follower) = (stage.leader(0), stage.follower(0));
    stage.cluster.network().cut(follower, leader);
    stage.cluster.network().cut(leader, follower);
    stage.cluster.await_partitions("the follower is out of sync", &stage.topic, |state| {
        state.leader != leader || !state.isr.contains(&follower)
    });
    stage.cluster.await_brokers(&stage.cluster.brokers());
    stage.flows();
    stage.cluster.network().heal();
    stage.await_in_sync(follower, true);
    stage.finish();
}

#[test]
fn connections_break_again_and_again() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::FranzGo);
    let mut broken = 0;
    for _ in 0..15 {
        broken += stage.cluster.network().reset_connections();
        hold("a moment for new ones", Duration::from_millis(200), || true);
    }
    assert!(broken >= 30, "{broken} connections in all");
    stage.flows();
    stage.finish();
}

#[test]
fn links_are_slow() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    stage.cluster.network().delay(Duration::from_millis(40));
    let leaders: Vec<i32> = (0..3).map(|partition| stage.leader(partition)).collect();
    for _ in 0..4 {
        stage.flows();
    }
    // Slow is not dead: nobody was fenced.
    assert_eq!(leaders, (0..3).map(|partition| stage.leader(partition)).collect::<Vec<i32>>());
    stage.cluster.network().heal();
    stage.finish();
}
