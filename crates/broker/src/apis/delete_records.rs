//! DeleteRecords: moves a partition's log start offset up.

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::Reply;
use keld_types::{ErrorCode, Offset, PartitionIndex, TopicName};
use keld_wire::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use keld_wire::messages::{DeleteRecordsRequest, DeleteRecordsResponse};
use std::sync::Arc;

/// The offset that stands for the high watermark.
const HIGH_WATERMARK: i64 = -1;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DeleteRecordsRequest,
) -> Reply {
    let topics = request.topics.into_iter().map(|topic| {
        let name = TopicName::new(topic.name.as_str());
        let partitions = topic.partitions.into_iter().map(|partition| {
            let index = PartitionIndex::new(partition.partition_index);
            let result = delete(node, &name, index, partition.offset);
            DeleteRecordsPartitionResult {
                partition_index: partition.partition_index,
                low_watermark: result.map_or(-1, Offset::get),
                error_code: result.err().unwrap_or(ErrorCode::NONE),
                ..DeleteRecordsPartitionResult::default()
            }
        });
        DeleteRecordsTopicResult {
            partitions: partitions.collect(),
            name: topic.name,
            ..DeleteRecordsTopicResult::default()
        }
    });
    DeleteRecordsResponse { topics: topics.collect(), ..DeleteRecordsResponse::default() }.into()
}

fn delete(
    node: &Node,
    topic: &TopicName,
    index: PartitionIndex,
    offset: i64,
) -> Result<Offset, ErrorCode> {
    let partition = node.partitions.partition(topic.as_str(), index);
    let partition = partition.ok_or_else(|| node.absent_code(topic.as_str(), index))?;
    if topic.is_internal() {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let offset = (offset != HIGH_WATERMARK).then(|| Offset::new(offset));
    partition.delete_records(offset).map_err(|error| {
        tracing::debug!(partition = %partition.topic_partition(), %error, "records not deleted");
        error_code(&error)
    })
}
