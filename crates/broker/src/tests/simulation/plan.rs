//! What a seed decides before anything runs: the cluster, its topics, and which faults there are.

use keld_env::sim::SplitMix;
use std::time::Duration;

/// How many nodes there are.
pub(super) const NODES: i32 = 5;

/// A kind of fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// A process is killed; its disk keeps what was written.
    Kill,
    /// A machine loses its power; what was not synced is kept, dropped or torn.
    PowerLoss,
    /// All machines lose their power at once.
    PowerLossOfAll,
    /// A node is stopped as an operator does it, and started again.
    Stop,
    /// A process stands still.
    Pause,
    /// Groups of hosts cannot reach each other.
    Partition,
    /// One host cannot reach another, which can reach it.
    OneWay,
    /// Connections between two hosts are reset.
    Reset,
    /// A disk takes long for everything.
    SlowDisk,
    /// An operation of a disk fails.
    DiskError,
    /// The clock on a wall jumps.
    ClockJump,
}

const FAULTS: [Fault; 11] = [
    Fault::Kill,
    Fault::PowerLoss,
    Fault::PowerLossOfAll,
    Fault::Stop,
    Fault::Pause,
    Fault::Partition,
    Fault::OneWay,
    Fault::Reset,
    Fault::SlowDisk,
    Fault::DiskError,
    Fault::ClockJump,
];

/// A topic to be created.
#[derive(Clone, Debug)]
pub(super) struct TopicPlan {
    pub(super) name: String,
    /// The replicas of each partition, the preferred leader first.
    pub(super) replicas: Vec<Vec<i32>>,
    /// `keld.durability` is `fsync`, so that any number of machines may lose their power.
    pub(super) is_fsync: bool,
}

/// What a seed decides.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) voters: i32,
    pub(super) topics: Vec<TopicPlan>,
    pub(super) faults: Vec<Fault>,
    /// The mean time between faults.
    pub(super) fault_every: Duration,
    /// How long there are faults.
    pub(super) faulty_for: Duration,
}

impl Plan {
    pub(super) fn new(random: &mut SplitMix) -> Self {
        let voters = if random.below(2) == 0 { 3 } else { 5 };
        // A third of the seeds has topics as Kafka's, in memory of several machines first.
        let is_fsync = random.below(3) > 0;
        let topics = (0..2 + random.below(2)).map(|at| TopicPlan {
            name: format!("t{at}"),
            replicas: (0..1 + random.below(2))
                .map(|_| replicas(random, if at == 1 { 5 } else { 3 }))
                .collect(),
            is_fsync,
        });
        let topics = topics.collect();
        let mut faults: Vec<Fault> = FAULTS.into_iter().filter(|_| random.below(5) < 2).collect();
        if faults.is_empty() {
            faults.push(Fault::Kill);
        }
        let fault_every = Duration::from_millis(300 + random.below(2200));
        Self { voters, topics, faults, fault_every, faulty_for: Duration::from_secs(15) }
    }
}

fn replicas(random: &mut SplitMix, count: usize) -> Vec<i32> {
    let mut nodes: Vec<i32> = (1..=NODES).collect();
    for at in (1..nodes.len()).rev() {
        nodes.swap(at, random.below(at as u64 + 1) as usize);
    }
    nodes.truncate(count);
    nodes
}
