//! Figures of runs and cases in lines for a person who waits.

use crate::measurement::Measurement;
use crate::metric::metric;
use crate::scenario::{Case, Comparison};
use crate::stats::{Ratio, Spread};
use crate::subject::Subject;

/// The figures of one run that its case shows.
pub(crate) fn of_run(case: &Case, measurement: &Measurement) -> String {
    let words: Vec<String> = case
        .metrics
        .iter()
        .filter_map(|key| {
            let value = measurement.figures.get(*key)?;
            let metric = metric(key)?;
            Some(format!("{value:.*} {}", metric.decimals, metric.title))
        })
        .collect();
    words.join(", ")
}

/// Medians of the subjects and ratios of the comparisons.
pub(crate) fn of_case(case: &Case, lines: &[Measurement]) -> String {
    let mut text = format!("== {}\n", case.name);
    for subject in &case.subjects {
        text.push_str(&format!("   {:<16}", subject.name()));
        for key in case.metrics {
            let Some(metric) = metric(key) else { continue };
            let values: Vec<f64> = figures(lines, *subject, key).map(|(_, value)| value).collect();
            let Some(spread) = Spread::of(&values) else { continue };
            let places = metric.decimals;
            text.push_str(&format!(
                " {} {:.places$} [{:.places$}..{:.places$}];",
                metric.title, spread.median, spread.least, spread.most
            ));
        }
        text.push('\n');
    }
    for comparison in &case.comparisons {
        text.push_str(&format!("   {} / {}:", comparison.ours.name(), comparison.theirs.name()));
        for key in case.metrics {
            let (Some(metric), Some(ratio)) = (metric(key), ratio(lines, *comparison, key)) else {
                continue;
            };
            let mark = if ratio.is_sure() { "" } else { "?" };
            text.push_str(&format!(
                " {} {:.2} [{:.2}..{:.2}]{mark};",
                metric.title, ratio.median, ratio.low, ratio.high
            ));
        }
        text.push('\n');
    }
    text
}

/// The ratio of a figure between two subjects, round by round. `lines` are of one case and one
/// session, one a subject and round.
pub(crate) fn ratio(lines: &[Measurement], comparison: Comparison, key: &str) -> Option<Ratio> {
    let theirs: Vec<(u32, f64)> = figures(lines, comparison.theirs, key).collect();
    let pairs: Vec<(f64, f64)> = figures(lines, comparison.ours, key)
        .filter_map(|(round, ours)| {
            let (_, value) = theirs.iter().find(|(other, _)| *other == round)?;
            Some((ours, *value))
        })
        .collect();
    Ratio::of(&pairs)
}

/// Round and value of a figure in the lines of a subject.
pub(crate) fn figures(
    lines: &[Measurement],
    subject: Subject,
    key: &str,
) -> impl Iterator<Item = (u32, f64)> {
    lines
        .iter()
        .filter(move |line| line.subject == subject)
        .filter_map(move |line| Some((line.round, *line.figures.get(key)?)))
}
