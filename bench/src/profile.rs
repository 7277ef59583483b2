//! Where a broker's processor time goes: P1 and P6 under `perf`, as flame graphs.
//!
//! `cargo xtask bench profile` builds the release binary once more, with names and frame pointers,
//! so that call graphs are whole. The graphs are `p1-flame.svg` and `p6-flame.svg`; what each
//! function took by itself goes to `profile.jsonl`, from which the report makes its tables.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use inferno::collapse::Collapse as _;
use inferno::collapse::perf::{Folder, Options as FolderOptions};
use inferno::flamegraph;
use serde_json::json;

use crate::raw::{Client, NewTopic, Replicas};
use crate::scenarios::Beside;
use crate::server::{Server, complete, pause};
use crate::subject::{Program, Subject};
use crate::tools::Tools;

/// The raw figures of the profiles, one line each.
pub(crate) const FILE: &str = "profile.jsonl";

/// Samples a second of each processor; no round number, so that nothing keeps in step with it.
const FREQUENCY: &str = "997";

/// Load before the samples, and how long they are taken.
const WARMING: Duration = Duration::from_secs(2);
const SECONDS: u64 = 8;

/// A flame graph is not to be larger.
const SVG_BYTES_MAX: u64 = 300_000;

/// Functions that are named in the tables.
const FUNCTIONS: usize = 15;

const PERF_IS_MISSING: &str = "\
perf is not there or may not be used. Debian: apt install linux-perf; as another user than root: \
sysctl kernel.perf_event_paranoid=1 kernel.kptr_restrict=0";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to profile: p1, p6; both without one
    scenarios: Vec<String>,
    /// The release binary, with names and frame pointers
    #[arg(long)]
    keld: PathBuf,
    /// The librdkafka client
    #[arg(long)]
    client: PathBuf,
    #[arg(long, default_value = "target/bench")]
    scratch: PathBuf,
    /// Where the graphs go
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

impl Arguments {
    /// Where the graphs go.
    pub(crate) fn out(&self) -> &Path {
        &self.out
    }
}

/// A load that is profiled.
struct Load {
    id: &'static str,
    title: &'static str,
    command: fn(&Tools, &Server, u64) -> anyhow::Result<Command>,
}

const TOPIC: &str = "profiled";

const LOADS: [Load; 2] = [
    Load {
        id: "p1",
        title: "P1: raw driver, batches of 63 records of 1 KiB, one connection, five under way, acks=1",
        command: |tools, server, seconds| {
            let mut driver = tools.raw("produce", server.address(), TOPIC)?;
            driver.args(["--records", "63", "--depth", "5", "--seconds", &seconds.to_string()]);
            Ok(driver)
        },
    },
    Load {
        id: "p6",
        title: "P6: librdkafka, 10,000 records of 1 KiB a second, produced and consumed one by one",
        command: |tools, server, seconds| {
            let mut client = tools.client("latency", server.address(), TOPIC);
            client.args(["--rate", "10000", "--seconds", &seconds.to_string(), "--size", "1024"]);
            client.args(["-X", "acks=1", "-X", "linger.ms=0"]);
            client.args(["-C", "fetch.wait.max.ms=500", "-C", "fetch.min.bytes=1"]);
            Ok(client)
        },
    },
];

/// Profiles and writes graphs and figures.
pub(crate) fn run(arguments: Arguments, session: &str) -> anyhow::Result<()> {
    let perf = Command::new("perf").arg("--version").stdout(Stdio::null()).status();
    ensure!(perf.is_ok_and(|status| status.success()), PERF_IS_MISSING);
    let here = std::env::current_dir()?;
    fs::create_dir_all(&arguments.scratch)?;
    fs::create_dir_all(&arguments.out)?;
    let tools = Tools {
        keld: here.join(&arguments.keld),
        kafka: PathBuf::new(),
        librdkafka: here.join(&arguments.client),
        scratch: here.join(&arguments.scratch),
    };
    for path in [&tools.keld, &tools.librdkafka] {
        ensure!(
            path.exists(),
            "{} is missing: `cargo xtask bench profile` makes it",
            path.display()
        );
    }
    let named = |load: &&Load| {
        let names = &arguments.scenarios;
        names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case(load.id))
    };
    let chosen: Vec<&Load> = LOADS.iter().filter(named).collect();
    ensure!(!chosen.is_empty(), "there are profiles of p1 and p6");
    let path = arguments.out.join(FILE);
    let old = fs::read_to_string(&path).unwrap_or_default();
    let is_new =
        |line: &&str| chosen.iter().any(|load| line.contains(&format!("\"id\":\"{}\"", load.id)));
    let mut lines: Vec<String> =
        old.lines().filter(|line| !is_new(line)).map(str::to_owned).collect();
    for load in chosen {
        eprintln!("{}: {SECONDS} s", load.title);
        let folded = record(&tools, load)?;
        let svg = arguments.out.join(format!("{}-flame.svg", load.id));
        draw(load, &folded, &svg)?;
        lines.push(figures(load, &folded, session).to_string());
        eprintln!("{}", svg.display());
    }
    lines.sort();
    fs::write(&path, lines.join("\n") + "\n").with_context(|| format!("write {}", path.display()))
}

/// Stacks and how long they were seen, in ns of processor time, one a line.
fn record(tools: &Tools, load: &Load) -> anyhow::Result<String> {
    let mut server =
        Server::start(Program::Keld, tools, &[("log.retention.check.interval.ms", "1000")])?;
    let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let bounded = [("segment.bytes", "134217728"), ("retention.bytes", "1073741824")];
    let configs = Subject::KeldReplicated.topic_options().iter().copied().chain(bounded).map(own);
    let topic = NewTopic {
        name: TOPIC.to_owned(),
        partitions: 1,
        replicas: Replicas::Count(1),
        configs: configs.collect(),
    };
    let mut client = Client::connect(server.address())?;
    client.create_topics(&[topic])?.none()?;
    client.wait_until_served(TOPIC, 1, Duration::from_secs(60))?;
    let working = Beside::start((load.command)(tools, &server, SECONDS + 4)?)?;
    pause(WARMING);
    let directory = tempfile::tempdir_in(&tools.scratch)?;
    let data = directory.path().join("perf.data");
    let mut perf = Command::new("perf");
    perf.args(["record", "-e", "cpu-clock", "--call-graph", "fp", "-F", FREQUENCY, "-o"]);
    perf.arg(&data).args(["-p", &server.pid()?.to_string(), "--", "sleep", &SECONDS.to_string()]);
    complete(perf).context(PERF_IS_MISSING)?;
    working.finish()?;
    server.kill()?;
    fold(&data)
}

fn fold(data: &Path) -> anyhow::Result<String> {
    let mut script = Command::new("perf");
    // Inlined functions would take minutes to look up.
    script.args(["script", "--no-inline", "--force", "-i"]).arg(data);
    let mut script = script.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let output = script.stdout.take().context("no output of perf")?;
    let mut folded = Vec::new();
    Folder::from(FolderOptions::default()).collapse(BufReader::new(output), &mut folded)?;
    ensure!(script.wait()?.success(), "perf script failed");
    let text = String::from_utf8_lossy(&folded).into_owned();
    if text.is_empty() {
        bail!("no samples: {PERF_IS_MISSING}");
    }
    Ok(text)
}

/// Draws the graph, without the thinnest towers where it would be too large.
fn draw(load: &Load, folded: &str, path: &Path) -> anyhow::Result<()> {
    for min_width in [0.05, 0.1, 0.2, 0.4, 0.8] {
        let mut options = flamegraph::Options::default();
        options.title = load.title.to_owned();
        options.count_name = "ns".to_owned();
        options.deterministic = true;
        options.min_width = min_width;
        let file = File::create(path).with_context(|| format!("create {}", path.display()))?;
        flamegraph::from_lines(&mut options, folded.lines(), BufWriter::new(file))?;
        if fs::metadata(path)?.len() < SVG_BYTES_MAX {
            return Ok(());
        }
    }
    bail!("{} is larger than {SVG_BYTES_MAX} bytes", path.display())
}

/// Shares of what functions took by themselves, the greatest first.
fn figures(load: &Load, folded: &str, session: &str) -> serde_json::Value {
    let mut own: BTreeMap<&str, u64> = BTreeMap::new();
    let mut all = 0;
    for (stack, count) in folded.lines().filter_map(stack_of) {
        all += count;
        *own.entry(stack.rsplit(';').next().unwrap_or(stack)).or_default() += count;
    }
    let mut functions: Vec<(&str, u64)> = own.into_iter().collect();
    functions.sort_by_key(|(name, count)| (u64::MAX - count, *name));
    let share = |count: u64| (count as f64 * 1e4 / all.max(1) as f64).round() / 100.0;
    let functions: Vec<_> = functions
        .iter()
        .take(FUNCTIONS)
        .map(|(name, count)| json!([name, share(*count)]))
        .collect();
    json!({"id": load.id, "title": load.title, "session": session,
           "seconds": (all as f64 / 1e7).round() / 1e2, "functions": functions})
}

/// A folded line: the stack, and how long it was seen.
fn stack_of(line: &str) -> Option<(&str, u64)> {
    let (stack, count) = line.rsplit_once(' ')?;
    Some((stack, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDED: &str =
        "keld;main;copy 300000000\nkeld;main;send;copy 300000000\nkeld;main 400000000\n";

    #[test]
    fn functions_are_ordered_by_what_they_took_themselves() {
        let figures = figures(&LOADS[0], FOLDED, "now");
        assert_eq!(figures["seconds"], 1.0);
        assert_eq!(figures["functions"], json!([["copy", 60.0], ["main", 40.0]]));
    }

    #[test]
    fn a_graph_is_drawn_of_folded_stacks() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("flame.svg");
        draw(&LOADS[1], FOLDED, &path).unwrap();
        let svg = fs::read_to_string(path).unwrap();
        assert!(svg.contains("<svg") && svg.contains("copy") && svg.contains("P6: librdkafka"));
    }
}
