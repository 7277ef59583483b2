//! Randomness.

use std::fmt::Debug;

/// A source of random bits. Not for keys: ids, jitter and placement only.
pub trait Random: Send + Sync + Debug {
    /// Sixty-four random bits.
    fn next_u64(&self) -> u64;
}

impl dyn Random {
    /// Sixteen random bytes.
    pub fn bytes16(&self) -> [u8; 16] {
        ((u128::from(self.next_u64()) << 64) | u128::from(self.next_u64())).to_be_bytes()
    }

    /// A version-4 UUID as Kafka draws them: never reserved, never with a leading dash.
    pub fn uuid(&self) -> keld_types::Uuid {
        loop {
            if let Some(uuid) = keld_types::Uuid::from_random(self.bytes16()) {
                return uuid;
            }
        }
    }

    /// A number in `0..bound`; `bound` 0 gives 0. The bias is below 2⁻³² for bounds below 2³².
    pub fn below(&self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}
