//! The cluster as the clients of one listener see it: who can be reached, who is away.

use keld_metadata::{BrokerEndpoint, BrokerRegistration, ClusterImage, PartitionRegistration};
use keld_types::{BrokerId, DirectoryId};

/// What anybody may do to a topic while there is no authorizer: READ, WRITE, CREATE, DELETE, ALTER,
/// DESCRIBE, DESCRIBE_CONFIGS and ALTER_CONFIGS, as bits.
pub(crate) const TOPIC_OPERATIONS: i32 = bits(&[3, 4, 5, 6, 7, 8, 10, 11]);

/// The same for the cluster: CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS,
/// ALTER_CONFIGS and IDEMPOTENT_WRITE.
pub(crate) const CLUSTER_OPERATIONS: i32 = bits(&[5, 7, 8, 9, 10, 11, 12]);

const fn bits(operations: &[u32]) -> i32 {
    let mut field = 0;
    let mut rest = operations;
    while let [first, others @ ..] = rest {
        field |= 1 << *first;
        rest = others;
    }
    field
}

/// An image and the name of the listener that a request came in by.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) image: &'a ClusterImage,
    pub(crate) listener: &'a str,
}

impl<'a> View<'a> {
    /// Every broker that has the listener, fenced ones too, in the order of their ids.
    pub(crate) fn brokers(
        self,
    ) -> impl Iterator<Item = (&'a BrokerRegistration, &'a BrokerEndpoint)> {
        let brokers = self.image.brokers.values();
        brokers.filter_map(move |broker| Some((&**broker, broker.endpoint(self.listener)?)))
    }

    /// The leader, if it is registered and has the listener.
    pub(crate) fn reachable_leader(self, partition: &PartitionRegistration) -> Option<BrokerId> {
        self.image.broker(partition.leader)?.endpoint(self.listener)?;
        Some(partition.leader)
    }

    /// Whether a broker is not fenced and has the listener.
    pub(crate) fn is_alive(self, broker: BrokerId) -> bool {
        let known = self.image.broker(broker);
        known.is_some_and(|known| !known.fenced && known.endpoint(self.listener).is_some())
    }

    /// The replicas that nobody can reach: their broker is away, or their directory failed.
    pub(crate) fn offline_replicas(self, partition: &PartitionRegistration) -> Vec<i32> {
        let is_offline = |broker: &BrokerId| {
            !self.is_alive(*broker)
                || self
                    .image
                    .broker(*broker)
                    .is_none_or(|known| !has_online_directory(known, partition.directory(*broker)))
        };
        partition.replicas.iter().filter(|id| is_offline(id)).map(|id| id.get()).collect()
    }

    /// Ids of the brokers that are not fenced.
    pub(crate) fn alive_ids(self) -> Vec<BrokerId> {
        let alive = self.image.brokers.values().filter(|broker| !broker.fenced);
        alive.map(|broker| broker.id).collect()
    }
}

fn has_online_directory(broker: &BrokerRegistration, directory: Option<DirectoryId>) -> bool {
    match directory {
        None | Some(DirectoryId::LOST) => false,
        Some(DirectoryId::UNASSIGNED | DirectoryId::MIGRATING) => true,
        Some(other) => broker.directories.is_empty() || broker.directories.contains(&other),
    }
}

/// Broker ids as they stand in messages.
pub(crate) fn plain_ids(ids: &[BrokerId]) -> Vec<i32> {
    ids.iter().map(|id| id.get()).collect()
}

#[cfg(test)]
pub(crate) mod fixture {
    //! A cluster image for tests of answers.

    use super::*;
    use keld_metadata::{LeaderRecoveryState, TopicImage};
    use keld_types::{
        BrokerEpoch, LeaderEpoch, PartitionEpoch, PartitionIndex, TopicId, TopicName, Uuid,
    };
    use std::collections::BTreeMap;
    use std::sync::Arc;

    pub(crate) const DIRECTORY: DirectoryId = DirectoryId::new(Uuid::from_parts(9, 9));

    pub(crate) fn broker(id: i32, listeners: &[&str], fenced: bool) -> BrokerRegistration {
        let endpoints = listeners.iter().zip(9000..).map(|(name, port)| BrokerEndpoint {
            name: (*name).to_owned(),
            host: format!("host{id}"),
            port,
            security_protocol: 0,
        });
        BrokerRegistration {
            id: BrokerId::new(id),
            epoch: BrokerEpoch::new(10),
            incarnation_id: Uuid::from_parts(1, 1),
            endpoints: endpoints.collect(),
            features: BTreeMap::new(),
            rack: Some(format!("rack{id}")),
            fenced,
            in_controlled_shutdown: false,
            is_migrating_zk_broker: false,
            directories: vec![DIRECTORY],
            cordoned_directories: None,
        }
    }

    pub(crate) fn partition(replicas: &[i32], isr: &[i32], leader: i32) -> PartitionRegistration {
        let ids = |ids: &[i32]| ids.iter().copied().map(BrokerId::new).collect::<Vec<_>>();
        PartitionRegistration {
            replicas: ids(replicas),
            directories: vec![DIRECTORY; replicas.len()],
            isr: ids(isr),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            elr: Vec::new(),
            last_known_elr: Vec::new(),
            leader: BrokerId::new(leader),
            leader_recovery_state: LeaderRecoveryState::Recovered,
            leader_epoch: LeaderEpoch::new(5),
            partition_epoch: PartitionEpoch::new(7),
        }
    }

    pub(crate) fn topic_id(number: u64) -> TopicId {
        TopicId::new(Uuid::from_parts(77, number))
    }

    /// Topics get the ids 1, 2 and so on.
    pub(crate) fn image(
        brokers: Vec<BrokerRegistration>,
        topics: Vec<(&str, Vec<PartitionRegistration>)>,
    ) -> ClusterImage {
        let mut image = ClusterImage::empty();
        image.brokers = Arc::new(brokers.into_iter().map(|b| (b.id, Arc::new(b))).collect());
        let mut by_id = BTreeMap::new();
        let mut by_name = BTreeMap::new();
        for ((name, partitions), number) in topics.into_iter().zip(1..) {
            let id = topic_id(number);
            let partitions = partitions
                .into_iter()
                .zip(0..)
                .map(|(partition, index)| (PartitionIndex::new(index), Arc::new(partition)));
            let topic = TopicImage {
                name: TopicName::new(name),
                id,
                partitions: Arc::new(partitions.collect()),
            };
            by_name.insert(topic.name.clone(), id);
            by_id.insert(id, Arc::new(topic));
        }
        image.topics = Arc::new(by_id);
        image.topic_ids = Arc::new(by_name);
        image
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_authorizer_all_operations_of_a_resource_are_allowed() {
        // What Apache Kafka 4.3.1 answers.
        assert_eq!(TOPIC_OPERATIONS, 3576);
        assert_eq!(CLUSTER_OPERATIONS, 8096);
    }

    #[test]
    fn replicas_are_offline_when_fenced_unknown_unreachable_or_in_a_failed_directory() {
        let brokers = vec![
            fixture::broker(1, &["A"], false),
            fixture::broker(2, &["A"], true),
            fixture::broker(3, &["B"], false),
            fixture::broker(5, &["A"], false),
        ];
        let mut partition = fixture::partition(&[1, 2, 3, 4, 5], &[1], 1);
        partition.directories[4] = DirectoryId::new(keld_types::Uuid::from_parts(8, 8));
        let image = fixture::image(brokers, vec![]);
        let view = View { image: &image, listener: "A" };
        assert_eq!(view.offline_replicas(&partition), [2, 3, 4, 5]);
    }
}
