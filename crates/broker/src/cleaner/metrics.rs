//! What the cleaner counts, for Prometheus.

use keld_log::CompactStats;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The figures of all compactions of a node.
#[derive(Debug, Default)]
pub(crate) struct CleanerMetrics {
    compactions: Counter,
    read: Counter,
    written: Counter,
    removed: Counter,
    seconds: Counter<f64, AtomicU64>,
    max_dirty_percent: Gauge,
    max_delay_seconds: Gauge,
    buffer_percent: Gauge,
    uncleanable: Gauge,
}

impl CleanerMetrics {
    /// Declares them.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        let mut counter = |name: &str, help: &str, counter: &Counter| {
            registry.register(name, help, counter.clone());
        };
        counter("cleaner_compactions", "Compactions that were finished", &metrics.compactions);
        counter("cleaner_read_bytes", "Bytes read by compactions", &metrics.read);
        counter("cleaner_written_bytes", "Bytes written by compactions", &metrics.written);
        counter("cleaner_removed_bytes", "Bytes by which logs became smaller", &metrics.removed);
        registry.register_with_unit(
            "cleaner",
            "Time that compactions took",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        let mut gauge = |name: &str, help: &str, gauge: &Gauge| {
            registry.register(name, help, gauge.clone());
        };
        gauge(
            "cleaner_max_dirty_percent",
            "Dirty part of the dirtiest log that may be compacted, at the last look",
            &metrics.max_dirty_percent,
        );
        gauge(
            "cleaner_max_delay_seconds",
            "Time by which max.compaction.lag.ms was passed the most, at the last look",
            &metrics.max_delay_seconds,
        );
        gauge(
            "cleaner_buffer_percent",
            "How full the memory for keys was in the last compaction",
            &metrics.buffer_percent,
        );
        gauge(
            "cleaner_uncleanable_partitions",
            "Partitions that the cleaner leaves alone because they cannot be compacted",
            &metrics.uncleanable,
        );
        metrics
    }

    /// All logs were looked at.
    pub(crate) fn looked(&self, max_ratio: f64, max_delay_ms: i64) {
        self.max_dirty_percent.set(percent(max_ratio));
        self.max_delay_seconds.set(max_delay_ms / 1000);
    }

    /// A compaction was finished.
    pub(crate) fn compacted(&self, stats: &CompactStats, took: Duration) {
        self.compactions.inc();
        self.read.inc_by(stats.bytes_read);
        self.written.inc_by(stats.bytes_written);
        self.removed.inc_by(stats.bytes_before.saturating_sub(stats.bytes_after));
        self.seconds.inc_by(took.as_secs_f64());
        self.buffer_percent.set(percent(stats.map_utilization));
    }

    /// So many logs are left alone.
    pub(crate) fn set_uncleanable(&self, partitions: usize) {
        self.uncleanable.set(i64::try_from(partitions).unwrap_or(i64::MAX));
    }
}

fn percent(ratio: f64) -> i64 {
    // A share: 0 to 100 after this.
    let hundredths = Duration::try_from_secs_f64((ratio * 100.0).clamp(0.0, 100.0));
    hundredths.map_or(0, |share| i64::try_from(share.as_secs()).unwrap_or(0))
}
