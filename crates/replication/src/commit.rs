//! Group commit: the appends of all partitions of a log directory that must become durable share
//! rounds of syncs, one round at a time.
//!
//! A round takes every partition that waits, prepares each under its lock, syncs all of them beside
//! the workers, completes each under its lock, and only then wakes whoever waits. What is appended
//! meanwhile is the next round's, so nobody waits for more than two rounds.
//!
//! Appends that nobody waits for (acks=1, no consumer at the end) put a round off for a few
//! milliseconds or a mebibyte. A round that somebody waits for lets those come first who were
//! answered by the last one ([`pace`]): else a set of clients falls apart into two, and each round
//! syncs half of what it could.
//!
//! ```text
//! Idle → Lazy → Running → Idle | Lazy
//!    └────────────↑
//! ```
//!
//! Invariants: at most one round is in flight in a directory; a partition stands at most once among
//! those that wait; whenever one waits, the phase is not `Idle`.

mod pace;

use crate::partition::Partition;
use keld_env::{Bell, Env, Monotonic, Volume};
use keld_log::{FlushJob, FlushOutcome};
use pace::Pace;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// From this many syncs on the volume is synced as a whole instead (`docs/adr/0002-group-commit.md`).
const VOLUME_SYNCS_MIN: usize = 16;

/// How many syncs are in flight at a time; the file system lets them share its journal's commits.
const SYNC_THREADS_MAX: usize = 16;

/// How long, and for how many bytes, a round is put off that nobody waits for.
const LAZY_DELAY: Duration = Duration::from_millis(5);
const LAZY_BYTES: usize = 1 << 20;

/// What one of many syncs is taken to cost before the first was measured.
const SYNC_COST: Duration = Duration::from_micros(100);

/// A volume sync is not held to be slow below this.
const VOLUME_COST_MIN: Duration = Duration::from_millis(4);

/// At most this many rounds go without a volume sync after slow ones.
const VOLUME_PAUSE_MAX: u32 = 1024;

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
    dir: PathBuf,
    /// `None` where volumes cannot be synced as a whole.
    volume: Option<Arc<dyn Volume>>,
    queue: Mutex<Queue>,
    /// Rung when all are there that a round waits for.
    bell: Arc<dyn Bell>,
    /// Used by the round in flight only.
    costs: Mutex<Costs>,
    /// The same.
    pace: Mutex<Pace>,
}

/// What syncs cost here, as far as it was measured: a volume sync also writes what others have
/// dirtied on the volume, so that it can be the dearer way.
#[derive(Debug)]
struct Costs {
    /// One sync of a file, among others.
    of_sync: Duration,
    /// Rounds to go before the volume is tried again, and how many there will be next time.
    pause: u32,
    next_pause: u32,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Arc<Partition>>,
    /// What the next round makes durable.
    demand: Demand,
    /// How many appends the next round can expect: those of the last, and those that came
    /// meanwhile.
    expected: usize,
    phase: Phase,
    /// The round waits for those who are expected.
    is_gathering: bool,
    /// A thread sleeps that starts a round if the phase is still `Lazy` when it wakes.
    has_sleeper: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Phase {
    #[default]
    Idle,
    /// Somebody is there, but nobody waits.
    Lazy,
    /// A round is in flight.
    Running,
}

/// What is wanted of a round.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Demand {
    pub(crate) appends: usize,
    pub(crate) bytes: usize,
    /// Somebody waits for it.
    pub(crate) is_awaited: bool,
}

/// One round, from its preparation to its completion.
struct Round {
    committer: Arc<Committer>,
    begun: Monotonic,
    syncs: usize,
    appends: usize,
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
            dir: dir.to_owned(),
            volume: volume.ok(),
            queue: Mutex::default(),
            bell: self.env.spawn.bell(),
            costs: Mutex::new(Costs::default()),
            pace: Mutex::default(),
        });
        by_dir.insert(dir.to_owned(), Arc::clone(&committer));
        committer
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Committer {
    /// Has a partition take part in the next round; `None` when it does already.
    pub(crate) fn submit(self: &Arc<Self>, partition: Option<Arc<Partition>>, demand: Demand) {
        let mut queue = locked(&self.queue);
        queue.waiting.extend(partition);
        queue.demand.appends += demand.appends;
        queue.demand.bytes += demand.bytes;
        queue.demand.is_awaited |= demand.is_awaited;
        if queue.is_gathering && queue.is_complete() {
            queue.is_gathering = false;
            self.bell.ring();
        }
        if queue.waiting.is_empty() || queue.phase == Phase::Running {
            return;
        }
        let this = Arc::clone(self);
        if queue.is_due() {
            queue.phase = Phase::Running;
            drop(queue);
            self.env.spawn.urgent("commit", Box::new(move || this.run()));
        } else {
            queue.phase = Phase::Lazy;
            if !std::mem::replace(&mut queue.has_sleeper, true) {
                drop(queue);
                self.env.spawn.urgent("commit", Box::new(move || this.sleep()));
            }
        }
    }

    /// Somebody waits for what was submitted.
    pub(crate) fn hurry(self: &Arc<Self>) {
        self.submit(None, Demand { is_awaited: true, ..Demand::default() });
    }

    /// Starts a round after a while, unless somebody else did.
    fn sleep(self: Arc<Self>) {
        self.env.spawn.pause(LAZY_DELAY);
        let mut queue = locked(&self.queue);
        queue.has_sleeper = false;
        if queue.phase == Phase::Lazy {
            queue.phase = Phase::Running;
            drop(queue);
            self.run();
        }
    }

    /// Does rounds until nobody waits any more; at least one.
    fn run(self: Arc<Self>) {
        if self.round() {
            self.go_on();
        }
        // Otherwise the last of the threads that sync does.
    }

    /// After a round: does the next ones that are due.
    fn go_on(self: Arc<Self>) {
        loop {
            {
                let mut queue = locked(&self.queue);
                if queue.waiting.is_empty() {
                    queue.phase = Phase::Idle;
                    return;
                }
                if !queue.is_due() {
                    queue.phase = Phase::Lazy;
                    if std::mem::replace(&mut queue.has_sleeper, true) {
                        return;
                    }
                    drop(queue);
                    let this = Arc::clone(&self);
                    self.env.spawn.urgent("commit", Box::new(move || this.sleep()));
                    return;
                }
            }
            if !self.round() {
                return;
            }
        }
    }

    /// One round. False when other threads still sync.
    fn round(self: &Arc<Self>) -> bool {
        self.gather();
        let (partitions, demand) = {
            let mut queue = locked(&self.queue);
            (std::mem::take(&mut queue.waiting), std::mem::take(&mut queue.demand))
        };
        let jobs: Vec<_> = partitions
            .into_iter()
            .filter_map(|partition| {
                let job = partition.prepare_commit(&self.dir)?;
                Some((partition, job))
            })
            .collect();
        self.sync(jobs, demand.appends)
    }

    /// Lets those come who were answered by the last round.
    fn gather(&self) {
        if locked(&self.queue).is_complete() {
            return;
        }
        let patience = locked(&self.pace).patience();
        if patience.is_zero() {
            return;
        }
        let until = self.env.clock.monotonic() + patience;
        let all_came = self.wait(until);
        locked(&self.pace).note_wait(all_came);
    }

    /// Waits until all are there who are expected, or it is time; whether they are.
    fn wait(&self, until: Monotonic) -> bool {
        loop {
            let left = until.saturating_sub(self.env.clock.monotonic());
            {
                let mut queue = locked(&self.queue);
                let is_complete = queue.is_complete();
                queue.is_gathering = !is_complete && !left.is_zero();
                if !queue.is_gathering {
                    return is_complete;
                }
            }
            if !self.bell.wait(left) {
                let mut queue = locked(&self.queue);
                queue.is_gathering = false;
                return queue.is_complete();
            }
        }
    }

    /// Syncs and completes. False when other threads still do.
    fn sync(self: &Arc<Self>, jobs: Vec<(Arc<Partition>, FlushJob)>, appends: usize) -> bool {
        let syncs: usize = jobs.iter().map(|(_, job)| job.syncs()).sum();
        let begun = self.env.clock.monotonic();
        let prefers_volume = locked(&self.costs).prefers_volume(syncs);
        if let Some(volume) = self.volume.as_ref().filter(|_| prefers_volume) {
            let result = volume.sync();
            locked(&self.costs).note_volume(self.env.clock.monotonic() - begun, syncs);
            let done = |(partition, job): (Arc<Partition>, FlushJob)| {
                (partition, job.synced_with_volume(&result))
            };
            self.complete(jobs.into_iter().map(done).collect(), appends, begun);
            return true;
        }
        let threads = jobs.len().min(SYNC_THREADS_MAX);
        if threads <= 1 {
            let done = |(partition, job): (Arc<Partition>, FlushJob)| (partition, job.run());
            self.complete(jobs.into_iter().map(done).collect(), appends, begun);
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
            begun,
            syncs,
            appends,
            left: AtomicUsize::new(parts.len()),
            parts: parts.into_iter().map(Mutex::new).collect(),
        });
        for index in 1..threads {
            let round = Arc::clone(&round);
            let work = move || {
                if round.sync(index) {
                    Arc::clone(&round.committer).go_on();
                }
            };
            self.env.spawn.urgent("commit", Box::new(work));
        }
        round.sync(0)
    }

    /// Tells the partitions what became durable, then everybody who waits for it.
    fn complete(
        &self,
        outcomes: Vec<(Arc<Partition>, FlushOutcome)>,
        appends: usize,
        begun: Monotonic,
    ) {
        let now_ms = self.env.clock.wall_ms();
        let mut woken: Vec<Waker> = Vec::new();
        for (partition, outcome) in outcomes {
            partition.complete_commit(outcome, now_ms, &mut woken);
        }
        locked(&self.pace).note_round(self.env.clock.monotonic() - begun);
        {
            let mut queue = locked(&self.queue);
            queue.expected = appends + queue.demand.appends;
        }
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Queue {
    /// Whether there is nobody to wait for.
    fn is_complete(&self) -> bool {
        !self.demand.is_awaited || self.demand.appends >= self.expected
    }

    /// Whether the next round is to begin now.
    fn is_due(&self) -> bool {
        self.demand.is_awaited || self.demand.bytes >= LAZY_BYTES
    }
}

impl Default for Costs {
    fn default() -> Self {
        Self { of_sync: SYNC_COST, pause: 0, next_pause: 1 }
    }
}

impl Costs {
    /// Whether this round syncs the whole volume.
    fn prefers_volume(&mut self, syncs: usize) -> bool {
        if syncs < VOLUME_SYNCS_MIN {
            return false;
        }
        let may = self.pause == 0;
        self.pause = self.pause.saturating_sub(1);
        may
    }

    /// A volume sync in the place of so many syncs took so long.
    fn note_volume(&mut self, took: Duration, syncs: usize) {
        let each = self.of_sync.saturating_mul(u32::try_from(syncs).unwrap_or(u32::MAX));
        if took > each.saturating_mul(2).max(VOLUME_COST_MIN) {
            self.pause = self.next_pause;
            self.next_pause = (self.next_pause * 2).min(VOLUME_PAUSE_MAX);
        } else {
            self.next_pause = (self.next_pause / 2).max(1);
        }
    }

    /// So many syncs took so long together.
    fn note_each(&mut self, took: Duration, syncs: usize) {
        let each = took / u32::try_from(syncs).unwrap_or(u32::MAX).max(1);
        self.of_sync = (self.of_sync * 7 + each) / 8;
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
        let committer = &self.committer;
        locked(&committer.costs)
            .note_each(committer.env.clock.monotonic() - self.begun, self.syncs);
        let outcomes = |part: &Mutex<Part>| std::mem::take(&mut locked(part).outcomes);
        let outcomes = self.parts.iter().flat_map(outcomes).collect();
        committer.complete(outcomes, self.appends, self.begun);
        true
    }
}

#[cfg(test)]
mod tests;
