//! Groups of the consumer (KIP-848), share (KIP-932) and streams (KIP-1071) protocols, as found in
//! a log that Kafka wrote.
//!
//! Those protocols are not served. Their records are kept as bytes, so that nothing is lost: the
//! group is listed, its committed offsets are served, and it can be deleted. Members cannot
//! heartbeat, so after a load they are removed when a session timeout has passed, with the records
//! Kafka writes for members whose session expired; then a classic group may take the name over.

use crate::record::{self, CoordinatorRecord, kind};
use bytes::{Buf, Bytes, BytesMut};
use keld_types::{Offset, TopicName};
use keld_wire::coordinator_records::{
    ConsumerGroupMemberMetadataValue, ConsumerGroupRegularExpressionValue,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which of the newer protocols.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    Consumer,
    Share,
    Streams,
}

impl Protocol {
    fn of(record_type: i16) -> Self {
        match record_type {
            kind::SHARE_MEMBER..=kind::SHARE_STATE_PARTITION => Self::Share,
            kind::STREAMS_METADATA..=kind::STREAMS_TOPOLOGY => Self::Streams,
            _consumer => Self::Consumer,
        }
    }

    /// As ListGroups names the type and the protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Share => "share",
            Self::Streams => "streams",
        }
    }

    fn metadata_type(self) -> i16 {
        match self {
            Self::Consumer => kind::CONSUMER_METADATA,
            Self::Share => kind::SHARE_METADATA,
            Self::Streams => kind::STREAMS_METADATA,
        }
    }

    fn target_metadata_type(self) -> i16 {
        match self {
            Self::Consumer => kind::CONSUMER_TARGET_METADATA,
            Self::Share => kind::SHARE_TARGET_METADATA,
            Self::Streams => kind::STREAMS_TARGET_METADATA,
        }
    }

    fn member_type(self) -> i16 {
        match self {
            Self::Consumer => kind::CONSUMER_MEMBER,
            Self::Share => kind::SHARE_MEMBER,
            Self::Streams => kind::STREAMS_MEMBER,
        }
    }

    fn current_member_type(self) -> i16 {
        match self {
            Self::Consumer => kind::CONSUMER_CURRENT_MEMBER,
            Self::Share => kind::SHARE_CURRENT_MEMBER,
            Self::Streams => kind::STREAMS_CURRENT_MEMBER,
        }
    }

    fn target_member_type(self) -> i16 {
        match self {
            Self::Consumer => kind::CONSUMER_TARGET_MEMBER,
            Self::Share => kind::SHARE_TARGET_MEMBER,
            Self::Streams => kind::STREAMS_TARGET_MEMBER,
        }
    }

    /// The number that says "nothing left to do" in a member's state.
    fn stable_member_state(self) -> i8 {
        match self {
            Self::Consumer | Self::Share => 0,
            Self::Streams => 1,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct ModernRecord {
    value: Bytes,
    offset: Offset,
}

/// One group: the latest record of each key. Never without a record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ModernGroup {
    records: BTreeMap<Bytes, ModernRecord>,
}

impl ModernGroup {
    /// Applies a record; the bytes are copied, as they may be a slice of a large read.
    pub(crate) fn apply(&mut self, record: &CoordinatorRecord, offset: Offset) {
        match &record.value {
            Some(value) => {
                let value = Bytes::copy_from_slice(value);
                self.records
                    .insert(Bytes::copy_from_slice(&record.key), ModernRecord { value, offset });
            }
            None => {
                self.records.remove(&record.key);
            }
        }
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.records.is_empty()
    }

    /// Where its latest record stands.
    pub(crate) fn last_offset(&self) -> Offset {
        self.records.values().map(|record| record.offset).max().unwrap_or(Offset::NONE)
    }

    /// The protocol of the latest record.
    pub(crate) fn protocol(&self) -> Protocol {
        self.records
            .iter()
            .max_by_key(|(_, record)| record.offset)
            .map_or(Protocol::Consumer, |(key, _)| Protocol::of(type_of(key)))
    }

    fn of_type(&self, record_type: i16) -> impl Iterator<Item = (&Bytes, &ModernRecord)> {
        self.records.iter().filter(move |(key, _)| type_of(key) == record_type)
    }

    fn epoch(&self, record_type: i16) -> Option<i32> {
        self.of_type(record_type).next().and_then(|(_, record)| int32_at(&record.value, 2))
    }

    pub(crate) fn members(&self) -> BTreeSet<Arc<str>> {
        let protocol = self.protocol();
        self.of_type(protocol.member_type())
            .chain(self.of_type(protocol.current_member_type()))
            .filter_map(|(key, _)| member_of(key))
            .collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// The epoch a member is in; `None` when there is no such member.
    pub(crate) fn member_epoch(&self, member: &str) -> Option<i32> {
        self.members().get(member)?;
        let current = self
            .of_type(self.protocol().current_member_type())
            .find(|(key, _)| member_of(key).as_deref() == Some(member));
        Some(current.and_then(|(_, record)| int32_at(&record.value, 2)).unwrap_or(0))
    }

    /// The group's state in the words of its protocol.
    pub(crate) fn state(&self) -> &'static str {
        let protocol = self.protocol();
        if self.is_empty() {
            return "Empty";
        }
        if protocol == Protocol::Share {
            return "Stable";
        }
        if protocol == Protocol::Streams && !self.topology_is_valid() {
            return "NotReady";
        }
        let assignment_epoch = self.epoch(protocol.target_metadata_type()).unwrap_or(-1);
        if self.epoch(protocol.metadata_type()).unwrap_or(0) > assignment_epoch {
            return "Assigning";
        }
        let mut reconciled = self.of_type(protocol.current_member_type()).map(|(_, record)| {
            int32_at(&record.value, 2) == Some(assignment_epoch)
                && record.value.get(10).map(|state| i8::from_be_bytes([*state]))
                    == Some(protocol.stable_member_state())
        });
        if reconciled.all(|reconciled| reconciled) { "Stable" } else { "Reconciling" }
    }

    fn topology_is_valid(&self) -> bool {
        use keld_wire::coordinator_records::StreamsGroupMetadataValue;
        let validated = self.of_type(kind::STREAMS_METADATA).next().and_then(|(_, record)| {
            let (version, body) = record::value_version(&record.value).ok()?;
            let value: StreamsGroupMetadataValue =
                record::decode(body, version, "streams group metadata").ok()?;
            Some(value.validated_topology_epoch)
        });
        let topology = self.epoch(kind::STREAMS_TOPOLOGY);
        topology.is_some() && topology == validated
    }

    /// Whether some member reads the topic. What cannot be told counts as yes, so that no offset is
    /// expired by mistake.
    pub(crate) fn is_subscribed_to(&self, topic: &TopicName) -> bool {
        if self.is_empty() {
            return false;
        }
        if self.protocol() != Protocol::Consumer {
            return true;
        }
        let names = |topics: &[keld_wire::Str]| topics.iter().any(|name| **name == *topic.as_str());
        self.of_type(kind::CONSUMER_MEMBER).any(|(_, record)| {
            let Ok((version, body)) = record::value_version(&record.value) else { return true };
            record::decode::<ConsumerGroupMemberMetadataValue>(body, version, "member metadata")
                .map_or(true, |value| names(&value.subscribed_topic_names))
        }) || self.of_type(kind::CONSUMER_REGULAR_EXPRESSION).any(|(_, record)| {
            let Ok((version, body)) = record::value_version(&record.value) else { return true };
            record::decode::<ConsumerGroupRegularExpressionValue>(body, version, "expression")
                .map_or(true, |value| names(&value.topics))
        })
    }

    /// Whether the share coordinator keeps state of this group, which deleting the group would
    /// leave behind.
    pub(crate) fn has_share_state(&self) -> bool {
        self.of_type(kind::SHARE_STATE_PARTITION).next().is_some()
    }

    /// Removes every record of the group.
    pub(crate) fn tombstones(&self) -> impl Iterator<Item = CoordinatorRecord> {
        // Members before the group, as Kafka wants them on replay: within one protocol their
        // types have the greater numbers, but for the partition metadata, which may come at any time.
        self.records.keys().rev().map(tombstone)
    }

    /// What Kafka writes when the sessions of all members have expired.
    pub(crate) fn expire_members(&self) -> Vec<CoordinatorRecord> {
        let protocol = self.protocol();
        let mut records: Vec<CoordinatorRecord> =
            [protocol.current_member_type(), protocol.target_member_type(), protocol.member_type()]
                .into_iter()
                .flat_map(|record_type| self.of_type(record_type))
                .map(|(key, _)| tombstone(key))
                .collect();
        if let Some((key, metadata)) = self.of_type(protocol.metadata_type()).next()
            && let Some(epoch) = int32_at(&metadata.value, 2)
        {
            let mut value = BytesMut::from(&metadata.value[..]);
            value[2..6].copy_from_slice(&epoch.saturating_add(1).to_be_bytes());
            records.push(CoordinatorRecord { key: key.clone(), value: Some(value.freeze()) });
        }
        records
    }
}

fn tombstone(key: &Bytes) -> CoordinatorRecord {
    CoordinatorRecord { key: key.clone(), value: None }
}

fn type_of(key: &Bytes) -> i16 {
    key.get(..2).map_or(-1, |bytes| i16::from_be_bytes([bytes[0], bytes[1]]))
}

/// The second string of a key: the member's id.
fn member_of(key: &Bytes) -> Option<Arc<str>> {
    let mut key = key.clone();
    key.try_get_i16().ok()?;
    record::first_string(&mut key).ok()?;
    record::first_string(&mut key).ok()
}

/// The 32-bit number at a place of a value: epochs stand first, right after the version.
fn int32_at(value: &Bytes, position: usize) -> Option<i32> {
    let bytes = value.get(position..position + 4)?;
    Some(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
