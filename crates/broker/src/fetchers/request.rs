//! A follower's requests, and what is in the answers.

use super::Key;
use super::session::Wish;
use keld_replication::FollowerPosition;
use keld_types::{BrokerEpoch, BrokerId, ErrorCode, Offset, PartitionIndex, TopicId};
use keld_types::{LeaderEpoch, TopicPartition};
use keld_wire::messages::fetch_request::{
    FetchPartition, FetchTopic, ForgottenTopic, ReplicaState,
};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::{FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse};
use std::collections::BTreeMap;

/// From this version of Fetch on partitions are named by topic id.
pub(super) const FETCH_VERSION_MIN: i16 = 13;
/// From this version on a replica tells its broker's epoch.
const REPLICA_STATE_SINCE: i16 = 15;

/// ListOffsets' timestamps of the ends of a log.
pub(super) const LATEST: i64 = -1;
pub(super) const EARLIEST: i64 = -2;

/// How much, and for how long.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) replica: BrokerId,
    pub(super) broker_epoch: BrokerEpoch,
    pub(super) max_wait_ms: i32,
    pub(super) min_bytes: i32,
    pub(super) max_bytes: i32,
    pub(super) partition_max_bytes: i32,
    /// Less of these, which are throttled.
    pub(super) throttled: BTreeMap<Key, i32>,
}

fn by_topic<T>(items: impl IntoIterator<Item = (Key, T)>) -> Vec<(TopicId, Vec<T>)> {
    let mut topics: BTreeMap<TopicId, Vec<T>> = BTreeMap::new();
    for ((id, _), item) in items {
        topics.entry(id).or_default().push(item);
    }
    topics.into_iter().collect()
}

/// The request for a session's wish, at a version.
pub(super) fn fetch(terms: &Terms, wish: &Wish, version: i16) -> FetchRequest {
    let partition = |(key, at): &(Key, FollowerPosition)| {
        let partition = FetchPartition {
            partition: key.1.get(),
            current_leader_epoch: at.leader_epoch.get(),
            fetch_offset: at.fetch_offset.get(),
            last_fetched_epoch: at.last_fetched_epoch.map_or(-1, LeaderEpoch::get),
            log_start_offset: at.log_start.get(),
            partition_max_bytes: terms
                .throttled
                .get(key)
                .map_or(terms.partition_max_bytes, |max| terms.partition_max_bytes.min(*max)),
            ..FetchPartition::default()
        };
        (*key, partition)
    };
    let topic = |(id, partitions): (TopicId, Vec<FetchPartition>)| FetchTopic {
        topic_id: id.uuid(),
        partitions,
        ..FetchTopic::default()
    };
    let forgotten = |(id, partitions): (TopicId, Vec<i32>)| ForgottenTopic {
        topic_id: id.uuid(),
        partitions,
        ..ForgottenTopic::default()
    };
    let mut request = FetchRequest {
        max_wait_ms: terms.max_wait_ms,
        min_bytes: terms.min_bytes,
        max_bytes: terms.max_bytes,
        session_id: wish.session_id,
        session_epoch: wish.epoch,
        topics: by_topic(wish.named.iter().map(partition)).into_iter().map(topic).collect(),
        forgotten_topics_data: by_topic(wish.forgotten.iter().map(|key| (*key, key.1.get())))
            .into_iter()
            .map(forgotten)
            .collect(),
        ..FetchRequest::default()
    };
    if version >= REPLICA_STATE_SINCE {
        request.replica_state = ReplicaState {
            replica_id: terms.replica.get(),
            replica_epoch: terms.broker_epoch.get(),
            ..ReplicaState::default()
        };
    } else {
        request.replica_id = terms.replica.get();
    }
    request
}

/// What an answer has of each partition.
pub(super) fn partitions(
    response: FetchResponse,
) -> impl Iterator<Item = (Key, keld_wire::messages::fetch_response::PartitionData)> {
    response.responses.into_iter().flat_map(|topic| {
        let id = TopicId::new(topic.topic_id);
        let partitions = topic.partitions.into_iter();
        partitions.map(move |data| ((id, PartitionIndex::new(data.partition_index)), data))
    })
}

/// Asks for one end of a leader's log.
pub(super) fn list_offsets(
    replica: BrokerId,
    partition: &TopicPartition,
    leader_epoch: LeaderEpoch,
    timestamp: i64,
) -> ListOffsetsRequest {
    let asked = ListOffsetsPartition {
        partition_index: partition.partition.get(),
        current_leader_epoch: leader_epoch.get(),
        timestamp,
        ..ListOffsetsPartition::default()
    };
    let topic = ListOffsetsTopic {
        name: partition.topic.as_str().into(),
        partitions: vec![asked],
        ..ListOffsetsTopic::default()
    };
    ListOffsetsRequest {
        replica_id: replica.get(),
        topics: vec![topic],
        ..ListOffsetsRequest::default()
    }
}

/// The offset in the answer.
pub(super) fn listed_offset(response: &ListOffsetsResponse) -> Result<Offset, ErrorCode> {
    let partition = response.topics.first().and_then(|topic| topic.partitions.first());
    let partition = partition.ok_or(ErrorCode::UNKNOWN_SERVER_ERROR)?;
    if partition.error_code.is_none() {
        Ok(Offset::new(partition.offset))
    } else {
        Err(partition.error_code)
    }
}
