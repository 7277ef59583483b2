//! What a node does by itself: flushes, checkpoints, retention, expiry of producers, removal of
//! deleted directories.
//!
//! One task wakes at a steady pace and looks what is due; the work runs beside the workers, one
//! round at a time.

use crate::node::Node;
use keld_controller::{BrokerRef, Command, Reply};
use std::sync::Arc;
use std::time::Duration;

/// How often the task looks.
const TICK: Duration = Duration::from_secs(1);

/// When each kind of work was last done, in milliseconds of the monotonic clock.
#[derive(Debug, Default)]
struct Last {
    checkpoint_ms: i64,
    retention_ms: i64,
    expiry_ms: i64,
}

/// Runs until the node stops.
pub(crate) async fn run(node: Arc<Node>) {
    let clock = Arc::clone(&node.env.clock);
    let monotonic_ms = || i64::try_from(clock.monotonic().as_millis()).unwrap_or(i64::MAX);
    let now = monotonic_ms();
    let mut last = Last { checkpoint_ms: now, retention_ms: now, expiry_ms: now };
    let delay = u64::try_from(node.config().log.initial_task_delay_ms).unwrap_or(0);
    let mut next = clock.monotonic() + TICK;
    let first_retention = clock.monotonic() + Duration::from_millis(delay);
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
        node.flush_due();
        let is_due = |last: &mut i64, interval: i64| {
            let due = now - *last >= interval;
            if due {
                *last = now;
            }
            due
        };
        let checkpoint = is_due(
            &mut last.checkpoint_ms,
            config.replication.high_watermark_checkpoint_interval_ms.max(1),
        );
        let retention = clock.monotonic() >= first_retention
            && is_due(&mut last.retention_ms, config.log.retention_check_interval_ms.max(1));
        let expiry = is_due(
            &mut last.expiry_ms,
            i64::from(config.transactions.producer_id_expiration_check_interval_ms).max(1),
        );
        let this = Arc::clone(&node);
        let work = move || this.housekeep(checkpoint, retention, expiry);
        node.block("housekeeping", Box::new(work)).await;
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
        let broker = BrokerRef { id: self.config().node_id, epoch: self.broker_epoch() };
        let told = self.quorum.submit(Command::OfflineDirectories(broker, failed));
        let tell = async move {
            if let Reply::Refused(error) = told.await {
                tracing::error!(%error, "the controller does not take the failed directories");
            }
        };
        self.env.spawn.spawn("offline directories", Box::pin(tell));
    }

    /// Starts flushes that `flush.ms` or a rolled segment asks for.
    fn flush_due(&self) {
        let now_ms = self.env.clock.wall_ms();
        for partition in self.partitions.partitions() {
            if partition.with_log(|log| log.is_flush_due(now_ms)) == Some(true) {
                partition.start_flush();
            }
        }
    }

    /// Writes the epochs that began since the last look. Blocks.
    pub(crate) fn write_epochs(&self) {
        for partition in self.partitions.partitions() {
            if let Err(error) = partition.write_epoch() {
                let partition = partition.topic_partition();
                tracing::error!(%partition, %error, "leader epoch cannot be written");
            }
        }
    }

    /// Blocks.
    fn housekeep(&self, checkpoint: bool, retention: bool, expiry: bool) {
        let now_ms = self.env.clock.wall_ms();
        self.write_epochs();
        if checkpoint || retention || expiry {
            for partition in self.partitions.partitions() {
                let failed = partition.with_log(|log| {
                    if expiry {
                        log.expire_producers(now_ms);
                    }
                    if checkpoint {
                        self.logs.note_offsets(log);
                    }
                    let deleted = if retention { log.delete_old_segments(now_ms)? } else { 0 };
                    log.delete_doomed(now_ms)?;
                    Ok::<usize, keld_log::LogError>(deleted)
                });
                let name = partition.topic_partition();
                match failed {
                    Some(Ok(0)) | None => {}
                    Some(Ok(segments)) => {
                        tracing::info!(partition = %name, segments, "old segments deleted");
                        partition.wake();
                    }
                    Some(Err(error)) => {
                        tracing::error!(partition = %name, %error, "retention failed");
                    }
                }
            }
        }
        if checkpoint {
            self.logs.write_checkpoints();
        }
        self.logs.remove_doomed();
    }
}
