//! Batches appended together: the same outcomes and the same bytes as one after the other.

use crate::support::*;
use keld_env::Disk;
use keld_env::OpenMode;
use keld_env::sim::SimDisk;
use keld_log::{AppendError, AppendInfo, AppendOrigin, LeaderAppend, LogConfig, PartitionLog};
use keld_record::{RecordBatch, Validated, validate};
use proptest::prelude::*;

/// Appends them with one write if that is possible.
fn append_together(
    log: &mut PartitionLog,
    batches: &[bytes::Bytes],
) -> Vec<Result<AppendInfo, AppendError>> {
    let partition = log.partition().clone();
    let options = log.config().validate_options(&partition, AppendOrigin::Client, epoch(0), NOW);
    let mut validated: Vec<_> = batches
        .iter()
        .map(|bytes| validate(&RecordBatch::parse(bytes).unwrap(), &options).unwrap())
        .collect();
    match log.append_together(by_a_client(&mut validated)) {
        Some(infos) => infos.into_iter().map(Ok).collect(),
        None => validated
            .iter_mut()
            .map(|batch| log.append_as_leader(by_a_client(std::slice::from_mut(batch))))
            .collect(),
    }
}

fn by_a_client(batches: &mut [Validated]) -> LeaderAppend<'_> {
    LeaderAppend { batches, origin: AppendOrigin::Client, leader_epoch: epoch(0), now_ms: NOW }
}

fn told(outcome: &Result<AppendInfo, AppendError>) -> String {
    match outcome {
        Ok(info) => format!("{info:?}"),
        Err(error) => error.to_string(),
    }
}

/// Every file of the partition, and what is in it.
fn files(disk: &SimDisk) -> Vec<(String, Vec<u8>)> {
    let entries = disk.list(&file("")).unwrap();
    let content = |name: &str| {
        let file = disk.open(&file(name), OpenMode::Read).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(&mut bytes, 0).unwrap();
        bytes
    };
    entries.iter().map(|entry| (entry.name.clone(), content(&entry.name))).collect()
}

#[test]
fn one_refused_batch_does_not_hurt_the_others() {
    let (_disk, _directory, mut log) = fresh(&LogConfig::default());
    let of = |id, sequence| batch(&[b"x"], NOW, Some(Producer { id, epoch: 0, sequence }));
    let plain = batch(&[b"a", b"b"], NOW, None);
    // A gap in the sequences of 7; 8 sends its first batch twice.
    let group = [of(7, 0), of(7, 2), plain, of(8, 0), of(8, 0), of(7, 1)];
    let outcomes = append_together(&mut log, &group);
    let offsets: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            outcome.as_ref().ok().map(|info| (info.first_offset.get(), info.is_duplicate))
        })
        .collect();
    let expected = [
        Some((0, false)),
        None,
        Some((1, false)),
        Some((3, false)),
        Some((3, true)),
        Some((4, false)),
    ];
    assert_eq!(offsets, expected);
    assert!(matches!(&outcomes[1], Err(AppendError::OutOfOrderSequence { found: 2, last: 0, .. })));
    assert_eq!(log.log_end_offset(), offset(5));
}

#[test]
fn what_fits_is_one_write() {
    let (disk, _directory, mut log) = fresh(&LogConfig::default());
    append(&mut log, &[b"first"]);
    let group: Vec<_> = (0..20).map(|n| batch(&[b"x", b"y"], NOW + n, None)).collect();
    disk.record();
    let outcomes = append_together(&mut log, &group);
    assert_eq!(disk.recorded(), 1);
    let first: Vec<_> = outcomes.into_iter().map(|info| info.unwrap().first_offset.get()).collect();
    assert_eq!(first, (0..20).map(|n| 1 + 2 * n).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn together_is_as_one_after_the_other(
        groups in prop::collection::vec(
            prop::collection::vec((0i64..4, 0i32..6, 1usize..60), 1..8), 1..12),
        is_small: bool,
    ) {
        let config = if is_small {
            LogConfig { segment_bytes: 600, index_interval_bytes: 100, segment_index_bytes: 40,
                ..LogConfig::default() }
        } else {
            LogConfig { index_interval_bytes: 100, ..LogConfig::default() }
        };
        let (one_disk, _one_directory, mut one) = fresh(&config);
        let (many_disk, _many_directory, mut many) = fresh(&config);
        for group in groups {
            let group: Vec<_> = group
                .into_iter()
                .map(|(id, sequence, length)| {
                    let producer = (id > 0).then_some(Producer { id, epoch: 0, sequence });
                    batch(&[&vec![b'v'; length]], NOW + i64::from(sequence), producer)
                })
                .collect();
            let expected: Vec<_> =
                group.iter().map(|bytes| told(&append_bytes(&mut one, bytes, 0, NOW))).collect();
            let found: Vec<_> = append_together(&mut many, &group).iter().map(told).collect();
            prop_assert_eq!(found, expected);
        }
        prop_assert_eq!(files(&many_disk), files(&one_disk));
    }
}
