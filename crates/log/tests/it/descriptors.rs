//! Many partitions with few descriptors: files of active segments are closed and opened again, and
//! nothing goes offline for want of one.

use crate::support::*;
use keld_env::sim::SimDisk;
use keld_env::{DirEntry, DirectoryLock, Disk, DiskSpace, File, FileKind, OpenMode, Volume};
use keld_log::{DirectoryKind, LogConfig, LogDirectory, OpenLog, PartitionLog};
use keld_types::{PartitionIndex, TopicName, TopicPartition};
use std::io::{self, IoSlice};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const FILES_MAX: usize = 500;
const LOGS: i32 = 2_000;
const EMFILE: i32 = 24;

/// A disk that opens no more files at a time than a process may.
#[derive(Debug)]
struct ScarceDisk {
    disk: SimDisk,
    open: Arc<AtomicUsize>,
    /// How many may be open, and what is said of it.
    limit: AtomicUsize,
    announced: usize,
    most: AtomicUsize,
}

#[derive(Debug)]
struct CountedFile {
    file: Arc<dyn File>,
    open: Arc<AtomicUsize>,
}

impl ScarceDisk {
    fn new(disk: &SimDisk, limit: usize, announced: usize) -> Arc<Self> {
        let (limit, most) = (AtomicUsize::new(limit), AtomicUsize::new(0));
        Arc::new(Self { disk: disk.clone(), open: Arc::default(), limit, announced, most })
    }
}

impl Drop for CountedFile {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Disk for ScarceDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        if self.open.load(Ordering::SeqCst) >= self.limit.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(EMFILE));
        }
        let file = self.disk.open(path, mode)?;
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        Ok(Arc::new(CountedFile { file, open: Arc::clone(&self.open) }))
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
        if self.open.load(Ordering::SeqCst) >= self.limit.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(EMFILE));
        }
        self.disk.sync_dir(dir)
    }

    fn volume(&self, dir: &Path) -> io::Result<Arc<dyn Volume>> {
        self.disk.volume(dir)
    }

    fn open_files_max(&self) -> usize {
        self.announced
    }

    fn space(&self, dir: &Path) -> io::Result<DiskSpace> {
        self.disk.space(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DirectoryLock>> {
        self.disk.lock(path)
    }
}

impl File for CountedFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.file.read_at(buffer, position)
    }

    fn write_all_at(&self, slices: &mut [IoSlice<'_>], position: u64) -> io::Result<()> {
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

fn directory(disk: &Arc<ScarceDisk>) -> LogDirectory {
    format(&disk.disk);
    let shared: Arc<dyn Disk> = Arc::clone(disk) as _;
    LogDirectory::open(shared, PathBuf::from(DIR)).unwrap()
}

fn open_nth(directory: &LogDirectory, index: i32) -> PartitionLog {
    let partition = TopicPartition::new(TopicName::new("topic"), PartitionIndex::new(index));
    let config = LogConfig { segment_bytes: 1_000, ..LogConfig::default() };
    let kind = DirectoryKind::Current;
    let topic_id = Some(topic_id());
    directory.open_log(OpenLog { partition, kind, topic_id, config, now_ms: NOW }).unwrap()
}

fn append(log: &mut PartitionLog, value: &str) {
    append_bytes(log, &batch(&[value.as_bytes()], NOW, None), 1, NOW).unwrap();
    log.set_high_watermark(log.log_end_offset());
}

/// All values of a log, read from its files.
fn values(log: &mut PartitionLog) -> Vec<String> {
    let found = read_values(log).unwrap();
    found.into_iter().map(|(_, value)| String::from_utf8(value).unwrap()).collect()
}

#[test]
fn two_thousand_partitions_are_written_with_five_hundred_descriptors() {
    let disk = ScarceDisk::new(&SimDisk::new(), FILES_MAX, FILES_MAX);
    let directory = directory(&disk);
    let mut logs: Vec<_> = (0..LOGS).map(|index| open_nth(&directory, index)).collect();
    for round in 0..3 {
        for (log, index) in logs.iter_mut().zip(0..) {
            append(log, &format!("{index}-{round}"));
        }
        // The jobs of one round are all there before the first is run.
        let jobs: Vec<_> = logs.iter_mut().map(|log| log.prepare_flush().unwrap()).collect();
        for (log, job) in logs.iter_mut().zip(jobs) {
            let durable = log.complete_flush(job.unwrap().run(), NOW).unwrap();
            assert_eq!(durable, log.log_end_offset());
        }
    }
    for (log, index) in logs.iter_mut().zip(0..) {
        let expected: Vec<_> = (0..3).map(|round| format!("{index}-{round}")).collect();
        assert_eq!(values(log), expected);
    }
    assert!(!directory.is_offline());
    // Half of what the process may open, and what a single operation takes.
    let most = disk.most.load(Ordering::SeqCst);
    assert!(most <= FILES_MAX / 2 + 16, "{most} files were open");
    assert!(directory.close_logs(logs, NOW).is_empty());
}

#[test]
fn a_file_closed_before_its_sync_is_made_durable_with_the_volume() {
    let disk = ScarceDisk::new(&SimDisk::new(), FILES_MAX, 32);
    let directory = directory(&disk);
    let mut logs: Vec<_> = (0..64).map(|index| open_nth(&directory, index)).collect();
    for (log, index) in logs.iter_mut().zip(0..) {
        append(log, &format!("{index}"));
    }
    let jobs: Vec<_> = logs.iter_mut().map(|log| log.prepare_flush().unwrap()).collect();
    for (log, job) in logs.iter_mut().zip(jobs) {
        let _durable = log.complete_flush(job.unwrap().run(), NOW).unwrap();
    }
    let after = disk.disk.crashed(keld_env::sim::Crash::PowerLossAll);
    let disk = ScarceDisk::new(&after, FILES_MAX, 32);
    let shared: Arc<dyn Disk> = Arc::clone(&disk) as _;
    let directory = LogDirectory::open(shared, PathBuf::from(DIR)).unwrap();
    for index in 0..64 {
        assert_eq!(values(&mut open_nth(&directory, index)), [index.to_string()]);
    }
}

#[test]
fn without_any_descriptor_an_append_is_refused_and_taken_later() {
    let disk = ScarceDisk::new(&SimDisk::new(), FILES_MAX, FILES_MAX);
    let directory = directory(&disk);
    let mut log = open_nth(&directory, 0);
    append(&mut log, "a");
    let mut other = open_nth(&directory, 1);
    disk.limit.store(0, Ordering::SeqCst);
    let refused = append_bytes(&mut other, &batch(&[b"b"], NOW, None), 1, NOW).unwrap_err();
    assert!(refused.to_string().contains("no descriptor left"), "{refused}");
    // The other log's file was closed to make room, which was not enough.
    assert_eq!(disk.open.load(Ordering::SeqCst), 0);
    let job = log.prepare_flush();
    assert!(job.is_err());
    assert!(log.is_flush_due(NOW), "it is tried again");
    assert!(!directory.is_offline());
    disk.limit.store(FILES_MAX, Ordering::SeqCst);
    append(&mut other, "b");
    append(&mut log, "c");
    for log in [&mut log, &mut other] {
        assert_eq!(log.flush(NOW).unwrap(), log.log_end_offset());
        assert!(!log.is_flush_due(NOW));
    }
    assert_eq!(values(&mut log), ["a", "c"]);
    assert_eq!(values(&mut other), ["b"]);
}
