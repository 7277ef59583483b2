//! P10c: how long a cluster with many partitions takes to start, to fail over, and to let a node go.

use std::time::Duration;

use super::p2::NODES;
use super::p10::rest;
use super::support::put;
use crate::arena::Arena;
use crate::cluster::Cluster;
use crate::metric::Figures;
use crate::raw::{Acceptance, NewTopic, Replicas};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::now;
use crate::subject::Subject;

/// Start, failover and stop in a cluster.
pub(crate) const P10C: Scenario = Scenario {
    id: "p10c",
    title: "P10c: three nodes, start, failover and stop",
    about: "Three nodes of their own, every one broker and controller, with one topic of three replicas and `min.insync.replicas=2`. \
            Stop: from SIGTERM to a node that is not the active controller until its process has ended. \
            Node started again: from the creation of its process until it is in the ISR of everything. \
            Failover: from the kill (SIGKILL) of that node until every partition has acknowledged a record with acks=all to a client that tries all the time. \
            All three started: all get SIGTERM at once and, since a quorum that goes cannot let all of them go, SIGKILL after ten seconds; \
            from the creation of the first process until every partition has acknowledged a record. \
            Partitions made: from CreateTopics until each has acknowledged a record.",
    cases,
};

const METRICS: &[&str] = &[
    "cluster_start_s",
    "failover_s",
    "stop_s",
    "isr_s",
    "crash_isr_s",
    "create_s",
    "cpu_s",
    "rss_mb",
];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

const TOPIC: &str = "many";

/// How long any of it may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// How long nodes may take to stop whose quorum goes with them.
const GRACE: Duration = Duration::from_secs(10);

fn cases(plan: Plan) -> Vec<Case> {
    let run = |arena: &mut Arena, subject| cluster(arena, subject, 1_000);
    vec![
        case("1,000 partitions, three replicas", false, &LIKE, METRICS, run)
            .goal("cluster_start_s", 0.25)
            .goal("failover_s", 0.25)
            .goal("stop_s", 0.25)
            .goal("isr_s", 0.25)
            .half_the_rounds(plan)
            .takes(75)
            .with_own_servers()
            // The heaps, too: they are touched when a Kafka starts.
            .memory(2 << 30),
    ]
}

fn cluster(arena: &mut Arena, subject: Subject, partitions: i32) -> anyhow::Result<Figures> {
    arena.release_memory();
    let mut cluster = Cluster::start(subject.program(), arena.tools(), NODES, &[])?;
    let mut figures = Figures::new();
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let options = [subject.topic_options(), cluster.topic_options()].concat();
    let topic = NewTopic {
        name: TOPIC.to_owned(),
        partitions,
        replicas: Replicas::Count(cluster.replicas()),
        configs: options.iter().map(own).collect(),
    };
    let places = cluster.places();
    let accept = |began| Acceptance::of(TOPIC, partitions)?.wait(&places, began, PATIENCE);
    let began = now();
    cluster.client()?.create_topics(&[topic])?.none()?;
    put(&mut figures, "create_s", accept(began)?);
    cluster.wait_until_served(TOPIC, u32::try_from(partitions)?, PATIENCE)?;
    rest(&|| cluster.cpu())?;

    let id = cluster.other_than(cluster.controller()?)?;
    put(&mut figures, "stop_s", cluster.node_mut(id)?.stop()?);
    cluster.wait_until_gone(id, PATIENCE)?;
    put(&mut figures, "isr_s", cluster.start_again(id, PATIENCE)?);
    rest(&|| cluster.cpu())?;

    let began = now();
    cluster.node_mut(id)?.kill()?;
    put(&mut figures, "failover_s", accept(began)?);
    cluster.wait_until_gone(id, PATIENCE)?;
    put(&mut figures, "crash_isr_s", cluster.start_again(id, PATIENCE)?);
    rest(&|| cluster.cpu())?;

    cluster.stop(GRACE)?;
    let began = now();
    cluster.spawn()?;
    put(&mut figures, "cluster_start_s", accept(began)?);
    crate::arena::describe(cluster.footprint()?, cluster.cpu()?, &mut figures);
    Ok(figures)
}
