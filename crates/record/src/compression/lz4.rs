//! LZ4 frames as Kafka writes and reads them.
//!
//! Written: independent 64 KiB blocks, no checksums, no content size. Read: independent blocks of
//! any size; dependent blocks, skippable and legacy frames are refused as Kafka refuses them, the
//! content checksum is not looked at, and bytes after the first frame are left alone.

use super::xxh32::xxh32;
use super::{Piece, invalid, make_room};
use crate::error::OutputBound;
use bytes::{Buf, Bytes};
use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};
use std::cell::Cell;
use std::io;

const MAGIC: u32 = 0x184D_2204;
const UNCOMPRESSED_BLOCK: u32 = 0x8000_0000;
/// What every frame that is written begins with: magic, version 1 with independent blocks, blocks
/// of 64 KiB, and the checksum of those two bytes.
const HEAD: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const END_MARK: [u8; 4] = [0; 4];
const BLOCK_BYTES: usize = 64 << 10;
/// An LZ4 block cannot grow by more than this factor, plus a little for its last literals.
const RATIO_MAX: usize = 255;

thread_local! {
    /// The compressor of the last frame: 16 KiB of table and a block.
    static KEPT: Cell<Option<Box<Compressor>>> = const { Cell::new(None) };
}

struct Compressor {
    table: CompressTable,
    /// Room for a compressed block.
    block: Vec<u8>,
}

impl Compressor {
    fn new() -> Box<Self> {
        let block = vec![0; get_maximum_output_size(BLOCK_BYTES)];
        Box::new(Self { table: CompressTable::large(), block })
    }

    /// Appends a block, compressed unless that would make it longer.
    fn append(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let length = compress_into_with_table(input, &mut self.block, &mut self.table)
            .map_err(io::Error::other)?;
        let (block, mark) = match self.block.get(..length) {
            Some(block) if length < input.len() => (block, 0),
            Some(_) | None => (input, UNCOMPRESSED_BLOCK),
        };
        let word = u32::try_from(block.len()).map_err(io::Error::other)? | mark;
        out.extend_from_slice(&word.to_le_bytes());
        out.extend_from_slice(block);
        Ok(())
    }
}

/// Compresses `input` into one frame at the end of `out`.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let mut compressor = KEPT.take().unwrap_or_else(Compressor::new);
    out.extend_from_slice(&HEAD);
    let result = input.chunks(BLOCK_BYTES).try_for_each(|block| compressor.append(block, out));
    out.extend_from_slice(&END_MARK);
    KEPT.set(Some(compressor));
    result
}

/// The blocks of one frame as a stream.
pub(super) struct Lz4Reader {
    input: Bytes,
    frame: Descriptor,
    ended: bool,
}

/// What a frame's header says.
struct Descriptor {
    block_bytes_max: usize,
    has_block_checksums: bool,
    has_content_checksum: bool,
    /// Bytes of the header.
    length: usize,
}

impl Descriptor {
    fn parse(input: &[u8]) -> io::Result<Self> {
        let Some([m0, m1, m2, m3, flags, block_descriptor, _]) = input.first_chunk::<7>() else {
            return Err(truncated());
        };
        if u32::from_le_bytes([*m0, *m1, *m2, *m3]) != MAGIC {
            return Err(invalid("stream is not an LZ4 frame"));
        }
        if flags & 0b11 != 0 {
            return Err(invalid("reserved bits or a dictionary in the LZ4 frame header"));
        }
        if flags >> 6 != 1 {
            return Err(invalid(format!("LZ4 frame version {} is unknown", flags >> 6)));
        }
        if flags & 0x20 == 0 {
            return Err(invalid("dependent LZ4 blocks are not supported"));
        }
        if block_descriptor & 0x8f != 0 {
            return Err(invalid("reserved bits in the LZ4 block descriptor"));
        }
        let block_bytes_max = match block_descriptor >> 4 {
            4 => 64 << 10,
            5 => 256 << 10,
            6 => 1 << 20,
            7 => 4 << 20,
            size => return Err(invalid(format!("LZ4 block size {size} is not between 4 and 7"))),
        };
        let length = if flags & 0x08 == 0 { 2 } else { 10 };
        let descriptor = input.get(4..4 + length).ok_or_else(truncated)?;
        let checksum = input.get(4 + length).ok_or_else(truncated)?;
        if *checksum != (xxh32(descriptor) >> 8) as u8 {
            return Err(invalid("LZ4 frame header checksum mismatch"));
        }
        Ok(Self {
            block_bytes_max,
            has_block_checksums: flags & 0x10 != 0,
            has_content_checksum: flags & 0x04 != 0,
            length: 5 + length,
        })
    }

    /// Takes the next block off `input`: its bytes, and whether they are compressed; `None` at the
    /// end mark.
    fn take_block<'a>(&self, input: &mut &'a [u8]) -> io::Result<Option<(&'a [u8], bool)>> {
        let word = take_word(input)?;
        let length = usize::try_from(word & !UNCOMPRESSED_BLOCK).map_err(io::Error::other)?;
        if length == 0 {
            return Ok(None);
        }
        if length > self.block_bytes_max {
            return Err(invalid(format!(
                "LZ4 block of {length} bytes is larger than the frame's {}",
                self.block_bytes_max
            )));
        }
        let (data, rest) = input.split_at_checked(length).ok_or_else(truncated)?;
        *input = rest;
        if self.has_block_checksums && take_word(input)? != xxh32(data) {
            return Err(invalid("LZ4 block checksum mismatch"));
        }
        Ok(Some((data, word & UNCOMPRESSED_BLOCK == 0)))
    }

    /// Decompresses a block to `out[at..]`, which grows as needed; how many bytes it became.
    fn put(
        &self,
        data: &[u8],
        is_compressed: bool,
        out: &mut Vec<u8>,
        at: usize,
    ) -> io::Result<usize> {
        let room = if is_compressed { self.room(data.len()) } else { data.len() };
        make_room(out, at, room);
        let out = out.get_mut(at..at + room).unwrap_or_default();
        if is_compressed {
            return lz4_flex::block::decompress_into(data, out)
                .map_err(|error| invalid(error.to_string()));
        }
        out.copy_from_slice(data);
        Ok(data.len())
    }

    /// The most bytes a block of so many can become.
    fn room(&self, length: usize) -> usize {
        length.saturating_mul(RATIO_MAX).saturating_add(64).min(self.block_bytes_max)
    }
}

fn take_word(input: &mut &[u8]) -> io::Result<u32> {
    let (word, rest) = input.split_first_chunk::<4>().ok_or_else(truncated)?;
    *input = rest;
    Ok(u32::from_le_bytes(*word))
}

/// Decompresses one frame over the start of `scratch` and says where each of its blocks ends; see
/// `Compression::decompress_over`.
pub(super) fn decompress_over(
    mut input: &[u8],
    scratch: &mut Vec<u8>,
    bytes_max: u64,
    ends: &mut Vec<usize>,
) -> io::Result<usize> {
    let frame = Descriptor::parse(input)?;
    input = input.get(frame.length..).unwrap_or_default();
    let mut filled = 0;
    while let Some((data, is_compressed)) = frame.take_block(&mut input)? {
        filled += frame.put(data, is_compressed, scratch, filled)?;
        if filled as u64 > bytes_max {
            return Err(io::Error::other(OutputBound { bytes_max }));
        }
        ends.push(filled);
    }
    if frame.has_content_checksum {
        take_word(&mut input)?;
    }
    Ok(filled)
}

/// Decompresses some blocks of a frame to where they lie in the whole; see
/// `Compression::decompress_pieces_over`.
pub(super) fn decompress_pieces_over(
    mut input: &[u8],
    scratch: &mut Vec<u8>,
    pieces: impl Iterator<Item = Piece>,
) -> io::Result<()> {
    let frame = Descriptor::parse(input)?;
    input = input.get(frame.length..).unwrap_or_default();
    let mut start = 0;
    for piece in pieces {
        let (data, is_compressed) = frame.take_block(&mut input)?.ok_or_else(truncated)?;
        if piece.is_wanted {
            let length = frame.put(data, is_compressed, scratch, start)?;
            if start + length != piece.end {
                return Err(invalid("LZ4 block of another length than before"));
            }
        }
        start = piece.end;
    }
    Ok(())
}

impl Lz4Reader {
    /// Reads the frame's header.
    pub(super) fn new(mut input: Bytes) -> io::Result<Self> {
        let frame = Descriptor::parse(&input)?;
        input.advance(frame.length);
        Ok(Self { input, frame, ended: false })
    }

    /// Decompresses the next block that is not empty to `out[at..]`, which grows as needed; 0 behind
    /// the end mark.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, at: usize) -> io::Result<usize> {
        while !self.ended {
            let mut rest = &self.input[..];
            let block = self.frame.take_block(&mut rest)?;
            let taken = self.input.len() - rest.len();
            let filled = match block {
                Some((data, is_compressed)) => self.frame.put(data, is_compressed, out, at)?,
                None => {
                    self.ended = true;
                    if self.frame.has_content_checksum {
                        take_word(&mut rest)?;
                    }
                    0
                }
            };
            self.input.advance(taken);
            if filled > 0 {
                return Ok(filled);
            }
        }
        Ok(0)
    }
}

fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "LZ4 frame is cut off")
}

#[cfg(test)]
mod tests;
