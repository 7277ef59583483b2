//! gzip members: one that is short enough in one pass, others as a stream.
//!
//! A batch is one member, whose last four bytes say how long it becomes. libdeflate decompresses it
//! into place for 1.0 CPU-s/GB, where a stream takes 2.2 (zlib-rs; events of 1 KiB, ratio 3.9).
//! What it does not take, for whatever reason, the stream reads from the start, so that every
//! refusal has the stream's words.

use super::make_room;
use bytes::buf::Reader;
use bytes::{Buf as _, Bytes};
use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use std::cell::Cell;
use std::io::{self, Read as _};

/// What the stream decompresses at once.
const PIECE_BYTES: usize = 64 << 10;
/// Members up to this long are decompressed in one pass.
const WHOLE_BYTES: usize = 1 << 20;
/// No deflate stream grows more than this.
const RATIO_MAX: usize = 1032;
/// How every member begins.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

thread_local! {
    /// The decompressor of the last batch, when no batch is using it.
    static KEPT: Cell<Option<Decompressor>> = const { Cell::new(None) };
}

/// The members behind each other.
pub(super) enum GzipReader {
    /// Nothing was read yet.
    New(Bytes),
    Stream(Box<MultiGzDecoder<Reader<Bytes>>>),
    Ended,
}

impl GzipReader {
    pub(super) fn new(input: Bytes) -> Self {
        Self::New(input)
    }

    /// Decompresses the next piece to `out[at..]`, which grows as needed; 0 at the end.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, at: usize) -> io::Result<usize> {
        if let Self::New(input) = self {
            if let Some(length) = whole(input, out, at) {
                *self = Self::Ended;
                return Ok(length);
            }
            let stream = MultiGzDecoder::new(std::mem::take(input).reader());
            *self = Self::Stream(Box::new(stream));
        }
        let Self::Stream(stream) = self else { return Ok(0) };
        make_room(out, at, PIECE_BYTES);
        stream.read(out.get_mut(at..).unwrap_or_default())
    }
}

/// Decompresses all of the input to `out[at..]`, if it is one member and not too long.
fn whole(input: &[u8], out: &mut Vec<u8>, at: usize) -> Option<usize> {
    let (_, announced) = input.split_last_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*announced)).ok()?;
    if length == 0 || length > WHOLE_BYTES.min(input.len().saturating_mul(RATIO_MAX)) {
        return None;
    }
    // Where another member may begin, the stream finds out.
    if memchr::memmem::find(input.get(MAGIC.len()..)?, &MAGIC).is_some() {
        return None;
    }
    make_room(out, at, length);
    let mut decompressor = KEPT.take().unwrap_or_default();
    let written = decompressor.gzip_decompress(input, out.get_mut(at..at + length)?);
    KEPT.set(Some(decompressor));
    written.ok().filter(|written| *written == length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn member(input: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(input).unwrap();
        encoder.finish().unwrap()
    }

    /// Everything, and whether it came in one pass.
    fn read(input: &[u8]) -> (io::Result<Vec<u8>>, bool) {
        let mut reader = GzipReader::new(Bytes::copy_from_slice(input));
        let (mut out, mut filled) = (Vec::new(), 0);
        loop {
            match reader.fill(&mut out, filled) {
                Ok(0) => break,
                Ok(length) => filled += length,
                Err(error) => return (Err(error), matches!(reader, GzipReader::Ended)),
            }
        }
        out.truncate(filled);
        (Ok(out), matches!(reader, GzipReader::Ended))
    }

    fn words(length: usize) -> Vec<u8> {
        (0..length).map(|index| b"one two three "[index * index % 14]).collect()
    }

    #[test]
    fn one_member_comes_in_one_pass_up_to_a_mebibyte() {
        for (length, in_one_pass) in
            [(1, true), (70_000, true), (1 << 20, true), (1_048_577, false)]
        {
            let input = words(length);
            let (out, whole) = read(&member(&input));
            assert_eq!(out.unwrap(), input);
            assert_eq!(whole, in_one_pass, "{length}");
        }
        assert_eq!(read(&member(b"")).0.unwrap(), b"");
    }

    #[test]
    fn members_behind_each_other_are_all_read_even_when_they_are_alike() {
        let one = member(&words(5000));
        let (out, whole) = read(&[&one[..], &one[..]].concat());
        assert_eq!(out.unwrap(), [words(5000), words(5000)].concat());
        assert!(!whole);
    }

    #[test]
    fn what_is_damaged_is_refused_as_the_stream_does() {
        let good = member(&words(5000));
        let mut refused = 0;
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x41;
            let mut expected = Vec::new();
            let by_stream = MultiGzDecoder::new(&bad[..]).read_to_end(&mut expected);
            match (read(&bad).0, by_stream) {
                (Ok(out), Ok(_)) => assert_eq!(out, expected, "byte {at}"),
                (Err(ours), Err(theirs)) => {
                    assert_eq!(ours.to_string(), theirs.to_string(), "byte {at}");
                    refused += 1;
                }
                (ours, theirs) => panic!("byte {at}: {ours:?}, but the stream {theirs:?}"),
            }
        }
        assert!(refused > good.len() / 2, "{refused} of {}", good.len());
        for length in 0..good.len() {
            assert!(read(&good[..length]).0.map_or(true, |out| length == 0 && out.is_empty()));
        }
    }

    #[test]
    fn no_room_is_made_for_what_so_few_bytes_cannot_become() {
        let mut liar = member(b"short");
        let end = liar.len();
        liar[end - 4..].copy_from_slice(&(1u32 << 20).to_le_bytes());
        let mut out = Vec::new();
        assert!(GzipReader::new(liar.into()).fill(&mut out, 0).is_ok_and(|length| length == 5));
        assert!(out.capacity() <= 128 << 10, "{}", out.capacity());
    }
}
