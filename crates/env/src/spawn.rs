//! Running things: tasks that share a thread, and blocking work beside them.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A boxed task.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// Starts tasks and blocking work. In the simulator both run on its one thread.
pub trait Spawn: Send + Sync + Debug {
    /// How many worker threads tasks are spread over (1 in the simulator).
    fn workers(&self) -> usize;

    /// Runs a task on the caller's worker thread (on worker 0 when the caller is not on one).
    fn spawn(&self, name: &'static str, task: BoxFuture<()>);

    /// Runs a task on the worker `worker % workers()`.
    fn spawn_on(&self, worker: usize, name: &'static str, task: BoxFuture<()>);

    /// Runs work that blocks (fsync, recovery, deletion) beside the workers; completes when the
    /// work has run. Dropping the future does not stop the work.
    fn blocking(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) -> BoxFuture<()>;

    /// Runs blocking work that requests wait for (the sync of a group commit) on threads that slow
    /// work never takes.
    fn urgent(&self, name: &'static str, work: Box<dyn FnOnce() + Send>);

    /// Lets urgent work wait a moment for more to come; the simulator does not wait. Not for
    /// workers.
    fn pause(&self, duration: Duration);

    /// A bell for urgent work.
    fn bell(&self) -> Arc<dyn Bell>;
}

/// By which urgent work waits for a moment that others know: a thread that sleeps in steps wakes in
/// vain, and late.
pub trait Bell: Send + Sync + Debug {
    /// Waits until the bell is rung, if it was not since the last wait, at most so long; whether it
    /// was. The simulator does not wait. Not for workers.
    fn wait(&self, at_most: Duration) -> bool;

    /// Ends a wait, or the next one.
    fn ring(&self);
}
