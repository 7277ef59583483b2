//! Consumers that ask for much and take little, and connections that do nothing, over real sockets:
//! memory stays bounded, others are served.

use crate::raw::{ask, batch, produce};
use crate::support::unique;
use bytes::Bytes;
use keld_testkit::{Broker, Connection, NodeOptions, TestNode, eventually, eventually_within};
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{CreateTopicsRequest, FetchRequest, ProduceRequest};
use keld_wire::{ApiKey, Records, Request, Response, encode_request, parse_response};
use std::fs;
use std::time::Duration;

const MIB: u64 = 1 << 20;

fn keld(options: NodeOptions) -> TestNode {
    TestNode::started(Broker::Keld, options).unwrap_or_else(|error| panic!("start: {error:#}"))
}

fn resident_bytes(node: &TestNode) -> u64 {
    let pid = node.pid().expect("it runs");
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its size");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a size");
    kib * 1024
}

/// How many sockets a node has open.
fn sockets(node: &TestNode) -> usize {
    let pid = node.pid().expect("it runs");
    let open = fs::read_dir(format!("/proc/{pid}/fd")).expect("its descriptors");
    // One that is closed meanwhile has no target.
    let targets = open.filter_map(|entry| fs::read_link(entry.expect("a descriptor").path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// Creates a topic of one partition and waits until it takes records.
fn create(node: &TestNode) -> String {
    let topic = unique("faults");
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: topic.as_str().into(),
            num_partitions: 1,
            replication_factor: 1,
            ..CreatableTopic::default()
        }],
        timeout_ms: 10_000,
        ..CreateTopicsRequest::default()
    };
    ask(&node.bootstrap(), &request.into(), 5);
    eventually("the topic takes records", || match produce(&node.bootstrap(), &topic, batch(10)) {
        (0, _) => Ok(()),
        (code, _) => Err(format!("error {code}")),
    });
    topic
}

fn frame(request: &Request, version: i16) -> Bytes {
    encode_request(1, None, request, version).expect("encodes").to_bytes().expect("no files")
}

/// A fetch of everything from the first offset on, 100 MiB at most.
fn fetch(topic: &str) -> Bytes {
    let request = FetchRequest {
        replica_id: -1,
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 100 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: topic.into(),
            partitions: vec![FetchPartition {
                partition_max_bytes: 100 << 20,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    };
    frame(&request.into(), 11)
}

/// How many bytes of records an answer to [`fetch`] has.
fn records_of(answer: Vec<u8>) -> usize {
    match parse_response(Bytes::from(answer), ApiKey::Fetch, 11).expect("decodes").1 {
        Response::Fetch(fetched) => {
            let data = &fetched.responses[0].partitions[0];
            assert_eq!(data.error_code.code(), 0);
            data.records.as_ref().map_or(0, Records::length)
        }
        other => panic!("not an answer to Fetch: {other:?}"),
    }
}

#[test]
fn consumers_that_ask_for_100_mib_and_take_nothing_cost_little_and_are_closed() {
    let options = NodeOptions::default().with("connections.max.idle.ms", "4000");
    let node = keld(options);
    let listening = sockets(&node);
    let topic = create(&node);
    let written = 40 * 1_000_000;
    for _ in 0..40 {
        assert_eq!(produce(&node.bootstrap(), &topic, batch(1_000_000)).0, 0);
    }
    let before = resident_bytes(&node);
    let request = fetch(&topic);
    let mut deaf: Vec<Connection> = (0..200)
        .map(|_| {
            let mut connection = Connection::open(&node.bootstrap()).expect("connects");
            connection.send_raw(&request).expect("sends");
            connection
        })
        .collect();
    // Eight gigabytes are asked for; whoever takes his share gets all of it, and so do new ones.
    for connection in deaf.iter_mut().take(2) {
        assert!(records_of(connection.receive().expect("an answer")) >= written);
    }
    let mut other = Connection::open(&node.bootstrap()).expect("connects");
    other.send_raw(&request).expect("sends");
    assert!(records_of(other.receive().expect("an answer")) >= written);
    assert_eq!(produce(&node.bootstrap(), &topic, batch(10)).0, 0);
    let grown = resident_bytes(&node).saturating_sub(before);
    assert!(grown < 48 * MIB, "{} MiB for consumers that take nothing", grown / MIB);
    // Those that take nothing are silent, and silence ends a connection.
    eventually_within("all are closed", Duration::from_secs(60), || {
        let open = sockets(&node);
        if open <= listening {
            Ok(())
        } else {
            Err(format!("{open} sockets, {listening} at first"))
        }
    });
    let ended = deaf.last_mut().expect("there are some").receive();
    assert!(ended.is_err(), "the rest of the answer never comes");
    Connection::open(&node.bootstrap()).and_then(|mut new| new.answers()).expect("it serves");
}

#[test]
fn five_thousand_idle_connections_cost_ten_kib_each() {
    const CONNECTIONS: u64 = 5000;
    const LARGE: usize = 200;
    let node = keld(NodeOptions::default());
    let topic = create(&node);
    let request = ProduceRequest {
        acks: 1,
        timeout_ms: 10_000,
        topic_data: vec![TopicProduceData {
            name: topic.as_str().into(),
            partition_data: vec![PartitionProduceData {
                records: Some(Records::from(batch(900_000))),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    let large = frame(&request.into(), 9);
    // What workers keep for themselves is there before the others come.
    for _ in 0..8 {
        let mut connection = Connection::open(&node.bootstrap()).expect("connects");
        connection.send_raw(&large).expect("sends");
        connection.receive().expect("an answer");
    }
    let before = resident_bytes(&node);
    let mut open = Vec::new();
    for index in 0..CONNECTIONS as usize {
        let mut connection = Connection::open(&node.bootstrap()).expect("connects");
        if index < LARGE {
            // A read buffer of a megabyte, which is given back when nothing comes any more.
            connection.send_raw(&large).expect("sends");
            connection.receive().expect("an answer");
        } else {
            connection.answers().expect("it is served");
        }
        open.push(connection);
    }
    eventually_within("memory is given back", Duration::from_secs(20), || {
        let each = resident_bytes(&node).saturating_sub(before) / CONNECTIONS;
        if each <= 10 * 1024 { Ok(()) } else { Err(format!("{each} bytes a connection")) }
    });
    // All of them still work.
    for connection in open.iter_mut().step_by(500) {
        connection.answers().expect("it is served");
    }
}
