//! Answers that are cut to whole batches.
//!
//! A read ends where its bytes are used up, in the middle of a batch mostly, and the reader drops
//! that piece. Where an answer is small because it is throttled, pieces would be much of it.

use keld_log::FetchData;

/// Of more batches than these one that is cut is too small a part to be looked for.
const BATCHES_MAX: usize = 256;

/// Base offset and length: what is before a batch's length is counted.
const PREFIX_BYTES: usize = 12;

/// Leaves a cut-off last batch out, unless it is the only one. What is not in memory stays as it is.
pub(crate) fn cut_to_whole_batches(data: &mut FetchData) {
    if let Some(bytes) = &mut data.bytes {
        let prefix = |at: usize| {
            let prefix = bytes.get(at..)?.get(..PREFIX_BYTES)?;
            <[u8; PREFIX_BYTES]>::try_from(prefix).ok()
        };
        let length = whole(bytes.len(), prefix);
        bytes.truncate(length);
        data.length = length;
        return;
    }
    // A read is of one segment.
    let [range] = &mut data.ranges[..] else { return };
    let prefix = |at: usize| {
        let mut prefix = [0; PREFIX_BYTES];
        let position = range.position + u64::try_from(at).ok()?;
        let read = range.file.read_at_now(&mut prefix, position).ok()?;
        (read == PREFIX_BYTES).then_some(prefix)
    };
    range.length = whole(range.length, prefix);
    data.length = range.length;
}

/// How many of `length` bytes are whole batches; all of them if none is, or it cannot be told.
fn whole(length: usize, prefix: impl Fn(usize) -> Option<[u8; PREFIX_BYTES]>) -> usize {
    let mut end = 0;
    for _ in 0..BATCHES_MAX {
        if length - end < PREFIX_BYTES {
            return if end == 0 { length } else { end };
        }
        let Some([.., a, b, c, d]) = prefix(end) else { return length };
        let Ok(size) = usize::try_from(i32::from_be_bytes([a, b, c, d])) else { return length };
        let next = end.saturating_add(PREFIX_BYTES).saturating_add(size);
        if next > length {
            return if end == 0 { length } else { end };
        }
        end = next;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(sizes: &[usize]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for size in sizes {
            bytes.extend([0; 8]);
            bytes.extend(i32::try_from(size - PREFIX_BYTES).unwrap().to_be_bytes());
            bytes.resize(bytes.len() + size - PREFIX_BYTES, 1);
        }
        bytes
    }

    fn kept(bytes: &[u8]) -> usize {
        whole(bytes.len(), |at| bytes.get(at..at + PREFIX_BYTES)?.try_into().ok())
    }

    #[test]
    fn the_last_batch_is_left_out_when_it_is_cut() {
        let bytes = batches(&[100, 70, 200]);
        for (length, expected) in
            [(370, 370), (369, 170), (171, 170), (170, 170), (169, 100), (100, 100)]
        {
            assert_eq!(kept(&bytes[..length]), expected, "of {length}");
        }
        // The first one is all there is.
        assert_eq!((kept(&bytes[..99]), kept(&bytes[..5]), kept(&[])), (99, 5, 0));
    }

    #[test]
    fn what_cannot_be_told_stays() {
        let mut negative = batches(&[100, 100]);
        negative[108..112].copy_from_slice(&(-1_i32).to_be_bytes());
        assert_eq!(kept(&negative), 200);
        assert_eq!(whole(500, |_| None), 500);
        let mut large = batches(&[100, 100]);
        large[108..112].copy_from_slice(&i32::MAX.to_be_bytes());
        assert_eq!(kept(&large), 100);
    }

    #[test]
    fn behind_so_many_batches_nothing_is_cut() {
        let mut bytes = batches(&[20; BATCHES_MAX]);
        bytes.resize(bytes.len() + 30, 0);
        assert_eq!(kept(&bytes), bytes.len());
        let shorter = &batches(&[20; BATCHES_MAX])[..BATCHES_MAX * 20 - 1];
        assert_eq!(kept(shorter), (BATCHES_MAX - 1) * 20);
    }
}
