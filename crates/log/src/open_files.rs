//! The files of active segments: at most one a partition is held open, and in all no more than the
//! process can spare; those that were used longest ago are closed first.
//!
//! Lock order: the queue, then a slot. A slot's lock is never held while something else is waited
//! for.

use keld_env::File;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Fewer than this many are never asked for, whatever the process may open.
const OPEN_MIN: usize = 16;

/// The open files of active segments of one directory.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    max: usize,
    /// Slots that may hold a file. Those that were used since they were last looked at get a second
    /// chance.
    queue: Mutex<VecDeque<Weak<Slot>>>,
}

/// Where a log keeps the file of its active segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveFile(Arc<Slot>);

#[derive(Debug, Default)]
struct Slot {
    file: Mutex<Option<Arc<dyn File>>>,
    /// Used since the queue last came by.
    is_used: AtomicBool,
    is_queued: AtomicBool,
}

impl Slot {
    fn file(&self) -> MutexGuard<'_, Option<Arc<dyn File>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveFile {
    /// The file, if it is open.
    pub(crate) fn get(&self) -> Option<Arc<dyn File>> {
        let file = self.0.file().clone();
        self.0.is_used.store(true, Ordering::Relaxed);
        file
    }

    /// Keeps a file, and closes another log's where there are too many.
    pub(crate) fn set(&self, open: &OpenFiles, file: Arc<dyn File>) {
        *self.0.file() = Some(file);
        self.0.is_used.store(true, Ordering::Relaxed);
        if !self.0.is_queued.swap(true, Ordering::AcqRel) {
            open.enter(&self.0);
        }
    }

    /// Lets go of the file.
    pub(crate) fn close(&self) {
        self.0.file().take();
    }
}

impl OpenFiles {
    /// A process that may open `files_max` spares half of them.
    pub(crate) fn new(files_max: usize) -> Self {
        Self { max: (files_max / 2).max(OPEN_MIN), queue: Mutex::default() }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Weak<Slot>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, slot: &Arc<Slot>) {
        let mut queue = self.queue();
        queue.push_back(Arc::downgrade(slot));
        close_oldest(&mut queue, self.max);
    }

    /// Closes half of the files. Returns whether there was one.
    pub(crate) fn relieve(&self) -> bool {
        let mut queue = self.queue();
        let before = queue.len();
        close_oldest(&mut queue, before / 2);
        before > 0
    }

    /// Closes all files.
    pub(crate) fn close_all(&self) {
        close_oldest(&mut self.queue(), 0);
    }
}

/// Takes slots out of the queue until `max` are left.
fn close_oldest(queue: &mut VecDeque<Weak<Slot>>, max: usize) {
    let mut chances = queue.len();
    while queue.len() > max {
        let Some(first) = queue.pop_front() else { return };
        let Some(slot) = first.upgrade() else { continue };
        let is_open = slot.file().is_some();
        if is_open && chances > 0 && slot.is_used.swap(false, Ordering::Relaxed) {
            chances -= 1;
            queue.push_back(first);
            continue;
        }
        slot.is_queued.store(false, Ordering::Release);
        slot.file().take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_env::sim::SimDisk;
    use keld_env::{Disk, OpenMode};
    use std::path::Path;

    fn file(disk: &Arc<dyn Disk>) -> Arc<dyn File> {
        disk.open(Path::new("/f"), OpenMode::Create).unwrap()
    }

    #[test]
    fn the_file_used_longest_ago_is_closed_first() {
        let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
        let open = OpenFiles::new(2 * OPEN_MIN);
        let slots: Vec<_> = (0..=OPEN_MIN).map(|_| ActiveFile::default()).collect();
        let (last, first) = slots.split_last().unwrap();
        first.iter().for_each(|slot| slot.set(&open, file(&disk)));
        assert!(first.iter().all(|slot| slot.0.file().is_some()));
        // One round of second chances, then all but the first are used again.
        first.iter().for_each(|slot| slot.0.is_used.store(false, Ordering::Relaxed));
        first.iter().skip(1).for_each(|slot| drop(slot.get()));
        last.set(&open, file(&disk));
        assert!(first[0].get().is_none());
        assert!(slots.iter().skip(1).all(|slot| slot.0.file().is_some()));
    }

    #[test]
    fn relief_closes_half_until_none_is_left() {
        let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
        let open = OpenFiles::new(1_000);
        let slots: Vec<_> = (0..8).map(|_| ActiveFile::default()).collect();
        slots.iter().for_each(|slot| slot.set(&open, file(&disk)));
        let count = || slots.iter().filter(|slot| slot.0.file().is_some()).count();
        assert!(open.relieve());
        assert_eq!(count(), 4);
        while open.relieve() {}
        assert_eq!(count(), 0);
        // A slot that was closed is taken up again.
        slots[0].set(&open, file(&disk));
        assert_eq!(count(), 1);
        slots[0].close();
        assert!(open.relieve());
    }
}
