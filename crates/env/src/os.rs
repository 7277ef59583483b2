//! The real side of the seams: the operating system.

mod clock;
mod disk;
mod network;
mod random;
mod reclaim;
mod spawn;

pub use clock::OsClock;
pub use disk::OsDisk;
pub use network::OsNetwork;
pub use random::OsRandom;
pub use spawn::{OsRuntime, OsSpawn};

use crate::Env;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;

impl OsRuntime {
    /// The machine, with tasks on these threads. The process may open as many files from here on as
    /// the system allows it.
    pub fn env(&self) -> Env {
        raise_open_files();
        Env {
            clock: Arc::new(OsClock::new()),
            random: Arc::new(OsRandom),
            disk: Arc::new(OsDisk),
            network: Arc::new(OsNetwork),
            spawn: self.spawn(),
        }
    }
}

/// Raises the number of files that may be open from the soft limit to the hard one, as a JVM does.
fn raise_open_files() {
    let limits = getrlimit(Resource::Nofile);
    // Where that is not allowed the limit stays as it is, and files are closed earlier.
    let _unchanged = setrlimit(Resource::Nofile, Rlimit { current: limits.maximum, ..limits });
}
