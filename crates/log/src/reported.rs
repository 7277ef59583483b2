//! Files that are handed out to be read elsewhere, whose failures still reach their directory.
//!
//! Whoever reads such a file beside the log (a socket's answer, a cold page brought into memory)
//! sees the error too; the directory goes offline as if the log itself had read.

use crate::names::SegmentFile;
use crate::shared::Shared;
use keld_env::File;
use keld_types::Offset;
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of a log directory, for readers that know nothing of the directory.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(crate) file: Arc<dyn File>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) place: Place,
}

/// Where a file is; its path is made only for an error.
#[derive(Debug)]
pub(crate) enum Place {
    /// Anywhere.
    File(PathBuf),
    /// A segment of the log in a directory.
    Segment(Arc<Path>, Offset),
}

impl Place {
    fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Segment(dir, base) => SegmentFile::Log.path(dir, *base),
        }
    }
}

impl Reported {
    fn report<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            if matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) {
                return error;
            }
            let failure = self.shared.failure("read", &self.place.path(), error);
            io::Error::new(kind, failure.to_string())
        })
    }
}

impl File for Reported {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.report(self.file.read_at(buffer, position))
    }

    fn read_at_now(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.report(self.file.read_at_now(buffer, position))
    }

    fn is_in_memory(&self, position: u64, length: usize) -> bool {
        self.file.is_in_memory(position, length)
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
        self.file.write_all_at(slices, position)
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.file.truncate(length)
    }

    fn reserve(&self, position: u64, length: u64) -> io::Result<()> {
        self.file.reserve(position, length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.file.descriptor()
    }
}
