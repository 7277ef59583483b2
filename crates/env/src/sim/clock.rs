//! Virtual time: moves only when the executor has nothing left to run, or a fault takes time.

use crate::clock::{Clock, Monotonic};
use crate::spawn::BoxFuture;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// 2026-01-01 00:00 UTC: where simulated wall time starts.
pub const WALL_START_MS: i64 = 1_767_225_600_000;

/// The simulated clock. Clones share the time.
#[derive(Clone, Debug, Default)]
pub struct SimClock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    now: Monotonic,
    wall_shift_ms: i64,
    next_timer: u64,
    timers: BTreeMap<(Monotonic, u64), Waker>,
}

struct Sleep {
    clock: SimClock,
    deadline: Monotonic,
    timer: Option<u64>,
}

impl SimClock {
    /// A clock at its start.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the time forward (never back) and wakes what waited for it.
    pub fn advance_to(&self, now: Monotonic) {
        let mut due = Vec::new();
        {
            let mut state = self.state();
            state.now = state.now.max(now);
            while let Some(timer) = state.timers.first_entry() {
                if timer.key().0 > now {
                    break;
                }
                due.push(timer.remove());
            }
        }
        due.into_iter().for_each(Waker::wake);
    }

    /// When the next sleeper wakes.
    pub fn next_deadline(&self) -> Option<Monotonic> {
        self.state().timers.first_key_value().map(|((deadline, _), _)| *deadline)
    }

    /// Moves the wall clock against the monotonic one, as an administrator or NTP does.
    pub fn shift_wall(&self, milliseconds: i64) {
        self.state().wall_shift_ms += milliseconds;
    }
}

impl Clock for SimClock {
    fn wall_ms(&self) -> i64 {
        let state = self.state();
        let elapsed = i64::try_from(state.now.as_millis()).unwrap_or(i64::MAX);
        WALL_START_MS.saturating_add(state.wall_shift_ms).saturating_add(elapsed)
    }

    fn monotonic(&self) -> Monotonic {
        self.state().now
    }

    fn sleep_until(&self, deadline: Monotonic) -> BoxFuture<()> {
        Box::pin(Sleep { clock: self.clone(), deadline, timer: None })
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock.clone();
        let mut state = clock.state();
        if let Some(timer) = self.timer.take() {
            state.timers.remove(&(self.deadline, timer));
        }
        if state.now >= self.deadline {
            return Poll::Ready(());
        }
        let timer = state.next_timer;
        state.next_timer += 1;
        state.timers.insert((self.deadline, timer), context.waker().clone());
        self.timer = Some(timer);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            let removed = self.clock.state().timers.remove(&(self.deadline, timer));
            // Dropped after the lock: a waker may run code.
            drop(removed);
        }
    }
}
