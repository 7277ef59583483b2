//! Record batches inside a message: opaque bytes, or ranges of files.

use bytes::Bytes;
use smallvec::SmallVec;

/// Records of one partition, in order. Decoding gives one part that slices the received buffer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Records {
    parts: SmallVec<[RecordsPart; 1]>,
}

/// One piece of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordsPart {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A range the sender knows by `handle`: bytes of a file that never enter this process.
    External {
        /// Which range; given and understood by the sender alone.
        handle: u32,
        /// Its length in bytes.
        length: usize,
    },
}

impl RecordsPart {
    /// Its length in bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::External { length, .. } => *length,
        }
    }
}

impl From<Bytes> for RecordsPart {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl Records {
    /// No records.
    pub fn new() -> Self {
        Self::default()
    }

    /// The parts in order; none of them is empty.
    pub fn parts(&self) -> &[RecordsPart] {
        &self.parts
    }

    /// Adds a part at the end; an empty one is dropped.
    pub fn push(&mut self, part: RecordsPart) {
        if part.length() > 0 {
            self.parts.push(part);
        }
    }

    /// The length in bytes of all parts.
    pub fn length(&self) -> usize {
        self.parts.iter().map(RecordsPart::length).sum()
    }

    /// Whether there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The bytes, when all of them are in memory: without a copy when they are one part.
    pub fn to_bytes(&self) -> Option<Bytes> {
        match self.parts.as_slice() {
            [] => Some(Bytes::new()),
            [RecordsPart::Bytes(bytes)] => Some(bytes.clone()),
            parts => {
                let mut all = Vec::with_capacity(self.length());
                for part in parts {
                    let RecordsPart::Bytes(bytes) = part else { return None };
                    all.extend_from_slice(bytes);
                }
                Some(all.into())
            }
        }
    }
}

impl From<Bytes> for Records {
    fn from(bytes: Bytes) -> Self {
        let mut records = Self::new();
        records.push(RecordsPart::Bytes(bytes));
        records
    }
}

impl From<RecordsPart> for Records {
    fn from(part: RecordsPart) -> Self {
        let mut records = Self::new();
        records.push(part);
        records
    }
}

impl FromIterator<RecordsPart> for Records {
    fn from_iter<I: IntoIterator<Item = RecordsPart>>(parts: I) -> Self {
        let mut records = Self::new();
        for part in parts {
            records.push(part);
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_are_dropped_and_lengths_add_up() {
        let external = RecordsPart::External { handle: 1, length: 10 };
        let parts = [RecordsPart::Bytes(Bytes::new()), external, Bytes::from_static(b"abc").into()];
        let records: Records = parts.into_iter().collect();
        assert_eq!((records.parts().len(), records.length()), (2, 13));
        assert_eq!(records.to_bytes(), None, "a file range is not in memory");
        assert!(Records::from(Bytes::new()).is_empty());
    }

    #[test]
    fn bytes_in_one_part_are_shared_and_in_several_are_joined() {
        let bytes = Bytes::from_static(b"abc");
        let mut records = Records::from(bytes.clone());
        assert_eq!(records.to_bytes().map(|all| all.as_ptr()), Some(bytes.as_ptr()));
        records.push(bytes.into());
        assert_eq!(records.to_bytes().as_deref(), Some(&b"abcabc"[..]));
    }
}
