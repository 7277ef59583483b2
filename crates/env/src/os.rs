//! The real side of the seams: the operating system.

mod clock;
mod disk;
mod network;
mod random;
mod spawn;

pub use clock::OsClock;
pub use disk::OsDisk;
pub use network::OsNetwork;
pub use random::OsRandom;
pub use spawn::{OsRuntime, OsSpawn};

use crate::Env;
use std::sync::Arc;

impl OsRuntime {
    /// The machine, with tasks on these threads.
    pub fn env(&self) -> Env {
        Env {
            clock: Arc::new(OsClock::new()),
            random: Arc::new(OsRandom),
            disk: Arc::new(OsDisk),
            network: Arc::new(OsNetwork),
            spawn: self.spawn(),
        }
    }
}
