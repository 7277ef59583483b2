//! Which runs of a case count, and what follows from them: spreads, ratios, verdicts.

use std::collections::BTreeMap;

use crate::measurement::Measurement;
use crate::metric::{Better, Metric, metric};
use crate::scenario::{Case, Comparison};
use crate::stats::{Ratio, Spread};
use crate::subject::Subject;
use crate::summary;

/// A case with the runs that count.
pub(crate) struct CaseResult {
    pub(super) case: Case,
    /// At most one a subject and round, all of one session.
    pub(super) lines: Vec<Measurement>,
    /// Attempts that were void.
    pub(super) void_attempts: usize,
    /// Subjects of which only void runs are there.
    pub(super) noisy: Vec<Subject>,
    /// Runs that failed to the end, and why.
    pub(super) failed: Vec<(Subject, u32, String)>,
}

/// The results of a case, if it was run.
pub(super) fn results_of(case: Case, lines: &[Measurement]) -> Option<CaseResult> {
    let of_case = || lines.iter().filter(|line| line.case == case.name);
    let session = of_case().map(|line| line.session.clone()).max()?;
    let mut rounds: BTreeMap<(Subject, u32), &Measurement> = BTreeMap::new();
    let mut void_attempts = 0;
    for line in of_case().filter(|line| line.session == session) {
        void_attempts += usize::from(line.void.is_some() && line.failed().is_none());
        let last = rounds.entry((line.subject, line.round)).or_insert(line);
        if line.attempt >= last.attempt {
            *last = line;
        }
    }
    let failed = rounds
        .values()
        .filter_map(|line| Some((line.subject, line.round, line.failed()?.to_owned())))
        .collect();
    rounds.retain(|_, line| line.failed().is_none());
    let mut noisy: Vec<Subject> = rounds.keys().map(|(subject, _)| *subject).collect();
    noisy.dedup();
    noisy.retain(|subject| {
        let mut own = rounds.iter().filter(|((other, _), _)| other == subject);
        own.all(|(_, line)| line.void.is_some())
    });
    let counts = |line: &&&Measurement| line.void.is_none() || noisy.contains(&line.subject);
    let lines = rounds.values().filter(counts).map(|line| (*line).clone()).collect();
    Some(CaseResult { case, lines, void_attempts, noisy, failed })
}

/// Whether a goal was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// The median reaches it, and so does every value of the interval.
    Reached,
    /// The median reaches it, the interval does not.
    Barely,
    Missed,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Reached => "yes",
            Self::Barely => "yes, but within the noise",
            Self::Missed => "**no**",
        }
    }
}

/// A goal or a limit with what was measured.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Judged {
    pub(super) metric: &'static Metric,
    /// Whose it is, where that is not our side of the first comparison.
    pub(super) other: Option<Subject>,
    /// What was asked for: `≥ 1.60×`, `≤ 0.05 s`.
    pub(super) wanted: String,
    /// The medians of both sides and their ratio, where there are both.
    pub(super) ours: Option<f64>,
    pub(super) theirs: Option<f64>,
    pub(super) ratio: Option<Ratio>,
    pub(super) verdict: Option<Verdict>,
}

impl Judged {
    /// The heading of its figure, with whose it is where that is not understood.
    pub(super) fn title(&self) -> String {
        let other = self.other.map_or(String::new(), |other| format!(", {}", other.name()));
        format!("{}{other}", self.metric.title)
    }
}

impl CaseResult {
    /// The subjects that have a run, in the order of the tables: the ceiling, Keld, Kafka.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        let has = |subject: &Subject| self.lines.iter().any(|line| line.subject == *subject);
        Subject::ALL.into_iter().filter(has).collect()
    }

    pub(super) fn spread(&self, subject: Subject, key: &str) -> Option<Spread> {
        let values: Vec<f64> =
            summary::figures(&self.lines, subject, key).map(|(_, value)| value).collect();
        Spread::of(&values)
    }

    pub(super) fn ratio(&self, comparison: Comparison, key: &str) -> Option<Ratio> {
        summary::ratio(&self.lines, comparison, key)
    }

    /// The like-for-like comparison.
    pub(super) fn first(&self) -> Option<Comparison> {
        self.case.comparisons.first().copied()
    }

    /// Ratios that were asked for, then limits.
    pub(super) fn judged(&self) -> Vec<Judged> {
        let Some(comparison) = self.first() else { return Vec::new() };
        let median = |subject, key| self.spread(subject, key).map(|spread| spread.median);
        let ratios = self.case.goals.iter().filter_map(|goal| {
            let metric = metric(goal.metric)?;
            let comparison = self.case.comparisons.get(goal.comparison).copied()?;
            let ratio = self.ratio(comparison, goal.metric);
            let verdict = ratio.map(|ratio| {
                judge(metric.better, goal.ratio, ratio.median, (ratio.low, ratio.high))
            });
            Some(Judged {
                metric,
                other: (goal.comparison > 0).then_some(comparison.ours),
                wanted: format!("{} {:.2}×", sign(metric.better), goal.ratio),
                ours: median(comparison.ours, goal.metric),
                theirs: median(comparison.theirs, goal.metric),
                ratio,
                verdict,
            })
        });
        let limits = self.case.limits.iter().filter_map(|limit| {
            let metric = metric(limit.metric)?;
            let spread = self.spread(comparison.ours, limit.metric);
            let verdict = spread.map(|spread| {
                judge(metric.better, limit.value, spread.median, (spread.least, spread.most))
            });
            Some(Judged {
                metric,
                other: None,
                wanted: format!("{} {}", sign(metric.better), limit.value),
                ours: spread.map(|spread| spread.median),
                theirs: median(comparison.theirs, limit.metric),
                ratio: self.ratio(comparison, limit.metric),
                verdict,
            })
        });
        ratios.chain(limits).collect()
    }
}

fn sign(better: Better) -> &'static str {
    match better {
        Better::Higher => "≥",
        Better::Lower => "≤",
    }
}

fn judge(better: Better, wanted: f64, median: f64, (low, high): (f64, f64)) -> Verdict {
    let (reached, surely) = match better {
        Better::Higher => (median >= wanted, low >= wanted),
        Better::Lower => (median <= wanted, high <= wanted),
    };
    match (reached, surely) {
        (true, true) => Verdict::Reached,
        (true, false) => Verdict::Barely,
        (false, _) => Verdict::Missed,
    }
}

/// A figure as the tables show it: the metric's decimals, but at least two digits.
pub(super) fn shown(metric: &Metric, value: f64) -> String {
    let small = value != 0.0 && value.abs() < 10.0 && metric.decimals == 0;
    let decimals = if small { 1 } else { metric.decimals };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let grouped = group(whole);
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

/// Thousands apart.
fn group(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.52 [1.48..1.55]`, with a question mark where the interval holds 1.
pub(super) fn ratio_text(ratio: Ratio) -> String {
    let mark = if ratio.is_sure() { "" } else { " ?" };
    if ratio.pairs == 1 {
        return format!("{}× (one pair)", factor(ratio.median));
    }
    format!("{}× [{}..{}]{mark}", factor(ratio.median), factor(ratio.low), factor(ratio.high))
}

/// Two digits that matter, whatever the size.
pub(super) fn factor(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        size if size >= 0.01 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}
