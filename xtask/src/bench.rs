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

/// Where the release binary is built once more for profiles.
const PROFILE_TARGET: &str = "target/bench-profile";

const HELP: &str = "\
Measures the release binary of Keld beside Apache Kafka 4.3.1 on this machine

Usage: cargo xtask bench [SCENARIO…] [OPTIONS]

Without a scenario it runs all of them. Leave the machine alone meanwhile: runs in which other
programs use more than 5 % of it are void and are repeated. Every run is written when it is over, so
an interrupted session keeps what it has; `report` makes pages of it.

Options:
  --list         say which scenarios there are, and how long each takes at the rounds asked for
  --quick        small volumes, one round, no repetition: shows in 35 minutes that everything works;
                 results go to target/bench/quick
  --rounds N     rounds of every case; 5 without it
  --within N     minutes that all may take: void runs are repeated, and further rounds run, only
                 while there is time for it
  --case TEXT    only cases with this text in their name
  --minutes N    how long the soak (p16) lasts; 30 without it
  --out FOLDER   where results go; docs/benchmarks without it

Instead of a scenario:
  report         only write tables and plots again, from the raw lines in docs/benchmarks and the
                 texts in docs/benchmarks/notes.md
  profile        flame graphs of P1 and P6 (needs perf), by a build of their own
  node           the node by itself: start, idle memory, size

Needs java 17 or later, mvn to get Kafka once, and cc, make and python3 or perl for librdkafka.

Example:
  cargo xtask bench p1 p6
  cargo xtask bench p1 p4 --rounds 2 --list
";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has("--help") || has("-h") || has("help") {
        print!("{HELP}");
        return Ok(());
    }
    let first = arguments.first().map(String::as_str);
    if has("--list") || first == Some("report") {
        cargo(&["build", "--release", "--quiet", "--package", "keld-bench"])?;
        if has("--list") {
            return bench(&["run"], arguments);
        }
        return bench(&["report"], &arguments[1..]);
    }
    let client = format!("{CLIENT_TARGET}/release/keld-bench-client");
    if first == Some("profile") {
        needed(&[("perf", "Debian: apt install linux-perf")])?;
        cargo(&["build", "--release", "--package", "keld-bench"])?;
        build_client()?;
        build_for_profiles()?;
        let keld = format!("{PROFILE_TARGET}/release/keld");
        return bench(&["profile", "--keld", &keld, "--client", &client], &arguments[1..]);
    }
    needed(&[("java", "Debian: apt install openjdk-17-jre-headless")])?;
    if !Path::new(JARS).exists() {
        needed(&[("mvn", "it gets Apache Kafka's jars once; Debian: apt install maven")])?;
    }
    cargo(&["build", "--release", "--package", "keld", "--package", "keld-bench"])?;
    build_client()?;
    if !Path::new(JARS).exists() {
        cargo(&["run", "--package", "keld-testkit", "--bin", "keld-test-setup", "--", "kafka"])?;
    }
    if first == Some("node") {
        let node = ["node", "--keld", KELD, "--kafka", JARS, "--out", "docs/benchmarks"];
        return bench(&node, &arguments[1..]);
    }
    bench(&["run", "--keld", KELD, "--kafka", JARS, "--client", &client], arguments)
}

/// The librdkafka client, which is C and needs a compiler of its own.
fn build_client() -> Result<()> {
    if !Path::new(CLIENT_TARGET).exists() {
        needed(&[("cc", "Debian: apt install gcc"), ("make", "Debian: apt install make")])?;
    }
    cargo(&[
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        "bench/client/Cargo.toml",
        "--target-dir",
        CLIENT_TARGET,
    ])
}

/// The release binary with what `perf` needs to tell functions and their callers.
fn build_for_profiles() -> Result<()> {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command
        .args(["build", "--release", "--package", "keld", "--target-dir", PROFILE_TARGET])
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env("CARGO_PROFILE_RELEASE_STRIP", "false")
        .env("RUSTFLAGS", "-C force-frame-pointers=yes");
    finish(command)
}

/// An error that names the first program that is not there, and how to get it.
fn needed(programs: &[(&str, &str)]) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for (program, advice) in programs {
        if !std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
            bail!("{program} is missing: {advice}");
        }
    }
    Ok(())
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
