//! What can be seen of a node from outside of the protocol: metrics and readiness.

use crate::metrics::Snapshot;
use crate::node::Node;
use keld_replication::{Partition, Role};
use keld_types::Uuid;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Node {
    /// Every metric, as OpenMetrics text.
    pub fn metrics_text(&self) -> String {
        self.metrics.render(&self.snapshot())
    }

    /// Why requests cannot be served now; `None` when they can.
    pub fn not_ready(&self) -> Option<String> {
        if self.stopping.is_cancelled() {
            return Some("stopping".to_owned());
        }
        let image = self.image();
        let id = self.config().node_id;
        if !self.config().roles.broker {
            let is_known = image.controllers.contains_key(&id);
            return (!is_known).then(|| "not registered with the active controller yet".to_owned());
        }
        match image.broker(id) {
            None => Some("not registered with the controller yet".to_owned()),
            Some(broker) if broker.fenced => Some("fenced by the controller".to_owned()),
            Some(_) if !self.logs.dirs.iter().any(|dir| dir.is_online()) => {
                Some("every log directory is offline: see the log for the failed one".to_owned())
            }
            Some(_) => None,
        }
    }

    /// The latest push of client metrics of each instance: its id, and OTLP `MetricsData`.
    pub fn client_metrics(&self) -> Vec<(Uuid, bytes::Bytes)> {
        self.telemetry.latest()
    }

    fn snapshot(&self) -> Snapshot {
        let image = self.image();
        let partitions = self.partitions.partitions();
        let own = self.config().node_id;
        let leaders =
            partitions.iter().filter(|partition| partition.leader_and_epoch().0 == own).count();
        let offline = partitions.iter().filter(|partition| !partition.is_online()).count();
        let lacks_replicas = |partition: &&Arc<Partition>| match partition.role() {
            Role::Leader(leadership) => leadership.isr.len() < leadership.replicas,
            Role::Follower { .. } => false,
        };
        let under_replicated_partitions = partitions.iter().filter(lacks_replicas).count();
        let directories = self.logs.dirs.iter().map(|dir| {
            let space = self.env.disk.space(&dir.path).ok();
            (
                dir.path.display().to_string(),
                dir.is_online(),
                space.map_or(0, |space| space.total_bytes),
                space.map_or(0, |space| space.usable_bytes),
            )
        });
        let (telemetry_pushes, telemetry_bytes) = self.telemetry.counts();
        let mut snapshot = Snapshot {
            uptime: self.env.clock.monotonic().saturating_sub(self.opened_at),
            topics: image.topics.len(),
            partitions: partitions.len(),
            leaders,
            offline_partitions: offline,
            under_replicated_partitions,
            unclean_truncations: self.fetchers.unclean_truncations.load(Ordering::Relaxed),
            metadata_offset: image.provenance.offset.get(),
            telemetry_pushes,
            telemetry_bytes,
            directories: directories.collect(),
            throttles: self.throttles.figures(self.env.clock.monotonic()),
            ..Snapshot::default()
        };
        if let Some(stats) = self.network_stats() {
            snapshot.connections = stats.open_connections.load(Ordering::Relaxed);
            snapshot.accepted_connections = stats.accepted_connections.load(Ordering::Relaxed);
            snapshot.refused_connections = stats.refused_connections.load(Ordering::Relaxed);
            snapshot.received_bytes = stats.received_bytes.load(Ordering::Relaxed);
            snapshot.sent_bytes = stats.sent_bytes.load(Ordering::Relaxed);
        }
        snapshot
    }
}
