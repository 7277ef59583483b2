//! What the suites share: names, records, and waiting for groups.

use keld_testkit::{Client, Driver, TestNode, eventually, to_hex};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// A name that no other test of this process uses.
pub(crate) fn unique(stem: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{stem}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The broker under test, or a panic that says why not.
#[track_caller]
pub(crate) fn node() -> TestNode {
    match TestNode::under_test() {
        Ok(node) => node,
        Err(error) => panic!("start the node: {error:#}"),
    }
}

/// A client's driver connected to `bootstrap`, or a panic that says why not.
#[track_caller]
pub(crate) fn start(client: Client, bootstrap: &str) -> Driver {
    match client.start(bootstrap) {
        Ok(driver) => driver,
        Err(error) => panic!("start {}: {error:#}", client.name()),
    }
}

/// A base of timestamps in the past that brokers accept.
pub(crate) const TIMESTAMP: i64 = 1_700_000_000_000;

/// Records with every shape that a client can send: keys and values absent, empty, binary, text,
/// compressible; headers absent, several, empty, null; timestamps of their own.
pub(crate) fn records(client: Client) -> Vec<Value> {
    let binary: Vec<u8> = (0..=255).collect();
    let long = "compressible ".repeat(400);
    // These clients cannot send a header without a value.
    let null_header = match client {
        Client::KafkaJs | Client::Platformatic | Client::KafkaPython => json!("00"),
        _ => Value::Null,
    };
    vec![
        record(1, json!(to_hex(b"key")), json!(to_hex(b"value")), json!([])),
        record(2, Value::Null, json!(to_hex(b"no key")), json!([])),
        record(3, json!(to_hex(b"tombstone")), Value::Null, json!([["h", "01"]])),
        record(4, json!(to_hex(&binary)), json!(to_hex(&binary)), json!([["b", to_hex(&binary)]])),
        record(5, json!(""), json!(""), json!([["empty", ""]])),
        record(
            6,
            json!(to_hex("ключ".as_bytes())),
            json!(to_hex("значение".as_bytes())),
            json!([["z", "7a"], ["a", "61"], ["ü", "75"], ["n", null_header]]),
        ),
        record(7, json!(to_hex(b"long")), json!(to_hex(long.as_bytes())), json!([])),
    ]
}

fn record(index: i64, key: Value, value: Value, headers: Value) -> Value {
    json!({ "key": key, "value": value, "headers": headers, "timestamp": TIMESTAMP + index * 1000 })
}

/// `count` small records with keys and values that name their index.
pub(crate) fn numbered(count: usize, stem: &str) -> Vec<Value> {
    (0..count)
        .map(|index| {
            json!({
                "key": to_hex(format!("k{index}").as_bytes()),
                "value": to_hex(format!("{stem}-{index}").as_bytes()),
                "headers": [],
            })
        })
        .collect()
}

/// Produces `records` to one partition and returns their offsets.
#[track_caller]
pub(crate) fn produce(
    driver: &mut Driver,
    topic: &str,
    partition: i32,
    records: &[Value],
) -> Vec<i64> {
    let done = driver
        .call("produce", json!({ "topic": topic, "partition": partition, "records": records }));
    offsets(&done)
}

/// The offsets in the answer to `produce`.
pub(crate) fn offsets(done: &Value) -> Vec<i64> {
    done["offsets"].as_array().expect("offsets").iter().filter_map(Value::as_i64).collect()
}

/// Reads exactly `count` records of one partition from `from`.
#[track_caller]
pub(crate) fn read(
    driver: &mut Driver,
    topic: &str,
    partition: i32,
    from: Value,
    count: usize,
) -> Vec<Value> {
    let name = unique("reader");
    driver.call(
        "open",
        json!({ "consumer": name, "topic": topic, "partition": partition, "from": from }),
    );
    let found = poll(driver, &name, count);
    driver.call("close", json!({ "consumer": name }));
    found
}

/// Polls an open consumer until it has given exactly `count` records.
#[track_caller]
pub(crate) fn poll(driver: &mut Driver, consumer: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    eventually(&format!("{count} records by {}", driver.name()), || {
        let left = count - found.len().min(count);
        let more =
            driver.call("poll", json!({ "consumer": consumer, "count": left, "timeout_ms": 2000 }));
        found.extend(more.as_array().expect("records").iter().cloned());
        if found.len() >= count { Ok(()) } else { Err(format!("{} so far", found.len())) }
    });
    assert_eq!(found.len(), count, "{} gave more than was written: {found:#?}", driver.name());
    found
}

/// What is equal between a record as it was sent and as it was read: everything but its place.
pub(crate) fn content(record: &Value) -> Value {
    json!({
        "key": record["key"],
        "value": record["value"],
        "headers": record["headers"],
        "timestamp": record["timestamp"],
    })
}

/// One member of a group: which driver, and the name of its consumer there.
pub(crate) struct Member<'a> {
    pub(crate) driver: &'a mut Driver,
    pub(crate) consumer: String,
}

/// Polls every member in turns until the assignments satisfy `wanted`; returns what was read.
#[track_caller]
pub(crate) fn until_assigned(
    members: &mut [Member<'_>],
    wanted: impl Fn(&[Vec<(String, i64)>]) -> bool,
) -> Vec<Value> {
    let mut records = Vec::new();
    eventually("the group settles", || {
        let mut assignments = Vec::new();
        for member in members.iter_mut() {
            let more = member.driver.call(
                "poll",
                json!({ "consumer": member.consumer, "count": 1, "timeout_ms": 150 }),
            );
            records.extend(more.as_array().expect("records").iter().cloned());
        }
        for member in members.iter_mut() {
            assignments.push(assignment(member));
        }
        if wanted(&assignments) { Ok(()) } else { Err(format!("{assignments:?}")) }
    });
    records
}

/// What a member holds, sorted.
pub(crate) fn assignment(member: &mut Member<'_>) -> Vec<(String, i64)> {
    let found = member.driver.call("assignment", json!({ "consumer": member.consumer }));
    let mut pairs: Vec<(String, i64)> = found
        .as_array()
        .map(|list| {
            list.iter()
                .map(|pair| {
                    (
                        pair[0].as_str().unwrap_or_default().to_owned(),
                        pair[1].as_i64().unwrap_or(-1),
                    )
                })
                .collect()
        })
        .unwrap_or_default();
    pairs.sort();
    pairs
}

/// Whether the assignments cover `partitions` of `topic` once each and leave no member idle.
pub(crate) fn covers(assignments: &[Vec<(String, i64)>], topic: &str, partitions: i64) -> bool {
    let mut all: Vec<(String, i64)> = assignments.concat();
    all.sort();
    let wanted: Vec<(String, i64)> =
        (0..partitions).map(|partition| (topic.to_owned(), partition)).collect();
    all == wanted && assignments.iter().all(|one| !one.is_empty())
}
