//! What a node does by itself: flushes, checkpoints, retention, expiry of producers, removal of
//! deleted directories.
//!
//! One task wakes at a steady pace and looks what is due; the work runs beside the workers, one
//! round at a time. A round goes over the partitions in memory only and holds each lock for that
//! long; what is to be done to files is done after the lock is given back, and the removal of
//! deleted directories beside the rounds.

use crate::node::Node;
use keld_replication::Partition;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often the task looks.
const TICK: Duration = Duration::from_secs(1);

/// When each kind of work was last done, in milliseconds of the monotonic clock.
#[derive(Debug, Default)]
struct Last {
    checkpoint_ms: i64,
    retention_ms: i64,
    expiry_ms: i64,
    isr_ms: i64,
}

/// What is due in a round.
#[derive(Clone, Copy, Debug)]
struct Due {
    checkpoint: bool,
    retention: bool,
    expiry: bool,
}

/// Runs until the node stops.
pub(crate) async fn run(node: Arc<Node>) {
    let clock = Arc::clone(&node.env.clock);
    let monotonic_ms = || i64::try_from(clock.monotonic().as_millis()).unwrap_or(i64::MAX);
    let now = monotonic_ms();
    let mut last = Last { checkpoint_ms: now, retention_ms: now, expiry_ms: now, isr_ms: now };
    let delay = u64::try_from(node.config().log.initial_task_delay_ms).unwrap_or(0);
    let mut next = clock.monotonic() + TICK;
    let first_retention = clock.monotonic() + Duration::from_millis(delay);
    let is_purging = Arc::new(AtomicBool::new(false));
    loop {
        tokio::select! {
            biased;
            () = node.stopping.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        next = clock.monotonic() + TICK;
        let now = monotonic_ms();
        let config = node.config();
        node.check_directories();
        let is_due = |last: &mut i64, interval: i64| {
            let due = now - *last >= interval;
            if due {
                *last = now;
            }
            due
        };
        let due = Due {
            checkpoint: is_due(
                &mut last.checkpoint_ms,
                config.replication.high_watermark_checkpoint_interval_ms.max(1),
            ),
            retention: clock.monotonic() >= first_retention
                && is_due(&mut last.retention_ms, config.log.retention_check_interval_ms.max(1)),
            expiry: is_due(
                &mut last.expiry_ms,
                i64::from(config.transactions.producer_id_expiration_check_interval_ms).max(1),
            ),
        };
        if is_due(&mut last.isr_ms, (config.replication.replica_lag_time_max_ms / 2).max(1)) {
            node.shrink_isrs();
        }
        node.purge(&is_purging);
        let this = Arc::clone(&node);
        node.block("housekeeping", Box::new(move || this.housekeep(due))).await;
    }
}

impl Node {
    /// Takes note of log directories that failed since the last look: their partitions go offline,
    /// the controller is told, and the node fails when it cannot go on without them.
    fn check_directories(self: &Arc<Self>) {
        let failed = self.logs.newly_failed();
        if failed.is_empty() {
            return;
        }
        for partition in self.partitions.partitions() {
            if !partition.is_online() {
                drop(partition.take_log());
            }
        }
        if let Some(reason) = self.logs.cannot_go_on() {
            self.fail(reason);
            return;
        }
        self.lifecycle.directories_failed(failed);
    }

    /// Removes the directories whose time has come, beside the rounds: it may take long.
    fn purge(self: &Arc<Self>, is_purging: &Arc<AtomicBool>) {
        if !self.logs.has_doomed() || is_purging.swap(true, Ordering::AcqRel) {
            return;
        }
        let (this, is_purging) = (Arc::clone(self), Arc::clone(is_purging));
        let work = move || {
            this.logs.remove_doomed();
            is_purging.store(false, Ordering::Release);
        };
        drop(self.env.spawn.blocking("purge", Box::new(work)));
    }

    /// Has every log take the epoch it is led in.
    pub(crate) fn write_epochs(&self) {
        self.for_each_partition(|partition| {
            if let Err(error) = partition.write_epoch() {
                let partition = partition.topic_partition();
                tracing::error!(%partition, %error, "leader epoch cannot be taken");
            }
        });
    }

    fn for_each_partition(&self, mut each: impl FnMut(&Arc<Partition>)) {
        for topic in self.partitions.topics() {
            topic.partitions.values().for_each(&mut each);
        }
    }

    /// One round. Blocks.
    fn housekeep(&self, due: Due) {
        let now_ms = self.env.clock.wall_ms();
        self.for_each_partition(|partition| self.keep(partition, due, now_ms));
        if due.checkpoint {
            self.logs.write_checkpoints();
        }
    }

    /// One partition's part of a round.
    fn keep(&self, partition: &Arc<Partition>, due: Due, now_ms: i64) {
        let looked = partition.with_log(|log| {
            if due.expiry {
                log.expire_producers(now_ms);
            }
            if due.checkpoint {
                log.close_idle_file();
                self.logs.note_offsets(log);
            }
            // Of compacted logs the cleaner deletes, so that it is not in its own way.
            let is_cleaners = due.retention && log.config().compact && self.config().cleaner.runs();
            let deletes = due.retention && !is_cleaners;
            let deleted = if deletes { log.take_old_segments(now_ms)? } else { 0 };
            let removal = log.is_removal_due(now_ms).then(|| log.removal());
            Ok::<_, keld_log::LogError>((deleted, removal, log.is_flush_due(now_ms)))
        });
        let name = partition.topic_partition();
        let (deleted, removal, flush) = match looked {
            None => return,
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                tracing::error!(partition = %name, %error, "retention failed");
                return;
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
        if flush {
            partition.start_flush();
        }
    }
}
