//! The simulated disk: what a power loss may leave is decided here, by rule and by seed.
//!
//! Every file keeps what is durable (as of its last good sync) and the operations since; every
//! directory keeps its durable entries, and the changes of names since its last sync wait in one
//! ordered list. [`SimDisk::crashed`] makes the disk as a fresh process would find it: after a
//! killed process everything is there, after a power loss un-synced writes are kept or dropped per
//! sector of 512 bytes and un-synced names are kept or dropped per change.
//!
//! With [`SimDisk::record`] on, each change is also written to a list, and
//! [`SimDisk::crashed_at`] makes the disk as it was after any prefix of it: a test can restart from
//! every point of a workload.

mod faults;
mod tree;

pub use faults::{DiskFault, DiskOperation, FaultEffect};
pub use tree::Crash;

use crate::clock::Clock;
use crate::disk::{DirEntry, DirectoryLock, Disk, DiskSpace, File, FileKind, OpenMode, Volume};
use crate::sim::clock::SimClock;
use faults::Faults;
use std::collections::BTreeSet;
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tree::{Change, Inode, Tree};

/// The size of the piece that a power loss keeps or drops as a whole.
pub const SECTOR_BYTES: usize = 512;

/// The capacity of a new disk: as good as endless.
const CAPACITY_BYTES: u64 = 1 << 40;

/// A disk in memory with the failures of a real one. Clones share the disk.
#[derive(Clone, Debug)]
pub struct SimDisk {
    shared: Arc<Mutex<Shared>>,
    clock: Option<SimClock>,
}

#[derive(Debug)]
struct Shared {
    tree: Tree,
    faults: Faults,
    locked: BTreeSet<PathBuf>,
    recording: Option<Recording>,
    capacity_bytes: u64,
}

#[derive(Debug)]
struct Recording {
    start: Tree,
    changes: Vec<Change>,
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    inode: Inode,
    path: PathBuf,
    writable: bool,
}

#[derive(Debug)]
struct SimVolume {
    disk: SimDisk,
    path: PathBuf,
}

impl Volume for SimVolume {
    fn sync(&self) -> io::Result<()> {
        match self.disk.begin(DiskOperation::SyncVolume, &self.path) {
            Ok(mut shared) => {
                shared.commit(Change::SyncAll);
                Ok(())
            }
            Err(error) => {
                self.disk.shared().commit(Change::SyncAllFailed);
                Err(error)
            }
        }
    }
}

#[derive(Debug)]
struct SimLock {
    disk: SimDisk,
    path: PathBuf,
}

impl DirectoryLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.disk.shared().locked.remove(&self.path);
    }
}

impl Default for SimDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl SimDisk {
    /// An empty disk of one tebibyte.
    pub fn new() -> Self {
        Self::from_tree(Tree::new(), None)
    }

    /// An empty disk whose latency faults move `clock`.
    pub fn with_clock(clock: SimClock) -> Self {
        Self::from_tree(Tree::new(), Some(clock))
    }

    /// The same disk, whose latency faults move `clock`.
    pub(super) fn on_clock(self, clock: SimClock) -> Self {
        Self { clock: Some(clock), ..self }
    }

    fn from_tree(tree: Tree, clock: Option<SimClock>) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                tree,
                faults: Faults::default(),
                locked: BTreeSet::new(),
                recording: None,
                capacity_bytes: CAPACITY_BYTES,
            })),
            clock,
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk as the next process finds it after `crash` now. This disk is left as it is.
    pub fn crashed(&self, crash: Crash) -> Self {
        let tree = self.shared().tree.crashed(crash);
        Self::from_tree(tree, self.clock.clone())
    }

    /// Starts recording changes from the present state; what was recorded before is forgotten.
    pub fn record(&self) {
        let mut shared = self.shared();
        let start = shared.tree.clone();
        shared.recording = Some(Recording { start, changes: Vec::new() });
    }

    /// How many changes were recorded since [`Self::record`].
    pub fn recorded(&self) -> usize {
        self.shared().recording.as_ref().map_or(0, |recording| recording.changes.len())
    }

    /// The disk as the next process finds it when `crash` came after the first `changes` recorded
    /// changes; `None` when fewer were recorded.
    pub fn crashed_at(&self, changes: usize, crash: Crash) -> Option<Self> {
        let tree = {
            let shared = self.shared();
            let recording = shared.recording.as_ref()?;
            let mut tree = recording.start.clone();
            for change in recording.changes.get(..changes)? {
                tree.apply(change.clone());
            }
            tree
        };
        Some(Self::from_tree(tree.crashed(crash), self.clock.clone()))
    }

    /// How many un-synced operations (writes, cuts, names) stand now: the width of a
    /// [`Crash::Keep`] mask.
    pub fn unsynced(&self) -> usize {
        self.shared().tree.unsynced()
    }

    /// Adds a fault. Faults are tried in the order they were added.
    pub fn inject(&self, fault: DiskFault) {
        self.shared().faults.add(fault);
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.shared().faults = Faults::default();
    }

    /// Limits the bytes of all files together; writes beyond fail with `StorageFull`.
    pub fn set_capacity(&self, bytes: u64) {
        self.shared().capacity_bytes = bytes;
    }

    /// Flips bits of a file, in the durable bytes too: damage that no process did.
    pub fn flip_bits(&self, path: &Path, position: u64, mask: u8) -> io::Result<()> {
        let mut shared = self.shared();
        let inode = shared.tree.file(path)?;
        let change = Change::Flip { inode, position, mask };
        shared.commit(change);
        Ok(())
    }

    /// The bytes of a file as processes see them.
    pub fn content(&self, path: &Path) -> io::Result<Vec<u8>> {
        let shared = self.shared();
        let inode = shared.tree.file(path)?;
        Ok(shared.tree.content(inode).to_vec())
    }

    /// Runs the faults for one operation, then takes the lock.
    fn begin(&self, operation: DiskOperation, path: &Path) -> io::Result<MutexGuard<'_, Shared>> {
        let mut shared = self.shared();
        let effect = shared.faults.effect(operation, path);
        if let Some(FaultEffect::Latency(latency)) = &effect
            && let Some(clock) = &self.clock
        {
            clock.advance_to(clock.monotonic() + *latency);
        }
        match effect {
            Some(FaultEffect::Error(kind)) => Err(io::Error::new(
                kind,
                format!("{}: injected {kind} on {operation:?}", path.display()),
            )),
            Some(FaultEffect::Latency(_)) | None => Ok(shared),
        }
    }
}

impl Shared {
    fn commit(&mut self, change: Change) {
        if let Some(recording) = &mut self.recording {
            recording.changes.push(change.clone());
        }
        self.tree.apply(change);
    }

    fn check_space(&self, growth: u64, path: &Path) -> io::Result<()> {
        // Counting walks the whole disk: only done when a test made it small.
        let full = self.capacity_bytes < CAPACITY_BYTES
            && self.tree.used_bytes().saturating_add(growth) > self.capacity_bytes;
        if full { Err(tree::error(io::ErrorKind::StorageFull, path)) } else { Ok(()) }
    }
}

impl Disk for SimDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut shared = self.begin(DiskOperation::Open, path)?;
        let found = shared.tree.find(path);
        let inode = match (found, mode) {
            (Some(_), OpenMode::CreateNew) => {
                return Err(tree::error(io::ErrorKind::AlreadyExists, path));
            }
            (Some(_), _) => {
                let inode = shared.tree.file(path)?;
                if mode == OpenMode::Truncate && !shared.tree.content(inode).is_empty() {
                    shared.commit(Change::Cut { inode, length: 0 });
                }
                inode
            }
            (None, OpenMode::Read | OpenMode::Write) => {
                return Err(tree::error(io::ErrorKind::NotFound, path));
            }
            (None, OpenMode::Create | OpenMode::CreateNew | OpenMode::Truncate) => {
                let (dir, name) = shared.tree.parent(path)?;
                let inode = shared.tree.next_inode();
                shared.commit(Change::CreateFile { dir, name, inode });
                inode
            }
        };
        let writable = mode != OpenMode::Read;
        drop(shared);
        Ok(Arc::new(SimFile { disk: self.clone(), inode, path: path.to_owned(), writable }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let shared = self.begin(DiskOperation::List, dir)?;
        let inode = shared.tree.dir(dir)?;
        Ok(shared.tree.list(inode))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<(FileKind, u64)>> {
        let shared = self.begin(DiskOperation::Stat, path)?;
        Ok(shared.tree.find(path).map(|inode| shared.tree.stat(inode)))
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut shared = self.begin(DiskOperation::CreateDir, dir)?;
        let ancestors: Vec<&Path> = dir.ancestors().collect();
        for path in ancestors.into_iter().rev() {
            if path.as_os_str().is_empty() || shared.tree.find(path).is_some() {
                continue;
            }
            let (parent, name) = shared.tree.parent(path)?;
            let inode = shared.tree.next_inode();
            shared.commit(Change::CreateDir { dir: parent, name, inode });
        }
        shared.tree.dir(dir).map(|_| ())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut shared = self.begin(DiskOperation::Rename, from)?;
        let inode = shared.tree.find(from).ok_or(tree::error(io::ErrorKind::NotFound, from))?;
        let kind = shared.tree.stat(inode).0;
        if let Some(target) = shared.tree.find(to) {
            if target == inode {
                return Ok(());
            }
            if shared.tree.stat(target).0 != kind {
                return Err(tree::error(io::ErrorKind::AlreadyExists, to));
            }
            if kind == FileKind::Directory && !shared.tree.list(target).is_empty() {
                return Err(tree::error(io::ErrorKind::DirectoryNotEmpty, to));
            }
        }
        let from = shared.tree.parent(from)?;
        let to = shared.tree.parent(to)?;
        shared.commit(Change::Rename { from, to, inode });
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut shared = self.begin(DiskOperation::Remove, path)?;
        shared.tree.file(path)?;
        let (dir, name) = shared.tree.parent(path)?;
        shared.commit(Change::Remove { dir, name });
        Ok(())
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut shared = self.begin(DiskOperation::Remove, dir)?;
        let root = shared.tree.dir(dir)?;
        let mut removals = Vec::new();
        shared.tree.removals(root, &mut removals);
        for removal in removals {
            shared.commit(removal);
        }
        let (parent, name) = shared.tree.parent(dir)?;
        shared.commit(Change::Remove { dir: parent, name });
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut shared = self.begin(DiskOperation::SyncDir, dir)?;
        let inode = shared.tree.dir(dir)?;
        shared.commit(Change::SyncDir { dir: inode });
        Ok(())
    }

    fn volume(&self, dir: &Path) -> io::Result<Arc<dyn Volume>> {
        let shared = self.begin(DiskOperation::Open, dir)?;
        shared.tree.dir(dir)?;
        drop(shared);
        Ok(Arc::new(SimVolume { disk: self.clone(), path: dir.to_owned() }))
    }

    fn space(&self, dir: &Path) -> io::Result<DiskSpace> {
        let shared = self.begin(DiskOperation::Stat, dir)?;
        shared.tree.dir(dir)?;
        let used = shared.tree.used_bytes();
        Ok(DiskSpace {
            total_bytes: shared.capacity_bytes,
            usable_bytes: shared.capacity_bytes.saturating_sub(used),
        })
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DirectoryLock>> {
        drop(self.open(path, OpenMode::Create)?);
        if !self.shared().locked.insert(path.to_owned()) {
            return Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{}: the lock is held by this process", path.display()),
            ));
        }
        Ok(Box::new(SimLock { disk: self.clone(), path: path.to_owned() }))
    }
}

impl SimFile {
    fn check_writable(&self) -> io::Result<()> {
        if self.writable {
            Ok(())
        } else {
            Err(tree::error(io::ErrorKind::PermissionDenied, &self.path))
        }
    }
}

impl File for SimFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let shared = self.disk.begin(DiskOperation::Read, &self.path)?;
        let content = shared.tree.content(self.inode);
        let start = usize::try_from(position).unwrap_or(usize::MAX).min(content.len());
        let length = buffer.len().min(content.len() - start);
        buffer[..length].copy_from_slice(&content[start..start + length]);
        Ok(length)
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
        self.check_writable()?;
        let data: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        let mut shared = self.disk.begin(DiskOperation::Write, &self.path)?;
        let before = shared.tree.content(self.inode).len() as u64;
        let growth = (position + data.len() as u64).saturating_sub(before);
        shared.check_space(growth, &self.path)?;
        if !data.is_empty() {
            shared.commit(Change::Write { inode: self.inode, position, data: data.into() });
        }
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        let shared = self.disk.begin(DiskOperation::Stat, &self.path)?;
        Ok(shared.tree.content(self.inode).len() as u64)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.check_writable()?;
        let mut shared = self.disk.begin(DiskOperation::Truncate, &self.path)?;
        shared.commit(Change::Cut { inode: self.inode, length });
        Ok(())
    }

    fn reserve(&self, position: u64, length: u64) -> io::Result<()> {
        self.check_writable()?;
        let shared = self.disk.begin(DiskOperation::Reserve, &self.path)?;
        let before = shared.tree.content(self.inode).len() as u64;
        let growth = position.saturating_add(length).saturating_sub(before);
        shared.check_space(growth, &self.path)
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.disk.begin(DiskOperation::Sync, &self.path) {
            Ok(mut shared) => {
                shared.commit(Change::Sync { inode: self.inode });
                Ok(())
            }
            Err(error) => {
                // As the kernel does: the dirty pages are marked clean, a later sync skips them.
                self.disk.shared().commit(Change::SyncFailed { inode: self.inode });
                Err(error)
            }
        }
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}
