//! Start: the newest snapshot that is whole, then the log after it.

use super::core::Pending;
use super::error::QuorumError;
use super::snapshots::{SnapshotFiles, StoredSnapshot};
use super::voters::{KnownVoters, VoterHistory};
use keld_config::NodeConfig;
use keld_log::{DirectoryKind, LogConfig, LogDirectory, OpenLog, PartitionLog, ReadBounds};
use keld_metadata::snapshot::{self, SnapshotId};
use keld_metadata::{
    BatchContent, ClusterDelta, ClusterImage, ImageLoader, Provenance, read_batch,
};
use keld_record::{ControlRecordType, batches};
use keld_types::{LeaderEpoch, Offset, PartitionIndex, TopicId, TopicName, TopicPartition};
use std::collections::VecDeque;

/// How much of the log is read at once.
const CHUNK_BYTES: usize = 4 << 20;

/// What start found.
pub(super) struct Loaded {
    pub(super) log: PartitionLog,
    pub(super) loader: ImageLoader,
    pub(super) voters: VoterHistory,
    /// The batches of the log after the snapshot: whether they are committed is to be seen.
    pub(super) pending: VecDeque<Pending>,
    /// The snapshot that the image began with.
    pub(super) snapshot: Option<SnapshotId>,
    /// Bytes of the log after it.
    pub(super) bytes_since_snapshot: u64,
}

/// What the metadata log obeys. Only snapshots let its segments go.
fn log_config(config: &NodeConfig) -> LogConfig {
    let metadata = &config.metadata_log;
    LogConfig {
        segment_bytes: metadata.segment_bytes.try_into().unwrap_or(1 << 30),
        segment_ms: metadata.segment_ms,
        retention_bytes: -1,
        retention_ms: -1,
        file_delete_delay_ms: metadata.delete_delay_ms,
        ..LogConfig::default()
    }
}

pub(super) fn load(
    config: &NodeConfig,
    directory: &LogDirectory,
    files: &SnapshotFiles,
    now_ms: i64,
) -> Result<Loaded, QuorumError> {
    let partition =
        TopicPartition::new(TopicName::new("__cluster_metadata"), PartitionIndex::new(0));
    let mut log = directory.open_log(OpenLog {
        partition,
        kind: DirectoryKind::Current,
        topic_id: Some(TopicId::METADATA),
        config: log_config(config),
        now_ms,
    })?;
    if let Some(range) = log.damaged().first() {
        return Err(QuorumError::Damaged { from: range.from, to: range.to });
    }
    let stored = newest_usable(files, log.log_start_offset())?;
    let mut voters = KnownVoters::default();
    let mut image = ClusterImage::empty();
    let mut from = log.log_start_offset();
    let snapshot_id = stored.as_ref().map(|known| known.id);
    if let Some(StoredSnapshot { id, snapshot }) = stored {
        // Also after a stop between the arrival of a snapshot and the cut of the log.
        let is_behind = (log.latest_epoch(), log.log_end_offset()) < (id.epoch, id.end_offset);
        let is_empty = log.log_start_offset() == log.log_end_offset();
        let goes_on = is_empty && log.log_end_offset() == id.end_offset;
        if is_behind && !goes_on {
            log.truncate_fully_and_start_at(id.end_offset, now_ms)?;
        }
        voters.kraft_version = snapshot.header.kraft_version;
        voters.record = snapshot.header.voters;
        voters.in_log = id != SnapshotId::BOOTSTRAP;
        let mut delta = ClusterDelta::new(&image);
        for known in &snapshot.records {
            delta.replay(&known.record)?;
        }
        image = delta.finish(Provenance {
            offset: id.end_offset + -1,
            epoch: id.epoch,
            timestamp_ms: snapshot.header.last_contained_timestamp_ms,
        });
        from = id.end_offset;
    } else if from > Offset::ZERO {
        return Err(QuorumError::Gap { log_start: from, end: Offset::ZERO });
    }
    let loader = ImageLoader::new(image);
    let mut voters = VoterHistory::new(voters);
    let mut pending = VecDeque::new();
    let bytes_since_snapshot = replay(&mut log, from, &mut pending, &mut voters)?;
    let snapshot = snapshot_id;
    Ok(Loaded { log, loader, voters, snapshot, pending, bytes_since_snapshot })
}

/// A damaged snapshot is passed over when an older one and the log have all that it had.
fn newest_usable(
    files: &SnapshotFiles,
    log_start: Offset,
) -> Result<Option<StoredSnapshot>, QuorumError> {
    let mut damage = None;
    for id in files.list()?.into_iter().rev() {
        if id.end_offset < log_start {
            break;
        }
        match files.read(id) {
            Ok(snapshot) => return Ok(Some(StoredSnapshot { id, snapshot })),
            Err(error) => {
                tracing::error!(snapshot = %id, %error, "snapshot is damaged; trying an older one");
                damage.get_or_insert(error);
            }
        }
    }
    match damage {
        Some(error) if log_start > Offset::ZERO => Err(error),
        Some(_) | None => Ok(None),
    }
}

fn replay(
    log: &mut PartitionLog,
    from: Offset,
    pending: &mut VecDeque<Pending>,
    voters: &mut VoterHistory,
) -> Result<u64, QuorumError> {
    let end = log.log_end_offset();
    let mut next = from;
    let mut bytes = 0;
    while next < end {
        let bounds = ReadBounds {
            offset_max: end,
            bytes_max: CHUNK_BYTES,
            min_one_batch: true,
            with_aborted: false,
        };
        let before = next;
        let data = log.read(next, &bounds)?;
        let chunk = data.read_all().map_err(QuorumError::file("read", log.dir()))?;
        for batch in batches(chunk) {
            let batch = batch
                .map_err(|error| QuorumError::Batch { offset: next, reason: error.to_string() })?;
            let header = batch.header();
            if header.last_offset() < next {
                continue;
            }
            let provenance = Provenance {
                offset: header.last_offset(),
                epoch: header.partition_leader_epoch,
                timestamp_ms: header.max_timestamp,
            };
            match read_batch(&batch)? {
                BatchContent::Data(records) => {
                    pending.push_back(Pending { records, last: provenance });
                }
                BatchContent::Control(records) => {
                    let mut known = voters.latest().clone();
                    for record in &records {
                        note_control(record, &mut known, header.base_offset)?;
                    }
                    if known != *voters.latest() {
                        voters.note(header.base_offset, known);
                    }
                    pending.push_back(Pending { records: Vec::new(), last: provenance });
                }
            }
            bytes += batch.bytes().len() as u64;
            next = header.next_offset();
        }
        if next == before {
            return Err(QuorumError::Batch {
                offset: next,
                reason: format!("the log ends at {end}, but nothing can be read here"),
            });
        }
    }
    Ok(bytes)
}

pub(super) fn note_control(
    record: &keld_record::ControlRecord,
    voters: &mut KnownVoters,
    offset: Offset,
) -> Result<(), QuorumError> {
    let unreadable =
        |error: keld_wire::DecodeError| QuorumError::Batch { offset, reason: error.to_string() };
    match record.record_type {
        ControlRecordType::KRaftVersion => {
            voters.kraft_version = snapshot::kraft_version_of(record).map_err(unreadable)?;
        }
        ControlRecordType::KRaftVoters => {
            voters.record = Some(snapshot::voters_of(record).map_err(unreadable)?);
            voters.in_log = true;
        }
        ControlRecordType::Abort
        | ControlRecordType::Commit
        | ControlRecordType::LeaderChange
        | ControlRecordType::SnapshotHeader
        | ControlRecordType::SnapshotFooter
        | ControlRecordType::Unknown(_) => {}
    }
    Ok(())
}

/// The epochs of the log for the core; a log that goes on where a snapshot ends begins with the
/// snapshot's.
pub(super) fn epochs(
    log: &PartitionLog,
    snapshot: Option<SnapshotId>,
) -> Vec<(LeaderEpoch, Offset)> {
    let mut entries = log.epoch_entries().to_vec();
    if let Some(id) = snapshot
        && id != SnapshotId::BOOTSTRAP
        && id.end_offset == log.log_start_offset()
        && entries.first().is_none_or(|(first, _)| id.epoch < *first)
    {
        // The last record that the snapshot stands for.
        entries.insert(0, (id.epoch, id.end_offset + -1));
    }
    entries
}
