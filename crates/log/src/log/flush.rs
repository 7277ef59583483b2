//! Making records durable: which files to sync, and when.
//!
//! A flush has three parts, so that the sync itself runs without the partition's lock:
//! [`PartitionLog::prepare_flush`] under the lock, [`FlushJob::run`] anywhere,
//! [`PartitionLog::complete_flush`] under the lock again. A failed sync is final.

use super::PartitionLog;
use crate::error::LogError;
use crate::shared::Shared;
use keld_env::File;
use keld_types::Offset;
use smallvec::SmallVec;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Files and directories to sync.
#[derive(Debug)]
pub struct FlushJob {
    shared: Arc<Shared>,
    files: SmallVec<[(Arc<dyn File>, PathBuf); 2]>,
    dirs: SmallVec<[PathBuf; 2]>,
    /// The sealed segments that are synced by it.
    sealed: SmallVec<[Offset; 4]>,
    names: u64,
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
    end: Offset,
    truncations: u64,
    log_dir: PathBuf,
}

impl FlushJob {
    /// Syncs. Blocks for as long as the disk takes.
    pub fn run(self) -> FlushOutcome {
        let result = self.sync();
        let Self { sealed, names, end, truncations, log_dir, .. } = self;
        FlushOutcome { result, sealed, names, end, truncations, log_dir }
    }

    fn sync(&self) -> Result<(), LogError> {
        for (file, path) in &self.files {
            file.sync_data().map_err(|error| self.shared.failure("sync", path, error))?;
        }
        for dir in &self.dirs {
            match self.shared.disk.sync_dir(dir) {
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
    /// Everything that is not durable now; `None` when all is.
    pub fn prepare_flush(&mut self) -> Result<Option<FlushJob>, LogError> {
        self.check_usable()?;
        if self.durable >= self.log_end || !self.damaged.is_empty() {
            return Ok(None);
        }
        let mut files = SmallVec::new();
        for held in &self.sealed_unsynced {
            for file in std::iter::once(&held.log).chain(&held.others) {
                files.push((Arc::clone(file), self.dir.clone()));
            }
        }
        let base = self.active_base();
        if self.segment_size(base) > 0 {
            let path = crate::names::SegmentFile::Log.path(&self.dir, base);
            files.push((self.active_log()?, path));
        }
        let mut dirs = SmallVec::new();
        if self.names_synced != self.names_changed {
            dirs.push(self.dir.clone());
        }
        if self.is_parent_unsynced {
            dirs.push(self.shared.path.clone());
        }
        Ok(Some(FlushJob {
            shared: Arc::clone(&self.shared),
            files,
            dirs,
            sealed: self.sealed_unsynced.iter().map(|held| held.base_offset).collect(),
            names: self.names_changed,
            end: self.log_end,
            truncations: self.truncations,
            log_dir: self.shared.path.clone(),
        }))
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
            // Even a full disk: what the kernel could not write back is gone from its memory.
            self.failed = true;
            self.shared.go_offline();
            return Err(error);
        }
        // What changed while the sync ran is the next flush's.
        self.names_synced = self.names_synced.max(outcome.names);
        self.is_parent_unsynced = false;
        if outcome.truncations == self.truncations {
            self.durable = self.durable.max(outcome.end);
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

    /// Whether `flush.ms` or a sealed segment asks for a flush.
    pub fn is_flush_due(&self, now_ms: i64) -> bool {
        let waited = self.unflushed_since_ms.map_or(0, |since| now_ms.saturating_sub(since));
        !self.sealed_unsynced.is_empty() || waited >= self.config.flush_ms
    }

    /// Flushes and leaves files as a clean stop leaves them: indexes and producer snapshot written
    /// and synced. The log is not used afterwards.
    pub fn close(&mut self, now_ms: i64) -> Result<(), LogError> {
        self.check_usable()?;
        let result = self.close_files(now_ms);
        self.note(result)
    }

    fn close_files(&mut self, now_ms: i64) -> Result<(), LogError> {
        self.write_partition_metadata()?;
        self.flush(now_ms)?;
        self.delete_doomed(i64::MAX)?;
        if self.damaged.is_empty() {
            let base = self.active_base();
            let mut files: SmallVec<[Arc<dyn File>; 4]> = SmallVec::new();
            // An index that is still only on the disk is as it was at the last clean stop.
            if self.segment_size(base) > 0 || self.active_file.is_some() {
                files.extend(self.seal(base)?);
            }
            if self.log_end > Offset::ZERO {
                files.extend(self.write_snapshot(self.log_end)?);
            }
            for file in &files {
                file.sync_data().map_err(|error| self.shared.failure("sync", &self.dir, error))?;
            }
        }
        self.sync_names()?;
        self.active_file = None;
        self.shared.forget(self.number, |_| true);
        Ok(())
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
