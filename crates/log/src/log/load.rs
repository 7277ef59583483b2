//! Opening a log: what a compaction left half done, the segments, the end, the small state.

use super::{DamagedRange, PartitionLog};
use crate::checkpoint;
use crate::config::LogConfig;
use crate::epochs::LeaderEpochCache;
use crate::error::LogError;
use crate::index::{self, OffsetEntry};
use crate::names::{self, FileMark, SegmentFile};
use crate::scan::{HeaderScan, scan_window};
use crate::segment::Segment;
use crate::shared::Shared;
use crate::small_files;
use keld_env::FileKind;
use keld_types::{Offset, TopicId, TopicPartition};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// How the node stopped the last time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shutdown {
    /// Everything was flushed: the log needs no recovery.
    Clean,
    /// Killed, or the power went: what was not synced may be torn.
    Unclean,
}

/// What is needed to open a log.
#[derive(Clone, Debug)]
pub(crate) struct LogSetup {
    /// The partition.
    pub(crate) partition: TopicPartition,
    /// The topic's id, if the caller knows it.
    pub(crate) topic_id: Option<TopicId>,
    /// What the log obeys.
    pub(crate) config: LogConfig,
    /// The wall clock.
    pub(crate) now_ms: i64,
    /// How the last stop was.
    pub(crate) shutdown: Shutdown,
    /// The checkpointed offset below which all was durable.
    pub(crate) recovery_point: Offset,
    /// The checkpointed log start offset.
    pub(crate) log_start: Offset,
    /// The checkpointed high watermark.
    pub(crate) high_watermark: Offset,
}

impl PartitionLog {
    /// Opens the log in `dir`, which is created if it is missing.
    pub(crate) fn open(
        shared: &Arc<Shared>,
        dir: PathBuf,
        mut setup: LogSetup,
    ) -> Result<Self, LogError> {
        shared.check()?;
        let is_new = match shared.disk.stat(&dir) {
            Ok(found) => found.is_none(),
            Err(error) => return Err(shared.failure("stat", &dir, error)),
        };
        if is_new {
            shared
                .disk
                .create_dir_all(&dir)
                .map_err(|error| shared.failure("create", &dir, error))?;
            if setup.recovery_point > Offset::ZERO {
                tracing::error!(
                    partition = %setup.partition, recovery_point = %setup.recovery_point,
                    "the partition's directory is gone, though it was checkpointed: starting empty"
                );
            }
            // What was checkpointed was of another directory of this name.
            shared.forget_offsets(&setup.partition);
            setup.recovery_point = Offset::ZERO;
            setup.log_start = Offset::ZERO;
            setup.high_watermark = Offset::ZERO;
        }
        let (topic_id, now_ms, shutdown) = (setup.topic_id, setup.now_ms, setup.shutdown);
        let high_watermark = setup.high_watermark;
        let mut log = Self::blank(shared, dir, setup);
        log.names_changed = u64::from(is_new);
        log.is_parent_unsynced = is_new;
        log.load_topic_id(topic_id)?;
        log.load_segments(now_ms)?;
        log.load_epochs()?;
        log.load_end(shutdown, now_ms)?;
        log.epochs.truncate_from_end(log.log_end);
        log.fill_epochs()?;
        log.epochs.truncate_from_start(log.log_start);
        log.set_high_watermark(high_watermark);
        if shutdown == Shutdown::Unclean {
            // Names and small files that the killed process made may never have been synced.
            log.names_changed += 1;
            log.small_written += u64::from(!is_new);
            log.is_parent_unsynced = true;
        }
        if log.log_end > log.durable {
            log.unflushed_since_ms = Some(now_ms);
        }
        Ok(log)
    }

    /// A log of which nothing is known yet.
    pub(super) fn blank(shared: &Arc<Shared>, dir: PathBuf, setup: LogSetup) -> Self {
        Self {
            shared: Arc::clone(shared),
            number: shared.next_log(),
            partition: setup.partition,
            dir: dir.into(),
            topic_id: None,
            is_metadata_written: false,
            epochs_unwritten: false,
            small_written: 0,
            small_synced: 0,
            noted: Cell::new((Offset::NONE, Offset::NONE, Offset::NONE)),
            config: setup.config,
            segments: BTreeMap::new(),
            active_file: Default::default(),
            was_let_go: false,
            has_unsynced_writes: false,
            is_flush_owed: false,
            sealed_unsynced: Vec::new(),
            log_start: setup.log_start.max(Offset::ZERO),
            high_watermark: Offset::ZERO,
            log_end: Offset::ZERO,
            durable: setup.recovery_point.max(Offset::ZERO),
            epochs: LeaderEpochCache::default(),
            producers: Default::default(),
            snapshots: BTreeSet::new(),
            damaged: Vec::new(),
            damage_spots: Vec::new(),
            removed: Arc::default(),
            names_changed: 0,
            names_synced: 0,
            is_parent_unsynced: false,
            unflushed_since_ms: None,
            truncations: 0,
            ahead: Default::default(),
            compacting: Default::default(),
            is_from_manifest: false,
            is_untouched: false,
            is_idle: true,
            is_suspect: false,
            failed: false,
            no_wait: false,
        }
    }

    fn load_topic_id(&mut self, expected: Option<TopicId>) -> Result<(), LogError> {
        let path = self.dir.join(names::PARTITION_METADATA);
        self.topic_id = expected;
        let Some(content) = self.shared.read_small(&path, small_files::BYTES_MAX)? else {
            return Ok(());
        };
        if small_files::is_lost_write(&content) {
            return Ok(());
        }
        let found = small_files::decode_partition_metadata(&content)
            .map_err(|reason| LogError::InvalidFile { path, reason })?;
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            let partition = self.partition.clone();
            return Err(LogError::InconsistentTopicId { partition, expected, found });
        }
        self.topic_id = Some(found);
        self.is_metadata_written = true;
        Ok(())
    }

    /// Finishes or undoes what a compaction left, then lists segments and snapshots.
    fn load_segments(&mut self, now_ms: i64) -> Result<(), LogError> {
        let mut files = self.list_files()?;
        if files.iter().any(|(_, _, mark)| *mark != FileMark::None) {
            self.clear_leftovers(&files)?;
            files = self.list_files()?;
        }
        let logs: BTreeSet<Offset> = files
            .iter()
            .filter(|(_, kind, _)| *kind == SegmentFile::Log)
            .map(|(offset, _, _)| *offset)
            .collect();
        let of_kinds = |kinds: &[SegmentFile]| -> BTreeSet<Offset> {
            let found = files.iter().filter(|(_, kind, _)| kinds.contains(kind));
            found.map(|(offset, _, _)| *offset).collect()
        };
        let indexed = of_kinds(&[SegmentFile::OffsetIndex, SegmentFile::TimeIndex]);
        let with_txns = of_kinds(&[SegmentFile::TxnIndex]);
        for (offset, kind, _) in files.iter().copied() {
            match kind {
                SegmentFile::Snapshot => {
                    self.snapshots.insert(offset);
                }
                SegmentFile::Log => {
                    let size = self.file_size(offset)?;
                    let mut segment = Segment::on_disk(offset, size, now_ms, self.jitter(offset));
                    segment.has_no_index_files = !indexed.contains(&offset);
                    segment.has_no_txn_index = !with_txns.contains(&offset);
                    self.segments.insert(offset, segment);
                }
                SegmentFile::OffsetIndex | SegmentFile::TimeIndex | SegmentFile::TxnIndex => {
                    if !logs.contains(&offset) {
                        let path = kind.path(&self.dir, offset);
                        tracing::warn!(path = %path.display(), "removing an index without its log");
                        self.shared.remove_if_there(&path)?;
                        self.names_changed += 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn file_size(&self, base: Offset) -> Result<u64, LogError> {
        let path = SegmentFile::Log.path(&self.dir, base);
        match self.shared.disk.stat(&path) {
            Ok(found) => Ok(found.map_or(0, |(_, length)| length)),
            Err(error) => Err(self.shared.failure("stat", &path, error)),
        }
    }

    fn list_files(&self) -> Result<Vec<(Offset, SegmentFile, FileMark)>, LogError> {
        let entries = self
            .shared
            .with_descriptor(|| self.shared.disk.list(&self.dir))
            .map_err(|error| self.shared.failure("list", &self.dir, error))?;
        Ok(entries
            .iter()
            .filter(|entry| entry.kind == FileKind::File)
            .filter_map(|entry| names::parse_file_name(&entry.name))
            .collect())
    }

    /// `.deleted` and `.cleaned` never counted. A `.swap` counts unless a `.cleaned` at or below it
    /// shows that not all of its files, or of its split, were finished; it replaces the segments it
    /// covers. Between the steps the directory is synced, so that whatever a crash leaves of them
    /// is read the same way again.
    fn clear_leftovers(
        &mut self,
        files: &[(Offset, SegmentFile, FileMark)],
    ) -> Result<(), LogError> {
        let path = |(offset, kind, mark): &(Offset, SegmentFile, FileMark)| {
            self.dir.join(format!("{}{}", kind.name(*offset), mark.suffix()))
        };
        let cleaned_min = files.iter().filter(|f| f.2 == FileMark::Cleaned).map(|f| f.0).min();
        let counts = |file: &(Offset, SegmentFile, FileMark)| {
            file.2 == FileMark::Swap && cleaned_min.is_none_or(|min| file.0 < min)
        };
        let of_mark = |mark| files.iter().filter(move |file| file.2 == mark);
        let mut is_discarding = false;
        for file in of_mark(FileMark::Swap).filter(|file| !counts(file)) {
            self.shared.remove_if_there(&path(file))?;
            is_discarding = true;
        }
        if is_discarding {
            // While the `.cleaned` are there to tell why.
            self.shared.sync_dir(&self.dir)?;
        }
        for file in of_mark(FileMark::Cleaned).chain(of_mark(FileMark::Deleted)) {
            self.shared.remove_if_there(&path(file))?;
        }
        let swaps = files.iter().filter(|file| counts(file));
        let (logs, others): (Vec<_>, Vec<_>) = swaps.partition(|file| file.1 == SegmentFile::Log);
        let mut covered: Option<(Offset, Offset)> = None;
        for swap in &logs {
            let end = self.next_offset_of(&path(swap))?.unwrap_or(swap.0).max(swap.0.next());
            let (from, to) = covered.unwrap_or((swap.0, end));
            covered = Some((from.min(swap.0), to.max(end)));
        }
        if let Some((from, to)) = covered {
            let replaced = of_mark(FileMark::None)
                .filter(|file| file.1 != SegmentFile::Snapshot && file.0 >= from && file.0 < to);
            for file in replaced {
                self.shared.remove_if_there(&path(file))?;
            }
            self.shared.sync_dir(&self.dir)?;
        }
        // The log first: an index under its final name beside it would be taken for an old one.
        for swaps in [logs, others] {
            for swap in &swaps {
                let target = swap.1.path(&self.dir, swap.0);
                self.shared.rename(&path(swap), &target)?;
            }
            if !swaps.is_empty() {
                self.shared.sync_dir(&self.dir)?;
            }
        }
        // What was replaced must not come back by a later crash: it would be believed.
        self.shared.sync_dir(&self.dir)
    }

    /// The offset after the last batch of a segment file; `None` when it has none.
    fn next_offset_of(&self, path: &std::path::Path) -> Result<Option<Offset>, LogError> {
        let file = self.shared.open(path, keld_env::OpenMode::Read)?;
        let size = file.len().map_err(|error| self.shared.failure("stat", path, error))?;
        let mut window = scan_window(size);
        let mut scan = HeaderScan::new(file.as_ref(), 0, size, &mut window);
        let mut next = None;
        while let Ok(Some((_, header))) = scan.next() {
            next = Some(header.next_offset());
        }
        Ok(next)
    }

    /// Reads the epoch cache. When the file is missing or broken the batches are asked.
    fn load_epochs(&mut self) -> Result<(), LogError> {
        let path = self.dir.join(names::LEADER_EPOCHS);
        let decoded = match self.shared.read_small(&path, checkpoint::BYTES_MAX) {
            Ok(None) => return Ok(()),
            Ok(Some(content)) => checkpoint::decode_epochs(&content),
            Err(LogError::InvalidFile { reason, .. }) => Err(reason),
            Err(error) => return Err(error),
        };
        match decoded {
            Ok(entries) => self.epochs = LeaderEpochCache::from_entries(&entries),
            Err(reason) => {
                tracing::warn!(path = %path.display(), reason, "building the epoch cache anew");
            }
        }
        Ok(())
    }

    /// Learns the epochs of the batches below the first one known: the start of the log may have
    /// come back after a crash, when it was cut from the cache's file but not from the log.
    fn fill_epochs(&mut self) -> Result<(), LogError> {
        let known = self.epochs.entries().to_vec();
        let end = known.first().map_or(self.log_end, |(_, start)| *start);
        if end <= self.log_start {
            return Ok(());
        }
        let mut epochs = LeaderEpochCache::default();
        self.for_each_header(self.log_start, |_, _, header| {
            let epoch = header.partition_leader_epoch;
            if epochs.latest().is_none_or(|(latest, _)| epoch > latest) {
                epochs.assign(epoch, header.base_offset);
            }
            header.next_offset() < end
        })?;
        for (epoch, start) in known {
            // Where they disagree the batches are right: an epoch begins at its first batch.
            if epochs.latest().is_none_or(|(latest, at)| epoch > latest && start > at) {
                epochs.assign(epoch, start);
            }
        }
        self.epochs = epochs;
        Ok(())
    }

    /// Finds the log's end; recovers what may be torn.
    fn load_end(&mut self, shutdown: Shutdown, now_ms: i64) -> Result<(), LogError> {
        let marked = self.load_damage_mark()?;
        if self.segments.is_empty() {
            return self.load_empty(now_ms);
        }
        let end = match (shutdown, marked) {
            (Shutdown::Clean, false) => match self.end_of_active() {
                Ok(end) => Some(end),
                // Not what a clean stop leaves: look closely.
                Err(LogError::Corrupt { .. }) => None,
                Err(error) => return Err(error),
            },
            (Shutdown::Clean | Shutdown::Unclean, _) => None,
        };
        // A clean stop checkpoints the log's very end. Anything else was changed since.
        match end {
            Some(end) if end == self.durable => {
                self.log_end = end;
                self.finish_load(end, now_ms)
            }
            Some(_) | None => self.recover(now_ms),
        }
    }

    fn load_empty(&mut self, now_ms: i64) -> Result<(), LogError> {
        let start = self.log_start;
        if self.durable > start {
            // Records that were durable are gone with their files.
            self.damaged.push(DamagedRange { from: start, to: self.durable });
            self.write_damage_mark()?;
        }
        self.log_end = start.max(self.durable);
        self.segments.insert(start, Segment::alone(start, now_ms, self.jitter(start)));
        // The file comes with the first record: an empty partition is a directory.
        self.remove_snapshots(|_| true)?;
        Ok(())
    }

    /// The offset after the active segment's last batch, by its index and the headers after it.
    fn end_of_active(&mut self) -> Result<Offset, LogError> {
        let base = self.active_base();
        let size = self.segment_size(base);
        let mut start = 0;
        if let Some(file) = self.cached_file_if_there(SegmentFile::OffsetIndex, base)? {
            let last = index::last_in_file::<OffsetEntry>(file.as_ref()).map_err(|error| {
                let path = SegmentFile::OffsetIndex.path(&self.dir, base);
                self.shared.failure("read", &path, error)
            })?;
            // The entry is checked against the batch it points to by the look-up.
            if let Some(last) = last {
                let target = base + i64::from(last.relative_offset);
                start = self.floor_position(base, target)?;
            }
        }
        let file = self.log_file(base)?;
        // A quiet partition must not hold a descriptor: the next append opens it again.
        self.active_file.close();
        let mut window = scan_window(size);
        let mut scan = HeaderScan::new(file.as_ref(), start, size, &mut window);
        let mut end = base;
        loop {
            let position = scan.position();
            match scan.next() {
                Ok(Some((_, header))) => end = header.next_offset(),
                Ok(None) => return Ok(end),
                Err(error) => return Err(self.scan_failure(base, position, error)),
            }
        }
    }

    /// After the end is known: the start, and the producers, replayed from a snapshot at or below
    /// `snapshot_max`.
    pub(super) fn finish_load(
        &mut self,
        snapshot_max: Offset,
        now_ms: i64,
    ) -> Result<(), LogError> {
        let first = self.segments.first_key_value().map_or(self.log_end, |(base, _)| *base);
        self.log_start = self.log_start.max(first);
        if self.log_end < self.log_start {
            // All that is left was deleted by DeleteRecords or retention before.
            let start = self.log_start;
            tracing::warn!(
                partition = %self.partition, log_end = %self.log_end, log_start = %start,
                "the log ends before its start: starting anew there"
            );
            return self.restart_at(start, now_ms);
        }
        self.replay_producers(snapshot_max, now_ms)
    }
}
