//! What is synced when, and how a volume that fills up is met.

use crate::support::*;
use keld_env::sim::{Crash, DiskFault, DiskOperation, FaultEffect};
use keld_env::{Disk, OpenMode};
use keld_log::{AppendError, LogConfig, LogError};
use keld_types::{BrokerEpoch, ErrorCode};
use std::io::ErrorKind;
use std::path::Path;

/// Segments of two batches.
fn memory() -> LogConfig {
    LogConfig { segment_bytes: 250, flush_sealed: false, ..LogConfig::default() }
}

#[test]
fn without_syncs_of_sealed_segments_only_a_clean_stop_syncs_them() {
    let (disk, directory, mut log) = fresh(&memory());
    append(&mut log, &[b"first"]);
    // Nothing more is synced but names: the first sync of a file would fail.
    disk.inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: ".log".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(ErrorKind::Other),
    });
    for n in 0..40 {
        append(&mut log, &[format!("value {n}, long enough to fill half a segment").as_bytes()]);
    }
    assert!(log.segment_count() > 15);
    assert!(!log.is_flush_due(i64::MAX - 1), "flush.ms is what else would ask for one");
    assert_eq!(log.durable_offset(), offset(0));
    disk.heal();
    log.close(NOW).unwrap();
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
    let disk = disk.crashed(Crash::PowerLossAll);
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &memory()).unwrap();
    assert!(log.damaged().is_empty());
    assert_eq!(read_values(&mut log).unwrap().len(), 41);
}

#[test]
fn flush_ms_is_kept_without_syncs_of_sealed_segments() {
    let (_disk, _directory, mut log) = fresh(&LogConfig { flush_ms: 500, ..memory() });
    append(&mut log, &[b"first"]);
    assert!(!log.is_flush_due(NOW + 499));
    assert!(log.is_flush_due(NOW + 500));
}

#[test]
fn records_leave_space_for_metadata_and_come_back_by_themselves() {
    let reserve = 10_000;
    let topic = LogConfig { free_bytes_min: reserve, ..LogConfig::default() };
    let (disk, directory, mut log) = fresh(&topic);
    let space = disk.space(Path::new(DIR)).unwrap();
    let used = space.total_bytes - space.usable_bytes;
    // The reserve is at most a twentieth of the volume.
    let capacity = 30 * reserve;
    disk.set_capacity(capacity);
    let filler = disk.open(&Path::new(DIR).join("filler"), OpenMode::CreateNew).unwrap();
    let fill = |left: u64| filler.truncate(capacity - used - left);
    fill(reserve + 6000).unwrap();
    append(&mut log, &[b"a"]);
    let value = [b'x'; 900];
    let mut taken = 1;
    let error = loop {
        match append_bytes(&mut log, &batch(&[&value], NOW, None), 0, NOW) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(taken > 3, "{taken}");
    let AppendError::Log(error) = error else { panic!("{error}") };
    let LogError::Full { usable_bytes, missing_bytes, .. } = &error else { panic!("{error}") };
    assert!(*usable_bytes >= reserve && *missing_bytes < 1000, "{error}");
    assert_eq!(error.error_code(), ErrorCode::KAFKA_STORAGE_ERROR);
    assert!(!log.is_failed() && !directory.is_offline());
    // Reads and checkpoints go on.
    assert_eq!(read_values(&mut log).unwrap().len(), taken);
    directory.note_offsets(&log);
    log.flush(NOW).unwrap();
    // A little space is not enough, a quarter more than the reserve is.
    let more = |bytes: u64| filler.truncate(filler.len().unwrap() - bytes);
    more(1500).unwrap();
    assert!(append_bytes(&mut log, &batch(&[&value], NOW, None), 0, NOW).is_err());
    more(reserve / 4).unwrap();
    append_bytes(&mut log, &batch(&[&value], NOW, None), 0, NOW).unwrap();
    assert_eq!(read_values(&mut log).unwrap().len(), taken + 1);
}

#[test]
fn fast_growing_segments_take_space_ahead_and_give_it_back() {
    let config = LogConfig { segment_bytes: 20 << 20, ..LogConfig::default() };
    let value = vec![b'x'; 900 << 10];
    // A file system that has no room to take ahead still takes the append.
    for refuses in [false, true] {
        let (disk, _directory, mut log) = fresh(&config);
        disk.inject(DiskFault {
            operation: Some(DiskOperation::Reserve),
            path_contains: ".log".to_owned(),
            skip: 0,
            times: u64::from(refuses),
            effect: FaultEffect::Error(ErrorKind::StorageFull),
        });
        for _ in 0..30 {
            append(&mut log, &[&value]);
        }
        assert!(log.segment_count() > 1);
        let size = disk.content(&file("00000000000000000000.log")).unwrap().len() as u64;
        assert!(size <= config.segment_bytes && size > 19 << 20, "{size}");
        assert_eq!(read_values(&mut log).unwrap().len(), 30);
    }
}
