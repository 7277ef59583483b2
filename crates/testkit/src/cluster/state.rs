//! A topic's partitions as the metadata shows them.

use anyhow::{Context, Result, ensure};
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::{MetadataRequest, MetadataResponse};

/// A partition as the metadata shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionState {
    /// Its number.
    pub index: i32,
    /// Its leader; -1 for none.
    pub leader: i32,
    /// Its leader epoch.
    pub leader_epoch: i32,
    /// Its replicas, the preferred leader first.
    pub replicas: Vec<i32>,
    /// Those in sync, sorted.
    pub isr: Vec<i32>,
}

impl PartitionState {
    /// Whether it is led and all replicas are in sync.
    pub fn is_whole(&self) -> bool {
        self.leader >= 0 && self.isr.len() == self.replicas.len()
    }
}

/// Asks for one topic.
pub(super) fn metadata_of(topic: &str) -> MetadataRequest {
    let topic =
        MetadataRequestTopic { name: Some(topic.into()), ..MetadataRequestTopic::default() };
    MetadataRequest {
        topics: Some(vec![topic]),
        allow_auto_topic_creation: false,
        ..MetadataRequest::default()
    }
}

/// The partitions of a topic in an answer, by number.
pub(super) fn states(answer: MetadataResponse, topic: &str) -> Result<Vec<PartitionState>> {
    let found = answer.topics.into_iter().find(|one| one.name.as_deref() == Some(topic));
    let found = found.with_context(|| format!("no answer for {topic}"))?;
    ensure!(!found.partitions.is_empty(), "{topic}: {}", found.error_code);
    let mut states: Vec<PartitionState> = found
        .partitions
        .into_iter()
        .map(|one| {
            let mut isr = one.isr_nodes;
            isr.sort_unstable();
            PartitionState {
                index: one.partition_index,
                leader: one.leader_id,
                leader_epoch: one.leader_epoch,
                replicas: one.replica_nodes,
                isr,
            }
        })
        .collect();
    states.sort_by_key(|state| state.index);
    Ok(states)
}
