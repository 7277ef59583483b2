//! The steps of one produce and one fetch, as Callgrind counts their instructions.
//!
//! Each step runs once, in a process of its own, with everything around it left out of the count;
//! so the same binary counts the same on every machine. Files are real ones: what the kernel does
//! is not counted. `cargo xtask guard` compares the counts with `bench/guard/baseline.tsv`.
#![expect(missing_docs, reason = "the macros make public items for themselves")]

use bytes::Bytes;
use gungraun::{library_benchmark, library_benchmark_group, main};
use keld_env::os::OsDisk;
use keld_log::{
    AppendInfo, AppendOrigin, DirectoryKind, FetchData, LeaderAppend, LogConfig, LogDirectory,
    MetaProperties, OpenLog, PartitionLog, ReadBounds,
};
use keld_record::{
    BatchBuilder, Compression, RecordBatch, ValidateOptions, Validated, check_produce_records,
    validate,
};
use keld_types::{
    BrokerId, ClusterId, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicName, TopicPartition,
    Uuid,
};
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use keld_wire::messages::{FetchRequest, FetchResponse, ProduceRequest, ProduceResponse};
use keld_wire::{
    Decode as _, Decoder, Encoded, Encoder, Records, RecordsPart, Request, RequestPreamble,
    Response, Str, encode_request,
};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

/// The allocator of the broker: what it takes is part of every step.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TOPIC: &str = "orders";
const NOW_MS: i64 = 1_700_000_000_000;
const EPOCH: LeaderEpoch = LeaderEpoch::new(3);
/// What clients of Kafka 4 speak to a topic by its name.
const PRODUCE_VERSION: i16 = 12;
const FETCH_VERSION: i16 = 12;
/// Batches in the log before the step that is counted: enough for two hundred index entries.
const BATCHES: usize = 200;

fn partition() -> TopicPartition {
    TopicPartition::new(TopicName::new(TOPIC), PartitionIndex::new(0))
}

/// A batch of records of 100 bytes.
fn batch(records: usize, compression: Compression) -> Bytes {
    let mut builder = BatchBuilder::new(compression);
    let mut state = 88_172_645_463_325_252_u64;
    for index in 0..records {
        let value: Vec<u8> = (0..100)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                b'a' + (state >> 40) as u8 % 16
            })
            .collect();
        let timestamp = NOW_MS + index as i64;
        builder.append(timestamp, Some(b"key-1234"), Some(&value), &[]).expect("a record");
    }
    builder.finish().expect("a batch")
}

fn record_batch(records: usize, compression: Compression) -> RecordBatch {
    RecordBatch::parse(&batch(records, compression)).expect("a batch")
}

fn validated(records: usize) -> Validated {
    let partition = partition();
    let options = ValidateOptions::new(&partition, EPOCH, NOW_MS);
    validate(&record_batch(records, Compression::None), &options).expect("a valid batch")
}

/// A log in a fresh directory with batches of so many records.
fn log(batches: usize, records: usize) -> PartitionLog {
    // Relative, so that its length, which is counted too, is the same in every checkout.
    std::env::set_current_dir(env!("CARGO_TARGET_TMPDIR")).expect("a folder for files");
    let path = Path::new("log-dir");
    // Of another step that ran in the same folder.
    std::fs::remove_dir_all(path).ok();
    std::fs::create_dir(path).expect("a directory");
    let disk = Arc::new(OsDisk);
    let meta = MetaProperties {
        cluster_id: ClusterId::new("guard"),
        node_id: BrokerId::new(1),
        directory_id: None,
    };
    LogDirectory::format(disk.as_ref(), path, &meta).expect("formatted");
    let directory = LogDirectory::open(disk, path.to_owned()).expect("opened");
    let mut log = directory
        .open_log(OpenLog {
            partition: partition(),
            kind: DirectoryKind::Current,
            topic_id: Some(TopicId::new(Uuid::from_parts(1, 2))),
            config: LogConfig::default(),
            now_ms: NOW_MS,
        })
        .expect("a log");
    for _ in 0..batches {
        append_to(&mut log, &mut [validated(records)]);
    }
    log.set_high_watermark(log.log_end_offset());
    log
}

fn append_to(log: &mut PartitionLog, batches: &mut [Validated]) -> AppendInfo {
    let origin = AppendOrigin::Client;
    let append = LeaderAppend { batches, origin, leader_epoch: EPOCH, now_ms: NOW_MS };
    log.append_as_leader(append).expect("appended")
}

fn text(text: &'static str) -> Str {
    Str::from_static(text)
}

/// A request's frame without its length.
fn frame(request: &Request, version: i16) -> Bytes {
    let encoded = encode_request(7, Some(text("guard")), request, version).expect("a request");
    encoded.to_bytes().expect("a request without external records").slice(4..)
}

fn produce_frame(records: usize) -> Bytes {
    let data = PartitionProduceData {
        records: Some(Records::from(batch(records, Compression::None))),
        ..PartitionProduceData::default()
    };
    let topic = TopicProduceData {
        name: text(TOPIC),
        partition_data: vec![data],
        ..TopicProduceData::default()
    };
    let request = ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![topic],
        ..ProduceRequest::default()
    };
    frame(&Request::Produce(request), PRODUCE_VERSION)
}

fn produce_response() -> Response {
    let partition = PartitionProduceResponse { base_offset: 1234, ..Default::default() };
    let topic = TopicProduceResponse {
        name: text(TOPIC),
        partition_responses: vec![partition],
        ..TopicProduceResponse::default()
    };
    ProduceResponse { responses: vec![topic], ..ProduceResponse::default() }.into()
}

fn fetch_frame() -> Bytes {
    let partition = FetchPartition {
        fetch_offset: 1234,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    };
    let topic =
        FetchTopic { topic: text(TOPIC), partitions: vec![partition], ..FetchTopic::default() };
    let request = FetchRequest {
        max_wait_ms: 500,
        min_bytes: 1,
        topics: vec![topic],
        ..FetchRequest::default()
    };
    frame(&Request::Fetch(request), FETCH_VERSION)
}

fn fetch_response() -> Response {
    let external = RecordsPart::External { handle: 0, length: 64 << 10 };
    let records = Records::from(external);
    let partition = PartitionData {
        high_watermark: 1234,
        last_stable_offset: 1234,
        log_start_offset: 0,
        records: Some(records),
        ..PartitionData::default()
    };
    let topic = FetchableTopicResponse {
        topic: text(TOPIC),
        partitions: vec![partition],
        ..FetchableTopicResponse::default()
    };
    FetchResponse { responses: vec![topic], ..FetchResponse::default() }.into()
}

/// A log, and where in it something is looked for.
fn log_to_read() -> (PartitionLog, ReadBounds) {
    let log = log(BATCHES, 50);
    let bounds = ReadBounds {
        offset_max: log.log_end_offset(),
        bytes_max: 64 << 10,
        min_one_batch: true,
        with_aborted: false,
    };
    (log, bounds)
}

fn encode(response: &Response, version: i16) -> Encoded {
    let mut out = Encoder::with_capacity(256);
    response.encode(&mut out, version).expect("encoded");
    out.finish()
}

/// A response that was encoded once before, as the allocator's first page of a size is no part of
/// the step.
fn warm(response: Response, version: i16) -> Response {
    drop(black_box(encode(&response, version)));
    response
}

#[library_benchmark]
#[bench::one_record(produce_frame(1))]
#[bench::thousand_records(produce_frame(1000))]
fn produce_1_decode(frame: Bytes) -> (RequestPreamble, ProduceRequest) {
    let mut input = Decoder::new(black_box(frame));
    let preamble = RequestPreamble::decode(&mut input).expect("a header");
    let request = ProduceRequest::decode(&mut input, PRODUCE_VERSION).expect("a body");
    (preamble, request)
}

#[library_benchmark]
#[bench::one_record(batch(1, Compression::None))]
#[bench::thousand_records(batch(1000, Compression::None))]
#[bench::thousand_records_gzip(batch(1000, Compression::Gzip))]
#[bench::thousand_records_snappy(batch(1000, Compression::Snappy))]
#[bench::thousand_records_lz4(batch(1000, Compression::Lz4))]
#[bench::thousand_records_zstd(batch(1000, Compression::Zstd))]
fn produce_2_validate(records: Bytes) -> Validated {
    let partition = partition();
    let batch = check_produce_records(PRODUCE_VERSION, &black_box(records), &partition);
    let options = ValidateOptions::new(&partition, EPOCH, NOW_MS);
    validate(&batch.expect("one batch"), &options).expect("a valid batch")
}

#[library_benchmark]
#[bench::one_record(log(BATCHES, 1), validated(1))]
#[bench::thousand_records(log(2, 1000), validated(1000))]
fn produce_3_append(mut log: PartitionLog, batch: Validated) -> (PartitionLog, AppendInfo) {
    let info = append_to(&mut log, black_box(&mut [batch]));
    (log, info)
}

#[library_benchmark]
#[bench::one_partition(warm(produce_response(), PRODUCE_VERSION))]
fn produce_4_encode(response: Response) -> Encoded {
    encode(black_box(&response), PRODUCE_VERSION)
}

#[library_benchmark]
#[bench::one_partition(fetch_frame())]
fn fetch_1_decode(frame: Bytes) -> (RequestPreamble, FetchRequest) {
    let mut input = Decoder::new(black_box(frame));
    let preamble = RequestPreamble::decode(&mut input).expect("a header");
    let request = FetchRequest::decode(&mut input, FETCH_VERSION).expect("a body");
    (preamble, request)
}

#[library_benchmark]
#[bench::index_look_up(log_to_read(), 5001)]
#[bench::newest(log_to_read(), 9950)]
fn fetch_2_read(held: (PartitionLog, ReadBounds), offset: i64) -> (PartitionLog, FetchData) {
    let (mut log, bounds) = held;
    let data = log.read(black_box(Offset::new(offset)), &bounds).expect("read");
    (log, data)
}

#[library_benchmark]
#[bench::one_partition(warm(fetch_response(), FETCH_VERSION))]
fn fetch_3_encode(response: Response) -> Encoded {
    encode(black_box(&response), FETCH_VERSION)
}

library_benchmark_group!(
    name = guard,
    benchmarks = [
        produce_1_decode,
        produce_2_validate,
        produce_3_append,
        produce_4_encode,
        fetch_1_decode,
        fetch_2_read,
        fetch_3_encode
    ]
);

main!(library_benchmark_groups = guard);
