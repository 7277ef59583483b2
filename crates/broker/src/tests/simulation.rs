//! Five whole nodes in the simulator, under faults that a seed decides.
//!
//! Each seed draws a cluster (three or five voters, topics with three or five replicas, durable or
//! in memory) and some kinds of faults: killed processes, power losses, stops, pauses, partitions in
//! both directions and in one, slow and failing disks, clocks that jump. Idempotent producers with
//! acks=all and readers work all the time. The invariants ([`checks`]) are looked at every ten
//! simulated milliseconds; at the end everything is healed, must come to rest, and is read back.
//!
//! `KELD_SIM_SEEDS` says how many seeds are run, `KELD_SIM_BASE` which is the first, and
//! `KELD_SIM_SEED` runs one alone and shows what happened in it.

mod checks;
mod clients;
mod machine;
mod metadata_log;
#[cfg(debug_assertions)]
mod mistakes;
mod nodes;
mod plan;
mod run;

use run::{Failure, Report};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many seeds are run where nothing else is said.
const SEEDS: u64 = 30;
/// The first one.
const BASE: u64 = 1;
/// Threads that run seeds.
const THREADS: usize = 2;

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Runs a seed; a panic is a failure.
fn run_caught(seed: u64) -> Result<Report, Box<Failure>> {
    std::panic::catch_unwind(|| run::run(seed)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
        let reason = format!("a panic: {text}");
        Err(Box::new(Failure { seed, reason, journal: String::new() }))
    })
}

/// Runs seeds on several threads, to the end or until three failed.
fn run_seeds(seeds: std::ops::Range<u64>) -> (Vec<Report>, Vec<Failure>) {
    let next = AtomicU64::new(seeds.start);
    let reports = Mutex::new(Vec::new());
    let failures = Mutex::new(Vec::new());
    let failures_now = || failures.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || failures_now().len() >= 3 {
                        return;
                    }
                    match run_caught(seed) {
                        Ok(report) => {
                            reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                        }
                        Err(failure) => failures_now().push(*failure),
                    }
                }
            });
        }
    });
    let inner = |error: PoisonError<Vec<Report>>| error.into_inner();
    let reports = reports.into_inner().unwrap_or_else(inner);
    (reports, failures.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[test]
fn five_nodes_keep_their_promises_over_faults() {
    let alone = variable("KELD_SIM_SEED");
    let base = alone.or(variable("KELD_SIM_BASE")).unwrap_or(BASE);
    let count = if alone.is_some() { 1 } else { variable("KELD_SIM_SEEDS").unwrap_or(SEEDS) };
    println!("seeds {base} to {}", base + count - 1);
    let (reports, failures) = run_seeds(base..base + count);
    let simulated: Duration = reports.iter().map(|report| report.simulated).sum();
    println!(
        "{} seeds held: {} simulated seconds, {} faults, {} records acknowledged, {} steps",
        reports.len(),
        simulated.as_secs(),
        reports.iter().map(|report| report.faults).sum::<u64>(),
        reports.iter().map(|report| report.acknowledged).sum::<usize>(),
        reports.iter().map(|report| report.steps).sum::<u64>(),
    );
    for failure in &failures {
        println!("seed {}: {}", failure.seed, failure.reason);
    }
    if let Some(first) = failures.iter().min_by_key(|failure| failure.seed) {
        println!("{}", first.journal);
        panic!("KELD_SIM_SEED={} fails: {}", first.seed, first.reason);
    }
}

#[test]
fn a_seed_says_everything() {
    let base = variable("KELD_SIM_BASE").unwrap_or(BASE);
    for seed in [base, base + 1] {
        let runs = [run::run(seed), run::run(seed)].map(|run| run.map_err(|failed| failed.reason));
        assert_eq!(runs[0], runs[1], "seed {seed}");
    }
}
