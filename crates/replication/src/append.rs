//! Appending as the leader, and waiting until it is committed.
//!
//! The batch is checked outside of the lock; under it sequence, offsets and the write. Where only
//! what is durable counts, or the topic demands it (`flush.messages`), the high watermark stays
//! below the append until a round of the directory's committer has made it durable.

use crate::commit::{Committer, Demand};
use crate::error::PartitionError;
use crate::partition::{CountsWhen, Partition, Settings};
use crate::state::{CommitSlot, Role, State};
use keld_log::{AppendInfo, AppendOrigin, FlushJob, FlushOutcome, LeaderAppend, PartitionLog};
use keld_record::{RecordBatch, Validated, validate};
use keld_types::{LeaderEpoch, Mutation, Offset, RequiredAcks};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll, Waker};

/// An append of one batch.
#[derive(Debug)]
pub struct Append<'a> {
    /// The batch; it may be written anew by the topic's rules.
    pub batch: &'a RecordBatch,
    /// Who asks.
    pub origin: AppendOrigin,
    /// What the producer waits for.
    pub acks: RequiredAcks,
    /// The epoch the caller leads in, if it matters to it (coordinators).
    pub leader_epoch: Option<LeaderEpoch>,
}

/// What an append did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Appended {
    /// As the log says.
    pub info: AppendInfo,
    /// The high watermark that commits it.
    pub required: Offset,
    /// The epoch it was written in.
    pub leader_epoch: LeaderEpoch,
    /// Whether it is committed already.
    pub is_committed: bool,
    /// Whether the topic demands a flush before any acknowledgement, whatever the producer's acks.
    pub must_be_durable: bool,
}

/// Completes when the high watermark has reached an offset, or can no longer do so here.
#[derive(Debug)]
pub struct Committed {
    partition: Arc<Partition>,
    required: Offset,
    leader_epoch: LeaderEpoch,
    /// Where it is told, once it had to wait.
    slot: Option<Arc<CommitSlot>>,
}

impl Partition {
    /// Appends a batch as the leader.
    pub fn append(self: &Arc<Self>, append: &Append<'_>) -> Result<Appended, PartitionError> {
        let now_ms = self.env.clock.wall_ms();
        let (settings, epoch) = {
            let mut state = self.state();
            let settings = Arc::clone(&state.settings);
            let epoch = state.leader(append.leader_epoch)?.1.epoch;
            (settings, epoch)
        };
        let partition = self.topic_partition();
        let options = settings.log.validate_options(partition, append.origin, epoch, now_ms);
        let mut batch = [validate(append.batch, &options)?];
        let by = By { settings: &settings, origin: append.origin, epoch, now_ms };
        let mut state = self.state();
        let mut appended = [state.append(&mut batch, append.acks, by)];
        self.finish(state, &mut appended, append.acks == RequiredAcks::AllInSync);
        let [appended] = appended;
        appended
    }

    /// Appends batches of clients in their order, each as [`append`](Self::append) would, with an
    /// outcome each; where nothing is in the way, with one write.
    pub fn append_each(
        self: &Arc<Self>,
        batches: &[(&RecordBatch, RequiredAcks)],
    ) -> Vec<Result<Appended, PartitionError>> {
        let origin = AppendOrigin::Client;
        let now_ms = self.env.clock.wall_ms();
        let (settings, epoch) = {
            let state = self.state();
            (Arc::clone(&state.settings), state.role.epoch())
        };
        let options = settings.log.validate_options(self.topic_partition(), origin, epoch, now_ms);
        let mut outcomes = Vec::with_capacity(batches.len());
        let mut valid = Vec::with_capacity(batches.len());
        let mut acks = Vec::with_capacity(batches.len());
        for (batch, wanted) in batches {
            outcomes.push(match validate(batch, &options) {
                Ok(batch) => {
                    valid.push(batch);
                    acks.push(*wanted);
                    // Its outcome is the next of those below.
                    None
                }
                Err(error) => Some(Err(error.into())),
            });
        }
        let by = By { settings: &settings, origin, epoch, now_ms };
        let mut state = self.state();
        let mut appended: Vec<_> = match state.append_together(&mut valid, &acks, by) {
            Some(appended) => appended.into_iter().map(Ok).collect(),
            None => {
                let each = valid.iter_mut().zip(&acks);
                each.map(|(batch, acks)| state.append(std::slice::from_mut(batch), *acks, by))
                    .collect()
            }
        };
        self.finish(state, &mut appended, acks.contains(&RequiredAcks::AllInSync));
        let mut appended = appended.into_iter();
        outcomes.into_iter().filter_map(|outcome| outcome.or_else(|| appended.next())).collect()
    }

    /// What follows from appends: the high watermark moves, and whoever waited for it is told, or
    /// a round of the committer is asked for.
    fn finish(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        outcomes: &mut [Result<Appended, PartitionError>],
        is_awaited: bool,
    ) {
        let mut woken = Vec::new();
        if !state.followers.is_empty() {
            let bytes = outcomes.iter().flatten().map(|appended| appended.info.bytes).sum();
            state.followers.wake(bytes, &mut woken);
        }
        if state.advance_high_watermark() {
            let bytes = std::mem::take(&mut state.bytes_appended);
            let bytes = state.readable(bytes);
            state.waiters.add(bytes, &mut woken);
            state.take_committed(&mut woken);
        }
        let only_durable = state.settings.counts_when == CountsWhen::Durable;
        let mut must_commit = false;
        let is_awaited = is_awaited || !state.waiters.is_empty();
        let mut demand = Demand { is_awaited, ..Demand::default() };
        if let Some(log) = &state.log {
            let (high_watermark, durable) = (log.high_watermark(), log.durable_offset());
            for appended in outcomes.iter_mut().flatten() {
                appended.is_committed = high_watermark >= appended.required;
                must_commit |=
                    appended.must_be_durable || (only_durable && durable < appended.required);
                demand.appends += 1;
                demand.bytes += appended.info.bytes;
                demand.is_awaited |= appended.must_be_durable;
            }
        }
        let submission = state.committer.clone().filter(|_| must_commit);
        let submission =
            submission.map(|to| (to, !std::mem::replace(&mut state.is_submitted, true)));
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        if let Some((committer, is_new)) = submission {
            committer.submit(is_new.then(|| Arc::clone(self)), demand);
        }
    }

    /// Completes when the high watermark has reached `required` while this node leads in
    /// `leader_epoch`.
    pub fn committed(self: &Arc<Self>, required: Offset, leader_epoch: LeaderEpoch) -> Committed {
        Committed { partition: Arc::clone(self), required, leader_epoch, slot: None }
    }

    /// Makes what is in the log durable, beside the workers: with the next round of its directory.
    pub fn start_flush(&self) {
        // The lock is given back before the round that this may begin.
        let submission = self.state().submission();
        if let Some(committer) = submission {
            self.submit_to(&committer);
        }
    }

    /// Submits itself, as [`State::submission`](crate::state::State::submission) said.
    pub(crate) fn submit_to(&self, committer: &Arc<Committer>) {
        if let Some(this) = self.this() {
            committer.submit(Some(this), Demand { appends: 1, bytes: 0, is_awaited: true });
        }
    }

    /// Begins this partition's part of a round of the committer of `dir`; `None` when it has none.
    pub(crate) fn prepare_commit(&self, dir: &Path) -> Option<FlushJob> {
        let mut state = self.state();
        if state.log.as_ref().is_some_and(|log| log.log_dir() != dir) {
            // The replica moved meanwhile, and was submitted where it is now.
            return None;
        }
        state.is_submitted = false;
        state.bytes_in_round = std::mem::take(&mut state.bytes_appended);
        match state.log.as_mut()?.prepare_flush() {
            Ok(Some(job)) => Some(job),
            Ok(None) => {
                state.held_at = None;
                state.advance_high_watermark();
                state.wake_all();
                None
            }
            Err(error) => {
                tracing::error!(partition = %self.topic_partition(), %error, "cannot flush");
                state.wake_all();
                None
            }
        }
    }

    /// Ends this partition's part of a round: what became durable counts. Whoever waited for it is
    /// to be woken when the whole round has ended.
    pub(crate) fn complete_commit(
        &self,
        outcome: FlushOutcome,
        now_ms: i64,
        woken: &mut Vec<Waker>,
    ) {
        let mut state = self.state();
        let again = state.is_submitted;
        let is_here = |log: &PartitionLog| log.log_dir() == outcome.log_dir();
        if !state.log.as_ref().is_some_and(is_here) {
            return;
        }
        let bytes = std::mem::take(&mut state.bytes_in_round);
        let Some(log) = &mut state.log else { return };
        match log.complete_flush(outcome, now_ms) {
            Ok(durable) => {
                let end = log.log_end_offset();
                if state.held_at.is_some() {
                    state.held_at = (durable < end && again).then_some(durable);
                }
                if state.advance_high_watermark() {
                    let bytes = state.readable(bytes);
                    state.waiters.add(bytes, woken);
                    state.take_committed(woken);
                }
                state.take_durable(woken);
                // A flush that a truncation overtook proves nothing.
                let is_overtaken = !again && state.awaits_durability();
                drop(state);
                if is_overtaken {
                    self.start_flush();
                }
            }
            Err(error) => {
                tracing::error!(partition = %self.topic_partition(), %error, "flush failed");
                state.wake_all();
            }
        }
    }
}

/// What an append is done by.
#[derive(Clone, Copy)]
struct By<'a> {
    settings: &'a Settings,
    origin: AppendOrigin,
    epoch: LeaderEpoch,
    now_ms: i64,
}

impl By<'_> {
    fn append(self, batches: &mut [Validated]) -> LeaderAppend<'_> {
        let Self { origin, epoch: leader_epoch, now_ms, .. } = self;
        LeaderAppend { batches, origin, leader_epoch, now_ms }
    }
}

impl State {
    /// The log, if this node leads in the epoch and enough replicas are in sync for the acks.
    fn leader_for(
        &mut self,
        acks: RequiredAcks,
        epoch: LeaderEpoch,
    ) -> Result<&mut PartitionLog, PartitionError> {
        if acks == RequiredAcks::AllInSync
            && let Role::Leader(leadership) = &self.role
        {
            let (size, min) = (leadership.isr.len(), self.min_isr(leadership));
            if size < min && leadership.epoch == epoch && self.log.is_some() {
                let members = leadership.isr.iter().map(|member| member.to_string());
                let members = members.collect::<Vec<_>>().join(", ");
                let partition = self.partition.clone();
                return Err(PartitionError::NotEnoughReplicas { partition, size, min, members });
            }
        }
        Ok(self.leader(Some(epoch))?.0)
    }

    /// What is committed is acknowledged only if enough replicas are in sync still.
    fn check_min_isr_after_append(&self) -> Result<(), PartitionError> {
        let Role::Leader(leadership) = &self.role else { return Ok(()) };
        let (size, min) = (self.followers.maximal_size(&leadership.isr), self.min_isr(leadership));
        if size >= min {
            return Ok(());
        }
        let partition = self.partition.clone();
        Err(PartitionError::NotEnoughReplicasAfterAppend { partition, size, min })
    }

    /// Appends one batch.
    fn append(
        &mut self,
        batch: &mut [Validated],
        acks: RequiredAcks,
        by: By<'_>,
    ) -> Result<Appended, PartitionError> {
        let info = match self.leader_for(acks, by.epoch)?.append_as_leader(by.append(batch)) {
            Ok(info) => info,
            Err(error) => {
                self.note_failure();
                return Err(error.into());
            }
        };
        if !info.is_duplicate {
            self.note_appended(batch);
        }
        Ok(self.note(info, by))
    }

    /// Appends several with one write; `None` when they must be appended singly.
    fn append_together(
        &mut self,
        batches: &mut [Validated],
        acks: &[RequiredAcks],
        by: By<'_>,
    ) -> Option<Vec<Appended>> {
        let strictest = match acks.contains(&RequiredAcks::AllInSync) {
            true => RequiredAcks::AllInSync,
            false => *acks.first()?,
        };
        let log = self.leader_for(strictest, by.epoch).ok()?;
        let infos = log.append_together(by.append(batches))?;
        self.note_appended(batches);
        Some(infos.into_iter().map(|info| self.note(info, by)).collect())
    }

    /// Notes what one append did; whether it is committed shows when all are noted.
    fn note(&mut self, info: AppendInfo, by: By<'_>) -> Appended {
        let required = info.last_offset.next();
        let mut must_be_durable = false;
        if let Some(log) = &self.log {
            let (end, durable) = (log.log_end_offset(), log.durable_offset());
            let counted = if info.is_duplicate { end } else { required };
            must_be_durable =
                durable < required && by.settings.flushes_each_append(counted - durable);
            if must_be_durable {
                self.held_at.get_or_insert(info.first_offset.min(end));
            }
        }
        // The log wrote the epoch before its first record.
        self.pending_epoch = self.pending_epoch.filter(|_| info.is_duplicate);
        self.bytes_appended += info.bytes;
        if !self.followers.is_empty() {
            self.followers.note_appended(required, info.bytes);
        }
        let leader_epoch = by.epoch;
        Appended { info, required, leader_epoch, is_committed: false, must_be_durable }
    }
}

impl Future for Committed {
    type Output = Result<(), PartitionError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let mut state = this.partition.state();
        let not_leader = |state: &crate::state::State| PartitionError::NotLeader {
            partition: state.partition.clone(),
            broker: state.local,
        };
        if state.is_deleted {
            return Poll::Ready(Err(not_leader(&state)));
        }
        match &state.role {
            Role::Leader(leadership) if leadership.epoch == this.leader_epoch => {}
            _ if Mutation::AcknowledgedWithoutOffice.is_planted() => return Poll::Ready(Ok(())),
            Role::Leader(_) | Role::Follower { .. } => return Poll::Ready(Err(not_leader(&state))),
        }
        let Some(log) = state.log.as_ref().filter(|log| !log.is_failed()) else {
            let partition = state.partition.clone();
            return Poll::Ready(Err(PartitionError::Offline { partition }));
        };
        let is_planted = Mutation::AcknowledgedUncommitted.is_planted();
        if log.high_watermark() >= this.required || is_planted {
            return Poll::Ready(state.check_min_isr_after_append());
        }
        let slot = this.slot.get_or_insert_default();
        let mut waker = slot.waker();
        match &mut *waker {
            Some(held) => held.clone_from(context.waker()),
            None => {
                *waker = Some(context.waker().clone());
                drop(waker);
                state.commits.push((this.required, Arc::clone(slot)));
            }
        }
        Poll::Pending
    }
}
