//! The records of `__consumer_offsets`: bytes as Kafka writes them, and what they mean.
//!
//! Reading never fails: what cannot be understood becomes [`Parsed::Skipped`], is counted, and
//! stays in the log untouched.
//!
//! ```text
//! key   = type: int16, key message of that type at version 0
//! value = version: int16, value message at that version      (absent: a tombstone)
//! ```

use crate::offsets::CommittedOffset;
use bytes::{Buf, Bytes};
use keld_types::{GroupId, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicName};
use keld_wire::coordinator_records::{
    GroupMetadataKey, GroupMetadataValue, OffsetCommitKey, OffsetCommitValue,
};
use keld_wire::{Decode, Decoder, Encode, Encoder, Str};
use std::sync::Arc;

/// A key and a value for `__consumer_offsets`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoordinatorRecord {
    /// Never empty.
    pub key: Bytes,
    /// Absent for a tombstone.
    pub value: Option<Bytes>,
}

impl CoordinatorRecord {
    /// Bytes of key and value together.
    pub fn length(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Bytes::len)
    }
}

/// Record types of Kafka 4.3 that are understood by number.
pub(crate) mod kind {
    pub(crate) const LEGACY_OFFSET_COMMIT: i16 = 0;
    pub(crate) const OFFSET_COMMIT: i16 = 1;
    pub(crate) const GROUP_METADATA: i16 = 2;
    pub(crate) const CONSUMER_METADATA: i16 = 3;
    pub(crate) const CONSUMER_MEMBER: i16 = 5;
    pub(crate) const CONSUMER_TARGET_METADATA: i16 = 6;
    pub(crate) const CONSUMER_TARGET_MEMBER: i16 = 7;
    pub(crate) const CONSUMER_CURRENT_MEMBER: i16 = 8;
    pub(crate) const SHARE_MEMBER: i16 = 10;
    pub(crate) const SHARE_METADATA: i16 = 11;
    pub(crate) const SHARE_TARGET_METADATA: i16 = 12;
    pub(crate) const SHARE_TARGET_MEMBER: i16 = 13;
    pub(crate) const SHARE_CURRENT_MEMBER: i16 = 14;
    pub(crate) const SHARE_STATE_PARTITION: i16 = 15;
    pub(crate) const CONSUMER_REGULAR_EXPRESSION: i16 = 16;
    pub(crate) const STREAMS_METADATA: i16 = 17;
    pub(crate) const STREAMS_MEMBER: i16 = 19;
    pub(crate) const STREAMS_TARGET_METADATA: i16 = 20;
    pub(crate) const STREAMS_TARGET_MEMBER: i16 = 21;
    pub(crate) const STREAMS_CURRENT_MEMBER: i16 = 22;
    pub(crate) const STREAMS_TOPOLOGY: i16 = 23;
}

/// The value version of GroupMetadata that Kafka 4.3 writes.
const GROUP_METADATA_VALUE_VERSION: i16 = 3;
/// The value version of OffsetCommit with an expiry of its own; it can carry nothing newer.
const OFFSET_COMMIT_VALUE_VERSION_EXPIRING: i16 = 1;
/// The value version of every other OffsetCommit.
const OFFSET_COMMIT_VALUE_VERSION: i16 = 4;

/// What a record says.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// A committed offset, or its removal.
    Offset {
        group: GroupId,
        topic: TopicName,
        partition: PartitionIndex,
        value: Option<CommittedOffset>,
    },
    /// A classic group, or its removal.
    Group { group: GroupId, value: Option<GroupMetadataValue> },
    /// Any record of a consumer, share or streams group.
    Modern { group: GroupId },
    /// Not understood; why.
    Skipped(String),
}

/// Reads a record that stands at `offset`.
pub(crate) fn parse(record: &CoordinatorRecord, offset: Offset) -> Parsed {
    match try_parse(record, offset) {
        Ok(parsed) => parsed,
        Err(reason) => Parsed::Skipped(reason),
    }
}

fn try_parse(record: &CoordinatorRecord, offset: Offset) -> Result<Parsed, String> {
    let mut key = record.key.clone();
    let record_type = key.try_get_i16().map_err(|_| "key too short".to_owned())?;
    match record_type {
        kind::LEGACY_OFFSET_COMMIT | kind::OFFSET_COMMIT => {
            let key: OffsetCommitKey = decode(key, 0, "offset commit key")?;
            let value =
                record.value.as_ref().map(|value| parse_offset(value, offset)).transpose()?;
            Ok(Parsed::Offset {
                group: GroupId::new(&*key.group),
                topic: TopicName::new(&*key.topic),
                partition: PartitionIndex::new(key.partition),
                value,
            })
        }
        kind::GROUP_METADATA => {
            let key: GroupMetadataKey = decode(key, 0, "group metadata key")?;
            let value = match &record.value {
                None => None,
                Some(value) => {
                    let (version, body) = value_version(value)?;
                    if !(0..=4).contains(&version) {
                        return Err(format!("group metadata value of version {version}"));
                    }
                    Some(decode(body, version, "group metadata value")?)
                }
            };
            Ok(Parsed::Group { group: GroupId::new(&*key.group), value })
        }
        kind::CONSUMER_METADATA..=kind::CONSUMER_CURRENT_MEMBER
        | kind::SHARE_MEMBER..=kind::STREAMS_METADATA
        | kind::STREAMS_MEMBER..=kind::STREAMS_TOPOLOGY => {
            Ok(Parsed::Modern { group: GroupId::new(first_string(&mut key)?) })
        }
        other => Err(format!("record type {other}")),
    }
}

fn parse_offset(value: &Bytes, offset: Offset) -> Result<CommittedOffset, String> {
    let (version, body) = value_version(value)?;
    if !(0..=4).contains(&version) {
        return Err(format!("offset commit value of version {version}"));
    }
    let value: OffsetCommitValue = decode(body, version, "offset commit value")?;
    Ok(CommittedOffset {
        record_offset: offset,
        offset: Offset::new(value.offset),
        leader_epoch: match value.leader_epoch {
            epoch if epoch < 0 => LeaderEpoch::NONE,
            epoch => LeaderEpoch::new(epoch),
        },
        metadata: Arc::from(&*value.metadata),
        commit_timestamp_ms: value.commit_timestamp,
        // −1 is "none", never a moment in the past (KAFKA-8069).
        expire_timestamp_ms: Some(value.expire_timestamp).filter(|expiry| *expiry >= 0),
        topic_id: TopicId::new(value.topic_id),
    })
}

/// All keys of the newer groups begin with the group's name.
pub(crate) fn first_string(input: &mut Bytes) -> Result<Arc<str>, String> {
    let length = input.try_get_i16().map_err(|_| "key too short".to_owned())?;
    let length = usize::try_from(length).map_err(|_| "negative length in key".to_owned())?;
    if length > input.len() {
        return Err("key too short".to_owned());
    }
    let text = input.split_to(length);
    std::str::from_utf8(&text).map(Arc::from).map_err(|_| "key is not UTF-8".to_owned())
}

/// The version a value begins with, and the rest.
pub(crate) fn value_version(value: &Bytes) -> Result<(i16, Bytes), String> {
    let mut body = value.clone();
    let version = body.try_get_i16().map_err(|_| "value too short".to_owned())?;
    Ok((version, body))
}

pub(crate) fn decode<T: Decode>(body: Bytes, version: i16, what: &str) -> Result<T, String> {
    T::decode(&mut Decoder::new(body), version).map_err(|error| format!("{what}: {error}"))
}

/// A key or a value: its number, then the message.
pub(crate) fn encode<T: Encode>(number: i16, message: &T, version: i16) -> Bytes {
    let mut out = Encoder::new();
    out.i16(number);
    message
        .encode(&mut out, version)
        .and_then(|()| out.finish_bytes())
        .expect("every field is one of this version, and requests with longer strings are refused")
}

fn offset_key(group: &GroupId, topic: &TopicName, partition: PartitionIndex) -> Bytes {
    let key = OffsetCommitKey {
        group: Str::from(group.as_str()),
        topic: Str::from(topic.as_str()),
        partition: partition.get(),
        ..OffsetCommitKey::default()
    };
    encode(kind::OFFSET_COMMIT, &key, 0)
}

/// Commits an offset. Its `record_offset` is not written: it is where the record will stand.
pub(crate) fn offset_commit(
    group: &GroupId,
    topic: &TopicName,
    partition: PartitionIndex,
    offset: &CommittedOffset,
) -> CoordinatorRecord {
    let mut value = OffsetCommitValue {
        offset: offset.offset.get(),
        metadata: Str::from(&*offset.metadata),
        commit_timestamp: offset.commit_timestamp_ms,
        ..OffsetCommitValue::default()
    };
    let version = match offset.expire_timestamp_ms {
        Some(expiry) => {
            value.expire_timestamp = expiry;
            OFFSET_COMMIT_VALUE_VERSION_EXPIRING
        }
        None => {
            value.leader_epoch = offset.leader_epoch.get();
            value.topic_id = offset.topic_id.uuid();
            OFFSET_COMMIT_VALUE_VERSION
        }
    };
    CoordinatorRecord {
        key: offset_key(group, topic, partition),
        value: Some(encode(version, &value, version)),
    }
}

/// Removes a committed offset.
pub(crate) fn offset_tombstone(
    group: &GroupId,
    topic: &TopicName,
    partition: PartitionIndex,
) -> CoordinatorRecord {
    CoordinatorRecord { key: offset_key(group, topic, partition), value: None }
}

fn group_key(group: &GroupId) -> Bytes {
    let key = GroupMetadataKey { group: Str::from(group.as_str()), ..GroupMetadataKey::default() };
    encode(kind::GROUP_METADATA, &key, 0)
}

/// A classic group's state.
pub(crate) fn group_metadata(group: &GroupId, value: &GroupMetadataValue) -> CoordinatorRecord {
    CoordinatorRecord {
        key: group_key(group),
        value: Some(encode(GROUP_METADATA_VALUE_VERSION, value, GROUP_METADATA_VALUE_VERSION)),
    }
}

/// Removes a classic group.
pub(crate) fn group_tombstone(group: &GroupId) -> CoordinatorRecord {
    CoordinatorRecord { key: group_key(group), value: None }
}
