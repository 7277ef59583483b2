//! Bad input over real sockets, directories and command lines: the specific error, and that the
//! next valid request works. Hostile frames are in `differential/hostile.rs`, beside Kafka.

use crate::raw;
use crate::support::{numbered, produce, read, start, unique};
use bytes::Bytes;
use keld_record::{BatchBuilder, Compression};
use keld_testkit::{
    Broker, Client, Connection, Driver, NodeOptions, SmallDisk, TestNode, eventually, setup,
    try_within,
};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Keld, whatever the suites of clients run on: these errors are its own.
fn keld(options: NodeOptions) -> TestNode {
    TestNode::started(Broker::Keld, options).unwrap_or_else(|error| panic!("start: {error:#}"))
}

/// Runs the binary; its exit must be a failure. Returns everything it said.
fn refused(arguments: &[&str]) -> String {
    let binary = setup::keld_binary().unwrap_or_else(|error| panic!("{error:#}"));
    let mut child = Command::new(binary)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("keld runs");
    let ended = try_within(Duration::from_secs(20), || child.try_wait().ok().flatten()).is_some();
    if !ended {
        child.kill().expect("it is stopped");
    }
    let output = child.wait_with_output().expect("its output");
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(ended, "{arguments:?} should be refused, but it runs: {text}");
    assert!(!output.status.success(), "{arguments:?} should fail: {text}");
    assert!(!text.contains("panicked"), "{arguments:?}: {text}");
    text
}

fn resident_kib(node: &TestNode) -> u64 {
    let pid = node.pid().expect("it runs");
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its size");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

fn works(node: &TestNode) {
    let topic = unique("still-works");
    let mut driver = start(Client::ConfluentPython, &node.bootstrap());
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
    assert_eq!(produce(&mut driver, &topic, 0, &numbered(2, "x")), [0, 1]);
}

/// Memory of a connection is bounded by the bytes it has sent, not by those it announces.
#[test]
fn announced_lengths_and_counts_reserve_nothing() {
    let node = keld(NodeOptions::default());
    let before = resident_kib(&node);
    let mut open = Vec::new();
    for _ in 0..60 {
        let mut connection = Connection::open(&node.bootstrap()).expect("connects");
        // 100 MiB announced, the largest that is allowed, and eleven bytes sent.
        connection.send_raw(&104_857_600_i32.to_be_bytes()).expect("sends");
        connection.send_raw(&[0, 3, 0, 12, 0, 0, 0, 1, 0xff, 0xff, 0]).expect("sends");
        open.push(connection);
    }
    for _ in 0..60 {
        let mut connection = Connection::open(&node.bootstrap()).expect("connects");
        // Metadata of two thousand million topics in six bytes.
        let mut body = vec![0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff];
        body.extend_from_slice(&i32::MAX.to_be_bytes());
        connection.send(&body).expect("sends");
        assert!(connection.receive().is_err(), "a truncated request is refused");
    }
    let after = resident_kib(&node);
    assert!(after < before + 20 * 1024, "{before} KiB before, {after} KiB after");
    works(&node);
    drop(open);
}

/// A batch that unpacks to a thousand times its size neither exhausts memory nor stops the node.
#[test]
fn compressed_bombs_are_bounded() {
    let node = keld(NodeOptions::default());
    let mut driver = start(Client::ConfluentPython, &node.bootstrap());
    let topic = unique("bomb");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
    works(&node);
    let before = resident_kib(&node);
    for codec in [Compression::Gzip, Compression::Zstd, Compression::Lz4] {
        let mut builder = BatchBuilder::new(codec);
        let zeros = vec![0_u8; 1 << 20];
        for _ in 0..64 {
            builder.append(crate::support::TIMESTAMP, None, Some(&zeros), &[]).expect("fits");
        }
        let bomb = builder.finish().expect("a batch");
        assert!(bomb.len() < 1_000_000, "{codec:?}: {} bytes", bomb.len());
        // Whether it is taken is the topic's limits' business; what it may cost is ours.
        let (code, _) = raw::produce(&node.bootstrap(), &topic, bomb);
        assert!([0, 2, 10, 87].contains(&code), "{codec:?}: error {code}");
    }
    let after = resident_kib(&node);
    assert!(after < before + 200 * 1024, "{before} KiB before, {after} KiB after");
    works(&node);
}

#[test]
fn a_second_node_on_the_same_directory_is_refused() {
    let node = keld(NodeOptions::default());
    let text = refused(&["start", &node.properties_file().to_string_lossy()]);
    assert!(text.contains("lock") && text.contains(&*node.log_dir().to_string_lossy()), "{text}");
    works(&node);
}

#[test]
fn a_directory_of_another_cluster_or_node_is_refused() {
    let mut node = keld(NodeOptions { log_dirs: 2, ..NodeOptions::default() });
    node.stop().expect("a clean stop");
    let meta = node.directory().join("log1/meta.properties");
    let right = fs::read_to_string(&meta).expect("a file");
    let properties = node.properties_file().to_string_lossy().into_owned();
    for (wrong, named) in [
        (
            right.replace(keld_testkit::CLUSTER_ID, "AAAAAAAAAAAAAAAAAAAAAg"),
            "AAAAAAAAAAAAAAAAAAAAAg",
        ),
        (right.replace("node.id=1", "node.id=7"), "7"),
    ] {
        fs::write(&meta, &wrong).expect("writes");
        let text = refused(&["start", &properties]);
        assert!(text.contains(named), "{named}: {text}");
    }
    fs::write(&meta, right).expect("writes");
    let text = refused(&["storage", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAg", "-c", &properties]);
    assert!(
        text.contains("AAAAAAAAAAAAAAAAAAAAAg") && text.contains(keld_testkit::CLUSTER_ID),
        "{text}"
    );
    node.start().unwrap_or_else(|error| panic!("start: {error:#}"));
    works(&node);
}

#[test]
fn a_directory_that_is_not_formatted_is_refused() {
    let node = TestNode::prepared(Broker::Keld, NodeOptions::default())
        .unwrap_or_else(|error| panic!("{error:#}"));
    let text = refused(&["start", &node.properties_file().to_string_lossy()]);
    assert!(text.contains("format") && text.contains(&*node.log_dir().to_string_lossy()), "{text}");
}

#[test]
fn a_port_in_use_is_named() {
    let node = keld(NodeOptions::default());
    let other = TestNode::formatted(Broker::Keld, NodeOptions::default())
        .unwrap_or_else(|error| panic!("{error:#}"));
    let file = other.properties_file();
    let text = fs::read_to_string(&file).expect("a file");
    fs::write(&file, text.replace(&other.bootstrap(), &node.bootstrap())).expect("writes");
    let text = refused(&["start", &file.to_string_lossy()]);
    assert!(text.contains(&node.bootstrap()), "{text}");
    works(&node);
}

#[test]
fn misspelt_words_get_the_nearest_as_a_hint() {
    assert!(refused(&["strat", "x"]).contains("`start`"));
    assert!(refused(&["topic", "lits"]).contains("list"));
    assert!(refused(&["start", "x.properties", "--overide", "a=b"]).contains("--override"));
    assert!(refused(&["storage", "fromat"]).contains("format"));
    // A misspelt option is named with its neighbour, and what it was meant to set is missing.
    let node = TestNode::prepared(Broker::Keld, NodeOptions::default())
        .unwrap_or_else(|error| panic!("{error:#}"));
    let file = node.properties_file();
    let text = fs::read_to_string(&file).expect("a file").replace("log.dirs=", "log.dir.s=");
    fs::write(&file, text).expect("writes");
    assert!(refused(&["start", &file.to_string_lossy()]).contains("log.dirs"));
}

#[test]
fn unreadable_files_are_named() {
    assert!(refused(&["start", "no-such.properties"]).contains("no-such.properties"));
    let mut node = keld(NodeOptions::default());
    node.stop().expect("a clean stop");
    let properties = node.properties_file().to_string_lossy().into_owned();
    // A folder in the place of a file cannot be read even by root.
    let meta = node.log_dir().join("meta.properties");
    let kept = fs::read(&meta).expect("a file");
    fs::remove_file(&meta).expect("removes");
    fs::create_dir(&meta).expect("a folder");
    assert!(refused(&["start", &properties]).contains("meta.properties"));
    fs::remove_dir(&meta).expect("removes");
    fs::write(&meta, kept).expect("writes");
    node.start().unwrap_or_else(|error| panic!("start: {error:#}"));
    works(&node);
}

/// A line of `server.properties` with a value that makes no sense stops the start by its name.
#[test]
fn invalid_values_are_refused_by_name() {
    for (key, value) in [
        ("num.partitions", "many"),
        ("log.retention.ms", "soon"),
        ("log.segment.bytes", "-5"),
        ("listeners", "nonsense"),
        ("node.id", "-1"),
    ] {
        let node = TestNode::prepared(Broker::Keld, NodeOptions::default().with(key, value))
            .unwrap_or_else(|error| panic!("{error:#}"));
        let text = refused(&["start", &node.properties_file().to_string_lossy()]);
        assert!(text.contains(key), "{key}={value}: {text}");
    }
}

/// One of two disks fills up: producers get a storage error, what is there is read, the other
/// directory goes on; when space returns, so do writes, and nothing that was acknowledged is lost.
#[test]
fn a_full_disk_refuses_writes_until_there_is_space() {
    let small_disk = Some(SmallDisk { megabytes: 24, filler_megabytes: 12 });
    let options = NodeOptions { log_dirs: 2, small_disk, ..NodeOptions::default() };
    let node = keld(options);
    let mut driver = start(Client::ConfluentPython, &node.bootstrap());
    let full = node.seen_by_node(&node.small_directory()).unwrap_or_else(|e| panic!("{e:#}"));
    let (on_full, on_good) = topics_by_directory(&mut driver, &node, &full);
    // One record came with the choice of the topic.
    let mut acknowledged = vec![0];
    let mut fill = |count: usize| {
        for _ in 0..count {
            let (code, offset) = raw::produce(&node.bootstrap(), &on_full, raw::batch(900_000));
            if code != 0 {
                return code;
            }
            acknowledged.push(offset);
        }
        0
    };
    assert_eq!(fill(60), 56, "a storage error when the disk is full");
    assert_eq!(fill(3), 56, "and again");
    assert_eq!(raw::produce(&node.bootstrap(), &on_good, raw::batch(1000)).0, 0);
    works_in_place(&mut driver, &on_good);
    let readable = read(&mut driver, &on_full, 0, json!({ "at": "earliest" }), 2);
    assert_eq!(readable[0]["offset"], 0, "reads go on");

    node.free_space().unwrap_or_else(|error| panic!("{error:#}"));
    eventually("writes are taken again", || match fill(1) {
        0 => Ok(()),
        code => Err(format!("error {code}")),
    });
    assert_eq!(fill(2), 0);
    let count = acknowledged.len();
    assert!(count > 8, "{acknowledged:?}");
    let records = read(&mut driver, &on_full, 0, json!({ "at": "earliest" }), count);
    let offsets: Vec<i64> = records.iter().filter_map(|record| record["offset"].as_i64()).collect();
    assert_eq!(offsets, acknowledged, "what was acknowledged, and nothing else");
}

/// Creates topics until one lies in `full` and one elsewhere.
fn topics_by_directory(driver: &mut Driver, node: &TestNode, full: &Path) -> (String, String) {
    let (mut on_full, mut on_good) = (None, None);
    for _ in 0..20 {
        let topic = unique("placed");
        driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
        // The folder comes with the first record at the latest.
        assert_eq!(raw::produce(&node.bootstrap(), &topic, raw::batch(10)).0, 0);
        if full.join(format!("{topic}-0")).is_dir() {
            on_full = Some(topic);
        } else {
            on_good = Some(topic);
        }
        if let (Some(full), Some(good)) = (&on_full, &on_good) {
            return (full.clone(), good.clone());
        }
    }
    panic!("all topics lie in one directory");
}

fn works_in_place(driver: &mut Driver, topic: &str) {
    assert_eq!(produce(driver, topic, 0, &numbered(1, "x")).len(), 1);
}

/// A batch of bytes that are none: refused with the error for it, and the partition goes on.
#[test]
fn garbage_records_are_refused() {
    let node = keld(NodeOptions::default());
    let mut driver = start(Client::ConfluentPython, &node.bootstrap());
    let topic = unique("garbage");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
    for length in [1, 12, 17, 60, 61, 500] {
        let (code, _) = raw::produce(&node.bootstrap(), &topic, Bytes::from(vec![0x5a; length]));
        assert!([2, 10, 42, 43, 76, 87].contains(&code), "{length} bytes: error {code}");
    }
    assert_eq!(raw::produce(&node.bootstrap(), &topic, raw::batch(10)), (0, 0));
}
