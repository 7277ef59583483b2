//! Metadata: brokers, topics and where their partitions are led.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use crate::view::{CLUSTER_OPERATIONS, TOPIC_OPERATIONS, View, plain_ids};
use bytes::Bytes;
use keld_metadata::{ClusterImage, PartitionRegistration, TopicImage};
use keld_types::{BrokerId, ErrorCode, PartitionIndex, TopicId, TopicName, Uuid};
use keld_wire::Str;
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use keld_wire::messages::{MetadataRequest, MetadataResponse};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

mod encoded;

use encoded::Asking;
pub(crate) use encoded::EncodedTopics;

/// "There is no controller."
const NO_CONTROLLER: i32 = -1;
/// The first version whose requests may name topics by id.
const TOPIC_IDS_SINCE: i16 = 12;
/// Before this version a leader without the listener was "not available".
const LISTENER_NOT_FOUND_SINCE: i16 = 6;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: MetadataRequest,
) -> Reply {
    let image = node.image();
    let view = View { image: &image, listener: &context.listener };
    let unreachable = node.unreachable_leaders(&image);
    let departed = node.departed();
    if unreachable.is_empty()
        && departed.is_empty()
        && let Some(body) = encoded_answer(node, context, &image, &request)
    {
        return Reply::Encoded(body);
    }
    let asked = match Asked::of(&request, &image, context.version) {
        Ok(asked) => asked,
        Err(error_code) => return refused(&request, error_code).into(),
    };
    let may_create =
        request.allow_auto_topic_creation && node.config().topics.auto_create_topics_enable;
    let mut topics = asked.unknown_ids.iter().map(|id| unknown_id(*id)).collect::<Vec<_>>();
    let mut named: Vec<_> =
        asked.known.iter().map(|topic| describe(view, topic, context.version)).collect();
    named.iter_mut().for_each(|topic| leave_out_leaders(topic, &unreachable));
    for name in &asked.unknown_names {
        let valid = name.parse::<TopicName>();
        if let (Ok(topic), true) = (&valid, may_create) {
            node.create_automatically(topic.clone());
        }
        named.push(unknown_name(name, valid.is_ok()));
    }
    if request.include_topic_authorized_operations {
        for topic in &mut named {
            topic.topic_authorized_operations = TOPIC_OPERATIONS;
        }
    }
    topics.append(&mut named);
    MetadataResponse { topics, ..without_topics(node, view, &departed, &request) }.into()
}

/// The answer to the usual request, which asks for topics by their names, all of them known.
fn encoded_answer(
    node: &Node,
    context: &RequestContext,
    image: &Arc<ClusterImage>,
    request: &MetadataRequest,
) -> Option<Bytes> {
    let (version, listener) = (context.version, &context.listener);
    let asked = request.topics.as_deref().filter(|asked| !asked.is_empty() && version > 0)?;
    if request.include_topic_authorized_operations
        || asked.iter().any(|topic| topic.topic_id != Uuid::ZERO)
    {
        return None;
    }
    let asking = Asking {
        image,
        listener,
        topics: asked,
        cluster_operations: request.include_cluster_authorized_operations,
        version,
    };
    node.encoded_topics.answer(&asking, node.env.random.as_ref(), || {
        without_topics(node, View { image, listener }, &BTreeSet::new(), request)
    })
}

/// All of an answer but the topics.
fn without_topics(
    node: &Node,
    view: View<'_>,
    departed: &BTreeSet<BrokerId>,
    request: &MetadataRequest,
) -> MetadataResponse {
    let alive = view.alive_ids();
    let drawn = node.env.random.below(alive.len() as u64);
    let controller = usize::try_from(drawn).ok().and_then(|index| alive.get(index));
    let mut response = MetadataResponse {
        brokers: brokers(view, departed),
        cluster_id: Some(Str::from(node.cluster_id().as_str())),
        controller_id: controller.map_or(NO_CONTROLLER, |id| id.get()),
        ..MetadataResponse::default()
    };
    if request.include_cluster_authorized_operations {
        response.cluster_authorized_operations = CLUSTER_OPERATIONS;
    }
    response
}

/// The topics of a request.
struct Asked {
    known: Vec<Arc<TopicImage>>,
    unknown_ids: Vec<TopicId>,
    unknown_names: Vec<String>,
}

impl Asked {
    fn of(
        request: &MetadataRequest,
        image: &ClusterImage,
        version: i16,
    ) -> Result<Self, ErrorCode> {
        let mut asked =
            Self { known: Vec::new(), unknown_ids: Vec::new(), unknown_names: Vec::new() };
        let topics = match request.topics.as_deref() {
            // In version 0 an empty list asks for all topics.
            Some([]) if version == 0 => None,
            topics => topics,
        };
        let Some(topics) = topics else {
            asked.known = image.topics_by_name().cloned().collect();
            return Ok(asked);
        };
        let has_id = |topic: &MetadataRequestTopic| topic.topic_id != Uuid::ZERO;
        if version < TOPIC_IDS_SINCE
            && topics.iter().any(|topic| topic.name.is_none() || has_id(topic))
        {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        if topics.iter().any(has_id) {
            // One id, and names count no more.
            let mut seen = BTreeSet::new();
            for id in topics.iter().map(|topic| TopicId::new(topic.topic_id)) {
                if id == TopicId::ZERO || !seen.insert(id) {
                    continue;
                }
                match image.topic_by_id(id) {
                    Some(topic) => asked.known.push(Arc::clone(topic)),
                    None => asked.unknown_ids.push(id),
                }
            }
            return Ok(asked);
        }
        let mut seen = HashSet::with_capacity(topics.len());
        for topic in topics {
            // Neither name nor id: Kafka fails on it.
            let name = topic.name.as_deref().ok_or(ErrorCode::UNKNOWN_SERVER_ERROR)?;
            if !seen.insert(name) {
                continue;
            }
            match image.topic_ids.get(name).and_then(|id| image.topic_by_id(*id)) {
                Some(topic) => asked.known.push(Arc::clone(topic)),
                None => asked.unknown_names.push(name.to_owned()),
            }
        }
        Ok(asked)
    }
}

/// The answer to a request that is wrong as a whole.
fn refused(request: &MetadataRequest, error_code: ErrorCode) -> MetadataResponse {
    let topics = request.topics.iter().flatten().map(|topic| MetadataResponseTopic {
        error_code,
        name: Some(topic.name.clone().unwrap_or_default()),
        topic_id: topic.topic_id,
        ..MetadataResponseTopic::default()
    });
    MetadataResponse { topics: topics.collect(), error_code, ..MetadataResponse::default() }
}

fn unknown_id(id: TopicId) -> MetadataResponseTopic {
    MetadataResponseTopic {
        error_code: ErrorCode::UNKNOWN_TOPIC_ID,
        name: None,
        topic_id: id.uuid(),
        ..MetadataResponseTopic::default()
    }
}

fn unknown_name(name: &str, is_valid: bool) -> MetadataResponseTopic {
    MetadataResponseTopic {
        error_code: if is_valid {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        } else {
            ErrorCode::INVALID_TOPIC_EXCEPTION
        },
        name: Some(Str::from(name)),
        is_internal: TopicName::new(name).is_internal(),
        ..MetadataResponseTopic::default()
    }
}

/// Those that are not fenced, and some that are.
fn brokers(view: View<'_>, departed: &BTreeSet<BrokerId>) -> Vec<MetadataResponseBroker> {
    view.brokers()
        .filter(|(broker, _)| !broker.fenced || departed.contains(&broker.id))
        .map(|(broker, endpoint)| MetadataResponseBroker {
            node_id: broker.id.get(),
            host: Str::from(endpoint.host.as_str()),
            port: endpoint.port.into(),
            rack: broker.rack.as_deref().map(Str::from),
            ..MetadataResponseBroker::default()
        })
        .collect()
}

fn describe(view: View<'_>, topic: &TopicImage, version: i16) -> MetadataResponseTopic {
    let partitions = topic.partitions.iter();
    MetadataResponseTopic {
        name: Some(Str::from(topic.name.as_str())),
        topic_id: topic.id.uuid(),
        is_internal: topic.name.is_internal(),
        partitions: partitions
            .map(|(index, partition)| describe_partition(view, *index, partition, version))
            .collect(),
        ..MetadataResponseTopic::default()
    }
}

fn describe_partition(
    view: View<'_>,
    index: PartitionIndex,
    partition: &PartitionRegistration,
    version: i16,
) -> MetadataResponsePartition {
    // Version 0 leaves out replicas that are away, and says so.
    let filtered = |ids: &[BrokerId]| match version {
        0 => ids.iter().filter(|id| view.is_alive(**id)).map(|id| id.get()).collect(),
        _ => plain_ids(ids),
    };
    let replica_nodes: Vec<i32> = filtered(&partition.replicas);
    let isr_nodes: Vec<i32> = filtered(&partition.isr);
    let leader = view.reachable_leader(partition);
    let error_code = if leader.is_none() {
        if view.image.broker(partition.leader).is_some() && version >= LISTENER_NOT_FOUND_SINCE {
            ErrorCode::LISTENER_NOT_FOUND
        } else {
            ErrorCode::LEADER_NOT_AVAILABLE
        }
    } else if replica_nodes.len() < partition.replicas.len()
        || isr_nodes.len() < partition.isr.len()
    {
        ErrorCode::REPLICA_NOT_AVAILABLE
    } else {
        ErrorCode::NONE
    };
    MetadataResponsePartition {
        error_code,
        partition_index: index.get(),
        leader_id: leader.unwrap_or(BrokerId::NONE).get(),
        leader_epoch: partition.leader_epoch.get(),
        replica_nodes,
        isr_nodes,
        offline_replicas: view.offline_replicas(partition),
        ..MetadataResponsePartition::default()
    }
}

/// A leader that cannot be reached is none: whoever asks for it is to ask again.
fn leave_out_leaders(topic: &mut MetadataResponseTopic, unreachable: &BTreeSet<BrokerId>) {
    for partition in &mut topic.partitions {
        if unreachable.contains(&BrokerId::new(partition.leader_id)) {
            partition.error_code = ErrorCode::LEADER_NOT_AVAILABLE;
            partition.leader_id = BrokerId::NONE.get();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    fn named(names: &[&str]) -> MetadataRequest {
        let topics = names.iter().map(|name| MetadataRequestTopic {
            name: Some((*name).into()),
            ..MetadataRequestTopic::default()
        });
        MetadataRequest { topics: Some(topics.collect()), ..MetadataRequest::default() }
    }

    fn two_topics() -> ClusterImage {
        let partition = || vec![fixture::partition(&[1], &[1], 1)];
        let topics = vec![("b", partition()), ("__consumer_offsets", partition())];
        fixture::image(vec![fixture::broker(1, &["A"], false)], topics)
    }

    fn names(topics: &[Arc<TopicImage>]) -> Vec<&str> {
        topics.iter().map(|topic| topic.name.as_str()).collect()
    }

    #[test]
    fn an_empty_list_means_all_topics_in_version_0_and_none_afterwards() {
        let image = two_topics();
        let empty = named(&[]);
        let all = MetadataRequest { topics: None, ..MetadataRequest::default() };
        let known = |request: &MetadataRequest, version| {
            let asked = Asked::of(request, &image, version).unwrap();
            names(&asked.known).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(known(&empty, 0), ["__consumer_offsets", "b"]);
        assert!(known(&empty, 1).is_empty());
        assert_eq!(known(&all, 13), ["__consumer_offsets", "b"]);
    }

    #[test]
    fn names_are_looked_up_once_each() {
        let image = two_topics();
        let asked = Asked::of(&named(&["b", "no", "b", "no", "a b"]), &image, 12).unwrap();
        assert_eq!(names(&asked.known), ["b"]);
        assert_eq!(asked.unknown_names, ["no", "a b"]);
        assert_eq!(unknown_name("no", true).error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        let invalid = unknown_name("a b", "a b".parse::<TopicName>().is_ok());
        assert_eq!(invalid.error_code, ErrorCode::INVALID_TOPIC_EXCEPTION);
    }

    #[test]
    fn one_topic_id_makes_names_count_no_more() {
        let image = two_topics();
        let mut request = named(&["b"]);
        for id in [fixture::topic_id(2), fixture::topic_id(99)] {
            request.topics.as_mut().unwrap().push(MetadataRequestTopic {
                topic_id: id.uuid(),
                name: None,
                ..MetadataRequestTopic::default()
            });
        }
        let asked = Asked::of(&request, &image, 12).unwrap();
        assert_eq!(names(&asked.known), ["__consumer_offsets"]);
        assert_eq!(asked.unknown_ids, [fixture::topic_id(99)]);
        assert!(asked.unknown_names.is_empty());
        // Before version 12 ids and null names are refused.
        let error = Asked::of(&request, &image, 11).err().unwrap();
        assert_eq!(error, ErrorCode::INVALID_REQUEST);
        let refused = refused(&request, error);
        assert_eq!(refused.topics.len(), 3);
        assert_eq!(refused.topics[1].name.as_deref(), Some(""));
    }

    #[test]
    fn a_topic_without_name_and_id_is_a_server_error_as_in_kafka() {
        let mut request = named(&["b"]);
        request
            .topics
            .as_mut()
            .unwrap()
            .push(MetadataRequestTopic { name: None, ..MetadataRequestTopic::default() });
        let error = Asked::of(&request, &two_topics(), 13).err().unwrap();
        assert_eq!(error, ErrorCode::UNKNOWN_SERVER_ERROR);
    }

    #[test]
    fn a_missing_leader_is_told_by_version() {
        let brokers = vec![
            fixture::broker(1, &["A"], false),
            fixture::broker(2, &["B"], false),
            fixture::broker(3, &["A"], true),
        ];
        let image = fixture::image(brokers, vec![]);
        let view = View { image: &image, listener: "A" };
        let at = |partition: &PartitionRegistration, version| {
            let found = describe_partition(view, PartitionIndex::new(0), partition, version);
            (found.error_code, found.leader_id, found.replica_nodes, found.offline_replicas)
        };
        let other_listener = fixture::partition(&[2], &[2], 2);
        let replicas = || (vec![2], vec![2]);
        for (version, error) in
            [(5, ErrorCode::LEADER_NOT_AVAILABLE), (6, ErrorCode::LISTENER_NOT_FOUND)]
        {
            assert_eq!(
                at(&other_listener, version),
                (error, -1, replicas().0, replicas().1),
                "{version}"
            );
        }
        let nobody = fixture::partition(&[9], &[9], -1);
        assert_eq!(at(&nobody, 13), (ErrorCode::LEADER_NOT_AVAILABLE, -1, vec![9], vec![9]));
        // A fenced replica is left out of version 0 only.
        let partly = fixture::partition(&[1, 3], &[1], 1);
        assert_eq!(at(&partly, 0), (ErrorCode::REPLICA_NOT_AVAILABLE, 1, vec![1], vec![3]));
        assert_eq!(at(&partly, 1), (ErrorCode::NONE, 1, vec![1, 3], vec![3]));
    }

    #[test]
    fn an_unreachable_leader_is_none() {
        let brokers = vec![fixture::broker(1, &["A"], false), fixture::broker(2, &["A"], false)];
        let led_by = |leader| fixture::partition(&[1, 2], &[1, 2], leader);
        let image = fixture::image(brokers, vec![("a", vec![led_by(1), led_by(2)])]);
        let view = View { image: &image, listener: "A" };
        let mut topic = describe(view, image.topic(&TopicName::new("a")).unwrap(), 13);
        leave_out_leaders(&mut topic, &BTreeSet::from([BrokerId::new(2)]));
        let told = topic.partitions.iter().map(|one| (one.error_code, one.leader_id));
        let (reachable, not) = ((ErrorCode::NONE, 1), (ErrorCode::LEADER_NOT_AVAILABLE, -1));
        assert_eq!(told.collect::<Vec<_>>(), [reachable, not]);
    }

    #[test]
    fn brokers_are_those_alive_at_the_listener() {
        let brokers_known = vec![
            fixture::broker(1, &["A", "B"], false),
            fixture::broker(2, &["A"], false),
            fixture::broker(3, &["B"], true),
        ];
        let image = fixture::image(brokers_known, vec![]);
        let at = |listener| {
            let found = brokers(View { image: &image, listener }, &BTreeSet::new());
            found.iter().map(|b| (b.node_id, b.host.to_string(), b.port)).collect::<Vec<_>>()
        };
        assert_eq!(at("A"), [(1, "host1".into(), 9000), (2, "host2".into(), 9000)]);
        assert_eq!(at("B"), [(1, "host1".into(), 9001)]);
        let departed = BTreeSet::from([BrokerId::new(3)]);
        let found = brokers(View { image: &image, listener: "B" }, &departed);
        assert_eq!(found.iter().map(|b| b.node_id).collect::<Vec<_>>(), [1, 3]);
    }
}
