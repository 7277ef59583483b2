//! Appending as the leader, and waiting until it is committed.
//!
//! The batch is checked outside of the lock; under it sequence, offsets and the write. Where only
//! what is durable counts, or the topic demands it (`flush.messages`), the high watermark stays
//! below the append until a round of the directory's committer has made it durable.

use crate::error::PartitionError;
use crate::partition::{CountsWhen, Partition};
use crate::state::{CommitSlot, Role};
use keld_log::{AppendInfo, AppendOrigin, FlushJob, FlushOutcome, LeaderAppend};
use keld_record::{RecordBatch, validate};
use keld_types::{LeaderEpoch, Offset, RequiredAcks};
use std::pin::Pin;
use std::sync::Arc;
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

        let mut state = self.state();
        let (_, leadership) = state.leader(Some(epoch))?;
        let leadership = leadership.clone();
        if append.acks == RequiredAcks::AllInSync {
            let (size, min) = (leadership.isr.len(), state.min_isr(&leadership));
            if size < min {
                let members: Vec<String> =
                    leadership.isr.iter().map(|member| member.to_string()).collect();
                let partition = partition.clone();
                let members = members.join(", ");
                return Err(PartitionError::NotEnoughReplicas { partition, size, min, members });
            }
        }
        let (log, _) = state.leader(Some(epoch))?;
        let origin = append.origin;
        let leader_append =
            LeaderAppend { batches: &mut batch, origin, leader_epoch: epoch, now_ms };
        let info = match log.append_as_leader(leader_append) {
            Ok(info) => info,
            Err(error) => {
                state.note_failure();
                return Err(error.into());
            }
        };
        let required = info.last_offset.next();
        let is_durable = log.durable_offset() >= required;
        let unflushed = log.log_end_offset() - log.durable_offset();
        let must_be_durable = !is_durable && settings.flushes_each_append(unflushed);
        if must_be_durable {
            let held = info.first_offset.min(log.log_end_offset());
            state.held_at.get_or_insert(held);
        }
        if !info.is_duplicate {
            state.note_appended(&batch);
        }
        // The log wrote the epoch before its first record.
        state.pending_epoch = state.pending_epoch.filter(|_| info.is_duplicate);
        state.bytes_appended += info.bytes;
        let mut woken = Vec::new();
        if state.advance_high_watermark() {
            let bytes = std::mem::take(&mut state.bytes_appended);
            state.waiters.add(bytes, &mut woken);
            state.take_committed(&mut woken);
        }
        let is_committed = state.log.as_ref().is_some_and(|log| log.high_watermark() >= required);
        let must_commit =
            must_be_durable || (!is_durable && state.settings.counts_when == CountsWhen::Durable);
        let committer = if must_commit { state.submission() } else { None };
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        if let Some(committer) = committer {
            committer.submit(Arc::clone(self));
        }
        Ok(Appended { info, required, leader_epoch: epoch, is_committed, must_be_durable })
    }

    /// Completes when the high watermark has reached `required` while this node leads in
    /// `leader_epoch`.
    pub fn committed(self: &Arc<Self>, required: Offset, leader_epoch: LeaderEpoch) -> Committed {
        Committed { partition: Arc::clone(self), required, leader_epoch, slot: None }
    }

    /// Makes what is in the log durable, beside the workers: with the next round of its directory.
    pub fn start_flush(&self) {
        let (Some(committer), Some(this)) = (self.state().submission(), self.this()) else {
            return;
        };
        committer.submit(this);
    }

    /// Begins this partition's part of a round; `None` when it has none.
    pub(crate) fn prepare_commit(&self) -> Option<FlushJob> {
        let mut state = self.state();
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
        let bytes = std::mem::take(&mut state.bytes_in_round);
        let Some(log) = &mut state.log else { return };
        match log.complete_flush(outcome, now_ms) {
            Ok(durable) => {
                let end = log.log_end_offset();
                if state.held_at.is_some() {
                    state.held_at = (durable < end && again).then_some(durable);
                }
                if state.advance_high_watermark() {
                    state.waiters.add(bytes, woken);
                    state.take_committed(woken);
                }
            }
            Err(error) => {
                tracing::error!(partition = %self.topic_partition(), %error, "flush failed");
                state.wake_all();
            }
        }
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
            Role::Leader(_) | Role::Follower { .. } => return Poll::Ready(Err(not_leader(&state))),
        }
        let Some(log) = state.log.as_ref().filter(|log| !log.is_failed()) else {
            let partition = state.partition.clone();
            return Poll::Ready(Err(PartitionError::Offline { partition }));
        };
        if log.high_watermark() >= this.required {
            return Poll::Ready(Ok(()));
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
