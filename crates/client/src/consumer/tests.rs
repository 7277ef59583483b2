//! Fetched bytes: what is handed out, what is left out, and where the position goes.

use super::buffer::{Aborted, Buffer};
use bytes::{Bytes, BytesMut};
use keld_record::{BatchBuilder, BatchProducer, Compression, EndTxnMarker, Record};
use keld_types::{
    IsolationLevel, Offset, PartitionIndex, ProducerEpoch, ProducerId, TopicName, TopicPartition,
};

fn builder(base: i64, producer: i64) -> BatchBuilder {
    BatchBuilder::new(Compression::None).base_offset(Offset::new(base)).producer(BatchProducer {
        id: ProducerId::new(producer),
        epoch: ProducerEpoch::new(0),
        base_sequence: 0,
    })
}

fn transactional(base: i64, producer: i64) -> Bytes {
    let mut builder = builder(base, producer).transactional(true);
    builder.append(1, None, Some(b"v"), &[]).expect("fits");
    builder.finish().expect("one record")
}

fn marker(base: i64, producer: i64, committed: bool) -> Bytes {
    let mut builder = builder(base, producer).transactional(true).control(true);
    let marker = EndTxnMarker { committed, coordinator_epoch: 0 };
    builder.append_control(1, &marker.to_control_record()).expect("fits");
    builder.finish().expect("one record")
}

fn read(
    parts: &[Bytes],
    from: i64,
    isolation: IsolationLevel,
    aborted: &[(i64, i64)],
) -> (Vec<i64>, i64) {
    let mut bytes = BytesMut::new();
    for part in parts {
        bytes.extend_from_slice(part);
    }
    let aborted = aborted
        .iter()
        .map(|(producer, first)| Aborted {
            first_offset: Offset::new(*first),
            producer_id: ProducerId::new(*producer),
        })
        .collect();
    let partition = TopicPartition::new(TopicName::new("t"), PartitionIndex::new(0));
    let mut buffer = Buffer::new(partition, Offset::new(from), bytes.freeze(), isolation, aborted);
    let mut offsets = Vec::new();
    while let Some(record) = buffer.next().expect("readable") {
        offsets.push(record.offset.get());
    }
    (offsets, buffer.position().get())
}

#[test]
fn aborted_transactions_are_left_out_only_when_asked() {
    let parts = [
        transactional(0, 1),
        transactional(1, 2),
        transactional(2, 1),
        marker(3, 1, false),
        transactional(4, 1),
        marker(5, 2, true),
        marker(6, 1, true),
    ];
    let aborted = [(1, 0)];
    let committed = read(&parts, 0, IsolationLevel::ReadCommitted, &aborted);
    assert_eq!(committed, (vec![1, 4], 7));
    let all = read(&parts, 0, IsolationLevel::ReadUncommitted, &[]);
    assert_eq!(all, (vec![0, 1, 2, 4], 7));
    // Two aborted transactions of one producer behind each other.
    let parts =
        [transactional(0, 1), marker(1, 1, false), transactional(2, 1), marker(3, 1, false)];
    let committed = read(&parts, 0, IsolationLevel::ReadCommitted, &[(1, 2), (1, 0)]);
    assert_eq!(committed, (Vec::new(), 4));
}

#[test]
fn the_position_goes_over_gaps_and_stops_before_a_cut_batch() {
    let mut sparse = builder(10, -1);
    for offset in [10, 13] {
        let record = Record {
            offset: Offset::new(offset),
            timestamp: 0,
            key: None,
            value: None,
            headers: Vec::new(),
        };
        sparse.append_at(&record).expect("grows");
    }
    let mut bytes = sparse.finish().expect("two records").to_vec();
    // Compaction removed the records at 14 and 15 but kept the last offset.
    bytes[26] = 5;
    let crc = keld_record::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    let whole = Bytes::from(bytes);
    let cut = transactional(16, 1).slice(..65);
    let read = read(&[whole, cut], 11, IsolationLevel::ReadUncommitted, &[]);
    assert_eq!(read, (vec![13], 16));
}
