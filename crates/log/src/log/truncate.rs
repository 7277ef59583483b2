//! Cutting the log: to an offset, or all of it.
//!
//! What is cut is gone durably before the call returns. Otherwise a crash could bring it back
//! behind records that were written in its place, with checksums that are right.

use super::PartitionLog;
use crate::error::LogError;
use crate::index::Index;
use crate::scan::LOOKUP_WINDOW;
use crate::segment::Segment;
use keld_types::Offset;

impl PartitionLog {
    /// Removes every batch that has a record at or above `offset`. Returns whether anything but
    /// the epoch cache changed.
    ///
    /// A cut below the high watermark is legal only after an unclean election; the caller counts
    /// and reports it, before.
    pub fn truncate_to(&mut self, offset: Offset, now_ms: i64) -> Result<bool, LogError> {
        self.check_usable()?;
        let result = self.truncate(offset.max(Offset::ZERO), now_ms);
        self.note(result)
    }

    fn truncate(&mut self, offset: Offset, now_ms: i64) -> Result<bool, LogError> {
        if offset >= self.log_end {
            // Even so: an epoch that was begun at the end and never written must go.
            if self.epochs.truncate_from_end(self.log_end) {
                self.write_epochs()?;
            }
            return Ok(false);
        }
        tracing::info!(
            partition = %self.partition, %offset, log_end = %self.log_end,
            high_watermark = %self.high_watermark, "truncating the log"
        );
        self.truncations += 1;
        self.is_untouched = false;
        // A segment may begin again where one was removed.
        self.removal().run()?;
        self.interrupt_compaction()?;
        let first = self.segments.first_key_value().map_or(offset, |(base, _)| *base);
        if offset < first {
            self.restart_at(offset, now_ms)?;
            return Ok(true);
        }
        let base = self.segments.range(..=offset).next_back().map_or(offset, |(base, _)| *base);
        let cut = self.translate_or_damage(base, offset)?;
        // A batch that reaches over the offset goes whole.
        let end = cut.map_or(offset, |(_, batch_base)| offset.min(batch_base));
        let end = self.end_before_gap(base, cut, end)?;
        self.lower_recovery_point(end)?;
        self.drop_segments_from(base.next())?;
        self.log_end = end;
        if let Some((position, _)) = cut {
            self.cut_segment(base, position, now_ms)?;
        }
        self.finish_truncation(now_ms)?;
        Ok(true)
    }

    /// Where the log ends when it is cut at `end`: compaction may have left nothing just before, and
    /// a log that ends in a gap would look as if it had lost something.
    fn end_before_gap(
        &mut self,
        base: Offset,
        cut: Option<(u64, Offset)>,
        end: Offset,
    ) -> Result<Offset, LogError> {
        if !self.damaged.is_empty() || cut.is_some_and(|(_, batch_base)| batch_base <= end) {
            return Ok(end);
        }
        let size = self.segment_size(base);
        let stop = cut.map_or(size, |(position, _)| position);
        let mut filled = base;
        let mut at = self.floor_position(base, end + -1)?.min(stop);
        let mut window = [0; LOOKUP_WINDOW];
        while at < stop {
            let found = self.find_batch(base, at, &mut window, |_| true)?;
            let Some((position, header)) = found.filter(|(position, _)| *position < stop) else {
                break;
            };
            filled = header.next_offset();
            at = position + header.size() as u64;
        }
        Ok(filled.max(self.log_start).min(end))
    }

    /// Cuts the segment that is active now at a position.
    fn cut_segment(&mut self, base: Offset, position: u64, now_ms: i64) -> Result<(), LogError> {
        self.active_file.close();
        self.cut_file(base, position)?;
        self.cut_txn_index(base, self.log_end)?;
        let log_end = self.log_end;
        let jitter_ms = self.jitter(base);
        let Some(segment) = self.segments.get_mut(&base) else { return Ok(()) };
        if position == 0 {
            *segment = Segment::empty(base, now_ms, jitter_ms);
            return Ok(());
        }
        segment.size = position;
        segment.next_read = None;
        let keep = |relative: u32| base + i64::from(relative) < log_end;
        if let (Index::Memory(offsets), Index::Memory(times)) =
            (&mut segment.offsets, &mut segment.times)
        {
            offsets.retain(|entry| keep(entry.relative_offset));
            times.retain(|entry| keep(entry.relative_offset));
            let last = offsets.last().map_or(0, |entry| entry.position.into());
            segment.bytes_since_entry = position - last;
            segment.max_timestamp = None;
            self.load_max_timestamp(base)?;
            return Ok(());
        }
        // An index on the disk still has what was cut; from here on it is the active segment's.
        self.rebuild_indexes(base)
    }

    /// Where the segment is cut for `offset`, and the base offset of what stands there; the start
    /// of a damaged range counts as such a place.
    fn translate_or_damage(
        &mut self,
        base: Offset,
        offset: Offset,
    ) -> Result<Option<(u64, Offset)>, LogError> {
        match self.translate(base, offset) {
            Ok(found) => Ok(found.map(|(position, header)| (position, header.base_offset))),
            Err(LogError::Corrupt { position, .. }) if !self.damaged.is_empty() => {
                Ok(Some((position, offset)))
            }
            Err(error) => Err(error),
        }
    }

    /// What follows every cut: the small state agrees with the log's new end.
    fn finish_truncation(&mut self, now_ms: i64) -> Result<(), LogError> {
        let end = self.log_end;
        self.durable = self.durable.min(end);
        self.log_start = self.log_start.min(end);
        if self.epochs.truncate_from_end(end) {
            self.write_epochs()?;
        }
        self.damaged.retain(|range| range.from < end);
        self.damage_spots.retain(|spot| spot.range.to <= end);
        if let Some(range) = self.damaged.last_mut() {
            range.to = range.to.min(end);
        }
        self.write_damage_mark()?;
        self.remove_snapshots(|offset| offset > end)?;
        self.shared.sync_dir(&self.dir)?;
        self.names_synced = self.names_changed;
        self.replay_producers(end, now_ms)?;
        self.set_high_watermark(self.high_watermark);
        Ok(())
    }

    /// Removes everything and starts anew at `offset`; the log start offset becomes `log_start`,
    /// which is at most that.
    pub fn truncate_fully_and_start_at(
        &mut self,
        offset: Offset,
        now_ms: i64,
    ) -> Result<(), LogError> {
        self.check_usable()?;
        self.truncations += 1;
        let interrupted = self.interrupt_compaction();
        self.note(interrupted)?;
        let result = self.restart_at(offset, now_ms);
        self.note(result)
    }

    pub(super) fn restart_at(&mut self, offset: Offset, now_ms: i64) -> Result<(), LogError> {
        self.is_untouched = false;
        self.removal().run()?;
        self.lower_recovery_point(Offset::ZERO)?;
        self.drop_segments_from(Offset::ZERO)?;
        self.remove_snapshots(|_| true)?;
        if self.epochs.clear() {
            self.write_epochs()?;
        }
        self.damaged.clear();
        self.damage_spots.clear();
        self.write_damage_mark()?;
        self.producers = Default::default();
        self.log_start = offset;
        self.log_end = offset;
        self.durable = offset;
        self.high_watermark = offset;
        self.unflushed_since_ms = None;
        self.segments.insert(offset, Segment::empty(offset, now_ms, self.jitter(offset)));
        let file = self.create_segment_file(offset)?;
        self.active_file.set(&self.shared.open_files, file);
        self.shared.sync_dir(&self.dir)?;
        self.names_synced = self.names_changed;
        Ok(())
    }

    /// Makes the checkpoint forget durability that the cut takes away, before the cut: after a
    /// crash in between, the shorter log must not look damaged.
    fn lower_recovery_point(&mut self, offset: Offset) -> Result<(), LogError> {
        self.shared.cleaned.lower(&self.partition, offset);
        self.noted.set((Offset::NONE, Offset::NONE, Offset::NONE));
        self.shared.lower_recovery_point(&self.partition, offset)
    }
}
