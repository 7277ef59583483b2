//! Fields stand under their own names: a few messages built by name here and in the
//! `kafka-protocol` crate give the same bytes. (That all fields of a type stand in the right
//! order cannot be seen from bytes that are only read and written back.)

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages as theirs;
use kafka_protocol::protocol::{Encodable, StrBytes};
use keld_types::ErrorCode;
use keld_wire::{Encode, encode_message, messages as ours};

fn same<T: Encodable>(their: &T, our: &impl Encode, versions: impl IntoIterator<Item = i16>) {
    for version in versions {
        let mut bytes = BytesMut::new();
        their.encode(&mut bytes, version).expect("they can write it");
        assert_eq!(encode_message(our, version), Ok(bytes.freeze()), "v{version}");
    }
}

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

#[test]
fn produce() {
    use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
    let records = Bytes::from_static(b"not really records");
    let their = theirs::ProduceRequest::default()
        .with_transactional_id(Some(text("txn").into()))
        .with_acks(-1)
        .with_timeout_ms(30_000)
        .with_topic_data(vec![
            theirs::produce_request::TopicProduceData::default()
                .with_name(text("orders").into())
                .with_partition_data(vec![
                    theirs::produce_request::PartitionProduceData::default()
                        .with_index(3)
                        .with_records(Some(records.clone())),
                ]),
        ]);
    let our = ours::ProduceRequest {
        transactional_id: Some("txn".into()),
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: "orders".into(),
            partition_data: vec![PartitionProduceData {
                index: 3,
                records: Some(records.into()),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ours::ProduceRequest::default()
    };
    same(&their, &our, 3..=12);
}

#[test]
fn fetch_answer() {
    use keld_wire::messages::fetch_response::{
        AbortedTransaction, FetchableTopicResponse, LeaderIdAndEpoch, PartitionData,
    };
    let their = theirs::FetchResponse::default().with_throttle_time_ms(1).with_responses(vec![
        theirs::fetch_response::FetchableTopicResponse::default()
            .with_topic(text("t").into())
            .with_partitions(vec![
                theirs::fetch_response::PartitionData::default()
                    .with_partition_index(4)
                    .with_error_code(6)
                    .with_high_watermark(100)
                    .with_last_stable_offset(90)
                    .with_log_start_offset(10)
                    .with_current_leader(
                        theirs::fetch_response::LeaderIdAndEpoch::default()
                            .with_leader_id(theirs::BrokerId(2))
                            .with_leader_epoch(9),
                    )
                    .with_aborted_transactions(Some(vec![
                        theirs::fetch_response::AbortedTransaction::default()
                            .with_producer_id(theirs::ProducerId(55))
                            .with_first_offset(66),
                    ]))
                    .with_records(Some(Bytes::from_static(b"r"))),
            ]),
    ]);
    let our = ours::FetchResponse {
        throttle_time_ms: 1,
        responses: vec![FetchableTopicResponse {
            topic: "t".into(),
            partitions: vec![PartitionData {
                partition_index: 4,
                error_code: ErrorCode::NOT_LEADER_OR_FOLLOWER,
                high_watermark: 100,
                last_stable_offset: 90,
                log_start_offset: 10,
                current_leader: LeaderIdAndEpoch {
                    leader_id: 2,
                    leader_epoch: 9,
                    ..LeaderIdAndEpoch::default()
                },
                aborted_transactions: Some(vec![AbortedTransaction {
                    producer_id: 55,
                    first_offset: 66,
                    ..AbortedTransaction::default()
                }]),
                records: Some(Bytes::from_static(b"r").into()),
                ..PartitionData::default()
            }],
            ..FetchableTopicResponse::default()
        }],
        ..ours::FetchResponse::default()
    };
    same(&their, &our, 12..=12);
}

#[test]
fn join_group() {
    use keld_wire::messages::join_group_request::JoinGroupRequestProtocol;
    let their = theirs::JoinGroupRequest::default()
        .with_group_id(text("g").into())
        .with_session_timeout_ms(10)
        .with_rebalance_timeout_ms(20)
        .with_member_id(text("m"))
        .with_protocol_type(text("consumer"))
        .with_protocols(vec![
            theirs::join_group_request::JoinGroupRequestProtocol::default()
                .with_name(text("range"))
                .with_metadata(Bytes::from_static(b"meta")),
        ]);
    let our = ours::JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10,
        rebalance_timeout_ms: 20,
        member_id: "m".into(),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            metadata: Bytes::from_static(b"meta"),
            ..JoinGroupRequestProtocol::default()
        }],
        ..ours::JoinGroupRequest::default()
    };
    same(&their, &our, 1..=9);
}
