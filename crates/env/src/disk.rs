//! Files and directories, cut below Kafka's semantics: bytes at positions, and what is durable.
//!
//! Durability rules every caller may rely on, and the simulator enforces: written bytes survive a
//! killed process at once, but a power loss only after [`File::sync_data`]; a created, renamed or
//! removed name survives a power loss only after [`Disk::sync_dir`] of its directory. After a failed
//! `sync_data` nothing is known of the bytes written since the last good one: never retry it.

use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How [`Disk::open`] treats a file that is, or is not, there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenMode {
    /// Must exist; only reads.
    Read,
    /// Must exist; reads and writes.
    Write,
    /// Created empty if absent; reads and writes.
    Create,
    /// Must not exist; created empty; reads and writes.
    CreateNew,
    /// Created if absent, emptied if present; reads and writes.
    Truncate,
}

/// What a directory entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Anything else: never touched.
    Other,
}

/// One entry of a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// The last part of the path. Names that are not UTF-8 are converted lossily and never opened.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
}

/// Size of the volume a directory lies on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DiskSpace {
    /// Bytes in all.
    pub total_bytes: u64,
    /// Bytes that this process may still fill.
    pub usable_bytes: u64,
}

/// An exclusive lock on a directory, given back when dropped (and by the kernel when killed).
pub trait DirectoryLock: Send + Sync + Debug {}

/// Directories and names.
pub trait Disk: Send + Sync + Debug {
    /// Opens a file.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>>;

    /// The entries of a directory, sorted by name.
    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>>;

    /// The kind and length of a path; `None` when nothing is there.
    fn stat(&self, path: &Path) -> io::Result<Option<(FileKind, u64)>>;

    /// Creates a directory and its missing parents; fine when it exists.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;

    /// Renames a file or directory, replacing a file at the target, atomically.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a directory and all in it.
    fn remove_dir_all(&self, dir: &Path) -> io::Result<()>;

    /// Makes the directory's entries durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// The volume that `dir` lies on, held open; an error of kind `Unsupported` where it cannot be
    /// synced as a whole, or would not tell of failures.
    fn volume(&self, dir: &Path) -> io::Result<Arc<dyn Volume>>;

    /// How many files this process may have open at a time.
    fn open_files_max(&self) -> usize {
        usize::MAX
    }

    /// Size of the volume that `dir` lies on.
    fn space(&self, dir: &Path) -> io::Result<DiskSpace>;

    /// Takes the exclusive lock that the file `path` stands for (Kafka's `.lock`); an error of kind
    /// `WouldBlock` when somebody else, this process included, holds it.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn DirectoryLock>>;

    /// Writes a small file so that after a crash the old or the new content stands, never a mix:
    /// `path.tmp`, sync, rename, sync of the directory.
    fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".tmp");
        let temporary = PathBuf::from(temporary);
        let file = self.open(&temporary, OpenMode::Truncate)?;
        file.write_all_at(&mut [IoSlice::new(content)], 0)?;
        file.sync_data()?;
        self.rename(&temporary, path)?;
        match path.parent() {
            Some(dir) => self.sync_dir(dir),
            None => Ok(()),
        }
    }

    /// Reads a whole small file; refuses (`InvalidData`) one above `bytes_max`.
    fn read_file(&self, path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
        let file = self.open(path, OpenMode::Read)?;
        let length = file.len()?;
        if length > bytes_max {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} has {length} bytes, more than {bytes_max}", path.display()),
            ));
        }
        let mut content = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let read = file.read_at(&mut content, 0)?;
        content.truncate(read);
        Ok(content)
    }
}

/// Whether an operation failed because the process, or the system, has no descriptor left.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}

/// A volume, held open so that no write-back that failed since goes unseen.
pub trait Volume: Send + Sync + Debug {
    /// Makes everything on the volume durable: bytes, lengths and names, those of other processes
    /// too. As with [`File::sync_data`], a failure is final.
    fn sync(&self) -> io::Result<()>;
}

/// An open file: bytes at positions. Shared by readers and the one writer.
pub trait File: Send + Sync + Debug {
    /// Fills as much of `buffer` as the file has from `position`; less only at the end of the file.
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize>;

    /// The same without waiting for the disk: an error of kind `WouldBlock` when some of the bytes
    /// are not in memory. Where the system cannot tell it reads as [`Self::read_at`] does.
    fn read_at_now(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.read_at(buffer, position)
    }

    /// Whether the range can probably be read without waiting for the disk: its first and its last
    /// page are looked at. What cannot be told counts as yes.
    fn is_in_memory(&self, position: u64, length: usize) -> bool {
        let waits = |at: u64| {
            let error = self.read_at_now(&mut [0], at).err();
            error.is_some_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        };
        let last = position + (length as u64).saturating_sub(1);
        length == 0 || (!waits(position) && (last == position || !waits(last)))
    }

    /// Writes all the slices from `position` on; the file grows as needed. The slices are consumed.
    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()>;

    /// The file's length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Cuts (or extends with zeros) to `length`.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Reserves space without changing the length; does nothing where it is not supported.
    fn reserve(&self, position: u64, length: u64) -> io::Result<()>;

    /// Makes the bytes (and the length) durable.
    fn sync_data(&self) -> io::Result<()>;

    /// The descriptor for `sendfile`; `None` in the simulator.
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;
}
