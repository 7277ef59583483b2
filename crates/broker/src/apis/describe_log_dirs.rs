//! DescribeLogDirs: what lies in each of `log.dirs`, and how full its volume is.

use crate::context::RequestContext;
use crate::logs::LogDir;
use crate::node::Node;
use crate::reply::Reply;
use keld_env::DiskSpace;
use keld_types::{ErrorCode, TopicName, TopicPartition};
use keld_wire::Str;
use keld_wire::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use keld_wire::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The partitions asked for; `None` for all.
type Wanted = Option<BTreeSet<(String, i32)>>;

/// A partition's log, or the copy of it that is being made in another directory.
struct Held {
    log_dir: PathBuf,
    partition: TopicPartition,
    size_bytes: u64,
    offset_lag: i64,
    is_future: bool,
}

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DescribeLogDirsRequest,
) -> Reply {
    let wanted: Wanted = request.topics.map(|topics| {
        let pairs = topics.into_iter().flat_map(|topic| {
            let name = topic.topic.to_string();
            topic.partitions.into_iter().map(move |index| (name.clone(), index))
        });
        pairs.collect()
    });
    let node = Arc::clone(node);
    Reply::later(async move {
        // Asking a volume for its size may block when it is a network's.
        let this = Arc::clone(&node);
        let results = node.block("describe log dirs", Box::new(move || describe(&this, &wanted)));
        match results.await {
            Some(results) => DescribeLogDirsResponse { results, ..Default::default() },
            None => DescribeLogDirsResponse {
                error_code: ErrorCode::UNKNOWN_SERVER_ERROR,
                ..DescribeLogDirsResponse::default()
            },
        }
    })
}

fn describe(node: &Node, wanted: &Wanted) -> Vec<DescribeLogDirsResult> {
    let held = held(node, wanted);
    let supports_cordons = node.image().features.metadata_version().has_cordoned_directories();
    let dirs = node.logs.dirs.iter().filter(|dir| dir.holds_partitions);
    dirs.map(|dir| {
        let space = match &dir.directory {
            Some(directory) if dir.is_online() => directory.space().map_err(|error| {
                tracing::error!(dir = %dir.path.display(), %error, "cannot describe log dir");
                error.error_code()
            }),
            Some(_) | None => Err(ErrorCode::KAFKA_STORAGE_ERROR),
        };
        let here = held.iter().filter(|held| held.log_dir == dir.path);
        describe_dir(dir, space, topics(here), supports_cordons)
    })
    .collect()
}

fn held(node: &Node, wanted: &Wanted) -> Vec<Held> {
    let is_wanted = |partition: &TopicPartition| {
        wanted.as_ref().is_none_or(|wanted| {
            // Only a name that is asked for is worth a copy.
            wanted.contains(&(partition.topic.as_str().to_owned(), partition.partition.get()))
        })
    };
    let mut held = Vec::new();
    for partition in node.partitions.partitions() {
        let name = partition.topic_partition();
        if !is_wanted(name) {
            continue;
        }
        let current = partition.with_log(|log| {
            let lag = log.high_watermark() - log.log_end_offset();
            let current = Held {
                log_dir: log.log_dir().to_owned(),
                partition: name.clone(),
                size_bytes: log.size_bytes(),
                offset_lag: lag.max(0),
                is_future: false,
            };
            (current, log.log_end_offset())
        });
        let Some((current, end)) = current else { continue };
        // A move that is over but for the deletion shows the replica in its new place only.
        let copy = node.moves.copy_of(name).filter(|copy| copy.log_dir != current.log_dir);
        held.push(current);
        if let Some(copy) = copy {
            held.push(Held {
                log_dir: copy.log_dir,
                partition: name.clone(),
                size_bytes: copy.size_bytes,
                offset_lag: end - copy.log_end,
                is_future: true,
            });
        }
    }
    held
}

fn topics<'a>(held: impl Iterator<Item = &'a Held>) -> Vec<DescribeLogDirsTopic> {
    let mut by_topic: BTreeMap<&TopicName, Vec<DescribeLogDirsPartition>> = BTreeMap::new();
    for held in held {
        by_topic.entry(&held.partition.topic).or_default().push(DescribeLogDirsPartition {
            partition_index: held.partition.partition.get(),
            partition_size: i64::try_from(held.size_bytes).unwrap_or(i64::MAX),
            offset_lag: held.offset_lag,
            is_future_key: held.is_future,
            ..DescribeLogDirsPartition::default()
        });
    }
    let topics = by_topic.into_iter().map(|(name, partitions)| DescribeLogDirsTopic {
        name: Str::from(name.as_str()),
        partitions,
        ..DescribeLogDirsTopic::default()
    });
    topics.collect()
}

fn describe_dir(
    dir: &LogDir,
    space: Result<DiskSpace, ErrorCode>,
    topics: Vec<DescribeLogDirsTopic>,
    supports_cordons: bool,
) -> DescribeLogDirsResult {
    let log_dir = Str::from(absolute(&dir.path).to_string_lossy().into_owned());
    let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    match space {
        Ok(space) => DescribeLogDirsResult {
            log_dir,
            topics,
            total_bytes: bytes(space.total_bytes),
            usable_bytes: bytes(space.usable_bytes),
            is_cordoned: supports_cordons && dir.is_cordoned,
            ..DescribeLogDirsResult::default()
        },
        Err(error_code) => {
            DescribeLogDirsResult { error_code, log_dir, ..DescribeLogDirsResult::default() }
        }
    }
}

/// The path as clients name it.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_types::{DirectoryId, PartitionIndex, Uuid};

    fn log_dir(is_cordoned: bool) -> LogDir {
        LogDir {
            path: PathBuf::from("/data/a"),
            directory: None,
            id: DirectoryId::new(Uuid::from_parts(4, 4)),
            holds_partitions: true,
            is_cordoned,
        }
    }

    #[test]
    fn a_failed_directory_shows_its_path_and_error_only() {
        let found = describe_dir(&log_dir(true), Err(ErrorCode::KAFKA_STORAGE_ERROR), vec![], true);
        assert_eq!(found.error_code, ErrorCode::KAFKA_STORAGE_ERROR);
        assert_eq!(&*found.log_dir, "/data/a");
        assert_eq!((found.total_bytes, found.usable_bytes, found.is_cordoned), (-1, -1, false));
    }

    #[test]
    fn sizes_beyond_the_field_are_the_largest_and_cordons_need_the_metadata_version() {
        let space = DiskSpace { total_bytes: u64::MAX, usable_bytes: 5 };
        let found = describe_dir(&log_dir(true), Ok(space), vec![], true);
        assert_eq!((found.total_bytes, found.usable_bytes), (i64::MAX, 5));
        assert!(found.is_cordoned);
        assert!(!describe_dir(&log_dir(true), Ok(space), vec![], false).is_cordoned);
    }

    #[test]
    fn logs_and_copies_are_listed_by_topic() {
        let held = |topic: &str, index, offset_lag, is_future| Held {
            log_dir: PathBuf::from("/data/a"),
            partition: TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index)),
            size_bytes: 10,
            offset_lag,
            is_future,
        };
        let all = [held("b", 0, 0, false), held("a", 1, 7, true), held("b", 2, 0, false)];
        let shape: Vec<_> = topics(all.iter())
            .into_iter()
            .map(|topic| {
                let rows = topic.partitions.iter();
                let rows = rows.map(|row| (row.partition_index, row.offset_lag, row.is_future_key));
                (topic.name.to_string(), rows.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            shape,
            [
                ("a".to_owned(), vec![(1, 7, true)]),
                ("b".to_owned(), vec![(0, 0, false), (2, 0, false)]),
            ]
        );
    }
}
