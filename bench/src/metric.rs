//! What is measured: the figures of a run by their keys, and how each key is to be read.

use std::collections::BTreeMap;

/// The figures of one run, by the keys of [`METRICS`].
pub(crate) type Figures = BTreeMap<String, f64>;

/// Which way a figure is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Better {
    Higher,
    Lower,
}

/// How one kind of figure is shown and judged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Metric {
    /// Its key in [`Figures`] and in the raw lines.
    pub(crate) key: &'static str,
    /// Its heading in a table, with the unit.
    pub(crate) title: &'static str,
    pub(crate) better: Better,
    pub(crate) decimals: usize,
}

const fn higher(key: &'static str, title: &'static str, decimals: usize) -> Metric {
    Metric { key, title, better: Better::Higher, decimals }
}

const fn lower(key: &'static str, title: &'static str, decimals: usize) -> Metric {
    Metric { key, title, better: Better::Lower, decimals }
}

/// Every key that a table may show. GB = 1e9 bytes, MB = 1e6 bytes of uncompressed record values.
pub(crate) const METRICS: &[Metric] = &[
    higher("mb_s", "MB/s", 0),
    higher("out_mb_s", "MB/s delivered", 0),
    higher("records_s", "records/s", 0),
    higher("requests_s", "requests/s", 0),
    higher("operations_s", "operations/s", 0),
    lower("cpu_s_gb", "broker CPU s/GB", 3),
    lower("user_s_gb", "user s/GB", 3),
    lower("sys_s_gb", "system s/GB", 3),
    lower("cpu_us_request", "broker CPU µs/request", 1),
    lower("cpu_us_record", "broker CPU µs/record", 2),
    lower("cpu_us_operation", "broker CPU µs/operation", 1),
    lower("cpu_percent", "broker CPU, % of a core", 2),
    lower("cpu_s", "broker CPU s", 2),
    lower("client_s_gb", "client CPU s/GB", 2),
    lower("p50_ms", "p50 ms", 3),
    lower("p90_ms", "p90 ms", 3),
    lower("p99_ms", "p99 ms", 3),
    lower("p999_ms", "p99.9 ms", 3),
    lower("p9999_ms", "p99.99 ms", 3),
    lower("max_ms", "max ms", 2),
    lower("seconds", "s", 3),
    lower("start_s", "start, empty, to the first acknowledgement s", 3),
    lower("seconds_until_led", "s until all have leaders", 3),
    lower("create_s", "partitions made and led s", 3),
    lower("restart_s", "start after a clean stop, to the first acknowledgement s", 3),
    lower("restart_all_s", "start after a clean stop, until all partitions accept s", 3),
    lower("crash_s", "start after kill -9, to the first acknowledgement s", 3),
    lower("crash_all_s", "start after kill -9, until all partitions accept s", 3),
    lower("stop_s", "graceful stop s", 3),
    lower("cluster_start_s", "all three started until all partitions accept s", 3),
    lower("failover_s", "node killed until all partitions accept s", 3),
    lower("crash_isr_s", "node started after kill -9 until in the ISR of everything s", 3),
    lower("off_throttle_percent", "off the throttle, %", 1),
    higher("moved_mb", "MB moved", 0),
    lower("gap_s", "longest time without an acknowledgement s", 3),
    lower("gap_before_s", "longest before the event s", 3),
    lower("isr_s", "node started again until in the ISR of everything s", 3),
    lower("lost", "acknowledged records lost", 0),
    lower("duplicated", "records twice", 0),
    higher("minutes", "minutes", 0),
    lower("kept_mb", "MB left", 0),
    higher("disk_mb_s", "MB/s of the disk alone", 0),
    higher("of_disk", "part of the disk's MB/s", 2),
    lower("p999_drift_percent", "drift of p99.9, %", 1),
    lower("rss_drift_percent", "drift of RSS, %", 1),
    lower("descriptors_spread", "open files, most less least", 0),
    lower("rss_mb", "RSS MB", 0),
    lower("peak_rss_mb", "peak RSS MB", 0),
    lower("threads", "threads", 0),
    lower("descriptors", "open files", 0),
    lower("loss_percent", "loss, %", 1),
];

/// The metric of a key, if it is one of [`METRICS`].
pub(crate) fn metric(key: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.key == key)
}

#[cfg(test)]
mod tests {
    use super::{METRICS, metric};

    #[test]
    fn keys_are_unique() {
        for (at, one) in METRICS.iter().enumerate() {
            let first = METRICS.iter().position(|other| other.key == one.key);
            assert_eq!(first, Some(at), "{}", one.key);
        }
        assert!(metric("mb_s").is_some() && metric("nothing").is_none());
    }
}
