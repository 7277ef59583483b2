//! P2m: a broker is added and data moves to it, no faster than it is told to.

use std::time::Duration;

use anyhow::ensure;

use super::p2::NODES;
use super::p10::rest;
use super::support::{bytes_of, segments};
use crate::arena::{Arena, derive, describe, run_client};
use crate::cluster::Cluster;
use crate::metric::Figures;
use crate::raw::{NewTopic, Replicas};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::{now, pause};
use crate::subject::Subject;

/// A move with a throttle.
pub(crate) const P2M: Scenario = Scenario {
    id: "p2m",
    title: "P2m: a broker added, data moved to it",
    about: "Three nodes of their own, every one broker and controller, with a topic of nine partitions of one replica, three on each node; \
            written by librdkafka with records of 1,024 bytes. \
            Then a fourth node starts, a broker only, and all partitions are moved to it by AlterPartitionReassignments, with Kafka's throttles \
            (`leader.` and `follower.replication.throttled.rate` at all four brokers, every replica of the topic throttled) of 125 MB/s. \
            The time counts from the request until no partition is moving; bytes are those of the new replicas' segments.",
    cases,
};

const METRICS: &[&str] = &["off_throttle_percent", "mb_s", "seconds", "cpu_s_gb", "moved_mb"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

const TOPIC: &str = "moved";
const PARTITIONS: u8 = 9;

/// The id of the node that is added.
const NEWCOMER: i32 = 4;

/// Bytes a second that the move is asked for.
const THROTTLE: u32 = 125_000_000;

/// How long the move may take; at the throttle it takes 80 s.
const PATIENCE: Duration = Duration::from_mins(5);

const STEP: Duration = Duration::from_millis(20);

fn cases(plan: Plan) -> Vec<Case> {
    // 10 GB of values.
    let records = plan.amount(9_765_625);
    let run = move |arena: &mut Arena, subject| add_and_move(arena, subject, records);
    vec![
        case("10 GB at 125 MB/s", false, &LIKE, METRICS, run)
            .limit("off_throttle_percent", 10.0)
            .rounds_at_most(1)
            .takes(if plan.quick { 40 } else { 120 })
            .with_own_servers()
            // More than the machine has would be written in all; so much of it is recycled.
            .memory(4 << 30),
    ]
}

fn add_and_move(arena: &mut Arena, subject: Subject, records: u64) -> anyhow::Result<Figures> {
    let mut cluster = Cluster::start(subject.program(), arena.tools(), NODES, &[])?;
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let ids: Vec<i32> = cluster.places().iter().map(|(id, _)| *id).collect();
    let topic = NewTopic {
        name: TOPIC.to_owned(),
        partitions: i32::from(PARTITIONS),
        replicas: Replicas::On(
            ids.iter().cycle().take(usize::from(PARTITIONS)).map(|id| vec![*id]).collect(),
        ),
        configs: subject.topic_options().iter().map(own).collect(),
    };
    cluster.client()?.create_topics(&[topic])?.none()?;
    cluster.wait_until_served(TOPIC, u32::from(PARTITIONS), PATIENCE)?;
    arena.release_memory();
    let mut fill = arena.tools().client("produce", cluster.address(), TOPIC);
    fill.args(["--partitions", &PARTITIONS.to_string(), "--records", &records.to_string()]);
    fill.args(["--size", "1024", "-X", "acks=1", "-X", "linger.ms=5"]);
    run_client(fill)?;
    cluster.join(arena.tools(), NEWCOMER)?;
    rest(&|| cluster.cpu())?;
    throttle(&cluster)?;

    let (before, began) = (cluster.cpu()?, now());
    let mut client = cluster.client()?;
    client.move_topic(TOPIC, i32::from(PARTITIONS), NEWCOMER)?;
    while client.moving()? > 0 {
        ensure!(began.elapsed() < PATIENCE, "still moving after {PATIENCE:?}");
        pause(STEP);
    }
    let (seconds, used) = (began.elapsed().as_secs_f64(), cluster.cpu()? - before);
    let bytes = moved(&cluster)?;
    ensure!(bytes > records * 1024, "{bytes} bytes of {records} records came");
    let mut figures = Figures::new();
    let mut put = |key: &str, value: f64| figures.insert(key.to_owned(), value);
    put("seconds", seconds);
    put("bytes", bytes as f64);
    put("moved_mb", bytes as f64 / 1e6);
    put("off_throttle_percent", off_percent(bytes as f64 / seconds, f64::from(THROTTLE)));
    describe(cluster.footprint()?, used, &mut figures);
    derive(&mut figures);
    Ok(figures)
}

/// Sets the throttles as `kafka-reassign-partitions` does.
fn throttle(cluster: &Cluster) -> anyhow::Result<()> {
    let rate = THROTTLE.to_string();
    let rates = [
        ("leader.replication.throttled.rate", &*rate),
        ("follower.replication.throttled.rate", &*rate),
    ];
    for node in cluster.nodes() {
        crate::raw::Client::connect(node.address())?.alter_broker(node.seat().id(), &rates)?;
    }
    let all = [
        ("leader.replication.throttled.replicas", "*"),
        ("follower.replication.throttled.replicas", "*"),
    ];
    cluster.client()?.alter_topic(TOPIC, &all)
}

/// Bytes of the segments at the node that was added.
fn moved(cluster: &Cluster) -> anyhow::Result<u64> {
    let data = cluster.node(NEWCOMER)?.data_directory();
    (0..PARTITIONS)
        .map(|partition| Ok(bytes_of(&segments(&data, TOPIC, u32::from(partition))?)))
        .sum()
}

/// By how many per cent a rate differs from the one asked for, up or down.
fn off_percent(rate: f64, wanted: f64) -> f64 {
    (rate / wanted - 1.0).abs() * 100.0
}

#[cfg(test)]
mod tests {
    use super::off_percent;

    #[test]
    fn too_slow_is_as_far_off_as_too_fast() {
        assert!((off_percent(112.5, 125.0) - 10.0).abs() < 1e-9);
        assert!((off_percent(137.5, 125.0) - 10.0).abs() < 1e-9);
    }
}
