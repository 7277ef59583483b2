//! A log as a clean stop leaves it: into the manifest, and out of it again without a look at the
//! partition's directory.

use super::{LogSetup, PartitionLog};
use crate::epochs::LeaderEpochCache;
use crate::error::LogError;
use crate::index::Index;
use crate::manifest::{LogEntry, PRODUCERS_MAX, SegmentEntry};
use crate::names::SegmentFile;
use crate::producers::Producers;
use crate::segment::{MaxTimestamp, Segment};
use crate::shared::Shared;
use keld_env::File;
use keld_types::Offset;
use std::path::PathBuf;
use std::sync::Arc;

impl PartitionLog {
    /// What the manifest says of the log, which was closed; `None` where a start must look at its
    /// files.
    pub(crate) fn manifest_entry(&self) -> Option<LogEntry> {
        let is_plain = self.damaged.is_empty()
            && !self.failed
            && !self.is_suspect
            && self.durable == self.log_end
            && self.sealed_unsynced.is_empty()
            && self.is_metadata_written
            && self.is_compaction_settled()
            && super::retention::locked(&self.removed).is_empty()
            && self.producers.entries().len() <= PRODUCERS_MAX
            && self.producers.is_decided();
        let topic_id = self.topic_id.filter(|_| is_plain)?;
        let epochs = self.epochs.entries().iter();
        Some(LogEntry {
            topic_id,
            log_start: self.log_start,
            high_watermark: self.high_watermark,
            log_end: self.log_end,
            // An epoch without records is lost with the process: the next one begins there too.
            epochs: epochs.filter(|(_, start)| *start < self.log_end).copied().collect(),
            segments: self.segments.values().map(segment_entry).collect::<Option<_>>()?,
            snapshots: self.snapshots.iter().copied().collect(),
            producers: self.producers.entries().iter().map(|(id, known)| (*id, *known)).collect(),
        })
    }

    /// The log that an entry describes. Nothing is read: a file is looked at when it is opened.
    pub(crate) fn from_manifest(
        shared: &Arc<Shared>,
        dir: PathBuf,
        setup: LogSetup,
        entry: LogEntry,
    ) -> Result<Self, LogError> {
        shared.check()?;
        let found = entry.topic_id;
        if let Some(expected) = setup.topic_id.filter(|expected| *expected != found) {
            let partition = setup.partition;
            return Err(LogError::InconsistentTopicId { partition, expected, found });
        }
        let (now_ms, expiration_ms) = (setup.now_ms, setup.config.producer_id_expiration_ms);
        let mut log = Self::blank(shared, dir, setup);
        log.topic_id = Some(found);
        log.is_metadata_written = true;
        log.log_start = entry.log_start;
        log.log_end = entry.log_end;
        log.durable = entry.log_end;
        log.epochs = LeaderEpochCache::from_entries(&entry.epochs);
        log.producers = Producers::from_entries(entry.producers, now_ms, expiration_ms);
        log.snapshots = entry.snapshots.into_iter().collect();
        for known in entry.segments {
            let segment = log.segment_of(&known, now_ms);
            log.segments.insert(known.base_offset, segment);
        }
        if log.segments.is_empty() {
            let start = log.log_end;
            log.segments.insert(start, Segment::empty(start, now_ms, log.jitter(start)));
        }
        log.set_high_watermark(entry.high_watermark);
        log.is_from_manifest = true;
        log.is_untouched = true;
        Ok(log)
    }

    fn segment_of(&self, known: &SegmentEntry, now_ms: i64) -> Segment {
        let base = known.base_offset;
        let jitter_ms = self.jitter(base);
        let max_timestamp =
            known.max_timestamp.map(|(timestamp, offset)| MaxTimestamp { timestamp, offset });
        let is_ready = known.first_timestamp.is_some() && max_timestamp.is_some();
        if known.size == 0 || (!known.has_index && is_ready) {
            // No entry is due yet: all that the next append asks for is here.
            return Segment {
                size: known.size,
                has_no_index_files: true,
                bytes_since_entry: known.size,
                first_timestamp: known.first_timestamp,
                max_timestamp,
                ..Segment::empty(base, now_ms, jitter_ms)
            };
        }
        let first_timestamp = known.first_timestamp;
        let on_disk = Segment::on_disk(base, known.size, now_ms, jitter_ms);
        Segment { first_timestamp, max_timestamp, ..on_disk }
    }

    /// Refuses a segment's file that is not as the manifest says: somebody changed it since. The
    /// next start then looks at the files.
    pub(super) fn check_segment_file(
        &mut self,
        base: Offset,
        file: &dyn File,
    ) -> Result<(), LogError> {
        if !self.is_from_manifest {
            return Ok(());
        }
        let path = SegmentFile::Log.path(&self.dir, base);
        let found = file.len().map_err(|error| self.shared.failure("stat", &path, error))?;
        let expected = self.segment_size(base);
        if found == expected {
            return Ok(());
        }
        self.is_suspect = true;
        let reason = format!("the file has {found} bytes, the last clean stop left {expected}");
        tracing::error!(path = %path.display(), reason, "a segment was changed from outside");
        Err(LogError::Corrupt { path, position: found.min(expected), reason })
    }
}

/// `None` where an index was not written: a start has to build it.
fn segment_entry(segment: &Segment) -> Option<SegmentEntry> {
    let has_index = match (&segment.offsets, &segment.times) {
        (Index::File, Index::File) => true,
        (Index::Memory(offsets), Index::Memory(_)) if offsets.is_empty() => false,
        _ => return None,
    };
    Some(SegmentEntry {
        base_offset: segment.base_offset,
        size: segment.size,
        first_timestamp: segment.first_timestamp,
        max_timestamp: segment.max_timestamp.map(|max| (max.timestamp, max.offset)),
        has_index,
    })
}
