//! What the node counts, for Prometheus. Every metric of the broker is declared here.
//!
//! Counters that are hit per request are handles taken once at start; figures that somebody else
//! already keeps (connections, partitions, disks) are read when somebody asks.

mod latency;

use crate::cleaner::CleanerMetrics;
use crate::throttles::ThrottleFigures;
use keld_wire::ApiKey;
use latency::Latency;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ApiLabel {
    api: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct DirectoryLabel {
    directory: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ThrottleLabel {
    throttle: &'static str,
}

#[derive(Debug)]
struct PerApi {
    requests: Counter,
    seconds: Latency,
}

/// Figures read when somebody asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) uptime: Duration,
    pub(crate) connections: usize,
    pub(crate) accepted_connections: u64,
    pub(crate) refused_connections: u64,
    pub(crate) received_bytes: u64,
    pub(crate) sent_bytes: u64,
    pub(crate) topics: usize,
    pub(crate) partitions: usize,
    pub(crate) leaders: usize,
    pub(crate) offline_partitions: usize,
    pub(crate) under_replicated_partitions: usize,
    pub(crate) unclean_truncations: u64,
    pub(crate) metadata_offset: i64,
    pub(crate) telemetry_pushes: u64,
    pub(crate) telemetry_bytes: u64,
    /// Directory, whether it is online, total and usable bytes of its volume.
    pub(crate) directories: Vec<(String, bool, u64, u64)>,
    pub(crate) throttles: Vec<ThrottleFigures>,
}

/// Every metric of a node.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// By API key.
    apis: Vec<Option<PerApi>>,
    gauges: Gauges,
    counters: Counters,
    pub(crate) cleaner: CleanerMetrics,
}

#[derive(Debug, Default)]
struct Gauges {
    uptime: Gauge<f64, AtomicU64>,
    connections: Gauge,
    topics: Gauge,
    partitions: Gauge,
    leaders: Gauge,
    offline_partitions: Gauge,
    under_replicated_partitions: Gauge,
    metadata_offset: Gauge,
    directory_online: Family<DirectoryLabel, Gauge>,
    directory_total: Family<DirectoryLabel, Gauge>,
    directory_usable: Family<DirectoryLabel, Gauge>,
    throttle_rate: Family<ThrottleLabel, Gauge<f64, AtomicU64>>,
    throttle_limit: Family<ThrottleLabel, Gauge>,
}

/// Counters whose truth is kept elsewhere: what has been added since is added when asked.
#[derive(Debug, Default)]
struct Counters {
    accepted: Counter,
    refused: Counter,
    received: Counter,
    sent: Counter,
    pushes: Counter,
    push_bytes: Counter,
    unclean_truncations: Counter,
    throttled_bytes: Family<ThrottleLabel, Counter>,
}

impl Metrics {
    /// Declares everything, for these APIs.
    pub(crate) fn new(apis: impl IntoIterator<Item = ApiKey>) -> Self {
        let mut registry = Registry::with_prefix("keld");
        let requests = Family::<ApiLabel, Counter>::default();
        let seconds = Family::<ApiLabel, Latency>::default();
        registry.register("requests", "Requests answered, by API", requests.clone());
        registry.register_with_unit(
            "request",
            "Time from a request's last byte to its answer, waiting included, by API",
            Unit::Seconds,
            seconds.clone(),
        );
        let per_api = |key: ApiKey| {
            let label = ApiLabel { api: key.name() };
            let handles = PerApi {
                requests: requests.get_or_create(&label).clone(),
                seconds: seconds.get_or_create(&label).clone(),
            };
            (usize::try_from(key.code()).unwrap_or_default(), handles)
        };
        let mut by_key = Vec::new();
        for (key, handles) in apis.into_iter().map(per_api) {
            by_key.resize_with(by_key.len().max(key + 1), || None);
            if let Some(slot) = by_key.get_mut(key) {
                *slot = Some(handles);
            }
        }
        let apis = by_key;
        let (gauges, counters) = (Gauges::default(), Counters::default());
        gauges.register(&mut registry);
        counters.register(&mut registry);
        let cleaner = CleanerMetrics::register(&mut registry);
        Self { registry, apis, gauges, counters, cleaner }
    }

    fn api(&self, api: ApiKey) -> Option<&PerApi> {
        self.apis.get(usize::try_from(api.code()).ok()?)?.as_ref()
    }

    /// A request was answered.
    pub(crate) fn answered(&self, api: ApiKey, took: Duration) {
        if let Some(handles) = self.api(api) {
            handles.requests.inc();
            handles.seconds.observe(took);
        }
    }

    /// Everything as OpenMetrics text.
    pub(crate) fn render(&self, snapshot: &Snapshot) -> String {
        self.gauges.set(snapshot);
        self.counters.set(snapshot);
        let mut text = String::new();
        // Writing to a string does not fail.
        encode(&mut text, &self.registry).ok();
        text
    }
}

impl Gauges {
    fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "uptime",
            "Time since the node started",
            Unit::Seconds,
            self.uptime.clone(),
        );
        let mut plain = |name: &str, help: &str, gauge: &Gauge| {
            registry.register(name, help, gauge.clone());
        };
        plain("connections", "Open client connections", &self.connections);
        plain("topics", "Topics of the cluster", &self.topics);
        plain("partitions", "Partitions with a replica on this node", &self.partitions);
        plain("leaders", "Partitions this node leads", &self.leaders);
        plain(
            "offline_partitions",
            "Partitions of this node whose log cannot be used",
            &self.offline_partitions,
        );
        plain(
            "under_replicated_partitions",
            "Partitions this node leads that have replicas out of sync",
            &self.under_replicated_partitions,
        );
        plain("metadata_offset", "Last metadata record applied", &self.metadata_offset);
        let mut directory = |name: &str, help: &str, family: &Family<DirectoryLabel, Gauge>| {
            registry.register(name, help, family.clone());
        };
        directory("directory_online", "1 while a log directory is usable", &self.directory_online);
        directory(
            "directory_total_bytes",
            "Size of the volume of a log directory",
            &self.directory_total,
        );
        directory(
            "directory_usable_bytes",
            "Bytes left on the volume of a log directory",
            &self.directory_usable,
        );
        registry.register(
            "throttled_replication_bytes_per_second",
            "Rate at which throttled replicas are copied, over the window of the quota",
            self.throttle_rate.clone(),
        );
        registry.register(
            "throttled_replication_limit_bytes_per_second",
            "Rate at which they may be copied; absent while there is no limit",
            self.throttle_limit.clone(),
        );
    }

    fn set(&self, snapshot: &Snapshot) {
        let count = |gauge: &Gauge, value: usize| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        self.uptime.set(snapshot.uptime.as_secs_f64());
        count(&self.connections, snapshot.connections);
        count(&self.topics, snapshot.topics);
        count(&self.partitions, snapshot.partitions);
        count(&self.leaders, snapshot.leaders);
        count(&self.offline_partitions, snapshot.offline_partitions);
        count(&self.under_replicated_partitions, snapshot.under_replicated_partitions);
        self.metadata_offset.set(snapshot.metadata_offset);
        let bytes = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        for (directory, is_online, total, usable) in &snapshot.directories {
            let label = DirectoryLabel { directory: directory.clone() };
            self.directory_online.get_or_create(&label).set(i64::from(*is_online));
            self.directory_total.get_or_create(&label).set(bytes(*total));
            self.directory_usable.get_or_create(&label).set(bytes(*usable));
        }
        for figures in &snapshot.throttles {
            let label = ThrottleLabel { throttle: figures.kind };
            self.throttle_rate.get_or_create(&label).set(figures.rate);
            match figures.limit {
                Some(limit) => {
                    self.throttle_limit.get_or_create(&label).set(bytes(limit));
                }
                None => {
                    self.throttle_limit.remove(&label);
                }
            }
        }
    }
}

impl Counters {
    fn register(&self, registry: &mut Registry) {
        let mut plain = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone());
        };
        plain("connections_accepted", "Connections accepted", &self.accepted);
        plain("connections_refused", "Connections refused by a limit", &self.refused);
        plain("received_bytes", "Bytes of requests", &self.received);
        plain("sent_bytes", "Bytes of answers", &self.sent);
        plain("client_metrics_pushes", "Pushes of client metrics (KIP-714)", &self.pushes);
        plain("client_metrics_bytes", "Bytes of those pushes", &self.push_bytes);
        plain(
            "unclean_truncations",
            "Times that a follower cut records that it held for committed",
            &self.unclean_truncations,
        );
        registry.register(
            "throttled_replication_bytes",
            "Bytes of throttled replicas that were copied",
            self.throttled_bytes.clone(),
        );
    }

    fn set(&self, snapshot: &Snapshot) {
        let raise = |counter: &Counter, value: u64| {
            counter.inc_by(value.saturating_sub(counter.get()));
        };
        raise(&self.accepted, snapshot.accepted_connections);
        raise(&self.refused, snapshot.refused_connections);
        raise(&self.received, snapshot.received_bytes);
        raise(&self.sent, snapshot.sent_bytes);
        raise(&self.pushes, snapshot.telemetry_pushes);
        raise(&self.push_bytes, snapshot.telemetry_bytes);
        raise(&self.unclean_truncations, snapshot.unclean_truncations);
        for figures in &snapshot.throttles {
            let label = ThrottleLabel { throttle: figures.kind };
            raise(&self.throttled_bytes.get_or_create(&label).clone(), figures.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_rendered_once() {
        let metrics = Metrics::new([ApiKey::Produce, ApiKey::Fetch]);
        metrics.answered(ApiKey::Produce, Duration::from_millis(3));
        metrics.answered(ApiKey::Heartbeat, Duration::from_millis(3));
        let snapshot = Snapshot {
            connections: 2,
            sent_bytes: 40,
            unclean_truncations: 1,
            directories: vec![("/data".to_owned(), true, 100, 60)],
            throttles: vec![
                ThrottleFigures { kind: "leader", bytes: 70, rate: 3.5, limit: Some(4) },
                ThrottleFigures { kind: "follower", bytes: 0, rate: 0.0, limit: None },
            ],
            ..Snapshot::default()
        };
        metrics.render(&snapshot);
        let text = metrics.render(&snapshot);
        for line in [
            "keld_requests_total{api=\"Produce\"} 1",
            "keld_requests_total{api=\"Fetch\"} 0",
            "keld_request_seconds_count{api=\"Produce\"} 1",
            "keld_connections 2",
            "keld_sent_bytes_total 40",
            "keld_unclean_truncations_total 1",
            "keld_under_replicated_partitions 0",
            "keld_directory_usable_bytes{directory=\"/data\"} 60",
            "keld_throttled_replication_bytes_per_second{throttle=\"leader\"} 3.5",
            "keld_throttled_replication_limit_bytes_per_second{throttle=\"leader\"} 4",
            "keld_throttled_replication_bytes_total{throttle=\"leader\"} 70",
            "keld_throttled_replication_bytes_total{throttle=\"follower\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("limit_bytes_per_second{throttle=\"follower\"}"), "no limit");
        assert!(text.ends_with("# EOF\n"));
    }
}
