//! `Str`: UTF-8 text that is a view of a received buffer.
//!
//! Cloning counts references, it copies nothing. A `Str` keeps the whole buffer it was cut from
//! alive: what outlives its request should be copied (`TopicName`, `String`, [`Str::detached`]).
//! This is the only module of the crate with unsafe code.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use bytes::Bytes;

/// UTF-8 text over shared bytes. Invariant: the bytes are valid UTF-8.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Str(Bytes);

impl Str {
    /// The empty text.
    pub const EMPTY: Self = Self(Bytes::new());

    /// A text that lives as long as the program.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }

    /// Takes bytes if they are UTF-8.
    pub fn from_utf8(bytes: Bytes) -> Result<Self, std::str::Utf8Error> {
        std::str::from_utf8(&bytes)?;
        Ok(Self(bytes))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        #[expect(unsafe_code, reason = "checking the same immutable bytes at every look is waste")]
        // SAFETY: every constructor checks or takes UTF-8, and `Bytes` never change.
        unsafe {
            std::str::from_utf8_unchecked(&self.0)
        }
    }

    /// The bytes of the text.
    pub const fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// A copy that does not keep the received buffer alive.
    pub fn detached(&self) -> Self {
        Self(Bytes::copy_from_slice(&self.0))
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As `str` hashes, because of `Borrow<str>`.
        self.as_str().hash(state);
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self(Bytes::from(text))
    }
}

impl From<&String> for Str {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.as_str().to_owned()
    }
}

impl From<&Str> for String {
    fn from(text: &Str) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Str {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn only_utf8_becomes_a_text() {
        assert!(Str::from_utf8(Bytes::from_static(&[b'a', 0xff])).is_err());
        let text = Str::from_utf8(Bytes::from_static("größe".as_bytes())).expect("UTF-8");
        assert_eq!(text, "größe");
        assert_eq!(text.len(), 7);
    }

    #[test]
    fn a_view_shares_its_buffer_and_a_detached_copy_does_not() {
        let buffer = Bytes::from(b"request: orders".to_vec());
        let view = Str::from_utf8(buffer.slice(9..)).expect("UTF-8");
        assert!(buffer.as_ptr_range().contains(&view.as_ptr()));
        let copy = view.detached();
        assert_eq!(copy, view);
        assert!(!buffer.as_ptr_range().contains(&copy.as_ptr()));
    }

    #[test]
    fn a_map_of_texts_is_searched_by_plain_text() {
        let map = BTreeMap::from([(Str::from("a"), 1), (Str::from_static("b"), 2)]);
        assert_eq!(map.get("b"), Some(&2));
        assert_eq!(map.get("c"), None);
    }
}
