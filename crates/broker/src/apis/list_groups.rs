//! ListGroups: the groups whose coordinator is this node.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_wire::messages::{ListGroupsRequest, ListGroupsResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: ListGroupsRequest,
) -> Reply {
    let listed = node
        .look_at_groups(|shard| shard.list_groups(&request.states_filter, &request.types_filter));
    match listed {
        Ok(groups) => ListGroupsResponse {
            groups: groups.into_iter().flatten().collect(),
            ..ListGroupsResponse::default()
        }
        .into(),
        Err(error_code) => {
            ListGroupsResponse { error_code, ..ListGroupsResponse::default() }.into()
        }
    }
}
