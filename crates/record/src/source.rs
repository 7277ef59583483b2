//! Where record bytes come from: a slice, or a stream that decompresses as it is read.

use crate::compression::{Compression, Decoder};
use crate::error::RecordError;
use crate::varint::{unzigzag32, unzigzag64};
use bytes::{Bytes, BytesMut};
use std::cell::Cell;

/// Bytes read front to back, never beyond the end.
pub(crate) trait Source {
    /// The next byte.
    fn byte(&mut self) -> Result<u8, RecordError>;

    /// Leaves out `count` bytes.
    fn skip(&mut self, count: u64) -> Result<(), RecordError>;

    /// The next bytes, as far as they are there without reading on.
    fn at_hand(&self) -> &[u8];

    /// Leaves out `count` bytes of those at hand.
    fn advance(&mut self, count: u64);

    /// How many bytes were read or skipped so far.
    fn position(&self) -> u64;

    /// How many bytes are left, if that is known without reading them.
    fn remaining(&self) -> Option<u64>;

    /// Whether all bytes are read.
    fn at_end(&mut self) -> Result<bool, RecordError>;

    /// A zigzag varint of at most five bytes.
    fn varint(&mut self) -> Result<i32, RecordError> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(unzigzag32(value));
            }
        }
        Err(RecordError::Structure)
    }

    /// A zigzag varlong of at most ten bytes.
    fn varlong(&mut self) -> Result<i64, RecordError> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(unzigzag64(value));
            }
        }
        Err(RecordError::Structure)
    }
}

/// Bytes that are all there.
#[derive(Debug)]
pub(crate) struct SliceSource<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> SliceSource<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bytes as a range of the slice.
    pub(crate) fn range(&mut self, count: usize) -> Result<std::ops::Range<usize>, RecordError> {
        let end = self.position.checked_add(count).ok_or(RecordError::Structure)?;
        if end > self.bytes.len() {
            return Err(RecordError::Structure);
        }
        let start = std::mem::replace(&mut self.position, end);
        Ok(start..end)
    }
}

impl Source for SliceSource<'_> {
    fn byte(&mut self) -> Result<u8, RecordError> {
        let byte = *self.bytes.get(self.position).ok_or(RecordError::Structure)?;
        self.position += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: u64) -> Result<(), RecordError> {
        let count = usize::try_from(count).map_err(|_| RecordError::Structure)?;
        self.range(count).map(|_| ())
    }

    #[inline]
    fn at_hand(&self) -> &[u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    #[inline]
    fn advance(&mut self, count: u64) {
        // At most what is at hand.
        self.position += count as usize;
    }

    fn position(&self) -> u64 {
        self.position as u64
    }

    fn remaining(&self) -> Option<u64> {
        Some((self.bytes.len() - self.position) as u64)
    }

    fn at_end(&mut self) -> Result<bool, RecordError> {
        Ok(self.position == self.bytes.len())
    }
}

/// A window that has grown larger than this is not kept for the next batch.
const KEPT_BYTES: usize = 1 << 20;
/// How much is reserved at once for record bytes that are kept.
const CHUNK_BYTES: usize = 64 << 10;

thread_local! {
    /// The window of this thread's last batch, when no batch is using it: memory that was touched
    /// already, and need not be cleared.
    static WINDOW: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Bytes that come out of a codec, a piece at a time.
#[derive(Debug)]
pub(crate) struct StreamSource {
    codec: Compression,
    decoder: Decoder,
    /// The current piece is `start..end`; what is behind it is left of earlier ones.
    window: Vec<u8>,
    start: usize,
    end: usize,
    position: u64,
    kept: BytesMut,
}

impl StreamSource {
    pub(crate) fn new(
        codec: Compression,
        input: Bytes,
        bytes_max: u64,
    ) -> Result<Self, RecordError> {
        let decoder = codec
            .decoder(input, bytes_max)
            .map_err(|error| RecordError::from_codec(codec, &error))?;
        Ok(Self {
            codec,
            decoder,
            window: WINDOW.take(),
            start: 0,
            end: 0,
            position: 0,
            kept: BytesMut::new(),
        })
    }

    /// Reads into the empty window; false at the end of the stream.
    fn fill(&mut self) -> Result<bool, RecordError> {
        if self.start == self.end {
            self.start = 0;
            self.end = self
                .decoder
                .fill(&mut self.window, 0)
                .map_err(|error| RecordError::from_codec(self.codec, &error))?;
        }
        Ok(self.start < self.end)
    }

    /// The next `count` bytes, copied out; memory grows only with bytes that are really there.
    pub(crate) fn take(&mut self, count: usize) -> Result<Bytes, RecordError> {
        let mut left = count;
        while left > 0 {
            if !self.fill()? {
                return Err(RecordError::Truncated);
            }
            let part = left.min(self.end - self.start);
            if self.kept.capacity() - self.kept.len() < part {
                self.kept.reserve(part.max(left.min(CHUNK_BYTES)));
            }
            let piece = self.window.get(self.start..self.start + part).unwrap_or_default();
            self.kept.extend_from_slice(piece);
            self.start += part;
            self.position += part as u64;
            left -= part;
        }
        Ok(self.kept.split().freeze())
    }
}

impl Source for StreamSource {
    fn byte(&mut self) -> Result<u8, RecordError> {
        if !self.fill()? {
            return Err(RecordError::Truncated);
        }
        let byte = *self.window.get(self.start).ok_or(RecordError::Truncated)?;
        self.start += 1;
        self.position += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: u64) -> Result<(), RecordError> {
        let mut left = count;
        while left > 0 {
            if !self.fill()? {
                return Err(RecordError::Truncated);
            }
            let part = left.min((self.end - self.start) as u64);
            // part is at most the window's length.
            self.start += part as usize;
            self.position += part;
            left -= part;
        }
        Ok(())
    }

    #[inline]
    fn at_hand(&self) -> &[u8] {
        self.window.get(self.start..self.end).unwrap_or_default()
    }

    #[inline]
    fn advance(&mut self, count: u64) {
        // At most what is at hand.
        self.start += count as usize;
        self.position += count;
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn remaining(&self) -> Option<u64> {
        None
    }

    fn at_end(&mut self) -> Result<bool, RecordError> {
        Ok(!self.fill()?)
    }
}

impl Drop for StreamSource {
    fn drop(&mut self) {
        if self.window.capacity() <= KEPT_BYTES {
            WINDOW.set(std::mem::take(&mut self.window));
        }
    }
}
