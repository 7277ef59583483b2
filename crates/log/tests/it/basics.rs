//! Appending, reading, rolling, reopening.

use crate::support::*;
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect};
use keld_log::{AppendError, LogConfig, LogError, Shutdown};
use keld_types::{BrokerEpoch, IsolationLevel};
use std::io::ErrorKind;

fn small() -> LogConfig {
    LogConfig { segment_bytes: 400, index_interval_bytes: 100, ..LogConfig::default() }
}

#[test]
fn what_was_appended_is_read() {
    let (_disk, _directory, mut log) = fresh(&LogConfig::default());
    let info = append(&mut log, &[b"a", b"b"]);
    assert_eq!((info.first_offset, info.last_offset), (offset(0), offset(1)));
    let info = append(&mut log, &[b"c"]);
    assert_eq!(info.first_offset, offset(2));
    assert_eq!(log.log_end_offset(), offset(3));
    let found = read_values(&mut log).unwrap();
    assert_eq!(found, [(0, b"a".to_vec()), (1, b"b".to_vec()), (2, b"c".to_vec())]);
    let _ = IsolationLevel::ReadUncommitted;
}

#[test]
fn segments_roll_and_everything_is_found_after_clean_and_unclean_stops() {
    let (disk, directory, mut log) = fresh(&small());
    let values: Vec<Vec<u8>> = (0..100u8).map(|n| vec![n; 30]).collect();
    for value in &values {
        append(&mut log, &[value]);
    }
    assert!(log.segment_count() > 10);
    let expected: Vec<_> = values.iter().enumerate().map(|(n, v)| (n as i64, v.clone())).collect();
    assert_eq!(read_values(&mut log).unwrap(), expected);
    log.set_high_watermark(log.log_end_offset());
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(5)).unwrap();
    drop((log, directory));

    let directory = open_directory(&disk);
    assert_eq!(directory.shutdown(), Shutdown::Clean);
    assert_eq!(directory.previous_broker_epoch(), Some(BrokerEpoch::new(5)));
    let mut log = open_log(&directory, &small()).unwrap();
    assert_eq!(log.high_watermark(), offset(100));
    assert_eq!(log.durable_offset(), offset(100));
    assert_eq!(read_values(&mut log).unwrap(), expected);
    append(&mut log, &[b"more"]);
    drop((log, directory));

    let directory = open_directory(&disk);
    assert_eq!(directory.shutdown(), Shutdown::Unclean);
    let mut log = open_log(&directory, &small()).unwrap();
    assert_eq!(log.log_end_offset(), offset(101));
    assert_eq!(read_values(&mut log).unwrap().len(), 101);
    assert_eq!(log.latest_epoch(), epoch(0));
}

#[test]
fn a_duplicate_is_answered_with_the_original() {
    let (_disk, _directory, mut log) = fresh(&LogConfig::default());
    let producer = |sequence| Some(Producer { id: 7, epoch: 0, sequence });
    for n in 0..6 {
        append_bytes(&mut log, &batch(&[b"x"], NOW + n, producer(n as i32)), 0, NOW).unwrap();
    }
    let again = append_bytes(&mut log, &batch(&[b"x"], NOW + 3, producer(3)), 0, NOW).unwrap();
    assert!(again.is_duplicate);
    assert_eq!((again.first_offset, again.log_append_time_ms), (offset(3), NOW + 3));
    assert_eq!(log.log_end_offset(), offset(6));
    let forgotten = append_bytes(&mut log, &batch(&[b"x"], NOW, producer(0)), 0, NOW);
    assert!(matches!(forgotten, Err(AppendError::OutOfOrderSequence { found: 0, last: 5, .. })));
    let ahead = append_bytes(&mut log, &batch(&[b"x"], NOW, producer(7)), 0, NOW);
    assert!(matches!(ahead, Err(AppendError::OutOfOrderSequence { found: 7, last: 5, .. })));
    append_bytes(&mut log, &batch(&[b"x"], NOW, producer(6)), 0, NOW).unwrap();
    let zombie = Some(Producer { id: 7, epoch: -1, sequence: 7 });
    let fenced = append_bytes(&mut log, &batch(&[b"x"], NOW, zombie), 0, NOW);
    assert!(matches!(fenced, Err(AppendError::InvalidProducerEpoch { .. })), "{fenced:?}");
}

#[test]
fn reads_outside_the_log_are_refused() {
    let (_disk, _directory, mut log) = fresh(&LogConfig::default());
    append(&mut log, &[b"a"]);
    let bounds = everything(&log);
    let error = log.read(offset(2), &bounds).unwrap_err();
    assert!(matches!(error, LogError::OffsetOutOfRange { .. }));
    assert_eq!(log.read(offset(1), &bounds).unwrap().length, 0);
}

#[test]
fn an_idle_partition_lets_go_of_its_file_once_all_is_durable() {
    let (disk, _directory, mut log) = fresh(&LogConfig::default());
    append(&mut log, &[b"a"]);
    disk.inject(DiskFault {
        operation: Some(DiskOperation::Open),
        path_contains: ".log".to_owned(),
        skip: 0,
        times: u64::MAX,
        effect: FaultEffect::Error(ErrorKind::Other),
    });
    // A failed write-back would be reported to this descriptor.
    log.close_idle_file();
    log.close_idle_file();
    append(&mut log, &[b"b"]);
    log.flush(NOW).unwrap();
    log.close_idle_file();
    append(&mut log, &[b"c"]);
    log.flush(NOW).unwrap();
    log.close_idle_file();
    log.close_idle_file();
    let error = append_bytes(&mut log, &batch(&[b"d"], NOW, None), 0, NOW).unwrap_err();
    assert!(matches!(error, AppendError::Log(LogError::Io { action: "open", .. })), "{error}");
}
