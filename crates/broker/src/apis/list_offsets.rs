//! ListOffsets: the offset at the start, the end, the largest timestamp, or a time.

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::Reply;
use keld_log::{ColdSpot, LogError};
use keld_replication::{OffsetAnswer, OffsetQuery, PartitionError, ReadFrom, Waiting};
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
/// How often what a look-up missed is read beside the worker before the look-up waits after all.
const WARM_TRIES_MAX: usize = 64;

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
    let version = context.version;
    let spot = match look_up(node, version, &request, Waiting::Refused) {
        Ok(response) => return response.into(),
        Err(spot) => spot,
    };
    let node = Arc::clone(node);
    Reply::later(async move {
        let mut spot = spot;
        for _ in 0..WARM_TRIES_MAX {
            // Whoever looks again meets the error.
            node.cold_reads.warm(spot.file, spot.position, spot.length).await.ok();
            spot = match look_up(&node, version, &request, Waiting::Refused) {
                Ok(response) => return response,
                Err(spot) => spot,
            };
        }
        // Memory is so short that what was read is gone before it is looked at.
        look_up(&node, version, &request, Waiting::Allowed).unwrap_or_default()
    })
}

/// Answers the request; the error is what must be read from the disk first.
fn look_up(
    node: &Node,
    version: i16,
    request: &ListOffsetsRequest,
    waiting: Waiting,
) -> Result<ListOffsetsResponse, ColdSpot> {
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
                answer(node, version, &topic.name, asked, from, waiting)?
            };
            partitions.push(match answer {
                Ok(found) => ListOffsetsPartitionResponse {
                    partition_index: index,
                    timestamp: found.timestamp,
                    offset: found.offset.get(),
                    leader_epoch: if version >= 4 { found.leader_epoch.get() } else { -1 },
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
    Ok(ListOffsetsResponse { topics, ..ListOffsetsResponse::default() })
}

fn answer(
    node: &Node,
    version: i16,
    topic: &str,
    asked: &ListOffsetsPartition,
    from: ReadFrom,
    waiting: Waiting,
) -> Result<Result<OffsetAnswer, ErrorCode>, ColdSpot> {
    let Some(query) = query_of(asked.timestamp, version) else {
        return Ok(Err(ErrorCode::UNSUPPORTED_VERSION));
    };
    let index = PartitionIndex::new(asked.partition_index);
    let Some(partition) = node.partitions.partition(topic, index) else {
        return Ok(Err(node.absent_code(topic, index)));
    };
    let epoch = Some(asked.current_leader_epoch).filter(|epoch| *epoch != -1);
    let epoch = epoch.map(LeaderEpoch::new);
    let found = match query {
        Asked::Log(query) => partition.query_offset(query, from, epoch, waiting),
        // Asked all the same, for the checks of leadership and epoch.
        Asked::Tiered => partition
            .query_offset(OffsetQuery::Earliest, from, epoch, waiting)
            .map(|_| OffsetAnswer::NONE),
    };
    if let Err(PartitionError::Log(LogError::Cold { spot, .. })) = found {
        return Err(spot);
    }
    Ok(found.map_err(|error| {
        tracing::debug!(partition = %partition.topic_partition(), %error, "no offset");
        match error_code(&error) {
            ErrorCode::OFFSET_NOT_AVAILABLE if version < 5 => ErrorCode::LEADER_NOT_AVAILABLE,
            code => code,
        }
    }))
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
