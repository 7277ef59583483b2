//! A record as `kafka-console-consumer` prints it.

use keld_client::ConsumerRecord;
use keld_config::Properties;

use crate::failure::Failure;

/// How bytes become text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Decoding {
    /// As they are.
    Bytes,
    Short,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
}

/// What is printed and how.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    is_silent: bool,
    timestamp: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key: bool,
    value: bool,
    key_separator: String,
    line_separator: String,
    headers_separator: String,
    null_literal: String,
    key_decoding: Decoding,
    value_decoding: Decoding,
    headers_decoding: Decoding,
}

impl Printer {
    pub(super) fn new(settings: &Properties, is_silent: bool) -> Result<Self, Failure> {
        let is_true = |name: &str, default: bool| {
            settings.get(name).map_or(default, |text| text.trim().eq_ignore_ascii_case("true"))
        };
        let text = |name: &str, default: &str| settings.get(name).unwrap_or(default).to_owned();
        let decoding = |name: &str| settings.get(name).map_or(Ok(Decoding::Bytes), decoding);
        Ok(Self {
            is_silent,
            timestamp: is_true("print.timestamp", false),
            partition: is_true("print.partition", false),
            offset: is_true("print.offset", false),
            delivery: is_true("print.delivery", false),
            epoch: is_true("print.epoch", false),
            headers: is_true("print.headers", false),
            key: is_true("print.key", false),
            value: is_true("print.value", true),
            key_separator: text("key.separator", "\t"),
            line_separator: text("line.separator", "\n"),
            headers_separator: text("headers.separator", ","),
            null_literal: text("null.literal", "null"),
            key_decoding: decoding("key.deserializer")?,
            value_decoding: decoding("value.deserializer")?,
            headers_decoding: decoding("headers.deserializer")?,
        })
    }

    /// The bytes of a record's line.
    pub(super) fn print(&self, record: &ConsumerRecord) -> Vec<u8> {
        if self.is_silent {
            return Vec::new();
        }
        let mut columns: Vec<Vec<u8>> = Vec::new();
        if self.timestamp {
            let text = if record.timestamp < 0 {
                "NO_TIMESTAMP".to_owned()
            } else {
                format!("{}:{}", record.timestamp_type.name(), record.timestamp)
            };
            columns.push(text.into_bytes());
        }
        if self.partition {
            columns.push(format!("Partition:{}", record.partition.partition).into_bytes());
        }
        if self.offset {
            columns.push(format!("Offset:{}", record.offset).into_bytes());
        }
        if self.delivery {
            columns.push(b"Delivery:NOT_PRESENT".to_vec());
        }
        if self.epoch {
            // Kafka's console consumer passes records on without their epoch.
            columns.push(b"Epoch:NOT_PRESENT".to_vec());
        }
        if self.headers {
            columns.push(self.headers(record));
        }
        if self.key {
            columns.push(self.decode(record.key.as_deref(), self.key_decoding));
        }
        if self.value {
            columns.push(self.decode(record.value.as_deref(), self.value_decoding));
        }
        if columns.is_empty() {
            return Vec::new();
        }
        let mut line = columns.join(self.key_separator.as_bytes());
        line.extend_from_slice(self.line_separator.as_bytes());
        line
    }

    fn headers(&self, record: &ConsumerRecord) -> Vec<u8> {
        if record.headers.is_empty() {
            return b"NO_HEADERS".to_vec();
        }
        let shown: Vec<Vec<u8>> = record
            .headers
            .iter()
            .map(|header| {
                let mut text = header.key.to_vec();
                text.push(b':');
                text.extend(self.decode(header.value.as_deref(), self.headers_decoding));
                text
            })
            .collect();
        shown.join(self.headers_separator.as_bytes())
    }

    fn decode(&self, bytes: Option<&[u8]>, decoding: Decoding) -> Vec<u8> {
        let Some(bytes) = bytes else { return self.null_literal.clone().into_bytes() };
        let text = match decoding {
            Decoding::Bytes => None,
            Decoding::Short => fixed(bytes).map(|b| i16::from_be_bytes(b).to_string()),
            Decoding::Integer => fixed(bytes).map(|b| i32::from_be_bytes(b).to_string()),
            Decoding::Long => fixed(bytes).map(|b| i64::from_be_bytes(b).to_string()),
            Decoding::Float => fixed(bytes).map(|b| format!("{:?}", f32::from_be_bytes(b))),
            Decoding::Double => fixed(bytes).map(|b| format!("{:?}", f64::from_be_bytes(b))),
            Decoding::Boolean => fixed(bytes).map(|[byte]: [u8; 1]| (byte == 1).to_string()),
        };
        // Bytes of another length are shown as they are.
        text.map_or_else(|| bytes.to_vec(), String::into_bytes)
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// The decoding that a Java class stands for.
fn decoding(class: &str) -> Result<Decoding, Failure> {
    let name = class.rsplit('.').next().unwrap_or(class);
    Ok(match name {
        "StringDeserializer" | "ByteArrayDeserializer" | "BytesDeserializer" => Decoding::Bytes,
        "ShortDeserializer" => Decoding::Short,
        "IntegerDeserializer" => Decoding::Integer,
        "LongDeserializer" => Decoding::Long,
        "FloatDeserializer" => Decoding::Float,
        "DoubleDeserializer" => Decoding::Double,
        "BooleanDeserializer" => Decoding::Boolean,
        _ => {
            return Err(Failure::usage(format!("{class} is a Java class, which cannot be loaded")));
        }
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use keld_record::{Header, TimestampType};
    use keld_types::{LeaderEpoch, Offset, PartitionIndex, TopicName, TopicPartition};

    use super::*;

    fn record() -> ConsumerRecord {
        ConsumerRecord {
            partition: TopicPartition::new(TopicName::new("alpha"), PartitionIndex::new(2)),
            offset: Offset::new(7),
            leader_epoch: LeaderEpoch::new(0),
            timestamp: 5,
            timestamp_type: TimestampType::CreateTime,
            key: Some(Bytes::from("k1")),
            value: None,
            headers: Vec::new(),
        }
    }

    fn print(settings: &[(&str, &str)], record: &ConsumerRecord) -> String {
        let settings: Properties = settings.iter().copied().collect();
        let printer = Printer::new(&settings, false).expect("valid");
        String::from_utf8(printer.print(record)).expect("text")
    }

    #[test]
    fn columns_are_kafkas() {
        let all = [
            ("print.timestamp", "true"),
            ("print.partition", "true"),
            ("print.offset", "true"),
            ("print.headers", "true"),
            ("print.key", "true"),
        ];
        assert_eq!(
            print(&all, &record()),
            "CreateTime:5\tPartition:2\tOffset:7\tNO_HEADERS\tk1\tnull\n"
        );
        assert_eq!(print(&[], &record()), "null\n");
        let mut record = record();
        record.headers = vec![Header { key: Bytes::from("h"), value: None }];
        record.value = Some(Bytes::copy_from_slice(&7_i64.to_be_bytes()));
        let settings = [
            ("print.headers", "true"),
            ("null.literal", "-"),
            ("key.separator", "|"),
            ("value.deserializer", "org.apache.kafka.common.serialization.LongDeserializer"),
        ];
        assert_eq!(print(&settings, &record), "h:-|7\n");
    }

    #[test]
    fn unknown_classes_are_refused_by_name() {
        let settings: Properties = [("key.deserializer", "com.x.Y")].into_iter().collect();
        let failure = Printer::new(&settings, false).expect_err("refused");
        assert_eq!(failure.message(), "com.x.Y is a Java class, which cannot be loaded");
    }
}
