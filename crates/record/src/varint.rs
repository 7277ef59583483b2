//! Zigzag variable-length integers of records, and the arithmetic of sequence numbers.

use bytes::{BufMut, BytesMut};

/// Writes a zigzag varint.
pub(crate) fn put_varint(out: &mut BytesMut, value: i32) {
    put_unsigned(out, u64::from(((value << 1) ^ (value >> 31)).cast_unsigned()));
}

/// Writes a zigzag varlong.
pub(crate) fn put_varlong(out: &mut BytesMut, value: i64) {
    put_unsigned(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

fn put_unsigned(out: &mut BytesMut, mut value: u64) {
    while value >= 0x80 {
        out.put_u8((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.put_u8(value as u8);
}

/// Bytes a varint takes.
pub(crate) fn varint_length(value: i32) -> usize {
    unsigned_length(u64::from(((value << 1) ^ (value >> 31)).cast_unsigned()))
}

/// Bytes a varlong takes.
pub(crate) fn varlong_length(value: i64) -> usize {
    unsigned_length(((value << 1) ^ (value >> 63)).cast_unsigned())
}

fn unsigned_length(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// Undoes the zigzag of 32 bits.
pub(crate) fn unzigzag32(raw: u32) -> i32 {
    (raw >> 1).cast_signed() ^ -((raw & 1).cast_signed())
}

/// Undoes the zigzag of 64 bits.
pub(crate) fn unzigzag64(raw: u64) -> i64 {
    (raw >> 1).cast_signed() ^ -((raw & 1).cast_signed())
}

/// The sequence `increment` after `sequence`; after 2³¹ − 1 comes 0.
pub fn increment_sequence(sequence: i32, increment: i32) -> i32 {
    wrap(i64::from(sequence) + i64::from(increment))
}

/// The sequence `decrement` before `sequence`; before 0 comes 2³¹ − 1.
pub fn decrement_sequence(sequence: i32, decrement: i32) -> i32 {
    wrap(i64::from(sequence) - i64::from(decrement))
}

fn wrap(sequence: i64) -> i32 {
    // rem_euclid(2³¹) lies in 0..2³¹.
    i32::try_from(sequence.rem_euclid(1 << 31)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_wrap_as_kafka_does() {
        assert_eq!(increment_sequence(i32::MAX - 2, 2), i32::MAX);
        assert_eq!(increment_sequence(i32::MAX - 2, 3), 0);
        assert_eq!(increment_sequence(0, i32::MAX), i32::MAX);
        assert_eq!(decrement_sequence(0, 1), i32::MAX);
        assert_eq!(decrement_sequence(5, 3), 2);
    }

    #[test]
    fn lengths_agree_with_what_is_written() {
        for value in [0, -1, 1, 63, -64, 64, -65, 8191, -8192, 8192, i32::MAX, i32::MIN] {
            let mut out = BytesMut::new();
            put_varint(&mut out, value);
            assert_eq!(out.len(), varint_length(value), "{value}");
            let mut out = BytesMut::new();
            put_varlong(&mut out, i64::from(value) * 3);
            assert_eq!(out.len(), varlong_length(i64::from(value) * 3), "{value}");
        }
    }
}
