//! The outline of a record whose bytes are all at hand, in one pass.
//!
//! It only ever says yes: a record that is cut off, broken or lies about its length gives `None` and
//! is read again by `read_outline`, which knows what to say of it. Of 100 bytes records this pass is
//! most of what a Produce request costs the processor beside the system calls.

use crate::record::RecordOutline;
use crate::varint::{unzigzag32, unzigzag64};

/// The outline of the record at the start of `bytes`, if all of it is there and it is well formed.
#[inline]
pub(crate) fn quick_outline(bytes: &[u8]) -> Option<RecordOutline> {
    short_outline(bytes).or_else(|| long_outline(bytes))
}

/// The usual record: no number in it is longer than two bytes, and there are no headers. All that
/// stands before the key's length then fits into eight bytes, which are looked at as one word.
#[inline(always)]
fn short_outline(bytes: &[u8]) -> Option<RecordOutline> {
    let mut word = Word::at(bytes, 0)?;
    let length = usize::try_from(word.varint()?).ok()?;
    let start = word.end;
    // The attributes.
    word.skip(1);
    let timestamp_delta = word.varint()?.into();
    let offset_delta = word.varint()?;
    let (key_size, at) = Word::at(bytes, word.end)?.field()?;
    let (value_size, at) = Word::at(bytes, at)?.field()?;
    let has_no_headers = *bytes.get(at)? == 0;
    let size = at + 1;
    (has_no_headers && size == start + length).then_some(RecordOutline {
        timestamp_delta,
        offset_delta,
        key_size,
        value_size,
        size: size as u64,
    })
}

/// Eight bytes of which some were read.
struct Word {
    bits: u64,
    /// Where the bytes that are left begin.
    end: usize,
}

impl Word {
    #[inline(always)]
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let bits = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        Some(Self { bits, end: at })
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.bits >>= 8 * count;
        self.end += count as usize;
    }

    /// A number of one or two bytes; the caller takes no more than eight bytes in all.
    #[inline(always)]
    fn varint(&mut self) -> Option<i32> {
        let bits = self.bits;
        let first = (bits & 0x7f) as u32;
        if bits & 0x80 == 0 {
            self.skip(1);
            return Some(unzigzag32(first));
        }
        if bits & 0x8000 != 0 {
            return None;
        }
        self.skip(2);
        Some(unzigzag32(first | (bits >> 1 & 0x3f80) as u32))
    }

    /// A length and where what is behind the field begins, which may lie beyond the bytes.
    #[inline(always)]
    fn field(mut self) -> Option<(i32, usize)> {
        let size = self.varint()?;
        Some((size, self.end + usize::try_from(size).unwrap_or(0)))
    }
}

/// Any record.
fn long_outline(bytes: &[u8]) -> Option<RecordOutline> {
    let mut start = 0;
    let length = usize::try_from(varint(bytes, &mut start)?).ok()?;
    let body = bytes.get(start..)?.get(..length)?;
    // Behind the attributes.
    let mut at = 1;
    let timestamp_delta = varlong(body, &mut at)?;
    let offset_delta = varint(body, &mut at)?;
    let key_size = skip(body, &mut at)?;
    let value_size = skip(body, &mut at)?;
    let count = varint(body, &mut at)?;
    if count != 0 {
        skip_headers(body, &mut at, count)?;
    }
    let size = (start + length) as u64;
    (at == length).then_some(RecordOutline {
        timestamp_delta,
        offset_delta,
        key_size,
        value_size,
        size,
    })
}

fn skip_headers(body: &[u8], at: &mut usize, count: i32) -> Option<()> {
    if count < 0 {
        return None;
    }
    // Each reads two bytes or more, so this ends with the body.
    for _ in 0..count {
        if skip(body, at)? < 0 {
            return None;
        }
        skip(body, at)?;
    }
    Some(())
}

/// Leaves a field out and gives its size. It may run beyond the body: then `at` never meets its end.
#[inline(always)]
fn skip(body: &[u8], at: &mut usize) -> Option<i32> {
    let size = varint(body, at)?;
    if let Ok(size) = usize::try_from(size) {
        *at = at.checked_add(size)?;
    }
    Some(size)
}

#[inline(always)]
fn varint(bytes: &[u8], at: &mut usize) -> Option<i32> {
    let first = *bytes.get(*at)?;
    *at += 1;
    if first < 0x80 {
        return Some(unzigzag32(u32::from(first)));
    }
    let second = *bytes.get(*at)?;
    if second < 0x80 {
        *at += 1;
        return Some(unzigzag32(u32::from(first & 0x7f) | u32::from(second) << 7));
    }
    long_varint(bytes, at, first)
}

fn long_varint(bytes: &[u8], at: &mut usize, first: u8) -> Option<i32> {
    let mut value = u32::from(first & 0x7f);
    for shift in [7, 14, 21, 28] {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(unzigzag32(value));
        }
    }
    None
}

#[inline(always)]
fn varlong(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let first = *bytes.get(*at)?;
    *at += 1;
    if first < 0x80 {
        return Some(unzigzag64(u64::from(first)));
    }
    long_varlong(bytes, at, first)
}

fn long_varlong(bytes: &[u8], at: &mut usize, first: u8) -> Option<i64> {
    let mut value = u64::from(first & 0x7f);
    for shift in (7..70).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(unzigzag64(value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RecordParts, read_outline};
    use crate::source::{SliceSource, Source as _};
    use crate::{Header, RecordError};
    use bytes::BytesMut;
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof};

    /// What the slow pass says of the same bytes.
    fn slowly(bytes: &[u8]) -> Result<RecordOutline, RecordError> {
        read_outline(&mut SliceSource::new(bytes))
    }

    fn field() -> impl Strategy<Value = Option<Vec<u8>>> {
        prop_oneof![
            Just(None),
            prop::collection::vec(any::<u8>(), 0..300).prop_map(Some),
            prop::collection::vec(any::<u8>(), 8_000..9_000).prop_map(Some),
        ]
    }

    proptest::proptest! {
        #[test]
        fn a_good_record_has_the_outline_of_the_slow_pass(
            timestamp_delta in prop_oneof![any::<i64>(), -70i64..70, -9_000i64..9_000],
            offset_delta in prop_oneof![any::<i32>(), 0i32..9_000],
            key in field(),
            value in field(),
            headers in 0usize..4,
        ) {
            let headers = vec![Header::new("header", "value"); headers];
            let parts = RecordParts {
                timestamp_delta,
                offset_delta,
                key: key.as_deref(),
                value: value.as_deref(),
                headers: &headers,
            };
            let mut out = BytesMut::new();
            parts.write(parts.body_length().expect("fits"), &mut out);
            let length = out.len();
            out.extend_from_slice(b"the next record");
            let slow = slowly(&out).expect("a record");
            let quick = quick_outline(&out).expect("a record");
            prop_assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
            prop_assert_eq!(quick.size, length as u64);
            prop_assert!(quick_outline(&out[..length - 1]).is_none(), "cut off");
        }

        #[test]
        fn what_it_takes_the_slow_pass_takes_as_well(bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            prop::collection::vec(0u8..20, 0..40),
        ]) {
            if let Some(quick) = quick_outline(&bytes) {
                let mut source = SliceSource::new(&bytes);
                let slow = read_outline(&mut source).expect("the same");
                prop_assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
                prop_assert_eq!(quick.size, source.position());
            }
        }
    }

    #[test]
    fn a_record_that_lies_about_its_length_is_left_to_the_slow_pass() {
        let mut out = BytesMut::new();
        let parts = RecordParts {
            timestamp_delta: 1,
            offset_delta: 0,
            key: None,
            value: Some(b"value"),
            headers: &[],
        };
        let length = parts.body_length().expect("fits");
        for wrong in [length - 1, length + 1] {
            out.clear();
            parts.write(wrong, &mut out);
            out.extend_from_slice(b"..");
            assert!(quick_outline(&out).is_none());
            assert!(slowly(&out).is_err());
        }
    }
}
