//! The cache against a naive model: the epoch of every single offset.

use super::*;
use proptest::prelude::*;

fn epoch(value: i32) -> LeaderEpoch {
    LeaderEpoch::new(value)
}

fn offset(value: i64) -> Offset {
    Offset::new(value)
}

fn cache(entries: &[(i32, i64)]) -> LeaderEpochCache {
    let entries: Vec<_> = entries.iter().map(|(e, o)| (epoch(*e), offset(*o))).collect();
    LeaderEpochCache::from_entries(&entries)
}

fn end(cache: &LeaderEpochCache, asked: i32, log_end: i64) -> Option<(i32, i64)> {
    cache
        .end_offset_for(epoch(asked), offset(log_end))
        .map(|found| (found.leader_epoch.get(), found.end_offset.get()))
}

#[test]
fn end_offsets_are_kafkas() {
    let cache = cache(&[(2, 10), (4, 20), (7, 20), (8, 35)]);
    assert_eq!(cache.entries().len(), 3, "an epoch without records gives way");
    assert_eq!(end(&cache, -1, 50), None);
    assert_eq!(end(&cache, 1, 50), Some((1, 10)), "older than all that is known");
    assert_eq!(end(&cache, 2, 50), Some((2, 20)));
    assert_eq!(end(&cache, 5, 50), Some((2, 20)), "a gap falls to the epoch before it");
    assert_eq!(end(&cache, 7, 50), Some((7, 35)));
    assert_eq!(end(&cache, 8, 50), Some((8, 50)), "the latest ends at the log's end");
    assert_eq!(end(&cache, 9, 50), None);
}

#[test]
fn truncating_from_the_start_keeps_the_epoch_that_contains_it() {
    let mut cache = cache(&[(1, 0), (2, 10), (3, 20)]);
    assert!(cache.truncate_from_start(offset(15)));
    assert_eq!(cache.entries(), &[(epoch(2), offset(15)), (epoch(3), offset(20))]);
    assert!(!cache.truncate_from_start(offset(15)));
    assert!(cache.truncate_from_start(offset(99)));
    assert_eq!(cache.entries(), &[(epoch(3), offset(99))]);
}

#[test]
fn a_new_leader_takes_the_place_of_one_that_wrote_nothing() {
    let mut cache = cache(&[(1, 0), (5, 10)]);
    assert!(cache.assign(epoch(6), offset(10)));
    assert_eq!(cache.entries(), &[(epoch(1), offset(0)), (epoch(6), offset(10))]);
    assert!(!cache.assign(epoch(6), offset(12)));
}

#[derive(Clone, Debug)]
enum Operation {
    Append { epoch_up: u8, records: u8 },
    Elect { epoch_up: u8 },
    CutEnd { back: u8 },
    CutStart { forth: u8 },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let one = prop_oneof![
        (0u8..3, 1u8..5).prop_map(|(epoch_up, records)| Operation::Append { epoch_up, records }),
        (1u8..4).prop_map(|epoch_up| Operation::Elect { epoch_up }),
        (0u8..10).prop_map(|back| Operation::CutEnd { back }),
        (0u8..10).prop_map(|forth| Operation::CutStart { forth }),
    ];
    proptest::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn agrees_with_the_epoch_of_every_record(operations in operations()) {
        let mut cache = LeaderEpochCache::default();
        // The naive model: one epoch a record.
        let (mut start, mut records) = (0usize, Vec::<i32>::new());
        let mut current = 0;
        for operation in operations {
            match operation {
                Operation::Append { epoch_up, records: count } => {
                    current += i32::from(epoch_up);
                    cache.assign(epoch(current), offset(records.len() as i64));
                    records.extend(std::iter::repeat_n(current, count.into()));
                }
                Operation::Elect { epoch_up } => {
                    current += i32::from(epoch_up);
                    cache.assign(epoch(current), offset(records.len() as i64));
                }
                Operation::CutEnd { back } => {
                    let length = records.len().saturating_sub(back.into()).max(start);
                    records.truncate(length);
                    cache.truncate_from_end(offset(length as i64));
                }
                Operation::CutStart { forth } => {
                    start = (start + usize::from(forth)).min(records.len());
                    cache.truncate_from_start(offset(start as i64));
                }
            }
            let entries = cache.entries();
            prop_assert!(entries.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            for (at, epoch) in records.iter().enumerate().skip(start) {
                prop_assert_eq!(cache.epoch_for_offset(offset(at as i64)).map(LeaderEpoch::get), Some(*epoch));
            }
            for asked in records.iter().skip(start) {
                let last = records.iter().rposition(|epoch| epoch == asked).unwrap() as i64;
                let found = end(&cache, *asked, records.len() as i64);
                prop_assert_eq!(found, Some((*asked, last + 1)));
            }
        }
    }
}
