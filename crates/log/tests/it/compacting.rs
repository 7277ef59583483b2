//! Compaction against a simple model: random batches of plain, idempotent and transactional
//! producers, tombstones, markers of both kinds, any codec; compacted in between, cut short by a
//! map that is too small, restarted.

use crate::support::*;
use bytes::Bytes;
use keld_env::sim::{Crash, SimDisk};
use keld_log::{
    CompactError, CompactOptions, CompactStats, LogConfig, LogDirectory, PartitionLog, ReadBounds,
    Step,
};
use keld_record::{
    BatchBuilder, BatchHeader, BatchProducer, Compression, EndTxnMarker, RecordBatch,
};
use keld_types::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Tombstones and markers stay this long.
pub(crate) const DELETE_RETENTION_MS: i64 = 1000;

pub(crate) fn compact_config() -> LogConfig {
    LogConfig {
        segment_bytes: 1500,
        index_interval_bytes: 200,
        file_delete_delay_ms: 0,
        delete: false,
        compact: true,
        delete_retention_ms: DELETE_RETENTION_MS,
        ..LogConfig::default()
    }
}

pub(crate) fn options(now_ms: i64) -> CompactOptions {
    CompactOptions {
        map_bytes_max: 1 << 20,
        load_factor: 0.9,
        buffer_bytes: 1 << 16,
        step_bytes: 2000,
        secret: [42; 16],
        now_ms,
    }
}

/// Runs a compaction to its end. `None` when there is nothing to compact.
pub(crate) fn compact(
    log: &mut PartitionLog,
    options: &CompactOptions,
) -> Result<Option<CompactStats>, CompactError> {
    let Some(mut compaction) = log.start_compaction(options)? else { return Ok(None) };
    loop {
        match compaction.step() {
            Ok(Step::Worked { .. }) => {}
            Ok(Step::Commit) => log.commit_compaction(&mut compaction, options.now_ms)?,
            Ok(Step::Done) => return Ok(Some(compaction.stats())),
            Err(error) => {
                compaction.abandon();
                return Err(error);
            }
        }
    }
}

/// Everything that can be compacted, is: a new segment begins, and all before it is durable.
pub(crate) fn compact_all(log: &mut PartitionLog, now_ms: i64) -> Option<CompactStats> {
    log.roll(now_ms).unwrap();
    log.flush(now_ms).unwrap();
    log.set_high_watermark(log.log_end_offset());
    compact(log, &options(now_ms)).unwrap()
}

/// A record as a consumer sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) offset: i64,
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
}

/// All batches from the log's start.
fn headers(log: &mut PartitionLog) -> Vec<(BatchHeader, RecordBatch)> {
    let mut next = log.log_start_offset();
    let mut found = Vec::new();
    while next < log.log_end_offset() {
        let bounds = everything(log);
        let data = log.read(next, &bounds).unwrap();
        let before = next;
        for batch in keld_record::batches(data.read_all().unwrap()) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            next = batch.header().next_offset();
            found.push((*batch.header(), batch));
        }
        if next == before {
            break;
        }
    }
    found
}

/// What a read_committed consumer is given from `from` on, in fetches of `bytes_max`.
pub(crate) fn consume(log: &mut PartitionLog, from: Offset, bytes_max: usize) -> Vec<Seen> {
    let mut next = from;
    let mut seen = Vec::new();
    while next < log.last_stable_offset() {
        let offset_max = log.last_stable_offset();
        let bounds = ReadBounds { offset_max, bytes_max, min_one_batch: true, with_aborted: true };
        let data = log.read(next, &bounds).unwrap();
        let mut aborted = data.aborted_transactions.clone().unwrap();
        aborted.sort_by_key(|txn| std::cmp::Reverse(txn.first_offset));
        let mut active = BTreeSet::new();
        let before = next;
        for batch in keld_record::batches(data.read_all().unwrap()) {
            let Ok(batch) = batch else { break };
            let header = *batch.header();
            if header.last_offset() < next {
                continue;
            }
            while let Some(txn) = aborted.pop_if(|txn| txn.first_offset <= header.last_offset()) {
                active.insert(txn.producer_id);
            }
            if header.is_control() {
                let marker = batch.records().unwrap().next().map(|record| record.unwrap());
                if marker.is_some_and(|record| record.key.as_deref() == Some(&[0, 0, 0, 0])) {
                    active.remove(&header.producer_id);
                }
            } else if !(header.is_transactional() && active.contains(&header.producer_id)) {
                for record in batch.records().unwrap() {
                    let record = record.unwrap();
                    if record.offset >= next {
                        seen.push(Seen {
                            offset: record.offset.get(),
                            timestamp: record.timestamp,
                            key: record.key.map(|key| key.to_vec()),
                            value: record.value.map(|value| value.to_vec()),
                        });
                    }
                }
            }
            next = header.next_offset();
        }
        if next == before {
            break;
        }
    }
    seen
}

/// One thing that happens to the log.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Records of (key, has a value), by one of the producers.
    Batch {
        producer: Writer,
        records: Vec<(u8, bool)>,
        codec: u8,
    },
    /// A transactional producer ends its transaction.
    End {
        producer: u8,
        commit: bool,
    },
    Roll,
    Compact,
    /// Compaction with a map that holds only so many keys.
    CompactSome(u8),
    /// Time passes.
    Wait(i64),
    Restart,
    Kill,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Writer {
    Plain,
    Idempotent(u8),
    Transactional(u8),
}

fn op() -> impl Strategy<Value = Op> {
    let writer = prop_oneof![
        3 => Just(Writer::Plain),
        2 => (0u8..3).prop_map(Writer::Idempotent),
        3 => (0u8..3).prop_map(Writer::Transactional),
    ];
    let records = proptest::collection::vec((0u8..12, proptest::bool::weighted(0.75)), 1..7);
    prop_oneof![
        12 => (writer, records, 0u8..5)
            .prop_map(|(producer, records, codec)| Op::Batch { producer, records, codec }),
        4 => (0u8..3, any::<bool>()).prop_map(|(producer, commit)| Op::End { producer, commit }),
        2 => Just(Op::Roll),
        2 => Just(Op::Compact),
        1 => (1u8..12).prop_map(Op::CompactSome),
        1 => (1i64..1500).prop_map(Op::Wait),
        1 => Just(Op::Restart),
        1 => Just(Op::Kill),
    ]
}

pub(crate) struct World {
    pub(crate) disk: SimDisk,
    pub(crate) directory: LogDirectory,
    pub(crate) log: PartitionLog,
    pub(crate) config: LogConfig,
    pub(crate) now_ms: i64,
    /// Every record that was appended, and the transaction it is part of.
    pub(crate) written: Vec<(Seen, Option<usize>)>,
    /// Transactions: whether they were committed, and where the marker stands, once they ended.
    pub(crate) txns: Vec<Option<(bool, i64)>>,
    pub(crate) open: BTreeMap<u8, usize>,
    pub(crate) sequences: BTreeMap<i64, i32>,
    /// Below it each key has one record at most.
    pub(crate) cleaned: i64,
    /// Nothing from here on was touched by a compaction.
    pub(crate) touched: i64,
    pub(crate) counter: u32,
    /// The log may be shorter than what was written: the sequences are not known.
    pub(crate) is_restored: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let config = compact_config();
        let (disk, directory, log) = fresh(&config);
        Self {
            disk,
            directory,
            log,
            config,
            now_ms: NOW,
            written: Vec::new(),
            txns: Vec::new(),
            open: BTreeMap::new(),
            sequences: BTreeMap::new(),
            cleaned: 0,
            touched: 0,
            counter: 0,
            is_restored: false,
        }
    }

    fn append(&mut self, bytes: &Bytes) {
        self.log.append_as_follower(bytes, LeaderEpoch::new(0), self.now_ms).unwrap();
    }

    fn batch(&mut self, writer: Writer, records: &[(u8, bool)], codec: u8) {
        let codec = Compression::ALL[usize::from(codec)];
        let base = self.log.log_end_offset();
        let mut builder =
            BatchBuilder::new(codec).base_offset(base).leader_epoch(LeaderEpoch::new(0));
        let id = match writer {
            Writer::Plain => None,
            Writer::Idempotent(id) => Some(100 + i64::from(id)),
            Writer::Transactional(id) => Some(200 + i64::from(id)),
        };
        if let Some(id) = id {
            let sequence = self.sequences.entry(id).or_insert(0);
            builder = builder.producer(BatchProducer {
                id: ProducerId::new(id),
                epoch: ProducerEpoch::new(0),
                base_sequence: *sequence,
            });
            *sequence += records.len() as i32;
        }
        let mut txn = None;
        if let Writer::Transactional(id) = writer {
            builder = builder.transactional(true);
            let next = self.txns.len();
            let index = *self.open.entry(id).or_insert(next);
            if index == next {
                self.txns.push(None);
            }
            txn = Some(index);
        }
        for (index, (key, has_value)) in records.iter().enumerate() {
            self.counter += 1;
            // One key in twelve is null: such records can come from before the topic was compacted.
            let key = (*key > 0).then(|| format!("key-{key}").into_bytes());
            let value = has_value.then(|| {
                let text = format!("value-{}-", self.counter);
                text.repeat(1 + (self.counter % 5) as usize).into_bytes()
            });
            let timestamp = self.now_ms + i64::from(self.counter % 7) - 3;
            builder.append(timestamp, key.as_deref(), value.as_deref(), &[]).unwrap();
            let offset = base.get() + index as i64;
            self.written.push((Seen { offset, timestamp, key, value }, txn));
        }
        self.append(&builder.finish().unwrap());
    }

    fn end(&mut self, id: u8, commit: bool) {
        // A marker without a transaction is legal, too.
        if let Some(index) = self.open.remove(&id) {
            self.txns[index] = Some((commit, self.log.log_end_offset().get()));
        }
        let mut builder = BatchBuilder::new(Compression::None)
            .base_offset(self.log.log_end_offset())
            .leader_epoch(LeaderEpoch::new(0))
            .producer(BatchProducer {
                id: ProducerId::new(200 + i64::from(id)),
                epoch: ProducerEpoch::new(0),
                base_sequence: -1,
            })
            .transactional(true)
            .control(true);
        let marker = EndTxnMarker { committed: commit, coordinator_epoch: 0 };
        builder.append_control(self.now_ms, &marker.to_control_record()).unwrap();
        self.append(&builder.finish().unwrap());
    }

    pub(crate) fn compact(&mut self, map_bytes_max: u64) {
        self.log.flush(self.now_ms).unwrap();
        self.log.set_high_watermark(self.log.log_end_offset());
        let options = CompactOptions { map_bytes_max, ..options(self.now_ms) };
        let before = self.check_all();
        let mut compaction = match self.log.start_compaction(&options).unwrap() {
            Some(compaction) => compaction,
            None => return,
        };
        loop {
            match compaction.step() {
                Ok(Step::Worked { .. }) => {}
                Ok(Step::Commit) => {
                    self.touched = self.touched.max(compaction.dirty_range().1.get());
                    self.log.commit_compaction(&mut compaction, self.now_ms).unwrap();
                    // Readers see a whole log between the steps.
                    self.check(&before);
                }
                Ok(Step::Done) => break,
                Err(CompactError::Uncleanable { reason, .. }) => {
                    // A batch has more keys than the map.
                    assert!(map_bytes_max < 1 << 20 && reason.contains("do not fit"), "{reason}");
                    compaction.abandon();
                    self.check(&before);
                    return;
                }
                Err(error) => panic!("{error}"),
            }
        }
        self.cleaned = self.cleaned.max(compaction.dirty_range().1.get());
        self.check(&before);
    }

    /// What must be there: the visible records.
    fn visible(&self) -> Vec<Seen> {
        let stable = self.log.last_stable_offset().get();
        let end = self.log.log_end_offset().get();
        let is_committed = |txn: usize| {
            self.txns[txn].is_some_and(|(committed, marker)| committed && marker < end)
        };
        self.written
            .iter()
            .filter(|(seen, txn)| seen.offset < stable && txn.is_none_or(is_committed))
            .map(|(seen, _)| seen.clone())
            .collect()
    }

    pub(crate) fn check_all(&mut self) -> Vec<Seen> {
        let visible = self.visible();
        self.check(&visible);
        visible
    }

    /// The log agrees with the records that are visible.
    fn check(&mut self, visible: &[Seen]) {
        let cleaned = self.cleaned;
        let start = self.log.log_start_offset();
        let found = consume(&mut self.log, start, 1 << 20);
        let all: BTreeMap<i64, &Seen> = visible.iter().map(|seen| (seen.offset, seen)).collect();
        let mut last = -1;
        for seen in &found {
            assert!(seen.offset > last, "offset {} after {last}", seen.offset);
            last = seen.offset;
            assert_eq!(all.get(&seen.offset), Some(&seen), "a record that was not written so");
        }
        let mut newest: BTreeMap<&[u8], &Seen> = BTreeMap::new();
        for seen in visible {
            if let Some(key) = &seen.key {
                newest.insert(key, seen);
            }
        }
        let offsets: BTreeSet<i64> = found.iter().map(|seen| seen.offset).collect();
        for (key, seen) in &newest {
            let older = found
                .iter()
                .any(|other| other.key.as_deref() == Some(key) && other.offset < seen.offset);
            match (&seen.value, offsets.contains(&seen.offset)) {
                (_, true) => {}
                (Some(_), false) => panic!("the newest value of a key is gone: {seen:?}"),
                (None, false) => assert!(!older, "a value came back behind its tombstone"),
            }
        }
        for seen in visible.iter().filter(|seen| seen.offset >= self.touched) {
            assert!(offsets.contains(&seen.offset), "{seen:?} was not to be touched");
        }
        let mut keys = BTreeSet::new();
        for seen in found.iter().filter(|seen| seen.offset < cleaned) {
            assert!(keys.insert(seen.key.clone()), "{seen:?} is not the only one below {cleaned}");
            assert!(seen.key.is_some(), "a record without a key below {cleaned}");
        }
        // From any offset, in fetches of any size, the same is read.
        for (from, bytes_max) in [(last / 3, 1), (last / 2, 400), (last - 1, 900)] {
            let from = Offset::new(from.max(start.get()));
            let tail: Vec<Seen> =
                found.iter().filter(|seen| seen.offset >= from.get()).cloned().collect();
            assert_eq!(consume(&mut self.log, from, bytes_max), tail, "from {from}");
        }
        self.check_producers();
    }

    /// Sequences go on where they were.
    fn check_producers(&self) {
        if self.is_restored {
            return;
        }
        let known: BTreeMap<i64, i32> = self
            .log
            .producers()
            .iter()
            .map(|info| (info.producer_id.get(), info.last_sequence))
            .collect();
        for (id, next) in &self.sequences {
            assert_eq!(known.get(id), Some(&(next - 1)), "producer {id}");
        }
    }

    pub(crate) fn reopen(&mut self, crash: Option<Crash>) {
        if let Some(crash) = crash {
            self.log.flush(self.now_ms).unwrap();
            self.disk = self.disk.crashed(crash);
        } else {
            self.log.close(self.now_ms).unwrap();
            self.directory.note_offsets(&self.log);
            self.directory.close_cleanly(keld_types::BrokerEpoch::new(1)).unwrap();
            self.directory.release();
        }
        self.directory = open_directory(&self.disk);
        self.log = open_log(&self.directory, &self.config).unwrap();
        assert!(self.log.damaged().is_empty(), "{:?}", self.log.damaged());
        self.log.set_high_watermark(self.log.log_end_offset());
    }

    pub(crate) fn run(&mut self, op: &Op) {
        match op {
            Op::Batch { producer, records, codec } => self.batch(*producer, records, *codec),
            Op::End { producer, commit } => self.end(*producer, *commit),
            Op::Roll => self.log.roll(self.now_ms).unwrap(),
            // With room for more than the keys, what stays is known by offset.
            Op::Compact => self.compact(8 << 20),
            Op::CompactSome(keys) => self.compact(24 * u64::from(*keys)),
            Op::Wait(ms) => self.now_ms += ms,
            Op::Restart => self.reopen(None),
            Op::Kill => self.reopen(Some(Crash::PowerLossAll)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_the_model(ops in proptest::collection::vec(op(), 1..90)) {
        let mut world = World::new();
        for op in &ops {
            world.run(op);
        }
        world.log.roll(world.now_ms).unwrap();
        world.compact(1 << 20);
        // After the retention of tombstones and markers, twice: horizons are set, then passed.
        for _ in 0..3 {
            world.now_ms += DELETE_RETENTION_MS + 1;
            world.batch(Writer::Plain, &[(1, true)], 0);
            world.log.roll(world.now_ms).unwrap();
            world.compact(1 << 20);
        }
        world.reopen(Some(Crash::Killed));
        world.check_all();
    }
}

/// A batch of (key, value) at the log's end.
fn put(log: &mut PartitionLog, records: &[(&str, Option<&str>)], codec: Compression) {
    let mut builder =
        BatchBuilder::new(codec).base_offset(log.log_end_offset()).leader_epoch(epoch(0));
    for (key, value) in records {
        builder.append(NOW, Some(key.as_bytes()), value.map(str::as_bytes), &[]).unwrap();
    }
    let bytes = builder.finish().unwrap();
    log.append_as_follower(&bytes, epoch(0), NOW).unwrap();
}

fn keys_at(log: &mut PartitionLog) -> Vec<(i64, String, Option<String>)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let start = log.log_start_offset();
    consume(log, start, 1 << 20)
        .into_iter()
        .map(|seen| (seen.offset, text(seen.key.unwrap()), seen.value.map(text)))
        .collect()
}

fn at(offset: i64, key: &str, value: &str) -> (i64, String, Option<String>) {
    (offset, key.to_owned(), Some(value.to_owned()))
}

#[test]
fn the_newest_record_of_each_key_stays_where_it_was() {
    for codec in Compression::ALL {
        let (_, _, mut log) = fresh(&compact_config());
        put(&mut log, &[("a", Some("1")), ("b", Some("1"))], codec);
        put(&mut log, &[("a", Some("2")), ("c", Some("1")), ("a", Some("3"))], codec);
        put(&mut log, &[("b", Some("2")), ("d", Some("1"))], codec);
        let untouched = headers(&mut log)[2].1.bytes().clone();
        let end = log.log_end_offset();
        compact_all(&mut log, NOW).unwrap();
        let expected = [at(3, "c", "1"), at(4, "a", "3"), at(5, "b", "2"), at(6, "d", "1")];
        assert_eq!(keys_at(&mut log), expected, "{codec}");
        let headers = headers(&mut log);
        let batches: Vec<_> =
            headers.iter().map(|(h, _)| (h.base_offset.get(), h.last_offset().get())).collect();
        assert_eq!(batches, [(2, 4), (5, 6)], "first and last offsets stay, {codec}");
        assert_eq!(headers[0].0.compression(), Some(codec));
        assert_eq!(headers[1].1.bytes(), &untouched, "a whole batch is copied as it is, {codec}");
        assert_eq!(log.log_end_offset(), end);
    }
}

#[test]
fn a_tombstone_goes_when_its_horizon_has_passed() {
    let (_, _, mut log) = fresh(&compact_config());
    put(&mut log, &[("a", Some("1")), ("b", Some("1"))], Compression::Lz4);
    put(&mut log, &[("a", None)], Compression::Lz4);
    put(&mut log, &[("c", Some("1"))], Compression::None);
    compact_all(&mut log, NOW);
    let tombstone = (2, "a".to_owned(), None);
    assert_eq!(keys_at(&mut log), [at(1, "b", "1"), tombstone.clone(), at(3, "c", "1")]);
    let horizons: Vec<_> = headers(&mut log).iter().map(|(h, _)| h.delete_horizon_ms()).collect();
    assert_eq!(horizons, [None, Some(NOW + DELETE_RETENTION_MS), None]);
    let seen = consume(&mut log, Offset::ZERO, 1 << 20);
    assert!(seen.iter().all(|seen| seen.timestamp == NOW), "timestamps stay: {seen:?}");

    put(&mut log, &[("d", Some("1"))], Compression::None);
    compact_all(&mut log, NOW + DELETE_RETENTION_MS - 1);
    assert!(keys_at(&mut log).contains(&tombstone), "its horizon is still ahead");
    put(&mut log, &[("e", Some("1"))], Compression::None);
    compact_all(&mut log, NOW + DELETE_RETENTION_MS);
    assert!(!keys_at(&mut log).contains(&tombstone));
}

#[test]
fn what_is_young_undecided_active_or_not_durable_is_left_alone() {
    let config = LogConfig { min_compaction_lag_ms: 100, ..compact_config() };
    let (_, _, mut log) = fresh(&config);
    put(&mut log, &[("a", Some("1"))], Compression::None);
    log.roll(NOW).unwrap();
    put(&mut log, &[("a", Some("2"))], Compression::None);
    let now = NOW + 1000;
    let cleanable = |log: &mut PartitionLog, now| {
        log.compactable(now)
            .unwrap()
            .map(|found| (found.first_uncleanable.get(), found.waits_for_flush))
    };
    assert_eq!(cleanable(&mut log, now), Some((0, false)), "above the high watermark");
    log.set_high_watermark(log.log_end_offset());
    assert_eq!(cleanable(&mut log, now), Some((0, true)), "not durable");
    log.flush(now).unwrap();
    assert_eq!(cleanable(&mut log, now), Some((1, false)));
    assert_eq!(cleanable(&mut log, NOW + 50), Some((0, false)), "too young");
    let found = log.compactable(now).unwrap().unwrap();
    assert_eq!((found.clean_bytes, found.dirty_ratio()), (0, 1.0));
    assert!(found.is_due(0.5) && !found.is_due(1.0));
    log.set_config(LogConfig { compact: false, ..config });
    assert_eq!(cleanable(&mut log, now), None, "not a compacted topic");
}

#[test]
fn the_oldest_dirty_segment_demands_compaction_after_the_longest_lag() {
    let config = LogConfig { max_compaction_lag_ms: 500, ..compact_config() };
    let (_, _, mut log) = fresh(&config);
    for value in ["1", "2"] {
        put(&mut log, &[("a", Some(value))], Compression::None);
        log.roll(NOW).unwrap();
    }
    log.flush(NOW).unwrap();
    log.set_high_watermark(log.log_end_offset());
    let delay = |log: &mut PartitionLog, now| log.compactable(now).unwrap().unwrap().delay_ms;
    assert_eq!(delay(&mut log, NOW + 500), 0);
    assert_eq!(delay(&mut log, NOW + 501), 1);
    assert!(log.compactable(NOW + 501).unwrap().unwrap().is_due(1.0));
}

#[test]
fn segments_become_one_and_the_next_round_begins_where_this_ended() {
    let (disk, directory, mut log) = fresh(&compact_config());
    for round in 0..20 {
        let value = format!("{round}").repeat(50);
        put(&mut log, &[("same", Some(&value))], Compression::None);
        log.roll(NOW).unwrap();
    }
    let before = log.segment_count();
    let stats = compact_all(&mut log, NOW).unwrap();
    assert!(log.segment_count() < before / 3, "{} segments", log.segment_count());
    assert!(stats.bytes_after < stats.bytes_before, "{stats:?}");
    assert_eq!(stats.keys, 1);
    let found = log.compactable(NOW).unwrap().unwrap();
    assert_eq!(found.first_dirty, log.log_end_offset());
    assert_eq!(found.cleanable_bytes, 0);
    assert!(compact(&mut log, &options(NOW)).unwrap().is_none(), "nothing is dirty");
    // The checkpoint is Kafka's.
    let checkpoint = std::path::Path::new(DIR).join("cleaner-offset-checkpoint");
    let text = keld_env::Disk::read_file(&disk, &checkpoint, 1000).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "0\n1\ntopic 0 20\n");
    drop((directory, log));
    let directory = open_directory(&disk);
    let mut log = open_log(&directory, &compact_config()).unwrap();
    log.set_high_watermark(log.log_end_offset());
    assert_eq!(log.compactable(NOW).unwrap().unwrap().first_dirty.get(), 20);
}

#[test]
fn a_compaction_ends_when_the_log_is_cut_closed_or_dropped() {
    let cases: [fn(&mut PartitionLog); 4] = [
        |log| {
            log.truncate_to(offset(3), NOW).unwrap();
        },
        |log| log.truncate_fully_and_start_at(offset(50), NOW).unwrap(),
        |log| log.set_config(LogConfig { compact: false, delete: true, ..compact_config() }),
        |log| {
            log.set_config(LogConfig { retention_ms: 0, delete: true, ..compact_config() });
            assert!(log.delete_old_segments(NOW + 10_000).unwrap() > 0);
        },
    ];
    for (case, interrupt) in cases.iter().enumerate() {
        // After every number of steps.
        for steps in 0.. {
            let (disk, _directory, mut log) = fresh(&compact_config());
            for value in ["1", "2", "3", "4", "5", "6"] {
                put(&mut log, &[("a", Some(value)), ("b", Some(value))], Compression::None);
                log.roll(NOW).unwrap();
            }
            log.flush(NOW).unwrap();
            log.set_high_watermark(log.log_end_offset());
            let mut compaction = log.start_compaction(&options(NOW)).unwrap().unwrap();
            let mut is_done = false;
            for _ in 0..steps {
                match compaction.step().unwrap() {
                    Step::Worked { .. } => {}
                    Step::Commit => log.commit_compaction(&mut compaction, NOW).unwrap(),
                    Step::Done => is_done = true,
                }
            }
            if is_done {
                assert!(steps > 5, "only {steps} steps");
                break;
            }
            interrupt(&mut log);
            let error = loop {
                match compaction.step() {
                    Ok(Step::Worked { .. }) => {}
                    Ok(Step::Commit) => match log.commit_compaction(&mut compaction, NOW) {
                        Ok(()) => {}
                        Err(error) => break Some(error),
                    },
                    Ok(Step::Done) => break None,
                    Err(error) => break Some(error),
                }
            };
            let is_aborted = matches!(&error, Some(CompactError::Aborted { .. }));
            // When only the checkpoint is left to be written, a changed policy changes nothing.
            assert!(is_aborted || (case == 2 && error.is_none()), "{case}, {steps}: {error:?}");
            compaction.abandon();
            // Whatever is there is whole, at once and after a restart.
            let found = keys_at(&mut log);
            log.delete_doomed(i64::MAX).unwrap();
            log.flush(NOW).unwrap();
            let end = log.log_end_offset();
            let left = keld_env::Disk::list(&disk, &file("")).unwrap();
            for entry in &left {
                let is_odd =
                    [".cleaned", ".swap", ".deleted"].iter().any(|m| entry.name.ends_with(m));
                assert!(!is_odd, "{case}, {steps}: {} is left", entry.name);
            }
            let disk = disk.crashed(Crash::PowerLossAll);
            let directory = open_directory(&disk);
            let mut log = open_log(&directory, &compact_config()).unwrap();
            log.set_high_watermark(log.log_end_offset());
            assert!(log.damaged().is_empty(), "{case}, {steps}: {:?}", log.damaged());
            assert_eq!(log.log_end_offset(), end, "{case}, {steps}");
            assert_eq!(keys_at(&mut log), found, "{case}, {steps}");
        }
    }
}

#[test]
fn a_batch_with_a_wrong_checksum_is_not_written_anew() {
    let (disk, _directory, mut log) = fresh(&compact_config());
    put(&mut log, &[("a", Some("1")), ("b", Some("1"))], Compression::None);
    put(&mut log, &[("a", Some("2"))], Compression::None);
    log.roll(NOW).unwrap();
    log.flush(NOW).unwrap();
    log.set_high_watermark(log.log_end_offset());
    disk.flip_bits(&file("00000000000000000000.log"), 70, 1).unwrap();
    let error = compact(&mut log, &options(NOW)).unwrap_err();
    assert!(matches!(&error, CompactError::Uncleanable { .. }), "{error}");
    assert!(error.to_string().contains("the checksum is wrong"), "{error}");
    assert_eq!(log.segment_count(), 2, "the log is as it was");
    let left = keld_env::Disk::list(&disk, &file("")).unwrap();
    assert!(!left.iter().any(|entry| entry.name.ends_with(".cleaned")), "{left:?}");
}
