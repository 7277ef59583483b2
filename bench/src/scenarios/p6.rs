//! P6: from when a record was due to be sent until it was consumed.

use crate::arena::Arena;
use crate::scenario::{Case, Comparison, DEFAULTS, Plan, Scenario, case};
use crate::subject::Subject;

/// Latency end to end.
pub(crate) const P6: Scenario = Scenario {
    id: "p6",
    title: "P6: latency end to end",
    about: "One partition, one replica, records of 1,024 bytes, acks=1, linger 0, no compression; open loop: \
            records are due at a fixed rate whatever the broker does, and count from when they were due. \
            librdkafka: producer and consumer are threads of one process. \
            Raw: one record a request on one connection, one long poll on another, one thread. \
            The first seconds of each run are not recorded.",
    cases,
};

const METRICS: &[&str] =
    &["p50_ms", "p90_ms", "p99_ms", "p999_ms", "p9999_ms", "max_ms", "cpu_us_record"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

fn cases(plan: Plan) -> Vec<Case> {
    let mut cases = Vec::new();
    // Five rounds of 20 recorded seconds are 100,000 samples at the lowest rate.
    for (rate, seconds, p99) in [(1_000, 22, 0.3), (10_000, 12, 0.15), (50_000, 12, 0.1)] {
        let seconds = plan.seconds(seconds);
        let run = move |arena: &mut Arena, subject| {
            let topic = arena.fresh_topic(subject, 1, &[])?;
            let address = arena.address(subject)?;
            let mut client = arena.tools().client("latency", address, &topic);
            client.args(["--rate", &rate.to_string(), "--seconds", &seconds.to_string()]);
            client.args(["--size", "1024", "-X", "acks=1", "-X", "linger.ms=0"]);
            client.args(["-C", "fetch.wait.max.ms=500", "-C", "fetch.min.bytes=1"]);
            arena.measure(subject, client)
        };
        cases.push(
            case(format!("librdkafka, {rate} records/s"), false, &DEFAULTS, METRICS, run)
                .goal("p50_ms", 0.6)
                .goal("p99_ms", p99)
                .goal("cpu_us_record", 0.4)
                .takes(seconds + 4)
                .memory(rate * seconds * 1024 + (64 << 20)),
        );
    }
    for (rate, seconds) in [(1_000, 12), (10_000, 12)] {
        let seconds = plan.seconds(seconds);
        let run = move |arena: &mut Arena, subject| {
            let topic = arena.fresh_topic(subject, 1, &[])?;
            let address = arena.address(subject)?;
            let mut client = arena.tools().raw("end-to-end", address, &topic)?;
            client.args(["--rate", &rate.to_string(), "--seconds", &seconds.to_string()]);
            client.args(["--depth", "64", "--warm-seconds", "1"]);
            arena.measure(subject, client)
        };
        let mut case = case(format!("raw, {rate} records/s"), false, &LIKE, METRICS, run)
            .takes(seconds + 4)
            .half_the_rounds(plan)
            .memory(rate * seconds * 1024 + (64 << 20));
        if rate == 10_000 {
            case = case.limit("p50_ms", 0.15).limit("p99_ms", 1.0);
        }
        cases.push(case);
    }
    cases
}
