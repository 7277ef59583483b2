//! AlterReplicaLogDirs: moves replicas of this node between its log directories.

use crate::apis::describe_log_dirs::absolute;
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_types::{ErrorCode, PartitionIndex, TopicName, TopicPartition};
use keld_wire::Str;
use keld_wire::messages::alter_replica_log_dirs_response::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult,
};
use keld_wire::messages::{AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

/// The longest name a directory may have.
const DIRECTORY_NAME_MAX: usize = 255;
/// `.`, 32 hexadecimal digits, `-future`.
const FUTURE_SUFFIX_LENGTH: usize = 1 + 32 + 7;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: AlterReplicaLogDirsRequest,
) -> Reply {
    let mut wanted: BTreeMap<(String, i32), Str> = BTreeMap::new();
    for dir in &request.dirs {
        for topic in &dir.topics {
            for index in &topic.partitions {
                // Where a partition is named twice the last directory counts.
                wanted.insert((topic.name.to_string(), *index), dir.path.clone());
            }
        }
    }
    let mut results: Vec<AlterReplicaLogDirTopicResult> = Vec::new();
    for ((topic, index), path) in wanted {
        let error_code = match alter(node, &topic, index, &path) {
            Ok(()) => ErrorCode::NONE,
            Err(error) => {
                tracing::warn!(topic, partition = index, to = &*path, %error, "replica not moved");
                error
            }
        };
        let row = AlterReplicaLogDirPartitionResult {
            partition_index: index,
            error_code,
            ..AlterReplicaLogDirPartitionResult::default()
        };
        match results.last_mut().filter(|last| *last.topic_name == *topic) {
            Some(last) => last.partitions.push(row),
            None => results.push(AlterReplicaLogDirTopicResult {
                topic_name: Str::from(topic),
                partitions: vec![row],
                ..AlterReplicaLogDirTopicResult::default()
            }),
        }
    }
    AlterReplicaLogDirsResponse { results, ..AlterReplicaLogDirsResponse::default() }.into()
}

fn alter(node: &Arc<Node>, topic: &str, index: i32, path: &str) -> Result<(), ErrorCode> {
    if is_too_long(topic, index) {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let mut dirs = node.logs.dirs.iter().filter(|dir| dir.holds_partitions);
    let target = dirs
        .find(|dir| absolute(&dir.path).as_os_str() == OsStr::new(path))
        .ok_or(ErrorCode::LOG_DIR_NOT_FOUND)?;
    if !target.is_online() {
        return Err(ErrorCode::KAFKA_STORAGE_ERROR);
    }
    if target.is_cordoned {
        return Err(ErrorCode::INVALID_REPLICA_ASSIGNMENT);
    }
    let index = PartitionIndex::new(index);
    let Some(partition) = node.partitions.partition(topic, index) else {
        // When it comes, it is made there.
        if let Ok(topic) = topic.parse::<TopicName>() {
            node.logs.prefer(TopicPartition::new(topic, index), target.path.clone());
        }
        return Err(match node.absent_code(topic, index) {
            ErrorCode::NOT_LEADER_OR_FOLLOWER => ErrorCode::REPLICA_NOT_AVAILABLE,
            other => other,
        });
    };
    if !partition.is_online() {
        return Err(ErrorCode::KAFKA_STORAGE_ERROR);
    }
    node.moves.cancel_elsewhere(partition.topic_partition(), &target.path);
    node.move_replica(&partition, target)
}

fn is_too_long(topic: &str, index: i32) -> bool {
    let name = topic.len() + 1 + index.to_string().len() + FUTURE_SUFFIX_LENGTH;
    name > DIRECTORY_NAME_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_must_have_room_for_its_name() {
        assert!(!is_too_long(&"x".repeat(213), 0));
        assert!(is_too_long(&"x".repeat(214), 0));
        assert!(is_too_long(&"x".repeat(213), 10));
    }
}
