//! Compaction beside Apache Kafka: the same batches compacted by both read equal, each starts on
//! what the other compacted, and a node that is killed in the middle loses nothing.

use crate::support::{start, unique};
use bytes::Bytes;
use keld_record::{BatchBuilder, BatchProducer, Compression};
use keld_testkit::{Broker, Client, Driver, NodeOptions, TestNode, Tools, eventually, to_hex};
use keld_types::{ProducerEpoch, ProducerId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// A small generator, so that both brokers are sent the same bytes.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// Text that compresses to about a half.
    fn text(&mut self, length: usize) -> String {
        let letters = (0..length / 2).map(|_| char::from(b'a' + (self.roll(26) as u8)));
        let half: String = letters.collect();
        format!("{half}{half}")
    }
}

fn options() -> NodeOptions {
    NodeOptions::default()
        .with("log.segment.bytes", "1048576")
        .with("log.cleaner.backoff.ms", "50")
        .with("log.cleaner.min.cleanable.ratio", "0.01")
        .with("log.initial.task.delay.ms", "10")
}

fn create(driver: &mut Driver, topic: &str) {
    // Timestamps lie in the past; compaction must not be mistaken for retention.
    let configs = json!({ "cleanup.policy": "compact", "retention.ms": "-1" });
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1, "configs": configs }));
}

/// What is in a partition, as far as it was acknowledged.
#[derive(Default)]
struct Written {
    /// The newest value of each key and its offset; `None` is a tombstone.
    newest: BTreeMap<String, (i64, Option<String>)>,
    last_offset: i64,
    sequence: i32,
}

/// Sends one batch of records with keys of `keys` kinds; some are tombstones.
fn send(node: &TestNode, topic: &str, dice: &mut Dice, keys: u64, written: &mut Written) {
    let codec = Compression::ALL[dice.roll(5) as usize];
    let count = 1 + dice.roll(30);
    let mut builder = BatchBuilder::new(codec);
    let is_idempotent = dice.roll(2) == 0;
    if is_idempotent {
        builder = builder.producer(BatchProducer {
            id: ProducerId::new(4711),
            epoch: ProducerEpoch::new(0),
            base_sequence: written.sequence,
        });
    }
    let mut records = Vec::new();
    for index in 0..count {
        let key = format!("key-{}", dice.roll(keys));
        let length = 100 + dice.roll(4000) as usize;
        let value = (dice.roll(12) > 0).then(|| dice.text(length));
        let timestamp = crate::support::TIMESTAMP + i64::try_from(index).expect("few");
        builder
            .append(timestamp, Some(key.as_bytes()), value.as_deref().map(str::as_bytes), &[])
            .expect("small");
        records.push((key, value));
    }
    let bytes: Bytes = builder.finish().expect("a batch");
    let (code, base) = crate::raw::produce(&node.bootstrap(), topic, bytes);
    assert_eq!(code, 0, "produce");
    if is_idempotent {
        written.sequence += i32::try_from(count).expect("few");
    }
    for (index, (key, value)) in (0i64..).zip(records) {
        written.newest.insert(key, (base + index, value));
        written.last_offset = base + index;
    }
}

fn fill(node: &TestNode, topic: &str, seed: u64, batches: u32) -> Written {
    let (mut dice, mut written) = (Dice(seed), Written::default());
    for _ in 0..batches {
        send(node, topic, &mut dice, 60, &mut written);
    }
    written
}

fn directory(node: &TestNode, topic: &str) -> PathBuf {
    node.log_dir().join(format!("{topic}-0"))
}

fn files(node: &TestNode, topic: &str) -> Vec<String> {
    let entries = fs::read_dir(directory(node, topic)).expect("the partition's directory");
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Waits until everything below the active segment is compacted. Returns where that begins.
fn wait_until_clean(node: &TestNode, topic: &str) -> i64 {
    eventually("the log is compacted", || {
        let logs = files(node, topic).into_iter().filter(|name| name.ends_with(".log"));
        let active = logs.filter_map(|name| name.split('.').next()?.parse::<i64>().ok()).max();
        let text = fs::read_to_string(node.log_dir().join("cleaner-offset-checkpoint"));
        let text = text.unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{topic} 0 ")));
        let cleaned = line.and_then(|offset| offset.parse::<i64>().ok());
        if cleaned == active { active.ok_or_else(String::new) } else { Err(text) }
    })
}

/// Every record from the start to the one at `last`.
fn read_all(driver: &mut Driver, topic: &str, last: i64) -> Vec<Value> {
    let name = unique("reader");
    let open = json!({
        "consumer": name, "topic": topic, "partition": 0, "from": { "at": "earliest" },
    });
    driver.call("open", open);
    let mut found: Vec<Value> = Vec::new();
    eventually("the last record", || {
        let request = json!({ "consumer": name, "count": 100_000, "timeout_ms": 300 });
        let more = driver.call("poll", request);
        found.extend(more.as_array().expect("records").iter().cloned());
        let at = found.last().and_then(|record| record["offset"].as_i64());
        if at == Some(last) { Ok(()) } else { Err(format!("{at:?} of {last}")) }
    });
    driver.call("close", json!({ "consumer": name }));
    found
}

/// Of each key the newest is there, and below the active segment nothing else.
fn check_newest(found: &[Value], written: &Written, active: i64) {
    let mut by_key: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut last = -1;
    for record in found {
        let offset = record["offset"].as_i64().expect("an offset");
        assert!(offset > last, "{offset} after {last}");
        last = offset;
        let key = record["key"].as_str().expect("a key");
        let before = by_key.insert(key, record);
        let is_old = |before: &Value| before["offset"].as_i64() < Some(active);
        assert!(
            !(before.is_some_and(is_old) && offset < active),
            "two records of {key} below {active}"
        );
    }
    for (key, (offset, value)) in &written.newest {
        let found = by_key.get(to_hex(key.as_bytes()).as_str());
        let Some(found) = found else {
            assert!(value.is_none(), "{key} at {offset} is gone");
            continue;
        };
        assert_eq!(found["offset"], *offset, "{key}");
        let expected = value.as_ref().map(|value| json!(to_hex(value.as_bytes())));
        assert_eq!(found["value"], expected.unwrap_or(Value::Null), "{key}");
    }
}

/// Kafka's own look at every file: records can be read, indexes agree with them.
fn check_files(node: &TestNode, topic: &str) {
    let mut tools = Tools::start().expect("Kafka's tools");
    let directory = directory(node, topic);
    let of = |extension: &str| -> Vec<String> {
        let names = files(node, topic).into_iter().filter(|name| name.ends_with(extension));
        names.map(|name| directory.join(name).display().to_string()).collect()
    };
    let dump = |tools: &mut Tools, files: Vec<String>, more: &[&str]| {
        let mut arguments = vec!["--files".to_owned(), files.join(",")];
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let said = tools.run("org.apache.kafka.tools.DumpLogSegments", &arguments, "");
        assert_eq!(said.status, 0, "{}\n{}", said.stdout, said.stderr);
        said.stdout + &said.stderr
    };
    let logs = dump(&mut tools, of(".log"), &["--deep-iteration"]);
    assert!(logs.contains("baseOffset: 0 ") || logs.contains("baseOffset:"), "{logs}");
    for bad in ["isvalid: false", "invalid", "Found", "Mismatches", "Exception"] {
        assert!(!logs.contains(bad), "{bad} in what DumpLogSegments says");
    }
    let mut indexes = of(".index");
    indexes.extend(of(".timeindex"));
    if !indexes.is_empty() {
        let said = dump(&mut tools, indexes, &["--index-sanity-check"]);
        assert!(!said.contains("Exception"), "{said}");
    }
}

/// What a reader is given, apart from the segments that are not compacted yet.
fn compacted(broker: Broker, seed: u64) -> (TestNode, String, Vec<Value>, Written) {
    let node =
        TestNode::started(broker, options()).unwrap_or_else(|error| panic!("start: {error:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    let topic = "compacted".to_owned();
    create(&mut driver, &topic);
    let written = fill(&node, &topic, seed, 160);
    let active = wait_until_clean(&node, &topic);
    assert!(active > 500, "only {active} offsets below the active segment");
    let found = read_all(&mut driver, &topic, written.last_offset);
    check_newest(&found, &written, active);
    (node, topic, found, written)
}

#[test]
fn the_same_log_compacted_by_kafka_and_by_keld_reads_equal() {
    let (mut kafka, topic, by_kafka, written) = compacted(Broker::Kafka, 7);
    let (mut keld, _, by_keld, _) = compacted(Broker::under_test(), 7);
    let offsets = |found: &[Value]| -> Vec<Value> {
        found.iter().map(|record| record["offset"].clone()).collect()
    };
    assert_eq!(offsets(&by_keld), offsets(&by_kafka));
    assert_eq!(by_keld, by_kafka);

    // Each goes on where the other stopped.
    keld.stop().expect("a clean stop");
    kafka.stop().expect("a clean stop");
    check_files(&keld, &topic);
    for (node, other) in [(keld, Broker::Kafka), (kafka, Broker::under_test())] {
        let mut node = node.taken_over_by(other).unwrap_or_else(|e| panic!("take over: {e:#}"));
        let mut driver = start(Client::Java, &node.bootstrap());
        assert_eq!(read_all(&mut driver, &topic, written.last_offset), by_kafka, "{other:?}");
        let mut more = Written {
            newest: written.newest.clone(),
            last_offset: written.last_offset,
            sequence: written.sequence,
        };
        let mut dice = Dice(99);
        for _ in 0..60 {
            send(&node, &topic, &mut dice, 60, &mut more);
        }
        let active = wait_until_clean(&node, &topic);
        let found = read_all(&mut driver, &topic, more.last_offset);
        check_newest(&found, &more, active);
        node.stop().expect("a clean stop");
        check_files(&node, &topic);
    }
}

#[test]
fn a_node_that_is_killed_while_it_compacts_loses_nothing() {
    // So slow that a compaction is under way most of the time.
    let options = options().with("log.cleaner.io.max.bytes.per.second", "4000000");
    let mut node = TestNode::started(Broker::under_test(), options)
        .unwrap_or_else(|error| panic!("start: {error:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    let topic = unique("killed");
    create(&mut driver, &topic);
    let (mut dice, mut written) = (Dice(3), Written::default());
    for round in 0..8 {
        for _ in 0..120 {
            send(&node, &topic, &mut dice, 60, &mut written);
        }
        eventually("a compaction is under way", || {
            let names = files(&node, &topic);
            let marks = [".cleaned", ".swap", ".deleted"];
            let is_under_way = names.iter().any(|name| marks.iter().any(|m| name.ends_with(m)));
            if is_under_way { Ok(()) } else { Err(names.join(" ")) }
        });
        node.kill();
        node.start().unwrap_or_else(|error| panic!("start after kill {round}: {error:#}"));
        drop(driver);
        driver = start(Client::Java, &node.bootstrap());
        let found = read_all(&mut driver, &topic, written.last_offset);
        check_newest(&found, &written, 0);
    }
    node.kill();
    node.set_property("log.cleaner.io.max.bytes.per.second", "1.0E12").expect("a property");
    node.start().unwrap_or_else(|error| panic!("last start: {error:#}"));
    let mut driver = start(Client::Java, &node.bootstrap());
    let active = wait_until_clean(&node, &topic);
    let found = read_all(&mut driver, &topic, written.last_offset);
    check_newest(&found, &written, active);
    node.stop().expect("a clean stop");
    check_files(&node, &topic);
}
