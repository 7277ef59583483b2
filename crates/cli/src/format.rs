//! kcat's format strings: a record as the user wants it printed.

use keld_client::ConsumerRecord;

use crate::failure::Failure;

/// A piece of a format.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(Vec<u8>),
    Topic,
    Partition,
    Offset,
    Key,
    KeyLength,
    Value,
    ValueLength,
    ValueLengthBinary,
    Timestamp,
    Headers,
}

/// A parsed format: `%t` topic, `%p` partition, `%o` offset, `%k` key, `%K` its length, `%s` value,
/// `%S` its length, `%R` its length in 4 bytes, `%T` timestamp, `%h` headers, `%%` a percent sign;
/// `\n \r \t \\` and `\xNN` as in C.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Format(Vec<Piece>);

/// The letters after `%`, for messages.
const LETTERS: &str = "%t %p %o %k %K %s %S %R %T %h %%";

impl Format {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let mut pieces = Vec::new();
        let mut literal = Vec::new();
        let mut letters = text.chars();
        let mut buffer = [0; 4];
        while let Some(letter) = letters.next() {
            match letter {
                '%' => {
                    let piece = match letters.next() {
                        Some('%') => {
                            literal.push(b'%');
                            continue;
                        }
                        Some('t') => Piece::Topic,
                        Some('p') => Piece::Partition,
                        Some('o') => Piece::Offset,
                        Some('k') => Piece::Key,
                        Some('K') => Piece::KeyLength,
                        Some('s') => Piece::Value,
                        Some('S') => Piece::ValueLength,
                        Some('R') => Piece::ValueLengthBinary,
                        Some('T') => Piece::Timestamp,
                        Some('h') => Piece::Headers,
                        other => {
                            let shown = other.map_or(String::new(), String::from);
                            return Err(Failure::failed(format!("%{shown} is not a format"))
                                .with_hint(format!("use {LETTERS}")));
                        }
                    };
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    pieces.push(piece);
                }
                '\\' => match letters.next() {
                    Some('n') => literal.push(b'\n'),
                    Some('r') => literal.push(b'\r'),
                    Some('t') => literal.push(b'\t'),
                    Some('x') => {
                        let digits: String = letters.by_ref().take(2).collect();
                        let byte = u8::from_str_radix(&digits, 16).map_err(|_| {
                            Failure::failed(format!("\\x{digits} is not a byte"))
                                .with_hint("write two hexadecimal digits, such as \\x00")
                        })?;
                        literal.push(byte);
                    }
                    Some(other) => {
                        literal.extend_from_slice(other.encode_utf8(&mut buffer).as_bytes());
                    }
                    None => literal.push(b'\\'),
                },
                plain => literal.extend_from_slice(plain.encode_utf8(&mut buffer).as_bytes()),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self(pieces))
    }

    /// The bytes of a record.
    pub(crate) fn print(&self, record: &ConsumerRecord) -> Vec<u8> {
        let mut out = Vec::new();
        let length = |field: &Option<bytes::Bytes>| {
            field.as_ref().map_or_else(|| "-1".to_owned(), |bytes| bytes.len().to_string())
        };
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Topic => out.extend_from_slice(record.partition.topic.as_str().as_bytes()),
                Piece::Partition => {
                    out.extend_from_slice(record.partition.partition.to_string().as_bytes());
                }
                Piece::Offset => out.extend_from_slice(record.offset.to_string().as_bytes()),
                Piece::Key => out.extend_from_slice(record.key.as_deref().unwrap_or_default()),
                Piece::KeyLength => out.extend_from_slice(length(&record.key).as_bytes()),
                Piece::Value => out.extend_from_slice(record.value.as_deref().unwrap_or_default()),
                Piece::ValueLength => out.extend_from_slice(length(&record.value).as_bytes()),
                Piece::ValueLengthBinary => {
                    let length = record.value.as_ref().map_or(Ok(-1), |v| i32::try_from(v.len()));
                    out.extend_from_slice(&length.unwrap_or(i32::MAX).to_be_bytes());
                }
                Piece::Timestamp => out.extend_from_slice(record.timestamp.to_string().as_bytes()),
                Piece::Headers => {
                    for (at, header) in record.headers.iter().enumerate() {
                        if at > 0 {
                            out.push(b',');
                        }
                        out.extend_from_slice(&header.key);
                        out.push(b'=');
                        match &header.value {
                            Some(value) => out.extend_from_slice(value),
                            None => out.extend_from_slice(b"NULL"),
                        }
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use keld_record::{Header, TimestampType};
    use keld_types::{LeaderEpoch, Offset, PartitionIndex, TopicName, TopicPartition};

    use super::*;

    fn print(format: &str) -> Vec<u8> {
        let record = ConsumerRecord {
            partition: TopicPartition::new(TopicName::new("t"), PartitionIndex::new(1)),
            offset: Offset::new(2),
            leader_epoch: LeaderEpoch::new(0),
            timestamp: 3,
            timestamp_type: TimestampType::CreateTime,
            key: None,
            value: Some(Bytes::from("val")),
            headers: vec![
                Header { key: Bytes::from("a"), value: Some(Bytes::from("b")) },
                Header { key: Bytes::from("c"), value: None },
            ],
        };
        Format::parse(format).expect("valid").print(&record)
    }

    #[test]
    fn letters_stand_for_parts_of_the_record() {
        assert_eq!(
            print("%t/%p@%o %T k=%k(%K) v=%s(%S) %h 100%%\\n"),
            b"t/1@2 3 k=(-1) v=val(3) a=b,c=NULL 100%\n"
        );
        assert_eq!(print("\\x00%R\\\\\\t"), b"\0\0\0\0\x03\\\t");
    }

    #[test]
    fn unknown_letters_are_refused_with_the_known_ones() {
        let failure = Format::parse("%z").expect_err("refused");
        assert_eq!(failure.message(), "%z is not a format");
        assert!(Format::parse("\\xzz").is_err());
        assert!(Format::parse("%").is_err());
    }
}
