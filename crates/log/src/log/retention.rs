//! Deleting from the start: by an offset, by size, by time.
//!
//! Whole segments go, oldest first, and only those that end at or below the high watermark. The log
//! start offset moves before any file does. Files are renamed to `.deleted` and removed when
//! `file.delete.delay.ms` has passed: readers may still hold them.

use super::{Doomed, PartitionLog};
use crate::error::LogError;
use crate::names::{FileMark, SegmentFile};
use keld_types::Offset;
use std::path::PathBuf;

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
        self.check_usable()?;
        let result = self.delete_by_rules(now_ms);
        self.note(result)
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
        if deletable.len() == bases.len() {
            // There is always an active segment.
            self.roll_at(self.log_end, now_ms)?;
        }
        let count = deletable.len();
        let kept = bases.get(count).copied().unwrap_or(self.log_end);
        self.increment_log_start_offset(kept)?;
        for base in deletable {
            self.doom_segment(base, now_ms)?;
        }
        // Sealed segments that wait for their sync went too: what is below the start is moot.
        self.durable = self.durable.max(self.log_start.min(self.log_end));
        Ok(count)
    }

    /// Renames a segment's files, and the snapshot at its base, and notes when they go.
    fn doom_segment(&mut self, base: Offset, now_ms: i64) -> Result<(), LogError> {
        tracing::info!(partition = %self.partition, base_offset = %base, "deleting a segment");
        let due_ms = now_ms.saturating_add(self.config.file_delete_delay_ms);
        self.forget_segment(base);
        for kind in SegmentFile::OF_SEGMENT.into_iter().chain([SegmentFile::Snapshot]) {
            self.doom_file(kind, base, due_ms)?;
        }
        self.snapshots.remove(&base);
        // One after the other, durably: what a crash leaves is the log without its oldest part.
        self.shared.sync_dir(&self.dir)
    }

    fn doom_file(&mut self, kind: SegmentFile, base: Offset, due_ms: i64) -> Result<(), LogError> {
        let from = kind.path(&self.dir, base);
        let to = self.dir.join(format!("{}{}", kind.name(base), FileMark::Deleted.suffix()));
        if self.shared.rename_if_there(&from, &to)? {
            self.doomed.push_back(Doomed { due_ms, path: to });
        }
        Ok(())
    }

    /// Removes files whose delay has passed. Returns when the next are due.
    pub fn delete_doomed(&mut self, now_ms: i64) -> Result<Option<i64>, LogError> {
        self.check_usable()?;
        while let Some(path) = self.next_doomed(now_ms) {
            let removed = self.shared.remove_if_there(&path);
            self.note(removed)?;
        }
        Ok(self.doomed.front().map(|doomed| doomed.due_ms))
    }

    fn next_doomed(&mut self, now_ms: i64) -> Option<PathBuf> {
        self.doomed.pop_front_if(|doomed| doomed.due_ms <= now_ms).map(|doomed| doomed.path)
    }
}
