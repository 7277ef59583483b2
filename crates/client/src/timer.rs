//! Waiting with a bound, on the clock of the environment.

use keld_env::{Clock, Monotonic};
use std::future::Future;
use std::time::Duration;

/// The deadline passed first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Elapsed;

/// Runs `future` until it is done or `deadline` has come.
pub(crate) async fn until<F: Future>(
    clock: &dyn Clock,
    deadline: Monotonic,
    future: F,
) -> Result<F::Output, Elapsed> {
    tokio::select! {
        biased;
        output = future => Ok(output),
        () = clock.sleep_until(deadline) => Err(Elapsed),
    }
}

/// Waits `duration`.
pub(crate) async fn sleep(clock: &dyn Clock, duration: Duration) {
    clock.sleep_until(clock.monotonic() + duration).await;
}
