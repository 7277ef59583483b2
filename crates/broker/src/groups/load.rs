//! Reading a shard's log.
//!
//! Everything up to the end the log has when the reading begins; what is written later is written
//! by this shard. Blocks, so it runs beside the workers.

use super::coordinator_config;
use super::shard::Shard;
use crate::node::Node;
use keld_coordinator::{CoordinatorRecord, GroupShard};
use keld_record::{ControlRecord, EndTxnMarker, RecordBatch, batches};
use keld_replication::{ReadFrom, ReadRequest, Waiting};
use keld_types::{Offset, ProducerId};
use std::sync::{Arc, Mutex, PoisonError};

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error(transparent)]
    Partition(#[from] keld_replication::PartitionError),
    #[error("the log directory is offline")]
    Offline,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("batch at or after offset {offset}: {reason}")]
    Batch { offset: Offset, reason: String },
}

/// How many logs are read at the same time.
const LOADERS_MAX: usize = 4;

/// Begins to load shards.
pub(super) fn start(node: &Arc<Node>, shards: Vec<Arc<Shard>>) {
    let loaders = shards.len().min(LOADERS_MAX);
    let queue = Arc::new(Mutex::new(shards));
    for _ in 0..loaders {
        let (node, queue) = (Arc::clone(node), Arc::clone(&queue));
        let spawn = Arc::clone(&node.env.spawn);
        let work = move || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(shard) = next else { return };
                load_one(&node, &shard);
            }
        };
        // The work runs whether or not its completion is waited for.
        drop(spawn.blocking("load groups", Box::new(work)));
    }
}

fn load_one(node: &Arc<Node>, shard: &Arc<Shard>) {
    let partition = shard.partition().topic_partition();
    let began = node.env.clock.monotonic();
    match load(node, shard) {
        Ok(loaded) => {
            let skipped = loaded.skipped_records();
            shard.loaded(node, loaded);
            node.groups.sooner.notify_one();
            let took_ms = (node.env.clock.monotonic() - began).as_millis();
            if skipped > 0 {
                tracing::warn!(%partition, skipped, "groups loaded, but for records not understood");
            }
            tracing::debug!(%partition, took_ms, "groups loaded");
        }
        Err(error) => {
            tracing::error!(%partition, %error, "groups cannot be loaded");
            shard.cannot_load();
        }
    }
}

fn load(node: &Arc<Node>, shard: &Shard) -> Result<GroupShard, LoadError> {
    let mut groups = GroupShard::new(coordinator_config(node));
    let partition = shard.partition();
    let offsets = partition.offsets().ok_or(LoadError::Offline)?;
    let bytes_max = usize::try_from(node.config().offsets.load_buffer_size).unwrap_or(1).max(1);
    let mut next = offsets.log_start;
    while next < offsets.log_end {
        let request = ReadRequest {
            offset: next,
            bytes_max,
            min_one_batch: true,
            from: ReadFrom::Replica,
            current_leader_epoch: Some(shard.leader_epoch()),
            last_fetched_epoch: None,
        };
        let read = partition.read(&request, Waiting::Allowed)?;
        let bytes = read.data.ok_or(LoadError::Offline)?.read_all()?;
        let before = next;
        for batch in batches(bytes) {
            let Ok(batch) = batch else { break };
            if batch.header().last_offset() >= next {
                replay(&mut groups, &batch, next)?;
                next = batch.header().next_offset();
            }
        }
        if next == before {
            return Err(LoadError::Batch { offset: next, reason: "not a whole batch".to_owned() });
        }
    }
    Ok(groups)
}

fn replay(groups: &mut GroupShard, batch: &RecordBatch, from: Offset) -> Result<(), LoadError> {
    let header = batch.header();
    let damaged = |reason: String| LoadError::Batch { offset: from, reason };
    batch.verify_crc().map_err(|error| damaged(error.to_string()))?;
    let records = batch.records().map_err(|error| damaged(error.to_string()))?;
    let producer = ProducerId::new(header.producer_id.get());
    for record in records {
        let record = record.map_err(|error| damaged(error.to_string()))?;
        if record.offset < from {
            continue;
        }
        if header.is_control() {
            let control = ControlRecord::from_record(&record).ok();
            let marker =
                control.and_then(|it| EndTxnMarker::from_control_record(&it).ok().flatten());
            if let Some(marker) = marker {
                groups.replay_marker(producer, marker.committed);
            }
            continue;
        }
        let transaction = header.is_transactional().then_some(producer);
        let coordinator_record =
            CoordinatorRecord { key: record.key.unwrap_or_default(), value: record.value };
        groups.replay(&coordinator_record, record.offset, transaction);
    }
    Ok(())
}
