//! The blobs of the consumer protocol: version, then the message.

use super::Subscription;
use crate::error::ApiError;
use bytes::{BufMut, Bytes, BytesMut};
use keld_types::{ErrorCode, PartitionIndex, TopicName, TopicPartition};
use keld_wire::consumer_protocol::consumer_protocol_assignment::TopicPartition as AssignedTopic;
use keld_wire::consumer_protocol::consumer_protocol_subscription::TopicPartition as OwnedTopic;
use keld_wire::consumer_protocol::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use keld_wire::{Message, Str, decode_message, encode_message};
use std::collections::{BTreeMap, BTreeSet};

/// Writes a subscription. Cooperative members repeat their generation in the user data, for
/// leaders that do not know the field yet.
pub(crate) fn write_subscription(subscription: &Subscription, cooperative: bool) -> Bytes {
    let mut owned: BTreeMap<&TopicName, Vec<i32>> = BTreeMap::new();
    for partition in &subscription.owned {
        owned.entry(&partition.topic).or_default().push(partition.partition.get());
    }
    let message = ConsumerProtocolSubscription {
        topics: subscription.topics.iter().map(|topic| Str::from(topic.as_str())).collect(),
        user_data: cooperative
            .then(|| Bytes::copy_from_slice(&subscription.generation.to_be_bytes())),
        owned_partitions: owned
            .into_iter()
            .map(|(topic, partitions)| OwnedTopic {
                topic: Str::from(topic.as_str()),
                partitions,
                ..OwnedTopic::default()
            })
            .collect(),
        generation_id: subscription.generation,
        rack_id: subscription.rack.as_ref().map(Str::from),
        ..ConsumerProtocolSubscription::default()
    };
    versioned(&message)
}

/// Reads a subscription; later versions are read as the last known one, as they only add.
pub(crate) fn read_subscription(
    blob: &Bytes,
    instance_id: Option<String>,
) -> Result<Subscription, ApiError> {
    let message: ConsumerProtocolSubscription = unversioned(blob)?;
    let mut owned = BTreeSet::new();
    for topic in &message.owned_partitions {
        let name = TopicName::new(topic.topic.as_str());
        for partition in &topic.partitions {
            owned.insert(TopicPartition::new(name.clone(), PartitionIndex::new(*partition)));
        }
    }
    Ok(Subscription {
        topics: message.topics.iter().map(|topic| TopicName::new(topic.as_str())).collect(),
        owned,
        generation: message.generation_id,
        instance_id,
        rack: message.rack_id.as_ref().map(Str::to_string),
    })
}

/// Writes an assignment.
pub(crate) fn write_assignment(partitions: &[TopicPartition]) -> Bytes {
    let mut topics: BTreeMap<&TopicName, Vec<i32>> = BTreeMap::new();
    for partition in partitions {
        topics.entry(&partition.topic).or_default().push(partition.partition.get());
    }
    versioned(&ConsumerProtocolAssignment {
        assigned_partitions: topics
            .into_iter()
            .map(|(topic, partitions)| AssignedTopic {
                topic: Str::from(topic.as_str()),
                partitions,
                ..AssignedTopic::default()
            })
            .collect(),
        ..ConsumerProtocolAssignment::default()
    })
}

/// Reads an assignment; an empty blob is an empty one.
pub(crate) fn read_assignment(blob: &Bytes) -> Result<Vec<TopicPartition>, ApiError> {
    if blob.is_empty() {
        return Ok(Vec::new());
    }
    let message: ConsumerProtocolAssignment = unversioned(blob)?;
    let mut partitions = Vec::new();
    for topic in &message.assigned_partitions {
        let name = TopicName::new(topic.topic.as_str());
        for partition in &topic.partitions {
            partitions.push(TopicPartition::new(name.clone(), PartitionIndex::new(*partition)));
        }
    }
    Ok(partitions)
}

fn versioned<M: Message>(message: &M) -> Bytes {
    let version = M::LATEST_STABLE_VERSION;
    let mut blob = BytesMut::new();
    blob.put_i16(version);
    let body = encode_message(message, version);
    // Names come from brokers or were checked by them, so every length fits; an empty message is
    // still a valid blob for the coordinator, which does not look inside.
    debug_assert!(body.is_ok(), "{body:?}");
    blob.extend_from_slice(&body.unwrap_or_default());
    blob.freeze()
}

fn unversioned<M: Message>(blob: &Bytes) -> Result<M, ApiError> {
    let bad = |reason: String| ApiError {
        code: ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        message: Some(format!("{} cannot be read: {reason}", M::NAME)),
    };
    let Some(prefix) = blob.first_chunk::<2>() else {
        return Err(bad(format!("it has {} bytes", blob.len())));
    };
    let version = i16::from_be_bytes(*prefix);
    if version < M::VALID_VERSIONS.min {
        return Err(bad(format!("version {version}")));
    }
    decode_message(blob.slice(2..), version.min(M::LATEST_STABLE_VERSION))
        .map_err(|error| bad(error.to_string()))
}
