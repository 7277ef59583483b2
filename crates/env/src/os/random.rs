//! The machine's randomness.

use crate::random::Random;

/// A generator seeded by the operating system, one a thread.
#[derive(Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn next_u64(&self) -> u64 {
        rand::random()
    }
}
