//! What is asked of a cluster of several nodes: who leads, who is in sync, who the controller is.

use anyhow::{Context, bail, ensure};
use keld_wire::Response;
use keld_wire::messages::describe_quorum_request::{PartitionData, TopicData};
use keld_wire::messages::metadata_response::MetadataResponsePartition;
use keld_wire::messages::{DescribeQuorumRequest, MetadataRequest, MetadataResponse};

use super::client::Client;
use super::requests::{METADATA_VERSION, text};

const DESCRIBE_QUORUM_VERSION: i16 = 0;

impl Client {
    /// The partitions of a topic as this node knows them; none of a topic that it does not know.
    fn partitions(&mut self, topic: &str) -> anyhow::Result<Vec<MetadataResponsePartition>> {
        let metadata = self.metadata(&[topic.to_owned()], false)?;
        let found = metadata.topics.into_iter().next().context("no topic in an answer")?;
        Ok(if found.error_code.is_none() { found.partitions } else { Vec::new() })
    }

    /// Whether every partition of a topic has a leader and no replica that is out of sync.
    pub(crate) fn is_in_sync(&mut self, topic: &str, partitions: u32) -> anyhow::Result<bool> {
        let found = self.partitions(topic)?;
        Ok(found.len() == usize::try_from(partitions)?
            && found
                .iter()
                .all(|one| one.leader_id >= 0 && one.isr_nodes.len() == one.replica_nodes.len()))
    }

    /// The partitions of a topic that a node leads.
    pub(crate) fn led_by(&mut self, topic: &str, node: i32) -> anyhow::Result<Vec<i32>> {
        let found = self.partitions(topic)?;
        let led = found.iter().filter(|one| one.leader_id == node);
        Ok(led.map(|one| one.partition_index).collect())
    }

    /// Of all topics, how many replicas a node has, and how many of them are in sync.
    pub(crate) fn replicas_of(&mut self, node: i32) -> anyhow::Result<ReplicasOf> {
        let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
        match self.call(request, METADATA_VERSION)? {
            Response::Metadata(response) => Ok(ReplicasOf::node(&response, node)),
            other => bail!("not an answer to Metadata: {other:?}"),
        }
    }

    /// The node that is the active controller.
    pub(crate) fn controller(&mut self) -> anyhow::Result<i32> {
        let partition = PartitionData { partition_index: 0, ..PartitionData::default() };
        let topic = TopicData {
            topic_name: text("__cluster_metadata"),
            partitions: vec![partition],
            ..TopicData::default()
        };
        let request =
            DescribeQuorumRequest { topics: vec![topic], ..DescribeQuorumRequest::default() };
        let answer = match self.call(request, DESCRIBE_QUORUM_VERSION)? {
            Response::DescribeQuorum(answer) => answer,
            other => bail!("not an answer to DescribeQuorum: {other:?}"),
        };
        let quorum = answer
            .topics
            .first()
            .and_then(|topic| topic.partitions.first())
            .with_context(|| format!("no quorum: {:?}", answer.error_code))?;
        ensure!(quorum.error_code.is_none(), "no quorum: {:?}", quorum.error_code);
        ensure!(quorum.leader_id >= 0, "the quorum has no leader");
        Ok(quorum.leader_id)
    }
}

/// The replicas that a node has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ReplicasOf {
    pub(crate) all: usize,
    pub(crate) in_sync: usize,
}

impl ReplicasOf {
    fn node(metadata: &MetadataResponse, node: i32) -> Self {
        let partitions = || metadata.topics.iter().flat_map(|topic| &topic.partitions);
        Self {
            all: partitions().filter(|one| one.replica_nodes.contains(&node)).count(),
            in_sync: partitions().filter(|one| one.isr_nodes.contains(&node)).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use keld_wire::messages::metadata_response::MetadataResponseTopic;

    use super::*;

    #[test]
    fn replicas_and_those_in_sync_are_counted_over_all_topics() {
        let partition = |replicas: &[i32], isr: &[i32]| MetadataResponsePartition {
            replica_nodes: replicas.to_vec(),
            isr_nodes: isr.to_vec(),
            ..MetadataResponsePartition::default()
        };
        let topic =
            |partitions| MetadataResponseTopic { partitions, ..MetadataResponseTopic::default() };
        let metadata = MetadataResponse {
            topics: vec![
                topic(vec![partition(&[1, 2], &[1]), partition(&[2, 3], &[2, 3])]),
                topic(vec![partition(&[3, 2, 1], &[3, 2])]),
            ],
            ..MetadataResponse::default()
        };
        assert_eq!(ReplicasOf::node(&metadata, 2), ReplicasOf { all: 3, in_sync: 2 });
        assert_eq!(ReplicasOf::node(&metadata, 4), ReplicasOf { all: 0, in_sync: 0 });
    }
}
