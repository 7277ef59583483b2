//! Keys of records as two words that tell them apart, and where those belong in a table.
//!
//! A key of up to fifteen bytes is its words: to compare them is to compare the keys. A longer one
//! is known by 120 bits of SipHash under a secret that is drawn for each compaction, so that a
//! producer cannot choose two keys with one hash. By chance, among 2³² keys, two have the same with
//! a probability of 2⁻⁵⁷.

/// The secret of one map.
pub(crate) type Secret = [u8; 16];

/// A key in a table: the same for the same key, and for no other.
pub(crate) type KeyId = [u64; 2];

/// The most bytes of a key that is its own id; the sixteenth is its length.
const WHOLE_BYTES_MAX: usize = 15;

/// Stands in the place of the length where the rest is a hash.
const HASHED: u64 = 0xff << 56;

/// Rounds a word, and at the end. The fewer rounds of SipHash-1-3 are enough for hash tables.
const ROUNDS: (u32, u32) = (1, 3);

/// The id of a key.
#[inline]
pub(crate) fn id_of(secret: &Secret, key: &[u8]) -> KeyId {
    if key.len() > WHOLE_BYTES_MAX {
        let [low, high] = sip128(secret, key, ROUNDS);
        return [low, high | HASHED];
    }
    let (low, high) = key.split_at(key.len().min(8));
    [word_of(low), word_of(high) | (key.len() as u64) << 56]
}

/// Where a key belongs: evenly spread over all numbers, and not to be foreseen.
#[inline]
pub(crate) fn place_of(secret: &Secret, id: KeyId) -> u64 {
    if id[1] & HASHED == HASHED {
        return id[0];
    }
    let mut state = State::new(secret);
    id.into_iter().for_each(|word| state.word(word, ROUNDS.0));
    state.0[2] ^= 0xff;
    (0..ROUNDS.1).for_each(|_| state.round());
    state.xor()
}

struct State([u64; 4]);

impl State {
    #[inline(always)]
    fn new(secret: &Secret) -> Self {
        let (first, second) = secret.split_at(8);
        let (k0, k1) = (word_of(first), word_of(second));
        Self([
            k0 ^ 0x736f_6d65_7073_6575,
            k1 ^ 0x646f_7261_6e64_6f6d,
            k0 ^ 0x6c79_6765_6e65_7261,
            k1 ^ 0x7465_6462_7974_6573,
        ])
    }

    #[inline(always)]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.0;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        self.0 = [a, b, c, d];
    }

    #[inline(always)]
    fn word(&mut self, word: u64, rounds: u32) {
        self.0[3] ^= word;
        (0..rounds).for_each(|_| self.round());
        self.0[0] ^= word;
    }

    fn xor(&self) -> u64 {
        self.0.iter().fold(0, |sum, word| sum ^ word)
    }
}

#[inline(always)]
fn sip128(secret: &Secret, key: &[u8], (each, last): (u32, u32)) -> [u64; 2] {
    let mut state = State::new(secret);
    state.0[1] ^= 0xee;
    let mut words = key.chunks_exact(8);
    for word in &mut words {
        state.word(word_of(word), each);
    }
    // The top byte of the last word is the length's lowest.
    let length = (key.len() as u64) << 56;
    state.word(length | word_of(words.remainder()), each);
    state.0[2] ^= 0xee;
    (0..last).for_each(|_| state.round());
    let low = state.xor();
    state.0[1] ^= 0xdd;
    (0..last).for_each(|_| state.round());
    [low, state.xor()]
}

/// Up to eight bytes as a little-endian number.
#[inline(always)]
fn word_of(bytes: &[u8]) -> u64 {
    if let Some(whole) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*whole);
    }
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first vectors of the reference implementation of SipHash-2-4 with 128 bits.
    #[test]
    fn agrees_with_the_reference() {
        let secret: Secret = std::array::from_fn(|index| index as u8);
        let key: Vec<u8> = (0..8).collect();
        let expected: [(usize, [u8; 16]); 3] = [
            (
                0,
                [
                    0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7,
                    0x55, 0x02, 0x93,
                ],
            ),
            (
                1,
                [
                    0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b,
                    0x22, 0xfc, 0x45,
                ],
            ),
            (
                2,
                [
                    0x81, 0x77, 0x22, 0x8d, 0xa4, 0xa4, 0x5d, 0xc7, 0xfc, 0xa3, 0x8b, 0xde, 0xf6,
                    0x0a, 0xff, 0xe4,
                ],
            ),
        ];
        for (length, bytes) in expected {
            let [low, high] = sip128(&secret, &key[..length], (2, 4));
            let found: Vec<u8> = low.to_le_bytes().into_iter().chain(high.to_le_bytes()).collect();
            assert_eq!(found, bytes, "of {length} bytes");
        }
    }

    #[test]
    fn short_keys_are_kept_whole_and_long_ones_are_told_apart() {
        let secret = [1; 16];
        let text: Vec<u8> = (0..40).collect();
        let zeros = [0; 40];
        let keys = (0..=40).flat_map(|length| [&text[..length], &zeros[..length]]);
        let mut seen = std::collections::BTreeMap::new();
        for key in keys {
            let id = id_of(&secret, key);
            assert_eq!(*seen.entry(id).or_insert(key), key);
            let [low, high] = id;
            let bytes = [low.to_le_bytes(), high.to_le_bytes()].concat();
            match key.len() {
                length @ ..=15 => assert_eq!((&bytes[..length], bytes[15]), (key, length as u8)),
                _ => assert_eq!(bytes[15], 0xff),
            }
        }
        assert_eq!(seen.len(), 80, "two sets of 41 that share the empty key and one zero");
    }

    #[test]
    fn places_follow_the_secret() {
        let (one, two) = ([1; 16], [2; 16]);
        for key in [&b"key"[..], b"a key of more than fifteen bytes"] {
            let of = |secret| place_of(secret, id_of(secret, key));
            assert_eq!(of(&one), of(&one));
            assert_ne!(of(&one), of(&two));
        }
        let few: u64 =
            (0..64u64).fold(0, |seen, n| seen | 1 << (place_of(&one, [n, 8 << 56]) >> 58));
        assert!(few.count_ones() > 32, "64 keys fall into few of 64 places: {few:b}");
    }
}
