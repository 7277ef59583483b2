//! The read buffer of a connection: frames are cut out of it without being copied.
//!
//! Invariants: all of `buffer` came from the peer. Its room grows to at most twice what is in it, to
//! the longest frame this peer has sent in full, or to twice what one read brought, whatever length
//! a frame announces.

use bytes::{Buf as _, Bytes, BytesMut};

/// The first buffer of a connection; one that was quiet for a while has none.
const FIRST_BYTES: usize = 8 * 1024 - SPARE_BYTES;
/// How much many short frames may be read at once.
const BURST_BYTES: usize = 64 * 1024;
/// Buffers up to this size are kept when they run empty.
const KEPT_BYTES: usize = 1024 * 1024;
/// Room behind a frame that is read to its end: a read that leaves room tells that the socket is
/// empty, one that fills it would need another to learn so.
const SPARE_BYTES: usize = 512;
const PREFIX_BYTES: usize = 4;

/// What came of a connection and is not taken yet.
#[derive(Debug, Default)]
pub struct Receive {
    buffer: BytesMut,
    longest_frame: usize,
    wanted: usize,
    /// What one read of short frames may bring; doubles while reads are full.
    burst: usize,
    limit: usize,
}

/// Why a frame cannot be read, in Kafka's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrameError {
    /// It announces fewer than no bytes.
    #[error("Invalid receive (size = {0})")]
    Negative(i32),
    /// It announces more than is taken.
    #[error("Invalid receive (size = {size} larger than {limit})")]
    TooLong {
        /// What it announces, in bytes.
        size: i32,
        /// What is taken, in bytes.
        limit: usize,
    },
}

impl Receive {
    /// Cuts the next frame out, if all of it is here.
    pub fn next_frame(&mut self, limit: usize) -> Result<Option<Bytes>, FrameError> {
        let Some(length) = self.announced(limit)? else { return Ok(None) };
        let total = PREFIX_BYTES + length;
        if self.buffer.len() < total {
            self.wanted = total;
            return Ok(None);
        }
        self.wanted = 0;
        self.longest_frame = self.longest_frame.max(total);
        let mut frame = self.buffer.split_to(total).freeze();
        frame.advance(PREFIX_BYTES);
        Ok(Some(frame))
    }

    /// The API key of the frame in front, before it is complete.
    pub(crate) fn next_api_key(&self) -> Option<i16> {
        let key = self.buffer.get(PREFIX_BYTES..PREFIX_BYTES + 2)?;
        Some(i16::from_be_bytes([key[0], key[1]]))
    }

    fn announced(&self, limit: usize) -> Result<Option<usize>, FrameError> {
        let Some(prefix) = self.buffer.first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let size = i32::from_be_bytes(*prefix);
        let length = usize::try_from(size).map_err(|_| FrameError::Negative(size))?;
        if length > limit {
            return Err(FrameError::TooLong { size, limit });
        }
        Ok(Some(length))
    }

    /// Where the next bytes from the peer go, and at most how many; never none.
    pub fn room(&mut self) -> (&mut BytesMut, usize) {
        let filled = self.buffer.len();
        let target = if self.wanted > filled {
            // A known frame: to its end if that is allowed.
            let allowed = (filled * 2).max(self.longest_frame).max(FIRST_BYTES);
            self.wanted.min(allowed).max(filled + PREFIX_BYTES)
        } else {
            let usual = self.longest_frame.min(KEPT_BYTES);
            filled + usual.max(self.burst).max(FIRST_BYTES)
        };
        self.limit = target + SPARE_BYTES - filled;
        // This takes the old allocation back when no frame cut from it lives any more.
        self.buffer.reserve(self.limit);
        (&mut self.buffer, self.limit)
    }

    /// Learns from how much a read brought into the room.
    pub fn received(&mut self, bytes: usize) {
        if bytes >= self.limit {
            self.burst = (self.limit * 2).min(BURST_BYTES);
        }
    }

    /// Gives a large buffer back when nothing is in it.
    pub fn shrink(&mut self) {
        if self.buffer.is_empty() && self.buffer.capacity() > KEPT_BYTES {
            self.buffer = BytesMut::new();
        }
    }

    /// Gives the buffer back when nothing is in it.
    pub(crate) fn release(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    #[cfg(test)]
    fn filled(&self) -> usize {
        self.buffer.len()
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        self.buffer.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(receive: &mut Receive, mut data: &[u8]) {
        while !data.is_empty() {
            let (buffer, limit) = receive.room();
            let length = limit.min(data.len());
            buffer.extend_from_slice(&data[..length]);
            receive.received(length);
            data = &data[length..];
        }
    }

    #[test]
    fn frames_come_out_however_the_bytes_come_in() {
        let mut stream = Vec::new();
        for length in [0usize, 1, 3, 9000, 70_000, 2] {
            stream.extend_from_slice(&(length as i32).to_be_bytes());
            stream.extend((0..length).map(|i| (i % 251) as u8));
        }
        for chunk in [1, 2, 5, 4096, 100_000] {
            let mut receive = Receive::default();
            let mut lengths = Vec::new();
            for piece in stream.chunks(chunk) {
                feed(&mut receive, piece);
                while let Some(frame) = receive.next_frame(100_000).unwrap() {
                    assert!(frame.iter().enumerate().all(|(i, byte)| *byte == (i % 251) as u8));
                    lengths.push(frame.len());
                }
            }
            assert_eq!(lengths, [0, 1, 3, 9000, 70_000, 2], "chunks of {chunk}");
            assert_eq!(receive.filled(), 0);
        }
    }

    #[test]
    fn refuses_lengths_in_kafkas_words() {
        let mut receive = Receive::default();
        feed(&mut receive, &(-1i32).to_be_bytes());
        let error = receive.next_frame(100).unwrap_err();
        assert_eq!(error.to_string(), "Invalid receive (size = -1)");
        let mut receive = Receive::default();
        feed(&mut receive, &101i32.to_be_bytes());
        let error = receive.next_frame(100).unwrap_err();
        assert_eq!(error.to_string(), "Invalid receive (size = 101 larger than 100)");
    }

    #[test]
    fn memory_follows_the_bytes_received_and_not_the_length_announced() {
        let mut receive = Receive::default();
        feed(&mut receive, &90_000_000i32.to_be_bytes());
        for sent in [100usize, 20_000, 100_000] {
            feed(&mut receive, &vec![0; sent]);
            assert_eq!(receive.next_frame(100_000_000), Ok(None));
            receive.room();
            assert!(receive.held() <= 4 * receive.filled() + 16 * 1024, "{}", receive.held());
        }
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let mut receive = Receive::default();
        let length = 3 * 1024 * 1024;
        feed(&mut receive, &(length as i32).to_be_bytes());
        assert_eq!(receive.next_frame(usize::MAX), Ok(None));
        feed(&mut receive, &vec![0; length]);
        assert!(receive.next_frame(usize::MAX).unwrap().is_some());
        receive.room();
        receive.shrink();
        assert!(receive.held() < KEPT_BYTES);
    }
}
