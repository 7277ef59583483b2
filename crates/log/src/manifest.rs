//! `.keld-manifest`: what a clean stop left of every partition of a log directory, so that the next
//! start visits none of them.
//!
//! | bytes | field |
//! |---|---|
//! | 0–7 | `KELDMAN1` |
//! | 8–11 | CRC-32C of all that follows |
//! | 12–15 | number of entries |
//!
//! All numbers are big-endian. An entry: topic (u16 length, bytes), partition i32, topic id (16
//! bytes), log start i64, high watermark i64, log end i64; leader epochs (u32 count; i32 epoch, i64
//! start offset); segments (u32 count; i64 base offset, u64 size, i64 first batch's timestamp, i64
//! largest timestamp, i64 offset that carries it, where i64::MIN stands for a timestamp that is not
//! known, u8 whether an offset index lies beside it); snapshots (u32 count; i64 offset); producers
//! (u32 count; i64 id, i16 epoch, i32 coordinator epoch, i64 last timestamp, i64 first offset of the
//! open transaction or −1, u8 count of batches of i32 last sequence, i64 last offset, i32 offset
//! delta, i64 timestamp).
//!
//! It is believed only where `.kafka_cleanshutdown` names it by its [`seal`]: whoever else stopped
//! cleanly in the directory since, Apache Kafka included, wrote another mark, and whoever did not
//! left none.

use crate::producers::{BatchMetadata, ProducerEntry, Window};
use keld_types::{
    LeaderEpoch, Offset, PartitionIndex, ProducerEpoch, ProducerId, TopicId, TopicName,
    TopicPartition, Uuid,
};
use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"KELDMAN1";
const CRC_END: usize = 12;
/// Largest manifest that is read.
pub(crate) const BYTES_MAX: u64 = 1 << 30;
/// A log with more producers than this is left out: it is loaded from its files.
pub(crate) const PRODUCERS_MAX: usize = 1024;
/// Stands for a timestamp that is not known.
const UNKNOWN: i64 = i64::MIN;

/// A segment as a clean stop left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SegmentEntry {
    pub(crate) base_offset: Offset,
    pub(crate) size: u64,
    pub(crate) first_timestamp: Option<i64>,
    /// The largest timestamp and the offset that carries it.
    pub(crate) max_timestamp: Option<(i64, Offset)>,
    /// Without an index the segment is so short that none is needed.
    pub(crate) has_index: bool,
}

/// A partition's log as a clean stop left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LogEntry {
    pub(crate) topic_id: TopicId,
    pub(crate) log_start: Offset,
    pub(crate) high_watermark: Offset,
    pub(crate) log_end: Offset,
    pub(crate) epochs: Vec<(LeaderEpoch, Offset)>,
    pub(crate) segments: Vec<SegmentEntry>,
    pub(crate) snapshots: Vec<Offset>,
    pub(crate) producers: Vec<(ProducerId, ProducerEntry)>,
}

/// The logs of a directory.
pub(crate) type Manifest = BTreeMap<TopicPartition, LogEntry>;

/// What names a manifest: its length and checksum.
pub(crate) fn seal(bytes: &[u8]) -> String {
    format!("{:x}-{:08x}", bytes.len(), keld_record::crc32c(bytes))
}

/// The file's bytes.
pub(crate) fn encode(manifest: &Manifest) -> Vec<u8> {
    let mut writer = Writer(Vec::with_capacity(16 + manifest.len() * 192));
    writer.0.extend_from_slice(MAGIC);
    writer.put(&[0; 4]);
    writer.count(manifest.len());
    for (partition, entry) in manifest {
        writer.entry(partition, entry);
    }
    let mut bytes = writer.0;
    let crc = keld_record::crc32c(bytes.get(CRC_END..).unwrap_or_default());
    if let Some(slot) = bytes.get_mut(MAGIC.len()..CRC_END) {
        slot.copy_from_slice(&crc.to_be_bytes());
    }
    bytes
}

/// Reads a file's bytes; `None` when they are not a whole manifest.
pub(crate) fn decode(bytes: &[u8]) -> Option<Manifest> {
    let mut reader = Reader(bytes);
    if reader.take::<8>()? != *MAGIC {
        return None;
    }
    let crc = u32::from_be_bytes(reader.take()?);
    if crc != keld_record::crc32c(reader.0) {
        return None;
    }
    let mut manifest = Manifest::new();
    for _ in 0..u32::from_be_bytes(reader.take()?) {
        let (partition, entry) = reader.entry()?;
        manifest.insert(partition, entry);
    }
    reader.0.is_empty().then_some(manifest)
}

struct Writer(Vec<u8>);

impl Writer {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// No list of a log comes near the bound.
    fn count(&mut self, count: usize) {
        self.put(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn long(&mut self, value: i64) {
        self.put(&value.to_be_bytes());
    }

    fn entry(&mut self, partition: &TopicPartition, entry: &LogEntry) {
        let topic = partition.topic.as_str().as_bytes();
        self.put(&u16::try_from(topic.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.put(topic);
        self.put(&partition.partition.get().to_be_bytes());
        let id = entry.topic_id.uuid();
        self.put(&id.most_significant().to_be_bytes());
        self.put(&id.least_significant().to_be_bytes());
        for offset in [entry.log_start, entry.high_watermark, entry.log_end] {
            self.long(offset.get());
        }
        self.count(entry.epochs.len());
        for (epoch, start) in &entry.epochs {
            self.put(&epoch.get().to_be_bytes());
            self.long(start.get());
        }
        self.count(entry.segments.len());
        for segment in &entry.segments {
            self.long(segment.base_offset.get());
            self.put(&segment.size.to_be_bytes());
            self.long(segment.first_timestamp.unwrap_or(UNKNOWN));
            let (max, offset) = segment.max_timestamp.unwrap_or((UNKNOWN, Offset::ZERO));
            self.long(max);
            self.long(offset.get());
            self.put(&[u8::from(segment.has_index)]);
        }
        self.count(entry.snapshots.len());
        for offset in &entry.snapshots {
            self.long(offset.get());
        }
        self.count(entry.producers.len());
        for (id, producer) in &entry.producers {
            self.producer(*id, producer);
        }
    }

    fn producer(&mut self, id: ProducerId, producer: &ProducerEntry) {
        self.long(id.get());
        self.put(&producer.producer_epoch.get().to_be_bytes());
        self.put(&producer.coordinator_epoch.to_be_bytes());
        self.long(producer.last_timestamp);
        self.long(producer.current_txn_first_offset.map_or(-1, Offset::get));
        let batches = producer.window.as_slice();
        self.put(&[u8::try_from(batches.len()).unwrap_or(u8::MAX)]);
        for batch in batches {
            self.put(&batch.last_sequence.to_be_bytes());
            self.long(batch.last_offset.get());
            self.put(&batch.offset_delta.to_be_bytes());
            self.long(batch.timestamp);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn long(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn offset(&mut self) -> Option<Offset> {
        self.long().map(Offset::new)
    }

    fn int(&mut self) -> Option<i32> {
        self.take().map(i32::from_be_bytes)
    }

    fn timestamp(&mut self) -> Option<Option<i64>> {
        self.long().map(|timestamp| Some(timestamp).filter(|timestamp| *timestamp != UNKNOWN))
    }

    /// As many as the count before them says; each is longer than nothing, so that a wrong count
    /// ends with the bytes.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = u32::from_be_bytes(self.take()?);
        (0..count).map(|_| one(self)).collect()
    }

    fn entry(&mut self) -> Option<(TopicPartition, LogEntry)> {
        let length = u16::from_be_bytes(self.take()?);
        let topic = std::str::from_utf8(self.bytes(length.into())?).ok()?;
        let index = PartitionIndex::new(self.int()?);
        let partition = TopicPartition::new(TopicName::new(topic), index);
        let (most, least) = (u64::from_be_bytes(self.take()?), u64::from_be_bytes(self.take()?));
        let entry = LogEntry {
            topic_id: TopicId::new(Uuid::from_parts(most, least)),
            log_start: self.offset()?,
            high_watermark: self.offset()?,
            log_end: self.offset()?,
            epochs: self.list(|r| Some((LeaderEpoch::new(r.int()?), r.offset()?)))?,
            segments: self.list(Self::segment)?,
            snapshots: self.list(Self::offset)?,
            producers: self.list(Self::producer)?,
        };
        Some((partition, entry))
    }

    fn segment(&mut self) -> Option<SegmentEntry> {
        let base_offset = self.offset()?;
        let size = u64::from_be_bytes(self.take()?);
        let first_timestamp = self.timestamp()?;
        let (max, offset) = (self.timestamp()?, self.offset()?);
        let max_timestamp = max.map(|max| (max, offset));
        let [has_index] = self.take()?;
        let has_index = has_index != 0;
        Some(SegmentEntry { base_offset, size, first_timestamp, max_timestamp, has_index })
    }

    fn producer(&mut self) -> Option<(ProducerId, ProducerEntry)> {
        let id = ProducerId::new(self.long()?);
        let producer_epoch = ProducerEpoch::new(i16::from_be_bytes(self.take()?));
        let coordinator_epoch = self.int()?;
        let last_timestamp = self.long()?;
        let first = self.offset()?;
        let current_txn_first_offset = Some(first).filter(|first| *first >= Offset::ZERO);
        let [count] = self.take()?;
        let mut window = Window::EMPTY;
        for _ in 0..count {
            window.push(BatchMetadata {
                last_sequence: self.int()?,
                last_offset: self.offset()?,
                offset_delta: self.int()?,
                timestamp: self.long()?,
            });
        }
        let entry = ProducerEntry {
            producer_epoch,
            coordinator_epoch,
            last_timestamp,
            current_txn_first_offset,
            window,
        };
        Some((id, entry))
    }
}

#[cfg(test)]
mod tests;
