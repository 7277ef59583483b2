//! Reads that do not wait for the disk.
//!
//! A look-up on a thread that serves others reads its files through [`NoWait`]; where a page is not
//! in memory it fails with the place, as [`LogError::Cold`](crate::LogError::Cold). The caller has
//! that place read beside the workers and looks again.

use keld_env::File;
use std::fmt;
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::sync::Arc;

/// What is read around a byte that was missed: index look-ups come back for its neighbours.
const BLOCK_BYTES: u64 = 64 << 10;

/// A place in a file that is not in memory.
#[derive(Clone, Debug)]
pub struct ColdSpot {
    /// The file.
    pub file: Arc<dyn File>,
    /// Where to begin to read.
    pub position: u64,
    /// How much.
    pub length: usize,
}

impl fmt::Display for ColdSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes at {} are not in memory", self.length, self.position)
    }
}

impl std::error::Error for ColdSpot {}

impl ColdSpot {
    /// The place, if that is what the error says.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// A file whose reads fail with a [`ColdSpot`] rather than to wait.
#[derive(Debug)]
pub(crate) struct NoWait(pub(crate) Arc<dyn File>);

impl File for NoWait {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.0.read_at_now(buffer, position).map_err(|error| {
            if error.kind() != io::ErrorKind::WouldBlock {
                return error;
            }
            let start = position / BLOCK_BYTES * BLOCK_BYTES;
            let end = (position + buffer.len() as u64).next_multiple_of(BLOCK_BYTES);
            let length = usize::try_from(end - start).unwrap_or(usize::MAX);
            let spot = ColdSpot { file: Arc::clone(&self.0), position: start, length };
            io::Error::new(io::ErrorKind::WouldBlock, spot)
        })
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
        self.0.write_all_at(slices, position)
    }

    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.truncate(length)
    }

    fn reserve(&self, position: u64, length: u64) -> io::Result<()> {
        self.0.reserve(position, length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.0.descriptor()
    }
}
