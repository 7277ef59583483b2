//! A topic's configuration: its overrides over the broker's options over the defaults.

use std::collections::BTreeMap;

use crate::definition::Scope;
use crate::error::ConfigError;
use crate::node::NodeConfig;
use crate::parsed::Parsed;
use crate::support::Support;
use crate::synonyms::topic_synonyms;
use crate::table::{definition, definitions_of};
use keld_types::{BrokerId, PartitionIndex};

/// How old records go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CleanupPolicy {
    /// By age and size of the log.
    pub delete: bool,
    /// By newer records of the same key.
    pub compact: bool,
}

/// Whose time a record carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The broker's, at the append.
    LogAppendTime,
}

/// How the broker stores batches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TopicCompression {
    /// As the producer sent them.
    Producer,
    /// Not compressed.
    Uncompressed,
    /// gzip at this level.
    Gzip(i32),
    /// Snappy.
    Snappy,
    /// LZ4 at this level.
    Lz4(i32),
    /// Zstandard at this level.
    Zstd(i32),
}

/// When a record is safe enough to be acknowledged to acks=all and shown to consumers
/// (`keld.durability`).
///
/// What Kafka's `flush.messages` and `flush.ms` ask for is done in every mode.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Durability {
    /// Once it is on stable storage here.
    Fsync,
    /// Once it is in the page cache here, as in Kafka; synced in the background.
    Replicated,
    /// Once it is in the page cache; synced at a clean stop only.
    Memory,
}

/// Replicas that are copied at the throttled rate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ThrottledReplicas {
    /// Every one (`*`).
    All,
    /// These, each a partition and a broker; perhaps none.
    Listed(Vec<(PartitionIndex, BrokerId)>),
}

/// Everything about one topic's partitions, typed and checked.
#[derive(Clone, PartialEq, Debug)]
pub struct TopicConfig {
    /// `cleanup.policy`.
    pub cleanup_policy: CleanupPolicy,
    /// `compression.type` with its level.
    pub compression: TopicCompression,
    /// `delete.retention.ms`.
    pub delete_retention_ms: i64,
    /// `file.delete.delay.ms`.
    pub file_delete_delay_ms: i64,
    /// `follower.replication.throttled.replicas`.
    pub follower_throttled_replicas: ThrottledReplicas,
    /// `leader.replication.throttled.replicas`.
    pub leader_throttled_replicas: ThrottledReplicas,
    /// `flush.messages`.
    pub flush_messages: i64,
    /// `flush.ms`.
    pub flush_ms: i64,
    /// `index.interval.bytes`.
    pub index_interval_bytes: i32,
    /// `max.compaction.lag.ms`.
    pub max_compaction_lag_ms: i64,
    /// `max.message.bytes`.
    pub max_message_bytes: i32,
    /// `message.timestamp.after.max.ms`.
    pub message_timestamp_after_max_ms: i64,
    /// `message.timestamp.before.max.ms`.
    pub message_timestamp_before_max_ms: i64,
    /// `message.timestamp.type`.
    pub message_timestamp_type: TimestampType,
    /// `min.cleanable.dirty.ratio`.
    pub min_cleanable_dirty_ratio: f64,
    /// `min.compaction.lag.ms`.
    pub min_compaction_lag_ms: i64,
    /// `min.insync.replicas`.
    pub min_insync_replicas: i32,
    /// `preallocate`.
    pub preallocate: bool,
    /// `retention.bytes`; −1 is unlimited.
    pub retention_bytes: i64,
    /// `retention.ms`; −1 is unlimited.
    pub retention_ms: i64,
    /// `segment.bytes`, or `internal.segment.bytes` where set.
    pub segment_bytes: i32,
    /// `segment.index.bytes`.
    pub segment_index_bytes: i32,
    /// `segment.jitter.ms`.
    pub segment_jitter_ms: i64,
    /// `segment.ms`.
    pub segment_ms: i64,
    /// `unclean.leader.election.enable`.
    pub unclean_leader_election_enable: bool,
    /// `keld.durability`.
    pub durability: Durability,
}

impl TopicConfig {
    /// A topic's configuration on a node: `overrides` win over the node's options. Overrides that
    /// are not known or not valid are left out: they were checked when they were set, perhaps by
    /// another version, and a log must open all the same.
    pub fn resolve(node: &NodeConfig, overrides: &BTreeMap<String, String>) -> Self {
        let mut values = node.topic_default_values.clone();
        for (name, value) in overrides {
            let one = BTreeMap::from([(name.clone(), value.clone())]);
            let known = definition(Scope::Topic, name).is_some();
            if known && Parsed::of(definitions_of(Scope::Topic), &one).is_ok() {
                values.insert(name.clone(), value.clone());
            }
        }
        Parsed::new(Scope::Topic, &values)
            .map_or_else(|_| node.topic_defaults.clone(), |parsed| Self::new(&parsed))
    }

    /// How long a segment may stay active: the compaction lag bounds it for compacted topics.
    pub fn max_segment_ms(&self) -> i64 {
        if self.cleanup_policy.compact && self.max_compaction_lag_ms > 0 {
            self.max_compaction_lag_ms.min(self.segment_ms)
        } else {
            self.segment_ms
        }
    }

    /// Kafka's defaults, for tests and tools that have no node.
    pub fn kafka_defaults() -> Self {
        let parsed = Parsed::new(Scope::Topic, &BTreeMap::new())
            .expect("the defaults of the table are valid, which a test checks");
        Self::new(&parsed)
    }

    /// Types a complete set of values.
    pub(crate) fn from_values(values: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        Ok(Self::new(&Parsed::new(Scope::Topic, values)?))
    }

    fn new(parsed: &Parsed) -> Self {
        Self {
            cleanup_policy: cleanup_policy(parsed),
            compression: compression(parsed),
            delete_retention_ms: parsed.long("delete.retention.ms"),
            file_delete_delay_ms: parsed.long("file.delete.delay.ms"),
            follower_throttled_replicas: throttled_replicas(
                parsed.list("follower.replication.throttled.replicas"),
            ),
            leader_throttled_replicas: throttled_replicas(
                parsed.list("leader.replication.throttled.replicas"),
            ),
            flush_messages: parsed.long("flush.messages"),
            flush_ms: parsed.long("flush.ms"),
            index_interval_bytes: parsed.int("index.interval.bytes"),
            max_compaction_lag_ms: parsed.long("max.compaction.lag.ms"),
            max_message_bytes: parsed.int("max.message.bytes"),
            message_timestamp_after_max_ms: parsed.long("message.timestamp.after.max.ms"),
            message_timestamp_before_max_ms: parsed.long("message.timestamp.before.max.ms"),
            message_timestamp_type: timestamp_type(parsed),
            min_cleanable_dirty_ratio: parsed.double("min.cleanable.dirty.ratio"),
            min_compaction_lag_ms: parsed.long("min.compaction.lag.ms"),
            min_insync_replicas: parsed.int("min.insync.replicas"),
            preallocate: parsed.boolean("preallocate"),
            retention_bytes: parsed.long("retention.bytes"),
            retention_ms: parsed.long("retention.ms"),
            segment_bytes: parsed
                .int_or_null("internal.segment.bytes")
                .unwrap_or_else(|| parsed.int("segment.bytes")),
            segment_index_bytes: parsed.int("segment.index.bytes"),
            segment_jitter_ms: parsed.long("segment.jitter.ms"),
            segment_ms: parsed.long("segment.ms"),
            unclean_leader_election_enable: parsed.boolean("unclean.leader.election.enable"),
            durability: durability(parsed),
        }
    }
}

fn cleanup_policy(parsed: &Parsed) -> CleanupPolicy {
    let has = |policy: &str| parsed.list("cleanup.policy").iter().any(|item| item == policy);
    CleanupPolicy { delete: has("delete"), compact: has("compact") }
}

fn compression(parsed: &Parsed) -> TopicCompression {
    match parsed.text("compression.type") {
        "uncompressed" => TopicCompression::Uncompressed,
        "gzip" => TopicCompression::Gzip(parsed.int("compression.gzip.level")),
        "snappy" => TopicCompression::Snappy,
        "lz4" => TopicCompression::Lz4(parsed.int("compression.lz4.level")),
        "zstd" => TopicCompression::Zstd(parsed.int("compression.zstd.level")),
        _ => TopicCompression::Producer,
    }
}

fn durability(parsed: &Parsed) -> Durability {
    match parsed.text("keld.durability") {
        "replicated" => Durability::Replicated,
        "memory" => Durability::Memory,
        _ => Durability::Fsync,
    }
}

/// Reads a list that the validator has let through: `*`, or `partition:broker` each.
fn throttled_replicas(items: &[String]) -> ThrottledReplicas {
    if items.iter().any(|item| item.trim() == "*") {
        return ThrottledReplicas::All;
    }
    let replica = |item: &String| {
        let (partition, broker) = item.split_once(':')?;
        let partition = PartitionIndex::new(partition.trim().parse().ok()?);
        Some((partition, BrokerId::new(broker.trim().parse().ok()?)))
    };
    ThrottledReplicas::Listed(items.iter().filter_map(replica).collect())
}

fn timestamp_type(parsed: &Parsed) -> TimestampType {
    match parsed.text("message.timestamp.type") {
        "LogAppendTime" => TimestampType::LogAppendTime,
        _ => TimestampType::CreateTime,
    }
}

/// `log.retention.ms`, else minutes, else hours; anything negative is −1.
pub(crate) fn broker_retention_ms(broker: &Parsed) -> i64 {
    let ms = broker.long_or_null("log.retention.ms").unwrap_or_else(|| {
        broker.int_or_null("log.retention.minutes").map_or_else(
            || i64::from(broker.int("log.retention.hours")) * 3_600_000,
            |minutes| i64::from(minutes) * 60_000,
        )
    });
    ms.max(-1)
}

/// The topic options that a broker's options determine, with their values.
pub(crate) fn broker_defaults(broker: &Parsed) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = definitions_of(Scope::Topic)
        .filter_map(|row| {
            let found = topic_synonyms(row.name).iter().find_map(|(name, conversion)| {
                broker.get(name).map(|value| conversion.apply(&value.to_string()))
            });
            found.map(|value| (row.name.to_owned(), value))
        })
        .collect();
    values.insert("retention.ms".to_owned(), broker_retention_ms(broker).to_string());
    values
}

/// Checks a topic's complete new set of overrides, as CreateTopics and AlterConfigs do.
/// `existing` are the overrides before the change (empty for a new topic).
pub fn validate_topic_override(
    node: &NodeConfig,
    existing: &BTreeMap<String, String>,
    overrides: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    for (name, value) in overrides {
        let Some(row) = definition(Scope::Topic, name) else {
            return Err(ConfigError::Invalid(format!("Unknown topic config name: {name}")));
        };
        if let (Support::Refused(reason), true) = (row.support, row.default != Some(value.trim())) {
            if name == "remote.storage.enable" && value.trim().eq_ignore_ascii_case("true") {
                return Err(ConfigError::Invalid(
                    "Tiered Storage functionality is disabled in the broker. Topic cannot be \
                     configured with remote log storage."
                        .to_owned(),
                ));
            }
            if !value.trim().eq_ignore_ascii_case(row.default.unwrap_or_default()) {
                return Err(ConfigError::Refused {
                    name: name.clone(),
                    value: value.clone(),
                    reason: reason.to_owned(),
                });
            }
        }
    }
    let mut values = node.topic_default_values.clone();
    values.extend(overrides.iter().map(|(name, value)| (name.clone(), value.clone())));
    let parsed = Parsed::new(Scope::Topic, &values)?;
    let min = parsed.long("min.compaction.lag.ms");
    let max = parsed.long("max.compaction.lag.ms");
    if min > max {
        return Err(ConfigError::Invalid(format!(
            "conflict topic config setting min.compaction.lag.ms ({min}) > \
             max.compaction.lag.ms ({max})"
        )));
    }
    let had_remote = existing.get("remote.storage.enable").is_some_and(|value| value == "true");
    if had_remote && !parsed.boolean("remote.log.delete.on.disable") {
        return Err(ConfigError::Invalid(
            "It is invalid to disable remote storage without deleting remote data. If you want to \
             keep the remote data and turn to read only, please set \
             `remote.storage.enable=true,remote.log.copy.disable=true`. If you want to disable \
             remote storage and delete all remote data, please set \
             `remote.storage.enable=false,remote.log.delete.on.disable=true`."
                .to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
