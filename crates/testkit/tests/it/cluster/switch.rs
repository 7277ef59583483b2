//! Nodes in network namespaces of their own, as machines on a switch: plugs are pulled and packets
//! lost by the kernel. Nobody is told, and connections stay open on both sides.

use super::{Stage, hold, share};
use keld_testkit::{ClusterPlan, PartitionState, TestCluster, eventually, in_own_network};
use std::time::Duration;

/// How long both sides are apart after the others have gone on.
const APART: Duration = Duration::from_secs(1);

/// The scenario's own process shares the machine, too.
#[track_caller]
fn on_switch(scenario: impl FnOnce()) {
    let _share = share();
    in_own_network(scenario);
}

fn stage(nodes: usize) -> Stage {
    Stage::start(ClusterPlan::keld(nodes).on_switch())
}

/// Waits until a node says that every partition is as wanted.
#[track_caller]
fn await_seen(
    cluster: &TestCluster,
    node: i32,
    topic: &str,
    wanted: impl Fn(&PartitionState) -> bool,
) {
    eventually(&format!("what node {node} sees"), || {
        let states = cluster.partitions_seen_by(node, topic);
        let states = states.map_err(|error| format!("{error:#}"))?;
        if states.iter().all(&wanted) { Ok(()) } else { Err(format!("{states:?}")) }
    });
}

/// Pulls the plug of a node until the others lead everything without it, and further.
fn is_unplugged(mut stage: Stage, node: i32) {
    stage.cluster.unplug(node);
    stage.cluster.await_partitions("the others lead", &stage.topic, |state| {
        state.leader >= 0 && state.leader != node && !state.isr.contains(&node)
    });
    hold("they are apart", APART, || true);
    stage.cluster.plug(node);
    stage.await_in_sync(node, true);
    stage.finish();
}

/// Nobody is fenced, so no partition gets another leader: those that follow this one tell clients that
/// there is none, who would not ask again for a while if they were sent to it.
#[test]
fn a_killed_leader_is_named_to_nobody_while_the_controller_stands_still() {
    on_switch(|| {
        let mut stage = Stage::start(ClusterPlan::keld_apart(3).on_switch());
        let controller = stage.cluster.await_controller(None);
        let (leader, other) = (stage.leader(0), stage.leader(1));
        stage.cluster.pause(controller);
        stage.cluster.kill(leader);
        for node in stage.cluster.running_brokers() {
            await_seen(&stage.cluster, node, &stage.topic, |state| match state.index {
                0 => state.leader == -1,
                1 => state.leader == other,
                _ => state.leader >= 0,
            });
        }
        stage.cluster.resume(controller);
        stage.await_other_leader(0, leader);
        stage.cluster.restart(leader);
        stage.finish();
    });
}

#[test]
fn the_leader_is_unplugged() {
    on_switch(|| {
        let stage = stage(3);
        let leader = stage.leader(0);
        is_unplugged(stage, leader);
    });
}

#[test]
fn the_active_controller_is_unplugged() {
    on_switch(|| {
        let stage = stage(3);
        let controller = stage.cluster.await_controller(None);
        is_unplugged(stage, controller);
    });
}

/// Loses packets in one direction between a leader and the other nodes; clients reach all.
fn one_direction_is_lost(leader_sends: bool) {
    let mut stage = stage(3);
    let leader = stage.leader(0);
    let ids = stage.cluster.ids();
    let others: Vec<i32> = ids.iter().copied().filter(|id| *id != leader).collect();
    if leader_sends {
        stage.cluster.lose(&[leader], &others);
    } else {
        stage.cluster.lose(&others, &[leader]);
    }
    await_seen(&stage.cluster, others[0], &stage.topic, |state| {
        state.leader >= 0 && state.leader != leader
    });
    hold("they are apart", APART, || true);
    stage.cluster.lose_nothing();
    stage.await_in_sync(leader, true);
    stage.finish();
}

#[test]
fn what_the_leader_sends_is_lost() {
    on_switch(|| one_direction_is_lost(true));
}

#[test]
fn what_the_leader_is_sent_is_lost() {
    on_switch(|| one_direction_is_lost(false));
}

#[test]
fn a_loose_plug_goes_out_and_in() {
    on_switch(|| {
        let mut stage = stage(3);
        let node = stage.leader(0);
        for _ in 0..6 {
            stage.cluster.unplug(node);
            hold("out", Duration::from_millis(600), || true);
            stage.cluster.plug(node);
            hold("in", Duration::from_millis(600), || true);
        }
        stage.flows();
        stage.finish();
    });
}

/// Nobody reaches anybody for longer than a session; then everything goes on.
#[test]
fn all_plugs_are_pulled_at_once() {
    on_switch(|| {
        let mut stage = stage(3);
        let ids = stage.cluster.ids();
        ids.iter().for_each(|id| stage.cluster.unplug(*id));
        hold("nothing passes", Duration::from_secs(5), || true);
        ids.iter().for_each(|id| stage.cluster.plug(*id));
        stage.flows();
        stage.finish();
    });
}

/// Two of five, among them the controller that decides, and three lose what they send each other.
#[test]
fn five_nodes_are_split() {
    on_switch(|| {
        let mut stage = stage(5);
        let ids = stage.cluster.ids();
        let controller = stage.cluster.await_controller(None);
        let other = *ids.iter().find(|id| **id != controller).expect("five nodes");
        let few = [controller, other];
        let many: Vec<i32> = ids.into_iter().filter(|id| !few.contains(id)).collect();
        stage.cluster.lose(&few, &many);
        stage.cluster.lose(&many, &few);
        await_seen(&stage.cluster, many[0], &stage.topic, |state| many.contains(&state.leader));
        hold("they are apart", APART, || true);
        stage.cluster.lose_nothing();
        few.iter().for_each(|id| stage.await_in_sync(*id, true));
        stage.finish();
    });
}
