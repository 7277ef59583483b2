//! A histogram of times that is counted without a lock: three atomic additions.

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bound of the first bucket; each next one is twice as wide.
const FIRST_NS: u64 = 25_000;
/// 25 µs, doubled 19 times (13 s), and all above.
const BUCKETS: usize = 21;

/// How long something took. Clones share one state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sum_ns: AtomicU64,
    buckets: [AtomicU64; BUCKETS],
}

impl Latency {
    pub(crate) fn observe(&self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.0.sum_ns.fetch_add(ns, Ordering::Relaxed);
        if let Some(bucket) = self.0.buckets.get(bucket_of(ns)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The first bucket whose upper bound is not below `ns`.
fn bucket_of(ns: u64) -> usize {
    let doublings = ns.saturating_sub(1) / FIRST_NS;
    ((u64::BITS - doublings.leading_zeros()) as usize).min(BUCKETS - 1)
}

impl TypedMetric for Latency {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut count = 0;
        let mut bound = FIRST_NS as f64 / 1e9;
        let mut buckets = [(f64::INFINITY, 0); BUCKETS];
        for (index, (slot, held)) in buckets.iter_mut().zip(&self.0.buckets).enumerate() {
            let held = held.load(Ordering::Relaxed);
            count += held;
            *slot = (if index + 1 == BUCKETS { f64::INFINITY } else { bound }, held);
            bound *= 2.0;
        }
        let sum = self.0.sum_ns.load(Ordering::Relaxed) as f64 / 1e9;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    #[test]
    fn a_time_goes_to_the_first_bucket_that_holds_it() {
        let of = |micros: u64| bucket_of(micros * 1000);
        assert_eq!([of(0), of(25), of(26), of(50), of(51), of(100)], [0, 0, 1, 1, 2, 2]);
        assert_eq!(bucket_of(25_000 << 19), 19);
        assert_eq!([bucket_of((25_000 << 19) + 1), bucket_of(u64::MAX)], [20, 20]);
    }

    #[test]
    fn buckets_are_written_with_their_bounds() {
        let latency = Latency::default();
        for micros in [10, 25, 60, 30_000_000] {
            latency.observe(Duration::from_micros(micros));
        }
        let mut registry = Registry::default();
        registry.register("took", "time", latency);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            "took_count 4",
            "took_bucket{le=\"0.000025\"} 2",
            "took_bucket{le=\"0.00005\"} 2",
            "took_bucket{le=\"0.0001\"} 3",
            "took_bucket{le=\"13.1072\"} 3",
            "took_bucket{le=\"+Inf\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
