//! ElectLeaders: asked of the controller.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_controller::{ApiError, Command, Reply as Decided};
use keld_types::ErrorCode;
use keld_wire::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use keld_wire::messages::{ElectLeadersRequest, ElectLeadersResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: ElectLeadersRequest,
) -> Reply {
    let asked = request.topic_partitions.clone().unwrap_or_default();
    let decided = node.quorum.submit(Command::ElectLeaders(request));
    Reply::later(async move {
        let error = match decided.await {
            Decided::ElectLeaders(response) => return response,
            Decided::Refused(error) => error,
            _ => ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
        let results = asked.into_iter().map(|topic| ReplicaElectionResult {
            topic: topic.topic,
            partition_result: topic
                .partitions
                .into_iter()
                .map(|partition_id| PartitionResult {
                    partition_id,
                    error_code: error.code,
                    error_message: error.wire_message(),
                    ..PartitionResult::default()
                })
                .collect(),
            ..ReplicaElectionResult::default()
        });
        ElectLeadersResponse {
            error_code: error.code,
            replica_election_results: results.collect(),
            ..ElectLeadersResponse::default()
        }
    })
}
