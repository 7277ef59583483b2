//! `cargo xtask bench [node] [--runs N]`: measurements of the release binary beside Apache Kafka.
//!
//! Builds the release binary and `bench/`, gets Kafka's jars as the tests do, and runs the scenario;
//! results go to `docs/benchmarks/`.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Where `keld-test-setup` puts the jars of Kafka's server.
const JARS: &str = "target/test-deps/kafka-4.3.1";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (scenario, rest) = match arguments.split_first() {
        Some((first, rest)) if !first.starts_with("--") => (first.as_str(), rest),
        _ => ("node", arguments),
    };
    cargo(&["build", "--release", "--package", "keld", "--package", "keld-bench"])?;
    if !Path::new(JARS).exists() {
        cargo(&["run", "--package", "keld-testkit", "--bin", "keld-test-setup"])?;
    }
    let mut bench = Command::new("target/release/keld-bench");
    bench.args([scenario, "--keld", "target/release/keld", "--out", "docs/benchmarks"]);
    bench.args(["--kafka", JARS]).args(rest);
    finish(bench)
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
