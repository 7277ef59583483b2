//! P9: compaction.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;

use super::support::{bytes_of, segments};
use crate::arena::{Arena, derive, run_client};
use crate::metric::Figures;
use crate::proc::Cpu;
use crate::raw::{Client, NewTopic, Replicas};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::{Server, now, pause};
use crate::subject::Subject;

/// Compaction.
pub(crate) const P9: Scenario = Scenario {
    id: "p9",
    title: "P9: compaction",
    about: "One partition, 5,000,000 records of 1,024 bytes with one of 500,000 keys at random, lz4 in batches of 500, segments of \
            64 MiB; written with `cleanup.policy=delete`, which then becomes `compact`. \
            Bytes are those of the segments on the disk before; the time counts from the first sign of cleaning (a file of its own, or \
            another size of all segments) to the last; broker CPU from the change of the policy to the last sign. \
            Both servers look for work every second (`log.cleaner.backoff.ms`).",
    cases,
};

const METRICS: &[&str] =
    &["mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "seconds", "peak_rss_mb", "kept_mb"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

const TOPIC: &str = "compacted";

/// After the last sign of work it is over; longer than the servers wait between looks.
const QUIET: Duration = Duration::from_secs(6);

/// How long the first sign may take, and all of it.
const PATIENCE: Duration = Duration::from_mins(3);

const STEP: Duration = Duration::from_millis(10);

fn cases(plan: Plan) -> Vec<Case> {
    let records = plan.amount(5_000_000);
    let run = move |arena: &mut Arena, subject| compact(arena, subject, records);
    vec![
        case("500,000 keys, lz4", false, &LIKE, METRICS, run)
            .goal("mb_s", 3.0)
            .goal("cpu_s_gb", 0.33)
            .half_the_rounds(plan)
            .takes(75)
            .with_own_servers()
            .memory(records * 700),
    ]
}

fn compact(arena: &mut Arena, subject: Subject, records: u64) -> anyhow::Result<Figures> {
    arena.release_memory();
    let options = [("log.cleaner.backoff.ms", "1000")];
    let mut server = Server::start(subject.program(), arena.tools(), &options)?;
    let mut client = Client::connect(server.address())?;
    let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let configs = subject
        .topic_options()
        .iter()
        .copied()
        .chain([("cleanup.policy", "delete"), ("segment.bytes", "67108864")])
        .map(own)
        .collect();
    client
        .create_topics(&[NewTopic {
            name: TOPIC.to_owned(),
            partitions: 1,
            replicas: Replicas::Count(1),
            configs,
        }])?
        .none()?;
    client.wait_for_leaders(&[TOPIC.to_owned()], PATIENCE)?;
    client.wait_until_served(TOPIC, 1, PATIENCE)?;
    let mut fill = arena.tools().raw("keyed", server.address(), TOPIC)?;
    fill.args(["--count", &records.to_string(), "--keys", "500000"]);
    run_client(fill)?;
    super::p10::rest(&|| server.cpu())?;
    let bytes = bytes_of(&segments(&server.data_directory(), TOPIC, 0)?);
    client.alter_topic(
        TOPIC,
        &[("cleanup.policy", "compact"), ("min.cleanable.dirty.ratio", "0.01")],
    )?;
    let (seconds, used) = watch(&server)?;
    let mut figures = Figures::new();
    crate::arena::describe(server.footprint()?, used, &mut figures);
    let kept = bytes_of(&segments(&server.data_directory(), TOPIC, 0)?);
    ensure!(kept < bytes * 3 / 4, "{kept} of {bytes} bytes are left: that was no compaction");
    figures.insert("bytes".to_owned(), bytes as f64);
    figures.insert("seconds".to_owned(), seconds);
    figures.insert("kept_mb".to_owned(), kept as f64 / 1e6);
    derive(&mut figures);
    server.kill()?;
    Ok(figures)
}

/// From the first sign of cleaning to the last: seconds; processor time from now to the last.
fn watch(server: &Server) -> anyhow::Result<(f64, Cpu)> {
    let data = server.data_directory();
    let before = server.cpu()?;
    let began = now();
    let start = sign(&data)?;
    let mut last = start.clone();
    let (mut first_at, mut last_at, mut used) = (None, began, Cpu::default());
    loop {
        pause(STEP);
        let seen = sign(&data)?;
        if seen != last {
            last = seen;
            last_at = now();
            first_at.get_or_insert(last_at);
            used = server.cpu()? - before;
        }
        match first_at {
            Some(first) if last_at.elapsed() > QUIET => {
                return Ok((last_at.saturating_duration_since(first).as_secs_f64(), used));
            }
            _ => ensure!(began.elapsed() < PATIENCE, "not compacted within {PATIENCE:?}"),
        }
    }
}

/// What changes while a partition is cleaned: its files with their sizes.
fn sign(data: &std::path::Path) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let directory = data.join(format!("{TOPIC}-0"));
    let mut files: Vec<(PathBuf, u64)> = std::fs::read_dir(directory)?
        .flatten()
        .map(|entry| (entry.path(), entry.metadata().map_or(0, |one| one.len())))
        // Files that are about to be deleted say nothing of the cleaning.
        .filter(|(path, _)| !path.to_string_lossy().ends_with(".deleted"))
        .collect();
    files.sort();
    Ok(files)
}
