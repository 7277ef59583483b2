//! Whether a server serves, stops or aborts, and waking the connections when that changes.
//!
//! A connection looks at one atomic a turn and registers its waker once, instead of polling a
//! shared notification on every wake-up: connections of different workers share no lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// `Serving -> Stopping -> Aborting`, never back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Phase {
    /// Requests are read and answered.
    Serving,
    /// Nothing more is read; what is in flight is answered.
    Stopping,
    /// Connections end at once.
    Aborting,
}

/// The phase of a server, and who wants to know when it changes.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    phase: AtomicU8,
    wakers: Mutex<BTreeMap<u64, Waker>>,
}

impl Phases {
    fn wakers(&self) -> MutexGuard<'_, BTreeMap<u64, Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Serving,
            1 => Phase::Stopping,
            _ => Phase::Aborting,
        }
    }

    /// Enters a later phase and wakes all; an earlier one changes nothing.
    pub(crate) fn enter(&self, phase: Phase) {
        // Under the lock, so that nobody registers between the change and the waking unseen.
        let wakers = {
            let held = self.wakers();
            self.phase.fetch_max(phase as u8, Ordering::AcqRel);
            held.values().cloned().collect::<Vec<_>>()
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Wakes this from now on; look at the phase again afterwards.
    pub(crate) fn register(&self, connection: u64, waker: Waker) {
        self.wakers().insert(connection, waker);
    }

    pub(crate) fn forget(&self, connection: u64) {
        self.wakers().remove(&connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::task::noop_waker;

    #[test]
    fn phases_only_go_on() {
        let phases = Phases::default();
        phases.register(7, noop_waker());
        assert_eq!(phases.now(), Phase::Serving);
        phases.enter(Phase::Aborting);
        phases.enter(Phase::Stopping);
        assert_eq!(phases.now(), Phase::Aborting);
        phases.forget(7);
        assert!(phases.wakers().is_empty());
    }
}
