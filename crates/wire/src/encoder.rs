//! Writes primitive values, in one walk over a message.
//!
//! Small values go to one growing buffer. Records become parts of their own: large ones are not
//! copied, external ones are only mentioned. Lengths of tagged fields are put in afterwards.

use bytes::{BufMut as _, Bytes, BytesMut};
use keld_types::Uuid;

use crate::decoder::STRING_LENGTH_MAX;
use crate::{
    Encode, EncodeError, Encoded, EncodedPart, Message, Plain, Records, RecordsPart, Str,
    TaggedFields,
};

/// Records below this length are copied into the buffer: cheaper than one more part to send.
const COPY_BYTES_MAX: usize = 512;

/// The largest length or count a 32-bit field can hold.
const LENGTH_MAX: usize = i32::MAX as usize;

/// A message being written.
#[derive(Debug, Default)]
pub struct Encoder {
    /// Finished parts. Buffers stay writable until the end, for the frame's length.
    parts: Vec<Part>,
    buffer: BytesMut,
}

#[derive(Debug)]
enum Part {
    Buffer(BytesMut),
    Bytes(Bytes),
    External { handle: u32, length: usize },
}

/// The tagged fields of one struct while they are written.
#[derive(Debug)]
pub struct TagWriter<'a> {
    unknown: &'a TaggedFields,
    /// How many of the unknown fields are written.
    next: usize,
    /// Where the count stands.
    start: usize,
    count: u32,
    /// Where the value of the open field begins.
    value: usize,
}

impl Encoder {
    /// With an empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// With room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { parts: Vec::new(), buffer: BytesMut::with_capacity(capacity) }
    }

    /// What was written.
    pub fn finish(self) -> Encoded {
        let mut encoded = Encoded::default();
        for part in self.parts {
            encoded.parts.push(match part {
                Part::Buffer(buffer) => EncodedPart::Bytes(buffer.freeze()),
                Part::Bytes(bytes) => EncodedPart::Bytes(bytes),
                Part::External { handle, length } => EncodedPart::External { handle, length },
            });
        }
        if !self.buffer.is_empty() {
            encoded.parts.push(EncodedPart::Bytes(self.buffer.freeze()));
        }
        encoded
    }

    /// What was written, as one range; external records cannot be in it.
    pub fn finish_bytes(self) -> Result<Bytes, EncodeError> {
        self.finish().to_bytes().ok_or(EncodeError::External)
    }

    /// How many bytes were written, external ones included.
    pub fn length(&self) -> usize {
        let parts = self.parts.iter().map(|part| match part {
            Part::Buffer(buffer) => buffer.len(),
            Part::Bytes(bytes) => bytes.len(),
            Part::External { length, .. } => *length,
        });
        parts.sum::<usize>() + self.buffer.len()
    }

    /// Puts the length of all that follows into the first four bytes, which were written as zero.
    pub(crate) fn set_frame_length(&mut self) -> Result<(), EncodeError> {
        let length = self.length().saturating_sub(4);
        let Ok(prefix) = i32::try_from(length) else {
            return Err(EncodeError::TooLong { field: "frame", length, limit: LENGTH_MAX });
        };
        let first = match self.parts.first_mut() {
            Some(Part::Buffer(first)) => first,
            _ => &mut self.buffer,
        };
        if let Some(slot) = first.first_chunk_mut::<4>() {
            *slot = prefix.to_be_bytes();
        }
        Ok(())
    }

    /// `bool`.
    pub fn bool(&mut self, value: bool) {
        self.buffer.put_u8(u8::from(value));
    }

    /// `int8`.
    pub fn i8(&mut self, value: i8) {
        self.buffer.put_i8(value);
    }

    /// `int16`.
    pub fn i16(&mut self, value: i16) {
        self.buffer.put_i16(value);
    }

    /// `uint16`.
    pub fn u16(&mut self, value: u16) {
        self.buffer.put_u16(value);
    }

    /// `int32`.
    pub fn i32(&mut self, value: i32) {
        self.buffer.put_i32(value);
    }

    /// `uint32`.
    pub fn u32(&mut self, value: u32) {
        self.buffer.put_u32(value);
    }

    /// `int64`.
    pub fn i64(&mut self, value: i64) {
        self.buffer.put_i64(value);
    }

    /// `float64`.
    pub fn f64(&mut self, value: f64) {
        self.buffer.put_f64(value);
    }

    /// `uuid`.
    pub fn uuid(&mut self, value: Uuid) {
        self.buffer.put_slice(value.as_bytes());
    }

    /// An unsigned variable-length integer.
    pub fn unsigned_varint(&mut self, value: u32) {
        let (bytes, length) = varint(value);
        self.buffer.put_slice(&bytes[..length]);
    }

    /// A length or count in either format.
    fn put_length(
        &mut self,
        length: usize,
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        let Ok(plain) = i32::try_from(length) else {
            return Err(EncodeError::TooLong { field, length, limit: LENGTH_MAX });
        };
        if flexible {
            self.unsigned_varint(plain.unsigned_abs() + 1);
        } else {
            self.i32(plain);
        }
        Ok(())
    }

    fn put_null(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        if !nullable {
            return Err(EncodeError::Null { field });
        }
        if flexible {
            self.buffer.put_u8(0);
        } else {
            self.i32(-1);
        }
        Ok(())
    }

    /// `string`.
    pub fn string(
        &mut self,
        value: &Str,
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        let length = value.len();
        let Ok(short) = i16::try_from(length) else {
            return Err(EncodeError::TooLong { field, length, limit: STRING_LENGTH_MAX });
        };
        if flexible {
            self.put_length(length, true, field)?;
        } else {
            self.i16(short);
        }
        self.buffer.put_slice(value.as_bytes());
        Ok(())
    }

    /// `string` that is null in some versions.
    pub fn string_or_null(
        &mut self,
        value: Option<&Str>,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.string(value, flexible, field),
            None if nullable && !flexible => {
                self.i16(-1);
                Ok(())
            }
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// `bytes`.
    pub fn bytes(
        &mut self,
        value: &Bytes,
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_length(value.len(), flexible, field)?;
        self.buffer.put_slice(value);
        Ok(())
    }

    /// `bytes` that are null in some versions.
    pub fn bytes_or_null(
        &mut self,
        value: Option<&Bytes>,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.bytes(value, flexible, field),
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// `records`.
    pub fn records(
        &mut self,
        value: &Records,
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_length(value.length(), flexible, field)?;
        for part in value.parts() {
            match part {
                RecordsPart::Bytes(bytes) if bytes.len() <= COPY_BYTES_MAX => {
                    self.buffer.put_slice(bytes);
                }
                RecordsPart::Bytes(bytes) => self.push_part(Part::Bytes(bytes.clone())),
                RecordsPart::External { handle, length } => {
                    self.push_part(Part::External { handle: *handle, length: *length });
                }
            }
        }
        Ok(())
    }

    fn push_part(&mut self, part: Part) {
        if !self.buffer.is_empty() {
            self.parts.push(Part::Buffer(self.buffer.split()));
        }
        self.parts.push(part);
    }

    /// `records` that are null in some versions.
    pub fn records_or_null(
        &mut self,
        value: Option<&Records>,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.records(value, flexible, field),
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// A struct that may be null: a sign, then the struct.
    pub fn struct_or_null<T: Encode>(
        &mut self,
        value: Option<&T>,
        version: i16,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match value {
            // A struct has a sign only in the versions in which it may be null.
            Some(value) if !nullable => value.encode(self, version),
            Some(value) => {
                self.i8(1);
                value.encode(self, version)
            }
            None if nullable => {
                self.i8(-1);
                Ok(())
            }
            None => Err(EncodeError::Null { field }),
        }
    }

    /// The same as the value of a tagged field: there null is 0, not −1.
    pub fn tagged_struct_or_null<T: Encode>(
        &mut self,
        value: Option<&T>,
        version: i16,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        if value.is_none() {
            self.i8(0);
            return Ok(());
        }
        self.struct_or_null(value, version, true, field)
    }

    /// An array of structs.
    pub fn structs<T: Encode>(
        &mut self,
        values: &[T],
        version: i16,
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_length(values.len(), flexible, field)?;
        values.iter().try_for_each(|value| value.encode(self, version))
    }

    /// An array of structs that is null in some versions.
    pub fn structs_or_null<T: Encode>(
        &mut self,
        values: Option<&Vec<T>>,
        version: i16,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match values {
            Some(values) => self.structs(values, version, flexible, field),
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// An array of strings.
    pub fn strings(
        &mut self,
        values: &[Str],
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_length(values.len(), flexible, field)?;
        values.iter().try_for_each(|value| self.string(value, flexible, field))
    }

    /// An array of strings that is null in some versions.
    pub fn strings_or_null(
        &mut self,
        values: Option<&Vec<Str>>,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match values {
            Some(values) => self.strings(values, flexible, field),
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// An array of values of fixed width.
    pub fn plains<T: Plain>(
        &mut self,
        values: &[T],
        flexible: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_length(values.len(), flexible, field)?;
        for value in values {
            value.write(self);
        }
        Ok(())
    }

    /// An array of values of fixed width that is null in some versions.
    pub fn plains_or_null<T: Plain>(
        &mut self,
        values: Option<&Vec<T>>,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<(), EncodeError> {
        match values {
            Some(values) => self.plains(values, flexible, field),
            None => self.put_null(flexible, nullable, field),
        }
    }

    /// Begins the tagged fields of a struct.
    pub fn begin_tags<'a>(&mut self, unknown: &'a TaggedFields) -> TagWriter<'a> {
        let start = self.buffer.len();
        self.buffer.put_u8(0);
        TagWriter { unknown, next: 0, start, count: 0, value: 0 }
    }

    /// Begins the tagged field `tag`; unknown fields with lower tags go before it.
    pub fn begin_tag(&mut self, tags: &mut TagWriter<'_>, tag: u32) -> Result<(), EncodeError> {
        self.unknown_tags(tags, Some(tag))?;
        tags.count += 1;
        self.unsigned_varint(tag);
        tags.value = self.buffer.len();
        Ok(())
    }

    /// Ends the tagged field: its length is put before its value.
    pub fn end_tag(&mut self, tags: &TagWriter<'_>) -> Result<(), EncodeError> {
        let length = self.buffer.len() - tags.value;
        let Ok(prefix) = u32::try_from(length) else {
            return Err(EncodeError::TooLong { field: "tagged field", length, limit: LENGTH_MAX });
        };
        self.insert_varint(tags.value, prefix);
        Ok(())
    }

    /// Ends the tagged fields: the rest of the unknown ones, and the count.
    pub fn end_tags(&mut self, mut tags: TagWriter<'_>) -> Result<(), EncodeError> {
        self.unknown_tags(&mut tags, None)?;
        match u8::try_from(tags.count) {
            Ok(count @ ..=0x7f) => self.buffer[tags.start] = count,
            _ => {
                let (bytes, _) = varint(tags.count);
                self.buffer[tags.start] = bytes[0];
                self.insert_varint(tags.start + 1, tags.count >> 7);
            }
        }
        Ok(())
    }

    fn unknown_tags(
        &mut self,
        tags: &mut TagWriter<'_>,
        before: Option<u32>,
    ) -> Result<(), EncodeError> {
        while let Some((tag, value)) = tags.unknown.at(tags.next) {
            match before {
                Some(known) if tag == known => return Err(EncodeError::TagTaken { tag }),
                Some(known) if tag > known => break,
                _ => {}
            }
            let Ok(length) = u32::try_from(value.len()) else {
                let limit = LENGTH_MAX;
                return Err(EncodeError::TooLong {
                    field: "tagged field",
                    length: value.len(),
                    limit,
                });
            };
            self.unsigned_varint(tag);
            self.unsigned_varint(length);
            self.buffer.put_slice(value);
            tags.next += 1;
            tags.count += 1;
        }
        Ok(())
    }

    /// Moves what stands at `position` and behind, and puts a varint in the gap.
    fn insert_varint(&mut self, position: usize, value: u32) {
        let (bytes, length) = varint(value);
        let end = self.buffer.len();
        self.buffer.put_slice(&bytes[..length]);
        self.buffer.copy_within(position..end, position + length);
        self.buffer[position..position + length].copy_from_slice(&bytes[..length]);
    }

    /// The tagged fields of a struct that knows none in this version.
    pub fn tagged_fields(
        &mut self,
        unknown: &TaggedFields,
        flexible: bool,
        message: &'static str,
        version: i16,
    ) -> Result<(), EncodeError> {
        if flexible {
            let tags = self.begin_tags(unknown);
            self.end_tags(tags)
        } else if unknown.is_empty() {
            Ok(())
        } else {
            Err(EncodeError::TagsNotSupported { message, version })
        }
    }

    /// Refuses a field that is set in a version without it.
    pub fn only_default(
        &self,
        is_default: bool,
        field: &'static str,
        version: i16,
    ) -> Result<(), EncodeError> {
        if is_default { Ok(()) } else { Err(EncodeError::NotInVersion { field, version }) }
    }

    /// Refuses a version the message does not have.
    pub fn check_version<M: Message>(&self, version: i16) -> Result<(), EncodeError> {
        if M::VALID_VERSIONS.contains(version) {
            Ok(())
        } else {
            Err(EncodeError::UnsupportedVersion { message: M::NAME, version })
        }
    }
}

/// The bytes of an unsigned variable-length integer and how many of them count.
fn varint(value: u32) -> ([u8; 5], usize) {
    let mut bytes = [0; 5];
    let mut rest = value;
    let mut length = 0;
    for slot in &mut bytes {
        length += 1;
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            *slot = low;
            break;
        }
        *slot = low | 0x80;
    }
    (bytes, length)
}
