//! `--verify`: how far a plan is, and whether its throttles can go.

use std::collections::BTreeMap;

use keld_client::Admin;
use keld_types::{BrokerId, TopicName, TopicPartition};

use super::file::{Plan, Replica};
use super::{clear_throttles, replicas};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::shared::joined;

/// Where a replica is that shall be in a certain directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum DirectoryMove {
    /// The broker says nothing of it.
    NowhereFound,
    /// It is being copied.
    Active { current: String, future: String },
    /// It is elsewhere and nothing moves it.
    Cancelled { current: String },
    /// It is there.
    Completed,
}

/// The directory a replica is in, and the one it is being copied into.
pub(super) type Place = (Option<String>, Option<String>);

/// Where replicas are, as their brokers say.
pub(super) async fn places(
    admin: &Admin,
    replicas: Vec<Replica>,
) -> Result<BTreeMap<Replica, Place>, Failure> {
    let mut asked: BTreeMap<BrokerId, Vec<TopicPartition>> = BTreeMap::new();
    for replica in replicas {
        asked.entry(replica.broker).or_default().push(replica.partition);
    }
    let mut places: BTreeMap<Replica, Place> = BTreeMap::new();
    for (broker, partitions) in asked {
        let found = admin.describe_log_dirs(&[broker], Some(&partitions)).await?;
        for directory in found.into_values().flatten() {
            for topic in &directory.topics {
                for partition in &topic.partitions {
                    let index = keld_types::PartitionIndex::new(partition.partition_index);
                    let name = TopicPartition::new(TopicName::new(topic.name.as_str()), index);
                    let place = places.entry(Replica { broker, partition: name }).or_default();
                    let slot = if partition.is_future_key { &mut place.1 } else { &mut place.0 };
                    *slot = Some(directory.log_dir.to_string());
                }
            }
        }
    }
    Ok(places)
}

/// Where the replicas are that a plan wants in certain directories.
pub(super) async fn directory_moves(
    admin: &Admin,
    plan: &Plan,
) -> Result<BTreeMap<Replica, DirectoryMove>, Failure> {
    let mut places = places(admin, plan.directories.keys().cloned().collect()).await?;
    let moves = plan.directories.iter().map(|(replica, wanted)| {
        let (current, future) = places.remove(replica).unwrap_or_default();
        let state = match (current, future) {
            (None, _) => DirectoryMove::NowhereFound,
            (Some(current), Some(future)) => DirectoryMove::Active { current, future },
            (Some(current), None) if current == *wanted => DirectoryMove::Completed,
            (Some(current), None) => DirectoryMove::Cancelled { current },
        };
        (replica.clone(), state)
    });
    Ok(moves.collect())
}

pub(super) async fn verify(
    console: &mut Console,
    admin: &Admin,
    plan: &Plan,
    keep_throttles: bool,
) -> Outcome {
    let under_way = admin.list_reassignments(None).await?;
    let resting: Vec<TopicName> = plan
        .partitions
        .iter()
        .filter(|(name, _)| !under_way.contains_key(name))
        .map(|(name, _)| name.topic.clone())
        .collect();
    let mut present = BTreeMap::new();
    for topic in resting {
        // A topic that is not there has no replicas.
        if let Ok(found) = replicas(admin, &[topic]).await {
            present.extend(found);
        }
    }
    console.line("Status of partition reassignment:");
    let mut wanted: Vec<_> = plan.partitions.iter().collect();
    wanted.sort();
    for (name, target) in wanted {
        let current = present.get(name).map(Vec::as_slice).unwrap_or_default();
        console.line(if under_way.contains_key(name) {
            format!("Reassignment of partition {name} is still in progress.")
        } else if current == target.as_slice() {
            format!("Reassignment of partition {name} is completed.")
        } else {
            format!(
                "There is no active reassignment of partition {name}, but replica set is {} rather than {}.",
                joined(current, ","),
                joined(target, ",")
            )
        });
    }
    let moves = directory_moves(admin, plan).await?;
    let lines: Vec<String> = moves
        .iter()
        .map(|(replica, state)| line(replica, state, plan.directories.get(replica)))
        .collect();
    console.line(lines.join("\n"));
    let is_moving = moves.values().any(|state| matches!(state, DirectoryMove::Active { .. }));
    if under_way.is_empty() && !is_moving && !keep_throttles {
        clear_throttles(console, admin, plan).await?;
    }
    Ok(())
}

fn line(replica: &Replica, state: &DirectoryMove, wanted: Option<&String>) -> String {
    let Replica { broker, partition } = replica;
    let wanted = wanted.map(String::as_str).unwrap_or_default();
    match state {
        DirectoryMove::NowhereFound => format!(
            "Partition {partition} is not found in any live log dir on broker {broker}. There is likely an offline log directory on the broker."
        ),
        DirectoryMove::Active { future, .. } if future == wanted => {
            format!("Reassignment of replica {replica} is still in progress.")
        }
        DirectoryMove::Active { future, .. } => format!(
            "Partition {partition} on broker {broker} is being moved to log dir {future} instead of {wanted}."
        ),
        DirectoryMove::Cancelled { current } => format!(
            "Partition {partition} on broker {broker} is not being moved from log dir {current} to {wanted}."
        ),
        DirectoryMove::Completed => {
            format!("Reassignment of replica {replica} completed successfully.")
        }
    }
}
