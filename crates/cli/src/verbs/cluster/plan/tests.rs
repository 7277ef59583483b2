//! Properties of plans over random clusters, and a few that can be read.

use keld_types::{PartitionIndex, TopicName};
use proptest::prelude::*;

use super::*;

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId::new).collect()
}

fn name(index: usize) -> TopicPartition {
    let index = i32::try_from(index).expect("few partitions");
    TopicPartition::new(TopicName::new("t"), PartitionIndex::new(index))
}

/// Brokers 1 to `brokers`, in `racks` racks (none: no racks), and partitions of these replicas and
/// sizes, all in sync and led by their first.
fn layout(brokers: i32, racks: i32, partitions: &[(Vec<i32>, u64)]) -> Layout {
    let brokers: Vec<i32> = (1..=brokers).collect();
    let rack = |id: i32| (racks > 0).then(|| format!("r{}", id % racks.max(1)));
    let placed = |(replicas, bytes): &(Vec<i32>, u64)| Placed {
        replicas: ids(replicas),
        leader: replicas.first().copied().map(BrokerId::new),
        in_sync: ids(replicas),
        bytes: *bytes,
    };
    Layout {
        racks: brokers.iter().map(|id| (BrokerId::new(*id), rack(*id))).collect(),
        takers: ids(&brokers).into_iter().collect(),
        partitions: partitions
            .iter()
            .map(placed)
            .enumerate()
            .map(|(at, p)| (name(at), p))
            .collect(),
    }
}

fn applied(layout: &Layout, moves: &[Move]) -> Layout {
    for change in moves {
        assert_eq!(layout.partitions[&change.partition].replicas, change.from);
    }
    layout.after(moves)
}

/// What every plan keeps.
fn check_kept(before: &Layout, moves: &[Move]) {
    for change in moves {
        let distinct: BTreeSet<&BrokerId> = change.to.iter().collect();
        assert_eq!(distinct.len(), change.to.len(), "two replicas on one broker: {change:?}");
        assert_eq!(change.from.len(), change.to.len(), "another replication factor: {change:?}");
        assert!(change.added().all(|id| before.takers.contains(&id)), "{change:?}");
        assert_ne!(change.from, change.to, "a move of nothing");
    }
}

/// Clusters of 3 to 6 brokers, with and without racks, with replicas drawn at random.
fn layouts() -> impl Strategy<Value = Layout> {
    (3..7_i32, 0..4_i32).prop_flat_map(|(brokers, racks)| {
        let all: Vec<i32> = (1..=brokers).collect();
        let replicas = (1..4_usize).prop_flat_map(move |factor| {
            proptest::sample::subsequence(all.clone(), factor).prop_shuffle()
        });
        let bytes = prop_oneof![Just(0_u64), 1..1_000_u64, 1_000_000..1_000_000_000_u64];
        proptest::collection::vec((replicas, bytes), 0..40)
            .prop_map(move |partitions| layout(brokers, racks, &partitions))
    })
}

proptest! {
    #[test]
    fn evening_out_is_never_worse_and_keeps_what_it_must(layout in layouts()) {
        let moves = rebalance(&layout);
        check_kept(&layout, &moves);
        let after = applied(&layout, &moves);
        for change in &moves {
            prop_assert!(layout.spread(&change.to) >= layout.spread(&change.from), "{change:?}");
        }
        let (was, is) = (even::cost(&layout), even::cost(&after));
        let copies = moves.iter().filter(|change| change.added().next().is_some()).count();
        prop_assert!(is <= was + 1e-9, "{was} to {is}");
        prop_assert!(copies == 0 || is < was, "{copies} copies for nothing");
        prop_assert_eq!(rebalance(&after), vec![], "the next plan is not empty");
    }

    #[test]
    fn draining_empties_one_broker_and_touches_nothing_else(layout in layouts(), node in 1..3_i32) {
        let node = BrokerId::new(node);
        match drain(&layout, node) {
            Ok(moves) => {
                check_kept(&layout, &moves);
                let after = applied(&layout, &moves);
                prop_assert!(after.partitions.values().all(|at| !at.replicas.contains(&node)));
                for change in &moves {
                    prop_assert!(change.from.contains(&node));
                    prop_assert_eq!(change.added().count(), 1);
                    let kept = change.from.iter().filter(|id| **id != node);
                    prop_assert!(kept.clone().all(|id| change.to.contains(id)), "{:?}", change);
                }
            }
            Err(error) => prop_assert!(error.replicas > error.brokers, "{error}"),
        }
    }

    #[test]
    fn leaders_go_without_copying(layout in layouts(), node in 1..3_i32) {
        let node = BrokerId::new(node);
        let moves = leaders_away(&layout, node);
        check_kept(&layout, &moves);
        for change in &moves {
            prop_assert_eq!(change.bytes_copied(), 0);
            prop_assert_eq!(change.to.last(), Some(&node));
        }
        let after = applied(&layout, &moves);
        let stays = after.partitions.values().filter(|at| at.replicas.first() == Some(&node));
        prop_assert!(stays.into_iter().all(|at| at.replicas.len() == 1));
    }
}

#[test]
fn an_even_cluster_is_left_alone() {
    let even = layout(3, 0, &[(vec![1, 2], 10), (vec![2, 3], 10), (vec![3, 1], 10)]);
    assert_eq!(rebalance(&even), []);
}

#[test]
fn a_new_broker_gets_its_share_with_as_few_moves_as_that_takes() {
    let mut partitions: Vec<(Vec<i32>, u64)> = Vec::new();
    for _ in 0..4 {
        partitions.extend([(vec![1, 2], 10), (vec![2, 3], 10), (vec![3, 1], 10)]);
    }
    let grown = layout(4, 0, &partitions);
    let moves = rebalance(&grown);
    let copies = moves.iter().filter(|change| change.added().next().is_some());
    assert_eq!(copies.clone().count(), 6, "24 replicas, 6 for each of four: {moves:?}");
    assert!(copies.into_iter().all(|change| change.added().eq(ids(&[4]))), "{moves:?}");
    let loads = Loads::of(&applied(&grown, &moves));
    for id in ids(&[1, 2, 3, 4]) {
        assert_eq!((loads.replicas(id), loads.leaders(id)), (6, 3), "{id}");
    }
}

#[test]
fn leaders_are_evened_out_without_copying() {
    let lopsided = layout(3, 0, &[(vec![1, 2, 3], 5), (vec![1, 2, 3], 5), (vec![1, 3, 2], 5)]);
    let moves = rebalance(&lopsided);
    assert!(moves.iter().all(|change| change.bytes_copied() == 0), "{moves:?}");
    let loads = Loads::of(&applied(&lopsided, &moves));
    assert!(ids(&[1, 2, 3]).into_iter().all(|id| loads.leaders(id) == 1), "{moves:?}");
}

#[test]
fn a_drain_stays_in_the_rack_and_lets_an_in_sync_replica_lead() {
    // Racks by remainder: 1 and 4 in r1, 2 and 5 in r2, 3 in r0.
    let racks = layout(5, 3, &[(vec![1, 2], 8), (vec![2, 1], 1)]);
    let moves = drain(&racks, BrokerId::new(1)).expect("enough brokers");
    let to: Vec<Vec<BrokerId>> = moves.iter().map(|change| change.to.clone()).collect();
    assert!(to.iter().all(|replicas| replicas.first() == Some(&BrokerId::new(2))), "{moves:?}");
    assert!(moves.iter().all(|change| racks.spread(&change.to) == 2), "{moves:?}");
}

#[test]
fn a_drain_that_would_cost_replicas_is_refused() {
    let small = layout(3, 0, &[(vec![1, 2, 3], 1)]);
    let error = drain(&small, BrokerId::new(2)).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "partition t-0 has 3 replicas, but only 2 other brokers can hold one"
    );
}

#[test]
fn the_estimate_follows_the_busiest_broker() {
    let two = layout(3, 0, &[(vec![1, 2], 500), (vec![1, 2], 300)]);
    let moves = drain(&two, BrokerId::new(2)).expect("enough brokers");
    assert_eq!(estimate(&moves, &two, 100), Duration::from_secs(8), "all of it goes from 1 to 3");
    assert_eq!(estimate(&[], &two, 100), Duration::ZERO);
}
