//! A shard's records as one batch of its partition.

use crate::refusal::error_code;
use keld_coordinator::CoordinatorRecord;
use keld_record::{BatchBuilder, Compression, RecordBatch};
use keld_replication::{Append, Appended, Partition, PartitionError};
use keld_types::{ErrorCode, LeaderEpoch, RequiredAcks};
use std::sync::Arc;

/// Appends the records together or not at all.
pub(super) fn append(
    partition: &Arc<Partition>,
    leader_epoch: LeaderEpoch,
    records: &[CoordinatorRecord],
    wall_ms: i64,
    compression: Compression,
) -> Result<Appended, ErrorCode> {
    let batch = batch(records, wall_ms, compression).ok_or(ErrorCode::RECORD_LIST_TOO_LARGE)?;
    let append = Append {
        batch: &batch,
        origin: keld_record::AppendOrigin::Coordinator,
        acks: RequiredAcks::AllInSync,
        leader_epoch: Some(leader_epoch),
    };
    partition.append(&append).map_err(|error| {
        let partition = partition.topic_partition();
        tracing::warn!(%partition, %error, "coordinator records cannot be appended");
        match error {
            // This shard leads in an epoch that has passed.
            PartitionError::FencedLeaderEpoch { .. }
            | PartitionError::UnknownLeaderEpoch { .. } => ErrorCode::NOT_LEADER_OR_FOLLOWER,
            error => error_code(&error),
        }
    })
}

fn batch(
    records: &[CoordinatorRecord],
    wall_ms: i64,
    compression: Compression,
) -> Option<RecordBatch> {
    let mut builder = BatchBuilder::new(compression);
    for record in records {
        builder.append(wall_ms, Some(&record.key), record.value.as_deref(), &[]).ok()?;
    }
    builder.finish_batch().ok()
}

/// The codec of `offsets.topic.compression.codec`.
pub(super) fn compression_of(codec: i32) -> Compression {
    match codec {
        1 => Compression::Gzip,
        2 => Compression::Snappy,
        3 => Compression::Lz4,
        4 => Compression::Zstd,
        _none => Compression::None,
    }
}
