//! OffsetFetch: one group (to version 7) or several; topics by name or, from version 10, by id.

use crate::context::RequestContext;
use crate::groups::Asked;
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::{ErrorCode, TopicId, TopicName};
use keld_wire::Str;
use keld_wire::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use keld_wire::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use keld_wire::messages::{OffsetFetchRequest, OffsetFetchResponse};
use std::sync::Arc;

/// From this version on there is an error of the group, and null asks for all topics.
const GROUP_ERROR_VERSION: i16 = 2;
/// From this version on a request names several groups.
const BATCH_VERSION: i16 = 8;
/// From this version on topics are named by their ids.
const TOPIC_ID_VERSION: i16 = 10;

/// One group, asked.
struct GroupFetch {
    asked: Asked,
    request: OffsetFetchRequestGroup,
    /// Topics that were not passed on.
    refused: Vec<OffsetFetchResponseTopics>,
}

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: OffsetFetchRequest,
) -> Reply {
    let version = context.version;
    let require_stable = request.require_stable;
    let fetches: Vec<GroupFetch> = groups_of(request, version)
        .into_iter()
        .map(|group| ask(node, group, version, require_stable))
        .collect();
    if fetches.iter().all(|fetch| matches!(fetch.asked, Asked::Now(_))) {
        let groups = fetches.into_iter().map(|fetch| match fetch.asked {
            Asked::Now(reply) => answer(node, reply, &fetch.request, fetch.refused, version),
            Asked::Later(_) => error(&fetch.request, ErrorCode::UNKNOWN_SERVER_ERROR, version),
        });
        return response(groups.collect(), version).into();
    }
    let node = Arc::clone(node);
    Reply::later(async move {
        let mut groups = Vec::with_capacity(fetches.len());
        for fetch in fetches {
            let reply = fetch.asked.reply().await;
            groups.push(answer(&node, reply, &fetch.request, fetch.refused, version));
        }
        response(groups, version)
    })
}

/// The groups of a request in the form of version 8 and later.
fn groups_of(request: OffsetFetchRequest, version: i16) -> Vec<OffsetFetchRequestGroup> {
    if version >= BATCH_VERSION {
        return request.groups;
    }
    let topics = request.topics.map(|topics| {
        let topics = topics.into_iter().map(|topic| OffsetFetchRequestTopics {
            name: topic.name,
            partition_indexes: topic.partition_indexes,
            ..OffsetFetchRequestTopics::default()
        });
        topics.collect()
    });
    vec![OffsetFetchRequestGroup {
        group_id: request.group_id,
        topics,
        ..OffsetFetchRequestGroup::default()
    }]
}

fn ask(
    node: &Arc<Node>,
    mut request: OffsetFetchRequestGroup,
    version: i16,
    require_stable: bool,
) -> GroupFetch {
    let mut refused = Vec::new();
    if version >= TOPIC_ID_VERSION
        && let Some(topics) = &mut request.topics
    {
        let image = node.image();
        let mut known = Vec::with_capacity(topics.len());
        for mut topic in std::mem::take(topics) {
            match image.topic_by_id(TopicId::new(topic.topic_id)) {
                Some(found) => {
                    topic.name = found.name.as_str().into();
                    known.push(topic);
                }
                None => refused.push(unknown_topic(&topic)),
            }
        }
        *topics = known;
    }
    let asked = node.ask_group(&request.group_id, |shard, token, now| {
        shard.fetch_offsets(&request, require_stable, token, now)
    });
    GroupFetch { asked, request, refused }
}

fn unknown_topic(topic: &OffsetFetchRequestTopics) -> OffsetFetchResponseTopics {
    let partitions = topic.partition_indexes.iter().map(|index| OffsetFetchResponsePartitions {
        partition_index: *index,
        committed_offset: -1,
        error_code: ErrorCode::UNKNOWN_TOPIC_ID,
        ..OffsetFetchResponsePartitions::default()
    });
    OffsetFetchResponseTopics {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: partitions.collect(),
        ..OffsetFetchResponseTopics::default()
    }
}

fn answer(
    node: &Node,
    reply: GroupReply,
    request: &OffsetFetchRequestGroup,
    refused: Vec<OffsetFetchResponseTopics>,
    version: i16,
) -> OffsetFetchResponseGroup {
    match reply {
        GroupReply::OffsetFetch(mut group) => {
            if request.topics.is_some() {
                group.topics.extend(refused);
            } else if version >= TOPIC_ID_VERSION {
                add_topic_ids(node, &mut group);
            }
            group
        }
        GroupReply::Error(error_code) => error(request, error_code, version),
        _other => error(request, ErrorCode::UNKNOWN_SERVER_ERROR, version),
    }
}

/// Topics that no longer exist have no id to be named by, so they are left out.
fn add_topic_ids(node: &Node, group: &mut OffsetFetchResponseGroup) {
    let image = node.image();
    group.topics.retain_mut(|topic| match image.topic(&TopicName::new(&*topic.name)) {
        Some(found) => {
            topic.topic_id = found.id.uuid();
            true
        }
        None => false,
    });
}

/// The error of a group; in the first versions that of each of its partitions.
fn error(
    request: &OffsetFetchRequestGroup,
    error_code: ErrorCode,
    version: i16,
) -> OffsetFetchResponseGroup {
    let group_id = request.group_id.clone();
    if version >= GROUP_ERROR_VERSION {
        return OffsetFetchResponseGroup {
            group_id,
            error_code,
            ..OffsetFetchResponseGroup::default()
        };
    }
    let topics = request.topics.iter().flatten().map(|topic| OffsetFetchResponseTopics {
        name: topic.name.clone(),
        partitions: topic
            .partition_indexes
            .iter()
            .map(|index| OffsetFetchResponsePartitions {
                partition_index: *index,
                committed_offset: -1,
                committed_leader_epoch: -1,
                metadata: Some(Str::from("")),
                error_code,
                ..OffsetFetchResponsePartitions::default()
            })
            .collect(),
        ..OffsetFetchResponseTopics::default()
    });
    OffsetFetchResponseGroup {
        group_id,
        topics: topics.collect(),
        ..OffsetFetchResponseGroup::default()
    }
}

fn response(groups: Vec<OffsetFetchResponseGroup>, version: i16) -> OffsetFetchResponse {
    if version >= BATCH_VERSION {
        return OffsetFetchResponse { groups, ..OffsetFetchResponse::default() };
    }
    let Some(group) = groups.into_iter().next() else { return OffsetFetchResponse::default() };
    let topics = group.topics.into_iter().map(|topic| OffsetFetchResponseTopic {
        name: topic.name,
        partitions: topic
            .partitions
            .into_iter()
            .map(|partition| OffsetFetchResponsePartition {
                partition_index: partition.partition_index,
                committed_offset: partition.committed_offset,
                committed_leader_epoch: partition.committed_leader_epoch,
                metadata: partition.metadata,
                error_code: partition.error_code,
                ..OffsetFetchResponsePartition::default()
            })
            .collect(),
        ..OffsetFetchResponseTopic::default()
    });
    OffsetFetchResponse {
        error_code: group.error_code,
        topics: topics.collect(),
        ..OffsetFetchResponse::default()
    }
}
