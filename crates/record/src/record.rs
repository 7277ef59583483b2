//! One record: fields, bytes, and the quick look that skips keys and values.
//!
//! | field | type |
//! |---|---|
//! | length of the rest | varint |
//! | attributes, unused | i8 |
//! | timestamp, less the batch's base timestamp | varlong |
//! | offset, less the batch's base offset | varint |
//! | key length (negative: null), key | varint, bytes |
//! | value length (negative: null), value | varint, bytes |
//! | header count, and for each: key length, key, value length (negative: null), value | varint, bytes |

use crate::error::RecordError;
use crate::source::{SliceSource, Source};
use crate::varint::{put_varint, put_varlong, varint_length, varlong_length};
use bytes::{BufMut, Bytes, BytesMut};
use keld_types::Offset;
use std::borrow::Cow;

/// A record as a consumer sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its position in the partition.
    pub offset: Offset,
    /// Milliseconds since 1970, or −1.
    pub timestamp: i64,
    /// The key; `None` is null, which is not empty.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers in their order; keys may repeat.
    pub headers: Vec<Header>,
}

/// A header of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The key's bytes. Kafka takes them for UTF-8 and never checks; kept as they came.
    pub key: Bytes,
    /// The value; `None` is null.
    pub value: Option<Bytes>,
}

impl Header {
    /// A header with a value.
    pub fn new(key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        Self { key: Bytes::from(key.into()), value: Some(value.into()) }
    }

    /// The key as text; bytes that are not UTF-8 are replaced, as Java does.
    pub fn key_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.key)
    }
}

/// What the validator needs to know of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordOutline {
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    pub(crate) key_size: i32,
    pub(crate) value_size: i32,
    /// Bytes of the record, its length field included.
    pub(crate) size: u64,
}

/// Reads over one record without keeping anything of it.
pub(crate) fn read_outline(source: &mut impl Source) -> Result<RecordOutline, RecordError> {
    let record_start = source.position();
    let length = source.varint()?;
    let expected = record_length(length, source.remaining())?;
    let start = source.position();
    source.byte()?;
    let timestamp_delta = source.varlong()?;
    let offset_delta = source.varint()?;
    let key_size = skip_field(source)?;
    let value_size = skip_field(source)?;
    let count = source.varint()?;
    check_header_count(count, source.remaining())?;
    for _ in 0..count {
        let size = skip_field(source)?;
        if size < 0 {
            return Err(RecordError::HeaderKeySize { size });
        }
        skip_field(source)?;
    }
    check_size(expected, source.position() - start)?;
    let size = source.position() - record_start;
    Ok(RecordOutline { timestamp_delta, offset_delta, key_size, value_size, size })
}

fn skip_field(source: &mut impl Source) -> Result<i32, RecordError> {
    let size = source.varint()?;
    if let Ok(size) = u64::try_from(size) {
        source.skip(size)?;
    }
    Ok(size)
}

/// Checks a record's length field against what is left, as far as that is known.
pub(crate) fn record_length(length: i32, remaining: Option<u64>) -> Result<u64, RecordError> {
    let expected = u64::try_from(length).map_err(|_| RecordError::Structure)?;
    match remaining {
        Some(remaining) if remaining < expected => Err(RecordError::SizeBeyondEnd {
            expected: i64::from(length),
            available: usize::try_from(remaining).unwrap_or(usize::MAX),
        }),
        _ => Ok(expected),
    }
}

fn check_header_count(count: i32, remaining: Option<u64>) -> Result<(), RecordError> {
    let fits = u64::try_from(count).is_ok_and(|count| remaining.is_none_or(|left| count <= left));
    if fits { Ok(()) } else { Err(RecordError::HeaderCount { count }) }
}

fn check_size(expected: u64, read: u64) -> Result<(), RecordError> {
    if expected == read {
        return Ok(());
    }
    let signed = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    Err(RecordError::Size { expected: signed(expected), read: signed(read) })
}

/// The fields of a record, with deltas instead of offset and timestamp.
#[derive(Debug)]
pub(crate) struct RecordBody {
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    pub(crate) key: Option<Bytes>,
    pub(crate) value: Option<Bytes>,
    pub(crate) headers: Vec<Header>,
}

impl RecordBody {
    /// Reads the record that `body` (without the length field) is, slicing it without copying.
    pub(crate) fn parse(body: &Bytes) -> Result<Self, RecordError> {
        let mut source = SliceSource::new(body);
        source.byte()?;
        let timestamp_delta = source.varlong()?;
        let offset_delta = source.varint()?;
        let key = read_field(body, &mut source)?;
        let value = read_field(body, &mut source)?;
        let count = source.varint()?;
        check_header_count(count, source.remaining())?;
        // Each header takes two bytes or more, so this allocates in proportion to the input.
        let mut headers = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(64));
        for _ in 0..count {
            let size = source.varint()?;
            let length = usize::try_from(size).map_err(|_| RecordError::HeaderKeySize { size })?;
            let key = body.slice(source.range(length)?);
            headers.push(Header { key, value: read_field(body, &mut source)? });
        }
        check_size(body.len() as u64, source.position())?;
        Ok(Self { timestamp_delta, offset_delta, key, value, headers })
    }
}

fn read_field(body: &Bytes, source: &mut SliceSource<'_>) -> Result<Option<Bytes>, RecordError> {
    match usize::try_from(source.varint()?) {
        Ok(length) => Ok(Some(body.slice(source.range(length)?))),
        Err(_) => Ok(None),
    }
}

/// The parts of a record that are about to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordParts<'a> {
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) headers: &'a [Header],
}

impl RecordParts<'_> {
    /// Bytes of the record without its length field; `None` when a size does not fit Kafka's ints.
    pub(crate) fn body_length(&self) -> Option<i32> {
        let mut length = 1
            + varlong_length(self.timestamp_delta)
            + varint_length(self.offset_delta)
            + field_length(self.key)?
            + field_length(self.value)?
            + varint_length(i32::try_from(self.headers.len()).ok()?);
        for header in self.headers {
            length = length
                .checked_add(field_length(Some(&header.key))?)?
                .checked_add(field_length(header.value.as_deref())?)?;
        }
        i32::try_from(length).ok()
    }

    /// Writes the record; `body_length` is what the method of that name gave.
    pub(crate) fn write(&self, body_length: i32, out: &mut BytesMut) {
        put_varint(out, body_length);
        out.put_i8(0);
        put_varlong(out, self.timestamp_delta);
        put_varint(out, self.offset_delta);
        put_field(out, self.key);
        put_field(out, self.value);
        put_varint(out, length_of(self.headers));
        for header in self.headers {
            put_field(out, Some(&header.key));
            put_field(out, header.value.as_deref());
        }
    }
}

fn field_length(field: Option<&[u8]>) -> Option<usize> {
    match field {
        Some(bytes) => Some(varint_length(i32::try_from(bytes.len()).ok()?) + bytes.len()),
        None => Some(varint_length(-1)),
    }
}

fn put_field(out: &mut BytesMut, field: Option<&[u8]>) {
    match field {
        Some(bytes) => {
            put_varint(out, length_of(bytes));
            out.put_slice(bytes);
        }
        None => put_varint(out, -1),
    }
}

/// A length that `body_length` has found to fit.
fn length_of<T>(items: &[T]) -> i32 {
    i32::try_from(items.len()).expect("body_length checked that every length fits an i32")
}
