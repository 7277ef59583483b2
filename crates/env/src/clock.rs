//! Time: what the clock on the wall says, how long something took, and waiting.

use crate::spawn::BoxFuture;
use std::fmt::Debug;
use std::time::Duration;

/// A point on the monotonic clock of one process, counted from an arbitrary start.
pub type Monotonic = Duration;

/// Wall and monotonic time, and waiting.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since 1970-01-01 UTC. May jump in both directions.
    fn wall_ms(&self) -> i64;

    /// Time since an arbitrary start; never goes back.
    fn monotonic(&self) -> Monotonic;

    /// Completes once the monotonic clock has reached `deadline`.
    fn sleep_until(&self, deadline: Monotonic) -> BoxFuture<()>;
}
