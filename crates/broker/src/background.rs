//! What a node does by itself: flushes, checkpoints, retention, expiry of producers, removal of
//! deleted directories.
//!
//! One task wakes at a steady pace and looks what is due; the work runs beside the workers, one
//! round at a time. A round goes over the partitions that something happened to, and over those
//! whose time has come ([`agenda`]), in memory only, and holds each lock for that long; what is to
//! be done to files is done after the lock is given back, and the removal of deleted directories
//! beside the rounds.

mod agenda;

use crate::node::Node;
use agenda::{Agenda, Checks, Next, Outlook};
use keld_log::{LogError, PartitionLog, Removal};
use keld_replication::{Partition, Touched};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// Which partitions are to be looked at.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    pub(crate) touched: Arc<Touched>,
    /// Held by the round in flight.
    agenda: Mutex<Agenda>,
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
        let due = Checks {
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
        if due != Checks::default() || !node.upkeep.is_idle(node.env.clock.wall_ms()) {
            let this = Arc::clone(&node);
            node.block("housekeeping", Box::new(move || this.housekeep(due))).await;
        }
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
    fn housekeep(&self, due: Checks) {
        let now_ms = self.env.clock.wall_ms();
        let mut agenda = self.upkeep.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, checks) in agenda.round(self.upkeep.touched.take(), due, now_ms) {
            let partition = self.partitions.partition_by_id(id);
            match partition.and_then(|partition| self.keep(&partition, checks, now_ms)) {
                Some(outlook) => agenda.settle(id, checks, outlook),
                None => agenda.forget(id),
            }
        }
        drop(agenda);
        if due.checkpoint {
            self.logs.write_checkpoints();
        }
    }

    /// One partition's part of a round, and when the next look is to be; `None` without a log.
    fn keep(&self, partition: &Arc<Partition>, checks: Checks, now_ms: i64) -> Option<Outlook> {
        let look = partition.keep(|log| self.look_at_log(log, checks, now_ms))?;
        let name = partition.topic_partition();
        match look.deleted {
            Ok(0) => {}
            Ok(segments) => {
                tracing::info!(partition = %name, segments, "old segments deleted");
                partition.wake();
            }
            Err(error) => tracing::error!(partition = %name, %error, "retention failed"),
        }
        if let Some(removal) = look.removal
            && let Err(error) = removal.run().and_then(|()| removal.remove_due(now_ms))
        {
            tracing::error!(partition = %name, %error, "old segments cannot be removed");
        }
        if look.is_flush_due {
            partition.start_flush();
        }
        Some(look.outlook)
    }

    /// What is done under the partition's lock.
    fn look_at_log(&self, log: &mut PartitionLog, checks: Checks, now_ms: i64) -> Look {
        if checks.expiry {
            log.expire_producers(now_ms);
        }
        let mut checkpoint = Next::Never;
        if checks.checkpoint {
            if log.close_idle_file() {
                checkpoint = Next::Soon;
            }
            self.logs.note_offsets(log);
        }
        // Of compacted logs the cleaner deletes, so that it is not in its own way.
        let is_cleaners = log.config().compact && self.config().cleaner.runs();
        let deleted = match checks.retention && !is_cleaners {
            true => log.take_old_segments(now_ms),
            false => Ok(0),
        };
        let retention = match &deleted {
            Ok(_) if is_cleaners => Next::Never,
            Ok(_) => log.next_deletion_ms().into(),
            Err(_) => Next::Soon,
        };
        let removal = log.is_removal_due(now_ms).then(|| log.removal());
        let is_flush_due = log.is_flush_due(now_ms);
        // What is done now may leave something to be done later: that shows in the next round.
        let chore = match removal.is_some() || is_flush_due {
            true => Next::Soon,
            false => log.next_chore_ms().into(),
        };
        let expiry = log.next_expiry_ms().into();
        let outlook = Outlook { chore, checkpoint, retention, expiry };
        Look { deleted, removal, is_flush_due, outlook }
    }
}

/// What a look at a log found.
struct Look {
    deleted: Result<usize, LogError>,
    removal: Option<Removal>,
    is_flush_due: bool,
    outlook: Outlook,
}

impl Upkeep {
    /// Whether a round without any check would look at nobody.
    fn is_idle(&self, now_ms: i64) -> bool {
        let agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        self.touched.is_empty() && agenda.is_idle(now_ms)
    }

    /// How many partitions a round with every check would look at, were it the last one.
    #[cfg(test)]
    pub(crate) fn looks_due(&self, now_ms: i64) -> usize {
        let mut agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        let all = Checks { checkpoint: true, retention: true, expiry: true };
        agenda.round(self.touched.take(), all, now_ms).len()
    }
}
