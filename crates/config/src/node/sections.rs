//! The sections of a node's configuration, each the typed form of a family of options.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::listeners::parse_map;
use crate::error::ConfigError;
use crate::listener::HostPort;
use crate::parsed::Parsed;
use crate::properties::Properties;
use crate::support::Warning;
use crate::synonyms::listener_base_name;

/// The logs as a whole: checks, flushes, checkpoints, recovery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogManagerConfig {
    /// Threads a directory is recovered and closed with.
    pub num_recovery_threads_per_data_dir: i32,
    /// How often retention looks for segments to delete.
    pub retention_check_interval_ms: i64,
    /// How often logs are looked at for a flush that is due.
    pub flush_scheduler_interval_ms: i64,
    /// How often recovery points are written down.
    pub flush_offset_checkpoint_interval_ms: i32,
    /// How often log start offsets are written down.
    pub flush_start_offset_checkpoint_interval_ms: i32,
    /// Wait after the start before the first of these tasks.
    pub initial_task_delay_ms: i64,
    /// Space that records never fill on a log directory's volume.
    pub disk_free_min_bytes: i64,
    /// How long a failed directory may go unreported to the controller.
    pub dir_failure_timeout_ms: i64,
}

impl LogManagerConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            num_recovery_threads_per_data_dir: parsed.int("num.recovery.threads.per.data.dir"),
            retention_check_interval_ms: parsed.long("log.retention.check.interval.ms"),
            flush_scheduler_interval_ms: parsed.long("log.flush.scheduler.interval.ms"),
            flush_offset_checkpoint_interval_ms: parsed
                .int("log.flush.offset.checkpoint.interval.ms"),
            flush_start_offset_checkpoint_interval_ms: parsed
                .int("log.flush.start.offset.checkpoint.interval.ms"),
            initial_task_delay_ms: parsed.long("log.initial.task.delay.ms"),
            disk_free_min_bytes: parsed.long("keld.disk.free.min.bytes"),
            dir_failure_timeout_ms: parsed.long("log.dir.failure.timeout.ms"),
        }
    }
}

/// How topics come into being and go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicCreationConfig {
    /// A topic that a producer or consumer names is created.
    pub auto_create_topics_enable: bool,
    /// Partitions where a request leaves it open.
    pub num_partitions: i32,
    /// Replicas where a request leaves it open.
    pub default_replication_factor: i32,
    /// Topics may be deleted.
    pub delete_topic_enable: bool,
}

impl TopicCreationConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            auto_create_topics_enable: parsed.boolean("auto.create.topics.enable"),
            num_partitions: parsed.int("num.partitions"),
            default_replication_factor: parsed.int("default.replication.factor"),
            delete_topic_enable: parsed.boolean("delete.topic.enable"),
        }
    }
}

/// Sockets and connections.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SocketConfig {
    /// Send buffer; −1 leaves it to the system.
    pub send_buffer_bytes: i32,
    /// The algorithm of TCP congestion control; empty leaves it to the system.
    pub congestion_control: String,
    /// Largest request.
    pub request_max_bytes: i32,
    /// Connections waiting to be accepted.
    pub listen_backlog_size: i32,
    /// Open connections of the whole node.
    pub max_connections: i32,
    /// New connections a second.
    pub max_connection_creation_rate: i32,
    /// The same two of single listeners, by name in lower case.
    pub listeners: BTreeMap<String, ListenerConnections>,
    /// Open connections of one address.
    pub max_connections_per_ip: i32,
    /// Exceptions to that, by address or host name.
    pub max_connections_per_ip_overrides: BTreeMap<String, i32>,
    /// Idle connections are closed after this; negative for never.
    pub connections_max_idle_ms: i64,
    /// Threads asked for; advice only.
    pub num_network_threads: i32,
    /// Request handler threads asked for; advice only.
    pub num_io_threads: i32,
}

/// What one listener allows: `listener.name.<name>.<option>`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListenerConnections {
    /// Its open connections, where they are limited.
    pub max_connections: Option<i32>,
    /// Its new connections a second, where they are limited.
    pub max_connection_creation_rate: Option<i32>,
    /// Its algorithm of TCP congestion control.
    pub congestion_control: Option<String>,
}

/// The options of single listeners that have an effect.
pub(super) const OF_LISTENERS: [&str; 3] =
    ["max.connections", "max.connection.creation.rate", CONGESTION_CONTROL];
const CONGESTION_CONTROL: &str = "keld.tcp.congestion.control";

impl SocketConfig {
    /// Exceptions for hosts by name have no effect: names are not looked up.
    pub(super) fn unused_overrides(&self) -> impl Iterator<Item = Warning> {
        let hosts = self.max_connections_per_ip_overrides.keys();
        hosts.filter(|host| host.parse::<IpAddr>().is_err()).map(|host| Warning {
            name: "max.connections.per.ip.overrides".to_owned(),
            message: format!("has no effect for {host}: give its address, names are not looked up"),
        })
    }

    /// Reads the options of single listeners.
    pub(super) fn read_listeners(&mut self, given: &Properties) -> Result<(), ConfigError> {
        for (name, value) in given.iter() {
            let Some(base) = listener_base_name(name).filter(|base| OF_LISTENERS.contains(base))
            else {
                continue;
            };
            let listener = name.trim_start_matches("listener.name.").trim_end_matches(base);
            let own = self.listeners.entry(listener.trim_end_matches('.').to_lowercase());
            let own = own.or_default();
            if base == CONGESTION_CONTROL {
                own.congestion_control = Some(value.trim().to_owned());
                continue;
            }
            let number = match value.trim().parse::<i32>() {
                Ok(number) if number >= 0 => number,
                Ok(_) => return Err(ConfigError::value(name, value, "Value must be at least 0")),
                Err(_) => {
                    return Err(ConfigError::value(name, value, "Not a number of type INT"));
                }
            };
            match base {
                "max.connections" => own.max_connections = Some(number),
                _ => own.max_connection_creation_rate = Some(number),
            }
        }
        Ok(())
    }

    pub(super) fn new(parsed: &Parsed) -> Result<Self, ConfigError> {
        let overrides = "max.connections.per.ip.overrides";
        let mut by_address = BTreeMap::new();
        for (address, count) in parse_map(overrides, parsed.text(overrides))? {
            let count = count
                .parse()
                .map_err(|_| ConfigError::value(overrides, &count, "Not a number of type INT"))?;
            by_address.insert(address, count);
        }
        Ok(Self {
            send_buffer_bytes: parsed.int("socket.send.buffer.bytes"),
            congestion_control: parsed.text(CONGESTION_CONTROL).to_owned(),
            request_max_bytes: parsed.int("socket.request.max.bytes"),
            listen_backlog_size: parsed.int("socket.listen.backlog.size"),
            max_connections: parsed.int("max.connections"),
            max_connection_creation_rate: parsed.int("max.connection.creation.rate"),
            listeners: BTreeMap::new(),
            max_connections_per_ip: parsed.int("max.connections.per.ip"),
            max_connections_per_ip_overrides: by_address,
            connections_max_idle_ms: parsed.long("connections.max.idle.ms"),
            num_network_threads: parsed.int("num.network.threads"),
            num_io_threads: parsed.int("num.io.threads"),
        })
    }
}

/// Bounds of requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestLimits {
    /// Most bytes of one fetch answer.
    pub fetch_max_bytes: i32,
    /// Fetch sessions kept.
    pub max_incremental_fetch_session_cache_slots: i32,
    /// What the ends of all partitions in memory may hold.
    pub tail_bytes_max: i32,
    /// Most partitions of one DescribeTopicPartitions answer.
    pub max_request_partition_size_limit: i32,
    /// Longest wait for an answer between nodes.
    pub request_timeout_ms: i32,
    /// Most bytes of one push of client metrics.
    pub telemetry_max_bytes: i32,
    /// Versions that Kafka marks unstable are offered.
    pub unstable_api_versions_enable: bool,
    /// Feature levels that Kafka marks unstable are allowed.
    pub unstable_feature_versions_enable: bool,
}

impl RequestLimits {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            fetch_max_bytes: parsed.int("fetch.max.bytes"),
            max_incremental_fetch_session_cache_slots: parsed
                .int("max.incremental.fetch.session.cache.slots"),
            tail_bytes_max: parsed.int("keld.tail.bytes.max"),
            max_request_partition_size_limit: parsed.int("max.request.partition.size.limit"),
            request_timeout_ms: parsed.int("request.timeout.ms"),
            telemetry_max_bytes: parsed.int("telemetry.max.bytes"),
            unstable_api_versions_enable: parsed.boolean("unstable.api.versions.enable"),
            unstable_feature_versions_enable: parsed.boolean("unstable.feature.versions.enable"),
        }
    }
}

/// A default with the bounds that a group's override must keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupRange {
    /// What a group has that overrides nothing.
    pub default: i32,
    /// Smallest override.
    pub min: i32,
    /// Largest override.
    pub max: i32,
}

/// What groups have where they override nothing, and the bounds of overrides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupDefaults {
    /// Shortest session timeout of a classic member.
    pub min_session_timeout_ms: i32,
    /// Longest session timeout of a classic member.
    pub max_session_timeout_ms: i32,
    /// How long an empty classic group waits for more members.
    pub initial_rebalance_delay_ms: i32,
    /// Most members of a classic group.
    pub max_size: i32,
    /// Wait before coordinator records are written; −1 adapts to load.
    pub append_linger_ms: i32,
    /// Shards work on this many threads; advice only.
    pub coordinator_threads: i32,
    /// By group option (`consumer.session.timeout.ms`): default and bounds, from `group.*`.
    pub ranges: BTreeMap<&'static str, GroupRange>,
}

/// The group options that have bounds: option, prefix of the broker's options, end of their names.
pub(crate) const GROUP_RANGES: [(&str, &str, &str); 14] = [
    ("consumer.session.timeout.ms", "group.consumer.", "session.timeout.ms"),
    ("consumer.heartbeat.interval.ms", "group.consumer.", "heartbeat.interval.ms"),
    ("consumer.assignment.interval.ms", "group.consumer.", "assignment.interval.ms"),
    ("share.session.timeout.ms", "group.share.", "session.timeout.ms"),
    ("share.heartbeat.interval.ms", "group.share.", "heartbeat.interval.ms"),
    ("share.assignment.interval.ms", "group.share.", "assignment.interval.ms"),
    ("share.record.lock.duration.ms", "group.share.", "record.lock.duration.ms"),
    ("share.delivery.count.limit", "group.share.", "delivery.count.limit"),
    ("share.partition.max.record.locks", "group.share.", "partition.max.record.locks"),
    ("streams.session.timeout.ms", "group.streams.", "session.timeout.ms"),
    ("streams.heartbeat.interval.ms", "group.streams.", "heartbeat.interval.ms"),
    ("streams.assignment.interval.ms", "group.streams.", "assignment.interval.ms"),
    ("streams.num.standby.replicas", "group.streams.", "num.standby.replicas"),
    ("streams.initial.rebalance.delay.ms", "group.streams.", "initial.rebalance.delay.ms"),
];

/// The broker options of a group option's bounds, where it has them.
pub(crate) fn bound_names(
    option: &str,
    prefix: &str,
    end: &str,
) -> (Option<String>, Option<String>) {
    match option {
        "streams.num.standby.replicas" => (None, Some(format!("{prefix}max.standby.replicas"))),
        "streams.initial.rebalance.delay.ms" => (None, None),
        _ => (Some(format!("{prefix}min.{end}")), Some(format!("{prefix}max.{end}"))),
    }
}

impl GroupDefaults {
    pub(super) fn new(parsed: &Parsed) -> Self {
        let ranges = GROUP_RANGES.into_iter().map(|(option, prefix, end)| {
            let (min, max) = bound_names(option, prefix, end);
            let range = GroupRange {
                default: parsed.int(&format!("{prefix}{end}")),
                min: min.map_or(0, |name| parsed.int(&name)),
                max: max.map_or(i32::MAX, |name| parsed.int(&name)),
            };
            (option, range)
        });
        Self {
            min_session_timeout_ms: parsed.int("group.min.session.timeout.ms"),
            max_session_timeout_ms: parsed.int("group.max.session.timeout.ms"),
            initial_rebalance_delay_ms: parsed.int("group.initial.rebalance.delay.ms"),
            max_size: parsed.int("group.max.size"),
            append_linger_ms: parsed.int("group.coordinator.append.linger.ms"),
            coordinator_threads: parsed.int("group.coordinator.threads"),
            ranges: ranges.collect(),
        }
    }
}

/// An internal topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateTopicConfig {
    /// Partitions.
    pub num_partitions: i32,
    /// Replicas.
    pub replication_factor: i16,
    /// Size of a segment.
    pub segment_bytes: i32,
}

/// Committed offsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetsConfig {
    /// `__consumer_offsets`.
    pub topic: StateTopicConfig,
    /// Codec of its batches, by number (0 is none).
    pub topic_compression_codec: i32,
    /// Bytes read at once when a shard is loaded.
    pub load_buffer_size: i32,
    /// Longest wait for a commit to be replicated.
    pub commit_timeout_ms: i32,
    /// Longest metadata of a commit.
    pub metadata_max_bytes: i32,
    /// Offsets of a group without members are kept this long.
    pub retention_minutes: i32,
    /// How often expired offsets are looked for.
    pub retention_check_interval_ms: i64,
}

impl OffsetsConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            topic: StateTopicConfig {
                num_partitions: parsed.int("offsets.topic.num.partitions"),
                replication_factor: parsed.short("offsets.topic.replication.factor"),
                segment_bytes: parsed.int("offsets.topic.segment.bytes"),
            },
            topic_compression_codec: parsed.int("offsets.topic.compression.codec"),
            load_buffer_size: parsed.int("offsets.load.buffer.size"),
            commit_timeout_ms: parsed.int("offsets.commit.timeout.ms"),
            metadata_max_bytes: parsed.int("offset.metadata.max.bytes"),
            retention_minutes: parsed.int("offsets.retention.minutes"),
            retention_check_interval_ms: parsed.long("offsets.retention.check.interval.ms"),
        }
    }
}

/// Producers' state and transactions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionConfig {
    /// A producer that was silent this long is forgotten.
    pub producer_id_expiration_ms: i32,
    /// How often silent producers are looked for.
    pub producer_id_expiration_check_interval_ms: i32,
    /// `__transaction_state`.
    pub topic: StateTopicConfig,
    /// Its `min.insync.replicas`.
    pub topic_min_isr: i32,
    /// Longest transaction.
    pub max_timeout_ms: i32,
    /// A transactional id that was silent this long is forgotten.
    pub transactional_id_expiration_ms: i32,
}

impl TransactionConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            producer_id_expiration_ms: parsed.int("producer.id.expiration.ms"),
            producer_id_expiration_check_interval_ms: parsed
                .int("producer.id.expiration.check.interval.ms"),
            topic: StateTopicConfig {
                num_partitions: parsed.int("transaction.state.log.num.partitions"),
                replication_factor: parsed.short("transaction.state.log.replication.factor"),
                segment_bytes: parsed.int("transaction.state.log.segment.bytes"),
            },
            topic_min_isr: parsed.int("transaction.state.log.min.isr"),
            max_timeout_ms: parsed.int("transaction.max.timeout.ms"),
            transactional_id_expiration_ms: parsed.int("transactional.id.expiration.ms"),
        }
    }
}

/// The option that names what sends consumers to replicas.
pub(super) const REPLICA_SELECTOR: &str = "replica.selector.class";
/// The one selector there is: a replica of the consumer's rack, by the name of Kafka's class.
pub(super) const BY_RACK: &str = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

/// Whether consumers are to be sent to a replica of their rack.
pub(super) fn is_by_rack(selector: &str) -> bool {
    selector.trim() == BY_RACK
}

/// Replication and the broker's lease.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicationConfig {
    /// How often the broker renews its lease.
    pub broker_heartbeat_interval_ms: i32,
    /// How long a lease lasts.
    pub broker_session_timeout_ms: i32,
    /// How long a first registration may take.
    pub initial_broker_registration_timeout_ms: i32,
    /// How often high watermarks are written down.
    pub high_watermark_checkpoint_interval_ms: i64,
    /// A follower this far behind in time leaves the ISR.
    pub replica_lag_time_max_ms: i64,
    /// Bytes of one partition in a follower's fetch.
    pub replica_fetch_max_bytes: i32,
    /// Bytes of a follower's fetch.
    pub replica_fetch_response_max_bytes: i32,
    /// Fewest bytes of a follower's fetch before its wait ends.
    pub replica_fetch_min_bytes: i32,
    /// Longest wait of a follower's fetch.
    pub replica_fetch_wait_max_ms: i32,
    /// How long a follower waits for an answer beyond the time that its leader may hold it.
    pub replica_socket_timeout_ms: i32,
    /// Wait after a follower's failed fetch.
    pub replica_fetch_backoff_ms: i32,
    /// The broker hands leadership over before it stops.
    pub controlled_shutdown_enable: bool,
    /// The controller moves leadership back to preferred replicas.
    pub auto_leader_rebalance_enable: bool,
    /// How often it does.
    pub leader_imbalance_check_interval_seconds: i64,
    /// How often leaderless partitions are looked at for an unclean election.
    pub unclean_leader_election_interval_ms: i64,
    /// Consumers are sent to a replica of their rack.
    pub selects_replica_by_rack: bool,
    /// What leaders send to throttled replicas that are not in sync.
    pub leader_throttle: ThrottleConfig,
    /// What is fetched of throttled replicas that are not in sync.
    pub follower_throttle: ThrottleConfig,
    /// What is copied between log directories.
    pub directory_throttle: ThrottleConfig,
}

/// A bound of bytes a second, and over which time it is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThrottleConfig {
    /// Bytes a second; `None` is unlimited.
    pub rate: Option<u64>,
    /// How many samples.
    pub samples: u32,
    /// Length of one.
    pub sample_seconds: u32,
}

impl ThrottleConfig {
    fn new(parsed: &Parsed, rate: &str, window: &str) -> Self {
        let positive = |name: &str| u32::try_from(parsed.int(name)).unwrap_or(1).max(1);
        Self {
            rate: Some(parsed.long(rate))
                .filter(|rate| *rate != i64::MAX)
                .and_then(|rate| u64::try_from(rate).ok()),
            samples: positive(&format!("{window}replication.quota.window.num")),
            sample_seconds: positive(&format!("{window}replication.quota.window.size.seconds")),
        }
    }
}

impl ReplicationConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            broker_heartbeat_interval_ms: parsed.int("broker.heartbeat.interval.ms"),
            broker_session_timeout_ms: parsed.int("broker.session.timeout.ms"),
            initial_broker_registration_timeout_ms: parsed
                .int("initial.broker.registration.timeout.ms"),
            high_watermark_checkpoint_interval_ms: parsed
                .long("replica.high.watermark.checkpoint.interval.ms"),
            replica_lag_time_max_ms: parsed.long("replica.lag.time.max.ms"),
            replica_fetch_max_bytes: parsed.int("replica.fetch.max.bytes"),
            replica_fetch_response_max_bytes: parsed.int("replica.fetch.response.max.bytes"),
            replica_fetch_min_bytes: parsed.int("replica.fetch.min.bytes"),
            replica_fetch_wait_max_ms: parsed.int("replica.fetch.wait.max.ms"),
            replica_socket_timeout_ms: parsed.int("replica.socket.timeout.ms"),
            replica_fetch_backoff_ms: parsed.int("replica.fetch.backoff.ms"),
            controlled_shutdown_enable: parsed.boolean("controlled.shutdown.enable"),
            auto_leader_rebalance_enable: parsed.boolean("auto.leader.rebalance.enable"),
            leader_imbalance_check_interval_seconds: parsed
                .long("leader.imbalance.check.interval.seconds"),
            unclean_leader_election_interval_ms: parsed.long("unclean.leader.election.interval.ms"),
            selects_replica_by_rack: parsed.text_or_null(REPLICA_SELECTOR).is_some_and(is_by_rack),
            leader_throttle: ThrottleConfig::new(parsed, "leader.replication.throttled.rate", ""),
            follower_throttle: ThrottleConfig::new(
                parsed,
                "follower.replication.throttled.rate",
                "",
            ),
            directory_throttle: ThrottleConfig::new(
                parsed,
                "replica.alter.log.dirs.io.max.bytes.per.second",
                "alter.log.dirs.",
            ),
        }
    }
}

/// Health and metrics by HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpConfig {
    /// Where to listen; nowhere when empty.
    pub listeners: Vec<HostPort>,
    /// The option was set: a port in use is then an error, else only a warning.
    pub explicit: bool,
}

impl HttpConfig {
    pub(super) fn new(parsed: &Parsed, given: &Properties) -> Self {
        const NAME: &str = "keld.http.listeners";
        Self {
            listeners: parsed.list(NAME).iter().filter_map(|at| HostPort::parse(at)).collect(),
            explicit: given.contains(NAME),
        }
    }
}
