//! What the verbs that judge or change a cluster know of it: one look at everything, by the
//! protocol only, so of Apache Kafka's brokers too.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};
use keld_client::{Admin, ClientError, Reassignment, TopicDescription};
use keld_types::{BrokerId, TopicName, TopicPartition};
use keld_wire::messages::describe_log_dirs_response::DescribeLogDirsResult;

/// A registered broker.
#[derive(Clone, Debug, Default)]
pub(super) struct BrokerSeen {
    pub(super) rack: Option<String>,
    pub(super) is_fenced: bool,
}

/// A cluster at about one moment.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) cluster_id: String,
    pub(super) brokers: BTreeMap<BrokerId, BrokerSeen>,
    pub(super) topics: BTreeMap<TopicName, TopicDescription>,
    /// What moves; an error where no controller answers.
    pub(super) reassignments: Result<BTreeMap<TopicPartition, Reassignment>, ClientError>,
    /// The log directories of each broker that is not fenced.
    pub(super) directories: BTreeMap<BrokerId, Result<Vec<DescribeLogDirsResult>, ClientError>>,
}

impl Survey {
    /// Asks for everything. Fails when no broker answers.
    pub(super) async fn take(admin: &Admin) -> Result<Self, ClientError> {
        let cluster = match admin.describe_cluster(true).await {
            Ok(cluster) => cluster,
            // Before Kafka 4.0 fenced brokers could not be asked for.
            Err(ClientError::Protocol { .. } | ClientError::Unsupported { .. }) => {
                admin.describe_cluster(false).await?
            }
            Err(error) => return Err(error),
        };
        let brokers: BTreeMap<BrokerId, BrokerSeen> = cluster
            .brokers
            .iter()
            .map(|broker| {
                let rack = broker.rack.as_deref().map(str::to_owned);
                (BrokerId::new(broker.broker_id), BrokerSeen { rack, is_fenced: broker.is_fenced })
            })
            .collect();
        let living = brokers.iter().filter(|(_, broker)| !broker.is_fenced).map(|(id, _)| *id);
        let looks = living.map(|id| async move {
            let found = admin.describe_log_dirs(&[id], None).await;
            (id, found.map(|mut found| found.remove(&id).unwrap_or_default()))
        });
        let topics = async {
            let names = admin.list_topics(true).await?.into_iter().map(|topic| topic.name);
            admin.describe_topics(&names.collect::<Vec<_>>()).await
        };
        let (topics, (reassignments, directories)) =
            join(topics, join(admin.list_reassignments(None), join_all(looks))).await;
        Ok(Self {
            cluster_id: cluster.cluster_id.to_string(),
            brokers,
            // A topic that was deleted in between is no topic any more.
            topics: topics?
                .into_iter()
                .filter_map(|(name, topic)| Some((name, topic.ok()?)))
                .collect(),
            reassignments,
            directories: directories.into_iter().collect(),
        })
    }

    /// The reassignment of a partition, if one is under way.
    pub(super) fn reassignment(&self, partition: &TopicPartition) -> Option<&Reassignment> {
        self.reassignments.as_ref().ok()?.get(partition)
    }

    /// How many bytes each broker has of each partition; copies that are being made in another
    /// directory do not count.
    pub(super) fn sizes(&self) -> BTreeMap<(TopicPartition, BrokerId), u64> {
        let mut sizes = BTreeMap::new();
        for (broker, directories) in &self.directories {
            for directory in directories.iter().flatten() {
                for (name, partition) in replicas(directory) {
                    let size = u64::try_from(partition.partition_size).unwrap_or(0);
                    sizes.insert((name, *broker), size);
                }
            }
        }
        sizes
    }

    /// Brokers that may be given replicas: alive, with a directory that is neither failed nor
    /// cordoned.
    pub(super) fn takers(&self) -> BTreeSet<BrokerId> {
        let takes = |id: &BrokerId| match self.directories.get(id) {
            Some(Ok(directories)) => directories
                .iter()
                .any(|directory| directory.error_code.is_none() && !directory.is_cordoned),
            Some(Err(_)) | None => false,
        };
        self.brokers
            .iter()
            .filter(|(id, broker)| !broker.is_fenced && takes(id))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Fails with what keeps a plan from being made on what is known.
    pub(super) fn check_for_planning(&self) -> Result<(), ClientError> {
        if let Err(error) = &self.reassignments {
            return Err(error.clone());
        }
        match self.directories.values().find_map(|found| found.as_ref().err()) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}

/// The replicas of a directory.
pub(super) fn replicas(
    directory: &DescribeLogDirsResult,
) -> impl Iterator<
    Item = (
        TopicPartition,
        &keld_wire::messages::describe_log_dirs_response::DescribeLogDirsPartition,
    ),
> {
    directory.topics.iter().flat_map(|topic| {
        let current = topic.partitions.iter().filter(|partition| !partition.is_future_key);
        current.map(|partition| {
            let name = TopicName::new(topic.name.as_str());
            let index = keld_types::PartitionIndex::new(partition.partition_index);
            (TopicPartition::new(name, index), partition)
        })
    })
}
