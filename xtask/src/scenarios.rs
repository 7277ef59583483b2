//! `cargo xtask scenarios [--passes N] [FILTER]...`: the scenarios of many nodes, one pass after the
//! other; then how often each passed.
//!
//! Without a filter these are the tests of `cluster` and `quorum`. A pass runs to its end whatever
//! fails in it.

use crate::test::{cargo, cargo_program, say};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Runs all passes and shows the summary; fails when anything did.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (passes, filters) = parsed(arguments)?;
    cargo(&["build", "--bin", "keld"])?;
    let mut tally = Tally::default();
    for pass in 1..=passes {
        say(&format!("\n== pass {pass} of {passes}"));
        tests(&filters, &mut tally)?;
    }
    say("\nsummary: passes, failures, longest time without an acknowledgement");
    for line in tally.lines() {
        say(&line);
    }
    let failed: u32 = tally.0.values().map(|scenario| scenario.failed).sum();
    ensure!(!tally.0.is_empty(), "no scenario ran");
    ensure!(failed == 0, "{failed} failures");
    Ok(())
}

/// How many passes, and what to run.
fn parsed(arguments: &[String]) -> Result<(u32, Vec<&str>)> {
    let (mut passes, mut filters) = (1, Vec::new());
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--passes" => {
                let count = words.next().context("--passes needs a number")?;
                passes = count.parse().with_context(|| format!("--passes {count}"))?;
                ensure!(passes > 0, "--passes 0 would run nothing");
            }
            option if option.starts_with('-') => bail!("unknown option `{option}`: --passes"),
            filter => filters.push(filter),
        }
    }
    if filters.is_empty() {
        filters = vec!["cluster::", "quorum::"];
    }
    Ok((passes, filters))
}

/// One pass.
fn tests(filters: &[&str], tally: &mut Tally) -> Result<()> {
    let mut command = Command::new(cargo_program());
    command.args(["test", "-p", "keld-testkit", "--test", "it", "--"]).args(filters);
    command.arg("--show-output");
    let mut child = command.stdout(Stdio::piped()).spawn().context("start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut results = 0;
    for line in BufReader::new(output).lines() {
        let line = line?;
        say(&line);
        results += u32::from(tally.read(&line));
    }
    let status = child.wait()?;
    // Otherwise it did not compile, or died.
    ensure!(status.success() || results > 0, "cargo test ended with {status}");
    Ok(())
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Scenario {
    passed: u32,
    failed: u32,
    silence_ms: Option<u64>,
}

/// Scenarios by their names.
#[derive(Default)]
struct Tally(BTreeMap<String, Scenario>);

impl Tally {
    /// Takes in a line of output; whether it was the result of a test.
    fn read(&mut self, line: &str) -> bool {
        if let Some((name, result)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
        {
            let scenario = self.0.entry(name.to_owned()).or_default();
            match result {
                "ok" => scenario.passed += 1,
                _ => scenario.failed += 1,
            }
            return true;
        }
        if let Some((name, said)) =
            line.strip_prefix("scenario ").and_then(|rest| rest.split_once(": "))
        {
            let silence = said.split("longest silence ").nth(1);
            let silence_ms = silence.and_then(|rest| rest.split(' ').next()?.parse().ok());
            let scenario = self.0.entry(name.to_owned()).or_default();
            scenario.silence_ms = scenario.silence_ms.max(silence_ms);
        }
        false
    }

    fn lines(&self) -> Vec<String> {
        let line = |(name, scenario): (&String, &Scenario)| {
            let Scenario { passed, failed, silence_ms } = scenario;
            let silence = silence_ms.map_or_else(|| "-".to_owned(), |time| format!("{time} ms"));
            format!("{passed:>4} {failed:>4} {silence:>10}  {name}")
        };
        self.0.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Scenario, Tally, parsed};

    #[test]
    fn results_and_silences_are_counted_by_scenario() {
        let mut tally = Tally::default();
        let lines = [
            "running 2 tests",
            "test cluster::a::one ... ok",
            "test cluster::a::two ... FAILED",
            "scenario cluster::a::one: 900 records, longest silence 120 ms of java-staged-0-1",
            "test cluster::a::one ... ok",
            "scenario cluster::a::one: 900 records, longest silence 80 ms of java-staged-0-1",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored",
        ];
        let results: Vec<bool> = lines.iter().map(|line| tally.read(line)).collect();
        assert_eq!(results.iter().filter(|is_result| **is_result).count(), 3);
        let one = Scenario { passed: 2, failed: 0, silence_ms: Some(120) };
        let two = Scenario { passed: 0, failed: 1, silence_ms: None };
        assert_eq!(tally.0.into_values().collect::<Vec<_>>(), [one, two]);
    }

    #[test]
    fn passes_and_filters_are_read() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
        assert_eq!(parsed(&[]).expect("reads"), (1, vec!["cluster::", "quorum::"]));
        let given = words("--passes 5 cluster::pauses");
        assert_eq!(parsed(&given).expect("reads"), (5, vec!["cluster::pauses"]));
        for wrong in ["--passes", "--passes 0", "--passes x", "--pass 5"] {
            assert!(parsed(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
