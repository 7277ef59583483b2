//! An encoded message: byte ranges and file ranges, in order.

use bytes::Bytes;

/// What an [`crate::Encoder`] wrote.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Encoded {
    /// The parts in order; none is empty.
    pub parts: Vec<EncodedPart>,
}

/// One part of an encoded message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodedPart {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A range the sender knows by `handle` (see [`crate::RecordsPart::External`]).
    External {
        /// Which range.
        handle: u32,
        /// Its length in bytes.
        length: usize,
    },
}

impl EncodedPart {
    /// Its length in bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::External { length, .. } => *length,
        }
    }
}

impl Encoded {
    /// The length in bytes of all parts.
    pub fn length(&self) -> usize {
        self.parts.iter().map(EncodedPart::length).sum()
    }

    /// The bytes, when all of them are in memory: without a copy when they are one part.
    pub fn to_bytes(&self) -> Option<Bytes> {
        match self.parts.as_slice() {
            [] => Some(Bytes::new()),
            [EncodedPart::Bytes(bytes)] => Some(bytes.clone()),
            parts => {
                let mut all = Vec::with_capacity(self.length());
                for part in parts {
                    let EncodedPart::Bytes(bytes) = part else { return None };
                    all.extend_from_slice(bytes);
                }
                Some(all.into())
            }
        }
    }
}
