//! `.txnindex`: the aborted transactions of a segment, in the order of their markers.
//!
//! | bytes | field |
//! |---|---|
//! | 0–1 | version = 0 |
//! | 2–9 | producer id |
//! | 10–17 | first offset of the transaction |
//! | 18–25 | offset of the abort marker |
//! | 26–33 | last stable offset when the marker was written |

use keld_env::File;
use keld_types::{Offset, ProducerId};
use std::io;

/// Bytes of an entry.
pub(crate) const ENTRY_BYTES: u64 = 34;
const ENTRY_LENGTH: usize = 34;
/// Entries read at once.
const CHUNK: usize = 64;

/// A transaction that was aborted, as a Fetch response names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AbortedTransaction {
    /// The producer.
    pub producer_id: ProducerId,
    /// The first offset of the transaction.
    pub first_offset: Offset,
}

/// One entry of the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AbortedTxn {
    pub(crate) producer_id: ProducerId,
    pub(crate) first_offset: Offset,
    pub(crate) last_offset: Offset,
    pub(crate) last_stable_offset: Offset,
}

impl AbortedTxn {
    pub(crate) fn encode(&self) -> [u8; ENTRY_LENGTH] {
        let mut bytes = [0; ENTRY_LENGTH];
        let fields = [
            self.producer_id.get(),
            self.first_offset.get(),
            self.last_offset.get(),
            self.last_stable_offset.get(),
        ];
        for (slot, value) in bytes[2..].chunks_exact_mut(8).zip(fields) {
            slot.copy_from_slice(&value.to_be_bytes());
        }
        bytes
    }

    /// `None` for a version that is not known.
    pub(crate) fn decode(bytes: &[u8; ENTRY_LENGTH]) -> Option<Self> {
        let (version, rest) = bytes.split_at(2);
        let mut fields = rest.chunks_exact(8).map(|field| {
            let mut value = [0; 8];
            value.copy_from_slice(field);
            i64::from_be_bytes(value)
        });
        if version != [0, 0] {
            return None;
        }
        Some(Self {
            producer_id: ProducerId::new(fields.next()?),
            first_offset: Offset::new(fields.next()?),
            last_offset: Offset::new(fields.next()?),
            last_stable_offset: Offset::new(fields.next()?),
        })
    }
}

/// Calls `each` with every whole entry and its position, until it returns false. An entry of an
/// unknown version is an error of kind `InvalidData`.
pub(crate) fn for_each(
    file: &dyn File,
    mut each: impl FnMut(u64, AbortedTxn) -> bool,
) -> io::Result<()> {
    let mut chunk = [0; ENTRY_LENGTH * CHUNK];
    let mut position = 0;
    loop {
        let read = file.read_at(&mut chunk, position)?;
        let whole = chunk.get(..read).unwrap_or_default();
        let mut entries = 0;
        for bytes in whole.chunks_exact(ENTRY_LENGTH) {
            let entry = bytes.first_chunk::<ENTRY_LENGTH>().and_then(AbortedTxn::decode);
            let Some(entry) = entry else {
                let reason = format!("unknown version of the entry at byte {position}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            };
            if !each(position, entry) {
                return Ok(());
            }
            position += ENTRY_BYTES;
            entries += 1;
        }
        if entries < CHUNK {
            return Ok(());
        }
    }
}

/// Adds the transactions that touch `[fetch, upper)`. Returns whether later segments need not be
/// asked: everything below `upper` was decided by then.
pub(crate) fn collect(
    file: &dyn File,
    fetch: Offset,
    upper: Offset,
    out: &mut Vec<AbortedTransaction>,
) -> io::Result<bool> {
    let mut complete = false;
    for_each(file, |_, entry| {
        if entry.last_offset >= fetch && entry.first_offset < upper {
            let AbortedTxn { producer_id, first_offset, .. } = entry;
            out.push(AbortedTransaction { producer_id, first_offset });
        }
        complete = entry.last_stable_offset >= upper;
        !complete
    })?;
    Ok(complete)
}

/// The length to which the file must be cut so that no marker at or above `end` is left.
pub(crate) fn length_below(file: &dyn File, end: Offset) -> io::Result<u64> {
    let mut length = 0;
    for_each(file, |position, entry| {
        let keep = entry.last_offset < end;
        if keep {
            length = position + ENTRY_BYTES;
        }
        keep
    })?;
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_env::sim::SimDisk;
    use keld_env::{Disk, OpenMode};
    use std::path::Path;

    fn entry(producer: i64, first: i64, last: i64, stable: i64) -> AbortedTxn {
        AbortedTxn {
            producer_id: ProducerId::new(producer),
            first_offset: Offset::new(first),
            last_offset: Offset::new(last),
            last_stable_offset: Offset::new(stable),
        }
    }

    #[test]
    fn collects_as_kafkas_test_does() {
        let file = SimDisk::new().open(Path::new("/x"), OpenMode::CreateNew).unwrap();
        let entries =
            [entry(0, 0, 10, 2), entry(1, 5, 15, 16), entry(2, 18, 35, 25), entry(3, 32, 50, 40)];
        let bytes: Vec<u8> = entries.iter().flat_map(AbortedTxn::encode).collect();
        file.write_all_at(&mut [io::IoSlice::new(&bytes)], 0).unwrap();
        let found = |fetch, upper| {
            let mut out = Vec::new();
            let done = collect(file.as_ref(), Offset::new(fetch), Offset::new(upper), &mut out);
            (out.iter().map(|t| t.producer_id.get()).collect::<Vec<_>>(), done.unwrap())
        };
        assert_eq!(found(0, 100), (vec![0, 1, 2, 3], false));
        assert_eq!(found(0, 32), (vec![0, 1, 2], true));
        assert_eq!(found(0, 35), (vec![0, 1, 2, 3], true));
        assert_eq!(found(10, 35), (vec![0, 1, 2, 3], true));
        assert_eq!(found(11, 35), (vec![1, 2, 3], true));
        assert_eq!(found(20, 41), (vec![2, 3], false));
        assert_eq!(length_below(file.as_ref(), Offset::new(35)).unwrap(), 2 * ENTRY_BYTES);
        assert_eq!(length_below(file.as_ref(), Offset::new(0)).unwrap(), 0);
    }

    #[test]
    fn an_unknown_version_is_an_error() {
        let file = SimDisk::new().open(Path::new("/x"), OpenMode::CreateNew).unwrap();
        file.write_all_at(&mut [io::IoSlice::new(&[1; 34])], 0).unwrap();
        let error = for_each(file.as_ref(), |_, _| true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
