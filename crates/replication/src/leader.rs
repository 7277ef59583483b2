//! This node as the leader of several replicas: fetches of followers, who is in sync, and what all
//! of them have deleted.

use crate::error::PartitionError;
use crate::isr::{IsrAnswer, IsrChange, IsrChangeKind, IsrOutcome, Refusal};
use crate::partition::Partition;
use crate::peers::Peers;
use crate::read::{Read, ReadRequest, ServedBy, Waiting};
use crate::remote::{FollowerFetch, RemoteReplica};
use crate::state::{CommitSlot, Role, State, take_reached};
use crate::throttle::{Allowance, Throttled};
use crate::whole::cut_to_whole_batches;
use keld_log::PartitionLog;
use keld_types::{BrokerEpoch, BrokerId, ErrorCode, LeaderEpoch, Offset};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What a deletion of records did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deleted {
    /// Up to where records were to be deleted.
    pub offset: Offset,
    /// Up to where every live replica has deleted: the answer, once it is at `offset`.
    pub low_watermark: Offset,
    /// The epoch it was done in.
    pub leader_epoch: LeaderEpoch,
}

/// Completes with the low watermark when every live replica has deleted up to an offset.
#[derive(Debug)]
pub struct AllDeleted {
    partition: Arc<Partition>,
    deleted: Deleted,
    slot: Option<Arc<CommitSlot>>,
}

/// A change that is to be proposed, and to whom.
type Proposal = (Arc<dyn Peers>, Arc<IsrChange>);

impl Partition {
    /// Reads for a follower, and takes note of how far it is (§ "Replica fetch" of the design). A
    /// follower that diverged is told where, and nothing is noted. A throttled one that is not in
    /// sync gets no more than is allowed; those in sync get everything, as else they would fall out.
    pub fn read_as_follower(
        self: &Arc<Self>,
        request: &ReadRequest,
        fetch: &FollowerFetch,
        allowance: Allowance,
        waiting: Waiting,
    ) -> Result<Read, PartitionError> {
        let mut woken = Vec::new();
        let (read, proposal) = {
            let mut state = self.state();
            state.check_follower(request, fetch)?;
            let (request, throttled) = state.throttle(request, fetch.id, allowance);
            let mut read = self.read_in(&mut state, &request, ServedBy::Leader, waiting)?;
            read.throttled = throttled;
            if throttled == Throttled::Counted
                && let Some(data) = &mut read.data
                && data.length >= request.bytes_max
            {
                cut_to_whole_batches(data);
            }
            let arrived_ms = fetch.arrived_ms.filter(|_| read.diverging.is_none());
            let proposal = match arrived_ms {
                Some(now_ms) => {
                    let end = read.offsets.log_end;
                    state.note_follower_fetch(request.offset, fetch, end, now_ms, &mut woken);
                    self.propose_expansion(&mut state, fetch.id)
                }
                None => None,
            };
            (read, proposal)
        };
        woken.into_iter().for_each(Waker::wake);
        self.send(proposal);
        Ok(read)
    }

    /// What is known of the other replicas; nothing unless this node leads.
    pub fn remote_replicas(&self) -> Vec<RemoteReplica> {
        self.peek(|state| state.followers.replicas().to_vec())
    }

    /// The change of the ISR that is in flight.
    pub fn pending_isr_change(&self) -> Option<Arc<IsrChange>> {
        self.peek(|state| state.followers.pending.clone())
    }

    /// Proposes that those leave the ISR who fell behind. To be called every half of
    /// `replica.lag.time.max.ms`.
    pub fn shrink_isr(self: &Arc<Self>) {
        let may_shrink =
            |state: &State| !state.followers.is_empty() && state.followers.pending.is_none();
        if !self.peek(may_shrink) {
            return;
        }
        let mut state = self.state();
        if !may_shrink(&state) {
            return;
        }
        let proposal = self.propose_shrink(&mut state);
        drop(state);
        self.send(proposal);
    }

    /// Brokers came, changed or went: moves the high watermark as far as it may go now. A replica
    /// whose broker is fenced holds nothing back any more, and it will not fetch to say so.
    pub fn look_again(&self) {
        let mut woken = Vec::new();
        let mut state = self.state();
        state.advance_for_followers(&mut woken);
        state.advance_deletions(&mut woken);
        drop(state);
        woken.into_iter().for_each(Waker::wake);
    }

    /// A broker may be in ISRs now: proposes it, if its replica has what it needs. Else the next
    /// fetch of that replica would, which the leader may hold back for a while.
    pub fn expand_isr(self: &Arc<Self>, id: BrokerId) {
        let mut state = self.state();
        let proposal = self.propose_expansion(&mut state, id);
        drop(state);
        self.send(proposal);
    }

    /// Takes what became of a change of the ISR. An answer to another change than the one in flight
    /// says nothing: the metadata was faster.
    pub fn finish_isr_change(
        self: &Arc<Self>,
        change: &Arc<IsrChange>,
        result: Result<IsrAnswer, ErrorCode>,
    ) -> IsrOutcome {
        let mut state = self.state();
        let is_pending =
            state.followers.pending.as_ref().is_some_and(|held| Arc::ptr_eq(held, change));
        let Role::Leader(leadership) = &mut state.role else { return IsrOutcome::Settled };
        if !is_pending {
            return IsrOutcome::Settled;
        }
        match result {
            Ok(answer) => {
                let is_stale = answer.leader_epoch != leadership.epoch
                    || answer.partition_epoch < leadership.partition_epoch;
                if is_stale {
                    return IsrOutcome::Settled;
                }
                tracing::info!(
                    partition = %self.topic_partition(), isr = ?answer.isr,
                    partition_epoch = %answer.partition_epoch, "ISR updated"
                );
                leadership.isr = answer.isr;
                leadership.partition_epoch = answer.partition_epoch;
                state.followers.pending = None;
                let mut woken = Vec::new();
                state.advance_for_followers(&mut woken);
                drop(state);
                woken.into_iter().for_each(Waker::wake);
            }
            Err(code) => {
                tracing::info!(
                    partition = %self.topic_partition(), ?code, isr = ?change.isr,
                    "the controller did not change the ISR"
                );
                match Refusal::of(code) {
                    Refusal::Revert => state.followers.pending = None,
                    Refusal::Await => {}
                    Refusal::Retry => return IsrOutcome::Retry,
                }
            }
        }
        IsrOutcome::Settled
    }

    /// A replica joins the ISR when it has all that is committed, and something of this epoch or
    /// its beginning: else it could be elected without what a former leader committed.
    fn propose_expansion(self: &Arc<Self>, state: &mut State, id: BrokerId) -> Option<Proposal> {
        let Role::Leader(leadership) = &state.role else { return None };
        let replica = state.followers.get(id)?;
        let log = state.log.as_ref()?;
        let peers = state.peers.clone()?;
        let may_join = state.followers.pending.is_none()
            && !leadership.isr.contains(&id)
            && replica.log_end >= log.high_watermark()
            && replica.log_end >= leadership.epoch_start
            && replica.is_eligible(peers.broker(id));
        if !may_join {
            return None;
        }
        let isr = leadership.isr.iter().copied().chain([id]).collect();
        self.propose(state, peers, isr, IsrChangeKind::Expand(id))
    }

    fn propose_shrink(self: &Arc<Self>, state: &mut State) -> Option<Proposal> {
        let Role::Leader(leadership) = &state.role else { return None };
        let log = state.log.as_ref()?;
        let peers = state.peers.clone()?;
        let end = log.log_end_offset();
        let (now_ms, lag_max_ms) = (peers.now_ms(), peers.lag_max_ms());
        let out = state.followers.out_of_sync(end, &leadership.isr, now_ms, lag_max_ms);
        if out.is_empty() {
            return None;
        }
        tracing::info!(
            partition = %self.topic_partition(), isr = ?leadership.isr, out_of_sync = ?out,
            high_watermark = %log.high_watermark(), log_end = %end, "shrinking the ISR"
        );
        let stays = |id: &BrokerId| !out.contains(id);
        let isr = leadership.isr.iter().copied().filter(stays).collect();
        self.propose(state, peers, isr, IsrChangeKind::Shrink(out))
    }

    fn propose(
        &self,
        state: &mut State,
        peers: Arc<dyn Peers>,
        isr: Vec<BrokerId>,
        kind: IsrChangeKind,
    ) -> Option<Proposal> {
        let Role::Leader(leadership) = &state.role else { return None };
        let epoch_of = |id: BrokerId| {
            if id == state.local {
                return peers.local_epoch();
            }
            let replica = state.followers.get(id);
            replica.map_or(BrokerEpoch::new(-1), RemoteReplica::epoch_to_name)
        };
        let change = Arc::new(IsrChange {
            topic_id: self.topic_id(),
            partition: self.topic_partition().partition,
            leader_epoch: leadership.epoch,
            partition_epoch: leadership.partition_epoch,
            isr: isr.into_iter().map(|id| (id, epoch_of(id))).collect(),
            kind,
        });
        state.followers.pending = Some(Arc::clone(&change));
        Some((peers, change))
    }

    fn send(self: &Arc<Self>, proposal: Option<Proposal>) {
        if let Some((peers, change)) = proposal {
            peers.propose(Arc::clone(self), change);
        }
    }

    /// Deletes records below `offset` (`None`: all below the high watermark).
    pub fn delete_records(&self, offset: Option<Offset>) -> Result<Deleted, PartitionError> {
        let mut state = self.state();
        let settings = Arc::clone(&state.settings);
        let (log, leadership) = state.leader(None)?;
        let leader_epoch = leadership.epoch;
        let partition = || self.topic_partition().clone();
        if !settings.log.delete && settings.log.compact {
            return Err(PartitionError::NotDeletable { partition: partition() });
        }
        let offset = offset.unwrap_or(log.high_watermark());
        if offset < Offset::ZERO {
            return Err(PartitionError::InvalidOffset { partition: partition(), offset });
        }
        let moved = log.increment_log_start_offset(offset)?;
        let low_watermark = state.low_watermark();
        if moved {
            state.wake_all();
        }
        Ok(Deleted { offset, low_watermark, leader_epoch })
    }

    /// Waits until every live replica has deleted what was asked for.
    pub fn all_deleted(self: &Arc<Self>, deleted: Deleted) -> AllDeleted {
        AllDeleted { partition: Arc::clone(self), deleted, slot: None }
    }
}

impl State {
    /// Whether a fetch is one of a replica of this leader's, of the broker's newest incarnation.
    fn check_follower(
        &mut self,
        request: &ReadRequest,
        fetch: &FollowerFetch,
    ) -> Result<(), PartitionError> {
        let leadership = self.leader(request.current_leader_epoch)?.1;
        let (epoch, partition_epoch) = (leadership.epoch, leadership.partition_epoch);
        let partition = || self.partition.clone();
        if self.followers.get(fetch.id).is_none() {
            return Err(PartitionError::UnknownReplica {
                partition: partition(),
                replica: fetch.id,
                epoch,
                partition_epoch,
                names_epoch: request.current_leader_epoch.is_some(),
            });
        }
        let status = self.peers.as_ref().and_then(|peers| peers.broker(fetch.id));
        if RemoteReplica::is_stale(fetch, status) {
            return Err(PartitionError::StaleReplica {
                partition: partition(),
                replica: fetch.id,
                found: fetch.broker_epoch,
            });
        }
        Ok(())
    }

    /// What a throttle leaves of a follower's request.
    fn throttle(
        &self,
        request: &ReadRequest,
        follower: BrokerId,
        allowance: Allowance,
    ) -> (ReadRequest, Throttled) {
        let mut request = *request;
        if !self.settings.throttled_leading.contains(self.partition.partition) {
            return (request, Throttled::No);
        }
        let Role::Leader(leadership) = &self.role else { return (request, Throttled::No) };
        if leadership.isr.contains(&follower) {
            return (request, Throttled::Counted);
        }
        request.bytes_max = request.bytes_max.min(allowance.bytes_max());
        if allowance.pause().is_none() {
            return (request, Throttled::Counted);
        }
        request.min_one_batch = false;
        (request, Throttled::HeldBack)
    }

    fn note_follower_fetch(
        &mut self,
        offset: Offset,
        fetch: &FollowerFetch,
        leader_end: Offset,
        now_ms: i64,
        woken: &mut Vec<Waker>,
    ) {
        let Some(replica) = self.followers.get_mut(fetch.id) else { return };
        if replica.note_fetch(fetch, offset, leader_end, now_ms) {
            self.advance_for_followers(woken);
        }
        self.advance_deletions(woken);
    }

    fn advance_deletions(&mut self, woken: &mut Vec<Waker>) {
        if !self.deletions.is_empty() {
            let low_watermark = self.low_watermark();
            take_reached(&mut self.deletions, low_watermark, woken);
        }
    }

    /// Up to where every live replica has deleted.
    fn low_watermark(&self) -> Offset {
        let own = self.log.as_ref().map_or(Offset::ZERO, PartitionLog::log_start_offset);
        let is_alive = |replica: &&RemoteReplica| {
            let status = self.peers.as_ref().and_then(|peers| peers.broker(replica.id));
            status.is_some_and(|status| !status.is_fenced)
        };
        let live = self.followers.replicas().iter().filter(is_alive);
        live.map(|replica| replica.log_start).fold(own, Offset::min)
    }
}

impl Future for AllDeleted {
    type Output = Result<Offset, PartitionError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let mut state = this.partition.state();
        match state.leader(None) {
            Err(error) => return Poll::Ready(Err(error)),
            Ok((_, leadership)) if leadership.epoch != this.deleted.leader_epoch => {
                let (partition, broker) = (state.partition.clone(), state.local);
                return Poll::Ready(Err(PartitionError::NotLeader { partition, broker }));
            }
            Ok(_) => {}
        }
        let low_watermark = state.low_watermark();
        if low_watermark >= this.deleted.offset {
            return Poll::Ready(Ok(low_watermark));
        }
        let slot = this.slot.get_or_insert_default();
        if CommitSlot::arm(slot, context) {
            state.deletions.push((this.deleted.offset, Arc::clone(slot)));
        }
        Poll::Pending
    }
}
