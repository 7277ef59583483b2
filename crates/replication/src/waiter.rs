//! Waiting for records: one waiter of a fetch, watched by all partitions it names.

use keld_types::{LeaderEpoch, Offset};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
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
    waker: Mutex<Option<Waker>>,
}

impl Waiter {
    /// Waits for `bytes` more bytes; at least one.
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            missing: AtomicI64::new(i64::try_from(bytes).unwrap_or(i64::MAX).max(1)),
            is_done: AtomicBool::new(false),
            waker: Mutex::new(None),
        })
    }

    /// Bytes came.
    fn add(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        if self.missing.fetch_sub(bytes, Ordering::AcqRel) <= bytes {
            self.complete();
        }
    }

    /// Completes it.
    pub fn complete(&self) {
        self.is_done.store(true, Ordering::Release);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
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
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        // Completed between the look and the waker: seen here.
        if self.is_done() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// The waiters of one partition. Those that are gone are swept when as many came again as live.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    waiters: Vec<Weak<Waiter>>,
    sweep_at: usize,
}

/// Fewer entries are never worth a sweep.
const SWEEP_MIN: usize = 16;

impl Waiters {
    pub(crate) fn push(&mut self, waiter: &Arc<Waiter>) {
        if self.waiters.len() >= self.sweep_at.max(SWEEP_MIN) {
            self.waiters.retain(|waiter| waiter.upgrade().is_some_and(|waiter| !waiter.is_done()));
            self.sweep_at = self.waiters.len() * 2;
        }
        self.waiters.push(Arc::downgrade(waiter));
    }

    /// Bytes became readable.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.waiters.retain(|waiter| {
            waiter.upgrade().is_some_and(|waiter| {
                waiter.add(bytes);
                !waiter.is_done()
            })
        });
    }

    /// Something else changed: all must look again.
    pub(crate) fn complete(&mut self) {
        for waiter in self.waiters.drain(..) {
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
