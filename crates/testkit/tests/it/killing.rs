//! `kill -9` of a real node under load, again and again: every acknowledged record is read back.
//!
//! What a killed process wrote is in the page cache, so this shows that recovery loses nothing, not
//! that syncs work: that is shown on the simulated disk (`crates/replication/src/commit/tests.rs`),
//! which also loses power. `KELD_KILLS` says how often, 5 times where it is not set.

use crate::support::unique;
use bytes::Bytes;
use keld_record::{BatchBuilder, Compression};
use keld_testkit::{Connection, TestNode, eventually, now_ms};
use keld_types::ErrorCode;
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{CreateTopicsRequest, FetchRequest, ProduceRequest};
use keld_wire::{Records, Request, Response, encode_request, parse_response};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// One connection, and one partition, each.
const PRODUCERS: i32 = 6;

/// What was acknowledged: value by partition and offset.
type Acknowledged = BTreeMap<(i32, i64), String>;

fn ask(connection: &mut Connection, request: Request, version: i16) -> io::Result<Response> {
    let key = request.api_key();
    let frame = encode_request(1, None, &request, version).map_err(io::Error::other)?;
    connection.send_raw(&frame.to_bytes().unwrap_or_default())?;
    let answer = Bytes::from(connection.receive()?);
    Ok(parse_response(answer, key, version).map_err(io::Error::other)?.1)
}

fn create(node: &TestNode, topic: &str) {
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: topic.into(),
            num_partitions: PRODUCERS,
            replication_factor: 1,
            ..CreatableTopic::default()
        }],
        timeout_ms: 30_000,
        ..CreateTopicsRequest::default()
    };
    let mut connection = Connection::open(&node.bootstrap()).expect("connects");
    match ask(&mut connection, request.into(), 5).expect("an answer") {
        Response::CreateTopics(done) => assert_eq!(done.topics[0].error_code, ErrorCode::NONE),
        other => panic!("{other:?}"),
    }
}

/// Sends one record after the other with acks=all until the node is gone.
fn load(
    bootstrap: &str,
    topic: &str,
    partition: i32,
    life: usize,
    count: &AtomicUsize,
) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    let Ok(mut connection) = Connection::open(bootstrap) else { return acknowledged };
    for n in 0.. {
        let value = format!("life {life} partition {partition} record {n} {}", "x".repeat(n % 900));
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(now_ms(), None, Some(value.as_bytes()), &[]).expect("small");
        let batch = PartitionProduceData {
            index: partition,
            records: Some(Records::from(builder.finish().expect("a batch"))),
            ..PartitionProduceData::default()
        };
        let request = ProduceRequest {
            acks: -1,
            timeout_ms: 30_000,
            topic_data: vec![TopicProduceData {
                name: topic.into(),
                partition_data: vec![batch],
                ..TopicProduceData::default()
            }],
            ..ProduceRequest::default()
        };
        let Ok(Response::Produce(answer)) = ask(&mut connection, request.into(), 9) else { break };
        let answer = &answer.responses[0].partition_responses[0];
        if answer.error_code != ErrorCode::NONE {
            // While it starts, the node may not lead yet.
            continue;
        }
        acknowledged.insert((partition, answer.base_offset), value);
        count.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}

/// Reads a partition from its start to `end`.
fn read_back(connection: &mut Connection, topic: &str, partition: i32, end: i64) -> Acknowledged {
    let mut found = Acknowledged::new();
    let mut next = 0;
    while next < end {
        let request = FetchRequest {
            replica_id: -1,
            max_wait_ms: 500,
            min_bytes: 1,
            max_bytes: 8 << 20,
            session_epoch: -1,
            topics: vec![FetchTopic {
                topic: topic.into(),
                partitions: vec![FetchPartition {
                    partition,
                    current_leader_epoch: -1,
                    fetch_offset: next,
                    last_fetched_epoch: -1,
                    partition_max_bytes: 8 << 20,
                    ..FetchPartition::default()
                }],
                ..FetchTopic::default()
            }],
            ..FetchRequest::default()
        };
        let answer = match ask(connection, request.into(), 11).expect("an answer") {
            Response::Fetch(answer) => answer,
            other => panic!("{other:?}"),
        };
        let data = &answer.responses[0].partitions[0];
        assert_eq!(data.error_code, ErrorCode::NONE, "partition {partition} at {next}");
        let records = data.records.clone().and_then(|records| records.to_bytes());
        for batch in keld_record::batches(records.unwrap_or_default()) {
            let batch = batch.expect("whole batches");
            for record in batch.records().expect("records") {
                let record = record.expect("a record");
                let value = record.value.as_deref().unwrap_or_default();
                let value = String::from_utf8(value.to_vec()).expect("text");
                found.insert((partition, record.offset.get()), value);
            }
            next = batch.header().next_offset().get();
        }
    }
    found
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the load runs beside the test")]
fn no_acknowledged_record_is_lost_by_kill_9() {
    let kills: usize =
        std::env::var("KELD_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(5);
    let mut node = TestNode::keld().unwrap_or_else(|error| panic!("start: {error:#}"));
    let topic = unique("killed");
    create(&node, &topic);
    let mut acknowledged = Acknowledged::new();
    for life in 0..kills {
        let count = Arc::new(AtomicUsize::new(0));
        let all: Arc<Mutex<Acknowledged>> = Arc::default();
        let producers: Vec<_> = (0..PRODUCERS)
            .map(|partition| {
                let (bootstrap, topic) = (node.bootstrap(), topic.clone());
                let (count, all) = (Arc::clone(&count), Arc::clone(&all));
                thread::spawn(move || {
                    let mine = load(&bootstrap, &topic, partition, life, &count);
                    all.lock().expect("no producer panicked").extend(mine);
                })
            })
            .collect();
        // Never at the same point of a life.
        let enough = 100 + life * 37 % 400;
        eventually("the load has run", || match count.load(Ordering::Relaxed) {
            count if count >= enough => Ok(()),
            count => Err(count),
        });
        node.kill();
        producers.into_iter().for_each(|producer| producer.join().expect("ends"));
        let life_acknowledged = std::mem::take(&mut *all.lock().expect("no producer panicked"));
        for (place, value) in life_acknowledged {
            let before = acknowledged.insert(place, value);
            assert_eq!(before, None, "{place:?} was given away twice");
        }
        node.start().unwrap_or_else(|error| panic!("start after kill {life}: {error:#}"));
    }
    let mut connection = Connection::open(&node.bootstrap()).expect("connects");
    for partition in 0..PRODUCERS {
        let mine = acknowledged.range((partition, 0)..(partition + 1, 0));
        let end = mine.clone().next_back().map_or(0, |((_, offset), _)| offset + 1);
        let found = read_back(&mut connection, &topic, partition, end);
        for (place, value) in mine {
            assert_eq!(found.get(place), Some(value), "{place:?}");
        }
    }
    println!("{kills} kills, {} records acknowledged, none lost", acknowledged.len());
    assert!(acknowledged.len() >= kills * 100, "{}", acknowledged.len());
    node.stop().expect("a clean stop");
}
