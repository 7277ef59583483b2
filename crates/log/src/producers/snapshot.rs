//! `.snapshot`: the producers as of the offset in the file's name.
//!
//! | bytes | field |
//! |---|---|
//! | 0–1 | version = 1 |
//! | 2–5 | CRC-32C of all that follows |
//! | 6–9 | number of entries |
//!
//! Entries of 46 bytes: producer id i64, epoch i16, last sequence i32, last offset i64, offset delta
//! i32, timestamp i64, coordinator epoch i32, first offset of the open transaction i64 (−1: none).
//! Only the last batch of a producer has a place in it.

use super::entry::{BatchMetadata, ProducerEntry, Window};
use keld_types::{Offset, ProducerEpoch, ProducerId};

/// Largest snapshot that is read: some twenty million producers.
pub(crate) const BYTES_MAX: u64 = 1 << 30;
const ENTRY_LENGTH: usize = 46;
const CRC_END: usize = 6;
const HEADER_LENGTH: usize = 10;

/// The file's bytes.
pub(crate) fn encode<'a>(
    entries: impl ExactSizeIterator<Item = (&'a ProducerId, &'a ProducerEntry)>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LENGTH + entries.len() * ENTRY_LENGTH);
    bytes.extend_from_slice(&1i16.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    // As many entries as fit an i32; a node holds far fewer producers.
    let count = i32::try_from(entries.len()).unwrap_or(i32::MAX);
    bytes.extend_from_slice(&count.to_be_bytes());
    for (id, entry) in entries {
        let last = entry.window.last();
        bytes.extend_from_slice(&id.get().to_be_bytes());
        bytes.extend_from_slice(&entry.producer_epoch.get().to_be_bytes());
        bytes.extend_from_slice(&entry.last_sequence().to_be_bytes());
        let last_offset = last.map_or(-1, |batch| batch.last_offset.get());
        bytes.extend_from_slice(&last_offset.to_be_bytes());
        bytes.extend_from_slice(&last.map_or(0, |batch| batch.offset_delta).to_be_bytes());
        bytes.extend_from_slice(&entry.last_timestamp.to_be_bytes());
        bytes.extend_from_slice(&entry.coordinator_epoch.to_be_bytes());
        let first = entry.current_txn_first_offset.map_or(-1, Offset::get);
        bytes.extend_from_slice(&first.to_be_bytes());
    }
    let crc = keld_record::crc32c(bytes.get(CRC_END..).unwrap_or_default());
    if let Some(slot) = bytes.get_mut(2..CRC_END) {
        slot.copy_from_slice(&crc.to_be_bytes());
    }
    bytes
}

/// Reads a file's bytes; any fault makes the whole snapshot worthless.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<(ProducerId, ProducerEntry)>, String> {
    let mut reader = Reader(bytes);
    let version = i16::from_be_bytes(reader.take().ok_or("no version")?);
    if version != 1 {
        return Err(format!("snapshot contained an unknown file version {version}"));
    }
    let stored = u32::from_be_bytes(reader.take().ok_or("no checksum")?);
    let computed = keld_record::crc32c(reader.0);
    if stored != computed {
        return Err(format!(
            "snapshot is corrupt (CRC is no longer valid): stored {stored}, computed {computed}"
        ));
    }
    let count = i32::from_be_bytes(reader.take().ok_or("no count of entries")?);
    let count = usize::try_from(count).map_err(|_| format!("negative count {count}"))?;
    if reader.0.len() / ENTRY_LENGTH < count {
        return Err(format!("{count} entries do not fit in {} bytes", bytes.len()));
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        entries.push(reader.entry().ok_or("entry cut off")?);
    }
    Ok(entries)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn entry(&mut self) -> Option<(ProducerId, ProducerEntry)> {
        let id = ProducerId::new(i64::from_be_bytes(self.take()?));
        let producer_epoch = ProducerEpoch::new(i16::from_be_bytes(self.take()?));
        let last_sequence = i32::from_be_bytes(self.take()?);
        let last_offset = Offset::new(i64::from_be_bytes(self.take()?));
        let offset_delta = i32::from_be_bytes(self.take()?);
        let last_timestamp = i64::from_be_bytes(self.take()?);
        let coordinator_epoch = i32::from_be_bytes(self.take()?);
        let first = i64::from_be_bytes(self.take()?);
        let mut window = Window::EMPTY;
        if last_offset.get() >= 0 {
            let timestamp = last_timestamp;
            window.push(BatchMetadata { last_sequence, last_offset, offset_delta, timestamp });
        }
        let current_txn_first_offset = (first >= 0).then_some(Offset::new(first));
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
