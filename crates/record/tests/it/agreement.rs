//! Our bytes are those of the `kafka-protocol` crate, and each reads the other's.

use bytes::{Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression as TheirCompression, Record as TheirRecord, RecordBatchDecoder, RecordBatchEncoder,
    RecordEncodeOptions, TimestampType as TheirTimestampType,
};
use keld_record::{BatchBuilder, BatchProducer, Compression, Header, Record, RecordBatch, batches};
use keld_types::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

type Fields = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>);

fn fields() -> impl Strategy<Value = Vec<Fields>> {
    let bytes = || prop::option::of(prop::collection::vec(any::<u8>(), 0..100));
    let header = ("[a-z]{0,8}", bytes());
    prop::collection::vec(
        (0..2_000_000_000_000i64, bytes(), bytes(), prop::collection::vec(header, 0..4)),
        1..20,
    )
}

proptest! {
    #[test]
    fn same_bytes_as_another_encoder(fields in fields(), base in 0..1_000_000_000i64) {
        let mut builder = BatchBuilder::new(Compression::None)
            .base_offset(Offset::new(base))
            .leader_epoch(LeaderEpoch::new(3))
            .transactional(true)
            .producer(BatchProducer {
                id: ProducerId::new(7),
                epoch: ProducerEpoch::new(2),
                base_sequence: 100,
            });
        let mut theirs = Vec::new();
        for (i, (timestamp, key, value, headers)) in fields.iter().enumerate() {
            // Their headers are a map: give each key once, in one order.
            let headers: IndexMap<String, Option<Vec<u8>>> = headers.iter().cloned().collect();
            let ours: Vec<Header> = headers
                .iter()
                .map(|(key, value)| Header {
                    key: Bytes::from(key.clone()),
                    value: value.clone().map(Bytes::from),
                })
                .collect();
            builder.append(*timestamp, key.as_deref(), value.as_deref(), &ours).expect("fits");
            let i = i64::try_from(i).expect("few");
            theirs.push(TheirRecord {
                transactional: true,
                control: false,
                partition_leader_epoch: 3,
                producer_id: 7,
                producer_epoch: 2,
                timestamp_type: TheirTimestampType::Creation,
                offset: base + i,
                sequence: i32::try_from(100 + i).expect("few"),
                delete_horizon: false,
                timestamp: *timestamp,
                key: key.clone().map(Bytes::from),
                value: value.clone().map(Bytes::from),
                headers: headers
                    .into_iter()
                    .map(|(key, value)| (StrBytes::from_string(key), value.map(Bytes::from)))
                    .collect(),
            });
        }
        let mut encoded = BytesMut::new();
        let options = RecordEncodeOptions { version: 2, compression: TheirCompression::None };
        RecordBatchEncoder::encode(&mut encoded, theirs.iter(), &options).expect("encodes");
        let ours = builder.finish().expect("has records");
        // Their base timestamp is the smallest, ours the first, as in Kafka; so compare what is read.
        let read = |bytes: Bytes| -> Vec<Record> {
            let mut cut = batches(bytes);
            let batch = cut.next().expect("one batch").expect("good");
            assert!(cut.next().is_none());
            batch.verify_crc().expect("a right checksum");
            batch.records().expect("readable").map(|record| record.expect("readable")).collect()
        };
        prop_assert_eq!(read(encoded.clone().freeze()), read(ours.clone()));
        let decoded = RecordBatchDecoder::decode(&mut ours.clone()).expect("decodes");
        prop_assert_eq!(decoded.records, theirs);
        let first_is_least = fields.iter().all(|field| field.0 >= fields[0].0);
        if first_is_least {
            prop_assert_eq!(encoded.freeze(), ours.clone());
        }
        let batch = RecordBatch::parse(&ours).expect("whole");
        prop_assert_eq!(batch.header().crc, crc32c::crc32c(&ours[21..]));
    }
}
