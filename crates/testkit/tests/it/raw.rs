//! Single requests over a bare connection, for what no client lets one do.

use bytes::Bytes;
use keld_record::{BatchBuilder, BatchProducer, Compression};
use keld_testkit::{Connection, now_ms};
use keld_types::{ProducerEpoch, ProducerId};
use keld_wire::messages::ProduceRequest;
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::{ApiKey, Records, Request, Response, encode_request, parse_response};

/// A batch of one record of a producer, of this moment: state of old producers expires.
pub(crate) fn idempotent_batch(producer: i64, sequence: i32) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None).producer(BatchProducer {
        id: ProducerId::new(producer),
        epoch: ProducerEpoch::new(0),
        base_sequence: sequence,
    });
    builder.append(now_ms(), Some(b"k"), Some(b"v"), &[]).expect("small");
    builder.finish().expect("a batch")
}

/// A batch of one record with a value of `bytes` bytes.
pub(crate) fn batch(bytes: usize) -> Bytes {
    batch_at(crate::support::TIMESTAMP, bytes)
}

/// The same with a timestamp.
pub(crate) fn batch_at(timestamp_ms: i64, bytes: usize) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append(timestamp_ms, Some(b"k"), Some(&vec![b'v'; bytes]), &[]).expect("small");
    builder.finish().expect("a batch")
}

/// Sends a request on a connection of its own.
pub(crate) fn ask(bootstrap: &str, request: &Request, version: i16) -> Response {
    let frame = encode_request(1, None, request, version).expect("encodes").to_bytes();
    let mut connection = Connection::open(bootstrap).expect("connects");
    connection.send_raw(&frame.expect("no files")).expect("sends");
    let answer = connection.receive().expect("an answer");
    let key: ApiKey = request.api_key();
    parse_response(Bytes::from(answer), key, version).expect("decodes").1
}

/// Produces a batch to partition 0 with `acks=all`: error code and base offset.
pub(crate) fn produce(bootstrap: &str, topic: &str, records: Bytes) -> (i16, i64) {
    let request = ProduceRequest {
        acks: -1,
        timeout_ms: 10_000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![PartitionProduceData {
                records: Some(Records::from(records)),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    match ask(bootstrap, &request.into(), 9) {
        Response::Produce(done) => {
            let partition = &done.responses[0].partition_responses[0];
            (partition.error_code.code(), partition.base_offset)
        }
        other => panic!("not an answer to Produce: {other:?}"),
    }
}
