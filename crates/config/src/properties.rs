//! A properties file in Java's syntax: what `java.util.Properties.load` reads.
//!
//! Lines end at `\n`, `\r` or `\r\n`; `#` and `!` begin comments; a backslash at the end of a line
//! continues it, leading blanks of the next line dropped; the key ends at the first unescaped `=`,
//! `:` or blank; `\t \n \r \f \uXXXX` are escapes and any other escaped letter stands for itself.
//! Of two values for one key the later one wins.

use std::collections::BTreeMap;

/// Keys and values, sorted by key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Properties(BTreeMap<String, String>);

/// A properties file that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: malformed \\uxxxx encoding in `{text}`")]
pub struct InvalidProperties {
    /// Where the logical line begins, counted from 1.
    pub line: usize,
    /// The logical line.
    pub text: String,
}

impl Properties {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Self, InvalidProperties> {
        let mut properties = BTreeMap::new();
        for (line, logical) in logical_lines(text) {
            let (key, value) = split(&logical);
            let read = |part: &str| {
                unescape(part).ok_or_else(|| InvalidProperties { line, text: logical.clone() })
            };
            properties.insert(read(key)?, read(value)?);
        }
        Ok(Self(properties))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The key is there.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Sets a value; the earlier one is lost.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    /// Removes a key and gives its value.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    /// Applies one `key=value` of a command line (`--override`); `None` when there is no `=`.
    pub fn set_override(&mut self, text: &str) -> Option<()> {
        let (key, value) = text.split_once('=')?;
        self.set(key.trim(), value.trim());
        Some(())
    }

    /// All pairs, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// As a map.
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl From<BTreeMap<String, String>> for Properties {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self(map)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

const BLANKS: [char; 3] = [' ', '\t', '\u{c}'];

/// Joins continued lines; drops comments and empty lines. Gives the number of the first line.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let text = text.replace("\r\n", "\n");
    let mut lines = text.split(['\n', '\r']).enumerate();
    let mut logical = Vec::new();
    while let Some((number, line)) = lines.next() {
        let mut line = line.trim_start_matches(BLANKS).to_owned();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        while is_continued(&line) {
            line.pop();
            match lines.next() {
                Some((_, next)) => line.push_str(next.trim_start_matches(BLANKS)),
                None => break,
            }
        }
        logical.push((number + 1, line));
    }
    logical
}

/// The line ends in an odd number of backslashes.
fn is_continued(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Key and value, still escaped.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == '=' || letter == ':' || BLANKS.contains(&letter) {
            let rest = line[at..].trim_start_matches(BLANKS);
            let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
            return (&line[..at], rest.trim_start_matches(BLANKS));
        }
    }
    (line, "")
}

/// Resolves escapes; `None` when a `\u` lacks its four hexadecimal digits.
fn unescape(text: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    let mut buffer = [0_u16; 2];
    while let Some(letter) = letters.next() {
        let letter = match letter {
            '\\' => match letters.next() {
                None => break,
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some('u') => {
                    let mut unit = 0_u16;
                    for _ in 0..4 {
                        let digit = letters.next()?.to_digit(16)?;
                        unit = (unit << 4) | u16::try_from(digit).ok()?;
                    }
                    // A surrogate pair comes as two escapes; joined below.
                    units.push(unit);
                    continue;
                }
                Some(other) => other,
            },
            plain => plain,
        };
        units.extend_from_slice(letter.encode_utf16(&mut buffer));
    }
    Some(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let properties = Properties::parse(text).expect("valid");
        properties.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn pair(key: &str, value: &str) -> Vec<(String, String)> {
        vec![(key.to_owned(), value.to_owned())]
    }

    #[test]
    fn separators_are_equals_colon_and_blank() {
        for text in ["a=b", "a:b", "a b", " a = b", "a\t:\tb", "a  b", "a =b\r\n"] {
            assert_eq!(read(text), pair("a", "b"), "{text:?}");
        }
        assert_eq!(read("a=b=c"), pair("a", "b=c"));
        assert_eq!(read("a = :b"), pair("a", ":b"));
        assert_eq!(read("a"), pair("a", ""));
        assert_eq!(read("a=b "), pair("a", "b "), "trailing blanks belong to the value");
    }

    #[test]
    fn comments_empty_lines_and_continuations() {
        let text = "# c\n! c\n\n  # c\na=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=4";
        let expected = [("a", "1,2,3"), ("b", "x\\"), ("c", "4")];
        let expected: Vec<_> =
            expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(read(text), expected);
        assert_eq!(read("a=1\\"), pair("a", "1"));
    }

    #[test]
    fn escapes_and_unicode() {
        assert_eq!(read("a\\ b\\=c=d"), pair("a b=c", "d"));
        assert_eq!(read("a=\\u00e4\\ud83d\\ude00\\t\\q"), pair("a", "ä😀\tq"));
        assert_eq!(read("ü=ö"), pair("ü", "ö"));
        let error = Properties::parse("x=1\na=\\u12").expect_err("too short");
        assert_eq!(error.line, 2);
    }

    #[test]
    fn the_later_value_wins() {
        assert_eq!(read("a=1\na=2"), pair("a", "2"));
    }

    #[test]
    fn overrides_need_an_equals_sign() {
        let mut properties = Properties::new();
        assert_eq!(properties.set_override("a = b=c"), Some(()));
        assert_eq!(properties.get("a"), Some("b=c"));
        assert_eq!(properties.set_override("a"), None);
    }
}
