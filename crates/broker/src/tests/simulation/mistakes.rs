//! Mistakes planted on purpose: the simulation must notice each of them.
//!
//! `KELD_SIM_MISTAKE` names one to look for alone.

use super::{THREADS, run_caught};
use keld_types::Mutation;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Mistakes, each with a seed that shows it: where the search begins.
const MISTAKES: [(Mutation, u64); 14] = [
    (Mutation::MinIsrIgnored, 11),
    (Mutation::AcknowledgedUncommitted, 1),
    (Mutation::AcknowledgedWithoutOffice, 3),
    (Mutation::DivergenceUntold, 15),
    (Mutation::ShrinkCountsEarly, 2),
    (Mutation::AnyFollowerCommits, 2),
    (Mutation::LeaderCountsUnsynced, 11),
    (Mutation::FollowerTellsUnsynced, 23),
    (Mutation::FlushWithoutSync, 3),
    (Mutation::RetryNotRecognized, 1),
    (Mutation::AnyReplicaElected, 1),
    (Mutation::VotesTwice, 20),
    (Mutation::VoteNotSynced, 3),
    (Mutation::ControllerCountsUnsynced, 3),
];

/// How many seeds a mistake may stay unnoticed.
const SEEDS_PER_MISTAKE: u64 = 1000;

#[test]
fn planted_mistakes_are_noticed() {
    let only = std::env::var("KELD_SIM_MISTAKE").ok();
    let next = AtomicU64::new(0);
    let unnoticed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed) as usize;
                    let Some((mistake, first)) = MISTAKES.get(at).copied() else { return };
                    if only.as_ref().is_some_and(|only| *only != format!("{mistake:?}")) {
                        continue;
                    }
                    Mutation::plant(Some(mistake));
                    let seeds = first..first + SEEDS_PER_MISTAKE;
                    let noticed = seeds.clone().find_map(|seed| run_caught(seed).err());
                    Mutation::plant(None);
                    match noticed {
                        Some(failure) => println!(
                            "{mistake:?} is noticed by seed {}: {}",
                            failure.seed,
                            failure.reason.lines().next().unwrap_or_default()
                        ),
                        None => unnoticed
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((mistake, seeds)),
                    }
                }
            });
        }
    });
    let unnoticed = unnoticed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:?}");
}
