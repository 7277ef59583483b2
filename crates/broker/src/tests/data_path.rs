//! Produce, Fetch, ListOffsets, DeleteRecords against a whole node.

use super::support::{Client, World, batch, batch_of, dir};
use bytes::Bytes;
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect, WALL_START_MS};
use keld_record::{BatchProducer, Compression, RecordBatch, batches};
use keld_types::{ErrorCode, ProducerEpoch, ProducerId, TopicId};
use keld_wire::ApiKey;
use keld_wire::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic, ForgottenTopic};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::produce_response::PartitionProduceResponse;
use keld_wire::messages::{
    DeleteRecordsRequest, FetchRequest, FetchResponse, ListOffsetsRequest, ProduceRequest,
    ProduceResponse,
};
use std::time::Duration;

/// A produce request of one partition, by name and by id.
pub(super) fn produce(
    topic: &str,
    id: TopicId,
    partition: i32,
    records: Bytes,
    acks: i16,
) -> ProduceRequest {
    ProduceRequest {
        acks,
        timeout_ms: 5000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            topic_id: id.uuid(),
            partition_data: vec![PartitionProduceData {
                index: partition,
                records: Some(records.into()),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

pub(super) fn named(topic: &str, records: Bytes) -> ProduceRequest {
    produce(topic, TopicId::ZERO, 0, records, -1)
}

fn only(response: &ProduceResponse) -> &PartitionProduceResponse {
    &response.responses[0].partition_responses[0]
}

pub(super) fn partition(index: i32, offset: i64) -> FetchPartition {
    FetchPartition {
        partition: index,
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    }
}

pub(super) fn fetch(topic: &str, partitions: Vec<FetchPartition>) -> FetchRequest {
    FetchRequest {
        replica_id: -1,
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic { topic: topic.into(), partitions, ..FetchTopic::default() }],
        ..FetchRequest::default()
    }
}

/// The values of one partition's records.
pub(super) fn values(response: &FetchResponse, topic: usize, partition: usize) -> Vec<String> {
    let data = &response.responses[topic].partitions[partition];
    assert_eq!(data.error_code, ErrorCode::NONE);
    let bytes = data.records.as_ref().unwrap().to_bytes().unwrap();
    let mut found = Vec::new();
    for batch in batches(bytes) {
        for record in batch.unwrap().records().unwrap() {
            found.push(String::from_utf8(record.unwrap().value.unwrap().to_vec()).unwrap());
        }
    }
    found
}

#[test]
fn what_is_produced_at_any_version_is_fetched_at_any_version() {
    let world = World::new(&[]);
    let id = world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for version in 3..=13 {
            let topic_id = if version >= 13 { id } else { TopicId::ZERO };
            let topic = if version >= 13 { "" } else { "t" };
            let value = format!("v{version}");
            let request = produce(topic, topic_id, 0, batch(&[&value]), 1);
            let response = client.call(request, version).await;
            let answer = only(&response);
            assert_eq!(answer.error_code, ErrorCode::NONE, "version {version}");
            assert_eq!(answer.base_offset, i64::from(version) - 3);
        }
        let expected: Vec<String> = (3..=13).map(|version| format!("v{version}")).collect();
        for version in 4..=18 {
            let mut request = fetch("t", vec![partition(0, 0)]);
            if version >= 13 {
                request.topics[0].topic = "".into();
                request.topics[0].topic_id = id.uuid();
            }
            if version >= 15 {
                request.replica_id = -1;
            }
            let response = client.call(request, version).await;
            assert_eq!(values(&response, 0, 0), expected, "version {version}");
            let data = &response.responses[0].partitions[0];
            assert_eq!((data.high_watermark, data.last_stable_offset), (11, 11));
        }
    });
}

#[test]
fn every_codec_is_kept_as_it_came() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for (index, codec) in Compression::ALL.into_iter().enumerate() {
            let records = batch_of(codec, WALL_START_MS, None, &["a", "b"]);
            let response = client.call(named("t", records), 9).await;
            assert_eq!(only(&response).base_offset, 2 * index as i64, "{codec:?}");
        }
        let response = client.call(fetch("t", vec![partition(0, 0)]), 11).await;
        let bytes = response.responses[0].partitions[0].records.as_ref().unwrap().to_bytes();
        let codecs: Vec<Compression> = batches(bytes.unwrap())
            .map(|batch| batch.unwrap().header().compression().unwrap())
            .collect();
        assert_eq!(codecs, Compression::ALL);
    });
}

#[test]
fn refused_records_are_told_in_kafkas_codes_and_the_next_request_works() {
    let world = World::new(&[("message.max.bytes", "1000")]);
    let id = world.create("t", 1, &[]);
    world.create("keys", 1, &[("cleanup.policy", "compact")]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let mut crc = batch(&["x"]).to_vec();
        crc[17] ^= 1;
        let mut magic = batch(&["x"]).to_vec();
        magic[16] = 1;
        let mut cut = batch(&["x"]).to_vec();
        cut.truncate(70);
        let mut two = batch(&["x"]).to_vec();
        two.extend_from_slice(&batch(&["y"]));
        let future = batch_of(Compression::None, WALL_START_MS + 7_200_000, None, &["x"]);
        let large = "x".repeat(2000);
        let zstd = batch_of(Compression::Zstd, WALL_START_MS, None, &["x"]);
        for (what, records, version, code) in [
            ("crc", Bytes::from(crc), 9, ErrorCode::CORRUPT_MESSAGE),
            ("magic 1", Bytes::from(magic), 9, ErrorCode::INVALID_RECORD),
            ("cut off", Bytes::from(cut), 9, ErrorCode::INVALID_RECORD),
            ("no batch", Bytes::new(), 9, ErrorCode::INVALID_RECORD),
            ("two batches", Bytes::from(two), 9, ErrorCode::INVALID_RECORD),
            ("too large", batch(&[&large]), 9, ErrorCode::MESSAGE_TOO_LARGE),
            ("timestamp", future, 9, ErrorCode::INVALID_TIMESTAMP),
            ("zstd", zstd, 6, ErrorCode::UNSUPPORTED_COMPRESSION_TYPE),
        ] {
            let response = client.call(named("t", records), version).await;
            let answer = only(&response);
            assert_eq!(answer.error_code, code, "{what}");
            assert_eq!(answer.base_offset, -1, "{what}");
            if what == "timestamp" {
                assert_eq!(answer.record_errors.len(), 1);
                assert!(answer.error_message.is_some());
            }
            let good = client.call(named("t", batch(&["good"])), 9).await;
            assert_eq!(only(&good).error_code, ErrorCode::NONE, "after {what}");
        }
        for (request, version, code) in [
            (named("nowhere", batch(&["x"])), 9, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            (
                produce("t", TopicId::ZERO, 7, batch(&["x"]), 1),
                9,
                ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            ),
            (produce("t", TopicId::ZERO, 0, batch(&["x"]), 2), 9, ErrorCode::INVALID_REQUIRED_ACKS),
            (
                produce("", TopicId::new(keld_types::Uuid::from_parts(9, 9)), 0, batch(&["x"]), 1),
                13,
                ErrorCode::UNKNOWN_TOPIC_ID,
            ),
        ] {
            let response = client.call(request, version).await;
            assert_eq!(only(&response).error_code, code);
        }
        let response = client.call(produce("", id, 0, batch(&["x"]), 1), 13).await;
        assert_eq!(only(&response).error_code, ErrorCode::NONE);
        let mut builder = keld_record::BatchBuilder::new(Compression::None);
        builder.append(WALL_START_MS, None, Some(b"no key"), &[]).unwrap();
        let response = client.call(named("keys", builder.finish().unwrap()), 9).await;
        let answer = only(&response);
        assert_eq!(answer.error_code, ErrorCode::INVALID_RECORD);
        assert_eq!(answer.record_errors.len(), 1);
    });
}

#[test]
fn acks_zero_has_no_answer_and_an_error_ends_the_connection() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        client.send(&produce("t", TopicId::ZERO, 0, batch(&["quiet"]), 0), 9).await;
        let response = client.call(fetch("t", vec![partition(0, 0)]), 11).await;
        assert_eq!(values(&response, 0, 0), ["quiet"], "the first answer is the fetch's");
        client.send(&produce("nowhere", TopicId::ZERO, 0, batch(&["x"]), 0), 9).await;
        assert_eq!(client.receive_frame().await, None);
    });
}

#[test]
fn an_idempotent_producer_may_repeat_and_must_not_skip() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let from = |epoch, base_sequence| {
            let id = ProducerId::new(4000);
            let producer = BatchProducer { id, epoch: ProducerEpoch::new(epoch), base_sequence };
            named("t", batch_of(Compression::None, WALL_START_MS, Some(producer), &["a", "b"]))
        };
        let mut results = Vec::new();
        for (epoch, sequence) in [(0, 0), (0, 2), (0, 0), (0, 9), (1, 0), (0, 4)] {
            let response = client.call(from(epoch, sequence), 9).await;
            results.push((only(&response).error_code, only(&response).base_offset));
        }
        assert_eq!(
            results,
            [
                (ErrorCode::NONE, 0),
                (ErrorCode::NONE, 2),
                (ErrorCode::NONE, 0),
                (ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, -1),
                (ErrorCode::NONE, 4),
                (ErrorCode::INVALID_PRODUCER_EPOCH, -1),
            ]
        );
    });
}

#[test]
fn requests_that_come_together_are_answered_each_for_itself_and_in_order() {
    let world = World::new(&[]);
    world.create("t", 2, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let by = |sequence, value: &str| {
            let (id, epoch) = (ProducerId::new(7), ProducerEpoch::new(0));
            let producer = BatchProducer { id, epoch, base_sequence: sequence };
            named("t", batch_of(Compression::None, WALL_START_MS, Some(producer), &[value]))
        };
        let mut corrupt = batch(&["x"]).to_vec();
        *corrupt.last_mut().unwrap() ^= 1;
        let other = |value: &str| produce("t", TopicId::ZERO, 1, batch(&[value]), 1);
        let mut both = named("t", batch(&["e"]));
        both.topic_data.extend(other("z").topic_data);
        let requests = [
            named("t", batch(&["a", "b"])),
            named("t", corrupt.into()),
            by(0, "c"),
            other("y"),
            by(2, "x"),
            by(1, "d"),
            by(0, "c"),
            produce("t", TopicId::ZERO, 0, batch(&["x"]), 5),
            both,
            named("unknown", batch(&["x"])),
            produce("t", TopicId::ZERO, 0, batch(&["f"]), 0),
            named("t", batch(&["g"])),
        ];
        let first = client.send_together(&requests, 9).await;
        let mut answers = Vec::new();
        // The one with acks 0 has no answer.
        for place in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11] {
            let (id, answer) =
                client.receive::<ProduceResponse>(ApiKey::Produce, 9).await.expect("an answer");
            assert_eq!(id, first + place);
            answers.push((only(&answer).error_code, only(&answer).base_offset));
        }
        let none = ErrorCode::NONE;
        let expected = [
            (none, 0),
            (ErrorCode::CORRUPT_MESSAGE, -1),
            (none, 2),
            (none, 0),
            (ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, -1),
            (none, 3),
            (none, 2),
            (ErrorCode::INVALID_REQUIRED_ACKS, -1),
            (none, 4),
            (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1),
            (none, 6),
        ];
        assert_eq!(answers, expected);
        let found = client.call(fetch("t", vec![partition(0, 0), partition(1, 0)]), 11).await;
        assert_eq!(values(&found, 0, 0), ["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(values(&found, 0, 1), ["y", "z"]);
    });
}

#[test]
fn a_fetch_waits_for_bytes_and_not_longer_than_it_said() {
    let world = World::new(&[]);
    world.create("t", 2, &[]);
    world.talk(|env| async move {
        let mut reader = Client::connect(&env).await;
        let mut writer = Client::connect(&env).await;
        let start = env.clock.monotonic();
        let empty = reader.call(fetch("t", vec![partition(0, 0)]), 11).await;
        assert!(values(&empty, 0, 0).is_empty());
        let waited = env.clock.monotonic() - start;
        assert!(waited >= Duration::from_millis(500) && waited < Duration::from_millis(510));

        let start = env.clock.monotonic();
        let mut patient = fetch("t", vec![partition(0, 0), partition(1, 0)]);
        patient.max_wait_ms = 60_000;
        let size = batch(&["x"]).len() as i32;
        patient.min_bytes = 2 * size;
        reader.send(&patient, 11).await;
        for (at, index) in [(5, 0), (10, 1)] {
            env.clock.sleep_until(start + Duration::from_secs(at)).await;
            let request = produce("t", TopicId::ZERO, index, batch(&["x"]), 1);
            assert_eq!(only(&writer.call(request, 9).await).error_code, ErrorCode::NONE);
        }
        let (_, response) =
            reader.receive::<FetchResponse>(keld_wire::ApiKey::Fetch, 11).await.unwrap();
        assert_eq!(values(&response, 0, 0).len() + values(&response, 0, 1).len(), 2);
        let waited = env.clock.monotonic() - start;
        assert!(waited < Duration::from_millis(10_010), "{waited:?}");
    });
}

#[test]
fn sizes_are_kept_but_one_batch_always_comes() {
    let world = World::new(&[]);
    world.create("t", 3, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let large = "x".repeat(5000);
        for index in 0..3 {
            for _ in 0..3 {
                let request = produce("t", TopicId::ZERO, index, batch(&[&large]), 1);
                client.call(request, 9).await;
            }
        }
        let mut request = fetch("t", (0..3).map(|index| partition(index, 0)).collect());
        for partition in &mut request.topics[0].partitions {
            partition.partition_max_bytes = 100;
        }
        let response = client.call(request.clone(), 11).await;
        let counts: Vec<usize> = (0..3).map(|index| values(&response, 0, index).len()).collect();
        assert_eq!(counts, [1, 0, 0], "the first batch although it is too large, then none");
        request.max_bytes = 11_000;
        for partition in &mut request.topics[0].partitions {
            partition.partition_max_bytes = 1 << 20;
        }
        let response = client.call(request, 11).await;
        let bytes: usize = response.responses[0]
            .partitions
            .iter()
            .map(|data| data.records.as_ref().unwrap().length())
            .sum();
        assert!(bytes <= 11_000);
    });
}

#[test]
fn a_piece_of_a_batch_is_left_out_and_not_waited_for() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let whole = batch(&[&"x".repeat(5000)]);
        for _ in 0..2 {
            client.call(produce("t", TopicId::ZERO, 0, whole.clone(), 1), 9).await;
        }
        let mut request = fetch("t", vec![partition(0, 0)]);
        let bytes = i32::try_from(whole.len()).unwrap() + 100;
        request.topics[0].partitions[0].partition_max_bytes = bytes;
        (request.min_bytes, request.max_wait_ms) = (bytes, 10_000);
        let start = env.clock.monotonic();
        let response = client.call(request, 11).await;
        assert_eq!(values(&response, 0, 0).len(), 1);
        let records = response.responses[0].partitions[0].records.as_ref();
        assert_eq!(records.unwrap().length(), whole.len());
        assert!(env.clock.monotonic() - start < Duration::from_secs(1));
    });
}

#[test]
fn a_fetch_session_leaves_out_what_did_not_change() {
    let world = World::new(&[]);
    let id = world.create("t", 3, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let mut request = fetch("", (0..3).map(|index| partition(index, 0)).collect());
        request.topics[0].topic_id = id.uuid();
        request.session_epoch = 0;
        request.max_wait_ms = 0;
        let opened = client.call(request, 17).await;
        assert_ne!(opened.session_id, 0);
        assert_eq!(opened.responses[0].partitions.len(), 3);
        client.call(produce("t", TopicId::ZERO, 1, batch(&["x"]), 1), 9).await;
        let incremental = |epoch| FetchRequest {
            session_id: opened.session_id,
            session_epoch: epoch,
            topics: Vec::new(),
            ..fetch("", Vec::new())
        };
        let changed = client.call(incremental(1), 17).await;
        let partitions: Vec<i32> =
            changed.responses[0].partitions.iter().map(|data| data.partition_index).collect();
        assert_eq!(partitions, [1]);
        assert_eq!(changed.session_id, opened.session_id);
        let mut forget = incremental(2);
        forget.forgotten_topics_data = vec![ForgottenTopic {
            topic_id: id.uuid(),
            partitions: vec![1],
            ..ForgottenTopic::default()
        }];
        forget.max_wait_ms = 0;
        assert!(client.call(forget, 17).await.responses.is_empty());
        let stale = client.call(incremental(2), 17).await;
        assert_eq!(stale.error_code, ErrorCode::INVALID_FETCH_SESSION_EPOCH);
        let mut gone = incremental(1);
        gone.session_id = 77;
        let gone = client.call(gone, 17).await;
        assert_eq!(gone.error_code, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    });
}

#[test]
fn fetches_of_what_is_not_there_are_told_so() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        client.call(named("t", batch(&["x"])), 9).await;
        let code = |response: &FetchResponse| response.responses[0].partitions[0].error_code;
        let response = client.call(fetch("nowhere", vec![partition(0, 0)]), 11).await;
        assert_eq!(code(&response), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        let response = client.call(fetch("t", vec![partition(0, 2)]), 11).await;
        assert_eq!(code(&response), ErrorCode::OFFSET_OUT_OF_RANGE);
        let mut epoch = partition(0, 0);
        epoch.current_leader_epoch = 50;
        let response = client.call(fetch("t", vec![epoch]), 11).await;
        assert_eq!(code(&response), ErrorCode::UNKNOWN_LEADER_EPOCH);
        let mut by_id = fetch("", vec![partition(0, 0)]);
        by_id.topics[0].topic_id = keld_types::Uuid::from_parts(1, 1);
        let response = client.call(by_id, 13).await;
        assert_eq!(code(&response), ErrorCode::UNKNOWN_TOPIC_ID);
        let mut follower = fetch("t", vec![partition(0, 0)]);
        follower.replica_id = 2;
        let response = client.call(follower, 11).await;
        assert_eq!(code(&response), ErrorCode::NOT_LEADER_OR_FOLLOWER);
    });
}

#[test]
fn offsets_are_listed_by_place_and_time_as_each_version_knows() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for offset in 0..5 {
            let time = WALL_START_MS + offset * 1000;
            client.call(named("t", batch_of(Compression::None, time, None, &["x"])), 9).await;
        }
        let delete = DeleteRecordsRequest {
            topics: vec![DeleteRecordsTopic {
                name: "t".into(),
                partitions: [2, 99]
                    .into_iter()
                    .map(|offset| DeleteRecordsPartition {
                        offset,
                        ..DeleteRecordsPartition::default()
                    })
                    .collect(),
                ..DeleteRecordsTopic::default()
            }],
            timeout_ms: 1000,
            ..DeleteRecordsRequest::default()
        };
        let deleted = client.call(delete, 2).await;
        let results: Vec<_> = deleted.topics[0]
            .partitions
            .iter()
            .map(|result| (result.error_code, result.low_watermark))
            .collect();
        assert_eq!(results, [(ErrorCode::NONE, 2), (ErrorCode::OFFSET_OUT_OF_RANGE, -1)]);
        for (timestamp, version, expected) in [
            (-2, 1, Ok((2, -1))),
            (-1, 1, Ok((5, -1))),
            (WALL_START_MS + 2500, 1, Ok((3, WALL_START_MS + 3000))),
            (WALL_START_MS, 11, Ok((2, WALL_START_MS + 2000))),
            (WALL_START_MS + 9000, 11, Ok((-1, -1))),
            (-3, 7, Ok((4, WALL_START_MS + 4000))),
            (-3, 6, Err(ErrorCode::UNSUPPORTED_VERSION)),
            (-4, 8, Ok((2, -1))),
            (-5, 9, Ok((-1, -1))),
            (-6, 11, Ok((-1, -1))),
            (-6, 10, Err(ErrorCode::UNSUPPORTED_VERSION)),
            (-9, 11, Err(ErrorCode::UNSUPPORTED_VERSION)),
        ] {
            let request = ListOffsetsRequest {
                replica_id: -1,
                topics: vec![ListOffsetsTopic {
                    name: "t".into(),
                    partitions: vec![ListOffsetsPartition {
                        timestamp,
                        ..ListOffsetsPartition::default()
                    }],
                    ..ListOffsetsTopic::default()
                }],
                ..ListOffsetsRequest::default()
            };
            let response = client.call(request, version).await;
            let answer = &response.topics[0].partitions[0];
            let found = if answer.error_code.is_none() {
                Ok((answer.offset, answer.timestamp))
            } else {
                Err(answer.error_code)
            };
            assert_eq!(found, expected, "{timestamp} at version {version}");
        }
    });
}

#[test]
fn a_flush_that_the_topic_demands_comes_before_the_answer() {
    let world = World::new(&[]);
    world.create("t", 1, &[("flush.messages", "1")]);
    let disk = world.process.disk().clone();
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(named("t", batch(&["durable"])), 9).await;
        assert_eq!(only(&response).error_code, ErrorCode::NONE);
        let lost = disk.crashed(keld_env::sim::Crash::PowerLossAll);
        let content = lost.content(&dir("/data/t-0/00000000000000000000.log")).unwrap();
        let stored = RecordBatch::parse(&content.into()).unwrap();
        assert_eq!(stored.header().record_count, 1);
    });
}

#[test]
fn records_survive_a_clean_stop_and_a_killed_process() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        client.call(named("t", batch(&["one"])), 9).await;
    });
    let world = world.restarted(&["/data"], &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        client.call(named("t", batch(&["two"])), 9).await;
    });
    let disk = world.process.kill();
    let world = World::try_on(disk, &["/data"], &[]).unwrap();
    let found = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        values(&client.call(fetch("t", vec![partition(0, 0)]), 11).await, 0, 0)
    });
    assert_eq!(found, ["one", "two"]);
}

#[test]
fn a_failed_directory_goes_offline_alone() {
    let dirs = ["/one", "/two"];
    let world = World::with_dirs(&dirs, &[]);
    world.create("t", 2, &[("flush.messages", "1")]);
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: "/two/t-".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    let codes = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let mut codes = Vec::new();
        for _ in 0..2 {
            for index in 0..2 {
                let request = produce("t", TopicId::ZERO, index, batch(&["x"]), -1);
                codes.push(only(&client.call(request, 9).await).error_code);
            }
        }
        codes
    });
    let failed = codes.iter().filter(|code| **code == ErrorCode::KAFKA_STORAGE_ERROR).count();
    let good = codes.iter().filter(|code| code.is_none()).count();
    assert_eq!((failed, good), (2, 2), "{codes:?}");
    // The controller is told: the partition that lay there has no leader any more.
    world.run_for(Duration::from_secs(3));
    let image = world.node.image();
    let leaders: Vec<bool> = image
        .topics_by_name()
        .flat_map(|topic| topic.partitions.values())
        .map(|partition| partition.leader == keld_types::BrokerId::NONE)
        .collect();
    assert_eq!(leaders.iter().filter(|gone| **gone).count(), 1, "{leaders:?}");
}

#[test]
fn the_node_fails_when_its_last_directory_does() {
    let world = World::new(&[]);
    world.create("t", 1, &[("flush.messages", "1")]);
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: "/data/t-".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(named("t", batch(&["x"])), 9).await;
        assert_eq!(only(&response).error_code, ErrorCode::KAFKA_STORAGE_ERROR);
    });
    let node = std::sync::Arc::clone(&world.node);
    let failed = async move { node.failed().await };
    let reason = world.simulation.run(&world.process, failed).unwrap();
    assert!(reason.contains("/data"), "{reason}");
}
