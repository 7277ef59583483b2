//! The page over all scenarios: what was wanted, what was measured, the plots.

use super::figures::{CaseResult, Judged, Verdict, ratio_text, shown};
use super::notes::Notes;
use super::{Beside, Results};
use crate::metric::metric;
use crate::scenario::Comparison;
use crate::subject::Subject;

/// As both are when nobody sets anything.
const AS_IT_COMES: Comparison = Comparison { ours: Subject::KeldFsync, theirs: Subject::Kafka };

/// The whole page.
pub(super) fn of(all: &[Results], plots: &[Plot], beside: Beside, notes: &Notes) -> String {
    let mut text = String::from(
        "# Benchmarks\n\n\
         Keld beside Apache Kafka 4.3.1 on one machine, in the same session, by the same clients.\n\
         Written by `cargo xtask bench report` from the raw lines in `docs/benchmarks/*.jsonl`; to measure again: `cargo xtask bench`, one scenario: `cargo xtask bench p1`, a quick look: `cargo xtask bench --quick`.\n\
         How it is measured, and why so, stands in `docs/design/bench.md`.\n\n",
    );
    if all
        .iter()
        .flat_map(|results| &results.cases)
        .flat_map(|case| &case.lines)
        .any(|line| line.quick)
    {
        text.push_str("**Some of these figures are of `--quick` and show no more than that everything works.**\n\n");
    }
    text.push_str(&tally(all));
    text.push_str(&notes.paragraphs("overview"));
    for plot in plots {
        text.push_str(&format!("\n![{}]({})\n\n{}\n", plot.title, plot.file, plot.caption));
    }
    text.push_str(
        "\n## What was wanted and what was measured\n\n\
         Medians; ratios are Keld over Kafka, round by round, with their 95 % interval.\n\n\
         | scenario | figure | Kafka | Keld | ratio | wanted | reached |\n|---|---|---|---|---|---|---|\n",
    );
    for results in all {
        for case in &results.cases {
            for (at, judged) in case.judged().iter().enumerate() {
                text.push_str(&line(results, case, at, judged));
            }
        }
    }
    text.push_str(&defaults(all));
    text.push_str("\n## Pages\n\n| scenario | page | raw lines |\n|---|---|---|\n");
    if beside.profiles {
        text.push_str("| Where the broker's time goes: flame graphs of P1 and P6 | [profiles](profiles.md) | `profile.jsonl` |\n");
    }
    if beside.node {
        text.push_str("| Start, idle memory and processor time, size of the binary | [node](node.md) | `node.jsonl` |\n");
    }
    for results in all {
        let id = results.scenario.id;
        text.push_str(&format!(
            "| {} | [{id}]({id}.md) | `{id}.jsonl` |\n",
            results.scenario.title
        ));
    }
    text.push_str(
        "\n## What is not like production\n\n\
         Two processors shared by servers, clients and harness; loopback instead of a network; one node, or three on this one machine; a virtual disk that acknowledges a flush in a fifth of a millisecond; page cache that the hypervisor gives and takes.\n\
         Throughput here says how client and server divide the machine; the processor time of the server is the steadier figure.\n",
    );
    text
}

/// Keld's default, on stable storage, beside Kafka's, in memory: the headline and what was wanted like
/// for like, without a goal.
fn defaults(all: &[Results]) -> String {
    let mut text = String::from(
        "\n## Each with its default\n\n\
         Keld acknowledges acks=all when records are on stable storage (`fsync`), Kafka when they are in the page cache; nothing was wanted of these ratios but where the table above names `keld fsync`.\n\n\
         | scenario | figure | Kafka | Keld, `fsync` | ratio |\n|---|---|---|---|---|\n",
    );
    for results in all {
        for case in &results.cases {
            if !case.case.comparisons.contains(&AS_IT_COMES) {
                continue;
            }
            let first = case.case.goals.iter().filter(|goal| goal.comparison == 0);
            let mut keys: Vec<&str> = first.map(|goal| goal.metric).collect();
            keys.extend(case.case.limits.iter().map(|limit| limit.metric));
            let mut name = format!(
                "[{}]({}.md) {}",
                super::code(results),
                results.scenario.id,
                case.case.name
            );
            for key in keys {
                let median = |subject| case.spread(subject, key).map(|spread| spread.median);
                let (Some(metric), Some(ours), Some(theirs), Some(ratio)) = (
                    metric(key),
                    median(AS_IT_COMES.ours),
                    median(AS_IT_COMES.theirs),
                    case.ratio(AS_IT_COMES, key),
                ) else {
                    continue;
                };
                text.push_str(&format!(
                    "| {name} | {} | {} | {} | {} |\n",
                    metric.title,
                    shown(metric, theirs),
                    shown(metric, ours),
                    ratio_text(ratio)
                ));
                name.clear();
            }
        }
    }
    text
}

/// A plot on the page.
#[derive(Debug)]
pub(super) struct Plot {
    pub(super) file: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
}

/// How many goals were reached.
fn tally(all: &[Results]) -> String {
    let verdicts: Vec<Verdict> = all
        .iter()
        .flat_map(|results| &results.cases)
        .flat_map(CaseResult::judged)
        .filter_map(|judged| judged.verdict)
        .collect();
    let reached = verdicts.iter().filter(|verdict| **verdict != Verdict::Missed).count();
    format!("{reached} of {} goals were reached.\n", verdicts.len())
}

fn line(results: &Results, case: &CaseResult, at: usize, judged: &Judged) -> String {
    let id = results.scenario.id;
    let name = match at {
        0 => format!("[{}]({id}.md) {}", super::code(results), case.case.name),
        _ => String::new(),
    };
    let figure =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| shown(judged.metric, value));
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |\n",
        judged.title(),
        figure(judged.theirs),
        figure(judged.ours),
        judged.ratio.map_or("–".to_owned(), ratio_text),
        judged.wanted,
        judged.verdict.map_or("not measured", Verdict::word),
    )
}
