//! ListOffsets: the offset at the start, the end, the largest timestamp, or a time.

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::Reply;
use keld_replication::{OffsetAnswer, OffsetQuery, ReadFrom};
use keld_types::{ErrorCode, IsolationLevel, LeaderEpoch, PartitionIndex};
use keld_wire::messages::list_offsets_request::ListOffsetsPartition;
use keld_wire::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use keld_wire::messages::{ListOffsetsRequest, ListOffsetsResponse};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The replica id of a consumer.
const CONSUMER: i32 = -1;

/// What a timestamp asks for.
enum Asked {
    Log(OffsetQuery),
    /// Something of tiered storage, which no topic has here.
    Tiered,
}

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: ListOffsetsRequest,
) -> Reply {
    let known = IsolationLevel::from_i8(request.isolation_level);
    let isolation = known.unwrap_or_default();
    let from = if request.replica_id == CONSUMER {
        ReadFrom::Consumer(isolation)
    } else {
        ReadFrom::Replica
    };
    let mut times_named: BTreeMap<(&str, i32), usize> = BTreeMap::new();
    for topic in &request.topics {
        for partition in &topic.partitions {
            *times_named.entry((&topic.name, partition.partition_index)).or_default() += 1;
        }
    }
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for asked in &topic.partitions {
            let index = asked.partition_index;
            let is_duplicate = times_named.get(&(&*topic.name, index)).is_some_and(|n| *n > 1);
            let answer = if known.is_none() {
                // Kafka fails on it.
                Err(ErrorCode::UNKNOWN_SERVER_ERROR)
            } else if is_duplicate {
                Err(ErrorCode::INVALID_REQUEST)
            } else {
                answer(node, context.version, &topic.name, asked, from)
            };
            partitions.push(match answer {
                Ok(found) => ListOffsetsPartitionResponse {
                    partition_index: index,
                    timestamp: found.timestamp,
                    offset: found.offset.get(),
                    leader_epoch: if context.version >= 4 { found.leader_epoch.get() } else { -1 },
                    ..ListOffsetsPartitionResponse::default()
                },
                Err(error_code) => ListOffsetsPartitionResponse {
                    partition_index: index,
                    error_code,
                    timestamp: -1,
                    offset: -1,
                    ..ListOffsetsPartitionResponse::default()
                },
            });
        }
        topics.push(ListOffsetsTopicResponse {
            name: topic.name.clone(),
            partitions,
            ..ListOffsetsTopicResponse::default()
        });
    }
    ListOffsetsResponse { topics, ..ListOffsetsResponse::default() }.into()
}

fn answer(
    node: &Node,
    version: i16,
    topic: &str,
    asked: &ListOffsetsPartition,
    from: ReadFrom,
) -> Result<OffsetAnswer, ErrorCode> {
    let query = query_of(asked.timestamp, version).ok_or(ErrorCode::UNSUPPORTED_VERSION)?;
    let index = PartitionIndex::new(asked.partition_index);
    let partition =
        node.partitions.partition(topic, index).ok_or_else(|| node.absent_code(topic, index))?;
    let epoch = Some(asked.current_leader_epoch).filter(|epoch| *epoch != -1);
    let epoch = epoch.map(LeaderEpoch::new);
    let found = match query {
        Asked::Log(query) => partition.query_offset(query, from, epoch),
        // Asked all the same, for the checks of leadership and epoch.
        Asked::Tiered => {
            partition.query_offset(OffsetQuery::Earliest, from, epoch).map(|_| OffsetAnswer::NONE)
        }
    };
    found.map_err(|error| {
        tracing::debug!(partition = %partition.topic_partition(), %error, "no offset");
        match error_code(&error) {
            ErrorCode::OFFSET_NOT_AVAILABLE if version < 5 => ErrorCode::LEADER_NOT_AVAILABLE,
            code => code,
        }
    })
}

/// The special timestamps, each from a version on; `None` for what the version does not know.
fn query_of(timestamp: i64, version: i16) -> Option<Asked> {
    let (asked, since) = match timestamp {
        0.. => (Asked::Log(OffsetQuery::Timestamp(timestamp)), 0),
        -1 => (Asked::Log(OffsetQuery::Latest), 1),
        -2 => (Asked::Log(OffsetQuery::Earliest), 1),
        -3 => (Asked::Log(OffsetQuery::MaxTimestamp), 7),
        // The start of what is local is the start of all: nothing is tiered.
        -4 => (Asked::Log(OffsetQuery::Earliest), 8),
        -5 => (Asked::Tiered, 9),
        -6 => (Asked::Tiered, 11),
        _ => return None,
    };
    (version >= since).then_some(asked)
}
