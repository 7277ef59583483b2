//! The log of one partition: segments, epochs, producers, and the offsets that bound them.
//!
//! Invariants: `log start ≤ high watermark ≤ log end`; `durable ≤ log end`; the last segment is the
//! active one, and the only one that is written; segments do not overlap; a log that failed a write
//! or a sync does nothing more. All methods are called under the partition's lock; only
//! [`FlushJob::run`](crate::FlushJob::run) is made to run outside of it.

mod ahead;
mod append;
mod closed;
mod compact;
mod due;
mod flush;
mod load;
mod lookup;
mod promote;
mod read;
mod recovery;
mod replay;
mod retention;
mod roll;
mod state;
mod timestamps;
mod truncate;

pub use append::{AppendInfo, LeaderAppend};
pub use compact::Compactable;
pub use flush::{FlushJob, FlushOutcome};
pub(crate) use load::LogSetup;
pub use load::Shutdown;
pub use read::{EndMark, FetchData, FileRange, ReadBounds};
pub use retention::Removal;
use retention::Removed;
pub use timestamps::TimestampOffset;

use crate::config::LogConfig;
use crate::epochs::{EpochEndOffset, LeaderEpochCache};
use crate::error::LogError;
use crate::open_files::ActiveFile;
use crate::producers::{ProducerInfo, Producers};
use crate::segment::Segment;
use crate::shared::Shared;
use keld_env::File;
use keld_types::{LeaderEpoch, Offset, TopicId, TopicPartition};
use smallvec::SmallVec;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A range of offsets whose bytes were found damaged: `[from, to)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DamagedRange {
    /// The first offset that cannot be trusted.
    pub from: Offset,
    /// The first good offset after it.
    pub to: Offset,
}

/// Bytes of a segment that hold a damaged range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct DamageSpot {
    /// The segment.
    base: Offset,
    range: DamagedRange,
    /// Where the bad bytes begin.
    start: u64,
    /// Where good ones follow in the segment.
    end: Option<u64>,
}

/// Files that were written and must be synced before what they hold counts as durable.
#[derive(Debug)]
struct Unsynced {
    base_offset: Offset,
    /// `None` where nothing but a clean stop will sync it: it is opened again then.
    log: Option<Arc<dyn File>>,
    /// Indexes and the snapshot that go with it.
    others: SmallVec<[Arc<dyn File>; 4]>,
}

/// The log of one partition. See the module's documentation for what always holds.
#[derive(Debug)]
pub struct PartitionLog {
    shared: Arc<Shared>,
    /// This log's number among those of the directory: the key of its cached files.
    number: u64,
    partition: TopicPartition,
    dir: Arc<Path>,
    topic_id: Option<TopicId>,
    is_metadata_written: bool,
    /// The epoch cache's file lacks what memory has: it is written before the epoch's first record.
    epochs_unwritten: bool,
    /// How often `partition.metadata` and the epoch cache were written, and as of which write they
    /// are durable.
    small_written: u64,
    small_synced: u64,
    /// What was last noted for the checkpoints: recovery point, log start, high watermark.
    noted: Cell<(Offset, Offset, Offset)>,
    config: LogConfig,
    segments: BTreeMap<Offset, Segment>,
    /// The active segment's `.log`, once it was needed, unless it was closed to spare descriptors.
    active_file: ActiveFile,
    /// The active segment's file was closed with bytes in it that are not durable: whether they
    /// were written back only the volume can tell.
    was_let_go: bool,
    /// Something was written since the last flush that covered all.
    has_unsynced_writes: bool,
    /// A flush could not be done for want of a descriptor.
    is_flush_owed: bool,
    sealed_unsynced: Vec<Unsynced>,
    log_start: Offset,
    high_watermark: Offset,
    log_end: Offset,
    /// Everything below is on the disk.
    durable: Offset,
    epochs: LeaderEpochCache,
    producers: Producers,
    snapshots: BTreeSet<Offset>,
    damaged: Vec<DamagedRange>,
    /// Where the damaged ranges lie in the segments.
    damage_spots: Vec<DamageSpot>,
    /// Segments that are no longer the log's, and files that wait for their removal.
    removed: Arc<Mutex<Removed>>,
    /// How often names in the partition's directory were changed, and as of which change they are
    /// durable.
    names_changed: u64,
    names_synced: u64,
    /// The partition's directory itself is new.
    is_parent_unsynced: bool,
    /// When the oldest record that is not durable was appended.
    unflushed_since_ms: Option<i64>,
    /// Counts truncations: a flush that began before one proves nothing after it.
    truncations: u64,
    ahead: ahead::Ahead,
    compacting: compact::Compacting,
    /// It was not loaded from its files, and since then nothing was changed.
    is_from_manifest: bool,
    is_untouched: bool,
    /// Nothing was appended since somebody last looked.
    is_idle: bool,
    /// A file is not as the manifest says.
    is_suspect: bool,
    failed: bool,
    /// Look-ups fail rather than to wait for the disk.
    no_wait: bool,
}

impl PartitionLog {
    /// What was last noted of it for the checkpoints.
    pub(crate) fn noted_offsets(&self) -> &Cell<(Offset, Offset, Offset)> {
        &self.noted
    }

    /// The partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// The partition's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The log directory that it lies in.
    pub fn log_dir(&self) -> &Path {
        &self.shared.path
    }

    /// The topic's id, if it is known.
    pub fn topic_id(&self) -> Option<TopicId> {
        self.topic_id
    }

    /// What the log obeys.
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// Changes what the log obeys, from the next operation on.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// The first offset that is served.
    pub fn log_start_offset(&self) -> Offset {
        self.log_start
    }

    /// The offset of the next record.
    pub fn log_end_offset(&self) -> Offset {
        self.log_end
    }

    /// The offset below which records are committed, as the leader or this follower knows it.
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// The offset below which every record is on the disk: it survives a power loss.
    pub fn durable_offset(&self) -> Offset {
        self.durable
    }

    /// Sets the high watermark, held within the log. Returns what it became.
    pub fn set_high_watermark(&mut self, offset: Offset) -> Offset {
        self.high_watermark = offset.max(self.log_start).min(self.log_end);
        self.producers.forget_completed_below(self.high_watermark);
        self.high_watermark
    }

    /// The first offset whose transaction is not decided below the high watermark.
    pub fn first_unstable_offset(&self) -> Option<Offset> {
        self.producers.first_unstable_offset().map(|first| first.max(self.log_start))
    }

    /// The offset below which every transaction is decided: what read_committed readers see.
    pub fn last_stable_offset(&self) -> Offset {
        self.first_unstable_offset().map_or(self.high_watermark, |o| o.min(self.high_watermark))
    }

    /// Bytes of all segments.
    pub fn size_bytes(&self) -> u64 {
        self.segments.values().map(|segment| segment.size).sum()
    }

    /// How many segments there are.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// The base offsets of the segments, oldest first.
    pub fn segment_base_offsets(&self) -> impl Iterator<Item = Offset> + '_ {
        self.segments.keys().copied()
    }

    /// The ranges that recovery found damaged. While there is one, nothing is appended.
    pub fn damaged(&self) -> &[DamagedRange] {
        &self.damaged
    }

    /// Whether the log may still be used.
    pub fn is_failed(&self) -> bool {
        self.failed || self.shared.is_offline()
    }

    /// The newest leader epoch, [`LeaderEpoch::NONE`] before the first.
    pub fn latest_epoch(&self) -> LeaderEpoch {
        self.epochs.latest().map_or(LeaderEpoch::NONE, |(epoch, _)| epoch)
    }

    /// Leader epochs and their start offsets, oldest first.
    pub fn epoch_entries(&self) -> &[(LeaderEpoch, Offset)] {
        self.epochs.entries()
    }

    /// The epoch in which the record at `offset` was written, as far as is known.
    pub fn epoch_for_offset(&self, offset: Offset) -> Option<LeaderEpoch> {
        self.epochs.epoch_for_offset(offset)
    }

    /// The epoch of the log start offset, for ListOffsets(earliest).
    pub fn earliest_epoch(&self) -> Option<LeaderEpoch> {
        let (epoch, start) = self.epochs.earliest()?;
        (start <= self.log_start).then_some(epoch)
    }

    /// Where `epoch` ended in this log; `None` when that cannot be told.
    pub fn end_offset_for_epoch(&self, epoch: LeaderEpoch) -> Option<EpochEndOffset> {
        self.epochs.end_offset_for(epoch, self.log_end)
    }

    /// The producers that are known, by id.
    pub fn producers(&self) -> Vec<ProducerInfo> {
        self.producers.infos().collect()
    }

    /// Forgets producers that were idle for `producer.id.expiration.ms`.
    pub fn expire_producers(&mut self, now_ms: i64) {
        self.producers.expire(now_ms, self.config.producer_id_expiration_ms);
    }

    /// Refuses when the log failed or its directory is offline.
    fn check_usable(&self) -> Result<(), LogError> {
        if self.failed {
            return Err(LogError::Offline { path: self.shared.path.clone() });
        }
        self.shared.check()
    }

    /// Refuses when part of the log is damaged.
    fn check_whole(&self) -> Result<(), LogError> {
        match self.damaged.first() {
            Some(range) => Err(self.damaged_error(*range)),
            None => Ok(()),
        }
    }

    fn damaged_error(&self, range: DamagedRange) -> LogError {
        let DamagedRange { from, to } = range;
        LogError::Damaged { partition: self.partition.clone(), from, to }
    }

    fn out_of_range(&self, offset: Offset, end: Offset) -> LogError {
        let partition = self.partition.clone();
        LogError::OffsetOutOfRange { partition, offset, start: self.log_start, end }
    }

    fn active_base(&self) -> Offset {
        self.segments.last_key_value().map_or(self.log_end, |(base, _)| *base)
    }

    /// Marks the log failed when the error is one that must not be survived.
    fn note<T>(&mut self, result: Result<T, LogError>) -> Result<T, LogError> {
        if let Err(error) = &result
            && error.is_fatal()
        {
            self.failed = true;
        }
        result
    }
}
