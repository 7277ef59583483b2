//! The partition log on disk: Kafka's files to the byte.
//!
//! A [`LogDirectory`] is one of `log.dirs`; it opens a [`PartitionLog`] for each partition. The log
//! appends batches that `keld_record::validate` has passed, answers reads with ranges of files,
//! knows its producers and leader epochs, makes records durable, and deletes old ones. Time comes
//! in as an argument, and all I/O goes through `keld_env::Disk`. Nothing here knows of replication:
//! the caller holds the partition's lock, sets the high watermark, and decides what is
//! acknowledged.

mod checkpoint;
mod cold;
mod compact;
mod config;
mod directory;
mod epochs;
mod error;
mod index;
mod log;
mod manifest;
mod meta_properties;
mod names;
mod open_files;
mod producers;
mod reported;
mod scan;
mod segment;
mod shared;
mod small_files;
mod space;
mod txn_index;

pub use cold::ColdSpot;
pub use compact::{CompactError, CompactOptions, CompactStats, Compaction, Step};
pub use config::{AppendRules, LogConfig};
pub use directory::{LogDirectory, OpenLog, PartitionDirectory};
pub use epochs::EpochEndOffset;
pub use error::{AppendError, LogError};
pub use keld_record::AppendOrigin;
pub use log::{
    AppendInfo, Compactable, DamagedRange, EndMark, FetchData, FileRange, FlushJob, FlushOutcome,
    LeaderAppend, PartitionLog, ReadBounds, Removal, Shutdown, TimestampOffset,
};
pub use meta_properties::MetaProperties;
pub use names::DirectoryKind;
pub use producers::ProducerInfo;
pub use txn_index::AbortedTransaction;
