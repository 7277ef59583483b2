//! `cleaner-offset-checkpoint` of a log directory: up to where each partition was compacted.
//!
//! Nothing depends on it but how much work is done twice: an offset that is missing or too low has
//! the log read again, one outside of the log is not believed.

use crate::checkpoint::{self, PartitionOffsets};
use crate::error::LogError;
use crate::names::CLEANER_OFFSETS;
use crate::shared::Shared;
use keld_types::{Offset, TopicPartition};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module's documentation.
#[derive(Debug, Default)]
pub(crate) struct CleanerOffsets {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    offsets: PartitionOffsets,
    is_changed: bool,
}

impl CleanerOffsets {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what the file says.
    pub(crate) fn load(&self, offsets: PartitionOffsets) {
        self.held().offsets = offsets;
    }

    /// Up to where a partition was compacted, if it ever was.
    pub(crate) fn get(&self, partition: &TopicPartition) -> Option<Offset> {
        self.held().offsets.get(partition).copied()
    }

    /// A partition was compacted up to `offset`, or starts anew there.
    pub(crate) fn set(&self, partition: &TopicPartition, offset: Offset) {
        let mut held = self.held();
        held.is_changed |= held.offsets.insert(partition.clone(), offset) != Some(offset);
    }

    /// The log was cut to `offset`.
    pub(crate) fn lower(&self, partition: &TopicPartition, offset: Offset) {
        if self.get(partition).is_some_and(|known| known > offset) {
            self.set(partition, offset);
        }
    }

    /// The partition is no longer here.
    pub(crate) fn forget(&self, partition: &TopicPartition) {
        let mut held = self.held();
        held.is_changed |= held.offsets.remove(partition).is_some();
    }

    /// Writes the file if it does not say this already.
    pub(crate) fn write(&self, shared: &Shared) -> Result<(), LogError> {
        let mut held = self.held();
        if held.is_changed {
            let text = checkpoint::encode_offsets(&held.offsets);
            shared.replace_file(&shared.path.join(CLEANER_OFFSETS), text.as_bytes())?;
            held.is_changed = false;
        }
        Ok(())
    }
}
