//! The manifest of a clean stop: a start that visits no partition, and when it is not believed.

use crate::support::*;
use keld_env::sim::{Crash, DiskFault, FaultEffect, SimDisk};
use keld_env::{Disk, OpenMode};
use keld_log::{
    AppendError, DirectoryKind, LogConfig, LogDirectory, LogError, MetaProperties, OpenLog,
    PartitionLog,
};
use keld_types::{BrokerEpoch, BrokerId, ClusterId, PartitionIndex, TopicName, TopicPartition};
use std::io::{ErrorKind, IoSlice};
use std::path::Path;

/// More than are closed one by one.
const LOGS: i32 = 20;

fn config() -> LogConfig {
    LogConfig { segment_bytes: 1500, index_interval_bytes: 300, ..LogConfig::default() }
}

fn open_nth(directory: &LogDirectory, index: i32) -> Result<PartitionLog, LogError> {
    directory.open_log(OpenLog {
        partition: TopicPartition::new(TopicName::new("topic"), PartitionIndex::new(index)),
        kind: DirectoryKind::Current,
        topic_id: Some(topic_id()),
        config: config(),
        now_ms: NOW,
    })
}

fn producer(sequence: i32) -> Option<Producer> {
    Some(Producer { id: 9, epoch: 0, sequence })
}

/// Fills log `index` with `index` batches.
fn fill(log: &mut PartitionLog, index: i32) {
    for n in 0..index {
        let value = format!("value-{n}-{}", "abcdefgh".repeat(9));
        let who = if index % 2 == 0 { producer(n) } else { None };
        append_bytes(log, &batch(&[value.as_bytes()], NOW + i64::from(n), who), 3, NOW).unwrap();
    }
    log.set_high_watermark(log.log_end_offset());
}

fn stop(directory: &LogDirectory, logs: Vec<PartitionLog>) {
    assert!(directory.close_logs(logs, NOW).is_empty());
    directory.close_cleanly(BrokerEpoch::new(7)).unwrap();
}

/// Logs of 0 to 19 batches, several with more than one segment, stopped cleanly.
fn stopped() -> SimDisk {
    let disk = SimDisk::new();
    format(&disk);
    let directory = open_directory(&disk);
    let mut logs: Vec<_> = (0..LOGS).map(|n| open_nth(&directory, n).unwrap()).collect();
    logs.iter_mut().zip(0..).for_each(|(log, index)| fill(log, index));
    stop(&directory, logs);
    disk
}

/// Every operation below a partition's directory fails from now on.
fn forbid_visits(disk: &SimDisk) {
    disk.inject(DiskFault {
        operation: None,
        path_contains: "/topic-".to_owned(),
        skip: 0,
        times: u64::MAX,
        effect: FaultEffect::Error(ErrorKind::Other),
    });
}

#[test]
fn a_clean_start_and_stop_visit_no_partition() {
    // Everything the stop left is durable.
    let disk = stopped().crashed(Crash::PowerLossAll);
    for _ in 0..2 {
        let disk = disk.crashed(Crash::Killed);
        forbid_visits(&disk);
        let directory = open_directory(&disk);
        assert_eq!(directory.partitions().unwrap().len(), 20);
        let logs: Vec<_> = (0..LOGS).map(|n| open_nth(&directory, n).unwrap()).collect();
        for (log, index) in logs.iter().zip(0..) {
            assert_eq!(log.log_end_offset(), offset(index));
            assert_eq!(log.high_watermark(), offset(index));
            assert_eq!(log.durable_offset(), offset(index));
            assert_eq!(log.topic_id(), Some(topic_id()));
            let epochs = if index == 0 { Vec::new() } else { vec![(epoch(3), offset(0))] };
            assert_eq!(log.epoch_entries(), epochs);
        }
        stop(&directory, logs);
    }
}

#[test]
fn a_log_out_of_the_manifest_goes_on_like_any_other() {
    let disk = stopped();
    let directory = open_directory(&disk);
    for index in 0..LOGS {
        let mut log = open_nth(&directory, index).unwrap();
        assert_eq!(read_values(&mut log).unwrap().len(), index as usize);
        if index % 2 == 0 && index > 0 {
            // All five batches of the window are known, not only the last.
            for n in (0..index).rev().take(5) {
                let value = format!("value-{n}-{}", "abcdefgh".repeat(9));
                let again = batch(&[value.as_bytes()], NOW + i64::from(n), producer(n));
                let info = append_bytes(&mut log, &again, 3, NOW).unwrap();
                assert!(info.is_duplicate, "{index}, {n}");
            }
        }
        let info = append_bytes(&mut log, &batch(&[b"next"], NOW + 50, None), 4, NOW).unwrap();
        assert_eq!(info.first_offset, offset(index.into()));
        assert_eq!(read_values(&mut log).unwrap().len(), index as usize + 1);
        log.flush(NOW).unwrap();
    }
    // Killed: nothing names the manifest any more, and what came after it is there.
    drop(directory);
    let directory = open_directory(&disk.crashed(Crash::PowerLossAll));
    for index in 0..LOGS {
        let mut log = open_nth(&directory, index).unwrap();
        assert_eq!(read_values(&mut log).unwrap().len(), index as usize + 1);
        assert_eq!(log.latest_epoch(), epoch(4));
        assert!(log.damaged().is_empty());
    }
}

#[test]
fn a_manifest_is_not_believed_after_anybody_elses_clean_stop() {
    let disk = stopped();
    let old = disk.content(&Path::new(DIR).join(".keld-manifest")).unwrap();
    let directory = open_directory(&disk);
    let mut log = open_nth(&directory, 5).unwrap();
    append_bytes(&mut log, &batch(&[b"next"], NOW + 50, None), 4, NOW).unwrap();
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    // A mark as Apache Kafka writes it, beside the manifest of an earlier stop.
    directory.close_cleanly(BrokerEpoch::new(8)).unwrap();
    drop((log, directory));
    assert_eq!(disk.content(&Path::new(DIR).join(".keld-manifest")).unwrap(), old);
    let log = open_nth(&open_directory(&disk), 5).unwrap();
    assert_eq!(log.log_end_offset(), offset(6));
}

#[test]
fn a_manifest_with_a_wrong_byte_is_not_believed() {
    let pristine = stopped();
    let path = Path::new(DIR).join(".keld-manifest");
    let length = pristine.content(&path).unwrap().len() as u64;
    for at in (0..length).step_by(97) {
        let disk = pristine.crashed(Crash::Killed);
        disk.flip_bits(&path, at, 4).unwrap();
        let directory = open_directory(&disk);
        let mut log = open_nth(&directory, 19).unwrap();
        assert_eq!(read_values(&mut log).unwrap().len(), 19, "byte {at}");
    }
}

#[test]
fn a_directory_that_is_gone_is_not_made_up() {
    let disk = stopped();
    disk.remove_dir_all(&Path::new(DIR).join("topic-5")).unwrap();
    let directory = open_directory(&disk);
    let mut log = open_nth(&directory, 5).unwrap();
    assert_eq!(log.log_end_offset(), offset(0));
    append(&mut log, &[b"a"]);
    assert_eq!(read_values(&mut log).unwrap().len(), 1);
}

#[test]
fn another_topic_of_the_same_name_is_refused() {
    let disk = stopped();
    let directory = open_directory(&disk);
    let found = directory.partitions().unwrap().remove(0);
    assert_eq!(directory.topic_id(&found).unwrap(), Some(topic_id()));
    let error = directory
        .open_log(OpenLog {
            partition: found.partition,
            kind: DirectoryKind::Current,
            topic_id: Some(keld_types::TopicId::new(keld_types::Uuid::from_parts(5, 5))),
            config: config(),
            now_ms: NOW,
        })
        .unwrap_err();
    assert!(matches!(error, LogError::InconsistentTopicId { .. }), "{error}");
}

#[test]
fn a_segment_that_was_changed_since_is_told_and_looked_at_by_the_next_start() {
    let pristine = stopped();
    let path = Path::new(DIR).join("topic-5/00000000000000000000.log");
    let content = pristine.content(&path).unwrap();
    for length in [content.len() - 30, content.len() + 30] {
        let disk = pristine.crashed(Crash::Killed);
        let mut changed = content.clone();
        changed.resize(length, b'x');
        let file = disk.open(&path, OpenMode::Truncate).unwrap();
        file.write_all_at(&mut [IoSlice::new(&changed)], 0).unwrap();
        let directory = open_directory(&disk);
        let mut log = open_nth(&directory, 5).unwrap();
        let error = log.read(offset(0), &everything(&log)).unwrap_err();
        assert!(matches!(error, LogError::Corrupt { .. }), "{error}");
        let error = append_bytes(&mut log, &batch(&[b"x"], NOW, None), 4, NOW).unwrap_err();
        assert!(matches!(error, AppendError::Log(LogError::Corrupt { .. })), "{error}");
        stop(&directory, vec![log]);
        drop(directory);
        let directory = open_directory(&disk);
        let mut log = open_nth(&directory, 5).unwrap();
        if length < content.len() {
            assert_eq!(log.damaged().len(), 1);
        } else {
            assert_eq!(read_values(&mut log).unwrap().len(), 5);
            append_bytes(&mut log, &batch(&[b"x"], NOW, None), 4, NOW).unwrap();
        }
    }
}

#[test]
fn a_formatted_directory_survives_a_power_loss_with_the_directories_above_it() {
    let disk = SimDisk::new();
    let meta = MetaProperties {
        cluster_id: ClusterId::new("test"),
        node_id: BrokerId::new(1),
        directory_id: None,
    };
    let path = Path::new("/srv/keld/data");
    LogDirectory::format(&disk, path, &meta).unwrap();
    let disk = disk.crashed(Crash::PowerLossAll);
    assert_eq!(LogDirectory::read_meta(&disk, path).unwrap(), Some(meta));
}
