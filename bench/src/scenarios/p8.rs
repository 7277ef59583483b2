//! P8: one producer, several groups that follow it.

use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// Fan-out.
pub(crate) const P8: Scenario = Scenario {
    id: "p8",
    title: "P8: one producer, four groups that follow",
    about: "One partition, one replica, records of 1,024 bytes, no compression; one librdkafka \
            producer with linger 5 ms, batches of 1 MB and acks=1, and consumers of one, four and sixteen \
            groups in the same process, which read while it is produced. MB/s and CPU are per GB \
            produced, from the first record until every group has all.",
    cases,
};

/// What the table shows.
const METRICS: &[&str] = &["mb_s", "out_mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "client_s_gb"];

fn cases(plan: Plan) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, groups, records) in
        [("1 group", 1, 600_000), ("4 groups", 4, 500_000), ("16 groups", 16, 120_000)]
    {
        let records = plan.amount(records);
        let mut case = case(name, false, &DEFAULTS, METRICS, move |arena, subject| {
            let topic = arena.fresh_topic(subject, 1, &[])?;
            let address = arena.address(subject)?;
            let mut client = arena.tools().client("fanout", address, &topic);
            client.args(["--groups", &groups.to_string(), "--records", &records.to_string()]);
            client.args(["--size", "1024", "-X", "acks=1", "-X", "linger.ms=5"]);
            arena.measure(subject, client)
        });
        if groups == 4 {
            case = case.goal("mb_s", 1.1).goal("cpu_s_gb", 0.7);
        } else {
            case = case.half_the_rounds(plan);
        }
        cases.push(case.memory(records * 1024));
    }
    cases
}
