//! The names of files and directories, as Kafka gives them.
//!
//! A partition's directory is `topic-N`; `topic-N.<32 hex>-delete`, `-future` or `-stray` when it
//! waits for deletion, is being copied to, or belongs to no known topic. A segment's files are
//! named by its base offset in 20 digits.

use keld_types::{Offset, PartitionIndex, TopicName, TopicPartition};
use std::path::{Path, PathBuf};

/// Longest name of a file on the file systems that matter.
const NAME_LENGTH_MAX: usize = 255;
/// Digits of a base offset in a file name.
const OFFSET_DIGITS: usize = 20;

/// `.lock`, `meta.properties` and the other files of a log directory.
pub(crate) const LOCK: &str = ".lock";
pub(crate) const META_PROPERTIES: &str = "meta.properties";
pub(crate) const CLEAN_SHUTDOWN: &str = ".kafka_cleanshutdown";
pub(crate) const MANIFEST: &str = ".keld-manifest";
pub(crate) const RECOVERY_POINTS: &str = "recovery-point-offset-checkpoint";
pub(crate) const HIGH_WATERMARKS: &str = "replication-offset-checkpoint";
pub(crate) const LOG_STARTS: &str = "log-start-offset-checkpoint";
pub(crate) const CLEANER_OFFSETS: &str = "cleaner-offset-checkpoint";
/// Files of a partition's directory.
pub(crate) const PARTITION_METADATA: &str = "partition.metadata";
pub(crate) const LEADER_EPOCHS: &str = "leader-epoch-checkpoint";

/// What a partition's directory is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DirectoryKind {
    /// The replica that is served.
    Current,
    /// A copy that will replace the current one (moving between log directories).
    Future,
    /// To be deleted.
    Delete,
    /// Found without a topic in the metadata: kept, never served, never deleted by itself.
    Stray,
}

impl DirectoryKind {
    fn suffix(self) -> &'static str {
        match self {
            Self::Current => "",
            Self::Future => "-future",
            Self::Delete => "-delete",
            Self::Stray => "-stray",
        }
    }
}

/// The name of a partition's directory. `unique` is 32 hexadecimal digits, unused for `Current`.
pub(crate) fn directory_name(
    partition: &TopicPartition,
    kind: DirectoryKind,
    unique: &str,
) -> String {
    match kind {
        DirectoryKind::Current => partition.to_string(),
        DirectoryKind::Future => format!("{partition}.{unique}{}", kind.suffix()),
        DirectoryKind::Delete | DirectoryKind::Stray => {
            // The topic is cut where the whole name would be too long for the file system.
            let rest = format!("-{}.{unique}{}", partition.partition, kind.suffix());
            let topic = partition.topic.as_str();
            let length = topic.len().min(NAME_LENGTH_MAX.saturating_sub(rest.len()));
            let topic = topic.get(..length).unwrap_or(topic);
            format!("{topic}{rest}")
        }
    }
}

/// Reads a partition directory's name; `None` when it is no such name.
pub(crate) fn parse_directory_name(name: &str) -> Option<(TopicPartition, DirectoryKind)> {
    let kinds = [DirectoryKind::Future, DirectoryKind::Delete, DirectoryKind::Stray];
    let marked = kinds.into_iter().find_map(|kind| {
        let (base, unique) = name.strip_suffix(kind.suffix())?.rsplit_once('.')?;
        let is_unique = !unique.is_empty() && !unique.contains(['-', ' ']);
        is_unique.then_some((base, kind))
    });
    let (base, kind) = marked.unwrap_or((name, DirectoryKind::Current));
    let (topic, partition) = base.rsplit_once('-')?;
    let digits = !partition.is_empty() && partition.bytes().all(|b| b.is_ascii_digit());
    let partition = partition.parse::<i32>().ok().filter(|_| digits)?;
    // A name cut for length is no valid partition of its own, but still to be deleted.
    let topic = topic.parse::<TopicName>().ok()?;
    Some((TopicPartition::new(topic, PartitionIndex::new(partition)), kind))
}

/// The kinds of files of a segment, and those named like one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum SegmentFile {
    /// The batches.
    Log,
    /// Offset to position.
    OffsetIndex,
    /// Timestamp to offset.
    TimeIndex,
    /// Aborted transactions.
    TxnIndex,
    /// Producer state at the offset in the name.
    Snapshot,
}

impl SegmentFile {
    /// All files that go when the segment goes; the log first, so that what a crash leaves behind
    /// is an orphan index and never a log without its start.
    pub(crate) const OF_SEGMENT: [Self; 4] =
        [Self::Log, Self::OffsetIndex, Self::TimeIndex, Self::TxnIndex];

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Log => ".log",
            Self::OffsetIndex => ".index",
            Self::TimeIndex => ".timeindex",
            Self::TxnIndex => ".txnindex",
            Self::Snapshot => ".snapshot",
        }
    }

    /// The file's name in `dir`.
    pub(crate) fn path(self, dir: &Path, base_offset: Offset) -> PathBuf {
        dir.join(self.name(base_offset))
    }

    /// The file's name.
    pub(crate) fn name(self, base_offset: Offset) -> String {
        format!("{:0width$}{}", base_offset.get(), self.extension(), width = OFFSET_DIGITS)
    }
}

/// What was left half done to a segment file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum FileMark {
    /// In use.
    None,
    /// A compaction's output before it counts.
    Cleaned,
    /// A compaction's output that counts, and replaces the segments it covers.
    Swap,
    /// To be removed.
    Deleted,
}

impl FileMark {
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Cleaned => ".cleaned",
            Self::Swap => ".swap",
            Self::Deleted => ".deleted",
        }
    }
}

/// Reads the name of a file in a partition's directory; `None` for files not named by an offset.
pub(crate) fn parse_file_name(name: &str) -> Option<(Offset, SegmentFile, FileMark)> {
    let marks = [FileMark::Cleaned, FileMark::Swap, FileMark::Deleted];
    let (rest, mark) = marks
        .into_iter()
        .find_map(|mark| name.strip_suffix(mark.suffix()).map(|rest| (rest, mark)))
        .unwrap_or((name, FileMark::None));
    let (digits, _) = rest.split_once('.')?;
    let kinds = [
        SegmentFile::Log,
        SegmentFile::OffsetIndex,
        SegmentFile::TimeIndex,
        SegmentFile::TxnIndex,
        SegmentFile::Snapshot,
    ];
    let kind = kinds.into_iter().find(|kind| rest.get(digits.len()..) == Some(kind.extension()))?;
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let offset = digits.parse::<i64>().ok().filter(|_| numeric)?;
    Some((Offset::new(offset), kind, mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(topic: &str, partition: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic), PartitionIndex::new(partition))
    }

    #[test]
    fn directory_names_read_back() {
        let unique = "0123456789abcdef0123456789abcdef";
        for kind in [
            DirectoryKind::Current,
            DirectoryKind::Future,
            DirectoryKind::Delete,
            DirectoryKind::Stray,
        ] {
            let name = directory_name(&partition("a-b.c", 17), kind, unique);
            assert_eq!(parse_directory_name(&name), Some((partition("a-b.c", 17), kind)), "{name}");
        }
        let long = directory_name(&partition(&"x".repeat(249), 17), DirectoryKind::Delete, unique);
        assert_eq!(long.len(), 255);
    }

    #[test]
    fn a_topic_that_looks_marked_is_current() {
        let name = "a-delete-3";
        assert_eq!(
            parse_directory_name(name),
            Some((partition("a-delete", 3), DirectoryKind::Current))
        );
    }

    #[test]
    fn other_directories_are_not_partitions() {
        for name in ["lost+found", "meta", "a-", "a-+3", "-3", "a-99999999999", "a b-1"] {
            assert_eq!(parse_directory_name(name), None, "{name}");
        }
    }

    #[test]
    fn file_names_read_back() {
        let offset = Offset::new(42);
        let name = SegmentFile::Log.name(offset);
        assert_eq!(name, "00000000000000000042.log");
        assert_eq!(
            parse_file_name(&format!("{name}.deleted")),
            Some((offset, SegmentFile::Log, FileMark::Deleted))
        );
        let snapshot = SegmentFile::Snapshot.name(offset);
        assert_eq!(
            parse_file_name(&snapshot),
            Some((offset, SegmentFile::Snapshot, FileMark::None))
        );
        for name in ["leader-epoch-checkpoint", "x.log", "-1.log", "00000000000000000042.logs"] {
            assert_eq!(parse_file_name(name), None, "{name}");
        }
        // Metadata snapshots of the quorum are none of the log's files.
        assert_eq!(parse_file_name("00000000000000000042-0000000001.checkpoint"), None);
    }
}
