//! Agreement with the `kafka-protocol` crate: each implementation reads what the other writes and
//! writes the same bytes again.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{ApiKey as TheirKey, RequestKind, ResponseKind};

use crate::schema::Message;
use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

/// What version 0.18 of the crate cannot read: it was made from schemas of an earlier release,
/// which did not have these versions, or had them as unstable ones.
const KNOWN_GAPS: &[&str] = &[
    "AddRaftVoterRequest v1",
    "AddRaftVoterResponse v1",
    "BrokerHeartbeatRequest v2",
    "BrokerHeartbeatResponse v2",
    "DescribeLogDirsRequest v5",
    "DescribeLogDirsResponse v5",
    "DescribeShareGroupOffsetsRequest v1",
    "DescribeShareGroupOffsetsResponse v1",
    "InitProducerIdRequest v6",
    "ListOffsetsRequest v11",
    "ListOffsetsResponse v11",
    "OffsetCommitRequest v10",
    "OffsetFetchRequest v10",
    "ReadShareGroupStateSummaryRequest v1",
    "ReadShareGroupStateSummaryResponse v1",
    "ShareAcknowledgeRequest v2",
    "ShareAcknowledgeResponse v2",
    "ShareFetchRequest v2",
    "ShareFetchResponse v2",
    "StreamsGroupDescribeRequest v0",
    "StreamsGroupDescribeResponse v0",
    "StreamsGroupHeartbeatRequest v0",
    "StreamsGroupHeartbeatResponse v0",
    "WriteShareGroupStateRequest v1",
    "WriteShareGroupStateResponse v1",
    "WriteTxnMarkersRequest v2",
    "WriteTxnMarkersResponse v2",
];

fn theirs(message: &Message, version: i16, bytes: &Bytes) -> anyhow::Result<(Bytes, usize)> {
    let key = message.key.ok_or_else(|| anyhow::anyhow!("no key"))?;
    let key = TheirKey::try_from(key).map_err(|()| anyhow::anyhow!("no API {key}"))?;
    let mut input = bytes.clone();
    let mut out = BytesMut::new();
    if message.kind == "request" {
        RequestKind::decode(key, &mut input, version)?.encode(&mut out, version)?;
    } else {
        ResponseKind::decode(key, &mut input, version)?.encode(&mut out, version)?;
    }
    Ok((out.freeze(), input.len()))
}

#[test]
fn every_api_and_version_agrees_with_the_kafka_protocol_crate() {
    let mut compared = 0;
    let mut gaps = Vec::new();
    let mut differences = Vec::new();
    for (recoder, message) in every() {
        if !matches!(message.kind.as_str(), "request" | "response") {
            continue;
        }
        for version in recoder.versions.iter() {
            let case = format!("{} v{version}", recoder.name);
            let schema = Schema { message: &message, version };
            if KNOWN_GAPS.contains(&case.as_str()) {
                let bytes = (recoder.default)(version).expect("defaults can be written");
                assert!(theirs(&message, version, &bytes).is_err(), "{case} is no gap any more");
                gaps.push(case);
                continue;
            }
            for seed in 0..15 {
                let mut random = Seeded::of(recoder.name, 1000 + seed);
                let shape = Shape { unknown_tags: true, elements_max: 2 };
                let bytes = Bytes::from(schema.bytes(&schema.random(&mut random, shape)));
                let written = theirs(&message, version, &bytes);
                match written {
                    Ok((written, 0)) if written == bytes => {
                        // What they wrote is what we read and write.
                        assert_eq!((recoder.recode)(written, version), Ok((bytes, 0)));
                        compared += 1;
                    }
                    Ok((_, left)) => {
                        differences.push(format!("{case}: other bytes, {left} left"));
                        break;
                    }
                    Err(error) => {
                        differences.push(format!("{case}: {error}"));
                        break;
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "{compared} compared; {differences:#?}");
    assert!(compared > 5_000, "{compared}");
    assert_eq!(gaps, KNOWN_GAPS);
}
