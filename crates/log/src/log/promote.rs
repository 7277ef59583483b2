//! From a copy in another log directory to the log that is served.

use super::PartitionLog;
use super::retention::locked;
use crate::error::LogError;
use crate::names::{self, DirectoryKind};
use keld_types::Offset;
use std::sync::{Arc, Mutex};

impl PartitionLog {
    /// Gives a future log the name of the one that is served, in place: files that are open stay
    /// open. The name is durable once [`sync_name`](Self::sync_name) or a flush returned; the log
    /// that it replaces must be kept until then.
    pub fn promote(&mut self) -> Result<(), LogError> {
        self.check_usable()?;
        let interrupted = self.interrupt_compaction();
        self.note(interrupted)?;
        let name = names::directory_name(&self.partition, DirectoryKind::Current, "");
        let path = self.shared.path.join(name);
        let removed = self.removal().run();
        self.note(removed)?;
        let result = self.shared.rename(&self.dir, &path);
        self.note(result)?;
        let moved = locked(&self.removed).moved_to(&path);
        self.removed = Arc::new(Mutex::new(moved));
        self.dir = path.into();
        self.noted.set((Offset::NONE, Offset::NONE, Offset::NONE));
        self.is_parent_unsynced = true;
        Ok(())
    }

    /// Makes the name of the log's directory durable.
    pub fn sync_name(&mut self) -> Result<(), LogError> {
        self.check_usable()?;
        let result = self.sync_names();
        self.note(result)
    }
}
