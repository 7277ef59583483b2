//! Retention, DeleteRecords, rolling by time, and what a compaction left half done.

use crate::support::*;
use keld_env::sim::SimDisk;
use keld_env::{Disk, OpenMode};
use keld_log::{DirectoryKind, LogConfig, LogError, PartitionLog};
use keld_types::BrokerEpoch;
use std::io::IoSlice;
use std::path::Path;

fn config() -> LogConfig {
    LogConfig {
        segment_bytes: 500,
        index_interval_bytes: 100,
        retention_ms: -1,
        ..LogConfig::default()
    }
}

fn names(disk: &SimDisk) -> Vec<String> {
    disk.list(&file("")).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Thirty records of distinct timestamps, one a batch.
fn fill(log: &mut PartitionLog) {
    for n in 0..30 {
        append_bytes(log, &batch(&[b"0123456789"], NOW + n * 1000, None), 0, NOW + 3_600_000)
            .unwrap();
    }
    log.set_high_watermark(log.log_end_offset());
}

#[test]
fn segments_go_by_time_when_their_newest_record_is_old() {
    let (disk, _directory, mut log) = fresh(&config());
    fill(&mut log);
    let before: Vec<_> = log.segment_base_offsets().collect();
    log.set_config(LogConfig { retention_ms: 10_000, ..config() });
    // Records below 15 000 ms are older than retention; their last segment has newer ones.
    let deleted = log.delete_old_segments(NOW + 25_000).unwrap();
    assert!(deleted > 0);
    let start = log.log_start_offset();
    assert_eq!(start, before[deleted]);
    assert!(start <= offset(15) && before[deleted + 1] > offset(15), "{start}");
    assert!(matches!(
        log.read(offset(0), &everything(&log)),
        Err(LogError::OffsetOutOfRange { .. })
    ));
    assert_eq!(read_values(&mut log).unwrap()[0].0, start.get());
    // The files linger, then go.
    let doomed = |disk: &SimDisk| names(disk).iter().filter(|n| n.ends_with(".deleted")).count();
    assert!(doomed(&disk) >= deleted);
    assert_eq!(log.delete_doomed(NOW + 25_000 + 59_999).unwrap(), Some(NOW + 85_000));
    assert!(doomed(&disk) >= deleted);
    assert_eq!(log.delete_doomed(NOW + 85_000).unwrap(), None);
    assert_eq!(doomed(&disk), 0);
}

#[test]
fn everything_old_goes_and_an_empty_segment_stays() {
    let (_disk, _directory, mut log) = fresh(&config());
    fill(&mut log);
    log.set_config(LogConfig { retention_ms: 10, ..config() });
    log.delete_old_segments(NOW + 1_000_000).unwrap();
    assert_eq!((log.log_start_offset(), log.log_end_offset()), (offset(30), offset(30)));
    assert_eq!(log.segment_count(), 1);
    assert_eq!(log.delete_old_segments(NOW + 2_000_000).unwrap(), 0);
    let info = append(&mut log, &[b"next"]);
    assert_eq!(info.first_offset, offset(30));
}

#[test]
fn nothing_goes_above_the_high_watermark() {
    let (_disk, _directory, mut log) = fresh(&config());
    fill(&mut log);
    log.set_high_watermark(offset(7));
    log.set_config(LogConfig { retention_ms: 10, ..config() });
    log.delete_old_segments(NOW + 1_000_000).unwrap();
    assert!(log.log_start_offset() <= offset(7), "{}", log.log_start_offset());
}

#[test]
fn segments_go_by_size() {
    let (_disk, _directory, mut log) = fresh(&config());
    fill(&mut log);
    let size = log.size_bytes();
    log.set_config(LogConfig { retention_bytes: 1200, ..config() });
    log.delete_old_segments(NOW).unwrap();
    assert!(log.size_bytes() >= 1200 && log.size_bytes() < 1200 + 500, "{size}");
    let compact = LogConfig { retention_bytes: 0, delete: false, compact: true, ..config() };
    log.set_config(compact);
    assert_eq!(log.delete_old_segments(NOW).unwrap(), 0, "compact alone deletes by start only");
}

#[test]
fn delete_records_moves_the_start_and_survives_a_clean_stop() {
    let (disk, directory, mut log) = fresh(&config());
    fill(&mut log);
    log.set_high_watermark(offset(20));
    let above = log.increment_log_start_offset(offset(21)).unwrap_err();
    assert!(matches!(above, LogError::OffsetOutOfRange { .. }));
    assert!(log.increment_log_start_offset(offset(11)).unwrap());
    assert!(!log.increment_log_start_offset(offset(11)).unwrap());
    assert_eq!(read_values(&mut log).unwrap()[0].0, 11);
    assert_eq!(log.earliest_epoch(), Some(epoch(0)));
    log.delete_old_segments(NOW).unwrap();
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
    let text = disk.content(&Path::new(DIR).join("log-start-offset-checkpoint")).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "0\n1\ntopic 0 11\n");
    drop((log, directory));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    assert_eq!(log.log_start_offset(), offset(11));
    assert_eq!(read_values(&mut log).unwrap().len(), 19);
}

#[test]
fn a_segment_rolls_when_its_first_record_is_old() {
    let config = LogConfig { segment_ms: 5_000, segment_bytes: 1 << 20, ..config() };
    let (_disk, _directory, mut log) = fresh(&config);
    for n in 0..12 {
        append_bytes(&mut log, &batch(&[b"x"], NOW + n * 1000, None), 0, NOW + 100_000).unwrap();
    }
    // A segment holds 0 to 5 000 ms after its first record, and the next one begins after.
    let bases: Vec<i64> = log.segment_base_offsets().map(|base| base.get()).collect();
    assert_eq!(bases, [0, 6]);
}

#[test]
fn a_segment_rolls_when_its_index_is_full() {
    let config = LogConfig {
        segment_bytes: 1 << 20,
        segment_index_bytes: 36,
        index_interval_bytes: 1,
        ..config()
    };
    let (_disk, _directory, mut log) = fresh(&config);
    for n in 0..12 {
        append_bytes(&mut log, &batch(&[b"x"], NOW + n, None), 0, NOW).unwrap();
    }
    assert!(log.segment_count() > 3, "{}", log.segment_count());
    assert_eq!(read_values(&mut log).unwrap().len(), 12);
}

#[test]
fn a_batch_larger_than_a_segment_is_refused() {
    let (_disk, _directory, mut log) = fresh(&config());
    let large = vec![b'x'; 600];
    let error = append_bytes(&mut log, &batch(&[&large], NOW, None), 0, NOW).unwrap_err();
    assert!(matches!(error, keld_log::AppendError::LargerThanSegment { .. }), "{error}");
    append(&mut log, &[b"fits"]);
}

fn copy(disk: &SimDisk, from: &str, to: &str) {
    let content = disk.content(&file(from)).unwrap();
    let target = disk.open(&file(to), OpenMode::CreateNew).unwrap();
    target.write_all_at(&mut [IoSlice::new(&content)], 0).unwrap();
}

#[test]
fn a_compaction_left_half_done_is_finished_or_undone() {
    let (disk, directory, mut log) = fresh(&config());
    fill(&mut log);
    let bases: Vec<_> = log.segment_base_offsets().collect();
    let values = read_values(&mut log).unwrap();
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
    drop((log, directory));
    // A finished output for the second segment, one that does not count, and a removed segment.
    let name = |base: usize, end: &str| format!("{:020}{end}", bases[base].get());
    copy(&disk, &name(1, ".log"), &name(1, ".log.swap"));
    copy(&disk, &name(1, ".index"), &name(1, ".index.swap"));
    disk.remove_file(&file(&name(1, ".log"))).unwrap();
    copy(&disk, &name(2, ".log"), &name(2, ".log.cleaned"));
    copy(&disk, &name(2, ".log"), &name(2, ".log.swap"));
    copy(&disk, &name(0, ".log"), &name(0, ".log.deleted"));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    assert_eq!(read_values(&mut log).unwrap(), values);
    let left: Vec<_> = names(&disk)
        .into_iter()
        .filter(|n| n.ends_with(".swap") || n.ends_with(".cleaned") || n.ends_with(".deleted"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_partition_is_renamed_removed_and_its_checkpoints_forgotten() {
    let (disk, directory, mut log) = fresh(&config());
    fill(&mut log);
    directory.note_offsets(&log);
    directory.write_checkpoints().unwrap();
    let unique = "0123456789abcdef0123456789abcdef";
    let doomed = directory.retire(log, DirectoryKind::Delete, unique).unwrap();
    assert_eq!(doomed.path, Path::new(DIR).join(format!("topic-0.{unique}-delete")));
    let text = disk.content(&Path::new(DIR).join("recovery-point-offset-checkpoint")).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "0\n0\n");
    assert_eq!(directory.partitions().unwrap(), std::slice::from_ref(&doomed));
    // The same partition again, beside the one that waits.
    let mut log = open_log(&directory, &config()).unwrap();
    assert_eq!(log.log_end_offset(), offset(0));
    append(&mut log, &[b"new"]);
    directory.remove(&doomed).unwrap();
    assert_eq!(directory.partitions().unwrap().len(), 1);
    assert_eq!(read_values(&mut log).unwrap().len(), 1);
    directory.remove(&doomed).unwrap();
}
