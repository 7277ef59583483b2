//! Tests of the group commit: what was committed is on the disk in every state that a crash can
//! leave, however the partitions shared their rounds.

use super::*;
use crate::{Append, CountsWhen, PartitionError, Settings};
use keld_env::sim::{
    Crash, DiskFault, DiskOperation, FaultEffect, Process, SimDisk, Simulation, WALL_START_MS,
};
use keld_log::{
    AppendOrigin, DirectoryKind, LogConfig, LogDirectory, MetaProperties, OpenLog, PartitionLog,
    ReadBounds,
};
use keld_metadata::{LeaderRecoveryState, PartitionRegistration};
use keld_record::{BatchBuilder, Compression, RecordBatch};
use keld_types::{
    BrokerId, ClusterId, DirectoryId, LeaderEpoch, Offset, PartitionEpoch, PartitionIndex,
    RequiredAcks, TopicId, TopicName, TopicPartition, Uuid,
};
use std::task::Poll;

const LOCAL: BrokerId = BrokerId::new(1);
const DIR: &str = "/d";

struct World {
    simulation: Simulation,
    process: Process,
    directory: LogDirectory,
    partitions: Vec<Arc<Partition>>,
}

fn settings() -> Settings {
    // Segments so small that rounds meet rolled ones.
    let log = LogConfig { segment_bytes: 1500, ..LogConfig::default() };
    Settings {
        log,
        counts_when: CountsWhen::Durable,
        ..crate::partition::tests::settings(i64::MAX, 1)
    }
}

fn name(index: usize) -> TopicPartition {
    let partition = PartitionIndex::new(i32::try_from(index).unwrap());
    TopicPartition { topic: TopicName::new("t"), partition }
}

fn open(directory: &LogDirectory, index: usize) -> PartitionLog {
    directory
        .open_log(OpenLog {
            partition: name(index),
            kind: DirectoryKind::Current,
            topic_id: Some(topic_id()),
            config: settings().log,
            now_ms: WALL_START_MS,
        })
        .unwrap()
}

fn topic_id() -> TopicId {
    TopicId::new(Uuid::from_parts(5, 5))
}

fn registration() -> PartitionRegistration {
    PartitionRegistration {
        directories: vec![DirectoryId::MIGRATING],
        isr: vec![LOCAL],
        replicas: vec![LOCAL],
        removing_replicas: Vec::new(),
        adding_replicas: Vec::new(),
        elr: Vec::new(),
        last_known_elr: Vec::new(),
        leader: LOCAL,
        leader_recovery_state: LeaderRecoveryState::Recovered,
        leader_epoch: LeaderEpoch::new(0),
        partition_epoch: PartitionEpoch::new(0),
    }
}

fn world(seed: u64, partitions: usize) -> World {
    let mut simulation = Simulation::new(seed);
    let process = simulation.process("one");
    let env = process.env().clone();
    let meta = MetaProperties {
        cluster_id: ClusterId::new("cluster"),
        node_id: LOCAL,
        directory_id: Some(DirectoryId::new(Uuid::from_parts(1, 200))),
    };
    LogDirectory::format(env.disk.as_ref(), Path::new(DIR), &meta).unwrap();
    env.disk.sync_dir(Path::new("/")).unwrap();
    let directory = LogDirectory::open(Arc::clone(&env.disk), PathBuf::from(DIR)).unwrap();
    let committers = Committers::new(env);
    let partitions = (0..partitions)
        .map(|index| {
            let log = Some(open(&directory, index));
            let held = Partition::new(&committers, name(index), topic_id(), LOCAL, settings(), log);
            held.apply(&registration());
            held
        })
        .collect();
    World { simulation, process, directory, partitions }
}

/// A record that tells where it belongs.
fn batch(partition: usize, offset: i64) -> RecordBatch {
    let mut builder = BatchBuilder::new(Compression::None);
    let value = format!("partition {partition} offset {offset} {}", "x".repeat(90));
    builder.append(WALL_START_MS, None, Some(value.as_bytes()), &[]).unwrap();
    builder.finish_batch().unwrap()
}

fn append(world: &[Arc<Partition>], index: usize) -> Result<crate::Appended, PartitionError> {
    let partition = &world[index];
    let offset = partition.offsets().unwrap().log_end.get();
    partition.append(&Append {
        batch: &batch(index, offset),
        origin: AppendOrigin::Client,
        acks: RequiredAcks::AllInSync,
        leader_epoch: None,
    })
}

/// Lets others go first.
async fn yield_once() {
    let mut has_yielded = false;
    std::future::poll_fn(move |context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What was committed after so many changes of the disk.
type Committed = Vec<(usize, Vec<i64>)>;

/// Appends in bursts of `burst` partitions, while rounds run and now and then all is waited for.
fn run(world: &World, appends: usize, burst: usize, seed: u64) -> Committed {
    let disk = world.process.disk().clone();
    disk.record();
    let known: Arc<Mutex<Committed>> = Arc::default();
    let (partitions, noted) = (world.partitions.clone(), Arc::clone(&known));
    let note = move |partitions: &[Arc<Partition>]| {
        let high = |held: &Arc<Partition>| held.offsets().unwrap().high_watermark.get();
        let now: Vec<i64> = partitions.iter().map(high).collect();
        let mut known = locked(&noted);
        if known.last().is_none_or(|(_, last)| *last != now) {
            known.push((disk.recorded(), now));
        }
    };
    let script = async move {
        let mut dice = seed;
        let mut roll = move |sides: usize| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) as usize % sides
        };
        for step in 0..appends {
            let first = roll(partitions.len());
            let mut last = None;
            for index in first..first + burst {
                let index = index % partitions.len();
                last = Some((index, append(&partitions, index).unwrap()));
            }
            for _ in 0..roll(4) {
                yield_once().await;
                note(&partitions);
            }
            if step % 7 == 6
                && let Some((index, appended)) = last
            {
                let held = &partitions[index];
                held.committed(appended.required, appended.leader_epoch).await.unwrap();
                let high_watermark = held.offsets().unwrap().high_watermark;
                assert!(high_watermark >= appended.required);
                note(&partitions);
            }
        }
        for held in &partitions {
            let end = held.offsets().unwrap().log_end;
            held.committed(end, LeaderEpoch::new(0)).await.unwrap();
        }
        note(&partitions);
    };
    world.simulation.run(&world.process, script).unwrap();
    Arc::into_inner(known).unwrap().into_inner().unwrap()
}

/// The log of each partition has at least what was committed, and nothing but what was appended.
fn check(disk: &SimDisk, committed: &[i64], context: &dyn Fn() -> String) {
    let directory = LogDirectory::open(Arc::new(disk.clone()), PathBuf::from(DIR)).unwrap();
    for (index, committed) in committed.iter().enumerate() {
        let mut log = open(&directory, index);
        let end = log.log_end_offset().get();
        assert!(log.damaged().is_empty(), "{}: damaged", context());
        assert!(end >= *committed, "{}: {index} has {end} of {committed}", context());
        let bounds = ReadBounds {
            offset_max: log.log_end_offset(),
            bytes_max: 1 << 20,
            min_one_batch: true,
            with_aborted: false,
        };
        let mut next = 0;
        while next < end {
            let data = log.read(Offset::new(next), &bounds).unwrap();
            for found in keld_record::batches(data.read_all().unwrap()) {
                let found = found.unwrap();
                assert_eq!(found.header().base_offset.get(), next, "{}", context());
                let written = batch(index, next);
                let payload = |batch: &RecordBatch| batch.bytes().slice(21..);
                assert_eq!(payload(&found), payload(&written), "{}", context());
                next += 1;
            }
        }
    }
}

fn enumerate(partitions: usize, appends: usize, burst: usize, seed: u64) -> usize {
    let world = world(seed, partitions);
    let known = run(&world, appends, burst, seed);
    let disk = world.process.disk();
    let mut states = 0;
    for changes in 0..=disk.recorded() {
        let at = known.partition_point(|(then, _)| *then <= changes);
        let none = vec![0; partitions];
        let committed = at.checked_sub(1).map_or(&none, |at| &known[at].1);
        let crashes = [Crash::Killed, Crash::PowerLossAll]
            .into_iter()
            .chain((0..3).map(|n| Crash::PowerLoss { seed: seed + n * 1000 + changes as u64 }));
        for crash in crashes {
            let found = disk.crashed_at(changes, crash.clone()).unwrap();
            check(&found, committed, &|| format!("seed {seed}, {changes} changes, {crash:?}"));
            states += 1;
        }
    }
    let all: i64 = known.last().unwrap().1.iter().sum();
    assert_eq!(all, i64::try_from(appends * burst).unwrap(), "everything is committed");
    states
}

#[test]
fn what_is_committed_survives_every_crash_with_a_sync_a_file() {
    let states: usize = (0..4).map(|seed| enumerate(3, 40, 1, seed)).sum();
    assert!(states > 2000, "{states}");
}

#[test]
fn what_is_committed_survives_every_crash_with_syncs_side_by_side() {
    let states: usize = (0..3).map(|seed| enumerate(5, 14, 3, 50 + seed)).sum();
    assert!(states > 1000, "{states}");
}

#[test]
fn what_is_committed_survives_every_crash_with_a_sync_of_the_volume() {
    let states: usize = (0..2).map(|seed| enumerate(18, 4, 18, 100 + seed)).sum();
    assert!(states > 1000, "{states}");
}

fn fail(world: &World, operation: DiskOperation) {
    world.process.disk().inject(DiskFault {
        operation: Some(operation),
        path_contains: String::new(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
}

/// Appends to every partition, and waits for all of them: what each is told.
fn outcomes(world: &World) -> Vec<Result<(), PartitionError>> {
    let waits: Vec<_> = (0..world.partitions.len())
        .map(|index| {
            let appended = append(&world.partitions, index).unwrap();
            world.partitions[index].committed(appended.required, appended.leader_epoch)
        })
        .collect();
    let all = async move {
        let mut outcomes = Vec::new();
        for wait in waits {
            outcomes.push(wait.await);
        }
        outcomes
    };
    world.simulation.run(&world.process, all).unwrap()
}

#[test]
fn a_failed_sync_tells_everybody_in_the_directory_and_is_not_tried_again() {
    for (partitions, operation) in
        [(1, DiskOperation::Sync), (3, DiskOperation::Sync), (30, DiskOperation::SyncVolume)]
    {
        let world = world(9, partitions);
        fail(&world, operation);
        for outcome in outcomes(&world) {
            // Those whose file was synced before the failure may have been told so.
            assert!(
                matches!(outcome, Err(PartitionError::Offline { .. }) | Ok(())),
                "{operation:?}: {outcome:?}"
            );
        }
        assert!(world.directory.is_offline(), "{operation:?}");
        // The disk works again, and the directory stays offline all the same.
        for index in 0..partitions {
            assert!(append(&world.partitions, index).is_err());
            assert!(!world.partitions[index].is_online());
        }
    }
}

#[test]
fn a_failed_volume_sync_commits_nothing() {
    let world = world(9, 30);
    fail(&world, DiskOperation::SyncVolume);
    assert!(outcomes(&world).iter().all(Result::is_err));
    let high = |held: &Arc<Partition>| held.offsets().map(|offsets| offsets.high_watermark);
    for held in &world.partitions {
        assert_eq!(high(held).unwrap_or(Offset::ZERO), Offset::ZERO);
    }
}

#[test]
fn slow_volume_syncs_are_avoided_for_ever_longer_and_tried_again() {
    let mut costs = Costs::default();
    assert!(!costs.prefers_volume(VOLUME_SYNCS_MIN - 1));
    assert!(costs.prefers_volume(100));
    costs.note_volume(Duration::from_millis(19), 100);
    assert!(costs.prefers_volume(100), "dearer, but not twice as dear");
    let mut pauses = Vec::new();
    for _ in 0..12 {
        costs.note_volume(Duration::from_secs(1), 100);
        let mut rounds = 0;
        while !costs.prefers_volume(100) {
            rounds += 1;
        }
        pauses.push(rounds);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024]);
    // Where single syncs are that slow too, it is the better way.
    for _ in 0..50 {
        costs.note_each(Duration::from_secs(2), 100);
    }
    costs.note_volume(Duration::from_secs(1), 100);
    assert!(costs.prefers_volume(100));
}
