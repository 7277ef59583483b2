//! Reads primitive values from received bytes.
//!
//! Nothing is reserved for what a length or count only claims: lengths are checked against the
//! rest of the input first, and arrays grow with the elements that are really there. Elements can
//! be much smaller on the wire than in memory (an empty string is one byte there): a budget in
//! proportion to the input bounds them all together. Depth is bounded because schemas do not
//! recurse.

use bytes::Bytes;
use keld_types::Uuid;

use crate::{Decode, DecodeError, Message, Plain, Records, Str, TaggedFields};

/// The longest string Kafka's protocol allows, in either length format.
pub(crate) const STRING_LENGTH_MAX: usize = i16::MAX as usize;

/// Bytes that are reserved at most before the first element of an array is read.
const RESERVE_BYTES_MAX: usize = 4096;

/// Memory for elements that any message may take: enough for honest messages of any shape.
const ELEMENT_BYTES_BASE: usize = 16 << 20;

/// Memory for elements per byte of input beyond that. Honest elements have names and numbers in
/// them and stay below 4.
const ELEMENT_BYTES_FACTOR: usize = 8;

/// A position in received bytes.
#[derive(Clone, Debug)]
pub struct Decoder {
    bytes: Bytes,
    position: usize,
    /// Where `bytes` begins in the whole input, for errors.
    base: usize,
    /// How many bytes of memory elements of arrays may still take.
    budget: usize,
}

/// The tagged fields of one struct while they are read.
#[derive(Debug)]
pub struct Tags {
    left: u32,
}

impl Decoder {
    /// Begins at the beginning of `bytes`.
    pub const fn new(bytes: Bytes) -> Self {
        let budget =
            bytes.len().saturating_mul(ELEMENT_BYTES_FACTOR).saturating_add(ELEMENT_BYTES_BASE);
        Self { bytes, position: 0, base: 0, budget }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// How many bytes were read.
    pub const fn position(&self) -> usize {
        self.base + self.position
    }

    /// Takes the bytes that are left.
    pub fn rest(&mut self) -> Bytes {
        let rest = self.bytes.slice(self.position..);
        self.position = self.bytes.len();
        rest
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.bytes[self.position..].first_chunk::<N>() {
            Some(chunk) => {
                self.position += N;
                Ok(*chunk)
            }
            None => Err(DecodeError::Truncated {
                position: self.position(),
                needed: N,
                remaining: self.remaining(),
            }),
        }
    }

    /// Takes `length` bytes without copying them.
    fn slice(&mut self, length: usize, field: &'static str) -> Result<Bytes, DecodeError> {
        let remaining = self.remaining();
        if length > remaining {
            return Err(DecodeError::LengthBeyondEnd { field, length, remaining });
        }
        let begin = self.position;
        self.position += length;
        Ok(self.bytes.slice(begin..self.position))
    }

    /// `bool`: any byte but zero is true.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        Ok(self.i8()? != 0)
    }

    /// `int8`.
    pub fn i8(&mut self) -> Result<i8, DecodeError> {
        self.array().map(i8::from_be_bytes)
    }

    /// `int16`.
    pub fn i16(&mut self) -> Result<i16, DecodeError> {
        self.array().map(i16::from_be_bytes)
    }

    /// `uint16`.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// `int32`.
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_be_bytes)
    }

    /// `uint32`.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// `int64`.
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    /// `float64`.
    pub fn f64(&mut self) -> Result<f64, DecodeError> {
        self.array().map(f64::from_be_bytes)
    }

    /// `uuid`.
    pub fn uuid(&mut self) -> Result<Uuid, DecodeError> {
        self.array().map(Uuid::from_bytes)
    }

    /// An unsigned variable-length integer of at most five bytes.
    pub fn unsigned_varint(&mut self) -> Result<u32, DecodeError> {
        let position = self.position();
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            // The fifth byte has room for four bits; Kafka drops the others, so do we.
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::VarintTooLong { position })
    }

    /// A length or count in either format; `None` is null.
    pub(crate) fn length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        if flexible {
            Ok(self.unsigned_varint()?.checked_sub(1).map(|length| length as usize))
        } else {
            Ok(usize::try_from(self.i32()?).ok())
        }
    }

    fn string_length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        if flexible { self.length(true) } else { Ok(usize::try_from(self.i16()?).ok()) }
    }

    fn text(&mut self, length: usize, field: &'static str) -> Result<Str, DecodeError> {
        if length > STRING_LENGTH_MAX {
            return Err(DecodeError::StringTooLong { field, length });
        }
        Str::from_utf8(self.slice(length, field)?)
            .map_err(|error| DecodeError::InvalidUtf8 { field, valid: error.valid_up_to() })
    }

    /// `string`.
    pub fn string(&mut self, flexible: bool, field: &'static str) -> Result<Str, DecodeError> {
        let length = self.string_length(flexible)?;
        self.text(length.ok_or(DecodeError::UnexpectedNull { field })?, field)
    }

    /// `string` that is null in some versions.
    pub fn string_or_null(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Str>, DecodeError> {
        let length = self.string_length(flexible)?;
        or_null(length, nullable, field)?.map(|length| self.text(length, field)).transpose()
    }

    /// `bytes`.
    pub fn bytes(&mut self, flexible: bool, field: &'static str) -> Result<Bytes, DecodeError> {
        let length = self.length(flexible)?.ok_or(DecodeError::UnexpectedNull { field })?;
        self.slice(length, field)
    }

    /// `bytes` that are null in some versions.
    pub fn bytes_or_null(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Bytes>, DecodeError> {
        let length = self.length(flexible)?;
        or_null(length, nullable, field)?.map(|length| self.slice(length, field)).transpose()
    }

    /// `records`: one slice of the input.
    pub fn records(&mut self, flexible: bool, field: &'static str) -> Result<Records, DecodeError> {
        self.bytes(flexible, field).map(Records::from)
    }

    /// `records` that are null in some versions.
    pub fn records_or_null(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Records>, DecodeError> {
        Ok(self.bytes_or_null(flexible, nullable, field)?.map(Records::from))
    }

    /// A struct that may be null: a sign, then the struct.
    pub fn struct_or_null<T: Decode>(
        &mut self,
        version: i16,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<T>, DecodeError> {
        // A struct has a sign only in the versions in which it may be null.
        if !nullable {
            return T::decode(self, version).map(Some);
        }
        match or_null((self.i8()? >= 0).then_some(()), nullable, field)? {
            None => Ok(None),
            Some(()) => T::decode(self, version).map(Some),
        }
    }

    /// The same as the value of a tagged field: there null is 0, not −1.
    pub fn tagged_struct_or_null<T: Decode>(
        &mut self,
        version: i16,
    ) -> Result<Option<T>, DecodeError> {
        if self.unsigned_varint()? == 0 {
            return Ok(None);
        }
        T::decode(self, version).map(Some)
    }

    /// Takes `count` elements of `size` bytes from the budget.
    fn charge(
        &mut self,
        count: usize,
        size: usize,
        field: &'static str,
    ) -> Result<(), DecodeError> {
        match self.budget.checked_sub(count.saturating_mul(size)) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(DecodeError::TooManyElements { field, count }),
        }
    }

    /// Reads `count` elements that take at least `element` bytes each.
    pub(crate) fn elements<T>(
        &mut self,
        count: usize,
        element: usize,
        field: &'static str,
        mut read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let remaining = self.remaining();
        if count > remaining / element {
            return Err(DecodeError::CountBeyondEnd { field, count, element, remaining });
        }
        self.charge(count, size_of::<T>(), field)?;
        // A struct can be much larger than its least form on the wire: begin small, and grow with
        // what is really there.
        let reserve = RESERVE_BYTES_MAX / size_of::<T>().max(1);
        let mut elements = Vec::with_capacity(count.min(reserve.max(1)));
        for _ in 0..count {
            elements.push(read(self)?);
        }
        Ok(elements)
    }

    /// An array of structs.
    pub fn structs<T: Decode>(
        &mut self,
        version: i16,
        flexible: bool,
        field: &'static str,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.length(flexible)?.ok_or(DecodeError::UnexpectedNull { field })?;
        self.elements(count, T::MIN_LENGTH, field, |input| T::decode(input, version))
    }

    /// An array of structs that is null in some versions.
    pub fn structs_or_null<T: Decode>(
        &mut self,
        version: i16,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let count = self.length(flexible)?;
        or_null(count, nullable, field)?
            .map(|count| {
                self.elements(count, T::MIN_LENGTH, field, |input| T::decode(input, version))
            })
            .transpose()
    }

    fn string_elements(
        &mut self,
        count: usize,
        flexible: bool,
        field: &'static str,
    ) -> Result<Vec<Str>, DecodeError> {
        let least = if flexible { 1 } else { 2 };
        self.elements(count, least, field, |input| input.string(flexible, field))
    }

    /// An array of strings.
    pub fn strings(
        &mut self,
        flexible: bool,
        field: &'static str,
    ) -> Result<Vec<Str>, DecodeError> {
        let count = self.length(flexible)?.ok_or(DecodeError::UnexpectedNull { field })?;
        self.string_elements(count, flexible, field)
    }

    /// An array of strings that is null in some versions.
    pub fn strings_or_null(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Vec<Str>>, DecodeError> {
        let count = self.length(flexible)?;
        or_null(count, nullable, field)?
            .map(|count| self.string_elements(count, flexible, field))
            .transpose()
    }

    /// An array of values of fixed width.
    pub fn plains<T: Plain>(
        &mut self,
        flexible: bool,
        field: &'static str,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.length(flexible)?.ok_or(DecodeError::UnexpectedNull { field })?;
        self.elements(count, T::LENGTH, field, T::read)
    }

    /// An array of values of fixed width that is null in some versions.
    pub fn plains_or_null<T: Plain>(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let count = self.length(flexible)?;
        or_null(count, nullable, field)?
            .map(|count| self.elements(count, T::LENGTH, field, T::read))
            .transpose()
    }

    /// Begins the tagged fields of a struct.
    pub fn tags(&mut self, flexible: bool) -> Result<Tags, DecodeError> {
        if !flexible {
            return Ok(Tags { left: 0 });
        }
        let count = self.unsigned_varint()?;
        let remaining = self.remaining();
        // A tagged field is at least a tag and a length.
        if count as usize > remaining / 2 {
            return Err(DecodeError::TagCountBeyondEnd { count, remaining });
        }
        self.charge(count as usize, size_of::<(u32, Bytes)>(), "tagged fields")?;
        Ok(Tags { left: count })
    }

    /// The next tagged field: its tag and its bytes.
    pub fn next_tag(&mut self, tags: &mut Tags) -> Result<Option<(u32, Self)>, DecodeError> {
        let Some(left) = tags.left.checked_sub(1) else { return Ok(None) };
        tags.left = left;
        let tag = self.unsigned_varint()?;
        let length = self.unsigned_varint()? as usize;
        let base = self.position();
        let bytes = self.slice(length, "tagged field")?;
        Ok(Some((tag, Self { bytes, position: 0, base, budget: self.budget })))
    }

    /// Goes on after the tagged field `value`, which must have been read to its end.
    pub fn finish_tag(&mut self, tag: u32, value: &Self) -> Result<(), DecodeError> {
        self.budget = value.budget;
        match value.remaining() {
            0 => Ok(()),
            left => Err(DecodeError::TagLength { tag, left }),
        }
    }

    /// The tagged fields of a struct that knows none.
    pub fn tagged_fields(&mut self, flexible: bool) -> Result<TaggedFields, DecodeError> {
        let mut fields = TaggedFields::default();
        let mut tags = self.tags(flexible)?;
        while let Some((tag, mut value)) = self.next_tag(&mut tags)? {
            fields.insert(tag, value.rest());
        }
        Ok(fields)
    }

    /// Refuses a version the message does not have.
    pub fn check_version<M: Message>(&self, version: i16) -> Result<(), DecodeError> {
        if M::VALID_VERSIONS.contains(version) {
            Ok(())
        } else {
            Err(DecodeError::UnsupportedVersion { message: M::NAME, version })
        }
    }
}

fn or_null<T>(
    value: Option<T>,
    nullable: bool,
    field: &'static str,
) -> Result<Option<T>, DecodeError> {
    if value.is_none() && !nullable {
        return Err(DecodeError::UnexpectedNull { field });
    }
    Ok(value)
}
