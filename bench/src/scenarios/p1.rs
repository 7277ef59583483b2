//! P1: one partition, records of 1 KiB, librdkafka and the raw driver.

use super::produce::{Librdkafka, METRICS, RAW_METRICS, Raw};
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// One partition.
pub(crate) const P1: Scenario = Scenario {
    id: "p1",
    title: "P1: one partition, records of 1 KiB",
    about: "One partition, one replica, records of 1,024 bytes, no compression, linger 5 ms; client, \
            batch size and acks as each line says. Batches of 1 MB are 1,000,000 bytes, the most that \
            librdkafka sends by default. The raw driver sends prepared batches on one connection with \
            five requests under way.",
    cases,
};

fn cases(plan: Plan) -> Vec<Case> {
    const SMALL: [(&str, &[(&str, &str)]); 2] = [
        ("1", &[("acks", "1"), ("linger.ms", "5"), ("batch.size", "65536")]),
        ("all", &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "65536")]),
    ];
    const LARGE: [(&str, &[(&str, &str)]); 2] = [
        ("1", &[("acks", "1"), ("linger.ms", "5"), ("batch.size", "1000000")]),
        ("all", &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "1000000")]),
    ];
    let mut cases = Vec::new();
    for (batches, size, records, throughput, cpu) in
        [(SMALL, "64 KiB", 600_000, 1.6, 0.35), (LARGE, "1 MB", 1_000_000, 1.15, 0.6)]
    {
        for (acks, properties) in batches {
            let records = plan.amount(records);
            let load =
                Librdkafka { partitions: 1, records, size: 1024, properties, arguments: &[] };
            let name = format!("librdkafka, {size} batches, acks={acks}");
            cases.push(
                case(name, true, &DEFAULTS, METRICS, move |arena, subject| {
                    load.run(arena, subject)
                })
                .goal("mb_s", throughput)
                .goal("cpu_s_gb", cpu)
                .memory(load.bytes()),
            );
        }
    }
    for (name, records, requests, throughput, cpu) in [
        ("raw driver, batches of 63 records, acks=1", 63, 12_000, 2.0, 0.3),
        ("raw driver, batches of 1,000 records, acks=1", 1000, 1_000, 1.1, 0.55),
    ] {
        let requests = plan.amount(requests);
        let load = Raw {
            partitions: 1,
            requests,
            seconds: 0,
            records,
            size: 1024,
            connections: 1,
            depth: 5,
            acks: 1,
        };
        cases.push(
            case(name, true, &DEFAULTS, RAW_METRICS, move |arena, subject| {
                load.run(arena, subject)
            })
            .goal("mb_s", throughput)
            .goal("cpu_s_gb", cpu)
            .goal("p99_ms", 0.5)
            .memory(load.bytes()),
        );
    }
    cases
}
