//! The nodes of a simulated cluster: their configuration, their disks, their lives.

use super::machine::Machine;
use super::plan::{NODES, Plan};
use crate::node::Node;
use crate::tests::support::formatted;
use keld_config::Properties;
use keld_env::sim::{Crash, DiskFault, DiskOperation, FaultEffect, Process, SimDisk, Simulation};
use keld_env::{Clock as _, Monotonic};
use std::io::ErrorKind;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a clean stop may take before the process is killed.
const STOP_MAX: Duration = Duration::from_secs(20);

/// A place for a node.
pub(super) struct Slot {
    pub(super) id: i32,
    pub(super) machine: Arc<Machine>,
    /// Counts the processes that ran here.
    pub(super) life: u64,
    pub(super) state: State,
    /// When a fault that lasts is over.
    pub(super) heals_at: Option<Monotonic>,
}

/// What is in a place.
pub(super) enum State {
    /// No process; the next starts at a time.
    Down { disk: SimDisk, until: Monotonic },
    /// A process.
    Up(Life),
}

/// A process.
pub(super) struct Life {
    pub(super) process: Process,
    started: Arc<OnceLock<Arc<Node>>>,
    /// Why it can not go on.
    failed: Arc<OnceLock<String>>,
    /// It is being stopped, at the latest until then.
    stopping: Option<(Arc<OnceLock<()>>, Monotonic)>,
    pub(super) is_paused: bool,
    /// A fault may make it fail.
    may_fail: bool,
}

impl Life {
    /// The node, once it has started.
    pub(super) fn node(&self) -> Option<&Arc<Node>> {
        self.started.get()
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_some()
    }
}

pub(super) fn host(id: i32) -> String {
    format!("node{id}")
}

fn properties(id: i32, plan: &Plan) -> Properties {
    let mut properties = Properties::new();
    let own = host(id);
    let voters: Vec<String> =
        (1..=plan.voters).map(|voter| format!("{voter}@{}:9093", host(voter))).collect();
    let (roles, listeners) = if id <= plan.voters {
        ("broker,controller", format!("PLAINTEXT://{own}:9092,CONTROLLER://{own}:9093"))
    } else {
        ("broker", format!("PLAINTEXT://{own}:9092"))
    };
    for (name, value) in [
        ("process.roles", roles),
        ("node.id", &id.to_string()),
        ("listeners", &listeners),
        ("controller.listener.names", "CONTROLLER"),
        ("controller.quorum.voters", &voters.join(",")),
        ("log.dirs", "/data"),
        // All waits are a third of the defaults, or less: more happens in a second.
        ("broker.session.timeout.ms", "3000"),
        ("broker.heartbeat.interval.ms", "600"),
        ("controller.quorum.election.timeout.ms", "400"),
        ("controller.quorum.election.backoff.max.ms", "400"),
        ("controller.quorum.fetch.timeout.ms", "1000"),
        ("controller.quorum.request.timeout.ms", "1000"),
        ("replica.lag.time.max.ms", "2500"),
        ("replica.fetch.backoff.ms", "200"),
        ("replica.high.watermark.checkpoint.interval.ms", "1500"),
        ("request.timeout.ms", "3000"),
    ] {
        properties.set(name, value);
    }
    properties
}

/// The places, without a process yet.
pub(super) fn slots() -> Vec<Slot> {
    let slot = |id| Slot {
        id,
        machine: Arc::default(),
        life: 0,
        state: State::Down { disk: formatted(id), until: Duration::ZERO },
        heals_at: None,
    };
    (1..=NODES).map(slot).collect()
}

impl Slot {
    pub(super) fn life(&self) -> Option<&Life> {
        match &self.state {
            State::Up(life) => Some(life),
            State::Down { .. } => None,
        }
    }

    /// The node that runs here, once it has started.
    pub(super) fn node(&self) -> Option<&Arc<Node>> {
        self.life()?.node()
    }

    /// What a process sees on the disk.
    pub(super) fn disk(&self) -> &SimDisk {
        match &self.state {
            State::Up(life) => life.process.disk(),
            State::Down { disk, .. } => disk,
        }
    }

    /// Starts a process, if that is due.
    pub(super) fn start(&mut self, simulation: &mut Simulation, plan: &Plan) -> bool {
        let State::Down { disk, until } = &self.state else { return false };
        if *until > simulation.clock().monotonic() {
            return false;
        }
        let disk = disk.clone();
        simulation.net().power_on(&host(self.id));
        let process = simulation.process_on(&host(self.id), disk);
        let env = self.machine.env(&process);
        let started = Arc::new(OnceLock::new());
        let failed = Arc::new(OnceLock::new());
        let (properties, starts, fails) =
            (properties(self.id, plan), Arc::clone(&started), Arc::clone(&failed));
        let main = async move {
            match Node::start(properties, env).await {
                Ok(node) => {
                    starts.set(Arc::clone(&node)).ok();
                    fails.set(node.failed().await).ok();
                }
                Err(error) => {
                    fails.set(error.to_string()).ok();
                }
            }
        };
        process.env().spawn.spawn("main", Box::pin(main));
        self.life += 1;
        self.state = State::Up(Life {
            process,
            started,
            failed,
            stopping: None,
            is_paused: false,
            may_fail: false,
        });
        true
    }

    /// Ends the process; the disk is as `crash` says. True when there was one.
    pub(super) fn end(&mut self, crash: &Crash, until: Monotonic) -> bool {
        let State::Up(life) = &self.state else { return false };
        // Whoever holds the node holds its listeners.
        let process = life.process.clone();
        self.state = State::Down { disk: process.disk().clone(), until };
        let disk = match crash {
            Crash::Killed => process.kill(),
            crash => process.power_off(crash.clone()),
        };
        self.state = State::Down { disk, until };
        true
    }

    /// Stops the node as an operator does.
    pub(super) fn stop(&mut self, now: Monotonic) -> bool {
        let State::Up(life) = &mut self.state else { return false };
        let Some(node) = life.started.get().cloned() else { return false };
        if life.stopping.is_some() || life.is_paused {
            return false;
        }
        let stopped = Arc::new(OnceLock::new());
        let done = Arc::clone(&stopped);
        let stop = async move {
            node.stop().await;
            done.set(()).ok();
        };
        life.process.env().spawn.spawn("stop", Box::pin(stop));
        life.stopping = Some((stopped, now + STOP_MAX));
        true
    }

    /// Whether a stop has come to its end, well or not.
    pub(super) fn has_stopped(&self, now: Monotonic) -> bool {
        let stopping = self.life().and_then(|life| life.stopping.as_ref());
        stopping.is_some_and(|(stopped, at_most)| stopped.get().is_some() || *at_most <= now)
    }

    /// Why the process cannot go on, and whether that was to be expected.
    pub(super) fn failure(&self) -> Option<(String, bool)> {
        let life = self.life()?;
        let reason = life.failed.get()?;
        // Nobody answered for a minute: a process manager starts it again.
        let gave_up = reason.starts_with("the broker was not registered within");
        Some((reason.clone(), life.may_fail || gave_up))
    }

    /// Lets the next operation of a kind fail, once.
    pub(super) fn fail_disk(&mut self, operation: DiskOperation, path: &str, skip: u64) -> bool {
        let State::Up(life) = &mut self.state else { return false };
        life.may_fail = true;
        life.process.disk().inject(DiskFault {
            operation: Some(operation),
            path_contains: path.to_owned(),
            skip,
            times: 1,
            effect: FaultEffect::Error(ErrorKind::Other),
        });
        true
    }

    pub(super) fn pause(&mut self) -> bool {
        let State::Up(life) = &mut self.state else { return false };
        life.process.stop();
        life.is_paused = true;
        true
    }

    /// Ends what lasts.
    pub(super) fn heal(&mut self) {
        self.machine.slow_disk(Duration::ZERO);
        self.heals_at = None;
        if let State::Up(life) = &mut self.state {
            life.process.go_on();
            life.is_paused = false;
            life.process.disk().heal();
        }
    }
}
