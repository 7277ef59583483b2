//! A topic's configuration as its partitions obey it.

use keld_config::{
    Durability, NodeConfig, ThrottledReplicas, TimestampType, TopicCompression, TopicConfig,
};
use keld_log::{AppendRules, LogConfig};
use keld_metadata::{ClusterImage, ConfigResource};
use keld_record::{Compression, CompressionTarget, CompressionWithLevel};
use keld_replication::{CountsWhen, Settings, ThrottledPartitions};
use keld_types::{BrokerId, TopicName};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a topic's partitions obey: its overrides over the node's options.
pub(crate) fn settings_of(node: &NodeConfig, image: &ClusterImage, topic: &TopicName) -> Settings {
    let config = match image.config(&ConfigResource::topic(topic.as_str())) {
        Some(overrides) => TopicConfig::resolve(node, overrides),
        None => node.topic_defaults.clone(),
    };
    from_config(node, &config)
}

fn from_config(node: &NodeConfig, config: &TopicConfig) -> Settings {
    let unsigned = |value: i32| u64::try_from(value).unwrap_or(0);
    Settings {
        log: LogConfig {
            segment_bytes: unsigned(config.segment_bytes),
            segment_ms: config.max_segment_ms(),
            segment_jitter_ms: config.segment_jitter_ms,
            segment_index_bytes: unsigned(config.segment_index_bytes),
            index_interval_bytes: unsigned(config.index_interval_bytes),
            flush_messages: config.flush_messages,
            flush_ms: config.flush_ms,
            flush_sealed: config.durability != Durability::Memory,
            retention_bytes: config.retention_bytes,
            retention_ms: config.retention_ms,
            file_delete_delay_ms: config.file_delete_delay_ms,
            delete: config.cleanup_policy.delete,
            compact: config.cleanup_policy.compact,
            delete_retention_ms: config.delete_retention_ms,
            min_compaction_lag_ms: config.min_compaction_lag_ms,
            max_compaction_lag_ms: config.max_compaction_lag_ms,
            min_cleanable_dirty_ratio: config.min_cleanable_dirty_ratio,
            preallocate: config.preallocate,
            free_bytes_min: u64::try_from(node.log.disk_free_min_bytes).unwrap_or(0),
            producer_id_expiration_ms: i64::from(node.transactions.producer_id_expiration_ms),
            append: AppendRules {
                compression: compression(config.compression),
                timestamp_type: match config.message_timestamp_type {
                    TimestampType::CreateTime => keld_record::TimestampType::CreateTime,
                    TimestampType::LogAppendTime => keld_record::TimestampType::LogAppendTime,
                },
                timestamp_before_max_ms: config.message_timestamp_before_max_ms,
                timestamp_after_max_ms: config.message_timestamp_after_max_ms,
                max_message_bytes: u32::try_from(config.max_message_bytes).unwrap_or(0),
            },
        },
        min_insync_replicas: usize::try_from(config.min_insync_replicas).unwrap_or(1),
        counts_when: match config.durability {
            Durability::Fsync => CountsWhen::Durable,
            Durability::Replicated | Durability::Memory => CountsWhen::Appended,
        },
        throttled_leading: throttled_here(&config.leader_throttled_replicas, node.node_id),
        throttled_following: throttled_here(&config.follower_throttled_replicas, node.node_id),
    }
}

/// The partitions whose replica on this node is throttled.
fn throttled_here(replicas: &ThrottledReplicas, local: BrokerId) -> ThrottledPartitions {
    match replicas {
        ThrottledReplicas::All => ThrottledPartitions::All,
        ThrottledReplicas::Listed(replicas) => {
            let here = replicas.iter().filter(|(_, broker)| *broker == local);
            let partitions: BTreeSet<_> = here.map(|(partition, _)| *partition).collect();
            if partitions.is_empty() {
                ThrottledPartitions::None
            } else {
                ThrottledPartitions::Some(Arc::new(partitions))
            }
        }
    }
}

fn compression(config: TopicCompression) -> CompressionTarget {
    let codec = |codec: Compression| CompressionTarget::Codec(CompressionWithLevel::from(codec));
    let at_level = |codec: Compression, level| {
        CompressionTarget::Codec(
            CompressionWithLevel::new(codec, level)
                .unwrap_or_else(|_| CompressionWithLevel::from(codec)),
        )
    };
    match config {
        TopicCompression::Producer => CompressionTarget::Producer,
        TopicCompression::Uncompressed => codec(Compression::None),
        TopicCompression::Gzip(level) => at_level(Compression::Gzip, level),
        TopicCompression::Snappy => codec(Compression::Snappy),
        TopicCompression::Lz4(level) => at_level(Compression::Lz4, level),
        TopicCompression::Zstd(level) => at_level(Compression::Zstd, level),
    }
}
