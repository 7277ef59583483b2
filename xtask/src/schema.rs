//! Schemas of Kafka's messages in our own text form: one line a field, indentation for nesting.
//!
//! ```text
//! request FetchRequest key=1 versions=4-18 flexible=12+ listeners=broker,controller
//!   ClusterId string 12+ nullable=12+ tag=0 default=null ignorable
//!   Topics []FetchTopic 0+
//!     Topic string 0-12 ignorable
//! struct ReplicaState 15+
//!   ReplicaId int32 15+
//! ```
//!
//! The first line names kind, message and its versions; lines below are its fields; `struct` lines
//! begin structs that several fields share. Standard library only: `crates/wire`'s tests include
//! this very file to read the same schemas.

#![allow(dead_code, reason = "the code generator and the tests of `wire` use different halves")]

use std::fmt;

/// A range of versions, both ends included; empty when `max < min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    /// The lowest.
    pub(crate) min: i16,
    /// The highest; `i16::MAX` for an open range.
    pub(crate) max: i16,
}

impl Versions {
    /// No version at all.
    pub(crate) const NONE: Self = Self { min: 0, max: -1 };
    /// Every version.
    pub(crate) const ALL: Self = Self { min: 0, max: i16::MAX };

    /// Kafka's notation: `none`, `3`, `3-5`, `3+`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "none" {
            return Some(Self::NONE);
        }
        if let Some(min) = text.strip_suffix('+') {
            return Some(Self { min: min.parse().ok()?, max: i16::MAX });
        }
        let (min, max) = text.split_once('-').unwrap_or((text, text));
        Some(Self { min: min.parse().ok()?, max: max.parse().ok()? })
    }

    /// Whether `version` lies in the range.
    pub(crate) fn contains(self, version: i16) -> bool {
        self.min <= version && version <= self.max
    }

    /// Whether the range is empty.
    pub(crate) fn is_empty(self) -> bool {
        self.max < self.min
    }

    /// The versions in both ranges.
    pub(crate) fn intersect(self, other: Self) -> Self {
        let both = Self { min: self.min.max(other.min), max: self.max.min(other.max) };
        if both.is_empty() { Self::NONE } else { both }
    }

    /// Whether every version of `other` is in this range.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.is_empty() || (self.min <= other.min && other.max <= self.max)
    }

    /// The versions one by one; only for closed ranges.
    pub(crate) fn each(self) -> impl Iterator<Item = i16> {
        self.min..=self.max
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            range if range.is_empty() => f.write_str("none"),
            Self { min, max } if min == max => write!(f, "{min}"),
            Self { min, max: i16::MAX } => write!(f, "{min}+"),
            Self { min, max } => write!(f, "{min}-{max}"),
        }
    }
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
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
    /// `bytes`
    Bytes,
    /// `records`
    Records,
    /// A struct by name.
    Struct(String),
    /// An array of one of the above.
    Array(Box<Type>),
}

impl Type {
    /// Kafka's notation.
    pub(crate) fn parse(text: &str) -> Self {
        if let Some(element) = text.strip_prefix("[]") {
            return Self::Array(Box::new(Self::parse(element)));
        }
        match text {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "uint32" => Self::Uint32,
            "int64" => Self::Int64,
            "float64" => Self::Float64,
            "uuid" => Self::Uuid,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "records" => Self::Records,
            name => Self::Struct(name.to_owned()),
        }
    }

    /// The struct this is, or an array of which it is.
    pub(crate) fn struct_name(&self) -> Option<&str> {
        match self {
            Self::Struct(name) => Some(name),
            Self::Array(element) => element.struct_name(),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Uint16 => "uint16",
            Self::Int32 => "int32",
            Self::Uint32 => "uint32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Uuid => "uuid",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Records => "records",
            Self::Struct(name) => name,
            Self::Array(element) => return write!(f, "[]{element}"),
        })
    }
}

/// One field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Kafka's name, in upper camel case.
    pub(crate) name: String,
    /// The type.
    pub(crate) kind: Type,
    /// In which versions the field exists.
    pub(crate) versions: Versions,
    /// In which versions it may be null.
    pub(crate) nullable: Versions,
    /// Its tag, when it is a tagged field.
    pub(crate) tag: Option<u32>,
    /// The default as it is written in the schema, where it is not the type's own.
    pub(crate) default: Option<String>,
    /// Whether a value is dropped silently in versions that lack the field.
    pub(crate) ignorable: bool,
    /// Whether the field is part of its element's key.
    pub(crate) map_key: bool,
    /// The flexible versions of this field alone, where they differ from the message's.
    pub(crate) flexible: Option<Versions>,
    /// Fields of the struct defined here.
    pub(crate) fields: Vec<Field>,
}

/// A struct that several fields share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shared {
    /// Its name.
    pub(crate) name: String,
    /// Its versions.
    pub(crate) versions: Versions,
    /// Its fields.
    pub(crate) fields: Vec<Field>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// `request`, `response`, `header`, `metadata`, `coordinator-key`, `coordinator-value`, `data`.
    pub(crate) kind: String,
    /// Kafka's name.
    pub(crate) name: String,
    /// API key of an RPC, type of a record.
    pub(crate) key: Option<i16>,
    /// The versions.
    pub(crate) versions: Versions,
    /// The flexible versions.
    pub(crate) flexible: Versions,
    /// The listeners that serve a request.
    pub(crate) listeners: Vec<String>,
    /// Whether the last version is unstable: known, but not advertised.
    pub(crate) unstable: bool,
    /// The fields.
    pub(crate) fields: Vec<Field>,
    /// Shared structs.
    pub(crate) shared: Vec<Shared>,
}

impl Message {
    /// The fields of the struct called `name`, shared or defined in place.
    pub(crate) fn struct_fields(&self, name: &str) -> Option<&[Field]> {
        fn search<'a>(fields: &'a [Field], name: &str) -> Option<&'a [Field]> {
            fields.iter().find_map(|field| {
                if !field.fields.is_empty() && field.kind.struct_name() == Some(name) {
                    return Some(field.fields.as_slice());
                }
                search(&field.fields, name)
            })
        }
        if let Some(shared) = self.shared.iter().find(|shared| shared.name == name) {
            return Some(&shared.fields);
        }
        search(&self.fields, name)
            .or_else(|| self.shared.iter().find_map(|shared| search(&shared.fields, name)))
    }

    /// Writes the message in our form.
    pub(crate) fn to_text(&self) -> String {
        let mut out = format!("{} {}", self.kind, self.name);
        if let Some(key) = self.key {
            out += &format!(" key={key}");
        }
        out += &format!(" versions={} flexible={}", self.versions, self.flexible);
        if !self.listeners.is_empty() {
            out += &format!(" listeners={}", self.listeners.join(","));
        }
        if self.unstable {
            out += " unstable";
        }
        out.push('\n');
        write_fields(&mut out, &self.fields, 1);
        for shared in &self.shared {
            out += &format!("struct {} {}\n", shared.name, shared.versions);
            write_fields(&mut out, &shared.fields, 1);
        }
        out
    }

    /// Reads a message in our form; the error names the line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let (head, mut rest) = lines.split_first().ok_or("an empty schema")?;
        let mut words = head.split(' ');
        let mut message = Self {
            kind: words.next().unwrap_or_default().to_owned(),
            name: words.next().ok_or_else(|| format!("no name in `{head}`"))?.to_owned(),
            key: None,
            versions: Versions::NONE,
            flexible: Versions::NONE,
            listeners: Vec::new(),
            unstable: false,
            fields: Vec::new(),
            shared: Vec::new(),
        };
        let wrong = |word: &str| format!("`{word}` in `{head}`");
        for word in words {
            match word.split_once('=').unwrap_or((word, "")) {
                ("key", value) => message.key = Some(value.parse().map_err(|_| wrong(word))?),
                ("versions", value) => {
                    message.versions = Versions::parse(value).ok_or_else(|| wrong(word))?;
                }
                ("flexible", value) => {
                    message.flexible = Versions::parse(value).ok_or_else(|| wrong(word))?;
                }
                ("listeners", value) => {
                    message.listeners = value.split(',').map(str::to_owned).collect();
                }
                ("unstable", _) => message.unstable = true,
                _ => return Err(wrong(word)),
            }
        }
        (message.fields, rest) = read_fields(rest, 1)?;
        while let Some((head, below)) = rest.split_first() {
            let mut words = head.split(' ');
            let (Some("struct"), Some(name), Some(versions)) =
                (words.next(), words.next(), words.next())
            else {
                return Err(format!("expected a struct, found `{head}`"));
            };
            let versions = Versions::parse(versions).ok_or_else(|| wrong(versions))?;
            let fields;
            (fields, rest) = read_fields(below, 1)?;
            message.shared.push(Shared { name: name.to_owned(), versions, fields });
        }
        Ok(message)
    }
}

fn write_fields(out: &mut String, fields: &[Field], depth: usize) {
    for field in fields {
        *out += &format!("{}{} {} {}", "  ".repeat(depth), field.name, field.kind, field.versions);
        if !field.nullable.is_empty() {
            *out += &format!(" nullable={}", field.nullable);
        }
        if let Some(tag) = field.tag {
            *out += &format!(" tag={tag}");
        }
        if let Some(default) = &field.default {
            *out += &format!(" default={default}");
        }
        if let Some(flexible) = field.flexible {
            *out += &format!(" flexible={flexible}");
        }
        if field.ignorable {
            *out += " ignorable";
        }
        if field.map_key {
            *out += " mapkey";
        }
        out.push('\n');
        write_fields(out, &field.fields, depth + 1);
    }
}

fn indentation(line: &str) -> usize {
    (line.len() - line.trim_start().len()) / 2
}

fn read_fields<'a>(
    mut lines: &'a [&'a str],
    depth: usize,
) -> Result<(Vec<Field>, &'a [&'a str]), String> {
    let mut fields = Vec::new();
    while let Some((line, below)) = lines.split_first() {
        if indentation(line) < depth {
            break;
        }
        let wrong = |what: &str| format!("{what} in `{line}`");
        if indentation(line) > depth {
            return Err(wrong("too deep an indentation"));
        }
        let mut words = line.trim().split(' ');
        let (Some(name), Some(kind), Some(versions)) = (words.next(), words.next(), words.next())
        else {
            return Err(wrong("no name, type and versions"));
        };
        let mut field = Field {
            name: name.to_owned(),
            kind: Type::parse(kind),
            versions: Versions::parse(versions).ok_or_else(|| wrong(versions))?,
            nullable: Versions::NONE,
            tag: None,
            default: None,
            ignorable: false,
            map_key: false,
            flexible: None,
            fields: Vec::new(),
        };
        for word in words {
            match word.split_once('=').unwrap_or((word, "")) {
                ("nullable", value) => {
                    field.nullable = Versions::parse(value).ok_or_else(|| wrong(word))?;
                }
                ("tag", value) => field.tag = Some(value.parse().map_err(|_| wrong(word))?),
                ("default", value) => field.default = Some(value.to_owned()),
                ("flexible", value) => {
                    field.flexible = Some(Versions::parse(value).ok_or_else(|| wrong(word))?);
                }
                ("ignorable", _) => field.ignorable = true,
                ("mapkey", _) => field.map_key = true,
                _ => return Err(wrong(word)),
            }
        }
        (field.fields, lines) = read_fields(below, depth + 1)?;
        fields.push(field);
    }
    Ok((fields, lines))
}
