//! P14: compressed batches.

use super::produce::{Librdkafka, METRICS};
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// Codecs.
pub(crate) const P14: Scenario = Scenario {
    id: "p14",
    title: "P14: compressed batches",
    about: "One partition, one replica, events in JSON of about 1,024 bytes that compress three to \
            six times, librdkafka with linger 5 ms, batches of 1 MB and acks=1; the topic keeps the \
            producer's codec. MB and GB are of uncompressed values; the client's compression is \
            most of the work on the machine.",
    cases,
};

fn cases(plan: Plan) -> Vec<Case> {
    type Codec = (&'static str, u64, &'static [(&'static str, &'static str)]);
    const CODECS: [Codec; 5] = [
        ("none", 600_000, &[("acks", "1"), ("linger.ms", "5"), ("compression.codec", "none")]),
        ("lz4", 600_000, &[("acks", "1"), ("linger.ms", "5"), ("compression.codec", "lz4")]),
        ("zstd", 400_000, &[("acks", "1"), ("linger.ms", "5"), ("compression.codec", "zstd")]),
        ("snappy", 600_000, &[("acks", "1"), ("linger.ms", "5"), ("compression.codec", "snappy")]),
        ("gzip", 120_000, &[("acks", "1"), ("linger.ms", "5"), ("compression.codec", "gzip")]),
    ];
    let mut cases = Vec::new();
    for (codec, records, properties) in CODECS {
        let load = Librdkafka {
            partitions: 1,
            records: plan.amount(records),
            size: 1024,
            properties,
            arguments: &["--json"],
        };
        let mut case =
            case(codec, true, &DEFAULTS, METRICS, move |arena, subject| load.run(arena, subject))
                .memory(load.bytes() / 2);
        if codec != "none" {
            case = case.goal("mb_s", 1.0).goal("cpu_s_gb", 0.5);
        } else {
            case = case.half_the_rounds(plan);
        }
        cases.push(case);
    }
    cases
}
