//! LeaveGroup: members that go, or are sent away by an administrator.

use super::join::join_error;
use super::sync::sync_error;
use super::{ClassicGroup, State};
use crate::step::Io;
use crate::timers::TimerKey;
use keld_types::{ErrorCode, MemberId};
use keld_wire::messages::LeaveGroupResponse;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::leave_group_response::MemberResponse;

impl ClassicGroup {
    /// Removes the members one by one, then rebalances once.
    pub(crate) fn leave(
        &mut self,
        io: &mut Io<'_>,
        members: &[MemberIdentity],
    ) -> LeaveGroupResponse {
        if self.state == State::Dead {
            return LeaveGroupResponse {
                error_code: ErrorCode::COORDINATOR_NOT_AVAILABLE,
                ..LeaveGroupResponse::default()
            };
        }
        let members: Vec<MemberResponse> = members
            .iter()
            .map(|leaving| MemberResponse {
                error_code: self.leave_one(io, leaving).err().unwrap_or(ErrorCode::NONE),
                member_id: leaving.member_id.clone(),
                group_instance_id: leaving.group_instance_id.clone(),
                ..MemberResponse::default()
            })
            .collect();
        if members.iter().any(|member| member.error_code.is_none()) {
            match self.state {
                State::Stable | State::CompletingRebalance => self.rebalance_or_complete_join(io),
                State::PreparingRebalance => self.maybe_complete_join(io),
                State::Empty | State::Dead => {}
            }
        }
        LeaveGroupResponse { members, ..LeaveGroupResponse::default() }
    }

    fn leave_one(&mut self, io: &mut Io<'_>, leaving: &MemberIdentity) -> Result<(), ErrorCode> {
        let id = MemberId::new(&*leaving.member_id);
        let instance_id = leaving.group_instance_id.as_deref();
        if id.as_str().is_empty() {
            // An administrator removes a static member by its instance id alone.
            let id = instance_id
                .and_then(|instance_id| self.static_members.get(instance_id))
                .cloned()
                .ok_or(ErrorCode::UNKNOWN_MEMBER_ID)?;
            self.dismiss(io, &id);
        } else if self.pending_joins.contains(&id) {
            self.dismiss(io, &id);
        } else {
            self.validate_member(&id, instance_id)?;
            self.dismiss(io, &id);
        }
        Ok(())
    }

    fn dismiss(&mut self, io: &mut Io<'_>, id: &MemberId) {
        self.answer_join(io, id, join_error("", ErrorCode::UNKNOWN_MEMBER_ID));
        self.answer_sync(io, id, sync_error(ErrorCode::UNKNOWN_MEMBER_ID));
        io.cancel(&TimerKey::Heartbeat(self.id.clone(), id.clone()));
        self.remove(id);
    }
}
