//! JoinGroup.

use super::{ClassicGroup, Member, State};
use crate::config::CoordinatorConfig;
use crate::request::RequestContext;
use crate::step::{Io, Reply, ReplyToken, milliseconds};
use crate::timers::{TimerAction, TimerKey};
use bytes::Bytes;
use keld_types::{ErrorCode, MemberId};
use keld_wire::Str;
use keld_wire::messages::join_group_request::JoinGroupRequestProtocol;
use keld_wire::messages::join_group_response::JoinGroupResponseMember;
use keld_wire::messages::{JoinGroupRequest, JoinGroupResponse};
use std::sync::Arc;

/// From this version on a dynamic member must first take an id, then join with it (KIP-394).
const MEMBER_ID_REQUIRED_VERSION: i16 = 4;

/// A JoinGroup on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joining<'a> {
    pub(crate) request: &'a JoinGroupRequest,
    pub(crate) context: &'a RequestContext,
    pub(crate) token: ReplyToken,
}

/// A refusal.
pub(crate) fn join_error(member_id: &str, error_code: ErrorCode) -> Reply {
    Reply::JoinGroup(JoinGroupResponse {
        error_code,
        member_id: Str::from(member_id),
        ..JoinGroupResponse::default()
    })
}

/// Copies of what a request offers, in its order.
pub(super) fn protocols_of(request: &[JoinGroupRequestProtocol]) -> Vec<(Arc<str>, Bytes)> {
    request
        .iter()
        .map(|protocol| (Arc::from(&*protocol.name), Bytes::copy_from_slice(&protocol.metadata)))
        .collect()
}

impl ClassicGroup {
    /// Answers or parks a JoinGroup.
    pub(crate) fn join(&mut self, io: &mut Io<'_>, joining: Joining<'_>) {
        let Joining { request, token, .. } = joining;
        let id = MemberId::new(&*request.member_id);
        if !self.accepts(&id, io.config.group_size_max) {
            self.remove(&id);
            io.reply(token, join_error("", ErrorCode::GROUP_MAX_SIZE_REACHED));
        } else if self.state == State::Dead {
            io.reply(token, join_error(id.as_str(), ErrorCode::COORDINATOR_NOT_AVAILABLE));
        } else if !self.supports(&request.protocol_type, &request.protocols) {
            io.reply(token, join_error(id.as_str(), ErrorCode::INCONSISTENT_GROUP_PROTOCOL));
        } else if id.as_str().is_empty() {
            self.join_new(io, joining);
        } else {
            self.join_known(io, joining, &id);
        }
    }

    /// Whether there is room. While a rebalance is prepared the members that have joined count, so
    /// that a group above a lowered limit loses its last to rejoin.
    fn accepts(&self, id: &MemberId, group_size_max: usize) -> bool {
        match self.state {
            State::Empty | State::Dead => true,
            State::PreparingRebalance => {
                self.members.get(id).is_some_and(|member| member.awaiting_join.is_some())
                    || self.awaiting_joins < group_size_max
            }
            State::CompletingRebalance | State::Stable => {
                self.members.contains_key(id) || self.members.len() < group_size_max
            }
        }
    }

    /// Whether a member offering these could be in the group.
    fn supports(&self, protocol_type: &str, protocols: &[JoinGroupRequestProtocol]) -> bool {
        if self.state == State::Empty {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols.iter().any(|protocol| {
                self.protocols.get(&*protocol.name).copied().unwrap_or(0) == self.members.len()
            })
    }

    fn join_new(&mut self, io: &mut Io<'_>, joining: Joining<'_>) {
        let Joining { request, context, token } = joining;
        let instance_id = request.group_instance_id.as_deref();
        let id = MemberId::new(context.member_id(instance_id));
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id).cloned() {
                Some(old) => self.return_static_member(io, joining, &old, &id),
                None => self.add_member(io, joining, id),
            }
        } else if context.api_version >= MEMBER_ID_REQUIRED_VERSION {
            self.pending_joins.insert(id.clone());
            let session = milliseconds(request.session_timeout_ms);
            self.schedule_heartbeat(io, &id, session);
            io.reply(token, join_error(id.as_str(), ErrorCode::MEMBER_ID_REQUIRED));
        } else {
            self.add_member(io, joining, id);
        }
    }

    fn join_known(&mut self, io: &mut Io<'_>, joining: Joining<'_>, id: &MemberId) {
        let Joining { request, token, .. } = joining;
        let instance_id = request.group_instance_id.as_deref();
        if self.pending_joins.contains(id) {
            if instance_id.is_some() {
                // Ids are handed out ahead only to dynamic members.
                io.reply(token, join_error("", ErrorCode::UNKNOWN_SERVER_ERROR));
            } else {
                self.add_member(io, joining, id.clone());
            }
            return;
        }
        let member = match self.validate_member(id, instance_id).map(|()| self.members.get(id)) {
            Ok(Some(member)) => member,
            Ok(None) => {
                return io.reply(token, join_error(id.as_str(), ErrorCode::UNKNOWN_MEMBER_ID));
            }
            Err(error) => return io.reply(token, join_error(id.as_str(), error)),
        };
        let unchanged = member.protocols.len() == request.protocols.len()
            && member.protocols.iter().zip(&request.protocols).all(
                |((name, metadata), offered)| {
                    **name == *offered.name && *metadata == offered.metadata
                },
            );
        let repeats_generation = match self.state {
            // The first answer may have been lost.
            State::CompletingRebalance => unchanged,
            // A leader that joins again wants a rebalance, for reasons its metadata need not show.
            State::Stable => unchanged && !self.is_leader(id),
            State::Empty | State::PreparingRebalance | State::Dead => false,
        };
        if repeats_generation {
            let reply = Reply::JoinGroup(self.join_response(id));
            io.reply(token, reply);
        } else if self.state == State::Empty {
            io.reply(token, join_error(id.as_str(), ErrorCode::UNKNOWN_MEMBER_ID));
        } else {
            self.update_member(io, id, joining);
            self.rebalance_or_complete_join(io);
        }
    }

    /// The answer to a member of the current generation; the leader's has all members in it.
    pub(super) fn join_response(&self, id: &MemberId) -> JoinGroupResponse {
        let members = if self.is_leader(id) { self.response_members() } else { Vec::new() };
        JoinGroupResponse {
            members,
            member_id: Str::from(id.as_str()),
            generation_id: self.generation.get(),
            protocol_name: self.protocol.as_deref().map(Str::from),
            protocol_type: self.protocol_type.as_deref().map(Str::from),
            leader: Str::from(self.leader.as_ref().map_or("", MemberId::as_str)),
            ..JoinGroupResponse::default()
        }
    }

    fn response_members(&self) -> Vec<JoinGroupResponseMember> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        self.members
            .values()
            .map(|member| JoinGroupResponseMember {
                member_id: Str::from(member.id.as_str()),
                group_instance_id: member.instance_id.as_deref().map(Str::from),
                metadata: member.metadata(protocol),
                ..JoinGroupResponseMember::default()
            })
            .collect()
    }

    fn add_member(&mut self, io: &mut Io<'_>, joining: Joining<'_>, id: MemberId) {
        let Joining { request, context, token } = joining;
        if self.state == State::PreparingRebalance && self.previous_state == State::Empty {
            self.new_member_added = true;
        }
        self.insert(Member {
            id: id.clone(),
            instance_id: request.group_instance_id.as_deref().map(Arc::from),
            client_id: context.client_id.clone(),
            client_host: context.client_host.clone(),
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            session_timeout_ms: request.session_timeout_ms,
            protocol_type: Arc::from(&*request.protocol_type),
            protocols: protocols_of(&request.protocols),
            assignment: Bytes::new(),
            awaiting_join: Some(token),
            awaiting_sync: None,
            is_new: true,
        });
        self.schedule_heartbeat(io, &id, CoordinatorConfig::NEW_MEMBER_JOIN_TIMEOUT);
        self.rebalance_or_complete_join(io);
    }

    /// Takes what a member now says of itself, and parks its request.
    pub(super) fn update_member(&mut self, io: &mut Io<'_>, id: &MemberId, joining: Joining<'_>) {
        let Joining { request, token, .. } = joining;
        self.set_member(
            id,
            protocols_of(&request.protocols),
            request.rebalance_timeout_ms,
            request.session_timeout_ms,
        );
        let Some(member) = self.members.get_mut(id) else { return };
        match member.awaiting_join.replace(token) {
            None => self.awaiting_joins += 1,
            // The client gave its first request up; nothing that waits is ever left unanswered.
            Some(earlier) => {
                io.reply(earlier, join_error(id.as_str(), ErrorCode::REBALANCE_IN_PROGRESS));
            }
        }
    }

    /// Changes what a member offers and its timeouts.
    pub(super) fn set_member(
        &mut self,
        id: &MemberId,
        protocols: Vec<(Arc<str>, Bytes)>,
        rebalance_timeout_ms: i32,
        session_timeout_ms: i32,
    ) {
        let Some(mut member) = self.members.remove(id) else { return };
        self.count_protocols(&member, false);
        member.protocols = protocols;
        member.rebalance_timeout_ms = rebalance_timeout_ms;
        member.session_timeout_ms = session_timeout_ms;
        self.count_protocols(&member, true);
        self.members.insert(id.clone(), member);
    }

    /// Answers a member's parked JoinGroup, if there is one.
    pub(super) fn answer_join(&mut self, io: &mut Io<'_>, id: &MemberId, reply: Reply) -> bool {
        let Some(token) = self.members.get_mut(id).and_then(|member| member.awaiting_join.take())
        else {
            return false;
        };
        self.awaiting_joins -= 1;
        io.reply(token, reply);
        true
    }

    /// Refuses all parked JoinGroups.
    pub(crate) fn refuse_joins(&mut self, io: &mut Io<'_>, error: ErrorCode) {
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            self.answer_join(io, &id, join_error("", error));
        }
    }

    pub(super) fn schedule_heartbeat(
        &self,
        io: &mut Io<'_>,
        id: &MemberId,
        timeout: std::time::Duration,
    ) {
        let key = TimerKey::Heartbeat(self.id.clone(), id.clone());
        io.schedule(key, TimerAction::Expire, timeout);
    }
}
