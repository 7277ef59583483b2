//! The rules a leader applies to a batch before it appends it, and what it changes.
//!
//! The checks, their order and their texts are those of Kafka's `ProduceRequest`, `UnifiedLog` and
//! `LogValidator`. Keys and values are skipped over, and nothing is allocated per record unless a
//! record is refused or the batch must be written anew (another codec, offsets that do not count
//! up). The result keeps header and payload apart, so that the log stamps base offset and epoch
//! into 61 bytes and writes the payload where it lies.

use crate::attributes::TimestampType;
use crate::batch::{RecordBatch, batches};
use crate::builder::{BatchBuilder, BatchProducer, BuildError};
use crate::compression::{Compression, CompressionWithLevel};
use crate::error::{BatchError, RecordError};
use crate::header::{BatchHeader, HEADER_LENGTH};
use crate::iterate::DECOMPRESSED_BYTES_MAX;
use crate::quick::quick_outline;
use crate::record::{RecordOutline, read_outline};
use crate::source::{SliceSource, Source, StreamSource};
use bytes::{Bytes, BytesMut};
use keld_types::{LeaderEpoch, Offset, TopicPartition};
use std::fmt;

/// Who asks for an append.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppendOrigin {
    /// A Produce request.
    Client,
    /// A coordinator of this broker: offsets, transaction states, markers.
    Coordinator,
}

/// The topic's `compression.type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompressionTarget {
    /// `producer`: batches stay as they come.
    Producer,
    /// `uncompressed` or a codec: batches of another codec are written anew.
    Codec(CompressionWithLevel),
}

/// What the rules depend on.
#[derive(Clone, Debug)]
pub struct ValidateOptions<'a> {
    /// The partition, for the texts of errors.
    pub partition: &'a TopicPartition,
    /// Who asks.
    pub origin: AppendOrigin,
    /// The wall clock.
    pub now_ms: i64,
    /// `compression.type`.
    pub compression: CompressionTarget,
    /// Whether `cleanup.policy` has `compact`: keys are required then.
    pub compacted: bool,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `max.message.bytes`; `None` for appends that no limit stops.
    pub message_bytes_max: Option<i32>,
    /// The epoch under which the leader appends.
    pub leader_epoch: LeaderEpoch,
    /// How far compressed records may grow; [`ValidateOptions::new`] sets
    /// [`DECOMPRESSED_BYTES_MAX`].
    pub decompressed_bytes_max: u64,
}

impl<'a> ValidateOptions<'a> {
    /// Kafka's defaults of every topic config, for a client's append.
    pub fn new(partition: &'a TopicPartition, leader_epoch: LeaderEpoch, now_ms: i64) -> Self {
        Self {
            partition,
            origin: AppendOrigin::Client,
            now_ms,
            compression: CompressionTarget::Producer,
            compacted: false,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            message_bytes_max: Some(1_048_588),
            leader_epoch,
            decompressed_bytes_max: DECOMPRESSED_BYTES_MAX,
        }
    }
}

/// A batch that may be appended.
///
/// Invariant: `header.crc` covers `header` and `payload`; base offset and leader epoch lie outside.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The header to write: leader epoch, timestamp type, max timestamp and CRC are final, the base
    /// offset is 0 until [`assign`](Self::assign).
    pub header: BatchHeader,
    /// The bytes after the header.
    pub payload: Bytes,
    /// Offset of the first record with the largest timestamp, counted from the base offset.
    pub max_timestamp_offset_delta: i32,
    /// Whether the records were written anew.
    pub rewritten: bool,
    /// Bytes of the records when not compressed.
    pub uncompressed_bytes: u64,
}

impl Validated {
    /// Sets the base offset.
    pub fn assign(&mut self, base_offset: Offset) {
        self.header.base_offset = base_offset;
    }

    /// The 61 bytes to write in front of `payload`.
    pub fn header_bytes(&self) -> [u8; HEADER_LENGTH] {
        self.header.encode()
    }

    /// Bytes of the whole batch.
    pub fn size(&self) -> usize {
        HEADER_LENGTH + self.payload.len()
    }

    /// The batch as one piece: copies the payload.
    pub fn to_bytes(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(self.size());
        bytes.extend_from_slice(&self.header_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes.freeze()
    }
}

/// A record of a batch that is refused, by its place in the batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordIndexError {
    /// The record's place, from 0.
    pub index: i32,
    /// Kafka's text.
    pub message: String,
}

impl fmt::Display for RecordIndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordError(batchIndex={}, message='{}')", self.index, self.message)
    }
}

/// Why a batch is refused. The text is Kafka's where Kafka has one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ValidateError {
    /// The frame or the checksum is wrong. CORRUPT_MESSAGE.
    #[error("{}", corrupt_text(.error, .partition))]
    Corrupt {
        /// What is wrong.
        error: BatchError,
        /// The partition.
        partition: TopicPartition,
    },
    /// A rule of batches is broken. INVALID_RECORD.
    #[error("{message}")]
    InvalidBatch {
        /// Kafka's text.
        message: String,
    },
    /// zstd in a request whose version does not know it. UNSUPPORTED_COMPRESSION_TYPE.
    #[error("Produce requests with version {version} are not allowed to use ZStandard compression")]
    UnsupportedCompression {
        /// The request's version.
        version: i16,
    },
    /// Larger than `max.message.bytes`. MESSAGE_TOO_LARGE.
    #[error("{message}")]
    TooLarge {
        /// Kafka's text.
        message: String,
    },
    /// Records that have no key, on a compacted topic. INVALID_RECORD with the records' errors.
    #[error("{}", records_text(.errors))]
    InvalidRecords {
        /// The records.
        errors: Vec<RecordIndexError>,
    },
    /// Records outside the timestamp window. INVALID_TIMESTAMP with the records' errors.
    #[error("One or more records have been rejected due to invalid timestamp")]
    InvalidTimestamps {
        /// The records.
        errors: Vec<RecordIndexError>,
    },
    /// The records cannot be read: INVALID_RECORD; but what the codec refuses or does not exist is
    /// UNKNOWN_SERVER_ERROR in Kafka.
    #[error("{0}")]
    Undecodable(RecordError),
    /// Writing the records anew failed. UNKNOWN_SERVER_ERROR.
    #[error("{0}")]
    Rewrite(BuildError),
}

fn corrupt_text(error: &BatchError, partition: &TopicPartition) -> String {
    match error {
        BatchError::Crc { stored, .. } => {
            format!("Record is corrupt (stored crc = {stored}) in topic partition {partition}.")
        }
        BatchError::Incomplete { .. }
        | BatchError::SizeTooSmall { .. }
        | BatchError::SizeBelowHeader { .. }
        | BatchError::InvalidMagic { .. }
        | BatchError::OldMagic { .. } => error.to_string(),
    }
}

fn records_text(errors: &[RecordIndexError]) -> String {
    let shown: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
    format!(
        "One or more records have been rejected due to {} record errors in total, and only showing the first three errors at most: [{}]",
        errors.len(),
        shown.join(", ")
    )
}

/// The checks of a Produce request's records before anything else: one batch, magic 2, no zstd
/// before version 7. A batch cut off at the end counts as none, as in Kafka.
pub fn check_produce_records(
    version: i16,
    records: &Bytes,
    partition: &TopicPartition,
) -> Result<RecordBatch, ValidateError> {
    let refuse = |what: &str| ValidateError::InvalidBatch {
        message: format!("Produce requests with version {version} {what}"),
    };
    let corrupt = |error| ValidateError::Corrupt { error, partition: partition.clone() };
    let mut batches = batches(records.clone());
    let batch = match batches.next() {
        None => return Err(refuse("must have at least one record batch per partition")),
        Some(Err(BatchError::OldMagic { .. })) => {
            return Err(refuse("are only allowed to contain record batches with magic version 2"));
        }
        Some(Err(error)) => return Err(corrupt(error)),
        Some(Ok(batch)) => batch,
    };
    if version < 7 && batch.header().compression() == Some(Compression::Zstd) {
        return Err(ValidateError::UnsupportedCompression { version });
    }
    match batches.next() {
        None => Ok(batch),
        Some(Ok(_) | Err(BatchError::OldMagic { .. })) => {
            Err(refuse("are only allowed to contain exactly one record batch per partition"))
        }
        Some(Err(error)) => Err(corrupt(error)),
    }
}

/// Applies the rules to one batch and prepares what the log writes.
pub fn validate(
    batch: &RecordBatch,
    options: &ValidateOptions<'_>,
) -> Result<Validated, ValidateError> {
    check_frame(batch, options)?;
    let header = batch.header();
    let Some(codec) = header.compression() else {
        let id = header.attributes.compression_id();
        return Err(ValidateError::Undecodable(RecordError::UnknownCompression { id }));
    };
    check_header(header, options)?;
    let summary = if codec == Compression::None {
        let payload = batch.payload();
        let mut source = SliceSource::new(&payload);
        check_records(header, &mut source, options)?
    } else {
        let mut source = StreamSource::new(codec, batch.payload(), options.decompressed_bytes_max)
            .map_err(ValidateError::Undecodable)?;
        check_records(header, &mut source, options)?
    };
    let target = match options.compression {
        CompressionTarget::Producer => CompressionWithLevel::from(codec),
        CompressionTarget::Codec(target) => target,
    };
    let keep_codec = codec == target.codec() || (codec == Compression::None && header.is_control());
    if keep_codec && summary.offsets_count_up {
        Ok(stamped(batch, &summary, options))
    } else {
        rewritten(batch, target, &summary, options)
    }
}

/// What Kafka's `analyzeAndValidateRecords` checks of one batch.
fn check_frame(batch: &RecordBatch, options: &ValidateOptions<'_>) -> Result<(), ValidateError> {
    let header = batch.header();
    if options.origin == AppendOrigin::Client && header.base_offset != Offset::ZERO {
        return Err(ValidateError::InvalidBatch {
            message: format!(
                "The baseOffset of the record batch in the append to {} should be 0, but it is {}",
                options.partition, header.base_offset
            ),
        });
    }
    let size = batch.bytes().len();
    if let Some(limit) = exceeded(size, options) {
        return Err(ValidateError::TooLarge {
            message: format!(
                "The record batch size in the append to {} is {size} bytes which exceeds the maximum configured value of {limit}).",
                options.partition
            ),
        });
    }
    batch
        .verify_crc()
        .map_err(|error| ValidateError::Corrupt { error, partition: options.partition.clone() })
}

/// The limit, if `size` is above it.
fn exceeded(size: usize, options: &ValidateOptions<'_>) -> Option<i32> {
    options.message_bytes_max.filter(|limit| i32::try_from(size).is_ok_and(|size| size > *limit))
}

/// What Kafka's `validateBatch` checks.
fn check_header(header: &BatchHeader, options: &ValidateOptions<'_>) -> Result<(), ValidateError> {
    let AppendOrigin::Client = options.origin else { return Ok(()) };
    let partition = options.partition;
    let refuse = |message: String| Err(ValidateError::InvalidBatch { message });
    let (first, last) = (header.base_offset, header.last_offset());
    if header.last_offset_delta < 0 {
        return refuse(format!(
            "Batch has an invalid offset range: [{first}, {last}] in topic partition {partition}"
        ));
    }
    let count = header.record_count;
    if count <= 0 {
        return refuse(format!(
            "Invalid reported count for record batch: {count} in topic partition {partition}"
        ));
    }
    if i64::from(header.last_offset_delta) + 1 != i64::from(count) {
        return refuse(format!(
            "Inconsistent batch offset range [{first}, {last}] and count of records {count} in topic partition {partition}"
        ));
    }
    if header.is_control() {
        return refuse(format!(
            "Clients are not allowed to write control records in topic partition {partition}"
        ));
    }
    if header.has_producer_id() && header.base_sequence < 0 {
        return refuse(format!(
            "Invalid sequence number {} in record batch with producerId {} in topic partition {partition}",
            header.base_sequence, header.producer_id
        ));
    }
    Ok(())
}

/// What one pass over the records found.
struct Summary {
    max_timestamp: i64,
    max_timestamp_offset_delta: i32,
    offsets_count_up: bool,
    uncompressed_bytes: u64,
}

/// How many refused records are kept for the answer: each costs a text, and a batch of a million
/// empty records must not cost a million.
const RECORD_ERRORS_MAX: usize = 10_000;

fn check_records(
    header: &BatchHeader,
    source: &mut impl Source,
    options: &ValidateOptions<'_>,
) -> Result<Summary, ValidateError> {
    let mut summary = Summary {
        max_timestamp: -1,
        max_timestamp_offset_delta: 0,
        offsets_count_up: true,
        uncompressed_bytes: 0,
    };
    let mut errors = Vec::new();
    let mut is_any_timestamp = false;
    if header.record_count < 0 {
        return Err(ValidateError::Undecodable(RecordError::InvalidCount {
            count: header.record_count,
        }));
    }
    let rules = RecordRules::new(header, options);
    for index in 0..header.record_count {
        let outline = match quick_outline(source.at_hand()) {
            Some(outline) => {
                source.advance(outline.size);
                outline
            }
            None => read_outline(source).map_err(ValidateError::Undecodable)?,
        };
        let timestamp = match header.timestamp_type() {
            TimestampType::CreateTime => {
                header.base_timestamp.wrapping_add(outline.timestamp_delta)
            }
            TimestampType::LogAppendTime => header.max_timestamp,
        };
        if !rules.are_kept(&outline, timestamp)
            && let Some((message, is_timestamp)) = refusal(header, &outline, timestamp, options)
        {
            is_any_timestamp |= is_timestamp;
            if errors.len() < RECORD_ERRORS_MAX {
                errors.push(RecordIndexError { index, message });
            }
        }
        if timestamp > summary.max_timestamp {
            summary.max_timestamp = timestamp;
            summary.max_timestamp_offset_delta = index;
        }
        summary.offsets_count_up &= outline.offset_delta == index;
        summary.uncompressed_bytes += outline.size;
    }
    if !source.at_end().map_err(ValidateError::Undecodable)? {
        return Err(ValidateError::Undecodable(RecordError::BytesLeft));
    }
    if errors.is_empty() {
        Ok(summary)
    } else if is_any_timestamp {
        Err(ValidateError::InvalidTimestamps { errors })
    } else {
        Err(ValidateError::InvalidRecords { errors })
    }
}

/// What is looked at of every record; where it is broken, [`refusal`] says how.
struct RecordRules {
    needs_key: bool,
    has_window: bool,
    now_ms: i64,
    before_max_ms: i64,
    after_max_ms: i64,
    refuses_log_append_time: bool,
}

impl RecordRules {
    fn new(header: &BatchHeader, options: &ValidateOptions<'_>) -> Self {
        Self {
            needs_key: options.compacted,
            has_window: options.timestamp_type == TimestampType::CreateTime,
            now_ms: options.now_ms,
            before_max_ms: options.timestamp_before_max_ms,
            after_max_ms: options.timestamp_after_max_ms,
            refuses_log_append_time: header.timestamp_type() == TimestampType::LogAppendTime,
        }
    }

    #[inline]
    fn are_kept(&self, outline: &RecordOutline, timestamp: i64) -> bool {
        if self.needs_key && outline.key_size < 0 {
            return false;
        }
        if self.has_window && timestamp != -1 {
            // Java's arithmetic wraps; with the default window of 2⁶³ − 1 nothing is too old.
            let age_ms = self.now_ms.wrapping_sub(timestamp);
            return age_ms <= self.before_max_ms && age_ms.wrapping_neg() <= self.after_max_ms;
        }
        !self.refuses_log_append_time
    }
}

/// Kafka's text if the record is refused, and whether for its timestamp.
#[cold]
fn refusal(
    header: &BatchHeader,
    outline: &RecordOutline,
    timestamp: i64,
    options: &ValidateOptions<'_>,
) -> Option<(String, bool)> {
    if options.compacted && outline.key_size < 0 {
        let text = format!(
            "Compacted topic cannot accept message without key in topic partition {}",
            options.partition
        );
        return Some((text, false));
    }
    let offset = header.base_offset + i64::from(outline.offset_delta);
    if options.timestamp_type == TimestampType::CreateTime && timestamp != -1 {
        let age_ms = options.now_ms.wrapping_sub(timestamp);
        if age_ms > options.timestamp_before_max_ms
            || age_ms.wrapping_neg() > options.timestamp_after_max_ms
        {
            let text = format!(
                "Timestamp {timestamp} of message with offset {offset} is out of range. The timestamp should be within [{}, {}]",
                options.now_ms.wrapping_sub(options.timestamp_before_max_ms),
                options.now_ms.wrapping_add(options.timestamp_after_max_ms)
            );
            return Some((text, true));
        }
    } else if header.timestamp_type() == TimestampType::LogAppendTime {
        let compressed = header.compression() != Some(Compression::None);
        // The plain path prints a null as 0 bytes, the skipping path as the −1 of its length.
        let (name, least) =
            if compressed { ("PartialDefaultRecord", -1) } else { ("DefaultRecord", 0) };
        let text = format!(
            "Invalid timestamp type in message {name}(offset={offset}, timestamp={timestamp}, key={} bytes, value={} bytes). Producer should not set timestamp type to LogAppendTime.",
            outline.key_size.max(least),
            outline.value_size.max(least)
        );
        return Some((text, true));
    }
    None
}

/// The batch as it came, with the leader's stamps in a new header.
fn stamped(batch: &RecordBatch, summary: &Summary, options: &ValidateOptions<'_>) -> Validated {
    let mut header = *batch.header();
    let payload = batch.payload();
    header.base_offset = Offset::ZERO;
    header.partition_leader_epoch = options.leader_epoch;
    let (max_timestamp, max_timestamp_offset_delta) = match options.timestamp_type {
        TimestampType::CreateTime => (summary.max_timestamp, summary.max_timestamp_offset_delta),
        TimestampType::LogAppendTime => (options.now_ms, 0),
    };
    if header.timestamp_type() != options.timestamp_type || header.max_timestamp != max_timestamp {
        header.attributes = header.attributes.with_timestamp_type(options.timestamp_type);
        header.max_timestamp = max_timestamp;
        header.crc = header.compute_crc(&payload);
    }
    Validated {
        header,
        payload,
        max_timestamp_offset_delta,
        rewritten: false,
        uncompressed_bytes: summary.uncompressed_bytes,
    }
}

/// The records written anew: target codec, offsets that count up.
fn rewritten(
    batch: &RecordBatch,
    target: CompressionWithLevel,
    summary: &Summary,
    options: &ValidateOptions<'_>,
) -> Result<Validated, ValidateError> {
    let source = batch.header();
    let mut builder = BatchBuilder::new(target)
        .leader_epoch(options.leader_epoch)
        .producer(BatchProducer {
            id: source.producer_id,
            epoch: source.producer_epoch,
            base_sequence: source.base_sequence,
        })
        .transactional(source.is_transactional())
        .control(source.is_control());
    if options.timestamp_type == TimestampType::LogAppendTime {
        builder = builder.log_append_time(options.now_ms);
    }
    let records = batch
        .records_bounded(options.decompressed_bytes_max)
        .map_err(ValidateError::Undecodable)?;
    for record in records {
        let record = record.map_err(ValidateError::Undecodable)?;
        builder.append_record(&record).map_err(ValidateError::Rewrite)?;
    }
    let batch = builder.finish_batch().map_err(ValidateError::Rewrite)?;
    let size = batch.bytes().len();
    if let Some(limit) = exceeded(size, options) {
        // Kafka's text, with its missing space.
        return Err(ValidateError::TooLarge {
            message: format!(
                "Message batch size is {size} bytes in append topartition {} which exceeds the maximum configured size of {limit}.",
                options.partition
            ),
        });
    }
    Ok(Validated {
        header: *batch.header(),
        payload: batch.payload(),
        max_timestamp_offset_delta: match options.timestamp_type {
            TimestampType::CreateTime => summary.max_timestamp_offset_delta,
            TimestampType::LogAppendTime => 0,
        },
        rewritten: true,
        uncompressed_bytes: summary.uncompressed_bytes,
    })
}

#[cfg(test)]
mod tests;
