//! What can go wrong with a log or its directory, by what the caller does next.

use crate::cold::ColdSpot;
use keld_types::{ErrorCode, LeaderEpoch, Offset, TopicId, TopicPartition};
use std::io;
use std::path::{Path, PathBuf};

/// A log or log directory cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A read, write or sync failed. The log directory is offline from now on: take its partitions
    /// away; nothing is retried, because a failed sync says nothing of what is on the disk.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The volume is full. Nothing was changed, and the log goes on when there is space again.
    #[error("no space left to write {}", path.display())]
    NoSpace {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The volume is so full that records are refused, to leave space for metadata. Nothing was
    /// changed, and the log goes on when there is space again.
    #[error(
        "log directory {} has {usable_bytes} bytes left: {missing_bytes} more are needed before \
         records are taken", path.display()
    )]
    Full {
        /// The log directory.
        path: PathBuf,
        /// Bytes that could still be filled.
        usable_bytes: u64,
        /// How many more it takes.
        missing_bytes: u64,
    },
    /// The process has no descriptor left. Nothing was changed, and the log goes on when there is
    /// one again.
    #[error("no descriptor left to {action} {}", path.display())]
    NoDescriptor {
        /// What was being done.
        action: &'static str,
        /// To which file or directory.
        path: PathBuf,
    },
    /// The directory went offline earlier.
    #[error("log directory {} is offline after an earlier failure", path.display())]
    Offline {
        /// The log directory.
        path: PathBuf,
    },
    /// Another process (or this one) holds the directory.
    #[error(
        "log directory {} is locked: another process or thread is using it", path.display()
    )]
    Locked {
        /// The log directory.
        path: PathBuf,
    },
    /// A file of the directory does not say what it must.
    #[error("{}: {reason}", path.display())]
    InvalidFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What is looked for is not in memory, and the caller does not wait for the disk
    /// ([`PartitionLog::read_now`](crate::PartitionLog::read_now)).
    #[error("cannot {action} {} without waiting: {spot}", path.display())]
    Cold {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What to read before trying again.
        spot: ColdSpot,
    },
    /// The bytes at a position of a segment are no batch.
    #[error("{} at byte {position}: {reason}", path.display())]
    Corrupt {
        /// The segment.
        path: PathBuf,
        /// Where in it.
        position: u64,
        /// What is wrong.
        reason: String,
    },
    /// Part of the log was found damaged below what had been made durable. The bytes are kept; the
    /// range is not served, and nothing is appended, until an operator or a replica heals it.
    #[error("{partition} is damaged from offset {from} to {to}: the records there are not served")]
    Damaged {
        /// The partition.
        partition: TopicPartition,
        /// The first offset that cannot be trusted.
        from: Offset,
        /// The first good offset after it.
        to: Offset,
    },
    /// The offset is not in the log.
    #[error("offset {offset} of {partition} is out of range: the log has {start} to {end}")]
    OffsetOutOfRange {
        /// The partition.
        partition: TopicPartition,
        /// The offset asked for.
        offset: Offset,
        /// The log start offset.
        start: Offset,
        /// The log end offset (or the bound that holds for the caller).
        end: Offset,
    },
    /// An epoch would begin after records of a later one: whoever leads in it does not know of what
    /// this log has.
    #[error(
        "leader epoch {epoch} of {partition} cannot begin at {start}: the log has records of epoch \
         {newest}"
    )]
    StaleEpoch {
        /// The partition.
        partition: TopicPartition,
        /// The epoch.
        epoch: LeaderEpoch,
        /// Where it would begin.
        start: Offset,
        /// The newest epoch with records before that.
        newest: LeaderEpoch,
    },
    /// The directory holds another topic of this name.
    #[error("{partition} has topic id {found} on disk, not {expected}")]
    InconsistentTopicId {
        /// The partition.
        partition: TopicPartition,
        /// The id of the metadata.
        expected: TopicId,
        /// The id in `partition.metadata`.
        found: TopicId,
    },
}

impl LogError {
    /// Wraps an I/O error with what was being done to which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            if let Some(spot) = ColdSpot::of(&source) {
                Self::Cold { action, path: path.to_owned(), spot: spot.clone() }
            } else if source.kind() == io::ErrorKind::StorageFull
                || source.kind() == io::ErrorKind::QuotaExceeded
            {
                Self::NoSpace { path: path.to_owned() }
            } else if keld_env::is_out_of_descriptors(&source) {
                Self::NoDescriptor { action, path: path.to_owned() }
            } else {
                Self::Io { action, path: path.to_owned(), source }
            }
        }
    }

    /// The code a client is told.
    pub fn error_code(&self) -> ErrorCode {
        match self {
            Self::Io { .. }
            | Self::NoSpace { .. }
            | Self::Full { .. }
            | Self::NoDescriptor { .. }
            | Self::Offline { .. }
            | Self::Locked { .. }
            | Self::InvalidFile { .. }
            | Self::Cold { .. }
            | Self::Damaged { .. } => ErrorCode::KAFKA_STORAGE_ERROR,
            Self::Corrupt { .. } => ErrorCode::CORRUPT_MESSAGE,
            Self::OffsetOutOfRange { .. } => ErrorCode::OFFSET_OUT_OF_RANGE,
            Self::StaleEpoch { .. } => ErrorCode::NOT_LEADER_OR_FOLLOWER,
            Self::InconsistentTopicId { .. } => ErrorCode::INCONSISTENT_TOPIC_ID,
        }
    }

    /// Whether the whole log directory must be taken offline.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Offline { .. })
    }
}

/// An append was refused; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The batch breaks a rule of `keld_record::validate`.
    #[error(transparent)]
    Invalid(#[from] keld_record::ValidateError),
    /// The batch is larger than a segment may be.
    #[error(
        "message batch size is {size} bytes in append to {partition}, which exceeds the maximum \
         configured segment size of {segment_bytes}"
    )]
    LargerThanSegment {
        /// The partition.
        partition: TopicPartition,
        /// Bytes of the append.
        size: usize,
        /// `segment.bytes`.
        segment_bytes: u64,
    },
    /// The producer's sequence does not follow the last one.
    #[error(
        "out of order sequence number for producer {producer_id} in {partition}: {found} (incoming \
         seq. number), {last} (current end sequence number)"
    )]
    OutOfOrderSequence {
        /// The partition.
        partition: TopicPartition,
        /// The producer.
        producer_id: keld_types::ProducerId,
        /// The batch's first sequence.
        found: i32,
        /// The last sequence known, −1 for none.
        last: i32,
    },
    /// The producer's epoch is older than one already seen.
    #[error(
        "epoch of producer {producer_id} in {partition} is {found}, which is smaller than the last \
         seen epoch {current}"
    )]
    InvalidProducerEpoch {
        /// The partition.
        partition: TopicPartition,
        /// The producer.
        producer_id: keld_types::ProducerId,
        /// The batch's epoch.
        found: keld_types::ProducerEpoch,
        /// The newest epoch seen.
        current: keld_types::ProducerEpoch,
    },
    /// A transactional producer wrote outside its transaction.
    #[error("invalid transaction state of producer {producer_id} in {partition}: {reason}")]
    InvalidTxnState {
        /// The partition.
        partition: TopicPartition,
        /// The producer.
        producer_id: keld_types::ProducerId,
        /// What was expected.
        reason: &'static str,
    },
    /// A marker of a deposed transaction coordinator.
    #[error(
        "invalid coordinator epoch for producer {producer_id} in {partition}: {found} (zombie), \
         {current} (current)"
    )]
    TransactionCoordinatorFenced {
        /// The partition.
        partition: TopicPartition,
        /// The producer.
        producer_id: keld_types::ProducerId,
        /// The marker's coordinator epoch.
        found: i32,
        /// The newest one seen.
        current: i32,
    },
    /// A replicated batch starts below the log end offset, or offsets fall within the append.
    #[error("unexpected offset {first} in append to {partition}: the next offset is {next}")]
    UnexpectedOffset {
        /// The partition.
        partition: TopicPartition,
        /// First offset of the append.
        first: Offset,
        /// What it must be at least.
        next: Offset,
    },
    /// A replicated batch has a bad frame, checksum or epoch.
    #[error("record is corrupt in append to {partition}: {reason}")]
    Corrupt {
        /// The partition.
        partition: TopicPartition,
        /// What is wrong.
        reason: String,
    },
    /// The leader epoch is older than the log's latest.
    #[error("append to {partition} with leader epoch {found}, the log is at {current}")]
    StaleLeaderEpoch {
        /// The partition.
        partition: TopicPartition,
        /// The epoch given.
        found: LeaderEpoch,
        /// The newest one in the epoch cache.
        current: LeaderEpoch,
    },
    /// The log could not be written.
    #[error(transparent)]
    Log(#[from] LogError),
}
