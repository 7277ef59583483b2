//! P2: three nodes, three replicas, acks=all.

use super::produce::{Librdkafka, METRICS};
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// Replication.
pub(crate) const P2: Scenario = Scenario {
    id: "p2",
    title: "P2: three nodes, three replicas, acks=all",
    about: "Three processes of each program, every one broker and controller, on this one machine; three replicas, \
            `min.insync.replicas=2`, records of 1,024 bytes, no compression, acks=all, librdkafka with linger 5 ms. \
            Processor time and memory are the sums over the three; each Kafka has a heap of 512 MB, touched from the start, \
            and 60 s of load before the first run. \
            Batches of 1 MB are 1,000,000 bytes, the most that librdkafka sends by default. \
            The ceiling is one process without replicas.",
    cases,
};

/// How many nodes there are.
pub(super) const NODES: usize = 3;

fn cases(plan: Plan) -> Vec<Case> {
    const SMALL: &[(&str, &str)] = &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "65536")];
    const LARGE: &[(&str, &str)] =
        &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "1000000")];
    let mut cases = Vec::new();
    for (name, partitions, properties) in [
        ("16 partitions, 1 MB batches", 16, LARGE),
        ("16 partitions, 64 KiB batches", 16, SMALL),
        ("1 partition, 1 MB batches", 1, LARGE),
    ] {
        let records = plan.amount(500_000);
        let load = Librdkafka { partitions, records, size: 1024, properties, arguments: &[] };
        cases.push(
            case(name, true, &DEFAULTS, METRICS, move |arena, subject| load.run(arena, subject))
                .goal("mb_s", 2.5)
                .goal("cpu_s_gb", 0.25)
                .second_goal("mb_s", 1.0)
                .with_nodes(NODES)
                .takes(10)
                .memory(3 * load.bytes()),
        );
    }
    cases
}
