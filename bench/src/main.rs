//! Measurements of the release binary beside Apache Kafka.
//!
//! `keld-bench node --keld BINARY [--kafka JARS-DIRECTORY] [--runs N] --out FOLDER`
//! measures the node by itself: time from the start of the process to the first answered request,
//! memory and processor time when idle, size of the binary. Raw results are JSON lines, one a
//! figure; the table is made from them.

mod node;
mod process;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

/// What a run is asked for.
#[derive(Debug)]
struct Options {
    keld: PathBuf,
    kafka_jars: Option<PathBuf>,
    runs: usize,
    out: PathBuf,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("keld-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let scenario = arguments.next().context("name a scenario: node")?;
    let (mut keld, mut kafka_jars, mut runs, mut out) = (None, None, 5, None);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{flag} takes a value"))?;
        match flag.as_str() {
            "--keld" => keld = Some(PathBuf::from(value)),
            "--kafka" => kafka_jars = Some(PathBuf::from(value)),
            "--runs" => runs = value.parse().context("--runs takes a number")?,
            "--out" => out = Some(PathBuf::from(value)),
            _ => bail!("unknown flag {flag}: --keld, --kafka, --runs or --out"),
        }
    }
    let options = Options {
        keld: keld.context("--keld BINARY is missing")?,
        kafka_jars,
        runs,
        out: out.context("--out FOLDER is missing")?,
    };
    match scenario.as_str() {
        "node" => node::run(&options),
        _ => bail!("unknown scenario {scenario}: node"),
    }
}
