//! Hostile input gives an error of its own kind: no panic, no memory for bytes that never came.

use bytes::Bytes;
use keld_wire::messages::{
    ApiVersionsRequest, FetchRequest, MetadataRequest, ProduceRequest, SaslHandshakeRequest,
};
use keld_wire::{DecodeError, Decoder, Message, decode_message};

use crate::allocation::{Allocated, measure};
use crate::recode::Recoder;
use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

const SHAPE: Shape = Shape { unknown_tags: true, elements_max: 2 };

/// Reads hostile bytes; what is reserved must be in proportion to them.
fn read_hostile(recoder: &Recoder, bytes: Bytes, version: i16) -> Result<usize, DecodeError> {
    let length = bytes.len();
    let (result, allocated) = measure(|| (recoder.decode)(bytes, version));
    let Allocated { peak, largest } = allocated;
    let limit = 4 * length + 64 * 1024;
    let name = recoder.name;
    assert!(peak <= limit, "{name} v{version}: {peak} bytes alive for {length} received");
    assert!(largest <= limit, "{name} v{version}: {largest} bytes at once for {length} received");
    result
}

fn read<M: Message>(version: i16, bytes: &[u8]) -> Result<M, DecodeError> {
    decode_message(Bytes::copy_from_slice(bytes), version)
}

#[test]
fn a_count_of_two_thousand_million_topics_in_six_bytes_is_refused() {
    let body = Bytes::from_static(&[0x7f, 0xff, 0xff, 0xff, 0x00, 0x00]);
    let (result, allocated) = measure(|| decode_message::<MetadataRequest>(body, 4));
    let expected = DecodeError::CountBeyondEnd {
        field: "MetadataRequest.Topics",
        count: 0x7fff_ffff,
        element: 2,
        remaining: 2,
    };
    assert_eq!(result, Err(expected));
    assert!(allocated.peak < 1024, "{allocated:?}");
    // The next valid request works.
    let topics = read::<MetadataRequest>(4, &[0, 0, 0, 0, 1]).expect("valid").topics;
    assert_eq!(topics, Some(Vec::new()));
}

#[test]
fn a_message_cut_at_any_byte_is_refused() {
    for (recoder, message) in every() {
        for version in [recoder.versions.min, recoder.versions.max] {
            let schema = Schema { message: &message, version };
            for seed in 0..3 {
                let mut random = Seeded::of(recoder.name, 7000 + seed);
                let bytes = Bytes::from(schema.bytes(&schema.random(&mut random, SHAPE)));
                for length in 0..bytes.len() {
                    let result = read_hostile(recoder, bytes.slice(..length), version);
                    assert!(result.is_err(), "{} v{version} cut to {length}", recoder.name);
                }
            }
        }
    }
}

#[test]
fn flipped_bits_never_panic_nor_reserve() {
    let (mut refused, mut read) = (0, 0);
    for (recoder, message) in every() {
        for version in recoder.versions.iter() {
            let schema = Schema { message: &message, version };
            let mut random = Seeded::of(recoder.name, 9000);
            let bytes = schema.bytes(&schema.random(&mut random, SHAPE));
            if bytes.is_empty() {
                continue;
            }
            for _ in 0..60 {
                let mut bytes = bytes.clone();
                for _ in 0..=random.below(4) {
                    let bit = random.below(bytes.len() * 8);
                    bytes[bit / 8] ^= 1 << (bit % 8);
                }
                match read_hostile(recoder, bytes.into(), version) {
                    Ok(_) => read += 1,
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(refused > 1000 && read > 1000, "{refused} refused, {read} read");
}

#[test]
fn the_largest_lengths_at_any_place_never_reserve() {
    for (recoder, message) in every() {
        let version = recoder.versions.max;
        let schema = Schema { message: &message, version };
        let mut random = Seeded::of(recoder.name, 11_000);
        let bytes = schema.bytes(&schema.random(&mut random, SHAPE));
        for huge in [&[0x7f, 0xff, 0xff, 0xff][..], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff; 6]] {
            for place in 0..bytes.len().saturating_sub(huge.len()) {
                let mut bytes = bytes.clone();
                bytes[place..place + huge.len()].copy_from_slice(huge);
                // Refused or not depends on what stood there; the bound is checked in any case.
                let _ = read_hostile(recoder, bytes.into(), version);
            }
        }
    }
}

#[test]
fn random_bytes_never_panic_nor_reserve() {
    for (recoder, _) in every() {
        let mut random = Seeded::of(recoder.name, 13_000);
        for _ in 0..200 {
            let length = random.below(200);
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    // Half of the bytes small: else the first length refuses nearly everything.
                    let byte = random.next().to_be_bytes()[0];
                    if byte & 1 == 0 { byte & 7 } else { byte }
                })
                .collect();
            for version in recoder.versions.iter() {
                let _ = read_hostile(recoder, Bytes::copy_from_slice(&bytes), version);
            }
        }
    }
}

#[test]
fn null_where_it_is_forbidden_names_the_field() {
    let null = |field| DecodeError::UnexpectedNull { field };
    let mechanism = "SaslHandshakeRequest.Mechanism";
    assert_eq!(read::<SaslHandshakeRequest>(1, &[0xff, 0xff]), Err(null(mechanism)));
    // Any negative length is null to Kafka.
    assert_eq!(read::<SaslHandshakeRequest>(1, &[0x80, 0x00]), Err(null(mechanism)));
    // Metadata v0 has no null list of topics, v1 has.
    let topics = "MetadataRequest.Topics";
    assert_eq!(read::<MetadataRequest>(0, &[0xff; 4]), Err(null(topics)));
    assert_eq!(read::<MetadataRequest>(1, &[0xff; 4]).map(|read| read.topics), Ok(None));
    let name = "ApiVersionsRequest.ClientSoftwareName";
    assert_eq!(read::<ApiVersionsRequest>(3, &[0, 1, 0]), Err(null(name)));
}

#[test]
fn text_that_is_not_utf8_names_the_field() {
    let result = read::<SaslHandshakeRequest>(1, &[0, 3, b'a', 0xff, b'b']);
    let field = "SaslHandshakeRequest.Mechanism";
    assert_eq!(result, Err(DecodeError::InvalidUtf8 { field, valid: 1 }));
    // A surrogate half, and an overlong form.
    for bytes in [&[0, 3, 0xed, 0xa0, 0x80][..], &[0, 2, 0xc0, 0xaf]] {
        let result = read::<SaslHandshakeRequest>(1, bytes);
        assert_eq!(result, Err(DecodeError::InvalidUtf8 { field, valid: 0 }));
    }
}

#[test]
fn lengths_beyond_the_end_name_the_field() {
    let field = "SaslHandshakeRequest.Mechanism";
    let expected = DecodeError::LengthBeyondEnd { field, length: 32_767, remaining: 2 };
    assert_eq!(read::<SaslHandshakeRequest>(1, &[0x7f, 0xff, 1, 2]), Err(expected));
    let field = "ApiVersionsRequest.ClientSoftwareName";
    let expected = DecodeError::StringTooLong { field, length: 32_768 };
    assert_eq!(read::<ApiVersionsRequest>(3, &[0x81, 0x80, 0x02, b'a']), Err(expected));
    assert_eq!(
        read::<SaslHandshakeRequest>(1, &[0]),
        Err(DecodeError::Truncated { position: 0, needed: 2, remaining: 1 })
    );
}

#[test]
fn damaged_tagged_fields_are_refused() {
    let body = |tags: &[u8]| [&[2, b'a', 2, b'b'], tags].concat();
    let read = |tags: &[u8]| read::<ApiVersionsRequest>(3, &body(tags)).map(|_| ());
    assert_eq!(read(&[1, 9, 2, 0xaa, 0xbb]), Ok(()));
    // A varint of six bytes.
    assert_eq!(read(&[0xff; 6]), Err(DecodeError::VarintTooLong { position: 4 }));
    // More fields than bytes.
    assert_eq!(
        read(&[0x80, 0x80, 0x04, 1, 1]),
        Err(DecodeError::TagCountBeyondEnd { count: 65_536, remaining: 2 })
    );
    // A field longer than the rest.
    let field = "tagged field";
    assert_eq!(
        read(&[1, 9, 5, 0xaa]),
        Err(DecodeError::LengthBeyondEnd { field, length: 5, remaining: 1 })
    );
}

#[test]
fn a_known_tag_must_fit_its_value_and_version() {
    // Fetch v12: replica, wait, bytes, isolation, session, then three empties.
    let body = |tags: &[u8]| [&[0; 25][..], &[1, 1, 1], tags].concat();
    let read = |tags: &[u8]| read::<FetchRequest>(12, &body(tags));
    let cluster = read(&[1, 0, 3, 3, b'k', b'd']).expect("a cluster id").cluster_id;
    assert_eq!(cluster.as_deref(), Some("kd"));
    let error = read(&[1, 0, 4, 3, b'k', b'd', 0]).expect_err("one byte too many");
    assert_eq!(error, DecodeError::TagLength { tag: 0, left: 1 });
    // The replica state came with version 15.
    let error = read(&[1, 1, 1, 0]).expect_err("not in this version");
    let message = "FetchRequest";
    assert_eq!(error, DecodeError::TagNotInVersion { message, tag: 1, version: 12 });
}

#[test]
fn tags_out_of_order_are_read_and_written_in_order() {
    let body = [2, b'a', 2, b'b', 3, 9, 1, 0xaa, 4, 1, 0xbb, 9, 1, 0xcc];
    let message = read::<ApiVersionsRequest>(3, &body).expect("Kafka reads any order");
    let written = keld_wire::encode_message(&message, 3).expect("can be written");
    // The last value of a tag that came twice is kept.
    assert_eq!(&written[..], [2, b'a', 2, b'b', 2, 4, 1, 0xbb, 9, 1, 0xcc]);
}

#[test]
fn reading_stops_where_the_message_ends() {
    let mut input = Decoder::new(Bytes::from_static(&[0, 1, b'x', 0xde, 0xad]));
    keld_wire::Decode::decode(&mut input, 1)
        .map(|read: SaslHandshakeRequest| assert_eq!(read.mechanism, "x"))
        .expect("valid");
    assert_eq!((input.position(), input.remaining()), (3, 2));
    assert!(read::<ProduceRequest>(2, &[0; 40]).is_err(), "removed in Kafka 4.0");
}
