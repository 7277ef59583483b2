//! A disk whose reads take time: what was not read lately is not in memory.
//!
//! Wraps an [`Env`]: files whose path contains a text have a page cache that a test can empty
//! ([`SlowReads::chill`]). A read that would wait fails where it may not wait; blocking work takes
//! as long as was asked for, in virtual time, while everything else goes on. Reads that waited on a
//! worker are counted.

use crate::Env;
use crate::clock::Clock;
use crate::disk::{DirEntry, DirectoryLock, Disk, DiskSpace, File, FileKind, OpenMode, Volume};
use crate::spawn::{Bell, BoxFuture, Spawn};
use std::collections::BTreeSet;
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is in memory is counted in pages of this size.
const PAGE_BYTES: u64 = 4096;

/// What a slow disk has in memory, and what waited for it.
#[derive(Debug)]
pub struct SlowReads {
    path_contains: String,
    latency: Duration,
    is_blocking: AtomicBool,
    stalls: AtomicUsize,
    cold_reads: AtomicUsize,
    /// Before the first chill everything is in memory.
    warm: Mutex<Option<BTreeSet<(PathBuf, u64)>>>,
}

#[derive(Debug)]
struct SlowDisk {
    disk: Arc<dyn Disk>,
    slow: Arc<SlowReads>,
}

#[derive(Debug)]
struct SlowFile {
    file: Arc<dyn File>,
    path: PathBuf,
    slow: Arc<SlowReads>,
}

#[derive(Debug)]
struct SlowSpawn {
    spawn: Arc<dyn Spawn>,
    clock: Arc<dyn Clock>,
    slow: Arc<SlowReads>,
}

impl SlowReads {
    /// An environment whose blocking work takes `latency`, and whose files with such a path can be
    /// chilled.
    pub fn wrap(env: &Env, path_contains: &str, latency: Duration) -> (Env, Arc<Self>) {
        let slow = Arc::new(Self {
            path_contains: path_contains.to_owned(),
            latency,
            is_blocking: AtomicBool::new(false),
            stalls: AtomicUsize::new(0),
            cold_reads: AtomicUsize::new(0),
            warm: Mutex::new(None),
        });
        let mut env = env.clone();
        env.disk = Arc::new(SlowDisk { disk: env.disk, slow: Arc::clone(&slow) });
        env.spawn = Arc::new(SlowSpawn {
            spawn: env.spawn,
            clock: Arc::clone(&env.clock),
            slow: Arc::clone(&slow),
        });
        (env, slow)
    }

    /// Empties the page cache of the files.
    pub fn chill(&self) {
        *self.warm() = Some(BTreeSet::new());
    }

    /// How often a read waited for the disk where nothing may wait.
    pub fn stalls(&self) -> usize {
        self.stalls.load(Ordering::Relaxed)
    }

    /// How often one waited beside the workers.
    pub fn cold_reads(&self) -> usize {
        self.cold_reads.load(Ordering::Relaxed)
    }

    fn warm(&self) -> MutexGuard<'_, Option<BTreeSet<(PathBuf, u64)>>> {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all the pages were in memory; they are from now on if `fetch`.
    fn touch(&self, path: &Path, position: u64, length: usize, fetch: bool) -> bool {
        let mut warm = self.warm();
        let Some(warm) = warm.as_mut() else { return true };
        let last = position + (length as u64).saturating_sub(1);
        let mut was_warm = true;
        for page in position / PAGE_BYTES..=last / PAGE_BYTES {
            let key = (path.to_owned(), page);
            if !warm.contains(&key) {
                was_warm = false;
                if fetch {
                    warm.insert(key);
                }
            }
        }
        was_warm
    }
}

impl File for SlowFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        if !self.slow.touch(&self.path, position, buffer.len(), true) {
            let count = match self.slow.is_blocking.load(Ordering::Relaxed) {
                true => &self.slow.cold_reads,
                false => &self.slow.stalls,
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.file.read_at(buffer, position)
    }

    fn read_at_now(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let held = self.file.len()?.saturating_sub(position);
        let length = buffer.len().min(usize::try_from(held).unwrap_or(usize::MAX));
        if length > 0 && !self.slow.touch(&self.path, position, length, false) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.file.read_at(buffer, position)
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
        let length = slices.iter().map(|slice| slice.len()).sum();
        self.slow.touch(&self.path, position, length, true);
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

impl Disk for SlowDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let file = self.disk.open(path, mode)?;
        if !path.to_string_lossy().contains(&self.slow.path_contains) {
            return Ok(file);
        }
        Ok(Arc::new(SlowFile { file, path: path.to_owned(), slow: Arc::clone(&self.slow) }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.disk.list(dir)
    }

    fn stat(&self, path: &Path) -> io::Result<Option<(FileKind, u64)>> {
        self.disk.stat(path)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.disk.remove_file(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.disk.remove_dir_all(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }

    fn open_files_max(&self) -> usize {
        self.disk.open_files_max()
    }

    fn volume(&self, dir: &Path) -> io::Result<Arc<dyn Volume>> {
        self.disk.volume(dir)
    }

    fn space(&self, dir: &Path) -> io::Result<DiskSpace> {
        self.disk.space(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DirectoryLock>> {
        self.disk.lock(path)
    }
}

impl Spawn for SlowSpawn {
    fn workers(&self) -> usize {
        self.spawn.workers()
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<()>) {
        self.spawn.spawn(name, task);
    }

    fn spawn_on(&self, worker: usize, name: &'static str, task: BoxFuture<()>) {
        self.spawn.spawn_on(worker, name, task);
    }

    fn blocking(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) -> BoxFuture<()> {
        let slow = Arc::clone(&self.slow);
        let timer = self.clock.sleep_until(self.clock.monotonic() + slow.latency);
        let (done, finished) = tokio::sync::oneshot::channel();
        let task = async move {
            timer.await;
            slow.is_blocking.store(true, Ordering::Relaxed);
            work();
            slow.is_blocking.store(false, Ordering::Relaxed);
            // Nobody waits when the future was dropped.
            done.send(()).ok();
        };
        self.spawn.spawn(name, Box::pin(task));
        Box::pin(async move {
            finished.await.ok();
        })
    }

    fn urgent(&self, name: &'static str, work: Box<dyn FnOnce() + Send>) {
        self.spawn.urgent(name, work);
    }

    fn pause(&self, duration: Duration) {
        self.spawn.pause(duration);
    }

    fn bell(&self) -> Arc<dyn Bell> {
        self.spawn.bell()
    }
}
