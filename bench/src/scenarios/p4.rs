//! P4: small records, and requests of one record.

use super::produce::{Librdkafka, REQUEST_METRICS, Raw};
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// Small records.
pub(crate) const P4: Scenario = Scenario {
    id: "p4",
    title: "P4: records of 100 bytes",
    about: "Records of 100 bytes, one replica, no compression, acks=1; librdkafka with linger 5 ms \
            and batches of 1 MB; the raw driver for two seconds with one record a request.",
    cases,
};

/// What the tables of small records show.
const METRICS: &[&str] =
    &["records_s", "cpu_s_gb", "cpu_us_record", "user_s_gb", "sys_s_gb", "client_s_gb"];

fn cases(plan: Plan) -> Vec<Case> {
    const PROPERTIES: &[(&str, &str)] = &[("acks", "1"), ("linger.ms", "5")];
    let mut cases = Vec::new();
    for (partitions, name) in [(1, "librdkafka, 1 partition"), (16, "librdkafka, 16 partitions")] {
        let load = Librdkafka {
            partitions,
            records: plan.amount(3_000_000),
            size: 100,
            properties: PROPERTIES,
            arguments: &[],
        };
        cases.push(
            case(name, true, &DEFAULTS, METRICS, move |arena, subject| load.run(arena, subject))
                .goal("records_s", 1.1)
                .goal("cpu_s_gb", 0.4)
                .memory(load.bytes()),
        );
    }
    for (name, connections, depth, partitions, rate, cpu) in [
        ("one record a request, 1 connection, depth 1", 1, 1, 1, 1.7, 0.3),
        ("one record a request, 1 connection, depth 64", 1, 64, 1, 3.5, 0.2),
        ("one record a request, 64 connections, depth 1", 64, 1, 1, 1.4, 0.45),
        ("one record a request, 64 connections, 16 partitions", 64, 1, 16, 1.4, 0.45),
    ] {
        let (requests, seconds) = (1_000_000, plan.seconds(2));
        let load = Raw {
            partitions,
            requests,
            seconds,
            records: 1,
            size: 100,
            connections,
            depth,
            acks: 1,
        };
        let mut case = case(name, true, &DEFAULTS, REQUEST_METRICS, move |arena, subject| {
            load.run(arena, subject)
        });
        if partitions == 1 {
            case = case.goal("requests_s", rate).goal("cpu_us_request", cpu);
        } else {
            case = case.half_the_rounds(plan);
        }
        cases.push(case.memory(256 << 20));
    }
    cases
}
