//! Kafka's UUID: 128 bits, printed as 22 characters of base64url without padding.

use std::fmt;
use std::str::FromStr;

/// A 128-bit id in Kafka's order (most significant half first).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid([u8; 16]);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Uuid {
    /// All zero: "no id" in every Kafka format.
    pub const ZERO: Self = Self([0; 16]);
    /// The id of `__cluster_metadata`.
    pub const ONE: Self = Self::from_parts(0, 1);

    /// From the sixteen bytes as they stand on the wire.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// From the two halves, as Java's constructor takes them.
    pub const fn from_parts(most: u64, least: u64) -> Self {
        Self((((most as u128) << 64) | least as u128).to_be_bytes())
    }

    /// From 128 random bits: sets version 4 and the RFC 4122 variant. Kafka never hands out an id
    /// that prints with a leading dash (it would read as a flag); callers draw again on `None`.
    pub fn from_random(bits: [u8; 16]) -> Option<Self> {
        let id = Self::version_4(bits);
        (!id.to_string().starts_with('-')).then_some(id)
    }

    /// From 128 random bits, whatever it prints as.
    pub const fn version_4(bits: [u8; 16]) -> Self {
        let mut bytes = bits;
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }

    /// The usual text of 36 characters, as in member ids: `8-4-4-4-12` hexadecimal digits.
    pub fn hyphenated(self) -> String {
        let digits = format!("{:032x}", u128::from_be_bytes(self.0));
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    }

    /// The sixteen bytes as they stand on the wire.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first eight bytes as a number.
    pub const fn most_significant(self) -> u64 {
        (u128::from_be_bytes(self.0) >> 64) as u64
    }

    /// The last eight bytes as a number.
    pub const fn least_significant(self) -> u64 {
        u128::from_be_bytes(self.0) as u64
    }

    /// Whether this is "no id".
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = u128::from_be_bytes(self.0);
        let mut text = [0u8; 22];
        // 128 bits are 21 characters of six bits and one of two: the last is padded on the right.
        text[21] = ALPHABET[((value & 0x3) << 4) as usize];
        value >>= 2;
        for slot in text[..21].iter_mut().rev() {
            *slot = ALPHABET[(value & 0x3f) as usize];
            value >>= 6;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a base64url UUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUuid(String);

impl fmt::Display for InvalidUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a base64url UUID of 16 bytes (22 characters)", self.0)
    }
}

impl std::error::Error for InvalidUuid {}

impl FromStr for Uuid {
    type Err = InvalidUuid;

    /// Accepts what Java's decoder accepts: 22 characters, or 24 with padding.
    fn from_str(text: &str) -> Result<Self, InvalidUuid> {
        let invalid = || InvalidUuid(text.to_owned());
        let digits = text.strip_suffix("==").unwrap_or(text).as_bytes();
        if digits.len() != 22 {
            return Err(invalid());
        }
        let mut value: u128 = 0;
        for (position, digit) in digits.iter().enumerate() {
            let six = ALPHABET.iter().position(|c| c == digit).ok_or_else(invalid)? as u128;
            value = if position == 21 { (value << 2) | (six >> 4) } else { (value << 6) | six };
        }
        Ok(Self(value.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_kafka_prints() {
        // Kafka's own Uuid test vectors.
        assert_eq!(Uuid::ONE.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(Uuid::ZERO.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        let id = Uuid::from_parts(u64::MAX, u64::MAX);
        assert_eq!(id.to_string(), "_____________________w");
    }

    proptest::proptest! {
        #[test]
        fn text_round_trips(most: u64, least: u64) {
            let id = Uuid::from_parts(most, least);
            proptest::prop_assert_eq!(id.to_string().parse::<Uuid>(), Ok(id));
            proptest::prop_assert_eq!((id.most_significant(), id.least_significant()), (most, least));
        }
    }

    #[test]
    fn the_usual_text_has_version_and_variant() {
        let id = Uuid::version_4([0xff; 16]);
        assert_eq!(id.hyphenated(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(Uuid::ONE.hyphenated(), "00000000-0000-0000-0000-000000000001");
    }

    #[test]
    fn refuses_what_is_no_uuid() {
        for text in ["", "short", "AAAAAAAAAAAAAAAAAAAAA!", "AAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
