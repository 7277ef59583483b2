//! The answers of a connection on their way out.
//!
//! Pieces in memory and short file ranges leave together in one `writev`; long ranges by
//! `sendfile`. Ranges are read only when their turn comes, so waiting answers hold no copies.

use crate::frame::{Frame, Part};
use bytes::{Buf, Bytes};
use keld_env::Stream;
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};

/// File ranges below this are copied: one system call for many ranges, and full packets, are worth
/// more than the copy.
const COPIED_BYTES_MAX: usize = 32 * 1024;
/// How much one `writev` gathers.
const GATHERED_BYTES_MAX: usize = 256 * 1024;
const SLICES_MAX: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Output {
    parts: VecDeque<Part>,
    bytes: usize,
}

impl Output {
    /// Queues an answer behind its length prefix. An answer longer than a frame can be is a bug of
    /// the handler and ends the connection.
    pub(crate) fn push(&mut self, frame: Frame) -> io::Result<()> {
        let length = i32::try_from(frame.length()).map_err(|_| {
            io::Error::other(format!("an answer of {} bytes fits no frame", frame.length()))
        })?;
        self.parts.push_back(Part::Bytes(Bytes::copy_from_slice(&length.to_be_bytes())));
        self.bytes += 4 + frame.length();
        self.parts.extend(frame.into_parts());
        Ok(())
    }

    /// Bytes not yet sent.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Sends until all is sent or the peer's window is full.
    pub(crate) fn poll_send(
        &mut self,
        stream: &mut dyn Stream,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(front) = self.parts.front_mut() {
            let sent = match front {
                Part::File { file, position, length } if *length >= COPIED_BYTES_MAX => {
                    let sent = ready!(stream.poll_send_file(context, file, *position, *length))?;
                    *position += sent as u64;
                    *length = length.saturating_sub(sent);
                    if *length == 0 {
                        self.parts.pop_front();
                    }
                    sent
                }
                Part::Bytes(_) | Part::File { .. } => {
                    self.gather()?;
                    let sent = {
                        let slices: SmallVec<[IoSlice<'_>; SLICES_MAX]> = self.slices().collect();
                        ready!(stream.poll_write(context, &slices))?
                    };
                    if sent == 0 {
                        return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                    }
                    self.advance(sent);
                    sent
                }
            };
            self.bytes = self.bytes.saturating_sub(sent);
        }
        Poll::Ready(Ok(()))
    }

    /// The pieces in memory at the front.
    fn slices(&self) -> impl Iterator<Item = IoSlice<'_>> {
        self.parts.iter().take(SLICES_MAX).map_while(|part| match part {
            Part::Bytes(bytes) => Some(IoSlice::new(bytes)),
            Part::File { .. } => None,
        })
    }

    /// Reads the short file ranges among the pieces that the next `writev` will take.
    fn gather(&mut self) -> io::Result<()> {
        let mut gathered = 0;
        for part in self.parts.iter_mut().take(SLICES_MAX) {
            if let Part::File { file, position, length } = part {
                if *length >= COPIED_BYTES_MAX {
                    return Ok(());
                }
                let mut copy = vec![0; *length];
                if file.read_at(&mut copy, *position)? < copy.len() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                *part = Part::Bytes(copy.into());
            }
            gathered += part.length();
            if gathered >= GATHERED_BYTES_MAX {
                return Ok(());
            }
        }
        Ok(())
    }

    fn advance(&mut self, sent: usize) {
        let mut rest = sent;
        while rest > 0
            && let Some(Part::Bytes(bytes)) = self.parts.front_mut()
        {
            let taken = rest.min(bytes.len());
            bytes.advance(taken);
            rest -= taken;
            if bytes.is_empty() {
                self.parts.pop_front();
            }
        }
    }
}
