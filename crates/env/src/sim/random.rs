//! Seeded randomness: SplitMix64, the same on every machine.

use crate::random::Random;
use std::sync::{Arc, Mutex, PoisonError};

/// A small generator whose whole sequence follows from its seed.
#[derive(Clone, Debug)]
pub struct SplitMix(u64);

impl SplitMix {
    /// Starts a sequence.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.next_u64() as u128 * bound as u128) >> 64) as u64
    }
}

/// The simulator's randomness: one shared sequence.
#[derive(Clone, Debug)]
pub struct SimRandom(Arc<Mutex<SplitMix>>);

impl SimRandom {
    /// Starts a sequence.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(SplitMix::new(seed))))
    }
}

impl Random for SimRandom {
    fn next_u64(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }
}
