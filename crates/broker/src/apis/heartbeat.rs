//! Heartbeat of a classic group.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_wire::messages::{HeartbeatRequest, HeartbeatResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: HeartbeatRequest,
) -> Reply {
    let error_code =
        node.group_heartbeat(&request.group_id, |shard, now| shard.heartbeat(&request, now));
    HeartbeatResponse { error_code, ..HeartbeatResponse::default() }.into()
}
