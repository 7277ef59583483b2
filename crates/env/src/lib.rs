//! The seams to the world: clock, randomness, disk, network, spawning.
//!
//! Everything above takes an [`Env`] and nothing else from the operating system, so that the same
//! code runs on a real machine (`os`) and in the deterministic simulator (`sim`). No other crate
//! calls the clock, draws randomness, opens files or sockets, or starts threads.

mod clock;
mod cold;
mod disk;
mod network;
pub mod os;
mod random;
pub mod sim;
mod spawn;

pub use clock::{Clock, Monotonic};
pub use cold::ColdReads;
pub use disk::{
    DirEntry, DirectoryLock, Disk, DiskSpace, File, FileKind, OpenMode, Volume,
    is_out_of_descriptors,
};
pub use network::{Address, Listener, Network, Stream, Tuning};
pub use random::Random;
pub use spawn::{Bell, BoxFuture, Spawn};

use std::sync::Arc;

/// The five seams, cloned cheaply into whoever needs them.
#[derive(Clone, Debug)]
pub struct Env {
    /// Wall and monotonic time, and waiting.
    pub clock: Arc<dyn Clock>,
    /// Random bits.
    pub random: Arc<dyn Random>,
    /// Files and directories.
    pub disk: Arc<dyn Disk>,
    /// Listeners and connections.
    pub network: Arc<dyn Network>,
    /// Tasks and blocking work.
    pub spawn: Arc<dyn Spawn>,
}
