//! Snappy as Kafka writes and reads it: Xerial's framing, or one raw block.
//!
//! | bytes | field |
//! |---|---|
//! | 0–7 | magic `82 53 4e 41 50 50 59 00` |
//! | 8–11 | version 1, big-endian |
//! | 12–15 | lowest compatible version 1 |
//! | then, repeated | block length, big-endian, and a raw Snappy block |
//!
//! Frames may follow each other: their magic stands where a block length would.

use super::{invalid, make_room};
use bytes::{Buf, Bytes};
use std::io;

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";
const HEADER_LENGTH: usize = 16;
/// Bytes that go into one block, as in Xerial's writer.
const BLOCK_BYTES: usize = 32 << 10;
/// No Snappy block grows more than this (a copy of 64 bytes takes three).
const RATIO_MAX: usize = 32;

/// Compresses `input` into one Xerial frame at the end of `out`.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&1u32.to_be_bytes());
    out.extend_from_slice(&1u32.to_be_bytes());
    let mut encoder = snap::raw::Encoder::new();
    for block in input.chunks(BLOCK_BYTES) {
        let compressed = encoder.compress_vec(block).map_err(io::Error::other)?;
        let length = u32::try_from(compressed.len()).map_err(io::Error::other)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&compressed);
    }
    Ok(())
}

/// The blocks as a stream.
pub(super) struct SnappyReader {
    input: Bytes,
    framed: bool,
    decoder: snap::raw::Decoder,
}

impl SnappyReader {
    /// Framed if it begins with Xerial's header, else one raw block.
    pub(super) fn new(input: Bytes) -> Self {
        let framed = input.len() >= HEADER_LENGTH && input.starts_with(&MAGIC);
        Self { input, framed, decoder: snap::raw::Decoder::new() }
    }

    /// Decompresses the next block that is not empty to `out[at..]`, which grows as needed; 0 at
    /// the end.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, at: usize) -> io::Result<usize> {
        while !self.input.is_empty() {
            let Some(data) = self.next_block()? else { continue };
            let length = snap::raw::decompress_len(&data).map_err(io::Error::other)?;
            if length / RATIO_MAX > data.len() {
                return Err(invalid(format!(
                    "Snappy block of {} bytes claims to hold {length}",
                    data.len()
                )));
            }
            make_room(out, at, length);
            let out = out.get_mut(at..at + length).unwrap_or_default();
            self.decoder.decompress(&data, out).map_err(io::Error::other)?;
            if length > 0 {
                return Ok(length);
            }
        }
        Ok(0)
    }

    /// The bytes of the next block; `None` when a header of a frame stood there.
    fn next_block(&mut self) -> io::Result<Option<Bytes>> {
        if !self.framed {
            return Ok(Some(std::mem::take(&mut self.input)));
        }
        if self.input.starts_with(&MAGIC) {
            if self.input.len() < HEADER_LENGTH {
                return Err(truncated());
            }
            self.input.advance(MAGIC.len());
            let version = self.input.get_u32();
            self.input.advance(4);
            if version < 1 {
                return Err(invalid(format!("Snappy stream version {version} is unknown")));
            }
            return Ok(None);
        }
        let length = self.input.try_get_u32().map_err(|_| truncated())?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        if self.input.len() < length {
            return Err(truncated());
        }
        Ok(Some(self.input.split_to(length)))
    }
}

fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "Snappy stream is cut off")
}
