//! What can be wrong with bytes that claim to be a batch, or records inside one.

use crate::compression::Compression;
use std::fmt;

/// The frame of a batch is wrong: nothing behind it can be trusted. Kafka's CORRUPT_MESSAGE.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BatchError {
    /// The bytes end inside the batch.
    #[error("record batch is cut off: {available} bytes of {needed}")]
    Incomplete {
        /// Bytes that are there.
        available: usize,
        /// Bytes that the batch needs.
        needed: usize,
    },
    /// The length field is impossible for any magic.
    #[error("Record size {size} is less than the minimum record overhead ({minimum})")]
    SizeTooSmall {
        /// The length field.
        size: i32,
        /// The smallest possible one.
        minimum: i32,
    },
    /// The length field is impossible for magic 2.
    #[error(
        "Record batch is corrupt (the size {size} is smaller than the minimum allowed overhead {minimum})"
    )]
    SizeBelowHeader {
        /// Size of the batch by its length field.
        size: i64,
        /// The header's length.
        minimum: usize,
    },
    /// A magic that never existed.
    #[error("Invalid magic found in record: {magic}")]
    InvalidMagic {
        /// The magic byte.
        magic: i8,
    },
    /// Message formats 0 and 1, which Kafka 4 no longer writes.
    #[error("record batch has the old magic {magic}, only 2 is supported")]
    OldMagic {
        /// The magic byte.
        magic: i8,
    },
    /// The checksum does not match the bytes.
    #[error("Record is corrupt (stored crc = {stored}, computed crc = {computed})")]
    Crc {
        /// The checksum in the header.
        stored: u32,
        /// The checksum of the bytes.
        computed: u32,
    },
}

/// The records of a batch whose frame is good cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RecordError {
    /// The compression number 5, 6 or 7.
    #[error("Unknown compression type id: {id}")]
    UnknownCompression {
        /// The number in the attributes.
        id: u8,
    },
    /// The codec refused the bytes.
    #[error("Failed to decompress record stream: {codec}: {reason}")]
    Decompress {
        /// The codec.
        codec: Compression,
        /// What the codec said.
        reason: String,
    },
    /// The records grow beyond the bound when decompressed.
    #[error("the records decompress to more than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: u64,
    },
    /// The record count in the header is negative.
    #[error("Found invalid record count {count} in magic v2 batch")]
    InvalidCount {
        /// The header's count.
        count: i32,
    },
    /// There are more bytes than the counted records.
    #[error("Incorrect declared batch size, records still remaining in file")]
    BytesLeft,
    /// There are fewer bytes than the counted records.
    #[error("Incorrect declared batch size, premature EOF reached")]
    Truncated,
    /// A record's length disagrees with its content.
    #[error(
        "Invalid record size: expected to read {expected} bytes in record payload, but instead read {read}"
    )]
    Size {
        /// The record's length field.
        expected: i64,
        /// What its fields take.
        read: i64,
    },
    /// A record's length is larger than what is left.
    #[error(
        "Invalid record size: expected {expected} bytes in record payload, but instead the buffer has only {available} remaining bytes."
    )]
    SizeBeyondEnd {
        /// The record's length field.
        expected: i64,
        /// What is left.
        available: usize,
    },
    /// A negative or impossible number of headers.
    #[error("Found invalid number of record headers {count}")]
    HeaderCount {
        /// The count.
        count: i32,
    },
    /// A header without a key.
    #[error("Invalid negative header key size {size}")]
    HeaderKeySize {
        /// The size.
        size: i32,
    },
    /// A number that never ends, or a field that runs beyond its record.
    #[error("Found invalid record structure")]
    Structure,
}

impl RecordError {
    /// A codec's refusal; a breach of the bound keeps its own variant.
    pub(crate) fn from_codec(codec: Compression, error: &std::io::Error) -> Self {
        let breach = error.get_ref().and_then(|inner| inner.downcast_ref::<OutputBound>());
        match breach {
            Some(bound) => Self::TooLarge { bytes_max: bound.bytes_max },
            None => Self::Decompress { codec, reason: error.to_string() },
        }
    }
}

/// Carried inside an `io::Error` when a codec's output passes the bound.
#[derive(Debug)]
pub(crate) struct OutputBound {
    pub(crate) bytes_max: u64,
}

impl fmt::Display for OutputBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} bytes", self.bytes_max)
    }
}

impl std::error::Error for OutputBound {}
