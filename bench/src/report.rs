//! The report: tables and plots from the raw lines, and from nothing else.
//!
//! For every scenario that has raw lines, `<scenario>.md`; over all of them `README.md` and the
//! plots. The same lines always give the same text. Of each case the latest session counts; of each
//! round its last attempt; void runs only where a subject has no other, and then marked.

mod figures;
mod overview;
mod page;
mod plot;

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::measurement::Measurement;
use crate::scenario::{Plan, Scenario};
use crate::scenarios;
use figures::{CaseResult, results_of};

/// What was measured of one scenario.
pub(crate) struct Results {
    scenario: Scenario,
    cases: Vec<CaseResult>,
}

/// Writes all pages and plots of the raw lines in `directory`.
pub(crate) fn write(directory: &Path) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for scenario in scenarios::all() {
        let Some(lines) = read(&directory.join(format!("{}.jsonl", scenario.id)))? else {
            continue;
        };
        let plan = Plan {
            quick: lines.iter().all(|line| line.quick),
            rounds: 1,
            minutes: 1,
            within: None,
        };
        let cases: Vec<CaseResult> = (scenario.cases)(plan)
            .into_iter()
            .filter_map(|case| results_of(case, &lines))
            .collect();
        if !cases.is_empty() {
            all.push(Results { scenario, cases });
        }
    }
    for results in &all {
        let path = directory.join(format!("{}.md", results.scenario.id));
        put(&path, &page::of(results))?;
    }
    let plots = plot::write(directory, &all)?;
    let node = directory.join("node.md").is_file();
    put(&directory.join("README.md"), &overview::of(&all, &plots, node))
}

fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

/// The raw lines of a file, if it is there.
fn read(path: &Path) -> anyhow::Result<Option<Vec<Measurement>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            Measurement::from_line(line)
                .with_context(|| format!("line {} of {}", at + 1, path.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()
        .map(Some)
}

#[cfg(test)]
mod tests;
