//! Telling the controller in which log directory each replica lies (KIP-858).
//!
//! The controller names the directory itself where a broker has only one. Elsewhere, and after a
//! replica moved or was found elsewhere, the broker tells it, so that a failed directory takes
//! exactly its own replicas offline.

use crate::node::Node;
use keld_controller::{Command, Reply};
use keld_types::{BrokerEpoch, DirectoryId, ErrorCode, TopicIdPartition, Uuid};
use keld_wire::messages::AssignReplicasToDirsRequest;
use keld_wire::messages::assign_replicas_to_dirs_request::{
    DirectoryData, PartitionData, TopicData,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many assignments one command carries, as in Kafka.
const ASSIGNMENTS_MAX: usize = 2250;

/// Follows the metadata: whatever changed is compared with where it lies.
pub(crate) fn follow(node: &Arc<Node>) {
    let weak = Arc::downgrade(node);
    node.on_publish(Box::new(move |loaded| {
        let Some(node) = weak.upgrade() else { return };
        let changed: Vec<_> = loaded.delta.changed_partitions.iter().copied().collect();
        if changed.is_empty() {
            return;
        }
        let this = Arc::clone(&node);
        let task = async move { this.assign_directories(changed).await };
        node.env.spawn.spawn("assign directories", Box::pin(task));
    }));
}

impl Node {
    /// Compares every partition with where it lies: once the broker is registered.
    pub(crate) fn assign_all_directories(self: &Arc<Self>) {
        let held = self.partitions.partitions();
        let all = held.iter().map(|partition| TopicIdPartition {
            topic_id: partition.topic_id(),
            partition: partition.topic_partition().partition,
        });
        let all: Vec<_> = all.collect();
        let this = Arc::clone(self);
        let task = async move { this.assign_directories(all).await };
        self.env.spawn.spawn("assign directories", Box::pin(task));
    }

    /// Tells the controller where those of the replicas lie that it has elsewhere.
    pub(crate) async fn assign_directories(&self, replicas: Vec<TopicIdPartition>) {
        let wrong: Vec<_> = replicas
            .into_iter()
            .filter_map(|replica| Some((replica, self.misplaced(replica)?)))
            .collect();
        for part in wrong.chunks(ASSIGNMENTS_MAX) {
            for (replica, result) in self.assign(part).await {
                if let Err(error) = result {
                    tracing::warn!(%replica, %error, "directory not assigned");
                }
            }
        }
    }

    /// The directory a replica lies in, if the controller does not know it and can.
    fn misplaced(&self, replica: TopicIdPartition) -> Option<DirectoryId> {
        let image = self.image.load();
        let local = self.config().node_id;
        if !image.features.metadata_version().has_directories() {
            return None;
        }
        // Before the registration nothing can be told; after it all is compared again.
        if self.broker_epoch() < BrokerEpoch::new(0) {
            return None;
        }
        let registered = image.partition(replica)?.directory(local)?;
        let topic = self.partitions.topic_by_id(replica.topic_id)?;
        let path = topic.partition(replica.partition)?.log_dir()?;
        self.logs.id_of(&path).filter(|found| *found != registered)
    }

    /// Asks the controller to note directories; what became of each.
    pub(crate) async fn assign(
        &self,
        assignments: &[(TopicIdPartition, DirectoryId)],
    ) -> Vec<(TopicIdPartition, Result<(), ErrorCode>)> {
        let mut by_dir: BTreeMap<DirectoryId, BTreeMap<Uuid, Vec<PartitionData>>> = BTreeMap::new();
        for (replica, directory) in assignments {
            let topics = by_dir.entry(*directory).or_default();
            topics.entry(replica.topic_id.uuid()).or_default().push(PartitionData {
                partition_index: replica.partition.get(),
                ..PartitionData::default()
            });
        }
        let directories = by_dir.into_iter().map(|(id, topics)| DirectoryData {
            id: id.uuid(),
            topics: topics
                .into_iter()
                .map(|(topic_id, partitions)| TopicData {
                    topic_id,
                    partitions,
                    ..TopicData::default()
                })
                .collect(),
            ..DirectoryData::default()
        });
        let request = AssignReplicasToDirsRequest {
            broker_id: self.config().node_id.get(),
            broker_epoch: self.broker_epoch().get(),
            directories: directories.collect(),
            ..AssignReplicasToDirsRequest::default()
        };
        let codes: BTreeMap<(Uuid, i32), ErrorCode> =
            match self.decide(Command::AssignReplicasToDirs(request)).await {
                Reply::AssignReplicasToDirs(response) => {
                    let topics = response.directories.into_iter().flat_map(|dir| dir.topics);
                    topics
                        .flat_map(|topic| {
                            let id = topic.topic_id;
                            let rows = topic.partitions.into_iter();
                            rows.map(move |row| ((id, row.partition_index), row.error_code))
                        })
                        .collect()
                }
                reply => {
                    let code = match reply {
                        Reply::Refused(error) => error.code,
                        _other => ErrorCode::UNKNOWN_SERVER_ERROR,
                    };
                    let key = |replica: &TopicIdPartition| {
                        (replica.topic_id.uuid(), replica.partition.get())
                    };
                    assignments.iter().map(|(replica, _)| (key(replica), code)).collect()
                }
            };
        let result = |replica: &TopicIdPartition| {
            let key = (replica.topic_id.uuid(), replica.partition.get());
            match codes.get(&key).copied().unwrap_or(ErrorCode::UNKNOWN_SERVER_ERROR) {
                ErrorCode::NONE => Ok(()),
                code => Err(code),
            }
        };
        assignments.iter().map(|(replica, _)| (*replica, result(replica))).collect()
    }
}
