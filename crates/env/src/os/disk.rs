//! The real disk: plain positional system calls on the page cache.
//!
//! Paths are used as given. The directory lock is a POSIX record lock on the whole lock file, the
//! kind Java's `FileChannel.lock` takes, so that an Apache Kafka on the same directory and a Keld
//! keep each other out; because such locks do not exclude within one process, a table of the
//! process's own locks stands beside it.

use super::reclaim;
use crate::disk::{
    DirEntry, DirectoryLock, Disk, DiskSpace, File, FileKind, OpenMode, Volume,
    is_out_of_descriptors,
};
use rustix::fs::{FallocateFlags, FlockOperation};
use rustix::io::{Errno, ReadWriteFlags};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The most slices one `pwritev` takes (`IOV_MAX` of Linux).
const SLICES_MAX: usize = 1024;

/// Before this version of Linux `syncfs` returns 0 though a write-back failed.
const SYNCFS_REPORTS_FAILURES: (u32, u32) = (5, 8);

/// Lock files that this process holds, by device and inode.
static LOCKED: Mutex<BTreeSet<(u64, u64)>> = Mutex::new(BTreeSet::new());

/// The machine's files.
#[derive(Debug, Default)]
pub struct OsDisk;

#[derive(Debug)]
struct OsFile(fs::File);

/// A directory's descriptor: `syncfs` reports what failed on the volume since it was opened.
#[derive(Debug)]
struct OsVolume(fs::File);

impl Volume for OsVolume {
    fn sync(&self) -> io::Result<()> {
        rustix::fs::syncfs(&self.0).map_err(io::Error::from)
    }
}

#[derive(Debug)]
struct OsLock {
    key: (u64, u64),
    file: Option<fs::File>,
}

impl DirectoryLock for OsLock {}

impl Drop for OsLock {
    fn drop(&mut self) {
        let mut locked = LOCKED.lock().unwrap_or_else(PoisonError::into_inner);
        // The kernel drops the record lock with the descriptor.
        self.file.take();
        locked.remove(&self.key);
    }
}

/// Adds the path to an error, as every message to a user needs it.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| {
        if is_out_of_descriptors(&error) {
            // Known by its number alone.
            return error;
        }
        io::Error::new(error.kind(), PathError { path: path.display().to_string(), error })
    })
}

#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
struct PathError {
    path: String,
    #[source]
    error: io::Error,
}

impl Disk for OsDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut options = fs::OpenOptions::new();
        options.read(true);
        match mode {
            OpenMode::Read => &mut options,
            OpenMode::Write => options.write(true),
            OpenMode::Create => options.write(true).create(true).truncate(false),
            OpenMode::CreateNew => options.write(true).create_new(true),
            OpenMode::Truncate => options.write(true).create(true).truncate(true),
        };
        Ok(Arc::new(OsFile(at(path, options.open(path))?)))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in at(dir, fs::read_dir(dir))? {
            let entry = at(dir, entry)?;
            let kind = at(dir, entry.file_type())?;
            entries.push(DirEntry {
                name: entry.file_name().to_string_lossy().into_owned(),
                kind: kind_of(kind),
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn stat(&self, path: &Path) -> io::Result<Option<(FileKind, u64)>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some((kind_of(metadata.file_type()), metadata.len()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => at(path, Err(error)),
        }
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        at(dir, fs::create_dir_all(dir))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        at(from, fs::rename(from, to))
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        at(path, reclaim::remove_file(path))
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        at(dir, reclaim::remove_dir_all(dir))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // The parent of a bare file name is the empty path.
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        at(dir, fs::File::open(dir).and_then(|file| file.sync_all()))
    }

    fn volume(&self, dir: &Path) -> io::Result<Arc<dyn Volume>> {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        if kernel_version(&release) < Some(SYNCFS_REPORTS_FAILURES) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Arc::new(OsVolume(at(dir, fs::File::open(dir))?)))
    }

    fn open_files_max(&self) -> usize {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }

    fn space(&self, dir: &Path) -> io::Result<DiskSpace> {
        let volume = at(dir, rustix::fs::statvfs(dir).map_err(io::Error::from))?;
        Ok(DiskSpace {
            total_bytes: volume.f_blocks.saturating_mul(volume.f_frsize),
            usable_bytes: volume.f_bavail.saturating_mul(volume.f_frsize),
        })
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DirectoryLock>> {
        let mut locked = LOCKED.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked up before opening: closing any descriptor of the file would give up a lock that
        // this process holds on it.
        if let Ok(metadata) = fs::metadata(path)
            && locked.contains(&(metadata.dev(), metadata.ino()))
        {
            return at(path, Err(held("this process")));
        }
        let mut options = fs::OpenOptions::new();
        let file =
            at(path, options.read(true).write(true).create(true).truncate(false).open(path))?;
        match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::AGAIN | Errno::ACCESS) => return at(path, Err(held("another process"))),
            Err(error) => return at(path, Err(error.into())),
        }
        let metadata = at(path, file.metadata())?;
        let key = (metadata.dev(), metadata.ino());
        locked.insert(key);
        Ok(Box::new(OsLock { key, file: Some(file) }))
    }
}

/// Major and minor version of `uname -r`.
fn kernel_version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn held(by: &str) -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, format!("the lock is held by {by}"))
}

fn kind_of(kind: fs::FileType) -> FileKind {
    if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Directory
    } else {
        FileKind::Other
    }
}

impl File for OsFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match rustix::io::pread(&self.0, &mut buffer[filled..], position + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }

    fn read_at_now(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let mut slices = [IoSliceMut::new(&mut buffer[filled..])];
            let at = position + filled as u64;
            match rustix::io::preadv2(&self.0, &mut slices, at, ReadWriteFlags::NOWAIT) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(Errno::INTR) => {}
                // Not on this file system, or kernel.
                Err(Errno::OPNOTSUPP | Errno::NOSYS) => return self.read_at(buffer, position),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
        let mut position = position;
        let mut slices = slices;
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            let head = &slices[..slices.len().min(SLICES_MAX)];
            match rustix::io::pwritev(&self.0, head, position) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    position += written as u64;
                    IoSlice::advance_slices(&mut slices, written);
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        // Every fetch asks; `metadata` asks the system for more.
        let size = rustix::fs::fstat(&self.0)?.st_size;
        u64::try_from(size).map_err(io::Error::other)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn reserve(&self, position: u64, length: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, position, length) {
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_the_kernel_is_read_from_its_release() {
        assert_eq!(kernel_version("6.18.5-arch1-1\n"), Some((6, 18)));
        assert_eq!(kernel_version("5.4"), Some((5, 4)));
        assert!(kernel_version("5.4") < Some(SYNCFS_REPORTS_FAILURES));
        assert_eq!(kernel_version("unknown"), None);
        assert!(kernel_version("") < Some(SYNCFS_REPORTS_FAILURES));
    }
}
