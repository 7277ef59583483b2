//! What is asked of a cluster of several nodes: who leads, and who is in sync.

use anyhow::Context;
use keld_wire::messages::metadata_response::MetadataResponsePartition;

use super::client::Client;

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
        Ok(found
            .iter()
            .filter(|one| one.leader_id == node)
            .map(|one| one.partition_index)
            .collect())
    }
}
