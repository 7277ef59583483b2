//! The 61 bytes in front of a batch's records.

use crate::attributes::{Attributes, TimestampType};
use crate::compression::Compression;
use crate::error::BatchError;
use crate::varint::increment_sequence;
use keld_types::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};

/// Bytes of the header of a magic-2 batch.
pub const HEADER_LENGTH: usize = 61;
/// Bytes of base offset and length: what the length field does not count.
pub const LOG_OVERHEAD: usize = 12;
/// The only magic that is read and written.
pub const MAGIC: i8 = 2;
/// The first byte the CRC covers.
pub const CRC_START: usize = 21;

/// Where the magic byte stands, in every message format.
pub(crate) const MAGIC_POSITION: usize = 16;
pub(crate) const CRC_POSITION: usize = 17;
pub(crate) const ATTRIBUTES_POSITION: usize = 21;
pub(crate) const LEADER_EPOCH_POSITION: usize = 12;
pub(crate) const MAX_TIMESTAMP_POSITION: usize = 35;
/// The smallest length field Kafka's reader lets through (magic 0).
pub(crate) const SIZE_MIN: i32 = 14;

/// The header of a batch, parsed.
///
/// | bytes | field | type |
/// |---|---|---|
/// | 0–7 | base offset | i64 |
/// | 8–11 | length: bytes after this field | i32 |
/// | 12–15 | partition leader epoch | i32 |
/// | 16 | magic = 2 | i8 |
/// | 17–20 | CRC-32C of bytes 21 to the end | u32 |
/// | 21–22 | attributes | i16 |
/// | 23–26 | last offset delta | i32 |
/// | 27–34 | base timestamp | i64 |
/// | 35–42 | max timestamp | i64 |
/// | 43–50 | producer id | i64 |
/// | 51–52 | producer epoch | i16 |
/// | 53–56 | base sequence | i32 |
/// | 57–60 | record count | i32 |
///
/// All big-endian. Base offset and leader epoch lie outside the CRC, so that the leader can stamp
/// them without reading the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchHeader {
    /// Offset of the first record; kept when compaction removes that record.
    pub base_offset: Offset,
    /// The length field: bytes of the batch after it.
    pub length: i32,
    /// Epoch of the leader that appended the batch.
    pub partition_leader_epoch: LeaderEpoch,
    /// The stored checksum.
    pub crc: u32,
    /// Codec, timestamp type and flags.
    pub attributes: Attributes,
    /// Offset of the last record, less the base offset.
    pub last_offset_delta: i32,
    /// What the records' timestamp deltas count from; the delete horizon if that flag is set.
    pub base_timestamp: i64,
    /// Largest timestamp of the records, or the append time.
    pub max_timestamp: i64,
    /// The idempotent producer, or [`ProducerId::NONE`].
    pub producer_id: ProducerId,
    /// Its epoch, or [`ProducerEpoch::NONE`].
    pub producer_epoch: ProducerEpoch,
    /// Sequence of the first record, or −1.
    pub base_sequence: i32,
    /// How many records there are (fewer than offsets after compaction).
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads the header at the start of `bytes`; more bytes may follow, the records need not.
    ///
    /// Checks, in Kafka's order: the length field against the smallest of any format, the magic,
    /// the length field against this header. The CRC is not checked.
    pub fn parse(bytes: &[u8]) -> Result<Self, BatchError> {
        let incomplete = |needed: usize| BatchError::Incomplete { available: bytes.len(), needed };
        let Some(length) = int_at::<4>(bytes, 8).map(i32::from_be_bytes) else {
            return Err(incomplete(LOG_OVERHEAD));
        };
        if length < SIZE_MIN {
            return Err(BatchError::SizeTooSmall { size: length, minimum: SIZE_MIN });
        }
        let Some(magic) = int_at::<1>(bytes, MAGIC_POSITION).map(i8::from_be_bytes) else {
            return Err(incomplete(MAGIC_POSITION + 1));
        };
        match magic {
            MAGIC => {}
            0 | 1 => return Err(BatchError::OldMagic { magic }),
            _ => return Err(BatchError::InvalidMagic { magic }),
        }
        let size = i64::from(length) + LOG_OVERHEAD as i64;
        if size < HEADER_LENGTH as i64 {
            return Err(BatchError::SizeBelowHeader { size, minimum: HEADER_LENGTH });
        }
        let Some(raw) = bytes.first_chunk::<HEADER_LENGTH>() else {
            return Err(incomplete(HEADER_LENGTH));
        };
        Ok(Self {
            base_offset: Offset::new(i64::from_be_bytes(field(raw, 0))),
            length,
            partition_leader_epoch: LeaderEpoch::new(i32::from_be_bytes(field(
                raw,
                LEADER_EPOCH_POSITION,
            ))),
            crc: u32::from_be_bytes(field(raw, CRC_POSITION)),
            attributes: Attributes::new(i16::from_be_bytes(field(raw, ATTRIBUTES_POSITION))),
            last_offset_delta: i32::from_be_bytes(field(raw, 23)),
            base_timestamp: i64::from_be_bytes(field(raw, 27)),
            max_timestamp: i64::from_be_bytes(field(raw, MAX_TIMESTAMP_POSITION)),
            producer_id: ProducerId::new(i64::from_be_bytes(field(raw, 43))),
            producer_epoch: ProducerEpoch::new(i16::from_be_bytes(field(raw, 51))),
            base_sequence: i32::from_be_bytes(field(raw, 53)),
            record_count: i32::from_be_bytes(field(raw, 57)),
        })
    }

    /// The 61 bytes, with the CRC as it stands in `self`.
    pub fn encode(&self) -> [u8; HEADER_LENGTH] {
        let mut raw = [0; HEADER_LENGTH];
        put(&mut raw, 0, self.base_offset.get().to_be_bytes());
        put(&mut raw, 8, self.length.to_be_bytes());
        put(&mut raw, LEADER_EPOCH_POSITION, self.partition_leader_epoch.get().to_be_bytes());
        put(&mut raw, MAGIC_POSITION, MAGIC.to_be_bytes());
        put(&mut raw, CRC_POSITION, self.crc.to_be_bytes());
        put(&mut raw, ATTRIBUTES_POSITION, self.attributes.bits().to_be_bytes());
        put(&mut raw, 23, self.last_offset_delta.to_be_bytes());
        put(&mut raw, 27, self.base_timestamp.to_be_bytes());
        put(&mut raw, MAX_TIMESTAMP_POSITION, self.max_timestamp.to_be_bytes());
        put(&mut raw, 43, self.producer_id.get().to_be_bytes());
        put(&mut raw, 51, self.producer_epoch.get().to_be_bytes());
        put(&mut raw, 53, self.base_sequence.to_be_bytes());
        put(&mut raw, 57, self.record_count.to_be_bytes());
        raw
    }

    /// The checksum that this header and `payload` (the bytes after the header) should have.
    pub fn compute_crc(&self, payload: &[u8]) -> u32 {
        crate::crc::crc32c_of_parts(&[&self.encode()[CRC_START..], payload])
    }

    /// Bytes of the whole batch, header included; at least [`HEADER_LENGTH`] after `parse`.
    pub fn size(&self) -> usize {
        usize::try_from(self.length).unwrap_or(0) + LOG_OVERHEAD
    }

    /// Offset of the last record.
    pub fn last_offset(&self) -> Offset {
        self.base_offset + i64::from(self.last_offset_delta)
    }

    /// The offset after the last record.
    pub fn next_offset(&self) -> Offset {
        self.last_offset().next()
    }

    /// Sequence of the last record, or −1.
    pub fn last_sequence(&self) -> i32 {
        if self.base_sequence < 0 {
            self.base_sequence
        } else {
            increment_sequence(self.base_sequence, self.last_offset_delta)
        }
    }

    /// Whether an idempotent or transactional producer wrote it.
    pub fn has_producer_id(&self) -> bool {
        self.producer_id > ProducerId::NONE
    }

    /// The codec; `None` for the unassigned numbers.
    pub fn compression(&self) -> Option<Compression> {
        self.attributes.compression()
    }

    /// Who set the timestamps.
    pub fn timestamp_type(&self) -> TimestampType {
        self.attributes.timestamp_type()
    }

    /// Whether the batch belongs to a transaction.
    pub fn is_transactional(&self) -> bool {
        self.attributes.is_transactional()
    }

    /// Whether the batch holds control records.
    pub fn is_control(&self) -> bool {
        self.attributes.is_control()
    }

    /// The time from which tombstones and markers in the batch may go, if it was set.
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.attributes.has_delete_horizon().then_some(self.base_timestamp)
    }
}

fn int_at<const N: usize>(bytes: &[u8], position: usize) -> Option<[u8; N]> {
    bytes.get(position..)?.first_chunk::<N>().copied()
}

fn field<const N: usize>(raw: &[u8; HEADER_LENGTH], position: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&raw[position..position + N]);
    out
}

fn put<const N: usize>(raw: &mut [u8; HEADER_LENGTH], position: usize, value: [u8; N]) {
    raw[position..position + N].copy_from_slice(&value);
}

#[cfg(test)]
mod tests;
