//! zstd frames, with a decoder that a thread uses again.
//!
//! Making a decoder costs 160 KB of memory touched for the first time; a Produce request of 16 KiB
//! would spend more on that than on its bytes. A frame that says how long it is, and is short
//! enough, is decompressed into place in one pass; others go through the decoder's own window.

use bytes::{Buf as _, Bytes};
use std::cell::Cell;
use std::io;
use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer, ResetDirective, get_error_name};

/// What is decompressed at once when a frame does not say how long it is.
const PIECE_BYTES: usize = 128 << 10;
/// Frames up to this long are decompressed in one pass.
const WHOLE_BYTES: u64 = 1 << 20;
/// A decoder that a frame has made larger than this (by a huge window) is not kept.
const KEPT_BYTES: usize = 4 << 20;

thread_local! {
    /// The decoder of the last frames, when no frame is using it.
    static KEPT: Cell<Option<DCtx<'static>>> = const { Cell::new(None) };
}

/// The frames as a stream.
pub(super) struct ZstdReader {
    /// Only `None` while it is dropped.
    decoder: Option<DCtx<'static>>,
    input: Bytes,
    /// Inside of a frame.
    is_open: bool,
}

impl ZstdReader {
    pub(super) fn new(input: Bytes) -> Self {
        let decoder = KEPT.take().unwrap_or_else(DCtx::create);
        Self { decoder: Some(decoder), input, is_open: false }
    }

    /// Decompresses the next piece to `out[at..]`, which grows as needed; 0 at the end.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, at: usize) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        loop {
            if self.input.is_empty() && !self.is_open {
                return Ok(0);
            }
            super::make_room(out, at, piece(self.is_open, &self.input));
            let room = out.get_mut(at..).unwrap_or_default();
            let mut output = OutBuffer::around(room);
            let mut input = InBuffer::around(&self.input);
            let hint = decoder
                .decompress_stream(&mut output, &mut input)
                .map_err(|code| io::Error::other(get_error_name(code)))?;
            let (read, written) = (input.pos(), output.pos());
            self.input.advance(read);
            self.is_open = hint != 0;
            if written > 0 {
                return Ok(written);
            }
            if read == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "incomplete frame"));
            }
        }
    }
}

/// How much room the next piece gets.
fn piece(is_open: bool, input: &[u8]) -> usize {
    if is_open {
        return PIECE_BYTES;
    }
    match zstd::zstd_safe::get_frame_content_size(input) {
        Ok(Some(length @ 1..=WHOLE_BYTES)) => usize::try_from(length).unwrap_or(PIECE_BYTES),
        Ok(_) | Err(_) => PIECE_BYTES,
    }
}

impl Drop for ZstdReader {
    fn drop(&mut self) {
        let Some(mut decoder) = self.decoder.take() else { return };
        if decoder.sizeof() <= KEPT_BYTES && decoder.reset(ResetDirective::SessionOnly).is_ok() {
            KEPT.set(Some(decoder));
        }
    }
}
