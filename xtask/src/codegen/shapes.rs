//! `crates/wire/src/shapes.rs`: the schemas of records as tables, for those who show any record.

use std::fmt::Write as _;

use super::Groups;
use crate::schema::{Field, Message, Type, Versions};

/// Which records a table holds.
type Member = fn(&Message) -> bool;

/// The tables: name, what it is, the group of schemas, which of them.
const TABLES: [(&str, &str, &str, Member); 9] = [
    ("METADATA_RECORDS", "The records of `__cluster_metadata`.", "metadata_records", |_| true),
    ("OFFSETS_KEYS", "Keys of `__consumer_offsets`.", "coordinator_records", |message| {
        is_key(message) && !is_transaction(message) && !is_share_state(message)
    }),
    ("OFFSETS_VALUES", "Values of `__consumer_offsets`.", "coordinator_records", |message| {
        !is_key(message) && !is_transaction(message) && !is_share_state(message)
    }),
    ("TRANSACTION_KEYS", "Keys of `__transaction_state`.", "coordinator_records", |message| {
        is_key(message) && is_transaction(message)
    }),
    ("TRANSACTION_VALUES", "Values of `__transaction_state`.", "coordinator_records", |message| {
        !is_key(message) && is_transaction(message)
    }),
    ("SHARE_STATE_KEYS", "Keys of `__share_group_state`.", "coordinator_records", |message| {
        is_key(message) && is_share_state(message)
    }),
    ("SHARE_STATE_VALUES", "Values of `__share_group_state`.", "coordinator_records", |message| {
        !is_key(message) && is_share_state(message)
    }),
    (
        "CONSUMER_PROTOCOL",
        "What consumers of classic groups tell each other.",
        "consumer_protocol",
        |_| true,
    ),
    (
        "REMOTE_LOG_METADATA",
        "The records of `__remote_log_metadata`.",
        "storage_records",
        |message| message.name.starts_with("Remote"),
    ),
];

fn is_key(message: &Message) -> bool {
    message.kind == "coordinator-key"
}

fn is_transaction(message: &Message) -> bool {
    message.name.starts_with("TransactionLog")
}

fn is_share_state(message: &Message) -> bool {
    message.name.starts_with("ShareSnapshot") || message.name.starts_with("ShareUpdate")
}

/// The file of all tables.
pub(crate) fn shapes(groups: &Groups) -> String {
    let mut out = "//! The schemas of records as tables.\n\n\
        use crate::VersionRange;\nuse crate::shape::{FieldShape, Kind, Shape};\n\n\
        const fn v(min: i16, max: i16) -> VersionRange {\nVersionRange::new(min, max)\n}\n\n\
        const fn f(name: &'static str, kind: Kind, min: i16, max: i16) -> FieldShape {\n\
        FieldShape::new(name, kind, VersionRange::new(min, max))\n}\n"
        .to_owned();
    for (name, title, group, is_member) in TABLES {
        let members: Vec<&Message> =
            groups[group].iter().filter(|message| is_member(message)).collect();
        let _ = write!(out, "\n/// {title}\npub const {name}: &[Shape] = &[");
        for message in members {
            let _ = write!(
                out,
                "Shape {{ name: \"{}\", key: {}, versions: {}, flexible: {}, fields: {} }},",
                message.name,
                message.key.map_or_else(|| "None".to_owned(), |key| format!("Some({key})")),
                range(message.versions),
                range(message.flexible),
                fields(message, &message.fields),
            );
        }
        out += "];\n";
    }
    out
}

fn range(versions: Versions) -> String {
    match versions {
        range if range.is_empty() => "VersionRange::NONE".to_owned(),
        Versions { min, max: i16::MAX } => format!("v({min}, i16::MAX)"),
        Versions { min, max } => format!("v({min}, {max})"),
    }
}

fn fields(message: &Message, fields: &[Field]) -> String {
    let mut out = "&[".to_owned();
    for field in fields {
        let (first, rest) = field.name.split_at(1);
        let max = match field.versions.max {
            i16::MAX => "i16::MAX".to_owned(),
            max => max.to_string(),
        };
        let _ = write!(
            out,
            "f(\"{}{rest}\", {}, {}, {max})",
            first.to_lowercase(),
            kind(message, &field.kind),
            field.versions.min,
        );
        if !field.nullable.is_empty() {
            let _ = write!(out, ".nullable({})", range(field.nullable));
        }
        if let Some(tag) = field.tag {
            let _ = write!(out, ".tag({tag})");
        }
        match field.default.as_deref() {
            Some("null") => out += ".null_by_default()",
            Some("true") => out += ".default(1)",
            Some(number) => {
                let _ = write!(out, ".default({number})");
            }
            None => {}
        }
        if let Some(flexible) = field.flexible {
            let _ = write!(out, ".flexible({})", range(flexible));
        }
        out += ",";
    }
    out + "]"
}

fn kind(message: &Message, of: &Type) -> String {
    match of {
        Type::Bool => "Kind::Bool".to_owned(),
        Type::Int8 => "Kind::Int8".to_owned(),
        Type::Int16 => "Kind::Int16".to_owned(),
        Type::Uint16 => "Kind::Uint16".to_owned(),
        Type::Int32 => "Kind::Int32".to_owned(),
        Type::Uint32 => "Kind::Uint32".to_owned(),
        Type::Int64 => "Kind::Int64".to_owned(),
        Type::Float64 => "Kind::Float64".to_owned(),
        Type::Uuid => "Kind::Uuid".to_owned(),
        Type::String => "Kind::String".to_owned(),
        Type::Bytes | Type::Records => "Kind::Bytes".to_owned(),
        Type::Array(element) => format!("Kind::Array(&{})", kind(message, element)),
        Type::Struct(name) => {
            let inner = message.struct_fields(name).unwrap_or_default();
            format!("Kind::Struct({})", fields(message, inner))
        }
    }
}
