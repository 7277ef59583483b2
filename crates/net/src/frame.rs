//! What is sent: bytes in memory and ranges of files, one after the other.

use bytes::Bytes;
use keld_env::File;
use smallvec::SmallVec;
use std::sync::Arc;

/// A piece of an answer.
#[derive(Clone, Debug)]
pub enum Part {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A range of a file, sent without being copied through the process where that pays.
    File {
        /// The file; held open for as long as the answer waits.
        file: Arc<dyn File>,
        /// Where the range starts.
        position: u64,
        /// How long it is.
        length: usize,
    },
}

/// One answer without its length prefix: response header and body.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    parts: SmallVec<[Part; 1]>,
    length: usize,
}

impl Part {
    /// How many bytes it stands for.
    pub fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::File { length, .. } => *length,
        }
    }
}

impl Frame {
    /// An answer without a byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece at the end; an empty one is left out.
    pub fn push(&mut self, part: Part) {
        let length = part.length();
        if length > 0 {
            self.length += length;
            self.parts.push(part);
        }
    }

    /// The answer in one piece; `None` when a part of it is in a file.
    pub fn into_bytes(self) -> Option<Bytes> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match part {
                Part::Bytes(bytes) => parts.push(bytes),
                Part::File { .. } => return None,
            }
        }
        Some(if parts.len() == 1 { parts.pop().unwrap_or_default() } else { parts.concat().into() })
    }

    /// Bytes in all, without the length prefix.
    pub fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn into_parts(self) -> SmallVec<[Part; 1]> {
        self.parts
    }
}

impl From<Bytes> for Frame {
    fn from(bytes: Bytes) -> Self {
        let mut frame = Self::new();
        frame.push(Part::Bytes(bytes));
        frame
    }
}
