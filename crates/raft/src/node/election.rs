//! Elections: asking for votes, giving them, and the end of an epoch.

use super::RaftNode;
use crate::effect::Effect;
use crate::election::ElectionState;
use crate::message::{
    BeginQuorumEpoch, EndQuorumEpoch, EpochAnswer, RaftCode, Request, Vote, VoteAnswer,
};
use crate::quorum::{Millis, ReplicaKey};
use crate::role::{Asked, Ballot, Resigned, Role};
use keld_types::{BrokerId, LeaderEpoch, Mutation, Offset};

impl RaftNode {
    pub(super) fn on_vote(
        &mut self,
        now: Millis,
        vote: &Vote,
        effects: &mut Vec<Effect>,
    ) -> VoteAnswer {
        let refuse = |node: &Self, code| VoteAnswer { answer: node.answer(code), granted: false };
        let illegal_epoch = if vote.pre_vote {
            vote.last.epoch > vote.epoch
        } else {
            vote.last.epoch >= vote.epoch
        };
        if vote.last.offset < Offset::ZERO || vote.last.epoch < LeaderEpoch::new(0) || illegal_epoch
        {
            return refuse(self, RaftCode::InvalidRequest);
        }
        if vote.epoch < self.election.epoch {
            return refuse(self, RaftCode::FencedLeaderEpoch);
        }
        if vote.epoch > self.election.epoch {
            self.become_unattached(now, vote.epoch, effects);
        }
        if !vote.voter.matches(self.config.local) {
            return refuse(self, RaftCode::InvalidVoterKey);
        }
        let granted = self.grants(vote);
        if granted && !vote.pre_vote {
            let election = ElectionState { voted: Some(vote.candidate), ..self.election.clone() };
            self.set_election(election, effects);
        }
        VoteAnswer { answer: self.answer(RaftCode::None), granted }
    }

    fn grants(&self, vote: &Vote) -> bool {
        let up_to_date = vote.last >= self.log.end_and_epoch();
        match &self.role {
            Role::Unattached(_) | Role::Prospective(_) => {
                up_to_date
                    && (vote.pre_vote
                        || match self.election.voted {
                            Some(voted) => {
                                voted == vote.candidate || Mutation::VotesTwice.is_planted()
                            }
                            None => self.election.leader.is_none(),
                        })
            }
            Role::Candidate(_) | Role::Resigned(_) => vote.pre_vote && up_to_date,
            Role::Follower(follower) => vote.pre_vote && up_to_date && !follower.has_fetched,
            Role::Leader(_) => false,
        }
    }

    pub(super) fn send_votes(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let (open, pre_vote) = match &self.role {
            Role::Prospective(nominee) => (open_ballots(&nominee.ballots), true),
            Role::Candidate(nominee) if !nominee.is_lost() => {
                (open_ballots(&nominee.ballots), false)
            }
            Role::Unattached(_)
            | Role::Candidate(_)
            | Role::Leader(_)
            | Role::Follower(_)
            | Role::Resigned(_) => return,
        };
        for id in open {
            let Some(voter) = self.config.voters.get(id) else { continue };
            if !self.is_ready(id) {
                continue;
            }
            let epoch = self.election.epoch;
            let request = Request::Vote(Vote {
                epoch,
                candidate: self.config.local,
                voter,
                // Only what a restart cannot take back may be claimed.
                last: self.log.flushed_and_epoch(),
                pre_vote,
            });
            self.send(now, id, Asked::Vote { epoch, pre_vote }, request, effects);
        }
    }

    pub(super) fn on_ballot(
        &mut self,
        now: Millis,
        from: BrokerId,
        pre_vote: bool,
        granted: bool,
        effects: &mut Vec<Effect>,
    ) {
        let nominee = match &mut self.role {
            Role::Prospective(nominee) if pre_vote => nominee,
            Role::Candidate(nominee) if !pre_vote => nominee,
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Leader(_)
            | Role::Follower(_)
            | Role::Resigned(_) => return,
        };
        if let Some(ballot) = nominee.ballots.get_mut(&from) {
            *ballot = if granted { Ballot::Granted } else { Ballot::Rejected };
        }
        self.poll_role(now, effects);
    }

    pub(super) fn give_up_prospect(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let reachable = self.election.leader.filter(|id| self.is_reachable(*id));
        match reachable {
            Some(leader) => self.become_follower(now, leader, self.election.epoch, effects),
            None => self.become_unattached(now, self.election.epoch, effects),
        }
    }

    pub(super) fn on_begin_epoch(
        &mut self,
        now: Millis,
        begin: &BeginQuorumEpoch,
        effects: &mut Vec<Effect>,
    ) -> EpochAnswer {
        if begin.epoch < self.election.epoch {
            return self.answer(RaftCode::FencedLeaderEpoch);
        }
        if self.learn(now, Some(begin.leader), begin.epoch, effects).is_err() {
            return self.answer(RaftCode::InvalidRequest);
        }
        if !begin.voter.matches(self.config.local) {
            return self.answer(RaftCode::InvalidVoterKey);
        }
        self.answer(RaftCode::None)
    }

    pub(super) fn on_end_epoch(
        &mut self,
        now: Millis,
        end: &EndQuorumEpoch,
        effects: &mut Vec<Effect>,
    ) -> EpochAnswer {
        if end.epoch < self.election.epoch {
            return self.answer(RaftCode::FencedLeaderEpoch);
        }
        if self.learn(now, Some(end.leader), end.epoch, effects).is_err() {
            return self.answer(RaftCode::InvalidRequest);
        }
        let backoff = self.succession_backoff_ms(&end.preferred_successors);
        if let Role::Follower(follower) = &mut self.role
            && follower.leader == end.leader
        {
            follower.fetch_timeout_at = now.plus(backoff);
            // It says itself that it leads no more: its successor is not to wait for anybody's
            // fetch timeout.
            follower.has_fetched = false;
        }
        self.answer(RaftCode::None)
    }

    /// The most complete log stands first; each later one waits twice as long as the one before.
    fn succession_backoff_ms(&self, successors: &[ReplicaKey]) -> u64 {
        let backoff_max = self.config.election_backoff_max_ms;
        match successors.iter().position(|key| key.matches(self.config.local)) {
            Some(0) => 0,
            Some(position) => {
                let shift = |by: usize| u32::try_from(by).unwrap_or(u32::MAX).min(63);
                let base = backoff_max >> shift(successors.len() - 1);
                base.checked_mul(1 << shift(position - 1)).unwrap_or(backoff_max).min(backoff_max)
            }
            None => backoff_max,
        }
    }

    pub(super) fn resign(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let mut successors: Vec<(Offset, ReplicaKey)> = match &self.role {
            Role::Leader(leader) => leader
                .progress
                .iter()
                .filter(|(replica, _)| self.config.voters.contains(**replica))
                .map(|(replica, known)| (known.durable_end.unwrap_or(Offset::NONE), *replica))
                .collect(),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Follower(_)
            | Role::Resigned(_) => return,
        };
        successors.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        self.leave_role(effects);
        self.role = Role::Resigned(Resigned {
            election_at: self.election_deadline(now),
            to_tell: self.other_voters().map(|voter| voter.id).collect(),
            successors: successors.into_iter().map(|(_, replica)| replica).collect(),
        });
    }

    pub(super) fn send_end_epoch(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let Role::Resigned(resigned) = &self.role else { return };
        let request = Request::EndQuorumEpoch(EndQuorumEpoch {
            leader: self.config.local.id,
            epoch: self.election.epoch,
            preferred_successors: resigned.successors.clone(),
        });
        let ready: Vec<_> =
            resigned.to_tell.iter().copied().filter(|id| self.is_ready(*id)).collect();
        for id in ready {
            self.send(now, id, Asked::EndQuorumEpoch, request.clone(), effects);
        }
    }
}

fn open_ballots(ballots: &std::collections::BTreeMap<BrokerId, Ballot>) -> Vec<BrokerId> {
    ballots.iter().filter(|(_, ballot)| **ballot == Ballot::Open).map(|(id, _)| *id).collect()
}
