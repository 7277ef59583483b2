//! P15: topics made, metadata asked for, offsets committed.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;

use crate::arena::{Arena, run_client};
use crate::metric::Figures;
use crate::raw::{Client, names};
use crate::scenario::{Case, Comparison, DEFAULTS, Plan, Scenario, case};
use crate::server::{now, pause};
use crate::subject::Subject;

/// Metadata and offsets.
pub(crate) const P15: Scenario = Scenario {
    id: "p15",
    title: "P15: topics, metadata, committed offsets",
    about: "The raw driver, one request under way on a connection. \
            CreateTopics: one partition, one replica each; operations are topics, counted until the last answer; CPU until \
            metadata has a leader for all of them. \
            Metadata v8 names its topics; OffsetCommit v7 commits one offset of one of 16 partitions, a group for each connection; \
            `__consumer_offsets` has the durability that the column names.",
    cases,
};

const CREATE: &[&str] =
    &["operations_s", "cpu_us_operation", "seconds_until_led", "p50_ms", "p99_ms"];
const REQUESTS: &[&str] = &["requests_s", "cpu_us_request", "p50_ms", "p99_ms", "p999_ms"];

/// How long deleted topics' directories may stay.
const DELETION: Duration = Duration::from_mins(1);

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

fn cases(plan: Plan) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, topics, each, rate) in [
        ("CreateTopics, one at a time", 300, 1, 10.0),
        ("CreateTopics, 100 a request", 1_000, 100, 1.5),
    ] {
        let topics = plan.amount(topics);
        let run = move |arena: &mut Arena, subject| {
            let prefix = prefix(arena, subject)?;
            arena.settle(subject)?;
            let address = arena.address(subject)?;
            let mut client = arena.tools().raw("create-topics", address, &prefix)?;
            client.args(["--topics", &topics.to_string(), "--each", &each.to_string()]);
            let figures = arena.measure(subject, client)?;
            delete(arena, subject, &prefix, topics)?;
            Ok(figures)
        };
        cases.push(
            case(name, false, &LIKE, CREATE, run)
                .goal("operations_s", rate)
                .goal("cpu_us_operation", 0.3)
                .takes(8)
                .memory(64 << 20),
        );
    }
    for (name, topics, requests) in
        [("Metadata, 1 topic", 1, 40_000), ("Metadata, 1,000 topics", 1_000, 2_000)]
    {
        let (topics, requests) =
            (if topics == 1 { 1 } else { plan.amount(topics) }, plan.amount(requests));
        let run = move |arena: &mut Arena, subject| {
            let prefix = prefix(arena, subject)?;
            let address = arena.address(subject)?;
            let mut create = arena.tools().raw("create-topics", address, &prefix)?;
            create.args(["--topics", &topics.to_string(), "--each", "100"]);
            run_client(create)?;
            arena.settle(subject)?;
            let mut client = arena.tools().raw("metadata", address, &prefix)?;
            client.args(["--topics", &topics.to_string(), "--requests", &requests.to_string()]);
            let figures = arena.measure(subject, client)?;
            delete(arena, subject, &prefix, topics)?;
            Ok(figures)
        };
        cases.push(requests_case(name, &LIKE, run));
    }
    for (name, connections, requests) in
        [("OffsetCommit, 1 connection", 1, 30_000), ("OffsetCommit, 16 connections", 16, 100_000)]
    {
        let requests = plan.amount(requests);
        let run = move |arena: &mut Arena, subject| {
            let topic = arena.fresh_topic(subject, 16, &[])?;
            let address = arena.address(subject)?;
            keep_offsets_as(address, subject)?;
            let mut client = arena.tools().raw("offset-commit", address, &topic)?;
            client.args(["--partitions", "16", "--requests", &requests.to_string()]);
            client.args(["--connections", &connections.to_string()]);
            arena.measure(subject, client)
        };
        cases.push(requests_case(name, &DEFAULTS, run));
    }
    cases
}

fn requests_case(
    name: &str,
    comparisons: &[Comparison],
    run: impl Fn(&mut Arena, Subject) -> anyhow::Result<Figures> + 'static,
) -> Case {
    case(name, false, comparisons, REQUESTS, run)
        .goal("requests_s", 1.5)
        .goal("cpu_us_request", 0.3)
        .takes(8)
        .memory(64 << 20)
}

/// Has committed offsets kept as the subject keeps topics: Kafka does not sync them, Keld does
/// unless it is told otherwise.
fn keep_offsets_as(address: SocketAddr, subject: Subject) -> anyhow::Result<()> {
    let options = subject.topic_options();
    if options.is_empty() {
        return Ok(());
    }
    let mut client = Client::connect(address)?;
    client.wait_for_coordinator("p15", Duration::from_mins(1))?;
    client.alter_topic("__consumer_offsets", options)
}

/// What the topics of a run begin with; no other run has it.
fn prefix(arena: &mut Arena, subject: Subject) -> anyhow::Result<String> {
    Ok(format!("{}-", arena.fresh_topic(subject, 1, &[])?))
}

/// Deletes the topics of a run and waits until their directories are gone.
fn delete(arena: &mut Arena, subject: Subject, prefix: &str, count: u64) -> anyhow::Result<()> {
    let server = arena.server(subject)?;
    let mut client = Client::connect(server.address())?;
    for names in names(prefix, usize::try_from(count)?).chunks(100) {
        client.delete_topics(names)?.none()?;
    }
    let began = now();
    let data = server.data_directory();
    let of_run = |entry: std::fs::DirEntry| {
        // The first topic of the run is the arena's, and has no second dash and number.
        let name = entry.file_name().to_string_lossy().into_owned();
        name.strip_prefix(prefix).is_some_and(|rest| rest.contains('-'))
    };
    while std::fs::read_dir(&data)?.flatten().any(of_run) {
        ensure!(began.elapsed() < DELETION, "directories of {prefix} stay for {DELETION:?}");
        pause(Duration::from_millis(50));
    }
    Ok(())
}
