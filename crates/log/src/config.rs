//! The settings a log obeys, resolved and typed. The broker fills them from topic and node
//! configuration; nothing here has a default of its own but [`LogConfig::default`], Kafka's.

/// What a log obeys. Every field is Kafka's option of that name; −1 means unlimited where Kafka
/// allows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LogConfig {
    /// `segment.bytes`: a segment is rolled before it grows beyond this.
    pub segment_bytes: u64,
    /// `segment.ms`: a segment whose first batch is older than this is rolled by the next append.
    pub segment_ms: i64,
    /// `segment.jitter.ms`: up to this much is taken off `segment_ms`, differently per segment.
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`: a segment is rolled when one of its indexes would be larger.
    pub segment_index_bytes: u64,
    /// `index.interval.bytes`: an index entry is added when more than this was appended since.
    pub index_interval_bytes: u64,
    /// `flush.messages`: sync when this many records are not yet durable.
    pub flush_messages: i64,
    /// `flush.ms`: sync when the oldest record that is not yet durable is this old.
    pub flush_ms: i64,
    /// A segment that was rolled asks for a flush. Without it only `flush_messages`, `flush_ms` and
    /// a clean stop do.
    pub flush_sealed: bool,
    /// `retention.bytes`: −1 is unlimited.
    pub retention_bytes: i64,
    /// `retention.ms`: −1 is unlimited.
    pub retention_ms: i64,
    /// `file.delete.delay.ms`: how long a removed segment lingers as `.deleted`.
    pub file_delete_delay_ms: i64,
    /// `cleanup.policy` contains `delete`.
    pub delete: bool,
    /// `cleanup.policy` contains `compact`.
    pub compact: bool,
    /// `delete.retention.ms`: how long a deletion stays visible after compaction reached it.
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms`: a segment with a younger record is not compacted.
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms`: a dirty segment that is older is compacted however little it is.
    pub max_compaction_lag_ms: i64,
    /// `min.cleanable.dirty.ratio`: what part must be dirty before it is compacted, 0 to 1.
    pub min_cleanable_dirty_ratio: f64,
    /// `preallocate`: reserve the segment's space when it is created.
    pub preallocate: bool,
    /// `keld.disk.free.min.bytes`: records leave this much of the volume free; 0 for logs that may
    /// fill it.
    pub free_bytes_min: u64,
    /// `producer.id.expiration.ms`: an idle producer is forgotten after this.
    pub producer_id_expiration_ms: i64,
    /// The rules for a client's batch, apart from what changes from append to append.
    pub append: AppendRules,
}

/// The part of a topic's configuration that `keld_record::validate` asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct AppendRules {
    /// `compression.type` (and level): keep the producer's, or always this one.
    pub compression: keld_record::CompressionTarget,
    /// `message.timestamp.type`.
    pub timestamp_type: keld_record::TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `max.message.bytes`.
    pub max_message_bytes: u32,
}

impl Default for LogConfig {
    /// Kafka 4.3's defaults.
    fn default() -> Self {
        Self {
            segment_bytes: 1 << 30,
            segment_ms: 604_800_000,
            segment_jitter_ms: 0,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            flush_messages: i64::MAX,
            flush_ms: i64::MAX,
            flush_sealed: true,
            retention_bytes: -1,
            retention_ms: 604_800_000,
            file_delete_delay_ms: 60_000,
            delete: true,
            compact: false,
            delete_retention_ms: 86_400_000,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            min_cleanable_dirty_ratio: 0.5,
            preallocate: false,
            free_bytes_min: 0,
            producer_id_expiration_ms: 86_400_000,
            append: AppendRules::default(),
        }
    }
}

impl Default for AppendRules {
    /// Kafka 4.3's defaults.
    fn default() -> Self {
        Self {
            compression: keld_record::CompressionTarget::Producer,
            timestamp_type: keld_record::TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            max_message_bytes: 1_048_588,
        }
    }
}
