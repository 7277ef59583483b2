//! The newest offset of each key in the dirty part of a log.
//!
//! Short keys stand in it whole, so that a match is a comparison of keys; longer ones by a keyed
//! hash: see [`hash`](super::hash) for what that risks. An entry takes 24 bytes, as in Kafka. The
//! table is cut into shards that grow one by one, so that memory follows the number of keys and
//! never passes the bound, not even while a shard grows.

use super::hash::{KeyId, Secret, id_of, place_of};
use keld_types::Offset;

/// Bytes of an entry: two words of key, one of offset.
pub(crate) const ENTRY_BYTES: u64 = 24;
/// How many keys are looked for at once: the memory of all is on its way while the first waits.
const TOGETHER: usize = 16;
/// Slots of a shard that was just made.
const SHARD_SLOTS_MIN: usize = 64;
/// How many shards a large table has, as a power of two.
const SHARD_BITS: u32 = 6;
/// A table smaller than this is one shard.
const SHARDED_SLOTS_MIN: u64 = 1 << 17;

/// What is known of a key: the offset of its newest record, and whether that is a tombstone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Newest {
    pub(crate) offset: Offset,
    pub(crate) is_tombstone: bool,
}

/// No more keys fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Full;

/// A record that is to be taken note of.
#[derive(Clone, Copy, Debug)]
struct Coming {
    id: KeyId,
    place: u64,
    newest: Newest,
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct KeyMap {
    secret: Secret,
    coming: Vec<Coming>,
    shards: Vec<Shard>,
    load_factor: f64,
    /// As many as `shards` has.
    shards_count: u64,
    slots: u64,
    slots_max: u64,
    keys: u64,
}

#[derive(Debug, Default)]
struct Shard {
    /// A [`KeyId`] and [`Newest`] as a number that is not 0. Arrays of numbers, because
    /// their zeroed memory comes from the system untouched.
    slots: Vec<[u64; 3]>,
    keys: usize,
}

impl Newest {
    fn to_word(self) -> u64 {
        (self.offset.get().cast_unsigned() << 1 | u64::from(self.is_tombstone)) + 1
    }

    fn from_word(word: u64) -> Self {
        let word = word - 1;
        Self { offset: Offset::new((word >> 1).cast_signed()), is_tombstone: word & 1 == 1 }
    }
}

impl Shard {
    /// The slot where a search begins.
    #[inline]
    fn start(&self, place: u64) -> usize {
        // The upper half of the product: a slot below the number of slots, evenly spread.
        let start = (u128::from(place) * self.slots.len() as u128) >> 64;
        usize::try_from(start).unwrap_or(0)
    }

    /// The key's slot, or the free one where it belongs; `None` in a table without free slots.
    #[inline]
    fn find(&self, id: KeyId, place: u64) -> Option<usize> {
        let length = self.slots.len();
        let start = self.start(place);
        let matches = |slot: &&[u64; 3]| slot[2] == 0 || (slot[0] == id[0] && slot[1] == id[1]);
        let (before, after) = self.slots.split_at(start.min(length));
        let distance = after.iter().chain(before).position(|slot| matches(&slot))?;
        let found = start + distance;
        Some(if found < length { found } else { found - length })
    }

    fn grow(&mut self, slots: usize, secret: &Secret) {
        let old = std::mem::replace(&mut self.slots, vec![[0; 3]; slots]);
        for entry in old.into_iter().filter(|entry| entry[2] != 0) {
            let id = [entry[0], entry[1]];
            if let Some(slot) = self.find(id, place_of(secret, id))
                && let Some(free) = self.slots.get_mut(slot)
            {
                *free = entry;
            }
        }
    }
}

impl KeyMap {
    /// An empty map that will take up to `bytes_max`, and fill its slots up to `load_factor`.
    pub(crate) fn new(bytes_max: u64, load_factor: f64, secret: Secret) -> Self {
        let slots_max = (bytes_max / ENTRY_BYTES).max(1);
        let bits = if slots_max >= SHARDED_SLOTS_MIN { SHARD_BITS } else { 0 };
        let mut shards = Vec::new();
        shards.resize_with(1 << bits, Shard::default);
        // A full table would be searched for ever.
        let load_factor = if load_factor > 0.0 && load_factor < 1.0 { load_factor } else { 0.9 };
        let coming = Vec::with_capacity(TOGETHER);
        let shards_count = 1 << bits;
        Self { secret, coming, shards, load_factor, shards_count, slots: 0, slots_max, keys: 0 }
    }

    /// Takes note of a key's record, at the latest with the next [`settle`](Self::settle). Offsets
    /// come in rising order.
    pub(crate) fn put(&mut self, key: &[u8], newest: Newest) -> Result<(), Full> {
        let id = id_of(&self.secret, key);
        self.coming.push(Coming { id, place: place_of(&self.secret, id), newest });
        if self.coming.len() < TOGETHER { Ok(()) } else { self.settle() }
    }

    /// Everything that was put is in the map from now on. After [`Full`] some of it is.
    pub(crate) fn settle(&mut self) -> Result<(), Full> {
        let mut coming = std::mem::take(&mut self.coming);
        // None of these reads waits for another, each of the searches below would.
        let touched = coming.iter().fold(0, |sum, Coming { place, .. }| {
            let shard = self.shards.get(self.shard_of(*place));
            let slot = shard.and_then(|shard| shard.slots.get(shard.start(*place)));
            sum ^ slot.map_or(0, |slot| slot[2])
        });
        std::hint::black_box(touched);
        let settled = coming.drain(..).try_for_each(|coming| self.put_one(coming));
        self.coming = coming;
        settled
    }

    fn put_one(&mut self, coming: Coming) -> Result<(), Full> {
        let Coming { id, place, newest } = coming;
        let index = self.shard_of(place);
        let load_factor = self.load_factor;
        let Some(shard) = self.shards.get_mut(index) else { return Err(Full) };
        let has_room = (shard.keys + 1) as f64 <= shard.slots.len() as f64 * load_factor;
        if let Some(slot) = shard.find(id, place).and_then(|slot| shard.slots.get_mut(slot)) {
            let is_known = slot[2] != 0;
            if is_known || has_room {
                *slot = [id[0], id[1], newest.to_word()];
                shard.keys += usize::from(!is_known);
                self.keys += u64::from(!is_known);
                return Ok(());
            }
        }
        self.grow(index)?;
        self.put_one(coming)
    }

    /// The newest record of a key, if it has one in the map; of what was settled.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Newest> {
        let id = id_of(&self.secret, key);
        let place = place_of(&self.secret, id);
        let shard = self.shards.get(self.shard_of(place))?;
        let slot = shard.slots.get(shard.find(id, place)?)?;
        (slot[2] != 0).then(|| Newest::from_word(slot[2]))
    }

    /// Every entry, in no order that means anything.
    pub(crate) fn newest(&self) -> impl Iterator<Item = Newest> + '_ {
        let slots = self.shards.iter().flat_map(|shard| &shard.slots);
        slots.filter(|slot| slot[2] != 0).map(|slot| Newest::from_word(slot[2]))
    }

    /// How many keys there are.
    pub(crate) fn keys(&self) -> u64 {
        self.keys
    }

    /// How much of the most that it may hold it holds.
    pub(crate) fn utilization(&self) -> f64 {
        self.keys as f64 / self.slots_max as f64
    }

    /// Bytes that are left of the bound.
    pub(crate) fn bytes_left(&self) -> u64 {
        (self.slots_max - self.slots.min(self.slots_max)) * ENTRY_BYTES
    }

    #[inline]
    fn shard_of(&self, place: u64) -> usize {
        // As many shards as a power of two; the index is below their number. The slot is found by
        // the upper bits.
        usize::try_from(place & 0xffff).unwrap_or(0) & (self.shards.len() - 1)
    }

    fn grow(&mut self, index: usize) -> Result<(), Full> {
        let Some(shard) = self.shards.get_mut(index) else { return Err(Full) };
        let held = shard.slots.len();
        let shards = self.shards_count;
        // A shard's old slots are there until its new ones are filled: room for one more shard is
        // kept free. A table of one shard takes all at once.
        let fair = if shards == 1 { self.slots_max } else { self.slots_max / (shards + 1) };
        let fair = usize::try_from(fair).unwrap_or(usize::MAX);
        if held >= fair {
            return Err(Full);
        }
        let slots = if shards == 1 { fair } else { (held * 2).max(SHARD_SLOTS_MIN).min(fair) };
        shard.grow(slots, &self.secret);
        self.slots += (slots - held) as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn newest(offset: i64) -> Newest {
        Newest { offset: Offset::new(offset), is_tombstone: offset % 3 == 0 }
    }

    /// Short and long ones.
    fn key_of(number: u16) -> Vec<u8> {
        let bytes = number.to_be_bytes();
        if number.is_multiple_of(2) { bytes.to_vec() } else { bytes.repeat(9) }
    }

    proptest! {
        #[test]
        fn holds_what_a_simple_map_holds(keys in proptest::collection::vec(0u16..500, 0..2000)) {
            let mut map = KeyMap::new(1 << 20, 0.9, [7; 16]);
            let mut model = BTreeMap::new();
            for (offset, key) in keys.iter().enumerate() {
                let newest = newest(offset as i64);
                map.put(&key_of(*key), newest).unwrap();
                model.insert(*key, newest);
            }
            map.settle().unwrap();
            prop_assert_eq!(map.keys(), model.len() as u64);
            for key in 0u16..600 {
                prop_assert_eq!(map.get(&key_of(key)), model.get(&key).copied());
            }
            let mut all: Vec<i64> = map.newest().map(|newest| newest.offset.get()).collect();
            all.sort_unstable();
            let mut expected: Vec<i64> = model.values().map(|n| n.offset.get()).collect();
            expected.sort_unstable();
            prop_assert_eq!(all, expected);
        }
    }

    #[test]
    fn is_full_within_its_bound_and_still_takes_known_keys() {
        for bytes in [48, 24 * 100, 24 * 5000, 1 << 20, 3 << 20] {
            let mut map = KeyMap::new(bytes, 0.9, [3; 16]);
            let mut offset = 0i64;
            let put = |map: &mut KeyMap, offset: i64| {
                map.put(&offset.to_be_bytes(), newest(offset)).and_then(|()| map.settle())
            };
            while put(&mut map, offset).is_ok() {
                offset += 1;
                let held: usize = map.shards.iter().map(|shard| shard.slots.len()).sum();
                assert!(held as u64 * ENTRY_BYTES <= bytes, "{held} slots of {bytes} bytes");
            }
            let slots = bytes / ENTRY_BYTES;
            let least = slots * 8 / 10;
            assert!(map.keys() >= least.max(1), "{} keys in {slots} slots", map.keys());
            assert_eq!(map.get(&0i64.to_be_bytes()), Some(newest(0)));
            map.put(&0i64.to_be_bytes(), newest(offset)).and_then(|()| map.settle()).unwrap();
            assert_eq!(map.get(&0i64.to_be_bytes()), Some(newest(offset)));
        }
    }
}
