//! The sparse indexes of a segment: offset to position (8 bytes an entry) and largest timestamp to
//! offset (12 bytes an entry).
//!
//! | `.index` | | `.timeindex` | |
//! |---|---|---|---|
//! | 0–3 | last offset of the batch, less the base offset | 0–7 | largest timestamp so far |
//! | 4–7 | position of the batch in `.log` | 8–11 | its offset, less the base offset |
//!
//! The active segment's indexes live in memory and are written when the segment is sealed or the
//! log is closed; older ones are searched in their files. They carry no checksum, so nothing an
//! index says is believed: whoever uses an entry checks it against the batch it points to, and an
//! index that is wrong is built anew from the log.

use keld_env::File;
use std::io;

/// Bytes written at once when an index goes to its file.
const WRITE_BYTES: usize = 64 << 10;

/// One entry of an index file.
pub(crate) trait IndexEntry: Copy {
    /// Bytes in the file.
    const SIZE: usize;
    /// Reads the entry from exactly `SIZE` bytes; shorter input reads as zero.
    fn decode(bytes: &[u8]) -> Self;
    /// Appends the entry's bytes.
    fn encode(&self, out: &mut Vec<u8>);
}

/// `.index`: where a batch lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OffsetEntry {
    /// Last offset of the batch, less the segment's base offset.
    pub(crate) relative_offset: u32,
    /// Where the batch starts in `.log`.
    pub(crate) position: u32,
}

/// `.timeindex`: the largest timestamp so far, and the offset that carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TimeEntry {
    pub(crate) timestamp: i64,
    /// Last offset of the batch with that timestamp, less the segment's base offset.
    pub(crate) relative_offset: u32,
}

fn word<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().unwrap_or([0; N])
}

impl IndexEntry for OffsetEntry {
    const SIZE: usize = 8;

    fn decode(bytes: &[u8]) -> Self {
        Self {
            relative_offset: u32::from_be_bytes(word(bytes, 0)),
            position: u32::from_be_bytes(word(bytes, 4)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.relative_offset.to_be_bytes());
        out.extend_from_slice(&self.position.to_be_bytes());
    }
}

impl IndexEntry for TimeEntry {
    const SIZE: usize = 12;

    fn decode(bytes: &[u8]) -> Self {
        Self {
            timestamp: i64::from_be_bytes(word(bytes, 0)),
            relative_offset: u32::from_be_bytes(word(bytes, 8)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.relative_offset.to_be_bytes());
    }
}

/// Where an index is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Index<E> {
    /// In memory, oldest entry first.
    Memory(Vec<E>),
    /// In its file, not yet looked at or with this many whole entries.
    File,
}

/// The last entry for which `below` holds; `below` holds for a prefix of a good index.
pub(crate) fn last_where<E: IndexEntry>(entries: &[E], below: impl Fn(&E) -> bool) -> Option<E> {
    entries.partition_point(below).checked_sub(1).and_then(|index| entries.get(index)).copied()
}

/// The same in a file, by binary search; a file that is cut inside an entry loses that entry.
pub(crate) fn last_where_in_file<E: IndexEntry>(
    file: &dyn File,
    below: impl Fn(&E) -> bool,
) -> io::Result<Option<E>> {
    let (mut low, mut high) = (0, file.len()? / E::SIZE as u64);
    let mut found = None;
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = entry_at::<E>(file, middle)?;
        if below(&entry) {
            found = Some(entry);
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(found)
}

/// The first entry after the prefix for which `below` holds.
pub(crate) fn first_not_where_in_file<E: IndexEntry>(
    file: &dyn File,
    below: impl Fn(&E) -> bool,
) -> io::Result<Option<E>> {
    let entries = file.len()? / E::SIZE as u64;
    let (mut low, mut high) = (0, entries);
    let mut found = None;
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = entry_at::<E>(file, middle)?;
        if below(&entry) {
            low = middle + 1;
        } else {
            found = Some(entry);
            high = middle;
        }
    }
    Ok(found)
}

/// The last whole entry of a file.
pub(crate) fn last_in_file<E: IndexEntry>(file: &dyn File) -> io::Result<Option<E>> {
    match (file.len()? / E::SIZE as u64).checked_sub(1) {
        Some(last) => entry_at(file, last).map(Some),
        None => Ok(None),
    }
}

fn entry_at<E: IndexEntry>(file: &dyn File, index: u64) -> io::Result<E> {
    let mut bytes = [0; 16];
    let (bytes, _) = bytes.split_at_mut(E::SIZE);
    file.read_at(bytes, index * E::SIZE as u64)?;
    Ok(E::decode(bytes))
}

/// Reads a whole file of entries, at most `entries_max`.
pub(crate) fn read_all<E: IndexEntry>(file: &dyn File, entries_max: u64) -> io::Result<Vec<E>> {
    let entries = (file.len()? / E::SIZE as u64).min(entries_max);
    let mut out = Vec::new();
    let mut chunk = vec![0; WRITE_BYTES / E::SIZE * E::SIZE];
    let mut position = 0;
    let end = entries * E::SIZE as u64;
    while position < end {
        let read = file.read_at(&mut chunk, position)?;
        let whole = read / E::SIZE * E::SIZE;
        if whole == 0 {
            break;
        }
        let wanted = usize::try_from(end - position).unwrap_or(usize::MAX).min(whole);
        out.extend(chunk.chunks_exact(E::SIZE).take(wanted / E::SIZE).map(E::decode));
        position += whole as u64;
    }
    Ok(out)
}

/// Writes all entries to an empty file.
pub(crate) fn write_all<E: IndexEntry>(file: &dyn File, entries: &[E]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(WRITE_BYTES.min(entries.len() * E::SIZE));
    let mut position = 0;
    for chunk in entries.chunks(WRITE_BYTES / E::SIZE) {
        bytes.clear();
        chunk.iter().for_each(|entry| entry.encode(&mut bytes));
        file.write_all_at(&mut [io::IoSlice::new(&bytes)], position)?;
        position += bytes.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_env::sim::SimDisk;
    use keld_env::{Disk, OpenMode};
    use proptest::prelude::*;
    use std::path::Path;
    use std::sync::Arc;

    fn file_of(bytes: &[u8]) -> Arc<dyn File> {
        let file = SimDisk::new().open(Path::new("/x"), OpenMode::CreateNew).unwrap();
        file.write_all_at(&mut [io::IoSlice::new(bytes)], 0).unwrap();
        file
    }

    proptest! {
        #[test]
        fn file_and_memory_find_the_same(
            steps in proptest::collection::vec(1u32..50, 0..200),
            target in 0u32..6000,
            cut in 0usize..8,
        ) {
            let mut offset = 0;
            let entries: Vec<_> = steps
                .iter()
                .map(|step| {
                    offset += step;
                    OffsetEntry { relative_offset: offset, position: offset * 7 }
                })
                .collect();
            let mut bytes = Vec::new();
            entries.iter().for_each(|entry| entry.encode(&mut bytes));
            // Half an entry at the end is as if it was not there.
            bytes.resize(bytes.len() + cut, 0xff);
            let file = file_of(&bytes);
            let below = |entry: &OffsetEntry| entry.relative_offset <= target;
            let naive = entries.iter().rev().find(|entry| below(entry)).copied();
            prop_assert_eq!(last_where(&entries, below), naive);
            prop_assert_eq!(last_where_in_file(file.as_ref(), below).unwrap(), naive);
            let after = entries.iter().find(|entry| !below(entry)).copied();
            prop_assert_eq!(first_not_where_in_file(file.as_ref(), below).unwrap(), after);
            prop_assert_eq!(last_in_file(file.as_ref()).unwrap(), entries.last().copied());
            prop_assert_eq!(read_all::<OffsetEntry>(file.as_ref(), u64::MAX).unwrap(), entries);
        }

        #[test]
        fn entries_read_back(timestamp: i64, relative_offset: u32) {
            let entry = TimeEntry { timestamp, relative_offset };
            let mut bytes = Vec::new();
            entry.encode(&mut bytes);
            prop_assert_eq!(bytes.len(), TimeEntry::SIZE);
            prop_assert_eq!(TimeEntry::decode(&bytes), entry);
        }
    }

    #[test]
    fn a_long_index_is_written_in_pieces_and_reads_back() {
        let entries: Vec<_> = (0..20_000)
            .map(|n| TimeEntry { timestamp: i64::from(n), relative_offset: n })
            .collect();
        let file = file_of(&[]);
        write_all(file.as_ref(), &entries).unwrap();
        assert_eq!(file.len().unwrap(), 240_000);
        assert_eq!(read_all::<TimeEntry>(file.as_ref(), u64::MAX).unwrap(), entries);
        assert_eq!(read_all::<TimeEntry>(file.as_ref(), 3).unwrap().len(), 3);
    }
}
