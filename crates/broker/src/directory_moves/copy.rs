//! The work of a move on the disk: open the copy, copy some, change places. All of it blocks.
//!
//! Invariant: at every moment the copy is a prefix of the replica, and nothing that was durable in
//! the replica is not durable in the copy when they change places.

use keld_env::Env;
use keld_log::{
    AppendError, DirectoryKind, FetchData, LogConfig, LogDirectory, LogError, OpenLog,
    PartitionLog, ReadBounds,
};
use keld_replication::Partition;
use keld_types::{ErrorCode, LeaderEpoch, Offset};
use std::sync::Arc;

/// How much is copied at once.
const CHUNK_BYTES: usize = 1 << 20;

/// Why a replica did not move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoveError {
    /// Another directory was asked for, or the node stops.
    #[error("the move was cancelled")]
    Cancelled,
    /// The partition was deleted, or its directory failed.
    #[error("the replica is no longer online")]
    Gone,
    /// The controller does not take the new directory.
    #[error("the controller refused the new directory: {0}")]
    NotAssigned(ErrorCode),
    /// A part of the work panicked.
    #[error("a part of the move failed: {0}")]
    Failed(&'static str),
    /// A log failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The copy does not take a batch.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The replica cannot be read.
    #[error("cannot read the replica: {0}")]
    Read(#[from] std::io::Error),
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Copied {
    pub(crate) bytes: usize,
    /// The copy had all there was.
    pub(crate) is_at_end: bool,
}

/// A replica and the directory it is copied to.
#[derive(Clone, Debug)]
pub(crate) struct Copying {
    pub(crate) partition: Arc<Partition>,
    pub(crate) target: Arc<LogDirectory>,
    pub(crate) env: Env,
}

impl Copying {
    /// A new, empty copy. What an earlier move left is removed.
    pub(crate) fn open(&self) -> Result<PartitionLog, MoveError> {
        let name = self.partition.topic_partition();
        let is_left = |kind| kind == DirectoryKind::Future;
        for left in self.target.partitions()? {
            if is_left(left.kind) && left.partition == *name {
                self.target.remove(&left)?;
            }
        }
        let open = OpenLog {
            partition: name.clone(),
            kind: DirectoryKind::Future,
            topic_id: Some(self.partition.topic_id()),
            config: self.config(),
            now_ms: self.env.clock.wall_ms(),
        };
        Ok(self.target.open_log(open)?)
    }

    /// As the topic says, but nothing is flushed or deleted by itself.
    fn config(&self) -> LogConfig {
        let log = self.partition.settings().log.clone();
        LogConfig { flush_messages: i64::MAX, flush_ms: i64::MAX, ..log }
    }

    fn replica<T>(
        &self,
        work: impl FnOnce(&mut PartitionLog) -> Result<T, MoveError>,
    ) -> Result<T, MoveError> {
        self.partition.with_log(work).unwrap_or(Err(MoveError::Gone))
    }

    /// Copies one chunk of at most so many bytes, or one batch; at the end makes the copy durable.
    pub(crate) fn step(
        &self,
        copy: &mut PartitionLog,
        bytes_max: usize,
    ) -> Result<Copied, MoveError> {
        let (chunk, log_start) = self.replica(|log| {
            let from = agree(log, copy, self.env.clock.wall_ms())?;
            Ok((read(log, from, bytes_max)?, log.log_start_offset()))
        })?;
        // The bytes are read without the lock.
        let bytes = self.append(copy, &chunk, log_start)?;
        let is_at_end = bytes == 0;
        if is_at_end {
            copy.flush(self.env.clock.wall_ms())?;
        }
        Ok(Copied { bytes, is_at_end })
    }

    fn append(
        &self,
        copy: &mut PartitionLog,
        chunk: &FetchData,
        log_start: Offset,
    ) -> Result<usize, MoveError> {
        let now_ms = self.env.clock.wall_ms();
        let bytes = chunk.read_all()?;
        let first = match keld_record::batches(bytes.clone()).next() {
            Some(Ok(batch)) => Some(batch.header().base_offset),
            Some(Err(error)) => return Err(MoveError::Read(std::io::Error::other(error))),
            None => None,
        };
        if copy.log_end_offset() < log_start {
            // New, or behind what was deleted meanwhile. The first batch may begin below the start.
            let start = first.map_or(log_start, |first| first.min(log_start));
            copy.truncate_fully_and_start_at(start, now_ms)?;
        }
        if first.is_none() {
            return Ok(0);
        }
        let is_large = bytes.len() as u64 > copy.config().segment_bytes;
        if is_large {
            // `segment.bytes` was made smaller than a batch that is there.
            let segment_bytes = bytes.len() as u64;
            copy.set_config(LogConfig { segment_bytes, ..self.config() });
        }
        let appended = copy.append_as_follower(&bytes, LeaderEpoch::new(i32::MAX), now_ms);
        if is_large {
            copy.set_config(self.config());
        }
        Ok(appended?.bytes)
    }

    /// Has the copy change places with the replica; false when it is too far behind to do it under
    /// the lock. Afterwards `copy` is the log that was served before.
    pub(crate) fn exchange(
        &self,
        copy: &mut PartitionLog,
        rest_bytes_max: usize,
    ) -> Result<bool, MoveError> {
        let flushes_each_append = self.partition.settings().log.flush_messages != i64::MAX;
        let exchanged = self.partition.exchange_log(|log| {
            let now_ms = self.env.clock.wall_ms();
            if log.is_failed() {
                return Err(MoveError::Gone);
            }
            let mut copied: usize = 0;
            loop {
                let from = agree(log, copy, now_ms)?;
                let chunk = read(log, from, CHUNK_BYTES)?;
                let bytes = self.append(copy, &chunk, log.log_start_offset())?;
                if bytes == 0 {
                    break;
                }
                copied = copied.saturating_add(bytes);
                if copied > rest_bytes_max {
                    return Ok(false);
                }
            }
            // A leader's epoch without records yet.
            let latest = copy.latest_epoch();
            for (epoch, start) in log.epoch_entries() {
                if *epoch > latest {
                    copy.assign_epoch(*epoch, *start)?;
                }
            }
            copy.set_config(log.config().clone());
            copy.set_high_watermark(log.high_watermark());
            copy.increment_log_start_offset(log.log_start_offset())?;
            // What was durable stays so. Most of it was flushed before the lock was taken.
            if flushes_each_append || log.durable_offset() > copy.durable_offset() {
                copy.flush(now_ms)?;
            }
            copy.promote()?;
            std::mem::swap(log, copy);
            Ok(true)
        });
        exchanged.unwrap_or(Err(MoveError::Gone))
    }
}

/// Cuts off what the replica has lost, and says from where to go on.
fn agree(log: &PartitionLog, copy: &mut PartitionLog, now_ms: i64) -> Result<Offset, MoveError> {
    let epoch = copy.latest_epoch();
    if epoch != LeaderEpoch::NONE
        && let Some(found) = log.end_offset_for_epoch(epoch)
        && found.end_offset < copy.log_end_offset()
    {
        copy.truncate_to(found.end_offset, now_ms)?;
    }
    if copy.log_end_offset() > log.log_end_offset() {
        copy.truncate_to(log.log_end_offset(), now_ms)?;
    }
    Ok(copy.log_end_offset().max(log.log_start_offset()))
}

fn read(log: &mut PartitionLog, from: Offset, bytes_max: usize) -> Result<FetchData, MoveError> {
    let segment_bytes = usize::try_from(log.config().segment_bytes).unwrap_or(CHUNK_BYTES);
    let bounds = ReadBounds {
        offset_max: log.log_end_offset(),
        bytes_max: CHUNK_BYTES.min(segment_bytes).min(bytes_max),
        min_one_batch: true,
        with_aborted: false,
    };
    Ok(log.read(from, &bounds)?)
}
