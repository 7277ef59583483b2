//! Carrying out a plan: a few moves at a time, with progress, a throttle that goes with the last
//! move, and elections where the order of replicas says so.
//!
//! All state is in the cluster: a run that was interrupted leaves reassignments that go on by
//! themselves, and the next run plans from where they lead.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use keld_client::{Admin, Election};
use keld_env::{Env, Monotonic};
use keld_types::{BrokerId, ErrorCode, TopicName, TopicPartition};

use super::plan::Move;
use crate::console::Console;
use crate::failure::Failure;
use crate::shared::words;
use crate::throttle;

/// Replicas that one broker receives at the same time: more would only share its disk and network.
const MOVES_PER_BROKER: usize = 5;

/// Between two looks at how far it is.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Between two lines of progress where nobody watches a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Partitions that are changed or elected in one request.
const BATCH_MAX: usize = 500;

/// What became of a plan.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) moved: usize,
    pub(super) bytes: u64,
    pub(super) took: Duration,
    /// Partitions that are not as planned, and why.
    pub(super) failed: BTreeMap<TopicPartition, String>,
}

/// Who carries out plans.
#[derive(Debug)]
pub(super) struct Carrier<'a> {
    pub(super) env: &'a Env,
    pub(super) admin: &'a Admin,
    /// Brokers whose configuration can be changed.
    pub(super) living: BTreeSet<BrokerId>,
    /// Bytes a second at each broker.
    pub(super) throttle: Option<u64>,
}

impl Carrier<'_> {
    /// Carries out the moves; ends early, with what goes on, when the user interrupts.
    pub(super) async fn carry(
        &self,
        console: &mut Console,
        moves: &[Move],
    ) -> Result<Carried, Failure> {
        let began = self.env.clock.monotonic();
        let mut shown = Shown::new(moves, began);
        if let Some(rate) = self.throttle {
            self.limit(moves, rate).await?;
        }
        let mut carried = tokio::select! {
            carried = self.work(console, moves, &mut shown) => carried?,
            _ = tokio::signal::ctrl_c() => {
                let throttled = if self.throttle.is_some() { ", throttled" } else { "" };
                return Err(Failure::failed(format!("interrupted: what was begun goes on{throttled}"))
                    .with_hint("run the same command again to see it through; `kafka-reassign-partitions --list` shows what is under way"));
            }
        };
        shown.bar.finish_and_clear();
        carried.took = self.env.clock.monotonic() - began;
        if self.throttle.is_some() {
            self.unlimit(moves).await?;
        }
        Ok(carried)
    }

    async fn work(
        &self,
        console: &mut Console,
        moves: &[Move],
        shown: &mut Shown,
    ) -> Result<Carried, Failure> {
        let mut carried = Carried::default();
        let mut waiting: VecDeque<&Move> = moves.iter().collect();
        let mut under_way: Vec<&Move> = Vec::new();
        loop {
            let begun = due(&mut waiting, &under_way);
            if !begun.is_empty() {
                let refused = self.begin(&begun).await?;
                under_way.extend(
                    begun.into_iter().filter(|change| !refused.contains_key(&change.partition)),
                );
                carried.failed.extend(refused);
            }
            let names: Vec<TopicPartition> =
                under_way.iter().map(|change| change.partition.clone()).collect();
            let listed = self.admin.list_reassignments(Some(&names)).await?;
            let (left, done): (Vec<_>, Vec<_>) =
                under_way.into_iter().partition(|change| listed.contains_key(&change.partition));
            for change in done {
                carried.moved += 1;
                carried.bytes = carried.bytes.saturating_add(change.bytes_copied());
            }
            under_way = left;
            if waiting.is_empty() && under_way.is_empty() {
                break;
            }
            let arrived = carried.bytes.saturating_add(self.arrived(&under_way).await);
            shown.show(console, self.env.clock.monotonic(), carried.moved, arrived);
            let next = self.env.clock.monotonic() + LOOK_INTERVAL;
            self.env.clock.sleep_until(next).await;
        }
        self.settle(moves, &mut carried).await?;
        Ok(carried)
    }

    /// Asks for the moves; gives those that were refused.
    async fn begin(&self, moves: &[&Move]) -> Result<BTreeMap<TopicPartition, String>, Failure> {
        let mut refused = BTreeMap::new();
        for moves in moves.chunks(BATCH_MAX) {
            let targets =
                moves.iter().map(|change| (change.partition.clone(), Some(change.to.clone())));
            let answers = self.admin.alter_reassignments(&targets.collect()).await?;
            refused.extend(
                answers
                    .into_iter()
                    .filter_map(|(partition, answer)| Some((partition, words(&answer.err()?)))),
            );
        }
        Ok(refused)
    }

    /// What the new replicas of the moves under way have so far.
    async fn arrived(&self, under_way: &[&Move]) -> u64 {
        let mut expected: BTreeMap<BrokerId, Vec<TopicPartition>> = BTreeMap::new();
        for change in under_way {
            for id in change.added() {
                expected.entry(id).or_default().push(change.partition.clone());
            }
        }
        let mut arrived = 0_u64;
        for (id, partitions) in expected {
            // Progress is worth no failure: what a broker does not tell counts as nothing.
            let Ok(found) = self.admin.describe_log_dirs(&[id], Some(&partitions)).await else {
                continue;
            };
            let sizes = found.into_values().flatten().flat_map(|directory| directory.topics);
            let sizes = sizes.flat_map(|topic| topic.partitions);
            for size in sizes.map(|partition| partition.partition_size) {
                arrived = arrived.saturating_add(u64::try_from(size).unwrap_or(0));
            }
        }
        arrived
    }

    /// Looks whether all is as planned, and elects the first replicas.
    async fn settle(&self, moves: &[Move], carried: &mut Carried) -> Result<(), Failure> {
        let topics: BTreeSet<TopicName> =
            moves.iter().map(|change| change.partition.topic.clone()).collect();
        let topics: Vec<TopicName> = topics.into_iter().collect();
        let described = self.admin.describe_topics(&topics).await?;
        let mut elections = Vec::new();
        for change in moves {
            if carried.failed.contains_key(&change.partition) {
                continue;
            }
            let topic =
                described.get(&change.partition.topic).and_then(|topic| topic.as_ref().ok());
            let mut partitions = topic.into_iter().flat_map(|topic| &topic.partitions);
            // A topic that was deleted meanwhile needs nothing any more.
            let Some(found) = partitions.find(|at| at.index == change.partition.partition) else {
                continue;
            };
            let have: BTreeSet<&BrokerId> = found.replicas.iter().collect();
            if have != change.to.iter().collect() {
                let reason = "somebody cancelled or changed the reassignment".to_owned();
                carried.failed.insert(change.partition.clone(), reason);
                continue;
            }
            let first = change.to.first().copied();
            let is_fit = first.is_some_and(|id| found.isr.contains(&id));
            if found.leader != first && is_fit {
                elections.push(change.partition.clone());
            }
        }
        for partitions in elections.chunks(BATCH_MAX) {
            let elected = self.admin.elect_leaders(Election::Preferred, Some(partitions)).await?;
            for (partition, answer) in elected {
                if let Err(error) = answer
                    && error.code != ErrorCode::ELECTION_NOT_NEEDED
                {
                    carried.failed.insert(partition, format!("leader: {}", words(&error)));
                }
            }
        }
        Ok(())
    }

    async fn limit(&self, moves: &[Move], rate: u64) -> Result<(), Failure> {
        let copying = || moves.iter().filter(|change| change.added().next().is_some());
        let proposed = copying().map(|change| (change.partition.clone(), change.to.clone()));
        let present = copying().map(|change| (change.partition.clone(), change.from.clone()));
        let under_way = self.admin.list_reassignments(None).await?;
        let movements = throttle::movements(&under_way, &proposed.collect(), &present.collect());
        throttle::limit(self.admin, &movements, &self.living, rate).await
    }

    /// Removes the throttles, but not under other reassignments, which they may be for.
    async fn unlimit(&self, moves: &[Move]) -> Result<(), Failure> {
        if !self.admin.list_reassignments(None).await?.is_empty() {
            return Err(Failure::failed("other reassignments are under way, so the throttles stay")
                .with_hint("when they are done: `kafka-reassign-partitions --verify` with their file, or this command with --throttle again"));
        }
        // Also what an interrupted run has left.
        let mut topics = throttle::throttled_topics(self.admin).await?;
        topics.extend(moves.iter().map(|change| change.partition.topic.clone()));
        throttle::clear_brokers(self.admin, &self.living).await?;
        throttle::clear_topics(self.admin, &topics).await
    }
}

/// Takes the moves that may begin: those whose new brokers have not too much to receive.
fn due<'a>(waiting: &mut VecDeque<&'a Move>, under_way: &[&'a Move]) -> Vec<&'a Move> {
    let mut receiving: BTreeMap<BrokerId, usize> = BTreeMap::new();
    for id in under_way.iter().flat_map(|change| change.added()) {
        *receiving.entry(id).or_default() += 1;
    }
    let mut begun = Vec::new();
    waiting.retain(|change| {
        let busy = |id| receiving.get(&id).is_some_and(|number| *number >= MOVES_PER_BROKER);
        if change.added().any(busy) {
            return true;
        }
        for id in change.added() {
            *receiving.entry(id).or_default() += 1;
        }
        begun.push(*change);
        false
    });
    begun
}

/// Progress: a bar where somebody watches, a line now and then elsewhere.
struct Shown {
    bar: ProgressBar,
    is_watched: bool,
    moves: usize,
    bytes: u64,
    began: Monotonic,
    said: Monotonic,
}

impl Shown {
    fn new(moves: &[Move], began: Monotonic) -> Self {
        let bytes =
            moves.iter().fold(0_u64, |sum, change| sum.saturating_add(change.bytes_copied()));
        let is_watched = std::io::stderr().is_terminal();
        let bar = if is_watched { ProgressBar::new(bytes) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, is_watched, moves: moves.len(), bytes, began, said: began }
    }

    fn show(&mut self, console: &mut Console, now: Monotonic, moved: usize, arrived: u64) {
        let arrived = arrived.min(self.bytes);
        let left = remaining(now - self.began, arrived, self.bytes);
        let left = left.map(|left| format!(", about {} left", HumanDuration(left)));
        let text = format!("{moved} of {} done{}", self.moves, left.unwrap_or_default());
        self.bar.set_position(arrived);
        self.bar.set_message(text.clone());
        if !self.is_watched && now - self.said >= LINE_INTERVAL {
            self.said = now;
            let (arrived, bytes) = (HumanBytes(arrived), HumanBytes(self.bytes));
            console.error(format!("{text} ({arrived} of {bytes})"));
        }
    }
}

/// How long the rest takes if it goes on as so far; unknown before anything arrived.
fn remaining(passed: Duration, arrived: u64, bytes: u64) -> Option<Duration> {
    let left = u128::from(bytes.saturating_sub(arrived));
    let millis = passed.as_millis().saturating_mul(left).checked_div(u128::from(arrived))?;
    Some(Duration::from_millis(u64::try_from(millis).ok()?))
}

#[cfg(test)]
mod tests {
    use keld_types::PartitionIndex;

    use super::*;

    #[test]
    fn a_broker_receives_few_replicas_at_a_time() {
        let to = |index: i32, broker: i32| Move {
            partition: TopicPartition::new(TopicName::new("t"), PartitionIndex::new(index)),
            from: vec![BrokerId::new(1)],
            to: vec![BrokerId::new(broker)],
            bytes: 1,
        };
        let mut moves: Vec<Move> = (0..7).map(|index| to(index, 2)).collect();
        moves.push(to(7, 3));
        let mut waiting: VecDeque<&Move> = moves.iter().collect();
        let first = due(&mut waiting, &[]);
        let begun: Vec<i32> = first.iter().map(|change| change.partition.partition.get()).collect();
        assert_eq!(begun, [0, 1, 2, 3, 4, 7]);
        assert!(due(&mut waiting, &first).is_empty());
        assert_eq!(due(&mut waiting, &first[..3]).len(), 2);
        assert!(waiting.is_empty());
    }

    #[test]
    fn the_rest_is_estimated_from_what_passed() {
        let seconds = Duration::from_secs;
        assert_eq!(remaining(seconds(10), 25, 100), Some(seconds(30)));
        assert_eq!(remaining(seconds(10), 0, 100), None);
        assert_eq!(remaining(seconds(10), 100, 100), Some(Duration::ZERO));
    }
}
