//! Following: pulling the leader's log, and cutting what the leader does not have.

use super::RaftNode;
use crate::effect::Effect;
use crate::error::RaftError;
use crate::log_view::{BatchSummary, OffsetAndEpoch};
use crate::message::{
    Fetch, FetchAnswer, FetchOutcome, FetchSnapshot, FetchSnapshotAnswer, RaftCode, Request,
};
use crate::quorum::{Millis, RequestId};
use crate::role::{Asked, Connection, Follower, Role, SnapshotFetch};
use keld_types::{BrokerId, LeaderEpoch, Offset};

/// How long a leader that is gone is waited for: the others find out within one retry or two, and
/// their pre-votes are wanted.
const DOUBT_MS: u64 = 50;
/// How much longer each voter waits than the one before it, so that they do not split their votes.
const DOUBT_STEP_MS: u64 = 100;

impl RaftNode {
    /// Fetches from the leader; from any voter or bootstrap server, to be told of the leader, while
    /// none is known or the known one does not answer.
    pub(super) fn send_fetch(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if self.log.flushed() < self.log.end() || self.has_request_in_flight() {
            return;
        }
        if let Role::Follower(follower) = &self.role
            && let Some(fetching) = follower.snapshot
            && (fetching.is_whole || self.may_ask_leader(follower, now))
        {
            let leader = follower.leader;
            self.send_fetch_snapshot(now, leader, fetching, effects);
            return;
        }
        let target = match &self.role {
            Role::Follower(follower) if self.may_ask_leader(follower, now) => Some(follower.leader),
            Role::Follower(_)
            | Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Leader(_)
            | Role::Resigned(_) => self.any_ready_voter(),
        };
        let Some(to) = target else { return };
        let (epoch, offset) = (self.election.epoch, self.log.end());
        let request = Request::Fetch(Fetch {
            replica: self.config.local,
            epoch,
            offset,
            last_epoch: self.log.last_epoch(),
            high_watermark: self.high_watermark,
            wait_max_ms: self.config.fetch_wait_max_ms,
        });
        self.send(now, to, Asked::Fetch { at: now, epoch, offset }, request, effects);
    }

    fn send_fetch_snapshot(
        &mut self,
        now: Millis,
        leader: BrokerId,
        fetching: SnapshotFetch,
        effects: &mut Vec<Effect>,
    ) {
        if fetching.is_whole {
            return;
        }
        let epoch = self.election.epoch;
        let SnapshotFetch { id, position, .. } = fetching;
        let request = Request::FetchSnapshot(FetchSnapshot {
            replica: self.config.local,
            epoch,
            snapshot: id,
            position,
        });
        self.send(now, leader, Asked::FetchSnapshot { epoch, id, position }, request, effects);
    }

    /// A piece of the snapshot came.
    pub(super) fn on_fetched_snapshot(
        &mut self,
        now: Millis,
        (from, request_id): (BrokerId, RequestId),
        (id, position): (OffsetAndEpoch, u64),
        fetched: &FetchSnapshotAnswer,
        effects: &mut Vec<Effect>,
    ) {
        let Role::Follower(follower) = &mut self.role else { return };
        let Some(fetching) = &mut follower.snapshot else { return };
        let is_awaited =
            follower.leader == from && fetching.id == id && fetching.position == position;
        if !is_awaited || fetching.is_whole {
            return;
        }
        let next = position.saturating_add(fetched.length);
        let fits = fetched.snapshot == id && fetched.position == position && next <= fetched.size;
        if !fits || (fetched.length == 0 && next < fetched.size) {
            // Not a piece of what was asked for: begin anew.
            follower.snapshot = None;
            self.back_off(now, from);
            return;
        }
        fetching.position = next;
        fetching.is_whole = next == fetched.size;
        let is_whole = fetching.is_whole;
        self.touch_fetch_timeout(now, from);
        effects.push(Effect::WriteSnapshot { request_id, snapshot: id, position });
        if is_whole {
            effects.push(Effect::InstallSnapshot(id));
        }
    }

    /// The leader has no such snapshot any more, or no such piece of it.
    pub(super) fn on_snapshot_lost(&mut self, code: RaftCode) {
        if let Role::Follower(follower) = &mut self.role
            && matches!(code, RaftCode::SnapshotNotFound | RaftCode::PositionOutOfRange)
        {
            follower.snapshot = None;
        }
    }

    fn has_request_in_flight(&self) -> bool {
        self.connections.values().any(|known| matches!(known, Connection::InFlight { .. }))
    }

    /// Whether the leader is to be asked. An observer, which asks for no votes, looks around for
    /// another leader once this one has been silent for too long.
    fn may_ask_leader(&self, follower: &Follower, now: Millis) -> bool {
        self.is_ready(follower.leader) && (self.is_voter() || now < follower.fetch_timeout_at)
    }

    /// Any that may be asked now, but none that was silent while there are others: each would be
    /// waited for again.
    fn any_ready_voter(&mut self) -> Option<BrokerId> {
        let voters = self.other_voters().map(|voter| voter.id);
        // Voters may have changed since: the leader need not be one of those known here.
        let leader = match &self.role {
            Role::Follower(follower) => Some(follower.leader),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Leader(_)
            | Role::Resigned(_) => None,
        };
        let known = voters.chain(self.config.bootstrap.iter().copied()).chain(leader);
        let known: Vec<_> = known.collect();
        let is_silent = |id: &BrokerId| self.silent.contains_key(id);
        let are_silent = known.iter().all(is_silent);
        let ready: Vec<_> = known
            .into_iter()
            .filter(|id| self.is_ready(*id) && (are_silent || !is_silent(id)))
            .collect();
        let count = u64::try_from(ready.len()).unwrap_or(u64::MAX);
        let choice = usize::try_from(self.random_below(count)).unwrap_or(0);
        ready.get(choice).copied()
    }

    pub(super) fn on_fetched(
        &mut self,
        now: Millis,
        from: BrokerId,
        request_id: RequestId,
        (offset, fetched): (Offset, FetchAnswer),
        effects: &mut Vec<Effect>,
    ) -> Result<(), RaftError> {
        let Role::Follower(follower) = &self.role else { return Ok(()) };
        if follower.leader != from || offset != self.log.end() {
            return Ok(());
        }
        self.touch_fetch_timeout(now, from);
        match fetched.outcome {
            FetchOutcome::Diverging(point) => {
                // What is left may part from the leader's log still: its high watermark says nothing
                // of this log before the two agree.
                return self.truncate_to(now, from, point, effects);
            }
            FetchOutcome::Snapshot(id) => {
                let is_ahead = id.offset > self.log.end()
                    || (id.offset > Offset::ZERO
                        && self.high_watermark.is_none_or(|h| h <= id.offset));
                if let (true, Role::Follower(follower)) = (is_ahead, &mut self.role) {
                    follower.snapshot = Some(SnapshotFetch { id, position: 0, is_whole: false });
                    return Ok(());
                }
                return Err(RaftError::CommittedDivergence {
                    leader: from,
                    epoch: self.election.epoch,
                    end: id.offset,
                    high_watermark: self.high_watermark.unwrap_or(Offset::ZERO),
                });
            }
            FetchOutcome::Records(batches) => {
                let batches = self.appendable(batches);
                if !batches.is_empty() {
                    for batch in &batches {
                        self.log.append(batch);
                    }
                    effects.push(Effect::Append { request_id, batches });
                }
            }
        }
        if let Some(leaders) = fetched.high_watermark {
            let reached = leaders.min(self.log.flushed());
            if reached > Offset::ZERO && self.high_watermark.is_none_or(|known| reached > known) {
                self.high_watermark = Some(reached);
                effects.push(Effect::HighWatermark(reached));
            }
        }
        Ok(())
    }

    /// The leader said what is committed, some time after it was asked. Before it has committed
    /// anything of its own epoch it does not know that itself: what the leader before it committed
    /// may be above its high watermark.
    pub(super) fn note_told(&mut self, at: Millis, from: BrokerId, told: Option<Offset>) {
        let is_followed = matches!(&self.role, Role::Follower(follower) if follower.leader == from);
        let knows = |told: &Offset| {
            self.log.start_of(self.election.epoch).is_some_and(|start| *told > start)
        };
        let Some(told) = told.filter(knows).filter(|_| is_followed) else { return };
        let reached = self.high_watermark.unwrap_or(Offset::ZERO);
        if let Some((at, _)) = self.told.take_if(|(_, waited)| *waited <= reached) {
            self.complete_as_of = Some(at);
        }
        if told <= reached {
            self.complete_as_of = Some(at);
            self.told = None;
        } else {
            self.told.get_or_insert((at, told));
        }
    }

    /// The longest prefix that continues this log without a gap and without an epoch from nowhere.
    fn appendable(&self, batches: Vec<BatchSummary>) -> Vec<BatchSummary> {
        let (mut end, mut epoch) = (self.log.end(), self.log.last_epoch());
        let mut good = Vec::with_capacity(batches.len());
        for batch in batches {
            let fits = batch.base_offset == end
                && batch.last_offset >= batch.base_offset
                && batch.epoch >= epoch
                && batch.epoch <= self.election.epoch;
            if !fits {
                break;
            }
            end = batch.last_offset.next();
            epoch = batch.epoch;
            good.push(batch);
        }
        good
    }

    fn truncate_to(
        &mut self,
        now: Millis,
        leader: BrokerId,
        point: OffsetAndEpoch,
        effects: &mut Vec<Effect>,
    ) -> Result<(), RaftError> {
        let own = self.log.end_offset_for(point.epoch);
        let end = if point.epoch == LeaderEpoch::new(0) {
            point.offset.min(self.log.end())
        } else if own.epoch == point.epoch {
            own.offset.min(point.offset)
        } else {
            own.offset
        };
        let end = end.max(Offset::ZERO);
        if let Some(high_watermark) = self.high_watermark
            && end < high_watermark
        {
            return Err(RaftError::CommittedDivergence {
                leader,
                epoch: self.election.epoch,
                end,
                high_watermark,
            });
        }
        if end < self.log.end() {
            self.log.truncate(end);
            effects.push(Effect::Truncate(end));
            self.forget_voters_from(now, end, effects);
        }
        Ok(())
    }

    /// The leader was heard of in this epoch, and nobody listens any more where it was: it is not
    /// waited for as long as one that only says nothing. This node grants a pre-vote from now on
    /// and asks for one soon, unless the leader answers before. Whoever still hears the leader
    /// refuses, so that what is wrong about one connection deposes nobody.
    pub(super) fn doubt_leader(&mut self, now: Millis, refusing: BrokerId) {
        let others = self.config.voters.iter().filter(|voter| voter.id != refusing);
        let rank = others.take_while(|voter| voter.id != self.config.local.id).count();
        let rank = u64::try_from(rank).unwrap_or(u64::MAX);
        let wait = DOUBT_MS.saturating_add(DOUBT_STEP_MS.saturating_mul(rank));
        if let Role::Follower(follower) = &mut self.role
            && follower.leader == refusing
            && follower.has_fetched
        {
            follower.has_fetched = false;
            follower.fetch_timeout_at = follower.fetch_timeout_at.min(now.plus(wait));
        }
    }

    fn touch_fetch_timeout(&mut self, now: Millis, from: BrokerId) {
        let until = now.plus(self.config.fetch_timeout_ms);
        if let Role::Follower(follower) = &mut self.role
            && follower.leader == from
        {
            follower.fetch_timeout_at = until;
            follower.has_fetched = true;
        }
    }
}
