//! JoinGroup.

use crate::context::RequestContext;
use crate::groups::{Asked, context_of};
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::ErrorCode;
use keld_wire::Str;
use keld_wire::messages::{JoinGroupRequest, JoinGroupResponse};
use std::sync::Arc;

/// From this version on "no protocol" is null, before it is empty.
const NULL_PROTOCOL_VERSION: i16 = 7;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    mut request: JoinGroupRequest,
) -> Reply {
    let version = context.version;
    if version == 0 {
        // That version knew one timeout for both.
        request.rebalance_timeout_ms = request.session_timeout_ms;
    }
    let group_context = context_of(node, context);
    let asked = node.ask_group(&request.group_id, |shard, token, now| {
        shard.join_group(&request, &group_context, token, now)
    });
    match asked {
        Asked::Now(reply) => response(reply, version).into(),
        later @ Asked::Later(_) => {
            Reply::later(async move { response(later.reply().await, version) })
        }
    }
}

fn response(reply: GroupReply, version: i16) -> JoinGroupResponse {
    let mut response = match reply {
        GroupReply::JoinGroup(response) => response,
        GroupReply::Error(error_code) => error(error_code),
        _other => error(ErrorCode::UNKNOWN_SERVER_ERROR),
    };
    let protocol = response.protocol_name.take().filter(|name| !name.is_empty());
    response.protocol_name = match protocol {
        None if version < NULL_PROTOCOL_VERSION => Some(Str::from("")),
        protocol => protocol,
    };
    response
}

fn error(error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse { error_code, ..JoinGroupResponse::default() }
}
