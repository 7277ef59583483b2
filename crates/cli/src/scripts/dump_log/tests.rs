//! Tests of the dump: every line as Kafka's tool prints it.

use bytes::Bytes;
use keld_record::{BatchBuilder, Compression, Header, Record};
use keld_types::Offset;

use super::*;
use crate::options::Options;

fn record(offset: i64, key: Option<&str>, value: &str) -> Record {
    Record {
        offset: Offset::new(offset),
        timestamp: 5,
        key: key.map(|key| Bytes::from(key.to_owned())),
        value: Some(Bytes::from(value.to_owned())),
        headers: vec![Header::new("h", "1")],
    }
}

fn log_bytes() -> Vec<u8> {
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append_record(&record(0, Some("k"), "v")).expect("fits");
    builder.append_record(&record(1, None, "w")).expect("fits");
    builder.finish().expect("not empty").to_vec()
}

fn dump(files: &[(&str, Vec<u8>)], arguments: &[&str]) -> (Outcome, String, String) {
    let folder = tempfile::tempdir().expect("temporary folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    let names: Vec<String> =
        files.iter().map(|(name, _)| folder.path().join(name).display().to_string()).collect();
    let mut words = vec!["--files".to_owned(), names[0].clone()];
    words.extend(arguments.iter().map(|word| (*word).to_owned()));
    let options = Options::parse(SPECS, &words).expect("valid");
    let (mut console, out, err) = Console::buffers("");
    let outcome = run(&mut console, &options);
    let root = format!("{}/", folder.path().display());
    (outcome, out.text().replace(&root, ""), err.text().replace(&root, ""))
}

const LOG: &str = "00000000000000000000.log";

#[test]
fn a_log_is_dumped_batch_by_batch_and_record_by_record() {
    let bytes = log_bytes();
    let header = keld_record::BatchHeader::parse(&bytes).expect("header");
    let (outcome, out, err) = dump(&[(LOG, bytes.clone())], &["--print-data-log"]);
    outcome.expect("dumped");
    assert_eq!(err, "");
    assert_eq!(
        out,
        format!(
            "Dumping {LOG}\nLog starting offset: 0\n\
             baseOffset: 0 lastOffset: 1 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 \
             producerEpoch: -1 partitionLeaderEpoch: {} isTransactional: false isControl: false \
             deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 5 size: {} magic: 2 \
             compresscodec: none crc: {} isvalid: true\n\
             | offset: 0 CreateTime: 5 keySize: 1 valueSize: 1 sequence: -1 headerKeys: [h] key: k payload: v\n\
             | offset: 1 CreateTime: 5 keySize: -1 valueSize: 1 sequence: -1 headerKeys: [h] payload: w\n",
            header.partition_leader_epoch,
            bytes.len(),
            header.crc
        )
    );
    let (_, out, _) = dump(&[(LOG, bytes)], &["--print-data-log", "--skip-record-metadata"]);
    assert!(out.ends_with("| key: k payload: v\n| payload: w\n"), "{out}");
}

#[test]
fn damage_is_reported_and_not_hidden() {
    let mut flipped = log_bytes();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    let (outcome, out, _) = dump(&[(LOG, flipped)], &[]);
    outcome.expect("dumped");
    assert!(out.contains("isvalid: false"), "{out}");

    let mut torn = log_bytes();
    let whole = torn.len();
    torn.extend_from_slice(&log_bytes()[..70]);
    let (outcome, out, _) = dump(&[(LOG, torn)], &[]);
    outcome.expect("dumped");
    assert!(out.ends_with(&format!("Found 70 invalid bytes at the end of {LOG}\n")), "{out}");

    let mut strange = log_bytes();
    strange.extend_from_slice(&[0; 100]);
    let (outcome, _, _) = dump(&[(LOG, strange)], &[]);
    let failure = outcome.expect_err("not a batch");
    assert!(failure.message().contains(&format!("at position {whole}")), "{}", failure.message());
}

#[test]
fn indexes_are_compared_with_the_log() {
    let index =
        |offset: i32, position: i32| [offset.to_be_bytes(), position.to_be_bytes()].concat();
    let name = "00000000000000000000.index";
    let (_, out, err) = dump(&[(name, index(1, 0)), (LOG, log_bytes())], &[]);
    assert_eq!(
        (out.as_str(), err.as_str()),
        ("Dumping 00000000000000000000.index\noffset: 1 position: 0\n", "")
    );
    let (_, _, err) = dump(&[(name, index(7, 0)), (LOG, log_bytes())], &["--verify-index-only"]);
    assert_eq!(err, format!("Mismatches in :{name}\n  Index offset: 7, log offset: 1\n"));
    let (_, out, _) = dump(&[(name, Vec::new()), (LOG, log_bytes())], &[]);
    assert!(out.ends_with("is empty.\n"), "{out}");
    let time = [5_i64.to_be_bytes().to_vec(), 1_i32.to_be_bytes().to_vec()].concat();
    let name = "00000000000000000000.timeindex";
    let (_, out, err) = dump(&[(name, time), (LOG, log_bytes())], &[]);
    assert_eq!((out.ends_with("timestamp: 5 offset: 1\n"), err.as_str()), (true, ""));
}

#[test]
fn producer_snapshots_are_dumped() {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&1_i16.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&1_i32.to_be_bytes());
    bytes.extend_from_slice(&9_i64.to_be_bytes());
    bytes.extend_from_slice(&1_i16.to_be_bytes());
    bytes.extend_from_slice(&4_i32.to_be_bytes());
    bytes.extend_from_slice(&20_i64.to_be_bytes());
    bytes.extend_from_slice(&2_i32.to_be_bytes());
    bytes.extend_from_slice(&77_i64.to_be_bytes());
    bytes.extend_from_slice(&(-1_i32).to_be_bytes());
    bytes.extend_from_slice(&(-1_i64).to_be_bytes());
    let (_, out, _) = dump(&[("00000000000000000021.snapshot", bytes)], &[]);
    assert!(
        out.ends_with(
            "producerId: 9 producerEpoch: 1 coordinatorEpoch: -1 currentTxnFirstOffset: \
             OptionalLong.empty lastTimestamp: 77 firstSequence: 2 lastSequence: 4 lastOffset: 20 \
             offsetDelta: 2 timestamp: 77\n"
        ),
        "{out}"
    );
}

/// Every record of every decoder is compared with Kafka's tool in `keld-testkit`.
#[test]
fn decoders_read_records_or_say_why_not() {
    let log = |key: Option<&[u8]>, value: &[u8]| {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(5, key, Some(value), &[]).expect("fits");
        vec![(LOG, builder.finish().expect("not empty").to_vec())]
    };
    let (outcome, out, _) = dump(&log(None, &[1, 20, 0, 0]), &["--cluster-metadata-decoder"]);
    outcome.expect("dumped");
    assert!(
        out.ends_with(" payload: {\"type\":\"NO_OP_RECORD\",\"version\":0,\"data\":{}}\n"),
        "{out}"
    );
    let (_, out, _) = dump(&log(None, &[1, 99, 0, 0]), &["--cluster-metadata-decoder"]);
    assert!(out.contains("Error at 0, skipping. "), "{out}");
    let (outcome, _, _) = dump(&log(None, &[0, 0]), &["--offsets-decoder"]);
    let failure = outcome.expect_err("without a key");
    assert!(failure.message().contains("at offset 0 using the specified decoder"));
    let key = [0, 2, 0, 1, b'g'];
    let (outcome, out, _) = dump(&log(Some(&key), &[0, 3, 0]), &["--offsets-decoder"]);
    outcome.expect("dumped");
    assert!(out.contains("key: Error at offset 0, skipping. Could not read record"), "{out}");
    let (_, out, _) = dump(&log(Some(&[0, 0, 0, 7]), b"v"), &["--key-decoder-class", INTEGER]);
    assert!(out.ends_with(" key: 7 payload: v\n"), "{out}");
    let (outcome, _, _) = dump(&log(None, b"v"), &["--value-decoder-class", "org.example.Mine"]);
    assert!(outcome.expect_err("unknown").message().contains("org.example.Mine"));
}

const INTEGER: &str = "org.apache.kafka.tools.api.IntegerDecoder";

#[test]
fn unknown_files_are_passed_over() {
    let (outcome, out, err) = dump(&[("x.txt", Vec::new())], &[]);
    outcome.expect("passed over");
    assert_eq!(out, "Dumping x.txt\n");
    assert_eq!(err, "Ignoring unknown file x.txt\n");
}
