//! Waiting for records: one waiter of a fetch, watched by all partitions it names.

use keld_types::{LeaderEpoch, Offset};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// What a fetch had seen of a partition when it decided to wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// The end of what it may read: high watermark or last stable offset.
    pub end: Offset,
    /// The leader's epoch.
    pub leader_epoch: LeaderEpoch,
}

/// Waits until enough bytes came to the partitions that watch it, or one of them changed.
///
/// It may complete too early (bytes that cannot be read yet count), never too late.
#[derive(Debug)]
pub struct Waiter {
    missing: AtomicI64,
    is_done: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waker: Option<Waker>,
    changes: Changes,
}

/// What changed while a waiter waited.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Partitions to which bytes came, by the place they were watched under, in the order it
    /// happened.
    pub places: Vec<u32>,
    /// Something else than bytes came to one of them: all must be looked at.
    pub all: bool,
}

impl Waiter {
    /// Waits for `bytes` more bytes; at least one.
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            missing: AtomicI64::new(i64::try_from(bytes).unwrap_or(i64::MAX).max(1)),
            is_done: AtomicBool::new(false),
            inner: Mutex::default(),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What changed so far.
    pub fn take_changes(&self) -> Changes {
        std::mem::take(&mut self.inner().changes)
    }

    /// Bytes came to the partition at a place. Returns whom to wake when that is enough.
    fn add(&self, bytes: usize, place: u32) -> Option<Waker> {
        {
            let places = &mut self.inner().changes.places;
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let is_enough = self.missing.fetch_sub(bytes, Ordering::AcqRel) <= bytes;
        if is_enough { self.finish() } else { None }
    }

    /// Completes it. Returns whom to wake.
    fn finish(&self) -> Option<Waker> {
        self.is_done.store(true, Ordering::Release);
        self.inner().waker.take()
    }

    /// Completes it: all must be looked at.
    pub fn complete(&self) {
        self.inner().changes.all = true;
        if let Some(waker) = self.finish() {
            waker.wake();
        }
    }

    fn is_done(&self) -> bool {
        self.is_done.load(Ordering::Acquire)
    }
}

impl Future for &Waiter {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.is_done() {
            return Poll::Ready(());
        }
        self.inner().waker = Some(context.waker().clone());
        // Completed between the look and the waker: seen here.
        if self.is_done() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// The waiters of one partition. Those that are gone are swept when as many came again as live.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    waiters: Vec<(Weak<Waiter>, u32)>,
    sweep_at: usize,
}

/// Fewer entries are never worth a sweep.
const SWEEP_MIN: usize = 16;

impl Waiters {
    pub(crate) fn push(&mut self, waiter: &Arc<Waiter>, place: u32) {
        if self.waiters.len() >= self.sweep_at.max(SWEEP_MIN) {
            self.waiters
                .retain(|(waiter, _)| waiter.upgrade().is_some_and(|waiter| !waiter.is_done()));
            self.sweep_at = self.waiters.len() * 2;
        }
        self.waiters.push((Arc::downgrade(waiter), place));
    }

    /// Whether nobody waits, as far as that shows without looking at each.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    /// Bytes became readable. Those whom that is enough for are to be woken by the caller.
    pub(crate) fn add(&mut self, bytes: usize, woken: &mut Vec<Waker>) {
        self.waiters.retain(|(waiter, place)| {
            waiter.upgrade().is_some_and(|waiter| {
                woken.extend(waiter.add(bytes, *place));
                !waiter.is_done()
            })
        });
    }

    /// Something else changed: all must look again.
    pub(crate) fn complete(&mut self) {
        for (waiter, _) in self.waiters.drain(..) {
            if let Some(waiter) = waiter.upgrade() {
                waiter.complete();
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }
}
