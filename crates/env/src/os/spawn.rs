//! Worker threads, each with a runtime of its own, and a few threads for blocking work.
//!
//! A task runs on one worker for its whole life, so what it owns is never moved between cores.
//! Blocking threads are started when work waits and none is idle, up to a bound.

use crate::spawn::{Bell, BoxFuture, Spawn};
use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{oneshot, watch};

thread_local! {
    /// The worker this thread is, if it is one.
    static WORKER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The threads of a process. Dropping it stops the workers; their tasks are dropped where they are.
#[derive(Debug)]
pub struct OsRuntime {
    spawn: Arc<OsSpawn>,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts tasks and blocking work on the threads of an [`OsRuntime`].
#[derive(Debug)]
pub struct OsSpawn {
    workers: Vec<Handle>,
    blocking: Arc<Blocking>,
    urgent: Arc<Blocking>,
}

/// Threads for urgent work: enough to keep the queue of a device filled.
const URGENT_THREADS_MAX: usize = 16;

struct Blocking {
    /// What its threads are called.
    name: &'static str,
    queue: Mutex<Queue>,
    waiting: Condvar,
    threads_max: usize,
}

#[derive(Default)]
struct Queue {
    work: VecDeque<Job>,
    threads: usize,
    idle: usize,
    stopped: bool,
}

struct Job {
    work: Box<dyn FnOnce() + Send>,
    /// Who waits for it.
    done: Option<oneshot::Sender<()>>,
}

impl std::fmt::Debug for Blocking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blocking").field("threads_max", &self.threads_max).finish_non_exhaustive()
    }
}

impl OsRuntime {
    /// Starts `workers` worker threads (at least one) and allows `blocking_threads_max` (at least
    /// one) threads for blocking work.
    pub fn start(workers: usize, blocking_threads_max: usize) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let mut handles = Vec::new();
        let mut threads = Vec::new();
        for worker in 0..workers.max(1) {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            handles.push(runtime.handle().clone());
            let mut stopped = stopped.clone();
            let run = move || {
                WORKER.set(Some(worker));
                // An error means that the sender is gone: stop as well.
                runtime.block_on(async { stopped.wait_for(|stop| *stop).await.map(|_| ()).ok() });
            };
            let thread = thread::Builder::new().name(format!("keld-worker-{worker}"));
            threads.push(thread.spawn(run)?);
        }
        let blocking = Blocking::new("keld-blocking", blocking_threads_max.max(1));
        let urgent = Blocking::new("keld-sync", URGENT_THREADS_MAX);
        Ok(Self { spawn: Arc::new(OsSpawn { workers: handles, blocking, urgent }), stop, threads })
    }

    /// The seam to these threads.
    pub fn spawn(&self) -> Arc<OsSpawn> {
        Arc::clone(&self.spawn)
    }

    /// Runs a future on worker 0 and waits for it; `None` when it panicked. Not for worker threads.
    pub fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.spawn.spawn_on(
            0,
            "block_on",
            Box::pin(async move {
                // The receiver waits below for as long as this task lives.
                sender.send(future.await).ok();
            }),
        );
        receiver.recv().ok()
    }
}

impl Drop for OsRuntime {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for pool in [&self.spawn.blocking, &self.spawn.urgent] {
            pool.queue().stopped = true;
            pool.waiting.notify_all();
        }
        for thread in self.threads.drain(..) {
            // A worker that panicked outside of a task has already said so on stderr.
            thread.join().ok();
        }
    }
}

impl Spawn for OsSpawn {
    fn workers(&self) -> usize {
        self.workers.len()
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<()>) {
        self.spawn_on(WORKER.get().unwrap_or(0), name, task);
    }

    fn spawn_on(&self, worker: usize, _name: &'static str, task: BoxFuture<()>) {
        if let Some(handle) = self.workers.get(worker % self.workers.len().max(1)) {
            handle.spawn(task);
        }
    }

    fn blocking(&self, _name: &'static str, work: Box<dyn FnOnce() + Send>) -> BoxFuture<()> {
        let (done, finished) = oneshot::channel();
        self.blocking.push(Job { work, done: Some(done) });
        Box::pin(async move {
            // An error means that the work panicked: it has run as far as it will.
            finished.await.ok();
        })
    }

    fn urgent(&self, _name: &'static str, work: Box<dyn FnOnce() + Send>) {
        self.urgent.push(Job { work, done: None });
    }

    #[expect(clippy::disallowed_methods, reason = "the seam itself, on a thread for such work")]
    fn pause(&self, duration: Duration) {
        thread::sleep(duration);
    }

    fn bell(&self) -> Arc<dyn Bell> {
        Arc::new(OsBell::default())
    }
}

#[derive(Debug, Default)]
struct OsBell {
    is_rung: Mutex<bool>,
    heard: Condvar,
}

impl OsBell {
    fn is_rung(&self) -> MutexGuard<'_, bool> {
        self.is_rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bell for OsBell {
    fn wait(&self, at_most: Duration) -> bool {
        let waited = self.heard.wait_timeout_while(self.is_rung(), at_most, |is_rung| !*is_rung);
        let (mut is_rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *is_rung)
    }

    fn ring(&self) {
        *self.is_rung() = true;
        self.heard.notify_one();
    }
}

impl Blocking {
    fn new(name: &'static str, threads_max: usize) -> Arc<Self> {
        let queue = Mutex::new(Queue::default());
        Arc::new(Self { name, queue, waiting: Condvar::new(), threads_max })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(self: &Arc<Self>, job: Job) {
        let mut queue = self.queue();
        if queue.idle > queue.work.len() || queue.threads == self.threads_max {
            queue.work.push_back(job);
            self.waiting.notify_one();
            return;
        }
        queue.threads += 1;
        let number = queue.threads;
        queue.work.push_back(job);
        drop(queue);
        let this = Arc::clone(self);
        let started = thread::Builder::new()
            .name(format!("{}-{number}", self.name))
            .spawn(move || this.run());
        if started.is_err() {
            // No thread to be had: other threads take the job, or, when there is none, this one.
            let mut queue = self.queue();
            queue.threads -= 1;
            if queue.threads == 0 {
                let work = std::mem::take(&mut queue.work);
                drop(queue);
                work.into_iter().for_each(Job::run);
            } else {
                self.waiting.notify_one();
            }
        }
    }

    fn run(&self) {
        let mut queue = self.queue();
        loop {
            if let Some(job) = queue.work.pop_front() {
                drop(queue);
                job.run();
                queue = self.queue();
            } else if queue.stopped {
                return;
            } else {
                queue.idle += 1;
                queue = self.waiting.wait(queue).unwrap_or_else(PoisonError::into_inner);
                queue.idle -= 1;
            }
        }
    }
}

impl Job {
    fn run(self) {
        let work = std::panic::AssertUnwindSafe(self.work);
        if std::panic::catch_unwind(work).is_ok() {
            // Nobody waits when the future was dropped.
            self.done.map(|done| done.send(()));
        } else {
            // The panic hook has said what happened; the thread lives on.
            drop(self.done);
        }
    }
}
