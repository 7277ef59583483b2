//! Crash enumeration: a scripted workload, and a restart from every prefix of its disk operations,
//! after a killed process and after power losses that keep any part of what was not synced.
//!
//! In every state: the log opens without damage; what was flushed is there; every record is one
//! that was appended at its offset, in one lineage; epochs and producers agree with the records;
//! and the log goes on.

use crate::support::*;
use keld_env::sim::{Crash, SimDisk};
use keld_log::{LogConfig, LogDirectory, PartitionLog, Removal};
use keld_types::{BrokerEpoch, Offset, ProducerId};
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

/// One record as it was appended.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Written {
    value: Vec<u8>,
    epoch: i32,
}

/// What is known after so many disk operations.
#[derive(Clone, Debug)]
struct Known {
    changes: usize,
    /// Everything below is durable.
    flushed: i64,
    /// Number of the lineage that is current.
    lineage: usize,
    /// The highest log start offset that was asked for.
    log_start: i64,
}

struct Workload {
    disk: SimDisk,
    config: LogConfig,
    /// The records of every lineage by offset: a truncation begins a new one.
    lineages: Vec<BTreeMap<i64, Written>>,
    known: Vec<Known>,
    current: Known,
    leader_epoch: i32,
    sequences: BTreeMap<i64, (i16, i32)>,
    counter: u32,
}

impl Workload {
    fn note(&mut self) {
        self.current.changes = self.disk.recorded();
        self.known.push(self.current.clone());
    }

    fn records(&mut self) -> &mut BTreeMap<i64, Written> {
        self.lineages.last_mut().unwrap()
    }

    fn append(&mut self, log: &mut PartitionLog, dice: &mut Dice) {
        let count = 1 + dice.roll(3);
        let length = [20, 60, 700][dice.roll(3) as usize];
        let values: Vec<Vec<u8>> = (0..count)
            .map(|_| {
                self.counter += 1;
                // No long runs of zeros, which are what a lost sector looks like.
                let mut value = format!("value-{}-", self.counter).into_bytes();
                while value.len() < length {
                    value.push(b'a' + (dice.roll(26) as u8));
                }
                value
            })
            .collect();
        let id = dice.roll(4) as i64;
        let producer = (id > 0).then(|| {
            let (epoch, sequence) = self.sequences.entry(id).or_insert((0, 0));
            if dice.roll(12) == 0 {
                (*epoch, *sequence) = (*epoch + 1, 0);
            }
            let producer = Producer { id, epoch: *epoch, sequence: *sequence };
            *sequence += count as i32;
            producer
        });
        let first = log.log_end_offset().get();
        let epoch = self.leader_epoch;
        for (index, value) in values.iter().enumerate() {
            let written = Written { value: value.clone(), epoch };
            self.records().insert(first + index as i64, written);
        }
        let slices: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        let bytes = batch(&slices, NOW + i64::from(self.counter), producer);
        let info = append_bytes(log, &bytes, epoch, NOW).unwrap();
        assert_eq!(info.first_offset.get(), first);
    }

    fn truncate(&mut self, log: &mut PartitionLog, target: Offset) {
        let target = target.max(log.log_start_offset());
        // From the moment it begins, what lies above may be gone.
        self.current.flushed = self.current.flushed.min(target.get());
        self.current.log_start = self.current.log_start.min(target.get());
        self.current.changes = self.disk.recorded();
        self.known.push(self.current.clone());
        log.truncate_to(target, NOW).unwrap();
        let end = log.log_end_offset().get();
        self.current.flushed = self.current.flushed.min(end);
        let kept = self.records().range(..end).map(|(o, w)| (*o, w.clone())).collect();
        self.lineages.push(kept);
        self.current.lineage = self.lineages.len() - 1;
        self.leader_epoch += 1;
        log.assign_epoch(epoch(self.leader_epoch), log.log_end_offset()).unwrap();
        // The producers are what a replay says; the next sequences follow from it.
        self.sequences.clear();
        for producer in log.producers() {
            let next = producer.last_sequence + 1;
            self.sequences
                .insert(producer.producer_id.get(), (producer.producer_epoch.get(), next));
        }
        for id in 1..4 {
            // A producer whose records are all gone begins a new epoch.
            self.sequences.entry(id).or_insert((100 + self.leader_epoch as i16, 0));
        }
    }
}

fn batch_starts(log: &mut PartitionLog) -> Vec<Offset> {
    let bounds = everything(log);
    let mut starts = Vec::new();
    let mut next = log.log_start_offset();
    while next < log.log_end_offset() {
        let data = log.read(next, &bounds).unwrap();
        for batch in keld_record::batches(data.read_all().unwrap()) {
            let header = *batch.unwrap().header();
            starts.push(header.base_offset);
            next = header.next_offset();
        }
    }
    starts
}

/// Runs the script; every step is written down with the disk operations done by then.
fn run(seed: u64, steps: u32) -> Workload {
    let config = LogConfig {
        segment_bytes: 2500,
        index_interval_bytes: 300,
        file_delete_delay_ms: 0,
        retention_ms: -1,
        ..LogConfig::default()
    };
    let disk = SimDisk::new();
    format(&disk);
    disk.record();
    let mut directory = open_directory(&disk);
    let mut log = open_log(&directory, &config).unwrap();
    let mut work = Workload {
        disk,
        config,
        lineages: vec![BTreeMap::new()],
        known: Vec::new(),
        current: Known { changes: 0, flushed: 0, lineage: 0, log_start: 0 },
        leader_epoch: 0,
        sequences: BTreeMap::new(),
        counter: 0,
    };
    let mut dice = Dice(seed);
    let mut removal: Option<Removal> = None;
    for _ in 0..steps {
        match dice.roll(32) {
            0..=15 => work.append(&mut log, &mut dice),
            16..=20 => {
                let durable = log.flush(NOW).unwrap();
                assert_eq!(durable, log.log_end_offset());
                work.current.flushed = durable.get();
            }
            21 => log.roll(NOW).unwrap(),
            22 => {
                work.leader_epoch += 1;
                log.assign_epoch(epoch(work.leader_epoch), log.log_end_offset()).unwrap();
            }
            23 => {
                // DeleteRecords somewhere below the end.
                log.set_high_watermark(log.log_end_offset());
                let span = (log.log_end_offset() - log.log_start_offset()) as u64;
                let target = log.log_start_offset() + dice.roll(span / 2 + 1) as i64;
                work.current.log_start = work.current.log_start.max(target.get());
                work.note();
                log.increment_log_start_offset(target).unwrap();
                log.delete_old_segments(NOW).unwrap();
                log.delete_doomed(NOW).unwrap();
            }
            24 => {
                // Retention by size.
                log.set_high_watermark(log.log_end_offset());
                log.set_config(LogConfig { retention_bytes: 6000, ..work.config.clone() });
                work.current.log_start = log.log_end_offset().get();
                work.note();
                if dice.roll(2) == 0 {
                    log.delete_old_segments(NOW).unwrap();
                } else {
                    // As a node does it: the files go later, beside whatever the log does then.
                    log.take_old_segments(NOW).unwrap();
                    removal = Some(log.removal());
                }
                work.current.log_start = log.log_start_offset().get();
                log.set_config(work.config.clone());
            }
            25 => match removal.take() {
                Some(removal) => {
                    removal.run().unwrap();
                    removal.remove_due(NOW).unwrap();
                }
                None => log.delete_doomed(NOW).map(|_| ()).unwrap(),
            },
            26..=27 => {
                directory.note_offsets(&log);
                directory.write_checkpoints().unwrap();
            }
            28 => {
                let starts = batch_starts(&mut log);
                let back = dice.roll(6) as usize + 1;
                if let Some(target) = starts.iter().rev().nth(back) {
                    work.truncate(&mut log, *target);
                }
            }
            29 => {
                // With the manifest, or as a stop that could not write one.
                work.current.flushed = log.log_end_offset().get();
                removal = None;
                if dice.roll(4) > 0 {
                    assert!(directory.close_logs(vec![log], NOW).is_empty());
                } else {
                    log.close(NOW).unwrap();
                    directory.note_offsets(&log);
                }
                directory.close_cleanly(BrokerEpoch::new(1)).unwrap();
                work.note();
                drop(directory);
                directory = open_directory(&work.disk);
                log = open_log(&directory, &work.config).unwrap();
            }
            30 if dice.roll(4) == 0 => {
                let start = log.log_end_offset() + dice.roll(3) as i64;
                // Everything goes: in between there may be nothing at all.
                work.current.flushed = 0;
                let all = work.lineages.last().unwrap().clone();
                work.current.log_start = start.get();
                work.note();
                log.truncate_fully_and_start_at(start, NOW).unwrap();
                work.current.flushed = start.get();
                work.lineages.push(all);
                work.current.lineage = work.lineages.len() - 1;
                work.sequences.clear();
                for id in 1..4 {
                    work.sequences.insert(id, (200 + work.leader_epoch as i16, 0));
                }
            }
            _ => {
                log.set_high_watermark(log.log_end_offset());
            }
        }
        work.note();
    }
    work
}

/// What must hold in a state that was reached after `changes` disk operations.
fn check(work: &Workload, changes: usize, disk: &SimDisk, context: &str) {
    // The step that the crash interrupted may or may not count.
    let done = work.known.iter().rev().find(|known| known.changes <= changes);
    let next = work.known.iter().find(|known| known.changes > changes);
    let nothing = Known { changes: 0, flushed: 0, lineage: 0, log_start: 0 };
    let done = done.unwrap_or(&nothing);
    let flushed = done.flushed;
    let log_start_max = next.map_or(done.log_start, |next| done.log_start.max(next.log_start));

    let directory = open_directory(disk);
    let mut log = open_log(&directory, &work.config)
        .unwrap_or_else(|error| panic!("{context}: does not open: {error}"));
    assert!(log.damaged().is_empty(), "{context}: damaged {:?}", log.damaged());
    let (start, end) = (log.log_start_offset().get(), log.log_end_offset().get());
    assert!(start <= log_start_max, "{context}: starts at {start}, above {log_start_max}");
    assert!(end >= flushed, "{context}: ends at {end}, but {flushed} was flushed");
    let found = read_values(&mut log).unwrap_or_else(|error| panic!("{context}: {error}"));
    if start < end {
        let offsets: Vec<i64> = found.iter().map(|(offset, _)| *offset).collect();
        let expected: Vec<i64> = (start..end).collect();
        assert_eq!(offsets, expected, "{context}: offsets are not all there");
    }
    let agrees = |lineage: &BTreeMap<i64, Written>, from: i64, to: i64| {
        found
            .iter()
            .filter(|(offset, _)| (from..to).contains(offset))
            .all(|(offset, value)| lineage.get(offset).is_some_and(|w| w.value == *value))
    };
    let lineages = &work.lineages;
    let lineage = lineages.iter().position(|lineage| agrees(lineage, start, end));
    let Some(lineage) = lineage else {
        panic!("{context}: [{start}, {end}) is no prefix of what was written");
    };
    assert!(
        agrees(&lineages[done.lineage], start, flushed),
        "{context}: what was flushed is not what is there"
    );
    check_state(&mut log, &lineages[lineage], &found, context);
    go_on(&mut log, directory, disk, &work.config, context);
}

/// Epochs and producers agree with the records.
fn check_state(
    log: &mut PartitionLog,
    lineage: &BTreeMap<i64, Written>,
    found: &[(i64, Vec<u8>)],
    context: &str,
) {
    for (at, _) in found {
        let known = log.epoch_for_offset(offset(*at)).map(|epoch| epoch.get());
        assert_eq!(known, Some(lineage[at].epoch), "{context}: epoch of {at}");
    }
    let mut last: BTreeMap<ProducerId, (i16, i32)> = BTreeMap::new();
    let bounds = everything(log);
    let mut next = log.log_start_offset();
    while next < log.log_end_offset() {
        let data = log.read(next, &bounds).unwrap();
        for batch in keld_record::batches(data.read_all().unwrap()) {
            let header = *batch.unwrap().header();
            if header.has_producer_id() && header.base_offset >= log.log_start_offset() {
                let state = (header.producer_epoch.get(), header.last_sequence());
                last.insert(header.producer_id, state);
            }
            next = header.next_offset();
        }
    }
    let producers: BTreeMap<ProducerId, (i16, i32)> = log
        .producers()
        .iter()
        .map(|info| (info.producer_id, (info.producer_epoch.get(), info.last_sequence)))
        .collect();
    for (id, state) in last {
        assert_eq!(producers.get(&id), Some(&state), "{context}: producer {id}");
    }
}

/// The log takes another record, flushes it, and has it after a power loss.
fn go_on(
    log: &mut PartitionLog,
    directory: LogDirectory,
    disk: &SimDisk,
    config: &LogConfig,
    context: &str,
) {
    let leader_epoch = log.latest_epoch().get().max(0) + 1;
    let info = append_bytes(log, &batch(&[b"after"], NOW, None), leader_epoch, NOW)
        .unwrap_or_else(|error| panic!("{context}: cannot go on: {error}"));
    log.flush(NOW).unwrap();
    let end = log.log_end_offset();
    drop(directory);
    let disk = disk.crashed(Crash::PowerLossAll);
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, config).unwrap();
    assert_eq!(log.log_end_offset(), end, "{context}: the flushed end after going on");
    let bounds = everything(&log);
    let records = records_of(&log.read(info.first_offset, &bounds).unwrap());
    assert_eq!(records.last().unwrap().value.as_deref(), Some(&b"after"[..]), "{context}");
}

#[test]
fn every_state_a_crash_can_leave_is_recovered() {
    let mut states = 0u32;
    let seeds = [1, 2, 3, 4];
    for seed in seeds {
        let work = run(seed, 120);
        let recorded = work.disk.recorded();
        for changes in 0..=recorded {
            let mut crashes = vec![Crash::Killed, Crash::PowerLossAll];
            crashes.extend((0..5).map(|n| Crash::PowerLoss { seed: seed * 1000 + n }));
            let unsynced = work.disk.crashed_at(changes, Crash::Killed).unwrap().unsynced();
            // Single operations kept or dropped.
            for one in 0..unsynced.min(4) {
                let only = (0..unsynced).map(|n| n == unsynced - 1 - one).collect();
                let all_but = (0..unsynced).map(|n| n != unsynced - 1 - one).collect();
                crashes.extend([Crash::Keep(only), Crash::Keep(all_but)]);
            }
            for crash in crashes {
                let context = format!("seed {seed}, {changes} of {recorded} changes, {crash:?}");
                let disk = work.disk.crashed_at(changes, crash).unwrap();
                check(&work, changes, &disk, &context);
                states += 1;
            }
        }
    }
    println!("crash enumeration: seeds {seeds:?}, {states} states");
    assert!(states >= 10_000, "only {states} states");
}
