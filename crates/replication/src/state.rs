//! What is behind a partition's mutex: its role, its log, and who waits.
//!
//! Role transitions: `Offline -> Leader | Follower`, `Leader <-> Follower`, each by a registration of
//! a partition epoch that is not older; any role `-> Offline` when the log directory fails.
//!
//! Invariants: the high watermark never passes the log's end, nor what is durable where only that
//! counts, nor `held_at` while a flush that the topic demands is outstanding; it moves only up while
//! this node leads.

use crate::commit::Committer;
use crate::error::PartitionError;
use crate::partition::{CountsWhen, Settings};
use crate::peers::Peers;
use crate::remote::Followers;
use crate::tail::Tail;
use crate::touched::Mark;
use crate::waiter::Waiters;
use keld_log::PartitionLog;
use keld_types::{BrokerId, LeaderEpoch, Mutation, Offset, PartitionEpoch, TopicPartition};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

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
    /// The committer of the log's directory.
    pub(crate) committer: Option<Arc<Committer>>,
    /// The partition takes part in the next round of its committer.
    pub(crate) is_submitted: bool,
    /// Bytes that came since the last round was prepared, and those that it makes durable: what its
    /// completion makes readable.
    pub(crate) bytes_appended: usize,
    pub(crate) bytes_in_round: usize,
    pub(crate) waiters: Waiters,
    pub(crate) tail: Tail,
    /// Who waits for the high watermark to reach an offset.
    pub(crate) commits: Vec<(Offset, Arc<CommitSlot>)>,
    /// Who waits for all below an offset to be durable.
    pub(crate) durables: Vec<(Offset, Arc<CommitSlot>)>,
    /// Who waits for the low watermark to reach an offset.
    pub(crate) deletions: Vec<(Offset, Arc<CommitSlot>)>,
    /// The other replicas, while this node leads.
    pub(crate) followers: Followers,
    /// The node; absent where nothing is replicated.
    pub(crate) peers: Option<Arc<dyn Peers>>,
    /// Whether the node knows that it must look.
    pub(crate) mark: Mark,
}

/// Whom to wake when an offset is committed; empty once that was done.
#[derive(Debug, Default)]
pub(crate) struct CommitSlot(pub(crate) Mutex<Option<Waker>>);

impl CommitSlot {
    pub(crate) fn waker(&self) -> MutexGuard<'_, Option<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes whom to wake; true when the slot was empty and is to be put among those that wait.
    pub(crate) fn arm(&self, context: &mut Context<'_>) -> bool {
        let mut waker = self.waker();
        match &mut *waker {
            Some(held) => {
                held.clone_from(context.waker());
                false
            }
            None => {
                *waker = Some(context.waker().clone());
                true
            }
        }
    }
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
        let is_lost = self.has_lost_lease();
        let Role::Leader(leadership) = &self.role else {
            return Err(PartitionError::NotLeader { partition: partition.clone(), broker });
        };
        if is_lost {
            return Err(PartitionError::NotLeader { partition: partition.clone(), broker });
        }
        match &mut self.log {
            Some(log) => Ok((log, leadership)),
            None => Err(PartitionError::Offline { partition: partition.clone() }),
        }
    }

    /// The log and the epoch it is in, whoever leads, if the caller agrees with the epoch.
    pub(crate) fn replica(
        &mut self,
        current_leader_epoch: Option<LeaderEpoch>,
    ) -> Result<(&mut PartitionLog, LeaderEpoch), PartitionError> {
        self.check_epoch(current_leader_epoch)?;
        let (partition, epoch) = (&self.partition, self.role.epoch());
        if self.is_deleted {
            return Err(PartitionError::Deleted { partition: partition.clone() });
        }
        if epoch == LeaderEpoch::NONE || self.has_lost_lease() {
            // No registration came yet, or there may be a newer one.
            let broker = self.local;
            return Err(PartitionError::NotLeader { partition: partition.clone(), broker });
        }
        match &mut self.log {
            Some(log) => Ok((log, epoch)),
            None => Err(PartitionError::Offline { partition: partition.clone() }),
        }
    }

    /// Whether this node stood still for so long since it was told to lead that another may do so
    /// now. Nobody else can lead where nobody else has a replica.
    fn has_lost_lease(&self) -> bool {
        matches!(self.role, Role::Leader(_))
            && !self.followers.is_empty()
            && self.peers.as_ref().is_some_and(|peers| !peers.holds_lease())
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
        if Mutation::MinIsrIgnored.is_planted() {
            return 1;
        }
        self.settings.min_insync_replicas.min(leadership.replicas.max(1))
    }

    /// Moves the high watermark up as far as it may; true when it moved.
    pub(crate) fn advance_high_watermark(&mut self) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        if leadership.isr.len() < self.min_isr(leadership) {
            return false;
        }
        let held_at = self.held_at;
        let only_durable = self.settings.counts_when == CountsWhen::Durable;
        let Some(log) = &mut self.log else { return false };
        let mut target =
            held_at.map_or(log.log_end_offset(), |held| held.min(log.log_end_offset()));
        // A damaged log is never flushed, and takes no appends that would wait for it.
        let counts_all = Mutation::LeaderCountsUnsynced.is_planted();
        if only_durable && log.damaged().is_empty() && !counts_all {
            target = target.min(log.durable_offset());
        }
        if !self.followers.is_empty() {
            let peers = self.peers.as_deref();
            target = self.followers.bound(target, log.log_end_offset(), &leadership.isr, peers);
        }
        if target <= log.high_watermark() {
            return false;
        }
        log.set_high_watermark(target);
        true
    }

    /// All who wait must look again: role, log or start changed.
    pub(crate) fn wake_all(&mut self) {
        self.waiters.complete();
        self.followers.waiters.complete();
        let slots = self.commits.drain(..).chain(self.durables.drain(..));
        for (_, slot) in slots.chain(self.deletions.drain(..)) {
            if let Some(waker) = slot.waker().take() {
                waker.wake();
            }
        }
    }

    /// Takes those out who wait for no more than the high watermark.
    pub(crate) fn take_committed(&mut self, woken: &mut Vec<Waker>) {
        let Some(log) = &self.log else { return };
        take_reached(&mut self.commits, log.high_watermark(), woken);
    }

    /// Takes those out who wait for no more than what is durable.
    pub(crate) fn take_durable(&mut self, woken: &mut Vec<Waker>) {
        let Some(log) = &self.log else { return };
        take_reached(&mut self.durables, log.durable_offset(), woken);
    }

    /// How many bytes the high watermark made readable, of so many that came since it last moved.
    pub(crate) fn readable(&mut self, bytes: usize) -> usize {
        match &self.log {
            Some(log) if !self.followers.is_empty() => {
                self.followers.take_readable(log.high_watermark())
            }
            Some(_) | None => bytes,
        }
    }

    /// Moves the high watermark as far as the followers let it; whoever waited for that is to be
    /// woken.
    pub(crate) fn advance_for_followers(&mut self, woken: &mut Vec<Waker>) {
        if self.advance_high_watermark() {
            let bytes = self.readable(self.bytes_appended);
            self.waiters.add(bytes, woken);
            self.take_committed(woken);
        }
    }

    /// The committer, where the partition is still to be submitted to its next round.
    pub(crate) fn submission(&mut self) -> Option<Arc<Committer>> {
        let committer = self.committer.as_ref().filter(|_| !self.is_submitted)?;
        self.is_submitted = true;
        Some(Arc::clone(committer))
    }

    /// Whether the next round of the committer must make something durable that only then counts.
    pub(crate) fn awaits_durability(&self) -> bool {
        let only_durable = self.settings.counts_when == CountsWhen::Durable;
        let is_leader = matches!(self.role, Role::Leader(_));
        let is_behind = |log: &PartitionLog| log.durable_offset() < log.log_end_offset();
        let usable = |log: &&PartitionLog| log.damaged().is_empty() && !log.is_failed();
        only_durable && is_leader && self.log.as_ref().filter(usable).is_some_and(is_behind)
    }

    /// Gives the log up after its directory failed.
    pub(crate) fn note_failure(&mut self) {
        if self.log.as_ref().is_some_and(PartitionLog::is_failed) {
            self.wake_all();
        }
    }
}

/// Takes those out who wait for no more than `reached`.
pub(crate) fn take_reached(
    waiting: &mut Vec<(Offset, Arc<CommitSlot>)>,
    reached: Offset,
    woken: &mut Vec<Waker>,
) {
    waiting.retain(|(required, slot)| {
        let waits = *required > reached;
        if !waits {
            woken.extend(slot.waker().take());
        }
        waits
    });
}
