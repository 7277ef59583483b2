//! What the leader writes into a batch that a client sent, in place.
//!
//! Base offset and leader epoch lie outside the CRC; the timestamp lies inside, so changing it
//! computes the CRC anew. Each takes the bytes of one whole batch (as [`crate::RecordBatch`] has
//! checked it) and does nothing on fewer bytes than a header.

use crate::attributes::{Attributes, TimestampType};
use crate::crc::crc32c;
use crate::header::{
    ATTRIBUTES_POSITION, CRC_POSITION, CRC_START, HEADER_LENGTH, LEADER_EPOCH_POSITION,
    MAX_TIMESTAMP_POSITION,
};
use keld_types::{LeaderEpoch, Offset};

/// Writes the base offset.
pub fn stamp_base_offset(batch: &mut [u8], base_offset: Offset) {
    put(batch, 0, &base_offset.get().to_be_bytes());
}

/// Writes the partition leader epoch.
pub fn stamp_leader_epoch(batch: &mut [u8], epoch: LeaderEpoch) {
    put(batch, LEADER_EPOCH_POSITION, &epoch.get().to_be_bytes());
}

/// Writes timestamp type and max timestamp, and the CRC if that changed anything.
pub fn stamp_max_timestamp(batch: &mut [u8], timestamp_type: TimestampType, max_timestamp: i64) {
    let Some(header) = batch.first_chunk::<HEADER_LENGTH>() else { return };
    let mut bits = [0; 2];
    bits.copy_from_slice(&header[ATTRIBUTES_POSITION..ATTRIBUTES_POSITION + 2]);
    let attributes = Attributes::new(i16::from_be_bytes(bits));
    let mut stored = [0; 8];
    stored.copy_from_slice(&header[MAX_TIMESTAMP_POSITION..MAX_TIMESTAMP_POSITION + 8]);
    if attributes.timestamp_type() == timestamp_type && i64::from_be_bytes(stored) == max_timestamp
    {
        return;
    }
    let attributes = attributes.with_timestamp_type(timestamp_type);
    put(batch, ATTRIBUTES_POSITION, &attributes.bits().to_be_bytes());
    put(batch, MAX_TIMESTAMP_POSITION, &max_timestamp.to_be_bytes());
    let crc = crc32c(&batch[CRC_START..]);
    put(batch, CRC_POSITION, &crc.to_be_bytes());
}

fn put(batch: &mut [u8], position: usize, value: &[u8]) {
    if batch.len() >= HEADER_LENGTH {
        batch[position..position + value.len()].copy_from_slice(value);
    }
}
