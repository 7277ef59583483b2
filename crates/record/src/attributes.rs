//! The attribute bits of a batch.

use crate::compression::Compression;

/// Who set the timestamps of a batch's records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimestampType {
    /// The producer: each record has its own.
    #[default]
    CreateTime,
    /// The broker: every record has the batch's max timestamp.
    LogAppendTime,
}

impl TimestampType {
    /// The name in `message.timestamp.type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateTime => "CreateTime",
            Self::LogAppendTime => "LogAppendTime",
        }
    }
}

/// The attributes of a batch.
///
/// | bits | meaning |
/// |---|---|
/// | 0–2 | compression: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd |
/// | 3 | timestamp type: 1 = LogAppendTime |
/// | 4 | transactional |
/// | 5 | control batch |
/// | 6 | the base timestamp is the delete horizon |
/// | 7–15 | unused |
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attributes(i16);

const COMPRESSION: i16 = 0x07;
const LOG_APPEND_TIME: i16 = 0x08;
const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;
const DELETE_HORIZON: i16 = 0x40;
/// The bits that have a meaning; Kafka drops the others whenever it rewrites the field.
const KNOWN: i16 = 0x7f;

impl Attributes {
    /// Wraps the bits as they stand in a batch.
    pub const fn new(bits: i16) -> Self {
        Self(bits)
    }

    /// The bits.
    pub const fn bits(self) -> i16 {
        self.0
    }

    /// The compression's number, known or not (0–7).
    pub const fn compression_id(self) -> u8 {
        (self.0 & COMPRESSION) as u8
    }

    /// The codec; `None` for the unassigned numbers 5–7.
    pub const fn compression(self) -> Option<Compression> {
        Compression::from_id(self.compression_id())
    }

    /// Who set the timestamps.
    pub const fn timestamp_type(self) -> TimestampType {
        if self.0 & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Whether the batch belongs to a transaction.
    pub const fn is_transactional(self) -> bool {
        self.0 & TRANSACTIONAL != 0
    }

    /// Whether the batch holds control records, which clients never see.
    pub const fn is_control(self) -> bool {
        self.0 & CONTROL != 0
    }

    /// Whether the base timestamp is the time from which tombstones may go (KIP-534).
    pub const fn has_delete_horizon(self) -> bool {
        self.0 & DELETE_HORIZON != 0
    }

    /// These attributes with another codec.
    pub const fn with_compression(self, compression: Compression) -> Self {
        Self((self.0 & !COMPRESSION) | compression.id() as i16)
    }

    /// These attributes with another timestamp type; meaningless bits are dropped, as Kafka does.
    pub const fn with_timestamp_type(self, timestamp_type: TimestampType) -> Self {
        Self(match timestamp_type {
            TimestampType::CreateTime => self.0 & KNOWN & !LOG_APPEND_TIME,
            TimestampType::LogAppendTime => (self.0 & KNOWN) | LOG_APPEND_TIME,
        })
    }

    /// These attributes with the transactional bit set or not.
    pub const fn with_transactional(self, set: bool) -> Self {
        self.with(TRANSACTIONAL, set)
    }

    /// These attributes with the control bit set or not.
    pub const fn with_control(self, set: bool) -> Self {
        self.with(CONTROL, set)
    }

    /// These attributes with the delete-horizon bit set or not.
    pub const fn with_delete_horizon(self, set: bool) -> Self {
        self.with(DELETE_HORIZON, set)
    }

    const fn with(self, bit: i16, set: bool) -> Self {
        Self(if set { self.0 | bit } else { self.0 & !bit })
    }
}
