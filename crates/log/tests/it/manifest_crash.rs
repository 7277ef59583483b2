//! Crash enumeration of clean starts and stops with the manifest: logs are filled, stopped and
//! started again, some left alone, and a restart follows from every prefix of the disk's
//! operations, after a kill and after power losses that keep any part of what was not synced.
//!
//! In every state: each log opens undamaged with what was durable, has nothing but what was
//! appended, and goes on; so a manifest is never believed for logs that changed since.

use crate::support::*;
use keld_env::sim::{Crash, SimDisk};
use keld_log::{DirectoryKind, LogConfig, LogDirectory, OpenLog, PartitionLog};
use keld_types::{BrokerEpoch, PartitionIndex, TopicName, TopicPartition};

fn open_nth(directory: &LogDirectory, index: usize) -> PartitionLog {
    let partition = PartitionIndex::new(i32::try_from(index).unwrap());
    directory
        .open_log(OpenLog {
            partition: TopicPartition::new(TopicName::new("topic"), partition),
            kind: DirectoryKind::Current,
            topic_id: Some(topic_id()),
            config: LogConfig {
                segment_bytes: 900,
                index_interval_bytes: 300,
                ..LogConfig::default()
            },
            now_ms: NOW,
        })
        .unwrap()
}

fn value(log: usize, at: usize) -> Vec<u8> {
    format!("log {log} record {at} {}", "abcdefgh".repeat(9)).into_bytes()
}

fn append_next(log: &mut PartitionLog, index: usize) {
    let at = usize::try_from(log.log_end_offset().get()).unwrap();
    let sequence = i32::try_from(at).unwrap();
    let who = Some(Producer { id: 9, epoch: 0, sequence });
    let bytes = batch(&[&value(index, at)], NOW, who.filter(|_| index.is_multiple_of(2)));
    append_bytes(log, &bytes, 3, NOW).unwrap();
    log.set_high_watermark(log.log_end_offset());
}

/// After so many operations of the disk, the offset below which each log is durable.
type Known = Vec<(usize, Vec<i64>)>;

fn run(logs: usize) -> (SimDisk, Known) {
    let disk = SimDisk::new();
    format(&disk);
    disk.record();
    let mut known = vec![(0, vec![0; logs])];
    for life in 0..4 {
        let directory = open_directory(&disk);
        let mut held: Vec<_> = (0..logs).map(|index| open_nth(&directory, index)).collect();
        // Every life leaves other logs alone; the last one all but the first.
        for (index, log) in held.iter_mut().enumerate() {
            let is_left = if life == 3 { index > 0 } else { (index + life).is_multiple_of(3) };
            if is_left {
                continue;
            }
            for _ in 0..1 + (index + life) % 5 {
                append_next(log, index);
            }
            if index.is_multiple_of(4) {
                let mut ends = known.last().unwrap().1.clone();
                ends[index] = log.flush(NOW).unwrap().get();
                known.push((disk.recorded(), ends));
            }
        }
        let ends = held.iter().map(|log| log.log_end_offset().get()).collect();
        assert!(directory.close_logs(held, NOW).is_empty());
        directory.close_cleanly(BrokerEpoch::new(7)).unwrap();
        known.push((disk.recorded(), ends));
    }
    (disk, known)
}

fn check(disk: &SimDisk, durable: &[i64], context: &str) {
    let directory = open_directory(disk);
    for (index, durable) in durable.iter().enumerate() {
        let mut log = open_nth(&directory, index);
        let end = log.log_end_offset().get();
        assert!(log.damaged().is_empty(), "{context}: log {index} is damaged");
        assert!(end >= *durable, "{context}: log {index} has {end} of {durable}");
        let found = read_values(&mut log).unwrap_or_else(|error| panic!("{context}: {error}"));
        let expected: Vec<_> = (0..end).map(|at| (at, value(index, at as usize))).collect();
        assert_eq!(found, expected, "{context}: log {index}");
        append_next(&mut log, index);
        assert_eq!(log.flush(NOW).unwrap().get(), end + 1, "{context}: log {index}");
    }
}

fn enumerate(logs: usize) -> usize {
    let (disk, known) = run(logs);
    let mut states = 0;
    for changes in 0..=disk.recorded() {
        let at = known.partition_point(|(then, _)| *then <= changes);
        let durable = &known[at - 1].1;
        let unsynced = disk.crashed_at(changes, Crash::Killed).unwrap().unsynced();
        let mut crashes = vec![Crash::Killed, Crash::PowerLossAll];
        crashes.extend((0..2).map(|n| Crash::PowerLoss { seed: changes as u64 * 7 + n }));
        for one in 0..unsynced.min(2) {
            crashes.push(Crash::Keep((0..unsynced).map(|n| n == unsynced - 1 - one).collect()));
        }
        for crash in crashes {
            let context = format!("{logs} logs, {changes} changes, {crash:?}");
            check(&disk.crashed_at(changes, crash).unwrap(), durable, &context);
            states += 1;
        }
    }
    states
}

#[test]
fn every_state_a_crash_of_a_start_or_stop_of_few_logs_can_leave_is_recovered() {
    let states = enumerate(3);
    assert!(states > 500, "{states}");
}

#[test]
fn every_state_a_crash_of_a_start_or_stop_of_many_logs_can_leave_is_recovered() {
    let states = enumerate(18);
    assert!(states > 1000, "{states}");
}
