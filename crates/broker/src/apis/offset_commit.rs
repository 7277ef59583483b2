//! OffsetCommit: topics by name (to version 9) or by id, which must exist, then the coordinator.

use crate::context::RequestContext;
use crate::groups::{Asked, context_of};
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_metadata::ClusterImage;
use keld_types::{ErrorCode, PartitionIndex, TopicId, TopicName};
use keld_wire::messages::offset_commit_request::OffsetCommitRequestTopic;
use keld_wire::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use keld_wire::messages::{OffsetCommitRequest, OffsetCommitResponse};
use std::sync::Arc;

/// From this version on topics are named by their ids.
const TOPIC_ID_VERSION: i16 = 10;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    mut request: OffsetCommitRequest,
) -> Reply {
    let by_id = context.version >= TOPIC_ID_VERSION;
    let mut refused = Answer { by_id, topics: Vec::new() };
    let image = node.image();
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in std::mem::take(&mut request.topics) {
        if let Some(known) = resolve(&image, topic, &mut refused) {
            topics.push(known);
        }
    }
    if topics.is_empty() {
        return refused.into_response().into();
    }
    request.topics = topics;
    let group_context = context_of(node, context);
    let asked = node.ask_group(&request.group_id, |shard, token, now| {
        shard.commit_offsets(&request, &group_context, token, now)
    });
    match asked {
        Asked::Now(reply) => refused.merge(reply, &request.topics).into(),
        later @ Asked::Later(_) => {
            let topics = request.topics;
            Reply::later(async move { refused.merge(later.reply().await, &topics) })
        }
    }
}

/// Fills in name and id, and keeps the partitions that exist; the others are refused.
fn resolve(
    image: &ClusterImage,
    mut topic: OffsetCommitRequestTopic,
    refused: &mut Answer,
) -> Option<OffsetCommitRequestTopic> {
    let known = if refused.by_id {
        image.topic_by_id(TopicId::new(topic.topic_id))
    } else {
        image.topic(&TopicName::new(&*topic.name))
    };
    let Some(known) = known else {
        let error_code = if refused.by_id {
            ErrorCode::UNKNOWN_TOPIC_ID
        } else {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        };
        refused.put_all(&topic, error_code);
        return None;
    };
    topic.name = known.name.as_str().into();
    topic.topic_id = known.id.uuid();
    let (existing, missing) = std::mem::take(&mut topic.partitions)
        .into_iter()
        .partition(|it| known.partition(PartitionIndex::new(it.partition_index)).is_some());
    topic.partitions = missing;
    if !topic.partitions.is_empty() {
        refused.put_all(&topic, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    topic.partitions = existing;
    Some(topic).filter(|topic| !topic.partitions.is_empty())
}

/// The answer in the making: one entry a topic, in the order of the first partition of each.
struct Answer {
    by_id: bool,
    topics: Vec<OffsetCommitResponseTopic>,
}

impl Answer {
    fn put_all(&mut self, topic: &OffsetCommitRequestTopic, error_code: ErrorCode) {
        let partitions = topic.partitions.iter().map(|partition| OffsetCommitResponsePartition {
            partition_index: partition.partition_index,
            error_code,
            ..OffsetCommitResponsePartition::default()
        });
        self.put(OffsetCommitResponseTopic {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            partitions: partitions.collect(),
            ..OffsetCommitResponseTopic::default()
        });
    }

    fn put(&mut self, topic: OffsetCommitResponseTopic) {
        let by_id = self.by_id;
        let is_same = |known: &&mut OffsetCommitResponseTopic| {
            if by_id { known.topic_id == topic.topic_id } else { known.name == topic.name }
        };
        match self.topics.iter_mut().find(is_same) {
            Some(known) => known.partitions.extend(topic.partitions),
            None => self.topics.push(topic),
        }
    }

    fn merge(
        mut self,
        reply: GroupReply,
        asked: &[OffsetCommitRequestTopic],
    ) -> OffsetCommitResponse {
        match reply {
            GroupReply::OffsetCommit(response) if self.topics.is_empty() => return response,
            GroupReply::OffsetCommit(response) => {
                response.topics.into_iter().for_each(|topic| self.put(topic));
            }
            GroupReply::Error(error_code) => {
                asked.iter().for_each(|topic| self.put_all(topic, error_code));
            }
            _other => {
                let error_code = ErrorCode::UNKNOWN_SERVER_ERROR;
                asked.iter().for_each(|topic| self.put_all(topic, error_code));
            }
        }
        self.into_response()
    }

    fn into_response(self) -> OffsetCommitResponse {
        OffsetCommitResponse { topics: self.topics, ..OffsetCommitResponse::default() }
    }
}
