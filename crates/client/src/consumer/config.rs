//! Settings and records of a consumer.

use crate::assignor::Assignor;
use bytes::Bytes;
use keld_record::{Header, TimestampType};
use keld_types::{GroupId, IsolationLevel, LeaderEpoch, Offset, TopicPartition};
use std::time::Duration;

/// Where to start without a committed offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OffsetReset {
    /// At the log start offset.
    Earliest,
    /// At the end.
    #[default]
    Latest,
    /// Nowhere: an error.
    None,
}

/// Settings of a consumer, with Kafka's defaults.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `group.id`; without one only [`Consumer::assign`] works and nothing is committed.
    pub group: Option<GroupId>,
    /// `group.instance.id`: makes the member static.
    pub instance_id: Option<String>,
    /// `partition.assignment.strategy`, best first.
    pub assignors: Vec<Assignor>,
    /// `enable.auto.commit`.
    pub auto_commit: bool,
    /// `auto.commit.interval.ms`.
    pub auto_commit_interval: Duration,
    /// `auto.offset.reset`.
    pub offset_reset: OffsetReset,
    /// `isolation.level`.
    pub isolation: IsolationLevel,
    /// `session.timeout.ms`.
    pub session_timeout: Duration,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval: Duration,
    /// `max.poll.interval.ms`.
    pub poll_interval_max: Duration,
    /// `max.poll.records`.
    pub poll_records_max: usize,
    /// `fetch.min.bytes`.
    pub fetch_bytes_min: i32,
    /// `fetch.max.bytes`.
    pub fetch_bytes_max: i32,
    /// `max.partition.fetch.bytes`.
    pub partition_fetch_bytes_max: i32,
    /// `fetch.max.wait.ms`.
    pub fetch_wait_max: Duration,
    /// `allow.auto.create.topics`.
    pub create_topics: bool,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self {
            group: None,
            instance_id: None,
            assignors: vec![Assignor::Range, Assignor::CooperativeSticky],
            auto_commit: true,
            auto_commit_interval: Duration::from_secs(5),
            offset_reset: OffsetReset::Latest,
            isolation: IsolationLevel::ReadUncommitted,
            session_timeout: Duration::from_secs(45),
            heartbeat_interval: Duration::from_secs(3),
            poll_interval_max: Duration::from_secs(300),
            poll_records_max: 500,
            fetch_bytes_min: 1,
            fetch_bytes_max: 50 << 20,
            partition_fetch_bytes_max: 1 << 20,
            fetch_wait_max: Duration::from_millis(500),
            create_topics: true,
        }
    }
}

/// A record that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerRecord {
    /// Its partition.
    pub partition: TopicPartition,
    /// Its offset.
    pub offset: Offset,
    /// The epoch of the leader that wrote it.
    pub leader_epoch: LeaderEpoch,
    /// Milliseconds since 1970, or −1.
    pub timestamp: i64,
    /// Who set the timestamp.
    pub timestamp_type: TimestampType,
    /// The key.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
}

/// A position to commit, with a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetAndMetadata {
    /// The next record to read.
    pub offset: Offset,
    /// A note for whoever looks.
    pub metadata: String,
}

/// What happened to the assignment, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RebalanceEvent {
    /// These are ours from now on.
    Assigned(Vec<TopicPartition>),
    /// These were given up; their positions were committed if auto-commit is on.
    Revoked(Vec<TopicPartition>),
    /// These were lost without being asked: somebody else may read them already.
    Lost(Vec<TopicPartition>),
}
