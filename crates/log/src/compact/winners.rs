//! Which records of the dirty part stay, as one bit an offset.
//!
//! After the keys were read, whether a dirty record stays is known by its offset alone. A batch of
//! which nothing or everything stays is then dropped or copied by its header, without a look at
//! its records.

use super::map::KeyMap;
use keld_types::Offset;

/// See the module's documentation. Covers the offsets from `first` up to, not with, `end`.
#[derive(Debug)]
pub(crate) struct Winners {
    first: Offset,
    end: Offset,
    newest: Vec<u64>,
    tombstones: Vec<u64>,
}

/// What stays of a range of offsets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Staying {
    pub(crate) records: u64,
    pub(crate) has_tombstone: bool,
}

impl Winners {
    /// Reads them off the map; `None` where they would take more than `bytes_max`.
    pub(crate) fn of(map: &KeyMap, first: Offset, end: Offset, bytes_max: u64) -> Option<Self> {
        let bits = u64::try_from(end - first).ok()?;
        let words = bits.div_ceil(64);
        if words.saturating_mul(16) > bytes_max {
            return None;
        }
        let words = usize::try_from(words).ok()?;
        let mut winners = Self { first, end, newest: vec![0; words], tombstones: vec![0; words] };
        for newest in map.newest() {
            // Keys of a batch that did not fit whole lie beyond the end.
            let Some((word, bit)) = winners.place(newest.offset) else { continue };
            winners.newest[word] |= bit;
            if newest.is_tombstone {
                winners.tombstones[word] |= bit;
            }
        }
        Some(winners)
    }

    fn place(&self, offset: Offset) -> Option<(usize, u64)> {
        let within = offset >= self.first && offset < self.end;
        let at = usize::try_from(offset - self.first).ok().filter(|_| within)?;
        Some((at / 64, 1 << (at % 64)))
    }

    /// Whether all offsets of `[from, to]` are covered.
    pub(crate) fn covers(&self, from: Offset, to: Offset) -> bool {
        self.first <= from && from <= to && to < self.end
    }

    /// Whether the record at a covered offset is the newest of its key.
    pub(crate) fn has(&self, offset: Offset) -> bool {
        self.place(offset).is_some_and(|(word, bit)| self.newest[word] & bit != 0)
    }

    /// What stays of `[from, to]`, which must be covered.
    pub(crate) fn staying(&self, from: Offset, to: Offset) -> Staying {
        let (Some((first, _)), Some((last, _))) = (self.place(from), self.place(to)) else {
            return Staying { records: 0, has_tombstone: false };
        };
        let low = u64::MAX << ((from - self.first) % 64);
        let high = u64::MAX >> (63 - (to - self.first) % 64);
        let (mut records, mut tombstones) = (0, 0);
        for word in first..=last {
            let mut mask = u64::MAX;
            if word == first {
                mask &= low;
            }
            if word == last {
                mask &= high;
            }
            records += u64::from((self.newest[word] & mask).count_ones());
            tombstones |= self.tombstones[word] & mask;
        }
        Staying { records, has_tombstone: tombstones != 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::Newest;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_as_one_by_one(
            first in 0i64..200,
            offsets in proptest::collection::btree_set(0i64..400, 0..100),
            from in 0i64..300,
            length in 0i64..300,
        ) {
            let mut map = KeyMap::new(1 << 16, 0.9, [1; 16]);
            for offset in &offsets {
                let newest = Newest { offset: Offset::new(*offset), is_tombstone: offset % 7 == 0 };
                map.put(&offset.to_be_bytes(), newest).and_then(|()| map.settle()).unwrap();
            }
            let end = first + 150;
            let winners = Winners::of(&map, Offset::new(first), Offset::new(end), 1 << 20).unwrap();
            let to = from + length;
            let covers = first <= from && to < end;
            prop_assert_eq!(winners.covers(Offset::new(from), Offset::new(to)), covers);
            if covers {
                let within: Vec<i64> = offsets.range(from..=to).copied().collect();
                prop_assert_eq!(winners.staying(Offset::new(from), Offset::new(to)), Staying {
                    records: within.len() as u64,
                    has_tombstone: within.iter().any(|offset| offset % 7 == 0),
                });
                for offset in from..=to {
                    prop_assert_eq!(winners.has(Offset::new(offset)), offsets.contains(&offset));
                }
            }
        }
    }

    #[test]
    fn are_left_out_where_they_do_not_fit() {
        let map = KeyMap::new(1 << 16, 0.9, [1; 16]);
        let of = |bytes| Winners::of(&map, Offset::ZERO, Offset::new(6400), bytes);
        assert!(of(1600).is_some());
        assert!(of(1599).is_none());
    }
}
