//! Waiting for a condition with a deadline: the only way in which the harness waits.

use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long [`eventually`] waits before it gives up.
const DEADLINE: Duration = Duration::from_secs(60);

/// Pause between two looks at a condition of another process.
const INTERVAL: Duration = Duration::from_millis(10);

/// Calls `look` until it gives a value, for at most a minute; then panics with the last reason.
#[track_caller]
pub fn eventually<T, E: Display>(what: &str, look: impl FnMut() -> Result<T, E>) -> T {
    eventually_within(what, DEADLINE, look)
}

/// As [`eventually`], with a deadline of its own.
#[track_caller]
pub fn eventually_within<T, E: Display>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> Result<T, E>,
) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Ok(value) => return value,
            Err(reason) if start.elapsed() > deadline => {
                panic!("{what}: not within {deadline:?}: {reason}")
            }
            Err(_) => std::thread::sleep(INTERVAL),
        }
    }
}

/// Calls `look` until it gives a value, for at most `deadline`; `None` when it never did.
pub fn try_within<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = look() {
            return Some(value);
        }
        if start.elapsed() > deadline {
            return None;
        }
        std::thread::sleep(INTERVAL);
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
