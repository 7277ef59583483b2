//! DeleteGroups: groups without members, with their offsets.

use crate::context::RequestContext;
use crate::groups::Asked;
use crate::node::Node;
use crate::reply::Reply;
use keld_coordinator::Reply as GroupReply;
use keld_types::{ErrorCode, PartitionIndex};
use keld_wire::Str;
use keld_wire::messages::delete_groups_response::DeletableGroupResult;
use keld_wire::messages::{DeleteGroupsRequest, DeleteGroupsResponse};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: DeleteGroupsRequest,
) -> Reply {
    let mut by_shard: BTreeMap<PartitionIndex, Vec<Str>> = BTreeMap::new();
    for group in request.groups_names {
        let groups = by_shard.entry(node.group_partition(&group)).or_default();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let asked: Vec<(Asked, Vec<Str>)> = by_shard
        .into_iter()
        .map(|(index, groups)| {
            let asked =
                node.ask_shard(index, |shard, token, now| shard.delete_groups(&groups, token, now));
            (asked, groups)
        })
        .collect();
    Reply::later(async move {
        let mut results = Vec::new();
        for (asked, groups) in asked {
            let error_code = match asked.reply().await {
                GroupReply::DeleteGroups(deleted) => {
                    results.extend(deleted);
                    continue;
                }
                GroupReply::Error(error_code) => error_code,
                _other => ErrorCode::UNKNOWN_SERVER_ERROR,
            };
            results.extend(groups.into_iter().map(|group_id| DeletableGroupResult {
                group_id,
                error_code,
                ..DeletableGroupResult::default()
            }));
        }
        DeleteGroupsResponse { results, ..DeleteGroupsResponse::default() }
    })
}
