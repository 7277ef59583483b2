//! Who votes: voters that change with the log, and what a snapshot brings.

use super::RaftNode;
use crate::effect::Effect;
use crate::log_view::OffsetAndEpoch;
use crate::quorum::{Millis, ReplicaKey, VoterSet};
use crate::role::{Progress, Role};
use keld_types::{BrokerId, Offset};

/// A change of one voter that is asked of the leader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoterChange {
    /// An observer becomes a voter.
    Add(ReplicaKey),
    /// A voter becomes an observer.
    Remove(ReplicaKey),
    /// A voter is reached elsewhere, or supports other versions.
    Update(ReplicaKey),
}

/// Why the voters cannot be changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VoterChangeError {
    /// Only the leader changes voters.
    #[error("this node does not lead")]
    NotLeader,
    /// Nothing of this leader's epoch is committed yet: an earlier leader's change may be open.
    #[error("the leader has not committed a record of its epoch yet")]
    NothingCommitted,
    /// One change at a time.
    #[error("the change of the voters at offset {0} is not committed yet")]
    Pending(Offset),
    /// The node is a voter already.
    #[error("node {0} is a voter already")]
    Duplicate(BrokerId),
    /// There is no such voter.
    #[error("node {0} with this directory is no voter")]
    NotFound(BrokerId),
    /// The last voter stays.
    #[error("node {0} is the only voter")]
    LastVoter(BrokerId),
    /// The new voter would hold up commits.
    #[error("node {0} has not caught up with the log")]
    Lagging(BrokerId),
}

/// How long ago a new voter may have fetched last.
const CAUGHT_UP_WITHIN_MS: u64 = 3_600_000;

impl RaftNode {
    /// Whether this leader may write a record with that change now: one at a time, after a commit of
    /// its own epoch, so that the majorities before and after a change always meet.
    pub fn check_voter_change(
        &self,
        now: Millis,
        change: VoterChange,
    ) -> Result<(), VoterChangeError> {
        let Role::Leader(leader) = &self.role else { return Err(VoterChangeError::NotLeader) };
        let committed = self.high_watermark.filter(|committed| *committed > leader.epoch_start);
        let Some(committed) = committed else { return Err(VoterChangeError::NothingCommitted) };
        if let Some((offset, _)) = self.voters_in_log.last()
            && *offset >= committed
        {
            return Err(VoterChangeError::Pending(*offset));
        }
        let voters = &self.config.voters;
        match change {
            VoterChange::Add(replica) if voters.get(replica.id).is_some() => {
                Err(VoterChangeError::Duplicate(replica.id))
            }
            VoterChange::Add(replica) => {
                let is_caught_up = leader.progress.get(&replica).is_some_and(|known| {
                    let recent = |at: Millis| at.plus(CAUGHT_UP_WITHIN_MS) > now;
                    known.last_caught_up_at.is_some() && known.last_fetch_at.is_some_and(recent)
                });
                if is_caught_up { Ok(()) } else { Err(VoterChangeError::Lagging(replica.id)) }
            }
            VoterChange::Remove(replica) | VoterChange::Update(replica)
                if voters.get(replica.id) != Some(replica) =>
            {
                Err(VoterChangeError::NotFound(replica.id))
            }
            VoterChange::Remove(replica) if voters.len() == 1 => {
                Err(VoterChangeError::LastVoter(replica.id))
            }
            VoterChange::Remove(_) | VoterChange::Update(_) => Ok(()),
        }
    }

    /// Where this leader's epoch begins; `None` when it does not lead. It may decide once the high
    /// watermark is past it: then it has all that was committed before.
    pub const fn epoch_start(&self) -> Option<Offset> {
        match &self.role {
            Role::Leader(leader) => Some(leader.epoch_start),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Follower(_)
            | Role::Resigned(_) => None,
        }
    }

    pub(super) fn is_reachable(&self, id: BrokerId) -> bool {
        id != self.config.local.id
            && (self.config.voters.get(id).is_some() || self.located.contains(&id))
    }

    /// A leader that is no voter any more stays until that is committed: without it nobody could
    /// commit it.
    pub(super) fn is_removal_committed(&self) -> bool {
        let last = self.voters_in_log.last().map(|(offset, _)| *offset);
        !self.is_voter()
            && last.is_none_or(|offset| self.high_watermark.is_some_and(|known| known > offset))
    }

    /// The log was cut: what it said of the voters from there on was never true.
    pub(super) fn forget_voters_from(
        &mut self,
        now: Millis,
        end: Offset,
        effects: &mut Vec<Effect>,
    ) {
        let before = self.voters_in_log.len();
        self.voters_in_log.retain(|(offset, _)| *offset < end);
        if self.voters_in_log.len() < before {
            self.take_voters(now, effects);
        }
    }

    pub(super) fn on_installed(
        &mut self,
        now: Millis,
        snapshot: OffsetAndEpoch,
        voters: Option<VoterSet>,
        effects: &mut Vec<Effect>,
    ) {
        self.log.install(snapshot);
        if self.high_watermark.is_none_or(|known| known < snapshot.offset) {
            self.high_watermark = Some(snapshot.offset);
        }
        if let Role::Follower(follower) = &mut self.role {
            follower.snapshot = None;
        }
        self.voters_in_log.clear();
        if let Some(voters) = voters {
            self.voters_before = voters;
        }
        self.take_voters(now, effects);
    }

    /// Counts by the latest voters from now on.
    pub(super) fn take_voters(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let latest = self.voters_in_log.last().map_or(&self.voters_before, |(_, voters)| voters);
        if self.config.voters == *latest {
            return;
        }
        self.config.voters = latest.clone();
        let others: Vec<ReplicaKey> = self.other_voters().collect();
        let alone = self.majority_of_others() == 0;
        let check_quorum_at = now.plus(self.check_quorum_timeout_ms());
        let begin_epoch_at = now.plus(self.config.fetch_timeout_ms / 2);
        let Role::Leader(leader) = &mut self.role else { return };
        let is_voter = |id: &BrokerId| others.iter().any(|voter| voter.id == *id);
        leader.fetched.retain(is_voter);
        leader.to_tell.retain(is_voter);
        for voter in &others {
            leader.progress.entry(*voter).or_insert_with(Progress::unknown);
        }
        if alone {
            leader.check_quorum_at = Millis::NEVER;
            leader.begin_epoch_at = Millis::NEVER;
        } else if leader.check_quorum_at == Millis::NEVER {
            leader.check_quorum_at = check_quorum_at;
            leader.begin_epoch_at = begin_epoch_at;
        }
        self.advance_high_watermark(effects);
    }
}
