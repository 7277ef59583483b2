//! Deleting from the start: by an offset, by size, by time.
//!
//! Whole segments go, oldest first, and only those that end at or below the high watermark. The log
//! start offset moves before any file does. Files are renamed to `.deleted` and removed when
//! `file.delete.delay.ms` has passed: readers may still hold them. What is done to files is done
//! without the partition's lock.

use super::PartitionLog;
use crate::error::LogError;
use crate::names::{FileMark, SegmentFile};
use crate::shared::Shared;
use keld_types::Offset;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

impl PartitionLog {
    /// Moves the log start offset up to `offset`, as DeleteRecords or a leader's log start does.
    /// Returns whether it moved. Refuses an offset above the high watermark.
    pub fn increment_log_start_offset(&mut self, offset: Offset) -> Result<bool, LogError> {
        self.check_usable()?;
        if offset > self.high_watermark {
            return Err(self.out_of_range(offset, self.high_watermark));
        }
        if offset <= self.log_start {
            return Ok(false);
        }
        self.log_start = offset;
        // The file may lag behind: what it has too much of is cut again when it is loaded.
        self.epochs.truncate_from_start(offset);
        self.producers.forget_completed_below(offset);
        Ok(true)
    }

    /// Removes the segments that retention lets go. Returns how many.
    pub fn delete_old_segments(&mut self, now_ms: i64) -> Result<usize, LogError> {
        let count = self.take_old_segments(now_ms)?;
        let result = self.removal().run();
        self.note(result)?;
        Ok(count)
    }

    /// The first half of it: takes the segments out of the log, in memory. Their files follow with
    /// [`Removal::run`], which needs no lock. Returns how many.
    pub fn take_old_segments(&mut self, now_ms: i64) -> Result<usize, LogError> {
        self.check_usable()?;
        let result = self.delete_by_rules(now_ms);
        self.note(result)
    }

    /// Whether there is anything to do to files.
    pub fn is_removal_due(&self, now_ms: i64) -> bool {
        locked(&self.removed).next_due_ms().is_some_and(|due_ms| due_ms <= now_ms)
    }

    /// The second half: what there is to do to files of the log's directory.
    pub fn removal(&self) -> Removal {
        let shared = Arc::clone(&self.shared);
        Removal { shared, dir: self.dir.to_path_buf(), removed: Arc::clone(&self.removed) }
    }

    fn delete_by_rules(&mut self, now_ms: i64) -> Result<usize, LogError> {
        if !self.damaged.is_empty() {
            return Ok(0);
        }
        let mut deleted = self.delete_below_log_start(now_ms)?;
        if self.config.delete {
            deleted += self.delete_by_size(now_ms)?;
            deleted += self.delete_by_time(now_ms)?;
        }
        Ok(deleted)
    }

    fn delete_below_log_start(&mut self, now_ms: i64) -> Result<usize, LogError> {
        let log_start = self.log_start;
        self.delete_while(now_ms, |_, _, next| Ok(next.is_some_and(|next| next <= log_start)))
    }

    fn delete_by_size(&mut self, now_ms: i64) -> Result<usize, LogError> {
        let Ok(retention) = u64::try_from(self.config.retention_bytes) else { return Ok(0) };
        let Some(mut excess) = self.size_bytes().checked_sub(retention) else { return Ok(0) };
        self.delete_while(now_ms, |log, base, _| {
            let size = log.segment_size(base);
            match excess.checked_sub(size) {
                Some(rest) => {
                    excess = rest;
                    Ok(true)
                }
                None => Ok(false),
            }
        })
    }

    fn delete_by_time(&mut self, now_ms: i64) -> Result<usize, LogError> {
        let retention = self.config.retention_ms;
        if retention < 0 {
            return Ok(0);
        }
        self.delete_while(now_ms, |log, base, _| {
            let max = log.load_max_timestamp(base)?.timestamp;
            // Without any timestamp: the time since the segment was made or found.
            let created_ms = log.segments.get(&base).map_or(now_ms, |segment| segment.created_ms);
            let since = if max >= 0 { max } else { created_ms };
            Ok(now_ms.saturating_sub(since) > retention)
        })
    }

    /// Removes segments from the oldest on while `goes` says so of (log, base, next base).
    fn delete_while(
        &mut self,
        now_ms: i64,
        mut goes: impl FnMut(&mut Self, Offset, Option<Offset>) -> Result<bool, LogError>,
    ) -> Result<usize, LogError> {
        let bases: Vec<Offset> = self.segments.keys().copied().collect();
        let mut deletable = Vec::new();
        for (index, base) in bases.iter().enumerate() {
            let next = bases.get(index + 1).copied();
            let end = next.unwrap_or(self.log_end);
            if self.high_watermark < end
                || (next.is_none() && self.segment_size(*base) == 0)
                || !goes(self, *base, next)?
            {
                break;
            }
            deletable.push(*base);
        }
        if deletable.is_empty() {
            return Ok(0);
        }
        self.interrupt_compaction()?;
        if deletable.len() == bases.len() {
            // There is always an active segment.
            self.roll_at(self.log_end, now_ms)?;
        }
        let count = deletable.len();
        let kept = bases.get(count).copied().unwrap_or(self.log_end);
        self.increment_log_start_offset(kept)?;
        let due_ms = now_ms.saturating_add(self.config.file_delete_delay_ms);
        for base in deletable {
            tracing::info!(partition = %self.partition, base_offset = %base, "deleting a segment");
            self.forget_segment(base);
            self.snapshots.remove(&base);
            locked(&self.removed).segments.push_back((base, due_ms));
        }
        // Sealed segments that wait for their sync went too: what is below the start is moot.
        self.durable = self.durable.max(self.log_start.min(self.log_end));
        Ok(count)
    }

    /// Renames a file that is no longer part of the log, and notes when it goes.
    pub(super) fn doom_file(
        &mut self,
        kind: SegmentFile,
        base: Offset,
        due_ms: i64,
    ) -> Result<(), LogError> {
        self.removal().doom_file(&mut locked(&self.removed), kind, base, due_ms)
    }

    /// Removes files whose delay has passed. Returns when the next are due.
    pub fn delete_doomed(&mut self, now_ms: i64) -> Result<Option<i64>, LogError> {
        self.check_usable()?;
        let removal = self.removal();
        let result = removal.run().and_then(|()| removal.remove_due(now_ms));
        self.note(result)?;
        Ok(locked(&self.removed).doomed.front().map(|doomed| doomed.due_ms))
    }
}

/// What is removed of a log, and how far that is. Behind a lock of its own, so that the files are
/// worked on without the partition's.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    /// Segments that the log no longer has, oldest first, and when their files go.
    segments: VecDeque<(Offset, i64)>,
    doomed: VecDeque<Doomed>,
}

impl Removed {
    /// What waits in a directory that has a new name. No segment does.
    pub(super) fn moved_to(&self, dir: &Path) -> Self {
        let doomed = self.doomed.iter().filter_map(|doomed| {
            let path = dir.join(doomed.path.file_name()?);
            Some(Doomed { path, ..*doomed })
        });
        Self { segments: VecDeque::new(), doomed: doomed.collect() }
    }

    /// When something is to be done to files; `None` while nothing waits.
    pub(super) fn next_due_ms(&self) -> Option<i64> {
        if !self.segments.is_empty() {
            return Some(i64::MIN);
        }
        self.doomed.front().map(|doomed| doomed.due_ms)
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.doomed.is_empty()
    }
}

/// Work on the files of segments that were removed from a log.
#[derive(Debug)]
pub struct Removal {
    shared: Arc<Shared>,
    dir: PathBuf,
    removed: Arc<Mutex<Removed>>,
}

impl Removal {
    /// Renames the files of removed segments, and the snapshots at their bases, to `.deleted`.
    /// Blocks for as long as the disk takes.
    pub fn run(&self) -> Result<(), LogError> {
        let mut removed = locked(&self.removed);
        while let Some((base, due_ms)) = removed.segments.pop_front() {
            for kind in SegmentFile::OF_SEGMENT.into_iter().chain([SegmentFile::Snapshot]) {
                self.doom_file(&mut removed, kind, base, due_ms)?;
            }
            // One after the other, durably: what a crash leaves is the log without its oldest part.
            match self.shared.disk.sync_dir(&self.dir) {
                Ok(()) => {}
                // The log was deleted meanwhile, or moved to another directory.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.shared.failure("sync", &self.dir, error)),
            }
        }
        Ok(())
    }

    fn doom_file(
        &self,
        removed: &mut Removed,
        kind: SegmentFile,
        base: Offset,
        due_ms: i64,
    ) -> Result<(), LogError> {
        let from = kind.path(&self.dir, base);
        let path = self.dir.join(format!("{}{}", kind.name(base), FileMark::Deleted.suffix()));
        if self.shared.rename_if_there(&from, &path)? {
            removed.doomed.push_back(Doomed { due_ms, path });
        }
        Ok(())
    }

    /// Removes the files whose delay has passed. Blocks for as long as the disk takes.
    pub fn remove_due(&self, now_ms: i64) -> Result<(), LogError> {
        loop {
            let next = locked(&self.removed).doomed.pop_front_if(|next| next.due_ms <= now_ms);
            let Some(doomed) = next else { return Ok(()) };
            self.shared.remove_if_there(&doomed.path)?;
        }
    }
}

/// A file that was renamed to `.deleted` and goes when its time comes.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Doomed {
    due_ms: i64,
    path: PathBuf,
}

pub(super) fn locked(removed: &Mutex<Removed>) -> MutexGuard<'_, Removed> {
    removed.lock().unwrap_or_else(PoisonError::into_inner)
}
