//! The keld binary: which job is asked for, and its exit code. Everything else is in the crates.

mod demo;
mod dev;
mod http;
mod local;
mod logging;
mod start;
mod storage;

use std::ffi::OsStr;
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
  dev       a broker on 127.0.0.1:9092, no configuration
  start     a node by its server.properties
  storage   format a node's directories, draw ids
  demo      the whole of it on your machine's own log files

Use a cluster (keld <COMMAND> --help says how):
  topic     list, create, describe, alter, delete
  produce   records from standard input
  consume   records to standard output
  group     list, describe, reset, delete
  config    describe, alter
  cluster   id, nodes, quorum, features
  log       dump a segment file

Kafka's scripts, by name or as the first word, take their own flags:
  kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups,
  kafka-configs, kafka-get-offsets, kafka-dump-log, kafka-storage, kafka-server-start

Example:
  keld dev
  echo hello | keld produce -t greetings
  keld consume -t greetings -o beginning -e
";

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("keld: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let called_as = arguments.first().map(Path::new).and_then(Path::file_stem);
    let called_as = called_as.and_then(OsStr::to_str).unwrap_or("keld").to_owned();
    let is_keld = !called_as.starts_with("kafka-");
    if is_keld && !arguments.is_empty() {
        arguments.remove(0);
    }
    let verb = if is_keld { arguments.first().cloned().unwrap_or_default() } else { called_as };
    match verb.trim_end_matches(".sh") {
        "" | "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(if verb.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        "version" | "-V" | "--version" => {
            println!("keld {} (Apache Kafka 4.3 protocol)", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        "start" | "kafka-server-start" => start::run(&arguments),
        "storage" | "kafka-storage" => storage::run(&arguments),
        "dev" => dev::run(&arguments),
        "demo" => demo::run(&arguments),
        _ => start::runtime().map(|runtime| keld_cli::run(&arguments, &runtime)),
    }
}
