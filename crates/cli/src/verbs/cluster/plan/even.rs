//! Evening out: few moves from brokers that hold much to brokers that hold little, then the order
//! of replicas so that each broker leads about as much.
//!
//! The cost of a layout is the sum of the squares of each broker's replicas and of its bytes, both
//! in units of what a broker holds on average. Each move must lower it by [`GAIN_MIN`], so a plan is
//! never worse than nothing, ends, and leaves a layout of which the next plan is empty.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use keld_types::{BrokerId, TopicPartition};

use super::{Layout, Loads, Move};

/// The least that a move must improve. A perfectly even broker costs 2; the last percents of
/// evenness are not worth copying for.
const GAIN_MIN: f64 = 0.02;

/// Moves of one plan: more belong into a second look, when the first are done.
const MOVES_MAX: usize = 1_000;

/// What a broker holds on average.
#[derive(Clone, Copy, Debug)]
struct Mean {
    replicas: f64,
    bytes: f64,
}

impl Mean {
    fn of(loads: &Loads, brokers: &[BrokerId]) -> Self {
        let mean = |held: &dyn Fn(BrokerId) -> u64| {
            let total: f64 = brokers.iter().map(|id| real(held(*id))).sum();
            total / real(brokers.len() as u64)
        };
        Self { replicas: mean(&|id| loads.replicas(id)), bytes: mean(&|id| loads.bytes(id)) }
    }

    fn cost(self, replicas: f64, bytes: f64) -> f64 {
        let square = |held: f64, mean: f64| if mean > 0.0 { (held / mean).powi(2) } else { 0.0 };
        square(replicas, self.replicas) + square(bytes, self.bytes)
    }

    fn cost_of(self, loads: &Loads, id: BrokerId) -> f64 {
        self.cost(real(loads.replicas(id)), real(loads.bytes(id)))
    }

    /// What moving a replica of `bytes` improves.
    fn gain(self, loads: &Loads, from: BrokerId, to: BrokerId, bytes: u64) -> f64 {
        let changed = |id: BrokerId, by: f64| {
            self.cost(real(loads.replicas(id)) + by, real(loads.bytes(id)) + by * real(bytes))
        };
        self.cost_of(loads, from) + self.cost_of(loads, to) - changed(from, -1.0) - changed(to, 1.0)
    }
}

/// Exact up to 2⁵³, and shares are compared with a tolerance of percents.
fn real(number: u64) -> f64 {
    number as f64
}

/// The cost of a layout, for those who compare.
#[cfg(test)]
pub(super) fn cost(layout: &Layout) -> f64 {
    let loads = Loads::of(layout);
    let brokers: Vec<BrokerId> = layout.takers.iter().copied().collect();
    let mean = Mean::of(&loads, &brokers);
    brokers.iter().map(|id| mean.cost_of(&loads, *id)).sum()
}

/// The moves that make the cluster more even; none when it is even enough.
pub(in super::super) fn rebalance(layout: &Layout) -> Vec<Move> {
    let mut target: BTreeMap<&TopicPartition, Vec<BrokerId>> =
        layout.partitions.iter().map(|(name, placed)| (name, placed.replicas.clone())).collect();
    let mut loads = Loads::of(layout);
    for _ in 0..MOVES_MAX {
        let Some((name, replicas)) = best_move(layout, &target, &loads) else { break };
        let bytes = layout.partitions[name].bytes;
        if let Some(current) = target.insert(name, replicas.clone()) {
            loads.remove(&current, bytes);
        }
        loads.add(&replicas, bytes);
    }
    even_leaders(layout, &mut target, &mut loads);
    target
        .into_iter()
        .filter_map(|(name, to)| {
            let placed = &layout.partitions[name];
            (placed.replicas != to).then(|| Move {
                partition: name.clone(),
                from: placed.replicas.clone(),
                to,
                bytes: placed.bytes,
            })
        })
        .collect()
}

/// The move from the fullest broker possible to the emptiest possible that improves most.
fn best_move<'a>(
    layout: &Layout,
    target: &BTreeMap<&'a TopicPartition, Vec<BrokerId>>,
    loads: &Loads,
) -> Option<(&'a TopicPartition, Vec<BrokerId>)> {
    let mut brokers: Vec<BrokerId> = layout.takers.iter().copied().collect();
    let mean = Mean::of(loads, &brokers);
    brokers.sort_by_key(|id| (loads.weight(*id), *id));
    for (at, from) in brokers.iter().copied().enumerate().rev() {
        for to in brokers.iter().copied().take(at) {
            let mut best: Option<(f64, &TopicPartition, Vec<BrokerId>)> = None;
            for (name, replicas) in target {
                if !replicas.contains(&from) || replicas.contains(&to) {
                    continue;
                }
                let gain = mean.gain(loads, from, to, layout.partitions[*name].bytes);
                let is_better = best.as_ref().is_none_or(|(most, ..)| gain > *most);
                if gain < GAIN_MIN || !is_better {
                    continue;
                }
                let replace = |id: &BrokerId| if *id == from { to } else { *id };
                let moved: Vec<BrokerId> = replicas.iter().map(replace).collect();
                if layout.spread(&moved) >= layout.spread(replicas) {
                    best = Some((gain, *name, moved));
                }
            }
            if let Some((_, name, moved)) = best {
                return Some((name, moved));
            }
        }
    }
    None
}

/// Changes which replica comes first until no broker leads two more than one that could lead
/// instead. Only the order changes, so nothing is copied for it.
fn even_leaders(
    layout: &Layout,
    target: &mut BTreeMap<&TopicPartition, Vec<BrokerId>>,
    loads: &mut Loads,
) {
    // Each exchange lowers the sum of squares, which is finite.
    loop {
        let mut brokers: Vec<BrokerId> = layout.takers.iter().copied().collect();
        brokers.sort_by_key(|id| (Reverse(loads.leaders(*id)), *id));
        let exchange = brokers.iter().find_map(|from| {
            let led = target.iter().filter(|(_, replicas)| replicas.first() == Some(from));
            let options = led.flat_map(|(name, replicas)| {
                let others = replicas.iter().skip(1);
                let fit = others.filter(|id| {
                    layout.takers.contains(id) && loads.leaders(**id) + 1 < loads.leaders(*from)
                });
                fit.map(move |id| (*name, *id))
            });
            options.min_by_key(|(name, id)| (loads.leaders(*id), *id, *name))
        });
        let Some((name, first)) = exchange else { return };
        let bytes = layout.partitions[name].bytes;
        let Some(replicas) = target.get_mut(name) else { return };
        loads.remove(replicas, bytes);
        if let Some(at) = replicas.iter().position(|id| *id == first) {
            replicas.swap(0, at);
        }
        loads.add(replicas, bytes);
    }
}
