//! The membership requests: which group they are for, and what if it is not there.

use super::GroupShard;
use crate::classic::ClassicGroup;
use crate::classic::{Joining, join_error, sync_error};
use crate::modern::{ModernGroup, Protocol};
use crate::now::Now;
use crate::record;
use crate::request::{RequestContext, STRING_LENGTH_MAX};
use crate::step::{Action, Reply, ReplyToken, Step, coordinator_error};
use keld_types::{ErrorCode, GroupId};
use keld_wire::Str;
use keld_wire::messages::delete_groups_response::DeletableGroupResult;
use keld_wire::messages::describe_groups_response::DescribedGroup;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::leave_group_response::MemberResponse;
use keld_wire::messages::list_groups_response::ListedGroup;
use keld_wire::messages::{
    HeartbeatRequest, JoinGroupRequest, LeaveGroupResponse, SyncGroupRequest,
};

/// From this version on DescribeGroups says that a group does not exist.
const DESCRIBE_NOT_FOUND_VERSION: i16 = 6;

/// Which groups ListGroups wants; empty lists want all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    states: &'a [Str],
    types: &'a [Str],
}

impl Filter<'_> {
    fn wants(&self, group: &ListedGroup) -> bool {
        let state = group.group_state.to_lowercase();
        (self.states.is_empty()
            || self.states.iter().any(|wanted| wanted.to_lowercase().trim() == state))
            && (self.types.is_empty()
                || self.types.iter().any(|wanted| wanted.to_lowercase() == *group.group_type))
    }
}

impl GroupShard {
    /// JoinGroup. The reply comes with this step or, parked, with a later one.
    pub fn join_group(
        &mut self,
        request: &JoinGroupRequest,
        context: &RequestContext,
        token: ReplyToken,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        if let Err(error) = self.validate_join(request) {
            self.io(now).reply(token, join_error(&request.member_id, error));
            return self.step();
        }
        let id = GroupId::new(&*request.group_id);
        let is_taken =
            |group: &ModernGroup| !group.is_empty() || group.protocol() == Protocol::Share;
        if self.modern.get(&id).is_some_and(is_taken) {
            let refusal = join_error("", ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
            self.io(now).reply(token, refusal);
            return self.step();
        }
        let exists = self.classic.contains_key(&id);
        if !exists && !request.member_id.is_empty() {
            let refusal = join_error(&request.member_id, ErrorCode::UNKNOWN_MEMBER_ID);
            self.io(now).reply(token, refusal);
            return self.step();
        }
        if !exists {
            if let Some(modern) = self.modern.get(&id) {
                self.out.records.extend(modern.tombstones());
            }
            let group = ClassicGroup::new(id.clone(), Some(now.wall_ms));
            self.out.records.push(group.to_empty_record());
            self.out.pending.actions.push(Action::NewGroup(id.clone()));
            self.classic.insert(id.clone(), group);
        }
        self.with_group(&id, now, |group, io| group.join(io, Joining { request, context, token }));
        self.step()
    }

    fn validate_join(&self, request: &JoinGroupRequest) -> Result<(), ErrorCode> {
        // The records carry strings of at most 32 767 bytes; the newer requests have no such bound.
        let fits = |text: &Str| text.len() <= STRING_LENGTH_MAX;
        if request.group_id.is_empty() || !fits(&request.group_id) {
            return Err(ErrorCode::INVALID_GROUP_ID);
        }
        let bounds = self.config.session_timeout_min_ms..=self.config.session_timeout_max_ms;
        if !bounds.contains(&request.session_timeout_ms) {
            return Err(ErrorCode::INVALID_SESSION_TIMEOUT);
        }
        let fit = fits(&request.protocol_type)
            && request.group_instance_id.as_ref().is_none_or(fits)
            && request.protocols.iter().all(|protocol| fits(&protocol.name));
        if fit { Ok(()) } else { Err(ErrorCode::INVALID_REQUEST) }
    }

    /// A group whose first record could not be written must not stay.
    pub(super) fn abandon_new_group(&mut self, id: &GroupId, error: ErrorCode, now: Now) {
        self.with_group(id, now, |group, io| {
            group.refuse_joins(io, coordinator_error(error));
        });
        self.classic.remove(id);
        if self.offsets.knows(id.as_str()) {
            self.ensure_known(id.clone());
        }
    }

    /// SyncGroup. The reply comes with this step or, parked, with a later one.
    pub fn sync_group(&mut self, request: &SyncGroupRequest, token: ReplyToken, now: Now) -> Step {
        self.assert_may_act();
        let id = GroupId::new(&*request.group_id);
        if request.group_id.is_empty() {
            self.io(now).reply(token, sync_error(ErrorCode::INVALID_GROUP_ID));
        } else if self.classic.contains_key(&id) {
            self.with_group(&id, now, |group, io| group.sync(io, request, token));
        } else {
            self.io(now).reply(token, sync_error(ErrorCode::UNKNOWN_MEMBER_ID));
        }
        self.step()
    }

    /// Heartbeat: answered at once.
    pub fn heartbeat(&mut self, request: &HeartbeatRequest, now: Now) -> ErrorCode {
        self.assert_may_act();
        if request.group_id.is_empty() {
            return ErrorCode::INVALID_GROUP_ID;
        }
        let id = GroupId::new(&*request.group_id);
        self.with_group(&id, now, |group, io| group.heartbeat(io, request))
            .unwrap_or(ErrorCode::UNKNOWN_MEMBER_ID)
    }

    /// LeaveGroup, in the form of version 3 and later: a list of members.
    pub fn leave_group(
        &mut self,
        group_id: &str,
        members: &[MemberIdentity],
        token: ReplyToken,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        if group_id.is_empty() {
            self.io(now).reply(token, Reply::Error(ErrorCode::INVALID_GROUP_ID));
            return self.step();
        }
        let id = GroupId::new(group_id);
        let response = self
            .with_group(&id, now, |group, io| group.leave(io, members))
            .unwrap_or_else(|| unknown_members(members));
        self.io(now).hold(token, Reply::LeaveGroup(response));
        self.step()
    }

    /// The groups of this shard, filtered as ListGroups asks.
    pub fn list_groups(&self, states: &[Str], types: &[Str]) -> Vec<ListedGroup> {
        let filter = Filter { states, types };
        let modern = self.modern.iter().map(|(id, group)| ListedGroup {
            group_id: Str::from(id.as_str()),
            protocol_type: Str::from(group.protocol().name()),
            group_state: Str::from(group.state()),
            group_type: Str::from(group.protocol().name()),
            ..ListedGroup::default()
        });
        self.classic
            .values()
            .map(ClassicGroup::listed)
            .chain(modern)
            .filter(|group| filter.wants(group))
            .collect()
    }

    /// One group as DescribeGroups shows it.
    pub fn describe_group(&self, group_id: &str, api_version: i16) -> DescribedGroup {
        if let Some(group) = self.classic.get(group_id) {
            return group.described();
        }
        let mut described = DescribedGroup {
            group_id: Str::from(group_id),
            group_state: Str::from("Dead"),
            ..DescribedGroup::default()
        };
        if api_version >= DESCRIBE_NOT_FOUND_VERSION {
            described.error_code = ErrorCode::GROUP_ID_NOT_FOUND;
            described.error_message = Some(Str::from(if self.modern.contains_key(group_id) {
                format!("Group {group_id} is not a classic group.")
            } else {
                format!("Group {group_id} not found.")
            }));
        }
        described
    }

    /// DeleteGroups, for the groups of this shard.
    pub fn delete_groups(&mut self, group_ids: &[Str], token: ReplyToken, now: Now) -> Step {
        self.assert_may_act();
        let results = group_ids
            .iter()
            .map(|group_id| DeletableGroupResult {
                group_id: group_id.clone(),
                error_code: self.delete_group(group_id).err().unwrap_or(ErrorCode::NONE),
                ..DeletableGroupResult::default()
            })
            .collect();
        self.io(now).hold(token, Reply::DeleteGroups(results));
        self.step()
    }

    fn delete_group(&mut self, group_id: &str) -> Result<(), ErrorCode> {
        let id = GroupId::new(group_id);
        if let Some(modern) = self.modern.get(&id) {
            if !modern.is_empty() {
                return Err(ErrorCode::NON_EMPTY_GROUP);
            }
            if modern.has_share_state() {
                // The state is the share coordinator's, which does not run here.
                return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
            }
            let tombstones: Vec<_> = modern.tombstones().collect();
            self.tombstone_all_offsets(&id);
            self.out.records.extend(tombstones);
            return Ok(());
        }
        let group = self.classic.get(&id).ok_or(ErrorCode::GROUP_ID_NOT_FOUND)?;
        group.validate_delete()?;
        self.tombstone_all_offsets(&id);
        self.out.records.push(record::group_tombstone(&id));
        Ok(())
    }

    fn tombstone_all_offsets(&mut self, id: &GroupId) {
        if let Some(topics) = self.offsets.of_group(id.as_str()) {
            for (topic, partitions) in topics {
                for partition in partitions.keys() {
                    self.out.records.push(record::offset_tombstone(id, topic, *partition));
                }
            }
        }
        for (topic, partition) in self.offsets.unstable_of_group(id.as_str()) {
            if !self.offsets.has_committed(id.as_str(), topic.as_str(), *partition) {
                self.out.records.push(record::offset_tombstone(id, topic, *partition));
            }
        }
    }
}

fn unknown_members(members: &[MemberIdentity]) -> LeaveGroupResponse {
    let members = members.iter().map(|member| MemberResponse {
        member_id: member.member_id.clone(),
        group_instance_id: member.group_instance_id.clone(),
        error_code: ErrorCode::UNKNOWN_MEMBER_ID,
        ..MemberResponse::default()
    });
    LeaveGroupResponse { members: members.collect(), ..LeaveGroupResponse::default() }
}
