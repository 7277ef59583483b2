//! Compaction of batches that are compressed in many pieces: of those only what is needed is
//! decompressed again, and exactly what was superseded goes.

use crate::compacting::{Seen, compact, compact_config, consume, options};
use crate::support::*;
use keld_log::{CompactOptions, CompactStats, LogConfig, PartitionLog};
use keld_record::{BatchBuilder, Compression};
use keld_types::{LeaderEpoch, Offset};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn config() -> LogConfig {
    LogConfig { segment_bytes: 1 << 20, index_interval_bytes: 4096, ..compact_config() }
}

/// Bytes that compress, but not to nothing.
fn value(state: &mut u64, length: usize) -> Vec<u8> {
    let mut value = Vec::with_capacity(length + 16);
    while value.len() < length {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = *state >> 33;
        value.extend_from_slice(format!("{:x}-field,", number % 5_000).as_bytes());
    }
    value.truncate(length);
    value
}

/// Appends a batch of (key, length of the value, -1 for none) and notes the newest of each key.
fn put(
    log: &mut PartitionLog,
    records: &[(u16, i32)],
    codec: Compression,
    newest: &mut BTreeMap<u16, Seen>,
) {
    let base = log.log_end_offset();
    let mut state = base.get().cast_unsigned() + 1;
    let mut builder = BatchBuilder::new(codec).base_offset(base).leader_epoch(LeaderEpoch::new(0));
    for (index, (key, length)) in records.iter().enumerate() {
        let name = format!("key-{key}").into_bytes();
        let value = usize::try_from(*length).ok().map(|length| value(&mut state, length));
        let timestamp = NOW + i64::from(*key % 5);
        builder.append(timestamp, Some(&name), value.as_deref(), &[]).unwrap();
        let offset = base.get() + index as i64;
        newest.insert(*key, Seen { offset, timestamp, key: Some(name), value });
    }
    log.append_as_follower(&builder.finish().unwrap(), LeaderEpoch::new(0), NOW).unwrap();
}

fn sorted(newest: &BTreeMap<u16, Seen>) -> Vec<Seen> {
    let mut newest: Vec<Seen> = newest.values().cloned().collect();
    newest.sort_by_key(|seen| seen.offset);
    newest
}

/// What a consumer sees, after checking that each batch has a good checksum.
fn seen(log: &mut PartitionLog) -> Vec<Seen> {
    for batch in
        keld_record::batches(log.read(Offset::ZERO, &everything(log)).unwrap().read_all().unwrap())
    {
        batch.unwrap().verify_crc().unwrap();
    }
    consume(log, Offset::ZERO, 1 << 20)
}

/// Compacts everything so far with room for more than the keys: what stays is then known by offset.
fn compact_all(log: &mut PartitionLog) -> Option<CompactStats> {
    log.roll(NOW).unwrap();
    log.flush(NOW).unwrap();
    log.set_high_watermark(log.log_end_offset());
    compact(log, &CompactOptions { map_bytes_max: 8 << 20, ..options(NOW) }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_stays_of_large_batches_is_the_newest_of_each_key(
        batches in prop::collection::vec(
            (
                prop::collection::vec(
                    (0u16..400, prop_oneof![1 => Just(-1), 6 => 0i32..3_000, 2 => 0i32..90_000]),
                    1..90,
                ),
                prop_oneof![6 => Just(Compression::Lz4), 1 => Just(Compression::Zstd)],
            ),
            1..8,
        ),
        more in prop::collection::vec((0u16..400, 0i32..500), 1..60),
    ) {
        let (_disk, _directory, mut log) = fresh(&config());
        let mut newest = BTreeMap::new();
        for (records, codec) in &batches {
            put(&mut log, records, *codec, &mut newest);
        }
        compact_all(&mut log);
        prop_assert_eq!(seen(&mut log), sorted(&newest));
        // Now most batches have gaps, and are not dirty any more.
        put(&mut log, &more, Compression::Lz4, &mut newest);
        compact_all(&mut log);
        prop_assert_eq!(seen(&mut log), sorted(&newest));
    }
}

#[test]
fn only_the_pieces_with_records_that_stay_are_decompressed_again() {
    let (_disk, _directory, mut log) = fresh(&config());
    let mut newest = BTreeMap::new();
    let all: Vec<(u16, i32)> = (0..500).map(|key| (key, 1_000)).collect();
    put(&mut log, &all, Compression::Lz4, &mut newest);
    // Eight pieces of some 64 records; those at 200 and at 499 stay.
    let again: Vec<(u16, i32)> =
        all.iter().copied().filter(|(key, _)| ![200, 499].contains(key)).collect();
    put(&mut log, &again, Compression::Lz4, &mut newest);
    let stats = compact_all(&mut log).unwrap();
    assert_eq!(seen(&mut log), sorted(&newest));
    assert_eq!(stats.records_kept, 2, "of the first batch; the second stays whole");
    assert!(stats.records_read < 150, "{stats:?}");
}
