//! The report: tables and plots from the raw lines, and from nothing else.
//!
//! For every scenario that has raw lines, `<scenario>.md`; over all of them `README.md` and the
//! plots; `profiles.md`; in short in the project's README. What people wrote in `notes.md` comes
//! along. The same lines always give the same text. Of each case the latest session counts; of each
//! round its last attempt; void runs only where a subject has no other, and then marked.

mod figures;
mod notes;
mod overview;
mod page;
mod plot;
mod profiles;
mod short;

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::measurement::Measurement;
use crate::scenario::{Plan, Scenario};
use crate::scenarios;
use figures::{CaseResult, results_of};
use notes::Notes;

/// Where the results of the project are, whose README tells them in short.
const DIRECTORY: &str = "docs/benchmarks";

/// What was measured of one scenario.
pub(crate) struct Results {
    scenario: Scenario,
    cases: Vec<CaseResult>,
}

/// Writes all pages and plots of the raw lines in `directory`.
pub(crate) fn write(directory: &Path) -> anyhow::Result<()> {
    let all = results(directory)?;
    let notes = Notes::read(directory)?;
    for results in &all {
        let path = directory.join(format!("{}.md", results.scenario.id));
        put(&path, &page::of(results, &notes))?;
    }
    let profiles = profiles::of(directory, &notes)?;
    if let Some(page) = &profiles {
        put(&directory.join("profiles.md"), page)?;
    }
    let plots = plot::write(directory, &all)?;
    let beside = Beside { node: directory.join("node.md").is_file(), profiles: profiles.is_some() };
    put(&directory.join("README.md"), &overview::of(&all, &plots, beside, &notes))?;
    let readme = Path::new("README.md");
    if directory.ends_with(DIRECTORY)
        && let Some(text) = short::filled(&fs::read_to_string(readme)?, &all)
    {
        put(readme, &text)?;
    }
    Ok(())
}

/// What was measured of every scenario, in the order of their numbers, which is not the one in
/// which they are run.
fn results(directory: &Path) -> anyhow::Result<Vec<Results>> {
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
            only: None,
        };
        let cases: Vec<CaseResult> = (scenario.cases)(plan)
            .into_iter()
            .filter_map(|case| results_of(case, &lines))
            .collect();
        if !cases.is_empty() {
            all.push(Results { scenario, cases });
        }
    }
    all.sort_by_key(|results| number(results.scenario.id));
    Ok(all)
}

/// Other pages that there are.
#[derive(Clone, Copy, Debug)]
struct Beside {
    node: bool,
    profiles: bool,
}

/// `p10` comes after `p9`, `p1f` after `p1`.
fn number(id: &str) -> (u32, &str) {
    let rest = id.trim_start_matches('p');
    let end = rest.find(|one: char| !one.is_ascii_digit()).unwrap_or(rest.len());
    (rest[..end].parse().unwrap_or(u32::MAX), &rest[end..])
}

/// `P1f`, as the texts have it.
fn code(results: &Results) -> String {
    results.scenario.id.replacen('p', "P", 1)
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
