//! LeaveGroup.

use crate::context::RequestContext;
use crate::groups::Asked;
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::ErrorCode;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::{LeaveGroupRequest, LeaveGroupResponse};
use std::sync::Arc;

/// From this version on a request names several members, and the answer has one error for each.
const BATCH_VERSION: i16 = 3;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    mut request: LeaveGroupRequest,
) -> Reply {
    let version = context.version;
    if version < BATCH_VERSION {
        let member_id = request.member_id.clone();
        request.members = vec![MemberIdentity { member_id, ..MemberIdentity::default() }];
    }
    let asked = node.ask_group(&request.group_id, |shard, token, now| {
        shard.leave_group(&request.group_id, &request.members, token, now)
    });
    match asked {
        Asked::Now(reply) => response(reply, version).into(),
        later @ Asked::Later(_) => {
            Reply::later(async move { response(later.reply().await, version) })
        }
    }
}

fn response(reply: GroupReply, version: i16) -> LeaveGroupResponse {
    let mut response = match reply {
        GroupReply::LeaveGroup(response) => response,
        GroupReply::Error(error_code) => error(error_code),
        _other => error(ErrorCode::UNKNOWN_SERVER_ERROR),
    };
    if version < BATCH_VERSION {
        let members = std::mem::take(&mut response.members);
        if let (true, [member]) = (response.error_code.is_none(), &members[..]) {
            response.error_code = member.error_code;
        }
    }
    response
}

fn error(error_code: ErrorCode) -> LeaveGroupResponse {
    LeaveGroupResponse { error_code, ..LeaveGroupResponse::default() }
}
