//! The node by itself: start, idle memory, idle processor time, size.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use crate::Options;
use crate::process::{Broker, complete, free_port, now, pause, write_properties};

/// A cluster id; any valid one serves.
const CLUSTER_ID: &str = "4L6g3nShT-eMCtK--X86sw";

/// How long the node is left alone before and while its idleness is measured.
const SETTLE: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(10);

/// One system under measurement: how it is formatted and started.
struct Subject<'a> {
    name: &'a str,
    command: &'a dyn Fn(&[&str], Verb) -> Command,
}

#[derive(Clone, Copy)]
enum Verb {
    Format,
    Start,
}

struct Figures {
    start_ms: Vec<f64>,
    resident_mb: Vec<f64>,
    idle_percent: Vec<f64>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    fs::create_dir_all(&options.out)?;
    let binary_mb = fs::metadata(&options.keld).context("the keld binary")?.len() as f64 / 1e6;
    let keld = |arguments: &[&str], verb| {
        let mut command = Command::new(&options.keld);
        match verb {
            Verb::Format => command.args(["storage", "format"]),
            Verb::Start => command.arg("start"),
        };
        command.args(arguments);
        command
    };
    let jars = options.kafka_jars.clone();
    let kafka = |arguments: &[&str], verb| {
        let mut command = Command::new("java");
        let jars = jars.as_deref().unwrap_or(Path::new("."));
        command.args(["-Xmx1g", "-Xms1g", "-cp", &format!("{}/*", jars.display())]);
        match verb {
            Verb::Format => command.args(["kafka.tools.StorageTool", "format"]),
            Verb::Start => command.arg("kafka.Kafka"),
        };
        command.args(arguments);
        command
    };
    let mut subjects = vec![Subject { name: "keld", command: &keld }];
    if jars.is_some() {
        subjects.push(Subject { name: "kafka", command: &kafka });
    }
    let mut raw = fs::File::create(options.out.join("node.jsonl"))?;
    let mut table = String::from(
        "| system | start to first answer, ms | idle memory (RSS), MB | idle CPU, % of a core |\n\
         |---|---|---|---|\n",
    );
    for subject in &subjects {
        let figures = measure(subject, options.runs, &mut raw)?;
        table.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            subject.name,
            spread(figures.start_ms, 1),
            spread(figures.resident_mb, 1),
            spread(figures.idle_percent, 2),
        ));
    }
    writeln!(raw, "{}", json!({"system": "keld", "figure": "binary_mb", "value": binary_mb}))?;
    let page = format!(
        "# The node by itself\n\nMade by `cargo xtask bench node`: median [least to most] of {} runs on one machine; raw figures in `docs/benchmarks/node.jsonl`.\n\
         Each run formats a fresh directory, starts the release binary (Apache Kafka 4.3.1: the jars, 1 GB heap), asks ApiVersions until it is answered, waits {} s, then watches {} s of idleness.\n\n{table}\nThe release binary has {binary_mb:.1} MB.\n",
        options.runs,
        SETTLE.as_secs(),
        IDLE.as_secs()
    );
    fs::write(options.out.join("node.md"), &page)?;
    println!("{page}");
    Ok(())
}

fn measure(subject: &Subject<'_>, runs: usize, raw: &mut fs::File) -> anyhow::Result<Figures> {
    let mut figures = Figures { start_ms: vec![], resident_mb: vec![], idle_percent: vec![] };
    for run in 1..=runs {
        eprintln!("{}: run {run} of {runs}", subject.name);
        let dir = tempfile::tempdir()?;
        let (port, controller) = (free_port()?, free_port()?);
        write_properties(dir.path(), port, controller)?;
        let properties = dir.path().join("server.properties").display().to_string();
        complete((subject.command)(&["-t", CLUSTER_ID, "-c", &properties], Verb::Format))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut broker = Broker::start((subject.command)(&[&properties], Verb::Start), address)?;
        let start_ms = broker.first_answer()?.as_secs_f64() * 1e3;
        pause(SETTLE);
        let (before, began) = (broker.processor_time()?, now());
        pause(IDLE);
        let used = broker.processor_time()?.saturating_sub(before);
        let idle_percent = used.as_secs_f64() / began.elapsed().as_secs_f64() * 100.0;
        let resident_mb = broker.resident_bytes()? as f64 / 1e6;
        writeln!(
            raw,
            "{}",
            json!({"system": subject.name, "run": run, "start_ms": start_ms,
                   "resident_mb": resident_mb, "idle_percent": idle_percent})
        )?;
        figures.start_ms.push(start_ms);
        figures.resident_mb.push(resident_mb);
        figures.idle_percent.push(idle_percent);
    }
    Ok(figures)
}

/// `median [least to most]`.
fn spread(mut values: Vec<f64>, decimals: usize) -> String {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let last = values.len().saturating_sub(1);
    format!("{:.decimals$} [{:.decimals$} to {:.decimals$}]", at(last / 2), at(0), at(last))
}
