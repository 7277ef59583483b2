//! Tests of the judgement: what is found of a given cluster, and what is advised.

use keld_client::{ApiError, Reassignment, TopicDescription};
use keld_types::{ErrorCode, LeaderEpoch, PartitionIndex, TopicId, Uuid};
use keld_wire::Str;
use keld_wire::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use keld_wire::messages::describe_quorum_response::{PartitionData, ReplicaState, TopicData};

use super::*;
use crate::verbs::cluster::survey::BrokerSeen;

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId::new).collect()
}

fn partition(index: i32, leader: i32, replicas: &[i32], isr: &[i32]) -> PartitionDescription {
    PartitionDescription {
        index: PartitionIndex::new(index),
        leader: (leader >= 0).then(|| BrokerId::new(leader)),
        leader_epoch: LeaderEpoch::new(1),
        replicas: ids(replicas),
        isr: ids(isr),
        eligible_leader_replicas: None,
        last_known_eligible: None,
        offline: Vec::new(),
    }
}

fn voter(id: i32, end: i64, stamp: i64) -> ReplicaState {
    ReplicaState {
        replica_id: id,
        log_end_offset: end,
        last_fetch_timestamp: stamp,
        last_caught_up_timestamp: stamp,
        ..ReplicaState::default()
    }
}

fn quorum(voters: Vec<ReplicaState>, observers: Vec<ReplicaState>) -> DescribeQuorumResponse {
    let partition = PartitionData {
        leader_id: 1,
        leader_epoch: 3,
        current_voters: voters,
        observers,
        ..PartitionData::default()
    };
    let topic = TopicData { partitions: vec![partition], ..TopicData::default() };
    DescribeQuorumResponse { topics: vec![topic], ..DescribeQuorumResponse::default() }
}

/// A directory with replicas of topic `t` of these sizes.
fn directory(sizes: &[(i32, i64)]) -> DescribeLogDirsResult {
    let partitions = sizes.iter().map(|(index, size)| DescribeLogDirsPartition {
        partition_index: *index,
        partition_size: *size,
        ..DescribeLogDirsPartition::default()
    });
    let topic = DescribeLogDirsTopic {
        name: Str::from_static("t"),
        partitions: partitions.collect(),
        ..DescribeLogDirsTopic::default()
    };
    DescribeLogDirsResult {
        log_dir: Str::from_static("/data"),
        topics: vec![topic],
        total_bytes: 100,
        usable_bytes: 50,
        ..DescribeLogDirsResult::default()
    }
}

/// Brokers 1 to 3 and topic `t` with these partitions.
fn symptoms(partitions: Vec<PartitionDescription>) -> Symptoms {
    let name = TopicName::new("t");
    let topic = TopicDescription {
        name: name.clone(),
        id: TopicId::new(Uuid::ZERO),
        is_internal: false,
        partitions,
    };
    let brokers = ids(&[1, 2, 3]);
    let survey = Survey {
        cluster_id: "c".to_owned(),
        brokers: brokers.iter().map(|id| (*id, BrokerSeen::default())).collect(),
        topics: [(name.clone(), topic)].into(),
        reassignments: Ok(BTreeMap::new()),
        directories: brokers.iter().map(|id| (*id, Ok(vec![directory(&[])]))).collect(),
    };
    let voters = vec![voter(1, 10, 90_000), voter(2, 10, 89_900), voter(3, 10, 89_800)];
    Symptoms { survey, min_isr: [(name, 2)].into(), quorum: Ok(quorum(voters, Vec::new())) }
}

fn healthy() -> Symptoms {
    symptoms(vec![partition(0, 1, &[1, 2, 3], &[1, 2, 3]), partition(1, 2, &[2, 3, 1], &[1, 2, 3])])
}

fn told(symptoms: &Symptoms) -> Vec<(Level, String)> {
    diagnose(symptoms).into_iter().map(|finding| (finding.level, finding.what)).collect()
}

fn fence(symptoms: &mut Symptoms, id: i32) {
    let broker = symptoms.survey.brokers.get_mut(&BrokerId::new(id)).expect("known");
    broker.is_fenced = true;
    symptoms.survey.directories.remove(&BrokerId::new(id));
}

#[test]
fn nothing_is_said_of_a_healthy_cluster() {
    assert_eq!(told(&healthy()), []);
}

#[test]
fn a_fenced_broker_is_told_once_with_what_misses_it() {
    let mut symptoms =
        symptoms(vec![partition(0, 1, &[1, 2, 3], &[1, 2]), partition(1, 2, &[2, 3, 1], &[1, 2])]);
    fence(&mut symptoms, 3);
    let findings = diagnose(&symptoms);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].level, Level::Warning);
    assert!(findings[0].what.starts_with("broker 3 is fenced"), "{}", findings[0].what);
    assert!(findings[0].what.ends_with("its replicas of 2 partitions are out of sync"));
    assert_eq!(findings[0].partitions, ["t-0", "t-1"]);
    assert!(findings[0].remedy.contains("keld cluster drain 3"));
}

#[test]
fn a_broker_that_holds_replicas_without_being_registered_is_told() {
    let found = told(&symptoms(vec![partition(0, 1, &[1, 2, 9], &[1, 2])]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.starts_with("broker 9 is not registered"), "{found:?}");
}

#[test]
fn a_replica_that_lags_is_told_with_its_distance() {
    let mut symptoms = symptoms(vec![partition(0, 1, &[1, 2, 3], &[1, 2])]);
    let sizes = [(1, 5 << 20), (2, 5 << 20), (3, 1 << 20)];
    for (id, size) in sizes {
        let found = Ok(vec![directory(&[(0, size)])]);
        symptoms.survey.directories.insert(BrokerId::new(id), found);
    }
    let findings = diagnose(&symptoms);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].what.contains("broker 3 lags behind the leaders of 1 partition"));
    assert!(findings[0].what.contains("4.00 MiB"), "{}", findings[0].what);
    assert_eq!(findings[0].partitions, ["t-0 by 4.00 MiB"]);
}

#[test]
fn a_replica_that_is_being_added_is_not_out_of_sync() {
    let mut symptoms = symptoms(vec![partition(0, 1, &[1, 2, 3], &[1, 2])]);
    let moving =
        Reassignment { replicas: ids(&[1, 2, 3]), adding: ids(&[3]), removing: Vec::new() };
    let name = TopicPartition::new(TopicName::new("t"), PartitionIndex::new(0));
    symptoms.survey.reassignments = Ok([(name, moving)].into());
    assert_eq!(told(&symptoms), [(Level::Note, "1 partition being reassigned".to_owned())]);
}

#[test]
fn a_partition_without_leader_names_who_must_come_back() {
    let mut lost = partition(0, -1, &[1, 2, 3], &[]);
    lost.eligible_leader_replicas = Some(ids(&[2, 3]));
    let mut symptoms = symptoms(vec![lost]);
    fence(&mut symptoms, 2);
    fence(&mut symptoms, 3);
    let findings = diagnose(&symptoms);
    assert_eq!(findings[0].level, Level::Critical);
    assert!(findings[0].what.starts_with("1 partition without a leader"), "{findings:?}");
    assert!(findings[0].what.ends_with("only broker 2 or 3 has every acknowledged record"));
    assert!(findings[0].remedy.starts_with("start broker 2 or 3; if that is lost"));
}

#[test]
fn too_few_in_sync_replicas_are_critical_and_impossible_settings_are_named() {
    let mut symptoms = symptoms(vec![partition(0, 1, &[1, 2, 3], &[1])]);
    fence(&mut symptoms, 2);
    fence(&mut symptoms, 3);
    let found = told(&symptoms);
    assert_eq!(found[0].0, Level::Critical);
    assert!(found[0].1.contains("producers with acks=all are refused"), "{found:?}");
    symptoms.min_isr = [(TopicName::new("t"), 4)].into();
    let findings = diagnose(&symptoms);
    assert!(findings[0].what.contains("wants 4 in-sync replicas but has 3"), "{findings:?}");
    assert!(findings[0].remedy.contains("keld config set topic:t min.insync.replicas=3"));
}

#[test]
fn a_failed_directory_is_not_a_lag() {
    let mut lost = partition(0, 1, &[1, 2, 3], &[1, 2]);
    lost.offline = ids(&[3]);
    let mut symptoms = symptoms(vec![lost]);
    let mut failed = directory(&[]);
    failed.error_code = ErrorCode::KAFKA_STORAGE_ERROR;
    symptoms.survey.directories.insert(BrokerId::new(3), Ok(vec![failed]));
    let found = told(&symptoms);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].1.contains("1 replica of broker 3 offline though the broker lives"));
    assert!(found[1].1.contains("log directory /data of broker 3 is offline"), "{found:?}");
}

#[test]
fn full_and_cordoned_directories_are_told() {
    let mut symptoms = healthy();
    let (mut full, mut cordoned) = (directory(&[]), directory(&[(0, 1)]));
    full.usable_bytes = 9;
    cordoned.is_cordoned = true;
    symptoms.survey.directories.insert(BrokerId::new(1), Ok(vec![full, cordoned]));
    let found = told(&symptoms);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0, found[1].0), (Level::Warning, Level::Note));
    assert!(found[0].1.contains("has 9 B of 100 B left"), "{found:?}");
    assert!(found[1].1.contains("keeps 1 replica and gets no new ones"), "{found:?}");
}

#[test]
fn a_silent_voter_is_told_with_what_is_left() {
    let mut symptoms = healthy();
    let voters = vec![voter(1, 50, 90_000), voter(2, 50, 89_900), voter(3, 20, 60_000)];
    symptoms.quorum = Ok(quorum(voters, vec![voter(4, 20, 10_000)]));
    let found = told(&symptoms);
    assert_eq!(
        found,
        [(
            Level::Warning,
            "voter 3 is 30 records behind and caught up last 30 s ago; one more failure stops the quorum"
                .to_owned()
        )],
        "node 4 is no broker, and an observer only"
    );
}

#[test]
fn a_quorum_that_does_not_answer_is_critical() {
    let mut symptoms = healthy();
    let error = ApiError { code: ErrorCode::NOT_CONTROLLER, message: None };
    symptoms.quorum = Err(ClientError::Api { what: "DescribeQuorum".to_owned(), error });
    let found = told(&symptoms);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Level::Critical);
    assert!(as_json(&symptoms, &diagnose(&symptoms), false)["quorum"].is_null());
}

#[test]
fn leaders_that_are_not_preferred_are_only_a_note() {
    let found = told(&symptoms(vec![partition(0, 2, &[1, 2, 3], &[1, 2, 3])]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Level::Note);
}

#[test]
fn the_report_names_few_partitions_and_counts_the_rest() {
    let behind = (0..8).map(|index| partition(index, 1, &[1, 2, 3], &[1, 2])).collect();
    let mut symptoms = symptoms(behind);
    fence(&mut symptoms, 3);
    let (mut console, out, _) = Console::buffers("");
    print(&mut console, &symptoms, &diagnose(&symptoms));
    let text = out.text();
    assert!(text.starts_with("cluster c is not healthy: 1 warning\n3 brokers (1 fenced), 1 topic, 8 partitions, 3 quorum voters led by 1\n"), "{text}");
    assert!(text.contains("t-0, t-1, t-2, t-3, t-4 and 3 more"), "{text}");
    assert!(text.contains("do: start it"), "{text}");
}
