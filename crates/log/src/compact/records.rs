//! Walking over the records of a decompressed batch, by slices: where each begins and ends, and
//! the little that compaction asks of it.

/// A record, as far as compaction looks at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordView<'a> {
    /// The record's bytes, its length field included.
    pub(crate) bytes: &'a [u8],
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) is_tombstone: bool,
    /// What follows the timestamp delta.
    rest: &'a [u8],
    attributes: u8,
}

/// The bytes are not records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BadRecord;

/// Takes the first record off `bytes`.
#[inline]
pub(crate) fn take_record<'a>(bytes: &mut &'a [u8]) -> Result<RecordView<'a>, BadRecord> {
    let whole = *bytes;
    let mut cursor = whole;
    let length = usize::try_from(varint(&mut cursor)?).map_err(|_| BadRecord)?;
    let head = whole.len() - cursor.len();
    let (mut body, after) = cursor.split_at_checked(length).ok_or(BadRecord)?;
    let (attributes, fields) = body.split_first().ok_or(BadRecord)?;
    body = fields;
    let timestamp_delta = unzigzag(varlong(&mut body)?);
    let rest = body;
    let offset_delta = varint(&mut body)?;
    let key = match usize::try_from(varint(&mut body)?) {
        Ok(length) => {
            let (key, after) = body.split_at_checked(length).ok_or(BadRecord)?;
            body = after;
            Some(key)
        }
        Err(_) => None,
    };
    let value_length = varint(&mut body)?;
    if usize::try_from(value_length).is_ok_and(|length| length > body.len()) {
        return Err(BadRecord);
    }
    *bytes = after;
    let record = whole.get(..head + length).ok_or(BadRecord)?;
    Ok(RecordView {
        bytes: record,
        timestamp_delta,
        offset_delta,
        key,
        is_tombstone: value_length < 0,
        rest,
        attributes: *attributes,
    })
}

impl RecordView<'_> {
    /// Appends the record with another timestamp delta.
    pub(crate) fn write_with_delta(&self, timestamp_delta: i64, out: &mut Vec<u8>) {
        let mut delta = [0; 10];
        let delta = put_varlong(&mut delta, zigzag(timestamp_delta));
        let mut length = [0; 10];
        let size = (1 + delta.len() + self.rest.len()) as u64;
        // A length is a zigzag varint as well; it is not negative.
        let length = put_varlong(&mut length, size << 1);
        out.extend_from_slice(length);
        out.push(self.attributes);
        out.extend_from_slice(delta);
        out.extend_from_slice(self.rest);
    }
}

fn varint(bytes: &mut &[u8]) -> Result<i32, BadRecord> {
    let value = u32::try_from(varlong(bytes)?).map_err(|_| BadRecord)?;
    Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
}

/// An unsigned varint of at most ten bytes.
#[inline(always)]
fn varlong(bytes: &mut &[u8]) -> Result<u64, BadRecord> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (index * 7);
        if *byte < 0x80 {
            *bytes = bytes.get(index + 1..).unwrap_or_default();
            return Ok(value);
        }
    }
    Err(BadRecord)
}

fn put_varlong(out: &mut [u8; 10], mut value: u64) -> &[u8] {
    let mut length = 0;
    for slot in out.iter_mut() {
        length += 1;
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            *slot = low;
            break;
        }
        *slot = low | 0x80;
    }
    out.get(..length).unwrap_or_default()
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(raw: u64) -> i64 {
    (raw >> 1).cast_signed() ^ -((raw & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_record::{BatchBuilder, Compression, Header};
    use proptest::prelude::*;

    type Plain = (i64, Option<Vec<u8>>, Option<Vec<u8>>);

    proptest! {
        #[test]
        fn sees_what_was_built(
            records in proptest::collection::vec(any::<Plain>(), 1..20),
            horizon: i64,
        ) {
            let mut builder = BatchBuilder::new(Compression::None);
            let headers = [Header::new("a", "b")];
            for (timestamp, key, value) in &records {
                builder.append(*timestamp, key.as_deref(), value.as_deref(), &headers).unwrap();
            }
            let batch = builder.finish_batch().unwrap();
            let base = batch.header().base_timestamp;
            let payload = batch.payload();
            let mut rest = &payload[..];
            let mut moved = Vec::new();
            for (index, (timestamp, key, value)) in records.iter().enumerate() {
                let found = take_record(&mut rest).unwrap();
                prop_assert_eq!(base.wrapping_add(found.timestamp_delta), *timestamp);
                prop_assert_eq!(found.offset_delta, index as i32);
                prop_assert_eq!(found.key, key.as_deref());
                prop_assert_eq!(found.is_tombstone, value.is_none());
                found.write_with_delta(timestamp.wrapping_sub(horizon), &mut moved);
            }
            prop_assert!(rest.is_empty());
            let mut moved = &moved[..];
            for (timestamp, key, _) in &records {
                let found = take_record(&mut moved).unwrap();
                prop_assert_eq!(horizon.wrapping_add(found.timestamp_delta), *timestamp);
                prop_assert_eq!(found.key, key.as_deref());
            }
            prop_assert!(moved.is_empty());
        }

        #[test]
        fn garbage_is_refused_and_never_a_panic(bytes: Vec<u8>) {
            let mut rest = &bytes[..];
            while !rest.is_empty() && take_record(&mut rest).is_ok() {}
        }
    }
}
