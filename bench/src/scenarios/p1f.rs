//! P1f: P1 with records on stable storage before each acknowledgement.

use super::produce::{Librdkafka, METRICS, RAW_METRICS, REQUEST_METRICS, Raw};
use crate::scenario::{Case, FLUSHED, Plan, Scenario, case};

/// One partition, flushed before each acknowledgement.
pub(crate) const P1F: Scenario = Scenario {
    id: "p1f",
    title: "P1f: on stable storage before each acknowledgement",
    about: "One partition, one replica, records of 1,024 bytes, no compression, acks=all. Keld with \
            `keld.durability=fsync`, its default; Kafka with `flush.messages=1`, and beside it with \
            its default, which acknowledges what is in the page cache. librdkafka with linger 5 ms; the raw \
            driver for two seconds.",
    cases,
};

fn cases(plan: Plan) -> Vec<Case> {
    const SMALL: &[(&str, &str)] = &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "65536")];
    const LARGE: &[(&str, &str)] =
        &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "1000000")];
    let mut cases = Vec::new();
    for (name, properties, records, throughput, cpu) in [
        ("librdkafka, 64 KiB batches", SMALL, 250_000, 2.5, 0.25),
        ("librdkafka, 1 MB batches", LARGE, 600_000, 1.3, 0.5),
    ] {
        let records = plan.amount(records);
        let load = Librdkafka { partitions: 1, records, size: 1024, properties, arguments: &[] };
        cases.push(
            case(name, true, &FLUSHED, METRICS, move |arena, subject| load.run(arena, subject))
                .goal("mb_s", throughput)
                .goal("cpu_s_gb", cpu)
                .memory(load.bytes()),
        );
    }
    let batches = Raw {
        partitions: 1,
        requests: 12_000,
        seconds: plan.seconds(2),
        records: 63,
        size: 1024,
        connections: 1,
        depth: 1,
        acks: -1,
    };
    cases.push(
        case(
            "raw driver, batches of 63 records, one at a time",
            true,
            &FLUSHED,
            RAW_METRICS,
            move |arena, subject| batches.run(arena, subject),
        )
        .half_the_rounds(plan)
        .memory(batches.bytes()),
    );
    for (name, connections) in [
        ("raw driver, single records, 1 connection", 1),
        ("raw driver, single records, 64 connections", 64),
    ] {
        let (requests, seconds) = (200_000, plan.seconds(2));
        let load = Raw {
            partitions: 1,
            requests,
            seconds,
            records: 1,
            size: 1024,
            connections,
            depth: 1,
            acks: -1,
        };
        let mut case = case(name, true, &FLUSHED, REQUEST_METRICS, move |arena, subject| {
            load.run(arena, subject)
        });
        if connections > 1 {
            case = case.goal("requests_s", 5.0).goal("cpu_us_request", 0.2);
        } else {
            case = case.half_the_rounds(plan);
        }
        cases.push(case.memory(256 << 20));
    }
    cases
}
