//! Metadata records in record batches.

use crate::record::{RecordFrameError, VersionedRecord};
use bytes::Bytes;
use keld_record::{
    BatchBuilder, BatchError, BuildError, Compression, ControlRecord, ControlRecordError,
    RecordBatch, RecordError,
};
use keld_types::{LeaderEpoch, Offset};
use keld_wire::EncodeError;

/// What a batch of the metadata log holds.
#[derive(Clone, PartialEq, Debug)]
pub enum BatchContent {
    /// Metadata records.
    Data(Vec<VersionedRecord>),
    /// Records of the quorum itself.
    Control(Vec<ControlRecord>),
}

/// A batch could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BatchReadError {
    /// The batch is damaged.
    #[error("metadata batch at offset {offset}: {source}")]
    Batch {
        /// Its base offset.
        offset: Offset,
        /// What is wrong.
        source: BatchError,
    },
    /// A record of the batch is damaged.
    #[error("metadata batch at offset {offset}: {source}")]
    Record {
        /// The batch's base offset.
        offset: Offset,
        /// What is wrong.
        source: RecordError,
    },
    /// A metadata record cannot be read.
    #[error("metadata record at offset {offset}: {source}")]
    Frame {
        /// The record's offset.
        offset: Offset,
        /// What is wrong.
        source: RecordFrameError,
    },
    /// A control record cannot be read.
    #[error("control record at offset {offset}: {source}")]
    Control {
        /// The record's offset.
        offset: Offset,
        /// What is wrong.
        source: ControlRecordError,
    },
}

/// Reads a batch, its checksum first.
pub fn read_batch(batch: &RecordBatch) -> Result<BatchContent, BatchReadError> {
    let offset = batch.header().base_offset;
    batch.verify_crc().map_err(|source| BatchReadError::Batch { offset, source })?;
    let is_control = batch.header().attributes.is_control();
    let records = batch.records().map_err(|source| BatchReadError::Record { offset, source })?;
    let (mut data, mut control) = (Vec::new(), Vec::new());
    for record in records {
        let record = record.map_err(|source| BatchReadError::Record { offset, source })?;
        let at = record.offset;
        if is_control {
            let record = ControlRecord::from_record(&record)
                .map_err(|source| BatchReadError::Control { offset: at, source })?;
            control.push(record);
        } else {
            let value = record.value.unwrap_or_default();
            let record = VersionedRecord::decode(&value)
                .map_err(|source| BatchReadError::Frame { offset: at, source })?;
            data.push(record);
        }
    }
    Ok(if is_control { BatchContent::Control(control) } else { BatchContent::Data(data) })
}

/// Records could not be written.
#[derive(Debug, thiserror::Error)]
pub enum BatchWriteError {
    /// A record does not fit its schema's version.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The batch cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Where a batch is to stand and what it is stamped with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchPlace {
    /// Offset of its first record.
    pub base_offset: Offset,
    /// The quorum's epoch.
    pub epoch: LeaderEpoch,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
}

/// The records as batches of at most about `bytes_max` each (a single record may exceed it), one
/// after the other from `place` on.
pub fn data_batches(
    records: &[VersionedRecord],
    place: BatchPlace,
    bytes_max: usize,
) -> Result<Vec<Bytes>, BatchWriteError> {
    let mut batches = Vec::new();
    let mut offset = place.base_offset;
    let start =
        |offset| BatchBuilder::new(Compression::None).base_offset(offset).leader_epoch(place.epoch);
    let mut builder = start(offset);
    for record in records {
        let value = record.encode()?;
        if !builder.is_empty() && builder.size() + value.len() > bytes_max {
            batches.push(std::mem::replace(&mut builder, start(offset)).finish()?);
        }
        builder.append(place.timestamp_ms, None, Some(&value), &[])?;
        offset = offset.next();
    }
    if !builder.is_empty() {
        batches.push(builder.finish()?);
    }
    Ok(batches)
}

/// Control records as one batch.
pub fn control_batch(
    records: &[ControlRecord],
    place: BatchPlace,
) -> Result<Bytes, BatchWriteError> {
    let mut builder = BatchBuilder::new(Compression::None)
        .base_offset(place.base_offset)
        .leader_epoch(place.epoch)
        .control(true);
    for record in records {
        builder.append_control(place.timestamp_ms, record)?;
    }
    Ok(builder.finish()?)
}
