//! P12: what a node costs that nobody asks anything.

use std::time::Duration;

use super::p10::{create, rest};
use super::support::BATCH;
use crate::arena::{Arena, run_client};
use crate::metric::Figures;
use crate::raw::{Client, NewTopic, Replicas, names};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::{Server, now, pause};
use crate::subject::Subject;

/// Memory and idle processor time.
pub(crate) const P12: Scenario = Scenario {
    id: "p12",
    title: "P12: memory and idle processor time",
    about: "A server of its own, fresh for each run; after what the line says it is left alone until it rests, and is then watched \
            for ten seconds. \
            Kafka has the heap its tables are measured with, 1 GB touched from the start; with `-Xms64m` it was measured at 329 MB \
            empty and 501 MB after P1 on a machine of this kind.",
    cases,
};

const METRICS: &[&str] = &["rss_mb", "peak_rss_mb", "cpu_percent", "threads", "descriptors"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

/// Threads that compile, and what follows the making of partitions, take a while.
const SETTLE: Duration = Duration::from_secs(3);

fn cases(plan: Plan) -> Vec<Case> {
    let many = if plan.quick { 2 } else { 10 };
    let records = plan.amount(1_000_000);
    let mut cases = vec![
        case("empty", false, &LIKE, METRICS, |arena, subject| idle(arena, subject, |_, _| Ok(())))
            .limit("rss_mb", 30.0)
            .limit("cpu_percent", 0.5)
            .takes(18)
            .memory(64 << 20),
    ];
    for (topics, limit) in [(1, 60.0), (many, 200.0)] {
        let run = move |arena: &mut Arena, subject: Subject| {
            idle(arena, subject, |_, server| create(server, subject, &names("many-", topics)))
        };
        cases.push(
            case(format!("{topics},000 partitions"), false, &LIKE, METRICS, run)
                .limit("rss_mb", limit)
                .limit("cpu_percent", 0.5)
                .takes(if topics == 1 { 18 } else { 45 })
                .memory(64 << 20),
        );
    }
    let run = move |arena: &mut Arena, subject: Subject| {
        idle(arena, subject, |arena, server| produce(arena, server, subject, records))
    };
    cases.push(
        case("after 1 GB of 63 KiB batches", false, &LIKE, METRICS, run)
            .limit("rss_mb", 150.0)
            .takes(20)
            .limit("cpu_percent", 0.5)
            .memory(records * 1024),
    );
    cases.into_iter().map(|case| case.half_the_rounds(plan).with_own_servers()).collect()
}

/// Starts a server, does something to it, and watches it idle.
fn idle(
    arena: &mut Arena,
    subject: Subject,
    first: impl Fn(&Arena, &Server) -> anyhow::Result<()>,
) -> anyhow::Result<Figures> {
    arena.release_memory();
    let mut server = Server::start(subject.program(), arena.tools(), &[])?;
    first(arena, &server)?;
    pause(SETTLE);
    rest(&|| server.cpu())?;
    let (before, began) = (server.cpu()?, now());
    pause(Duration::from_secs(arena.plan().seconds(10)));
    let used = server.cpu()? - before;
    let mut figures = Figures::new();
    figures.insert("cpu_percent".to_owned(), used.total() / began.elapsed().as_secs_f64() * 100.0);
    crate::arena::describe(server.footprint()?, used, &mut figures);
    server.kill()?;
    Ok(figures)
}

fn produce(arena: &Arena, server: &Server, subject: Subject, records: u64) -> anyhow::Result<()> {
    let own = |text: &str| text.to_owned();
    let configs =
        subject.topic_options().iter().map(|(key, value)| (own(key), own(value))).collect();
    let mut client = Client::connect(server.address())?;
    client
        .create_topics(&[NewTopic {
            name: own("p1"),
            partitions: 1,
            replicas: Replicas::Count(1),
            configs,
        }])?
        .none()?;
    client.wait_for_leaders(&[own("p1")], Duration::from_mins(1))?;
    client.wait_until_served("p1", 1, Duration::from_mins(1))?;
    let mut fill = arena.tools().raw("produce", server.address(), "p1")?;
    fill.args(["--requests", &records.div_ceil(BATCH).to_string()]);
    fill.args(["--records", &BATCH.to_string(), "--depth", "5"]);
    run_client(fill).map(drop)
}
