//! Walking over the batches of a segment by their headers, and checking their checksums, without
//! holding a batch in memory.

use crc_fast::{CrcAlgorithm, Digest};
use keld_env::File;
use keld_record::{BatchError, BatchHeader, CRC_START, HEADER_LENGTH};
use std::io;

/// Bytes of the window a scan reads at once when it goes over many batches.
pub(crate) const SCAN_WINDOW: usize = 64 << 10;

/// A buffer to scan a file of `size` bytes with: no larger than the file, but for a header.
pub(crate) fn scan_window(size: u64) -> Vec<u8> {
    let size = usize::try_from(size).unwrap_or(SCAN_WINDOW);
    vec![0; size.clamp(keld_record::HEADER_LENGTH, SCAN_WINDOW)]
}
/// Bytes of the window of a look-up: an index interval.
pub(crate) const LOOKUP_WINDOW: usize = 4 << 10;

/// Why a scan cannot go on.
#[derive(Debug)]
pub(crate) enum ScanError {
    /// The file cannot be read.
    Io(io::Error),
    /// What stands at the position is no whole batch.
    Batch(BatchError),
}

/// Goes from batch to batch in `[position, end)` of a file.
#[derive(Debug)]
pub(crate) struct HeaderScan<'a> {
    file: &'a dyn File,
    position: u64,
    end: u64,
    window: &'a mut [u8],
    /// The part of the file that `window` holds.
    held: std::ops::Range<u64>,
}

impl<'a> HeaderScan<'a> {
    /// Starts at `position`, which must be a batch's start. `window` has at least the bytes of a
    /// header.
    pub(crate) fn new(file: &'a dyn File, position: u64, end: u64, window: &'a mut [u8]) -> Self {
        debug_assert!(window.len() >= HEADER_LENGTH);
        Self { file, position, end, window, held: 0..0 }
    }

    /// Where the next batch starts.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The next batch's position and header; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, BatchHeader)>, ScanError> {
        if self.position >= self.end {
            return Ok(None);
        }
        let position = self.position;
        let header = self.header().map_err(ScanError::Io)?;
        let header = BatchHeader::parse(header).map_err(ScanError::Batch)?;
        let available = self.end - position;
        if header.size() as u64 > available {
            let available = usize::try_from(available).unwrap_or(usize::MAX);
            let error = BatchError::Incomplete { available, needed: header.size() };
            return Err(ScanError::Batch(error));
        }
        self.position = position + header.size() as u64;
        Ok(Some((position, header)))
    }

    /// Goes on at another batch's start.
    pub(crate) fn seek(&mut self, position: u64) {
        self.position = position;
    }

    /// Whether the bytes of the batch that was found at `position` match its checksum. What fits
    /// into the window is read once, with the headers; larger batches go through it in pieces.
    pub(crate) fn crc_matches(&mut self, position: u64, header: &BatchHeader) -> io::Result<bool> {
        let size = header.size();
        if size > self.window.len() {
            self.held = 0..0;
            return crc_matches(self.file, position, header, self.window);
        }
        if position < self.held.start || position + size as u64 > self.held.end {
            self.fill(position)?;
        }
        let start = usize::try_from(position - self.held.start).unwrap_or(usize::MAX);
        let bytes = start.checked_add(size).and_then(|end| self.window.get(start..end));
        let covered = bytes.and_then(|bytes| bytes.get(CRC_START..));
        Ok(covered.is_some_and(|covered| keld_record::crc32c(covered) == header.crc))
    }

    /// Reads the window from `position` on.
    fn fill(&mut self, position: u64) -> io::Result<()> {
        let left = usize::try_from(self.end - position).unwrap_or(usize::MAX);
        let (window, _) = self.window.split_at_mut(left.min(self.window.len()));
        let read = self.file.read_at(window, position)?;
        self.held = position..position + read as u64;
        Ok(())
    }

    /// The bytes of the header at the position, fewer at the end.
    fn header(&mut self) -> io::Result<&[u8]> {
        let wanted = (self.end - self.position).min(HEADER_LENGTH as u64);
        if self.position < self.held.start || self.position + wanted > self.held.end {
            self.fill(self.position)?;
        }
        let start = usize::try_from(self.position - self.held.start).unwrap_or(usize::MAX);
        let held = usize::try_from(self.held.end - self.held.start).unwrap_or(0);
        let end = held.min(start.saturating_add(HEADER_LENGTH));
        Ok(self.window.get(start..end).unwrap_or_default())
    }
}

/// Whether the bytes of the batch at `position` match its checksum, reading `window` at a time.
pub(crate) fn crc_matches(
    file: &dyn File,
    position: u64,
    header: &BatchHeader,
    window: &mut [u8],
) -> io::Result<bool> {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    let mut at = position + CRC_START as u64;
    let end = position + header.size() as u64;
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(window.len());
        let (piece, _) = window.split_at_mut(length);
        let read = file.read_at(piece, at)?;
        if read == 0 {
            return Ok(false);
        }
        digest.update(piece.get(..read).unwrap_or_default());
        at += read as u64;
    }
    Ok(digest.finalize() == u64::from(header.crc))
}
