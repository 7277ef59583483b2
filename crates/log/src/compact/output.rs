//! A segment being written: `.cleaned` files that count for nothing until they are renamed.

use crate::config::LogConfig;
use crate::error::LogError;
use crate::index::{self, Index, IndexEntry};
use crate::names::{FileMark, SegmentFile};
use crate::segment::{MaxTimestamp, Segment};
use crate::shared::Shared;
use crate::txn_index::AbortedTxn;
use keld_env::{File, OpenMode};
use keld_record::BatchHeader;
use keld_types::Offset;
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that are collected before they are written.
const WRITE_BYTES: usize = 256 << 10;
/// Bytes after which the file is synced, so that the last sync finds little to do and the device
/// stays free for others in between.
const SYNC_BYTES: u64 = 32 << 20;
/// Bytes after which the volume is asked how much it has left.
const ASK_BYTES: u64 = 16 << 20;
/// The part of a volume that the reserve never exceeds, as for records.
const VOLUME_PART: u64 = 20;
/// Positions in a segment are 31 bits wide in Kafka.
const SIZE_MAX: u64 = i32::MAX as u64;

/// The batch does not fit into the segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DoesNotFit;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Output {
    segment: Segment,
    file: Arc<dyn File>,
    dir: PathBuf,
    buffer: Vec<u8>,
    /// Bytes in the file.
    flushed: u64,
    synced: u64,
    /// From so many bytes on the volume is asked again.
    ask_at: u64,
    /// A compaction leaves twice as much free as records do: those go first.
    reserve: u64,
    aborted: Vec<AbortedTxn>,
}

/// The path of a file of a segment while it bears a mark.
pub(crate) fn marked(dir: &Path, kind: SegmentFile, base: Offset, mark: FileMark) -> PathBuf {
    dir.join(format!("{}{}", kind.name(base), mark.suffix()))
}

/// Opens a file for a compaction; `None` when its directory is gone.
pub(crate) fn open(
    shared: &Shared,
    path: &Path,
    mode: OpenMode,
) -> Result<Option<Arc<dyn File>>, LogError> {
    match shared.disk.open(path, mode) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(shared.failure("open", path, error)),
    }
}

impl Output {
    /// Begins the segment at `base`; `None` when the log's directory is gone.
    pub(crate) fn create(
        shared: &Shared,
        dir: &Path,
        (base, created_ms): (Offset, i64),
        config: &LogConfig,
    ) -> Result<Option<Self>, LogError> {
        let path = marked(dir, SegmentFile::Log, base, FileMark::Cleaned);
        let file = open(shared, &path, OpenMode::Truncate)?;
        Ok(file.map(|file| Self {
            segment: Segment::empty(base, created_ms, 0),
            file,
            dir: dir.to_owned(),
            buffer: Vec::with_capacity(WRITE_BYTES),
            flushed: 0,
            synced: 0,
            ask_at: 0,
            reserve: config.free_bytes_min.saturating_mul(2),
            aborted: Vec::new(),
        }))
    }

    pub(crate) fn base(&self) -> Offset {
        self.segment.base_offset
    }

    /// The end of what was collected: a batch is appended here before it is [`push`](Self::push)ed.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// An aborted transaction whose marker stays.
    pub(crate) fn push_aborted(&mut self, txn: AbortedTxn) {
        self.aborted.push(txn);
    }

    /// Takes note of a batch whose bytes are at the end of the buffer.
    pub(crate) fn push(
        &mut self,
        header: &BatchHeader,
        config: &LogConfig,
    ) -> Result<(), DoesNotFit> {
        let is_near = self.segment.relative(header.last_offset()).is_some();
        if !is_near || self.segment.size + header.size() as u64 > SIZE_MAX {
            return Err(DoesNotFit);
        }
        self.segment.push(header, config);
        Ok(())
    }

    /// Writes what was collected, if that is much.
    pub(crate) fn write_if_much(&mut self, shared: &Shared) -> Result<u64, LogError> {
        if self.buffer.len() < WRITE_BYTES {
            return Ok(0);
        }
        self.write(shared)
    }

    fn write(&mut self, shared: &Shared) -> Result<u64, LogError> {
        let path = marked(&self.dir, SegmentFile::Log, self.base(), FileMark::Cleaned);
        if self.flushed >= self.ask_at {
            self.ask_at = self.flushed + ASK_BYTES;
            // A volume that does not answer says at the write what it lacks.
            if let Ok(space) = shared.disk.space(&self.dir)
                && space.usable_bytes < self.reserve.min(space.total_bytes / VOLUME_PART)
            {
                return Err(LogError::NoSpace { path });
            }
        }
        self.file
            .write_all_at(&mut [IoSlice::new(&self.buffer)], self.flushed)
            .map_err(|error| shared.failure("write", &path, error))?;
        let written = self.buffer.len() as u64;
        self.flushed += written;
        self.buffer.clear();
        // A large batch needs its memory only once.
        self.buffer.shrink_to(2 * WRITE_BYTES);
        if self.flushed - self.synced >= SYNC_BYTES {
            self.file.sync_data().map_err(|error| shared.failure("sync", &path, error))?;
            self.synced = self.flushed;
        }
        Ok(written)
    }

    /// Writes and syncs all files. A transaction index is written where it has entries or
    /// `has_old_txns`: it must stand in the place of the old one. Returns the segment as the log
    /// will know it, and its files; `None` when the directory is gone.
    pub(crate) fn finish(
        mut self,
        shared: &Shared,
        has_old_txns: bool,
    ) -> Result<Option<(Segment, Vec<SegmentFile>)>, LogError> {
        self.write(shared)?;
        self.segment.index_max_timestamp();
        let mut files = vec![(SegmentFile::Log, Arc::clone(&self.file))];
        let (offsets, times) = (
            std::mem::replace(&mut self.segment.offsets, Index::File),
            std::mem::replace(&mut self.segment.times, Index::File),
        );
        let Some(file) = self.write_index(shared, SegmentFile::OffsetIndex, &offsets)? else {
            return Ok(None);
        };
        files.push((SegmentFile::OffsetIndex, file));
        let Some(file) = self.write_index(shared, SegmentFile::TimeIndex, &times)? else {
            return Ok(None);
        };
        files.push((SegmentFile::TimeIndex, file));
        if has_old_txns || !self.aborted.is_empty() {
            let bytes: Vec<u8> = self.aborted.iter().flat_map(AbortedTxn::encode).collect();
            let kind = SegmentFile::TxnIndex;
            let Some(file) = self.write_file(shared, kind, |file| {
                file.write_all_at(&mut [IoSlice::new(&bytes)], 0)
            })?
            else {
                return Ok(None);
            };
            files.push((kind, file));
        }
        for (kind, file) in &files {
            let path = marked(&self.dir, *kind, self.base(), FileMark::Cleaned);
            file.sync_data().map_err(|error| shared.failure("sync", &path, error))?;
        }
        self.segment.is_index_built = false;
        let base = self.base();
        self.segment.max_timestamp.get_or_insert(MaxTimestamp { timestamp: -1, offset: base });
        Ok(Some((self.segment, files.into_iter().map(|(kind, _)| kind).collect())))
    }

    fn write_index<E: IndexEntry>(
        &self,
        shared: &Shared,
        kind: SegmentFile,
        index: &Index<E>,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        self.write_file(shared, kind, |file| match index {
            Index::Memory(entries) => index::write_all(file, entries),
            Index::File => Ok(()),
        })
    }

    fn write_file(
        &self,
        shared: &Shared,
        kind: SegmentFile,
        write: impl FnOnce(&dyn File) -> io::Result<()>,
    ) -> Result<Option<Arc<dyn File>>, LogError> {
        let path = marked(&self.dir, kind, self.base(), FileMark::Cleaned);
        let Some(file) = open(shared, &path, OpenMode::Truncate)? else { return Ok(None) };
        write(file.as_ref()).map_err(|error| shared.failure("write", &path, error))?;
        Ok(Some(file))
    }
}
