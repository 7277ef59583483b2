//! One partition's replica on this node.

use crate::commit::Committers;
use crate::error::PartitionError;
use crate::peers::Peers;
use crate::remote::Followers;
use crate::state::{Leadership, Role, State};
use crate::tail::Tail;
use crate::throttle::ThrottledPartitions;
use crate::touched::Mark;
use crate::waiter::Waiters;
use keld_env::Env;
use keld_log::{LogConfig, PartitionLog};
use keld_metadata::PartitionRegistration;
use keld_types::{BrokerId, LeaderEpoch, Offset, PartitionEpoch, TopicId, TopicPartition};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// When a replica counts itself among those that hold a record, which the high watermark and with
/// it acks=all and consumers go by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CountsWhen {
    /// When the record is on stable storage.
    Durable,
    /// When it is appended, as in Kafka.
    Appended,
}

/// What a topic's configuration means for its partitions.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// What the log obeys. `flush.messages` and `flush.ms` are read from it here, and kept from the
    /// log: flushes run beside the workers.
    pub log: LogConfig,
    /// `min.insync.replicas`.
    pub min_insync_replicas: usize,
    /// `keld.durability`.
    pub counts_when: CountsWhen,
    /// What is sent to replicas that are not in sync at no more than the throttled rate.
    pub throttled_leading: ThrottledPartitions,
    /// What is fetched at no more than the throttled rate until it is in sync.
    pub throttled_following: ThrottledPartitions,
}

/// One partition's replica. All state is behind one mutex, held for memory and page-cache work only:
/// never over a sync, never over an await.
#[derive(Debug)]
pub struct Partition {
    pub(crate) env: Env,
    committers: Arc<Committers>,
    /// Itself, for rounds of its committer.
    this: Weak<Partition>,
    topic_partition: TopicPartition,
    topic_id: TopicId,
    /// Behind [`Self::state`], which puts the partition on the list of those that were touched.
    state: Mutex<State>,
}

/// What a registration made of this node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// Nothing: it was older than what is held.
    Stale,
    /// The leader.
    Leader {
        /// It leads in another epoch than before.
        is_new_epoch: bool,
    },
    /// A follower.
    Follower {
        /// Who leads; [`BrokerId::NONE`] when nobody does.
        leader: BrokerId,
        /// The leader's epoch is another than before: fetching begins anew, whoever leads.
        is_new_epoch: bool,
    },
}

impl Settings {
    /// What the log itself is given: it never flushes by count on its own.
    fn log_config(&self) -> LogConfig {
        LogConfig { flush_messages: i64::MAX, ..self.log.clone() }
    }

    /// Whether an append must be durable before it is acknowledged and readable.
    pub(crate) fn flushes_each_append(&self, unflushed: i64) -> bool {
        unflushed >= self.log.flush_messages
    }
}

impl Partition {
    /// A replica over its log; `None` where the log directory is offline. It leads nothing until a
    /// registration says so.
    pub fn new(
        committers: &Arc<Committers>,
        topic_partition: TopicPartition,
        topic_id: TopicId,
        local: BrokerId,
        settings: Settings,
        log: Option<PartitionLog>,
    ) -> Arc<Self> {
        let mut log = log;
        if let Some(log) = &mut log {
            log.set_config(settings.log_config());
        }
        let committer = log.as_ref().map(|log| committers.of(log.log_dir()));
        let state = State {
            partition: topic_partition.clone(),
            local,
            role: Role::Follower {
                leader: BrokerId::NONE,
                epoch: LeaderEpoch::NONE,
                partition_epoch: PartitionEpoch::new(-1),
            },
            log,
            is_deleted: false,
            settings: Arc::new(settings),
            pending_epoch: None,
            held_at: None,
            committer,
            is_submitted: false,
            bytes_appended: 0,
            bytes_in_round: 0,
            waiters: Waiters::default(),
            tail: Tail::default(),
            commits: Vec::new(),
            durables: Vec::new(),
            deletions: Vec::new(),
            followers: Followers::default(),
            peers: None,
            mark: Mark::default(),
        };
        Arc::new_cyclic(|this| Self {
            env: committers.env().clone(),
            committers: Arc::clone(committers),
            this: this.clone(),
            topic_partition,
            topic_id,
            state: Mutex::new(state),
        })
    }

    /// Which partition.
    pub fn topic_partition(&self) -> &TopicPartition {
        &self.topic_partition
    }

    /// Its topic's id.
    pub fn topic_id(&self) -> TopicId {
        self.topic_id
    }

    /// Itself; `None` while the last of its owners lets go of it.
    pub(crate) fn this(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }

    /// What is behind the mutex, for those who may change it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.locked();
        state.mark.set(|| self.id());
        state
    }

    /// The same without a word to the node.
    pub(crate) fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This node's role.
    pub fn role(&self) -> Role {
        self.peek(|state| state.role.clone())
    }

    /// The leader as far as this replica knows, and its epoch.
    pub fn leader_and_epoch(&self) -> (BrokerId, LeaderEpoch) {
        self.peek(|state| match &state.role {
            Role::Leader(leadership) => (state.local, leadership.epoch),
            Role::Follower { leader, epoch, .. } => (*leader, *epoch),
        })
    }

    /// Takes a registration: this node becomes leader or follower, or its ISR changes. One that is
    /// older than what is held is ignored.
    pub fn apply(&self, registration: &PartitionRegistration) -> Applied {
        let mut state = self.state();
        if registration.partition_epoch < state.role.partition_epoch() {
            return Applied::Stale;
        }
        let mut must_commit = false;
        let is_new_epoch = registration.leader_epoch > state.role.epoch();
        let leader = registration.leader;
        let applied = if leader == state.local {
            let was_leader = matches!(state.role, Role::Leader(_));
            let log_end = state.log.as_ref().map_or(Offset::ZERO, PartitionLog::log_end_offset);
            if is_new_epoch {
                // Even if nothing is ever written in it: a follower with a lost epoch is told by
                // it where to cut.
                state.pending_epoch = Some((registration.leader_epoch, log_end));
            }
            let epoch_start = match &state.role {
                Role::Leader(held) if !is_new_epoch => held.epoch_start,
                Role::Leader(_) | Role::Follower { .. } => log_end,
            };
            state.role = Role::Leader(Leadership {
                epoch: registration.leader_epoch,
                partition_epoch: registration.partition_epoch,
                epoch_start,
                isr: registration.isr.clone(),
                replicas: registration.replicas.len(),
            });
            let local = state.local;
            state.followers.assign(local, &registration.replicas, log_end);
            // What is newer settles what was asked for. The registration that was asked to change,
            // heard late or again, does not: the controller may be making that change now.
            state
                .followers
                .pending
                .take_if(|change| change.partition_epoch != registration.partition_epoch);
            if is_new_epoch && !state.followers.is_empty() {
                let now_ms = state.peers.as_ref().map_or(0, |peers| peers.now_ms());
                state.followers.reset(now_ms, epoch_start, !was_leader, &registration.isr);
            }
            state.advance_high_watermark();
            must_commit = state.awaits_durability();
            Applied::Leader { is_new_epoch }
        } else {
            state.role = Role::Follower {
                leader: registration.leader,
                epoch: registration.leader_epoch,
                partition_epoch: registration.partition_epoch,
            };
            state.held_at = None;
            state.pending_epoch = None;
            state.followers.clear();
            Applied::Follower { leader, is_new_epoch }
        };
        state.wake_all();
        drop(state);
        if must_commit {
            self.start_flush();
        }
        applied
    }

    /// Has the partition replicated to and from other brokers.
    pub fn replicate_with(&self, peers: Arc<dyn Peers>) {
        self.state().peers = Some(peers);
    }

    /// Writes the epoch this node leads in to the disk, if that is still to be done. Blocks.
    pub fn write_epoch(&self) -> Result<(), PartitionError> {
        let mut state = self.state();
        let Some((epoch, start)) = state.pending_epoch else { return Ok(()) };
        let Some(log) = &mut state.log else { return Ok(()) };
        let written = log.assign_epoch(epoch, start);
        state.pending_epoch = None;
        state.note_failure();
        Ok(written?)
    }

    /// Takes a new configuration.
    pub fn configure(&self, settings: Settings) {
        let mut state = self.state();
        let config = settings.log_config();
        state.settings = Arc::new(settings);
        if let Some(log) = &mut state.log {
            log.set_config(config);
        }
        if state.advance_high_watermark() {
            state.wake_all();
        }
        let must_commit = state.awaits_durability();
        drop(state);
        if must_commit {
            self.start_flush();
        }
    }

    /// What the topic's configuration means now.
    pub fn settings(&self) -> Arc<Settings> {
        self.peek(|state| Arc::clone(&state.settings))
    }

    /// Runs something on the log, under the partition's lock: it must not block. `None` while the
    /// log directory is offline.
    pub fn with_log<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        let mut state = self.state();
        let result = state.log.as_mut().map(work);
        state.note_failure();
        result
    }

    /// The log directory it lies in; `None` while that is offline.
    pub fn log_dir(&self) -> Option<PathBuf> {
        self.peek(|state| state.log.as_ref().map(|log| log.log_dir().to_owned()))
    }

    /// Whether its log may be used.
    pub fn is_online(&self) -> bool {
        self.peek(|state| state.log.as_ref().is_some_and(|log| !log.is_failed()))
    }

    /// Takes the log away for good: the partition was deleted. Who waits is told.
    pub fn delete(&self) -> Option<PartitionLog> {
        let mut state = self.state();
        state.is_deleted = true;
        let log = state.log.take();
        state.wake_all();
        log
    }

    /// Takes the log away: the directory failed, or the node stops.
    pub fn take_log(&self) -> Option<PartitionLog> {
        let mut state = self.state();
        let log = state.log.take();
        state.wake_all();
        log
    }

    /// As [`with_log`](Self::with_log), for work that may put another log in the place of the
    /// present one: a replica moves to another directory.
    pub fn exchange_log<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        let mut state = self.state();
        let log = state.log.as_mut()?;
        let before = log.log_dir().to_owned();
        let result = work(log);
        let (now, log_end) = (log.log_dir().to_owned(), log.log_end_offset());
        state.note_failure();
        if now == before {
            return Some(result);
        }
        if let Some((_, start)) = &mut state.pending_epoch {
            *start = log_end;
        }
        state.committer = Some(self.committers.of(&now));
        // What the committer of the other directory makes durable says nothing of this log.
        state.is_submitted = false;
        state.advance_high_watermark();
        state.wake_all();
        let must_commit = state.held_at.is_some() || state.awaits_durability();
        drop(state);
        if must_commit {
            self.start_flush();
        }
        Some(result)
    }

    /// Tells everybody who waits to look again: the node stops.
    pub fn wake(&self) {
        self.state().wake_all();
    }
}

#[cfg(test)]
pub(crate) mod tests;
