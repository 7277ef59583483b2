//! P3: a thousand partitions.

use super::produce::{Librdkafka, METRICS, RAW_METRICS, Raw};
use crate::arena::{Arena, run_client};
use crate::metric::Figures;
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};
use crate::subject::Subject;

/// Partitions.
const MANY: u32 = 1000;

/// A thousand partitions, and fewer for the comparison.
pub(crate) const P3: Scenario = Scenario {
    id: "p3",
    title: "P3: many partitions, records of 1 KiB",
    about: "One topic, one replica, records of 1,024 bytes to the partitions in turn, no compression, \
            acks=1; librdkafka with linger 100 ms where the partitions were written to before, so \
            that their files are there, and with linger 5 ms where the topic is as new as can be. \
            The raw driver has 8 connections with 4 requests of 4 records under way.",
    cases,
};

fn cases(plan: Plan) -> Vec<Case> {
    const SETTLED: &[(&str, &str)] = &[("acks", "1"), ("linger.ms", "100")];
    const FRESH: &[(&str, &str)] = &[("acks", "1"), ("linger.ms", "5")];
    let load = |partitions, records, properties| Librdkafka {
        partitions,
        records: plan.amount(records),
        size: 1024,
        properties,
        arguments: &[],
    };
    let mut cases = Vec::new();
    for (partitions, name) in [
        (1, "librdkafka, 1 partition, written before"),
        (100, "librdkafka, 100 partitions, written before"),
    ] {
        let settled = load(partitions, 500_000, SETTLED);
        cases.push(
            case(name, false, &DEFAULTS, METRICS, move |arena, subject| {
                again(arena, subject, settled)
            })
            .half_the_rounds(plan)
            .memory(settled.bytes()),
        );
    }
    let settled = load(MANY, 500_000, SETTLED);
    cases.push(
        case(
            "librdkafka, 1,000 partitions, written before",
            true,
            &DEFAULTS,
            METRICS,
            move |arena, subject| again(arena, subject, settled),
        )
        .goal("mb_s", 1.5)
        .goal("cpu_s_gb", 0.4)
        .takes(9)
        .memory(settled.bytes()),
    );
    let fresh = load(MANY, 250_000, FRESH);
    cases.push(
        case(
            "librdkafka, 1,000 partitions, just made",
            true,
            &DEFAULTS,
            METRICS,
            move |arena, subject| {
                let topic = arena.new_topic(subject, MANY, &[])?;
                let client = fresh.command(arena, subject, &topic)?;
                arena.measure(subject, client)
            },
        )
        .goal("mb_s", 4.0)
        .goal("cpu_s_gb", 0.15)
        .takes(9)
        .memory(fresh.bytes()),
    );
    let raw = Raw {
        partitions: MANY,
        requests: plan.amount(80_000),
        seconds: 0,
        records: 4,
        size: 1024,
        connections: 8,
        depth: 4,
        acks: 1,
    };
    cases.push(
        case(
            "raw driver, 1,000 partitions, written before",
            true,
            &DEFAULTS,
            RAW_METRICS,
            move |arena, subject| {
                let topic = written_before(arena, subject, settled)?;
                let client = raw.command(arena, subject, &topic)?;
                arena.measure(subject, client)
            },
        )
        .half_the_rounds(plan)
        .takes(12)
        .memory(raw.bytes()),
    );
    cases
}

/// Runs a load on a topic to whose partitions it was written before.
fn again(arena: &mut Arena, subject: Subject, load: Librdkafka) -> anyhow::Result<Figures> {
    let topic = written_before(arena, subject, load)?;
    let client = load.command(arena, subject, &topic)?;
    arena.measure(subject, client)
}

/// A topic of all rounds, with some records in every partition.
fn written_before(arena: &mut Arena, subject: Subject, load: Librdkafka) -> anyhow::Result<String> {
    let (topic, is_new) = arena.kept_topic(subject, load.partitions)?;
    if is_new {
        // As much as a run writes, so that first blocks, index pages and indexes are there.
        let first = Librdkafka { records: load.records.max(1000), ..load };
        let first = first.command(arena, subject, &topic)?;
        run_client(first)?;
        arena.settle(subject)?;
    }
    Ok(topic)
}
