//! Values of a schema: random ones, their bytes and their JSON as Kafka writes it.
//!
//! Written from the protocol's description and the schemas alone, apart from the crate's own code.

use keld_types::Uuid;
use serde_json::{Map, Value as Json, json};

use crate::schema::{Field, Message, Type};
use crate::seeded::Seeded;

/// A value of some type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Uuid([u8; 16]),
    Text(String),
    Bytes(Vec<u8>),
    Array(Vec<Value>),
    Struct(Struct),
}

/// A struct: the values of the fields that exist in the version, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Struct {
    pub(crate) fields: Vec<Value>,
    pub(crate) unknown: Vec<(u32, Vec<u8>)>,
}

/// How values are made.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Whether structs carry tagged fields that the schema does not know.
    pub(crate) unknown_tags: bool,
    /// Elements an array has at most.
    pub(crate) elements_max: usize,
}

/// A schema at a version.
#[derive(Clone, Copy)]
pub(crate) struct Schema<'a> {
    pub(crate) message: &'a Message,
    pub(crate) version: i16,
}

impl<'a> Schema<'a> {
    fn flexible(self) -> bool {
        self.message.flexible.contains(self.version)
    }

    fn field_flexible(self, field: &Field) -> bool {
        field.flexible.unwrap_or(self.message.flexible).contains(self.version)
    }

    /// The fields that exist in this version.
    pub(crate) fn present(self, fields: &'a [Field]) -> impl Iterator<Item = &'a Field> {
        fields.iter().filter(move |field| field.versions.contains(self.version))
    }

    fn inner(self, name: &str) -> &'a [Field] {
        self.message.struct_fields(name).unwrap_or_else(|| panic!("no struct {name}"))
    }

    /// A random instance of the message.
    pub(crate) fn random(self, random: &mut Seeded, shape: Shape) -> Struct {
        self.random_struct(&self.message.fields, random, shape)
    }

    fn random_struct(self, fields: &'a [Field], random: &mut Seeded, shape: Shape) -> Struct {
        let values = self.present(fields).map(|field| self.random_field(field, random, shape));
        let values = values.collect();
        let mut unknown = Vec::new();
        if shape.unknown_tags && self.flexible() && random.one_in(3) {
            let mut tag = 0;
            for _ in 0..=random.below(3) {
                tag += 1 + u32::try_from(random.below(200)).expect("small");
                if fields.iter().all(|field| field.tag != Some(tag)) {
                    unknown.push((tag, random_bytes(random, 12)));
                }
            }
        }
        Struct { fields: values, unknown }
    }

    fn random_field(self, field: &'a Field, random: &mut Seeded, shape: Shape) -> Value {
        if random.one_in(5) {
            return self.default(field);
        }
        if field.nullable.contains(self.version) && random.one_in(4) {
            return Value::Null;
        }
        self.random_value(&field.kind, random, shape)
    }

    fn random_value(self, kind: &Type, random: &mut Seeded, shape: Shape) -> Value {
        match kind {
            Type::Bool => Value::Bool(random.one_in(2)),
            Type::Int8 => Value::Int(number(random, i8::MIN.into(), i8::MAX.into())),
            Type::Int16 => Value::Int(number(random, i16::MIN.into(), i16::MAX.into())),
            Type::Uint16 => Value::Int(number(random, 0, u16::MAX.into())),
            Type::Int32 => Value::Int(number(random, i32::MIN.into(), i32::MAX.into())),
            Type::Uint32 => Value::Int(number(random, 0, u32::MAX.into())),
            Type::Int64 => Value::Int(number(random, i64::MIN, i64::MAX)),
            Type::Float64 => {
                let numerator = i32::try_from(random.below(2_000_001)).expect("small") - 1_000_000;
                Value::Float(f64::from(numerator) / 8.0 + 0.0625)
            }
            Type::Uuid => Value::Uuid(
                (u128::from(random.next()) << 64 | u128::from(random.next())).to_be_bytes(),
            ),
            Type::String => Value::Text(random_text(random)),
            Type::Bytes => Value::Bytes(random_bytes(random, 40)),
            // Long ones too: they leave the encoder's buffer.
            Type::Records => {
                let length = if random.one_in(4) { 2000 } else { 60 };
                Value::Bytes(random_bytes(random, length))
            }
            Type::Array(element) => {
                // Now and then enough elements that the compact count takes two bytes.
                let plain = element.struct_name().is_none();
                let count = if plain && random.one_in(20) {
                    130 + random.below(40)
                } else {
                    random.below(shape.elements_max + 1)
                };
                Value::Array(
                    (0..count).map(|_| self.random_value(element, random, shape)).collect(),
                )
            }
            Type::Struct(name) => {
                Value::Struct(self.random_struct(self.inner(name), random, shape))
            }
        }
    }

    /// The field's default in this version.
    pub(crate) fn default(self, field: &Field) -> Value {
        match field.default.as_deref() {
            Some("null") => return Value::Null,
            Some("true") => return Value::Bool(true),
            Some(text) => {
                let number = match text.strip_prefix("0x") {
                    Some(digits) => i64::from_str_radix(digits, 16),
                    None => text.parse(),
                };
                return Value::Int(number.expect("a default is null, true or a number"));
            }
            None => {}
        }
        match &field.kind {
            Type::Records if field.nullable.contains(self.version) => Value::Null,
            Type::Bool => Value::Bool(false),
            Type::Float64 => Value::Float(0.0),
            Type::Uuid => Value::Uuid([0; 16]),
            Type::String => Value::Text(String::new()),
            Type::Bytes | Type::Records => Value::Bytes(Vec::new()),
            Type::Array(_) => Value::Array(Vec::new()),
            Type::Struct(name) => {
                let fields = self.present(self.inner(name)).map(|field| self.default(field));
                Value::Struct(Struct { fields: fields.collect(), unknown: Vec::new() })
            }
            _ => Value::Int(0),
        }
    }

    /// The bytes of the message.
    pub(crate) fn bytes(self, value: &Struct) -> Vec<u8> {
        let mut out = Vec::new();
        self.put_struct(&mut out, &self.message.fields, value);
        out
    }

    fn put_struct(self, out: &mut Vec<u8>, fields: &'a [Field], value: &Struct) {
        let mut tagged: Vec<(u32, Vec<u8>)> = value.unknown.clone();
        for (field, value) in self.present(fields).zip(&value.fields) {
            match field.tag {
                None => self.put_field(out, field, value),
                Some(tag) => {
                    if *value != self.default(field) {
                        let mut bytes = Vec::new();
                        self.put_field(&mut bytes, field, value);
                        tagged.push((tag, bytes));
                    }
                }
            }
        }
        if self.flexible() {
            tagged.sort();
            put_varint(out, tagged.len());
            for (tag, bytes) in tagged {
                put_varint(out, tag as usize);
                put_varint(out, bytes.len());
                out.extend(bytes);
            }
        }
    }

    fn put_field(self, out: &mut Vec<u8>, field: &Field, value: &Value) {
        let flexible = self.field_flexible(field);
        if matches!(field.kind, Type::Struct(_)) && field.nullable.contains(self.version) {
            // As the value of a tagged field, a struct that is null is 0 instead.
            let null = if field.tag.is_some() { 0 } else { 0xff };
            out.push(if *value == Value::Null { null } else { 1 });
            if *value == Value::Null {
                return;
            }
        }
        self.put_value(out, &field.kind, flexible, value);
    }

    fn put_value(self, out: &mut Vec<u8>, kind: &Type, flexible: bool, value: &Value) {
        match (kind, value) {
            (Type::Bool, Value::Bool(value)) => out.push((*value).into()),
            (Type::Int8, Value::Int(value)) => out.extend(&value.to_be_bytes()[7..]),
            (Type::Int16 | Type::Uint16, Value::Int(value)) => {
                out.extend(&value.to_be_bytes()[6..])
            }
            (Type::Int32 | Type::Uint32, Value::Int(value)) => {
                out.extend(&value.to_be_bytes()[4..])
            }
            (Type::Int64, Value::Int(value)) => out.extend(value.to_be_bytes()),
            (Type::Float64, Value::Float(value)) => out.extend(value.to_be_bytes()),
            (Type::Uuid, Value::Uuid(value)) => out.extend(value),
            (Type::String, Value::Null) if !flexible => out.extend([0xff; 2]),
            (_, Value::Null) if flexible => out.push(0),
            (_, Value::Null) => out.extend([0xff; 4]),
            (Type::String, Value::Text(value)) => {
                if flexible {
                    put_varint(out, value.len() + 1);
                } else {
                    out.extend(u16::try_from(value.len()).expect("short").to_be_bytes());
                }
                out.extend(value.bytes());
            }
            (Type::Bytes | Type::Records, Value::Bytes(value)) => {
                put_length(out, flexible, value.len());
                out.extend(value);
            }
            (Type::Array(element), Value::Array(values)) => {
                put_length(out, flexible, values.len());
                for value in values {
                    self.put_value(out, element, flexible, value);
                }
            }
            (Type::Struct(name), Value::Struct(value)) => {
                self.put_struct(out, self.inner(name), value);
            }
            (kind, value) => panic!("{value:?} is no {kind}"),
        }
    }

    /// The JSON of the message as Kafka's converters read it; written by them it has empty records.
    pub(crate) fn json(self, value: &Struct, with_records: bool) -> Json {
        self.struct_json(&self.message.fields, value, with_records)
    }

    fn struct_json(self, fields: &'a [Field], value: &Struct, with_records: bool) -> Json {
        let mut out = Map::new();
        for (field, value) in self.present(fields).zip(&value.fields) {
            if field.tag.is_some() && *value == self.default(field) {
                continue;
            }
            let (first, rest) = field.name.split_at(1);
            let name = format!("{}{rest}", first.to_lowercase());
            out.insert(name, self.value_json(&field.kind, value, with_records));
        }
        Json::Object(out)
    }

    fn value_json(self, kind: &Type, value: &Value, with_records: bool) -> Json {
        match (kind, value) {
            (_, Value::Null) => Json::Null,
            (_, Value::Bool(value)) => json!(value),
            (_, Value::Int(value)) => json!(value),
            (_, Value::Float(value)) => json!(value),
            (_, Value::Uuid(value)) => json!(Uuid::from_bytes(*value).to_string()),
            (_, Value::Text(value)) => json!(value),
            (Type::Records, Value::Bytes(_)) if !with_records => json!(""),
            (_, Value::Bytes(value)) => json!(base64(value)),
            (Type::Array(element), Value::Array(values)) => {
                values.iter().map(|value| self.value_json(element, value, with_records)).collect()
            }
            (Type::Struct(name), Value::Struct(value)) => {
                self.struct_json(self.inner(name), value, with_records)
            }
            (kind, value) => panic!("{value:?} is no {kind}"),
        }
    }
}

fn number(random: &mut Seeded, min: i64, max: i64) -> i64 {
    match random.below(6) {
        0 => min,
        1 => max,
        2 => i64::try_from(random.below(100)).expect("small"),
        _ => {
            let span = i128::from(max) - i128::from(min) + 1;
            let within = i128::from(random.next()) % span;
            i64::try_from(i128::from(min) + within).expect("between two i64")
        }
    }
}

fn random_text(random: &mut Seeded) -> String {
    const LETTERS: [char; 12] = ['a', 'B', '7', '-', '_', '.', ' ', '"', '\\', 'ß', '漢', '🦀'];
    let length = if random.one_in(10) { 130 } else { 12 };
    (0..random.below(length)).map(|_| LETTERS[random.below(LETTERS.len())]).collect()
}

fn random_bytes(random: &mut Seeded, length_max: usize) -> Vec<u8> {
    (0..random.below(length_max + 1)).map(|_| random.next().to_be_bytes()[0]).collect()
}

/// An unsigned variable-length integer.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).expect("seven bits") | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).expect("seven bits"));
}

fn put_length(out: &mut Vec<u8>, flexible: bool, length: usize) {
    if flexible {
        put_varint(out, length + 1);
    } else {
        out.extend(u32::try_from(length).expect("short").to_be_bytes());
    }
}

/// Base64 with padding, as Jackson writes bytes.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for index in 0..3 {
            group = group << 8 | u32::from(chunk.get(index).copied().unwrap_or(0));
        }
        for index in 0..4 {
            let six = usize::try_from(group >> (18 - 6 * index) & 0x3f).expect("six bits");
            out.push(if index <= chunk.len() { char::from(ALPHABET[six]) } else { '=' });
        }
    }
    out
}
