//! Frames and headers.

use bytes::Bytes;
use keld_wire::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{ApiVersionsRequest, ApiVersionsResponse, FetchResponse, ProduceRequest};
use keld_wire::{
    ApiKey, DecodeError, Decoder, EncodeError, EncodedPart, FrameError, Records, RecordsPart,
    Request, RequestPreamble, Response, encode_message, encode_request, encode_response,
    frame_length, parse_request, parse_response,
};

/// A frame without its length.
fn body(frame: &Bytes) -> Bytes {
    let length = frame_length([frame[0], frame[1], frame[2], frame[3]], 1 << 20);
    assert_eq!(length, Ok(frame.len() - 4));
    frame.slice(4..)
}

#[test]
fn lengths_below_zero_and_above_the_limit_are_refused() {
    assert_eq!(frame_length([0, 0, 0, 0], 10), Ok(0));
    assert_eq!(frame_length([0, 0, 0, 10], 10), Ok(10));
    let too_long = FrameError::TooLong { length: 11, limit: 10 };
    assert_eq!(frame_length([0, 0, 0, 11], 10), Err(too_long));
    assert_eq!(frame_length([0xff; 4], 10), Err(FrameError::Negative { length: -1 }));
    let negative = FrameError::Negative { length: i32::MIN };
    assert_eq!(frame_length([0x80, 0, 0, 0], usize::MAX), Err(negative));
}

#[test]
fn a_request_goes_out_and_comes_in() {
    for api in ApiKey::ALL.iter().filter(|api| **api == ApiKey::ApiVersions) {
        for version in api.versions().iter() {
            let request = Request::from(ApiVersionsRequest::default());
            let frame = encode_request(77, Some("me".into()), &request, version);
            let frame = frame.expect("defaults can be written").to_bytes().expect("bytes");
            let (preamble, read, left) = parse_request(body(&frame)).expect("our own");
            assert_eq!((read, left), (request, 0));
            assert_eq!((preamble.api_key, preamble.version()), (*api, version));
            assert_eq!(preamble.header.correlation_id, 77);
            assert_eq!(preamble.header.client_id.as_deref(), Some("me"));
        }
    }
}

#[test]
fn the_client_id_keeps_its_two_byte_length_in_flexible_headers() {
    // Key 18, version 3, correlation 1, client id "kd", no tags, then the body.
    let header = [0, 18, 0, 3, 0, 0, 0, 1, 0, 2, b'k', b'd', 0];
    let mut input = Decoder::new(Bytes::copy_from_slice(&header));
    let preamble = RequestPreamble::decode(&mut input).expect("a header of version 2");
    assert_eq!(preamble.header.client_id.as_deref(), Some("kd"));
    assert_eq!(input.remaining(), 0);
    let null = [0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];
    let mut input = Decoder::new(Bytes::copy_from_slice(&null));
    let preamble = RequestPreamble::decode(&mut input).expect("a header of version 1");
    assert_eq!(preamble.header.client_id, None);
}

#[test]
fn unknown_apis_and_versions_are_told_apart() {
    let frame = |key: i16, version: i16| {
        let mut bytes = key.to_be_bytes().to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend([0, 0, 0, 1, 0xff, 0xff, 0]);
        Bytes::from(bytes)
    };
    // 4 was LeaderAndIsr, which Kafka 4 has no versions of.
    for key in [-1, 4, 93, i16::MAX] {
        let error = parse_request(frame(key, 0)).expect_err("no such API");
        assert_eq!(error, DecodeError::UnknownApi { api_key: key });
    }
    let error = parse_request(frame(3, 99)).expect_err("no such version");
    let message = "MetadataRequest";
    assert_eq!(error, DecodeError::UnsupportedVersion { message, version: 99 });
    // ApiVersions of the future: the header is readable, so that it can be answered.
    let mut input = Decoder::new(frame(18, 99));
    let preamble = RequestPreamble::decode(&mut input).expect("a flexible header");
    assert_eq!((preamble.version(), preamble.is_supported()), (99, false));
    assert_eq!(
        parse_request(Bytes::new()).map(|_| ()),
        Err(DecodeError::Truncated { position: 0, needed: 2, remaining: 0 })
    );
}

#[test]
fn the_response_of_api_versions_has_the_old_header_always() {
    let response = Response::from(ApiVersionsResponse::default());
    let frame = encode_response(9, &response, 4).expect("default").to_bytes().expect("bytes");
    // Correlation id, error, an empty array, throttle time, no tags: no tags after the header.
    assert_eq!(&frame[4..], [0, 0, 0, 9, 0, 0, 1, 0, 0, 0, 0, 0]);
    let (correlation, read, left) =
        parse_response(body(&frame), ApiKey::ApiVersions, 4).expect("our own");
    assert_eq!((correlation, read, left), (9, response, 0));
    assert_eq!(ApiKey::ApiVersions.request_header_version(3), 2);
    assert_eq!(ApiKey::ApiVersions.response_header_version(3), 0);
    assert_eq!(ApiKey::Metadata.response_header_version(8), 0);
    assert_eq!(ApiKey::Metadata.response_header_version(9), 1);
    // SaslHandshake never became flexible.
    assert_eq!(ApiKey::SaslHandshake.request_header_version(1), 1);
}

#[test]
fn records_are_sliced_not_copied() {
    let records = Bytes::from(vec![7; 3000]);
    let request = Request::from(produce(records.clone().into()));
    let encoded = encode_request(1, None, &request, 9).expect("valid");
    // On the way out: the very bytes are a part.
    let part = encoded.parts.iter().find(|part| part.length() == 3000);
    let Some(EncodedPart::Bytes(part)) = part else { panic!("{encoded:?}") };
    assert_eq!(part.as_ptr(), records.as_ptr());
    // On the way in: a slice of the frame.
    let frame = encoded.to_bytes().expect("bytes");
    let (_, read, _) = parse_request(body(&frame)).expect("our own");
    let Request::Produce(read) = read else { panic!("{read:?}") };
    let partition = &read.topic_data[0].partition_data[0];
    let read = partition.records.as_ref().and_then(Records::to_bytes).expect("records");
    assert_eq!(read, records);
    let inside = frame.as_ptr_range();
    assert!(inside.contains(&read.as_ptr()));
}

fn produce(records: Records) -> ProduceRequest {
    ProduceRequest {
        topic_data: vec![TopicProduceData {
            name: "t".into(),
            partition_data: vec![PartitionProduceData {
                records: Some(records),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

#[test]
fn a_fetch_response_is_a_list_of_byte_and_file_ranges() {
    let external = |handle, length| RecordsPart::External { handle, length };
    let mixed: Records =
        [external(1, 100), RecordsPart::Bytes(Bytes::from_static(b"abc")), external(2, 50)]
            .into_iter()
            .collect();
    let partition = |records| PartitionData { records, ..PartitionData::default() };
    let response = FetchResponse {
        responses: vec![FetchableTopicResponse {
            topic: "t".into(),
            partitions: vec![partition(Some(mixed)), partition(Some(external(3, 7).into()))],
            ..FetchableTopicResponse::default()
        }],
        ..FetchResponse::default()
    };
    for version in [4, 11, 12, 18] {
        let encoded = encode_response(5, &response.clone().into(), version).expect("valid");
        let externals: Vec<(u32, usize)> = encoded
            .parts
            .iter()
            .filter_map(|part| match part {
                EncodedPart::External { handle, length } => Some((*handle, *length)),
                EncodedPart::Bytes(_) => None,
            })
            .collect();
        assert_eq!(externals, [(1, 100), (2, 50), (3, 7)], "v{version}");
        let Some(EncodedPart::Bytes(first)) = encoded.parts.first() else { panic!("{encoded:?}") };
        let length = frame_length([first[0], first[1], first[2], first[3]], 1 << 20);
        assert_eq!(length, Ok(encoded.length() - 4), "v{version}");
        assert!(encoded.parts.iter().all(|part| part.length() > 0));
        // With the files' bytes in place it reads back.
        let mut frame = Vec::new();
        for part in &encoded.parts {
            match part {
                EncodedPart::Bytes(bytes) => frame.extend_from_slice(bytes),
                EncodedPart::External { handle, length } => {
                    frame.extend(vec![u8::try_from(*handle).expect("small"); *length]);
                }
            }
        }
        let (_, read, left) =
            parse_response(body(&frame.into()), ApiKey::Fetch, version).expect("our own");
        let Response::Fetch(read) = read else { panic!("{read:?}") };
        let lengths: Vec<usize> = read.responses[0]
            .partitions
            .iter()
            .map(|partition| partition.records.as_ref().map_or(0, Records::length))
            .collect();
        assert_eq!((lengths, left), (vec![153, 7], 0), "v{version}");
    }
    assert_eq!(encode_message(&response, 12), Err(EncodeError::External));
}

#[test]
fn what_a_version_cannot_say_is_refused_unless_it_may_be_dropped() {
    // A transactional id exists in every version; topic ids only since 13.
    let mut request = produce(Bytes::from_static(b"x").into());
    request.topic_data[0].topic_id = keld_types::Uuid::ONE;
    assert!(encode_message(&request, 12).is_ok(), "ignorable");
    let mut tagged = request.clone();
    tagged.unknown_tagged_fields.insert(500, Bytes::from_static(b"?"));
    assert!(encode_message(&tagged, 9).is_ok());
    let message = "ProduceRequest";
    assert_eq!(
        encode_message(&tagged, 8),
        Err(EncodeError::TagsNotSupported { message, version: 8 })
    );
    let fetch = keld_wire::messages::FetchRequest {
        replica_id: 3,
        ..keld_wire::messages::FetchRequest::default()
    };
    assert!(encode_message(&fetch, 14).is_ok());
    let field = "FetchRequest.ReplicaId";
    assert_eq!(encode_message(&fetch, 15), Err(EncodeError::NotInVersion { field, version: 15 }));
    let metadata = keld_wire::messages::MetadataRequest {
        topics: None,
        ..keld_wire::messages::MetadataRequest::default()
    };
    let field = "MetadataRequest.Topics";
    assert_eq!(encode_message(&metadata, 0), Err(EncodeError::Null { field }));
}

#[test]
fn texts_that_do_not_fit_and_tags_that_are_taken_are_refused() {
    let mut request = ApiVersionsRequest {
        client_software_name: "x".repeat(32_768).into(),
        ..ApiVersionsRequest::default()
    };
    let field = "ApiVersionsRequest.ClientSoftwareName";
    let expected = EncodeError::TooLong { field, length: 32_768, limit: 32_767 };
    assert_eq!(encode_message(&request, 3), Err(expected));
    request.client_software_name = "x".repeat(32_767).into();
    assert!(encode_message(&request, 3).is_ok());
    let mut fetch = keld_wire::messages::FetchRequest {
        cluster_id: Some("c".into()),
        ..keld_wire::messages::FetchRequest::default()
    };
    fetch.unknown_tagged_fields.insert(0, Bytes::new());
    assert_eq!(encode_message(&fetch, 12), Err(EncodeError::TagTaken { tag: 0 }));
}

#[test]
fn more_than_127_tagged_fields_are_counted_right() {
    for count in [0u32, 1, 127, 128, 300, 20_000] {
        let mut request = ApiVersionsRequest::default();
        for tag in 0..count {
            request.unknown_tagged_fields.insert(tag, Bytes::from_static(b"v"));
        }
        let bytes = encode_message(&request, 3).expect("valid");
        let read: ApiVersionsRequest = keld_wire::decode_message(bytes, 3).expect("our own");
        assert_eq!(read.unknown_tagged_fields.len(), count as usize);
        assert_eq!(read, request);
    }
}

#[test]
fn versions_are_advertised_as_kafka_advertises_them() {
    let range = |api: ApiKey, unstable| {
        let versions = api.advertised_versions(unstable);
        (versions.min, versions.max)
    };
    assert_eq!(ApiKey::Produce.versions().min, 3);
    assert_eq!(range(ApiKey::Produce, false), (0, 13));
    assert_eq!(range(ApiKey::InitProducerId, false), (0, 5));
    assert_eq!(range(ApiKey::InitProducerId, true), (0, 6));
    assert_eq!(range(ApiKey::Fetch, false), (4, 18));
    assert_eq!(ApiKey::from_code(68), Some(ApiKey::ConsumerGroupHeartbeat));
    for api in ApiKey::ALL {
        assert_eq!(ApiKey::from_code(api.code()), Some(*api));
    }
}
