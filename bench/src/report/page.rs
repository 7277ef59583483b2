//! The page of one scenario: a table a case.

use serde_json::{Map, Value};

use super::Results;
use super::figures::{CaseResult, ratio_text, shown};
use super::notes::Notes;
use crate::metric::metric;

/// The whole page.
pub(super) fn of(results: &Results, notes: &Notes) -> String {
    let scenario = &results.scenario;
    let mut text = format!("# {}\n\n", scenario.title);
    text.push_str(&format!("{}\n\n", sentences(scenario.about)));
    text.push_str(&format!(
        "Written by `cargo xtask bench report` from `docs/benchmarks/{}.jsonl`, which holds every run with its surroundings; \
         to measure again: `cargo xtask bench {}`.\n",
        scenario.id, scenario.id
    ));
    text.push_str(
        "Figures are medians [least to most]; ratios are medians of the ratios of the rounds, Keld over Kafka, with their 95 % interval; \"?\": the interval holds 1, so nothing may be claimed.\n",
    );
    if let Some(line) = results.cases.last().and_then(|case| case.lines.last()) {
        text.push_str(&machine(&line.session, &line.environment));
        if line.quick {
            text.push_str("**These are figures of `--quick`: small volumes, one round; they show that everything works and nothing else.**\n");
        }
    }
    text.push_str(&notes.paragraphs(scenario.id));
    for case in &results.cases {
        text.push_str(&format!("\n## {}\n\n", case.case.name));
        text.push_str(&table(case));
        text.push_str(&goals(case));
        text.push_str(&void(case));
    }
    text
}

/// One sentence a line.
fn sentences(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(". ", ".\n")
}

/// What the machine was.
fn machine(session: &str, environment: &Map<String, Value>) -> String {
    let word = |key: &str| match environment.get(key) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => "unknown".to_owned(),
    };
    let changed = match environment.get("changed_files").and_then(Value::as_u64) {
        Some(0) | None => "",
        Some(_) => " with changes",
    };
    format!(
        "Measured {session}: commit {}{changed}, {} processors ({}), Linux {}, TCP {}, huge pages {}, Apache Kafka {} on {}, librdkafka {}.\n\
         Clients, both servers' processes and the harness share these processors; all connections are loopback.\n",
        word("commit"),
        word("processors"),
        word("processor"),
        word("kernel"),
        word("congestion_control"),
        word("transparent_hugepages"),
        word("kafka"),
        word("java"),
        word("librdkafka"),
    )
}

/// A line a metric: the subjects, then the ratios.
fn table(case: &CaseResult) -> String {
    let subjects = case.subjects();
    let mut head = String::from("|  |");
    for subject in &subjects {
        let mark = if case.noisy.contains(subject) { " †" } else { "" };
        head.push_str(&format!(" {}{mark} |", subject.name()));
    }
    for pair in &case.case.comparisons {
        head.push_str(&format!(" {} / {} |", pair.ours.name(), pair.theirs.name()));
    }
    let columns = 1 + subjects.len() + case.case.comparisons.len();
    let mut text = format!("{head}\n|{}\n", "---|".repeat(columns));
    for key in case.case.metrics {
        let Some(metric) = metric(key) else { continue };
        if subjects.iter().all(|subject| case.spread(*subject, key).is_none()) {
            continue;
        }
        text.push_str(&format!("| {} |", metric.title));
        for subject in &subjects {
            let cell = case.spread(*subject, key).map_or(String::new(), |spread| {
                let middle = shown(metric, spread.median);
                if spread.count == 1 {
                    return middle;
                }
                format!(
                    "{middle} [{}..{}]",
                    shown(metric, spread.least),
                    shown(metric, spread.most)
                )
            });
            text.push_str(&format!(" {cell} |"));
        }
        for pair in &case.case.comparisons {
            let cell = case.ratio(*pair, key).map_or(String::new(), ratio_text);
            text.push_str(&format!(" {cell} |"));
        }
        text.push('\n');
    }
    text
}

/// What was wanted, and whether it was reached.
fn goals(case: &CaseResult) -> String {
    let judged = case.judged();
    let (Some(pair), false) = (case.first(), judged.is_empty()) else { return String::new() };
    let mut text = format!(
        "\nWanted of {} against {}:\n\n| figure | wanted | measured | reached |\n|---|---|---|---|\n",
        pair.ours.name(),
        pair.theirs.name()
    );
    for one in judged {
        let ours = one.ours.map(|ours| shown(one.metric, ours));
        let measured = match (one.wanted.ends_with('×'), one.ratio, ours) {
            (true, Some(ratio), _) => ratio_text(ratio),
            (false, _, Some(ours)) => ours,
            _ => "–".to_owned(),
        };
        text.push_str(&format!(
            "| {} | {} | {measured} | {} |\n",
            one.title(),
            one.wanted,
            one.verdict.map_or("not measured", super::figures::Verdict::word)
        ));
    }
    text
}

/// Which runs do not count.
fn void(case: &CaseResult) -> String {
    let mut text = String::new();
    if case.void_attempts > 0 {
        text.push_str(&format!(
            "\n{} of the attempts were void (something else used the machine); they count only where there is a †.\n",
            case.void_attempts
        ));
    }
    for (subject, round, why) in &case.failed {
        let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
        text.push_str(&format!("\n{} failed in round {round}: {why}\n", subject.name()));
    }
    if !case.noisy.is_empty() {
        text.push_str("\n† Every attempt was void; the figures are shown, but prove nothing.\n");
    }
    text
}
