//! Reading from the disk what is not in memory, beside the workers, a few reads at a time.
//!
//! A worker that finds a range cold ([`File::is_in_memory`]) has it read here and goes on with
//! others. The bytes are not kept: the read brings them into the page cache, and whoever wanted them
//! reads again from there.

use crate::disk::File;
use crate::spawn::{BoxFuture, Spawn};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// How many such reads run at once in a process: a disk gains little from more, and other blocking
/// work must find a thread.
const READS_MAX: usize = 4;
/// How much is read by one system call.
const CHUNK_BYTES: usize = 256 * 1024;

/// The slow reads of a process.
#[derive(Debug)]
pub struct ColdReads {
    spawn: Arc<dyn Spawn>,
    permits: Arc<Semaphore>,
}

impl ColdReads {
    /// Slow reads that run as blocking work of `spawn`.
    pub fn new(spawn: Arc<dyn Spawn>) -> Arc<Self> {
        Arc::new(Self { spawn, permits: Arc::new(Semaphore::new(READS_MAX)) })
    }

    /// Reads a range, so that it is in memory when this completes. A range that ends behind the
    /// file's end is read as far as there is something.
    pub fn warm(
        self: &Arc<Self>,
        file: Arc<dyn File>,
        position: u64,
        length: usize,
    ) -> BoxFuture<io::Result<()>> {
        let this = Arc::clone(self);
        Box::pin(async move {
            // The semaphore is never closed; were it, the read would only be unbounded.
            let permit = Arc::clone(&this.permits).acquire_owned().await.ok();
            let result = Arc::new(Mutex::new(Ok(())));
            let slot = Arc::clone(&result);
            let read = move || {
                let read = read_through(file.as_ref(), position, length);
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = read;
                drop(permit);
            };
            this.spawn.blocking("cold read", Box::new(read)).await;
            let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *result, Ok(()))
        })
    }

    /// Has a range read that will be asked for soon, unless as much as may be is being read.
    pub fn prefetch(&self, file: Arc<dyn File>, position: u64, length: usize) {
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else { return };
        let read = move || {
            if !file.is_in_memory(position, length) {
                // Whoever needs the range meets the error.
                read_through(file.as_ref(), position, length).ok();
            }
            drop(permit);
        };
        // The work runs whether or not its completion is waited for.
        drop(self.spawn.blocking("prefetch", Box::new(read)));
    }
}

fn read_through(file: &dyn File, position: u64, length: usize) -> io::Result<()> {
    let mut chunk = vec![0; length.min(CHUNK_BYTES)];
    let mut done = 0;
    while done < length {
        let wanted = chunk.len().min(length - done);
        let read = file.read_at(&mut chunk[..wanted], position + done as u64)?;
        if read == 0 {
            break;
        }
        done += read;
    }
    Ok(())
}
