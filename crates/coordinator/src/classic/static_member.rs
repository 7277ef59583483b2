//! Static members (KIP-345): a process that comes back with the same instance id takes over its
//! old member's place, and the old member id is fenced.

use super::join::{Joining, join_error};
use super::sync::sync_error;
use super::{ClassicGroup, State};
use crate::step::{Action, Io, Reply, StaticMember, coordinator_error, milliseconds};
use keld_types::{ErrorCode, MemberId};
use keld_wire::Str;
use keld_wire::messages::JoinGroupResponse;
use std::collections::BTreeMap;

/// From this version on a leader can be told that its group needs no new assignment (KIP-814).
const SKIP_ASSIGNMENT_VERSION: i16 = 9;

impl ClassicGroup {
    /// A static member joins without a member id while its instance id is taken: it is the same
    /// process after a restart.
    pub(super) fn return_static_member(
        &mut self,
        io: &mut Io<'_>,
        joining: Joining<'_>,
        old: &MemberId,
        new: &MemberId,
    ) {
        let Joining { request, context, token } = joining;
        let Some(instance_id) = request.group_instance_id.as_deref() else { return };
        let old_leader = self.leader.clone();
        self.replace_static_member(io, instance_id, old, new);
        let Some(member) = self.members.get(new) else {
            return io.reply(token, join_error("", ErrorCode::UNKNOWN_MEMBER_ID));
        };
        let undo = StaticMember {
            group: self.id.clone(),
            instance_id: instance_id.into(),
            new_member: new.clone(),
            old_member: old.clone(),
            old_protocols: member.protocols.clone(),
            old_rebalance_timeout_ms: member.rebalance_timeout_ms,
            old_session_timeout_ms: member.session_timeout_ms,
            old_leader,
            skips_assignment: context.api_version >= SKIP_ASSIGNMENT_VERSION,
        };
        // As Kafka: with the session timeout it had, until its next heartbeat.
        let session = milliseconds(member.session_timeout_ms);
        self.schedule_heartbeat(io, new, session);
        self.update_member(io, new, joining);
        match self.state {
            State::Stable if self.select_protocol() == self.protocol => {
                // Nothing changes for the others; only the new id has to be written down.
                let assignments: BTreeMap<_, _> = self
                    .members
                    .values()
                    .map(|member| (member.id.clone(), member.assignment.clone()))
                    .collect();
                let record = self.to_record(&assignments);
                io.record(record);
                io.then(Action::StaticMember(undo));
            }
            State::Stable => self.rebalance_or_complete_join(io),
            // The leader may be assigning to the old id just now.
            State::CompletingRebalance => self.prepare_rebalance(io),
            State::PreparingRebalance => self.maybe_complete_join(io),
            State::Empty | State::Dead => {
                self.answer_join(io, new, join_error("", ErrorCode::UNKNOWN_SERVER_ERROR));
            }
        }
    }

    /// Gives a static member's place to another member id.
    fn replace_static_member(
        &mut self,
        io: &mut Io<'_>,
        instance_id: &str,
        old: &MemberId,
        new: &MemberId,
    ) {
        let mut fenced = JoinGroupResponse {
            error_code: ErrorCode::FENCED_INSTANCE_ID,
            member_id: Str::from(old.as_str()),
            ..JoinGroupResponse::default()
        };
        fenced.protocol_name = None;
        self.answer_join(io, old, Reply::JoinGroup(fenced));
        self.answer_sync(io, old, sync_error(ErrorCode::FENCED_INSTANCE_ID));
        let Some(mut member) = self.members.remove(old) else { return };
        member.id = new.clone();
        member.is_new = false;
        if self.is_leader(old) {
            self.leader = Some(new.clone());
        }
        if self.pending_syncs.remove(old) {
            self.pending_syncs.insert(new.clone());
        }
        self.static_members.insert(instance_id.into(), new.clone());
        self.members.insert(new.clone(), member);
    }

    /// The new id is committed: the member may go on with the assignment it had.
    pub(crate) fn finish_static_member(&mut self, io: &mut Io<'_>, change: &StaticMember) {
        let id = &change.new_member;
        let response = if change.skips_assignment {
            let mut response = self.join_response(id);
            response.skip_assignment = self.is_leader(id);
            response
        } else {
            // Older clients would compute an assignment if they found themselves the leader; they
            // are told the leader's old id instead.
            let mut response = self.join_response(id);
            response.members = Vec::new();
            response.leader = Str::from(change.old_leader.as_ref().map_or("", MemberId::as_str));
            response
        };
        self.answer_join(io, id, Reply::JoinGroup(response));
    }

    /// The new id could not be written: the member is the old one again.
    pub(crate) fn undo_static_member(
        &mut self,
        io: &mut Io<'_>,
        change: StaticMember,
        error: ErrorCode,
    ) {
        let refusal = Reply::JoinGroup(JoinGroupResponse {
            error_code: coordinator_error(error),
            generation_id: self.generation.get(),
            protocol_name: self.protocol.as_deref().map(Str::from),
            protocol_type: self.protocol_type.as_deref().map(Str::from),
            leader: Str::from(change.old_leader.as_ref().map_or("", MemberId::as_str)),
            ..JoinGroupResponse::default()
        });
        self.answer_join(io, &change.new_member, refusal);
        self.set_member(
            &change.new_member,
            change.old_protocols,
            change.old_rebalance_timeout_ms,
            change.old_session_timeout_ms,
        );
        self.replace_static_member(io, &change.instance_id, &change.new_member, &change.old_member);
        let session = milliseconds(change.old_session_timeout_ms);
        self.schedule_heartbeat(io, &change.old_member, session);
    }
}
