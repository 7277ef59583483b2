//! Measurements of the release binary beside Apache Kafka.
//!
//! `cargo xtask bench` builds everything and calls `keld-bench run`; the other verbs are what it
//! starts as processes of their own. `scenario` says how the parts fit together.

mod admin;
mod arena;
mod ceiling;
mod cluster;
mod environment;
mod estimate;
mod measurement;
mod metric;
mod node;
mod probe;
mod proc;
mod process;
mod profile;
mod raw;
mod report;
mod runner;
mod scenario;
mod scenarios;
mod seat;
mod server;
mod stats;
mod subject;
mod summary;
mod sync_methods;
mod timeline;
mod tools;
mod warm;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Parser, Subcommand};

use crate::estimate::Estimates;
use crate::runner::Runner;
use crate::scenario::{Plan, Scenario};
use crate::tools::Tools;

/// Pairs of a measurement, and of a quick look.
const ROUNDS: u32 = 5;
const ROUNDS_QUICK: u32 = 1;

/// How long the soak lasts, and a quick one.
const MINUTES: u32 = 30;
const MINUTES_QUICK: u32 = 1;

#[derive(Parser)]
#[command(name = "keld-bench", about = "Measures Keld beside Apache Kafka")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run scenarios and write their results
    Run(RunArguments),
    /// Serve as the broker that throws records away
    Ceiling { address: SocketAddr },
    /// Write tables and plots from the raw lines
    Report {
        /// Where the raw lines are and the pages go
        #[arg(long, default_value = "docs/benchmarks")]
        out: PathBuf,
    },
    /// Prepared requests on plain sockets, as a process of their own
    Raw(raw::Arguments),
    /// Where the broker's processor time goes, as flame graphs
    Profile(profile::Arguments),
    /// Ways to make appends to many files durable, on the volume of a directory
    SyncMethods { dir: PathBuf },
    /// The node by itself: start, idle memory, idle processor time, size of the binary
    Node(NodeArguments),
}

#[derive(Args)]
struct RunArguments {
    /// Scenarios by their ids; all without one
    scenarios: Vec<String>,
    /// Small volumes and one round, to see that everything works
    #[arg(long)]
    quick: bool,
    /// Rounds of every case
    #[arg(long)]
    rounds: Option<u32>,
    /// How long the soak (p16) lasts
    #[arg(long)]
    minutes: Option<u32>,
    /// Only cases with this text in their name
    #[arg(long)]
    case: Option<String>,
    /// Minutes that all may take: without time left, nothing is repeated and rounds are left out
    #[arg(long)]
    within: Option<u32>,
    /// Say which scenarios there are and how long they take
    #[arg(long)]
    list: bool,
    /// The release binary
    #[arg(long, default_value = "target/release/keld")]
    keld: PathBuf,
    /// The folder of Apache Kafka's jars
    #[arg(long, default_value = "target/test-deps/kafka-4.3.1")]
    kafka: PathBuf,
    /// The librdkafka client
    #[arg(long, default_value = "target/bench-client/release/keld-bench-client")]
    client: PathBuf,
    /// Where servers keep their data meanwhile
    #[arg(long, default_value = "target/bench")]
    scratch: PathBuf,
    /// Where results go [default: docs/benchmarks, with --quick target/bench/quick]
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Args)]
struct NodeArguments {
    #[arg(long)]
    keld: PathBuf,
    #[arg(long)]
    kafka: Option<PathBuf>,
    #[arg(long, default_value_t = 5)]
    runs: usize,
    #[arg(long)]
    out: PathBuf,
}

/// What a run of `node` is asked for.
#[derive(Debug)]
struct Options {
    keld: PathBuf,
    kafka_jars: Option<PathBuf>,
    runs: usize,
    out: PathBuf,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Run(arguments) => run(arguments),
        Verb::Ceiling { address } => ceiling::serve(address),
        Verb::Report { out } => report::write(&out),
        Verb::Raw(arguments) => raw::run(arguments),
        Verb::Profile(arguments) => {
            let out = arguments.out().to_owned();
            session()
                .and_then(|session| profile::run(arguments, &session))
                .and_then(|()| report::write(&out))
        }
        Verb::SyncMethods { dir } => sync_methods::run(&dir),
        Verb::Node(NodeArguments { keld, kafka, runs, out }) => {
            node::run(&Options { keld, kafka_jars: kafka, runs, out })
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("keld-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let chosen = choose(scenarios::all(), &arguments.scenarios)?;
    let rounds = if arguments.quick { ROUNDS_QUICK } else { ROUNDS };
    let minutes = if arguments.quick { MINUTES_QUICK } else { MINUTES };
    let plan = Plan {
        quick: arguments.quick,
        rounds: arguments.rounds.unwrap_or(rounds),
        minutes: arguments.minutes.unwrap_or(minutes),
        within: arguments.within,
        only: arguments.case.map(|text| &*text.leak()),
    };
    let here = std::env::current_dir()?;
    let quick = if plan.quick { "target/bench/quick" } else { "docs/benchmarks" };
    let out = here.join(arguments.out.unwrap_or_else(|| PathBuf::from(quick)));
    if arguments.list {
        list(plan, &out, &chosen);
        return Ok(());
    }
    std::fs::create_dir_all(&arguments.scratch)?;
    let tools = Tools {
        keld: here.join(arguments.keld),
        kafka: here.join(arguments.kafka),
        librdkafka: here.join(arguments.client),
        scratch: here.join(arguments.scratch),
    };
    for path in [&tools.keld, &tools.kafka, &tools.librdkafka] {
        anyhow::ensure!(
            path.exists(),
            "{} is missing: `cargo xtask bench` makes it",
            path.display()
        );
    }
    let mut runner = Runner::new(plan, tools, out.clone(), session()?)?;
    let failed = runner.run(&chosen);
    report::write(&out)?;
    eprintln!("results are in {}", out.display());
    if failed.is_empty() {
        return Ok(());
    }
    for one in &failed {
        eprintln!("failed: {one}");
    }
    bail!("{} runs failed; the pages name them", failed.len())
}

fn choose(all: Vec<Scenario>, names: &[String]) -> anyhow::Result<Vec<Scenario>> {
    if names.is_empty() {
        return Ok(all);
    }
    for name in names {
        let known = all.iter().any(|scenario| scenario.id.eq_ignore_ascii_case(name));
        let ids: Vec<&str> = all.iter().map(|scenario| scenario.id).collect();
        anyhow::ensure!(known, "no scenario {name}; there are {}", ids.join(", "));
    }
    // In their own order, in which servers are started the fewest times.
    let named = |one: &Scenario| names.iter().any(|name| one.id.eq_ignore_ascii_case(name));
    Ok(all.into_iter().filter(named).collect())
}

/// Names scenarios and how long they take.
fn list(plan: Plan, out: &Path, chosen: &[Scenario]) {
    let estimates = Estimates::read(plan, out);
    let mut all = 0.0;
    println!("{:<6} {:>7}  at this number of rounds", "", "minutes");
    for scenario in chosen {
        let seconds = estimates.of(scenario);
        all += seconds;
        println!("{:<6} {:>7}  {}", scenario.id, runner::minutes(seconds), scenario.title);
    }
    println!("{:<6} {:>7}", "", runner::minutes(all));
}

/// The name of a session: when it began, UTC, to the second.
fn session() -> anyhow::Result<String> {
    Ok(jiff::Timestamp::now().round(jiff::Unit::Second)?.to_string())
}
