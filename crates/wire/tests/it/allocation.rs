//! Counts what a piece of code allocates on its own thread.
#![allow(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

fn count(change: isize, size: usize) {
    let live = LIVE.get() + change;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
    LARGEST.set(LARGEST.get().max(size));
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: every call is passed on to the system's allocator unchanged; the counters are plain
// cells of the thread that need no allocation and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()), layout.size());
        // SAFETY: the caller's promise is ours.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-signed(layout.size()), 0);
        // SAFETY: the caller's promise is ours.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()), size);
        // SAFETY: the caller's promise is ours.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some code allocated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allocated {
    /// The most that was alive at one time, in bytes.
    pub(crate) peak: usize,
    /// The largest single request, in bytes.
    pub(crate) largest: usize,
}

/// Runs `work` and tells what it allocated.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Allocated) {
    LIVE.set(0);
    PEAK.set(0);
    LARGEST.set(0);
    let result = work();
    let peak = usize::try_from(PEAK.get()).unwrap_or(0);
    (result, Allocated { peak, largest: LARGEST.get() })
}

#[test]
fn the_counter_counts() {
    let (kept, allocated) = measure(|| {
        drop(vec![0u8; 10_000]);
        vec![0u8; 1000]
    });
    assert_eq!((allocated.peak, allocated.largest, kept.len()), (10_000, 10_000, 1000));
}
