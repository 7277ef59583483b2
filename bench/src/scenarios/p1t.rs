//! P1 with Kafka tuned for this machine: whether its stock threads are what is measured.

use super::produce::{Librdkafka, METRICS, RAW_METRICS, Raw};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::subject::Subject;

/// P1 against a tuned Kafka.
pub(crate) const P1T: Scenario = Scenario {
    id: "p1t",
    title: "P1 with Kafka tuned for two processors",
    about: "As P1, with a third server: Apache Kafka with `num.network.threads=2` and \
            `num.io.threads=2` instead of the stock 3 and 8. Where this Kafka is the better one, it \
            is the one to compare with.",
    cases,
};

const COMPARISONS: [Comparison; 2] = [
    Comparison { ours: Subject::KeldReplicated, theirs: Subject::KafkaTuned },
    Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka },
];

fn cases(plan: Plan) -> Vec<Case> {
    const PROPERTIES: &[(&str, &str)] =
        &[("acks", "1"), ("linger.ms", "5"), ("batch.size", "1000000")];
    let load = Librdkafka {
        partitions: 1,
        records: plan.amount(1_000_000),
        size: 1024,
        properties: PROPERTIES,
        arguments: &[],
    };
    let raw = Raw {
        partitions: 1,
        requests: plan.amount(12_000),
        seconds: 0,
        records: 63,
        size: 1024,
        connections: 1,
        depth: 5,
        acks: 1,
    };
    vec![
        case(
            "librdkafka, 1 MB batches, acks=1",
            true,
            &COMPARISONS,
            METRICS,
            move |arena, subject| load.run(arena, subject),
        )
        .half_the_rounds(plan)
        .memory(load.bytes()),
        case(
            "raw driver, batches of 63 records, acks=1",
            true,
            &COMPARISONS,
            RAW_METRICS,
            move |arena, subject| raw.run(arena, subject),
        )
        .half_the_rounds(plan)
        .memory(raw.bytes()),
    ]
}
