//! Following: pulling the leader's log, and cutting what the leader does not have.

use super::RaftNode;
use crate::effect::Effect;
use crate::error::RaftError;
use crate::log_view::{BatchSummary, OffsetAndEpoch};
use crate::message::{Fetch, FetchAnswer, FetchOutcome, Request};
use crate::quorum::{Millis, RequestId};
use crate::role::{Asked, Connection, Role};
use keld_types::{BrokerId, LeaderEpoch, Offset};

impl RaftNode {
    /// Fetches from the leader; from any voter, to be told of the leader, while none is known or the
    /// known one does not answer.
    pub(super) fn send_fetch(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if self.log.flushed() < self.log.end() || self.has_request_in_flight() {
            return;
        }
        let leader = match &self.role {
            Role::Follower(follower) => Some(follower.leader),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Leader(_)
            | Role::Resigned(_) => None,
        };
        let target = match leader {
            Some(leader) if self.is_ready(leader) => Some(leader),
            Some(_) | None => self.any_ready_voter(),
        };
        let Some(to) = target else { return };
        let (epoch, offset) = (self.election.epoch, self.log.end());
        let request = Request::Fetch(Fetch {
            replica: self.config.local,
            epoch,
            offset,
            last_epoch: self.log.last_epoch(),
            high_watermark: self.high_watermark,
        });
        self.send(now, to, Asked::Fetch { epoch, offset }, request, effects);
    }

    fn has_request_in_flight(&self) -> bool {
        self.connections.values().any(|known| matches!(known, Connection::InFlight { .. }))
    }

    fn any_ready_voter(&mut self) -> Option<BrokerId> {
        let ready: Vec<_> =
            self.other_voters().map(|voter| voter.id).filter(|id| self.is_ready(*id)).collect();
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
            FetchOutcome::Diverging(point) => self.truncate_to(from, point, effects)?,
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
        }
        Ok(())
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
