//! Nodes that die, stop, stand still and come back.

use super::{Stage, hold, ok};
use crate::support::{Member, start, unique, until_assigned};
use keld_testkit::{Broker, Client, ClusterPlan, NodePlan, Roles, eventually};
use keld_wire::messages::FindCoordinatorRequest;
use serde_json::json;
use std::time::Duration;

/// A clean stop is shown to clients for at most so long.
const STOP_SILENCE_MS: u64 = 3000;
/// A kill is, with sessions of three seconds.
const KILL_SILENCE_MS: u64 = 15_000;
/// A request that a leader has and does not answer holds its client up for half a minute at most.
const HELD_SILENCE_MS: u64 = 35_000;
/// Longer than a session of these clusters, and than a replica may lag.
const LONG_PAUSE: Duration = Duration::from_secs(5);

#[test]
fn the_leader_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::Java);
    let leader = stage.leader(0);
    stage.cluster.kill(leader);
    stage.await_other_leader(0, leader);
    stage.flows();
    stage.cluster.restart(leader);
    let silence = stage.finish();
    assert!(silence.length_ms < KILL_SILENCE_MS, "{silence:?}");
}

#[test]
fn the_leader_is_stopped() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::Java);
    let leader = stage.leader(0);
    stage.cluster.stop(leader);
    assert_ne!(stage.leader(0), leader);
    stage.flows();
    stage.cluster.restart(leader);
    let silence = stage.finish();
    assert!(silence.length_ms < STOP_SILENCE_MS, "{silence:?}");
}

#[test]
fn the_leader_stands_still_for_longer_than_its_session() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    let leader = stage.leader(0);
    stage.cluster.pause(leader);
    stage.await_other_leader(0, leader);
    hold("it stands still", Duration::from_secs(1), || true);
    stage.cluster.resume(leader);
    stage.await_in_sync(leader, true);
    let silence = stage.finish();
    assert!(silence.length_ms < HELD_SILENCE_MS, "{silence:?}");
}

#[test]
fn the_active_controller_is_killed() {
    let mut nodes = vec![NodePlan::new(Broker::Keld, Roles::Controller); 3];
    nodes.extend(vec![NodePlan::new(Broker::Keld, Roles::Broker); 3]);
    let mut stage = Stage::start(ClusterPlan::new(nodes)).with(Client::FranzGo);
    for _ in 0..2 {
        let controller = stage.cluster.await_controller(None);
        stage.cluster.kill(controller);
        stage.cluster.await_controller(Some(controller));
        stage.flows();
        stage.cluster.restart(controller);
    }
    // The one that decides now still can: a broker leaves, another leads.
    let leader = stage.leader(0);
    stage.cluster.stop(leader);
    assert_ne!(stage.leader(0), leader);
    stage.cluster.restart(leader);
    let silence = stage.finish();
    assert!(silence.length_ms < STOP_SILENCE_MS, "{silence:?}");
}

#[test]
fn the_active_controller_that_leads_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    let controller = stage.cluster.await_controller(None);
    let led = stage.cluster.await_whole(&stage.topic);
    let led = led.iter().find(|state| state.leader == controller).expect("each leads one").index;
    stage.cluster.kill(controller);
    stage.await_other_leader(led, controller);
    stage.flows();
    stage.cluster.restart(controller);
    stage.finish();
}

#[test]
fn all_nodes_are_killed_at_once() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::Java);
    for _ in 0..2 {
        let ids = stage.cluster.ids();
        ids.iter().for_each(|id| stage.cluster.kill(*id));
        stage.cluster.restart_all(&ids);
        stage.flows();
    }
    stage.finish();
}

#[test]
fn all_nodes_are_stopped_one_after_the_other() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let brokers = stage.cluster.brokers();
    brokers.iter().for_each(|id| stage.cluster.stop(*id));
    stage.cluster.restart_all(&brokers);
    stage.flows();
    stage.finish();
}

#[test]
fn a_wiped_node_comes_back() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let leader = stage.leader(0);
    stage.cluster.kill(leader);
    stage.cluster.wipe(leader);
    stage.cluster.restart(leader);
    stage.await_in_sync(leader, true);
    stage.flows();
    stage.finish();
}

#[test]
fn each_node_is_restarted_in_turn() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::FranzGo);
    for id in stage.cluster.ids() {
        stage.cluster.stop(id);
        stage.flows();
        stage.cluster.restart(id);
        stage.cluster.await_whole(&stage.topic);
    }
    let silence = stage.finish();
    assert!(silence.length_ms < STOP_SILENCE_MS, "{silence:?}");
}

#[test]
fn one_leader_after_the_other_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld(3)).with(Client::FranzGo);
    for _ in 0..3 {
        let leader = stage.leader(0);
        stage.cluster.kill(leader);
        stage.await_other_leader(0, leader);
        stage.flows();
        stage.cluster.restart(leader);
        stage.cluster.await_whole(&stage.topic);
    }
    stage.finish();
}

#[test]
fn a_follower_is_killed_again_and_again() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let follower = stage.follower(0);
    for _ in 0..4 {
        stage.cluster.kill(follower);
        stage.cluster.restart(follower);
        stage.flows_to(&[0]);
    }
    stage.finish();
}

/// Who has just come into sync leads at once, with whatever it was told of the high watermark.
#[test]
fn leaders_die_as_soon_as_others_are_in_sync_again() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    for _ in 0..3 {
        let (leader, follower) = (stage.leader(0), stage.follower(0));
        stage.cluster.kill(follower);
        stage.flows_to(&[0]);
        stage.cluster.restart(follower);
        stage.await_in_sync(follower, true);
        stage.cluster.kill(leader);
        stage.await_other_leader(0, leader);
        stage.cluster.restart(leader);
        stage.cluster.await_whole(&stage.topic);
    }
    stage.finish();
}

#[test]
fn a_follower_stands_still_for_longer_than_it_may_lag() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    let controller = stage.cluster.await_controller(None);
    let brokers = stage.cluster.brokers();
    let follower = brokers.into_iter().find(|id| *id != controller).expect("three brokers");
    // What it has of requests to partitions that it leads waits until it goes on.
    let states = stage.cluster.await_whole(&stage.topic);
    let others = states.iter().filter(|state| state.leader != follower).map(|state| state.index);
    stage.cluster.pause(follower);
    stage.await_in_sync(follower, false);
    stage.flows_to(&others.collect::<Vec<i32>>());
    stage.cluster.resume(follower);
    stage.await_in_sync(follower, true);
    stage.finish();
}

#[test]
fn all_brokers_stand_still_and_go_on() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    let ids = stage.cluster.ids();
    ids.iter().for_each(|id| stage.cluster.pause(*id));
    hold("nothing runs", LONG_PAUSE, || true);
    ids.iter().for_each(|id| stage.cluster.resume(*id));
    stage.flows();
    stage.finish();
}

#[test]
fn two_of_five_nodes_are_killed() {
    let mut stage = Stage::start(ClusterPlan::keld(5));
    let leader = stage.leader(0);
    let controller = stage.cluster.await_controller(None);
    let other = stage.cluster.ids().into_iter().find(|id| ![leader, controller].contains(id));
    let other = if leader == controller { other.expect("five nodes") } else { controller };
    stage.cluster.kill(leader);
    stage.cluster.kill(other);
    // A partition with only one replica left takes nothing; with two it does.
    let states = stage.cluster.await_partitions("who is left leads", &stage.topic, |state| {
        ![leader, other].contains(&state.leader) && state.leader >= 0
    });
    let has_two =
        |replicas: &[i32]| replicas.iter().filter(|id| ![leader, other].contains(id)).count() >= 2;
    let writable: Vec<i32> =
        states.iter().filter(|state| has_two(&state.replicas)).map(|state| state.index).collect();
    stage.flows_to(&writable);
    stage.cluster.restart_all(&[leader, other]);
    stage.finish();
}

/// What a group has committed outlives its coordinator, and its member goes on with the next one.
#[test]
fn the_coordinator_of_a_group_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let group = unique("staged-group");
    let mut driver = start(Client::Java, &stage.cluster.bootstrap());
    driver.call("join", json!({ "consumer": "c", "group": group, "topics": [stage.topic] }));
    let member = Member { driver: &mut driver, consumer: "c".to_owned() };
    until_assigned(&mut [member], |held| held[0].len() == 3);
    let place = json!({ "consumer": "c", "group": group, "topic": stage.topic, "partition": 0 });
    let at = |offset: i64| {
        let mut command = place.clone();
        command["offset"] = json!(offset);
        command
    };
    driver.call("commit", at(7));
    let request = FindCoordinatorRequest {
        coordinator_keys: vec![group.as_str().into()],
        ..FindCoordinatorRequest::default()
    };
    let coordinator = ok(stage.cluster.ask(request)).coordinators[0].node_id;
    stage.cluster.kill(coordinator);
    let committed =
        eventually("another coordinator", || driver.try_call("committed", place.clone()));
    assert_eq!(committed, 7);
    eventually("the member commits again", || {
        driver.call("poll", json!({ "consumer": "c", "count": 1, "timeout_ms": 200 }));
        driver.try_call("commit", at(9))
    });
    assert_eq!(driver.call("committed", place.clone()), 9);
    stage.cluster.restart(coordinator);
    stage.finish();
}
