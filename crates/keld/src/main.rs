//! The keld binary: which job is asked for, and its exit code. Everything else is in the crates.

mod demo;
mod dev;
mod http;
mod local;
mod local_cluster;
mod logging;
mod start;
mod storage;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

/// The allocator: memory that was used once is kept for the next request, as first-touched pages
/// cost more than anything the broker does with them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Keld: an event streaming platform that speaks Apache Kafka's protocol

Usage: keld <COMMAND>

Run a node:
  dev       a broker on 127.0.0.1:9092, or several (--nodes), no configuration
  start     a node by its server.properties
  storage   format a node's directories, draw ids
  demo      the whole of it on your machine's own log files

Use a cluster (keld <COMMAND> --help says how):
  topic     create, list, describe, change and delete topics
  produce   write records from standard input or a file
  consume   read records
  group     look at consumer groups, reset their offsets
  config    show and change settings
  cluster   look at a cluster's health and parts, drain and rebalance brokers
  log       look into the files of a partition

Kafka's scripts, by name or as the first word, take their own flags:
  kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups,
  kafka-configs, kafka-get-offsets, kafka-dump-log, kafka-reassign-partitions,
  kafka-leader-election, kafka-metadata-quorum, kafka-features, kafka-cluster, kafka-log-dirs,
  kafka-storage, kafka-server-start

Example:
  keld dev
  echo hello | keld produce -t greetings
  keld consume -t greetings -o beginning -e
";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match run(words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("keld: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: Vec<OsString>) -> anyhow::Result<ExitCode> {
    let mut arguments: Vec<String> =
        words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let program = arguments.first().map(Path::new).and_then(Path::file_stem);
    let program = program.and_then(OsStr::to_str).unwrap_or("keld").to_owned();
    if !program.starts_with("kafka-") && !arguments.is_empty() {
        arguments.remove(0);
    }
    let verb = arguments.first().map(Path::new).and_then(Path::file_stem);
    match verb.and_then(OsStr::to_str).unwrap_or_default() {
        "" => {
            print!("{HELP}");
            Ok(ExitCode::FAILURE)
        }
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        "version" | "-V" | "--version" => {
            println!("keld {} (Apache Kafka 4.3 protocol)", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        "start" | "kafka-server-start" => start::run(&arguments),
        "storage" | "kafka-storage" => storage::run(&arguments),
        "dev" => dev::run(&arguments),
        "demo" => demo::run(&arguments),
        other if keld_cli::is_verb(other) || keld_cli::is_kafka_script(other) => {
            Ok(keld_cli::run(words))
        }
        other => {
            let own = ["start", "storage", "dev", "demo", "help", "version"];
            let known = own.into_iter().chain(keld_cli::verbs().map(|(name, _)| name));
            let nearest = keld_config::nearest(other, known);
            let hint = nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            anyhow::bail!("unknown command `{other}`{hint} `keld help` lists them all")
        }
    }
}
