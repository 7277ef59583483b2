//! Making records durable: which files to sync, and when.
//!
//! A flush has three parts, so that the sync itself runs without the partition's lock:
//! [`PartitionLog::prepare_flush`] under the lock, [`FlushJob::run`] anywhere,
//! [`PartitionLog::complete_flush`] under the lock again. A failed sync is final.

use super::PartitionLog;
use crate::error::LogError;
use crate::index::Index;
use crate::names::SegmentFile;
use crate::segment::Segment;
use crate::shared::Shared;
use keld_env::{File, OpenMode};
use keld_types::{Mutation, Offset};
use smallvec::SmallVec;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

/// Files and directories to sync.
#[derive(Debug)]
pub struct FlushJob {
    shared: Arc<Shared>,
    files: SmallVec<[(Arc<dyn File>, PathBuf); 2]>,
    /// The active segment's, which may be closed meanwhile to spare descriptors.
    active: Option<(Weak<dyn File>, PathBuf)>,
    /// A file was closed before it was synced: the volume is synced in the place of all.
    needs_volume: bool,
    /// Opened only to be synced, so that the jobs of many partitions do not hold them.
    small_files: SmallVec<[PathBuf; 2]>,
    dirs: SmallVec<[PathBuf; 2]>,
    /// The sealed segments that are synced by it.
    sealed: SmallVec<[Offset; 4]>,
    names: u64,
    small: u64,
    end: Offset,
    truncations: u64,
    log_dir: PathBuf,
}

/// What came of a flush; hand it to [`PartitionLog::complete_flush`].
#[derive(Debug)]
#[must_use = "the log learns what is durable only from this"]
pub struct FlushOutcome {
    result: Result<(), LogError>,
    /// The sealed segments that are synced by it.
    sealed: SmallVec<[Offset; 4]>,
    names: u64,
    small: u64,
    end: Offset,
    truncations: u64,
    log_dir: PathBuf,
}

impl FlushOutcome {
    /// The log directory whose files it is about.
    pub fn log_dir(&self) -> &Path {
        &self.log_dir
    }
}

impl FlushJob {
    /// Syncs. Blocks for as long as the disk takes.
    pub fn run(self) -> FlushOutcome {
        if let Some(volume) = self.shared.volume.as_ref().filter(|_| self.must_sync_volume()) {
            let result = volume.sync();
            return self.synced_with_volume(&result);
        }
        let result = self.sync();
        let Self { sealed, names, small, end, truncations, log_dir, .. } = self;
        FlushOutcome { result, sealed, names, small, end, truncations, log_dir }
    }

    /// How many syncs it takes.
    pub fn syncs(&self) -> usize {
        let active = usize::from(self.active.is_some());
        self.files.len() + active + self.small_files.len() + self.dirs.len()
    }

    /// Only a descriptor that was open all the time is told of every failed write-back: the file's
    /// own, or the volume's.
    fn must_sync_volume(&self) -> bool {
        let is_closed = self.active.as_ref().is_some_and(|(file, _)| file.strong_count() == 0);
        self.needs_volume || is_closed
    }

    /// The whole volume was synced after this was prepared, or that failed.
    pub fn synced_with_volume(self, result: &io::Result<()>) -> FlushOutcome {
        let result = match result {
            Ok(()) => Ok(()),
            Err(error) => {
                let error = io::Error::new(error.kind(), error.to_string());
                Err(self.shared.failure("sync", &self.log_dir, error))
            }
        };
        let Self { sealed, names, small, end, truncations, log_dir, .. } = self;
        FlushOutcome { result, sealed, names, small, end, truncations, log_dir }
    }

    fn sync(&self) -> Result<(), LogError> {
        if Mutation::FlushWithoutSync.is_planted() {
            return Ok(());
        }
        for (file, path) in &self.files {
            file.sync_data().map_err(|error| self.shared.failure("sync", path, error))?;
        }
        if let Some((file, path)) = &self.active {
            match file.upgrade() {
                Some(file) => {
                    file.sync_data().map_err(|error| self.shared.failure("sync", path, error))?;
                }
                // Closed since `run` looked.
                None => self.shared.sync_volume()?,
            }
        }
        for path in &self.small_files {
            self.shared.sync_file(path)?;
        }
        for dir in &self.dirs {
            match self.shared.with_descriptor(|| self.shared.disk.sync_dir(dir)) {
                Ok(()) => {}
                // The log was deleted meanwhile, or moved to another directory.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.shared.failure("sync", dir, error)),
            }
        }
        Ok(())
    }
}

impl PartitionLog {
    /// From where a recovery must begin: records below are durable, and so are the transaction
    /// indexes of the segments that hold them.
    pub fn recovery_point(&self) -> Offset {
        let sealed = self.sealed_unsynced.iter().map(|held| held.base_offset).min();
        sealed.map_or(self.durable, |base| base.min(self.durable))
    }

    /// Everything that is not durable now; `None` when all is.
    pub fn prepare_flush(&mut self) -> Result<Option<FlushJob>, LogError> {
        self.check_usable()?;
        let job = self.flush_job();
        self.is_flush_owed = matches!(&job, Err(error) if !error.is_fatal());
        job
    }

    fn flush_job(&mut self) -> Result<Option<FlushJob>, LogError> {
        let is_durable = self.durable >= self.log_end && self.sealed_unsynced.is_empty();
        if is_durable || !self.damaged.is_empty() {
            return Ok(None);
        }
        let mut files = SmallVec::new();
        for held in &self.sealed_unsynced {
            match &held.log {
                Some(log) => {
                    for file in std::iter::once(log).chain(&held.others) {
                        files.push((Arc::clone(file), self.dir.to_path_buf()));
                    }
                }
                None => self.reopen_sealed(held.base_offset, &mut files)?,
            }
        }
        let mut active = None;
        let base = self.active_base();
        if self.segment_size(base) > 0 {
            let path = SegmentFile::Log.path(&self.dir, base);
            let file = self.active_log()?;
            if self.shared.volume.is_some() {
                active = Some((Arc::downgrade(&file), path));
            } else {
                files.push((file, path));
            }
            self.push_active_txn_index(base, &mut files)?;
        }
        let small_files = self.unsynced_small_files();
        let mut dirs = SmallVec::new();
        if self.names_synced != self.names_changed {
            dirs.push(self.dir.to_path_buf());
        }
        if self.is_parent_unsynced {
            dirs.push(self.shared.path.clone());
        }
        Ok(Some(FlushJob {
            shared: Arc::clone(&self.shared),
            files,
            active,
            needs_volume: self.was_let_go,
            small_files,
            dirs,
            sealed: self.sealed_unsynced.iter().map(|held| held.base_offset).collect(),
            names: self.names_changed,
            small: self.small_written,
            end: self.log_end,
            truncations: self.truncations,
            log_dir: self.shared.path.clone(),
        }))
    }

    /// The active segment's transaction index: once the segment is sealed, recovery begins behind
    /// it and does not build it anew.
    fn push_active_txn_index(
        &mut self,
        base: Offset,
        files: &mut SmallVec<[(Arc<dyn File>, PathBuf); 2]>,
    ) -> Result<(), LogError> {
        if self.segments.get(&base).is_none_or(|active| active.has_no_txn_index) {
            return Ok(());
        }
        match self.cached_file_if_there(SegmentFile::TxnIndex, base)? {
            Some(file) => files.push((file, SegmentFile::TxnIndex.path(&self.dir, base))),
            None => {
                if let Some(active) = self.segments.get_mut(&base) {
                    active.has_no_txn_index = true;
                }
            }
        }
        Ok(())
    }

    /// Opens the files of a segment that was let go of before it was synced.
    fn reopen_sealed(
        &self,
        base: Offset,
        files: &mut SmallVec<[(Arc<dyn File>, PathBuf); 2]>,
    ) -> Result<(), LogError> {
        for kind in SegmentFile::OF_SEGMENT {
            let path = kind.path(&self.dir, base);
            match self.shared.with_descriptor(|| self.shared.disk.open(&path, OpenMode::Read)) {
                Ok(file) => files.push((file, path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.shared.failure("open", &path, error)),
            }
        }
        Ok(())
    }

    /// Takes note of what is durable now. After an error the log is failed.
    pub fn complete_flush(
        &mut self,
        outcome: FlushOutcome,
        now_ms: i64,
    ) -> Result<Offset, LogError> {
        if outcome.log_dir != self.shared.path {
            // The replica moved meanwhile: this says nothing of the log it is now.
            return Ok(self.durable);
        }
        if let Err(error) = outcome.result {
            if !error.is_fatal() {
                // For want of a descriptor: nothing is known, nothing is lost.
                self.is_flush_owed = true;
                return Err(error);
            }
            // Even a full disk: what the kernel could not write back is gone from its memory.
            self.failed = true;
            self.shared.go_offline();
            return Err(error);
        }
        // What changed while the sync ran is the next flush's.
        self.names_synced = self.names_synced.max(outcome.names);
        self.small_synced = self.small_synced.max(outcome.small);
        self.is_parent_unsynced = false;
        if outcome.truncations == self.truncations {
            self.durable = self.durable.max(outcome.end);
            if self.durable == self.log_end {
                self.has_unsynced_writes = false;
                self.was_let_go = false;
            }
            self.sealed_unsynced.retain(|held| !outcome.sealed.contains(&held.base_offset));
            self.unflushed_since_ms = (self.durable < self.log_end).then_some(now_ms);
        }
        Ok(self.durable)
    }

    /// The three parts at once. Returns the offset below which all is durable.
    pub fn flush(&mut self, now_ms: i64) -> Result<Offset, LogError> {
        match self.prepare_flush()? {
            Some(job) => self.complete_flush(job.run(), now_ms),
            None => Ok(self.durable),
        }
    }

    /// Flushes and leaves files as a clean stop leaves them: indexes and producer snapshot written
    /// and synced. The log is not used afterwards.
    pub fn close(&mut self, now_ms: i64) -> Result<(), LogError> {
        self.check_usable()?;
        let result = self.close_files(now_ms);
        self.note(result)
    }

    fn close_files(&mut self, now_ms: i64) -> Result<(), LogError> {
        let files: SmallVec<[(Arc<dyn File>, PathBuf); 2]> = self
            .write_closing_files()?
            .into_iter()
            .map(|file| (file, self.dir.to_path_buf()))
            .collect();
        self.flush(now_ms)?;
        for path in self.unsynced_small_files() {
            self.shared.sync_file(&path)?;
        }
        for (file, path) in &files {
            file.sync_data().map_err(|error| self.shared.failure("sync", path, error))?;
        }
        self.small_synced = self.small_written;
        self.sync_names()?;
        self.let_go_of_files();
        Ok(())
    }

    /// The same without syncing anything: the caller syncs the whole volume and then calls
    /// [`complete_close`](Self::complete_close).
    pub fn prepare_close(&mut self) -> Result<(), LogError> {
        self.check_usable()?;
        let result = self.write_closing_files().map(|_| ());
        self.note(result)
    }

    /// The volume was synced after [`prepare_close`](Self::prepare_close). The log is not used
    /// afterwards.
    pub fn complete_close(&mut self) {
        if self.damaged.is_empty() {
            self.durable = self.log_end;
            self.has_unsynced_writes = false;
            self.was_let_go = false;
            self.sealed_unsynced.clear();
            self.unflushed_since_ms = None;
        }
        self.small_synced = self.small_written;
        self.names_synced = self.names_changed;
        self.is_parent_unsynced = false;
        self.let_go_of_files();
    }

    /// Whether a clean stop has anything to write or to sync for this log.
    pub fn is_as_closed(&self) -> bool {
        let is_written = self.is_metadata_written || self.topic_id.is_none();
        let is_synced = self.names_synced == self.names_changed && !self.is_parent_unsynced;
        is_written
            && is_synced
            && self.small_synced == self.small_written
            && self.durable == self.log_end
            && super::retention::locked(&self.removed).is_empty()
            && self.sealed_unsynced.is_empty()
            && !self.is_active_loaded()
    }

    /// Whether the active segment's indexes are in memory: since it was opened there was an append.
    fn is_active_loaded(&self) -> bool {
        let is_loaded = |segment: &Segment| matches!(segment.offsets, Index::Memory(_));
        let active = self.segments.last_key_value().map(|(_, active)| active);
        !self.is_untouched && active.is_some_and(|active| active.size > 0 && is_loaded(active))
    }

    fn write_closing_files(&mut self) -> Result<SmallVec<[Arc<dyn File>; 4]>, LogError> {
        if let Some(file) = self.active_file.get() {
            let base = self.active_base();
            self.release_ahead(file.as_ref(), base, self.segment_size(base))?;
        }
        self.interrupt_compaction()?;
        self.write_partition_metadata()?;
        self.delete_doomed(i64::MAX)?;
        let mut files = SmallVec::new();
        // An index that is still only on the disk is as it was at the last clean stop.
        if !self.damaged.is_empty() || !self.is_active_loaded() {
            return Ok(files);
        }
        let base = self.active_base();
        let has_entries = self.segments.get(&base).is_some_and(
            |active| matches!(&active.offsets, Index::Memory(entries) if !entries.is_empty()),
        );
        if has_entries {
            files.extend(self.seal(base)?);
        } else {
            // So short that a reader scans it: files of an earlier stop would say too much.
            let has_none = self.segments.get(&base).is_some_and(|active| active.has_no_index_files);
            for kind in [SegmentFile::OffsetIndex, SegmentFile::TimeIndex] {
                if !has_none && self.shared.remove_if_there(&kind.path(&self.dir, base))? {
                    self.shared.forget(self.number, |name| name == kind.name(base));
                    self.names_changed += 1;
                }
            }
            if self.segments.get(&base).is_none_or(|active| !active.has_no_txn_index) {
                files.extend(self.cached_file_if_there(SegmentFile::TxnIndex, base)?);
            }
        }
        // Without a producer and with little to replay, a snapshot would say nothing.
        if has_entries || self.segments.len() > 1 || !self.producers.is_empty() {
            files.extend(self.write_snapshot(self.log_end)?);
        }
        Ok(files)
    }

    /// Closes the active segment's file if all of it is durable and nothing was appended since the
    /// last call: an idle partition holds no descriptor. Returns whether it may be closed by a
    /// further call, though nothing happens until then.
    pub fn close_idle_file(&mut self) -> bool {
        let was_idle = std::mem::replace(&mut self.is_idle, true);
        if was_idle && self.durable == self.log_end {
            self.active_file.close();
        }
        !was_idle
    }

    fn let_go_of_files(&mut self) {
        self.active_file.close();
        self.shared.forget(self.number, |_| true);
    }

    /// Makes the names in the partition's directory durable, and the directory itself.
    pub(super) fn sync_names(&mut self) -> Result<(), LogError> {
        if self.names_synced != self.names_changed {
            self.shared.sync_dir(&self.dir)?;
            self.names_synced = self.names_changed;
        }
        if self.is_parent_unsynced {
            self.shared.sync_dir(&self.shared.path)?;
            self.is_parent_unsynced = false;
        }
        Ok(())
    }
}
