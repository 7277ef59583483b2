//! Snapshots: the image as a file of record batches, `<end offset>-<epoch>.checkpoint`.
//!
//! ```text
//! control batch   SnapshotHeader, and for dynamic quorums KRaftVersion and KRaftVoters
//! data batches    the image's records
//! control batch   SnapshotFooter
//! ```
//!
//! `bootstrap.checkpoint` has the same form: the records a new cluster starts with.

use crate::batch::{
    BatchContent, BatchPlace, BatchReadError, BatchWriteError, control_batch, data_batches,
    read_batch,
};
use crate::record::VersionedRecord;
use bytes::Bytes;
use keld_record::{BatchError, ControlRecord, ControlRecordType, batches};
use keld_types::{LeaderEpoch, Offset};
use keld_wire::quorum_records::{
    KRaftVersionRecord, LeaderChangeMessage, SnapshotFooterRecord, SnapshotHeaderRecord,
    VotersRecord,
};
use keld_wire::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};
use std::fmt;

/// Kafka's largest batch in snapshots and the metadata log.
pub const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Which prefix of the log a snapshot stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SnapshotId {
    /// The offset after the last record it contains.
    pub end_offset: Offset,
    /// That record's epoch.
    pub epoch: LeaderEpoch,
}

impl SnapshotId {
    /// What Kafka's formatter writes for a dynamic quorum: only the voters.
    pub const BOOTSTRAP: Self = Self { end_offset: Offset::ZERO, epoch: LeaderEpoch::new(0) };

    /// Reads a file name; `None` when it is not a finished snapshot's.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let (offset, epoch) = name.strip_suffix(".checkpoint")?.split_once('-')?;
        let digits = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(offset, 20) || !digits(epoch, 10) {
            return None;
        }
        Some(Self {
            end_offset: Offset::new(offset.parse().ok()?),
            epoch: LeaderEpoch::new(epoch.parse().ok()?),
        })
    }
}

impl fmt::Display for SnapshotId {
    /// The file name without its suffix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}-{:010}", self.end_offset.get(), self.epoch.get())
    }
}

/// What the header says of the quorum.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SnapshotHeader {
    /// When the last contained record was written, in milliseconds since 1970.
    pub last_contained_timestamp_ms: i64,
    /// `kraft.version`; 0 is a static quorum, written as nothing.
    pub kraft_version: i16,
    /// The voters of a dynamic quorum.
    pub voters: Option<VotersRecord>,
}

/// A snapshot's content.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Snapshot {
    /// What the header says.
    pub header: SnapshotHeader,
    /// The image's records.
    pub records: Vec<VersionedRecord>,
}

/// A snapshot could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotReadError {
    /// A batch is no batch.
    #[error("snapshot has a damaged batch after {position} bytes: {source}")]
    Batch {
        /// Bytes before it.
        position: usize,
        /// What is wrong.
        source: BatchError,
    },
    /// The file ends inside a batch.
    #[error("snapshot of {length} bytes ends within a batch that begins after {position} bytes")]
    Truncated {
        /// Bytes in all.
        length: usize,
        /// Bytes before the batch.
        position: usize,
    },
    /// A batch's content cannot be read.
    #[error("snapshot: {0}")]
    Content(#[from] BatchReadError),
    /// A control record's value cannot be read.
    #[error("snapshot: {0}")]
    Control(#[from] DecodeError),
    /// The header is not where it belongs.
    #[error("snapshot does not begin with a header record")]
    NoHeader,
    /// The footer is not where it belongs: the writer was interrupted.
    #[error("snapshot does not end with a footer record")]
    NoFooter,
    /// Something follows the footer, or a header comes twice.
    #[error("snapshot has records where none belong")]
    OutOfPlace,
}

/// The file's bytes. `place.base_offset` is 0 in every snapshot; its epoch is the snapshot's.
pub fn write(
    snapshot: &Snapshot,
    epoch: LeaderEpoch,
    timestamp_ms: i64,
    batch_bytes_max: usize,
) -> Result<Vec<u8>, BatchWriteError> {
    let header = &snapshot.header;
    let mut control = vec![ControlRecord {
        record_type: ControlRecordType::SnapshotHeader,
        value: value_of(&SnapshotHeaderRecord {
            last_contained_log_timestamp: header.last_contained_timestamp_ms,
            ..SnapshotHeaderRecord::default()
        })?,
    }];
    control.extend(kraft_records(header.kraft_version, header.voters.as_ref())?);
    let mut place = BatchPlace { base_offset: Offset::ZERO, epoch, timestamp_ms };
    let mut file = control_batch(&control, place)?.to_vec();
    place.base_offset = place.base_offset + count(control.len());
    for batch in data_batches(&snapshot.records, place, batch_bytes_max)? {
        file.extend_from_slice(&batch);
    }
    place.base_offset = place.base_offset + count(snapshot.records.len());
    let footer = ControlRecord {
        record_type: ControlRecordType::SnapshotFooter,
        value: value_of(&SnapshotFooterRecord::default())?,
    };
    file.extend_from_slice(&control_batch(&[footer], place)?);
    Ok(file)
}

/// The control records that say `kraft.version` and the voters; none for a static quorum.
pub fn kraft_records(
    kraft_version: i16,
    voters: Option<&VotersRecord>,
) -> Result<Vec<ControlRecord>, EncodeError> {
    let mut records = Vec::new();
    if kraft_version > 0 {
        records.push(ControlRecord {
            record_type: ControlRecordType::KRaftVersion,
            value: value_of(&KRaftVersionRecord {
                kraft_version,
                ..KRaftVersionRecord::default()
            })?,
        });
        if let Some(voters) = voters {
            records.push(ControlRecord {
                record_type: ControlRecordType::KRaftVoters,
                value: value_of(voters)?,
            });
        }
    }
    Ok(records)
}

/// The control record that begins a leader's epoch.
pub fn leader_change_record(message: &LeaderChangeMessage) -> Result<ControlRecord, EncodeError> {
    Ok(ControlRecord { record_type: ControlRecordType::LeaderChange, value: value_of(message)? })
}

/// Reads the value of a KRaftVersion record.
pub fn kraft_version_of(record: &ControlRecord) -> Result<i16, DecodeError> {
    let value = KRaftVersionRecord::decode(&mut Decoder::new(record.value.clone()), 0)?;
    Ok(value.kraft_version)
}

/// Reads the value of a KRaftVoters record.
pub fn voters_of(record: &ControlRecord) -> Result<VotersRecord, DecodeError> {
    VotersRecord::decode(&mut Decoder::new(record.value.clone()), 0)
}

/// Reads a file.
pub fn read(bytes: &Bytes) -> Result<Snapshot, SnapshotReadError> {
    let mut snapshot = Snapshot::default();
    let (mut has_header, mut has_footer) = (false, false);
    let mut file = batches(bytes.clone());
    while let Some(batch) = file.next() {
        let position = file.consumed();
        let batch = batch.map_err(|source| SnapshotReadError::Batch { position, source })?;
        if has_footer {
            return Err(SnapshotReadError::OutOfPlace);
        }
        match read_batch(&batch)? {
            BatchContent::Data(records) => {
                if !has_header {
                    return Err(SnapshotReadError::NoHeader);
                }
                snapshot.records.extend(records);
            }
            BatchContent::Control(records) => {
                for record in records {
                    match record.record_type {
                        ControlRecordType::SnapshotHeader if has_header => {
                            return Err(SnapshotReadError::OutOfPlace);
                        }
                        ControlRecordType::SnapshotHeader => {
                            let mut input = Decoder::new(record.value.clone());
                            let header = SnapshotHeaderRecord::decode(&mut input, 0)?;
                            snapshot.header.last_contained_timestamp_ms =
                                header.last_contained_log_timestamp;
                            has_header = true;
                        }
                        _ if !has_header => return Err(SnapshotReadError::NoHeader),
                        ControlRecordType::SnapshotFooter => has_footer = true,
                        ControlRecordType::KRaftVersion => {
                            snapshot.header.kraft_version = kraft_version_of(&record)?;
                        }
                        ControlRecordType::KRaftVoters => {
                            snapshot.header.voters = Some(voters_of(&record)?);
                        }
                        ControlRecordType::Abort
                        | ControlRecordType::Commit
                        | ControlRecordType::LeaderChange
                        | ControlRecordType::Unknown(_) => {}
                    }
                }
            }
        }
    }
    if file.consumed() < bytes.len() {
        return Err(SnapshotReadError::Truncated {
            length: bytes.len(),
            position: file.consumed(),
        });
    }
    match (has_header, has_footer) {
        (false, _) => Err(SnapshotReadError::NoHeader),
        (true, false) => Err(SnapshotReadError::NoFooter),
        (true, true) => Ok(snapshot),
    }
}

fn value_of(message: &impl Encode) -> Result<Bytes, EncodeError> {
    let mut out = Encoder::new();
    message.encode(&mut out, 0)?;
    out.finish_bytes()
}

fn count(records: usize) -> i64 {
    i64::try_from(records).unwrap_or(i64::MAX)
}
