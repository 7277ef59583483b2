//! The bounds of connections, by Kafka's names.

use keld_env::Tuning;
use std::borrow::Cow;
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
    /// `socket.send.buffer.bytes` and `keld.tcp.congestion.control`.
    pub tuning: Tuning,
    /// `socket.listen.backlog.size`.
    pub backlog: u32,
    /// Requests of one connection unanswered at once. Beyond it, its bytes stay in the socket.
    pub in_flight_max: usize,
    /// Answer bytes of one connection waiting to be sent, beyond which nothing more is read.
    pub output_bytes_max: usize,
}

/// What one listener allows besides: `listener.name.<name>.<option>`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListenerLimits {
    /// `max.connections`, where it is set.
    pub connections_max: Option<usize>,
    /// `max.connection.creation.rate`, where it is set.
    pub creation_rate: Option<u32>,
    /// `keld.tcp.congestion.control`, where it is set.
    pub congestion_control: Option<String>,
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
            tuning: Tuning::default(),
            backlog: 50,
            in_flight_max: 64,
            output_bytes_max: 1024 * 1024,
        }
    }
}

impl Limits {
    pub(crate) fn of_listener(&self, name: &str) -> Option<&ListenerLimits> {
        self.listeners.get(name)
    }

    /// How the connections of a listener are tuned.
    pub(crate) fn tuning_of(&self, listener: &str) -> Cow<'_, Tuning> {
        match self.of_listener(listener).and_then(|own| own.congestion_control.clone()) {
            None => Cow::Borrowed(&self.tuning),
            Some(name) => {
                Cow::Owned(Tuning { congestion_control: Some(name), ..self.tuning.clone() })
            }
        }
    }

    pub(crate) fn connections_max_of(&self, ip: IpAddr) -> usize {
        self.connections_per_ip_overrides.get(&ip).copied().unwrap_or(self.connections_per_ip_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listeners_congestion_control_wins_over_the_nodes() {
        let named = |name: &str| Some(name.to_owned());
        let own = ListenerLimits { congestion_control: named("cubic"), ..Default::default() };
        let limits = Limits {
            tuning: Tuning { send_buffer_bytes: Some(9), congestion_control: named("reno") },
            listeners: [("A".to_owned(), own), ("B".to_owned(), ListenerLimits::default())].into(),
            ..Limits::default()
        };
        let of = |name| limits.tuning_of(name).into_owned();
        let expected =
            |name| Tuning { send_buffer_bytes: Some(9), congestion_control: named(name) };
        assert_eq!(of("A"), expected("cubic"));
        assert_eq!(of("B"), expected("reno"));
        assert_eq!(of("C"), expected("reno"));
    }
}
