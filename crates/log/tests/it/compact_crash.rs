//! Crash enumeration of compaction: a scripted workload, and a restart from every prefix of its
//! disk operations, after a killed process and after power losses that keep any part of what was
//! not synced.
//!
//! In every state: the log opens without damage and without leftovers; of each key the newest
//! durable record is there and none that it replaced comes back behind it; nothing aborted is
//! visible; sequences go on; reading from any offset works; and the next compaction does, too.

use crate::compacting::{DELETE_RETENTION_MS, Op, World, Writer};
use crate::support::*;
use keld_env::Disk;
use keld_env::sim::Crash;
use std::collections::BTreeMap;

/// A small generator: the workload is a function of the seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What is known after so many disk operations.
struct Known {
    changes: usize,
    /// Everything below is durable.
    durable: i64,
    /// Below it each key has one record at most.
    cleaned: i64,
    /// Nothing from here on was touched by a compaction.
    touched: i64,
    sequences: BTreeMap<i64, i32>,
}

fn op(dice: &mut Dice) -> Op {
    match dice.roll(20) {
        0..=9 => {
            let id = dice.roll(2) as u8;
            let producer = match dice.roll(4) {
                0 => Writer::Plain,
                1 => Writer::Idempotent(id),
                _ => Writer::Transactional(id),
            };
            let records =
                (0..1 + dice.roll(4)).map(|_| (1 + dice.roll(7) as u8, dice.roll(4) > 0)).collect();
            Op::Batch { producer, records, codec: (dice.roll(2) * 3) as u8 }
        }
        10..=13 => Op::End { producer: dice.roll(2) as u8, commit: dice.roll(2) == 0 },
        14 => Op::Roll,
        15 => Op::Wait(DELETE_RETENTION_MS + 1),
        16 => Op::CompactSome(3 + dice.roll(5) as u8),
        _ => Op::Compact,
    }
}

fn run(seed: u64, steps: u32) -> (World, Vec<Known>) {
    let mut world = World::new();
    world.config.segment_bytes = 700;
    world.log.set_config(world.config.clone());
    world.disk.record();
    let mut dice = Dice(seed);
    let mut known = Vec::new();
    for _ in 0..steps {
        world.run(&op(&mut dice));
        world.log.flush(world.now_ms).unwrap();
        if dice.roll(3) == 0 {
            world.directory.note_offsets(&world.log);
            world.directory.write_checkpoints().unwrap();
        }
        known.push(Known {
            changes: world.disk.recorded(),
            durable: world.log.log_end_offset().get(),
            cleaned: world.cleaned,
            touched: world.touched,
            sequences: world.sequences.clone(),
        });
    }
    (world, known)
}

/// Says which state it was when a check panics.
struct Context<'a>(&'a str);

impl Drop for Context<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the state: {}", self.0);
        }
    }
}

/// What must hold in a state that was reached after `changes` disk operations.
fn check(work: &World, known: &[Known], changes: usize, crash: Crash, context: &str) {
    let _context = Context(context);
    let disk = work.disk.crashed_at(changes, crash).unwrap();
    let done = known.iter().rev().find(|known| known.changes <= changes);
    let next = known.iter().find(|known| known.changes > changes).or(done);
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &work.config)
        .unwrap_or_else(|error| panic!("{context}: does not open: {error}"));
    assert!(log.damaged().is_empty(), "{context}: damaged {:?}", log.damaged());
    let end = log.log_end_offset();
    let durable = done.map_or(0, |done| done.durable);
    assert!(end.get() >= durable, "{context}: ends at {end}, but {durable} was durable");
    log.set_high_watermark(end);
    for entry in disk.list(&file("")).unwrap() {
        let is_left = [".cleaned", ".swap", ".deleted"].iter().any(|m| entry.name.ends_with(m));
        assert!(!is_left, "{context}: {} is left", entry.name);
    }
    if let Some(done) = done.filter(|_| end.get() == durable) {
        let last = |id: &i64| {
            let infos = log.producers();
            infos.iter().find(|info| info.producer_id.get() == *id).map(|info| info.last_sequence)
        };
        for (id, next) in &done.sequences {
            assert_eq!(last(id), Some(next - 1), "{context}: producer {id}");
        }
    }
    let mut world = World {
        disk,
        directory,
        log,
        config: work.config.clone(),
        now_ms: work.now_ms,
        written: work.written.iter().filter(|(seen, _)| seen.offset < end.get()).cloned().collect(),
        txns: work.txns.clone(),
        open: BTreeMap::new(),
        sequences: BTreeMap::new(),
        cleaned: done.map_or(0, |done| done.cleaned),
        touched: next.map_or(0, |next| next.touched),
        counter: work.counter,
        is_restored: true,
    };
    let visible = world.check_all();
    // It goes on, and is compacted again.
    world.run(&Op::Batch { producer: Writer::Plain, records: vec![(1, true)], codec: 0 });
    world.run(&Op::Roll);
    world.run(&Op::Compact);
    let after = world.check_all();
    assert!(after.len() > visible.len() || end != world.log.last_stable_offset(), "{context}");
}

#[test]
fn every_state_a_crash_of_a_compaction_can_leave_is_recovered() {
    let mut states = 0u32;
    let seeds = [1, 2, 3];
    for seed in seeds {
        let (work, known) = run(seed, 60);
        assert!(known.last().unwrap().cleaned > 0, "seed {seed} compacts nothing");
        let recorded = work.disk.recorded();
        for changes in 0..=recorded {
            let mut crashes = vec![Crash::Killed, Crash::PowerLossAll];
            crashes.extend((0..4).map(|n| Crash::PowerLoss { seed: seed * 1000 + n }));
            let unsynced = work.disk.crashed_at(changes, Crash::Killed).unwrap().unsynced();
            // Single operations kept or dropped.
            for one in 0..unsynced.min(5) {
                let only = (0..unsynced).map(|n| n == unsynced - 1 - one).collect();
                let all_but = (0..unsynced).map(|n| n != unsynced - 1 - one).collect();
                crashes.extend([Crash::Keep(only), Crash::Keep(all_but)]);
            }
            for crash in crashes {
                let context = format!("seed {seed}, {changes} of {recorded} changes, {crash:?}");
                check(&work, &known, changes, crash, &context);
                states += 1;
            }
        }
    }
    println!("crash enumeration of compaction: seeds {seeds:?}, {states} states");
    assert!(states >= 10_000, "only {states} states");
}
