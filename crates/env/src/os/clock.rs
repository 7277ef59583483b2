//! The machine's clock, and tokio's timer.

use crate::clock::{Clock, Monotonic};
use crate::spawn::BoxFuture;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Debug)]
pub struct OsClock {
    start: Instant,
}

impl Default for OsClock {
    fn default() -> Self {
        Self::new()
    }
}

impl OsClock {
    /// A clock whose monotonic time starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the seam's real side")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for OsClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam's real side")]
    fn wall_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(elapsed) => i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
    }

    fn monotonic(&self) -> Monotonic {
        self.start.elapsed()
    }

    fn sleep_until(&self, deadline: Monotonic) -> BoxFuture<()> {
        let start = self.start;
        // Made at the first poll: the timer belongs to the runtime that waits for it.
        Box::pin(async move {
            match start.checked_add(deadline) {
                Some(instant) => tokio::time::sleep_until(instant.into()).await,
                None => std::future::pending().await,
            }
        })
    }
}
