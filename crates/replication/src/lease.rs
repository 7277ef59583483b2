//! Whether what the metadata last said of this broker's leaderships may be acted on still.
//!
//! A process that was stopped, starved or suspended goes on as if no time had passed. Its controller
//! heard nothing of it meanwhile, may have fenced it, and others may lead what it leads. It finds out
//! with its next metadata, but what came in before that it would answer by an office it has lost.
//!
//! ```text
//! held   did not run for half a session or longer, and the heartbeat that was answered last had
//!        been sent a session ago or longer                                              -> lost
//! lost   the metadata here is complete as of a moment since then                        -> held
//! ```
//!
//! Either alone loses nothing: a broker that runs and whose controller is away serves on, as in
//! Kafka, and so does one that stood still while its session did not end. Time that the monotonic
//! clock does not count is not seen.
//!
//! [`Lease::holds`] finds a pause by itself: whoever asks first after it need not wait for the task
//! that takes note of it.

use keld_env::Monotonic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The lease of a broker. All its partitions share it.
#[derive(Debug)]
pub struct Lease {
    state: Mutex<State>,
    /// Up to when it holds if nothing more is heard, in nanoseconds of the monotonic clock: what the
    /// state says, for those who ask on every request.
    until: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct State {
    session: Duration,
    /// When this process took note that it ran.
    ran_at: Monotonic,
    /// When the heartbeat was sent that was answered last.
    heard_at: Monotonic,
    /// When it was found to be lost.
    lost_at: Option<Monotonic>,
}

impl Lease {
    /// One that holds from now on; a broker that is not heard of for a `session` is fenced.
    pub fn new(session: Duration, now: Monotonic) -> Self {
        let state = State { session, ran_at: now, heard_at: now, lost_at: None };
        Self { state: Mutex::new(state), until: AtomicU64::new(nanos(state.until())) }
    }

    /// It holds from now on, whatever was before: a broker that begins leads nothing.
    pub fn begin(&self, now: Monotonic) {
        self.change(|state| {
            *state = State { session: state.session, ran_at: now, heard_at: now, lost_at: None };
        });
    }

    /// Whether it holds.
    pub fn holds(&self, now: Monotonic) -> bool {
        nanos(now) < self.until.load(Ordering::Acquire)
    }

    /// Whether it was found to be lost.
    pub fn is_lost(&self) -> bool {
        self.state().lost_at.is_some()
    }

    /// The process runs. To be called several times a session; gives for how long it did not run,
    /// if that lost the lease.
    pub fn ran(&self, now: Monotonic) -> Option<Duration> {
        self.change(|state| state.ran(now))
    }

    /// A heartbeat that was sent then was answered. It may have been on its way for longer than this
    /// process stood still, so that comes first: as [`ran`](Self::ran).
    pub fn heard(&self, sent_at: Monotonic, now: Monotonic) -> Option<Duration> {
        self.change(|state| {
            let lost = state.ran(now);
            state.heard_at = state.heard_at.max(sent_at);
            lost
        })
    }

    /// The metadata here has all that was committed `as_of` then. True when that ends the loss.
    pub fn complete(&self, as_of: Monotonic) -> bool {
        self.change(|state| state.lost_at.take_if(|lost_at| *lost_at <= as_of).is_some())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let changed = change(&mut state);
        self.until.store(nanos(state.until()), Ordering::Release);
        changed
    }
}

impl State {
    fn ran(&mut self, now: Monotonic) -> Option<Duration> {
        let pause = now.saturating_sub(self.ran_at);
        let silence = now.saturating_sub(self.heard_at);
        self.ran_at = self.ran_at.max(now);
        if pause < self.session / 2 || silence < self.session {
            return None;
        }
        self.lost_at = Some(now);
        Some(pause)
    }

    fn until(&self) -> Monotonic {
        match self.lost_at {
            Some(_) => Duration::ZERO,
            None => (self.ran_at + self.session / 2).max(self.heard_at + self.session),
        }
    }
}

fn nanos(at: Monotonic) -> u64 {
    u64::try_from(at.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
