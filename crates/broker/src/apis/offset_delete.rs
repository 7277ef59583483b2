//! OffsetDelete: committed offsets of topics that no member reads.

use crate::context::RequestContext;
use crate::groups::Asked;
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::{ErrorCode, PartitionIndex, TopicName};
use keld_wire::messages::offset_delete_request::OffsetDeleteRequestTopic;
use keld_wire::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use keld_wire::messages::{OffsetDeleteRequest, OffsetDeleteResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    mut request: OffsetDeleteRequest,
) -> Reply {
    let image = node.image();
    let mut refused = Vec::new();
    let mut topics = Vec::with_capacity(request.topics.len());
    for mut topic in std::mem::take(&mut request.topics) {
        let known = image.topic(&TopicName::new(&*topic.name));
        let (existing, missing): (Vec<_>, Vec<_>) =
            std::mem::take(&mut topic.partitions).into_iter().partition(|it| {
                let index = PartitionIndex::new(it.partition_index);
                known.is_some_and(|known| known.partition(index).is_some())
            });
        if !missing.is_empty() || known.is_none() {
            let missing = OffsetDeleteRequestTopic { partitions: missing, ..topic.clone() };
            put(&mut refused, missing_topic(&missing));
        }
        if !existing.is_empty() {
            topic.partitions = existing;
            topics.push(topic);
        }
    }
    request.topics = topics;
    let asked = node.ask_group(&request.group_id, |shard, token, now| {
        shard.delete_offsets(&request, token, now)
    });
    match asked {
        Asked::Now(reply) => response(reply, refused).into(),
        later @ Asked::Later(_) => {
            Reply::later(async move { response(later.reply().await, refused) })
        }
    }
}

fn missing_topic(topic: &OffsetDeleteRequestTopic) -> OffsetDeleteResponseTopic {
    let partitions = topic.partitions.iter().map(|partition| OffsetDeleteResponsePartition {
        partition_index: partition.partition_index,
        error_code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ..OffsetDeleteResponsePartition::default()
    });
    OffsetDeleteResponseTopic {
        name: topic.name.clone(),
        partitions: partitions.collect(),
        ..OffsetDeleteResponseTopic::default()
    }
}

fn put(topics: &mut Vec<OffsetDeleteResponseTopic>, topic: OffsetDeleteResponseTopic) {
    match topics.iter_mut().find(|known| known.name == topic.name) {
        Some(known) => known.partitions.extend(topic.partitions),
        None => topics.push(topic),
    }
}

/// An error of the group stands alone.
fn response(
    reply: GroupReply,
    mut refused: Vec<OffsetDeleteResponseTopic>,
) -> OffsetDeleteResponse {
    let error = |error_code| OffsetDeleteResponse { error_code, ..OffsetDeleteResponse::default() };
    match reply {
        GroupReply::OffsetDelete(mut response) => {
            for topic in std::mem::take(&mut response.topics) {
                put(&mut refused, topic);
            }
            response.topics = refused;
            response
        }
        GroupReply::Error(error_code) => error(error_code),
        _other => error(ErrorCode::UNKNOWN_SERVER_ERROR),
    }
}
