//! The small state beside the segments: epochs, producer snapshots, the topic's id.

use super::PartitionLog;
use crate::checkpoint;
use crate::error::LogError;
use crate::names::{self, SegmentFile};
use crate::producers::{self, Producers};
use crate::small_files;
use keld_env::{File, OpenMode};
use keld_types::{LeaderEpoch, Offset, TopicId};
use smallvec::SmallVec;
use std::io::IoSlice;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a disk writes as a whole.
const SECTOR_BYTES: usize = 512;

impl PartitionLog {
    /// The leader's epoch begins at the log's end, even if nothing is ever written in it: a
    /// follower that holds a lost epoch is told by it where to cut (KAFKA-10706). An epoch that is
    /// older than records before it is refused: it would have them belong to no epoch.
    pub fn assign_epoch(&mut self, epoch: LeaderEpoch, start: Offset) -> Result<(), LogError> {
        self.check_usable()?;
        if let Some(newest) = self.epochs.newer_before(epoch, start) {
            let partition = self.partition.clone();
            return Err(LogError::StaleEpoch { partition, epoch, start, newest });
        }
        if self.epochs.assign(epoch, start) {
            self.epochs_unwritten = true;
        }
        Ok(())
    }

    /// Writes the epoch cache, durable when this returns.
    pub(super) fn write_epochs(&mut self) -> Result<(), LogError> {
        let text = checkpoint::encode_epochs(self.epochs.entries());
        self.shared.replace_file(&self.dir.join(names::LEADER_EPOCHS), text.as_bytes())?;
        self.epochs_unwritten = false;
        Ok(())
    }

    /// Writes the epoch cache, if memory has more than the file. The next flush makes it durable:
    /// until then the batches after the recovery point say the same.
    pub(super) fn write_new_epochs(&mut self) -> Result<(), LogError> {
        if !self.epochs_unwritten {
            return Ok(());
        }
        let text = checkpoint::encode_epochs(self.epochs.entries());
        let path = self.dir.join(names::LEADER_EPOCHS);
        if text.len() <= SECTOR_BYTES && self.overwrite_small(&path, text.as_bytes())? {
            self.epochs_unwritten = false;
            return Ok(());
        }
        let temporary = path.with_added_extension("tmp");
        self.write_small(&temporary, text.as_bytes())?;
        self.shared.rename(&temporary, &path)?;
        self.epochs_unwritten = false;
        Ok(())
    }

    /// Writes a small file that is not synced before the next flush.
    fn write_small(&mut self, path: &Path, content: &[u8]) -> Result<(), LogError> {
        let file = self.shared.open(path, OpenMode::Truncate)?;
        file.write_all_at(&mut [IoSlice::new(content)], 0)
            .map_err(|error| self.shared.failure("write", path, error))?;
        self.small_written += 1;
        self.names_changed += 1;
        Ok(())
    }

    /// Writes over a small file that is no longer than the new content, without renaming; false
    /// where it is longer. What a power loss makes of one sector is the old or the new content, or
    /// a length too short, and epochs that do not fit their count are learned from the batches.
    fn overwrite_small(&mut self, path: &Path, content: &[u8]) -> Result<bool, LogError> {
        let file = self.shared.open(path, OpenMode::Create)?;
        let length = file.len().map_err(|error| self.shared.failure("stat", path, error))?;
        if length > content.len() as u64 {
            return Ok(false);
        }
        file.write_all_at(&mut [IoSlice::new(content)], 0)
            .map_err(|error| self.shared.failure("write", path, error))?;
        self.small_written += 1;
        self.names_changed += u64::from(length == 0);
        Ok(true)
    }

    /// The small files that are not durable, to be synced.
    pub(super) fn unsynced_small_files(&self) -> SmallVec<[PathBuf; 2]> {
        if self.small_synced == self.small_written {
            return SmallVec::new();
        }
        let names = [names::PARTITION_METADATA, names::LEADER_EPOCHS];
        names.into_iter().map(|name| self.dir.join(name)).collect()
    }

    /// Gives the log its topic's id, or refuses when it has another.
    pub fn assign_topic_id(&mut self, topic_id: TopicId) -> Result<(), LogError> {
        match self.topic_id {
            Some(found) if found != topic_id => Err(LogError::InconsistentTopicId {
                partition: self.partition.clone(),
                expected: topic_id,
                found,
            }),
            Some(_) => Ok(()),
            None => {
                self.topic_id = Some(topic_id);
                self.write_partition_metadata()
            }
        }
    }

    /// Writes `partition.metadata`, once: before the first record, and at a clean stop. The next
    /// flush makes it durable.
    pub(super) fn write_partition_metadata(&mut self) -> Result<(), LogError> {
        if let (Some(id), false) = (self.topic_id, self.is_metadata_written) {
            let text = small_files::encode_partition_metadata(id);
            let path = self.dir.join(names::PARTITION_METADATA);
            self.write_small(&path, text.as_bytes())?;
            self.is_metadata_written = true;
        }
        Ok(())
    }

    /// Writes the producers as of the log's end, named by `offset`. Returns the file to sync.
    /// When the disk is full there is none: the log can always be replayed further.
    pub(super) fn write_snapshot(
        &mut self,
        offset: Offset,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        if self.snapshots.last().is_some_and(|last| *last >= offset) {
            return Ok(None);
        }
        let bytes = producers::encode(self.producers.entries().iter());
        let written = self.open_truncated(SegmentFile::Snapshot, offset).and_then(|file| {
            file.write_all_at(&mut [IoSlice::new(&bytes)], 0)
                .map_err(|error| self.write_failure(SegmentFile::Snapshot, offset, error))?;
            Ok(file)
        });
        match written {
            Ok(file) => {
                self.snapshots.insert(offset);
                self.names_changed += 1;
                Ok(Some(file))
            }
            Err(LogError::NoSpace { path }) => {
                tracing::warn!(path = %path.display(), "disk full: no producer snapshot");
                self.shared.remove_if_there(&path)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes the snapshots that `gone` names. Returns whether there was one.
    pub(super) fn remove_snapshots(
        &mut self,
        gone: impl Fn(Offset) -> bool,
    ) -> Result<bool, LogError> {
        let offsets: Vec<Offset> =
            self.snapshots.iter().copied().filter(|offset| gone(*offset)).collect();
        for offset in &offsets {
            self.shared.remove_if_there(&SegmentFile::Snapshot.path(&self.dir, *offset))?;
            self.snapshots.remove(offset);
            self.names_changed += 1;
        }
        Ok(!offsets.is_empty())
    }

    /// Reads the newest snapshot in `(log start, end]`; a broken one is removed and the one before
    /// it taken. Returns the offset from which the log must be replayed.
    pub(super) fn load_snapshot(&mut self, end: Offset, now_ms: i64) -> Result<Offset, LogError> {
        self.producers = Producers::default();
        let start = self.log_start;
        self.remove_snapshots(|offset| offset > end || offset <= start)?;
        while let Some(offset) = self.snapshots.last().copied() {
            let path = SegmentFile::Snapshot.path(&self.dir, offset);
            let decoded = match self.shared.read_small(&path, producers::BYTES_MAX) {
                Ok(Some(bytes)) => producers::decode(&bytes),
                Ok(None) => Err("the file is gone".to_owned()),
                Err(LogError::InvalidFile { reason, .. }) => Err(reason),
                Err(error) => return Err(error),
            };
            match decoded {
                Ok(entries) => {
                    let expiration_ms = self.config.producer_id_expiration_ms;
                    self.producers = Producers::from_entries(entries, now_ms, expiration_ms);
                    return Ok(offset);
                }
                Err(reason) => {
                    tracing::warn!(path = %path.display(), reason, "dropping a broken snapshot");
                    self.remove_snapshots(|other| other == offset)?;
                }
            }
        }
        Ok(start)
    }
}
