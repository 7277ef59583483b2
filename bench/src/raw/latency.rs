//! Latencies of many requests in fixed memory.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The longest latency told apart; longer ones count as this.
const LONGEST: Duration = Duration::from_mins(5);

/// What a result line says of the latencies; those of few samples only as far as they carry them.
const POINTS: [(&str, f64); 5] =
    [("p50_ms", 0.5), ("p90_ms", 0.9), ("p99_ms", 0.99), ("p999_ms", 0.999), ("p9999_ms", 0.9999)];

/// A histogram of latencies, three digits from a nanosecond up.
#[derive(Clone, Debug)]
pub(crate) struct Latencies {
    histogram: Histogram<u64>,
}

impl Latencies {
    pub(crate) fn new() -> Self {
        let longest = u64::try_from(LONGEST.as_nanos()).unwrap_or(u64::MAX);
        let mut histogram = Histogram::new_with_bounds(1, longest, 3)
            .expect("one is below the longest, and three digits are allowed");
        // All of its memory at once: nothing is allocated while requests run.
        histogram.auto(false);
        Self { histogram }
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.histogram.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(crate) fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The latency at a quantile, in milliseconds.
    pub(crate) fn at_ms(&self, quantile: f64) -> f64 {
        milliseconds(self.histogram.value_at_quantile(quantile))
    }

    /// What a result line says of it: `p50_ms` to `max_ms`.
    pub(crate) fn describe(&self, line: &mut serde_json::Map<String, Value>) {
        if self.histogram.is_empty() {
            return;
        }
        for (name, quantile) in POINTS {
            if self.count() as f64 * (1.0 - quantile) >= 1.0 || quantile <= 0.99 {
                line.insert(name.to_owned(), json!(self.at_ms(quantile)));
            }
        }
        line.insert("max_ms".to_owned(), json!(milliseconds(self.histogram.max())));
        line.insert("mean_ms".to_owned(), json!(self.histogram.mean() / 1e6));
        line.insert("samples".to_owned(), json!(self.count()));
    }
}

fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_what_was_recorded() {
        let mut latencies = Latencies::new();
        for microseconds in 1..=1000 {
            latencies.record(Duration::from_micros(microseconds));
        }
        let near = |left: f64, right: f64| (left / right - 1.0).abs() < 0.002;
        assert!(near(latencies.at_ms(0.5), 0.5));
        assert!(near(latencies.at_ms(0.99), 0.99));
        let mut line = serde_json::Map::new();
        latencies.describe(&mut line);
        assert_eq!(line["samples"], 1000);
        assert!(near(line["max_ms"].as_f64().unwrap(), 1.0));
        // A thousand samples carry one in a thousand, not one in ten thousand.
        assert!(line.contains_key("p999_ms") && !line.contains_key("p9999_ms"));
    }

    #[test]
    fn a_latency_beyond_the_longest_counts_as_the_longest() {
        let mut latencies = Latencies::new();
        latencies.record(LONGEST * 3);
        assert!(latencies.at_ms(1.0) < 301_000.0);
        assert_eq!(latencies.count(), 1);
    }
}
