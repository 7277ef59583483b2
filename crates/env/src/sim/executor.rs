//! The deterministic executor: one thread, ready tasks picked by the seed, time moved when idle.
//!
//! Tasks belong to processes. Killing a process drops its tasks at once; what they had written to
//! their disk and network stays as those seams say. The tasks of a process that is stopped wait, as
//! ready as they are, until it goes on.

use super::clock::SimClock;
use super::random::SplitMix;
use crate::spawn::{Bell, BoxFuture, Spawn};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::sync::oneshot;

/// The number of a simulated process.
pub(super) type ProcessId = u64;

/// More steps than this without the wanted future completing is a livelock.
const STEPS_MAX: u64 = 50_000_000;

/// Why a simulation could not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Stalled {
    /// Nothing is ready and nothing waits for time: the future can never complete.
    #[error("deadlock: no task is ready and none waits for time")]
    Deadlock,
    /// Tasks run for ever without getting anywhere.
    #[error("livelock: {STEPS_MAX} steps were not enough")]
    Livelock,
    /// The time given was used up.
    #[error("the simulated time given was used up")]
    OutOfTime,
}

#[derive(Clone)]
pub(super) struct Executor {
    shared: Arc<Mutex<Shared>>,
    clock: SimClock,
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").finish_non_exhaustive()
    }
}

struct Shared {
    tasks: BTreeMap<u64, Task>,
    /// In the order of the numbers: in which order they were woken must not matter, because where
    /// several wait for one thing (`tokio::sync::watch`) tokio wakes them in an order of its own.
    ready: BTreeSet<u64>,
    /// Ready tasks of processes that are stopped.
    held: BTreeSet<u64>,
    stopped: BTreeSet<ProcessId>,
    next_task: u64,
    random: SplitMix,
    steps: u64,
}

struct Task {
    process: ProcessId,
    /// Absent while the task is being polled.
    future: Option<BoxFuture<()>>,
    queued: bool,
}

struct TaskWaker {
    task: u64,
    shared: Arc<Mutex<Shared>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        lock(&self.shared).wake(self.task);
    }
}

impl Shared {
    fn wake(&mut self, id: u64) {
        if let Some(task) = self.tasks.get_mut(&id)
            && !task.queued
        {
            task.queued = true;
            if self.stopped.contains(&task.process) {
                self.held.insert(id);
            } else {
                self.ready.insert(id);
            }
        }
    }

    fn process_of(&self, id: u64) -> Option<ProcessId> {
        self.tasks.get(&id).map(|task| task.process)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Executor {
    pub(super) fn new(seed: u64, clock: SimClock) -> Self {
        let shared = Shared {
            tasks: BTreeMap::new(),
            ready: BTreeSet::new(),
            held: BTreeSet::new(),
            stopped: BTreeSet::new(),
            next_task: 0,
            random: SplitMix::new(seed),
            steps: 0,
        };
        Self { shared: Arc::new(Mutex::new(shared)), clock }
    }

    pub(super) fn spawn(&self, process: ProcessId, future: BoxFuture<()>) {
        let mut shared = lock(&self.shared);
        let id = shared.next_task;
        shared.next_task += 1;
        shared.tasks.insert(id, Task { process, future: Some(future), queued: false });
        shared.wake(id);
    }

    /// Drops the tasks of a process. A task that is running now ends at its next wait.
    pub(super) fn kill(&self, process: ProcessId) {
        let dropped: Vec<Task> = {
            let mut shared = lock(&self.shared);
            let ids: Vec<u64> = shared
                .tasks
                .iter()
                .filter(|(_, task)| task.process == process)
                .map(|(id, _)| *id)
                .collect();
            ids.iter().filter_map(|id| shared.tasks.remove(id)).collect()
        };
        // Outside of the lock: dropping a future may wake others.
        drop(dropped);
    }

    /// Lets no task of a process run until it goes on.
    pub(super) fn stop(&self, process: ProcessId) {
        let mut shared = lock(&self.shared);
        shared.stopped.insert(process);
        let ready = std::mem::take(&mut shared.ready);
        let is_held = |id: &u64| shared.process_of(*id) == Some(process);
        let (held, ready): (BTreeSet<u64>, BTreeSet<u64>) = ready.into_iter().partition(is_held);
        shared.ready = ready;
        shared.held.extend(held);
    }

    pub(super) fn go_on(&self, process: ProcessId) {
        let mut shared = lock(&self.shared);
        shared.stopped.remove(&process);
        let held = std::mem::take(&mut shared.held);
        let is_ready = |id: &u64| shared.process_of(*id) == Some(process);
        let (ready, held): (BTreeSet<u64>, BTreeSet<u64>) = held.into_iter().partition(is_ready);
        shared.held = held;
        shared.ready.extend(ready);
    }

    /// Runs one ready task; false when none is ready.
    fn step(&self) -> bool {
        let (id, mut future) = loop {
            let mut shared = lock(&self.shared);
            if shared.ready.is_empty() {
                return false;
            }
            let count = shared.ready.len() as u64;
            let pick = shared.random.below(count) as usize;
            let Some(id) = shared.ready.iter().nth(pick).copied() else { return false };
            shared.ready.remove(&id);
            let Some(task) = shared.tasks.get_mut(&id) else { continue };
            task.queued = false;
            // Absent means that a task runs the executor it runs on: not supported, skipped.
            let Some(future) = task.future.take() else { continue };
            shared.steps += 1;
            break (id, future);
        };
        let waker = Waker::from(Arc::new(TaskWaker { task: id, shared: Arc::clone(&self.shared) }));
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        let mut shared = lock(&self.shared);
        match polled {
            Poll::Ready(()) => {
                shared.tasks.remove(&id);
            }
            Poll::Pending => match shared.tasks.get_mut(&id) {
                Some(task) => {
                    task.future = Some(future);
                    return true;
                }
                None => drop(shared),
            },
        }
        true
    }

    pub(super) fn run(
        &self,
        done: impl Fn() -> bool,
        until: Option<Duration>,
    ) -> Result<(), Stalled> {
        let start = lock(&self.shared).steps;
        loop {
            if done() {
                return Ok(());
            }
            if lock(&self.shared).steps - start > STEPS_MAX {
                return Err(Stalled::Livelock);
            }
            if self.step() {
                continue;
            }
            match (self.clock.next_deadline(), until) {
                (Some(deadline), Some(until)) if deadline > until => {
                    self.clock.advance_to(until);
                    return Err(Stalled::OutOfTime);
                }
                (Some(deadline), _) => self.clock.advance_to(deadline),
                (None, Some(until)) => {
                    self.clock.advance_to(until);
                    return Err(Stalled::OutOfTime);
                }
                (None, None) => return Err(Stalled::Deadlock),
            }
        }
    }

    pub(super) fn steps(&self) -> u64 {
        lock(&self.shared).steps
    }
}

/// Nobody can ring it while somebody waits, so nobody waits.
#[derive(Debug, Default)]
struct SimBell(AtomicBool);

impl Bell for SimBell {
    fn wait(&self, _at_most: Duration) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    fn ring(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The spawning seam of one simulated process.
#[derive(Clone, Debug)]
pub(super) struct SimSpawn {
    pub(super) executor: Executor,
    pub(super) process: ProcessId,
}

impl Spawn for SimSpawn {
    fn workers(&self) -> usize {
        1
    }

    fn spawn(&self, _name: &'static str, task: BoxFuture<()>) {
        self.executor.spawn(self.process, task);
    }

    fn spawn_on(&self, _worker: usize, name: &'static str, task: BoxFuture<()>) {
        self.spawn(name, task);
    }

    fn blocking(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) -> BoxFuture<()> {
        let (done, finished) = oneshot::channel();
        self.spawn(
            name,
            Box::pin(async move {
                work();
                // Nobody waits when the future was dropped.
                done.send(()).ok();
            }),
        );
        Box::pin(async move {
            finished.await.ok();
        })
    }

    fn urgent(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) {
        self.spawn(name, Box::pin(async move { work() }));
    }

    fn pause(&self, _duration: Duration) {}

    fn bell(&self) -> Arc<dyn Bell> {
        Arc::new(SimBell::default())
    }
}
