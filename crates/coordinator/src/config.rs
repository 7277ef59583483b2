//! The options of the group coordinator, already parsed and bounded.
//!
//! All of them are read-only while a broker runs, as in Kafka.

use std::time::Duration;

/// What a [`crate::GroupShard`] needs to know of the broker's configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoordinatorConfig {
    /// `group.min.session.timeout.ms`.
    pub session_timeout_min_ms: i32,
    /// `group.max.session.timeout.ms`.
    pub session_timeout_max_ms: i32,
    /// `group.initial.rebalance.delay.ms`: how long the first rebalance of an empty group waits.
    pub initial_rebalance_delay_ms: i32,
    /// `group.max.size`: members of one classic group.
    pub group_size_max: usize,
    /// `offset.metadata.max.bytes`: characters of the metadata committed with one offset.
    pub offset_metadata_length_max: usize,
    /// `offsets.retention.minutes`.
    pub offsets_retention_ms: i64,
    /// `offsets.retention.check.interval.ms`.
    pub retention_check_interval: Duration,
    /// `group.consumer.session.timeout.ms`: after a load, members of groups of protocols that are
    /// not served are removed when this has passed, because they have no way to heartbeat.
    pub modern_session_timeout: Duration,
}

impl CoordinatorConfig {
    /// How long a new member may stay parked in JoinGroup; it knows no member id yet, so it cannot
    /// heartbeat, and a client that gave up would otherwise count as a member for ever.
    pub const NEW_MEMBER_JOIN_TIMEOUT: Duration = Duration::from_secs(300);
}

impl Default for CoordinatorConfig {
    fn default() -> Self {
        Self {
            session_timeout_min_ms: 6_000,
            session_timeout_max_ms: 1_800_000,
            initial_rebalance_delay_ms: 3_000,
            group_size_max: 2_147_483_647,
            offset_metadata_length_max: 4_096,
            offsets_retention_ms: 7 * 24 * 60 * 60 * 1_000,
            retention_check_interval: Duration::from_secs(600),
            modern_session_timeout: Duration::from_secs(45),
        }
    }
}
