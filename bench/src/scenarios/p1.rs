//! P1: one partition, records of 1 KiB, librdkafka and the raw driver.

use std::process::Command;

use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// One partition.
pub(crate) const P1: Scenario = Scenario {
    id: "p1",
    title: "P1: one partition, records of 1 KiB",
    about: "1 partition, 1 replica, records of 1 KiB, no compression, linger 5 ms; acks, client and \
            batch size as each line says. \"1 MB\" is a batch of 1,000,000 bytes, the most that a \
            topic takes by default.",
    cases,
};

/// What the tables of producing show.
pub(crate) const PRODUCE_METRICS: &[&str] =
    &["mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "client_s_gb", "rss_mb"];

fn cases(plan: Plan) -> Vec<Case> {
    let mut cases = Vec::new();
    for (batch, name, records, throughput, cpu) in
        [(65_536, "64 KiB", 600_000, 1.6, 0.35), (1_000_000, "1 MB", 1_000_000, 1.15, 0.6)]
    {
        for acks in ["1", "all"] {
            let run = move |arena: &mut crate::arena::Arena, subject| {
                let topic = arena.fresh_topic(subject, 1, &[])?;
                let address = arena.address(subject)?;
                let mut client = arena.tools().client("produce", address, &topic);
                volume(&mut client, plan.amount(records), 1024);
                settings(&mut client, &[("acks", acks), ("linger.ms", "5")]);
                settings(&mut client, &[("batch.size", &batch.to_string())]);
                arena.measure(subject, client)
            };
            cases.push(
                case(
                    format!("librdkafka, {name} batches, acks={acks}"),
                    true,
                    &DEFAULTS,
                    PRODUCE_METRICS,
                    run,
                )
                .goal("mb_s", throughput)
                .goal("cpu_s_gb", cpu),
            );
        }
    }
    cases
}

/// Number and size of the records of a librdkafka client.
pub(crate) fn volume(client: &mut Command, records: u64, size: u64) {
    client.args(["--records", &records.to_string(), "--size", &size.to_string()]);
}

/// Properties of librdkafka.
pub(crate) fn settings(client: &mut Command, properties: &[(&str, &str)]) {
    for (key, value) in properties {
        client.args(["-X", &format!("{key}={value}")]);
    }
}
