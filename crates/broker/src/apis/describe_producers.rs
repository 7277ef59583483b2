//! DescribeProducers: the producers a partition's log knows.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_types::{ErrorCode, Offset, PartitionIndex, TopicName};
use keld_wire::Str;
use keld_wire::messages::describe_producers_response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use keld_wire::messages::{DescribeProducersRequest, DescribeProducersResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DescribeProducersRequest,
) -> Reply {
    let image = node.image();
    let topics = request.topics.into_iter().map(|topic| {
        let refused = match topic.name.parse::<TopicName>() {
            Err(error) => Some((ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string())),
            Ok(name) if image.topic(&name).is_none() => Some((
                ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                "This server does not host this topic-partition.".to_owned(),
            )),
            Ok(_) => None,
        };
        let partitions = topic.partition_indexes.iter().map(|index| match &refused {
            Some((error_code, message)) => PartitionResponse {
                partition_index: *index,
                error_code: *error_code,
                error_message: Some(Str::from(message.as_str())),
                ..PartitionResponse::default()
            },
            None => describe(node, &topic.name, PartitionIndex::new(*index)),
        });
        TopicResponse {
            partitions: partitions.collect(),
            name: topic.name.clone(),
            ..TopicResponse::default()
        }
    });
    DescribeProducersResponse { topics: topics.collect(), ..DescribeProducersResponse::default() }
        .into()
}

fn describe(node: &Node, topic: &str, index: PartitionIndex) -> PartitionResponse {
    let found = match node.partitions.partition(topic, index) {
        None => Err(node.absent_code(topic, index)),
        Some(partition) if !partition.is_online() => Err(ErrorCode::KAFKA_STORAGE_ERROR),
        Some(partition) => {
            partition.with_log(|log| log.producers()).ok_or(ErrorCode::NOT_LEADER_OR_FOLLOWER)
        }
    };
    let mut response =
        PartitionResponse { partition_index: index.get(), ..PartitionResponse::default() };
    match found {
        Err(error_code) => response.error_code = error_code,
        Ok(producers) => {
            let rows = producers.into_iter().map(|producer| ProducerState {
                producer_id: producer.producer_id.get(),
                producer_epoch: producer.producer_epoch.get().into(),
                last_sequence: producer.last_sequence,
                last_timestamp: producer.last_timestamp,
                coordinator_epoch: producer.coordinator_epoch,
                current_txn_start_offset: producer
                    .current_txn_start_offset
                    .unwrap_or(Offset::NONE)
                    .get(),
                ..ProducerState::default()
            });
            response.active_producers = rows.collect();
        }
    }
    response
}
