//! Which partitions something may have happened to since the node last looked at them.
//!
//! Whoever takes a partition's mutex to do more than look ([`Partition::peek`] is for the others)
//! puts it on the list, once until the node has looked ([`Partition::keep`]): nobody can change a
//! log and forget to say so, and the node need not go over partitions that nothing happens to.
//! The list's own lock is held for one push, once a look of the node.

use crate::partition::Partition;
use crate::state::State;
use keld_log::PartitionLog;
use keld_types::TopicIdPartition;
use std::sync::{Arc, Mutex, PoisonError};

/// The partitions of a node that are to be looked at.
#[derive(Debug, Default)]
pub struct Touched {
    /// Each at most once: as many as the node has partitions.
    partitions: Mutex<Vec<TopicIdPartition>>,
}

/// A partition's own part in it.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    list: Option<Arc<Touched>>,
    /// It is on the list, or nobody wants to know.
    is_listed: bool,
}

impl Touched {
    /// Takes the list.
    pub fn take(&self) -> Vec<TopicIdPartition> {
        std::mem::take(&mut self.partitions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn push(&self, partition: TopicIdPartition) {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner).push(partition);
    }
}

impl Mark {
    /// Something may happen to the partition now.
    pub(crate) fn set(&mut self, partition: impl FnOnce() -> TopicIdPartition) {
        if !std::mem::replace(&mut self.is_listed, true)
            && let Some(list) = &self.list
        {
            list.push(partition());
        }
    }
}

impl Partition {
    /// Has the partition put on the list whenever it was touched, and now.
    pub fn report_to(&self, touched: &Arc<Touched>) {
        let mut state = self.locked();
        state.mark = Mark { list: Some(Arc::clone(touched)), is_listed: false };
        state.mark.set(|| self.id());
    }

    /// Looks at what is behind the mutex without touching it.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.locked())
    }

    /// The node's own look at the log, after which the partition is no longer on the list. Runs
    /// under the partition's lock: it must not block. `None` while the log directory is offline.
    pub fn keep<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        let mut state = self.locked();
        state.mark.is_listed = false;
        let result = state.log.as_mut().map(work);
        state.note_failure();
        result
    }

    /// What the list knows it by.
    pub(crate) fn id(&self) -> TopicIdPartition {
        let partition = self.topic_partition().partition;
        TopicIdPartition { topic_id: self.topic_id(), partition }
    }
}

#[cfg(test)]
mod tests;
