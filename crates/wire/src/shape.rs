//! Records of any kind as JSON, read by a table of their fields instead of code for each.
//!
//! The JSON is the one of Kafka's own converters: fields in the order of the schema, under their
//! names; bytes as Base64; ids as Kafka writes them; tagged fields only where they are not at
//! their default; nothing of versions that lack a field, and no unknown tagged fields.

use bytes::Bytes;
use keld_types::Uuid;
use serde_json::{Map, Number, Value};

use crate::{DecodeError, Decoder, VersionRange};

/// A record's fields, versions and type.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Kafka's name.
    pub name: &'static str,
    /// The type under which a topic stores it.
    pub key: Option<i16>,
    /// The versions.
    pub versions: VersionRange,
    /// The versions with compact lengths and tagged fields.
    pub flexible: VersionRange,
    /// The fields in order.
    pub fields: &'static [FieldShape],
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct FieldShape {
    name: &'static str,
    kind: Kind,
    versions: VersionRange,
    nullable: VersionRange,
    flexible: Option<VersionRange>,
    tag: Option<u32>,
    default: Option<i64>,
    null_by_default: bool,
}

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `bool`
    Bool,
    /// `int8`
    Int8,
    /// `int16`
    Int16,
    /// `uint16`
    Uint16,
    /// `int32`
    Int32,
    /// `uint32`
    Uint32,
    /// `int64`
    Int64,
    /// `float64`
    Float64,
    /// `uuid`
    Uuid,
    /// `string`
    String,
    /// `bytes` and `records`
    Bytes,
    /// An array of one of the others.
    Array(&'static Kind),
    /// A struct by its fields.
    Struct(&'static [FieldShape]),
}

impl FieldShape {
    /// A field that is never null, has no tag and its type's own default.
    pub const fn new(name: &'static str, kind: Kind, versions: VersionRange) -> Self {
        Self {
            name,
            kind,
            versions,
            nullable: VersionRange::NONE,
            flexible: None,
            tag: None,
            default: None,
            null_by_default: false,
        }
    }

    /// May be null in these versions.
    #[must_use]
    pub const fn nullable(mut self, versions: VersionRange) -> Self {
        self.nullable = versions;
        self
    }

    /// Is a tagged field.
    #[must_use]
    pub const fn tag(mut self, tag: u32) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Has a default of its own; 1 is true.
    #[must_use]
    pub const fn default(mut self, default: i64) -> Self {
        self.default = Some(default);
        self
    }

    /// Is null by default.
    #[must_use]
    pub const fn null_by_default(mut self) -> Self {
        self.null_by_default = true;
        self
    }

    /// Is flexible in other versions than its message.
    #[must_use]
    pub const fn flexible(mut self, versions: VersionRange) -> Self {
        self.flexible = Some(versions);
        self
    }

    fn default_json(&self, version: i16) -> Value {
        if self.null_by_default {
            return Value::Null;
        }
        match (self.kind, self.default) {
            (Kind::Bool, default) => Value::Bool(default == Some(1)),
            (Kind::Float64, _) => Value::from(0.0),
            (Kind::Uuid, _) => Value::String(Uuid::ZERO.to_string()),
            (Kind::String | Kind::Bytes, _) => Value::String(String::new()),
            (Kind::Array(_), _) => Value::Array(Vec::new()),
            (Kind::Struct(fields), _) => {
                let present = fields.iter().filter(|field| field.versions.contains(version));
                let written = present.filter(|field| field.tag.is_none());
                Value::Object(
                    written
                        .map(|field| (field.name.to_owned(), field.default_json(version)))
                        .collect(),
                )
            }
            (_, default) => Value::from(default.unwrap_or(0)),
        }
    }
}

impl Shape {
    /// Reads the record at `version` and gives its JSON.
    pub fn read_json(&self, input: &mut Decoder, version: i16) -> Result<Value, DecodeError> {
        if !self.versions.contains(version) {
            return Err(DecodeError::UnsupportedVersion { message: self.name, version });
        }
        Reader { shape: self, version }.fields(input, self.fields)
    }
}

struct Reader<'a> {
    shape: &'a Shape,
    version: i16,
}

impl Reader<'_> {
    fn fields(
        &self,
        input: &mut Decoder,
        fields: &'static [FieldShape],
    ) -> Result<Value, DecodeError> {
        let present = || fields.iter().filter(|field| field.versions.contains(self.version));
        let mut values = Vec::with_capacity(fields.len());
        for field in present() {
            values.push(match field.tag {
                None => Some(self.field(input, field)?),
                Some(_) => None,
            });
        }
        let mut tags = input.tags(self.shape.flexible.contains(self.version))?;
        while let Some((tag, mut inside)) = input.next_tag(&mut tags)? {
            let known = present().position(|field| field.tag == Some(tag));
            if let Some(at) = known
                && let Some((field, value)) = present().nth(at).zip(values.get_mut(at))
            {
                let read = self.field(&mut inside, field)?;
                input.finish_tag(tag, &inside)?;
                *value = (read != field.default_json(self.version)).then_some(read);
            }
        }
        let mut object = Map::new();
        for (field, value) in present().zip(values) {
            if let Some(value) = value {
                object.insert(field.name.to_owned(), value);
            }
        }
        Ok(Value::Object(object))
    }

    fn field(&self, input: &mut Decoder, field: &FieldShape) -> Result<Value, DecodeError> {
        let flexible = field.flexible.unwrap_or(self.shape.flexible).contains(self.version);
        let nullable = field.nullable.contains(self.version);
        if let (Kind::Struct(fields), true) = (field.kind, nullable) {
            let is_null = match field.tag {
                None => input.i8()? < 0,
                Some(_) => input.unsigned_varint()? == 0,
            };
            return if is_null { Ok(Value::Null) } else { self.fields(input, fields) };
        }
        self.value(input, field.kind, flexible, nullable, field.name)
    }

    fn value(
        &self,
        input: &mut Decoder,
        kind: Kind,
        flexible: bool,
        nullable: bool,
        name: &'static str,
    ) -> Result<Value, DecodeError> {
        Ok(match kind {
            Kind::Bool => Value::Bool(input.bool()?),
            Kind::Int8 => Value::from(input.i8()?),
            Kind::Int16 => Value::from(input.i16()?),
            Kind::Uint16 => Value::from(input.u16()?),
            Kind::Int32 => Value::from(input.i32()?),
            Kind::Uint32 => Value::from(input.u32()?),
            Kind::Int64 => Value::from(input.i64()?),
            Kind::Float64 => {
                let number = input.f64()?;
                // Jackson writes what JSON cannot hold as text.
                Number::from_f64(number)
                    .map_or_else(|| Value::String(not_finite(number).to_owned()), Value::Number)
            }
            Kind::Uuid => Value::String(input.uuid()?.to_string()),
            Kind::String => input
                .string_or_null(flexible, nullable, name)?
                .map_or(Value::Null, |text| Value::String(text.to_string())),
            Kind::Bytes => input
                .bytes_or_null(flexible, nullable, name)?
                .map_or(Value::Null, |bytes| Value::String(base64(&bytes))),
            Kind::Array(element) => {
                let Some(count) = input.length(flexible)? else {
                    if nullable {
                        return Ok(Value::Null);
                    }
                    return Err(DecodeError::UnexpectedNull { field: name });
                };
                // Every element takes a byte at least.
                input
                    .elements(count, 1, name, |input| {
                        self.value(input, *element, flexible, false, name)
                    })?
                    .into()
            }
            Kind::Struct(fields) => self.fields(input, fields)?,
        })
    }
}

fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Base64 with padding, as Jackson writes bytes.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = ALPHABET[(group >> shift & 0x3f) as usize];
            out.push(if index <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// The bytes of padded Base64; nothing where the text is something else.
pub fn bytes_of_base64(text: &str) -> Option<Bytes> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let digits = text.trim_end_matches('=');
    let (mut group, mut bits) = (0_u32, 0_u32);
    for letter in digits.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        group = group << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(group >> bits & 0xff).ok()?);
        }
    }
    Some(out.into())
}
