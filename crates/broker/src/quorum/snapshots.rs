//! Snapshot files in the metadata directory: writing, reading, letting go.

use super::error::QuorumError;
use bytes::Bytes;
use keld_env::{Disk, FileKind};
use keld_metadata::snapshot::{self, BATCH_BYTES_MAX, Snapshot, SnapshotId};

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

    fn path(&self, id: SnapshotId) -> PathBuf {
        self.dir.join(format!("{id}.checkpoint"))
    }
}
