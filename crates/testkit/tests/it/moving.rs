//! Moving in and out: Keld on a directory that Apache Kafka left, and Kafka on one that Keld left,
//! after a clean stop and after `kill -9`, without a copy.

use crate::support::{content, numbered, offsets, produce, read, records, start, unique};
use keld_testkit::{Broker, Client, Driver, NodeOptions, TestNode, eventually, now_ms};
use serde_json::{Value, json};
use std::fs;

/// How the first program ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Stopped,
    Killed,
}

#[test]
fn keld_takes_over_what_kafka_left_and_gives_it_back() {
    move_from(Broker::Kafka, End::Stopped);
}

#[test]
fn keld_takes_over_from_a_killed_kafka_under_load() {
    move_from(Broker::Kafka, End::Killed);
}

#[test]
fn kafka_takes_over_what_keld_left_and_gives_it_back() {
    move_from(Broker::Keld, End::Stopped);
}

#[test]
fn kafka_takes_over_from_a_killed_keld_under_load() {
    move_from(Broker::Keld, End::Killed);
}

/// What must be found again, whoever runs the node.
struct World {
    topic: String,
    configured: String,
    group: String,
    written: Vec<Value>,
    ids: Vec<Value>,
    was_killed: bool,
}

/// Moves a node from `first` to the other program and back again.
fn move_from(first: Broker, end: End) {
    let second = if first == Broker::Kafka { Broker::under_test() } else { Broker::Kafka };
    let first = if first == Broker::Keld { Broker::under_test() } else { first };
    let options = NodeOptions::default().with("log.segment.bytes", "1048576");
    let mut node = TestNode::started(first, options).unwrap_or_else(|e| panic!("start: {e:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    let mut world = fill(&mut driver);
    world.was_killed = end == End::Killed;
    let acknowledged = match end {
        End::Stopped => {
            node.stop().expect("a clean stop");
            None
        }
        End::Killed => Some(kill_under_load(&mut node, &mut driver)),
    };
    drop(driver);

    let mut node = node.taken_over_by(second).unwrap_or_else(|e| panic!("take over: {e:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    check(&mut driver, &world);
    if let Some((topic, sent)) = &acknowledged {
        let end = driver.call("offset", json!({ "topic": topic, "partition": 0, "at": "latest" }));
        let end = usize::try_from(end.as_i64().unwrap_or(0)).expect("an offset");
        assert!(end >= sent.len(), "{} acknowledged, {end} found", sent.len());
        let found = read(&mut driver, topic, 0, json!({ "at": "earliest" }), end);
        for (found, sent) in found.iter().zip(sent) {
            assert_eq!(found["value"], sent["value"]);
        }
    }
    change(&mut driver, &mut world);
    node.stop().expect("a clean stop");
    drop(driver);

    let mut node = node.taken_over_by(first).unwrap_or_else(|e| panic!("take back: {e:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    check(&mut driver, &world);
    node.stop().expect("a clean stop");
}

/// Topics, configurations, records with every codec, committed offsets.
fn fill(driver: &mut Driver) -> World {
    let (topic, configured, group) = (unique("moved"), unique("configured"), unique("moved-group"));
    driver.call("create_topic", json!({ "topic": topic, "partitions": 3 }));
    let configs = json!({ "retention.ms": "987654321", "cleanup.policy": "compact" });
    driver
        .call("create_topic", json!({ "topic": configured, "partitions": 1, "configs": configs }));
    let deleted = unique("deleted");
    driver.call("create_topic", json!({ "topic": deleted, "partitions": 1 }));
    driver.call("delete_topic", json!({ "topic": deleted }));
    let mut written = Vec::new();
    for codec in keld_testkit::CODECS {
        let records = records(Client::Java);
        driver.call(
            "produce",
            json!({ "topic": topic, "partition": 1, "codec": codec, "idempotent": true, "records": records }),
        );
        written.extend(records.iter().map(content));
    }
    // More than a segment, so that several files move.
    let large: Vec<Value> = (0..400)
        .map(|index| json!({ "key": "6b", "value": format!("{index:04x}").repeat(2000), "headers": [] }))
        .collect();
    produce(driver, &topic, 0, &large);
    produce(driver, &configured, 0, &numbered(20, "compacted"));
    driver.call("delete_records", json!({ "topic": topic, "partition": 0, "offset": 100 }));
    let mut world = World { topic, configured, group, written, ids: Vec::new(), was_killed: false };
    let alter = json!({ "group": world.group, "topic": world.topic, "partition": 1, "offset": 4 });
    driver.call("alter_offset", alter);
    world.ids = ids(driver, &world);
    world
}

fn ids(driver: &mut Driver, world: &World) -> Vec<Value> {
    [&world.topic, &world.configured]
        .iter()
        .map(|topic| driver.call("describe_topic", json!({ "topic": topic })))
        .collect()
}

/// Produces until the node is killed in the middle; returns what was acknowledged before.
#[expect(clippy::disallowed_methods, reason = "the load runs beside the test, on real nodes")]
fn kill_under_load(node: &mut TestNode, driver: &mut Driver) -> (String, Vec<Value>) {
    let topic = unique("load");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
    let mut loader = start(Client::FranzGo, &node.bootstrap());
    let loaded = topic.clone();
    let load = std::thread::spawn(move || {
        let mut sent = Vec::new();
        for round in 0.. {
            let records = numbered(50, &format!("round-{round}"));
            let request = json!({ "topic": loaded, "idempotent": true, "records": records });
            match loader.try_call("produce", request) {
                Ok(_) => sent.extend(records),
                Err(_) => break,
            }
        }
        sent
    });
    eventually("the load has run", || {
        let end = driver.call("offset", json!({ "topic": topic, "partition": 0, "at": "latest" }));
        if end.as_i64() >= Some(300) { Ok(()) } else { Err(end) }
    });
    node.kill();
    let sent = load.join().expect("the load ends");
    assert!(sent.len() >= 250, "only {} acknowledged", sent.len());
    (topic, sent)
}

/// Everything is as it was.
fn check(driver: &mut Driver, world: &World) {
    let cluster = driver.call("cluster", json!({}));
    assert_eq!(cluster["cluster_id"], keld_testkit::CLUSTER_ID);
    assert_eq!(ids(driver, world), world.ids, "topic ids");
    let topics = driver.call("topics", json!({}));
    let names: Vec<&str> =
        topics.as_array().expect("names").iter().filter_map(Value::as_str).collect();
    assert!(!names.iter().any(|name| name.starts_with("deleted")), "{names:?}");
    let configs = driver.call("describe_configs", json!({ "topic": world.configured }));
    assert_eq!(configs["retention.ms"], "987654321");
    assert_eq!(configs["cleanup.policy"], "compact");

    let found = read(driver, &world.topic, 1, json!({ "at": "earliest" }), world.written.len());
    let found: Vec<Value> = found.iter().map(content).collect();
    assert_eq!(found, world.written, "records with timestamps and headers");
    let at = |driver: &mut Driver, partition: i32, at: Value| {
        driver.call("offset", json!({ "topic": world.topic, "partition": partition, "at": at }))
    };
    let earliest = at(driver, 0, json!("earliest"));
    // The start of a log is checkpointed once a minute and at a clean stop.
    assert!(earliest == 100 || world.was_killed && earliest == 0, "{earliest}");
    assert_eq!(at(driver, 0, json!("latest")), 400);
    assert_eq!(at(driver, 1, json!(crate::support::TIMESTAMP + 1500)), 1);
    assert_eq!(at(driver, 0, json!(now_ms() + 3_600_000)), -1);
    let large = read(driver, &world.topic, 0, json!({ "offset": 399 }), 1);
    assert_eq!(large[0]["value"], format!("{:04x}", 399).repeat(2000));

    let place = json!({ "group": world.group, "topic": world.topic, "partition": 1 });
    let committed =
        eventually("the group's offset is loaded", || driver.try_call("committed", place.clone()));
    assert_eq!(committed, 4);
    let groups = driver.call("groups", json!({}));
    assert!(groups.as_array().expect("groups").contains(&json!(world.group)), "{groups}");
}

/// New records go on where the old ones end; everything else still works.
fn change(driver: &mut Driver, world: &mut World) {
    let more = records(Client::Java);
    let done = driver.call(
        "produce",
        json!({ "topic": world.topic, "partition": 1, "idempotent": true, "codec": "zstd", "records": more }),
    );
    let base = i64::try_from(world.written.len()).expect("few records");
    assert_eq!(offsets(&done)[0], base);
    world.written.extend(more.iter().map(content));
    let added = unique("added");
    driver.call("create_topic", json!({ "topic": added, "partitions": 1 }));
    assert_eq!(produce(driver, &added, 0, &numbered(3, "added")), [0, 1, 2]);
}

/// The sequence of an idempotent producer goes on across the move: a batch sent again is known.
#[test]
fn producers_are_known_after_the_move() {
    for (first, second) in
        [(Broker::Kafka, Broker::under_test()), (Broker::under_test(), Broker::Kafka)]
    {
        let mut node = TestNode::started(first, NodeOptions::default())
            .unwrap_or_else(|e| panic!("start: {e:#}"));
        let mut driver = start(Client::Java, &node.bootstrap());
        let topic = unique("sequenced");
        driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
        let batch = |sequence: i32| crate::raw::idempotent_batch(77, sequence);
        let send = |node: &TestNode, sequence: i32| {
            crate::raw::produce(&node.bootstrap(), &topic, batch(sequence))
        };
        assert_eq!(send(&node, 0), (0, 0));
        assert_eq!(send(&node, 1), (0, 1));
        node.stop().expect("a clean stop");
        drop(driver);
        let node = node.taken_over_by(second).unwrap_or_else(|e| panic!("take over: {e:#}"));
        assert_eq!(send(&node, 1), (0, 1), "a batch sent again has its old offset");
        assert_eq!(send(&node, 2), (0, 2));
        let (out_of_order, _) = send(&node, 9);
        assert_eq!(out_of_order, 45, "a gap is out of order");
    }
}

/// Kafka's command `format` and ours leave directories that the other program starts on.
#[test]
fn either_program_starts_on_what_the_other_formatted() {
    for (first, second) in
        [(Broker::Kafka, Broker::under_test()), (Broker::under_test(), Broker::Kafka)]
    {
        let node = TestNode::formatted(first, NodeOptions::default())
            .unwrap_or_else(|e| panic!("format: {e:#}"));
        let mut node = node.taken_over_by(second).unwrap_or_else(|e| panic!("take over: {e:#}"));
        let meta = fs::read_to_string(node.log_dir().join("meta.properties")).expect("a file");
        assert!(meta.contains(keld_testkit::CLUSTER_ID), "{meta}");
        let mut driver = start(Client::ConfluentPython, &node.bootstrap());
        let topic = unique("formatted");
        driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
        assert_eq!(produce(&mut driver, &topic, 0, &numbered(1, "x")), [0]);
        node.stop().expect("a clean stop");
    }
}
