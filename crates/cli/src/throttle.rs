//! Replication throttles of a reassignment, as `kafka-reassign-partitions` sets and removes them:
//! a rate at each broker that takes part, and at each topic which replicas it is for.

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{Admin, ConfigOperation, ConfigResource, ConfigResourceType, Reassignment};
use keld_types::{BrokerId, TopicName, TopicPartition};

use crate::failure::Failure;
use crate::shared::words;

const LEADER_RATE: &str = "leader.replication.throttled.rate";
const FOLLOWER_RATE: &str = "follower.replication.throttled.rate";
const DIRECTORIES_RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";
const LEADER_REPLICAS: &str = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS: &str = "follower.replication.throttled.replicas";

/// Where a setting comes from, if it is the topic's own.
const SOURCE_TOPIC: i8 = 1;

/// Who sends and who receives in a partition's reassignment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Movement {
    sources: BTreeSet<BrokerId>,
    destinations: BTreeSet<BrokerId>,
}

/// The movements of reassignments under way, and of those that are proposed, which take their place.
pub(crate) fn movements(
    under_way: &BTreeMap<TopicPartition, Reassignment>,
    proposed: &BTreeMap<TopicPartition, Vec<BrokerId>>,
    present: &BTreeMap<TopicPartition, Vec<BrokerId>>,
) -> BTreeMap<TopicPartition, Movement> {
    let without = |all: &[BrokerId], some: &BTreeSet<BrokerId>| -> BTreeSet<BrokerId> {
        all.iter().copied().filter(|id| !some.contains(id)).collect()
    };
    let mut movements: BTreeMap<TopicPartition, Movement> = under_way
        .iter()
        .map(|(partition, moving)| {
            let destinations: BTreeSet<BrokerId> = moving.adding.iter().copied().collect();
            let sources = without(&moving.replicas, &destinations);
            (partition.clone(), Movement { sources, destinations })
        })
        .collect();
    for (partition, replicas) in proposed {
        let movement = movements.entry(partition.clone()).or_insert_with(|| Movement {
            sources: present.get(partition).into_iter().flatten().copied().collect(),
            destinations: BTreeSet::new(),
        });
        movement.destinations = without(replicas, &movement.sources);
    }
    movements
}

/// `partition:broker` pairs by topic, in the order of their text as Kafka has them.
fn pairs(
    movements: &BTreeMap<TopicPartition, Movement>,
    of: impl Fn(&Movement) -> &BTreeSet<BrokerId>,
) -> BTreeMap<TopicName, String> {
    let mut topics: BTreeMap<TopicName, BTreeSet<String>> = BTreeMap::new();
    for (name, movement) in movements {
        let pairs = topics.entry(name.topic.clone()).or_default();
        pairs.extend(of(movement).iter().map(|id| format!("{}:{id}", name.partition)));
    }
    topics
        .into_iter()
        .filter(|(_, pairs)| !pairs.is_empty())
        .map(|(topic, pairs)| (topic, pairs.into_iter().collect::<Vec<_>>().join(",")))
        .collect()
}

type Changes = BTreeMap<ConfigResource, Vec<(String, ConfigOperation)>>;

/// Limits the movements to `rate` bytes a second at each broker.
pub(crate) async fn limit(
    admin: &Admin,
    movements: &BTreeMap<TopicPartition, Movement>,
    living: &BTreeSet<BrokerId>,
    rate: u64,
) -> Result<(), Failure> {
    let mut topics = Changes::new();
    for (name, of) in [
        (LEADER_REPLICAS, pairs(movements, |movement| &movement.sources)),
        (FOLLOWER_REPLICAS, pairs(movements, |movement| &movement.destinations)),
    ] {
        for (topic, pairs) in of {
            let resource = ConfigResource::new(ConfigResourceType::Topic, topic.as_str());
            let changes = topics.entry(resource).or_default();
            changes.push((name.to_owned(), ConfigOperation::Set(pairs)));
        }
    }
    apply(admin, &topics).await?;
    let all = movements.values().flat_map(|m| m.sources.iter().chain(&m.destinations));
    let taking_part: BTreeSet<BrokerId> = all.copied().filter(|id| living.contains(id)).collect();
    let rate = ConfigOperation::Set(rate.to_string());
    let rates = [(LEADER_RATE, rate.clone()), (FOLLOWER_RATE, rate)];
    apply(admin, &at_brokers(&taking_part, &rates)).await
}

/// Limits moves between directories of these brokers.
pub(crate) async fn limit_directories(
    admin: &Admin,
    brokers: &BTreeSet<BrokerId>,
    rate: u64,
) -> Result<(), Failure> {
    let rate = ConfigOperation::Set(rate.to_string());
    apply(admin, &at_brokers(brokers, &[(DIRECTORIES_RATE, rate)])).await
}

/// Topics that say of their own which replicas a throttle is for.
pub(crate) async fn throttled_topics(admin: &Admin) -> Result<BTreeSet<TopicName>, Failure> {
    let topics = admin.list_topics(true).await?.into_iter();
    let resources: Vec<ConfigResource> = topics
        .map(|topic| ConfigResource::new(ConfigResourceType::Topic, topic.name.as_str()))
        .collect();
    let mut throttled = BTreeSet::new();
    for name in [LEADER_REPLICAS, FOLLOWER_REPLICAS] {
        let described = admin.describe_config(&resources, name).await?;
        let own = described.into_iter().filter(|(_, entry)| entry.source == SOURCE_TOPIC);
        throttled.extend(own.map(|(topic, _)| TopicName::new(topic.name)));
    }
    Ok(throttled)
}

/// Removes every throttle of these brokers.
pub(crate) async fn clear_brokers(
    admin: &Admin,
    brokers: &BTreeSet<BrokerId>,
) -> Result<(), Failure> {
    let names = [LEADER_RATE, FOLLOWER_RATE, DIRECTORIES_RATE];
    apply(admin, &at_brokers(brokers, &names.map(|name| (name, ConfigOperation::Delete)))).await
}

/// Removes every throttle of these topics.
pub(crate) async fn clear_topics(
    admin: &Admin,
    topics: &BTreeSet<TopicName>,
) -> Result<(), Failure> {
    let changes = topics.iter().map(|topic| {
        let resource = ConfigResource::new(ConfigResourceType::Topic, topic.as_str());
        let names = [LEADER_REPLICAS, FOLLOWER_REPLICAS];
        (resource, names.map(|name| (name.to_owned(), ConfigOperation::Delete)).to_vec())
    });
    apply(admin, &changes.collect()).await
}

fn at_brokers(brokers: &BTreeSet<BrokerId>, changes: &[(&str, ConfigOperation)]) -> Changes {
    let changes = changes.iter().map(|(name, change)| ((*name).to_owned(), change.clone()));
    let changes: Vec<_> = changes.collect();
    brokers
        .iter()
        .map(|id| {
            let resource = ConfigResource::new(ConfigResourceType::Broker, id.to_string());
            (resource, changes.clone())
        })
        .collect()
}

async fn apply(admin: &Admin, changes: &Changes) -> Result<(), Failure> {
    for (resource, altered) in admin.alter_configs(changes, false).await? {
        altered.map_err(|error| {
            Failure::failed(format!("throttle of {}: {}", resource.name, words(&error)))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use keld_types::PartitionIndex;

    use super::*;

    fn ids(ids: &[i32]) -> Vec<BrokerId> {
        ids.iter().copied().map(BrokerId::new).collect()
    }

    fn name(topic: &str, index: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index))
    }

    #[test]
    fn pairs_are_those_of_kafka() {
        let proposed = [
            (name("foo", 0), ids(&[1, 2, 5])),
            (name("foo", 10), ids(&[0, 1])),
            (name("bar", 0), ids(&[1, 2, 5])),
        ];
        let present = [
            (name("foo", 0), ids(&[1, 2, 3])),
            (name("foo", 10), ids(&[0, 1])),
            (name("bar", 0), ids(&[2, 3, 4])),
        ];
        let under_way = [(
            name("bar", 0),
            Reassignment { replicas: ids(&[2, 3, 4, 1]), adding: ids(&[1]), removing: ids(&[4]) },
        )];
        let movements = movements(
            &under_way.into_iter().collect(),
            &proposed.into_iter().collect(),
            &present.into_iter().collect(),
        );
        let text = |topics: BTreeMap<TopicName, String>| -> Vec<String> {
            topics.into_iter().map(|(topic, pairs)| format!("{topic} {pairs}")).collect()
        };
        assert_eq!(
            text(pairs(&movements, |movement| &movement.sources)),
            ["bar 0:2,0:3,0:4", "foo 0:1,0:2,0:3,10:0,10:1"]
        );
        assert_eq!(
            text(pairs(&movements, |movement| &movement.destinations)),
            ["bar 0:1,0:5", "foo 0:5"]
        );
    }
}
