//! One scripted set of requests on Keld and on Apache Kafka 4.3.1 side by side.
//!
//! Every field and every error must be equal, but for what must differ (ports, random ids, the
//! clock) and for the deliberate differences in `differential/differences.txt`.
//! `KELD_TEST_BROKER=kafka` compares Kafka with itself, which shows what must differ.

mod admin;
mod configs;
mod differences;
mod engine;
mod groups;
mod hostile;
mod records;
mod topics;
mod tree;

use engine::Pair;

/// Least number of requests that the script must hold.
const REQUESTS_MIN: usize = 300;

#[test]
fn keld_answers_as_kafka_does() {
    let mut pair = Pair::start();
    topics::run(&mut pair);
    records::run(&mut pair);
    groups::run(&mut pair);
    configs::run(&mut pair);
    admin::run(&mut pair);
    hostile::run(&mut pair);
    let report = pair.finish();
    println!("{} requests compared", report.requests);
    assert!(report.requests >= REQUESTS_MIN, "only {} requests", report.requests);
    assert!(report.unexplained.is_empty(), "differences:\n{}", report.unexplained.join("\n"));
    assert!(
        report.unused.is_empty(),
        "listed differences that did not occur:\n{}",
        report.unused.join("\n")
    );
}
