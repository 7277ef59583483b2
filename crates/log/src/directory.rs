//! One directory of `log.dirs`: whose it is, the partitions in it, and what is checkpointed of them.
//!
//! Invariants: one process holds it (`.lock`); it belongs to the cluster and node that
//! `meta.properties` names; the mark of a clean stop is gone before anything is written; once a
//! write or sync failed it is offline until the process ends.

use crate::checkpoint::{self, PartitionOffsets};
use crate::config::LogConfig;
use crate::error::LogError;
use crate::log::{LogSetup, PartitionLog, Shutdown};
use crate::manifest::{self, Manifest};
use crate::meta_properties::{self, MetaProperties};
use crate::names::{self, DirectoryKind};
use crate::shared::{Checkpoints, Shared};
use crate::small_files;
use keld_env::{DirEntry, DirectoryLock, Disk, DiskSpace, FileKind};
use keld_types::{BrokerEpoch, Offset, TopicId, TopicPartition};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// From this many logs to close on the volume is synced as a whole.
const VOLUME_SYNC_MIN: usize = 16;

/// A partition's directory, found or made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PartitionDirectory {
    /// The partition; for a name that was cut for length, the cut topic.
    pub partition: TopicPartition,
    /// What the directory is for.
    pub kind: DirectoryKind,
    /// Where it is.
    pub path: PathBuf,
}

/// How to open a partition's log.
#[derive(Clone, Debug)]
pub struct OpenLog {
    /// The partition.
    pub partition: TopicPartition,
    /// Whether the served directory is meant, or one that is copied to.
    pub kind: DirectoryKind,
    /// The topic's id, if it is known.
    pub topic_id: Option<TopicId>,
    /// What the log obeys.
    pub config: LogConfig,
    /// The wall clock.
    pub now_ms: i64,
}

/// One directory of `log.dirs`.
#[derive(Debug)]
pub struct LogDirectory {
    shared: Arc<Shared>,
    meta: MetaProperties,
    shutdown: Shutdown,
    previous_broker_epoch: Option<BrokerEpoch>,
    /// The logs that the last clean stop left, as far as they were not opened yet.
    manifest: Mutex<Manifest>,
    /// The logs that this stop has closed.
    closed: Mutex<Manifest>,
    /// Held for the kernel's sake until this is dropped or released.
    lock: Mutex<Option<Box<dyn DirectoryLock>>>,
}

impl LogDirectory {
    /// Reads `meta.properties` of a directory that need not be formatted, or even exist.
    pub fn read_meta(disk: &dyn Disk, path: &Path) -> Result<Option<MetaProperties>, LogError> {
        let file = path.join(names::META_PROPERTIES);
        let content = match disk.read_file(&file, meta_properties::BYTES_MAX) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LogError::io("read", &file)(error)),
        };
        MetaProperties::decode(&content)
            .map(Some)
            .map_err(|reason| LogError::InvalidFile { path: file, reason })
    }

    /// Formats a directory: creates it and writes `meta.properties`.
    pub fn format(disk: &dyn Disk, path: &Path, meta: &MetaProperties) -> Result<(), LogError> {
        let new = missing_ancestors(disk, path)?;
        disk.create_dir_all(path).map_err(LogError::io("create", path))?;
        for dir in new.iter().filter_map(|dir| dir.parent()) {
            // A name is durable only with the directory that it stands in.
            disk.sync_dir(dir).map_err(LogError::io("sync", dir))?;
        }
        let file = path.join(names::META_PROPERTIES);
        disk.replace_file(&file, meta.encode().as_bytes()).map_err(LogError::io("write", &file))
    }

    /// Takes a formatted directory into use: locks it, reads what the last stop left, and removes
    /// the mark of a clean one.
    pub fn open(disk: Arc<dyn Disk>, path: PathBuf) -> Result<Self, LogError> {
        let lock = match disk.lock(&path.join(names::LOCK)) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(LogError::Locked { path });
            }
            Err(error) => return Err(LogError::io("lock", &path)(error)),
        };
        let meta = Self::read_meta(disk.as_ref(), &path)?.ok_or_else(|| LogError::InvalidFile {
            path: path.join(names::META_PROPERTIES),
            reason: "no such file: the directory is not formatted".to_owned(),
        })?;
        let shared = Shared::new(disk, path);
        let mark = shared.path.join(names::CLEAN_SHUTDOWN);
        let clean = shared.read_small(&mark, small_files::BYTES_MAX)?;
        let (shutdown, previous_broker_epoch) = match &clean {
            Some(content) => (Shutdown::Clean, small_files::decode_clean_shutdown(content)),
            None => (Shutdown::Unclean, None),
        };
        let manifest = match &clean {
            Some(content) => trusted_manifest(&shared, content)?,
            None => Manifest::new(),
        };
        if clean.is_some() {
            shared.remove_if_there(&mark)?;
            shared.sync_dir(&shared.path)?;
        }
        shared.cleaned.load(read_offsets(&shared, names::CLEANER_OFFSETS)?);
        shared.set_checkpoints(Checkpoints {
            recovery_points: read_offsets(&shared, names::RECOVERY_POINTS)?,
            log_starts: read_offsets(&shared, names::LOG_STARTS)?,
            high_watermarks: read_offsets(&shared, names::HIGH_WATERMARKS)?,
            changed: [false; 3],
        });
        let shared = Arc::new(shared);
        let lock = Mutex::new(Some(lock));
        let (manifest, closed) = (Mutex::new(manifest), Mutex::default());
        Ok(Self { shared, meta, shutdown, previous_broker_epoch, manifest, closed, lock })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Whose it is.
    pub fn meta(&self) -> &MetaProperties {
        &self.meta
    }

    /// How the last stop was.
    pub fn shutdown(&self) -> Shutdown {
        self.shutdown
    }

    /// The broker epoch of the last clean stop, for the next registration.
    pub fn previous_broker_epoch(&self) -> Option<BrokerEpoch> {
        self.previous_broker_epoch
    }

    /// Whether a write or sync has failed.
    pub fn is_offline(&self) -> bool {
        self.shared.is_offline()
    }

    /// Takes the directory offline.
    pub fn mark_offline(&self) {
        self.shared.go_offline();
    }

    /// The volume's size.
    pub fn space(&self) -> Result<DiskSpace, LogError> {
        let path = &self.shared.path;
        self.shared.disk.space(path).map_err(LogError::io("stat", path))
    }

    /// The partitions' directories, by name. Nothing in them is opened.
    pub fn partitions(&self) -> Result<Vec<PartitionDirectory>, LogError> {
        self.shared.check()?;
        let path = &self.shared.path;
        let entries = self.shared.with_descriptor(|| self.shared.disk.list(path));
        let entries = entries.map_err(|e| self.shared.failure("list", path, e))?;
        Ok(entries
            .into_iter()
            .filter(|entry| entry.kind == FileKind::Directory)
            .filter_map(|entry| {
                let (partition, kind) = names::parse_directory_name(&entry.name)?;
                Some(PartitionDirectory { partition, kind, path: path.join(entry.name) })
            })
            .collect())
    }

    /// The topic id that a partition's directory names, if it names one.
    pub fn topic_id(&self, directory: &PartitionDirectory) -> Result<Option<TopicId>, LogError> {
        if directory.kind == DirectoryKind::Current
            && let Some(entry) = locked(&self.manifest).get(&directory.partition)
        {
            return Ok(Some(entry.topic_id));
        }
        let path = directory.path.join(names::PARTITION_METADATA);
        match self.shared.read_small(&path, small_files::BYTES_MAX)? {
            None => Ok(None),
            Some(content) => small_files::decode_partition_metadata(&content)
                .map(Some)
                .map_err(|reason| LogError::InvalidFile { path, reason }),
        }
    }

    /// Opens a partition's log, recovering it if the last stop was not clean; creates the
    /// directory if it is missing.
    pub fn open_log(&self, open: OpenLog) -> Result<PartitionLog, LogError> {
        let found = match open.kind {
            DirectoryKind::Current => None,
            kind => self
                .partitions()?
                .into_iter()
                .find(|found| found.partition == open.partition && found.kind == kind),
        };
        let path = match found {
            Some(found) => found.path,
            None => self.path().join(names::directory_name(
                &open.partition,
                open.kind,
                &unique_of(open.topic_id, open.now_ms),
            )),
        };
        let (recovery_point, log_start, high_watermark) = match open.kind {
            DirectoryKind::Current => self.shared.checkpointed(&open.partition),
            DirectoryKind::Future | DirectoryKind::Delete | DirectoryKind::Stray => {
                (Offset::ZERO, Offset::ZERO, Offset::ZERO)
            }
        };
        // Other directories than the served one have no checkpoints of their own.
        let shutdown = match open.kind {
            DirectoryKind::Current => self.shutdown,
            DirectoryKind::Future | DirectoryKind::Delete | DirectoryKind::Stray => {
                Shutdown::Unclean
            }
        };
        let setup = LogSetup {
            partition: open.partition,
            topic_id: open.topic_id,
            config: open.config,
            now_ms: open.now_ms,
            shutdown,
            recovery_point,
            log_start,
            high_watermark,
        };
        if open.kind == DirectoryKind::Current
            && let Some(entry) = locked(&self.manifest).remove(&setup.partition)
        {
            return PartitionLog::from_manifest(&self.shared, path, setup, entry);
        }
        PartitionLog::open(&self.shared, path, setup)
    }

    /// Notes a log's offsets for the next [`write_checkpoints`](Self::write_checkpoints), if they
    /// changed.
    pub fn note_offsets(&self, log: &PartitionLog) {
        let offsets = (log.recovery_point(), log.log_start_offset(), log.high_watermark());
        if log.noted_offsets().replace(offsets) == offsets {
            return;
        }
        let first = log.segment_base_offsets().next().unwrap_or(Offset::ZERO);
        // A start that the first file's name tells needs no entry, as in Kafka.
        let log_start = Some(log.log_start_offset()).filter(|start| *start > first);
        self.shared.note_offsets(
            log.partition(),
            log.recovery_point(),
            log_start,
            log.high_watermark(),
        );
    }

    /// Writes the three checkpoints as they were noted, those that changed.
    pub fn write_checkpoints(&self) -> Result<(), LogError> {
        self.shared.check()?;
        self.shared.write_checkpoints()
    }

    /// Renames a partition's directory for another purpose (to be deleted, stray, or from future to
    /// current) and closes the log. `unique` tells directories of one partition apart.
    pub fn retire(
        &self,
        log: PartitionLog,
        kind: DirectoryKind,
        unique: &str,
    ) -> Result<PartitionDirectory, LogError> {
        let retired = self.retire_all(vec![(log, unique.to_owned())], kind)?;
        retired.into_iter().next().ok_or_else(|| LogError::Offline { path: self.path().to_owned() })
    }

    /// The same for many logs, each with what tells its directory apart.
    pub fn retire_all(
        &self,
        logs: Vec<(PartitionLog, String)>,
        kind: DirectoryKind,
    ) -> Result<Vec<PartitionDirectory>, LogError> {
        for (log, _) in &logs {
            if log.dir() == self.path().join(log.partition().to_string()) {
                self.shared.forget_offsets(log.partition());
            }
        }
        // First, so that a crash in between leaves nothing that a new partition of this name would
        // be measured by.
        self.shared.write_checkpoints()?;
        let mut retired = Vec::with_capacity(logs.len());
        for (log, unique) in logs {
            let partition = log.partition().clone();
            let path = self.path().join(names::directory_name(&partition, kind, &unique));
            let from = log.dir().to_owned();
            drop(log);
            self.shared.rename(&from, &path)?;
            retired.push(PartitionDirectory { partition, kind, path });
        }
        self.shared.sync_dir(self.path())?;
        Ok(retired)
    }

    /// Removes a directory that waits for its deletion, and all in it.
    pub fn remove(&self, directory: &PartitionDirectory) -> Result<(), LogError> {
        self.shared.check()?;
        let path = &directory.path;
        match self.shared.disk.remove_dir_all(path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.shared.failure("remove", path, error)),
        }
    }

    /// Gives the lock back, at the very end of a stop: others may take the directory although this
    /// is still held somewhere. Nothing may be written any more.
    pub fn release(&self) {
        self.shared.go_offline();
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Closes logs as a clean stop leaves them, a few one by one, many with one sync of the volume,
    /// and notes their offsets. Returns the logs that could not be closed, each with its error.
    pub fn close_logs(
        &self,
        logs: Vec<PartitionLog>,
        now_ms: i64,
    ) -> Vec<(TopicPartition, LogError)> {
        let (same, mut changed): (Vec<_>, Vec<_>) =
            logs.into_iter().partition(PartitionLog::is_as_closed);
        same.iter().for_each(|log| self.note_closed(log));
        drop(same);
        let mut failed = Vec::new();
        match self.shared.volume.as_ref().filter(|_| changed.len() >= VOLUME_SYNC_MIN) {
            None => {
                for mut log in changed {
                    match log.close(now_ms) {
                        Ok(()) => self.note_closed(&log),
                        Err(error) => failed.push((log.partition().clone(), error)),
                    }
                }
            }
            Some(volume) => {
                changed.retain_mut(|log| match log.prepare_close() {
                    Ok(()) => true,
                    Err(error) => {
                        failed.push((log.partition().clone(), error));
                        false
                    }
                });
                let synced = volume.sync().map_err(|e| self.shared.failure("sync", self.path(), e));
                for mut log in changed {
                    match &synced {
                        Ok(()) => {
                            log.complete_close();
                            self.note_closed(&log);
                        }
                        Err(_) => {
                            let path = self.path().to_owned();
                            failed.push((log.partition().clone(), LogError::Offline { path }));
                        }
                    }
                }
            }
        }
        failed
    }

    fn note_closed(&self, log: &PartitionLog) {
        self.note_offsets(log);
        let is_current = log.dir() == self.path().join(log.partition().to_string());
        if let Some(entry) = log.manifest_entry().filter(|_| is_current) {
            locked(&self.closed).insert(log.partition().clone(), entry);
        }
    }

    /// Writes the manifest of the logs that were closed by [`close_logs`](Self::close_logs).
    /// Returns its seal; `None` when there is none, or no space for it.
    fn write_manifest(&self) -> Result<Option<String>, LogError> {
        let closed = std::mem::take(&mut *locked(&self.closed));
        if closed.is_empty() {
            return Ok(None);
        }
        let bytes = manifest::encode(&closed);
        match self.shared.replace_file(&self.path().join(names::MANIFEST), &bytes) {
            Ok(()) => Ok(Some(manifest::seal(&bytes))),
            Err(LogError::NoSpace { path }) => {
                tracing::warn!(path = %path.display(), "disk full: no manifest");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the checkpoints, the manifest and the mark of a clean stop: after every log was
    /// closed.
    pub fn close_cleanly(&self, broker_epoch: BrokerEpoch) -> Result<(), LogError> {
        self.write_checkpoints()?;
        let seal = self.write_manifest()?;
        let text = small_files::encode_clean_shutdown(broker_epoch, seal.as_deref());
        self.shared.replace_file(&self.path().join(names::CLEAN_SHUTDOWN), text.as_bytes())
    }
}

fn locked(manifest: &Mutex<Manifest>) -> MutexGuard<'_, Manifest> {
    manifest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The manifest that the mark of the last clean stop names, without logs whose directory is gone;
/// empty where it names none or another.
fn trusted_manifest(shared: &Shared, mark: &[u8]) -> Result<Manifest, LogError> {
    let Some(seal) = small_files::decode_manifest_seal(mark) else { return Ok(Manifest::new()) };
    let path = shared.path.join(names::MANIFEST);
    let found = match shared.read_small(&path, manifest::BYTES_MAX) {
        Ok(found) => found,
        Err(LogError::InvalidFile { .. }) => None,
        Err(error) => return Err(error),
    };
    let sealed = found.filter(|bytes| manifest::seal(bytes) == seal);
    let Some(mut manifest) = sealed.and_then(|bytes| manifest::decode(&bytes)) else {
        tracing::warn!(path = %path.display(), "not the manifest of the last stop: not believed");
        return Ok(Manifest::new());
    };
    let entries = shared
        .disk
        .list(&shared.path)
        .map_err(|error| shared.failure("list", &shared.path, error))?;
    let is_dir = |entry: &DirEntry| entry.kind == FileKind::Directory;
    let dirs: BTreeSet<String> =
        entries.into_iter().filter(is_dir).map(|entry| entry.name).collect();
    manifest.retain(|partition, _| dirs.contains(&partition.to_string()));
    Ok(manifest)
}

/// The directory and those above it that are not there yet, the innermost first.
fn missing_ancestors(disk: &dyn Disk, path: &Path) -> Result<Vec<PathBuf>, LogError> {
    let mut missing = Vec::new();
    for dir in path.ancestors().take_while(|dir| !dir.as_os_str().is_empty()) {
        if disk.stat(dir).map_err(LogError::io("stat", dir))?.is_some() {
            break;
        }
        missing.push(dir.to_owned());
    }
    Ok(missing)
}

/// Tells directories of one partition apart where the caller gives nothing to do so.
fn unique_of(topic_id: Option<TopicId>, now_ms: i64) -> String {
    let id = topic_id.unwrap_or_default().uuid();
    format!("{:016x}{:016x}", id.most_significant() ^ id.least_significant(), now_ms)
}

/// Reads a checkpoint; a broken one counts as empty, which is safe: recovery then starts further
/// back, the high watermark is learned again.
fn read_offsets(shared: &Shared, name: &str) -> Result<PartitionOffsets, LogError> {
    let path = shared.path.join(name);
    let Some(content) = shared.read_small(&path, checkpoint::BYTES_MAX)? else {
        return Ok(PartitionOffsets::new());
    };
    Ok(checkpoint::decode_offsets(&content).unwrap_or_else(|reason| {
        tracing::warn!(path = %path.display(), reason, "ignoring a broken checkpoint");
        PartitionOffsets::new()
    }))
}
