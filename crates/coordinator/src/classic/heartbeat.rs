//! Heartbeats, the end of sessions, and the end of the shard.

use super::join::join_error;
use super::sync::sync_error;
use super::{ClassicGroup, State};
use crate::step::{Io, milliseconds};
use crate::timers::TimerKey;
use keld_types::{ErrorCode, MemberId};
use keld_wire::messages::HeartbeatRequest;

impl ClassicGroup {
    /// Answers a heartbeat, and keeps the member's session alive.
    pub(crate) fn heartbeat(&mut self, io: &mut Io<'_>, request: &HeartbeatRequest) -> ErrorCode {
        let id = MemberId::new(&*request.member_id);
        if self.state == State::Dead {
            return ErrorCode::COORDINATOR_NOT_AVAILABLE;
        }
        if let Err(error) = self.validate_member(&id, request.group_instance_id.as_deref()) {
            return error;
        }
        if request.generation_id != self.generation.get() {
            return ErrorCode::ILLEGAL_GENERATION;
        }
        match self.state {
            State::Empty | State::Dead => ErrorCode::UNKNOWN_MEMBER_ID,
            State::PreparingRebalance => {
                self.refresh_session(io, &id);
                ErrorCode::REBALANCE_IN_PROGRESS
            }
            // Clients begin to heartbeat right after their join, before the assignment is there.
            State::CompletingRebalance | State::Stable => {
                self.refresh_session(io, &id);
                ErrorCode::NONE
            }
        }
    }

    /// Starts a member's session anew.
    pub(crate) fn refresh_session(&self, io: &mut Io<'_>, id: &MemberId) {
        if let Some(member) = self.members.get(id) {
            self.schedule_heartbeat(io, id, milliseconds(member.session_timeout_ms));
        }
    }

    /// A session has ended: the member is out, unless the coordinator itself keeps it waiting.
    pub(crate) fn expire_session(&mut self, io: &mut Io<'_>, id: &MemberId) {
        if self.pending_joins.contains(id) {
            self.remove(id);
            self.complete_join_if_all_joined(io);
        } else if self.members.get(id).is_some_and(|member| !member.has_satisfied_heartbeat()) {
            self.answer_join(io, id, join_error("", ErrorCode::UNKNOWN_MEMBER_ID));
            self.answer_sync(io, id, sync_error(ErrorCode::UNKNOWN_MEMBER_ID));
            io.cancel(&TimerKey::Heartbeat(self.id.clone(), id.clone()));
            self.remove(id);
            match self.state {
                State::Stable | State::CompletingRebalance => self.prepare_rebalance(io),
                State::PreparingRebalance => self.complete_join_if_all_joined(io),
                State::Empty | State::Dead => {}
            }
        }
    }

    fn complete_join_if_all_joined(&mut self, io: &mut Io<'_>) {
        if self.state == State::PreparingRebalance && self.has_all_members_joined() {
            self.complete_join(io);
        }
    }

    /// The shard is given up: all who wait are told to look for the coordinator again.
    pub(crate) fn give_up(&mut self, io: &mut Io<'_>) {
        self.transition(State::Dead, io.now.wall_ms);
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            self.answer_join(io, &id, join_error(id.as_str(), ErrorCode::NOT_COORDINATOR));
            self.answer_sync(io, &id, sync_error(ErrorCode::NOT_COORDINATOR));
        }
    }
}
