//! Where replicas and leaders should be: pure functions over what is known of a cluster.
//!
//! A plan keeps the number of replicas of every partition, never puts two on one broker, never on a
//! broker that takes none, and keeps replicas in as many racks as before wherever that is possible.
//! What counts of a broker is its share of the replicas and its share of the bytes, equally.

mod even;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(super) use even::rebalance;
use keld_types::{BrokerId, TopicPartition};

use super::survey::Survey;

/// A partition where it is, or where a reassignment under way brings it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Placed {
    pub(super) replicas: Vec<BrokerId>,
    pub(super) leader: Option<BrokerId>,
    pub(super) in_sync: Vec<BrokerId>,
    /// The size of a replica.
    pub(super) bytes: u64,
}

/// What a plan is made from.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Each registered broker's rack.
    pub(super) racks: BTreeMap<BrokerId, Option<String>>,
    /// Brokers that may be given replicas.
    pub(super) takers: BTreeSet<BrokerId>,
    pub(super) partitions: BTreeMap<TopicPartition, Placed>,
}

/// A change of one partition's replicas or of their order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Move {
    pub(super) partition: TopicPartition,
    pub(super) from: Vec<BrokerId>,
    pub(super) to: Vec<BrokerId>,
    /// The size of a replica.
    pub(super) bytes: u64,
}

impl Move {
    /// Brokers that get a replica.
    pub(super) fn added(&self) -> impl Iterator<Item = BrokerId> {
        self.to.iter().copied().filter(|id| !self.from.contains(id))
    }

    /// What has to be copied.
    pub(super) fn bytes_copied(&self) -> u64 {
        self.bytes.saturating_mul(u64::try_from(self.added().count()).unwrap_or(u64::MAX))
    }
}

/// A broker cannot be emptied.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "partition {partition} has {replicas} replicas, but only {brokers} other brokers can hold one"
)]
pub(super) struct TooFewBrokers {
    partition: TopicPartition,
    replicas: usize,
    brokers: usize,
}

impl Layout {
    /// The cluster as it will be once the reassignments under way are done.
    pub(super) fn of(survey: &Survey) -> Self {
        let sizes = survey.sizes();
        let racks = survey.brokers.iter().map(|(id, broker)| (*id, broker.rack.clone()));
        let mut layout =
            Self { racks: racks.collect(), takers: survey.takers(), partitions: BTreeMap::new() };
        for topic in survey.topics.values() {
            for found in &topic.partitions {
                let name = TopicPartition::new(topic.name.clone(), found.index);
                let size = |id: &BrokerId| sizes.get(&(name.clone(), *id)).copied();
                let bytes = found.leader.as_ref().and_then(size);
                let bytes = bytes.or_else(|| found.replicas.iter().filter_map(size).max());
                let moving = survey.reassignment(&name);
                let placed = Placed {
                    replicas: moving
                        .map_or_else(|| found.replicas.clone(), |moving| moving.target()),
                    leader: found.leader,
                    in_sync: found.isr.clone(),
                    bytes: bytes.unwrap_or(0),
                };
                layout.partitions.insert(name, placed);
            }
        }
        layout
    }

    /// The layout once these moves are done.
    pub(super) fn after(&self, moves: &[Move]) -> Self {
        let mut layout = self.clone();
        for change in moves {
            if let Some(placed) = layout.partitions.get_mut(&change.partition) {
                placed.replicas.clone_from(&change.to);
            }
        }
        layout
    }

    /// In how many racks the brokers are; one without a rack counts as one of its own.
    pub(super) fn spread(&self, replicas: &[BrokerId]) -> usize {
        let rack = |id: &BrokerId| match self.racks.get(id) {
            Some(Some(rack)) => Ok(rack.as_str()),
            Some(None) | None => Err(*id),
        };
        replicas.iter().map(rack).collect::<BTreeSet<Result<&str, BrokerId>>>().len()
    }
}

/// What brokers hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    replicas: BTreeMap<BrokerId, u64>,
    bytes: BTreeMap<BrokerId, u64>,
    /// As preferred leader.
    leaders: BTreeMap<BrokerId, u64>,
}

impl Loads {
    pub(super) fn of(layout: &Layout) -> Self {
        let mut loads = Self::default();
        for placed in layout.partitions.values() {
            loads.add(&placed.replicas, placed.bytes);
        }
        loads
    }

    pub(super) fn add(&mut self, replicas: &[BrokerId], bytes: u64) {
        for id in replicas {
            *self.replicas.entry(*id).or_default() += 1;
            let held = self.bytes.entry(*id).or_default();
            *held = held.saturating_add(bytes);
        }
        if let Some(first) = replicas.first() {
            *self.leaders.entry(*first).or_default() += 1;
        }
    }

    pub(super) fn remove(&mut self, replicas: &[BrokerId], bytes: u64) {
        let take = |map: &mut BTreeMap<BrokerId, u64>, id: BrokerId, amount: u64| {
            let held = map.entry(id).or_default();
            *held = held.saturating_sub(amount);
        };
        for id in replicas {
            take(&mut self.replicas, *id, 1);
            take(&mut self.bytes, *id, bytes);
        }
        if let Some(first) = replicas.first() {
            take(&mut self.leaders, *first, 1);
        }
    }

    pub(super) fn leaders(&self, id: BrokerId) -> u64 {
        self.leaders.get(&id).copied().unwrap_or(0)
    }

    fn replicas(&self, id: BrokerId) -> u64 {
        self.replicas.get(&id).copied().unwrap_or(0)
    }

    fn bytes(&self, id: BrokerId) -> u64 {
        self.bytes.get(&id).copied().unwrap_or(0)
    }

    /// A broker's load: the two shares, of all brokers together, added on a common denominator.
    fn weight(&self, id: BrokerId) -> u128 {
        let total =
            |map: &BTreeMap<BrokerId, u64>| map.values().map(|n| u128::from(*n)).sum::<u128>();
        let (replicas, bytes) = (total(&self.replicas).max(1), total(&self.bytes).max(1));
        let share = u128::from(self.replicas(id)).saturating_mul(bytes);
        share.saturating_add(u128::from(self.bytes(id)).saturating_mul(replicas))
    }
}

/// Moves every replica off `node`, the largest first.
pub(super) fn drain(layout: &Layout, node: BrokerId) -> Result<Vec<Move>, TooFewBrokers> {
    let mut loads = Loads::of(layout);
    let takers: Vec<BrokerId> = layout.takers.iter().copied().filter(|id| *id != node).collect();
    let mut leaving: Vec<(&TopicPartition, &Placed)> =
        layout.partitions.iter().filter(|(_, placed)| placed.replicas.contains(&node)).collect();
    leaving.sort_by_key(|(name, placed)| (Reverse(placed.bytes), *name));
    let mut moves = Vec::with_capacity(leaving.len());
    for (name, placed) in leaving {
        let with = |taker: BrokerId| {
            let replace = |id: &BrokerId| if *id == node { taker } else { *id };
            placed.replicas.iter().map(replace).collect::<Vec<_>>()
        };
        let best =
            takers.iter().copied().filter(|taker| !placed.replicas.contains(taker)).min_by_key(
                |taker| (Reverse(layout.spread(&with(*taker))), loads.weight(*taker), *taker),
            );
        let Some(taker) = best else {
            return Err(TooFewBrokers {
                partition: name.clone(),
                replicas: placed.replicas.len(),
                brokers: takers.len(),
            });
        };
        let mut to = with(taker);
        if to.first() == Some(&taker) {
            // A replica that has the records leads until the new one has them, and after.
            put_first(&mut to, |id| placed.in_sync.contains(&id) && id != taker, &loads);
        }
        loads.remove(&placed.replicas, placed.bytes);
        loads.add(&to, placed.bytes);
        moves.push(Move {
            partition: name.clone(),
            from: placed.replicas.clone(),
            to,
            bytes: placed.bytes,
        });
    }
    Ok(moves)
}

/// Puts `node` last among the replicas of what it leads or would lead, behind an in-sync replica.
/// What has no other in-sync replica stays.
pub(super) fn leaders_away(layout: &Layout, node: BrokerId) -> Vec<Move> {
    let mut loads = Loads::of(layout);
    let mut moves = Vec::new();
    for (name, placed) in &layout.partitions {
        let leads = placed.leader == Some(node) || placed.replicas.first() == Some(&node);
        let others = |id: &BrokerId| *id != node;
        let mut to: Vec<BrokerId> = placed.replicas.iter().copied().filter(others).collect();
        let is_fit = |id: BrokerId| placed.in_sync.contains(&id) && layout.takers.contains(&id);
        if !leads || !placed.replicas.contains(&node) || !to.iter().any(|id| is_fit(*id)) {
            continue;
        }
        put_first(&mut to, is_fit, &loads);
        to.push(node);
        loads.remove(&placed.replicas, placed.bytes);
        loads.add(&to, placed.bytes);
        moves.push(Move {
            partition: name.clone(),
            from: placed.replicas.clone(),
            to,
            bytes: placed.bytes,
        });
    }
    moves
}

/// Puts the one of those that fit first that leads least; the others keep their order.
fn put_first(replicas: &mut Vec<BrokerId>, fits: impl Fn(BrokerId) -> bool, loads: &Loads) {
    let candidates = replicas.iter().copied().filter(|id| fits(*id));
    if let Some(first) = candidates.min_by_key(|id| (loads.leaders(*id), *id)) {
        replicas.retain(|id| *id != first);
        replicas.insert(0, first);
    }
}

/// How long the copying takes when each broker receives and each sends at most `rate` bytes a
/// second.
pub(super) fn estimate(moves: &[Move], layout: &Layout, rate: u64) -> Duration {
    let mut received: BTreeMap<BrokerId, u64> = BTreeMap::new();
    let mut sent: BTreeMap<BrokerId, u64> = BTreeMap::new();
    for change in moves {
        for id in change.added() {
            let bytes = received.entry(id).or_default();
            *bytes = bytes.saturating_add(change.bytes);
        }
        if let Some(leader) = layout.partitions.get(&change.partition).and_then(|at| at.leader) {
            let bytes = sent.entry(leader).or_default();
            *bytes = bytes.saturating_add(change.bytes_copied());
        }
    }
    let most = received.values().chain(sent.values()).copied().max().unwrap_or(0);
    Duration::from_secs(most.div_ceil(rate.max(1)))
}
