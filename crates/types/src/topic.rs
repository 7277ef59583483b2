//! Topics and partitions.

use crate::newtype::{integer_newtype, string_newtype};
use crate::uuid::Uuid;
use std::fmt;
use std::str::FromStr;

string_newtype! {
    /// A topic's name. `new` wraps without checking (names in existing metadata are valid);
    /// `parse` checks what Kafka checks.
    TopicName
}
integer_newtype! {
    /// The number of a partition within its topic, from 0.
    PartitionIndex(i32)
}

/// A topic's id, unique over re-creation under the same name (KIP-516).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TopicId(Uuid);

impl TopicId {
    /// "No id": requests by name.
    pub const ZERO: Self = Self(Uuid::ZERO);
    /// The id of `__cluster_metadata`.
    pub const METADATA: Self = Self(Uuid::ONE);

    /// Wraps an id that was read or drawn.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The plain UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a topic name is refused, in Kafka's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTopicName(String);

impl fmt::Display for InvalidTopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidTopicName {}

impl TopicName {
    /// The longest name: 249, so that `name-partition.<uuid>-delete` fits a file name.
    pub const LENGTH_MAX: usize = 249;

    /// Whether the name is one of the coordinators' own topics.
    pub fn is_internal(&self) -> bool {
        matches!(
            self.as_str(),
            "__consumer_offsets" | "__transaction_state" | "__share_group_state"
        )
    }

    /// Two names collide when they differ only in `.` and `_` (metric names cannot tell them apart).
    pub fn collides_with(&self, other: &Self) -> bool {
        self.as_str().replace('.', "_") == other.as_str().replace('.', "_")
    }
}

impl FromStr for TopicName {
    type Err = InvalidTopicName;

    /// The checks and messages of Kafka's `Topic.validate`.
    fn from_str(name: &str) -> Result<Self, InvalidTopicName> {
        let refuse = |why: &str| Err(InvalidTopicName(format!("Topic name is invalid: {why}")));
        if name.is_empty() {
            return refuse("the empty string is not allowed");
        }
        if name == "." {
            return refuse("'.' is not allowed");
        }
        if name == ".." {
            return refuse("'..' is not allowed");
        }
        if name.len() > Self::LENGTH_MAX {
            return refuse(&format!(
                "the length of '{name}' is longer than the max allowed length {}",
                Self::LENGTH_MAX
            ));
        }
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
            return refuse(&format!(
                "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
            ));
        }
        Ok(Self::new(name))
    }
}

/// A partition by topic name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: TopicName,
    /// The partition's number.
    pub partition: PartitionIndex,
}

impl TopicPartition {
    /// Pairs a topic and a partition.
    pub fn new(topic: TopicName, partition: PartitionIndex) -> Self {
        Self { topic, partition }
    }
}

impl fmt::Display for TopicPartition {
    /// `topic-N`, also the name of the partition's directory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// A partition by topic id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TopicIdPartition {
    /// The topic's id.
    pub topic_id: TopicId,
    /// The partition's number.
    pub partition: PartitionIndex,
}

impl fmt::Display for TopicIdPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.topic_id, self.partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_refuses_as_kafka_does() {
        for good in ["a", "A.b_c-9", &"x".repeat(249)] {
            assert!(good.parse::<TopicName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a b", "a/b", "é", &"x".repeat(250)] {
            assert!(bad.parse::<TopicName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_that_differ_in_dot_and_underscore_collide() {
        let name = TopicName::new;
        assert!(name("a.b_c").collides_with(&name("a_b.c")));
        assert!(!name("a.b").collides_with(&name("a-b")));
    }
}
