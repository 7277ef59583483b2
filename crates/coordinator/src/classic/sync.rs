//! SyncGroup: the leader brings the assignment, everybody takes his.

use super::{ClassicGroup, State};
use crate::step::{Action, Io, Reply, ReplyToken, coordinator_error, milliseconds};
use bytes::Bytes;
use keld_types::{ErrorCode, MemberId};
use keld_wire::Str;
use keld_wire::messages::{SyncGroupRequest, SyncGroupResponse};
use std::collections::BTreeMap;

/// A refusal.
pub(crate) fn sync_error(error_code: ErrorCode) -> Reply {
    Reply::SyncGroup(SyncGroupResponse { error_code, ..SyncGroupResponse::default() })
}

impl ClassicGroup {
    /// Answers or parks a SyncGroup.
    pub(crate) fn sync(&mut self, io: &mut Io<'_>, request: &SyncGroupRequest, token: ReplyToken) {
        let id = MemberId::new(&*request.member_id);
        if let Err(error) = self.validate_sync(&id, request) {
            return io.reply(token, sync_error(error));
        }
        match self.state {
            // A group without members has refused the member above.
            State::Empty | State::Dead => io.reply(token, sync_error(ErrorCode::UNKNOWN_MEMBER_ID)),
            State::PreparingRebalance => {
                io.reply(token, sync_error(ErrorCode::REBALANCE_IN_PROGRESS));
            }
            State::CompletingRebalance => {
                self.park_sync(io, &id, token);
                self.received_sync(io, &id);
                // A repeated request waits for the first one's outcome: of two assignments in the log
                // the later would win a restart, while the members have the earlier.
                if self.is_leader(&id) && !self.is_assigning {
                    self.is_assigning = true;
                    self.take_assignments(io, request);
                }
            }
            State::Stable => {
                self.received_sync(io, &id);
                let response = self.sync_response(&id);
                io.reply(token, Reply::SyncGroup(response));
            }
        }
    }

    fn validate_sync(&self, id: &MemberId, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
        if self.state == State::Dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        self.validate_member(id, request.group_instance_id.as_deref())?;
        if request.generation_id != self.generation.get() {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        let differs = |said: Option<&str>, is: Option<&str>| {
            said.is_some_and(|said| is.is_some_and(|is| is != said))
        };
        if differs(request.protocol_type.as_deref(), self.protocol_type.as_deref())
            || differs(request.protocol_name.as_deref(), self.protocol.as_deref())
        {
            return Err(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        Ok(())
    }

    fn park_sync(&mut self, io: &mut Io<'_>, id: &MemberId, token: ReplyToken) {
        let Some(member) = self.members.get_mut(id) else { return };
        if let Some(earlier) = member.awaiting_sync.replace(token) {
            // The client gave its first request up; nothing that waits is ever left unanswered.
            io.reply(earlier, sync_error(ErrorCode::REBALANCE_IN_PROGRESS));
        }
    }

    fn received_sync(&mut self, io: &mut Io<'_>, id: &MemberId) {
        self.pending_syncs.remove(id);
        if self.pending_syncs.is_empty() {
            io.cancel(&self.sync_key());
        }
    }

    fn take_assignments(&mut self, io: &mut Io<'_>, request: &SyncGroupRequest) {
        let mut assignments: BTreeMap<MemberId, Bytes> = request
            .assignments
            .iter()
            .map(|given| {
                (MemberId::new(&*given.member_id), Bytes::copy_from_slice(&given.assignment))
            })
            .collect();
        assignments.retain(|id, _| self.members.contains_key(id));
        let record = self.to_record(&assignments);
        io.record(record);
        io.then(Action::Assignment {
            group: self.id.clone(),
            generation: self.generation,
            assignments,
        });
    }

    /// The assignment is committed: the group is Stable. Nothing if it has moved on meanwhile.
    pub(crate) fn finish_assignment(
        &mut self,
        io: &mut Io<'_>,
        generation: keld_types::Generation,
        mut assignments: BTreeMap<MemberId, Bytes>,
    ) {
        if self.state != State::CompletingRebalance || self.generation != generation {
            return;
        }
        for member in self.members.values_mut() {
            member.assignment = assignments.remove(&member.id).unwrap_or_default();
        }
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            let response = self.sync_response(&id);
            self.answer_sync(io, &id, Reply::SyncGroup(response));
        }
        self.is_assigning = false;
        self.transition(State::Stable, io.now.wall_ms);
    }

    /// The assignment could not be written: everybody has to join again.
    pub(crate) fn undo_assignment(
        &mut self,
        io: &mut Io<'_>,
        generation: keld_types::Generation,
        error: ErrorCode,
    ) {
        if self.state == State::CompletingRebalance && self.generation == generation {
            self.reset_assignments(io, coordinator_error(error));
            self.rebalance_or_complete_join(io);
        }
    }

    fn sync_response(&self, id: &MemberId) -> SyncGroupResponse {
        SyncGroupResponse {
            protocol_type: self.protocol_type.as_deref().map(Str::from),
            protocol_name: self.protocol.as_deref().map(Str::from),
            assignment: self
                .members
                .get(id)
                .map(|member| member.assignment.clone())
                .unwrap_or_default(),
            ..SyncGroupResponse::default()
        }
    }

    /// Takes the assignments away and refuses all who wait for one.
    pub(super) fn reset_assignments(&mut self, io: &mut Io<'_>, error: ErrorCode) {
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            if let Some(member) = self.members.get_mut(&id) {
                member.assignment = Bytes::new();
            }
            self.answer_sync(io, &id, sync_error(error));
        }
    }

    /// Answers a member's parked SyncGroup, if there is one, and starts its session anew: while it
    /// was parked its expiry counted for nothing.
    pub(super) fn answer_sync(&mut self, io: &mut Io<'_>, id: &MemberId, reply: Reply) {
        let Some(member) = self.members.get_mut(id) else { return };
        let Some(token) = member.awaiting_sync.take() else { return };
        let session = milliseconds(member.session_timeout_ms);
        io.reply(token, reply);
        self.schedule_heartbeat(io, id, session);
    }
}
