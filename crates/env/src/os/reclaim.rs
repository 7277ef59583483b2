//! Gives the space of removed files back bit by bit.
//!
//! A file system that is mounted with `discard` tells the device of all blocks of a file when the
//! last descriptor goes, and whatever else wants the device waits meanwhile: beside the removal of
//! ten segments of 64 MiB a sync of 128 KiB took 8 to 16 ms in the median and up to 46, without it
//! 3.4 and 8 (a busy machine of two processors). So a large file loses its name at once, and its
//! blocks from the end on in small steps, with pauses between in which others are served, on a
//! thread that lives as long as there is work: with that the same syncs took 2.0 to 2.8 ms.
//!
//! Only blocks that no name leads to are taken: a file with another hard link is left alone.
//! Whoever still has the file open finds it shorter.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a step takes: 2 to 3 ms of a device that discards 1.6 GB/s.
const STEP_BYTES: u64 = 4 << 20;

/// Smaller files go at once.
const LARGE_BYTES: u64 = 2 * STEP_BYTES;

/// A pause is so many times as long as the step before it, so that others have most of the device.
const PAUSE_STEPS: u32 = 2;
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// Each file that waits holds a descriptor; more are removed at once.
const WAITING_MAX: usize = 64;

static QUEUE: Mutex<Queue> = Mutex::new(Queue { files: VecDeque::new(), has_thread: false });

#[derive(Debug)]
struct Queue {
    files: VecDeque<File>,
    has_thread: bool,
}

/// Removes a file; the space of a large one follows.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    let is_large = fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && allocated(&metadata) >= LARGE_BYTES);
    let held = is_large.then(|| File::options().write(true).open(path)).and_then(Result::ok);
    fs::remove_file(path)?;
    held.into_iter().for_each(reclaim);
    Ok(())
}

/// Removes a directory and all in it; the space of large files follows.
pub(super) fn remove_dir_all(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            remove_file(&entry.path())?;
        }
    }
    fs::remove_dir_all(dir)
}

fn allocated(metadata: &fs::Metadata) -> u64 {
    metadata.blocks().saturating_mul(512)
}

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a file whose name was removed.
fn reclaim(file: File) {
    if !file.metadata().is_ok_and(|metadata| metadata.nlink() == 0) {
        return;
    }
    let mut queue = queue();
    if queue.files.len() >= WAITING_MAX {
        return;
    }
    queue.files.push_back(file);
    if !queue.has_thread {
        // Without a thread the files are closed, which removes them at once.
        queue.has_thread = thread::Builder::new().name("reclaim".to_owned()).spawn(work).is_ok();
        if !queue.has_thread {
            queue.files.clear();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the real side: a thread that only sleeps")]
fn work() {
    loop {
        let file = {
            let mut queue = queue();
            let Some(file) = queue.files.pop_front() else {
                queue.has_thread = false;
                return;
            };
            file
        };
        shrink(&file, thread::sleep);
    }
}

/// Cuts a file to nothing, step by step. What cannot be cut goes when the file is closed.
#[expect(clippy::disallowed_methods, reason = "this is the real side: how long the device took")]
fn shrink(file: &File, mut pause: impl FnMut(Duration)) {
    let Ok(metadata) = file.metadata() else { return };
    // Blocks reserved past the end go with the first step.
    let mut length = metadata.len();
    while length > 0 {
        length = length.saturating_sub(1) / STEP_BYTES * STEP_BYTES;
        let begun = Instant::now();
        if file.set_len(length).is_err() {
            return;
        }
        pause((begun.elapsed() * PAUSE_STEPS).min(PAUSE_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const LENGTH: u64 = 3 * STEP_BYTES + 5;

    fn large_file(path: &Path) -> File {
        let file = File::create_new(path).unwrap();
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, LENGTH).unwrap();
        file
    }

    #[test]
    fn a_file_shrinks_step_by_step() {
        let dir = tempfile::tempdir().unwrap();
        let file = large_file(&dir.path().join("file"));
        let mut lengths = Vec::new();
        shrink(&file, |_| lengths.push(file.metadata().unwrap().len() / STEP_BYTES));
        assert_eq!(lengths, [3, 2, 1, 0]);
        assert_eq!(file.metadata().unwrap().blocks(), 0);
    }

    #[test]
    fn a_removed_file_has_no_name_and_loses_its_blocks() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let held = large_file(&path);
        remove_file(&path).unwrap();
        assert!(!path.exists());
        wait_until_empty(held);
    }

    #[test]
    fn a_file_with_another_name_keeps_its_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("file"), dir.path().join("other"));
        drop(large_file(&path));
        fs::hard_link(&path, &other).unwrap();
        remove_file(&path).unwrap();
        wait_for_the_queue(dir.path());
        assert_eq!(fs::metadata(&other).unwrap().len(), LENGTH);
    }

    /// Whatever waits is done when a file that came later is.
    fn wait_for_the_queue(dir: &Path) {
        let path = dir.join("later");
        let held = large_file(&path);
        remove_file(&path).unwrap();
        wait_until_empty(held);
    }

    #[expect(clippy::disallowed_methods, reason = "the test has a deadline, the wait has none")]
    fn wait_until_empty(file: File) {
        let (ended, end) = mpsc::channel();
        thread::spawn(move || {
            while file.metadata().unwrap().blocks() > 0 {
                thread::yield_now();
            }
            ended.send(()).unwrap();
        });
        end.recv_timeout(Duration::from_mins(1)).expect("the blocks are still there");
    }

    #[test]
    fn a_directory_goes_with_all_that_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("partition");
        fs::create_dir_all(path.join("inner")).unwrap();
        drop(large_file(&path.join("inner").join("file")));
        drop(large_file(&path.join("file")));
        remove_dir_all(&path).unwrap();
        assert!(!path.exists());
        let missing = remove_dir_all(&path).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
