//! DeleteRecords: moves a partition's log start offset up, and waits until every live replica has
//! done so.

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::Reply;
use keld_replication::{Deleted, Partition};
use keld_types::{ErrorCode, Offset, PartitionIndex, TopicName};
use keld_wire::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use keld_wire::messages::{DeleteRecordsRequest, DeleteRecordsResponse};
use std::sync::Arc;
use std::time::Duration;

/// The offset that stands for the high watermark.
const HIGH_WATERMARK: i64 = -1;

/// A partition that some replica has not deleted of yet, and its place in the answer.
struct Waiting {
    topic: usize,
    partition: usize,
    replica: Arc<Partition>,
    deleted: Deleted,
}

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DeleteRecordsRequest,
) -> Reply {
    let mut waiting = Vec::new();
    let mut response = DeleteRecordsResponse::default();
    for asked in request.topics {
        let name = TopicName::new(asked.name.as_str());
        let mut topic =
            DeleteRecordsTopicResult { name: asked.name, ..DeleteRecordsTopicResult::default() };
        for partition in asked.partitions {
            let index = PartitionIndex::new(partition.partition_index);
            let result = delete(node, &name, index, partition.offset);
            let (low_watermark, error_code) = match &result {
                Ok((_, deleted)) => (deleted.low_watermark.get(), ErrorCode::NONE),
                Err(code) => (-1, *code),
            };
            if let Ok((replica, deleted)) = result
                && deleted.low_watermark < deleted.offset
            {
                waiting.push(Waiting {
                    topic: response.topics.len(),
                    partition: topic.partitions.len(),
                    replica,
                    deleted,
                });
            }
            topic.partitions.push(DeleteRecordsPartitionResult {
                partition_index: partition.partition_index,
                low_watermark,
                error_code,
                ..DeleteRecordsPartitionResult::default()
            });
        }
        response.topics.push(topic);
    }
    if waiting.is_empty() {
        return response.into();
    }
    let timeout = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0));
    Reply::later(wait(Arc::clone(node), response, waiting, timeout))
}

/// Waits for the replicas, no longer than the request lets.
async fn wait(
    node: Arc<Node>,
    mut response: DeleteRecordsResponse,
    waiting: Vec<Waiting>,
    timeout: Duration,
) -> DeleteRecordsResponse {
    let clock = &node.env.clock;
    let mut timer = clock.sleep_until(clock.monotonic() + timeout);
    let mut is_late = false;
    for Waiting { topic, partition, replica, deleted } in waiting {
        let mut all_deleted = replica.all_deleted(deleted);
        let outcome = if is_late {
            // The time is up: those that are done are told all the same.
            futures_util::FutureExt::now_or_never(&mut all_deleted)
        } else {
            tokio::select! {
                biased;
                outcome = &mut all_deleted => Some(outcome),
                () = &mut timer => None,
            }
        };
        is_late |= outcome.is_none();
        let found =
            response.topics.get_mut(topic).and_then(|topic| topic.partitions.get_mut(partition));
        let Some(result) = found else { continue };
        match outcome {
            Some(Ok(low_watermark)) => result.low_watermark = low_watermark.get(),
            Some(Err(error)) => {
                result.low_watermark = -1;
                result.error_code = error_code(&error);
            }
            None => result.error_code = ErrorCode::REQUEST_TIMED_OUT,
        }
    }
    response
}

fn delete(
    node: &Node,
    topic: &TopicName,
    index: PartitionIndex,
    offset: i64,
) -> Result<(Arc<Partition>, Deleted), ErrorCode> {
    let partition = node.partitions.partition(topic.as_str(), index);
    let partition = partition.ok_or_else(|| node.absent_code(topic.as_str(), index))?;
    if topic.is_internal() {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let offset = (offset != HIGH_WATERMARK).then(|| Offset::new(offset));
    let deleted = partition.delete_records(offset).map_err(|error| {
        tracing::debug!(partition = %partition.topic_partition(), %error, "records not deleted");
        error_code(&error)
    })?;
    Ok((partition, deleted))
}
