//! OffsetForLeaderEpoch: where a leader epoch ended in the leader's log (KIP-101, KIP-320).

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::Reply;
use keld_log::EpochEndOffset as Found;
use keld_types::{ErrorCode, LeaderEpoch, PartitionIndex};
use keld_wire::messages::offset_for_leader_epoch_request::OffsetForLeaderPartition;
use keld_wire::messages::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use keld_wire::messages::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: OffsetForLeaderEpochRequest,
) -> Reply {
    let topics = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|asked| {
            let mut answer =
                EpochEndOffset { partition: asked.partition, ..EpochEndOffset::default() };
            match find(node, &topic.topic, asked) {
                Ok(Some(found)) => {
                    answer.leader_epoch = found.leader_epoch.get();
                    answer.end_offset = found.end_offset.get();
                }
                Ok(None) => {}
                Err(error_code) => answer.error_code = error_code,
            }
            answer
        });
        OffsetForLeaderTopicResult {
            partitions: partitions.collect(),
            topic: topic.topic.clone(),
            ..OffsetForLeaderTopicResult::default()
        }
    });
    OffsetForLeaderEpochResponse {
        topics: topics.collect(),
        ..OffsetForLeaderEpochResponse::default()
    }
    .into()
}

fn find(
    node: &Node,
    topic: &str,
    asked: &OffsetForLeaderPartition,
) -> Result<Option<Found>, ErrorCode> {
    let index = PartitionIndex::new(asked.partition);
    let partition =
        node.partitions.partition(topic, index).ok_or_else(|| node.absent_code(topic, index))?;
    if !partition.is_online() {
        return Err(ErrorCode::KAFKA_STORAGE_ERROR);
    }
    let known = Some(LeaderEpoch::new(asked.current_leader_epoch));
    let known = known.filter(|epoch| *epoch != LeaderEpoch::NONE);
    partition
        .end_offset_for_epoch(LeaderEpoch::new(asked.leader_epoch), known)
        .map_err(|error| error_code(&error))
}
