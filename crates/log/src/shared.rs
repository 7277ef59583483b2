//! What the logs of one directory share: the disk, whether it still works, and a bounded set of
//! open files of older segments.

use crate::checkpoint::{self, PartitionOffsets};
use crate::compact::CleanerOffsets;
use crate::error::LogError;
use crate::names;
use crate::open_files::OpenFiles;
use crate::space::{Shortage, Space};
use keld_env::{Disk, File, OpenMode, Volume, is_out_of_descriptors};
use keld_types::{Offset, TopicPartition};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many files of older segments one directory keeps open.
const CACHED_FILES_MAX: usize = 256;

/// One log directory's disk and state.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) path: PathBuf,
    /// The volume it lies on, held open to be told of every failed write-back; `None` where volumes
    /// cannot be synced as a whole.
    pub(crate) volume: Option<Arc<dyn Volume>>,
    /// The files of active segments.
    pub(crate) open_files: OpenFiles,
    offline: AtomicBool,
    cache: Mutex<VecDeque<(FileKey, Arc<dyn File>)>>,
    next_log: AtomicU64,
    checkpoints: Mutex<Checkpoints>,
    pub(crate) space: Space,
    /// Up to where each partition was compacted.
    pub(crate) cleaned: CleanerOffsets,
}

/// What is checkpointed of the partitions of a directory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Checkpoints {
    pub(crate) recovery_points: PartitionOffsets,
    pub(crate) log_starts: PartitionOffsets,
    pub(crate) high_watermarks: PartitionOffsets,
    /// Whether each of the three differs from its file.
    pub(crate) changed: [bool; 3],
}

/// A cached file: which log, and the file's name in its directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FileKey {
    pub(crate) log: u64,
    pub(crate) name: String,
}

impl Shared {
    pub(crate) fn new(disk: Arc<dyn Disk>, path: PathBuf) -> Self {
        Self {
            volume: disk.volume(&path).ok(),
            open_files: OpenFiles::new(disk.open_files_max()),
            disk,
            path,
            offline: AtomicBool::new(false),
            cache: Mutex::new(VecDeque::new()),
            next_log: AtomicU64::new(0),
            checkpoints: Mutex::new(Checkpoints::default()),
            space: Space::default(),
            cleaned: CleanerOffsets::default(),
        }
    }

    fn checkpoints(&self) -> MutexGuard<'_, Checkpoints> {
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_checkpoints(&self, checkpoints: Checkpoints) {
        *self.checkpoints() = checkpoints;
    }

    /// Recovery point, log start offset and high watermark of a partition, 0 where unknown.
    pub(crate) fn checkpointed(&self, partition: &TopicPartition) -> (Offset, Offset, Offset) {
        let held = self.checkpoints();
        let of = |offsets: &PartitionOffsets| offsets.get(partition).copied();
        (
            of(&held.recovery_points).unwrap_or(Offset::ZERO),
            of(&held.log_starts).unwrap_or(Offset::ZERO),
            of(&held.high_watermarks).unwrap_or(Offset::ZERO),
        )
    }

    /// Takes a partition's offsets; the files follow with the next write.
    pub(crate) fn note_offsets(
        &self,
        partition: &TopicPartition,
        durable: Offset,
        log_start: Option<Offset>,
        high_watermark: Offset,
    ) {
        let mut held = self.checkpoints();
        let changed = [
            held.recovery_points.insert(partition.clone(), durable) != Some(durable),
            match log_start {
                Some(start) => held.log_starts.insert(partition.clone(), start) != Some(start),
                None => held.log_starts.remove(partition).is_some(),
            },
            held.high_watermarks.insert(partition.clone(), high_watermark) != Some(high_watermark),
        ];
        held.changed.iter_mut().zip(changed).for_each(|(slot, changed)| *slot |= changed);
    }

    /// A partition is no longer here.
    pub(crate) fn forget_offsets(&self, partition: &TopicPartition) {
        self.cleaned.forget(partition);
        let mut held = self.checkpoints();
        let changed = [
            held.recovery_points.remove(partition).is_some(),
            held.log_starts.remove(partition).is_some(),
            held.high_watermarks.remove(partition).is_some(),
        ];
        held.changed.iter_mut().zip(changed).for_each(|(slot, changed)| *slot |= changed);
    }

    /// Raises a recovery point to what is durable; the file follows with the next write.
    pub(crate) fn raise_recovery_point(&self, partition: &TopicPartition, durable: Offset) {
        let mut held = self.checkpoints();
        let known = held.recovery_points.get(partition).copied();
        if known.is_none_or(|known| known < durable) {
            held.recovery_points.insert(partition.clone(), durable);
            held.changed[0] = true;
        }
    }

    /// Lowers a recovery point that is checkpointed above `offset`, durable when this returns.
    pub(crate) fn lower_recovery_point(
        &self,
        partition: &TopicPartition,
        offset: Offset,
    ) -> Result<(), LogError> {
        let is_above = {
            let mut held = self.checkpoints();
            match held.recovery_points.get_mut(partition) {
                Some(point) if *point > offset => {
                    *point = offset;
                    held.changed[0] = true;
                    true
                }
                Some(_) | None => false,
            }
        };
        if is_above { self.write_checkpoints() } else { Ok(()) }
    }

    /// Writes the checkpoints that changed. The lock is held meanwhile, so that an older state
    /// never overwrites a newer one.
    pub(crate) fn write_checkpoints(&self) -> Result<(), LogError> {
        let mut held = self.checkpoints();
        let files = [names::RECOVERY_POINTS, names::LOG_STARTS, names::HIGH_WATERMARKS];
        for (index, name) in files.into_iter().enumerate() {
            if !held.changed.get(index).is_some_and(|changed| *changed) {
                continue;
            }
            let offsets = match index {
                0 => &held.recovery_points,
                1 => &held.log_starts,
                _ => &held.high_watermarks,
            };
            let text = checkpoint::encode_offsets(offsets);
            self.replace_file(&self.path.join(name), text.as_bytes())?;
            if let Some(changed) = held.changed.get_mut(index) {
                *changed = false;
            }
        }
        Ok(())
    }

    /// Refuses an append of `bytes` that would leave less than `reserve` bytes of the volume free.
    pub(crate) fn take_space(&self, reserve: u64, bytes: u64) -> Result<(), LogError> {
        if reserve == 0 {
            return Ok(());
        }
        let ask = || self.disk.space(&self.path).ok();
        let taken = self.space.take(&self.path, reserve, bytes, ask);
        taken.map_err(|Shortage { usable_bytes, missing_bytes }| LogError::Full {
            path: self.path.clone(),
            usable_bytes,
            missing_bytes,
        })
    }

    /// A number for a log, unique in this directory.
    pub(crate) fn next_log(&self) -> u64 {
        self.next_log.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Acquire)
    }

    /// Takes the directory offline, for good.
    pub(crate) fn go_offline(&self) {
        self.offline.store(true, Ordering::Release);
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.open_files.close_all();
    }

    /// Does what takes a descriptor; while there is none, files that can be opened again are closed.
    pub(crate) fn with_descriptor<T>(
        &self,
        mut take: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            match take() {
                Err(error) if is_out_of_descriptors(&error) && self.relieve() => {}
                result => return result,
            }
        }
    }

    /// Closes files that can be opened again. Returns whether there was one.
    fn relieve(&self) -> bool {
        let cached =
            std::mem::take(&mut *self.cache.lock().unwrap_or_else(PoisonError::into_inner));
        let had_cached = !cached.is_empty();
        drop(cached);
        had_cached || self.open_files.relieve()
    }

    /// Syncs everything on the volume.
    pub(crate) fn sync_volume(&self) -> Result<(), LogError> {
        let Some(volume) = &self.volume else { return Ok(()) };
        volume.sync().map_err(|error| self.failure("sync", &self.path, error))
    }

    /// Refuses when the directory is offline.
    pub(crate) fn check(&self) -> Result<(), LogError> {
        if self.is_offline() {
            return Err(LogError::Offline { path: self.path.clone() });
        }
        Ok(())
    }

    /// Turns a failed operation into the log's error; anything but a full disk takes the directory
    /// offline, and a failed sync whatever its cause.
    pub(crate) fn failure(&self, action: &'static str, path: &Path, error: io::Error) -> LogError {
        let error = match action {
            // Even for want of space: what could not be written back is gone from memory.
            "sync" if !is_out_of_descriptors(&error) => {
                LogError::Io { action, path: path.to_owned(), source: error }
            }
            _ => LogError::io(action, path)(error),
        };
        if error.is_fatal() {
            tracing::error!(
                dir = %self.path.display(), path = %path.display(), %error,
                "log directory goes offline"
            );
            self.go_offline();
        }
        error
    }

    /// The file by its key, opened for reading if it is not at hand; `None` when there is none.
    pub(crate) fn cached_if_there(
        &self,
        key: FileKey,
        path: &Path,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = cache.iter().position(|(held, _)| *held == key)
                && let Some(entry) = cache.remove(found)
            {
                let file = Arc::clone(&entry.1);
                cache.push_back(entry);
                return Ok(Some(file));
            }
        }
        let file = match self.with_descriptor(|| self.disk.open(path, OpenMode::Read)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failure("open", path, error)),
        };
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHED_FILES_MAX {
            cache.pop_front();
        }
        cache.push_back((key, Arc::clone(&file)));
        Ok(Some(file))
    }

    /// Closes the cached files of a log whose name satisfies `gone`.
    pub(crate) fn forget(&self, log: u64, gone: impl Fn(&str) -> bool) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|(key, _)| key.log != log || !gone(&key.name));
    }

    pub(crate) fn open(&self, path: &Path, mode: OpenMode) -> Result<Arc<dyn File>, LogError> {
        let opened = self.with_descriptor(|| self.disk.open(path, mode));
        opened.map_err(|error| self.failure("open", path, error))
    }

    /// Reads a small file; `None` when it is not there.
    pub(crate) fn read_small(
        &self,
        path: &Path,
        bytes_max: u64,
    ) -> Result<Option<Vec<u8>>, LogError> {
        match self.with_descriptor(|| self.disk.read_file(path, bytes_max)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(LogError::InvalidFile { path: path.to_owned(), reason: error.to_string() })
            }
            Err(error) => Err(self.failure("read", path, error)),
        }
    }

    pub(crate) fn replace_file(&self, path: &Path, content: &[u8]) -> Result<(), LogError> {
        let replaced = self.with_descriptor(|| self.disk.replace_file(path, content));
        replaced.map_err(|error| self.failure("replace", path, error))
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), LogError> {
        self.disk.rename(from, to).map_err(|error| self.failure("rename", from, error))
    }

    /// Renames a file that may be gone already. Returns whether it was there.
    pub(crate) fn rename_if_there(&self, from: &Path, to: &Path) -> Result<bool, LogError> {
        match self.disk.rename(from, to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failure("rename", from, error)),
        }
    }

    /// Removes a file that may be gone already. Returns whether it was there.
    pub(crate) fn remove_if_there(&self, path: &Path) -> Result<bool, LogError> {
        match self.disk.remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failure("remove", path, error)),
        }
    }

    /// Syncs a file that need not be there.
    pub(crate) fn sync_file(&self, path: &Path) -> Result<(), LogError> {
        let file = match self.with_descriptor(|| self.disk.open(path, OpenMode::Read)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.failure("open", path, error)),
        };
        file.sync_data().map_err(|error| self.failure("sync", path, error))
    }

    pub(crate) fn sync_dir(&self, path: &Path) -> Result<(), LogError> {
        let synced = self.with_descriptor(|| self.disk.sync_dir(path));
        synced.map_err(|error| self.failure("sync", path, error))
    }
}
