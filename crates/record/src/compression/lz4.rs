//! LZ4 frames as Kafka writes and reads them.
//!
//! Written: independent 64 KiB blocks, no checksums, no content size. Read: independent blocks of
//! any size; dependent blocks, skippable and legacy frames are refused as Kafka refuses them, the
//! content checksum is not looked at, and bytes after the first frame are left alone.

use super::invalid;
use super::xxh32::xxh32;
use bytes::{Buf, Bytes};
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
use std::io::{self, Read, Write};

const MAGIC: u32 = 0x184D_2204;
const UNCOMPRESSED_BLOCK: u32 = 0x8000_0000;
/// An LZ4 block cannot grow by more than this factor, plus a little for its last literals.
const RATIO_MAX: usize = 255;

/// Compresses `input` into one frame at the end of `out`.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let info = FrameInfo::new().block_mode(BlockMode::Independent).block_size(BlockSize::Max64KB);
    let mut encoder = FrameEncoder::with_frame_info(info, out);
    encoder.write_all(input)?;
    encoder.finish()?;
    Ok(())
}

/// The blocks of one frame as a stream.
pub(super) struct Lz4Reader {
    input: Bytes,
    block_bytes_max: usize,
    has_block_checksums: bool,
    has_content_checksum: bool,
    ended: bool,
    block: Vec<u8>,
    block_position: usize,
}

impl Lz4Reader {
    /// Reads the frame's header.
    pub(super) fn new(mut input: Bytes) -> io::Result<Self> {
        let descriptor_start = input.clone();
        if input.len() < 7 {
            return Err(truncated());
        }
        if input.get_u32_le() != MAGIC {
            return Err(invalid("stream is not an LZ4 frame"));
        }
        let flags = input.get_u8();
        let block_descriptor = input.get_u8();
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
        let descriptor_length = if flags & 0x08 == 0 { 2 } else { 10 };
        let descriptor = descriptor_start.get(4..4 + descriptor_length).ok_or_else(truncated)?;
        let checksum = descriptor_start.get(4 + descriptor_length).ok_or_else(truncated)?;
        if *checksum != (xxh32(descriptor) >> 8) as u8 {
            return Err(invalid("LZ4 frame header checksum mismatch"));
        }
        Ok(Self {
            input: descriptor_start.slice(5 + descriptor_length..),
            block_bytes_max,
            has_block_checksums: flags & 0x10 != 0,
            has_content_checksum: flags & 0x04 != 0,
            ended: false,
            block: Vec::new(),
            block_position: 0,
        })
    }

    /// Makes the next block the current one; at the end mark, ends.
    fn next_block(&mut self) -> io::Result<()> {
        self.block.clear();
        self.block_position = 0;
        let word = self.input.try_get_u32_le().map_err(|_| truncated())?;
        let length = usize::try_from(word & !UNCOMPRESSED_BLOCK).map_err(io::Error::other)?;
        if length == 0 {
            self.ended = true;
            if self.has_content_checksum {
                self.input.try_get_u32_le().map_err(|_| truncated())?;
            }
            return Ok(());
        }
        if length > self.block_bytes_max {
            return Err(invalid(format!(
                "LZ4 block of {length} bytes is larger than the frame's {}",
                self.block_bytes_max
            )));
        }
        if self.input.len() < length {
            return Err(truncated());
        }
        let data = self.input.split_to(length);
        if self.has_block_checksums {
            let stored = self.input.try_get_u32_le().map_err(|_| truncated())?;
            if stored != xxh32(&data) {
                return Err(invalid("LZ4 block checksum mismatch"));
            }
        }
        if word & UNCOMPRESSED_BLOCK != 0 {
            self.block.extend_from_slice(&data);
        } else {
            let room = length.saturating_mul(RATIO_MAX).saturating_add(64);
            self.block.resize(room.min(self.block_bytes_max), 0);
            let written = lz4_flex::block::decompress_into(&data, &mut self.block)
                .map_err(|error| invalid(error.to_string()))?;
            self.block.truncate(written);
        }
        Ok(())
    }
}

impl Read for Lz4Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.block_position == self.block.len() && !self.ended {
            self.next_block()?;
        }
        let read = (&self.block[self.block_position..]).read(buffer)?;
        self.block_position += read;
        Ok(read)
    }
}

fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "LZ4 frame is cut off")
}
