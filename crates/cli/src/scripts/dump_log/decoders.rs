//! What the records of internal topics say, as Kafka's tool shows them.

use std::collections::BTreeMap;

use bytes::{Buf, Bytes};
use keld_record::Record;
use keld_wire::{DecodeError, Decoder, Shape, bytes_of_base64, shapes};
use serde_json::{Value, json};

use super::java_json;
use crate::failure::Failure;
use crate::options::Options;

/// How keys and values of records are shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// Each by its own type.
    Plain {
        /// The key's.
        key: Type,
        /// The value's.
        value: Type,
    },
    /// `__consumer_offsets`
    Offsets,
    /// `__transaction_state`
    Transactions,
    /// `__share_group_state`
    ShareState,
    /// `__cluster_metadata`
    Metadata,
    /// `__remote_log_metadata`
    RemoteLogMetadata,
}

/// The type of plain keys or values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Type {
    String,
    Integer,
    Long,
}

/// A key and a payload as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) key: Option<String>,
    pub(super) payload: Option<String>,
}

impl Shown {
    /// Records as strings.
    pub(super) const STRINGS: Self = Self::Plain { key: Type::String, value: Type::String };

    /// The decoder that the options name; the order of Kafka's tool decides between several.
    pub(super) fn of(options: &Options) -> Result<Self, Failure> {
        let decoders = [
            ("offsets-decoder", Self::Offsets),
            ("transaction-log-decoder", Self::Transactions),
            ("cluster-metadata-decoder", Self::Metadata),
            ("remote-log-metadata-decoder", Self::RemoteLogMetadata),
            ("share-group-state-decoder", Self::ShareState),
        ];
        match decoders.iter().find(|(name, _)| options.has(name)) {
            Some((_, decoder)) => Ok(*decoder),
            None => Ok(Self::Plain {
                key: Type::of(options, "key-decoder-class")?,
                value: Type::of(options, "value-decoder-class")?,
            }),
        }
    }

    /// The contents of a record that is no control record.
    pub(super) fn contents(self, record: &Record) -> Result<Contents, Failure> {
        match self {
            Self::Plain { key, value } => Ok(Contents {
                key: record.key.as_ref().map(|bytes| key.text(bytes)).transpose()?,
                payload: record.value.as_ref().map(|bytes| value.text(bytes)).transpose()?,
            }),
            Self::Offsets => coordinator(record, shapes::OFFSETS_KEYS, shapes::OFFSETS_VALUES),
            Self::Transactions => {
                coordinator(record, shapes::TRANSACTION_KEYS, shapes::TRANSACTION_VALUES)
            }
            Self::ShareState => {
                coordinator(record, shapes::SHARE_STATE_KEYS, shapes::SHARE_STATE_VALUES)
            }
            Self::Metadata => Ok(Contents {
                key: None,
                payload: Some(metadata(record).unwrap_or_else(|error| {
                    format!("Error at {}, skipping. {error}", record.offset)
                })),
            }),
            Self::RemoteLogMetadata => Ok(Contents {
                key: None,
                payload: Some(remote_log_metadata(record).unwrap_or_else(|error| {
                    format!("Error at offset {}, skipping. {error}", record.offset)
                })),
            }),
        }
    }
}

impl Type {
    fn of(options: &Options, name: &str) -> Result<Self, Failure> {
        let class = options.get(name).unwrap_or("org.apache.kafka.tools.api.StringDecoder");
        match class {
            "org.apache.kafka.tools.api.StringDecoder" => Ok(Self::String),
            "org.apache.kafka.tools.api.IntegerDecoder" => Ok(Self::Integer),
            "org.apache.kafka.tools.api.LongDecoder" => Ok(Self::Long),
            other => Err(Failure::failed(format!("Failed to load decoder class {other}"))
                .with_hint(
                    "Java classes cannot be loaded; StringDecoder, IntegerDecoder and LongDecoder \
                     of org.apache.kafka.tools.api are known by name",
                )),
        }
    }

    fn text(self, mut bytes: &[u8]) -> Result<String, Failure> {
        let length = bytes.len();
        let short = |_| Failure::failed(format!("{length} bytes are no {self:?}"));
        match self {
            Self::String => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Self::Integer => bytes.try_get_i32().map(|number| number.to_string()).map_err(short),
            Self::Long => bytes.try_get_i64().map(|number| number.to_string()).map_err(short),
        }
    }
}

fn coordinator(record: &Record, keys: &[Shape], values: &[Shape]) -> Result<Contents, Failure> {
    let offset = record.offset;
    let Some(key) = &record.key else {
        return Err(Failure::failed(format!(
            "Failed to decode message at offset {offset} using the specified decoder (message had \
             a missing key)"
        )));
    };
    let skipped = |why: String| Contents {
        key: Some(format!("{why} at offset {offset}, skipping.")),
        payload: None,
    };
    let failed = |why: String| Contents {
        key: Some(format!("Error at offset {offset}, skipping. {why}")),
        payload: None,
    };
    let Some((kind, key)) = versioned(key) else {
        return Ok(failed("Could not read version from key's buffer.".to_owned()));
    };
    let with_type = |shapes: &[Shape]| shapes.iter().find(|one| one.key == Some(kind)).copied();
    let (Some(key_shape), Some(value_shape)) = (with_type(keys), with_type(values)) else {
        return Ok(skipped(format!("Unknown record type {kind}")));
    };
    let unreadable = |version: i16, name: &str, error: DecodeError| {
        failed(format!(
            "Could not read record with version {version} from {name}'s buffer due to: {error}."
        ))
    };
    // The type is the version that Kafka reads the key's own bytes at; all keys have version 0.
    let data = match key_shape.read_json(&mut Decoder::new(key), 0) {
        Ok(data) => data,
        Err(error) => return Ok(unreadable(kind, "key", error)),
    };
    let key = java_json::text(&json!({ "type": kind.to_string(), "data": data }));
    let Some(value) = &record.value else {
        return Ok(Contents { key: Some(key), payload: Some("<DELETE>".to_owned()) });
    };
    let Some((version, value)) = versioned(value) else {
        return Ok(failed("Could not read version from value's buffer.".to_owned()));
    };
    if !value_shape.versions.contains(version) {
        return Ok(failed(format!("Found an unknown record version {version} for {kind} type")));
    }
    let mut data = match value_shape.read_json(&mut Decoder::new(value), version) {
        Ok(data) => data,
        Err(error) => return Ok(unreadable(version, "value", error)),
    };
    if value_shape.name == "GroupMetadataValue" && data["protocolType"] == "consumer" {
        for member in data["members"].as_array_mut().into_iter().flatten() {
            read_inside(member, "subscription", "ConsumerProtocolSubscription");
            read_inside(member, "assignment", "ConsumerProtocolAssignment");
        }
    }
    let payload = java_json::text(&json!({ "version": version.to_string(), "data": data }));
    Ok(Contents { key: Some(key), payload: Some(payload) })
}

/// Puts what the bytes of a member's field say in their place; other bytes stay as they are.
fn read_inside(member: &mut Value, field: &str, name: &str) {
    let read = || {
        let bytes = bytes_of_base64(member[field].as_str()?)?;
        let (version, rest) = versioned(&bytes)?;
        let shape = shapes::CONSUMER_PROTOCOL.iter().find(|shape| shape.name == name)?;
        shape.read_json(&mut Decoder::new(rest), version).ok()
    };
    if let Some(data) = read() {
        member[field] = data;
    }
}

/// The two bytes that begin keys and values, and the rest.
fn versioned(bytes: &Bytes) -> Option<(i16, Bytes)> {
    let version = bytes.first_chunk::<2>()?;
    Some((i16::from_be_bytes(*version), bytes.slice(2..)))
}

/// Reads a record with the frame of metadata records.
fn framed(record: &Record, shapes: &[Shape]) -> Result<(Shape, i16, Value), String> {
    let mut input = Decoder::new(record.value.clone().unwrap_or_default());
    let frame = small(&mut input, "frame version")?;
    if frame == 0 {
        return Err("Could not deserialize metadata record with frame version 0. Note that \
             upgrades from the preview release of KRaft in 2.8 to newer versions are not \
             supported."
            .to_owned());
    }
    if frame != 1 {
        return Err(format!(
            "Could not deserialize metadata record due to unknown frame version {frame}(only \
             frame version 1 is supported)"
        ));
    }
    let key = small(&mut input, "type")?;
    let version = small(&mut input, "version")?;
    let shape = shapes.iter().find(|shape| shape.key == Some(key)).copied().ok_or_else(|| {
        format!(
            "org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id {key}"
        )
    })?;
    let data = shape
        .read_json(&mut input, version)
        .map_err(|_| format!("Failed to deserialize record with type {key}"))?;
    match input.remaining() {
        0 => Ok((shape, version, data)),
        left => Err(format!("Found {left} byte(s) of garbage after {key}")),
    }
}

fn small(input: &mut Decoder, what: &str) -> Result<i16, String> {
    let number = input.unsigned_varint().map_err(|_| format!("Error while reading {what}"))?;
    i16::try_from(number).map_err(|_| format!("Value for {what} was too large."))
}

fn metadata(record: &Record) -> Result<String, String> {
    let (shape, version, data) = framed(record, shapes::METADATA_RECORDS)?;
    let shown = json!({ "type": constant(shape.name), "version": version, "data": data });
    Ok(java_json::text(&shown))
}

/// `PartitionRecord` as `PARTITION_RECORD`.
fn constant(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

/// What the classes of tiered storage refuse.
fn check_segment(data: &Value) -> Result<(), String> {
    let offset = |name: &str| data[name].as_i64().unwrap_or_default();
    let (start, end) = (offset("startOffset"), offset("endOffset"));
    if start < 0 {
        return Err(format!(
            "Unexpected start offset = {start}. StartOffset for a remote segment cannot be negative"
        ));
    }
    if end < start {
        return Err(format!(
            "Unexpected end offset = {end}. EndOffset for a remote segment cannot be less than \
             startOffset = {start}"
        ));
    }
    if data["segmentLeaderEpochs"].as_array().is_none_or(Vec::is_empty) {
        return Err("segmentLeaderEpochs can not be null or empty".to_owned());
    }
    Ok(())
}

/// The records of tiered storage, as their Java classes describe themselves.
fn remote_log_metadata(record: &Record) -> Result<String, String> {
    let (shape, _, data) = framed(record, shapes::REMOTE_LOG_METADATA)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let partition =
        |of: &Value| format!("{}:{}-{}", text(&of["id"]), text(&of["name"]), of["partition"]);
    let segment = || {
        let id = &data["remoteLogSegmentId"];
        format!(
            "RemoteLogSegmentId{{topicIdPartition={}, id={}}}",
            partition(&id["topicIdPartition"]),
            text(&id["id"])
        )
    };
    let custom = || match data["customMetadata"].as_str().and_then(bytes_of_base64) {
        Some(bytes) => format!("Optional[CustomMetadata{{{} bytes}}]", bytes.len()),
        None => "Optional.empty".to_owned(),
    };
    let state = |field: &str, names: &[&str]| {
        let id = data[field].as_u64().and_then(|id| usize::try_from(id).ok());
        id.and_then(|id| names.get(id).map(|name| (*name).to_owned()))
            .ok_or_else(|| "state can not be null".to_owned())
    };
    let segment_state = || {
        state(
            "remoteLogSegmentState",
            &[
                "COPY_SEGMENT_STARTED",
                "COPY_SEGMENT_FINISHED",
                "DELETE_SEGMENT_STARTED",
                "DELETE_SEGMENT_FINISHED",
            ],
        )
    };
    let epochs = || {
        let entries = data["segmentLeaderEpochs"].as_array();
        let sorted: BTreeMap<i64, i64> = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| Some((entry["leaderEpoch"].as_i64()?, entry["offset"].as_i64()?)))
            .collect();
        let shown: Vec<String> =
            sorted.iter().map(|(epoch, offset)| format!("{epoch}={offset}")).collect();
        format!("{{{}}}", shown.join(", "))
    };
    if data.get("segmentLeaderEpochs").is_some() {
        check_segment(&data)?;
    }
    let is_index_empty = data["txnIndexEmpty"].as_bool().unwrap_or(false);
    Ok(match shape.name {
        "RemoteLogSegmentMetadataRecord" => format!(
            "RemoteLogSegmentMetadata{{remoteLogSegmentId={}, startOffset={}, endOffset={}, \
             brokerId={}, maxTimestampMs={}, eventTimestampMs={}, segmentLeaderEpochs={}, \
             segmentSizeInBytes={}, customMetadata={}, state={}, txnIdxEmpty={is_index_empty}}}",
            segment(),
            data["startOffset"],
            data["endOffset"],
            data["brokerId"],
            data["maxTimestampMs"],
            data["eventTimestampMs"],
            epochs(),
            data["segmentSizeInBytes"],
            custom(),
            segment_state()?,
        ),
        "RemoteLogSegmentMetadataUpdateRecord" => format!(
            "RemoteLogSegmentMetadataUpdate{{remoteLogSegmentId={}, customMetadata={}, state={}, \
             eventTimestampMs={}, brokerId={}}}",
            segment(),
            custom(),
            segment_state()?,
            data["eventTimestampMs"],
            data["brokerId"],
        ),
        "RemotePartitionDeleteMetadataRecord" => format!(
            "RemotePartitionDeleteMetadata{{topicPartition={}, state={}, eventTimestampMs={}, \
             brokerId={}}}",
            partition(&data["topicIdPartition"]),
            state(
                "remotePartitionDeleteState",
                &[
                    "DELETE_PARTITION_MARKED",
                    "DELETE_PARTITION_STARTED",
                    "DELETE_PARTITION_FINISHED",
                ],
            )?,
            data["eventTimestampMs"],
            data["brokerId"],
        ),
        _ => format!(
            "RemoteLogSegmentMetadataSnapshot{{segmentId={}, startOffset={}, endOffset={}, \
             maxTimestampMs={}, segmentLeaderEpochs={}, segmentSizeInBytes={}, \
             customMetadata={}, state={}, txnIdxEmpty={is_index_empty}}}",
            text(&data["segmentId"]),
            data["startOffset"],
            data["endOffset"],
            data["maxTimestampMs"],
            epochs(),
            data["segmentSizeInBytes"],
            custom(),
            segment_state()?,
        ),
    })
}
