//! P10: how long a node takes to be of use again.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::support::{BATCH, left, put};
use crate::arena::{Arena, run_client};
use crate::metric::Figures;
use crate::proc::Cpu;
use crate::raw::{Client, NewTopic, Replicas, first_acknowledged, names};
use crate::scenario::{Case, Comparison, DEFAULTS, Plan, Scenario, case};
use crate::server::{Server, now, pause};
use crate::subject::Subject;

/// Start and stop.
pub(crate) const P10: Scenario = Scenario {
    id: "p10",
    title: "P10: start and stop",
    about: "A server of its own, its program and files in the page cache. \
            Times of a start count from the creation of the process (for Kafka: of the JVM) to the first acknowledged record of \
            a client that tries all the time, to partition 0 of the last topic; formatting is not counted. \
            Until all partitions accept: one record to each of them was acknowledged. \
            Partitions made: from the first CreateTopics until metadata has leaders for all and each has acknowledged a record. \
            A stop counts from the signal to the end of the process.",
    cases,
};

/// How long any of it may take.
const PATIENCE: Duration = Duration::from_mins(4);

const EMPTY: &[&str] = &["start_s", "restart_s", "crash_s", "stop_s", "rss_mb"];
const PARTITIONS: &[&str] = &[
    "create_s",
    "restart_s",
    "restart_all_s",
    "crash_s",
    "crash_all_s",
    "stop_s",
    "rss_mb",
    "descriptors",
];
const UNFLUSHED: &[&str] = &["crash_s", "cpu_s", "rss_mb"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

fn cases(plan: Plan) -> Vec<Case> {
    // A quick look does not wait for Kafka to make ten thousand.
    let many = if plan.quick { 2 } else { 10 };
    let records = plan.amount(1_000_000);
    vec![
        case("nearly empty", false, &LIKE, EMPTY, empty)
            .limit("start_s", 0.05)
            .limit("stop_s", 0.2)
            .takes(9)
            .with_own_servers()
            .memory(64 << 20),
        case("1,000 partitions", false, &LIKE, PARTITIONS, |arena, subject| {
            partitions(arena, subject, 1)
        })
        .limit("restart_s", 0.2)
        .limit("crash_s", 0.5)
        .limit("stop_s", 0.2)
        .half_the_rounds(plan)
        .takes(35)
        .with_own_servers()
        .memory(64 << 20),
        case("after kill -9 with 1 GB in the active segment", false, &DEFAULTS, UNFLUSHED, {
            move |arena: &mut Arena, subject| unflushed(arena, subject, records)
        })
        .limit("crash_s", 1.5)
        .half_the_rounds(plan)
        .takes(15)
        .with_own_servers()
        .memory(records * 1024),
        case(format!("{many},000 partitions"), false, &LIKE, PARTITIONS, move |arena, subject| {
            partitions(arena, subject, many)
        })
        .limit("create_s", 2.0)
        .limit("restart_s", 0.5)
        .limit("restart_all_s", 1.0)
        .limit("crash_s", 3.0)
        .limit("stop_s", 0.5)
        .rounds_at_most(1)
        .takes(150)
        .with_own_servers()
        .memory(64 << 20),
    ]
}

/// A formatted server that nobody has started yet.
fn prepare(arena: &mut Arena, subject: Subject) -> anyhow::Result<Server> {
    arena.release_memory();
    Server::prepare(subject.program(), arena.tools(), &[])
}

/// Starts the process; from then to the first acknowledged record.
fn start(server: &mut Server, topic: &str) -> anyhow::Result<Duration> {
    server.spawn()?;
    let first = first_acknowledged(server.address(), topic, server.started(), PATIENCE)
        .with_context(|| format!("the server's last words: {}", server.last_words()))?;
    Ok(first.acknowledged)
}

fn empty(arena: &mut Arena, subject: Subject) -> anyhow::Result<Figures> {
    const TOPIC: &str = "first";
    let mut server = prepare(arena, subject)?;
    let mut figures = Figures::new();
    put(&mut figures, "start_s", start(&mut server, TOPIC)?);
    pause(Duration::from_millis(500));
    put(&mut figures, "stop_s", server.stop()?);
    put(&mut figures, "restart_s", start(&mut server, TOPIC)?);
    pause(Duration::from_millis(500));
    server.kill()?;
    put(&mut figures, "crash_s", start(&mut server, TOPIC)?);
    describe(&server, &mut figures)?;
    server.kill()?;
    Ok(figures)
}

/// Topics of 1,000 partitions each.
fn partitions(arena: &mut Arena, subject: Subject, topics: usize) -> anyhow::Result<Figures> {
    let mut server = prepare(arena, subject)?;
    let names = names("many-", topics);
    let last = names.last().context("at least one topic")?.clone();
    let mut figures = Figures::new();
    start(&mut server, "first")?;
    let began = now();
    create(&server, subject, &names)?;
    all_accept(arena, &server, &names, began)?;
    put(&mut figures, "create_s", began.elapsed());
    rest(&|| server.cpu())?;
    put(&mut figures, "stop_s", server.stop()?);
    put(&mut figures, "restart_s", start(&mut server, &last)?);
    all_accept(arena, &server, &names, server.started())?;
    put(&mut figures, "restart_all_s", server.started().elapsed());
    rest(&|| server.cpu())?;
    server.kill()?;
    put(&mut figures, "crash_s", start(&mut server, &last)?);
    all_accept(arena, &server, &names, server.started())?;
    put(&mut figures, "crash_all_s", server.started().elapsed());
    rest(&|| server.cpu())?;
    describe(&server, &mut figures)?;
    server.kill()?;
    Ok(figures)
}

/// Makes the topics one after another and waits for their leaders.
pub(super) fn create(server: &Server, subject: Subject, names: &[String]) -> anyhow::Result<()> {
    let own = |text: &&str| (*text).to_owned();
    let configs: Vec<_> =
        subject.topic_options().iter().map(|(key, value)| (own(key), own(value))).collect();
    let mut client = Client::connect(server.address())?;
    for name in names {
        let topic = NewTopic {
            name: name.clone(),
            partitions: 1_000,
            replicas: Replicas::Count(1),
            configs: configs.clone(),
        };
        client.create_topics(&[topic])?.none()?;
    }
    client.wait_for_leaders(names, PATIENCE)
}

/// Sends a record to every partition, again until all were acknowledged.
fn all_accept(
    arena: &Arena,
    server: &Server,
    names: &[String],
    began: Instant,
) -> anyhow::Result<()> {
    for name in names {
        loop {
            let mut client = arena.tools().raw("produce", server.address(), name)?;
            client.args(["--partitions", "1000", "--requests", "1000", "--record-size", "1000"]);
            client.args(["--connections", "4", "--depth", "8"]);
            match run_client(client) {
                Ok(_) => break,
                Err(error) => drop(left(began, PATIENCE).context(error)?),
            }
            pause(Duration::from_millis(2));
        }
    }
    Ok(())
}

/// Waits until what a server does behind its answers is over; `cpu` is its processor time so far.
pub(super) fn rest(cpu: &dyn Fn() -> anyhow::Result<Cpu>) -> anyhow::Result<()> {
    const STEP: Duration = Duration::from_millis(500);
    let began = now();
    while began.elapsed() < PATIENCE {
        let before = cpu()?;
        pause(STEP);
        if (cpu()? - before).total() < 0.15 * STEP.as_secs_f64() {
            return Ok(());
        }
    }
    Ok(())
}

fn unflushed(arena: &mut Arena, subject: Subject, records: u64) -> anyhow::Result<Figures> {
    const TOPIC: &str = "large";
    let mut server = prepare(arena, subject)?;
    server.start_again()?;
    let own = |text: &str| text.to_owned();
    let configs =
        subject.topic_options().iter().map(|(key, value)| (own(key), own(value))).collect();
    let mut client = Client::connect(server.address())?;
    client
        .create_topics(&[NewTopic {
            name: own(TOPIC),
            partitions: 1,
            replicas: Replicas::Count(1),
            configs,
        }])?
        .none()?;
    client.wait_for_leaders(&[own(TOPIC)], PATIENCE)?;
    client.wait_until_served(TOPIC, 1, PATIENCE)?;
    let mut fill = arena.tools().raw("produce", server.address(), TOPIC)?;
    fill.args(["--requests", &records.div_ceil(BATCH).to_string()]);
    fill.args(["--records", &BATCH.to_string(), "--depth", "5"]);
    run_client(fill)?;
    server.kill()?;
    let mut figures = Figures::new();
    put(&mut figures, "crash_s", start(&mut server, TOPIC)?);
    describe(&server, &mut figures)?;
    server.kill()?;
    Ok(figures)
}

/// What the process used and is, since its last start.
fn describe(server: &Server, figures: &mut Figures) -> anyhow::Result<()> {
    crate::arena::describe(server.footprint()?, server.cpu()?, figures);
    Ok(())
}
