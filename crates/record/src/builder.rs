//! Making batches.

use crate::attributes::{Attributes, TimestampType};
use crate::batch::RecordBatch;
use crate::compression::{Compression, CompressionWithLevel};
use crate::control::ControlRecord;
use crate::crc::crc32c;
use crate::header::{BatchHeader, CRC_POSITION, CRC_START, HEADER_LENGTH, LOG_OVERHEAD};
use crate::record::{Header, Record, RecordParts};
use bytes::{Bytes, BytesMut};
use keld_types::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};

/// Why a batch could not be built.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BuildError {
    /// No record was appended.
    #[error("a record batch needs at least one record")]
    Empty,
    /// A length or count does not fit Kafka's 32 bits.
    #[error("the record batch grows beyond 2147483647 bytes")]
    TooLarge,
    /// An offset that does not follow the ones before, or is too far from the first.
    #[error(
        "offset {offset} cannot follow in a batch from {base_offset} whose last is {last_offset}"
    )]
    Offset {
        /// The refused offset.
        offset: Offset,
        /// The batch's first.
        base_offset: Offset,
        /// The batch's last so far.
        last_offset: Offset,
    },
    /// The codec failed.
    #[error("compressing with {codec} failed: {reason}")]
    Compress {
        /// The codec.
        codec: Compression,
        /// What it said.
        reason: String,
    },
}

/// The idempotent producer of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchProducer {
    /// Its id.
    pub id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// Sequence of the batch's first record.
    pub base_sequence: i32,
}

/// Collects records and makes one batch of them.
///
/// Offsets count up from the base offset; [`append_at`](Self::append_at) leaves gaps. The base
/// timestamp is the first record's.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    compression: CompressionWithLevel,
    attributes: Attributes,
    base_offset: Offset,
    leader_epoch: LeaderEpoch,
    producer: BatchProducer,
    log_append_time: Option<i64>,
    delete_horizon_ms: Option<i64>,
    /// Room for the header, then the records.
    buffer: BytesMut,
    base_timestamp: i64,
    max_timestamp: i64,
    last_offset_delta: i32,
    record_count: i32,
}

impl BatchBuilder {
    /// An empty batch from offset 0 of no producer.
    pub fn new(compression: impl Into<CompressionWithLevel>) -> Self {
        let compression = compression.into();
        Self {
            compression,
            attributes: Attributes::default().with_compression(compression.codec()),
            base_offset: Offset::ZERO,
            leader_epoch: LeaderEpoch::NONE,
            producer: BatchProducer {
                id: ProducerId::NONE,
                epoch: ProducerEpoch::NONE,
                base_sequence: -1,
            },
            log_append_time: None,
            delete_horizon_ms: None,
            buffer: BytesMut::zeroed(HEADER_LENGTH),
            base_timestamp: -1,
            max_timestamp: -1,
            last_offset_delta: -1,
            record_count: 0,
        }
    }

    /// Sets the first offset; before the first record only.
    #[must_use]
    pub fn base_offset(mut self, base_offset: Offset) -> Self {
        self.base_offset = base_offset;
        self
    }

    /// Sets the partition leader epoch.
    #[must_use]
    pub fn leader_epoch(mut self, epoch: LeaderEpoch) -> Self {
        self.leader_epoch = epoch;
        self
    }

    /// Sets the idempotent producer.
    #[must_use]
    pub fn producer(mut self, producer: BatchProducer) -> Self {
        self.producer = producer;
        self
    }

    /// Makes the batch part of a transaction, or not.
    #[must_use]
    pub fn transactional(mut self, transactional: bool) -> Self {
        self.attributes = self.attributes.with_transactional(transactional);
        self
    }

    /// Makes the batch one of control records, or not.
    #[must_use]
    pub fn control(mut self, control: bool) -> Self {
        self.attributes = self.attributes.with_control(control);
        self
    }

    /// Gives every record this timestamp, set by the broker; before the first record only.
    #[must_use]
    pub fn log_append_time(mut self, timestamp: i64) -> Self {
        self.attributes = self.attributes.with_timestamp_type(TimestampType::LogAppendTime);
        self.log_append_time = Some(timestamp);
        self
    }

    /// Sets the time from which tombstones may go; before the first record only.
    #[must_use]
    pub fn delete_horizon_ms(mut self, horizon_ms: i64) -> Self {
        self.attributes = self.attributes.with_delete_horizon(true);
        self.delete_horizon_ms = Some(horizon_ms);
        self
    }

    /// Appends a record at the next offset.
    pub fn append(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
    ) -> Result<(), BuildError> {
        let offset_delta = self.last_offset_delta.checked_add(1).ok_or(BuildError::TooLarge)?;
        self.append_parts(
            timestamp,
            RecordParts { timestamp_delta: 0, offset_delta, key, value, headers },
        )
    }

    /// Appends a record at the next offset; the record's own offset is not looked at.
    pub fn append_record(&mut self, record: &Record) -> Result<(), BuildError> {
        self.append(
            record.timestamp,
            record.key.as_deref(),
            record.value.as_deref(),
            &record.headers,
        )
    }

    /// Appends a record at its own offset, which must be larger than those before.
    pub fn append_at(&mut self, record: &Record) -> Result<(), BuildError> {
        let refused = || BuildError::Offset {
            offset: record.offset,
            base_offset: self.base_offset,
            last_offset: self.base_offset + i64::from(self.last_offset_delta),
        };
        let offset_delta =
            i32::try_from(record.offset - self.base_offset).map_err(|_| refused())?;
        if offset_delta <= self.last_offset_delta {
            return Err(refused());
        }
        let parts = RecordParts {
            timestamp_delta: 0,
            offset_delta,
            key: record.key.as_deref(),
            value: record.value.as_deref(),
            headers: &record.headers,
        };
        self.append_parts(record.timestamp, parts)
    }

    /// Appends a control record at the next offset; the batch must be one of control records.
    pub fn append_control(
        &mut self,
        timestamp: i64,
        control: &ControlRecord,
    ) -> Result<(), BuildError> {
        debug_assert!(self.attributes.is_control(), "call control(true) first");
        self.append(timestamp, Some(&control.record_type.key()), Some(&control.value), &[])
    }

    fn append_parts(
        &mut self,
        timestamp: i64,
        mut parts: RecordParts<'_>,
    ) -> Result<(), BuildError> {
        let timestamp = self.log_append_time.unwrap_or(timestamp);
        if self.record_count == 0 {
            self.base_timestamp = self.delete_horizon_ms.unwrap_or(timestamp);
        }
        parts.timestamp_delta = timestamp.wrapping_sub(self.base_timestamp);
        let body_length = parts.body_length().ok_or(BuildError::TooLarge)?;
        let record_count = self.record_count.checked_add(1).ok_or(BuildError::TooLarge)?;
        let grown = usize::try_from(body_length).ok().and_then(|length| {
            // Five bytes are the longest length field.
            i32::try_from(self.buffer.len().checked_add(length)?.checked_add(5)?).ok()
        });
        if grown.is_none() {
            return Err(BuildError::TooLarge);
        }
        parts.write(body_length, &mut self.buffer);
        self.record_count = record_count;
        self.last_offset_delta = parts.offset_delta;
        self.max_timestamp = self.max_timestamp.max(timestamp);
        Ok(())
    }

    /// How many records were appended.
    pub fn record_count(&self) -> i32 {
        self.record_count
    }

    /// Whether no record was appended.
    pub fn is_empty(&self) -> bool {
        self.record_count == 0
    }

    /// Bytes of header and records so far, before compression.
    pub fn size(&self) -> usize {
        self.buffer.len()
    }

    /// Compresses, writes the header and the checksum.
    pub fn finish(mut self) -> Result<Bytes, BuildError> {
        if self.record_count == 0 {
            return Err(BuildError::Empty);
        }
        let codec = self.compression.codec();
        if codec != Compression::None {
            let mut compressed = vec![0; HEADER_LENGTH];
            self.compression
                .compress(&self.buffer[HEADER_LENGTH..], &mut compressed)
                .map_err(|error| BuildError::Compress { codec, reason: error.to_string() })?;
            self.buffer = BytesMut::from(Bytes::from(compressed));
        }
        let length =
            i32::try_from(self.buffer.len() - LOG_OVERHEAD).map_err(|_| BuildError::TooLarge)?;
        let header = BatchHeader {
            base_offset: self.base_offset,
            length,
            partition_leader_epoch: self.leader_epoch,
            crc: 0,
            attributes: self.attributes,
            last_offset_delta: self.last_offset_delta,
            base_timestamp: self.base_timestamp,
            max_timestamp: self.max_timestamp,
            producer_id: self.producer.id,
            producer_epoch: self.producer.epoch,
            base_sequence: self.producer.base_sequence,
            record_count: self.record_count,
        };
        self.buffer[..HEADER_LENGTH].copy_from_slice(&header.encode());
        let crc = crc32c(&self.buffer[CRC_START..]);
        self.buffer[CRC_POSITION..CRC_START].copy_from_slice(&crc.to_be_bytes());
        Ok(self.buffer.freeze())
    }

    /// As [`finish`](Self::finish), as a batch.
    pub fn finish_batch(self) -> Result<RecordBatch, BuildError> {
        let bytes = self.finish()?;
        Ok(RecordBatch::parse(&bytes).expect("finish wrote a whole header and the right length"))
    }
}
