//! Reading within what a reader may see, and questions about offsets.

use crate::error::PartitionError;
use crate::partition::Partition;
use crate::state::{Role, State};
use crate::tail::TailRead;
use crate::throttle::Throttled;
use crate::waiter::{Seen, Waiter};
use keld_log::{EpochEndOffset, FetchData, LogError, PartitionLog, ReadBounds};
use keld_types::{IsolationLevel, LeaderEpoch, Mutation, Offset};
use std::sync::Arc;

/// Up to where a reader may read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadFrom {
    /// A consumer: to the high watermark or the last stable offset.
    Consumer(IsolationLevel),
    /// A replica, or this node itself: to the log's end.
    Replica,
}

/// A read of one partition.
#[derive(Clone, Copy, Debug)]
pub struct ReadRequest {
    /// The first offset wanted.
    pub offset: Offset,
    /// How many bytes, at most.
    pub bytes_max: usize,
    /// Whether the first batch comes whole even if it is larger.
    pub min_one_batch: bool,
    /// Who reads.
    pub from: ReadFrom,
    /// The leader epoch the reader knows.
    pub current_leader_epoch: Option<LeaderEpoch>,
    /// The epoch of the last record the reader has.
    pub last_fetched_epoch: Option<LeaderEpoch>,
}

/// The offsets of a partition at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offsets {
    /// The first offset that is served.
    pub log_start: Offset,
    /// The end of what is stable.
    pub last_stable: Offset,
    /// The end of what is committed.
    pub high_watermark: Offset,
    /// The end of the log.
    pub log_end: Offset,
}

/// What a read found.
#[derive(Clone, Debug)]
pub struct Read {
    /// The partition's offsets, from before the read.
    pub offsets: Offsets,
    /// The end of what this reader may read, and the epoch, for [`Partition::watch`].
    pub seen: Seen,
    /// The bytes; `None` when the reader diverged, or is to read elsewhere.
    pub data: Option<FetchData>,
    /// Where the reader's epoch ended here, when it has records that this log does not.
    pub diverging: Option<EpochEndOffset>,
    /// Whether replication is throttled here, where a follower reads.
    pub throttled: Throttled,
}

/// Which replicas serve a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServedBy {
    /// Only the leader.
    Leader,
    /// Any one, with what it knows to be committed (KIP-392).
    AnyReplica,
}

/// Whether a look-up may wait for the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// It may.
    Allowed,
    /// It may not: [`LogError::Cold`] says what to read first.
    Refused,
}

/// Which offset is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetQuery {
    /// The first one.
    Earliest,
    /// The end of what may be read.
    Latest,
    /// The record with the largest timestamp.
    MaxTimestamp,
    /// The first record at or after a time.
    Timestamp(i64),
}

/// An offset with its timestamp and epoch, −1 where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffsetAnswer {
    /// The record's timestamp.
    pub timestamp: i64,
    /// The offset.
    pub offset: Offset,
    /// The epoch it was written in, or in which it will be.
    pub leader_epoch: LeaderEpoch,
}

impl OffsetAnswer {
    /// No such record.
    pub const NONE: Self =
        Self { timestamp: -1, offset: Offset::NONE, leader_epoch: LeaderEpoch::NONE };
}

pub(crate) fn offsets_of(log: &PartitionLog) -> Offsets {
    Offsets {
        log_start: log.log_start_offset(),
        last_stable: log.last_stable_offset(),
        high_watermark: log.high_watermark(),
        log_end: log.log_end_offset(),
    }
}

fn end_for(offsets: &Offsets, from: ReadFrom) -> Offset {
    match from {
        ReadFrom::Consumer(IsolationLevel::ReadUncommitted) => offsets.high_watermark,
        ReadFrom::Consumer(IsolationLevel::ReadCommitted) => offsets.last_stable,
        ReadFrom::Replica => offsets.log_end,
    }
}

impl State {
    /// The log and the epoch this replica is in, if it serves the reader.
    fn serving(
        &mut self,
        served_by: ServedBy,
        current_leader_epoch: Option<LeaderEpoch>,
    ) -> Result<(&mut PartitionLog, LeaderEpoch), PartitionError> {
        match served_by {
            ServedBy::Leader => {
                let (log, leadership) = self.leader(current_leader_epoch)?;
                Ok((log, leadership.epoch))
            }
            ServedBy::AnyReplica => self.replica(current_leader_epoch),
        }
    }

    /// Reads from the tail if it has the offset, else from the log.
    fn read_data(
        &mut self,
        offset: Offset,
        bounds: &ReadBounds,
        waiting: Waiting,
    ) -> Result<FetchData, PartitionError> {
        let Some(log) = &mut self.log else {
            return Err(PartitionError::Offline { partition: self.partition.clone() });
        };
        let offset_max = log.check_read(offset, bounds.offset_max)?;
        if bounds.bytes_max == 0 && !bounds.min_one_batch {
            // There is no need to know where it is.
            return Ok(FetchData::empty(offset, bounds));
        }
        let Some(TailRead { mut data, end }) = self.tail.read(log, offset, offset_max, bounds)
        else {
            return Ok(match waiting {
                Waiting::Allowed => log.read(offset, bounds),
                Waiting::Refused => log.read_now(offset, bounds),
            }?);
        };
        if bounds.with_aborted
            && let Some((base_offset, position)) = end
        {
            data.aborted_transactions = Some(log.aborted_in(base_offset, offset, position)?);
        }
        Ok(data)
    }
}

impl Partition {
    /// Reads as the leader.
    pub fn read(&self, request: &ReadRequest, waiting: Waiting) -> Result<Read, PartitionError> {
        self.read_in(&mut self.state(), request, ServedBy::Leader, waiting)
    }

    /// Reads for a consumer as any replica: up to this one's own high watermark, which follows the
    /// leader's. An offset between there and the log's end has no records yet; one beyond the end
    /// is out of range, and the consumer asks the leader.
    pub fn read_anywhere(
        &self,
        request: &ReadRequest,
        waiting: Waiting,
    ) -> Result<Read, PartitionError> {
        self.read_in(&mut self.state(), request, ServedBy::AnyReplica, waiting)
    }

    pub(crate) fn read_in(
        &self,
        state: &mut State,
        request: &ReadRequest,
        served_by: ServedBy,
        waiting: Waiting,
    ) -> Result<Read, PartitionError> {
        let pending = state.pending_epoch;
        let (log, leader_epoch) = state.serving(served_by, request.current_leader_epoch)?;
        let offsets = offsets_of(log);
        let end = end_for(&offsets, request.from);
        let seen = Seen { end, leader_epoch };
        if let Some(epoch) = request.last_fetched_epoch {
            let found = end_of_epoch(log, pending, epoch);
            let out_of_range = || LogError::OffsetOutOfRange {
                partition: self.topic_partition().clone(),
                offset: request.offset,
                start: offsets.log_start,
                end: offsets.log_end,
            };
            let found = found.ok_or_else(out_of_range)?;
            if request.offset < offsets.log_start {
                return Err(out_of_range().into());
            }
            let diverges = found.leader_epoch < epoch || found.end_offset < request.offset;
            if diverges && !Mutation::DivergenceUntold.is_planted() {
                let throttled = Throttled::No;
                return Ok(Read { offsets, seen, data: None, diverging: Some(found), throttled });
            }
        }
        let bounds = ReadBounds {
            offset_max: end,
            bytes_max: request.bytes_max,
            min_one_batch: request.min_one_batch,
            with_aborted: request.from == ReadFrom::Consumer(IsolationLevel::ReadCommitted),
        };
        let data = state.read_data(request.offset, &bounds, waiting);
        state.note_failure();
        Ok(Read { offsets, seen, data: Some(data?), diverging: None, throttled: Throttled::No })
    }

    /// Has the waiter told of what comes, under the caller's `place` for this partition. False when
    /// something came already since `seen`: then do not wait but read again.
    pub fn watch(&self, waiter: &Arc<Waiter>, place: u32, from: ReadFrom, seen: Seen) -> bool {
        self.watch_as(ServedBy::Leader, waiter, place, from, seen)
    }

    /// As [`watch`](Self::watch), on any replica.
    pub fn watch_as(
        &self,
        served_by: ServedBy,
        waiter: &Arc<Waiter>,
        place: u32,
        from: ReadFrom,
        seen: Seen,
    ) -> bool {
        let mut state = self.state();
        let Ok((log, leader_epoch)) = state.serving(served_by, None) else { return false };
        let now = Seen { end: end_for(&offsets_of(log), from), leader_epoch };
        if now != seen || log.is_failed() {
            return false;
        }
        if from == ReadFrom::Replica && !state.followers.is_empty() {
            state.followers.waiters.push(waiter, place);
            return true;
        }
        // Only a leader's appends are noted in the tail.
        if matches!((from, &state.role), (ReadFrom::Consumer(_), Role::Leader(_))) {
            state.tail.open();
        }
        state.waiters.push(waiter, place);
        // What was appended and is not durable yet would have been readable.
        let committer = state.committer.clone().filter(|_| state.is_submitted);
        drop(state);
        if let Some(committer) = committer {
            committer.hurry();
        }
        true
    }

    /// The offsets now; `None` while the log directory is offline.
    pub fn offsets(&self) -> Option<Offsets> {
        self.peek(|state| state.log.as_ref().map(offsets_of))
    }

    /// Answers which offset stands at a place or time.
    pub fn query_offset(
        &self,
        query: OffsetQuery,
        from: ReadFrom,
        current_leader_epoch: Option<LeaderEpoch>,
        waiting: Waiting,
    ) -> Result<OffsetAnswer, PartitionError> {
        let mut state = self.state();
        let pending = state.pending_epoch;
        let (log, leadership) = state.leader(current_leader_epoch)?;
        let (leader_epoch, epoch_start) = (leadership.epoch, leadership.epoch_start);
        let offsets = offsets_of(log);
        let end = end_for(&offsets, from);
        let lagging = from != ReadFrom::Replica && epoch_start > offsets.high_watermark;
        let not_available = || PartitionError::OffsetNotAvailable {
            partition: self.topic_partition().clone(),
            high_watermark: offsets.high_watermark,
            epoch_start,
        };
        let found = match query {
            OffsetQuery::Earliest => {
                let pending = pending.filter(|(_, start)| *start <= offsets.log_start);
                let epoch = pending.map(|(epoch, _)| epoch).or_else(|| log.earliest_epoch());
                return Ok(OffsetAnswer {
                    timestamp: -1,
                    offset: offsets.log_start,
                    leader_epoch: epoch.unwrap_or(LeaderEpoch::NONE),
                });
            }
            OffsetQuery::Latest if lagging => return Err(not_available()),
            OffsetQuery::Latest => {
                return Ok(OffsetAnswer { timestamp: -1, offset: end, leader_epoch });
            }
            OffsetQuery::MaxTimestamp => match waiting {
                Waiting::Allowed => log.max_timestamp(),
                Waiting::Refused => log.max_timestamp_now(),
            },
            OffsetQuery::Timestamp(timestamp) => match waiting {
                Waiting::Allowed => log.offset_for_timestamp(timestamp),
                Waiting::Refused => log.offset_for_timestamp_now(timestamp),
            },
        };
        state.note_failure();
        match found? {
            Some(found) if found.offset < end => Ok(OffsetAnswer {
                timestamp: found.timestamp,
                offset: found.offset,
                leader_epoch: found.leader_epoch.unwrap_or(LeaderEpoch::NONE),
            }),
            // Past what may be read, or nothing: unknown as long as the bound lags.
            Some(_) | None if lagging => Err(not_available()),
            Some(_) | None => Ok(OffsetAnswer::NONE),
        }
    }

    /// Where an epoch ended in the leader's log; `None` when that cannot be told.
    pub fn end_offset_for_epoch(
        &self,
        epoch: LeaderEpoch,
        current_leader_epoch: Option<LeaderEpoch>,
    ) -> Result<Option<EpochEndOffset>, PartitionError> {
        let mut state = self.state();
        let pending = state.pending_epoch;
        let (log, _) = state.leader(current_leader_epoch)?;
        Ok(end_of_epoch(log, pending, epoch))
    }
}

/// Where an epoch ended, with the epoch that the log does not have yet: it began where the log ends.
fn end_of_epoch(
    log: &PartitionLog,
    pending: Option<(LeaderEpoch, Offset)>,
    epoch: LeaderEpoch,
) -> Option<EpochEndOffset> {
    let Some((pending_epoch, start)) = pending else { return log.end_offset_for_epoch(epoch) };
    if epoch < LeaderEpoch::new(0) || epoch > pending_epoch {
        return None;
    }
    if epoch == pending_epoch {
        return Some(EpochEndOffset { leader_epoch: epoch, end_offset: log.log_end_offset() });
    }
    // An epoch that began at the same offset has no records: it gives way.
    let entries = log.epoch_entries();
    let kept = entries.partition_point(|(_, known_start)| *known_start < start);
    let kept = entries.get(..kept).unwrap_or_default();
    let above = kept.partition_point(|(known, _)| *known <= epoch);
    let end_offset = kept.get(above).map_or(start, |(_, next_start)| *next_start);
    let floor = above.checked_sub(1).and_then(|index| kept.get(index));
    // Older than all that is known: it ended where the first one began.
    let leader_epoch = floor.map_or(epoch, |(known, _)| *known);
    Some(EpochEndOffset { leader_epoch, end_offset })
}
