//! SyncGroup.

use crate::context::RequestContext;
use crate::groups::Asked;
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::ErrorCode;
use keld_wire::messages::{SyncGroupRequest, SyncGroupResponse};
use std::sync::Arc;

/// From this version on a member says which protocol it thinks is used (KIP-559).
const PROTOCOL_VERSION: i16 = 5;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: SyncGroupRequest,
) -> Reply {
    if context.version >= PROTOCOL_VERSION
        && (request.protocol_type.is_none() || request.protocol_name.is_none())
    {
        return error(ErrorCode::INCONSISTENT_GROUP_PROTOCOL).into();
    }
    let asked = node
        .ask_group(&request.group_id, |shard, token, now| shard.sync_group(&request, token, now));
    match asked {
        Asked::Now(reply) => response(reply).into(),
        later @ Asked::Later(_) => Reply::later(async move { response(later.reply().await) }),
    }
}

fn response(reply: GroupReply) -> SyncGroupResponse {
    match reply {
        GroupReply::SyncGroup(response) => response,
        GroupReply::Error(error_code) => error(error_code),
        _other => error(ErrorCode::UNKNOWN_SERVER_ERROR),
    }
}

fn error(error_code: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse { error_code, ..SyncGroupResponse::default() }
}
