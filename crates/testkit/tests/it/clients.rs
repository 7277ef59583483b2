//! Each client by itself: topics, records, reading from everywhere, a group, admin calls.

use crate::support::{
    Member, TIMESTAMP, content, covers, node, numbered, offsets, poll, produce, read, records,
    start, unique, until_assigned,
};
use keld_testkit::{CODECS, Client, Driver, TestNode, eventually};
use serde_json::{Value, json};

macro_rules! suite {
    ($($name:ident: $client:ident,)*) => {
        $(mod $name {
            use keld_testkit::Client;

            #[test]
            fn topics_records_and_positions() {
                super::topics_records_and_positions(Client::$client);
            }

            #[test]
            fn group_rebalances_commits_and_resumes() {
                super::group_rebalances_commits_and_resumes(Client::$client);
            }
        })*
    };
}

suite! {
    java: Java,
    java_older: JavaOlder,
    confluent_python: ConfluentPython,
    kafka_python: KafkaPython,
    aiokafka: Aiokafka,
    franz_go: FranzGo,
    sarama: Sarama,
    kafkajs: KafkaJs,
    platformatic: Platformatic,
    rdkafka: Rdkafka,
}

/// Commands that a client's library has no call for; everything else must work.
fn lacks(client: Client, op: &str) -> bool {
    let missing: &[&str] = match client {
        Client::Java | Client::JavaOlder => &[],
        Client::ConfluentPython => &["delete_offset", "log_dirs"],
        Client::KafkaPython => &[],
        Client::Aiokafka => {
            &["delete_group", "delete_offset", "alter_offset", "log_dirs", "max_timestamp"]
        }
        Client::FranzGo => &["position"],
        Client::Sarama => &["alter_offset", "max_timestamp", "position", "cluster_id"],
        Client::KafkaJs => {
            &["delete_offset", "log_dirs", "static", "max_timestamp", "position", "incremental"]
        }
        Client::Platformatic => &["position"],
        Client::Rdkafka => {
            &["delete_offset", "alter_offset", "log_dirs", "max_timestamp", "alter_error"]
        }
    };
    missing.contains(&op)
}

fn topics_records_and_positions(client: Client) {
    let node = node();
    let mut driver = start(client, &node.bootstrap());
    topics(&mut driver);
    codecs(client, &mut driver);
    positions(client, &mut driver);
    admin(client, &mut driver, &node);
}

/// Creates, lists, grows and deletes topics.
fn topics(driver: &mut Driver) {
    let topic = unique("topics");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 2 }));
    assert!(listed(driver, "topics").contains(&topic));
    assert_eq!(driver.call("describe_topic", json!({ "topic": topic }))["partitions"], 2);
    let error = driver.call_err("create_topic", json!({ "topic": topic, "partitions": 2 }));
    assert!(error.to_lowercase().replace('_', "").contains("exist"), "{error}");
    let error = driver.call_err("create_topic", json!({ "topic": "not/allowed", "partitions": 1 }));
    let lower = error.to_lowercase();
    assert!(lower.contains("invalid") || lower.contains("illegal"), "{error}");
    driver.call("create_partitions", json!({ "topic": topic, "count": 4 }));
    eventually("four partitions are seen", || {
        let found = driver.call("describe_topic", json!({ "topic": topic }))["partitions"].clone();
        if found == 4 { Ok(()) } else { Err(found) }
    });
    driver.call("delete_topic", json!({ "topic": topic }));
    eventually("the topic is gone", || {
        if listed(driver, "topics").contains(&topic) { Err("still listed") } else { Ok(()) }
    });
}

/// Produces records of every shape with every codec, idempotent and not, and reads them back.
fn codecs(client: Client, driver: &mut Driver) {
    let topic = unique("codecs");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1 }));
    let mut wanted = Vec::new();
    for (codec, idempotent) in CODECS.iter().flat_map(|codec| [(codec, false), (codec, true)]) {
        let records = records(client);
        let done = driver.call(
            "produce",
            json!({ "topic": topic, "codec": codec, "idempotent": idempotent, "records": records }),
        );
        let base = i64::try_from(wanted.len()).expect("few records");
        let placed: Vec<i64> = (base..).take(records.len()).collect();
        assert_eq!(offsets(&done), placed, "{codec}");
        wanted.extend(records.iter().map(content));
    }
    for acks in ["0", "1"] {
        let records = records(client);
        driver.call("produce", json!({ "topic": topic, "acks": acks, "records": records }));
        wanted.extend(records.iter().map(content));
    }
    let found = read(driver, &topic, 0, json!({ "at": "earliest" }), wanted.len());
    for (index, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        assert_eq!(found["offset"], index);
        assert_eq!(&content(found), wanted, "record {index}");
    }
}

/// Reads from the start, the end, an offset, a timestamp; seeks.
fn positions(client: Client, driver: &mut Driver) {
    let topic = unique("positions");
    driver.call("create_topic", json!({ "topic": topic, "partitions": 2 }));
    let mut sent = records(client);
    produce(driver, &topic, 1, &sent);

    let from_offset = read(driver, &topic, 1, json!({ "offset": 4 }), 3);
    assert_eq!(from_offset[0]["offset"], 4);
    let from_time = read(driver, &topic, 1, json!({ "timestamp": TIMESTAMP + 2500 }), 5);
    assert_eq!(from_time[0]["timestamp"], TIMESTAMP + 3000);

    let name = unique("tail");
    driver.call(
        "open",
        json!({ "consumer": name, "topic": topic, "partition": 1, "from": { "at": "latest" } }),
    );
    let late = sent.pop().expect("records");
    produce(driver, &topic, 1, std::slice::from_ref(&late));
    let found = poll(driver, &name, 1);
    assert_eq!((content(&found[0]), &found[0]["offset"]), (content(&late), &json!(7)));
    driver.call("seek", json!({ "consumer": name, "topic": topic, "partition": 1, "offset": 2 }));
    assert_eq!(poll(driver, &name, 6)[0]["offset"], 2);
    if !lacks(client, "position") {
        let at = json!({ "consumer": name, "topic": topic, "partition": 1 });
        assert_eq!(driver.call("position", at), 8);
    }
    driver.call("close", json!({ "consumer": name }));

    let offset = |driver: &mut Driver, at: Value| {
        driver.call("offset", json!({ "topic": topic, "partition": 1, "at": at }))
    };
    assert_eq!(offset(driver, json!("earliest")), 0);
    assert_eq!(offset(driver, json!("latest")), 8);
    assert_eq!(offset(driver, json!(TIMESTAMP + 4000)), 3);
    if !lacks(client, "max_timestamp") {
        assert_eq!(offset(driver, json!("max_timestamp")), 6);
    }
}

/// Configurations, record deletion, the cluster, log directories.
fn admin(client: Client, driver: &mut Driver, _node: &TestNode) {
    let topic = unique("admin");
    let configs = json!({ "retention.ms": "3600000", "max.message.bytes": "2000" });
    driver.call("create_topic", json!({ "topic": topic, "partitions": 1, "configs": configs }));
    let found = driver.call("describe_configs", json!({ "topic": topic }));
    assert_eq!(found["retention.ms"], "3600000");
    assert_eq!(found["max.message.bytes"], "2000");
    assert_eq!(found["cleanup.policy"], "delete");

    let big = vec![json!({ "key": null, "value": "61".repeat(9000), "headers": [] })];
    let error = driver.call_err("produce", json!({ "topic": topic, "records": big }));
    let lower = error.to_lowercase().replace('_', " ");
    assert!(lower.contains("large") || lower.contains("max message bytes"), "{error}");
    driver.call(
        "alter_config",
        json!({ "topic": topic, "key": "max.message.bytes", "value": "20000" }),
    );
    eventually("the new limit holds", || {
        driver.try_call("produce", json!({ "topic": topic, "records": big }))
    });
    driver.call("alter_config", json!({ "topic": topic, "key": "max.message.bytes" }));
    eventually("the default is back", || {
        let found = driver.call("describe_configs", json!({ "topic": topic }));
        if found["max.message.bytes"] == "1048588" { Ok(()) } else { Err(found.to_string()) }
    });
    if !lacks(client, "alter_error") {
        let invalid = json!({ "topic": topic, "key": "retention.ms", "value": "soon" });
        let error = driver.call_err("alter_config", invalid).to_lowercase();
        assert!(error.contains("config") || error.contains("retention.ms"), "{error}");
    }
    let broker = driver.call("describe_configs", json!({ "broker": "1" }));
    assert_eq!(broker["node.id"], "1");

    produce(driver, &topic, 0, &numbered(5, "deleted"));
    let low = driver.call("delete_records", json!({ "topic": topic, "partition": 0, "offset": 3 }));
    assert_eq!(low, 3);
    let found = read(driver, &topic, 0, json!({ "at": "earliest" }), 3);
    assert_eq!(found[0]["offset"], 3);

    let cluster = driver.call("cluster", json!({}));
    assert_eq!(cluster["brokers"], json!([1]));
    // aiokafka asks with the oldest version, which does not carry the id.
    if !lacks(client, "cluster_id") && client != Client::Aiokafka {
        assert_eq!(cluster["cluster_id"], keld_testkit::CLUSTER_ID);
    }
    if !lacks(client, "log_dirs") {
        assert!(listed(driver, "log_dirs").contains(&format!("{topic}-0")));
    }
}

fn listed(driver: &mut Driver, op: &str) -> Vec<String> {
    let found = driver.call(op, json!({}));
    found
        .as_array()
        .expect("names")
        .iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect()
}

fn join(driver: &mut Driver, consumer: &str, group: &str, topic: &str, instance: Option<&str>) {
    driver.call(
        "join",
        json!({ "consumer": consumer, "group": group, "topics": [topic], "instance_id": instance }),
    );
}

/// A member alone, a second one, the first leaves; commits survive; lag; static members; admin.
fn group_rebalances_commits_and_resumes(client: Client) {
    let node = node();
    let (mut first, mut second) =
        (start(client, &node.bootstrap()), start(client, &node.bootstrap()));
    let (topic, group) = (unique("grouped"), unique("group"));
    first.call("create_topic", json!({ "topic": topic, "partitions": 4 }));
    for partition in 0..4 {
        produce(&mut first, &topic, partition, &numbered(10, &format!("p{partition}")));
    }

    join(&mut first, "a", &group, &topic, None);
    let mut read = {
        let mut members = [Member { driver: &mut first, consumer: "a".to_owned() }];
        until_assigned(&mut members, |found| covers(found, &topic, 4))
    };
    read.extend(poll(&mut first, "a", 40 - read.len()));
    let mut places: Vec<(i64, i64)> = read
        .iter()
        .map(|one| (one["partition"].as_i64().unwrap_or(-1), one["offset"].as_i64().unwrap_or(-1)))
        .collect();
    places.sort_unstable();
    let all: Vec<(i64, i64)> = (0..4).flat_map(|p| (0..10).map(move |o| (p, o))).collect();
    assert_eq!(places, all);
    for partition in 0..4 {
        first.call(
            "commit",
            json!({ "consumer": "a", "topic": topic, "partition": partition, "offset": 6 }),
        );
    }

    join(&mut second, "b", &group, &topic, None);
    {
        let mut members = [
            Member { driver: &mut first, consumer: "a".to_owned() },
            Member { driver: &mut second, consumer: "b".to_owned() },
        ];
        until_assigned(&mut members, |found| covers(found, &topic, 4));
    }
    let described = second.call("describe_group", json!({ "group": group }));
    assert_eq!(described["state"].as_str().map(str::to_lowercase).as_deref(), Some("stable"));
    assert_eq!(described["members"].as_array().map(Vec::len), Some(2), "{described}");
    assert!(listed(&mut second, "groups").contains(&group));

    first.call("close", json!({ "consumer": "a" }));
    {
        let mut members = [Member { driver: &mut second, consumer: "b".to_owned() }];
        until_assigned(&mut members, |found| covers(found, &topic, 4));
    }
    second.call("commit", json!({ "consumer": "b", "topic": topic, "partition": 2, "offset": 9 }));
    second.call("close", json!({ "consumer": "b" }));

    let committed = |driver: &mut Driver, partition: i32| {
        driver.call("committed", json!({ "group": group, "topic": topic, "partition": partition }))
    };
    eventually("the last commit is seen", || {
        let found = committed(&mut first, 2);
        if found == 9 { Ok(()) } else { Err(found) }
    });
    assert_eq!(committed(&mut first, 0), 6);
    let lag = first.call("lag", json!({ "group": group, "topic": topic }));
    assert_eq!(lag, json!({ "0": 4, "1": 4, "2": 1, "3": 4 }));

    // A new member goes on where the group stopped.
    join(&mut first, "c", &group, &topic, None);
    let resumed = poll(&mut first, "c", 13);
    assert!(resumed.iter().all(|one| one["offset"].as_i64() >= Some(6)), "{resumed:?}");
    first.call("close", json!({ "consumer": "c" }));

    if !lacks(client, "alter_offset") {
        eventually("offsets of an empty group can be set", || {
            let to = json!({ "group": group, "topic": topic, "partition": 0, "offset": 1 });
            second.try_call("alter_offset", to)
        });
        assert_eq!(committed(&mut first, 0), 1);
    }
    if !lacks(client, "delete_offset") {
        let place = json!({ "group": group, "topic": topic, "partition": 1 });
        eventually("an offset of an empty group can be deleted", || {
            second.try_call("delete_offset", place.clone())
        });
        assert_eq!(committed(&mut first, 1), Value::Null);
    }
    if !lacks(client, "delete_group") {
        eventually("an empty group can be deleted", || {
            second.try_call("delete_group", json!({ "group": group }))
        });
        assert!(!listed(&mut second, "groups").contains(&group));
    }
    if !lacks(client, "static") {
        static_member_keeps_its_partitions(client, &node, first, second);
    }
}

/// A static member that crashes and comes back under its name gets its partitions back without a
/// rebalance of the others.
fn static_member_keeps_its_partitions(
    client: Client,
    node: &TestNode,
    mut first: Driver,
    mut second: Driver,
) {
    let (topic, group) = (unique("static"), unique("static-group"));
    first.call("create_topic", json!({ "topic": topic, "partitions": 2 }));
    join(&mut first, "a", &group, &topic, Some("one"));
    join(&mut second, "b", &group, &topic, Some("two"));
    let settle = |first: &mut Driver, second: &mut Driver| {
        let mut members = [
            Member { driver: first, consumer: "a".to_owned() },
            Member { driver: second, consumer: "b".to_owned() },
        ];
        until_assigned(&mut members, |found| covers(found, &topic, 2));
        members.map(|mut member| crate::support::assignment(&mut member))
    };
    let before = settle(&mut first, &mut second);
    first.kill();
    let mut first = start(client, &node.bootstrap());
    join(&mut first, "a", &group, &topic, Some("one"));
    let after = settle(&mut first, &mut second);
    assert_eq!(before, after);
    let described = second.call("describe_group", json!({ "group": group }));
    assert_eq!(described["members"].as_array().map(Vec::len), Some(2), "{described}");
}
