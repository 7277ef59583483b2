//! The page over all scenarios: what was wanted, what was measured, the plots.

use super::Results;
use super::figures::{CaseResult, Judged, Verdict, ratio_text, shown};

/// The whole page; `node`: there is a page of the node by itself.
pub(super) fn of(all: &[Results], plots: &[Plot], node: bool) -> String {
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
    text.push_str("\n## Pages\n\n| scenario | page | raw lines |\n|---|---|---|\n");
    if node {
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
         Two processors shared by servers, clients and harness; loopback instead of a network; one node; a virtual disk that acknowledges a flush in a fifth of a millisecond; page cache that the hypervisor gives and takes.\n\
         Throughput here says how client and server divide the machine; the processor time of the server is the steadier figure.\n",
    );
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
        0 => format!("[{}]({id}.md) {}", id.to_uppercase(), case.case.name),
        _ => String::new(),
    };
    let figure =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| shown(judged.metric, value));
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |\n",
        judged.metric.title,
        figure(judged.theirs),
        figure(judged.ours),
        judged.ratio.map_or("–".to_owned(), ratio_text),
        judged.wanted,
        judged.verdict.map_or("not measured", Verdict::word),
    )
}
