//! `cargo xtask test`: everything that must hold, in the one profile that development uses.
//!
//! Builds the binary, installs what the suites need (stock clients, Kafka's tools and server) from
//! their lock files, runs `cargo xtask check` and `cargo xtask guard`, then every test of the
//! workspace.
//! Each step says what it does; the end says how each went. The first step that fails ends the run
//! with its exit code; tests run to the end, so that one failure does not hide another.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs all steps; `arguments` after the verb go to `cargo test` (a filter, for example).
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut done: Vec<(&str, Duration)> = Vec::new();
    step(&mut done, "build the binaries", || cargo(&["build", "--workspace", "--bins"]))?;
    step(&mut done, "install stock clients and Kafka's tools", || {
        let mut setup = Command::new(target().join("debug/keld-test-setup"));
        checked(&mut setup)
    })?;
    step(&mut done, "check layers, documents and style", || cargo(&["xtask", "check"]))?;
    step(&mut done, "compare instruction counts with the baselines", || crate::guard::run(&[]))?;
    let mut counts = Counts::default();
    step(&mut done, "test", || {
        counts = tests(arguments)?;
        ensure!(counts.failed == 0, "{} tests failed: {}", counts.failed, counts.names.join(", "));
        ensure!(counts.passed > 0, "no test ran");
        Ok(())
    })?;
    say("\nsummary");
    for (name, time) in &done {
        say(&format!("  ok  {name} ({} s)", time.as_secs()));
    }
    say(&format!("  {} tests passed", counts.passed));
    Ok(())
}

fn step(
    done: &mut Vec<(&'static str, Duration)>,
    name: &'static str,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    say(&format!("\n== {name}"));
    #[expect(clippy::disallowed_methods, reason = "a person reads how long a step took")]
    let start = Instant::now();
    work().with_context(|| format!("step failed: {name}"))?;
    done.push((name, start.elapsed()));
    Ok(())
}

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    names: Vec<String>,
}

/// Runs `cargo test --workspace`, passing its output on and adding its results up.
fn tests(arguments: &[String]) -> Result<Counts> {
    let mut command = Command::new(cargo_program());
    command.args(["test", "--workspace", "--no-fail-fast"]).args(arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().context("start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        say(&line);
        if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            counts.names.push(name.to_owned());
        }
        if let Some(rest) = line.strip_prefix("test result: ") {
            counts.passed += number_before(rest, " passed");
            counts.failed += number_before(rest, " failed");
        }
    }
    let status = child.wait()?;
    // Without a failed test it did not compile, or a test binary died.
    ensure!(status.success() || counts.failed > 0, "cargo test ended with {status}");
    Ok(counts)
}

fn number_before(text: &str, word: &str) -> u64 {
    text.split(word)
        .next()
        .and_then(|before| before.rsplit([' ', ';']).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    checked(Command::new(cargo_program()).args(arguments))
}

fn checked(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

pub(crate) fn cargo_program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

pub(crate) fn say(line: &str) {
    // Nobody to tell when standard output is closed.
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::number_before;

    #[test]
    fn results_of_cargo_test_are_counted() {
        let line = "FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(number_before(line, " passed"), 12);
        assert_eq!(number_before(line, " failed"), 3);
        assert_eq!(number_before("nothing", " failed"), 0);
    }
}
