//! `cargo xtask bench [SCENARIO…] [--quick]`: measurements of the release binary beside Apache Kafka.
//!
//! Builds the release binary, `bench/` and its librdkafka client, gets Kafka's jars as the tests do,
//! runs the scenarios and writes the report. Everything it makes is under `target/`, but the results.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Where `keld-test-setup` puts the jars of Kafka's server.
const JARS: &str = "target/test-deps/kafka-4.3.1";

const KELD: &str = "target/release/keld";

/// Where the librdkafka client is built, whose crate stands outside of the workspace.
const CLIENT_TARGET: &str = "target/bench-client";

const HELP: &str = "\
Measures the release binary of Keld beside Apache Kafka 4.3.1 on this machine

Usage: cargo xtask bench [SCENARIO…] [OPTIONS]

Without a scenario it runs all of them. Leave the machine alone meanwhile: runs in which other
programs use more than 5 % of it are void and are repeated.

Options:
  --list         say which scenarios there are
  --quick        small volumes, one round, no repetition: shows in 25 minutes that everything works;
                 results go to target/bench/quick
  --rounds N     rounds of every case; 5 without it
  --minutes N    how long the soak (p16) lasts; 30 without it
  --out FOLDER   where results go; docs/benchmarks without it

Instead of a scenario:
  report         only write tables and plots again, from the raw lines in docs/benchmarks

Example:
  cargo xtask bench p1 p6
  cargo xtask bench --quick
";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has("--help") || has("-h") || has("help") {
        print!("{HELP}");
        return Ok(());
    }
    if has("--list") || has("report") {
        cargo(&["build", "--release", "--quiet", "--package", "keld-bench"])?;
        return bench(if has("--list") { &["run", "--list"] } else { &["report"] }, &[]);
    }
    cargo(&["build", "--release", "--package", "keld", "--package", "keld-bench"])?;
    cargo(&[
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        "bench/client/Cargo.toml",
        "--target-dir",
        CLIENT_TARGET,
    ])?;
    if !Path::new(JARS).exists() {
        cargo(&["run", "--package", "keld-testkit", "--bin", "keld-test-setup", "--", "kafka"])?;
    }
    if arguments.first().is_some_and(|first| first == "node") {
        let node = ["node", "--keld", KELD, "--kafka", JARS, "--out", "docs/benchmarks"];
        return bench(&node, &arguments[1..]);
    }
    let client = format!("{CLIENT_TARGET}/release/keld-bench-client");
    bench(&["run", "--keld", KELD, "--kafka", JARS, "--client", &client], arguments)
}

fn bench(first: &[&str], rest: &[String]) -> Result<()> {
    let mut command = Command::new("target/release/keld-bench");
    command.args(first).args(rest);
    finish(command)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(arguments);
    finish(command)
}

fn finish(mut command: Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
