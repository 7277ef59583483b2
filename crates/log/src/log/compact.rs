//! What the log does for its compaction: says what is dirty, hands out a plan, and exchanges
//! segments for cleaned ones.
//!
//! Only what is durable, decided and sealed is compacted, so that a crash can take nothing that the
//! compaction relied on. While a group's names change the log remembers how far that is
//! ([`Compacting`]); whatever else wants to change segments meanwhile settles it first
//! ([`PartitionLog::interrupt_compaction`]).

use super::PartitionLog;
use crate::compact::{
    Cleaned, CompactError, CompactOptions, Compaction, LastOfProducer, Naming, Plan, Source, marked,
};
use crate::error::LogError;
use crate::names::{FileMark, SegmentFile};
use keld_env::File;
use keld_types::Offset;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What of a log could be compacted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Compactable {
    /// Below it everything was compacted before.
    pub first_dirty: Offset,
    /// From here on nothing may be compacted yet: the start of a segment.
    pub first_uncleanable: Offset,
    /// Bytes of the segments below `first_dirty`.
    pub clean_bytes: u64,
    /// Bytes of the segments that can be compacted and were not.
    pub cleanable_bytes: u64,
    /// How long ago `max.compaction.lag.ms` demanded a compaction; 0 when it does not.
    pub delay_ms: i64,
    /// More could be compacted if more was durable.
    pub waits_for_flush: bool,
}

impl Compactable {
    /// The dirty part of what can be compacted, 0 to 1.
    pub fn dirty_ratio(&self) -> f64 {
        let total = self.clean_bytes.saturating_add(self.cleanable_bytes);
        if total == 0 { 0.0 } else { self.cleanable_bytes as f64 / total as f64 }
    }

    /// Whether it should be compacted now, at this `min.cleanable.dirty.ratio`.
    pub fn is_due(&self, min_ratio: f64) -> bool {
        (self.delay_ms > 0 && self.cleanable_bytes > 0) || self.dirty_ratio() > min_ratio
    }
}

/// A compaction as its log sees it. Dropping it, with the log, ends the compaction.
#[derive(Debug, Default)]
pub(super) struct Compacting {
    /// Set to end it.
    is_cancelled: Option<Arc<AtomicBool>>,
    swap: Option<Swap>,
}

/// A group whose names are changing.
#[derive(Debug)]
struct Swap {
    base: Offset,
    kinds: Vec<SegmentFile>,
    /// The new files, where the log reads them already under their old name; empty before.
    files: Vec<(SegmentFile, Arc<dyn File>)>,
}

impl Compacting {
    fn cancel(&mut self) {
        if let Some(token) = self.is_cancelled.take() {
            token.store(true, Ordering::Release);
        }
    }

    /// A file of a new segment that does not bear its final name yet. The outer `None`: ask the
    /// directory.
    pub(super) fn pinned(&self, kind: SegmentFile, base: Offset) -> Option<Option<Arc<dyn File>>> {
        let swap = self.swap.as_ref().filter(|swap| swap.base == base)?;
        if swap.files.is_empty() {
            return None;
        }
        let file = swap.files.iter().find(|(held, _)| *held == kind);
        Some(file.map(|(_, file)| Arc::clone(file)))
    }
}

impl Drop for Compacting {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl PartitionLog {
    /// What could be compacted now; `None` when nothing can be, or must not be.
    pub fn compactable(&mut self, now_ms: i64) -> Result<Option<Compactable>, LogError> {
        self.check_usable()?;
        if !self.config.compact || !self.damaged.is_empty() || self.segments.len() < 2 {
            return Ok(None);
        }
        let result = self.find_compactable(now_ms);
        self.note(result)
    }

    fn find_compactable(&mut self, now_ms: i64) -> Result<Option<Compactable>, LogError> {
        let first_dirty = self.first_dirty();
        let active = self.active_base();
        let stable = self.last_stable_offset();
        let lag = self.first_within_lag(first_dirty, now_ms)?;
        let limit = active.min(stable).min(lag.unwrap_or(active));
        let wanted = self.segment_start(limit.max(first_dirty));
        let first_uncleanable =
            self.segment_start(limit.min(self.recovery_point()).max(first_dirty));
        let first_uncleanable = first_uncleanable.min(active);
        let dirty_from = self.segment_start(first_dirty.min(first_uncleanable));
        let sum = |from: Offset, to: Offset| -> u64 {
            if from >= to {
                return 0;
            }
            self.segments.range(from..to).map(|(_, segment)| segment.size).sum()
        };
        let first = self.segments.first_key_value().map_or(first_dirty, |(base, _)| *base);
        // The segment in which the dirty part begins counts on both sides, as in Kafka.
        let clean_bytes = sum(first, first_dirty);
        let cleanable_bytes = sum(dirty_from, first_uncleanable);
        let delay_ms = self.compaction_delay(first_dirty, now_ms)?;
        let found = Compactable {
            first_dirty,
            first_uncleanable,
            clean_bytes,
            cleanable_bytes,
            delay_ms,
            waits_for_flush: first_uncleanable < wanted.min(active),
        };
        Ok(Some(found))
    }

    /// Where the last compaction ended, if that can be believed.
    fn first_dirty(&self) -> Offset {
        let checkpointed = self.shared.cleaned.get(&self.partition);
        let start = self.log_start;
        match checkpointed {
            Some(offset) if offset >= start && offset <= self.log_end => offset,
            Some(offset) => {
                // Below the start is what retention leaves; above the end nothing should be.
                if offset > self.log_end {
                    tracing::warn!(
                        partition = %self.partition, %offset, log_end = %self.log_end,
                        "compacted up to beyond the log's end: starting again from its start"
                    );
                }
                self.shared.cleaned.set(&self.partition, start);
                start
            }
            None => start,
        }
    }

    /// The base of the segment that has, or would have, an offset.
    fn segment_start(&self, offset: Offset) -> Offset {
        let below = self.segments.range(..=offset).next_back();
        below.or_else(|| self.segments.first_key_value()).map_or(offset, |(base, _)| *base)
    }

    fn dirty_bases(&self, first_dirty: Offset) -> Vec<Offset> {
        let (from, active) = (self.segment_start(first_dirty), self.active_base());
        if from >= active {
            return Vec::new();
        }
        self.segments.range(from..active).map(|(base, _)| *base).collect()
    }

    /// The first segment with a record younger than `min.compaction.lag.ms`.
    fn first_within_lag(
        &mut self,
        first_dirty: Offset,
        now_ms: i64,
    ) -> Result<Option<Offset>, LogError> {
        let lag_ms = self.config.min_compaction_lag_ms;
        if lag_ms <= 0 {
            return Ok(None);
        }
        for base in self.dirty_bases(first_dirty) {
            if self.load_max_timestamp(base)?.timestamp > now_ms.saturating_sub(lag_ms) {
                return Ok(Some(base));
            }
        }
        Ok(None)
    }

    /// How long `max.compaction.lag.ms` has been passed by the oldest dirty segment.
    fn compaction_delay(&mut self, first_dirty: Offset, now_ms: i64) -> Result<i64, LogError> {
        let lag_ms = self.config.max_compaction_lag_ms.max(0);
        if lag_ms == i64::MAX {
            return Ok(0);
        }
        let until = now_ms.saturating_sub(lag_ms);
        let mut oldest = i64::MAX;
        for base in self.dirty_bases(first_dirty) {
            self.load_first_timestamp(base)?;
            let first = self.segments.get(&base).and_then(|segment| segment.first_timestamp);
            oldest = oldest.min(first.filter(|timestamp| *timestamp > 0).unwrap_or(i64::MAX));
        }
        Ok(if oldest < until { until.saturating_sub(oldest) } else { 0 })
    }

    /// Begins a compaction of everything that [`compactable`](Self::compactable) names; `None` when
    /// there is nothing. One that was under way ends.
    pub fn start_compaction(
        &mut self,
        options: &CompactOptions,
    ) -> Result<Option<Compaction>, LogError> {
        let Some(found) = self.compactable(options.now_ms)? else { return Ok(None) };
        let interrupted = self.interrupt_compaction();
        self.note(interrupted)?;
        let end = found.first_uncleanable;
        if found.first_dirty >= end {
            return Ok(None);
        }
        let bases: Vec<Offset> = self.segments.keys().copied().collect();
        let mut sources = Vec::new();
        for (index, base) in bases.iter().enumerate() {
            let Some(segment) = self.segments.get(base).filter(|_| *base < end) else { break };
            sources.push(Source {
                base: *base,
                size: segment.size,
                end: bases.get(index + 1).copied().unwrap_or(self.log_end),
                created_ms: segment.created_ms,
            });
        }
        let last = self.producers.entries().iter().map(|(id, entry)| {
            let data = entry.window.last().map(|batch| batch.last_offset);
            (*id, LastOfProducer { data, epoch: entry.producer_epoch })
        });
        let last = last.collect();
        // A recovery must not begin among segments with gaps: it could not tell them from losses
        // once the topic is compacted no more.
        self.shared.raise_recovery_point(&self.partition, self.recovery_point());
        let token = Arc::new(AtomicBool::new(false));
        self.compacting.is_cancelled = Some(Arc::clone(&token));
        let plan = Plan {
            shared: Arc::clone(&self.shared),
            partition: self.partition.clone(),
            dir: self.dir.to_path_buf(),
            config: self.config.clone(),
            sources,
            bases,
            first_dirty: found.first_dirty,
            end,
            last,
            is_cancelled: token,
        };
        Ok(Some(Compaction::new(plan, options)))
    }

    /// Changes names for a compaction that asked for it.
    pub fn commit_compaction(
        &mut self,
        compaction: &mut Compaction,
        now_ms: i64,
    ) -> Result<(), CompactError> {
        self.check_usable()?;
        let token = self.compacting.is_cancelled.as_ref();
        let is_ours = token.is_some_and(|token| compaction.is_cancelled_by(token));
        if !is_ours {
            return Err(compaction.aborted());
        }
        if !self.config.compact {
            let interrupted = self.interrupt_compaction();
            self.note(interrupted)?;
            return Err(compaction.aborted());
        }
        let Some((naming, cleaned)) = compaction.naming() else { return Ok(()) };
        let result = match naming {
            Naming::ToSwap => self.name_swap(cleaned),
            Naming::Replace => self.replace_segments(cleaned, now_ms),
            Naming::LogToFinal => self.name_log(),
            Naming::RestToFinal => self.name_rest(),
        };
        self.note(result)?;
        compaction.named();
        Ok(())
    }

    /// Whether no segment waits for its final name.
    pub(super) fn is_compaction_settled(&self) -> bool {
        self.compacting.swap.is_none()
    }

    fn name_swap(&mut self, cleaned: &Cleaned) -> Result<(), LogError> {
        let base = cleaned.segment.base_offset;
        let kinds = cleaned.kinds.clone();
        self.compacting.swap = Some(Swap { base, kinds: kinds.clone(), files: Vec::new() });
        for kind in kinds {
            let from = marked(&self.dir, kind, base, FileMark::Cleaned);
            self.shared.rename(&from, &marked(&self.dir, kind, base, FileMark::Swap))?;
        }
        self.names_changed += 1;
        Ok(())
    }

    fn replace_segments(&mut self, cleaned: &Cleaned, now_ms: i64) -> Result<(), LogError> {
        let base = cleaned.segment.base_offset;
        let due_ms = now_ms.saturating_add(self.config.file_delete_delay_ms);
        for old in &cleaned.replaced {
            self.forget_segment(*old);
            for kind in SegmentFile::OF_SEGMENT {
                self.doom_file(kind, *old, due_ms)?;
            }
            if *old != base && self.snapshots.remove(old) {
                self.doom_file(SegmentFile::Snapshot, *old, due_ms)?;
            }
        }
        self.segments.insert(base, cleaned.segment.clone());
        if let Some(swap) = &mut self.compacting.swap {
            swap.files.clone_from(&cleaned.files);
        }
        self.names_changed += 1;
        Ok(())
    }

    fn name_log(&mut self) -> Result<(), LogError> {
        let Some(swap) = &mut self.compacting.swap else { return Ok(()) };
        let Some(log) = swap.kinds.iter().position(|kind| *kind == SegmentFile::Log) else {
            return Ok(());
        };
        let (kind, base) = (swap.kinds.remove(log), swap.base);
        let from = marked(&self.dir, kind, base, FileMark::Swap);
        self.shared.rename(&from, &kind.path(&self.dir, base))?;
        self.names_changed += 1;
        Ok(())
    }

    fn name_rest(&mut self) -> Result<(), LogError> {
        let Some(swap) = self.compacting.swap.take() else { return Ok(()) };
        for kind in swap.kinds {
            let from = marked(&self.dir, kind, swap.base, FileMark::Swap);
            self.shared.rename(&from, &kind.path(&self.dir, swap.base))?;
        }
        self.names_changed += 1;
        Ok(())
    }

    /// Ends a compaction that is under way, with names that are whole: the group whose names were
    /// changing is either given up or finished. Durable when this returns.
    pub(super) fn interrupt_compaction(&mut self) -> Result<(), LogError> {
        self.compacting.cancel();
        let Some(swap) = &self.compacting.swap else { return Ok(()) };
        if swap.files.is_empty() {
            let (base, kinds) = (swap.base, swap.kinds.clone());
            for kind in kinds {
                // One of them may not have been renamed yet.
                for mark in [FileMark::Swap, FileMark::Cleaned] {
                    self.shared.remove_if_there(&marked(&self.dir, kind, base, mark))?;
                }
            }
            self.compacting.swap = None;
        } else {
            self.shared.sync_dir(&self.dir)?;
            self.name_log()?;
            self.shared.sync_dir(&self.dir)?;
            self.name_rest()?;
        }
        self.shared.sync_dir(&self.dir)?;
        self.names_changed += 1;
        Ok(())
    }
}
