//! The time as it comes in with every call.

use std::time::Duration;

/// Both clocks, read once per call: the wall for what is written down, the monotonic for timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// Milliseconds since 1970-01-01 UTC.
    pub wall_ms: i64,
    /// Time since an arbitrary start; never goes back.
    pub monotonic: Duration,
}
