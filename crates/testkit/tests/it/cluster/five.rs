//! Five nodes, of which any two may be gone; and replicas that are gone one after the other.

use super::{Stage, create, hold, ok};
use crate::raw;
use crate::support::unique;
use keld_testkit::{Client, ClusterPlan, eventually, now_ms};
use std::time::Duration;

/// A clean stop is shown to clients for at most so long.
const STOP_SILENCE_MS: u64 = 3000;

#[test]
fn each_of_five_nodes_is_stopped_and_killed_in_turn() {
    let mut stage = Stage::start(ClusterPlan::keld(5)).with(Client::FranzGo);
    for id in stage.cluster.ids() {
        if id % 2 == 0 {
            stage.cluster.kill(id);
        } else {
            stage.cluster.stop(id);
        }
        stage.cluster.await_partitions("others lead", &stage.topic, |state| {
            state.leader >= 0 && state.leader != id
        });
        stage.flows();
        stage.cluster.restart(id);
        stage.cluster.await_whole(&stage.topic);
    }
    stage.finish();
}

/// Two nodes see each other but not the other three: the three go on, the two decide nothing.
#[test]
fn two_of_five_nodes_are_cut_off_together() {
    let stage = Stage::start(ClusterPlan::keld(5));
    let ids = stage.cluster.ids();
    let controller = stage.cluster.await_controller(None);
    let other = *ids.iter().find(|id| **id != controller).expect("five nodes");
    let few = [controller, other];
    let many: Vec<i32> = ids.into_iter().filter(|id| !few.contains(id)).collect();
    for id in few {
        stage.cluster.network().isolate(id, &many, true, true);
    }
    eventually("those who are more lead everything they have two replicas of", || {
        let states = stage.cluster.partitions_seen_by(many[0], &stage.topic);
        let states = states.map_err(|error| format!("{error:#}"))?;
        let is_theirs = |leader: i32| many.contains(&leader);
        if states.iter().all(|state| is_theirs(state.leader)) {
            Ok(())
        } else {
            Err(format!("{states:?}"))
        }
    });
    hold("they are apart", Duration::from_secs(1), || true);
    stage.cluster.network().heal();
    few.iter().for_each(|id| stage.await_in_sync(*id, true));
    stage.finish();
}

#[test]
fn a_node_is_wiped_while_another_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let (leader, wiped) = (stage.leader(0), stage.follower(0));
    stage.cluster.kill(wiped);
    stage.cluster.wipe(wiped);
    stage.cluster.restart(wiped);
    // It may have everything again, or nothing: what was acknowledged is with the third.
    stage.cluster.kill(leader);
    stage.cluster.restart(leader);
    stage.flows();
    stage.finish();
}

/// The replicas of a partition die one after the other until none is left. Only one that has all
/// that was acknowledged may lead it again.
#[test]
fn all_replicas_die_one_after_the_other() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(5));
    let (topic, brokers) = (unique("dying"), stage.cluster.brokers());
    let replicas = brokers[2..].to_vec();
    create(&stage.cluster, &topic, std::slice::from_ref(&replicas), &[]);
    let in_sync = |stage: &Stage, wanted: &[i32]| {
        stage.cluster.await_partitions("who is in sync", &topic, |state| state.isr == wanted);
    };
    // A probe of one record, acknowledged by all that are in sync.
    let write = |stage: &Stage| {
        let leader = stage.cluster.await_leader(&topic, 0, None);
        let address = stage.cluster.node(leader).bootstrap();
        raw::produce(&address, &topic, raw::batch_at(now_ms(), 100))
    };
    let written = |stage: &Stage| {
        eventually("a record is taken", || match write(stage) {
            (0, offset) => Ok(offset),
            (code, _) => Err(format!("error {code}")),
        })
    };
    let mut last = written(&stage);
    stage.cluster.kill(replicas[2]);
    in_sync(&stage, &replicas[..2]);
    // The first to go lacks these.
    for _ in 0..3 {
        last = written(&stage);
    }
    stage.cluster.kill(replicas[1]);
    stage.cluster.kill(replicas[0]);
    stage.cluster.await_partitions("nobody leads", &topic, |state| state.leader < 0);
    stage.cluster.restart(replicas[2]);
    hold("who lacks records does not lead", Duration::from_secs(2), || {
        ok(stage.cluster.partitions(&topic))[0].leader != replicas[2]
    });
    stage.cluster.restart_all(&replicas[..2]);
    stage.cluster.await_whole(&topic);
    let next = written(&stage);
    assert!(next > last, "{next} after {last}, which was acknowledged");
    super::assert_equal_logs(&stage.cluster, &topic);
    stage.flows();
    stage.finish();
}

/// Clean stops are hardly seen, by any client.
#[test]
fn leaders_of_five_nodes_are_stopped_one_after_the_other() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(5)).with(Client::Java);
    for partition in [0, 1, 2, 0] {
        let leader = stage.leader(partition);
        stage.cluster.stop(leader);
        stage.await_other_leader(partition, leader);
        stage.flows();
        stage.cluster.restart(leader);
        stage.cluster.await_whole(&stage.topic);
    }
    let silence = stage.finish();
    assert!(silence.length_ms < STOP_SILENCE_MS, "{silence:?}");
}
