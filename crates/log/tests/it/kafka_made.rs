//! A directory that Apache Kafka 4.3.1 left after a clean stop: five codecs, an idempotent producer
//! each, four transactions of which two were aborted, DeleteRecords up to offset 2.

use crate::support::*;
use keld_env::sim::SimDisk;
use keld_env::{Disk, OpenMode};
use keld_log::{
    DirectoryKind, LogConfig, LogDirectory, OpenLog, PartitionLog, ReadBounds, Shutdown,
};
use keld_types::{BrokerEpoch, PartitionIndex, TopicName, TopicPartition};
use std::io::IoSlice;
use std::path::{Path, PathBuf};

fn config() -> LogConfig {
    LogConfig { index_interval_bytes: 100, retention_ms: -1, ..LogConfig::default() }
}

/// The fixture on a simulated disk.
fn disk() -> SimDisk {
    let disk = SimDisk::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kafka");
    for dir in ["", "fixture-0"] {
        let target = Path::new(DIR).join(dir);
        disk.create_dir_all(&target).unwrap();
        for entry in std::fs::read_dir(fixture.join(dir)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                let content = std::fs::read(entry.path()).unwrap();
                write(&disk, &target.join(entry.file_name()), &content);
            }
        }
    }
    disk
}

fn write(disk: &SimDisk, path: &Path, content: &[u8]) {
    let file = disk.open(path, OpenMode::Truncate).unwrap();
    file.write_all_at(&mut [IoSlice::new(content)], 0).unwrap();
    file.sync_data().unwrap();
}

fn open(disk: &SimDisk) -> (LogDirectory, PartitionLog) {
    let directory = open_directory(disk);
    let log = directory
        .open_log(OpenLog {
            partition: TopicPartition::new(TopicName::new("fixture"), PartitionIndex::new(0)),
            kind: DirectoryKind::Current,
            topic_id: None,
            config: config(),
            now_ms: NOW,
        })
        .unwrap();
    (directory, log)
}

fn path(name: &str) -> PathBuf {
    Path::new(DIR).join("fixture-0").join(name)
}

/// All records of the log, offsets and values, markers left out.
fn values(log: &mut PartitionLog) -> Vec<(i64, String)> {
    let mut found = Vec::new();
    let mut next = log.log_start_offset();
    while next < log.log_end_offset() {
        let data = log.read(next, &everything(log)).unwrap();
        for batch in keld_record::batches(data.read_all().unwrap()) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            next = batch.header().next_offset();
            if batch.header().is_control() {
                continue;
            }
            for record in batch.records().unwrap() {
                let record = record.unwrap();
                let value = String::from_utf8(record.value.unwrap().to_vec()).unwrap();
                found.push((record.offset.get(), value));
            }
        }
    }
    found
}

/// What the fixture's program sent.
fn expected() -> Vec<(i64, String)> {
    let mut expected: Vec<_> = (0..45).map(|n| (n, format!("value-{n}"))).collect();
    let mut offset = 45;
    for txn in 0..4 {
        for n in 45 + txn * 2..47 + txn * 2 {
            let kind = if txn % 2 == 1 { "aborted" } else { "value" };
            expected.push((offset, format!("{kind}-{n}")));
            offset += 1;
        }
        offset += 1;
    }
    expected
}

fn check(log: &mut PartitionLog) {
    assert_eq!(log.log_end_offset(), offset(57));
    assert_eq!(log.log_start_offset(), offset(2));
    assert_eq!(log.segment_count(), 5);
    assert_eq!(log.latest_epoch(), epoch(0));
    assert_eq!(values(log), expected());
    // Five idempotent producers and the transactional one.
    let producers = log.producers();
    assert_eq!(producers.len(), 6);
    assert_eq!(producers.iter().filter(|p| p.last_sequence == 8).count(), 5);
    let transactional = producers.last().unwrap();
    assert_eq!(transactional.current_txn_start_offset, None);
    assert_eq!(transactional.coordinator_epoch, 2);
    assert_eq!(log.last_stable_offset(), offset(57));
    let bounds = ReadBounds { with_aborted: true, ..everything(log) };
    let data = log.read(offset(47), &bounds).unwrap();
    let aborted: Vec<i64> =
        data.aborted_transactions.unwrap().iter().map(|txn| txn.first_offset.get()).collect();
    assert_eq!(aborted, [48, 54]);
    let first = log.offset_for_timestamp(1_700_000_003_000).unwrap().unwrap();
    assert!(first.timestamp >= 1_700_000_003_000);
    let before = log.offset_for_timestamp(first.timestamp - 1).unwrap().unwrap();
    assert_eq!(before.offset, first.offset);
    let max = log.max_timestamp().unwrap().unwrap();
    assert!(log.offset_for_timestamp(max.timestamp + 1).unwrap().is_none());
}

#[test]
fn every_file_is_read_after_a_clean_stop() {
    let disk = disk();
    let (directory, mut log) = open(&disk);
    assert_eq!(directory.shutdown(), Shutdown::Clean);
    assert_eq!(directory.previous_broker_epoch(), Some(BrokerEpoch::new(87)));
    assert_eq!(directory.meta().cluster_id.as_str(), "qJ8oL0l0RkCkKmSvbSjSZQ");
    assert_eq!(log.high_watermark(), offset(57));
    check(&mut log);
}

#[test]
fn every_file_is_read_after_a_kill() {
    let disk = disk();
    // What a kill leaves: no mark, no last snapshot, no checkpointed recovery point, and the
    // active segment's indexes preallocated to their full length.
    disk.remove_file(&Path::new(DIR).join(".kafka_cleanshutdown")).unwrap();
    disk.remove_file(&path("00000000000000000057.snapshot")).unwrap();
    write(&disk, &Path::new(DIR).join("recovery-point-offset-checkpoint"), b"");
    for name in ["00000000000000000047.index", "00000000000000000047.timeindex"] {
        let mut content = disk.content(&path(name)).unwrap();
        content.resize(10 << 20, 0);
        write(&disk, &path(name), &content);
    }
    let (directory, mut log) = open(&disk);
    assert_eq!(directory.shutdown(), Shutdown::Unclean);
    check(&mut log);
}

#[test]
fn recovery_builds_the_indexes_that_kafka_wrote() {
    let disk = disk();
    let names: Vec<String> = disk
        .list(&path(""))
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .filter(|name| name.ends_with("index"))
        .collect();
    let before: Vec<Vec<u8>> = names.iter().map(|n| disk.content(&path(n)).unwrap()).collect();
    for name in &names {
        disk.remove_file(&path(name)).unwrap();
    }
    disk.remove_file(&Path::new(DIR).join(".kafka_cleanshutdown")).unwrap();
    write(&disk, &Path::new(DIR).join("recovery-point-offset-checkpoint"), b"");
    let (_directory, mut log) = open(&disk);
    check(&mut log);
    log.close(NOW).unwrap();
    for (name, before) in names.iter().zip(before) {
        assert_eq!(disk.content(&path(name)).unwrap(), before, "{name}");
    }
    // The snapshot at the end as well, but for the order of its entries.
    let snapshot = disk.content(&path("00000000000000000057.snapshot")).unwrap();
    assert_eq!(snapshot.len(), 286);
}
