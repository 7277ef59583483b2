//! The simulated side of the seams: one thread, virtual time, a seed.
//!
//! Always compiled: crates below the broker test their logic on it without a feature flag.
//! A [`Simulation`] holds processes, each with a disk and a host name of its own; everything that
//! happens follows from the seed.

mod clock;
mod disk;
mod executor;
mod network;
mod random;
mod slow;

pub use clock::{SimClock, WALL_START_MS};
pub use disk::{Crash, DiskFault, DiskOperation, FaultEffect, SECTOR_BYTES, SimDisk};
pub use executor::Stalled;
pub use network::SimNet;
pub use random::{SimRandom, SplitMix};
pub use slow::SlowReads;

use crate::Env;
use crate::clock::Clock;
use executor::{Executor, ProcessId, SimSpawn};
use network::SimNetwork;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A world of simulated processes.
#[derive(Debug)]
pub struct Simulation {
    executor: Executor,
    clock: SimClock,
    random: SimRandom,
    net: SimNet,
    next_process: ProcessId,
}

/// One simulated process on a host.
#[derive(Clone, Debug)]
pub struct Process {
    id: ProcessId,
    host: String,
    disk: SimDisk,
    env: Env,
    executor: Executor,
    net: SimNet,
}

impl Simulation {
    /// A world whose every event follows from the seed.
    pub fn new(seed: u64) -> Self {
        let mut seeds = SplitMix::new(seed);
        let clock = SimClock::new();
        Self {
            executor: Executor::new(seeds.next_u64(), clock.clone()),
            random: SimRandom::new(seeds.next_u64()),
            net: SimNet::new(seeds.next_u64(), clock.clone()),
            clock,
            next_process: 0,
        }
    }

    /// A process on a host with a new, empty disk.
    pub fn process(&mut self, host: &str) -> Process {
        self.process_on(host, SimDisk::with_clock(self.clock.clone()))
    }

    /// A process on a host with a disk that was there before.
    pub fn process_on(&mut self, host: &str, disk: SimDisk) -> Process {
        let disk = disk.on_clock(self.clock.clone());
        let id = self.next_process;
        self.next_process += 1;
        let executor = self.executor.clone();
        let env = Env {
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(self.random.clone()),
            disk: Arc::new(disk.clone()),
            network: Arc::new(SimNetwork { net: self.net.clone(), host: host.to_owned() }),
            spawn: Arc::new(SimSpawn { executor: executor.clone(), process: id }),
        };
        Process { id, host: host.to_owned(), disk, env, executor, net: self.net.clone() }
    }

    /// The clock all processes share.
    pub fn clock(&self) -> &SimClock {
        &self.clock
    }

    /// The network between the hosts.
    pub fn net(&self) -> &SimNet {
        &self.net
    }

    /// How many times a task was polled: equal runs have equal counts.
    pub fn steps(&self) -> u64 {
        self.executor.steps()
    }

    /// Runs the world until a future of a process completes.
    pub fn run<T: Send + 'static>(
        &self,
        process: &Process,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Stalled> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        process.env.spawn.spawn(
            "run",
            Box::pin(async move {
                let value = future.await;
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            }),
        );
        let done = || slot.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        self.executor.run(done, None)?;
        slot.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(Stalled::Deadlock)
    }

    /// Runs the world for some simulated time.
    pub fn run_for(&self, duration: Duration) -> Result<(), Stalled> {
        let until = self.clock.monotonic() + duration;
        match self.executor.run(|| false, Some(until)) {
            Err(Stalled::OutOfTime) | Ok(()) => Ok(()),
            Err(stalled) => Err(stalled),
        }
    }
}

impl Process {
    /// The seams of this process.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Its disk.
    pub fn disk(&self) -> &SimDisk {
        &self.disk
    }

    /// Stops the process as SIGSTOP does: nothing of it runs, and its kernel goes on.
    pub fn stop(&self) {
        self.executor.stop(self.id);
    }

    /// Lets a stopped process go on, as SIGCONT does.
    pub fn go_on(&self) {
        self.executor.go_on(self.id);
    }

    /// Kills the process as `kill -9` does: tasks end, connections close, the disk keeps what was
    /// written. Returns the disk for the next process.
    pub fn kill(self) -> SimDisk {
        self.executor.kill(self.id);
        // Whatever still holds them: the kernel closes what a process leaves.
        self.net.stop_listening(&self.host);
        self.disk.crashed(Crash::Killed)
    }

    /// Cuts the power: peers hear nothing, and the disk keeps what `crash` says.
    pub fn power_off(self, crash: Crash) -> SimDisk {
        self.net.power_off(&self.host);
        self.executor.kill(self.id);
        self.disk.crashed(crash)
    }
}
