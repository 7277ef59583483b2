//! The throttles of replication: what this node sends to followers, what it fetches as one, and
//! what it copies between its directories.
//!
//! Whoever is about to copy asks what is allowed now, and counts afterwards what was copied. A change
//! of an option takes effect at once: whoever waits for a throttle is woken and asks anew.

use keld_config::{ReplicationConfig, ThrottleConfig};
use keld_env::{Clock, Monotonic};
use keld_replication::{Allowance, RateWindow, ThrottleWindow};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// All throttles of a node.
#[derive(Debug)]
pub(crate) struct Throttles {
    pub(crate) leader: Throttle,
    pub(crate) follower: Throttle,
    pub(crate) directories: Throttle,
}

/// One throttle.
#[derive(Debug)]
pub(crate) struct Throttle {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    limit: Option<u64>,
    window: RateWindow,
    bytes: u64,
}

/// A throttle's figures.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct ThrottleFigures {
    pub(crate) kind: &'static str,
    /// Bytes ever counted.
    pub(crate) bytes: u64,
    /// Bytes a second now.
    pub(crate) rate: f64,
    pub(crate) limit: Option<u64>,
}

impl Throttles {
    pub(crate) fn new(config: &ReplicationConfig) -> Self {
        Self {
            leader: Throttle::new(&config.leader_throttle),
            follower: Throttle::new(&config.follower_throttle),
            directories: Throttle::new(&config.directory_throttle),
        }
    }

    /// Takes new limits. The windows are options that need a restart.
    pub(crate) fn configure(&self, config: &ReplicationConfig) {
        self.leader.set_limit(config.leader_throttle.rate);
        self.follower.set_limit(config.follower_throttle.rate);
        self.directories.set_limit(config.directory_throttle.rate);
    }

    /// Other replicas are throttled than before: whoever waits is to look again.
    pub(crate) fn wake(&self) {
        self.leader.changed.notify_waiters();
        self.follower.changed.notify_waiters();
    }

    pub(crate) fn figures(&self, now: Monotonic) -> Vec<ThrottleFigures> {
        let throttles = [
            ("leader", &self.leader),
            ("follower", &self.follower),
            ("log_dirs", &self.directories),
        ];
        throttles.into_iter().map(|(kind, throttle)| throttle.figures(kind, now)).collect()
    }
}

impl Throttle {
    fn new(config: &ThrottleConfig) -> Self {
        let sample = Duration::from_secs(u64::from(config.sample_seconds));
        let window = RateWindow::new(ThrottleWindow { samples: config.samples, sample });
        let state = State { limit: config.rate, window, bytes: 0 };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_limit(&self, limit: Option<u64>) {
        let mut state = self.state();
        if state.limit != limit {
            state.limit = limit;
            // What was copied under another limit neither holds this one back nor makes up for it.
            state.window.restart();
            drop(state);
            self.changed.notify_waiters();
        }
    }

    /// What may be copied now.
    pub(crate) fn allowance(&self, now: Monotonic) -> Allowance {
        let mut state = self.state();
        let limit = state.limit;
        state.window.allowance(limit, now)
    }

    /// Counts what was copied.
    pub(crate) fn record(&self, bytes: usize, now: Monotonic) {
        if bytes > 0 {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            let mut state = self.state();
            state.window.record(bytes, now);
            state.bytes = state.bytes.saturating_add(bytes);
        }
    }

    /// Waits until a pause is over or something changed.
    pub(crate) async fn wait(&self, clock: &dyn Clock, pause: Duration) {
        let until = clock.monotonic() + pause;
        tokio::select! {
            () = clock.sleep_until(until) => {}
            () = self.changed.notified() => {}
        }
    }

    fn figures(&self, kind: &'static str, now: Monotonic) -> ThrottleFigures {
        let mut state = self.state();
        let rate = state.window.rate(now);
        ThrottleFigures { kind, bytes: state.bytes, rate, limit: state.limit }
    }
}
