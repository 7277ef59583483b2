//! This node as a follower: what it asks its leader for, and what it does with the answers.
//!
//! ```text
//! position → Fetch → append_fetched            records, or none
//!                  → truncate_diverging        the leader's log is another from there on
//!                  → reset_to_leader           the leader has nothing at that offset
//! ```
//!
//! Invariants: an answer is taken only if the position is still the one that was asked for, in the
//! epoch it was asked in; the log is cut only to where an epoch ended that both logs have, never to
//! the high watermark; what a leader sends is appended as it is or not at all.

use crate::error::PartitionError;
use crate::partition::{CountsWhen, Partition};
use crate::state::{CommitSlot, Role, State};
use bytes::Bytes;
use keld_log::{AppendError, AppendInfo, EpochEndOffset, PartitionLog};
use keld_types::{BrokerId, LeaderEpoch, Mutation, Offset};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What a follower asks its leader for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FollowerPosition {
    /// Who leads; [`BrokerId::NONE`] when nobody does.
    pub leader: BrokerId,
    /// In which epoch.
    pub leader_epoch: LeaderEpoch,
    /// The first offset that is wanted: the log's end.
    pub fetch_offset: Offset,
    /// The epoch of what is before it.
    pub last_fetched_epoch: Option<LeaderEpoch>,
    /// The start of the log, which the leader waits for when records are deleted.
    pub log_start: Offset,
    /// The position must not be told before it is durable: [`Partition::durable`].
    pub awaits_durability: bool,
}

/// A leader's answer with records, or without.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The records.
    pub records: Bytes,
    /// The leader's high watermark.
    pub high_watermark: Offset,
    /// The start of the leader's log.
    pub log_start: Offset,
}

/// What an append of a leader's records did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FollowerAppend {
    /// Bytes written.
    pub bytes: usize,
    /// What is fetched of this partition counts for the throttle.
    pub is_throttled: bool,
    /// What to ask for next.
    pub next: FollowerPosition,
}

/// Where a log was cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truncated {
    /// Its end now.
    pub log_end: Offset,
    /// What this node held for committed was cut: there was an unclean election.
    pub is_below_high_watermark: bool,
}

/// Completes when everything below an offset is durable, or the role changed.
#[derive(Debug)]
pub struct Durable {
    partition: Arc<Partition>,
    required: Offset,
    leader_epoch: LeaderEpoch,
    slot: Option<Arc<CommitSlot>>,
}

impl Partition {
    /// What to ask the leader for; `None` unless this node follows one.
    pub fn follower_position(&self) -> Result<Option<FollowerPosition>, PartitionError> {
        self.state().follower_position()
    }

    /// Whether it follows at the throttled rate until it is in sync.
    pub fn is_throttled_following(&self) -> bool {
        self.settings().throttled_following.contains(self.topic_partition().partition)
    }

    /// Takes a leader's answer. `None` when it is late: nothing is done then.
    pub fn append_fetched(
        &self,
        asked: &FollowerPosition,
        fetched: &Fetched,
    ) -> Result<Option<FollowerAppend>, PartitionError> {
        let now_ms = self.env.clock.wall_ms();
        let mut woken = Vec::new();
        let mut state = self.state();
        if !state.is_at(asked)? {
            return Ok(None);
        }
        if fetched.log_start > asked.fetch_offset {
            // It would have been out of range.
            return Err(PartitionError::RefusedAnswer {
                partition: self.topic_partition().clone(),
                reason: format!(
                    "a log that begins at {} has nothing at {}",
                    fetched.log_start, asked.fetch_offset
                ),
            });
        }
        let settings = Arc::clone(&state.settings);
        let Some(log) = &mut state.log else { return Ok(None) };
        let before = log.high_watermark();
        let appended = append(log, &fetched.records, asked.leader_epoch, now_ms);
        let (end, durable) = (log.log_end_offset(), log.durable_offset());
        if appended.is_ok() {
            log.set_high_watermark(fetched.high_watermark);
            let start = fetched.log_start.min(log.high_watermark());
            log.increment_log_start_offset(start)?;
        }
        let has_moved = log.high_watermark() != before;
        state.note_failure();
        let bytes = appended?.bytes;
        if bytes == 0 && !fetched.records.is_empty() {
            return Err(PartitionError::RefusedAnswer {
                partition: self.topic_partition().clone(),
                reason: format!("no batch of epoch {} or before in it", asked.leader_epoch),
            });
        }
        if has_moved && !state.waiters.is_empty() {
            state.waiters.add(usize::MAX >> 2, &mut woken);
        }
        let next = state.follower_position()?;
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        let must_flush = durable < end
            && (settings.counts_when == CountsWhen::Durable
                || settings.flushes_each_append(end - durable));
        if must_flush {
            self.start_flush();
        }
        let is_throttled = settings.throttled_following.contains(self.topic_partition().partition);
        Ok(next.map(|next| FollowerAppend { bytes, is_throttled, next }))
    }

    /// The leader's log is another from the end of an epoch on: cuts what this log has more (KIP-101,
    /// KIP-279). Where this log does not know the epoch, it is cut to the end of the one before,
    /// and the leader is to be asked again. `None` when the answer is late. Blocks.
    pub fn truncate_diverging(
        &self,
        asked: &FollowerPosition,
        diverging: EpochEndOffset,
    ) -> Result<Option<Truncated>, PartitionError> {
        let mut state = self.state();
        if !state.is_at(asked)? {
            return Ok(None);
        }
        let EpochEndOffset { leader_epoch: epoch, end_offset } = diverging;
        let is_possible = epoch >= LeaderEpoch::new(0)
            && end_offset >= Offset::ZERO
            && asked.last_fetched_epoch.is_some_and(|last| epoch <= last);
        if !is_possible {
            return Err(PartitionError::RefusedAnswer {
                partition: self.topic_partition().clone(),
                reason: format!(
                    "it diverges at epoch {epoch}, offset {end_offset}, after {:?} was named",
                    asked.last_fetched_epoch
                ),
            });
        }
        let Some(log) = &state.log else { return Ok(None) };
        let log_end = log.log_end_offset();
        let target = match log.end_offset_for_epoch(epoch) {
            Some(own) if own.leader_epoch != epoch => own.end_offset,
            Some(own) => own.end_offset.min(end_offset),
            None => end_offset,
        };
        state.cut(target.min(log_end), false, self.env.clock.wall_ms()).map(Some)
    }

    /// The leader has nothing at the offset that was asked for: its log ends before this one's, or
    /// begins behind its end. `None` when the answer is late. Blocks.
    pub fn reset_to_leader(
        &self,
        asked: &FollowerPosition,
        leader_start: Offset,
        leader_end: Offset,
    ) -> Result<Option<Truncated>, PartitionError> {
        let mut state = self.state();
        if !state.is_at(asked)? {
            return Ok(None);
        }
        if leader_start < Offset::ZERO || leader_end < leader_start {
            return Err(PartitionError::RefusedAnswer {
                partition: self.topic_partition().clone(),
                reason: format!("its log is said to be [{leader_start}, {leader_end})"),
            });
        }
        let now_ms = self.env.clock.wall_ms();
        let Some(log) = &state.log else { return Ok(None) };
        let log_end = log.log_end_offset();
        if leader_end < log_end {
            return state.cut(leader_end, false, now_ms).map(Some);
        }
        if leader_start > log_end {
            return state.cut(leader_start, true, now_ms).map(Some);
        }
        Ok(Some(Truncated { log_end, is_below_high_watermark: false }))
    }

    /// Completes when everything below `required` is durable, or this node follows another leader
    /// than that of the epoch.
    pub fn durable(self: &Arc<Self>, required: Offset, leader_epoch: LeaderEpoch) -> Durable {
        Durable { partition: Arc::clone(self), required, leader_epoch, slot: None }
    }
}

/// Appends what a leader sent: with one write, or where segments are too small, batch by batch.
fn append(
    log: &mut PartitionLog,
    records: &Bytes,
    epoch: LeaderEpoch,
    now_ms: i64,
) -> Result<AppendInfo, AppendError> {
    match log.append_as_follower(records, epoch, now_ms) {
        Err(AppendError::UnexpectedOffset { first, .. }) if starts_before(log, records, first) => {
            // Records were deleted up to the middle of a batch, which is the first one here.
            log.truncate_fully_and_start_at(first, now_ms)?;
            append(log, records, epoch, now_ms)
        }
        Err(AppendError::LargerThanSegment { .. }) => {
            let mut total = log.append_as_follower(&Bytes::new(), epoch, now_ms)?;
            for batch in keld_record::batches(records.clone()) {
                let Ok(batch) = batch else { break };
                let info = log.append_as_follower(batch.bytes(), epoch, now_ms)?;
                if info.bytes == 0 {
                    break;
                }
                total.bytes += info.bytes;
            }
            Ok(total)
        }
        appended => appended,
    }
}

/// Whether an empty log's first batch begins before the log and reaches into it.
fn starts_before(log: &PartitionLog, records: &Bytes, first: Offset) -> bool {
    let (start, end) = (log.log_start_offset(), log.log_end_offset());
    let leading = keld_record::batches(records.clone()).next().and_then(Result::ok);
    start == end
        && leading.is_some_and(|batch| {
            let header = batch.header();
            header.base_offset == first
                && first >= Offset::ZERO
                && first < end
                && header.last_offset() >= end
        })
}

impl State {
    fn follower_position(&self) -> Result<Option<FollowerPosition>, PartitionError> {
        let Role::Follower { leader, epoch, .. } = &self.role else { return Ok(None) };
        if self.is_deleted {
            return Ok(None);
        }
        let Some(log) = self.log.as_ref().filter(|log| !log.is_failed()) else {
            return Err(PartitionError::Offline { partition: self.partition.clone() });
        };
        let last = log.latest_epoch();
        let only_durable = self.settings.counts_when == CountsWhen::Durable
            && !Mutation::FollowerTellsUnsynced.is_planted();
        Ok(Some(FollowerPosition {
            leader: *leader,
            leader_epoch: *epoch,
            fetch_offset: log.log_end_offset(),
            last_fetched_epoch: (last != LeaderEpoch::NONE).then_some(last),
            log_start: log.log_start_offset(),
            awaits_durability: only_durable && log.durable_offset() < log.log_end_offset(),
        }))
    }

    /// Whether this node is where it was when it asked.
    fn is_at(&self, asked: &FollowerPosition) -> Result<bool, PartitionError> {
        Ok(self.follower_position()?.is_some_and(|now| {
            now.leader == asked.leader
                && now.leader_epoch == asked.leader_epoch
                && now.fetch_offset == asked.fetch_offset
        }))
    }

    /// Cuts the log at `target`, or drops all of it and begins there.
    fn cut(
        &mut self,
        target: Offset,
        is_full: bool,
        now_ms: i64,
    ) -> Result<Truncated, PartitionError> {
        let partition = &self.partition;
        let Some(log) = &mut self.log else {
            return Err(PartitionError::Offline { partition: partition.clone() });
        };
        // Looked at before the cut, which lowers it (KAFKA-19474).
        let high_watermark = log.high_watermark();
        let is_below_high_watermark = !is_full && target < high_watermark;
        if is_below_high_watermark {
            tracing::error!(
                %partition, %target, %high_watermark, log_end = %log.log_end_offset(),
                "records that were committed are cut: there was an unclean election"
            );
        }
        let cut = if is_full {
            log.truncate_fully_and_start_at(target, now_ms)
        } else {
            log.truncate_to(target, now_ms).map(|_| ())
        };
        let log_end = log.log_end_offset();
        if log.high_watermark() != high_watermark {
            // Who reads here waits behind the end.
            self.waiters.complete();
        }
        self.note_failure();
        cut?;
        Ok(Truncated { log_end, is_below_high_watermark })
    }
}

impl Future for Durable {
    type Output = Result<(), PartitionError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let mut state = this.partition.state();
        let Some(log) = state.log.as_ref().filter(|log| !log.is_failed()) else {
            let partition = state.partition.clone();
            return Poll::Ready(Err(PartitionError::Offline { partition }));
        };
        let end = log.log_end_offset();
        let has_moved_on = state.role.epoch() != this.leader_epoch || end < this.required;
        if has_moved_on || log.durable_offset() >= this.required {
            return Poll::Ready(Ok(()));
        }
        let submission = state.submission();
        let slot = this.slot.get_or_insert_default();
        if CommitSlot::arm(slot, context) {
            state.durables.push((this.required, Arc::clone(slot)));
        }
        drop(state);
        if let Some(committer) = submission {
            this.partition.submit_to(&committer);
        }
        Poll::Pending
    }
}
