//! The simulated side of the seams: one thread, virtual time, a seed.
//!
//! Always compiled: crates below the broker test their logic on it without a feature flag.

mod clock;
mod disk;
mod random;

pub use clock::{SimClock, WALL_START_MS};
pub use disk::{Crash, DiskFault, DiskOperation, FaultEffect, SECTOR_BYTES, SimDisk};
pub use random::{SimRandom, SplitMix};
