//! Snapshot files in the metadata directory: writing, reading, letting go.

use super::error::QuorumError;
use bytes::Bytes;
use keld_env::{Disk, File, FileKind, OpenMode};
use keld_metadata::snapshot::{self, BATCH_BYTES_MAX, Snapshot, SnapshotId};
use keld_raft::OffsetAndEpoch;
use std::io::{self, IoSlice};

use std::path::PathBuf;
use std::sync::Arc;

/// Largest snapshot that is read into memory.
const BYTES_MAX: u64 = 4 << 30;

/// A snapshot and which one it is.
pub(super) struct StoredSnapshot {
    pub(super) id: SnapshotId,
    pub(super) snapshot: Snapshot,
}

/// The snapshots of one metadata directory.
#[derive(Clone, Debug)]
pub(super) struct SnapshotFiles {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
}

impl SnapshotFiles {
    pub(super) fn new(disk: Arc<dyn Disk>, dir: PathBuf) -> Self {
        Self { disk, dir }
    }

    /// Those that are finished, oldest first.
    pub(super) fn list(&self) -> Result<Vec<SnapshotId>, QuorumError> {
        let is_there = self.disk.stat(&self.dir).map_err(QuorumError::file("stat", &self.dir))?;
        if is_there.is_none() {
            return Ok(Vec::new());
        }
        let entries = self.disk.list(&self.dir).map_err(QuorumError::file("list", &self.dir))?;
        let mut ids: Vec<SnapshotId> = entries
            .into_iter()
            .filter(|entry| entry.kind == FileKind::File)
            .filter_map(|entry| SnapshotId::from_file_name(&entry.name))
            .collect();
        ids.sort_unstable();
        Ok(ids)
    }

    pub(super) fn read(&self, id: SnapshotId) -> Result<Snapshot, QuorumError> {
        let path = self.path(id);
        let content =
            self.disk.read_file(&path, BYTES_MAX).map_err(QuorumError::file("read", &path))?;
        snapshot::read(&Bytes::from(content))
            .map_err(|source| QuorumError::Snapshot { path, source })
    }

    /// Writes a snapshot; it is whole and durable, or not there, whatever happens.
    pub(super) fn write(
        &self,
        id: SnapshotId,
        snapshot: &Snapshot,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        let content = snapshot::write(snapshot, id.epoch, now_ms, BATCH_BYTES_MAX)?;
        let path = self.path(id);
        self.disk.replace_file(&path, &content).map_err(QuorumError::file("write", &path))
    }

    pub(super) fn size(&self, id: SnapshotId) -> Result<u64, QuorumError> {
        let path = self.path(id);
        let found = self.disk.stat(&path).map_err(QuorumError::file("stat", &path))?;
        Ok(found.map_or(0, |(_, length)| length))
    }

    pub(super) fn remove(&self, id: SnapshotId) -> Result<(), QuorumError> {
        let path = self.path(id);
        self.disk.remove_file(&path).map_err(QuorumError::file("remove", &path))
    }

    /// The earliest and the latest, for the core.
    pub(super) fn earliest_and_latest(
        &self,
    ) -> Result<Option<(OffsetAndEpoch, OffsetAndEpoch)>, QuorumError> {
        let ids = self.list()?;
        let point = |id: &SnapshotId| OffsetAndEpoch { offset: id.end_offset, epoch: id.epoch };
        Ok(ids.first().map(point).zip(ids.last().map(point)))
    }

    /// A piece of a snapshot, with the length of the whole; `None` when there is no such snapshot.
    pub(super) fn piece(
        &self,
        id: SnapshotId,
        position: u64,
        bytes_max: usize,
    ) -> Result<Option<(u64, Bytes)>, QuorumError> {
        let path = self.path(id);
        let file = match self.disk.open(&path, OpenMode::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(QuorumError::file("open", &path)(error)),
        };
        let size = file.len().map_err(QuorumError::file("stat", &path))?;
        let left = usize::try_from(size.saturating_sub(position)).unwrap_or(usize::MAX);
        let mut piece = vec![0; left.min(bytes_max.min(PIECE_BYTES_MAX))];
        let read = file.read_at(&mut piece, position).map_err(QuorumError::file("read", &path))?;
        piece.truncate(read);
        Ok(Some((size, Bytes::from(piece))))
    }

    /// Begins to write a snapshot that comes in pieces.
    pub(super) fn begin(&self, id: SnapshotId) -> Result<PartialSnapshot, QuorumError> {
        self.remove_partial()?;
        let path = self.dir.join(format!("{id}.checkpoint{PARTIAL}"));
        self.disk.create_dir_all(&self.dir).map_err(QuorumError::file("create", &self.dir))?;
        let file = self.disk.open(&path, OpenMode::Truncate);
        let file = file.map_err(QuorumError::file("create", &path))?;
        Ok(PartialSnapshot { path, file })
    }

    /// Checks a snapshot of which all pieces are there and makes it one of the directory; `None`
    /// when it is not sound.
    pub(super) fn finish(
        &self,
        partial: &PartialSnapshot,
        id: SnapshotId,
    ) -> Result<Option<Snapshot>, QuorumError> {
        let from = &partial.path;
        partial.file.sync_data().map_err(QuorumError::file("sync", from))?;
        let content = self.disk.read_file(from, BYTES_MAX);
        let content = content.map_err(QuorumError::file("read", from))?;
        let stored = match snapshot::read(&Bytes::from(content)) {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(snapshot = %id, %error, "the leader's snapshot is damaged; refused");
                self.remove_partial()?;
                return Ok(None);
            }
        };
        let to = self.path(id);
        self.disk.rename(from, &to).map_err(QuorumError::file("rename", from))?;
        self.disk.sync_dir(&self.dir).map_err(QuorumError::file("sync", &self.dir))?;
        Ok(Some(stored))
    }

    /// Removes what is left of a snapshot that did not arrive whole.
    pub(super) fn remove_partial(&self) -> Result<(), QuorumError> {
        let is_there = self.disk.stat(&self.dir).map_err(QuorumError::file("stat", &self.dir))?;
        if is_there.is_none() {
            return Ok(());
        }
        let entries = self.disk.list(&self.dir).map_err(QuorumError::file("list", &self.dir))?;
        for entry in entries.iter().filter(|entry| entry.name.ends_with(PARTIAL)) {
            let path = self.dir.join(&entry.name);
            self.disk.remove_file(&path).map_err(QuorumError::file("remove", &path))?;
        }
        Ok(())
    }

    fn path(&self, id: SnapshotId) -> PathBuf {
        self.dir.join(format!("{id}.checkpoint"))
    }
}

/// The end of the name of a snapshot that is not whole yet, as in Kafka.
const PARTIAL: &str = ".part";

/// Largest piece that is served at once.
const PIECE_BYTES_MAX: usize = 8 << 20;

/// A snapshot that comes in pieces.
#[derive(Debug)]
pub(super) struct PartialSnapshot {
    path: PathBuf,
    file: Arc<dyn File>,
}

impl PartialSnapshot {
    pub(super) fn write(&self, piece: &[u8], position: u64) -> Result<(), QuorumError> {
        let written = self.file.write_all_at(&mut [IoSlice::new(piece)], position);
        written.map_err(QuorumError::file("write", &self.path))
    }
}
