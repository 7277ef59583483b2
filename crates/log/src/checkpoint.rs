//! Kafka's checkpoint files: text, a version line, a count line, one entry a line.
//!
//! ```text
//! 0
//! 2
//! topic-a 0 1234
//! topic-b 3 17
//! ```
//!
//! They are replaced as a whole (write aside, sync, rename, sync of the directory). A reader gets
//! the whole file or an error, never part of it.

use keld_types::{LeaderEpoch, Offset, PartitionIndex, TopicName, TopicPartition};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Largest checkpoint that is read: a million partitions at the longest names would be less.
pub(crate) const BYTES_MAX: u64 = 512 << 20;

/// Offsets by partition, as four files of a log directory hold them.
pub(crate) type PartitionOffsets = BTreeMap<TopicPartition, Offset>;

/// The text of a file of offsets.
pub(crate) fn encode_offsets(offsets: &PartitionOffsets) -> String {
    let mut text = format!("0\n{}\n", offsets.len());
    for (partition, offset) in offsets {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {} {offset}", partition.topic, partition.partition);
    }
    text
}

/// Reads a file of offsets.
pub(crate) fn decode_offsets(content: &[u8]) -> Result<PartitionOffsets, String> {
    let mut offsets = PartitionOffsets::new();
    decode(content, |line| {
        let mut fields = line.split_ascii_whitespace();
        let (topic, partition, offset) = (fields.next()?, fields.next()?, fields.next()?);
        let partition = PartitionIndex::new(partition.parse().ok()?);
        let offset = Offset::new(offset.parse().ok()?);
        if fields.next().is_some() {
            return None;
        }
        offsets.insert(TopicPartition::new(TopicName::new(topic), partition), offset);
        Some(())
    })?;
    Ok(offsets)
}

/// The text of `leader-epoch-checkpoint`.
pub(crate) fn encode_epochs(entries: &[(LeaderEpoch, Offset)]) -> String {
    let mut text = format!("0\n{}\n", entries.len());
    for (epoch, start) in entries {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{epoch} {start}");
    }
    text
}

/// Reads `leader-epoch-checkpoint`.
pub(crate) fn decode_epochs(content: &[u8]) -> Result<Vec<(LeaderEpoch, Offset)>, String> {
    let mut entries = Vec::new();
    decode(content, |line| {
        let mut fields = line.split_ascii_whitespace();
        let epoch = fields.next()?.parse().ok().filter(|epoch| *epoch >= 0)?;
        let start = fields.next()?.parse().ok().filter(|start| *start >= 0)?;
        if fields.next().is_some() {
            return None;
        }
        entries.push((LeaderEpoch::new(epoch), Offset::new(start)));
        Some(())
    })?;
    Ok(entries)
}

/// Version, count and exactly that many lines.
fn decode(content: &[u8], mut entry: impl FnMut(&str) -> Option<()>) -> Result<(), String> {
    let text = std::str::from_utf8(content).map_err(|_| "not UTF-8".to_owned())?;
    if text.is_empty() {
        // Kafka creates the files of a log directory empty, long before the first entry.
        return Ok(());
    }
    let mut lines = text.lines();
    let version = lines.next().unwrap_or_default().trim();
    if version != "0" {
        return Err(format!("unknown version `{version}`"));
    }
    let expected = lines.next().ok_or("no count of entries")?.trim();
    let expected: usize = expected.parse().map_err(|_| format!("bad count `{expected}`"))?;
    let mut found = 0;
    for line in lines.filter(|line| !line.trim().is_empty()) {
        entry(line).ok_or_else(|| format!("malformed line `{line}`"))?;
        found += 1;
    }
    if found != expected {
        return Err(format!("{found} entries, the file says {expected}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_written_as_kafka_writes_them() {
        let mut offsets = PartitionOffsets::new();
        let topic = |name: &str, index| {
            TopicPartition::new(TopicName::new(name), PartitionIndex::new(index))
        };
        offsets.insert(topic("b", 3), Offset::new(17));
        offsets.insert(topic("a", 0), Offset::new(1234));
        let text = encode_offsets(&offsets);
        assert_eq!(text, "0\n2\na 0 1234\nb 3 17\n");
        assert_eq!(decode_offsets(text.as_bytes()), Ok(offsets));
    }

    #[test]
    fn a_part_of_a_checkpoint_is_refused() {
        for bad in ["1\n0\n", "0\n", "0\nx\n", "0\n2\na 0 1\n", "0\n1\na 0\n", "0\n1\na 0 1 2\n"] {
            assert!(decode_offsets(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert_eq!(decode_offsets(b""), Ok(PartitionOffsets::new()), "as Kafka creates it");
        assert!(decode_offsets(&[0xff, 0xfe]).is_err());
        assert!(decode_epochs(b"0\n1\n-1 4\n").is_err());
    }

    proptest::proptest! {
        #[test]
        fn epochs_read_back(entries: Vec<(u16, u32)>) {
            let entries: Vec<_> = entries
                .into_iter()
                .map(|(e, o)| (LeaderEpoch::new(e.into()), Offset::new(o.into())))
                .collect();
            let text = encode_epochs(&entries);
            proptest::prop_assert_eq!(decode_epochs(text.as_bytes()), Ok(entries));
        }

        #[test]
        fn garbage_is_an_error_and_never_a_panic(bytes: Vec<u8>) {
            let _ = decode_offsets(&bytes);
            let _ = decode_epochs(&bytes);
        }
    }
}
