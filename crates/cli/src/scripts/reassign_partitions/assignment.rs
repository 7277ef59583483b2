//! The placement that `--generate` proposes: round-robin over the brokers, or over a list of them
//! that goes from rack to rack, with the followers shifted by one more in each round.

use std::collections::{BTreeMap, BTreeSet};

use keld_env::Env;
use keld_types::BrokerId;

/// Where the first leader stands in the list, and how far behind it its first follower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starts {
    pub(super) leader: usize,
    pub(super) shift: usize,
}

impl Starts {
    /// Random ones, so that topics do not all begin at the same broker.
    pub(super) fn drawn(env: &Env, brokers: usize) -> Self {
        let bound = u64::try_from(brokers).unwrap_or(0);
        let draw = || usize::try_from(env.random.below(bound)).unwrap_or(0);
        Self { leader: draw(), shift: draw() }
    }
}

/// Replicas for each partition: `factor` different brokers, which there must be.
pub(super) fn assign(
    racks: &BTreeMap<BrokerId, Option<String>>,
    partitions: usize,
    factor: usize,
    starts: Starts,
) -> Vec<Vec<BrokerId>> {
    let brokers = alternated(racks);
    let different = racks.values().flatten().collect::<BTreeSet<_>>().len();
    let is_by_rack = different > 0;
    let step = if is_by_rack { different } else { 1 };
    let mut shift = starts.shift;
    let mut assigned = Vec::with_capacity(partitions);
    for partition in 0..partitions {
        if partition > 0 && partition % brokers.len() == 0 {
            shift += 1;
        }
        let first = (partition + starts.leader) % brokers.len();
        let follower = |number: usize| {
            let behind = 1 + (shift * step + number) % (brokers.len() - 1);
            brokers.get((first + behind) % brokers.len()).copied()
        };
        let mut replicas: Vec<BrokerId> = brokers.get(first).copied().into_iter().collect();
        // Each broker comes up once in as many tries as there are others.
        let mut tried = 0;
        while replicas.len() < factor.min(brokers.len()) {
            let Some(candidate) = follower(tried) else { break };
            tried += 1;
            let rack = |id: &BrokerId| racks.get(id).cloned().flatten();
            let covered: BTreeSet<_> = replicas.iter().filter_map(rack).collect();
            let is_new_rack = !is_by_rack
                || covered.len() == different
                || rack(&candidate).is_some_and(|r| !covered.contains(&r));
            if is_new_rack && !replicas.contains(&candidate) {
                replicas.push(candidate);
            }
        }
        assigned.push(replicas);
    }
    assigned
}

/// The brokers one from each rack in turn, racks and brokers in order; those without racks last.
fn alternated(racks: &BTreeMap<BrokerId, Option<String>>) -> Vec<BrokerId> {
    let mut by_rack: BTreeMap<&str, Vec<BrokerId>> = BTreeMap::new();
    for (id, rack) in racks {
        by_rack.entry(rack.as_deref().unwrap_or_default()).or_default().push(*id);
    }
    let longest = by_rack.values().map(Vec::len).max().unwrap_or(0);
    let turn = |at: usize| by_rack.values().filter_map(move |ids| ids.get(at).copied());
    (0..longest).flat_map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn racks(racks: &[(i32, &str)]) -> BTreeMap<BrokerId, Option<String>> {
        let some = |rack: &str| (!rack.is_empty()).then(|| rack.to_owned());
        racks.iter().map(|(id, rack)| (BrokerId::new(*id), some(rack))).collect()
    }

    fn assigned(racks: &[(i32, &str)], partitions: usize, factor: usize) -> Vec<Vec<i32>> {
        let starts = Starts { leader: 0, shift: 0 };
        let assigned = assign(&self::racks(racks), partitions, factor, starts);
        assigned.iter().map(|ids| ids.iter().map(|id| id.get()).collect()).collect()
    }

    /// The examples of Kafka's documentation of this algorithm.
    #[test]
    fn brokers_with_racks_are_assigned_as_kafka_does() {
        let six =
            [(0, "rack1"), (1, "rack3"), (2, "rack3"), (3, "rack2"), (4, "rack2"), (5, "rack1")];
        let order: Vec<i32> = alternated(&racks(&six)).iter().map(|id| id.get()).collect();
        assert_eq!(order, [0, 3, 1, 5, 4, 2]);
        assert_eq!(
            assigned(&six, 7, 3),
            [[0, 3, 1], [3, 1, 5], [1, 5, 4], [5, 4, 2], [4, 2, 0], [2, 0, 3], [0, 4, 2]]
        );
    }

    #[test]
    fn brokers_without_racks_are_assigned_as_kafka_does() {
        let five = [(0, ""), (1, ""), (2, ""), (3, ""), (4, "")];
        assert_eq!(
            assigned(&five, 10, 3),
            [
                [0, 1, 2],
                [1, 2, 3],
                [2, 3, 4],
                [3, 4, 0],
                [4, 0, 1],
                [0, 2, 3],
                [1, 3, 4],
                [2, 4, 0],
                [3, 0, 1],
                [4, 1, 2]
            ]
        );
        assert_eq!(assigned(&[(7, "")], 2, 1), [[7], [7]]);
    }
}
