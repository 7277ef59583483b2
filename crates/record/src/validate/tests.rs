//! The leader's rules: accepted, changed, refused with Kafka's texts.

use super::*;
use crate::record::Header;
use expect_test::{Expect, expect};
use keld_types::{PartitionIndex, ProducerEpoch, ProducerId, TopicName};

fn partition() -> TopicPartition {
    TopicPartition::new(TopicName::new("events"), PartitionIndex::new(3))
}

fn batch(codec: Compression, count: i64) -> RecordBatch {
    let mut builder = BatchBuilder::new(codec);
    for i in 0..count {
        let headers = [Header::new("h", "v"), Header { key: Bytes::new(), value: None }];
        builder.append(1_000 + i, Some(b"key"), Some(b"value"), &headers).expect("fits");
    }
    builder.finish_batch().expect("has records")
}

/// `batch` with bytes of its header changed and the CRC made right again.
fn patched(batch: &RecordBatch, change: impl FnOnce(&mut BatchHeader)) -> RecordBatch {
    let mut header = *batch.header();
    change(&mut header);
    header.crc = header.compute_crc(&batch.payload());
    RecordBatch::parse(&[&header.encode()[..], &batch.payload()].concat().into()).expect("whole")
}

fn refused(batch: &RecordBatch, change: impl FnOnce(&mut ValidateOptions<'_>), text: Expect) {
    let partition = partition();
    let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(5), 2_000);
    change(&mut options);
    let error = validate(batch, &options).expect_err("refused");
    text.assert_eq(&error.to_string());
}

#[test]
fn a_good_batch_keeps_its_payload_and_gets_the_leaders_epoch() {
    for codec in Compression::ALL {
        let sent = batch(codec, 10);
        let partition = partition();
        let options = ValidateOptions::new(&partition, LeaderEpoch::new(5), 2_000);
        let mut good = validate(&sent, &options).expect("good");
        good.assign(Offset::new(70));
        assert!(!good.rewritten);
        assert_eq!(good.max_timestamp_offset_delta, 9);
        assert_eq!(good.payload.as_ptr(), sent.payload().as_ptr(), "not copied");
        let written = RecordBatch::parse(&good.to_bytes()).expect("whole");
        written.verify_crc().expect("a right checksum");
        assert_eq!(written.header().last_offset(), Offset::new(79));
        assert_eq!(written.header().partition_leader_epoch, LeaderEpoch::new(5));
        assert_eq!(written.header().max_timestamp, 1_009);
    }
}

#[test]
fn log_append_time_replaces_timestamps_and_checksum() {
    for codec in Compression::ALL {
        let partition = partition();
        let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 5_000_000);
        options.timestamp_type = TimestampType::LogAppendTime;
        let good = validate(&batch(codec, 2), &options).expect("no window applies");
        let written = RecordBatch::parse(&good.to_bytes()).expect("whole");
        written.verify_crc().expect("a right checksum");
        assert_eq!(good.max_timestamp_offset_delta, 0);
        for record in written.records().expect("readable") {
            assert_eq!(record.expect("readable").timestamp, 5_000_000);
        }
        // Sent again as it is now, it claims to have been stamped by a broker.
        let error = validate(&written, &options).expect_err("refused");
        let ValidateError::InvalidTimestamps { errors } = error else { panic!("{error:?}") };
        assert_eq!(errors.len(), 2);
        let name =
            if codec == Compression::None { "DefaultRecord" } else { "PartialDefaultRecord" };
        assert_eq!(
            errors[1].message,
            format!(
                "Invalid timestamp type in message {name}(offset=1, timestamp=5000000, key=3 bytes, value=5 bytes). Producer should not set timestamp type to LogAppendTime."
            )
        );
    }
}

#[test]
fn another_codec_of_the_topic_rewrites_the_batch() {
    for from in Compression::ALL {
        for to in Compression::ALL {
            let sent = patched(&batch(from, 5), |header| {
                header.producer_id = ProducerId::new(9);
                header.producer_epoch = ProducerEpoch::new(1);
                header.base_sequence = 44;
                header.attributes = header.attributes.with_transactional(true);
            });
            let partition = partition();
            let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(5), 2_000);
            options.compression = CompressionTarget::Codec(to.into());
            let good = validate(&sent, &options).expect("good");
            assert_eq!(good.rewritten, from != to);
            let written = RecordBatch::parse(&good.to_bytes()).expect("whole");
            written.verify_crc().expect("a right checksum");
            assert_eq!(written.header().compression(), Some(to));
            assert_eq!(written.header().producer_id, ProducerId::new(9));
            assert_eq!(written.header().base_sequence, 44);
            assert!(written.header().is_transactional());
            let all = |batch: &RecordBatch| -> Vec<_> {
                batch.records().expect("readable").map(|r| r.expect("readable")).collect()
            };
            assert_eq!(all(&written), all(&sent));
        }
    }
}

#[test]
fn offsets_that_do_not_count_up_are_written_anew() {
    let mut builder = BatchBuilder::new(Compression::None);
    for offset in [0, 4] {
        let record = crate::Record {
            offset: Offset::new(offset),
            timestamp: 1,
            key: None,
            value: None,
            headers: Vec::new(),
        };
        builder.append_at(&record).expect("grows");
    }
    let sent = builder.finish_batch().expect("has records");
    let sent = patched(&sent, |header| header.last_offset_delta = 1);
    let partition = partition();
    let options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 1);
    let good = validate(&sent, &options).expect("good");
    assert!(good.rewritten);
    let written = RecordBatch::parse(&good.to_bytes()).expect("whole");
    let offsets: Vec<i64> =
        written.records().expect("readable").map(|r| r.expect("good").offset.get()).collect();
    assert_eq!(offsets, [0, 1]);
}

#[test]
fn headers_that_lie_are_refused() {
    let good = batch(Compression::None, 3);
    let same = |_: &mut ValidateOptions<'_>| {};
    refused(
        &patched(&good, |h| h.base_offset = Offset::new(7)),
        same,
        expect![
            "The baseOffset of the record batch in the append to events-3 should be 0, but it is 7"
        ],
    );
    refused(
        &patched(&good, |h| h.last_offset_delta = -1),
        same,
        expect!["Batch has an invalid offset range: [0, -1] in topic partition events-3"],
    );
    refused(
        &patched(&good, |h| h.record_count = 0),
        same,
        expect!["Invalid reported count for record batch: 0 in topic partition events-3"],
    );
    refused(
        &patched(&good, |h| h.record_count = 4),
        same,
        expect![
            "Inconsistent batch offset range [0, 2] and count of records 4 in topic partition events-3"
        ],
    );
    refused(
        &patched(&good, |h| {
            h.record_count = 4;
            h.last_offset_delta = 3;
        }),
        same,
        expect!["Found invalid record structure"],
    );
    refused(
        &patched(&good, |h| {
            h.record_count = 2;
            h.last_offset_delta = 1;
        }),
        same,
        expect!["Incorrect declared batch size, records still remaining in file"],
    );
    refused(
        &patched(&good, |h| h.attributes = h.attributes.with_control(true)),
        same,
        expect!["Clients are not allowed to write control records in topic partition events-3"],
    );
    refused(
        &patched(&good, |h| h.producer_id = ProducerId::new(12)),
        same,
        expect![
            "Invalid sequence number -1 in record batch with producerId 12 in topic partition events-3"
        ],
    );
    refused(
        &patched(&good, |h| h.attributes = Attributes::new(6)),
        same,
        expect!["Unknown compression type id: 6"],
    );
    refused(
        &good,
        |options| options.message_bytes_max = Some(100),
        expect![
            "The record batch size in the append to events-3 is 124 bytes which exceeds the maximum configured value of 100)."
        ],
    );
    let mut flipped = good.bytes().to_vec();
    flipped[90] ^= 1;
    let flipped = RecordBatch::parse(&flipped.into()).expect("whole");
    let stored = flipped.header().crc;
    let partition = partition();
    let options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 1);
    assert_eq!(
        validate(&flipped, &options).expect_err("refused").to_string(),
        format!("Record is corrupt (stored crc = {stored}) in topic partition events-3.")
    );
}

#[test]
fn coordinators_may_write_control_batches_and_they_stay_uncompressed() {
    let mut builder = BatchBuilder::new(Compression::None).control(true);
    let marker = crate::EndTxnMarker { committed: true, coordinator_epoch: 1 };
    builder.append_control(1, &marker.to_control_record()).expect("fits");
    let sent = builder.finish_batch().expect("one record");
    let partition = partition();
    let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 1);
    options.compression = CompressionTarget::Codec(Compression::Zstd.into());
    assert!(validate(&sent, &options).is_err());
    options.origin = AppendOrigin::Coordinator;
    assert!(!validate(&sent, &options).expect("allowed").rewritten);
}

#[test]
fn null_keys_are_refused_on_a_compacted_topic() {
    let mut builder = BatchBuilder::new(Compression::Lz4);
    for i in 0..5 {
        let key = (i == 2).then_some(&b""[..]);
        builder.append(1_000, key, None, &[]).expect("fits");
    }
    let sent = builder.finish_batch().expect("has records");
    refused(
        &sent,
        |options| options.compacted = true,
        expect![
            "One or more records have been rejected due to 4 record errors in total, and only showing the first three errors at most: [RecordError(batchIndex=0, message='Compacted topic cannot accept message without key in topic partition events-3'), RecordError(batchIndex=1, message='Compacted topic cannot accept message without key in topic partition events-3'), RecordError(batchIndex=3, message='Compacted topic cannot accept message without key in topic partition events-3')]"
        ],
    );
}

#[test]
fn timestamps_outside_the_window_are_refused() {
    let sent = batch(Compression::Gzip, 3);
    let partition = partition();
    let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 2_000);
    options.timestamp_before_max_ms = 999;
    let ValidateError::InvalidTimestamps { errors } =
        validate(&sent, &options).expect_err("record 0 is 1000 ms old")
    else {
        panic!("another error")
    };
    assert_eq!(errors.len(), 1);
    expect!["Timestamp 1000 of message with offset 0 is out of range. The timestamp should be within [1001, 3602000]"]
        .assert_eq(&errors[0].message);
    options.timestamp_before_max_ms = 1_000;
    assert!(validate(&sent, &options).is_ok());
    options.now_ms = 0;
    options.timestamp_after_max_ms = 1_001;
    assert!(validate(&sent, &options).is_err());
    options.timestamp_after_max_ms = 1_002;
    assert!(validate(&sent, &options).is_ok());
}

#[test]
fn produce_requests_hold_one_batch_of_magic_2() {
    let partition = partition();
    let check = |version: i16, bytes: &[u8]| {
        check_produce_records(version, &Bytes::copy_from_slice(bytes), &partition)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let good = batch(Compression::Zstd, 1).into_bytes();
    assert_eq!(check(7, &good), Ok(()));
    assert_eq!(
        check(6, &good).expect_err("zstd"),
        "Produce requests with version 6 are not allowed to use ZStandard compression"
    );
    for cut in [0, 11, 16, 61, good.len() - 1] {
        assert_eq!(
            check(9, &good[..cut]).expect_err("no whole batch"),
            "Produce requests with version 9 must have at least one record batch per partition"
        );
    }
    assert_eq!(
        check(9, &[&good[..], &good[..]].concat()).expect_err("two"),
        "Produce requests with version 9 are only allowed to contain exactly one record batch per partition"
    );
    let mut old = good.to_vec();
    old[16] = 1;
    assert_eq!(
        check(9, &old).expect_err("magic 1"),
        "Produce requests with version 9 are only allowed to contain record batches with magic version 2"
    );
    old[16] = 9;
    assert_eq!(check(9, &old).expect_err("magic 9"), "Invalid magic found in record: 9");
}

#[test]
fn bombs_are_refused_and_truncations_and_flips_never_pass_or_panic() {
    let partition = partition();
    let mut options = ValidateOptions::new(&partition, LeaderEpoch::new(0), 2_000);
    options.decompressed_bytes_max = 1 << 20;
    for codec in Compression::ALL {
        let mut builder = BatchBuilder::new(codec);
        builder.append(1, None, Some(&vec![0; 4 << 20]), &[]).expect("fits");
        let bomb = builder.finish_batch().expect("one record");
        let error = validate(&bomb, &options).expect_err("too large either way");
        if codec == Compression::None {
            assert!(matches!(error, ValidateError::TooLarge { .. }), "{error}");
        } else {
            let expected = RecordError::TooLarge { bytes_max: 1 << 20 };
            assert_eq!(error, ValidateError::Undecodable(expected));
        }
        let good = batch(codec, 4).into_bytes();
        for cut in HEADER_LENGTH..good.len() {
            // Cut the payload, with a length and a checksum that fit what is left.
            let mut header = BatchHeader::parse(&good).expect("whole");
            header.length = i32::try_from(cut - 12).expect("small");
            let payload = good.slice(HEADER_LENGTH..cut);
            header.crc = header.compute_crc(&payload);
            let bytes = [&header.encode()[..], &payload].concat();
            let batch = RecordBatch::parse(&bytes.into()).expect("whole");
            if let Ok(passed) = validate(&batch, &options) {
                // gzip's trailer and LZ4's end mark are not records.
                assert!(
                    codec != Compression::None && passed.uncompressed_bytes > 0,
                    "{codec} {cut}"
                );
            }
        }
        for bit in 0..good.len() * 8 {
            let mut bytes = good.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(batch) = RecordBatch::parse(&bytes.into()) else { continue };
            let accepted = validate(&batch, &options).is_ok();
            // Base offset is checked, leader epoch overwritten, the rest under the checksum.
            assert_eq!(accepted, (96..128).contains(&bit), "{codec} bit {bit}");
            // The same flip under a right checksum: anything but a panic.
            let fixed = patched(&batch, |_| {});
            if validate(&fixed, &options).is_ok() {
                let count = fixed.records().expect("it was good").filter(Result::is_ok).count();
                assert_eq!(i32::try_from(count), Ok(fixed.header().record_count));
            }
        }
    }
}

use crate::attributes::Attributes;
