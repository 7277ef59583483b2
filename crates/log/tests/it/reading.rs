//! Reads and look-ups by timestamp against a list of all records; and logs of arbitrary bytes.

use crate::support::*;
use keld_env::{Disk, OpenMode};
use keld_log::{LogConfig, PartitionLog, ReadBounds};
use keld_types::BrokerEpoch;
use proptest::prelude::*;
use std::io::IoSlice;

fn config() -> LogConfig {
    LogConfig {
        segment_bytes: 1200,
        index_interval_bytes: 150,
        retention_ms: -1,
        ..LogConfig::default()
    }
}

/// A batch of the model: first offset, timestamps of its records, its bytes.
struct Known {
    first: i64,
    timestamps: Vec<i64>,
    size: usize,
}

impl Known {
    fn last(&self) -> i64 {
        self.first + self.timestamps.len() as i64 - 1
    }
}

fn fill(log: &mut PartitionLog, batches: &[(u8, u8, u16)]) -> Vec<Known> {
    let mut known = Vec::new();
    for (count, length, time) in batches {
        let value = vec![b'v'; usize::from(*length)];
        let values: Vec<&[u8]> = (0..*count).map(|_| value.as_slice()).collect();
        let timestamp = NOW + i64::from(*time);
        let bytes = batch(&values, timestamp, None);
        let info = append_bytes(log, &bytes, 0, NOW + 100_000).unwrap();
        let timestamps = (0..i64::from(*count)).map(|n| timestamp + n).collect();
        known.push(Known { first: info.first_offset.get(), timestamps, size: bytes.len() });
    }
    known
}

fn check_read(
    log: &mut PartitionLog,
    known: &[Known],
    from: i64,
    max: i64,
    bytes: usize,
    one: bool,
) {
    let bounds = ReadBounds {
        offset_max: offset(max),
        bytes_max: bytes,
        min_one_batch: one,
        with_aborted: false,
    };
    let data = log.read(offset(from), &bounds).unwrap();
    let content = data.read_all().unwrap();
    assert_eq!(content.len(), data.length);
    // Whole batches below the bound, from the one that has the offset on.
    let readable: Vec<&Known> =
        known.iter().filter(|k| k.last() >= from && k.last() < max).collect();
    let Some(first) = readable.first().filter(|_| from < max) else {
        assert!(content.is_empty(), "[{from}, {max}) has no whole batch");
        return;
    };
    let limit = if one { bytes.max(first.size) } else { bytes };
    assert!(content.len() <= limit);
    assert_eq!(data.is_first_batch_incomplete, limit < first.size);
    let found: Vec<i64> = keld_record::batches(content.clone())
        .map(|batch| batch.unwrap().header().base_offset.get())
        .collect();
    let expected: Vec<i64> = readable.iter().map(|k| k.first).take(found.len()).collect();
    assert_eq!(found, expected, "from {from} to {max}");
    if limit >= first.size {
        assert!(!found.is_empty(), "from {from} to {max} with {limit} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn agree_with_a_list_of_all_batches(
        batches in proptest::collection::vec((1u8..6, 0u8..90, 0u16..3000), 1..60),
        reads in proptest::collection::vec((0u16..200, 0u16..240, 0usize..3000, any::<bool>()), 1..30),
        times in proptest::collection::vec(0u16..3200, 1..20),
        reopen: bool,
    ) {
        let (disk, directory, mut log) = fresh(&config());
        let known = fill(&mut log, &batches);
        if reopen {
            log.close(NOW).unwrap();
            directory.note_offsets(&log);
            directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
        }
        drop(directory);
        let directory = open_directory(&disk);
        let mut log = open_log(&directory, &config()).unwrap();
        let end = log.log_end_offset().get();
        prop_assert_eq!(end, known.last().unwrap().last() + 1);
        for (from, max, bytes, one) in reads {
            let from = i64::from(from).min(end);
            let max = i64::from(max).min(end);
            check_read(&mut log, &known, from, max, bytes, one);
            // As one who reads on does.
            if let Some(read) = known.iter().find(|batch| batch.last() >= from) {
                check_read(&mut log, &known, read.last() + 1, max, bytes, one);
            }
        }
        let records = || {
            known.iter().flat_map(|k| k.timestamps.iter().enumerate().map(|(n, t)| (k.first + n as i64, *t)))
        };
        for time in times {
            let wanted = NOW + i64::from(time);
            let naive = records().find(|(_, timestamp)| *timestamp >= wanted);
            let found = log.offset_for_timestamp(wanted).unwrap();
            prop_assert_eq!(found.map(|f| (f.offset.get(), f.timestamp)), naive);
        }
        let newest = records().map(|(_, timestamp)| timestamp).max().unwrap();
        let naive = records().find(|(_, timestamp)| *timestamp == newest);
        let found = log.max_timestamp().unwrap().map(|f| (f.offset.get(), f.timestamp));
        prop_assert_eq!(found, naive);
    }

    #[test]
    fn arbitrary_bytes_are_errors_and_never_a_panic(
        batches in proptest::collection::vec((1u8..4, 0u8..90, 0u16..100), 1..30),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..12),
        file_of in any::<u8>(),
        cut in any::<u16>(),
        is_clean: bool,
        compact: bool,
    ) {
        let config = LogConfig { compact, ..config() };
        let (disk, directory, mut log) = fresh(&config);
        fill(&mut log, &batches);
        log.close(NOW).unwrap();
        directory.note_offsets(&log);
        if is_clean {
            directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
        } else if file_of % 2 == 0 {
            directory.write_checkpoints().unwrap();
        }
        drop((log, directory));
        let files = disk.list(&file("")).unwrap();
        let victim = file(&files[usize::from(file_of) % files.len()].name);
        let mut content = disk.content(&victim).unwrap();
        if !content.is_empty() {
            for (at, value) in &changes {
                let at = usize::from(*at) % content.len();
                content[at] = *value;
            }
            if cut % 3 == 0 {
                content.truncate(usize::from(cut) % content.len());
            }
        }
        let target = disk.open(&victim, OpenMode::Truncate).unwrap();
        target.write_all_at(&mut [IoSlice::new(&content)], 0).unwrap();
        let directory = open_directory(&disk);
        let Ok(mut log) = open_log(&directory, &config) else { return Ok(()) };
        let end = log.log_end_offset();
        prop_assert!(log.log_start_offset() <= end);
        let bounds = everything(&log);
        for at in 0..end.get().min(150) {
            if let Ok(data) = log.read(offset(at), &bounds) {
                prop_assert!(data.read_all().is_ok());
            }
        }
        let _ = (log.max_timestamp(), log.offset_for_timestamp(NOW + 5));
        let _ = append_bytes(&mut log, &batch(&[b"x"], NOW, None), 1, NOW);
        let _ = log.truncate_to(offset(end.get() / 2), NOW);
        let _ = log.delete_old_segments(NOW);
        let _ = log.close(NOW);
    }
}
