//! A batch as a view over bytes, and cutting bytes into batches.

use crate::crc::crc32c;
use crate::error::{BatchError, RecordError};
use crate::header::{BatchHeader, CRC_START, HEADER_LENGTH};
use crate::iterate::RecordIterator;
use bytes::Bytes;

/// One batch: exactly its bytes, and its header parsed.
///
/// Invariant: `bytes.len() == header.size() >= HEADER_LENGTH` and the magic is 2. The CRC and the
/// records are not checked until asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordBatch {
    header: BatchHeader,
    bytes: Bytes,
}

impl RecordBatch {
    /// Takes the first batch of `bytes`; what follows is left out.
    pub fn parse(bytes: &Bytes) -> Result<Self, BatchError> {
        let header = BatchHeader::parse(bytes)?;
        let size = header.size();
        if bytes.len() < size {
            return Err(BatchError::Incomplete { available: bytes.len(), needed: size });
        }
        Ok(Self { header, bytes: bytes.slice(..size) })
    }

    /// The parsed header.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// All bytes of the batch.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// All bytes of the batch, without keeping the view.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The bytes after the header: records, compressed or not.
    pub fn payload(&self) -> Bytes {
        self.bytes.slice(HEADER_LENGTH..)
    }

    /// The checksum of the bytes as they are.
    pub fn computed_crc(&self) -> u32 {
        crc32c(&self.bytes[CRC_START..])
    }

    /// Compares the stored checksum with the bytes.
    pub fn verify_crc(&self) -> Result<(), BatchError> {
        let computed = self.computed_crc();
        if computed == self.header.crc {
            Ok(())
        } else {
            Err(BatchError::Crc { stored: self.header.crc, computed })
        }
    }

    /// The records, decompressed as they are asked for, up to
    /// [`DECOMPRESSED_BYTES_MAX`](crate::DECOMPRESSED_BYTES_MAX).
    pub fn records(&self) -> Result<RecordIterator, RecordError> {
        RecordIterator::new(self, crate::iterate::DECOMPRESSED_BYTES_MAX)
    }

    /// As [`records`](Self::records) with another bound on decompressed bytes.
    pub fn records_bounded(&self, bytes_max: u64) -> Result<RecordIterator, RecordError> {
        RecordIterator::new(self, bytes_max)
    }
}

/// Cuts `bytes` into batches. A batch cut off at the end ends the iteration silently, as a Fetch
/// response may end with one; anything else wrong is one error, then the end.
pub fn batches(bytes: Bytes) -> Batches {
    Batches { rest: bytes, consumed: 0, failed: false }
}

/// See [`batches`].
#[derive(Clone, Debug)]
pub struct Batches {
    rest: Bytes,
    consumed: usize,
    failed: bool,
}

impl Batches {
    /// How many bytes the batches so far took: the position of the first byte that is no whole
    /// batch once the iteration has ended.
    pub fn consumed(&self) -> usize {
        self.consumed
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.rest.is_empty() {
            return None;
        }
        match RecordBatch::parse(&self.rest) {
            Ok(batch) => {
                let size = batch.bytes().len();
                self.rest = self.rest.slice(size..);
                self.consumed += size;
                Some(Ok(batch))
            }
            Err(BatchError::Incomplete { .. }) => {
                self.failed = true;
                None
            }
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}
