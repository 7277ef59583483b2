//! DescribeGroups: classic groups with their members.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_wire::messages::describe_groups_response::DescribedGroup;
use keld_wire::messages::{DescribeGroupsRequest, DescribeGroupsResponse};
use std::sync::Arc;

/// READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS and ALTER_CONFIGS, as bits by Kafka's numbers: all that
/// can be done to a group, as long as there is no authorizer.
const ALL_OPERATIONS: i32 = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: DescribeGroupsRequest,
) -> Reply {
    let groups = request.groups.iter().map(|group_id| {
        let described =
            node.look_at_group(group_id, |shard| shard.describe_group(group_id, context.version));
        let mut group = described.unwrap_or_else(|error_code| DescribedGroup {
            group_id: group_id.clone(),
            error_code,
            ..DescribedGroup::default()
        });
        if request.include_authorized_operations && group.error_code.is_none() {
            group.authorized_operations = ALL_OPERATIONS;
        }
        group
    });
    DescribeGroupsResponse { groups: groups.collect(), ..DescribeGroupsResponse::default() }.into()
}
