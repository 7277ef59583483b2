//! Lines to records: headers, key and value in one line, with separators.

use bytes::Bytes;
use keld_client::ProducerRecord;
use keld_config::Properties;
use keld_record::Header;
use keld_types::TopicName;

use crate::failure::Failure;

/// What stands before a separator and what follows it.
type Parts<'a> = (&'a [u8], &'a [u8]);

/// How a line is taken apart.
#[derive(Clone, Debug)]
pub(super) struct LineParser {
    topic: TopicName,
    parse_key: bool,
    parse_headers: bool,
    ignore_error: bool,
    key_separator: String,
    headers_delimiter: String,
    headers_separator: String,
    headers_key_separator: String,
    null_marker: Option<String>,
    line_number: u64,
}

impl LineParser {
    pub(super) fn new(topic: TopicName, settings: &Properties) -> Result<Self, Failure> {
        let is_true = |name: &str| settings.get(name).is_some_and(|text| text.trim() == "true");
        let text = |name: &str, default: &str| settings.get(name).unwrap_or(default).to_owned();
        let parser = Self {
            topic,
            parse_key: is_true("parse.key"),
            parse_headers: is_true("parse.headers"),
            ignore_error: is_true("ignore.error"),
            key_separator: text("key.separator", "\t"),
            headers_delimiter: text("headers.delimiter", "\t"),
            headers_separator: text("headers.separator", ","),
            headers_key_separator: text("headers.key.separator", ":"),
            null_marker: settings.get("null.marker").map(str::to_owned),
            line_number: 0,
        };
        let marker = parser.null_marker.as_deref();
        let pairs = [
            (
                "headers.delimiter",
                Some(&*parser.headers_delimiter),
                "headers.separator",
                Some(&*parser.headers_separator),
            ),
            (
                "headers.delimiter",
                Some(&*parser.headers_delimiter),
                "headers.key.separator",
                Some(&*parser.headers_key_separator),
            ),
            (
                "headers.separator",
                Some(&*parser.headers_separator),
                "headers.key.separator",
                Some(&*parser.headers_key_separator),
            ),
            ("null.marker", marker, "key.separator", Some(&*parser.key_separator)),
            ("null.marker", marker, "headers.separator", Some(&*parser.headers_separator)),
            ("null.marker", marker, "headers.delimiter", Some(&*parser.headers_delimiter)),
            ("null.marker", marker, "headers.key.separator", Some(&*parser.headers_key_separator)),
        ];
        match pairs.iter().find(|(_, left, _, right)| left.is_some() && left == right) {
            Some((left, _, right, _)) => {
                Err(Failure::failed(format!("{left} and {right} may not be equal")))
            }
            None => Ok(parser),
        }
    }

    /// The record of a line.
    pub(super) fn parse(&mut self, line: &[u8]) -> Result<ProducerRecord, Failure> {
        self.line_number += 1;
        let headers =
            self.part(self.parse_headers, line, (&self.headers_delimiter, "headers delimiter"))?;
        let rest = headers.map_or(line, |(_, rest)| rest);
        let key = self.part(self.parse_key, rest, (&self.key_separator, "key separator"))?;
        let value = key.map_or(rest, |(_, rest)| rest);
        let mut record = ProducerRecord::new(self.topic.clone(), Bytes::copy_from_slice(value));
        if self.is_null(value) {
            record.value = None;
        }
        record.key =
            key.map(|(key, _)| key).filter(|key| !self.is_null(key)).map(Bytes::copy_from_slice);
        if let Some((headers, _)) = headers.filter(|(headers, _)| !self.is_null(headers)) {
            record.headers = self.headers(&String::from_utf8_lossy(headers))?;
        }
        Ok(record)
    }

    /// Cuts at a separator, which must be there when the part is expected.
    fn part<'a>(
        &self,
        is_expected: bool,
        line: &'a [u8],
        (separator, name): (&str, &str),
    ) -> Result<Option<Parts<'a>>, Failure> {
        if !is_expected {
            return Ok(None);
        }
        let separator = separator.as_bytes();
        let found = line.windows(separator.len().max(1)).position(|window| window == separator);
        match found {
            Some(at) => Ok(Some((&line[..at], &line[at + separator.len()..]))),
            None if self.ignore_error => Ok(None),
            None => Err(Failure::failed(format!(
                "No {name} found on line number {}: '{}'",
                self.line_number,
                String::from_utf8_lossy(line)
            ))),
        }
    }

    fn headers(&self, text: &str) -> Result<Vec<Header>, Failure> {
        text.split(&self.headers_separator)
            .map(|pair| {
                let Some((key, value)) = pair.split_once(&self.headers_key_separator) else {
                    if self.ignore_error {
                        let key = Bytes::copy_from_slice(pair.as_bytes());
                        return Ok(Header { key, value: None });
                    }
                    return Err(Failure::failed(format!(
                        "No header key separator found in pair '{pair}' on line number {}",
                        self.line_number
                    )));
                };
                if self.is_null(key.as_bytes()) {
                    return Err(Failure::failed(format!(
                        "Header keys should not be equal to the null marker '{key}' as they can't \
                         be null"
                    )));
                }
                let value = Some(value.as_bytes())
                    .filter(|value| !self.is_null(value))
                    .map(Bytes::copy_from_slice);
                Ok(Header { key: Bytes::copy_from_slice(key.as_bytes()), value })
            })
            .collect()
    }

    fn is_null(&self, text: &[u8]) -> bool {
        self.null_marker.as_ref().is_some_and(|marker| marker.as_bytes() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parser(settings: &[(&str, &str)]) -> Result<LineParser, Failure> {
        LineParser::new(TopicName::new("t"), &settings.iter().copied().collect())
    }

    fn parse(settings: &[(&str, &str)], line: &str) -> Result<ProducerRecord, String> {
        let mut parser = parser(settings).expect("valid");
        parser.parse(line.as_bytes()).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn a_line_is_a_value_unless_told_otherwise() {
        let record = parse(&[], "a\tb").expect("valid");
        assert_eq!((record.key, record.value), (None, Some(Bytes::from("a\tb"))));
    }

    #[test]
    fn keys_headers_and_nulls_are_taken_apart() {
        let settings = [
            ("parse.key", "true"),
            ("parse.headers", "true"),
            ("key.separator", "="),
            ("null.marker", "NULL"),
        ];
        let record = parse(&settings, "h:1,i:NULL\tk=v=w").expect("valid");
        assert_eq!(record.key, Some(Bytes::from("k")));
        assert_eq!(record.value, Some(Bytes::from("v=w")));
        let headers: Vec<_> =
            record.headers.iter().map(|h| (h.key.clone(), h.value.clone())).collect();
        assert_eq!(headers, [(Bytes::from("h"), Some(Bytes::from("1"))), (Bytes::from("i"), None)]);
        let record = parse(&settings, "NULL\tNULL=NULL").expect("valid");
        assert_eq!((record.key, record.value, record.headers.len()), (None, None, 0));
    }

    #[test]
    fn missing_separators_are_errors_unless_ignored() {
        let key = [("parse.key", "true")];
        assert_eq!(
            parse(&key, "v"),
            Err("No key separator found on line number 1: 'v'".to_owned())
        );
        let lenient = [("parse.key", "true"), ("ignore.error", "true")];
        assert_eq!(parse(&lenient, "v").expect("valid").value, Some(Bytes::from("v")));
        assert!(parser(&[("headers.separator", ":")]).is_err());
    }
}
