//! What is behind a partition's mutex: its role, its log, and who waits.
//!
//! Role transitions: `Offline -> Leader | Follower`, `Leader <-> Follower`, each by a registration of
//! a partition epoch that is not older; any role `-> Offline` when the log directory fails.
//!
//! Invariants: the high watermark never passes the log's end, nor `held_at` while a flush that the
//! topic demands is outstanding; it moves only up while this node leads.

use crate::error::PartitionError;
use crate::partition::Settings;
use crate::waiter::Waiters;
use keld_log::PartitionLog;
use keld_types::{BrokerId, LeaderEpoch, Offset, PartitionEpoch, TopicPartition};
use std::sync::Arc;
use std::task::Waker;

/// This node's part in a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// It leads.
    Leader(Leadership),
    /// Another node leads, or nobody ([`BrokerId::NONE`]).
    Follower {
        /// Who leads.
        leader: BrokerId,
        /// Its epoch.
        epoch: LeaderEpoch,
        /// The registration's epoch.
        partition_epoch: PartitionEpoch,
    },
}

/// What a leader knows of its office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leadership {
    /// The epoch it leads in.
    pub epoch: LeaderEpoch,
    /// The registration's epoch.
    pub partition_epoch: PartitionEpoch,
    /// The log's end when the epoch began.
    pub epoch_start: Offset,
    /// In-sync replicas.
    pub isr: Vec<BrokerId>,
    /// How many replicas are assigned.
    pub replicas: usize,
}

impl Role {
    pub(crate) fn epoch(&self) -> LeaderEpoch {
        match self {
            Self::Leader(leadership) => leadership.epoch,
            Self::Follower { epoch, .. } => *epoch,
        }
    }

    pub(crate) fn partition_epoch(&self) -> PartitionEpoch {
        match self {
            Self::Leader(leadership) => leadership.partition_epoch,
            Self::Follower { partition_epoch, .. } => *partition_epoch,
        }
    }
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) partition: TopicPartition,
    pub(crate) local: BrokerId,
    pub(crate) role: Role,
    /// Absent while the log directory is offline, and after deletion.
    pub(crate) log: Option<PartitionLog>,
    pub(crate) is_deleted: bool,
    pub(crate) settings: Arc<Settings>,
    /// The epoch this node leads in and where it began, until the log has it on the disk: the first
    /// append writes it, or the background does. An epoch without records that is lost in a crash
    /// is missed by nobody: the next one begins at the same offset.
    pub(crate) pending_epoch: Option<(LeaderEpoch, Offset)>,
    /// Where a demanded flush holds the high watermark.
    pub(crate) held_at: Option<Offset>,
    /// A flush is running.
    pub(crate) is_flushing: bool,
    /// Another flush was asked for while one runs.
    pub(crate) flush_again: bool,
    pub(crate) waiters: Waiters,
    /// Who waits for the high watermark to reach an offset.
    pub(crate) commit_wakers: Vec<Waker>,
}

impl State {
    /// The log, if this node leads in an epoch the caller agrees with.
    pub(crate) fn leader(
        &mut self,
        current_leader_epoch: Option<LeaderEpoch>,
    ) -> Result<(&mut PartitionLog, &Leadership), PartitionError> {
        self.check_epoch(current_leader_epoch)?;
        let (partition, broker) = (&self.partition, self.local);
        if self.is_deleted {
            return Err(PartitionError::Deleted { partition: partition.clone() });
        }
        let Role::Leader(leadership) = &self.role else {
            return Err(PartitionError::NotLeader { partition: partition.clone(), broker });
        };
        match &mut self.log {
            Some(log) => Ok((log, leadership)),
            None => Err(PartitionError::Offline { partition: partition.clone() }),
        }
    }

    fn check_epoch(&self, found: Option<LeaderEpoch>) -> Result<(), PartitionError> {
        let current = self.role.epoch();
        let partition = || self.partition.clone();
        match found {
            Some(found) if found < current => {
                Err(PartitionError::FencedLeaderEpoch { partition: partition(), found, current })
            }
            Some(found) if found > current => {
                Err(PartitionError::UnknownLeaderEpoch { partition: partition(), found, current })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// How many replicas must be in sync: the topic's demand, at most as many as there are.
    pub(crate) fn min_isr(&self, leadership: &Leadership) -> usize {
        self.settings.min_insync_replicas.min(leadership.replicas.max(1))
    }

    /// Moves the high watermark up as far as it may; true when it moved.
    pub(crate) fn advance_high_watermark(&mut self) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        // Every other member of the ISR would have to be asked how far it is.
        if leadership.isr != [self.local] || leadership.isr.len() < self.min_isr(leadership) {
            return false;
        }
        let held_at = self.held_at;
        let Some(log) = &mut self.log else { return false };
        let target = held_at.map_or(log.log_end_offset(), |held| held.min(log.log_end_offset()));
        if target <= log.high_watermark() {
            return false;
        }
        log.set_high_watermark(target);
        true
    }

    /// All who wait must look again: role, log or start changed.
    pub(crate) fn wake_all(&mut self) {
        self.waiters.complete();
        self.wake_commits();
    }

    pub(crate) fn wake_commits(&mut self) {
        for waker in self.commit_wakers.drain(..) {
            waker.wake();
        }
    }

    /// Gives the log up after its directory failed.
    pub(crate) fn note_failure(&mut self) {
        if self.log.as_ref().is_some_and(PartitionLog::is_failed) {
            self.wake_all();
        }
    }
}
