//! Building, cutting, iterating and stamping.

use bytes::{Bytes, BytesMut};
use keld_record::{
    BatchBuilder, BatchError, BuildError, Compression, ControlRecord, ControlRecordType, Header,
    Record, RecordBatch, RecordError, TimestampType, batches, stamp_base_offset,
    stamp_leader_epoch, stamp_max_timestamp,
};
use keld_types::{LeaderEpoch, Offset};
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

fn records() -> impl Strategy<Value = Vec<Record>> {
    let bytes = || {
        prop::option::of(prop::collection::vec(any::<u8>(), 0..300))
            .prop_map(|b| b.map(Bytes::from))
    };
    let header = (prop::collection::vec(any::<u8>(), 0..10), bytes())
        .prop_map(|(key, value)| Header { key: key.into(), value });
    let record = (any::<i32>(), 1..1_000i64, bytes(), bytes(), prop::collection::vec(header, 0..4));
    prop::collection::vec(record, 1..40).prop_map(|fields| {
        let mut offset = 0;
        fields
            .into_iter()
            .map(|(timestamp, gap, key, value, headers)| {
                offset += gap;
                let timestamp = i64::from(timestamp);
                Record { offset: Offset::new(offset), timestamp, key, value, headers }
            })
            .collect()
    })
}

fn read(batch: &RecordBatch) -> Result<Vec<Record>, RecordError> {
    batch.records()?.collect()
}

proptest! {
    #[test]
    fn records_come_back_from_every_codec_with_their_offsets(records in records()) {
        for codec in Compression::ALL {
            let mut builder = BatchBuilder::new(codec).base_offset(records[0].offset);
            for record in &records {
                builder.append_at(record).expect("offsets grow");
            }
            let batch = builder.finish_batch().expect("has records");
            prop_assert!(batch.verify_crc().is_ok());
            prop_assert_eq!(batch.header().last_offset(), records[records.len() - 1].offset);
            let greatest = records.iter().map(|r| r.timestamp).fold(-1, i64::max);
            prop_assert_eq!(batch.header().max_timestamp, greatest);
            prop_assert_eq!(read(&batch), Ok(records.clone()));
        }
    }

    #[test]
    fn hostile_payloads_are_errors_or_records_never_panics(
        payload: Vec<u8>,
        count in 0..100i32,
        codec in 0..8u8,
    ) {
        let mut bytes = one(Compression::None)[..61].to_vec();
        bytes.extend_from_slice(&payload);
        let length = i32::try_from(bytes.len() - 12).expect("small");
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        bytes[22] = codec;
        bytes[57..61].copy_from_slice(&count.to_be_bytes());
        let batch = RecordBatch::parse(&bytes.into()).expect("the frame is right");
        if let Ok(records) = batch.records_bounded(10_000) {
            prop_assert!(records.count() <= 100);
        }
    }
}

fn one(codec: Compression) -> Bytes {
    let mut builder = BatchBuilder::new(codec);
    builder.append(5, Some(b"k"), Some(b"v"), &[Header::new("a", "b")]).expect("fits");
    builder.finish().expect("one record")
}

#[test]
fn cutting_stops_silently_at_a_cut_batch_and_loudly_at_a_bad_one() {
    let batch = one(Compression::None);
    let two = Bytes::from([&batch[..], &batch[..]].concat());
    for cut in 0..=two.len() {
        let mut cutter = batches(two.slice(..cut));
        let whole = cutter.by_ref().inspect(|batch| assert!(batch.is_ok())).count();
        assert_eq!(whole, cut / batch.len());
        assert_eq!(cutter.consumed(), whole * batch.len());
    }
    let mut bad = two.to_vec();
    bad[batch.len() + 16] = 7;
    let found: Vec<_> = batches(bad.into()).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1], Err(BatchError::InvalidMagic { magic: 7 }));
}

#[test]
fn duplicate_header_keys_and_bytes_that_are_no_text_are_kept() {
    let headers = [
        Header::new("same", "1"),
        Header::new("same", "2"),
        Header { key: Bytes::from_static(&[0xff, b'x']), value: None },
    ];
    let mut builder = BatchBuilder::new(Compression::Zstd);
    builder.append(0, None, None, &headers).expect("fits");
    let records = read(&builder.finish_batch().expect("one")).expect("readable");
    assert_eq!(records[0].headers, headers);
    assert_eq!(records[0].headers[2].key_text(), "\u{fffd}x");
}

#[test]
fn stamps_keep_the_checksum_right() {
    for codec in Compression::ALL {
        let before = RecordBatch::parse(&one(codec)).expect("whole");
        let mut bytes = BytesMut::from(before.bytes().clone());
        stamp_base_offset(&mut bytes, Offset::new(41));
        stamp_leader_epoch(&mut bytes, LeaderEpoch::new(6));
        let stamped = RecordBatch::parse(&bytes.clone().freeze()).expect("whole");
        assert_eq!(stamped.header().crc, before.header().crc, "outside the checksum");
        assert_eq!(stamped.header().base_offset, Offset::new(41));
        assert_eq!(stamped.header().partition_leader_epoch, LeaderEpoch::new(6));
        stamp_max_timestamp(&mut bytes, TimestampType::LogAppendTime, 99);
        let stamped = RecordBatch::parse(&bytes.freeze()).expect("whole");
        assert_ne!(stamped.header().crc, before.header().crc);
        stamped.verify_crc().expect("computed anew");
        assert_eq!(stamped.header().max_timestamp, 99);
        let records = read(&stamped).expect("readable");
        assert_eq!((records[0].timestamp, records[0].offset), (99, Offset::new(41)));
    }
    let mut short = [1; 60];
    stamp_base_offset(&mut short, Offset::ZERO);
    stamp_max_timestamp(&mut short, TimestampType::CreateTime, 1);
    assert_eq!(short, [1; 60]);
}

#[test]
fn builders_refuse_what_cannot_be_a_batch() {
    assert_eq!(BatchBuilder::new(Compression::None).finish(), Err(BuildError::Empty));
    let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset::new(10));
    let mut record = Record {
        offset: Offset::new(10),
        timestamp: 0,
        key: None,
        value: None,
        headers: Vec::new(),
    };
    builder.append_at(&record).expect("the first");
    for refused in [9, 10, 10 + (1 << 31)] {
        record.offset = Offset::new(refused);
        assert!(matches!(builder.append_at(&record), Err(BuildError::Offset { .. })), "{refused}");
    }
}

#[test]
fn control_batches_round_trip() {
    let sent = ControlRecord {
        record_type: ControlRecordType::LeaderChange,
        value: Bytes::from_static(&[0, 0, 1, 2]),
    };
    let mut builder = BatchBuilder::new(Compression::None).control(true);
    builder.append_control(1, &sent).expect("fits");
    let batch = builder.finish_batch().expect("one");
    assert!(batch.header().is_control());
    let records = read(&batch).expect("readable");
    assert_eq!(ControlRecord::from_record(&records[0]), Ok(sent));
}

#[test]
fn an_empty_batch_that_compaction_left_has_no_records() {
    for codec in Compression::ALL {
        let mut bytes = one(codec)[..61].to_vec();
        bytes[8..12].copy_from_slice(&49i32.to_be_bytes());
        bytes[57..61].copy_from_slice(&0i32.to_be_bytes());
        let batch = RecordBatch::parse(&bytes.into()).expect("whole");
        assert_eq!(read(&batch), Ok(Vec::new()));
    }
}
