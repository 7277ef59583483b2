//! The header: bytes, order of checks.

use super::*;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

fn headers() -> impl Strategy<Value = BatchHeader> {
    let first = (any::<i64>(), 49..i32::MAX, any::<i32>(), any::<u32>(), any::<i16>());
    let second = (any::<i32>(), any::<i64>(), any::<i64>(), any::<i64>(), any::<i16>());
    (first, second, any::<i32>(), any::<i32>()).prop_map(|(a, b, base_sequence, record_count)| {
        BatchHeader {
            base_offset: Offset::new(a.0),
            length: a.1,
            partition_leader_epoch: LeaderEpoch::new(a.2),
            crc: a.3,
            attributes: Attributes::new(a.4),
            last_offset_delta: b.0,
            base_timestamp: b.1,
            max_timestamp: b.2,
            producer_id: ProducerId::new(b.3),
            producer_epoch: ProducerEpoch::new(b.4),
            base_sequence,
            record_count,
        }
    })
}

proptest! {
    #[test]
    fn parse_undoes_encode(header in headers()) {
        prop_assert_eq!(BatchHeader::parse(&header.encode()), Ok(header));
    }

    #[test]
    fn any_bytes_parse_or_fail_without_panic(bytes: Vec<u8>) {
        if let Ok(header) = BatchHeader::parse(&bytes) {
            prop_assert_eq!(&header.encode()[..], &bytes[..HEADER_LENGTH]);
            let _ = (header.last_offset(), header.next_offset(), header.last_sequence(), header.size());
        }
    }
}

#[test]
fn checks_size_then_magic_then_length_then_bytes() {
    let mut raw = BatchHeader::parse(&{
        let mut raw = [0; HEADER_LENGTH];
        raw[11] = 49;
        raw[16] = 2;
        raw
    })
    .expect("an all-zero header of the least length")
    .encode()
    .to_vec();
    for cut in 0..HEADER_LENGTH {
        let needed = if cut < 12 {
            12
        } else if cut < 17 {
            17
        } else {
            61
        };
        let error = BatchError::Incomplete { available: cut, needed };
        assert_eq!(BatchHeader::parse(&raw[..cut]), Err(error), "cut at {cut}");
    }
    raw[11] = 48;
    let error = BatchHeader::parse(&raw).expect_err("shorter than the header");
    assert_eq!(
        error.to_string(),
        "Record batch is corrupt (the size 60 is smaller than the minimum allowed overhead 61)"
    );
    raw[16] = 1;
    assert_eq!(BatchHeader::parse(&raw), Err(BatchError::OldMagic { magic: 1 }));
    raw[16] = 3;
    assert_eq!(BatchHeader::parse(&raw), Err(BatchError::InvalidMagic { magic: 3 }));
    raw[11] = 13;
    let error = BatchHeader::parse(&raw).expect_err("shorter than any record");
    assert_eq!(error.to_string(), "Record size 13 is less than the minimum record overhead (14)");
    raw[8..12].copy_from_slice(&i32::MIN.to_be_bytes());
    assert!(matches!(BatchHeader::parse(&raw), Err(BatchError::SizeTooSmall { .. })));
}
