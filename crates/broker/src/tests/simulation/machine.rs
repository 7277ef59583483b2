//! The machine one node runs on: a disk that can be slow, and a clock on the wall of its own.

use keld_env::sim::Process;
use keld_env::{Bell, BoxFuture, Clock, Env, Monotonic, Spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// What can be set of a machine while a node runs on it.
#[derive(Debug, Default)]
pub(super) struct Machine {
    /// How long work on the disk takes, in milliseconds.
    disk_ms: AtomicU64,
    /// How far the clock on the wall is off.
    wall_shift_ms: AtomicI64,
}

#[derive(Debug)]
struct ShiftedClock {
    clock: Arc<dyn Clock>,
    machine: Arc<Machine>,
}

#[derive(Debug)]
struct SlowSpawn {
    spawn: Arc<dyn Spawn>,
    clock: Arc<dyn Clock>,
    machine: Arc<Machine>,
}

impl Machine {
    /// The environment of a process that runs on it.
    pub(super) fn env(self: &Arc<Self>, process: &Process) -> Env {
        let mut env = process.env().clone();
        env.clock = Arc::new(ShiftedClock { clock: env.clock, machine: Arc::clone(self) });
        env.spawn = Arc::new(SlowSpawn {
            spawn: env.spawn,
            clock: Arc::clone(&env.clock),
            machine: Arc::clone(self),
        });
        env
    }

    pub(super) fn slow_disk(&self, each: Duration) {
        let milliseconds = u64::try_from(each.as_millis()).unwrap();
        self.disk_ms.store(milliseconds, Ordering::Relaxed);
    }

    pub(super) fn shift_wall(&self, milliseconds: i64) {
        self.wall_shift_ms.store(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for ShiftedClock {
    fn wall_ms(&self) -> i64 {
        self.clock.wall_ms() + self.machine.wall_shift_ms.load(Ordering::Relaxed)
    }

    fn monotonic(&self) -> Monotonic {
        self.clock.monotonic()
    }

    fn sleep_until(&self, deadline: Monotonic) -> BoxFuture<()> {
        self.clock.sleep_until(deadline)
    }
}

impl SlowSpawn {
    /// The wait for the disk before some work; none where it is fast.
    fn wait(&self) -> Option<BoxFuture<()>> {
        let wait = Duration::from_millis(self.machine.disk_ms.load(Ordering::Relaxed));
        (!wait.is_zero()).then(|| self.clock.sleep_until(self.clock.monotonic() + wait))
    }
}

impl Spawn for SlowSpawn {
    fn workers(&self) -> usize {
        self.spawn.workers()
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<()>) {
        self.spawn.spawn(name, task);
    }

    fn spawn_on(&self, worker: usize, name: &'static str, task: BoxFuture<()>) {
        self.spawn.spawn_on(worker, name, task);
    }

    fn blocking(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) -> BoxFuture<()> {
        let Some(wait) = self.wait() else { return self.spawn.blocking(name, work) };
        let (done, finished) = tokio::sync::oneshot::channel();
        let task = async move {
            wait.await;
            work();
            // Nobody waits when the future was dropped.
            done.send(()).ok();
        };
        self.spawn.spawn(name, Box::pin(task));
        Box::pin(async move {
            finished.await.ok();
        })
    }

    fn urgent(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) {
        let Some(wait) = self.wait() else { return self.spawn.urgent(name, work) };
        let task = async move {
            wait.await;
            work();
        };
        self.spawn.spawn(name, Box::pin(task));
    }

    fn pause(&self, duration: Duration) {
        self.spawn.pause(duration);
    }

    fn bell(&self) -> Arc<dyn Bell> {
        self.spawn.bell()
    }
}
