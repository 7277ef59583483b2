//! Truncation, epochs, followers.

use crate::support::*;
use bytes::Bytes;
use keld_env::sim::Crash;
use keld_log::{AppendError, EpochEndOffset, LogConfig, LogError, PartitionLog, ReadBounds};
use keld_record::RecordBatch;
use keld_types::LeaderEpoch;

fn config() -> LogConfig {
    LogConfig {
        segment_bytes: 1000,
        index_interval_bytes: 150,
        retention_ms: -1,
        ..LogConfig::default()
    }
}

/// A batch as a leader has stamped it.
fn stamped(values: &[&[u8]], at: i64, leader_epoch: i32) -> Bytes {
    let mut bytes = batch(values, NOW + at, None).to_vec();
    keld_record::stamp_base_offset(&mut bytes, offset(at));
    keld_record::stamp_leader_epoch(&mut bytes, epoch(leader_epoch));
    bytes.into()
}

#[test]
fn truncation_cuts_at_batches_and_takes_epochs_and_producers_with_it() {
    let (disk, directory, mut log) = fresh(&config());
    let producer = |sequence| Some(Producer { id: 3, epoch: 0, sequence });
    for n in 0..40 {
        let leader_epoch = n / 10;
        let bytes = batch(&[b"one", b"two"], NOW + i64::from(n), producer(n * 2));
        append_bytes(&mut log, &bytes, leader_epoch, NOW).unwrap();
    }
    log.flush(NOW).unwrap();
    directory.note_offsets(&log);
    directory.write_checkpoints().unwrap();
    assert!(log.segment_count() > 3);
    // 31 lies inside the batch of 30 and 31: it goes whole.
    assert!(log.truncate_to(offset(31), NOW).unwrap());
    assert_eq!(log.log_end_offset(), offset(30));
    assert_eq!(log.durable_offset(), offset(30));
    assert_eq!(log.latest_epoch(), epoch(1));
    assert_eq!(log.producers()[0].last_sequence, 29);
    assert_eq!(read_values(&mut log).unwrap().len(), 30);
    assert!(!log.truncate_to(offset(30), NOW).unwrap());
    // What was cut stays cut, and the lower end does not look damaged.
    let disk = disk.crashed(Crash::PowerLossAll);
    drop((log, directory));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    assert!(log.damaged().is_empty());
    assert_eq!(log.log_end_offset(), offset(30));
    append_bytes(&mut log, &batch(&[b"x"], NOW, producer(30)), 4, NOW).unwrap();
    assert_eq!(read_values(&mut log).unwrap().len(), 31);
    assert_eq!(log.end_offset_for_epoch(epoch(3)), Some(end_of(1, 30)));
}

#[test]
fn a_reader_who_reads_on_finds_what_stands_there_after_a_cut() {
    let (_disk, _directory, mut log) = fresh(&config());
    for value in [b"one", b"two"] {
        append_bytes(&mut log, &batch(&[value], NOW, None), 0, NOW).unwrap();
    }
    let bounds = |log: &PartitionLog| ReadBounds { bytes_max: 1, ..everything(log) };
    // The reader has the second batch and will ask for the third.
    let second = log.read(offset(1), &bounds(&log)).unwrap().length;
    assert!(log.truncate_to(offset(1), NOW).unwrap());
    append_bytes(&mut log, &batch(&[&[b'a'; 100]], NOW, None), 0, NOW).unwrap();
    append_bytes(&mut log, &batch(&[b"three"], NOW, None), 0, NOW).unwrap();
    let third = log.read(offset(2), &bounds(&log)).unwrap();
    let header = RecordBatch::parse(&third.read_all().unwrap()).unwrap();
    assert_eq!(header.header().base_offset, offset(2));
    assert_eq!(third.length, second + 2);
}

fn end_of(leader_epoch: i32, end: i64) -> EpochEndOffset {
    EpochEndOffset { leader_epoch: epoch(leader_epoch), end_offset: offset(end) }
}

#[test]
fn an_epoch_without_records_is_forgotten_by_a_truncation_that_cuts_nothing() {
    let (_disk, _directory, mut log) = fresh(&config());
    append(&mut log, &[b"a"]);
    log.assign_epoch(epoch(5), log.log_end_offset()).unwrap();
    assert_eq!(log.latest_epoch(), epoch(5));
    assert_eq!(log.end_offset_for_epoch(epoch(0)), Some(end_of(0, 1)));
    assert!(!log.truncate_to(offset(1), NOW).unwrap());
    assert_eq!(log.latest_epoch(), epoch(0));
    assert_eq!(log.end_offset_for_epoch(LeaderEpoch::NONE), None);
}

/// Else the records of the newer one would belong to no epoch, and followers were cut too far.
#[test]
fn an_epoch_below_that_of_records_before_it_is_refused() {
    let (_disk, _directory, mut log) = fresh(&config());
    log.append_as_follower(&stamped(&[b"a"], 0, 2), epoch(9), NOW).unwrap();
    log.append_as_follower(&stamped(&[b"b"], 1, 5), epoch(9), NOW).unwrap();
    let known = [(epoch(2), offset(0)), (epoch(5), offset(1))];
    for stale in [3, 2, 0] {
        let refused = log.assign_epoch(epoch(stale), offset(2)).unwrap_err();
        assert!(matches!(refused, LogError::StaleEpoch { .. }), "{refused}");
        assert_eq!(log.epoch_entries(), known);
    }
    // One that is not known, and the newest again, say nothing; one without records gives way.
    log.assign_epoch(LeaderEpoch::NONE, offset(2)).unwrap();
    log.assign_epoch(epoch(5), offset(2)).unwrap();
    assert_eq!(log.epoch_entries(), known);
    log.assign_epoch(epoch(8), offset(2)).unwrap();
    log.assign_epoch(epoch(7), offset(2)).unwrap();
    assert_eq!(log.latest_epoch(), epoch(7));
}

#[test]
fn a_follower_takes_batches_as_they_are() {
    let (_disk, _directory, mut log) = fresh(&config());
    let mut both = stamped(&[b"a", b"b"], 0, 2).to_vec();
    both.extend_from_slice(&stamped(&[b"c"], 2, 3));
    both.extend_from_slice(&stamped(&[b"d"], 3, 9));
    let cut_off = both.len();
    both.extend_from_slice(&stamped(&[b"e"], 4, 3)[..30]);
    // The batch of epoch 9 is from a later leader than the one that was asked: it waits.
    let info = log.append_as_follower(&both.clone().into(), epoch(3), NOW).unwrap();
    assert_eq!((info.first_offset, info.last_offset), (offset(0), offset(2)));
    assert_eq!(log.epoch_entries(), [(epoch(2), offset(0)), (epoch(3), offset(2))]);
    let file = log.read(offset(0), &everything(&log)).unwrap().read_all().unwrap();
    assert_eq!(file[..], both[..file.len()], "byte for byte");
    assert!(file.len() < cut_off);
    // Below the end, out of order, corrupt.
    let below = log.append_as_follower(&stamped(&[b"x"], 1, 3), epoch(3), NOW).unwrap_err();
    assert!(matches!(below, AppendError::UnexpectedOffset { .. }), "{below}");
    let mut corrupt = stamped(&[b"x"], 3, 3).to_vec();
    corrupt[65] ^= 1;
    let corrupt = log.append_as_follower(&corrupt.into(), epoch(3), NOW).unwrap_err();
    assert!(matches!(corrupt, AppendError::Corrupt { .. }), "{corrupt}");
    assert_eq!(log.log_end_offset(), offset(3));
    // A gap, as compaction leaves it, is taken.
    log.append_as_follower(&stamped(&[b"x"], 10, 3), epoch(3), NOW).unwrap();
    assert_eq!(log.log_end_offset(), offset(11));
    let data = log.read(offset(5), &everything(&log)).unwrap();
    assert_eq!(records_of(&data)[0].offset, offset(10));
    let nothing = log.append_as_follower(&Bytes::new(), epoch(3), NOW).unwrap();
    assert_eq!(nothing.bytes, 0);
}

#[test]
fn a_stale_leader_is_refused() {
    let (_disk, _directory, mut log) = fresh(&config());
    append_bytes(&mut log, &batch(&[b"a"], NOW, None), 4, NOW).unwrap();
    let error = append_bytes(&mut log, &batch(&[b"b"], NOW, None), 3, NOW).unwrap_err();
    assert!(matches!(error, AppendError::StaleLeaderEpoch { .. }), "{error}");
}

#[test]
fn a_log_starts_anew_at_a_snapshots_end() {
    let (disk, directory, mut log) = fresh(&config());
    for _ in 0..30 {
        append(&mut log, &[b"something"]);
    }
    log.flush(NOW).unwrap();
    directory.note_offsets(&log);
    directory.write_checkpoints().unwrap();
    log.truncate_fully_and_start_at(offset(500), NOW).unwrap();
    assert_eq!((log.log_start_offset(), log.log_end_offset()), (offset(500), offset(500)));
    assert_eq!(log.high_watermark(), offset(500));
    assert!(log.epoch_entries().is_empty());
    let info = log.append_as_follower(&stamped(&[b"x"], 500, 7), epoch(7), NOW).unwrap();
    assert_eq!(info.first_offset, offset(500));
    drop((log, directory));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    assert_eq!((log.log_start_offset(), log.log_end_offset()), (offset(500), offset(501)));
    assert_eq!(read_values(&mut log).unwrap(), [(500, b"x".to_vec())]);
}

#[test]
fn the_window_of_five_is_there_after_a_clean_stop() {
    let (disk, directory, mut log) = fresh(&config());
    let producer = |sequence| Some(Producer { id: 3, epoch: 0, sequence });
    for n in 0..7 {
        append_bytes(&mut log, &batch(&[b"v"], NOW + n, producer(n as i32)), 0, NOW).unwrap();
    }
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(keld_types::BrokerEpoch::new(1)).unwrap();
    drop((log, directory));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    for n in 2..7 {
        let again = append_bytes(&mut log, &batch(&[b"v"], NOW, producer(n)), 0, NOW).unwrap();
        assert!(again.is_duplicate, "sequence {n}");
        assert_eq!(again.first_offset, offset(n.into()));
    }
}

#[test]
fn a_flush_that_began_before_a_truncation_proves_nothing_after_it() {
    let (_disk, _directory, mut log) = fresh(&config());
    for _ in 0..10 {
        append(&mut log, &[b"something"]);
    }
    let job = log.prepare_flush().unwrap().unwrap();
    log.truncate_to(offset(4), NOW).unwrap();
    for _ in 0..10 {
        append(&mut log, &[b"otherwise"]);
    }
    assert_eq!(log.complete_flush(job.run(), NOW).unwrap(), offset(0));
    assert_eq!(log.flush(NOW).unwrap(), offset(14));
}

/// Segments that were sealed while a flush ran wait for the next one, whatever retention removed
/// meanwhile.
#[test]
fn a_segment_sealed_during_a_flush_is_synced_by_the_next() {
    let (disk, directory, mut log) = fresh(&config());
    append(&mut log, &[b"first"]);
    log.roll(NOW).unwrap();
    append(&mut log, &[b"second"]);
    let job = log.prepare_flush().unwrap().unwrap();
    append(&mut log, &[b"third"]);
    log.set_high_watermark(log.log_end_offset());
    log.increment_log_start_offset(offset(1)).unwrap();
    assert_eq!(log.delete_old_segments(NOW).unwrap(), 1);
    log.roll(NOW).unwrap();
    append(&mut log, &[b"fourth"]);
    assert_eq!(log.complete_flush(job.run(), NOW).unwrap(), offset(2));
    assert_eq!(log.flush(NOW).unwrap(), offset(4));
    let disk = disk.crashed(Crash::PowerLossAll);
    drop((log, directory));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &config()).unwrap();
    assert_eq!(log.log_end_offset(), offset(4));
    assert_eq!(read_values(&mut log).unwrap().len(), 3);
}
