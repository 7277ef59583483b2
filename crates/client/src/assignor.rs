//! How the partitions of a group are shared among its members, and what members tell each other.
//!
//! Names and blobs are those of the Java client, so that groups may be mixed.

mod balance;
mod protocol;

pub(crate) use protocol::{
    read_assignment, read_subscription, write_assignment, write_subscription,
};

use balance::{range, round_robin, sticky};
use keld_types::{TopicName, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};

/// A strategy of `partition.assignment.strategy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assignor {
    /// `range`: of each topic, consecutive partitions.
    Range,
    /// `roundrobin`: all partitions in turn.
    RoundRobin,
    /// `cooperative-sticky`: balanced, and moves as little as it can; members keep reading what
    /// stays theirs while the rest moves.
    CooperativeSticky,
}

impl Assignor {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// From the name on the wire, or the Java class's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.rsplit('.').next().unwrap_or(name);
        [Self::Range, Self::RoundRobin, Self::CooperativeSticky]
            .into_iter()
            .find(|assignor| assignor.name() == name || assignor.class() == name)
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Range => "RangeAssignor",
            Self::RoundRobin => "RoundRobinAssignor",
            Self::CooperativeSticky => "CooperativeStickyAssignor",
        }
    }

    /// Whether members may keep their partitions while the group rebalances.
    pub const fn is_cooperative(self) -> bool {
        matches!(self, Self::CooperativeSticky)
    }

    /// Shares the partitions out. `partitions` has the count of every topic that exists.
    pub(crate) fn assign(
        self,
        members: &BTreeMap<String, Subscription>,
        partitions: &BTreeMap<TopicName, i32>,
    ) -> BTreeMap<String, Vec<TopicPartition>> {
        match self {
            Self::Range => range(members, partitions),
            Self::RoundRobin => round_robin(members, partitions),
            Self::CooperativeSticky => withhold_moving(members, sticky(members, partitions)),
        }
    }
}

/// What a member tells the leader.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Subscription {
    /// The topics it reads.
    pub(crate) topics: BTreeSet<TopicName>,
    /// What it has from the last generation.
    pub(crate) owned: BTreeSet<TopicPartition>,
    /// That generation, or −1.
    pub(crate) generation: i32,
    /// Its `group.instance.id`: static members keep their place in the order.
    pub(crate) instance_id: Option<String>,
    /// Its `client.rack`.
    pub(crate) rack: Option<String>,
}

/// Takes out of an assignment what its owner has not given up yet: the owner revokes it on seeing
/// this assignment and joins again, and only the next one hands it on (KIP-429).
fn withhold_moving(
    members: &BTreeMap<String, Subscription>,
    mut assignment: BTreeMap<String, Vec<TopicPartition>>,
) -> BTreeMap<String, Vec<TopicPartition>> {
    let owners = balance::valid_owners(members);
    for (member, partitions) in &mut assignment {
        partitions.retain(|partition| match owners.get(partition) {
            Some(owner) => *owner == member.as_str(),
            None => true,
        });
    }
    assignment
}

#[cfg(test)]
mod tests;
