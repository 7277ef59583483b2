//! The three ways to share partitions out.

use super::Subscription;
use keld_types::{PartitionIndex, TopicName, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};

type Members = BTreeMap<String, Subscription>;
type Assignment = BTreeMap<String, Vec<TopicPartition>>;

/// Of each topic, the first members get one partition more when they do not divide evenly.
pub(super) fn range(members: &Members, counts: &BTreeMap<TopicName, i32>) -> Assignment {
    let order = in_order(members);
    let mut assignment = empty(members);
    for topic in topics(members) {
        let count = usize::try_from(counts.get(topic).copied().unwrap_or(0)).unwrap_or(0);
        let readers: Vec<&str> =
            order.iter().copied().filter(|m| members[*m].topics.contains(topic)).collect();
        let (each, extra) = (count / readers.len().max(1), count % readers.len().max(1));
        let mut next = 0;
        for (place, member) in readers.iter().enumerate() {
            let share = each + usize::from(place < extra);
            let partitions = assignment.entry((*member).to_owned()).or_default();
            partitions.extend((next..next + share).filter_map(|index| partition(topic, index)));
            next += share;
        }
    }
    assignment
}

/// Every partition in order goes to the next member that reads its topic.
pub(super) fn round_robin(members: &Members, counts: &BTreeMap<TopicName, i32>) -> Assignment {
    let order = in_order(members);
    let mut assignment = empty(members);
    let mut turn = 0;
    for partition in all(members, counts) {
        // `all` gives only topics that somebody reads, so this ends.
        while !members[order[turn % order.len()]].topics.contains(&partition.topic) {
            turn += 1;
        }
        assignment.entry(order[turn % order.len()].to_owned()).or_default().push(partition);
        turn += 1;
    }
    assignment
}

/// Members keep what they own; the rest goes to whoever has least; then partitions move from the
/// most to the least loaded until no move would help.
pub(super) fn sticky(members: &Members, counts: &BTreeMap<TopicName, i32>) -> Assignment {
    let order = in_order(members);
    let owners = valid_owners(members);
    let mut assignment = empty(members);
    let mut open = Vec::new();
    for partition in all(members, counts) {
        let owner = owners.get(&partition).copied();
        match owner.filter(|owner| members[*owner].topics.contains(&partition.topic)) {
            Some(owner) => assignment.entry(owner.to_owned()).or_default().push(partition),
            None => open.push(partition),
        }
    }
    let reads = |member: &str, partition: &TopicPartition| {
        members[member].topics.contains(&partition.topic)
    };
    // Partitions with the fewest possible readers first, so that the others can even it out.
    open.sort_by_key(|p| members.values().filter(|m| m.topics.contains(&p.topic)).count());
    for partition in open {
        let least = order
            .iter()
            .filter(|member| reads(member, &partition))
            .min_by_key(|member| assignment[**member].len());
        if let Some(member) = least {
            assignment.entry((*member).to_owned()).or_default().push(partition);
        }
    }
    while let Some((from, to, index)) = helpful_move(&order, &assignment, reads) {
        let moved = assignment.entry(from).or_default().remove(index);
        assignment.entry(to).or_default().push(moved);
    }
    for partitions in assignment.values_mut() {
        partitions.sort_unstable();
    }
    assignment
}

/// A move from a member to another that has at least two fewer. Each such move lowers the sum of
/// the squares of the loads, so there are finitely many.
fn helpful_move(
    order: &[&str],
    assignment: &Assignment,
    reads: impl Fn(&str, &TopicPartition) -> bool,
) -> Option<(String, String, usize)> {
    let mut by_load: Vec<&str> = order.to_vec();
    by_load.sort_by_key(|member| assignment[*member].len());
    for to in &by_load {
        for from in by_load.iter().rev() {
            if assignment[*from].len() < assignment[*to].len() + 2 {
                break;
            }
            if let Some(index) = assignment[*from].iter().rposition(|p| reads(to, p)) {
                return Some(((*from).to_owned(), (*to).to_owned(), index));
            }
        }
    }
    None
}

/// Who owns what, by the claims of the latest generation; a partition that two members of one
/// generation claim belongs to nobody.
pub(super) fn valid_owners(members: &Members) -> BTreeMap<TopicPartition, &str> {
    let mut claims: BTreeMap<TopicPartition, (i32, Option<&str>)> = BTreeMap::new();
    for (member, subscription) in members {
        for partition in &subscription.owned {
            let claim = (subscription.generation, Some(member.as_str()));
            claims
                .entry(partition.clone())
                .and_modify(|known| match known.0.cmp(&claim.0) {
                    std::cmp::Ordering::Less => *known = claim,
                    std::cmp::Ordering::Equal => known.1 = None,
                    std::cmp::Ordering::Greater => {}
                })
                .or_insert(claim);
        }
    }
    claims.into_iter().filter_map(|(partition, (_, owner))| Some((partition, owner?))).collect()
}

/// Static members first, by instance id; then the others by member id.
fn in_order(members: &Members) -> Vec<&str> {
    let mut order: Vec<&str> = members.keys().map(String::as_str).collect();
    order.sort_by_key(|member| {
        let instance_id = members[*member].instance_id.as_deref();
        (instance_id.is_none(), instance_id, *member)
    });
    order
}

fn empty(members: &Members) -> Assignment {
    members.keys().map(|member| (member.clone(), Vec::new())).collect()
}

fn topics(members: &Members) -> BTreeSet<&TopicName> {
    members.values().flat_map(|member| &member.topics).collect()
}

/// Every partition of every topic that somebody reads, in order.
fn all(members: &Members, counts: &BTreeMap<TopicName, i32>) -> Vec<TopicPartition> {
    let mut partitions = Vec::new();
    for topic in topics(members) {
        let count = usize::try_from(counts.get(topic).copied().unwrap_or(0)).unwrap_or(0);
        partitions.extend((0..count).filter_map(|index| partition(topic, index)));
    }
    partitions
}

fn partition(topic: &TopicName, index: usize) -> Option<TopicPartition> {
    let index = i32::try_from(index).ok()?;
    Some(TopicPartition::new(topic.clone(), PartitionIndex::new(index)))
}
