//! Failing disks and damaged files: what is told, what is kept, and that the next good thing works.

use crate::support::*;
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect, SimDisk};
use keld_env::{Disk, OpenMode};
use keld_log::{AppendError, LogConfig, LogDirectory, LogError, PartitionLog};
use keld_types::{BrokerEpoch, ErrorCode};
use std::io::{ErrorKind, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn config() -> LogConfig {
    LogConfig {
        segment_bytes: 1500,
        index_interval_bytes: 200,
        retention_ms: -1,
        ..LogConfig::default()
    }
}

fn fail(disk: &SimDisk, operation: DiskOperation, path: &str, kind: ErrorKind) {
    disk.inject(DiskFault {
        operation: Some(operation),
        path_contains: path.to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(kind),
    });
}

fn producer(sequence: i32) -> Option<Producer> {
    Some(Producer { id: 9, epoch: 0, sequence })
}

/// Sixty batches over several segments, flushed, checkpointed and stopped; returns the values.
fn filled(is_clean: bool) -> (SimDisk, Vec<(i64, Vec<u8>)>) {
    let (disk, directory, mut log) = fresh(&config());
    for n in 0..60 {
        let value = format!("value-{n}-{}", "abcdefgh".repeat(4 + n as usize % 5));
        append_bytes(&mut log, &batch(&[value.as_bytes()], NOW + n, producer(n as i32)), 0, NOW)
            .unwrap();
    }
    log.set_high_watermark(log.log_end_offset());
    log.flush(NOW).unwrap();
    let values = read_values(&mut log).unwrap();
    if is_clean {
        log.close(NOW).unwrap();
        directory.note_offsets(&log);
        directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
    } else {
        directory.note_offsets(&log);
        directory.write_checkpoints().unwrap();
    }
    (disk, values)
}

fn reopen(disk: &SimDisk) -> (LogDirectory, PartitionLog) {
    let directory = open_directory(disk);
    let log = open_log(&directory, &config()).unwrap();
    (directory, log)
}

fn files_ending(disk: &SimDisk, end: &str) -> Vec<PathBuf> {
    let names = disk.list(&file("")).unwrap().into_iter().map(|entry| entry.name);
    names.filter(|name| name.ends_with(end)).map(|name| file(&name)).collect()
}

fn overwrite(disk: &SimDisk, path: &Path, content: &[u8]) {
    let file = disk.open(path, OpenMode::Truncate).unwrap();
    file.write_all_at(&mut [IoSlice::new(content)], 0).unwrap();
}

#[test]
fn a_failed_write_takes_the_directory_offline_for_good() {
    let (disk, directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    fail(&disk, DiskOperation::Write, ".log", ErrorKind::Other);
    let error = append_bytes(&mut log, &batch(&[b"b"], NOW, None), 0, NOW).unwrap_err();
    let AppendError::Log(error) = error else { panic!("{error}") };
    assert!(matches!(&error, LogError::Io { action: "write", .. }), "{error}");
    assert_eq!(error.error_code(), ErrorCode::KAFKA_STORAGE_ERROR);
    assert!(log.is_failed() && directory.is_offline());
    // The disk is well again, but nothing is retried.
    let again = append_bytes(&mut log, &batch(&[b"b"], NOW, None), 0, NOW).unwrap_err();
    assert!(matches!(again, AppendError::Log(LogError::Offline { .. })));
    assert!(matches!(log.read(offset(0), &everything(&log)), Err(LogError::Offline { .. })));
    assert!(matches!(log.flush(NOW), Err(LogError::Offline { .. })));
    assert_eq!(log.log_end_offset(), offset(1));
}

#[test]
fn a_failed_sync_takes_the_directory_offline_and_proves_nothing() {
    let (disk, directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    fail(&disk, DiskOperation::Sync, ".log", ErrorKind::Other);
    assert!(log.flush(NOW).is_err());
    assert_eq!(log.durable_offset(), offset(0));
    assert!(log.is_failed() && directory.is_offline());
    assert!(matches!(log.flush(NOW), Err(LogError::Offline { .. })));
}

#[test]
fn a_full_disk_at_a_sync_is_as_final_as_any_failed_sync() {
    let (disk, directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    fail(&disk, DiskOperation::Sync, ".log", ErrorKind::StorageFull);
    assert!(matches!(log.flush(NOW), Err(LogError::Io { action: "sync", .. })));
    assert!(directory.is_offline());
}

#[test]
fn a_full_disk_refuses_the_append_and_nothing_else() {
    let (disk, directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    let used = disk.space(Path::new(DIR)).unwrap();
    disk.set_capacity(used.total_bytes - used.usable_bytes + 20);
    let error = append_bytes(&mut log, &batch(&[b"b"], NOW, producer(0)), 0, NOW).unwrap_err();
    assert!(matches!(error, AppendError::Log(LogError::NoSpace { .. })), "{error}");
    assert!(!log.is_failed() && !directory.is_offline());
    assert_eq!(log.log_end_offset(), offset(1));
    assert!(log.producers().is_empty(), "the refused batch left no trace");
    assert_eq!(read_values(&mut log).unwrap().len(), 1);
    disk.set_capacity(1 << 40);
    append_bytes(&mut log, &batch(&[b"b"], NOW, producer(0)), 0, NOW).unwrap();
    assert_eq!(read_values(&mut log).unwrap().len(), 2);
}

#[test]
fn a_write_that_fails_half_way_for_space_leaves_no_half_batch() {
    let (disk, _directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    let before = disk.content(&file("00000000000000000000.log")).unwrap();
    fail(&disk, DiskOperation::Write, ".log", ErrorKind::StorageFull);
    assert!(append_bytes(&mut log, &batch(&[b"b"], NOW, None), 0, NOW).is_err());
    assert_eq!(disk.content(&file("00000000000000000000.log")).unwrap(), before);
    append(&mut log, &[b"c"]);
    let found = read_values(&mut log).unwrap();
    assert_eq!(found, [(0, b"a".to_vec()), (1, b"c".to_vec())]);
}

#[test]
fn a_read_error_is_told_and_takes_the_directory_offline() {
    let (disk, _) = filled(true);
    let (directory, mut log) = reopen(&disk);
    fail(&disk, DiskOperation::Read, "00000000000000000000.log", ErrorKind::Other);
    let error = log.read(offset(0), &everything(&log)).unwrap_err();
    assert!(matches!(error, LogError::Io { action: "read", .. }), "{error}");
    assert!(directory.is_offline());
}

/// A flipped bit anywhere in what was durable is never cut, and never served.
#[test]
fn a_flipped_bit_below_the_durable_point_is_damage_and_nothing_is_cut() {
    let (pristine, values) = filled(false);
    let logs = files_ending(&pristine, ".log");
    let last = logs.last().unwrap();
    let length = pristine.content(last).unwrap().len() as u64;
    // The recovery point lies at the end, so recovery looks at the last segment.
    for position in 0..length {
        // Base offset and leader epoch are outside the checksum: base offsets are told by their
        // order, epochs cannot be told.
        let disk = pristine.crashed(keld_env::sim::Crash::Killed);
        let before = disk.content(last).unwrap();
        let header_at = batch_start(&before, position as usize);
        if (12..16).contains(&(position as usize - header_at)) {
            continue;
        }
        disk.flip_bits(last, position, 0x10).unwrap();
        let damaged = disk.content(last).unwrap();
        let (_directory, mut log) = reopen(&disk);
        let ranges = log.damaged().to_vec();
        assert!(!ranges.is_empty(), "bit at {position} went unseen");
        assert_eq!(disk.content(last).unwrap(), damaged, "bit at {position}: bytes were changed");
        assert_eq!(log.log_end_offset(), offset(60), "bit at {position}: the end moved");
        for (at, value) in &values {
            let inside = ranges.iter().any(|r| r.from <= offset(*at) && offset(*at) < r.to);
            let read = log.read(offset(*at), &everything(&log));
            if inside {
                let error = read.unwrap_err();
                assert!(matches!(error, LogError::Damaged { .. }), "{position} {at}: {error}");
            } else {
                let data = read.unwrap_or_else(|e| panic!("bit at {position}, {at}: {e}"));
                let batch = keld_record::batches(data.read_all().unwrap()).next().unwrap().unwrap();
                let record = batch.records().unwrap().next().unwrap().unwrap();
                assert_eq!(record.value.unwrap(), value[..], "bit at {position}, offset {at}");
            }
        }
        let refused = append_bytes(&mut log, &batch(&[b"x"], NOW, None), 0, NOW);
        assert!(matches!(refused, Err(AppendError::Log(LogError::Damaged { .. }))));
    }
}

/// Where the batch that has the byte starts.
fn batch_start(content: &[u8], position: usize) -> usize {
    let mut start = 0;
    while let Ok(header) = keld_record::BatchHeader::parse(&content[start..]) {
        if position < start + header.size() {
            break;
        }
        start += header.size();
    }
    start
}

#[test]
fn damage_is_remembered_over_a_clean_stop_and_healed_by_truncation() {
    let (disk, _) = filled(false);
    let logs = files_ending(&disk, ".log");
    disk.flip_bits(logs.last().unwrap(), 80, 0x01).unwrap();
    let (directory, mut log) = reopen(&disk);
    let ranges = log.damaged().to_vec();
    assert_eq!(ranges.len(), 1);
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(2)).unwrap();
    drop((log, directory));
    let (_directory, mut log) = reopen(&disk);
    assert_eq!(log.damaged(), ranges);
    // The operator gives the rest up, or a replica brings it again.
    log.truncate_to(ranges[0].from, NOW).unwrap();
    assert!(log.damaged().is_empty());
    let info = append(&mut log, &[b"healed"]);
    assert_eq!(info.first_offset, ranges[0].from);
    drop((log, _directory));
    let (_directory, log) = reopen(&disk);
    assert!(log.damaged().is_empty());
    assert_eq!(log.log_end_offset(), ranges[0].from.next());
}

#[test]
fn a_log_file_that_lost_its_end_is_damaged_after_any_stop() {
    for is_clean in [true, false] {
        let (disk, values) = filled(is_clean);
        let logs = files_ending(&disk, ".log");
        let last = logs.last().unwrap();
        let content = disk.content(last).unwrap();
        let cut = batch_start(&content, content.len() - 1);
        for length in [cut, cut + 20, 0] {
            let disk = disk.crashed(keld_env::sim::Crash::Killed);
            overwrite(&disk, last, &content[..length]);
            let (_directory, mut log) = reopen(&disk);
            assert_eq!(log.damaged().len(), 1, "cut to {length}");
            assert_eq!(log.damaged()[0].to, offset(60), "cut to {length}");
            assert_eq!(log.log_end_offset(), offset(60));
            assert!(read_values(&mut log).is_err());
            let good = log.damaged()[0].from.get() as usize;
            let bounds = everything(&log);
            let first = records_of(&log.read(offset(0), &bounds).unwrap());
            assert_eq!(first[0].value.as_ref().unwrap()[..], values[0].1[..]);
            assert!(good >= 40, "cut to {length}: only {good} are good");
        }
    }
}

#[test]
fn a_segment_file_that_vanished_is_damage() {
    let (disk, _) = filled(false);
    let logs = files_ending(&disk, ".log");
    disk.remove_file(logs.last().unwrap()).unwrap();
    let (_directory, log) = reopen(&disk);
    assert_eq!(log.damaged().len(), 1);
    assert_eq!(log.damaged()[0].to, offset(60));
}

/// Garbage, emptiness and wrong entries in every file beside the log change nothing of what is
/// read.
#[test]
fn damaged_indexes_and_small_files_change_no_answer() {
    for is_clean in [true, false] {
        let (pristine, values) = filled(is_clean);
        let mut victims = files_ending(&pristine, "index");
        victims.extend(files_ending(&pristine, ".snapshot"));
        victims.push(file("leader-epoch-checkpoint"));
        for name in ["recovery-point-offset-checkpoint", "replication-offset-checkpoint"] {
            victims.push(Path::new(DIR).join(name));
        }
        for victim in victims {
            let content = pristine.content(&victim).unwrap();
            let half = content[..content.len() / 2].to_vec();
            let flipped: Vec<u8> = content.iter().map(|byte| byte ^ 0x55).collect();
            let one: Vec<u8> =
                content.iter().enumerate().map(|(n, b)| if n == 3 { b ^ 4 } else { *b }).collect();
            let mut padded = content.clone();
            padded.resize(content.len() + 24_000, 0);
            for bad in [Vec::new(), half, flipped, one, padded, vec![0xff; 77]] {
                let what = format!("{} with {} bytes", victim.display(), bad.len());
                let disk = pristine.crashed(keld_env::sim::Crash::Killed);
                overwrite(&disk, &victim, &bad);
                let (_directory, mut log) = reopen(&disk);
                assert!(log.damaged().is_empty(), "{what}");
                assert_eq!(read_values(&mut log).unwrap(), values, "{what}");
                for n in [0, 17, 59] {
                    let found = log.offset_for_timestamp(NOW + n).unwrap();
                    assert_eq!(found.map(|f| f.offset), Some(offset(n)), "{what}");
                }
                let max = log.max_timestamp().unwrap();
                assert_eq!(max.map(|f| f.offset), Some(offset(59)), "{what}");
                assert_eq!(log.epoch_for_offset(offset(30)), Some(epoch(0)), "{what}");
                assert_eq!(log.producers()[0].last_sequence, 59, "{what}");
                let next = batch(&[b"next"], NOW + 60, producer(60));
                append_bytes(&mut log, &next, 0, NOW).unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(read_values(&mut log).unwrap().len(), 61, "{what}");
            }
        }
    }
}

#[test]
fn a_partition_metadata_that_lies_is_told() {
    let (disk, _) = filled(true);
    overwrite(&disk, &file("partition.metadata"), b"version: 0\ntopic_id: AAAAAAAAAAcAAAAAAAAACQ");
    let directory = open_directory(&disk);
    let error = open_log(&directory, &config()).unwrap_err();
    assert!(matches!(error, LogError::InconsistentTopicId { .. }), "{error}");
    drop(directory);
    overwrite(&disk, &file("partition.metadata"), b"nonsense");
    let directory = open_directory(&disk);
    let error = open_log(&directory, &config()).unwrap_err();
    assert!(matches!(error, LogError::InvalidFile { .. }), "{error}");
}

#[test]
fn a_directory_is_held_by_one_and_must_be_formatted() {
    let (disk, directory, _log) = fresh(&config());
    let open = |disk: &SimDisk| {
        LogDirectory::open(Arc::new(disk.clone()), PathBuf::from(DIR)).unwrap_err()
    };
    assert!(matches!(open(&disk), LogError::Locked { .. }));
    drop(directory);
    overwrite(&disk, &Path::new(DIR).join("meta.properties"), b"version=1\n");
    let error = open(&disk);
    assert_eq!(error.to_string(), "/data/meta.properties: node.id was not found");
    disk.remove_file(&Path::new(DIR).join("meta.properties")).unwrap();
    assert!(open(&disk).to_string().contains("not formatted"));
}
