//! The bounds of connections, by Kafka's names.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// What one server allows.
#[derive(Clone, Debug)]
pub struct Limits {
    /// `socket.request.max.bytes`: the longest frame.
    pub request_bytes_max: usize,
    /// `connections.max.idle.ms`: silence after which a connection is closed.
    pub idle: Duration,
    /// `max.connections`: connections at once; accepting waits at the limit.
    pub connections_max: usize,
    /// `max.connection.creation.rate`: new connections a second; the rest wait.
    pub creation_rate: u32,
    /// The same of single listeners, by name.
    pub listeners: BTreeMap<String, ListenerLimits>,
    /// `max.connections.per.ip`: connections at once from one address; more are closed at once.
    pub connections_per_ip_max: usize,
    /// `max.connections.per.ip.overrides`.
    pub connections_per_ip_overrides: BTreeMap<IpAddr, usize>,
    /// `socket.listen.backlog.size`.
    pub backlog: u32,
    /// Requests of one connection unanswered at once. Beyond it, its bytes stay in the socket.
    pub in_flight_max: usize,
    /// Answer bytes of one connection waiting to be sent, beyond which nothing more is read.
    pub output_bytes_max: usize,
}

/// What one listener allows besides: `listener.name.<name>.<option>`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ListenerLimits {
    /// `max.connections`, where it is set.
    pub connections_max: Option<usize>,
    /// `max.connection.creation.rate`, where it is set.
    pub creation_rate: Option<u32>,
}

impl Default for Limits {
    /// Kafka's defaults; 64 requests in flight and 1 MiB of waiting answers.
    fn default() -> Self {
        Self {
            request_bytes_max: 100 * 1024 * 1024,
            idle: Duration::from_secs(600),
            connections_max: i32::MAX as usize,
            creation_rate: u32::MAX,
            listeners: BTreeMap::new(),
            connections_per_ip_max: i32::MAX as usize,
            connections_per_ip_overrides: BTreeMap::new(),
            backlog: 50,
            in_flight_max: 64,
            output_bytes_max: 1024 * 1024,
        }
    }
}

impl Limits {
    pub(crate) fn of_listener(&self, name: &str) -> ListenerLimits {
        self.listeners.get(name).copied().unwrap_or_default()
    }

    pub(crate) fn connections_max_of(&self, ip: IpAddr) -> usize {
        self.connections_per_ip_overrides.get(&ip).copied().unwrap_or(self.connections_per_ip_max)
    }
}
