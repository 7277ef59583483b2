//! The manifest's bytes.

use super::*;

fn manifest() -> Manifest {
    let mut window = Window::EMPTY;
    for n in 0..7 {
        window.push(BatchMetadata {
            last_sequence: n,
            last_offset: Offset::new(n.into()),
            offset_delta: 0,
            timestamp: 1_000 + i64::from(n),
        });
    }
    let producer = ProducerEntry {
        producer_epoch: ProducerEpoch::new(3),
        coordinator_epoch: -1,
        last_timestamp: 1_006,
        current_txn_first_offset: Some(Offset::new(5)),
        window,
    };
    let segment = |base, first_timestamp, max_timestamp, has_index| SegmentEntry {
        base_offset: Offset::new(base),
        size: 77,
        first_timestamp,
        max_timestamp,
        has_index,
    };
    let full = LogEntry {
        topic_id: TopicId::new(Uuid::from_parts(7, 9)),
        log_start: Offset::new(2),
        high_watermark: Offset::new(6),
        log_end: Offset::new(7),
        epochs: vec![(LeaderEpoch::new(0), Offset::new(2)), (LeaderEpoch::new(4), Offset::new(6))],
        segments: vec![
            segment(0, None, Some((-1, Offset::ZERO)), true),
            segment(5, Some(1_005), None, false),
        ],
        snapshots: vec![Offset::new(5), Offset::new(7)],
        producers: vec![(ProducerId::new(12), producer)],
    };
    let empty = LogEntry {
        topic_id: TopicId::new(Uuid::from_parts(1, 1)),
        log_start: Offset::ZERO,
        high_watermark: Offset::ZERO,
        log_end: Offset::ZERO,
        epochs: Vec::new(),
        segments: Vec::new(),
        snapshots: Vec::new(),
        producers: Vec::new(),
    };
    let partition = |name: &str| TopicPartition::new(TopicName::new(name), PartitionIndex::new(3));
    Manifest::from([(partition("a"), full), (partition("b"), empty)])
}

#[test]
fn a_manifest_reads_back() {
    let manifest = manifest();
    assert_eq!(decode(&encode(&manifest)), Some(manifest));
    assert_eq!(decode(&encode(&Manifest::new())), Some(Manifest::new()));
}

#[test]
fn the_bytes_are_as_written_down() {
    let bytes = encode(&manifest());
    assert_eq!(&bytes[..8], b"KELDMAN1");
    assert_eq!(&bytes[12..16], [0, 0, 0, 2]);
    assert_eq!(&bytes[16..23], [0, 1, b'a', 0, 0, 0, 3]);
    assert_eq!(&bytes[23..39], [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(&bytes[39..47], 2i64.to_be_bytes());
}

#[test]
fn every_flipped_byte_and_every_cut_is_refused_and_changes_the_seal() {
    let bytes = encode(&manifest());
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 0x11;
        assert_eq!(decode(&bad), None, "byte {at}");
        assert_ne!(seal(&bad), seal(&bytes), "byte {at}");
        assert_eq!(decode(&bytes[..at]), None, "cut at {at}");
        assert_ne!(seal(&bytes[..at]), seal(&bytes), "cut at {at}");
    }
}

proptest::proptest! {
    #[test]
    fn garbage_is_refused_and_never_a_panic(body: Vec<u8>) {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&keld_record::crc32c(&body).to_be_bytes());
        bytes.extend_from_slice(&body);
        let _ = decode(&bytes);
    }
}
