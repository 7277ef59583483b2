//! What a leader knows of the other replicas.
//!
//! Invariants: at most one [`RemoteReplica`] an id, none of the leader itself; what a fetch said is
//! taken only from a broker's newest incarnation.

use crate::isr::IsrChange;
use crate::peers::{BrokerStatus, Peers};
use crate::waiter::Waiters;
use keld_types::{BrokerEpoch, BrokerId, Mutation, Offset};
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

/// Before any time.
const NEVER_MS: i64 = i64::MIN / 2;
/// The epoch of those that do not name one.
const NO_EPOCH: BrokerEpoch = BrokerEpoch::new(-1);
/// How many appends are told apart that no follower has yet.
const UNCOMMITTED_MAX: usize = 1024;
/// Bytes of appends that nobody counted.
const UNCOUNTED: usize = usize::MAX >> 2;

/// Another replica, as far as its fetches told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteReplica {
    /// Its broker.
    pub id: BrokerId,
    /// The end of its log; [`Offset::NONE`] until it fetched.
    pub log_end: Offset,
    /// The start of its log; [`Offset::NONE`] until it fetched.
    pub log_start: Offset,
    /// The leader's log end at its last fetch.
    last_fetch_leader_end: Offset,
    last_fetch_ms: i64,
    /// When it last had all that the leader had.
    pub last_caught_up_ms: i64,
    /// The incarnation that fetched.
    pub broker_epoch: Option<BrokerEpoch>,
}

/// What a fetch of a follower says about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FollowerFetch {
    /// Its broker.
    pub id: BrokerId,
    /// The incarnation; −1 where the request does not name one.
    pub broker_epoch: BrokerEpoch,
    /// The start of its log.
    pub log_start: Offset,
    /// When the request came, in milliseconds of the monotonic clock; `None` when it was noted
    /// already and is only read again.
    pub arrived_ms: Option<i64>,
}

/// The other replicas of a partition that this node leads; empty with a replication factor of one,
/// and while it does not lead.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    replicas: Vec<RemoteReplica>,
    /// The change of the ISR that is in flight.
    pub(crate) pending: Option<Arc<IsrChange>>,
    /// Followers that wait at the log's end.
    pub(crate) waiters: Waiters,
    /// Appends above the high watermark: where each ended, and its bytes.
    uncommitted: VecDeque<(Offset, usize)>,
}

impl RemoteReplica {
    fn new(id: BrokerId) -> Self {
        Self {
            id,
            log_end: Offset::NONE,
            log_start: Offset::NONE,
            last_fetch_leader_end: Offset::NONE,
            last_fetch_ms: NEVER_MS,
            last_caught_up_ms: NEVER_MS,
            broker_epoch: None,
        }
    }

    /// Whether it has all that the leader has, or had so a short time ago.
    pub(crate) fn is_caught_up(&self, leader_end: Offset, now_ms: i64, lag_max_ms: i64) -> bool {
        self.log_end == leader_end || now_ms - self.last_caught_up_ms <= lag_max_ms
    }

    /// Whether it may join the ISR, as far as the metadata is concerned: not fenced, not about to
    /// stop, and the incarnation that fetched is the one that is registered (KIP-903).
    pub(crate) fn is_eligible(&self, status: Option<BrokerStatus>) -> bool {
        let (Some(fetched), Some(status)) = (self.broker_epoch, status) else { return false };
        !status.is_fenced
            && !status.is_shutting_down
            && (fetched == NO_EPOCH || fetched == status.epoch)
    }

    /// The epoch to name in a change of the ISR.
    pub(crate) fn epoch_to_name(&self) -> BrokerEpoch {
        self.broker_epoch.unwrap_or(NO_EPOCH)
    }

    /// Whether a fetch comes from an incarnation that is no more.
    pub(crate) fn is_stale(fetch: &FollowerFetch, status: Option<BrokerStatus>) -> bool {
        let known = status.filter(|status| !status.is_fenced).map(|status| status.epoch);
        fetch.broker_epoch != NO_EPOCH && known.is_some_and(|known| known > fetch.broker_epoch)
    }

    /// Takes what a fetch says; true when the end of its log changed.
    pub(crate) fn note_fetch(
        &mut self,
        fetch: &FollowerFetch,
        offset: Offset,
        leader_end: Offset,
        now_ms: i64,
    ) -> bool {
        let caught_up_ms = if offset >= leader_end {
            now_ms
        } else if offset >= self.last_fetch_leader_end {
            self.last_fetch_ms
        } else {
            self.last_caught_up_ms
        };
        self.last_caught_up_ms = self.last_caught_up_ms.max(caught_up_ms);
        self.last_fetch_leader_end = self.last_fetch_leader_end.max(leader_end);
        self.last_fetch_ms = now_ms;
        self.log_start = fetch.log_start;
        self.broker_epoch = Some(fetch.broker_epoch);
        std::mem::replace(&mut self.log_end, offset) != offset
    }

    /// A new leader epoch began at `epoch_start`.
    fn reset(&mut self, now_ms: i64, epoch_start: Offset, is_new_leader: bool, in_sync: bool) {
        let then_ms = if in_sync { now_ms } else { NEVER_MS };
        self.last_caught_up_ms = then_ms;
        if is_new_leader {
            *self = Self { last_caught_up_ms: then_ms, ..Self::new(self.id) };
        } else {
            // It must not come back into the ISR before it fetches.
            self.last_fetch_leader_end = epoch_start;
            self.last_fetch_ms = then_ms;
        }
    }
}

impl Followers {
    /// Whether there are no other replicas.
    pub(crate) fn is_empty(&self) -> bool {
        self.replicas.is_empty()
    }

    pub(crate) fn replicas(&self) -> &[RemoteReplica] {
        &self.replicas
    }

    pub(crate) fn get(&self, id: BrokerId) -> Option<&RemoteReplica> {
        self.replicas.iter().find(|replica| replica.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: BrokerId) -> Option<&mut RemoteReplica> {
        self.replicas.iter_mut().find(|replica| replica.id == id)
    }

    /// Takes an assignment: replicas that stay keep what is known of them. What is between high
    /// watermark and log end was not counted here if there was nobody to count it for.
    pub(crate) fn assign(&mut self, local: BrokerId, replicas: &[BrokerId], log_end: Offset) {
        let others = || replicas.iter().filter(|id| **id != local);
        let was_empty = self.is_empty();
        self.replicas.retain(|held| others().any(|id| *id == held.id));
        for id in others() {
            if self.get(*id).is_none() {
                self.replicas.push(RemoteReplica::new(*id));
            }
        }
        self.replicas.sort_by_key(|replica| replica.id);
        if self.replicas.is_empty() {
            self.uncommitted = VecDeque::new();
        } else if was_empty {
            self.note_appended(log_end, UNCOUNTED);
        }
    }

    /// This node leads no more.
    pub(crate) fn clear(&mut self) {
        self.replicas.clear();
        self.pending = None;
        self.uncommitted.clear();
    }

    /// A new leader epoch began.
    pub(crate) fn reset(
        &mut self,
        now_ms: i64,
        epoch_start: Offset,
        is_new_leader: bool,
        isr: &[BrokerId],
    ) {
        for replica in &mut self.replicas {
            let in_sync = isr.contains(&replica.id);
            replica.reset(now_ms, epoch_start, is_new_leader, in_sync);
        }
    }

    /// Whether a replica is in the ISR, or will be if a change that is in flight is taken.
    fn is_in_maximal(&self, isr: &[BrokerId], id: BrokerId) -> bool {
        isr.contains(&id) || self.pending.as_ref().is_some_and(|change| change.expands_by(id))
    }

    /// Whether a planted mistake leaves a replica out whose leave is not confirmed.
    fn is_left_out(&self, id: BrokerId) -> bool {
        let leaves = |change: &Arc<IsrChange>| change.isr.iter().all(|(stays, _)| *stays != id);
        Mutation::ShrinkCountsEarly.is_planted() && self.pending.as_ref().is_some_and(leaves)
    }

    /// How many replicas are in the ISR, or will be.
    pub(crate) fn maximal_size(&self, isr: &[BrokerId]) -> usize {
        let joins = |replica: &&RemoteReplica| {
            !isr.contains(&replica.id) && self.is_in_maximal(isr, replica.id)
        };
        isr.len() + self.replicas.iter().filter(joins).count()
    }

    /// Holds a target for the high watermark down to what every replica has that counts: those of
    /// the maximal ISR, and those that are so near that they would never get in if it ran away.
    pub(crate) fn bound(
        &self,
        target: Offset,
        leader_end: Offset,
        isr: &[BrokerId],
        peers: Option<&dyn Peers>,
    ) -> Offset {
        if Mutation::AnyFollowerCommits.is_planted() {
            let ends = self.replicas.iter().map(|replica| replica.log_end);
            return ends.max().map_or(target, |furthest| target.min(furthest));
        }
        let mut target = target;
        let mut times = None;
        for replica in &self.replicas {
            if replica.log_end >= target {
                continue;
            }
            let counts = self.is_in_maximal(isr, replica.id)
                || peers.is_some_and(|peers| {
                    let (now_ms, lag_max_ms) =
                        *times.get_or_insert_with(|| (peers.now_ms(), peers.lag_max_ms()));
                    replica.is_caught_up(leader_end, now_ms, lag_max_ms)
                        && replica.is_eligible(peers.broker(replica.id))
                });
            if counts && !self.is_left_out(replica.id) {
                target = replica.log_end;
            }
        }
        target
    }

    /// Members of the ISR that fell behind.
    pub(crate) fn out_of_sync(
        &self,
        leader_end: Offset,
        isr: &[BrokerId],
        now_ms: i64,
        lag_max_ms: i64,
    ) -> Vec<BrokerId> {
        let behind = |replica: &&RemoteReplica| {
            isr.contains(&replica.id) && !replica.is_caught_up(leader_end, now_ms, lag_max_ms)
        };
        self.replicas.iter().filter(behind).map(|replica| replica.id).collect()
    }

    /// An append ended at `end`.
    pub(crate) fn note_appended(&mut self, end: Offset, bytes: usize) {
        let is_full = self.uncommitted.len() >= UNCOMMITTED_MAX;
        match self.uncommitted.back_mut().filter(|_| is_full) {
            Some(last) => *last = (end, last.1.saturating_add(bytes)),
            None => self.uncommitted.push_back((end, bytes)),
        }
    }

    /// Tells the followers that wait of bytes at the log's end.
    pub(crate) fn wake(&mut self, bytes: usize, woken: &mut Vec<Waker>) {
        if !self.waiters.is_empty() {
            self.waiters.add(bytes, woken);
        }
    }

    /// How many bytes became readable with a high watermark, at least: an append that is partly
    /// above it counts whole, now and when the rest follows.
    pub(crate) fn take_readable(&mut self, high_watermark: Offset) -> usize {
        let mut bytes = 0_usize;
        while let Some((end, size)) = self.uncommitted.front() {
            bytes = bytes.saturating_add(*size);
            if *end > high_watermark {
                break;
            }
            self.uncommitted.pop_front();
        }
        bytes.max(1)
    }
}
