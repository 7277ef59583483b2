//! DescribeTopicPartitions (KIP-966): topics page by page, with eligible leader replicas.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use crate::view::{TOPIC_OPERATIONS, View, plain_ids};
use keld_metadata::TopicImage;
use keld_types::{BrokerId, ErrorCode, PartitionIndex, TopicName};
use keld_wire::Str;
use keld_wire::messages::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use keld_wire::messages::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: DescribeTopicPartitionsRequest,
) -> Reply {
    let image = node.image();
    let view = View { image: &image, listener: &context.listener };
    let limit = node.config().limits.max_request_partition_size_limit;
    respond(view, &request, limit).into()
}

fn respond(
    view: View<'_>,
    request: &DescribeTopicPartitionsRequest,
    partitions_max: i32,
) -> DescribeTopicPartitionsResponse {
    let start = request.cursor.as_ref().map(|cursor| (&*cursor.topic_name, cursor.partition_index));
    let from = start.map_or("", |(topic, _)| topic);
    let names_all = request.topics.is_empty();
    let names: BTreeSet<&str> = if names_all {
        view.image.topic_ids.keys().map(TopicName::as_str).filter(|name| *name >= from).collect()
    } else {
        request.topics.iter().map(|topic| &*topic.name).filter(|name| *name >= from).collect()
    };
    let misses_cursor = !names_all && start.is_some() && !names.contains(from);
    if misses_cursor || start.is_some_and(|(_, index)| index < 0) {
        return refused(request, ErrorCode::INVALID_REQUEST);
    }
    let limit = partitions_max.min(request.response_partition_limit).max(1);
    let mut remaining = usize::try_from(limit).unwrap_or(1);
    let mut response = DescribeTopicPartitionsResponse::default();
    for name in names {
        let cursor = |index| {
            Some(Cursor {
                topic_name: Str::from(name),
                partition_index: index,
                ..Cursor::default()
            })
        };
        if remaining == 0 {
            response.next_cursor = cursor(0);
            break;
        }
        let found = view.image.topic_ids.get(name).and_then(|id| view.image.topic_by_id(*id));
        let Some(topic) = found else {
            response.topics.push(unknown(name));
            continue;
        };
        let first = start.filter(|(topic, _)| *topic == name).map_or(0, |(_, index)| index);
        let (described, next) = describe(view, topic, first, remaining);
        remaining = remaining.saturating_sub(described.partitions.len());
        response.topics.push(described);
        if let Some(next) = next {
            response.next_cursor = cursor(next);
            break;
        }
    }
    for topic in &mut response.topics {
        topic.topic_authorized_operations = TOPIC_OPERATIONS;
    }
    response
}

/// The answer to a request that is wrong as a whole.
fn refused(
    request: &DescribeTopicPartitionsRequest,
    error_code: ErrorCode,
) -> DescribeTopicPartitionsResponse {
    let topics = request.topics.iter().map(|topic| DescribeTopicPartitionsResponseTopic {
        error_code,
        name: Some(topic.name.clone()),
        ..DescribeTopicPartitionsResponseTopic::default()
    });
    DescribeTopicPartitionsResponse {
        topics: topics.collect(),
        ..DescribeTopicPartitionsResponse::default()
    }
}

fn unknown(name: &str) -> DescribeTopicPartitionsResponseTopic {
    DescribeTopicPartitionsResponseTopic {
        error_code: match name.parse::<TopicName>() {
            Ok(_) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            Err(_) => ErrorCode::INVALID_TOPIC_EXCEPTION,
        },
        name: Some(Str::from(name)),
        is_internal: TopicName::new(name).is_internal(),
        ..DescribeTopicPartitionsResponseTopic::default()
    }
}

/// Some partitions of a topic, and the index of the first one left out.
fn describe(
    view: View<'_>,
    topic: &TopicImage,
    first: i32,
    count_max: usize,
) -> (DescribeTopicPartitionsResponseTopic, Option<i32>) {
    let mut from_first = topic.partitions.range(PartitionIndex::new(first)..);
    let partitions = from_first
        .by_ref()
        .take(count_max)
        .map(|(index, partition)| DescribeTopicPartitionsResponsePartition {
            partition_index: index.get(),
            leader_id: view.reachable_leader(partition).unwrap_or(BrokerId::NONE).get(),
            leader_epoch: partition.leader_epoch.get(),
            replica_nodes: plain_ids(&partition.replicas),
            isr_nodes: plain_ids(&partition.isr),
            eligible_leader_replicas: Some(plain_ids(&partition.elr)),
            last_known_elr: Some(plain_ids(&partition.last_known_elr)),
            offline_replicas: view.offline_replicas(partition),
            ..DescribeTopicPartitionsResponsePartition::default()
        })
        .collect();
    let described = DescribeTopicPartitionsResponseTopic {
        name: Some(Str::from(topic.name.as_str())),
        topic_id: topic.id.uuid(),
        is_internal: topic.name.is_internal(),
        partitions,
        ..DescribeTopicPartitionsResponseTopic::default()
    };
    (described, from_first.next().map(|(index, _)| index.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;
    use keld_metadata::ClusterImage;
    use keld_wire::messages::describe_topic_partitions_request as asked;

    fn image() -> ClusterImage {
        let partitions = |count| vec![fixture::partition(&[1], &[1], 1); count];
        let topics = vec![("a", partitions(2)), ("c", partitions(3))];
        fixture::image(vec![fixture::broker(1, &["A"], false)], topics)
    }

    fn request(
        topics: &[&str],
        limit: i32,
        cursor: Option<(&str, i32)>,
    ) -> DescribeTopicPartitionsRequest {
        let topics = topics.iter().map(|name| asked::TopicRequest {
            name: (*name).into(),
            ..asked::TopicRequest::default()
        });
        DescribeTopicPartitionsRequest {
            topics: topics.collect(),
            response_partition_limit: limit,
            cursor: cursor.map(|(name, index)| asked::Cursor {
                topic_name: name.into(),
                partition_index: index,
                ..asked::Cursor::default()
            }),
            ..DescribeTopicPartitionsRequest::default()
        }
    }

    /// Name, code and partitions of each topic, and the cursor.
    fn shape(request: &DescribeTopicPartitionsRequest, limit: i32) -> String {
        let image = image();
        let response = respond(View { image: &image, listener: "A" }, request, limit);
        let topics = response.topics.iter().map(|topic| {
            let partitions: Vec<_> =
                topic.partitions.iter().map(|partition| partition.partition_index).collect();
            format!("{}:{}{partitions:?}", topic.name.as_deref().unwrap(), topic.error_code.code())
        });
        let cursor =
            response.next_cursor.map(|c| format!(" -> {}-{}", &*c.topic_name, c.partition_index));
        topics.collect::<Vec<_>>().join(" ") + &cursor.unwrap_or_default()
    }

    #[test]
    fn pages_follow_the_cursor_until_all_is_told() {
        assert_eq!(shape(&request(&[], 2000, None), 2000), "a:0[0, 1] c:0[0, 1, 2]");
        assert_eq!(shape(&request(&[], 1, None), 2000), "a:0[0] -> a-1");
        assert_eq!(shape(&request(&[], 2, None), 2000), "a:0[0, 1] -> c-0");
        assert_eq!(shape(&request(&[], 2, Some(("a", 1))), 2000), "a:0[1] c:0[0] -> c-1");
        assert_eq!(shape(&request(&[], 9, Some(("c", 1))), 2000), "c:0[1, 2]");
        // The node's own limit counts too, and a senseless one is 1.
        assert_eq!(shape(&request(&[], 2000, None), 2), "a:0[0, 1] -> c-0");
        assert_eq!(shape(&request(&[], -5, None), 2), "a:0[0] -> a-1");
        // A cursor of all topics need not exist any more.
        assert_eq!(shape(&request(&[], 9, Some(("b", 7))), 2000), "c:0[0, 1, 2]");
    }

    #[test]
    fn named_topics_are_sorted_and_unknown_ones_told() {
        assert_eq!(
            shape(&request(&["no", "c", "a b", "c"], 9, None), 99),
            "a b:17[] c:0[0, 1, 2] no:3[]"
        );
        // A cursor that is not among them, or negative, spoils the request.
        assert_eq!(shape(&request(&["c"], 9, Some(("a", 0))), 99), "c:42[]");
        assert_eq!(shape(&request(&["c"], 9, Some(("c", -1))), 99), "c:42[]");
    }

    #[test]
    fn eligible_leader_replicas_are_lists_even_when_empty() {
        let image = image();
        let view = View { image: &image, listener: "A" };
        let response = respond(view, &request(&["a"], 1, None), 99);
        let partition = &response.topics[0].partitions[0];
        assert_eq!(partition.eligible_leader_replicas, Some(vec![]));
        assert_eq!(partition.last_known_elr, Some(vec![]));
        assert_eq!(response.topics[0].topic_authorized_operations, TOPIC_OPERATIONS);
    }
}
