//! How fast throttled replicas may be copied: Kafka's replication quotas, as a state and the time.
//!
//! A rate is what was counted in a window of samples, over the time since the oldest of them began,
//! and at least over the length of one (Kafka's `SimpleRate`). As long as it is not above the limit
//! something may pass. Kafka then lets pass whatever is asked for, so that one answer can be many
//! seconds' worth of a low limit; here it is what is left of the limit, or a tenth of a second's
//! worth if that is more.

use keld_env::Monotonic;
use keld_types::PartitionIndex;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// What may pass at least when anything may, as a part of a second's worth of the limit.
const QUANTUM_DIVISOR: u64 = 10;

/// Over which time a rate is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThrottleWindow {
    /// How many samples are remembered (`replication.quota.window.num`).
    pub samples: u32,
    /// How long one is (`replication.quota.window.size.seconds`).
    pub sample: Duration,
}

/// What a throttle lets pass at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowance {
    /// As much as there is.
    Unlimited,
    /// So many bytes.
    Bytes(u64),
    /// Nothing for so long.
    Nothing(Duration),
}

/// Bytes counted over a window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateWindow {
    window: ThrottleWindow,
    /// Oldest first; one more than the window has, because the oldest reaches out of it.
    samples: VecDeque<Sample>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Sample {
    began: Monotonic,
    last: Monotonic,
    bytes: u64,
}

/// Which partitions of a topic are throttled on this node
/// (`leader.replication.throttled.replicas`, `follower.replication.throttled.replicas`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum ThrottledPartitions {
    /// None.
    #[default]
    None,
    /// Every one.
    All,
    /// These.
    Some(Arc<BTreeSet<PartitionIndex>>),
}

/// What a throttle means for one read or append.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Throttled {
    /// Nothing: the replica is not throttled.
    No,
    /// Its bytes count.
    Counted,
    /// It got nothing now, because the limit is used up.
    HeldBack,
}

impl ThrottledPartitions {
    /// Whether a partition is among them.
    pub fn contains(&self, partition: PartitionIndex) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(partitions) => partitions.contains(&partition),
        }
    }
}

impl Allowance {
    /// What is left after so many bytes passed.
    pub fn less(self, bytes: u64) -> Self {
        match self {
            Self::Bytes(left) if left > bytes => Self::Bytes(left - bytes),
            // To be asked anew.
            Self::Bytes(_) => Self::Nothing(Duration::ZERO),
            Self::Unlimited | Self::Nothing(_) => self,
        }
    }

    /// How many bytes may pass.
    pub fn bytes_max(self) -> usize {
        match self {
            Self::Unlimited => usize::MAX,
            Self::Bytes(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            Self::Nothing(_) => 0,
        }
    }

    /// How long nothing may pass.
    pub fn pause(self) -> Option<Duration> {
        match self {
            Self::Nothing(pause) => Some(pause),
            Self::Unlimited | Self::Bytes(_) => None,
        }
    }
}

impl RateWindow {
    /// Nothing counted yet.
    pub fn new(window: ThrottleWindow) -> Self {
        Self { window, samples: VecDeque::new() }
    }

    /// Forgets what was counted.
    pub fn restart(&mut self) {
        self.samples.clear();
    }

    /// How long a sample is remembered after its last bytes.
    fn memory(&self) -> Duration {
        self.window.sample.saturating_mul(self.window.samples)
    }

    fn forget(&mut self, now: Monotonic) {
        let memory = self.memory();
        while self.samples.front().is_some_and(|oldest| oldest.last + memory <= now) {
            self.samples.pop_front();
        }
    }

    /// Counts bytes that passed.
    pub fn record(&mut self, bytes: u64, now: Monotonic) {
        self.forget(now);
        let open = |sample: &&mut Sample| now.saturating_sub(sample.began) < self.window.sample;
        match self.samples.back_mut().filter(open) {
            Some(sample) => {
                sample.bytes = sample.bytes.saturating_add(bytes);
                sample.last = now;
            }
            None => self.samples.push_back(Sample { began: now, last: now, bytes }),
        }
    }

    /// Bytes, and the time that they are the rate of.
    fn measure(&mut self, now: Monotonic) -> (u64, Duration) {
        self.forget(now);
        let began = self.samples.front().map_or(now, |oldest| oldest.began);
        let bytes =
            self.samples.iter().fold(0, |sum: u64, sample| sum.saturating_add(sample.bytes));
        (bytes, now.saturating_sub(began).max(self.window.sample))
    }

    /// Bytes a second.
    pub fn rate(&mut self, now: Monotonic) -> f64 {
        let (bytes, time) = self.measure(now);
        bytes as f64 / time.as_secs_f64()
    }

    /// What may pass of `limit` bytes a second; without one, all.
    pub fn allowance(&mut self, limit: Option<u64>, now: Monotonic) -> Allowance {
        let Some(limit) = limit else { return Allowance::Unlimited };
        let (bytes, time) = self.measure(now);
        let worth = u128::from(limit).saturating_mul(time.as_micros()) / 1_000_000;
        match worth.checked_sub(u128::from(bytes)) {
            Some(left) => {
                let left = u64::try_from(left).unwrap_or(u64::MAX);
                Allowance::Bytes(left.max(limit / QUANTUM_DIVISOR).max(1))
            }
            None => Allowance::Nothing(self.pause(limit, bytes, time)),
        }
    }

    /// How long until the rate is at the limit again. Looked at after a sample's length at the
    /// latest: by then the oldest may be forgotten.
    fn pause(&self, limit: u64, bytes: u64, time: Duration) -> Duration {
        let needed = u128::from(bytes).saturating_mul(1_000_000).checked_div(u128::from(limit));
        let needed = needed.and_then(|micros| u64::try_from(micros).ok()).unwrap_or(u64::MAX);
        let pause = Duration::from_micros(needed).saturating_sub(time);
        pause.clamp(Duration::from_millis(1), self.window.sample)
    }
}

#[cfg(test)]
mod tests;
