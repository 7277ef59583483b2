//! The machine: inputs in, effects out, one role at a time.

mod election;
mod follower;
mod leader;
mod membership;

pub use membership::{VoterChange, VoterChangeError};

use crate::effect::{Effect, Input};
use crate::election::ElectionState;
use crate::error::RaftError;
use crate::log_view::LogView;
use crate::message::{EpochAnswer, RaftCode, Request, Response};
use crate::quorum::{Millis, ReplicaKey, RequestId, VoterSet};
use crate::role::{
    Asked, Connection, Follower, Leader, Nominee, Progress, Resigned, Role, RoleName, Unattached,
};
use keld_types::{BrokerId, LeaderEpoch, Offset};
use std::collections::{BTreeMap, BTreeSet};

/// Who this node is, who votes, and how long to wait. All times in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaftConfig {
    /// This node.
    pub local: ReplicaKey,
    /// Those whose votes count; `local` need not be one of them (an observer).
    pub voters: VoterSet,
    /// The records of the log that change them, each with its offset, in order.
    pub voters_in_log: Vec<(Offset, VoterSet)>,
    /// Servers that may know the leader, by stand-in ids below [`BrokerId::NONE`]: nobody has told
    /// their real ones yet.
    pub bootstrap: Vec<BrokerId>,
    /// `controller.quorum.election.timeout.ms`.
    pub election_timeout_ms: u64,
    /// `controller.quorum.fetch.timeout.ms`.
    pub fetch_timeout_ms: u64,
    /// `controller.quorum.election.backoff.max.ms`.
    pub election_backoff_max_ms: u64,
    /// `controller.quorum.request.timeout.ms`.
    pub request_timeout_ms: u64,
    /// `controller.quorum.retry.backoff.ms`.
    pub retry_backoff_ms: u64,
    /// How long a leader may hold this node's fetch that brings no news; 500 in Kafka.
    pub fetch_wait_max_ms: u64,
}

/// How many nodes beside the voters are remembered as reached: leaders that this node has not seen
/// the election of.
const LOCATED_MAX: usize = 1000;

impl RaftConfig {
    /// Kafka's default times.
    pub fn new(local: ReplicaKey, voters: VoterSet) -> Self {
        Self {
            local,
            voters,
            voters_in_log: Vec::new(),
            bootstrap: Vec::new(),
            election_timeout_ms: 1000,
            fetch_timeout_ms: 2000,
            election_backoff_max_ms: 1000,
            request_timeout_ms: 2000,
            retry_backoff_ms: 20,
            fetch_wait_max_ms: 500,
        }
    }
}

/// One node of the quorum.
///
/// Invariants: the epoch never falls; an [`Effect::Persist`] precedes every message that depends on
/// it; the high watermark never falls and never exceeds what is durable on a majority; nothing below
/// it is ever cut.
#[derive(Debug)]
pub struct RaftNode {
    config: RaftConfig,
    election: ElectionState,
    role: Role,
    log: LogView,
    high_watermark: Option<Offset>,
    connections: BTreeMap<BrokerId, Connection>,
    /// Nodes that left the last request unanswered, of those that `connections` may hold, and until
    /// when others are asked rather than they.
    silent: BTreeMap<BrokerId, Millis>,
    next_request_id: u64,
    seed: u64,
    announced: Option<(Option<BrokerId>, LeaderEpoch)>,
    /// The voters before any record of the log, then those of the log's records, each with its
    /// offset. `config.voters` are the last of them.
    voters_before: VoterSet,
    voters_in_log: Vec<(Offset, VoterSet)>,
    /// Nodes that are reached though they are no known voters.
    located: BTreeSet<BrokerId>,
    /// A leader's high watermark that is not reached here yet, and when it was asked for.
    told: Option<(Millis, Offset)>,
    complete_as_of: Option<Millis>,
}

impl RaftNode {
    /// A node that starts on what it finds on its disk. The only voter of a quorum leads after this
    /// call, once its effects are carried out.
    pub fn start(
        mut config: RaftConfig,
        election: Option<ElectionState>,
        log: LogView,
        seed: u64,
        now: Millis,
    ) -> Result<(Self, Vec<Effect>), RaftError> {
        let voters_before = config.voters.clone();
        let voters_in_log = std::mem::take(&mut config.voters_in_log);
        if let Some((_, latest)) = voters_in_log.last() {
            config.voters = latest.clone();
        }
        let stored = election.clone();
        let mut election = election.unwrap_or(ElectionState::unknown(LeaderEpoch::new(0)));
        if election.epoch < log.last_epoch() {
            election = ElectionState::unknown(log.last_epoch());
        }
        let mut node = Self {
            role: Role::Unattached(Unattached { election_at: Millis::NEVER }),
            voters_before,
            voters_in_log,
            located: BTreeSet::new(),
            told: None,
            complete_as_of: None,
            config,
            election,
            log,
            high_watermark: None,
            connections: BTreeMap::new(),
            silent: BTreeMap::new(),
            next_request_id: 0,
            seed,
            announced: None,
        };
        let mut effects = Vec::new();
        if stored.as_ref() != Some(&node.election) {
            effects.push(Effect::Persist(node.election.clone()));
        }
        node.role = match node.election.leader {
            Some(leader) if leader == node.config.local.id => Role::Resigned(Resigned {
                election_at: node.election_deadline(now),
                to_tell: node.other_voters().map(|voter| voter.id).collect(),
                successors: Vec::new(),
            }),
            Some(leader) if node.config.voters.get(leader).is_some() => Role::Follower(Follower {
                leader,
                fetch_timeout_at: now.plus(node.config.fetch_timeout_ms),
                has_fetched: false,
                snapshot: None,
            }),
            // A candidate that restarts does not go on with its election: what it could claim of
            // its log may have been lost with its memory. The next election raises the epoch.
            Some(_) | None => {
                Role::Unattached(Unattached { election_at: node.election_deadline(now) })
            }
        };
        if node.is_only_voter() {
            node.become_candidate(now, &mut effects);
        }
        node.poll(now, &mut effects);
        Ok((node, effects))
    }

    /// Takes an input at a time and returns what is to be done, in order. An error means that the
    /// node must stop.
    pub fn step(&mut self, now: Millis, input: Input) -> Result<Vec<Effect>, RaftError> {
        let mut effects = Vec::new();
        match input {
            Input::Tick => {}
            Input::Request { from, request_id, request } => {
                self.on_request(now, from, request_id, request, &mut effects);
            }
            Input::Response { from, request_id, response } => {
                self.on_response(now, from, request_id, response, &mut effects)?;
            }
            Input::Failed { to, request_id } => {
                if self.take_in_flight(to, request_id).is_some() {
                    self.back_off(now, to);
                }
            }
            Input::Refused { to, request_id } => {
                if self.take_in_flight(to, request_id).is_some() {
                    self.back_off(now, to);
                    self.doubt_leader(now, to);
                }
            }
            Input::Appended(batch) => {
                if batch.base_offset != self.log.end() {
                    return Err(RaftError::LogMismatch {
                        reported: batch.base_offset,
                        end: self.log.end(),
                    });
                }
                self.log.append(&batch);
                self.answer_waiting(now, &mut effects);
            }
            Input::Flushed(end) => {
                if end > self.log.end() {
                    return Err(RaftError::LogMismatch { reported: end, end: self.log.end() });
                }
                self.log.flush(end);
                self.advance_high_watermark(&mut effects);
                self.answer_waiting(now, &mut effects);
            }
            Input::LogStartAdvanced(log_start) => self.log.advance_log_start(log_start),
            Input::Snapshots { earliest, latest } => {
                self.log = self.log.clone().with_snapshots(Some((earliest, latest)));
            }
            Input::SnapshotInstalled { snapshot, voters } => {
                self.on_installed(now, snapshot, voters, &mut effects);
            }
            Input::SnapshotRefused(snapshot) => {
                if let Role::Follower(follower) = &mut self.role
                    && follower.snapshot.is_some_and(|fetching| fetching.id == snapshot)
                {
                    follower.snapshot = None;
                    let leader = follower.leader;
                    self.back_off(now, leader);
                }
            }
            Input::Voters { offset, voters } => {
                self.voters_in_log.push((offset, voters));
                self.take_voters(now, &mut effects);
            }
            Input::Located(id) => {
                if self.located.len() < LOCATED_MAX {
                    self.located.insert(id);
                }
            }
            Input::Resign => {
                if matches!(self.role, Role::Leader(_)) {
                    self.resign(now, &mut effects);
                }
            }
        }
        self.poll(now, &mut effects);
        Ok(effects)
    }

    /// When [`Input::Tick`] is due at the latest.
    pub fn deadline(&self) -> Millis {
        let role = match &self.role {
            Role::Unattached(role) => self.if_voter(role.election_at),
            Role::Prospective(role) | Role::Candidate(role) => role.election_at,
            Role::Leader(role) => role
                .waiting
                .values()
                .map(|fetch| fetch.until)
                .chain([role.check_quorum_at, role.begin_epoch_at])
                .min()
                .unwrap_or(Millis::NEVER),
            Role::Follower(role) => self.if_voter(role.fetch_timeout_at),
            Role::Resigned(role) => role.election_at,
        };
        let connections = self.connections.values().map(|connection| match connection {
            Connection::InFlight { until, .. } | Connection::BackingOff { until } => *until,
        });
        connections.chain([role]).min().unwrap_or(Millis::NEVER)
    }

    /// This node's role.
    pub const fn role(&self) -> RoleName {
        match &self.role {
            Role::Unattached(_) => RoleName::Unattached,
            Role::Prospective(_) => RoleName::Prospective,
            Role::Candidate(_) => RoleName::Candidate,
            Role::Leader(_) => RoleName::Leader,
            Role::Follower(_) => RoleName::Follower,
            Role::Resigned(_) => RoleName::Resigned,
        }
    }

    /// The epoch it is in.
    pub const fn epoch(&self) -> LeaderEpoch {
        self.election.epoch
    }

    /// The epoch's leader, if known.
    pub const fn leader(&self) -> Option<BrokerId> {
        self.election.leader
    }

    /// Everything before it is committed; `None` until the first commit is known.
    pub const fn high_watermark(&self) -> Option<Offset> {
        self.high_watermark
    }

    /// Everything that was committed at this time is below the high watermark here, as a leader
    /// says that this node follows; `None` while none has said so. A leader that was deposed and has
    /// not heard of it says so in good faith for a fetch timeout and a half at most.
    pub const fn complete_as_of(&self) -> Option<Millis> {
        self.complete_as_of
    }

    /// The core's picture of the log.
    pub const fn log(&self) -> &LogView {
        &self.log
    }

    /// Those whose votes count.
    pub const fn voters(&self) -> &VoterSet {
        &self.config.voters
    }

    /// What a leader knows of a replica: durable end, last fetch, last caught up. `None` when this
    /// node does not lead or never heard of it.
    pub fn progress(
        &self,
        replica: ReplicaKey,
    ) -> Option<(Option<Offset>, Option<Millis>, Option<Millis>)> {
        let Role::Leader(leader) = &self.role else { return None };
        leader
            .progress
            .get(&replica)
            .map(|known| (known.durable_end, known.last_fetch_at, known.last_caught_up_at))
    }

    /// The replicas that fetched from this leader, voters and observers.
    pub fn replicas(&self) -> Vec<ReplicaKey> {
        match &self.role {
            Role::Leader(leader) => leader.progress.keys().copied().collect(),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Candidate(_)
            | Role::Follower(_)
            | Role::Resigned(_) => Vec::new(),
        }
    }

    fn on_request(
        &mut self,
        now: Millis,
        from: BrokerId,
        request_id: RequestId,
        request: Request,
        effects: &mut Vec<Effect>,
    ) {
        let response = match request {
            Request::Vote(vote) => Response::Vote(self.on_vote(now, &vote, effects)),
            Request::BeginQuorumEpoch(begin) => {
                Response::BeginQuorumEpoch(self.on_begin_epoch(now, &begin, effects))
            }
            Request::EndQuorumEpoch(end) => {
                Response::EndQuorumEpoch(self.on_end_epoch(now, &end, effects))
            }
            Request::Fetch(fetch) => {
                self.on_fetch(now, from, request_id, &fetch, effects);
                return;
            }
            Request::FetchSnapshot(fetch) => {
                self.on_fetch_snapshot(now, from, request_id, &fetch, effects);
                return;
            }
        };
        effects.push(Effect::Reply { to: from, request_id, response });
    }

    fn on_response(
        &mut self,
        now: Millis,
        from: BrokerId,
        request_id: RequestId,
        response: Response,
        effects: &mut Vec<Effect>,
    ) -> Result<(), RaftError> {
        let Some(asked) = self.take_in_flight(from, request_id) else { return Ok(()) };
        let answer = match &response {
            Response::Vote(vote) => vote.answer,
            Response::Fetch(fetch) => fetch.answer,
            Response::FetchSnapshot(fetch) => fetch.answer,
            Response::BeginQuorumEpoch(answer) | Response::EndQuorumEpoch(answer) => *answer,
        };
        if answer.epoch > self.election.epoch
            || (answer.epoch == self.election.epoch && answer.leader.is_some())
        {
            let before = (self.election.clone(), self.role());
            self.learn(now, answer.leader, answer.epoch, effects)?;
            if before != (self.election.clone(), self.role()) {
                return Ok(());
            }
        }
        if answer.code != RaftCode::None {
            if matches!(asked, Asked::FetchSnapshot { .. }) {
                self.on_snapshot_lost(answer.code);
            }
            self.back_off(now, from);
            return Ok(());
        }
        match (response, asked) {
            (Response::Vote(vote), Asked::Vote { epoch, pre_vote }) => {
                if epoch == self.election.epoch {
                    self.on_ballot(now, from, pre_vote, vote.granted, effects);
                }
                Ok(())
            }
            (Response::BeginQuorumEpoch(_), Asked::BeginQuorumEpoch) => {
                if let Role::Leader(leader) = &mut self.role {
                    leader.to_tell.remove(&from);
                }
                Ok(())
            }
            (Response::EndQuorumEpoch(_), Asked::EndQuorumEpoch) => {
                if let Role::Resigned(resigned) = &mut self.role {
                    resigned.to_tell.remove(&from);
                }
                Ok(())
            }
            (Response::Fetch(fetch), Asked::Fetch { at, epoch, offset }) => {
                if epoch == self.election.epoch {
                    let told = fetch.high_watermark;
                    self.on_fetched(now, from, request_id, (offset, fetch), effects)?;
                    self.note_told(at, from, told);
                    Ok(())
                } else {
                    Ok(())
                }
            }
            (Response::FetchSnapshot(fetch), Asked::FetchSnapshot { epoch, id, position }) => {
                if epoch == self.election.epoch {
                    let (answer, asked) = ((from, request_id), (id, position));
                    self.on_fetched_snapshot(now, answer, asked, &fetch, effects);
                }
                Ok(())
            }
            (
                Response::Vote(_)
                | Response::BeginQuorumEpoch(_)
                | Response::EndQuorumEpoch(_)
                | Response::Fetch(_)
                | Response::FetchSnapshot(_),
                Asked::Vote { .. }
                | Asked::BeginQuorumEpoch
                | Asked::EndQuorumEpoch
                | Asked::Fetch { .. }
                | Asked::FetchSnapshot { .. },
            ) => {
                self.back_off(now, from);
                Ok(())
            }
        }
    }

    /// Somebody says who leads an epoch not below ours.
    fn learn(
        &mut self,
        now: Millis,
        leader: Option<BrokerId>,
        epoch: LeaderEpoch,
        effects: &mut Vec<Effect>,
    ) -> Result<(), RaftError> {
        // A leader that nobody can reach, or this node in an epoch it does not know of: only the
        // epoch is news.
        let known = leader.filter(|id| self.is_reachable(*id));
        if epoch > self.election.epoch {
            match known {
                Some(leader) => self.become_follower(now, leader, epoch, effects),
                None => self.become_unattached(now, epoch, effects),
            }
            return Ok(());
        }
        match (leader, self.election.leader) {
            (Some(claimed), Some(known)) if claimed != known => {
                Err(RaftError::TwoLeaders { epoch, known, claimed })
            }
            (Some(_), None) => {
                if let Some(leader) = known {
                    self.become_follower(now, leader, epoch, effects);
                }
                Ok(())
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    /// Lets time act: deadlines that have passed, and requests that can be sent.
    fn poll(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.expire_connections(now);
        // Each turn may change the role, and each role may have something due at once. The longest
        // chain is Resigned, Unattached, Prospective, Candidate, Leader.
        for _ in 0..6 {
            if !self.poll_role(now, effects) {
                break;
            }
        }
        let current = (self.election.leader, self.election.epoch);
        if self.announced != Some(current) {
            self.announced = Some(current);
            effects.push(Effect::LeaderChanged { leader: current.0, epoch: current.1 });
        }
    }

    /// Whether the role changed.
    fn poll_role(&mut self, now: Millis, effects: &mut Vec<Effect>) -> bool {
        match &self.role {
            Role::Unattached(role) => {
                if self.is_voter() && role.election_at <= now {
                    self.become_prospective(now, effects);
                    return true;
                }
                self.send_fetch(now, effects);
                false
            }
            Role::Prospective(role) => {
                if role.is_won() {
                    self.become_candidate(now, effects);
                    return true;
                }
                if role.is_lost() || role.election_at <= now {
                    self.give_up_prospect(now, effects);
                    return true;
                }
                self.send_votes(now, effects);
                false
            }
            Role::Candidate(role) => {
                if role.is_won() {
                    self.become_leader(now, effects);
                    return true;
                }
                if role.election_at <= now {
                    self.become_prospective(now, effects);
                    return true;
                }
                self.send_votes(now, effects);
                false
            }
            Role::Leader(role) => {
                if role.check_quorum_at <= now || self.is_removal_committed() {
                    self.resign(now, effects);
                    return true;
                }
                self.poll_leader(now, effects);
                false
            }
            Role::Follower(role) => {
                if self.is_voter() && role.fetch_timeout_at <= now {
                    self.become_prospective(now, effects);
                    return true;
                }
                self.send_fetch(now, effects);
                false
            }
            Role::Resigned(role) => {
                if role.election_at <= now {
                    let next = LeaderEpoch::new(self.election.epoch.get().saturating_add(1));
                    self.become_unattached(now, next, effects);
                    return true;
                }
                self.send_end_epoch(now, effects);
                false
            }
        }
    }

    fn become_unattached(&mut self, now: Millis, epoch: LeaderEpoch, effects: &mut Vec<Effect>) {
        self.leave_role(effects);
        if epoch > self.election.epoch {
            self.set_election(ElectionState::unknown(epoch), effects);
        }
        self.role = Role::Unattached(Unattached { election_at: self.election_deadline(now) });
    }

    fn become_follower(
        &mut self,
        now: Millis,
        leader: BrokerId,
        epoch: LeaderEpoch,
        effects: &mut Vec<Effect>,
    ) {
        self.leave_role(effects);
        let voted = if epoch == self.election.epoch { self.election.voted } else { None };
        self.set_election(ElectionState { epoch, leader: Some(leader), voted }, effects);
        self.role = Role::Follower(Follower {
            leader,
            fetch_timeout_at: now.plus(self.config.fetch_timeout_ms),
            has_fetched: false,
            snapshot: None,
        });
    }

    fn become_prospective(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.leave_role(effects);
        let deadline = self.election_deadline(now);
        self.role =
            Role::Prospective(Nominee::new(&self.config.voters, self.config.local.id, deadline));
    }

    fn become_candidate(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.leave_role(effects);
        let epoch = LeaderEpoch::new(self.election.epoch.get().saturating_add(1));
        self.set_election(
            ElectionState { epoch, leader: None, voted: Some(self.config.local) },
            effects,
        );
        let deadline = self.election_deadline(now);
        self.role =
            Role::Candidate(Nominee::new(&self.config.voters, self.config.local.id, deadline));
    }

    fn become_leader(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let granting = match &self.role {
            Role::Candidate(nominee) => nominee
                .ballots
                .iter()
                .filter(|(_, ballot)| **ballot == crate::role::Ballot::Granted)
                .filter_map(|(id, _)| self.config.voters.get(*id))
                .collect(),
            Role::Unattached(_)
            | Role::Prospective(_)
            | Role::Leader(_)
            | Role::Follower(_)
            | Role::Resigned(_) => Vec::new(),
        };
        self.leave_role(effects);
        let election =
            ElectionState { leader: Some(self.config.local.id), ..self.election.clone() };
        self.set_election(election, effects);
        let alone = self.majority_of_others() == 0;
        self.role = Role::Leader(Leader {
            epoch_start: self.log.end(),
            progress: self.other_voters().map(|voter| (voter, Progress::unknown())).collect(),
            fetched: Default::default(),
            check_quorum_at: if alone {
                Millis::NEVER
            } else {
                now.plus(self.check_quorum_timeout_ms())
            },
            begin_epoch_at: if alone {
                Millis::NEVER
            } else {
                now.plus(self.config.fetch_timeout_ms / 2)
            },
            to_tell: self.other_voters().map(|voter| voter.id).collect(),
            waiting: BTreeMap::new(),
        });
        effects.push(Effect::AppendLeaderChange {
            epoch: self.election.epoch,
            voters: self.config.voters.iter().collect(),
            granting,
        });
    }

    fn leave_role(&mut self, effects: &mut Vec<Effect>) {
        self.connections.clear();
        self.refuse_waiting(effects);
    }

    fn set_election(&mut self, election: ElectionState, effects: &mut Vec<Effect>) {
        if self.election != election {
            self.election = election;
            effects.push(Effect::Persist(self.election.clone()));
        }
    }

    fn answer(&self, code: RaftCode) -> EpochAnswer {
        EpochAnswer { code, epoch: self.election.epoch, leader: self.election.leader }
    }

    fn send(
        &mut self,
        now: Millis,
        to: BrokerId,
        asked: Asked,
        request: Request,
        effects: &mut Vec<Effect>,
    ) {
        let request_id = RequestId::new(self.next_request_id);
        self.next_request_id += 1;
        let until = now.plus(self.config.request_timeout_ms);
        self.connections.insert(to, Connection::InFlight { request_id, until, asked });
        effects.push(Effect::Send { to, request_id, request });
    }

    fn is_ready(&self, to: BrokerId) -> bool {
        !self.connections.contains_key(&to)
    }

    fn take_in_flight(&mut self, peer: BrokerId, id: RequestId) -> Option<Asked> {
        match self.connections.get(&peer) {
            Some(Connection::InFlight { request_id, asked, .. }) if *request_id == id => {
                let asked = *asked;
                self.connections.remove(&peer);
                self.silent.remove(&peer);
                Some(asked)
            }
            Some(Connection::InFlight { .. } | Connection::BackingOff { .. }) | None => None,
        }
    }

    fn back_off(&mut self, now: Millis, peer: BrokerId) {
        let until = now.plus(self.config.retry_backoff_ms);
        self.connections.insert(peer, Connection::BackingOff { until });
    }

    fn expire_connections(&mut self, now: Millis) {
        let retry_at = now.plus(self.config.retry_backoff_ms);
        let silent_until = now.plus(self.config.fetch_timeout_ms);
        self.silent.retain(|_, until| *until > now);
        self.connections.retain(|peer, connection| match connection {
            Connection::InFlight { until, .. } if *until <= now => {
                *connection = Connection::BackingOff { until: retry_at };
                self.silent.insert(*peer, silent_until);
                true
            }
            Connection::BackingOff { until } => *until > now,
            Connection::InFlight { .. } => true,
        });
    }

    fn is_voter(&self) -> bool {
        self.config.voters.contains(self.config.local)
    }

    fn is_only_voter(&self) -> bool {
        self.is_voter() && self.config.voters.len() == 1
    }

    fn if_voter(&self, deadline: Millis) -> Millis {
        if self.is_voter() { deadline } else { Millis::NEVER }
    }

    fn other_voters(&self) -> impl Iterator<Item = ReplicaKey> + '_ {
        self.config.voters.iter().filter(|voter| voter.id != self.config.local.id)
    }

    fn election_deadline(&mut self, now: Millis) -> Millis {
        let timeout = self.config.election_timeout_ms;
        now.plus(timeout + self.random_below(timeout))
    }

    fn check_quorum_timeout_ms(&self) -> u64 {
        self.config.fetch_timeout_ms + self.config.fetch_timeout_ms / 2
    }

    /// SplitMix64 on the seed: jitter, nothing more.
    fn random_below(&mut self, bound: u64) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        mixed.checked_rem(bound).unwrap_or(0)
    }
}
