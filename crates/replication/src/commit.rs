//! Group commit: the appends of all partitions of a log directory that must become durable share
//! rounds of syncs, one round at a time.
//!
//! A round takes every partition that waits, prepares each under its lock, syncs all of them beside
//! the workers, completes each under its lock, and only then wakes whoever waits. What is appended
//! meanwhile is the next round's, so nobody waits for more than two rounds.
//!
//! Invariants: at most one round is in flight in a directory; a partition stands at most once among
//! those that wait; while a round runs or one waits, `is_running` is true.

use crate::partition::Partition;
use keld_env::{Env, Volume};
use keld_log::{FlushJob, FlushOutcome};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// From this many syncs on the volume is synced as a whole instead (`docs/adr/0002-group-commit.md`).
const VOLUME_SYNCS_MIN: usize = 64;

/// How many syncs are in flight at a time; the file system lets them share its journal's commits.
const SYNC_THREADS_MAX: usize = 4;

/// The committers of a node, one a log directory.
#[derive(Debug)]
pub struct Committers {
    env: Env,
    by_dir: Mutex<BTreeMap<PathBuf, Arc<Committer>>>,
}

/// Makes appends to the partitions of one log directory durable together.
#[derive(Debug)]
pub(crate) struct Committer {
    env: Env,
    /// `None` where volumes cannot be synced as a whole.
    volume: Option<Arc<dyn Volume>>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Arc<Partition>>,
    is_running: bool,
}

/// One round, from its preparation to its completion.
struct Round {
    committer: Arc<Committer>,
    parts: Vec<Mutex<Part>>,
    /// Parts not yet synced.
    left: AtomicUsize,
}

/// Partitions of a round that are synced one after the other.
#[derive(Default)]
struct Part {
    jobs: Vec<(Arc<Partition>, FlushJob)>,
    outcomes: Vec<(Arc<Partition>, FlushOutcome)>,
}

impl Committers {
    /// None yet: they are made when a partition of their directory is.
    pub fn new(env: Env) -> Arc<Self> {
        Arc::new(Self { env, by_dir: Mutex::default() })
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    /// The committer of a log directory.
    pub(crate) fn of(&self, dir: &Path) -> Arc<Committer> {
        let mut by_dir = self.by_dir.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = by_dir.get(dir) {
            return Arc::clone(held);
        }
        let volume = self.env.disk.volume(dir);
        let volume = volume.inspect_err(|error| {
            tracing::debug!(dir = %dir.display(), %error, "volume cannot be synced as a whole");
        });
        let committer = Arc::new(Committer {
            env: self.env.clone(),
            volume: volume.ok(),
            queue: Mutex::default(),
        });
        by_dir.insert(dir.to_owned(), Arc::clone(&committer));
        committer
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Committer {
    /// Has a partition take part in the next round. The caller sees to it that it is there once.
    pub(crate) fn submit(self: &Arc<Self>, partition: Arc<Partition>) {
        let mut queue = locked(&self.queue);
        queue.waiting.push(partition);
        if std::mem::replace(&mut queue.is_running, true) {
            return;
        }
        drop(queue);
        let this = Arc::clone(self);
        self.env.spawn.urgent("commit", Box::new(move || this.run()));
    }

    /// Does rounds until nobody waits.
    fn run(self: Arc<Self>) {
        loop {
            let partitions = {
                let mut queue = locked(&self.queue);
                if queue.waiting.is_empty() {
                    queue.is_running = false;
                    return;
                }
                std::mem::take(&mut queue.waiting)
            };
            let jobs: Vec<_> = partitions
                .into_iter()
                .filter_map(|partition| {
                    let job = partition.prepare_commit()?;
                    Some((partition, job))
                })
                .collect();
            if !self.sync(jobs) {
                // The last of the threads that sync goes on.
                return;
            }
        }
    }

    /// Syncs and completes. False when other threads still do.
    fn sync(self: &Arc<Self>, jobs: Vec<(Arc<Partition>, FlushJob)>) -> bool {
        let syncs: usize = jobs.iter().map(|(_, job)| job.syncs()).sum();
        if let Some(volume) = self.volume.as_ref().filter(|_| syncs >= VOLUME_SYNCS_MIN) {
            let result = volume.sync();
            let done = |(partition, job): (Arc<Partition>, FlushJob)| {
                (partition, job.synced_with_volume(&result))
            };
            self.complete(jobs.into_iter().map(done).collect());
            return true;
        }
        let threads = jobs.len().min(SYNC_THREADS_MAX);
        if threads <= 1 {
            let done = |(partition, job): (Arc<Partition>, FlushJob)| (partition, job.run());
            self.complete(jobs.into_iter().map(done).collect());
            return true;
        }
        let mut parts: Vec<Part> = Vec::new();
        parts.resize_with(threads, Part::default);
        for (index, job) in jobs.into_iter().enumerate() {
            if let Some(part) = parts.get_mut(index % threads) {
                part.jobs.push(job);
            }
        }
        let round = Arc::new(Round {
            committer: Arc::clone(self),
            left: AtomicUsize::new(parts.len()),
            parts: parts.into_iter().map(Mutex::new).collect(),
        });
        for index in 1..threads {
            let round = Arc::clone(&round);
            let work = move || {
                if round.sync(index) {
                    Arc::clone(&round.committer).run();
                }
            };
            self.env.spawn.urgent("commit", Box::new(work));
        }
        round.sync(0)
    }

    /// Tells the partitions what became durable, then everybody who waits for it.
    fn complete(&self, outcomes: Vec<(Arc<Partition>, FlushOutcome)>) {
        let now_ms = self.env.clock.wall_ms();
        let mut woken: Vec<Waker> = Vec::new();
        for (partition, outcome) in outcomes {
            partition.complete_commit(outcome, now_ms, &mut woken);
        }
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Round {
    /// Syncs one part. True when it was the last one and the round is complete.
    fn sync(&self, index: usize) -> bool {
        if let Some(part) = self.parts.get(index) {
            let mut part = locked(part);
            let jobs = std::mem::take(&mut part.jobs);
            part.outcomes = jobs.into_iter().map(|(held, job)| (held, job.run())).collect();
        }
        if self.left.fetch_sub(1, Ordering::AcqRel) > 1 {
            return false;
        }
        let outcomes = |part: &Mutex<Part>| std::mem::take(&mut locked(part).outcomes);
        self.committer.complete(self.parts.iter().flat_map(outcomes).collect());
        true
    }
}
