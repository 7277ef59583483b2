//! The quorum's options (`controller.quorum.*`) and the metadata log's.

use std::collections::BTreeMap;

use keld_types::BrokerId;

use crate::error::ConfigError;
use crate::listener::HostPort;
use crate::parsed::Parsed;

/// Who forms the quorum and how patient it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumConfig {
    /// `controller.quorum.voters`: a static quorum; empty for a dynamic one.
    pub voters: BTreeMap<BrokerId, HostPort>,
    /// Where to find the quorum when it is dynamic.
    pub bootstrap_servers: Vec<HostPort>,
    /// How long a candidate waits for votes.
    pub election_timeout_ms: i32,
    /// Longest random wait before another election.
    pub election_backoff_max_ms: i32,
    /// How long without the leader before an election.
    pub fetch_timeout_ms: i32,
    /// How long records wait for company before they are written.
    pub append_linger_ms: i32,
    /// How long a request to another voter may take.
    pub request_timeout_ms: i32,
    /// Wait between two tries.
    pub retry_backoff_ms: i32,
    /// Join the quorum by itself.
    pub auto_join_enable: bool,
    /// Most bytes of one fetch.
    pub fetch_max_bytes: i32,
    /// Most bytes of one piece of a snapshot.
    pub fetch_snapshot_max_bytes: i32,
}

impl QuorumConfig {
    pub(super) fn new(parsed: &Parsed) -> Result<Self, ConfigError> {
        let int = |name: &str| parsed.int(&format!("controller.quorum.{name}"));
        Ok(Self {
            voters: parse_voters(parsed.list("controller.quorum.voters"), true)?,
            bootstrap_servers: parse_bootstrap_servers(
                parsed.list("controller.quorum.bootstrap.servers"),
            )?,
            election_timeout_ms: int("election.timeout.ms"),
            election_backoff_max_ms: int("election.backoff.max.ms"),
            fetch_timeout_ms: int("fetch.timeout.ms"),
            append_linger_ms: int("append.linger.ms"),
            request_timeout_ms: int("request.timeout.ms"),
            retry_backoff_ms: int("retry.backoff.ms"),
            auto_join_enable: parsed.boolean("controller.quorum.auto.join.enable"),
            fetch_max_bytes: int("fetch.max.bytes"),
            fetch_snapshot_max_bytes: int("fetch.snapshot.max.bytes"),
        })
    }
}

/// The metadata log: segments, snapshots, retention.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataLogConfig {
    /// Size of a segment; `internal.metadata.log.segment.bytes` wins.
    pub segment_bytes: i32,
    /// Age of a segment.
    pub segment_ms: i64,
    /// Bytes of old records and snapshots to keep.
    pub retention_bytes: i64,
    /// Age of old records and snapshots to keep.
    pub retention_ms: i64,
    /// Bytes of new records after which a snapshot is taken.
    pub max_record_bytes_between_snapshots: i64,
    /// Time after which a snapshot is taken if there is anything new; 0 for never.
    pub max_snapshot_interval_ms: i64,
    /// How often the active controller writes a record when idle; 0 for never.
    pub max_idle_interval_ms: i32,
    /// Most bytes of one batch.
    pub max_batch_bytes: i32,
    /// How long a deleted file stays.
    pub delete_delay_ms: i64,
}

impl MetadataLogConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            segment_bytes: parsed
                .int_or_null("internal.metadata.log.segment.bytes")
                .unwrap_or_else(|| parsed.int("metadata.log.segment.bytes")),
            segment_ms: parsed.long("metadata.log.segment.ms"),
            retention_bytes: parsed.long("metadata.max.retention.bytes"),
            retention_ms: parsed.long("metadata.max.retention.ms"),
            max_record_bytes_between_snapshots: parsed
                .long("metadata.log.max.record.bytes.between.snapshots"),
            max_snapshot_interval_ms: parsed.long("metadata.log.max.snapshot.interval.ms"),
            max_idle_interval_ms: parsed.int("metadata.max.idle.interval.ms"),
            max_batch_bytes: parsed.int("internal.metadata.max.batch.size.in.bytes"),
            delete_delay_ms: parsed.long("internal.metadata.delete.delay.millis"),
        }
    }
}

/// Reads `id@host:port` entries.
pub(crate) fn parse_voters(
    entries: &[String],
    unroutable_allowed: bool,
) -> Result<BTreeMap<BrokerId, HostPort>, ConfigError> {
    const FORM: &str = "Each entry should be in the form `{id}@{host}:{port}`.";
    const NAME: &str = "controller.quorum.voters";
    let mut voters = BTreeMap::new();
    for entry in entries {
        let malformed =
            || ConfigError::Invalid(format!("Invalid configuration value for {NAME}. {FORM}"));
        let (id, address) = entry.split_once('@').ok_or_else(malformed)?;
        if address.is_empty() || address.contains('@') {
            return Err(malformed());
        }
        let id: i32 = id.parse().map_err(|_| {
            ConfigError::Invalid(format!("Failed to parse voter ID as an integer from {id}"))
        })?;
        let address = HostPort::parse(address).ok_or_else(|| {
            ConfigError::Invalid(format!(
                "Failed to parse host name from entry {entry} for the configuration {NAME}. {FORM}"
            ))
        })?;
        if address.host == "0.0.0.0" && !unroutable_allowed {
            return Err(ConfigError::Invalid(format!(
                "Host string ({}) is not routeable",
                address.host
            )));
        }
        voters.insert(BrokerId::new(id), address);
    }
    Ok(voters)
}

/// Reads `host:port` entries.
pub(crate) fn parse_bootstrap_servers(entries: &[String]) -> Result<Vec<HostPort>, ConfigError> {
    let parse = |entry: &String| {
        HostPort::parse(entry).ok_or_else(|| {
            ConfigError::Invalid(format!(
                "Failed to parse host name from {entry} for the configuration \
                 controller.quorum.bootstrap.servers. Each entry should be in the form \
                 \"{{host}}:{{port}}\""
            ))
        })
    };
    entries.iter().map(parse).collect()
}
