//! The roles of a node in the quorum, and what it keeps while in each.

use crate::log_view::OffsetAndEpoch;
use crate::quorum::{Millis, ReplicaKey, RequestId, VoterSet};
use keld_types::{BrokerId, LeaderEpoch, Offset};
use std::collections::{BTreeMap, BTreeSet};

/// What a node is in its epoch.
///
/// ```text
/// Unattached  -> Prospective (election timeout), Follower (leader found)
/// Prospective -> Candidate (majority of pre-votes), Follower or Unattached (lost or timed out)
/// Candidate   -> Leader (majority), Prospective (timed out), Follower (leader found)
/// Leader      -> Resigned (asked to, or no majority fetches)
/// Follower    -> Prospective (fetch timeout)
/// Resigned    -> Unattached of the next epoch (election timeout)
/// any         -> Unattached or Follower of a higher epoch
/// ```
#[derive(Debug)]
pub(crate) enum Role {
    Unattached(Unattached),
    Prospective(Nominee),
    Candidate(Nominee),
    Leader(Leader),
    Follower(Follower),
    Resigned(Resigned),
}

/// The name of a role, for logs and DescribeQuorum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleName {
    /// Knows no leader.
    Unattached,
    /// Asks whether an election could be won.
    Prospective,
    /// Asks for votes.
    Candidate,
    /// Leads the epoch.
    Leader,
    /// Follows the epoch's leader.
    Follower,
    /// Led the epoch and gave it up.
    Resigned,
}

#[derive(Debug)]
pub(crate) struct Unattached {
    pub(crate) election_at: Millis,
}

/// A voter's answer in an election.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ballot {
    Open,
    Granted,
    Rejected,
}

/// Prospective and candidate: an election that is going on.
#[derive(Debug)]
pub(crate) struct Nominee {
    pub(crate) election_at: Millis,
    pub(crate) ballots: BTreeMap<BrokerId, Ballot>,
}

impl Nominee {
    pub(crate) fn new(voters: &VoterSet, local: BrokerId, election_at: Millis) -> Self {
        let ballots = voters
            .iter()
            .map(|voter| (voter.id, if voter.id == local { Ballot::Granted } else { Ballot::Open }))
            .collect();
        Self { election_at, ballots }
    }

    pub(crate) fn count(&self, ballot: Ballot) -> usize {
        self.ballots.values().filter(|known| **known == ballot).count()
    }

    pub(crate) fn is_won(&self) -> bool {
        self.count(Ballot::Granted) > self.ballots.len() / 2
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.ballots.len() - self.count(Ballot::Rejected) <= self.ballots.len() / 2
    }
}

/// What the leader knows of another replica.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) durable_end: Option<Offset>,
    pub(crate) last_fetch_at: Option<Millis>,
    pub(crate) last_caught_up_at: Option<Millis>,
    pub(crate) leader_end_at_last_fetch: Offset,
}

impl Progress {
    pub(crate) const fn unknown() -> Self {
        Self {
            durable_end: None,
            last_fetch_at: None,
            last_caught_up_at: None,
            leader_end_at_last_fetch: Offset::ZERO,
        }
    }
}

/// A fetch that waits for news.
#[derive(Debug)]
pub(crate) struct WaitingFetch {
    pub(crate) request_id: RequestId,
    pub(crate) offset: Offset,
    pub(crate) high_watermark: Option<Offset>,
    pub(crate) until: Millis,
}

#[derive(Debug)]
pub(crate) struct Leader {
    /// End of the log when the epoch began: nothing at or below it is committed by count alone.
    pub(crate) epoch_start: Offset,
    pub(crate) progress: BTreeMap<ReplicaKey, Progress>,
    pub(crate) fetched: BTreeSet<BrokerId>,
    pub(crate) check_quorum_at: Millis,
    pub(crate) begin_epoch_at: Millis,
    pub(crate) to_tell: BTreeSet<BrokerId>,
    pub(crate) waiting: BTreeMap<BrokerId, WaitingFetch>,
}

#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) leader: BrokerId,
    pub(crate) fetch_timeout_at: Millis,
    pub(crate) has_fetched: bool,
    /// The snapshot that is being fetched instead of the log.
    pub(crate) snapshot: Option<SnapshotFetch>,
}

/// How far a snapshot was fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SnapshotFetch {
    pub(crate) id: OffsetAndEpoch,
    pub(crate) position: u64,
    /// All of it is there; the driver installs it.
    pub(crate) is_whole: bool,
}

#[derive(Debug)]
pub(crate) struct Resigned {
    pub(crate) election_at: Millis,
    pub(crate) to_tell: BTreeSet<BrokerId>,
    pub(crate) successors: Vec<ReplicaKey>,
}

/// A request under way to another node, or the pause after one that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connection {
    InFlight { request_id: RequestId, until: Millis, asked: Asked },
    BackingOff { until: Millis },
}

/// What the request under way was, so that a late answer is read for what it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    Vote { epoch: LeaderEpoch, pre_vote: bool },
    BeginQuorumEpoch,
    EndQuorumEpoch,
    Fetch { at: Millis, epoch: LeaderEpoch, offset: Offset },
    FetchSnapshot { epoch: LeaderEpoch, id: OffsetAndEpoch, position: u64 },
}
