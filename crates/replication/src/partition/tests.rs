//! Tests of a partition's leader.

use super::*;
use crate::{Append, OffsetQuery, Read, ReadFrom, ReadRequest, Waiter, Waiting};
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect, Process, Simulation, Stalled};
use keld_log::{AppendOrigin, DirectoryKind, LogDirectory, MetaProperties, OpenLog};
use keld_metadata::LeaderRecoveryState;
use keld_record::{BatchBuilder, Compression, RecordBatch};
use keld_types::{
    ClusterId, DirectoryId, IsolationLevel, PartitionIndex, RequiredAcks, TopicName, Uuid,
};
use std::path::{Path, PathBuf};

const LOCAL: BrokerId = BrokerId::new(1);
const CONSUMER: ReadFrom = ReadFrom::Consumer(IsolationLevel::ReadUncommitted);

pub(crate) struct World {
    simulation: Simulation,
    process: Process,
    _directory: LogDirectory,
    pub(crate) partition: Arc<Partition>,
}

pub(crate) fn settings(flush_messages: i64, min_insync_replicas: usize) -> Settings {
    let log = LogConfig { flush_messages, ..LogConfig::default() };
    Settings {
        log,
        min_insync_replicas,
        counts_when: CountsWhen::Appended,
        throttled_leading: ThrottledPartitions::None,
        throttled_following: ThrottledPartitions::None,
    }
}

pub(crate) fn world(settings: Settings) -> World {
    let mut simulation = Simulation::new(1);
    let process = simulation.process("one");
    let env = process.env().clone();
    let meta = MetaProperties {
        cluster_id: ClusterId::new("cluster"),
        node_id: LOCAL,
        directory_id: Some(DirectoryId::new(Uuid::from_parts(1, 200))),
    };
    LogDirectory::format(env.disk.as_ref(), Path::new("/d"), &meta).unwrap();
    let directory = LogDirectory::open(Arc::clone(&env.disk), PathBuf::from("/d")).unwrap();
    let topic_partition =
        TopicPartition { topic: TopicName::new("t"), partition: PartitionIndex::new(0) };
    let topic_id = TopicId::new(Uuid::from_parts(5, 5));
    let log = directory
        .open_log(OpenLog {
            partition: topic_partition.clone(),
            kind: DirectoryKind::Current,
            topic_id: Some(topic_id),
            config: settings.log.clone(),
            now_ms: env.clock.wall_ms(),
        })
        .unwrap();
    let committers = Committers::new(env);
    let partition =
        Partition::new(&committers, topic_partition, topic_id, LOCAL, settings, Some(log));
    World { simulation, process, _directory: directory, partition }
}

pub(crate) fn registration(
    leader: i32,
    epoch: i32,
    partition_epoch: i32,
    replicas: &[i32],
) -> PartitionRegistration {
    let replicas: Vec<BrokerId> = replicas.iter().copied().map(BrokerId::new).collect();
    PartitionRegistration {
        directories: vec![DirectoryId::MIGRATING; replicas.len()],
        isr: vec![BrokerId::new(leader)],
        replicas,
        removing_replicas: Vec::new(),
        adding_replicas: Vec::new(),
        elr: Vec::new(),
        last_known_elr: Vec::new(),
        leader: BrokerId::new(leader),
        leader_recovery_state: LeaderRecoveryState::Recovered,
        leader_epoch: LeaderEpoch::new(epoch),
        partition_epoch: PartitionEpoch::new(partition_epoch),
    }
}

/// A batch of records with values of these sizes.
pub(crate) fn batch_of_sizes(sizes: &[usize]) -> RecordBatch {
    let mut builder = BatchBuilder::new(Compression::None);
    for size in sizes {
        builder.append(NOW, None, Some(&vec![*size as u8; *size]), &[]).unwrap();
    }
    builder.finish_batch().unwrap()
}

fn batch(timestamps: &[i64]) -> RecordBatch {
    let mut builder = BatchBuilder::new(Compression::None);
    for timestamp in timestamps {
        builder.append(*timestamp, None, Some(b"value"), &[]).unwrap();
    }
    builder.finish_batch().unwrap()
}

pub(crate) fn append(
    partition: &Arc<Partition>,
    batch: &RecordBatch,
) -> Result<crate::Appended, PartitionError> {
    let acks = RequiredAcks::AllInSync;
    partition.append(&Append { batch, origin: AppendOrigin::Client, acks, leader_epoch: None })
}

fn read(partition: &Partition, offset: i64) -> Result<Read, PartitionError> {
    let request = ReadRequest {
        offset: Offset::new(offset),
        bytes_max: 1 << 20,
        min_one_batch: true,
        from: CONSUMER,
        current_leader_epoch: None,
        last_fetched_epoch: None,
    };
    partition.read(&request, Waiting::Allowed)
}

const NOW: i64 = keld_env::sim::WALL_START_MS;

#[test]
fn a_partition_without_a_registration_leads_nothing() {
    let world = world(settings(i64::MAX, 1));
    assert!(matches!(
        append(&world.partition, &batch(&[NOW])),
        Err(PartitionError::NotLeader { .. })
    ));
    world.partition.apply(&registration(2, 1, 0, &[2, 1]));
    assert!(matches!(read(&world.partition, 0), Err(PartitionError::NotLeader { .. })));
    assert_eq!(world.partition.leader_and_epoch(), (BrokerId::new(2), LeaderEpoch::new(1)));
}

#[test]
fn the_leader_of_one_commits_what_it_appends_and_bounds_reads() {
    let world = world(settings(i64::MAX, 3));
    let partition = &world.partition;
    partition.apply(&registration(1, 4, 0, &[1]));
    let appended = append(partition, &batch(&[NOW, NOW + 1])).unwrap();
    assert!(appended.is_committed && !appended.must_be_durable, "min ISR is at most one of one");
    let found = read(partition, 0).unwrap();
    assert_eq!(found.offsets.high_watermark, Offset::new(2));
    assert_eq!(found.offsets.log_end, Offset::new(2));
    let bytes = found.data.unwrap().read_all().unwrap();
    let stored = RecordBatch::parse(&bytes).unwrap();
    assert_eq!(stored.header().partition_leader_epoch, LeaderEpoch::new(4));
    assert_eq!(read(partition, 2).unwrap().data.unwrap().length, 0);
    assert!(matches!(
        read(partition, 3),
        Err(PartitionError::Log(keld_log::LogError::OffsetOutOfRange { .. }))
    ));
}

#[test]
fn epochs_of_clients_are_checked_and_old_registrations_ignored() {
    let world = world(settings(i64::MAX, 1));
    let partition = &world.partition;
    partition.apply(&registration(1, 4, 7, &[1]));
    partition.apply(&registration(2, 3, 6, &[1, 2]));
    let end =
        |epoch| partition.end_offset_for_epoch(LeaderEpoch::new(4), Some(LeaderEpoch::new(epoch)));
    assert!(matches!(end(3), Err(PartitionError::FencedLeaderEpoch { .. })));
    assert!(matches!(end(5), Err(PartitionError::UnknownLeaderEpoch { .. })));
    assert_eq!(end(4).unwrap().unwrap().end_offset, Offset::ZERO);
}

#[test]
fn an_epoch_not_yet_written_answers_as_one_that_is() {
    let world = world(settings(i64::MAX, 1));
    let partition = &world.partition;
    let ends = |partition: &Partition| -> Vec<Option<(i32, i64)>> {
        (-1..=8)
            .map(|epoch| {
                let found = partition.end_offset_for_epoch(LeaderEpoch::new(epoch), None).unwrap();
                found.map(|found| (found.leader_epoch.get(), found.end_offset.get()))
            })
            .collect()
    };
    for (epoch, records) in [(1, 2), (3, 0), (5, 1), (7, 0)] {
        partition.apply(&registration(1, epoch, epoch, &[1]));
        let before = ends(partition);
        let earliest = partition
            .query_offset(OffsetQuery::Earliest, CONSUMER, None, Waiting::Allowed)
            .unwrap();
        partition.write_epoch().unwrap();
        assert_eq!(before, ends(partition), "epoch {epoch}");
        let written = partition
            .query_offset(OffsetQuery::Earliest, CONSUMER, None, Waiting::Allowed)
            .unwrap();
        assert_eq!(earliest, written, "epoch {epoch}");
        for _ in 0..records {
            append(partition, &batch(&[NOW])).unwrap();
        }
    }
    // Without the background's help the first append writes it.
    partition.apply(&registration(1, 8, 8, &[1]));
    append(partition, &batch(&[NOW])).unwrap();
    let latest = partition.with_log(|log| log.latest_epoch());
    assert_eq!(latest, Some(LeaderEpoch::new(8)));
}

#[test]
fn too_few_in_sync_replicas_refuse_acks_all_only() {
    let world = world(settings(i64::MAX, 2));
    let partition = &world.partition;
    partition.apply(&registration(1, 0, 0, &[1, 2]));
    let refused = append(partition, &batch(&[NOW])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The size of the current ISR : 1 is insufficient to satisfy the min.isr requirement of 2 for partition t-0, live replica(s) broker.id are : Set(1)"
    );
    let one = Append {
        batch: &batch(&[NOW]),
        origin: AppendOrigin::Client,
        acks: RequiredAcks::Leader,
        leader_epoch: None,
    };
    assert!(!partition.append(&one).unwrap().is_committed, "rule 2: never below min ISR");
    assert_eq!(read(partition, 0).unwrap().data.unwrap().length, 0);
}

#[test]
fn batches_appended_together_have_an_outcome_each() {
    let world = world(settings(i64::MAX, 2));
    let partition = &world.partition;
    let good = batch(&[NOW, NOW + 1]);
    let mut bytes = good.bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = RecordBatch::parse(&bytes.into()).unwrap();
    let (all, one) = (RequiredAcks::AllInSync, RequiredAcks::Leader);
    let offsets = |outcomes: Vec<Result<crate::Appended, PartitionError>>| {
        let offset = |outcome: Result<crate::Appended, PartitionError>| match outcome {
            Ok(appended) => Ok((appended.info.first_offset.get(), appended.is_committed)),
            Err(PartitionError::Invalid(_)) => Err("invalid"),
            Err(PartitionError::NotEnoughReplicas { .. }) => Err("replicas"),
            Err(PartitionError::NotLeader { .. }) => Err("leader"),
            Err(_) => Err("other"),
        };
        outcomes.into_iter().map(offset).collect::<Vec<_>>()
    };
    let each = [(&good, one), (&damaged, one), (&good, all), (&good, one)];
    let outcomes = offsets(partition.append_each(&each));
    assert_eq!(outcomes, [Err("leader"), Err("invalid"), Err("leader"), Err("leader")]);
    partition.apply(&registration(1, 0, 0, &[1, 2]));
    let outcomes = offsets(partition.append_each(&each));
    assert_eq!(outcomes, [Ok((0, false)), Err("invalid"), Err("replicas"), Ok((2, false))]);
    world.partition.configure(settings(i64::MAX, 1));
    partition.apply(&registration(1, 0, 1, &[1]));
    let outcomes = offsets(partition.append_each(&each));
    assert_eq!(outcomes, [Ok((4, true)), Err("invalid"), Ok((6, true)), Ok((8, true))]);
    assert_eq!(read(partition, 0).unwrap().offsets.high_watermark, Offset::new(10));
}

#[test]
fn batches_appended_together_count_for_who_waits() {
    let world = world(settings(i64::MAX, 1));
    let partition = &world.partition;
    partition.apply(&registration(1, 0, 0, &[1]));
    let good = batch(&[NOW]);
    let waiter = Waiter::new(3 * good.bytes().len());
    let seen = read(partition, 0).unwrap().seen;
    assert!(partition.watch(&waiter, 0, CONSUMER, seen));
    let waits = || {
        let waiter = Arc::clone(&waiter);
        world.simulation.run(&world.process, async move { waiter.as_ref().await })
    };
    partition.append_each(&[(&good, RequiredAcks::Leader); 2]);
    assert_eq!(waits(), Err(Stalled::Deadlock), "one batch is missing");
    partition.append_each(&[(&good, RequiredAcks::Leader); 2]);
    assert_eq!(waits(), Ok(()));
}

#[test]
fn waiters_wake_for_enough_bytes_and_for_changes() {
    let world = world(settings(i64::MAX, 1));
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    let seen = read(&partition, 0).unwrap().seen;
    let size = batch(&[NOW]).bytes().len();
    let waiter = Waiter::new(size + 1);
    assert!(partition.watch(&waiter, 0, CONSUMER, seen));
    append(&partition, &batch(&[NOW])).unwrap();
    assert!(!partition.watch(&waiter, 0, CONSUMER, seen), "something came since");
    let waits = |waiter: &Arc<Waiter>| {
        let waiter = Arc::clone(waiter);
        world.simulation.run(&world.process, async move { waiter.as_ref().await })
    };
    assert_eq!(waits(&waiter), Err(Stalled::Deadlock), "one byte is missing");
    append(&partition, &batch(&[NOW])).unwrap();
    assert_eq!(waits(&waiter), Ok(()));
    let waiter = Waiter::new(1 << 30);
    let seen = read(&partition, 2).unwrap().seen;
    assert!(partition.watch(&waiter, 0, CONSUMER, seen));
    partition.delete();
    assert_eq!(waits(&waiter), Ok(()));
}

#[test]
fn abandoned_waiters_are_swept() {
    let world = world(settings(i64::MAX, 1));
    let partition = &world.partition;
    partition.apply(&registration(1, 0, 0, &[1]));
    let seen = read(partition, 0).unwrap().seen;
    for _ in 0..1000 {
        assert!(partition.watch(&Waiter::new(1), 0, CONSUMER, seen));
    }
    assert!(partition.state().waiters.len() <= 32);
}

#[test]
fn a_demanded_flush_holds_the_high_watermark_until_it_is_durable() {
    let world = world(settings(1, 1));
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    let first = append(&partition, &batch(&[NOW])).unwrap();
    let second = append(&partition, &batch(&[NOW])).unwrap();
    assert!(first.must_be_durable && !first.is_committed && !second.is_committed);
    assert_eq!(read(&partition, 0).unwrap().data.unwrap().length, 0, "not readable before");
    let committed = partition.committed(second.required, second.leader_epoch);
    world.simulation.run(&world.process, committed).unwrap().unwrap();
    let durable = partition.with_log(|log| log.durable_offset());
    assert_eq!(durable, Some(Offset::new(2)));
    assert!(read(&partition, 0).unwrap().data.unwrap().length > 0);
}

#[test]
fn a_failed_flush_is_told_to_who_waits() {
    let world = world(settings(1, 1));
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: ".log".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    let appended = append(&partition, &batch(&[NOW])).unwrap();
    let committed = partition.committed(appended.required, appended.leader_epoch);
    let outcome = world.simulation.run(&world.process, committed).unwrap();
    assert!(matches!(outcome, Err(PartitionError::Offline { .. })), "{outcome:?}");
    assert!(!partition.is_online());
}

fn durable_settings() -> Settings {
    Settings { counts_when: CountsWhen::Durable, ..settings(i64::MAX, 1) }
}

#[test]
fn only_what_is_durable_counts_where_the_topic_says_so() {
    let world = world(durable_settings());
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    let seen = read(&partition, 0).unwrap().seen;
    let waiter = Waiter::new(2 * batch(&[NOW]).bytes().len());
    assert!(partition.watch(&waiter, 0, CONSUMER, seen));
    append(&partition, &batch(&[NOW])).unwrap();
    let second = append(&partition, &batch(&[NOW])).unwrap();
    assert!(!second.is_committed && !second.must_be_durable, "acks=1 is answered now");
    assert_eq!(read(&partition, 0).unwrap().data.unwrap().length, 0, "not readable before");
    let committed = partition.committed(second.required, second.leader_epoch);
    let both = async move {
        committed.await.unwrap();
        waiter.as_ref().await;
    };
    world.simulation.run(&world.process, both).unwrap();
    assert_eq!(partition.with_log(|log| log.durable_offset()), Some(Offset::new(2)));
    assert_eq!(read(&partition, 0).unwrap().offsets.high_watermark, Offset::new(2));
}

#[test]
fn a_mode_that_changes_takes_effect_at_once() {
    let world = world(durable_settings());
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    append(&partition, &batch(&[NOW])).unwrap();
    partition.configure(settings(i64::MAX, 1));
    assert_eq!(read(&partition, 0).unwrap().offsets.high_watermark, Offset::new(1));
    append(&partition, &batch(&[NOW])).unwrap();
    partition.configure(durable_settings());
    assert_eq!(read(&partition, 0).unwrap().offsets.high_watermark, Offset::new(2), "never back");
    world.simulation.run(&world.process, async {}).unwrap();
    world.simulation.run_for(std::time::Duration::from_secs(1)).unwrap();
    assert_eq!(partition.with_log(|log| log.durable_offset()), Some(Offset::new(2)));
}

#[test]
fn a_new_leader_makes_durable_what_it_found() {
    let world = world(settings(i64::MAX, 1));
    let partition = Arc::clone(&world.partition);
    partition.apply(&registration(1, 0, 0, &[1]));
    append(&partition, &batch(&[NOW])).unwrap();
    let log = partition.take_log().unwrap();
    let (process, committers) = (&world.process, Committers::new(world.process.env().clone()));
    let found = Partition::new(
        &committers,
        partition.topic_partition().clone(),
        partition.topic_id(),
        LOCAL,
        durable_settings(),
        Some(log),
    );
    found.apply(&registration(1, 1, 1, &[1]));
    let committed = found.committed(Offset::new(1), LeaderEpoch::new(1));
    world.simulation.run(process, committed).unwrap().unwrap();
    assert_eq!(found.with_log(|log| log.durable_offset()), Some(Offset::new(1)));
}

#[test]
fn offsets_are_found_by_place_and_time_and_records_deleted_below() {
    let world = world(settings(i64::MAX, 1));
    let partition = &world.partition;
    partition.apply(&registration(1, 2, 0, &[1]));
    append(partition, &batch(&[NOW + 10, NOW + 30, NOW + 20])).unwrap();
    append(partition, &batch(&[NOW + 25])).unwrap();
    let query = |query| {
        let answer = partition.query_offset(query, CONSUMER, None, Waiting::Allowed).unwrap();
        (answer.offset.get(), answer.timestamp)
    };
    assert_eq!(query(OffsetQuery::Earliest), (0, -1));
    assert_eq!(query(OffsetQuery::Latest), (4, -1));
    assert_eq!(query(OffsetQuery::MaxTimestamp), (1, NOW + 30));
    assert_eq!(query(OffsetQuery::Timestamp(NOW + 11)), (1, NOW + 30));
    assert_eq!(query(OffsetQuery::Timestamp(NOW + 31)), (-1, -1));
    assert_eq!(
        partition.delete_records(Some(Offset::new(2))).unwrap().low_watermark,
        Offset::new(2)
    );
    assert_eq!(query(OffsetQuery::Earliest), (2, -1));
    assert!(partition.delete_records(Some(Offset::new(9))).is_err());
    assert!(partition.delete_records(Some(Offset::new(-7))).is_err());
    assert_eq!(partition.delete_records(None).unwrap().low_watermark, Offset::new(4));
}
