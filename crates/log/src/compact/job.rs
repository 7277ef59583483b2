//! A compaction under way.
//!
//! It runs in steps beside the log, without the partition's lock: first the keys of the dirty part
//! are read, then each group of segments is written anew beside the old ones. Between steps the
//! log is asked to change names ([`PartitionLog::commit_compaction`](crate::PartitionLog)), each
//! time under its lock and only for that: see `naming`. The caller decides when the next step
//! runs, so that it can hold the work back, or end it.

use super::error::CompactError;
use super::filter::{Counts, Decision, FilterError, Look, Looked, Payload, Rules, Scratch, empty};
use super::group::{Sizes, group};
use super::map::{KeyMap, Newest};
use super::naming::{Cleaned, Naming};
use super::options::{CompactOptions, CompactStats, Step};
use super::outline::Outlines;
use super::output::{Output, marked, open};
use super::plan::{Plan, Source};
use super::reader::Reader;
use super::records::take_record;
use super::transactions::Transactions;
use super::winners::Winners;
use crate::config::LogConfig;
use crate::error::LogError;
use crate::names::{self, FileMark, SegmentFile};
use crate::txn_index;
use keld_env::OpenMode;
use keld_record::BatchHeader;
use keld_types::{Offset, TopicPartition};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The least that is read at once.
const CHUNK_BYTES_MIN: usize = 64 << 10;
/// The part of the memory for keys that is taken, beside it, for the outlines of large batches:
/// with 128 MiB of keys it is enough for 12 GB of records in pieces of 64 KiB.
const OUTLINES_PART: u64 = 32;

#[derive(Debug)]
enum Stage {
    Begin,
    /// The reader goes over the dirty part.
    Map,
    /// The reader goes over a group.
    Filter(Box<Filtering>),
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

/// A group that is written anew.
#[derive(Debug)]
struct Filtering {
    group: usize,
    output: Output,
    /// The last of its sources that holds batches.
    last: Option<usize>,
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
    reader: Reader,
    outlines: Outlines,
    scratch: Scratch,
    stats: CompactStats,
    map_bytes_max: u64,
    step_bytes: u64,
}

impl Compaction {
    pub(crate) fn new(plan: Plan, options: &CompactOptions) -> Self {
        let rules = Rules {
            map: KeyMap::new(options.map_bytes_max, options.load_factor, options.secret),
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
            reader: Reader::new(options.buffer_bytes.max(CHUNK_BYTES_MIN)),
            outlines: Outlines::new(options.map_bytes_max / OUTLINES_PART),
            scratch: Scratch::default(),
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
            Stage::Begin | Stage::Map | Stage::Filter(_) | Stage::Sync { .. } | Stage::Done => None,
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
        self.plan.aborted()
    }

    /// Goes on. Blocks, for as long as some megabytes take. After an error the compaction is over:
    /// [`abandon`](Self::abandon) it.
    pub fn step(&mut self) -> Result<Step, CompactError> {
        self.plan.check()?;
        self.plan.shared.check()?;
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Begin => self.begin(),
            Stage::Map => self.map(),
            Stage::Filter(filtering) => self.filter(filtering),
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
            Stage::Filter(filtering) => filtering.output.base(),
            Stage::Commit { cleaned, naming: Naming::ToSwap, .. } => cleaned.segment.base_offset,
            // A step that failed has removed them itself.
            Stage::Begin | Stage::Map | Stage::Commit { .. } | Stage::Sync { .. } | Stage::Done => {
                return;
            }
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
                    return Err(self.plan.uncleanable(format!("{}: {error}", path.display())));
                }
                Err(error) => return Err(self.plan.shared.failure("read", &path, error).into()),
            }
        }
        self.fresh_transactions = Transactions::new(aborted);
        self.transactions = self.fresh_transactions.clone();
        let dirty = self.plan.sources.iter().position(|source| source.end > self.plan.first_dirty);
        if let Some(dirty) = dirty {
            self.reader.seek(dirty);
            self.stage = Stage::Map;
        }
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

    /// Reads keys until the step is over, everything is read, or no more keys fit.
    fn map(&mut self) -> Result<Step, CompactError> {
        let mut bytes = 0;
        while bytes < self.step_bytes {
            let Some(source) = self.plan.sources.get(self.reader.source()).copied() else {
                self.stats.bytes_read += bytes;
                return self.mapped();
            };
            let Some(header) = self.reader.header(&self.plan, &source)? else {
                // Offsets that are missing at a segment's end are as good as read.
                self.rules.mapped_end = self.rules.mapped_end.max(source.end);
                self.reader.seek(self.reader.source() + 1);
                continue;
            };
            if !self.map_batch(&source, &header)? {
                self.stats.bytes_read += bytes + self.reader.take_read();
                return self.mapped();
            }
            self.reader.pass(&header);
            bytes += self.reader.take_read();
        }
        self.stats.bytes_read += bytes;
        self.stage = Stage::Map;
        Ok(Step::Worked { bytes })
    }

    /// Takes the keys of one batch; false when they do not all fit.
    fn map_batch(&mut self, source: &Source, header: &BatchHeader) -> Result<bool, CompactError> {
        let first_dirty = self.plan.first_dirty;
        if header.is_control() {
            let kind = self.reader.control_kind(&self.plan, source, header)?;
            self.transactions.on_control(header, kind);
        } else {
            let is_aborted = self.transactions.on_batch(header);
            let is_read = is_aborted || header.record_count == 0;
            if !is_read && header.last_offset() >= first_dirty {
                let spot = self.reader.spot(source);
                let records = self.reader.records(&self.plan, source, header)?;
                self.outlines.begin(records.ends);
                let mut rest = records.bytes;
                for _ in 0..header.record_count {
                    let start = records.bytes.len() - rest.len();
                    let record = take_record(&mut rest).map_err(|_| self.plan.bad_records(spot))?;
                    self.outlines.record(start..start + record.bytes.len(), record.offset_delta);
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
                // Bytes behind the last record are for the second pass to complain of.
                if rest.is_empty() {
                    self.outlines.end(header);
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
            return Err(self.plan.uncleanable(format!(
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
        let output = output.ok_or_else(|| self.aborted())?;
        self.reader.seek(sources.start);
        self.stage = Stage::Filter(Box::new(Filtering { group, output, last }));
        Ok(Step::Worked { bytes: 0 })
    }

    /// Writes batches until the step is over or the group is.
    fn filter(&mut self, mut filtering: Box<Filtering>) -> Result<Step, CompactError> {
        let result = self.filter_some(&mut filtering);
        let base = filtering.output.base();
        match result {
            Ok((bytes, false)) => {
                self.stage = Stage::Filter(filtering);
                Ok(Step::Worked { bytes })
            }
            Ok((bytes, true)) => {
                let Filtering { group, output, .. } = *filtering;
                self.finish_group(group, output).inspect_err(|_| self.remove_cleaned(base))?;
                Ok(Step::Worked { bytes })
            }
            Err(error) => {
                drop(filtering);
                self.remove_cleaned(base);
                Err(error)
            }
        }
    }

    fn filter_some(&mut self, filtering: &mut Filtering) -> Result<(u64, bool), CompactError> {
        let members = self.groups.get(filtering.group).cloned().unwrap_or(0..0);
        let mut bytes = 0;
        let mut is_over = false;
        while bytes < self.step_bytes {
            let at = self.reader.source();
            let source = self.plan.sources.get(at).copied().filter(|_| members.contains(&at));
            let Some(source) = source else {
                is_over = true;
                break;
            };
            let Some(header) = self.reader.header(&self.plan, &source)? else {
                self.reader.seek(at + 1);
                continue;
            };
            let ends_group = filtering.last == Some(at) && self.reader.is_last(&source, &header);
            self.filter_batch(&source, &header, ends_group, &mut filtering.output)?;
            self.reader.pass(&header);
            let written = filtering.output.write_if_much(&self.plan.shared)?;
            self.stats.bytes_written += written;
            let read = self.reader.take_read();
            self.stats.bytes_read += read;
            bytes += written + read;
        }
        Ok((bytes, is_over))
    }

    fn filter_batch(
        &mut self,
        source: &Source,
        header: &BatchHeader,
        ends_group: bool,
        output: &mut Output,
    ) -> Result<(), CompactError> {
        let is_dispensable = if header.is_control() {
            let kind = self.reader.control_kind(&self.plan, source, header)?;
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
            match self.look(source, header, look, output)? {
                Looked::Decided(decided) => decision = decided,
                Looked::Written(written) => return self.push(&written, output),
            }
        }
        let kept = match decision {
            Decision::Drop | Decision::Look(_) => return Ok(()),
            Decision::Copy => {
                let batch = self.reader.batch(&self.plan, source, header)?;
                output.buffer().extend_from_slice(batch);
                *header
            }
            Decision::Empty => {
                let (bytes, header) = empty(header);
                output.buffer().extend_from_slice(&bytes);
                header
            }
        };
        self.push(&kept, output)
    }

    /// Looks at the records of a batch, as few of them as will do.
    fn look(
        &mut self,
        source: &Source,
        header: &BatchHeader,
        look: Look,
        output: &mut Output,
    ) -> Result<Looked, CompactError> {
        let spot = self.reader.spot(source);
        let outline = self.outlines.take(header);
        let islands = self.rules.islands(header, look, outline.as_ref());
        let whole;
        let payload = match &islands {
            Some(islands) => {
                let bytes = self.reader.islands(&self.plan, source, header, islands)?;
                Payload { bytes, islands: &islands.records, is_whole: false }
            }
            None => {
                let bytes = self.reader.records(&self.plan, source, header)?.bytes;
                whole = 0..bytes.len();
                Payload { bytes, islands: std::slice::from_ref(&whole), is_whole: true }
            }
        };
        let looked = self.rules.look(header, payload, look, &mut self.scratch, output.buffer());
        looked.map_err(|error| match error {
            FilterError::Records => self.plan.bad_records(spot),
            FilterError::Build(reason) => self.plan.corrupt(spot, &reason),
        })
    }

    fn push(&self, header: &BatchHeader, output: &mut Output) -> Result<(), CompactError> {
        output.push(header, &self.plan.config).map_err(|_| {
            let base = output.base();
            self.plan
                .uncleanable(format!("the segment at {base} would grow beyond 2147483647 bytes"))
        })
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
        self.plan.check()?;
        let cleaned = &self.plan.shared.cleaned;
        cleaned.set(&self.plan.partition, self.rules.mapped_end);
        cleaned.write(&self.plan.shared)?;
        self.stage = Stage::Done;
        Ok(Step::Worked { bytes: 0 })
    }
}
