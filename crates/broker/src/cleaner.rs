//! The log cleaner: compacts the partitions of topics with `cleanup.policy=compact`.
//!
//! One task looks for the dirtiest log that is due and has it compacted, up to
//! `log.cleaner.threads` at a time; when nothing is due it waits for `log.cleaner.backoff.ms`. A
//! compaction runs in steps beside the workers and never holds one; between steps it is held back
//! to `log.cleaner.io.max.bytes.per.second` and ends when the node stops. Old segments of compacted
//! topics are deleted here, too, first, so that nothing is compacted that is about to go.
//!
//! Failure modes: a log that cannot be compacted as it is (damage, keys that do not fit) is left
//! alone until the next start, reported once and counted; a full disk ends the compaction, which
//! is tried again after the pause.

mod metrics;

pub(crate) use metrics::CleanerMetrics;

use crate::node::Node;
use crate::partitions::TopicEntry;
use keld_config::CleanerConfig;
use keld_env::Monotonic;
use keld_log::{
    CompactError, CompactOptions, CompactStats, Compactable, Compaction, LogError, Step,
};
use keld_replication::Partition;
use keld_types::{Offset, TopicIdPartition, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// The most a step reads and writes where nothing holds it back.
const STEP_BYTES: u64 = 8 << 20;
/// The least, so that a low limit does not take more steps than bytes.
const STEP_BYTES_MIN: u64 = 64 << 10;

/// The compactions of a node.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    state: Mutex<State>,
    /// A compaction ended.
    ended: Notify,
    /// Tasks that may still touch log directories.
    tasks: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    in_progress: BTreeSet<TopicPartition>,
    /// Logs that are left alone.
    uncleanable: BTreeSet<TopicIdPartition>,
    /// Logs that failed for now, and when they may be tried again.
    paused: BTreeMap<TopicPartition, Monotonic>,
    /// When all that was read and written so far is paid for.
    paid_until: Monotonic,
}

/// Counts a task for as long as it lives.
struct Task(Arc<Node>);

impl Task {
    fn begin(node: &Arc<Node>) -> Self {
        node.cleaner.tasks.send_modify(|tasks| *tasks += 1);
        Self(Arc::clone(node))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.cleaner.tasks.send_modify(|tasks| *tasks = tasks.saturating_sub(1));
    }
}

impl Cleaner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when no compaction runs any more; the node must be stopping.
    pub(crate) async fn ended(&self) {
        // An error means that the node is gone.
        self.tasks.subscribe().wait_for(|tasks| *tasks == 0).await.map(|_| ()).ok();
    }
}

/// Runs until the node stops.
pub(crate) async fn run(node: Arc<Node>) {
    let _task = Task::begin(&node);
    loop {
        let config = node.config().cleaner;
        let threads = usize::try_from(config.threads).unwrap_or(0);
        while config.runs() && node.cleaner.state().in_progress.len() < threads {
            let this = Arc::clone(&node);
            let picked = node.block("pick a log", Box::new(move || this.dirtiest_log())).await;
            let Some(Some(partition)) = picked else { break };
            node.start_compaction(partition, config);
        }
        let backoff = Duration::from_millis(u64::try_from(config.backoff_ms).unwrap_or(0).max(1));
        let next = node.env.clock.monotonic() + backoff;
        tokio::select! {
            biased;
            () = node.stopping.cancelled() => return,
            () = node.cleaner.ended.notified() => {}
            () = node.env.clock.sleep_until(next) => {}
        }
    }
}

impl Node {
    /// The dirtiest log that is due, marked as being compacted. Blocks.
    fn dirtiest_log(&self) -> Option<Arc<Partition>> {
        let (now_ms, now) = (self.env.clock.wall_ms(), self.env.clock.monotonic());
        {
            let mut state = self.cleaner.state();
            state.paused.retain(|_, until| *until > now);
            if !state.uncleanable.is_empty() {
                state.uncleanable.retain(|id| self.partitions.partition_by_id(*id).is_some());
                self.metrics.cleaner.set_uncleanable(state.uncleanable.len());
            }
        }
        let mut dirtiest: Option<(f64, Arc<Partition>)> = None;
        let (mut max_ratio, mut max_delay_ms) = (0.0_f64, 0);
        for partition in self.partitions.topics().iter().flat_map(|topic| compacted(topic)) {
            if !self.may_clean(partition) {
                continue;
            }
            let Some((found, min_ratio)) = self.look_at(partition, now_ms) else { continue };
            if found.waits_for_flush {
                partition.start_flush();
            }
            let ratio = found.dirty_ratio();
            max_ratio = max_ratio.max(ratio);
            max_delay_ms = max_delay_ms.max(found.delay_ms);
            let is_dirtier = dirtiest.as_ref().is_none_or(|(most, _)| ratio > *most);
            if found.is_due(min_ratio) && is_dirtier {
                dirtiest = Some((ratio, Arc::clone(partition)));
            }
        }
        self.metrics.cleaner.looked(max_ratio, max_delay_ms);
        let (_, partition) = dirtiest?;
        self.cleaner.state().in_progress.insert(partition.topic_partition().clone());
        Some(partition)
    }

    fn may_clean(&self, partition: &Partition) -> bool {
        let name = partition.topic_partition();
        let state = self.cleaner.state();
        !state.in_progress.contains(name)
            && !state.paused.contains_key(name)
            && !state.uncleanable.contains(&id_of(partition))
    }

    /// Deletes what is old, then says how dirty the rest is, and how dirty it may be. `None` for
    /// logs that are not compacted, or fail.
    fn look_at(&self, partition: &Partition, now_ms: i64) -> Option<(Compactable, f64)> {
        let looked = partition.with_log(|log| {
            if !log.config().compact {
                return Ok(None);
            }
            let deleted = log.take_old_segments(now_ms)?;
            let removal = log.is_removal_due(now_ms).then(|| log.removal());
            let found = log.compactable(now_ms)?;
            Ok::<_, LogError>(Some((
                deleted,
                removal,
                found,
                log.config().min_cleanable_dirty_ratio,
            )))
        })?;
        let name = partition.topic_partition();
        let (deleted, removal, found, min_ratio) = match looked {
            Ok(looked) => looked?,
            Err(error) => {
                tracing::error!(partition = %name, %error, "log cannot be looked at for compaction");
                if !error.is_fatal() {
                    self.leave_alone(partition);
                }
                return None;
            }
        };
        if deleted > 0 {
            tracing::info!(partition = %name, segments = deleted, "old segments deleted");
            partition.wake();
        }
        if let Some(removal) = removal
            && let Err(error) = removal.run().and_then(|()| removal.remove_due(now_ms))
        {
            tracing::error!(partition = %name, %error, "old segments cannot be removed");
        }
        found.map(|found| (found, min_ratio))
    }

    fn leave_alone(&self, partition: &Partition) {
        let mut state = self.cleaner.state();
        state.uncleanable.insert(id_of(partition));
        self.metrics.cleaner.set_uncleanable(state.uncleanable.len());
    }

    /// Compacts a log that was picked, in a task of its own.
    fn start_compaction(self: &Arc<Self>, partition: Arc<Partition>, config: CleanerConfig) {
        let node = Arc::clone(self);
        let task = Task::begin(self);
        let work = async move {
            let name = partition.topic_partition().clone();
            let began = node.env.clock.monotonic();
            let result = node.compact(&partition, &config).await;
            let took = node.env.clock.monotonic().saturating_sub(began);
            let failed = match result {
                Ok(Some((stats, range))) => {
                    node.report(&name, &stats, range, took);
                    false
                }
                Ok(None) => false,
                Err(error) => {
                    node.note_compact_error(&partition, &error);
                    true
                }
            };
            let mut state = node.cleaner.state();
            if failed {
                let pause = Duration::from_millis(u64::try_from(config.backoff_ms).unwrap_or(0));
                state.paused.insert(name.clone(), node.env.clock.monotonic() + pause);
            }
            state.in_progress.remove(&name);
            drop(state);
            node.cleaner.ended.notify_one();
            drop(task);
        };
        self.env.spawn.spawn("compact", Box::pin(work));
    }

    fn note_compact_error(&self, partition: &Partition, error: &CompactError) {
        let name = partition.topic_partition();
        match error {
            CompactError::Aborted { .. } => {
                tracing::debug!(partition = %name, "compaction given up: the log changed");
            }
            CompactError::Uncleanable { .. } => {
                tracing::error!(partition = %name, %error, "left alone by the cleaner from now on");
                self.leave_alone(partition);
            }
            CompactError::Log(LogError::NoSpace { .. }) => {
                tracing::warn!(partition = %name, %error, "compaction given up for now");
            }
            CompactError::Log(error) => {
                tracing::error!(partition = %name, %error, "compaction failed");
            }
        }
    }

    /// Runs a compaction to its end; `None` when there is nothing to do, or the node stops.
    async fn compact(
        self: &Arc<Self>,
        partition: &Arc<Partition>,
        config: &CleanerConfig,
    ) -> Result<Option<(CompactStats, (Offset, Offset))>, CompactError> {
        let options = self.compact_options(config);
        let begun = Arc::clone(partition);
        let begin = move || begun.with_log(|log| log.start_compaction(&options));
        let begun = self.block("begin compaction", Box::new(begin)).await.flatten();
        let Some(mut compaction) = begun.transpose()?.flatten() else { return Ok(None) };
        loop {
            let (this, held) = (Arc::clone(self), Arc::clone(partition));
            let step = move || {
                let stepped = this.compact_step(&held, &mut compaction);
                (compaction, stepped)
            };
            let Some((back, stepped)) = self.block("compact", Box::new(step)).await else {
                return Err(CompactError::Uncleanable {
                    partition: partition.topic_partition().clone(),
                    reason: "the compaction panicked".to_owned(),
                });
            };
            compaction = back;
            match stepped {
                Ok(Some(bytes)) if !self.stopping.is_cancelled() => self.hold_back(bytes).await,
                Ok(None) => return Ok(Some((compaction.stats(), compaction.dirty_range()))),
                Ok(Some(_)) => {
                    self.block("abandon compaction", Box::new(|| compaction.abandon())).await;
                    return Ok(None);
                }
                Err(error) => {
                    self.block("abandon compaction", Box::new(|| compaction.abandon())).await;
                    return Err(error);
                }
            }
        }
    }

    /// One step and the names that follow from it. Returns how many bytes it took, `None` at the
    /// end. Blocks.
    fn compact_step(
        &self,
        partition: &Partition,
        compaction: &mut Compaction,
    ) -> Result<Option<u64>, CompactError> {
        loop {
            match compaction.step()? {
                Step::Worked { bytes } => return Ok(Some(bytes)),
                Step::Done => return Ok(None),
                Step::Commit => {
                    let now_ms = self.env.clock.wall_ms();
                    let commit = |log: &mut keld_log::PartitionLog| {
                        log.commit_compaction(compaction, now_ms)
                    };
                    let gone =
                        || CompactError::Aborted { partition: partition.topic_partition().clone() };
                    partition.with_log(commit).ok_or_else(gone)??;
                }
            }
        }
    }

    fn compact_options(&self, config: &CleanerConfig) -> CompactOptions {
        let threads = u64::try_from(config.threads).unwrap_or(1).max(1);
        let bytes = |value: i64| u64::try_from(value).unwrap_or(0) / threads;
        let rate = config.io_max_bytes_per_second;
        // Ten steps a second where the limit is low.
        let is_slow = |step: &u64| rate > 0.0 && *step as f64 * 10.0 > rate;
        let mut step_bytes = STEP_BYTES;
        while is_slow(&step_bytes) && step_bytes > STEP_BYTES_MIN {
            step_bytes /= 2;
        }
        CompactOptions {
            map_bytes_max: bytes(config.dedupe_buffer_size),
            load_factor: config.io_buffer_load_factor,
            // One half to read, one to write, as in Kafka.
            buffer_bytes: usize::try_from(bytes(config.io_buffer_size.into()) / 2).unwrap_or(0),
            step_bytes,
            secret: self.env.random.bytes16(),
            now_ms: self.env.clock.wall_ms(),
        }
    }

    /// Waits until bytes that were read and written are paid for, at the rate that all
    /// compactions share.
    async fn hold_back(&self, bytes: u64) {
        let rate = self.config().cleaner.io_max_bytes_per_second;
        let now = self.env.clock.monotonic();
        let seconds = bytes as f64 / rate;
        if !(rate > 0.0 && seconds > 1e-6) {
            return;
        }
        let until = {
            let mut state = self.cleaner.state();
            let pause = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            let from = state.paid_until.max(now);
            state.paid_until = from.checked_add(pause).unwrap_or(from);
            state.paid_until
        };
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => {}
            () = self.env.clock.sleep_until(until) => {}
        }
    }

    fn report(
        &self,
        name: &TopicPartition,
        stats: &CompactStats,
        (from, to): (Offset, Offset),
        took: Duration,
    ) {
        self.metrics.cleaner.compacted(stats, took);
        tracing::info!(
            partition = %name, %from, %to,
            bytes_before = stats.bytes_before, bytes_after = stats.bytes_after,
            bytes_read = stats.bytes_read, keys = stats.keys,
            took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "log compacted"
        );
        if stats.keyless_records > 0 {
            tracing::warn!(
                partition = %name, records = stats.keyless_records,
                "records without a key were dropped by compaction"
            );
        }
    }
}

/// The partitions of a topic, if it is a compacted one: all of them have its settings.
fn compacted(topic: &TopicEntry) -> impl Iterator<Item = &Arc<Partition>> {
    let mut partitions = topic.partitions.values().peekable();
    let is_compacted = partitions.peek().is_some_and(|first| first.settings().log.compact);
    partitions.filter(move |_| is_compacted)
}

fn id_of(partition: &Partition) -> TopicIdPartition {
    TopicIdPartition {
        topic_id: partition.topic_id(),
        partition: partition.topic_partition().partition,
    }
}
