//! The plain interface between scenarios, runner and report.
//!
//! A [`Scenario`] is one table: its [`Case`]s are the lines, the [`Subject`]s of a case its columns.
//! The runner takes the cases one after another and runs every subject of a case once a round,
//! in turned order every other round (A B B A), each time by calling [`Case::run`] with the
//! [`Arena`], which owns the servers. `run` makes a fresh topic, lets a client process work, and
//! returns the figures; the arena adds what it measured of the server around the client:
//!
//! ```text
//! |arena, subject| {
//!     let topic = arena.fresh_topic(subject, 1, &[])?;
//!     let client = arena.tools().client("produce", arena.address(subject)?, &topic);
//!     arena.measure(subject, client)          // Figures
//! }
//! ```
//!
//! A scenario that starts and stops servers itself (start-up times) uses `Server` directly.

use crate::arena::Arena;
use crate::metric::Figures;
use crate::subject::Subject;

/// How thoroughly to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Plan {
    /// Small volumes, little warming, no repetition of void runs: shows that everything works.
    pub(crate) quick: bool,
    /// Rounds of every case.
    pub(crate) rounds: u32,
    /// How long the soak lasts.
    pub(crate) minutes: u32,
    /// In how many minutes all should be done, if it was said: then void runs are not repeated, and
    /// further rounds left out, when it would take longer.
    pub(crate) within: Option<u32>,
    /// What a case's name must have in it, if not all are run.
    pub(crate) only: Option<&'static str>,
}

impl Plan {
    /// The cases of a scenario that are run.
    pub(crate) fn cases(self, scenario: &Scenario) -> Vec<Case> {
        let mut cases = (scenario.cases)(self);
        cases.retain(|case| self.only.is_none_or(|text| case.name.contains(text)));
        cases
    }

    /// An amount (bytes, records, requests), a quarter of it when quick.
    pub(crate) fn amount(self, full: u64) -> u64 {
        if self.quick { full / 4 } else { full }
    }

    /// A duration in seconds, a third of it when quick.
    pub(crate) fn seconds(self, full: u64) -> u64 {
        if self.quick { full.div_ceil(3) } else { full }
    }
}

/// One page of results.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    /// `p1`; names the files of its results.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// What a reader must know to judge the figures: acks, partitions, record size, batch, linger,
    /// client, volume.
    pub(crate) about: &'static str,
    pub(crate) cases: fn(Plan) -> Vec<Case>,
}

/// Which ratio is taken, always ours over theirs in the same round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Comparison {
    pub(crate) ours: Subject,
    pub(crate) theirs: Subject,
}

/// What should be reached: `ours / theirs` of a comparison, at least or at most by the direction of
/// the metric.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Goal {
    /// The place of the comparison among those of the case.
    pub(crate) comparison: usize,
    pub(crate) metric: &'static str,
    pub(crate) ratio: f64,
}

/// What our side of the first comparison should reach by itself, whatever theirs does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Limit {
    pub(crate) metric: &'static str,
    pub(crate) value: f64,
}

/// How one subject is run once.
pub(crate) type Run = Box<dyn Fn(&mut Arena, Subject) -> anyhow::Result<Figures>>;

/// One line of a table.
pub(crate) struct Case {
    /// Unique within the scenario.
    pub(crate) name: String,
    /// In the order of the first round; the ceiling, where it can play the case, is measured in
    /// the first round only.
    pub(crate) subjects: Vec<Subject>,
    /// The first is the like-for-like one.
    pub(crate) comparisons: Vec<Comparison>,
    /// Keys of the figures that the table shows, the first is the headline.
    pub(crate) metrics: &'static [&'static str],
    pub(crate) goals: Vec<Goal>,
    pub(crate) limits: Vec<Limit>,
    /// More rounds than the plan's, for what is noisy.
    pub(crate) rounds_min: u32,
    /// Fewer rounds than the plan's, for what takes minutes.
    pub(crate) rounds_max: u32,
    /// How long a run takes about, as long as no raw line tells it.
    pub(crate) run_seconds: u64,
    /// How many nodes the arena's shared servers have.
    pub(crate) nodes: usize,
    /// The case starts servers itself; the arena's shared ones are not started for it.
    pub(crate) own_servers: bool,
    /// Bytes of fresh page cache that a run needs; that much memory is touched beforehand.
    pub(crate) memory_bytes: u64,
    pub(crate) run: Run,
}

/// Keld as Kafka is by default, then Keld's default, both against Kafka's default.
pub(crate) const DEFAULTS: [Comparison; 2] = [
    Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka },
    Comparison { ours: Subject::KeldFsync, theirs: Subject::Kafka },
];

/// With a flush before every answer on both sides, then Keld's default against Kafka's.
pub(crate) const FLUSHED: [Comparison; 2] = [
    Comparison { ours: Subject::KeldFsync, theirs: Subject::KafkaFlush },
    Comparison { ours: Subject::KeldFsync, theirs: Subject::Kafka },
];

/// A case of the usual kind. `comparisons` decide the subjects; the ceiling is put before them when
/// `ceiling` is set.
pub(crate) fn case(
    name: impl Into<String>,
    ceiling: bool,
    comparisons: &[Comparison],
    metrics: &'static [&'static str],
    run: impl Fn(&mut Arena, Subject) -> anyhow::Result<Figures> + 'static,
) -> Case {
    let mut subjects = Vec::new();
    if ceiling {
        subjects.push(Subject::Ceiling);
    }
    for subject in comparisons.iter().flat_map(|pair| [pair.ours, pair.theirs]) {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    Case {
        name: name.into(),
        subjects,
        comparisons: comparisons.to_vec(),
        metrics,
        goals: Vec::new(),
        limits: Vec::new(),
        rounds_min: 1,
        rounds_max: u32::MAX,
        run_seconds: 5,
        nodes: 1,
        own_servers: false,
        memory_bytes: 1 << 30,
        run: Box::new(run),
    }
}

impl Case {
    /// One more goal: `ours / theirs` of `metric` in the first comparison.
    pub(crate) fn goal(mut self, metric: &'static str, ratio: f64) -> Self {
        self.goals.push(Goal { comparison: 0, metric, ratio });
        self
    }

    /// One more goal in the second comparison.
    pub(crate) fn second_goal(mut self, metric: &'static str, ratio: f64) -> Self {
        self.goals.push(Goal { comparison: 1, metric, ratio });
        self
    }

    /// One more limit: `metric` of our side, at least or at most by its direction.
    pub(crate) fn limit(mut self, metric: &'static str, value: f64) -> Self {
        self.limits.push(Limit { metric, value });
        self
    }

    /// At most so many rounds, because one takes minutes.
    pub(crate) fn rounds_at_most(mut self, rounds: u32) -> Self {
        self.rounds_max = rounds;
        self
    }

    /// At least so many rounds (a quick look has one), because one says little.
    pub(crate) fn rounds_at_least(mut self, rounds: u32) -> Self {
        self.rounds_min = rounds;
        self
    }

    /// The rounds of this case under a plan.
    pub(crate) fn rounds(&self, plan: Plan) -> u32 {
        let least = if plan.quick { 1 } else { self.rounds_min };
        plan.rounds.max(least).min(self.rounds_max)
    }

    /// Half the plan's rounds: for what takes long, and for what no goal hangs on.
    pub(crate) fn half_the_rounds(self, plan: Plan) -> Self {
        self.rounds_at_most(plan.rounds.div_ceil(2))
    }

    /// Says how long a run takes about, with what comes before and after it.
    pub(crate) fn takes(mut self, seconds: u64) -> Self {
        self.run_seconds = seconds;
        self
    }

    /// Says that each program is a cluster of so many nodes.
    pub(crate) fn with_nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes;
        self
    }

    /// Says that `run` starts its servers itself, with the machine to themselves.
    pub(crate) fn with_own_servers(mut self) -> Self {
        self.own_servers = true;
        self
    }

    /// Says how much page cache a run fills.
    pub(crate) fn memory(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }
}
