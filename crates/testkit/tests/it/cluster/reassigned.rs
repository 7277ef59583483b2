//! Nodes that die while replicas move or partitions are added.
//!
//! A reassignment is held up by cutting the newcomer off from the brokers that have the records,
//! while the controller still hears it: so it is under way for as long as a scenario wants.

use super::{Stage, add_partitions, reassign};
use keld_testkit::{Broker, ClusterPlan, NodePlan, PartitionState, Roles, eventually};

/// Partition 0 on its way from its leader to a broker that gets no records yet.
struct Move {
    leader: i32,
    newcomer: i32,
    wanted: Vec<i32>,
}

impl Move {
    /// Begins it. There must be a broker without a replica of partition 0.
    #[track_caller]
    fn held_up(stage: &Stage) -> Self {
        let brokers = stage.cluster.brokers();
        let state = stage.cluster.await_whole(&stage.topic).swap_remove(0);
        let is_new = |id: &&i32| !state.replicas.contains(id);
        let newcomer = *brokers.iter().find(is_new).expect("more brokers than replicas");
        stage.cluster.network().isolate(newcomer, &brokers, true, true);
        let mut wanted = vec![newcomer];
        wanted.extend(state.replicas.iter().filter(|id| **id != state.leader));
        reassign(&stage.cluster, &stage.topic, 0, Some(wanted.clone()));
        let this = Self { leader: state.leader, newcomer, wanted };
        this.is_under_way(stage);
        this
    }

    /// The newcomer is a replica, but has nothing.
    #[track_caller]
    fn is_under_way(&self, stage: &Stage) {
        stage.cluster.await_partitions("it is under way", &stage.topic, |state| {
            state.index != 0 || self.is_between(state)
        });
    }

    fn is_between(&self, state: &PartitionState) -> bool {
        state.replicas.len() == 4 && !state.isr.contains(&self.newcomer)
    }

    /// Lets the records through and waits until the partition is where it was to go, with the
    /// replica that left gone from its disk.
    #[track_caller]
    fn ends(&self, stage: &Stage) {
        stage.cluster.network().heal();
        stage.cluster.await_partitions("it is complete", &stage.topic, |state| {
            state.index != 0 || state.replicas == self.wanted && state.is_whole()
        });
    }

    #[track_caller]
    fn has_left_the_disk(&self, stage: &Stage) {
        eventually("the replica that left is deleted", || {
            let folder = stage.cluster.log_directory(self.leader, &stage.topic, 0);
            let folder = folder.map_err(|error| format!("{error:#}"))?;
            if folder.exists() { Err(folder.display().to_string()) } else { Ok(()) }
        });
    }
}

#[test]
fn the_leader_is_killed_while_its_partition_moves() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let moving = Move::held_up(&stage);
    stage.flows();
    stage.cluster.kill(moving.leader);
    stage.await_other_leader(0, moving.leader);
    // Two old replicas are left, which is enough; the move goes on without the one that dies.
    stage.flows_to(&[0]);
    moving.ends(&stage);
    stage.cluster.restart(moving.leader);
    moving.has_left_the_disk(&stage);
    stage.finish();
}

#[test]
fn the_broker_that_a_partition_moves_to_is_killed() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let moving = Move::held_up(&stage);
    stage.cluster.kill(moving.newcomer);
    stage.flows_to(&[0]);
    moving.is_under_way(&stage);
    stage.cluster.network().heal();
    stage.cluster.restart(moving.newcomer);
    moving.ends(&stage);
    moving.has_left_the_disk(&stage);
    stage.finish();
}

/// What it already has may be lost: it begins again.
#[test]
fn the_broker_that_a_partition_moves_to_is_wiped() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let moving = Move::held_up(&stage);
    stage.cluster.kill(moving.newcomer);
    stage.cluster.wipe(moving.newcomer);
    stage.cluster.network().heal();
    stage.cluster.restart(moving.newcomer);
    moving.ends(&stage);
    stage.flows();
    stage.finish();
}

/// The next controller finishes what the one before began.
#[test]
fn the_controller_is_killed_while_a_partition_moves() {
    let mut nodes = vec![NodePlan::new(Broker::Keld, Roles::Controller); 3];
    nodes.extend(vec![NodePlan::new(Broker::Keld, Roles::Broker); 4]);
    let mut stage = Stage::start(ClusterPlan::new(nodes));
    let moving = Move::held_up(&stage);
    let controller = stage.cluster.await_controller(None);
    stage.cluster.kill(controller);
    stage.cluster.await_controller(Some(controller));
    stage.flows();
    moving.is_under_way(&stage);
    moving.ends(&stage);
    moving.has_left_the_disk(&stage);
    stage.cluster.restart(controller);
    stage.finish();
}

/// A node that was away when partitions were added, some of them on it, takes part in them once it
/// is back.
#[test]
fn partitions_are_added_while_a_replica_is_away() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let away = stage.leader(0);
    stage.cluster.kill(away);
    stage.await_other_leader(0, away);
    add_partitions(&stage.cluster, &stage.topic, 6);
    let states = stage.cluster.await_partitions("all are led", &stage.topic, |state| {
        state.leader >= 0 && state.leader != away
    });
    assert_eq!(states.len(), 6, "{states:?}");
    assert!(states.iter().all(|state| state.replicas.contains(&away)), "{states:?}");
    stage.write_and_read(&[3, 4, 5]);
    stage.flows();
    stage.cluster.restart(away);
    stage.await_in_sync(away, true);
    stage.finish();
}
