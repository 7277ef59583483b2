//! The four codecs of Kafka, both ways.
//!
//! Writing gives what Kafka's Java client writes: gzip, Snappy in Xerial framing, LZ4 frames of
//! independent 64 KiB blocks, zstd. Reading takes those, and raw Snappy. A [`Decoder`] is a stream
//! of pieces that never holds more than one block of a codec beyond its input, and fails once its
//! output passes a bound, so that a small hostile batch cannot grow without end. Pieces are
//! decompressed to where they are wanted: there is no copy in between.

mod gzip;
mod lz4;
mod snappy;
mod xxh32;
mod zstd;

use crate::error::OutputBound;
use bytes::{Buf, Bytes};
use std::fmt;
use std::io::{self, Write as _};
use std::ops::RangeInclusive;

/// A codec by its number in a batch's attributes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Compression {
    /// 0: records as they are.
    #[default]
    None,
    /// 1
    Gzip,
    /// 2
    Snappy,
    /// 3
    Lz4,
    /// 4
    Zstd,
}

impl Compression {
    /// Every codec, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The codec of a number in the attributes.
    pub const fn from_id(id: u8) -> Option<Self> {
        match id {
            0 => Some(Self::None),
            1 => Some(Self::Gzip),
            2 => Some(Self::Snappy),
            3 => Some(Self::Lz4),
            4 => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The number in the attributes.
    pub const fn id(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Gzip => 1,
            Self::Snappy => 2,
            Self::Lz4 => 3,
            Self::Zstd => 4,
        }
    }

    /// The name in configurations (`compression.type`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// The codec of a configuration's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    /// The level used when none is configured; 0 for codecs without levels.
    pub const fn level_default(self) -> i32 {
        match self {
            Self::None | Self::Snappy => 0,
            Self::Gzip => -1,
            Self::Lz4 => 9,
            Self::Zstd => 3,
        }
    }

    /// The levels besides the default one; `None` for codecs without levels.
    pub const fn levels(self) -> Option<RangeInclusive<i32>> {
        match self {
            Self::None | Self::Snappy => None,
            Self::Gzip => Some(1..=9),
            Self::Lz4 => Some(1..=17),
            Self::Zstd => Some(-131_072..=22),
        }
    }

    /// A stream of the decompressed bytes that fails after `bytes_max` of them.
    pub(crate) fn decoder(self, input: Bytes, bytes_max: u64) -> io::Result<Decoder> {
        let codec = match self {
            Self::None => Codec::None(input),
            Self::Gzip => Codec::Gzip(gzip::GzipReader::new(input)),
            Self::Snappy => Codec::Snappy(snappy::SnappyReader::new(input)),
            Self::Lz4 => Codec::Lz4(lz4::Lz4Reader::new(input)?),
            Self::Zstd => Codec::Zstd(zstd::ZstdReader::new(input)),
        };
        Ok(Decoder { codec, left: bytes_max, bytes_max })
    }

    /// Decompresses a whole payload; an error once it is longer than `bytes_max`.
    pub fn decompress(self, input: Bytes, bytes_max: u64) -> io::Result<Bytes> {
        if self == Self::None {
            return Ok(input);
        }
        let mut out = Vec::new();
        let length = self.decoder(input, bytes_max)?.fill_all(&mut out)?;
        out.truncate(length);
        Ok(out.into())
    }

    /// Decompresses a whole payload over the start of `scratch`, which grows as needed, and returns
    /// how many bytes there are; an error once they are more than `bytes_max`. A `scratch` that is
    /// used again costs no allocation, and is not cleared in between.
    pub fn decompress_over(
        self,
        input: &[u8],
        scratch: &mut Vec<u8>,
        bytes_max: u64,
    ) -> io::Result<usize> {
        self.decompress_over_in_pieces(input, scratch, bytes_max, &mut Vec::new())
    }

    /// The same, and says where each piece ends that
    /// [`decompress_pieces_over`](Self::decompress_pieces_over) could leave out: for LZ4 its blocks,
    /// for other codecs the whole.
    pub fn decompress_over_in_pieces(
        self,
        input: &[u8],
        scratch: &mut Vec<u8>,
        bytes_max: u64,
        ends: &mut Vec<usize>,
    ) -> io::Result<usize> {
        ends.clear();
        let length = match self {
            Self::Lz4 => return lz4::decompress_over(input, scratch, bytes_max, ends),
            Self::None => {
                scratch.clear();
                scratch.extend_from_slice(input);
                input.len()
            }
            Self::Gzip | Self::Snappy | Self::Zstd => {
                self.decoder(Bytes::copy_from_slice(input), bytes_max)?.fill_all(scratch)?
            }
        };
        ends.push(length);
        Ok(length)
    }

    /// Decompresses those pieces of a payload that are wanted, each to where it lies in the whole.
    /// The pieces are those that
    /// [`decompress_over_in_pieces`](Self::decompress_over_in_pieces) found in the same payload: one
    /// that has another length is an error. What is in `scratch` where a piece was left out means
    /// nothing.
    pub fn decompress_pieces_over(
        self,
        input: &[u8],
        scratch: &mut Vec<u8>,
        pieces: impl IntoIterator<Item = Piece>,
    ) -> io::Result<()> {
        let mut pieces = pieces.into_iter();
        match (self, pieces.next()) {
            (_, None) => Ok(()),
            (Self::Lz4, Some(first)) => {
                let pieces = std::iter::once(first).chain(pieces);
                lz4::decompress_pieces_over(input, scratch, pieces)
            }
            (Self::None | Self::Gzip | Self::Snappy | Self::Zstd, Some(whole)) => {
                let length = self.decompress_over(input, scratch, whole.end as u64)?;
                if length == whole.end && pieces.next().is_none() {
                    Ok(())
                } else {
                    Err(invalid(format!("{self} of another length than before")))
                }
            }
        }
    }
}

/// A piece of a payload; see [`Compression::decompress_pieces_over`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it ends in the decompressed payload; it begins where the one before it ends.
    pub end: usize,
    /// Whether it is to be decompressed.
    pub is_wanted: bool,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A level that its codec does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{codec} has no compression level {level}")]
pub struct CompressionLevel {
    /// The codec.
    pub codec: Compression,
    /// The level.
    pub level: i32,
}

/// A codec and how hard it tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CompressionWithLevel {
    codec: Compression,
    level: i32,
}

impl CompressionWithLevel {
    /// Takes a level within the codec's range, or its default; codecs without levels take any.
    pub fn new(codec: Compression, level: i32) -> Result<Self, CompressionLevel> {
        let fits = match codec.levels() {
            Some(levels) => levels.contains(&level) || level == codec.level_default(),
            None => true,
        };
        if fits { Ok(Self { codec, level }) } else { Err(CompressionLevel { codec, level }) }
    }

    /// The codec.
    pub const fn codec(self) -> Compression {
        self.codec
    }

    /// Compresses `input` onto the end of `out`.
    ///
    /// LZ4 levels are accepted and give one speed: the compressor has no slow levels.
    pub fn compress(self, input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match self.codec {
            Compression::None => out.extend_from_slice(input),
            Compression::Gzip => {
                let level = match u32::try_from(self.level) {
                    Ok(level) => flate2::Compression::new(level),
                    Err(_) => flate2::Compression::default(),
                };
                let mut encoder = flate2::write::GzEncoder::new(out, level);
                encoder.write_all(input)?;
                encoder.finish()?;
            }
            Compression::Snappy => snappy::compress(input, out)?,
            Compression::Lz4 => lz4::compress(input, out)?,
            Compression::Zstd => {
                out.extend_from_slice(&::zstd::bulk::compress(input, self.level)?);
            }
        }
        Ok(())
    }
}

impl From<Compression> for CompressionWithLevel {
    fn from(codec: Compression) -> Self {
        Self { codec, level: codec.level_default() }
    }
}

/// A stream of decompressed bytes with a bound.
pub(crate) struct Decoder {
    codec: Codec,
    left: u64,
    bytes_max: u64,
}

enum Codec {
    None(Bytes),
    Gzip(gzip::GzipReader),
    Snappy(snappy::SnappyReader),
    Lz4(lz4::Lz4Reader),
    Zstd(zstd::ZstdReader),
}

/// What is copied at once when there is no codec.
const PIECE_BYTES: usize = 64 << 10;

impl Decoder {
    /// Decompresses the next piece to `out[at..]`, which grows as needed and is not cleared; how
    /// long the piece is, 0 at the end.
    pub(crate) fn fill(&mut self, out: &mut Vec<u8>, at: usize) -> io::Result<usize> {
        let filled = match &mut self.codec {
            Codec::None(input) => {
                let length = input.len().min(PIECE_BYTES);
                make_room(out, at, length);
                let room = out.get_mut(at..at + length).unwrap_or_default();
                input.copy_to_slice(room);
                length
            }
            Codec::Gzip(codec) => codec.fill(out, at)?,
            Codec::Snappy(codec) => codec.fill(out, at)?,
            Codec::Lz4(codec) => codec.fill(out, at)?,
            Codec::Zstd(codec) => codec.fill(out, at)?,
        };
        match self.left.checked_sub(filled as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(OutputBound { bytes_max: self.bytes_max })),
        }
        Ok(filled)
    }

    /// All pieces over the start of `out`; how many bytes there are.
    fn fill_all(&mut self, out: &mut Vec<u8>) -> io::Result<usize> {
        let mut filled = 0;
        loop {
            match self.fill(out, filled)? {
                0 => return Ok(filled),
                length => filled += length,
            }
        }
    }
}

/// Makes `out` at least `at + length` long.
fn make_room(out: &mut Vec<u8>, at: usize, length: usize) {
    if out.len() < at + length {
        out.resize(at + length, 0);
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codec = match &self.codec {
            Codec::None(_) => Compression::None,
            Codec::Gzip(_) => Compression::Gzip,
            Codec::Snappy(_) => Compression::Snappy,
            Codec::Lz4(_) => Compression::Lz4,
            Codec::Zstd(_) => Compression::Zstd,
        };
        f.debug_struct("Decoder").field("codec", &codec).field("left", &self.left).finish()
    }
}

/// An `io::Error` for bytes that are not what their codec says.
fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

#[cfg(test)]
mod tests;
