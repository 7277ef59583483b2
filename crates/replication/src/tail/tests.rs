//! A tail answers what the log would, whatever happens to the log.

use super::*;
use crate::partition::tests::{World, append, batch_of_sizes, registration, settings, world};
use crate::{ReadFrom, ReadRequest, Waiter, Waiting};
use keld_types::IsolationLevel;
use proptest::prelude::*;

const CONSUMER: ReadFrom = ReadFrom::Consumer(IsolationLevel::ReadUncommitted);

/// What happens to a partition.
#[derive(Clone, Debug)]
enum Step {
    /// A batch with so many bytes in its one record.
    Append(usize),
    Truncate(i64),
    DeleteRecords(i64),
    Roll,
    /// Records are appended behind the tail's back, as a copy of another replica's.
    AppendAsFollower(usize),
    ReplaceAll,
    Evict,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (1usize..3000).prop_map(Step::Append),
        2 => (30_000usize..40_000).prop_map(Step::Append),
        1 => (0i64..5).prop_map(Step::Truncate),
        1 => (0i64..5).prop_map(Step::DeleteRecords),
        1 => Just(Step::Roll),
        1 => (1usize..3000).prop_map(Step::AppendAsFollower),
        1 => Just(Step::ReplaceAll),
        1 => Just(Step::Evict),
    ];
    proptest::collection::vec(step, 1..40)
}

fn tailed(world: &World) -> Arc<Tails> {
    let tails = Tails::new(1 << 20);
    world.partition.keep_tail_in(&tails);
    world.partition.apply(&registration(1, 0, 0, &[1]));
    wait_at_end(&world.partition);
    tails
}

fn request(offset: Offset, bytes_max: usize, min_one_batch: bool) -> ReadRequest {
    ReadRequest {
        offset,
        bytes_max,
        min_one_batch,
        from: CONSUMER,
        current_leader_epoch: None,
        last_fetched_epoch: None,
    }
}

fn wait_at_end(partition: &Partition) {
    let end = partition.offsets().unwrap().high_watermark;
    let seen = partition.read(&request(end, 1, true), Waiting::Allowed).unwrap().seen;
    assert!(partition.watch(&Waiter::new(1), 0, CONSUMER, seen));
}

fn perform(world: &World, tails: &Tails, step: &Step) {
    let partition = &world.partition;
    let end = partition.offsets().unwrap().log_end;
    match step {
        Step::Append(size) => {
            append(partition, &batch_of_sizes(&[*size])).unwrap();
        }
        Step::Truncate(back) => {
            let to = Offset::new((end.get() - back).max(0));
            partition.with_log(|log| log.truncate_to(to, 0).unwrap()).unwrap();
        }
        Step::DeleteRecords(back) => {
            let offsets = partition.offsets().unwrap();
            let to = (offsets.high_watermark + -*back).max(offsets.log_start);
            partition.delete_records(Some(to)).unwrap();
        }
        Step::Roll => {
            // A segment can be no longer than what it holds already: the next append begins another.
            let settings = partition.settings();
            let mut small = (*settings).clone();
            small.log.segment_bytes = 50_000;
            partition.configure(small);
        }
        Step::AppendAsFollower(size) => {
            let mut bytes = batch_of_sizes(&[*size]).bytes().to_vec();
            bytes[..8].copy_from_slice(&end.get().to_be_bytes());
            bytes[12..16].copy_from_slice(&0i32.to_be_bytes());
            let taken = partition.with_log(|log| {
                log.append_as_follower(&bytes.into(), keld_types::LeaderEpoch::new(0), 0)
            });
            taken.unwrap().unwrap();
            // Seen by readers from the next append on.
        }
        Step::ReplaceAll => {
            let to = end.next();
            partition.with_log(|log| log.truncate_fully_and_start_at(to, 0).unwrap()).unwrap();
        }
        Step::Evict => {
            let slot = partition.state().tail.slot.clone();
            if let Some(slot) = slot {
                slot.clear();
            }
            assert_eq!(tails.bytes(), 0);
        }
    }
}

/// Bytes of the whole batches at the start.
fn whole(bytes: &Bytes) -> usize {
    let batches = keld_record::batches(bytes.clone()).map_while(Result::ok);
    batches.map(|batch| batch.header().size()).sum()
}

/// Reads by way of the tail and from the files, and compares. Whether the tail had it.
fn compare(world: &World, offset: Offset, bytes_max: usize, min_one_batch: bool) -> bool {
    let request = request(offset, bytes_max, min_one_batch);
    let by_tail = world.partition.read(&request, Waiting::Allowed).map(|read| read.data.unwrap());
    let (had, by_log) = {
        let mut state = world.partition.state();
        let bounds = ReadBounds {
            offset_max: state.log.as_ref().unwrap().high_watermark(),
            bytes_max,
            min_one_batch,
            with_aborted: false,
        };
        let state = &mut *state;
        let log = state.log.as_mut().unwrap();
        let allowed = log.check_read(offset, bounds.offset_max);
        let had = allowed.is_ok_and(|max| state.tail.read(log, offset, max, &bounds).is_some());
        (had, log.read(offset, &bounds))
    };
    match (by_tail, by_log) {
        (Ok(tail), Ok(log)) => {
            assert_eq!(tail.is_first_batch_incomplete, log.is_first_batch_incomplete);
            let (tail, log) = (tail.read_all().unwrap(), log.read_all().unwrap());
            // Where a read ends because it is long enough, the log may end it some batches earlier,
            // or with a piece of one: it does not know of each where it begins.
            let (by_tail, by_log) = (whole(&tail), whole(&log));
            assert!(by_log <= by_tail && by_tail - by_log <= bytes_max / 8);
            assert_eq!(tail[..by_log], log[..by_log]);
            assert_eq!(tail.is_empty(), log.is_empty());
        }
        (Err(_), Err(_)) => {}
        (tail, log) => panic!("{tail:?} from the tail, {log:?} from the log"),
    }
    had
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_tail_answers_what_the_log_would(
        steps in steps(),
        reads in proptest::collection::vec((0i64..12, 0usize..80_000, any::<bool>()), 1..8),
    ) {
        let world = world(settings(i64::MAX, 1));
        let tails = tailed(&world);
        for step in &steps {
            perform(&world, &tails, step);
            for (back, bytes_max, min_one_batch) in &reads {
                let end = world.partition.offsets().unwrap().log_end;
                let offset = Offset::new((end.get() - back).max(0));
                compare(&world, offset, *bytes_max, *min_one_batch);
            }
        }
    }
}

#[test]
fn who_keeps_up_is_served_without_a_look_at_the_files() {
    let world = world(settings(i64::MAX, 1));
    let tails = tailed(&world);
    assert_eq!(tails.bytes(), 0, "nothing is held for nobody");
    for size in [10, 5000, 20_000] {
        let appended = append(&world.partition, &batch_of_sizes(&[size])).unwrap();
        let offset = appended.info.first_offset;
        assert!(compare(&world, offset, 1 << 20, true), "{size}");
        let request = request(offset, 1 << 20, true);
        let data = world.partition.read(&request, Waiting::Refused).unwrap().data.unwrap();
        assert!(data.bytes.is_some() && data.ranges.is_empty(), "{size}: bytes in memory");
    }
    let request = request(Offset::ZERO, 1 << 20, true);
    append(&world.partition, &batch_of_sizes(&[10_000])).unwrap();
    let data = world.partition.read(&request, Waiting::Refused).unwrap().data.unwrap();
    assert!(data.bytes.is_none() && data.ranges.len() == 1, "a longer answer is a range");
    assert!(compare(&world, Offset::ZERO, 1 << 20, true));
    assert!(tails.bytes() > 35_000);
}

#[test]
fn a_tail_that_nobody_reads_is_dropped() {
    let world = world(settings(i64::MAX, 1));
    let tails = tailed(&world);
    let megabyte = batch_of_sizes(&[500_000, 500_000]);
    append(&world.partition, &megabyte).unwrap();
    assert!(world.partition.state().tail.is_open());
    for _ in 0..4 {
        append(&world.partition, &megabyte).unwrap();
    }
    assert!(!world.partition.state().tail.is_open());
    assert_eq!(tails.bytes(), 0);
    wait_at_end(&world.partition);
    append(&world.partition, &batch_of_sizes(&[100])).unwrap();
    assert!(tails.bytes() > 0, "somebody waits again");
}

#[test]
fn all_tails_together_have_a_bound_and_the_one_read_longest_ago_goes_first() {
    let tails = Tails::new(100_000);
    let worlds: Vec<World> = (0..3).map(|_| world(settings(i64::MAX, 1))).collect();
    for world in &worlds {
        world.partition.keep_tail_in(&tails);
        world.partition.apply(&registration(1, 0, 0, &[1]));
        wait_at_end(&world.partition);
        append(&world.partition, &batch_of_sizes(&[25_000])).unwrap();
    }
    let offset = Offset::ZERO;
    for world in &worlds {
        assert!(compare(world, offset, 1 << 20, true), "all fit");
    }
    compare(&worlds[0], offset, 1 << 20, true);
    append(&worlds[2].partition, &batch_of_sizes(&[20_000])).unwrap();
    assert!(tails.bytes() <= 100_000, "{}", tails.bytes());
    assert!(compare(&worlds[0], offset, 1 << 20, true), "read last but one");
    assert!(!compare(&worlds[1], offset, 1 << 20, true), "read longest ago");
    drop(worlds);
    assert_eq!(tails.bytes(), 0, "what is gone is not counted");
}

#[test]
fn answers_hold_no_more_copies_than_tails_may_hold_bytes() {
    let world = world(settings(i64::MAX, 1));
    let tails = tailed(&world);
    append(&world.partition, &batch_of_sizes(&[20_000])).unwrap();
    let read = || {
        let request = request(Offset::ZERO, 1 << 20, true);
        world.partition.read(&request, Waiting::Allowed).unwrap().data.unwrap()
    };
    // A thousand consumers that do not take their answers.
    let answers: Vec<_> = (0..1000).map(|_| read()).collect();
    let copies = answers.iter().filter(|data| data.bytes.is_some()).count();
    assert!(tails.copied_bytes() <= 1 << 20, "{} bytes", tails.copied_bytes());
    assert_eq!(copies, (1 << 20) / answers[0].length);
    let expected = answers[0].read_all().unwrap();
    for data in &answers {
        assert_eq!(data.length, expected.len());
        assert_eq!(data.read_all().unwrap(), expected, "a range has the same bytes");
    }
    drop((answers, expected));
    assert_eq!(tails.copied_bytes(), 0);
    assert!(read().bytes.is_some());
}
