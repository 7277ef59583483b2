//! The phases of a rebalance: preparing, waiting for joins, the next generation.

use super::{ClassicGroup, State};
use crate::step::{Action, Io, Reply, milliseconds};
use crate::timers::{TimerAction, TimerKey};
use keld_types::{ErrorCode, Generation, MemberId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long the record of a group without members waits when the log has refused it.
const EMPTY_GROUP_RETRY: Duration = Duration::from_secs(5);

impl ClassicGroup {
    fn join_key(&self) -> TimerKey {
        TimerKey::Join(self.id.clone())
    }

    pub(super) fn sync_key(&self) -> TimerKey {
        TimerKey::Sync(self.id.clone())
    }

    /// Begins a rebalance, or ends the join phase of the one that runs if all are there.
    pub(super) fn rebalance_or_complete_join(&mut self, io: &mut Io<'_>) {
        if State::PreparingRebalance.may_follow(self.state) {
            self.prepare_rebalance(io);
        } else {
            self.maybe_complete_join(io);
        }
    }

    /// Begins a rebalance: everybody has to join again.
    pub(crate) fn prepare_rebalance(&mut self, io: &mut Io<'_>) {
        if self.state == State::CompletingRebalance {
            self.reset_assignments(io, ErrorCode::REBALANCE_IN_PROGRESS);
        }
        self.pending_syncs.clear();
        io.cancel(&self.sync_key());
        let is_initial = self.state == State::Empty;
        self.transition(State::PreparingRebalance, io.now.wall_ms);
        if is_initial {
            // A group that has just begun gets time for more members to come.
            let delay_ms = io.config.initial_rebalance_delay_ms;
            let remaining_ms = self.rebalance_timeout_ms().saturating_sub(delay_ms).max(0);
            let action = TimerAction::InitialJoin { delay_ms, remaining_ms };
            io.schedule(self.join_key(), action, milliseconds(delay_ms));
        } else if self.has_all_members_joined() {
            self.complete_join(io);
        } else {
            self.schedule_join_end(io);
        }
    }

    fn schedule_join_end(&self, io: &mut Io<'_>) {
        let timeout = milliseconds(self.rebalance_timeout_ms());
        io.schedule(self.join_key(), TimerAction::Expire, timeout);
    }

    /// Ends the join phase if all have joined; the first one of a group lasts until its timer.
    pub(super) fn maybe_complete_join(&mut self, io: &mut Io<'_>) {
        if self.state == State::PreparingRebalance
            && self.previous_state != State::Empty
            && self.has_all_members_joined()
        {
            self.complete_join(io);
        }
    }

    /// The wait of a group's first rebalance has passed.
    pub(crate) fn initial_join_passed(
        &mut self,
        io: &mut Io<'_>,
        delay_ms: i32,
        remaining_ms: i32,
    ) {
        if !self.new_member_added || remaining_ms == 0 || self.state != State::PreparingRebalance {
            self.complete_join(io);
            return;
        }
        self.new_member_added = false;
        let next_delay_ms = io.config.initial_rebalance_delay_ms.min(remaining_ms);
        let action = TimerAction::InitialJoin {
            delay_ms: next_delay_ms,
            remaining_ms: remaining_ms.saturating_sub(delay_ms).max(0),
        };
        io.schedule(self.join_key(), action, milliseconds(next_delay_ms));
    }

    /// Ends the join phase: dynamic members that did not join are out, static ones stay; those who
    /// are there are the next generation. If nobody joined, everything waits for them, or for
    /// their sessions to end.
    pub(crate) fn complete_join(&mut self, io: &mut Io<'_>) {
        io.cancel(&self.join_key());
        if self.state != State::PreparingRebalance {
            return;
        }
        let missing: Vec<MemberId> = self
            .members
            .values()
            .filter(|member| member.awaiting_join.is_none() && !member.is_static())
            .map(|member| member.id.clone())
            .collect();
        for id in missing {
            self.remove(&id);
            io.cancel(&TimerKey::Heartbeat(self.id.clone(), id));
        }
        if !self.members.is_empty() && !self.elect_joined_leader() {
            self.schedule_join_end(io);
            return;
        }
        self.next_generation(io.now.wall_ms);
        if self.members.is_empty() {
            self.write_empty(io);
            return;
        }
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            let response = Reply::JoinGroup(self.join_response(&id));
            self.answer_join(io, &id, response);
            let Some(member) = self.members.get_mut(&id) else { continue };
            member.is_new = false;
            let session = milliseconds(member.session_timeout_ms);
            self.schedule_heartbeat(io, &id, session);
            self.pending_syncs.insert(id);
        }
        let timeout = milliseconds(self.rebalance_timeout_ms());
        io.schedule(self.sync_key(), TimerAction::Generation(self.generation), timeout);
    }

    fn write_empty(&self, io: &mut Io<'_>) {
        io.record(self.to_record(&BTreeMap::new()));
        io.then(Action::EmptyGroup(self.id.clone()));
    }

    /// The log refused the record of the empty group. A restart would bring the last generation
    /// back, so the record is tried again until the log takes it.
    pub(crate) fn retry_empty(&mut self, io: &mut Io<'_>) {
        self.is_unwritten = true;
        let key = TimerKey::EmptyGroup(self.id.clone());
        io.schedule(key, TimerAction::Expire, EMPTY_GROUP_RETRY);
    }

    /// Tries again, unless the group has gone on.
    pub(crate) fn rewrite_empty(&mut self, io: &mut Io<'_>) {
        if self.is_unwritten && self.state == State::Empty {
            self.write_empty(io);
        }
    }

    /// Keeps the leader if it has joined, else takes one that has; `false` when nobody has.
    fn elect_joined_leader(&mut self) -> bool {
        let joined = |id: &MemberId| {
            self.members.get(id).is_some_and(|member| member.awaiting_join.is_some())
        };
        if self.leader.as_ref().is_some_and(joined) {
            return true;
        }
        let Some(leader) = self.members.keys().find(|id| joined(id)).cloned() else {
            return false;
        };
        self.leader = Some(leader);
        true
    }

    fn next_generation(&mut self, wall_ms: i64) {
        self.generation = Generation::new(self.generation.get().checked_add(1).unwrap_or(0));
        self.protocol = self.select_protocol();
        self.subscribed_topics = self.read_subscriptions();
        let next = if self.members.is_empty() { State::Empty } else { State::CompletingRebalance };
        self.transition(next, wall_ms);
        self.pending_syncs.clear();
        self.is_assigning = false;
    }

    /// Of the protocols all members offer, the one most of them like best. Kafka leaves the order
    /// of equals to chance; here the leader's preference decides.
    pub(super) fn select_protocol(&self) -> Option<Arc<str>> {
        let offered_by_all =
            |name: &Arc<str>| self.protocols.get(name) == Some(&self.members.len());
        let mut votes: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
        for member in self.members.values() {
            let choice =
                member.protocols.iter().map(|(name, _)| name).find(|it| offered_by_all(it));
            if let Some(name) = choice {
                *votes.entry(name).or_default() += 1;
            }
        }
        let most = votes.values().copied().max()?;
        let first = self.leader.as_ref().and_then(|leader| self.members.get(leader));
        let preferred = first.into_iter().flat_map(|leader| leader.protocols.iter());
        preferred
            .map(|(name, _)| name)
            .find(|name| votes.get(name) == Some(&most))
            .or_else(|| votes.iter().find(|(_, count)| **count == most).map(|(name, _)| *name))
            .cloned()
    }

    /// The sync phase of a generation has lasted too long: who did not sync is out.
    pub(crate) fn expire_sync(&mut self, io: &mut Io<'_>, generation: Generation) {
        let syncing = matches!(self.state, State::CompletingRebalance | State::Stable);
        if generation != self.generation || !syncing || self.pending_syncs.is_empty() {
            return;
        }
        for id in std::mem::take(&mut self.pending_syncs) {
            self.remove(&id);
            io.cancel(&TimerKey::Heartbeat(self.id.clone(), id));
        }
        self.prepare_rebalance(io);
    }
}
