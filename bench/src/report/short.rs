//! The table in short in the project's README, between two marks; the rest of the README is not
//! touched.

use super::Results;
use super::figures::{CaseResult, Judged, Verdict, factor, shown};
use crate::metric::Metric;

/// What the table stands between.
const BEGIN: &str = "<!-- bench: written by `cargo xtask bench report` -->\n";
const END: &str = "<!-- /bench -->\n";

/// The README with the table of today; nothing when it has no place for one.
pub(super) fn filled(readme: &str, all: &[Results]) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", table(all)))
}

/// A line for each case of which something was wanted.
fn table(all: &[Results]) -> String {
    let mut text = String::from(
        "| scenario | Kafka | Keld | ratio | broker CPU | goals |\n|---|---|---|---|---|---|\n",
    );
    for results in all {
        for case in &results.cases {
            let judged = case.judged();
            if let Some(first) = judged.iter().find(|one| one.ours.is_some()) {
                text.push_str(&line(results, case, first, &judged));
            }
        }
    }
    text
}

fn line(results: &Results, case: &CaseResult, first: &Judged, judged: &[Judged]) -> String {
    let figure =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| with_unit(first.metric, value));
    let ratio = |one: &Judged| one.ratio.map(|ratio| format!("{}×", factor(ratio.median)));
    let cost = judged.iter().find(|one| one.metric.key.starts_with("cpu_"));
    let cost = cost.filter(|cost| cost.metric.key != first.metric.key).and_then(ratio);
    let known = judged.iter().filter_map(|one| one.verdict);
    let reached = known.clone().filter(|verdict| *verdict != Verdict::Missed).count();
    let (reached, known) = (reached, known.count());
    let goals = if reached == known { "all".to_owned() } else { format!("{reached} of {known}") };
    format!(
        "| {} {} | {} | {} | {} | {} | {goals} |\n",
        super::code(results),
        case.case.name,
        figure(first.theirs),
        figure(first.ours),
        ratio(first).unwrap_or_else(|| "–".to_owned()),
        cost.unwrap_or_else(|| "–".to_owned()),
    )
}

/// A figure with the unit of its heading: its last word, or all of it for rates.
fn with_unit(metric: &Metric, value: f64) -> String {
    let unit = metric.title.rsplit(' ').next().unwrap_or_default();
    let unit = if metric.title.contains('%') { "%" } else { unit };
    let unit = if metric.key.ends_with("rss_mb") { "MB" } else { unit };
    format!("{} {unit}", shown(metric, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let readme = format!("a\n{BEGIN}old\n{END}b\n");
        let filled = filled(&readme, &[]).unwrap();
        assert!(filled.starts_with(&format!("a\n{BEGIN}\n| scenario")), "{filled}");
        assert!(filled.ends_with(&format!("{END}b\n")) && !filled.contains("old"));
        assert_eq!(super::filled("no marks", &[]), None);
    }

    #[test]
    fn units_come_from_headings() {
        let unit = |key: &str, value| with_unit(crate::metric::metric(key).unwrap(), value);
        assert_eq!(unit("mb_s", 557.0), "557 MB/s");
        assert_eq!(unit("p99_ms", 1.5), "1.500 ms");
        assert_eq!(unit("stop_s", 0.2), "0.200 s");
        assert_eq!(unit("loss_percent", 3.0), "3.0 %");
        assert_eq!(unit("rss_mb", 22.0), "22 MB");
    }
}
