//! Records: InitProducerId, Produce, Fetch, ListOffsets, OffsetForLeaderEpoch, DeleteRecords,
//! DescribeProducers.

use super::engine::{Pair, Side, versions};
use super::topics::{create, topic};
use bytes::Bytes;
use keld_record::{BatchBuilder, BatchProducer, Compression, Header, crc32c};
use keld_types::{ErrorCode, LeaderEpoch, ProducerEpoch, ProducerId, Uuid};
use keld_wire::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use keld_wire::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use keld_wire::messages::describe_producers_request::TopicRequest;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic, ForgottenTopic};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{
    DeleteRecordsRequest, DescribeProducersRequest, FetchRequest, InitProducerIdRequest,
    ListOffsetsRequest, OffsetForLeaderEpochRequest, ProduceRequest,
};
use keld_wire::{ApiKey, Records, Response, Str};

const TIMESTAMP: i64 = 1_700_000_000_000;

/// A batch of `count` records with keys; timestamps rise by one second.
fn batch(compression: Compression, count: i64, producer: Option<BatchProducer>) -> Bytes {
    let mut builder = BatchBuilder::new(compression).leader_epoch(LeaderEpoch::NONE);
    if let Some(producer) = producer {
        builder = builder.producer(producer);
    }
    for index in 0..count {
        let value = format!("value {index}");
        let header = Header { key: "h".into(), value: Some(Bytes::from_static(b"1")) };
        builder
            .append(TIMESTAMP + index * 1000, Some(b"key"), Some(value.as_bytes()), &[header])
            .expect("small records");
    }
    builder.finish().expect("a batch")
}

/// The batch with bytes replaced and its CRC made right again.
fn changed(batch: &Bytes, at: usize, bytes: &[u8]) -> Bytes {
    let mut all = batch.to_vec();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    let crc = crc32c(&all[21..]);
    all[17..21].copy_from_slice(&crc.to_be_bytes());
    all.into()
}

fn produce(
    side: &Side,
    version: i16,
    name: &str,
    index: i32,
    records: Option<Bytes>,
    acks: i16,
) -> ProduceRequest {
    ProduceRequest {
        acks,
        timeout_ms: 10_000,
        topic_data: vec![TopicProduceData {
            name: if version < 13 { name.into() } else { Str::default() },
            topic_id: if version < 13 { Uuid::ZERO } else { side.uuid(&format!("id of {name}")) },
            partition_data: vec![PartitionProduceData {
                index,
                records: records.map(Records::from),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

fn fetch(side: &Side, version: i16, name: &str, partition: FetchPartition) -> FetchRequest {
    FetchRequest {
        max_wait_ms: 0,
        max_bytes: 1 << 20,
        topics: vec![fetch_topic(side, version, name, partition)],
        ..FetchRequest::default()
    }
}

fn fetch_topic(side: &Side, version: i16, name: &str, partition: FetchPartition) -> FetchTopic {
    FetchTopic {
        topic: if version < 13 { name.into() } else { Str::default() },
        topic_id: if version < 13 { Uuid::ZERO } else { side.uuid(&format!("id of {name}")) },
        partitions: vec![partition],
        ..FetchTopic::default()
    }
}

fn from(partition: i32, fetch_offset: i64) -> FetchPartition {
    FetchPartition {
        partition,
        fetch_offset,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    }
}

fn list(name: &str, partition: i32, timestamp: i64) -> ListOffsetsRequest {
    ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: name.into(),
            partitions: vec![ListOffsetsPartition {
                partition_index: partition,
                timestamp,
                ..ListOffsetsPartition::default()
            }],
            ..ListOffsetsTopic::default()
        }],
        ..ListOffsetsRequest::default()
    }
}

fn keep_producer(side: &mut Side, response: &Response) {
    if let Response::InitProducerId(found) = response {
        side.keep_number("producer", found.producer_id);
    }
}

fn keep_ids(side: &mut Side, response: &Response) {
    if let Response::CreateTopics(found) = response {
        for one in &found.topics {
            side.keep_uuid(&format!("id of {}", one.name.as_str()), one.topic_id);
        }
    }
}

pub(crate) fn run(pair: &mut Pair) {
    let configured = |name: &str, key: &str, value: &str| CreatableTopic {
        configs: vec![CreatableTopicConfig {
            name: key.into(),
            value: Some(value.into()),
            ..CreatableTopicConfig::default()
        }],
        ..topic(name, 1)
    };
    pair.ask_then(
        "for records",
        7,
        |_| {
            create(vec![
                topic("records", 2),
                topic("idempotent", 1),
                configured("compacted", "cleanup.policy", "compact"),
                configured("small", "max.message.bytes", "200"),
                configured("append-time", "message.timestamp.type", "LogAppendTime"),
                configured("recompressed", "compression.type", "gzip"),
                configured("bounded-time", "message.timestamp.before.max.ms", "1000"),
            ])
        },
        keep_ids,
    );
    // Kafka answers to the creation before its partitions have leaders.
    for (name, partition) in [
        ("records", 0),
        ("records", 1),
        ("idempotent", 0),
        ("compacted", 0),
        ("small", 0),
        ("append-time", 0),
        ("recompressed", 0),
        ("bounded-time", 0),
        ("assigned", 1),
        ("__consumer_offsets", 0),
    ] {
        pair.ask_until(
            "new partition",
            8,
            |_| list(name, partition, -1),
            |_, response| {
                matches!(response, Response::ListOffsets(found)
                if found.topics[0].partitions[0].error_code == ErrorCode::NONE)
            },
        );
    }
    producing(pair);
    idempotent(pair);
    fetching(pair);
    sessions(pair);
    offsets(pair);
    deleting(pair);
}

fn producing(pair: &mut Pair) {
    for version in versions(ApiKey::Produce) {
        pair.ask("good", version, |side| {
            produce(side, version, "records", 0, Some(batch(Compression::None, 3, None)), -1)
        });
        pair.ask("unknown partition", version, |side| {
            produce(side, version, "records", 9, Some(batch(Compression::None, 1, None)), 1)
        });
    }
    for codec in [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd] {
        pair.ask(&format!("{codec:?}"), 11, |side| {
            produce(side, 11, "records", 0, Some(batch(codec, 5, None)), 1)
        });
    }
    pair.ask("zstd before its version", 6, |side| {
        produce(side, 6, "records", 1, Some(batch(Compression::Zstd, 2, None)), 1)
    });
    pair.tell(9, |side| produce(side, 9, "records", 0, Some(batch(Compression::None, 1, None)), 0));
    pair.ask("after acks 0", 9, |side| {
        produce(side, 9, "records", 0, Some(batch(Compression::None, 1, None)), 1)
    });
    for acks in [2, -2] {
        pair.ask(&format!("acks {acks}"), 9, |side| {
            produce(side, 9, "records", 0, Some(batch(Compression::None, 1, None)), acks)
        });
    }

    let good = batch(Compression::None, 3, None);
    let two = [good.as_ref(), good.as_ref()].concat();
    let mut wrong_crc = good.to_vec();
    wrong_crc[17] ^= 0xff;
    let mut gzip = batch(Compression::Gzip, 3, None).to_vec();
    let last = gzip.len() - 12;
    gzip[last] ^= 0xff;
    let broken_gzip = changed(&Bytes::from(gzip), 21, &[0, 1]);
    let cases: Vec<(&str, Option<Bytes>)> = vec![
        ("null records", None),
        ("no records", Some(Bytes::new())),
        ("two batches", Some(two.into())),
        ("wrong crc", Some(wrong_crc.into())),
        ("one byte", Some(good.slice(..1))),
        ("half a header", Some(good.slice(..40))),
        ("cut short", Some(good.slice(..good.len() - 1))),
        ("bytes after the batch", Some([good.as_ref(), &[1, 2, 3]].concat().into())),
        ("magic 1", Some(changed(&good, 16, &[1]))),
        ("magic 0", Some(changed(&good, 16, &[0]))),
        ("magic 3", Some(changed(&good, 16, &[3]))),
        ("magic -1", Some(changed(&good, 16, &[0xff]))),
        ("length zero", Some(changed(&good, 8, &0_i32.to_be_bytes()))),
        ("length negative", Some(changed(&good, 8, &(-5_i32).to_be_bytes()))),
        ("length huge", Some(changed(&good, 8, &i32::MAX.to_be_bytes()))),
        ("base offset 5", Some(changed(&good, 0, &5_i64.to_be_bytes()))),
        ("count too high", Some(changed(&good, 57, &4_i32.to_be_bytes()))),
        ("count too low", Some(changed(&good, 57, &2_i32.to_be_bytes()))),
        ("count negative", Some(changed(&good, 57, &(-1_i32).to_be_bytes()))),
        ("count huge", Some(changed(&good, 57, &i32::MAX.to_be_bytes()))),
        ("last offset delta too high", Some(changed(&good, 23, &9_i32.to_be_bytes()))),
        ("last offset delta negative", Some(changed(&good, 23, &(-1_i32).to_be_bytes()))),
        ("control batch", Some(changed(&good, 21, &[0, 0x20]))),
        ("transactional without a producer", Some(changed(&good, 21, &[0, 0x10]))),
        ("codec 5", Some(changed(&good, 21, &[0, 5]))),
        ("codec 7", Some(changed(&good, 21, &[0, 7]))),
        ("log append time", Some(changed(&good, 21, &[0, 8]))),
        ("labelled gzip but plain", Some(changed(&good, 21, &[0, 1]))),
        ("labelled zstd but plain", Some(changed(&good, 21, &[0, 4]))),
        ("labelled lz4 but plain", Some(changed(&good, 21, &[0, 3]))),
        ("labelled snappy but plain", Some(changed(&good, 21, &[0, 2]))),
        ("broken gzip", Some(broken_gzip)),
        ("max timestamp wrong", Some(changed(&good, 35, &5_i64.to_be_bytes()))),
        ("producer id without epoch", Some(changed(&good, 43, &7_i64.to_be_bytes()))),
    ];
    for (name, records) in cases {
        pair.ask(name, 9, |side| produce(side, 9, "records", 1, records.clone(), 1));
    }
    pair.ask("good after bad", 9, |side| produce(side, 9, "records", 1, Some(good.clone()), 1));

    let mut no_key = BatchBuilder::new(Compression::None);
    no_key.append(TIMESTAMP, None, Some(b"v"), &[]).expect("small");
    let no_key = no_key.finish().expect("a batch");
    pair.ask("null key in a compacted topic", 11, |side| {
        produce(side, 11, "compacted", 0, Some(no_key.clone()), 1)
    });
    pair.ask("key in a compacted topic", 11, |side| {
        produce(side, 11, "compacted", 0, Some(batch(Compression::None, 2, None)), 1)
    });
    pair.ask("too large", 11, |side| {
        produce(side, 11, "small", 0, Some(batch(Compression::None, 20, None)), 1)
    });
    pair.ask("small enough", 11, |side| {
        produce(side, 11, "small", 0, Some(batch(Compression::None, 1, None)), 1)
    });
    for codec in [Compression::None, Compression::Zstd] {
        pair.ask(&format!("append time {codec:?}"), 11, |side| {
            produce(side, 11, "append-time", 0, Some(batch(codec, 2, None)), 1)
        });
        pair.ask(&format!("recompressed {codec:?}"), 11, |side| {
            produce(side, 11, "recompressed", 0, Some(batch(codec, 4, None)), 1)
        });
    }
    pair.ask("too old", 11, |side| {
        produce(side, 11, "bounded-time", 0, Some(batch(Compression::None, 2, None)), 1)
    });
    for version in [3, 12] {
        pair.ask("unknown topic", version, |side| {
            produce(side, version, "missing", 0, Some(batch(Compression::None, 1, None)), 1)
        });
    }
    pair.ask("unknown id", 13, |side| {
        produce(side, 13, "missing", 0, Some(batch(Compression::None, 1, None)), 1)
    });
    pair.ask("internal topic", 9, |side| {
        produce(side, 9, "__consumer_offsets", 0, Some(batch(Compression::None, 1, None)), 1)
    });
    pair.ask("metadata topic", 9, |side| {
        produce(side, 9, "__cluster_metadata", 0, Some(batch(Compression::None, 1, None)), 1)
    });
    pair.ask("no topics", 9, |_| ProduceRequest {
        acks: 1,
        timeout_ms: 100,
        ..ProduceRequest::default()
    });
    pair.ask("partition twice", 9, |side| {
        let mut request = produce(side, 9, "assigned", 1, Some(good.clone()), 1);
        let again = request.topic_data[0].partition_data[0].clone();
        request.topic_data[0].partition_data.push(again);
        request
    });
}

fn idempotent(pair: &mut Pair) {
    for version in versions(ApiKey::InitProducerId) {
        pair.ask_then(
            "good",
            version,
            |_| InitProducerIdRequest {
                transaction_timeout_ms: 60_000,
                ..InitProducerIdRequest::default()
            },
            keep_producer,
        );
    }
    pair.ask("known producer", 4, |side| InitProducerIdRequest {
        producer_id: side.number("producer"),
        producer_epoch: 0,
        transaction_timeout_ms: 60_000,
        ..InitProducerIdRequest::default()
    });
    pair.ask("producer without epoch", 4, |side| InitProducerIdRequest {
        producer_id: side.number("producer"),
        transaction_timeout_ms: 60_000,
        ..InitProducerIdRequest::default()
    });
    pair.ask("empty transactional id", 4, |_| InitProducerIdRequest {
        transactional_id: Some("".into()),
        transaction_timeout_ms: 60_000,
        ..InitProducerIdRequest::default()
    });
    let send = |side: &Side, epoch: i16, sequence: i32, count: i64| {
        let producer = BatchProducer {
            id: ProducerId::new(side.number("producer")),
            epoch: ProducerEpoch::new(epoch),
            base_sequence: sequence,
        };
        produce(
            side,
            11,
            "idempotent",
            0,
            Some(batch(Compression::None, count, Some(producer))),
            -1,
        )
    };
    let cases = [
        ("first", 0, 0, 2),
        ("first again", 0, 0, 2),
        ("second", 0, 2, 3),
        ("second again", 0, 2, 3),
        ("gap", 0, 9, 1),
        ("overlap", 0, 4, 3),
        ("third", 0, 5, 1),
        ("new epoch in the middle", 1, 5, 1),
        ("new epoch", 1, 0, 1),
        ("old epoch", 0, 6, 1),
        ("same sequence, other count", 1, 0, 2),
        ("negative sequence", 1, -2, 1),
    ];
    for (name, epoch, sequence, count) in cases {
        pair.ask(name, 11, |side| send(side, epoch, sequence, count));
    }
    for number in 1..7 {
        pair.ask(&format!("batch {number} of the window"), 11, |side| send(side, 1, number, 1));
    }
    pair.ask("oldest of the window", 11, |side| send(side, 1, 2, 1));
    pair.ask("out of the window", 11, |side| send(side, 1, 0, 1));
    pair.ask("unknown producer in the middle", 11, |side| {
        let producer = BatchProducer {
            id: ProducerId::new(123_456),
            epoch: ProducerEpoch::new(0),
            base_sequence: 10,
        };
        produce(side, 11, "idempotent", 0, Some(batch(Compression::None, 1, Some(producer))), -1)
    });
    let producers = |name: &str, partitions: &[i32]| DescribeProducersRequest {
        topics: vec![TopicRequest {
            name: name.into(),
            partition_indexes: partitions.to_vec(),
            ..TopicRequest::default()
        }],
        ..DescribeProducersRequest::default()
    };
    pair.ask("good", 0, |_| producers("idempotent", &[0]));
    pair.ask("none", 0, |_| producers("compacted", &[0]));
    pair.ask("unknown", 0, |_| producers("idempotent", &[0, 4, -1]));
    pair.ask("unknown topic", 0, |_| producers("missing", &[0]));
    pair.ask("bad topic", 0, |_| producers("bad name", &[0]));
}

fn fetching(pair: &mut Pair) {
    for version in versions(ApiKey::Fetch) {
        pair.ask("good", version, |side| fetch(side, version, "records", from(0, 0)));
        pair.ask("at the end", version, |side| fetch(side, version, "recompressed", from(0, 8)));
        pair.ask("out of range", version, |side| fetch(side, version, "records", from(0, 100_000)));
        pair.ask("negative offset", version, |side| fetch(side, version, "records", from(0, -1)));
        pair.ask("unknown partition", version, |side| fetch(side, version, "records", from(7, 0)));
        pair.ask("unknown topic", version, |side| fetch(side, version, "missing", from(0, 0)));
        if version >= 9 {
            let epoch = |epoch: i32| FetchPartition { current_leader_epoch: epoch, ..from(0, 0) };
            pair.ask("old leader epoch", version, |side| fetch(side, version, "small", epoch(0)));
            pair.ask("new leader epoch", version, |side| fetch(side, version, "small", epoch(5)));
        }
        if version >= 12 {
            let diverging = |epoch: i32| FetchPartition { last_fetched_epoch: epoch, ..from(0, 3) };
            pair.ask("last fetched epoch", version, |side| {
                fetch(side, version, "records", diverging(0))
            });
            pair.ask("last fetched epoch ahead", version, |side| {
                fetch(side, version, "records", diverging(7))
            });
        }
    }
    for name in ["recompressed", "compacted", "small"] {
        pair.ask(name, 11, |side| fetch(side, 11, name, from(0, 0)));
    }
    for offset in [1, 4, 20, 33] {
        pair.ask(&format!("from offset {offset}"), 12, |side| {
            fetch(side, 12, "records", from(0, offset))
        });
    }
    for bytes in [0, 1, 100, 400] {
        pair.ask(&format!("{bytes} bytes of a partition"), 12, |side| {
            fetch(side, 12, "records", FetchPartition { partition_max_bytes: bytes, ..from(0, 0) })
        });
        pair.ask(&format!("{bytes} bytes in all"), 12, |side| FetchRequest {
            max_bytes: bytes,
            ..fetch(side, 12, "records", from(0, 0))
        });
    }
    for isolation_level in [1, 2] {
        pair.ask(&format!("isolation {isolation_level}"), 12, |side| FetchRequest {
            isolation_level,
            ..fetch(side, 12, "records", from(0, 0))
        });
    }
    pair.ask("as a replica", 12, |side| FetchRequest {
        replica_id: 3,
        ..fetch(side, 12, "records", from(0, 0))
    });
    pair.ask("as a debugging consumer", 12, |side| FetchRequest {
        replica_id: -2,
        ..fetch(side, 12, "records", from(0, 0))
    });
    pair.ask("waits in vain", 12, |side| FetchRequest {
        max_wait_ms: 50,
        min_bytes: 1,
        ..fetch(side, 12, "recompressed", from(0, 8))
    });
    pair.ask("of the internal topic", 12, |side| fetch(side, 12, "__consumer_offsets", from(0, 0)));
}

fn sessions(pair: &mut Pair) {
    for version in [7, 12, 13, 18] {
        let keep = |side: &mut Side, response: &Response| {
            if let Response::Fetch(found) = response {
                side.keep_number("session", found.session_id);
            }
        };
        let number = |side: &Side| i32::try_from(side.number("session")).expect("an i32");
        pair.ask_then(
            "new session",
            version,
            |side| FetchRequest {
                session_epoch: 0,
                ..fetch(side, version, "records", from(0, 30))
            },
            keep,
        );
        pair.ask("session, nothing new", version, |side| FetchRequest {
            session_id: number(side),
            session_epoch: 1,
            topics: vec![],
            ..fetch(side, version, "records", from(0, 0))
        });
        pair.ask("session, a partition more", version, |side| FetchRequest {
            session_id: number(side),
            session_epoch: 2,
            ..fetch(side, version, "compacted", from(0, 0))
        });
        pair.ask("session, wrong epoch", version, |side| FetchRequest {
            session_id: number(side),
            session_epoch: 9,
            topics: vec![],
            ..fetch(side, version, "records", from(0, 0))
        });
        pair.ask("session, forgotten partition", version, |side| FetchRequest {
            session_id: number(side),
            session_epoch: 3,
            topics: vec![],
            forgotten_topics_data: vec![ForgottenTopic {
                topic: if version < 13 { "compacted".into() } else { Str::default() },
                topic_id: if version < 13 { Uuid::ZERO } else { side.uuid("id of compacted") },
                partitions: vec![0],
                ..ForgottenTopic::default()
            }],
            ..fetch(side, version, "records", from(0, 0))
        });
        pair.ask("session ended", version, |side| FetchRequest {
            session_id: number(side),
            session_epoch: -1,
            ..fetch(side, version, "records", from(0, 0))
        });
        pair.ask("session unknown", version, |side| FetchRequest {
            session_id: 12_345,
            session_epoch: 4,
            topics: vec![],
            ..fetch(side, version, "records", from(0, 0))
        });
    }
}

fn offsets(pair: &mut Pair) {
    for version in versions(ApiKey::ListOffsets) {
        for timestamp in [-1, -2, -3, -4, -5, -6, -7, 0, TIMESTAMP + 1500, TIMESTAMP * 2] {
            pair.ask(&format!("timestamp {timestamp}"), version, |_| list("records", 0, timestamp));
        }
        pair.ask("unknown partition", version, |_| list("records", 9, -1));
        pair.ask("unknown topic", version, |_| list("missing", 0, -1));
        if version >= 2 {
            pair.ask("committed end", version, |_| ListOffsetsRequest {
                isolation_level: 1,
                ..list("records", 0, -1)
            });
        }
        if version >= 4 {
            for epoch in [0, 3] {
                pair.ask(&format!("leader epoch {epoch}"), version, |_| {
                    let mut request = list("records", 0, -1);
                    request.topics[0].partitions[0].current_leader_epoch = epoch;
                    request
                });
            }
        }
    }
    pair.ask("partition twice", 8, |_| {
        let mut request = list("records", 0, -1);
        let again = request.topics[0].partitions[0].clone();
        request.topics[0].partitions.push(again);
        request
    });
    for version in versions(ApiKey::OffsetForLeaderEpoch) {
        let request = |partition: i32, current: i32, epoch: i32| OffsetForLeaderEpochRequest {
            replica_id: if version >= 3 { -1 } else { -2 },
            topics: vec![OffsetForLeaderTopic {
                topic: "records".into(),
                partitions: vec![OffsetForLeaderPartition {
                    partition,
                    current_leader_epoch: current,
                    leader_epoch: epoch,
                    ..OffsetForLeaderPartition::default()
                }],
                ..OffsetForLeaderTopic::default()
            }],
            ..OffsetForLeaderEpochRequest::default()
        };
        for (partition, current, epoch) in
            [(0, -1, 0), (0, 0, 0), (0, -1, -1), (0, -1, 5), (0, 4, 0), (9, -1, 0)]
        {
            pair.ask(
                &format!("partition {partition} current {current} epoch {epoch}"),
                version,
                |_| request(partition, current, epoch),
            );
        }
    }
}

fn deleting(pair: &mut Pair) {
    let request = |name: &str, partition: i32, offset: i64| DeleteRecordsRequest {
        topics: vec![DeleteRecordsTopic {
            name: name.into(),
            partitions: vec![DeleteRecordsPartition {
                partition_index: partition,
                offset,
                ..DeleteRecordsPartition::default()
            }],
            ..DeleteRecordsTopic::default()
        }],
        timeout_ms: 10_000,
        ..DeleteRecordsRequest::default()
    };
    for version in versions(ApiKey::DeleteRecords) {
        let offset = 4 + i64::from(version);
        pair.ask("good", version, |_| request("records", 0, offset));
        pair.ask("below the start", version, |_| request("records", 0, 1));
        pair.ask("beyond the end", version, |_| request("records", 0, 100_000));
        pair.ask("negative", version, |_| request("records", 0, -2));
        pair.ask("unknown partition", version, |_| request("records", 8, 1));
        pair.ask("unknown topic", version, |_| request("missing", 0, 1));
        pair.ask("compacted topic", version, |_| request("compacted", 0, 1));
        pair.ask("internal topic", version, |_| request("__consumer_offsets", 0, 1));
    }
    pair.ask("start moved", 8, |_| list("records", 0, -2));
    pair.ask("below the start", 12, |side| fetch(side, 12, "records", from(0, 1)));
    pair.ask("everything", 2, |_| request("idempotent", 0, -1));
    pair.ask("nothing left", 8, |_| list("idempotent", 0, -2));
}
