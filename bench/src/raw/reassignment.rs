//! Replicas moved to other nodes.

use anyhow::{bail, ensure};
use keld_wire::Response;
use keld_wire::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use keld_wire::messages::{AlterPartitionReassignmentsRequest, ListPartitionReassignmentsRequest};

use super::client::{Client, Refused};
use super::requests::text;

const VERSION: i16 = 0;

impl Client {
    /// Begins to move every partition of a topic to one node.
    pub(crate) fn move_topic(
        &mut self,
        topic: &str,
        partitions: i32,
        node: i32,
    ) -> anyhow::Result<()> {
        let partition = |partition_index| ReassignablePartition {
            partition_index,
            replicas: Some(vec![node]),
            ..ReassignablePartition::default()
        };
        let request = AlterPartitionReassignmentsRequest {
            topics: vec![ReassignableTopic {
                name: text(topic),
                partitions: (0..partitions).map(partition).collect(),
                ..ReassignableTopic::default()
            }],
            ..AlterPartitionReassignmentsRequest::default()
        };
        match self.call(request, VERSION)? {
            Response::AlterPartitionReassignments(answer) => {
                ensure!(answer.error_code.is_none(), "not moved: {:?}", answer.error_code);
                let all = answer.responses.iter().flat_map(|topic| &topic.partitions);
                Refused::of(all.map(|one| one.error_code)).none()
            }
            other => bail!("not an answer to AlterPartitionReassignments: {other:?}"),
        }
    }

    /// How many partitions are being moved.
    pub(crate) fn moving(&mut self) -> anyhow::Result<usize> {
        let request = ListPartitionReassignmentsRequest {
            topics: None,
            ..ListPartitionReassignmentsRequest::default()
        };
        match self.call(request, VERSION)? {
            Response::ListPartitionReassignments(answer) => {
                ensure!(answer.error_code.is_none(), "moves: {:?}", answer.error_code);
                Ok(answer.topics.iter().map(|topic| topic.partitions.len()).sum())
            }
            other => bail!("not an answer to ListPartitionReassignments: {other:?}"),
        }
    }
}
