//! Leading: serving fetches, counting what is durable where, keeping the quorum.

use super::RaftNode;
use crate::effect::Effect;
use crate::log_view::{OffsetAndEpoch, Standing};
use crate::message::{
    BeginQuorumEpoch, Fetch, FetchAnswer, FetchOutcome, FetchSnapshot, FetchSnapshotAnswer,
    RaftCode, Request, Response,
};
use crate::quorum::{Millis, ReplicaKey, RequestId};
use crate::role::{Asked, Progress, Role, WaitingFetch};
use keld_types::{BrokerId, LeaderEpoch, Offset};

impl RaftNode {
    pub(super) fn on_fetch(
        &mut self,
        now: Millis,
        from: BrokerId,
        request_id: RequestId,
        fetch: &Fetch,
        effects: &mut Vec<Effect>,
    ) {
        let code = if fetch.epoch < self.election.epoch {
            RaftCode::FencedLeaderEpoch
        } else if fetch.epoch > self.election.epoch {
            RaftCode::UnknownLeaderEpoch
        } else if !matches!(self.role, Role::Leader(_)) {
            RaftCode::NotLeaderOrFollower
        } else if fetch.offset < Offset::ZERO
            || fetch.last_epoch < LeaderEpoch::new(0)
            || fetch.last_epoch > fetch.epoch
        {
            RaftCode::InvalidRequest
        } else {
            RaftCode::None
        };
        if code != RaftCode::None {
            let response = Response::Fetch(self.fetch_answer(code));
            effects.push(Effect::Reply { to: from, request_id, response });
            return;
        }
        let end = OffsetAndEpoch { offset: fetch.offset, epoch: fetch.last_epoch };
        let outcome = match self.log.standing_of(end) {
            Standing::Valid => None,
            Standing::Diverging(known) => Some(FetchOutcome::Diverging(known)),
            Standing::Snapshot(id) => Some(FetchOutcome::Snapshot(id)),
        };
        if let Some(outcome) = outcome {
            // Nothing is learned of the log of a follower that parts from ours.
            let answer = FetchAnswer { outcome, ..self.fetch_answer(RaftCode::None) };
            let response = Response::Fetch(answer);
            effects.push(Effect::Reply { to: from, request_id, response });
            return;
        }
        if fetch.offset < self.log.log_start() {
            let response = Response::Fetch(self.fetch_answer(RaftCode::OffsetOutOfRange));
            effects.push(Effect::Reply { to: from, request_id, response });
            return;
        }
        self.note_fetch(now, fetch.replica, fetch.offset);
        self.advance_high_watermark(effects);
        let wait_until = now.plus(fetch.wait_max_ms);
        if let Role::Leader(leader) = &mut self.role {
            let waiting = WaitingFetch {
                request_id,
                offset: fetch.offset,
                high_watermark: fetch.high_watermark,
                until: wait_until,
            };
            if let Some(older) = leader.waiting.insert(from, waiting) {
                self.reply_records(from, &older, effects);
            }
        }
        self.answer_waiting(now, effects);
    }

    pub(super) fn on_fetch_snapshot(
        &mut self,
        now: Millis,
        from: BrokerId,
        request_id: RequestId,
        fetch: &FetchSnapshot,
        effects: &mut Vec<Effect>,
    ) {
        let code = if fetch.epoch < self.election.epoch {
            RaftCode::FencedLeaderEpoch
        } else if fetch.epoch > self.election.epoch {
            RaftCode::UnknownLeaderEpoch
        } else if !matches!(self.role, Role::Leader(_)) {
            RaftCode::NotLeaderOrFollower
        } else {
            RaftCode::None
        };
        if code == RaftCode::None {
            self.note_contact(now, fetch.replica);
            effects.push(Effect::ReplySnapshot {
                to: from,
                request_id,
                answer: self.answer(code),
                snapshot: fetch.snapshot,
                position: fetch.position,
            });
            return;
        }
        let response = Response::FetchSnapshot(FetchSnapshotAnswer {
            answer: self.answer(code),
            snapshot: fetch.snapshot,
            size: 0,
            position: fetch.position,
            length: 0,
        });
        effects.push(Effect::Reply { to: from, request_id, response });
    }

    /// A voter was heard of: it counts for keeping the quorum.
    fn note_contact(&mut self, now: Millis, replica: ReplicaKey) {
        if !self.config.voters.contains(replica) || replica.id == self.config.local.id {
            return;
        }
        let majority_of_others = self.majority_of_others();
        let check_quorum_timeout = self.check_quorum_timeout_ms();
        let Role::Leader(leader) = &mut self.role else { return };
        leader.to_tell.remove(&replica.id);
        leader.fetched.insert(replica.id);
        if leader.fetched.len() >= majority_of_others {
            leader.fetched.clear();
            leader.check_quorum_at = now.plus(check_quorum_timeout);
        }
    }

    /// How many other voters a leader must hear of.
    pub(super) fn majority_of_others(&self) -> usize {
        self.config.voters.majority() - usize::from(self.is_voter())
    }

    fn note_fetch(&mut self, now: Millis, replica: ReplicaKey, offset: Offset) {
        let end = self.log.end();
        let is_voter = self.config.voters.contains(replica) && replica.id != self.config.local.id;
        let key = if is_voter { self.config.voters.get(replica.id) } else { None };
        let Role::Leader(leader) = &mut self.role else { return };
        if !is_voter && leader.progress.len() > PROGRESS_MAX {
            return;
        }
        let known = leader.progress.entry(key.unwrap_or(replica)).or_insert_with(Progress::unknown);
        known.durable_end = Some(offset);
        if offset >= end {
            known.last_caught_up_at = Some(now);
        } else if offset >= known.leader_end_at_last_fetch && known.last_fetch_at.is_some() {
            known.last_caught_up_at = known.last_fetch_at;
        }
        known.leader_end_at_last_fetch = end;
        known.last_fetch_at = Some(now);
        self.note_contact(now, replica);
    }

    /// The largest offset that is durable on a majority, once it covers a record of this epoch: only
    /// then does counting prove that every later leader has it.
    pub(super) fn advance_high_watermark(&mut self, effects: &mut Vec<Effect>) {
        let Role::Leader(leader) = &self.role else { return };
        let mut ends: Vec<Offset> = self
            .config
            .voters
            .iter()
            .map(|voter| {
                if voter.id == self.config.local.id {
                    self.log.flushed()
                } else {
                    leader
                        .progress
                        .get(&voter)
                        .and_then(|known| known.durable_end)
                        .unwrap_or(Offset::NONE)
                }
            })
            .collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        let Some(majority) = ends.get(self.config.voters.majority() - 1).copied() else { return };
        if majority > leader.epoch_start && self.high_watermark.is_none_or(|known| majority > known)
        {
            self.high_watermark = Some(majority);
            effects.push(Effect::HighWatermark(majority));
        }
    }

    pub(super) fn answer_waiting(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let (end, high_watermark) = (self.log.end(), self.high_watermark);
        let Role::Leader(leader) = &mut self.role else { return };
        let mut due = Vec::new();
        leader.waiting.retain(|from, fetch| {
            let is_due =
                end > fetch.offset || high_watermark > fetch.high_watermark || fetch.until <= now;
            if is_due {
                due.push((*from, fetch.request_id, fetch.offset));
            }
            !is_due
        });
        for (to, request_id, offset) in due {
            let fetch =
                WaitingFetch { request_id, offset, high_watermark: None, until: Millis::NEVER };
            self.reply_records(to, &fetch, effects);
        }
    }

    pub(super) fn refuse_waiting(&mut self, effects: &mut Vec<Effect>) {
        let Role::Leader(leader) = &mut self.role else { return };
        for (to, fetch) in std::mem::take(&mut leader.waiting) {
            let response = Response::Fetch(self.fetch_answer(RaftCode::NotLeaderOrFollower));
            effects.push(Effect::Reply { to, request_id: fetch.request_id, response });
        }
    }

    fn reply_records(&self, to: BrokerId, fetch: &WaitingFetch, effects: &mut Vec<Effect>) {
        effects.push(Effect::ReplyRecords {
            to,
            request_id: fetch.request_id,
            answer: self.fetch_answer(RaftCode::None),
            from: fetch.offset,
            end: self.log.end(),
        });
    }

    fn fetch_answer(&self, code: RaftCode) -> FetchAnswer {
        FetchAnswer {
            answer: self.answer(code),
            high_watermark: self.high_watermark,
            outcome: FetchOutcome::Records(Vec::new()),
        }
    }

    pub(super) fn poll_leader(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.answer_waiting(now, effects);
        let interval = self.config.fetch_timeout_ms / 2;
        if let Role::Leader(leader) = &mut self.role
            && leader.begin_epoch_at <= now
        {
            leader.begin_epoch_at = now.plus(interval);
            for (replica, known) in &leader.progress {
                if self.config.voters.contains(*replica)
                    && known.last_fetch_at.is_none_or(|at| at.plus(interval) <= now)
                {
                    leader.to_tell.insert(replica.id);
                }
            }
        }
        let Role::Leader(leader) = &self.role else { return };
        let ready: Vec<_> = leader
            .to_tell
            .iter()
            .filter(|id| self.is_ready(**id))
            .filter_map(|id| self.config.voters.get(*id))
            .collect();
        for voter in ready {
            let request = Request::BeginQuorumEpoch(BeginQuorumEpoch {
                leader: self.config.local.id,
                epoch: self.election.epoch,
                voter,
            });
            self.send(now, voter.id, Asked::BeginQuorumEpoch, request, effects);
        }
    }
}

/// How many replicas a leader keeps track of: observers are brokers, and a cluster has not more.
const PROGRESS_MAX: usize = 10_000;
