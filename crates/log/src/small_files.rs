//! Two files of a few bytes: `partition.metadata` (the topic's id) and `.kafka_cleanshutdown` (that
//! the last stop was clean, and in which broker epoch).

use keld_types::{BrokerEpoch, TopicId, Uuid};

/// Largest of either that is read.
pub(crate) const BYTES_MAX: u64 = 64 << 10;

/// The text of `partition.metadata`.
pub(crate) fn encode_partition_metadata(topic_id: TopicId) -> String {
    format!("version: 0\ntopic_id: {topic_id}")
}

/// Whether a file looks as a power loss leaves one that was created and never synced: its name is
/// there and its bytes are not.
pub(crate) fn is_lost_write(content: &[u8]) -> bool {
    content.iter().all(|byte| *byte == 0)
}

/// Reads `partition.metadata`.
pub(crate) fn decode_partition_metadata(content: &[u8]) -> Result<TopicId, String> {
    let text = std::str::from_utf8(content).map_err(|_| "not UTF-8".to_owned())?;
    let mut lines = text.lines();
    let mut field = |name: &str| {
        let line = lines.next().unwrap_or_default();
        line.split_once(':')
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.trim().to_owned())
            .ok_or_else(|| format!("malformed line in partition metadata file: {line}"))
    };
    let version = field("version")?;
    let id = field("topic_id")?;
    if !version.parse::<i32>().is_ok_and(|version| version >= 0) {
        return Err(format!("unrecognized version of partition metadata file: {version}"));
    }
    let id = id.parse::<Uuid>().map_err(|error| error.to_string())?;
    if id.is_zero() {
        return Err("invalid topic ID in partition metadata file".to_owned());
    }
    Ok(TopicId::new(id))
}

/// The text of `.kafka_cleanshutdown`, with the seal of the manifest if there is one. Apache Kafka
/// passes over what it does not know.
pub(crate) fn encode_clean_shutdown(broker_epoch: BrokerEpoch, manifest: Option<&str>) -> String {
    let manifest = manifest.map(|seal| format!(",\"keldManifest\":\"{seal}\""));
    let manifest = manifest.unwrap_or_default();
    format!("{{\"version\":0,\"brokerEpoch\":{broker_epoch}{manifest}}}")
}

/// The seal of the manifest in `.kafka_cleanshutdown`, if Keld wrote both.
pub(crate) fn decode_manifest_seal(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok()?;
    let (_, rest) = text.split_once("\"keldManifest\":\"")?;
    rest.split_once('"').map(|(seal, _)| seal)
}

/// The broker epoch in `.kafka_cleanshutdown`; `None` when the file does not say (an empty one of
/// older releases still marks a clean stop).
pub(crate) fn decode_clean_shutdown(content: &[u8]) -> Option<BrokerEpoch> {
    let text = std::str::from_utf8(content).ok()?;
    let (_, rest) = text.split_once("\"brokerEpoch\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    rest.get(..end)?.parse().ok().map(BrokerEpoch::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_metadata_is_kafkas() {
        let id = TopicId::new(Uuid::from_parts(7, 9));
        let text = encode_partition_metadata(id);
        assert_eq!(text, "version: 0\ntopic_id: AAAAAAAAAAcAAAAAAAAACQ");
        assert_eq!(decode_partition_metadata(text.as_bytes()), Ok(id));
        for bad in [
            "",
            "version: 0\n",
            "version: x\ntopic_id: AAAAAAAAAAcAAAAAAAAACQ",
            "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA",
            "version: 0\ntopic_id: nonsense",
        ] {
            assert!(decode_partition_metadata(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn clean_shutdown_is_kafkas() {
        let epoch = BrokerEpoch::new(42);
        let plain = encode_clean_shutdown(epoch, None);
        assert_eq!(plain, r#"{"version":0,"brokerEpoch":42}"#);
        assert_eq!(decode_clean_shutdown(plain.as_bytes()), Some(epoch));
        assert_eq!(decode_manifest_seal(plain.as_bytes()), None);
        let sealed = encode_clean_shutdown(epoch, Some("1f-0a"));
        assert_eq!(sealed, r#"{"version":0,"brokerEpoch":42,"keldManifest":"1f-0a"}"#);
        assert_eq!(decode_clean_shutdown(sealed.as_bytes()), Some(epoch));
        assert_eq!(decode_manifest_seal(sealed.as_bytes()), Some("1f-0a"));
        let spaced = br#"{ "brokerEpoch" : -1, "version": 0 }"#;
        assert_eq!(decode_clean_shutdown(spaced), Some(BrokerEpoch::new(-1)));
        for none in ["", "{}", "{\"brokerEpoch\":null}", "x"] {
            assert_eq!(decode_clean_shutdown(none.as_bytes()), None);
        }
    }
}
