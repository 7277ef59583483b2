//! The answers of a connection on their way out.
//!
//! Pieces in memory and short file ranges leave together in one `writev`; longer ranges by
//! `sendfile`. Ranges are read only when their turn comes, so waiting answers hold no copies. What
//! would have to come from the disk is read beside the worker first.

use crate::frame::{Frame, Part};
use bytes::{Buf, Bytes};
use keld_env::{BoxFuture, ColdReads, File, Stream};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// File ranges below this are copied, because one `writev` of head and range wakes the peer once
/// where a head and a `sendfile` wake it twice: measured on loopback with one request at a time,
/// 64 KiB cost the broker 16 to 18 µs and the client 8 to 9 against 14 to 17 and 14 to 16, at 18,000
/// answers a second against 11,000; at 96 KiB the two are even, from 128 KiB up `sendfile` is cheaper.
/// What stands before a longer range goes out by itself: held back for the range's packet
/// (`MSG_MORE`) it wakes the peer later, and everything costs 1.5 times as much.
const COPIED_BYTES_MAX: usize = 96 * 1024;
/// How much one `writev` gathers.
const GATHERED_BYTES_MAX: usize = 256 * 1024;
const SLICES_MAX: usize = 64;
/// How much of a range is looked at, and brought into memory, before it is sent.
const WINDOW_BYTES: usize = 1024 * 1024;

thread_local! {
    /// Where short file ranges are read to on their way into a `writev`.
    static COPIES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
pub(crate) struct Output {
    parts: VecDeque<Part>,
    bytes: usize,
    /// Bytes that were sent since somebody asked.
    sent: usize,
    /// Without it the disk is waited for.
    cold: Option<Arc<ColdReads>>,
    /// What of the first range is known to be in memory.
    warm: Range<u64>,
    warming: Option<BoxFuture<io::Result<()>>>,
}

/// What the next `writev` takes.
#[derive(Clone, Copy)]
enum Piece {
    /// A part in memory.
    Held,
    /// So many bytes of the copies.
    Copied(usize),
}

impl Output {
    pub(crate) fn new(cold: Arc<ColdReads>) -> Self {
        Self { cold: Some(cold), ..Self::default() }
    }

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

    /// Bytes that the peer's window took since the last call.
    pub(crate) fn take_sent(&mut self) -> usize {
        std::mem::take(&mut self.sent)
    }

    /// Bytes not yet sent.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Sends until all is sent, the peer's window is full, or the disk must be waited for.
    pub(crate) fn poll_send(
        &mut self,
        stream: &mut dyn Stream,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(warming) = &mut self.warming {
                let warmed = ready!(warming.as_mut().poll(context));
                self.warming = None;
                warmed?;
            }
            let Some(front) = self.parts.front() else { return Poll::Ready(Ok(())) };
            let sent = match front {
                Part::File { file, position, length } if *length >= COPIED_BYTES_MAX => {
                    let (file, position, length) = (Arc::clone(file), *position, *length);
                    let ready_bytes = match self.ready_bytes(&file, position, length) {
                        Some(ready_bytes) => ready_bytes,
                        None => continue,
                    };
                    ready!(stream.poll_send_file(context, &file, position, ready_bytes))?
                }
                Part::Bytes(_) | Part::File { .. } => {
                    match COPIES
                        .with_borrow_mut(|copies| self.poll_gathered(stream, context, copies))
                    {
                        Poll::Ready(Ok(Some(sent))) => sent,
                        Poll::Ready(Ok(None)) => continue,
                        Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                        Poll::Pending => return Poll::Pending,
                    }
                }
            };
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(sent);
            self.sent += sent;
            self.bytes = self.bytes.saturating_sub(sent);
        }
    }

    /// How much of the first range may be sent without waiting for the disk; `None` when it is being
    /// read.
    fn ready_bytes(&mut self, file: &Arc<dyn File>, position: u64, length: usize) -> Option<usize> {
        if self.warm.contains(&position) {
            let ready = usize::try_from(self.warm.end - position).unwrap_or(usize::MAX);
            return Some(ready.min(length));
        }
        let window = length.min(WINDOW_BYTES);
        if self.cold.is_none() || file.is_in_memory(position, window) {
            self.warm = position..position + window as u64;
            return Some(window);
        }
        self.warm_up(file, position, window);
        None
    }

    /// Has a range read, and what a sequential reader will want next.
    fn warm_up(&mut self, file: &Arc<dyn File>, position: u64, length: usize) {
        let Some(cold) = self.cold.clone() else { return };
        let (read, next) = (Arc::clone(file), Arc::clone(file));
        let end = position + length as u64;
        self.warm = position..end;
        self.warming = Some(Box::pin(async move {
            cold.warm(read, position, length).await?;
            cold.prefetch(next, end, WINDOW_BYTES);
            Ok(())
        }));
    }

    /// Sends the pieces in memory and the short file ranges at the front by one call; `None` when
    /// the first of them must be read from the disk.
    fn poll_gathered(
        &mut self,
        stream: &mut dyn Stream,
        context: &mut Context<'_>,
        copies: &mut Vec<u8>,
    ) -> Poll<io::Result<Option<usize>>> {
        let mut pieces = SmallVec::<[Piece; SLICES_MAX]>::new();
        let mut copied = 0;
        let mut gathered = 0;
        let mut cold = None;
        for part in self.parts.iter().take(SLICES_MAX) {
            let piece = match part {
                Part::Bytes(_) => Piece::Held,
                Part::File { length, .. } if *length >= COPIED_BYTES_MAX => break,
                Part::File { file, position, length } => {
                    if copies.len() < copied + length {
                        copies.resize(copied + length, 0);
                    }
                    let copy = copies.get_mut(copied..copied + length).unwrap_or_default();
                    let known =
                        self.cold.is_none() || (pieces.is_empty() && self.warm.contains(position));
                    let read = if known {
                        file.read_at(copy, *position)
                    } else {
                        file.read_at_now(copy, *position)
                    };
                    match read {
                        Ok(read) if read < *length => {
                            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                        }
                        Ok(_) => {}
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                            cold = Some((Arc::clone(file), *position, *length));
                            break;
                        }
                        Err(error) => return Poll::Ready(Err(error)),
                    }
                    copied += length;
                    Piece::Copied(*length)
                }
            };
            pieces.push(piece);
            gathered += part.length();
            if gathered >= GATHERED_BYTES_MAX {
                break;
            }
        }
        if pieces.is_empty()
            && let Some((file, position, length)) = cold
        {
            self.warm_up(&file, position, length);
            return Poll::Ready(Ok(None));
        }
        let mut rest: &[u8] = copies;
        let slices: SmallVec<[IoSlice<'_>; SLICES_MAX]> = pieces
            .iter()
            .zip(&self.parts)
            .map(|(piece, part)| match (piece, part) {
                (Piece::Held, Part::Bytes(bytes)) => IoSlice::new(bytes),
                (Piece::Copied(length), _) => {
                    let (copy, behind) = rest.split_at((*length).min(rest.len()));
                    rest = behind;
                    IoSlice::new(copy)
                }
                (Piece::Held, Part::File { .. }) => IoSlice::new(&[]),
            })
            .collect();
        let sent = ready!(stream.poll_write(context, &slices))?;
        Poll::Ready(Ok(Some(sent)))
    }

    fn advance(&mut self, sent: usize) {
        let mut rest = sent;
        while rest > 0
            && let Some(front) = self.parts.front_mut()
        {
            let taken = rest.min(front.length());
            rest -= taken;
            match front {
                Part::Bytes(bytes) => bytes.advance(taken),
                Part::File { position, length, .. } => {
                    *position += taken as u64;
                    *length -= taken;
                }
            }
            if front.length() == 0 {
                if matches!(front, Part::File { .. }) {
                    self.warm = 0..0;
                }
                self.parts.pop_front();
            }
        }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}
