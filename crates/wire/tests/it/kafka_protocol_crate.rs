//! Agreement with the `kafka-protocol` crate: each implementation reads what the other writes and
//! writes the same bytes again.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{ApiKey as TheirKey, RequestKind, ResponseKind};
use keld_wire::ApiKey;

use crate::schema::Message;
use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

/// Why the crate has nothing to say about a message at a version, as far as that is known.
fn known_gap(api: ApiKey, kind: &str, version: i16) -> Option<&'static str> {
    let theirs = TheirKey::try_from(api.code()).ok()?.valid_versions();
    if version < theirs.min || version > theirs.max {
        return Some("the crate lacks the version");
    }
    let _ = kind;
    None
}

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
        let Some(api) = message.key.and_then(ApiKey::from_code) else { continue };
        if !matches!(message.kind.as_str(), "request" | "response") {
            continue;
        }
        for version in recoder.versions.iter() {
            if let Some(reason) = known_gap(api, &message.kind, version) {
                gaps.push(format!("{} v{version}: {reason}", recoder.name));
                continue;
            }
            let schema = Schema { message: &message, version };
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
                        differences
                            .push(format!("{} v{version}: other bytes, {left} left", recoder.name));
                        break;
                    }
                    Err(error) => {
                        differences.push(format!("{} v{version}: {error}", recoder.name));
                        break;
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "{compared} compared; {differences:#?}");
    assert!(compared > 5_000, "{compared}");
    let expected: &[&str] = &[];
    assert_eq!(gaps, expected);
}
