//! When a log next asks for something although nothing happens to it.
//!
//! Each of these holds until something changes the log, its configuration included: who keeps the
//! log asks again after that.

use super::PartitionLog;
use super::retention::locked;

impl PartitionLog {
    /// When a flush or the removal of files is due; `None` for never.
    pub fn next_chore_ms(&self) -> Option<i64> {
        let flush = self.next_flush_ms();
        let removal = locked(&self.removed).next_due_ms();
        flush.into_iter().chain(removal).min()
    }

    /// Whether `flush.ms` or a sealed segment asks for a flush.
    pub fn is_flush_due(&self, now_ms: i64) -> bool {
        self.next_flush_ms().is_some_and(|due_ms| due_ms <= now_ms)
    }

    fn next_flush_ms(&self) -> Option<i64> {
        let waits_for_sync = self.config.flush_sealed && !self.sealed_unsynced.is_empty();
        if self.is_flush_owed || waits_for_sync {
            return Some(i64::MIN);
        }
        let since = self.unflushed_since_ms.filter(|_| self.config.flush_ms < i64::MAX)?;
        Some(since.saturating_add(self.config.flush_ms))
    }

    /// When retention by time lets the oldest segment go, as
    /// [`take_old_segments`](Self::take_old_segments) left the log; `None` for never.
    pub fn next_deletion_ms(&self) -> Option<i64> {
        let retention = self.config.retention_ms;
        if !self.config.delete || retention < 0 || !self.damaged.is_empty() {
            return None;
        }
        let mut segments = self.segments.iter();
        let (_, oldest) = segments.next()?;
        let next = segments.next().map(|(base, _)| *base);
        let is_empty = next.is_none() && oldest.size == 0;
        if is_empty || self.high_watermark < next.unwrap_or(self.log_end) {
            return None;
        }
        // What was not looked for yet may be due at any time.
        let Some(max) = oldest.max_timestamp else { return Some(i64::MIN) };
        let since = if max.timestamp >= 0 { max.timestamp } else { oldest.created_ms };
        Some(since.saturating_add(retention).saturating_add(1))
    }

    /// When the first of the producers expires; `None` for never.
    pub fn next_expiry_ms(&self) -> Option<i64> {
        self.producers.next_expiry_ms(self.config.producer_id_expiration_ms)
    }
}
