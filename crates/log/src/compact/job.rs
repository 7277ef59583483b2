//! A compaction under way.
//!
//! It runs in steps beside the log, without the partition's lock: first the keys of the dirty part
//! are read, then each group of segments is written anew beside the old ones. Between steps the
//! log is asked to change names ([`PartitionLog::commit_compaction`](crate::PartitionLog)), each
//! time under its lock and only for that. The caller decides when the next step runs, so that it
//! can hold the work back, or end it.
//!
//! What becomes of the files of a group:
//!
//! 1. `.cleaned` are written and synced.
//! 2. Under the lock they are renamed to `.swap`; the directory is synced. From here on the next
//!    start finishes what is done here.
//! 3. Under the lock the old files are renamed to `.deleted`, and the log reads the new ones; the
//!    directory is synced.
//! 4. Under the lock the new log gets its final name; the directory is synced; then its indexes do.
//!    The log comes first, because a start takes an index beside a `.log.swap` for an old one.

use super::error::CompactError;
use super::filter::{Counts, Decision, FilterError, Looked, Rules, Scratch, empty};
use super::group::{Sizes, group};
use super::hash::Secret;
use super::map::{KeyMap, Newest};
use super::output::{Output, marked, open};
use super::records::take_record;
use super::transactions::Transactions;
use super::window::Window;
use super::winners::Winners;
use crate::config::LogConfig;
use crate::error::LogError;
use crate::names::{self, FileMark, SegmentFile};
use crate::segment::Segment;
use crate::shared::Shared;
use crate::txn_index;
use keld_env::{File, OpenMode};
use keld_record::{BatchHeader, ControlRecordType, DECOMPRESSED_BYTES_MAX, HEADER_LENGTH};
use keld_types::{Offset, TopicPartition};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The least that is read at once.
const CHUNK_BYTES_MIN: usize = 64 << 10;

/// How a compaction works.
#[derive(Clone, Copy, Debug)]
pub struct CompactOptions {
    /// Memory for the keys: `log.cleaner.dedupe.buffer.size`, or this thread's part of it.
    pub map_bytes_max: u64,
    /// `log.cleaner.io.buffer.load.factor`.
    pub load_factor: f64,
    /// `log.cleaner.io.buffer.size`, or this thread's part of it.
    pub buffer_bytes: usize,
    /// How many bytes a step reads and writes before it lets the caller look around.
    pub step_bytes: u64,
    /// Random bytes, so that nobody can choose keys that look alike.
    pub secret: [u8; 16],
    /// The wall clock.
    pub now_ms: i64,
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It read and wrote so many bytes; go on.
    Worked {
        /// Bytes.
        bytes: u64,
    },
    /// The log must change names now: `PartitionLog::commit_compaction`.
    Commit,
    /// All is done.
    Done,
}

/// What a compaction did, for logs and metrics.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct CompactStats {
    /// Bytes of the segments that were written anew.
    pub bytes_before: u64,
    /// Bytes of the segments that stand in their place.
    pub bytes_after: u64,
    /// Bytes read from segments, the keys' pass included.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Records of batches that were looked at a second time.
    pub records_read: u64,
    /// Of those, how many stayed.
    pub records_kept: u64,
    /// Records without a key, which were dropped.
    pub keyless_records: u64,
    /// Keys in the dirty part.
    pub keys: u64,
    /// How full the memory for keys was, 0 to 1.
    pub map_utilization: f64,
}

/// A segment that is compacted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) base: Offset,
    pub(crate) size: u64,
    /// The next segment's base.
    pub(crate) end: Offset,
    pub(crate) created_ms: i64,
}

/// What the log said when the compaction began.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) shared: Arc<Shared>,
    pub(crate) partition: TopicPartition,
    pub(crate) dir: PathBuf,
    pub(crate) config: LogConfig,
    /// The segments below `end`, oldest first.
    pub(crate) sources: Vec<Source>,
    /// All segments, which may have aborted transactions of those.
    pub(crate) bases: Vec<Offset>,
    pub(crate) first_dirty: Offset,
    /// The first offset that is not compacted: a segment's base.
    pub(crate) end: Offset,
    pub(crate) last: BTreeMap<keld_types::ProducerId, super::filter::LastOfProducer>,
    /// Set when the log was cut, moved, deleted or closed.
    pub(crate) is_cancelled: Arc<AtomicBool>,
}

/// A group that was written and waits for its names.
#[derive(Debug)]
pub(crate) struct Cleaned {
    pub(crate) segment: Segment,
    pub(crate) kinds: Vec<SegmentFile>,
    pub(crate) replaced: Vec<Offset>,
    /// The new files, open, from when they are called `.swap`.
    pub(crate) files: Vec<(SegmentFile, Arc<dyn File>)>,
}

/// Where the names of a group stand; what the log does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Naming {
    /// `.cleaned` becomes `.swap`.
    ToSwap,
    /// The old files go.
    Replace,
    /// The `.swap` goes from the log's name.
    LogToFinal,
    /// And from those of its indexes.
    RestToFinal,
}

#[derive(Debug)]
enum Stage {
    Begin,
    Map(Place),
    Filter {
        group: usize,
        place: Place,
        output: Box<Output>,
        last: Option<usize>,
    },
    /// The log does this next.
    Commit {
        group: usize,
        cleaned: Box<Cleaned>,
        naming: Naming,
    },
    /// The log has done it: the directory is to be synced.
    Sync {
        group: usize,
        cleaned: Box<Cleaned>,
        naming: Naming,
    },
    Done,
}

/// A position in one of the sources.
#[derive(Clone, Debug)]
struct Place {
    source: usize,
    position: u64,
    file: Option<Arc<dyn File>>,
}

impl Place {
    fn at(source: usize) -> Self {
        Self { source, position: 0, file: None }
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Compaction {
    plan: Plan,
    stage: Stage,
    rules: Rules,
    transactions: Transactions,
    /// As they were before the first batch, for the second pass.
    fresh_transactions: Transactions,
    groups: Vec<Range<usize>>,
    window: Window,
    scratch: Scratch,
    /// The records of the batch that was loaded last are the first `records_length` bytes.
    decompressed: Vec<u8>,
    records_length: usize,
    stats: CompactStats,
    map_bytes_max: u64,
    step_bytes: u64,
}

impl Compaction {
    pub(crate) fn new(plan: Plan, options: &CompactOptions) -> Self {
        let secret: Secret = options.secret;
        let rules = Rules {
            map: KeyMap::new(options.map_bytes_max, options.load_factor, secret),
            winners: None,
            mapped_end: plan.first_dirty,
            end: plan.end,
            last: plan.last.clone(),
            now_ms: options.now_ms,
            delete_retention_ms: plan.config.delete_retention_ms,
        };
        Self {
            rules,
            stage: Stage::Begin,
            transactions: Transactions::default(),
            fresh_transactions: Transactions::default(),
            groups: Vec::new(),
            window: Window::new(options.buffer_bytes.max(CHUNK_BYTES_MIN)),
            scratch: Scratch::default(),
            decompressed: Vec::new(),
            records_length: 0,
            stats: CompactStats::default(),
            map_bytes_max: options.map_bytes_max,
            step_bytes: options.step_bytes.max(1),
            plan,
        }
    }

    /// The partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.plan.partition
    }

    /// What was done so far.
    pub fn stats(&self) -> CompactStats {
        let Counts { read, kept, keyless } = self.scratch.counts;
        CompactStats {
            records_read: read,
            records_kept: kept,
            keyless_records: keyless,
            ..self.stats
        }
    }

    /// The dirty part that this compaction covers: from, and up to.
    pub fn dirty_range(&self) -> (Offset, Offset) {
        (self.plan.first_dirty, self.rules.mapped_end)
    }

    pub(crate) fn is_cancelled_by(&self, token: &Arc<AtomicBool>) -> bool {
        Arc::ptr_eq(&self.plan.is_cancelled, token)
    }

    /// What the log is asked to do, if it is.
    pub(crate) fn naming(&self) -> Option<(Naming, &Cleaned)> {
        match &self.stage {
            Stage::Commit { cleaned, naming, .. } => Some((*naming, cleaned)),
            Stage::Begin
            | Stage::Map(_)
            | Stage::Filter { .. }
            | Stage::Sync { .. }
            | Stage::Done => None,
        }
    }

    /// The log has done it.
    pub(crate) fn named(&mut self) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Commit { group, cleaned, naming } => Stage::Sync { group, cleaned, naming },
            other => other,
        };
    }

    pub(crate) fn aborted(&self) -> CompactError {
        CompactError::Aborted { partition: self.plan.partition.clone() }
    }

    fn uncleanable(&self, reason: String) -> CompactError {
        CompactError::Uncleanable { partition: self.plan.partition.clone(), reason }
    }

    /// Goes on. Blocks, for as long as some megabytes take. After an error the compaction is over:
    /// [`abandon`](Self::abandon) it.
    pub fn step(&mut self) -> Result<Step, CompactError> {
        if self.plan.is_cancelled.load(Ordering::Acquire) {
            return Err(self.aborted());
        }
        self.plan.shared.check()?;
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Begin => self.begin(),
            Stage::Map(place) => self.map(place),
            Stage::Filter { group, place, output, last } => self.filter(group, place, output, last),
            stage @ Stage::Commit { .. } => {
                self.stage = stage;
                Ok(Step::Commit)
            }
            Stage::Sync { group, cleaned, naming } => self.sync(group, cleaned, naming),
            Stage::Done => Ok(Step::Done),
        }
    }

    /// Removes what was begun and does not count yet. Blocks.
    pub fn abandon(self) {
        let base = match &self.stage {
            Stage::Filter { output, .. } => output.base(),
            Stage::Commit { cleaned, naming: Naming::ToSwap, .. } => cleaned.segment.base_offset,
            // A step that failed has removed them itself.
            Stage::Begin
            | Stage::Map(_)
            | Stage::Commit { .. }
            | Stage::Sync { .. }
            | Stage::Done => return,
        };
        self.remove_cleaned(base);
    }

    fn remove_cleaned(&self, base: Offset) {
        for kind in SegmentFile::OF_SEGMENT {
            let path = marked(&self.plan.dir, kind, base, FileMark::Cleaned);
            if let Err(error) = self.plan.shared.remove_if_there(&path) {
                tracing::warn!(path = %path.display(), %error, "a compaction's file stays behind");
            }
        }
    }

    fn begin(&mut self) -> Result<Step, CompactError> {
        // Recovery must never begin among segments that have gaps.
        self.plan.shared.write_checkpoints()?;
        self.remove_leftovers()?;
        let mut aborted = Vec::new();
        for base in &self.plan.bases {
            let path = SegmentFile::TxnIndex.path(&self.plan.dir, *base);
            let Some(file) = open(&self.plan.shared, &path, OpenMode::Read)? else { continue };
            let read = txn_index::for_each(file.as_ref(), |_, txn| {
                aborted.push(txn);
                true
            });
            match read {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(self.uncleanable(format!("{}: {error}", path.display())));
                }
                Err(error) => return Err(self.plan.shared.failure("read", &path, error).into()),
            }
        }
        self.fresh_transactions = Transactions::new(aborted);
        self.transactions = self.fresh_transactions.clone();
        let dirty = self.plan.sources.iter().position(|source| source.end > self.plan.first_dirty);
        self.stage = match dirty {
            Some(dirty) => Stage::Map(Place::at(dirty)),
            None => Stage::Done,
        };
        Ok(Step::Worked { bytes: 0 })
    }

    /// Removes what a compaction that died has left: a start would take a `.cleaned` for a sign that
    /// no `.swap` counts.
    fn remove_leftovers(&self) -> Result<(), CompactError> {
        let Plan { shared, dir, .. } = &self.plan;
        let entries = match shared.disk.list(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.aborted()),
            Err(error) => return Err(shared.failure("list", dir, error).into()),
        };
        for entry in entries {
            let is_left = names::parse_file_name(&entry.name)
                .is_some_and(|(_, _, mark)| mark == FileMark::Cleaned);
            if is_left {
                shared.remove_if_there(&dir.join(&entry.name))?;
            }
        }
        Ok(())
    }

    fn source_file(&self, place: &mut Place, base: Offset) -> Result<Arc<dyn File>, CompactError> {
        if let Some(file) = &place.file {
            return Ok(Arc::clone(file));
        }
        let path = SegmentFile::Log.path(&self.plan.dir, base);
        let file = open(&self.plan.shared, &path, OpenMode::Read)?.ok_or_else(|| self.aborted())?;
        // Had the directory been given to another log of this name, this would be known by now.
        if self.plan.is_cancelled.load(Ordering::Acquire) {
            return Err(self.aborted());
        }
        place.file = Some(Arc::clone(&file));
        Ok(file)
    }

    /// The header of the batch at a place; `None` at the end of its segment.
    fn header_at(
        &mut self,
        place: &mut Place,
        source: &Source,
    ) -> Result<Option<BatchHeader>, CompactError> {
        if place.position >= source.size {
            return Ok(None);
        }
        let file = self.source_file(place, source.base)?;
        let raw = self
            .window
            .get(file.as_ref(), place.position, HEADER_LENGTH, source.size)
            .map_err(|error| read_failure(&self.plan, source.base, error))?;
        let header = BatchHeader::parse(raw).map_err(|error| {
            corrupt(&self.plan, source.base, place.position, &error.to_string())
        })?;
        let fits = header.size() as u64 <= source.size - place.position;
        if !fits || header.last_offset_delta < 0 || header.record_count < 0 {
            return Err(corrupt(&self.plan, source.base, place.position, "impossible batch"));
        }
        Ok(Some(header))
    }

    /// Reads keys until the step is over, everything is read, or no more keys fit.
    fn map(&mut self, mut place: Place) -> Result<Step, CompactError> {
        let mut bytes = 0;
        while bytes < self.step_bytes {
            let Some(source) = self.plan.sources.get(place.source).copied() else {
                self.stats.bytes_read += bytes;
                return self.mapped();
            };
            let Some(header) = self.header_at(&mut place, &source)? else {
                // Offsets that are missing at a segment's end are as good as read.
                self.rules.mapped_end = self.rules.mapped_end.max(source.end);
                place = Place::at(place.source + 1);
                self.window.reset();
                continue;
            };
            if !self.map_batch(&mut place, &source, &header)? {
                self.stats.bytes_read += bytes + self.window.take_read();
                return self.mapped();
            }
            place.position += header.size() as u64;
            bytes += self.window.take_read();
        }
        self.stats.bytes_read += bytes;
        self.stage = Stage::Map(place);
        Ok(Step::Worked { bytes })
    }

    /// Takes the keys of one batch; false when they do not all fit.
    fn map_batch(
        &mut self,
        place: &mut Place,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<bool, CompactError> {
        let first_dirty = self.plan.first_dirty;
        if header.is_control() {
            let kind = self.control_kind(place, source, header)?;
            self.transactions.on_control(header, kind);
        } else {
            let is_aborted = self.transactions.on_batch(header);
            let is_read = is_aborted || header.record_count == 0;
            if !is_read && header.last_offset() >= first_dirty {
                self.load_records(place, source, header)?;
                let mut rest = self.decompressed.get(..self.records_length).unwrap_or_default();
                for _ in 0..header.record_count {
                    let record = take_record(&mut rest)
                        .map_err(|_| bad_records(&self.plan, source.base, place.position))?;
                    let offset = header.base_offset + i64::from(record.offset_delta);
                    let Some(key) = record.key.filter(|_| offset >= first_dirty) else { continue };
                    let newest = Newest { offset, is_tombstone: record.is_tombstone };
                    if self.rules.map.put(key, newest).is_err() {
                        return Ok(false);
                    }
                }
                if self.rules.map.settle().is_err() {
                    return Ok(false);
                }
            }
        }
        if header.last_offset() >= first_dirty {
            self.rules.mapped_end = self.rules.mapped_end.max(header.next_offset());
        }
        Ok(true)
    }

    /// The keys are known: which records win, and which segments become one.
    fn mapped(&mut self) -> Result<Step, CompactError> {
        let (from, end) = (self.plan.first_dirty, self.rules.mapped_end);
        if end <= from {
            return Err(self.uncleanable(format!(
                "the keys of the batch at offset {from} do not fit in {} bytes \
                 (log.cleaner.dedupe.buffer.size)",
                self.map_bytes_max
            )));
        }
        let map = &self.rules.map;
        self.stats.keys = map.keys();
        self.stats.map_utilization = map.utilization();
        self.rules.winners = Winners::of(map, from, end, map.bytes_left());
        self.transactions = self.fresh_transactions.clone();
        self.plan.sources.retain(|source| source.base < end);
        let mut sizes = Vec::with_capacity(self.plan.sources.len());
        for source in &self.plan.sources {
            let (offset_index, time_index) = (
                self.index_size(SegmentFile::OffsetIndex, source.base)?,
                self.index_size(SegmentFile::TimeIndex, source.base)?,
            );
            sizes.push(Sizes { base: source.base, log: source.size, offset_index, time_index });
        }
        let LogConfig { segment_bytes, segment_index_bytes, .. } = self.plan.config;
        self.groups = group(&sizes, segment_bytes, segment_index_bytes, self.plan.end);
        self.begin_group(0)
    }

    fn index_size(&self, kind: SegmentFile, base: Offset) -> Result<u64, LogError> {
        let path = kind.path(&self.plan.dir, base);
        match self.plan.shared.disk.stat(&path) {
            Ok(found) => Ok(found.map_or(0, |(_, length)| length)),
            Err(error) => Err(self.plan.shared.failure("stat", &path, error)),
        }
    }

    fn begin_group(&mut self, group: usize) -> Result<Step, CompactError> {
        let Some(sources) = self.groups.get(group).cloned() else { return self.finish() };
        let members = self.plan.sources.get(sources.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (members.first(), members.last()) else {
            return self.finish();
        };
        let (base, created_ms) = (first.base, last.created_ms);
        let last = members.iter().rposition(|source| source.size > 0);
        let last = last.map(|index| sources.start + index);
        let Plan { shared, dir, config, .. } = &self.plan;
        let output = Output::create(shared, dir, (base, created_ms), config)?;
        let output = Box::new(output.ok_or_else(|| self.aborted())?);
        self.window.reset();
        let place = Place::at(sources.start);
        self.stage = Stage::Filter { group, place, output, last };
        Ok(Step::Worked { bytes: 0 })
    }

    /// Writes batches until the step is over or the group is.
    fn filter(
        &mut self,
        group: usize,
        mut place: Place,
        mut output: Box<Output>,
        last: Option<usize>,
    ) -> Result<Step, CompactError> {
        let result = self.filter_some(group, &mut place, &mut output, last);
        let base = output.base();
        match result {
            Ok((bytes, false)) => {
                self.stage = Stage::Filter { group, place, output, last };
                Ok(Step::Worked { bytes })
            }
            Ok((bytes, true)) => {
                self.finish_group(group, *output).inspect_err(|_| self.remove_cleaned(base))?;
                Ok(Step::Worked { bytes })
            }
            Err(error) => {
                drop(output);
                self.remove_cleaned(base);
                Err(error)
            }
        }
    }

    fn filter_some(
        &mut self,
        group: usize,
        place: &mut Place,
        output: &mut Output,
        last: Option<usize>,
    ) -> Result<(u64, bool), CompactError> {
        let members = self.groups.get(group).cloned().unwrap_or(0..0);
        let mut bytes = 0;
        let mut is_over = false;
        while bytes < self.step_bytes {
            let source = self.plan.sources.get(place.source).copied();
            let Some(source) = source.filter(|_| members.contains(&place.source)) else {
                is_over = true;
                break;
            };
            let Some(header) = self.header_at(place, &source)? else {
                *place = Place::at(place.source + 1);
                self.window.reset();
                continue;
            };
            let is_last =
                last == Some(place.source) && place.position + header.size() as u64 == source.size;
            self.filter_batch(place, &source, &header, is_last, output)?;
            place.position += header.size() as u64;
            let written = output.write_if_much(&self.plan.shared)?;
            self.stats.bytes_written += written;
            let read = self.window.take_read();
            self.stats.bytes_read += read;
            bytes += written + read;
        }
        Ok((bytes, is_over))
    }

    fn filter_batch(
        &mut self,
        place: &mut Place,
        source: &Source,
        header: &BatchHeader,
        ends_group: bool,
        output: &mut Output,
    ) -> Result<(), CompactError> {
        let is_dispensable = if header.is_control() {
            let kind = self.control_kind(place, source, header)?;
            let verdict = self.transactions.on_control(header, kind);
            if let Some(txn) = verdict.aborted {
                output.push_aborted(txn);
            }
            verdict.is_dispensable
        } else {
            self.transactions.on_batch(header)
        };
        let mut decision = self.rules.decide(header, is_dispensable, ends_group);
        if let Decision::Look(look) = decision {
            self.load_records(place, source, header)?;
            let looked = self.rules.look(
                header,
                self.decompressed.get(..self.records_length).unwrap_or_default(),
                look,
                &mut self.scratch,
                output.buffer(),
            );
            match looked {
                Ok(Looked::Decided(decided)) => decision = decided,
                Ok(Looked::Written(written)) => {
                    return output
                        .push(&written, &self.plan.config)
                        .map_err(|_| self.too_large(output.base()));
                }
                Err(FilterError::Records) => {
                    return Err(bad_records(&self.plan, source.base, place.position));
                }
                Err(FilterError::Build(reason)) => {
                    return Err(corrupt(&self.plan, source.base, place.position, &reason));
                }
            }
        }
        let kept = match decision {
            Decision::Drop | Decision::Look(_) => return Ok(()),
            Decision::Copy => {
                let file = self.source_file(place, source.base)?;
                let batch = self
                    .window
                    .get(file.as_ref(), place.position, header.size(), source.size)
                    .map_err(|error| read_failure(&self.plan, source.base, error))?;
                if batch.len() != header.size() {
                    return Err(corrupt(&self.plan, source.base, place.position, "cut off"));
                }
                output.buffer().extend_from_slice(batch);
                *header
            }
            Decision::Empty => {
                let (bytes, header) = empty(header);
                output.buffer().extend_from_slice(&bytes);
                header
            }
        };
        output.push(&kept, &self.plan.config).map_err(|_| self.too_large(output.base()))
    }

    fn too_large(&self, base: Offset) -> CompactError {
        self.uncleanable(format!("the segment at {base} would grow beyond 2147483647 bytes"))
    }

    /// What a control batch's first record says; `None` when it has none.
    fn control_kind(
        &mut self,
        place: &mut Place,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<Option<ControlRecordType>, CompactError> {
        if header.record_count == 0 {
            return Ok(None);
        }
        self.load_records(place, source, header)?;
        let bad = || bad_records(&self.plan, source.base, place.position);
        let mut records = self.decompressed.get(..self.records_length).unwrap_or_default();
        let record = take_record(&mut records).map_err(|_| bad())?;
        let kind = ControlRecordType::parse_key(record.key.unwrap_or_default());
        kind.map(Some).map_err(|_| bad())
    }

    /// Brings the records of a batch, decompressed, into memory, once its checksum is right: a
    /// batch that is written anew would give bad bytes a good checksum.
    fn load_records(
        &mut self,
        place: &mut Place,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<(), CompactError> {
        let file = self.source_file(place, source.base)?;
        let batch = self
            .window
            .get(file.as_ref(), place.position, header.size(), source.size)
            .map_err(|error| read_failure(&self.plan, source.base, error))?;
        let at = place.position;
        let corrupt = |reason: &str| corrupt(&self.plan, source.base, at, reason);
        let covered = batch.get(keld_record::CRC_START..).unwrap_or_default();
        if batch.len() != header.size() || keld_record::crc32c(covered) != header.crc {
            return Err(corrupt("the checksum is wrong"));
        }
        let payload = batch.get(HEADER_LENGTH..).unwrap_or_default();
        let codec = header.compression().ok_or_else(|| corrupt("unknown compression"))?;
        self.records_length = codec
            .decompress_over(payload, &mut self.decompressed, DECOMPRESSED_BYTES_MAX)
            .map_err(|error| corrupt(&error.to_string()))?;
        Ok(())
    }

    fn finish_group(&mut self, group: usize, output: Output) -> Result<(), CompactError> {
        let members = self.groups.get(group).cloned().unwrap_or(0..0);
        let members = self.plan.sources.get(members).unwrap_or_default();
        let replaced: Vec<Offset> = members.iter().map(|source| source.base).collect();
        let before: u64 = members.iter().map(|source| source.size).sum();
        let path = SegmentFile::TxnIndex.path(&self.plan.dir, output.base());
        let has_old_txns = match self.plan.shared.disk.stat(&path) {
            Ok(found) => found.is_some(),
            Err(error) => return Err(self.plan.shared.failure("stat", &path, error).into()),
        };
        let finished = output.finish(&self.plan.shared, has_old_txns)?;
        let (segment, kinds) = finished.ok_or_else(|| self.aborted())?;
        self.stats.bytes_before += before;
        self.stats.bytes_after += segment.size;
        let cleaned = Box::new(Cleaned { segment, kinds, replaced, files: Vec::new() });
        self.stage = Stage::Commit { group, cleaned, naming: Naming::ToSwap };
        Ok(())
    }

    fn sync(
        &mut self,
        group: usize,
        mut cleaned: Box<Cleaned>,
        naming: Naming,
    ) -> Result<Step, CompactError> {
        self.sync_dir()?;
        let next = match naming {
            Naming::ToSwap => {
                let base = cleaned.segment.base_offset;
                for kind in &cleaned.kinds {
                    let path = marked(&self.plan.dir, *kind, base, FileMark::Swap);
                    let file = open(&self.plan.shared, &path, OpenMode::Read)?;
                    cleaned.files.push((*kind, file.ok_or_else(|| self.aborted())?));
                }
                Naming::Replace
            }
            Naming::Replace => {
                cleaned.files.clear();
                Naming::LogToFinal
            }
            Naming::LogToFinal => Naming::RestToFinal,
            Naming::RestToFinal => {
                self.begin_group(group + 1)?;
                return Ok(Step::Worked { bytes: 0 });
            }
        };
        self.stage = Stage::Commit { group, cleaned, naming: next };
        Ok(Step::Commit)
    }

    fn sync_dir(&self) -> Result<(), CompactError> {
        let dir: &Path = &self.plan.dir;
        match self.plan.shared.disk.sync_dir(dir) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.aborted()),
            Err(error) => Err(self.plan.shared.failure("sync", dir, error).into()),
        }
    }

    /// Everything stands: the next compaction begins where this one ended.
    fn finish(&mut self) -> Result<Step, CompactError> {
        if self.plan.is_cancelled.load(Ordering::Acquire) {
            return Err(self.aborted());
        }
        let cleaned = &self.plan.shared.cleaned;
        cleaned.set(&self.plan.partition, self.rules.mapped_end);
        cleaned.write(&self.plan.shared)?;
        self.stage = Stage::Done;
        Ok(Step::Worked { bytes: 0 })
    }
}

fn read_failure(plan: &Plan, base: Offset, error: io::Error) -> CompactError {
    let path = SegmentFile::Log.path(&plan.dir, base);
    plan.shared.failure("read", &path, error).into()
}

fn corrupt(plan: &Plan, base: Offset, position: u64, reason: &str) -> CompactError {
    let name = SegmentFile::Log.name(base);
    CompactError::Uncleanable {
        partition: plan.partition.clone(),
        reason: format!("batch at byte {position} of {name}: {reason}"),
    }
}

fn bad_records(plan: &Plan, base: Offset, position: u64) -> CompactError {
    corrupt(plan, base, position, "its records cannot be read")
}
