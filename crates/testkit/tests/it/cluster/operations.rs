//! What operators do to a cluster that is at work.

use super::{Stage, add_partitions, create, ok, reassign, tool};
use crate::raw;
use crate::support::unique;
use keld_testkit::{Broker, ClusterPlan, NodePlan, Roles, Tools, eventually, now_ms, setup};
use keld_types::ErrorCode;
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::{DeleteTopicsRequest, UnregisterBrokerRequest};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const REASSIGN: &str = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
const ELECT: &str = "org.apache.kafka.tools.LeaderElectionCommand";
const QUORUM: &str = "org.apache.kafka.tools.MetadataQuorumCommand";

const BROKER: Roles = Roles::Broker;

#[test]
fn a_fourth_broker_is_added_and_takes_partitions() {
    let mut tools = ok(Tools::start());
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let fourth = stage.cluster.add_node(&NodePlan::new(Broker::Keld, BROKER));
    stage.cluster.await_brokers(&stage.cluster.brokers());
    let topic = stage.topic.clone();
    // Each partition leaves its present leader for the new broker.
    let entries: Vec<String> = stage
        .cluster
        .await_whole(&topic)
        .iter()
        .map(|state| {
            let mut replicas = vec![fourth];
            replicas.extend(state.replicas.iter().filter(|id| **id != state.leader));
            format!(r#"{{"topic":"{topic}","partition":{},"replicas":{replicas:?}}}"#, state.index)
        })
        .collect();
    let plan = format!(r#"{{"version":1,"partitions":[{}]}}"#, entries.join(","));
    let file = stage.cluster.node(fourth).directory().join("plan.json");
    fs::write(&file, plan).expect("writes");
    let file = file.to_string_lossy().into_owned();
    let plan = ["--reassignment-json-file", file.as_str()];
    tool(&mut tools, &stage.cluster, REASSIGN, &[&plan[..], &["--execute"]].concat());
    eventually("the reassignment is complete", || {
        let said = tool(&mut tools, &stage.cluster, REASSIGN, &[&plan[..], &["--verify"]].concat());
        let complete = said.matches("is completed").count();
        if complete == 3 { Ok(()) } else { Err(said) }
    });
    let states = stage.cluster.await_whole(&topic);
    assert!(states.iter().all(|state| state.replicas[0] == fourth), "{states:?}");
    stage.flows();
    stage.finish();
}

#[test]
fn a_broker_is_emptied_and_removed() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let leaving = stage.leader(0);
    for state in stage.cluster.await_whole(&stage.topic) {
        let stays = |id: &i32| !state.replicas.contains(id);
        let spare = stage.cluster.brokers().into_iter().find(stays).expect("four brokers");
        let replace = |id: i32| if id == leaving { spare } else { id };
        let replicas: Vec<i32> = state.replicas.iter().map(|id| replace(*id)).collect();
        reassign(&stage.cluster, &stage.topic, state.index, Some(replicas));
    }
    stage.cluster.await_partitions("nothing is left on it", &stage.topic, |state| {
        state.is_whole() && !state.replicas.contains(&leaving) && state.replicas.len() == 3
    });
    stage.cluster.remove_node(leaving);
    let request = UnregisterBrokerRequest { broker_id: leaving, ..Default::default() };
    let done = ok(stage.cluster.ask(request));
    assert_eq!(done.error_code, ErrorCode::NONE, "{done:?}");
    stage.cluster.await_brokers(&stage.cluster.brokers());
    stage.flows();
    stage.finish();
}

/// Its replicas are made anew elsewhere, at a throttled rate, by Keld's own verb.
#[test]
fn a_dead_broker_is_drained() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let dead = stage.leader(0);
    stage.cluster.kill(dead);
    stage.cluster.await_partitions("others lead", &stage.topic, |state| {
        state.leader >= 0 && state.leader != dead
    });
    let mut command = Command::new(ok(setup::keld_binary()));
    command.args(["cluster", "drain", &dead.to_string(), "--throttle", "100000000"]);
    let drained = command.args(["-b", &stage.cluster.bootstrap()]).output().expect("runs");
    let said = String::from_utf8_lossy(&drained.stdout);
    assert!(drained.status.success() && said.contains("holds no replicas"), "{drained:?}");
    let states = stage.cluster.await_whole(&stage.topic);
    assert!(states.iter().all(|state| !state.replicas.contains(&dead)), "{states:?}");
    stage.flows();
    stage.cluster.restart(dead);
    stage.finish();
}

#[test]
fn partitions_are_added() {
    let mut stage = Stage::start(ClusterPlan::keld(3));
    add_partitions(&stage.cluster, &stage.topic, 6);
    stage.write_and_read(&[3, 4, 5]);
    stage.flows();
    stage.finish();
}

#[test]
fn preferred_leaders_are_elected() {
    let mut tools = ok(Tools::start());
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let preferred = stage.leader(0);
    stage.cluster.stop(preferred);
    assert_ne!(stage.leader(0), preferred);
    stage.cluster.restart(preferred);
    stage.await_in_sync(preferred, true);
    assert_ne!(stage.leader(0), preferred, "nobody asked for it yet");
    let all = ["--election-type", "preferred", "--all-topic-partitions"];
    tool(&mut tools, &stage.cluster, ELECT, &all);
    stage.cluster.await_partitions("the preferred ones lead", &stage.topic, |state| {
        state.leader == state.replicas[0]
    });
    let silence = stage.finish();
    assert!(silence.length_ms < 3000, "{silence:?}");
}

/// With two of three replicas gone nothing is acknowledged, and the reason is said; with them back
/// everything goes on.
#[test]
fn too_few_replicas_refuse_acks_of_all() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let probe = unique("probe");
    let brokers = stage.cluster.brokers();
    create(&stage.cluster, &probe, std::slice::from_ref(&brokers), &[]);
    let leader = stage.cluster.await_leader(&probe, 0, None);
    let gone: Vec<i32> = brokers.into_iter().filter(|id| *id != leader).collect();
    gone.iter().for_each(|id| stage.cluster.kill(*id));
    let address = stage.cluster.node(leader).bootstrap();
    eventually("the in-sync replicas are too few", || {
        match ErrorCode::from_code(raw::produce(&address, &probe, raw::batch_at(now_ms(), 10)).0) {
            ErrorCode::NOT_ENOUGH_REPLICAS => Ok(()),
            other => Err(other.to_string()),
        }
    });
    stage.cluster.restart_all(&gone);
    stage.cluster.await_whole(&probe);
    eventually("records are taken again", || {
        match raw::produce(&address, &probe, raw::batch_at(now_ms(), 10)).0 {
            0 => Ok(()),
            code => Err(ErrorCode::from_code(code).to_string()),
        }
    });
    stage.flows();
    stage.finish();
}

/// A node that was away while a topic was deleted and made again does not take the old records for
/// the new topic's.
#[test]
fn a_topic_is_made_anew_while_a_replica_is_away() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let (topic, brokers) = (unique("again"), stage.cluster.brokers());
    create(&stage.cluster, &topic, std::slice::from_ref(&brokers), &[]);
    let address = stage.cluster.node(brokers[0]).bootstrap();
    for _ in 0..5 {
        assert_eq!(raw::produce(&address, &topic, raw::batch_at(now_ms(), 100)).0, 0);
    }
    stage.cluster.await_whole(&topic);
    stage.cluster.kill(brokers[2]);
    let name = Some(topic.as_str().into());
    let state = DeleteTopicState { name, ..Default::default() };
    let request =
        DeleteTopicsRequest { topics: vec![state], timeout_ms: 10_000, ..Default::default() };
    let done = ok(stage.cluster.ask(request));
    assert_eq!(done.responses[0].error_code, ErrorCode::NONE, "{done:?}");
    eventually("it is gone", || match stage.cluster.partitions(&topic) {
        Ok(states) => Err(format!("{states:?}")),
        Err(_) => Ok(()),
    });
    create(&stage.cluster, &topic, std::slice::from_ref(&brokers), &[]);
    assert_eq!(raw::produce(&address, &topic, raw::batch_at(now_ms(), 7)), (0, 0));
    stage.cluster.restart(brokers[2]);
    super::assert_equal_logs(&stage.cluster, &topic);
    stage.flows();
    stage.finish();
}

#[test]
fn replicas_are_taken_away_and_given_back() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let replicas = stage.cluster.await_whole(&stage.topic)[0].replicas.clone();
    // The leader is among those that go.
    reassign(&stage.cluster, &stage.topic, 0, Some(replicas[1..].to_vec()));
    stage.cluster.await_partitions("two replicas", &stage.topic, |state| {
        state.index != 0 || state.replicas.len() == 2 && state.is_whole()
    });
    stage.flows();
    reassign(&stage.cluster, &stage.topic, 0, Some(replicas));
    stage.cluster.await_partitions("three replicas", &stage.topic, |state| {
        state.replicas.len() == 3 && state.is_whole()
    });
    stage.flows();
    stage.finish();
}

/// A reassignment to a broker that is not there goes nowhere until it is cancelled, and does no
/// harm.
#[test]
fn a_reassignment_is_cancelled() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(4));
    let states = stage.cluster.await_whole(&stage.topic);
    let brokers = stage.cluster.brokers();
    let away = brokers.into_iter().find(|id| !states[0].replicas.contains(id));
    let away = away.expect("four brokers");
    stage.cluster.kill(away);
    let mut wanted = states[0].replicas.clone();
    wanted[0] = away;
    reassign(&stage.cluster, &stage.topic, 0, Some(wanted));
    stage.cluster.await_partitions("it is under way", &stage.topic, |state| {
        state.index != 0 || state.replicas.len() == 4
    });
    stage.flows();
    reassign(&stage.cluster, &stage.topic, 0, None);
    let after = stage.cluster.await_partitions("it is undone", &stage.topic, |state| {
        state.index != 0 || state.replicas.len() == 3
    });
    // In another order, as with Kafka, which takes the newcomer out and leaves the rest.
    let sorted = |replicas: &[i32]| replicas.iter().copied().collect::<BTreeSet<i32>>();
    assert_eq!(sorted(&after[0].replicas), sorted(&states[0].replicas));
    stage.cluster.restart(away);
    stage.flows();
    stage.finish();
}

/// A quorum that began with one voter gets two more, and does without the first.
#[test]
fn controllers_are_added_and_the_first_is_killed() {
    let mut tools = ok(Tools::start());
    let mut nodes = vec![NodePlan::new(Broker::Keld, Roles::Controller); 3];
    nodes.extend(vec![NodePlan::new(Broker::Keld, BROKER); 3]);
    let mut stage = Stage::start(ClusterPlan::new(nodes).dynamic());
    assert_eq!(stage.cluster.await_controller(None), 1);
    for id in [2, 3] {
        let file = stage.cluster.node(id).properties_file().to_string_lossy().into_owned();
        let command = ["--command-config", file.as_str(), "add-controller"];
        tool(&mut tools, &stage.cluster, QUORUM, &command);
    }
    stage.cluster.kill(1);
    stage.cluster.await_controller(Some(1));
    // It decides: a broker leaves, another leads.
    let leader = stage.leader(0);
    stage.cluster.stop(leader);
    assert_ne!(stage.leader(0), leader);
    stage.cluster.restart(leader);
    stage.cluster.restart(1);
    let silence = stage.finish();
    assert!(silence.length_ms < 3000, "{silence:?}");
}
