//! One seed: a cluster comes up, clients work, faults come and go; then everything is healed, and
//! must come to rest.

use super::checks::Oracle;
use super::clients::{Clients, Topic};
use super::nodes::{Slot, State, host, slots};
use super::plan::{Fault, NODES, Plan};
use keld_env::sim::{Crash, DiskOperation, Process, Simulation, SplitMix};
use keld_env::{Clock as _, Monotonic};
use keld_types::{ErrorCode, TopicName};
use keld_wire::messages as wire;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the cluster.
const STEP: Duration = Duration::from_millis(10);
/// Between two looks at everything.
const FULL_EVERY: u32 = 300;
/// How long a cluster without faults may take to come up, or to come to rest.
const REST_MAX: Duration = Duration::from_secs(90);

/// What a seed that failed leaves.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) seed: u64,
    pub(super) reason: String,
    /// What was done, and when.
    pub(super) journal: String,
}

/// What a seed did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Report {
    /// Follows from everything that was seen.
    pub(super) trace: u64,
    pub(super) simulated: Duration,
    pub(super) steps: u64,
    pub(super) faults: u64,
    pub(super) acknowledged: usize,
}

struct World {
    simulation: Simulation,
    slots: Vec<Slot>,
    client: Process,
    plan: Plan,
    random: SplitMix,
    oracle: Oracle,
    clients: Option<Arc<Clients>>,
    /// Links that are cut, until a time.
    cuts: Vec<(Vec<(String, String)>, Monotonic)>,
    looks: u32,
    faults: u64,
    journal: String,
}

/// Runs a seed.
pub(super) fn run(seed: u64) -> Result<Report, Box<Failure>> {
    let mut world = World::new(seed);
    let outcome = world.live();
    let report = world.report(seed, outcome);
    world.end();
    report
}

impl World {
    /// What became of it.
    fn report(&mut self, seed: u64, outcome: Result<(), String>) -> Result<Report, Box<Failure>> {
        let world = self;
        match outcome {
            Ok(()) => Ok(Report {
                trace: world.oracle.trace(world.simulation.steps()),
                simulated: world.simulation.clock().monotonic(),
                steps: world.simulation.steps(),
                faults: world.faults,
                acknowledged: world.acknowledged(),
            }),
            Err(reason) => {
                let state = world.oracle.describe(&world.slots);
                world.note(format_args!("failed: {reason}\n{state}"));
                Err(Box::new(Failure { seed, reason, journal: std::mem::take(&mut world.journal) }))
            }
        }
    }

    /// Drops all tasks, which hold the simulation that holds them.
    fn end(mut self) {
        for slot in &mut self.slots {
            slot.end(&Crash::Killed, Duration::ZERO);
        }
        self.client.kill();
    }

    fn new(seed: u64) -> Self {
        let mut random = SplitMix::new(seed ^ 0x6b65_6c64);
        let plan = Plan::new(&mut random);
        let mut simulation = Simulation::new(seed);
        let client = simulation.process("client");
        let mut world = Self {
            simulation,
            slots: slots(),
            client,
            random,
            oracle: Oracle::new(&plan),
            clients: None,
            cuts: Vec::new(),
            looks: 0,
            faults: 0,
            journal: String::new(),
            plan,
        };
        let plan = format!("{:?}", world.plan);
        world.note(format_args!("{plan}"));
        world
    }

    fn now(&self) -> Monotonic {
        self.simulation.clock().monotonic()
    }

    fn note(&mut self, what: std::fmt::Arguments<'_>) {
        writeln!(self.journal, "{:9.3} {what}", self.now().as_secs_f64()).unwrap();
    }

    fn acknowledged(&self) -> usize {
        self.clients.as_ref().map_or(0, |clients| clients.history().acknowledged.len())
    }

    fn live(&mut self) -> Result<(), String> {
        self.come_up()?;
        let until = self.now() + self.plan.faulty_for;
        let mut next = self.now() + self.plan.fault_every;
        while self.now() < until {
            self.step()?;
            if self.now() >= next {
                let mean = u64::try_from(self.plan.fault_every.as_millis()).unwrap();
                next = self.now() + Duration::from_millis(1 + self.random.below(2 * mean));
                self.fault();
            }
        }
        self.heal();
        if let Some(clients) = &self.clients {
            clients.end();
        }
        self.wait("everything is replicated", Self::is_at_rest)?;
        let clients = self.clients.clone().expect("there are clients by now");
        self.oracle.finish(&self.slots, &clients.history())
    }

    /// Every node is there, and the topics are.
    fn come_up(&mut self) -> Result<(), String> {
        self.wait("all nodes are active", |world| {
            world.oracle.image().brokers.values().filter(|broker| broker.is_active()).count()
                == NODES as usize
        })?;
        use wire::create_topics_request as request;
        let config = |name: &str, value: &str| request::CreatableTopicConfig {
            name: name.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        let topic = |plan: &super::plan::TopicPlan| request::CreatableTopic {
            name: plan.name.as_str().into(),
            num_partitions: -1,
            replication_factor: -1,
            assignments: (0..)
                .zip(&plan.replicas)
                .map(|(partition_index, replicas)| request::CreatableReplicaAssignment {
                    partition_index,
                    broker_ids: replicas.clone(),
                    ..Default::default()
                })
                .collect(),
            configs: vec![
                config("min.insync.replicas", "2"),
                config("segment.ms", "4000"),
                config("keld.durability", if plan.is_fsync { "fsync" } else { "replicated" }),
            ],
            ..Default::default()
        };
        let request = wire::CreateTopicsRequest {
            topics: self.plan.topics.iter().map(topic).collect(),
            timeout_ms: 5000,
            ..Default::default()
        };
        let env = self.client.env().clone();
        let create = async move {
            let address = keld_env::Address { host: host(1), port: 9092 };
            let peer = crate::peers::Peer::new(&env, "admin", address);
            peer.call(request, Duration::from_secs(5)).await
        };
        let answer =
            self.simulation.run(&self.client, create).map_err(|stall| stall.to_string())?;
        let answer: wire::CreateTopicsResponse = answer.map_err(|error| error.to_string())?;
        for topic in &answer.topics {
            if topic.error_code != ErrorCode::NONE {
                return Err(format!("{}: {:?}", topic.name.as_str(), topic.error_message));
            }
        }
        let topics = answer
            .topics
            .iter()
            .map(|topic| Topic { name: topic.name.as_str().to_owned(), id: topic.topic_id });
        let clients = Clients::new(self.client.env(), NODES, topics.collect());
        for (at, topic) in self.plan.topics.iter().enumerate() {
            for index in 0..topic.replicas.len() {
                clients.start((at, index as i32), 1 + (index as u32 + 1) % 2);
            }
        }
        self.clients = Some(clients);
        let count = self.plan.topics.len();
        self.wait("every node knows the topics", |world| {
            let knows = |slot: &Slot| {
                let node = slot.node();
                node.is_some_and(|node| node.image().topics.len() >= count)
            };
            world.slots.iter().all(knows)
        })
    }

    fn wait(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Result<(), String> {
        let until = self.now() + REST_MAX;
        while self.now() < until {
            self.step()?;
            // Often enough to be exact to a tenth of a second.
            if self.looks.is_multiple_of(10) && is_so(self) {
                return Ok(());
            }
        }
        let image = self.oracle.image();
        let topics: Vec<_> = image.topics.values().map(|topic| &topic.partitions).collect();
        Err(format!(
            "within {REST_MAX:?} not: {what}; {} producers; brokers {:?}; {topics:?}",
            self.clients.as_ref().map_or(0, |clients| clients.history().producing),
            image.brokers.values().map(|b| (b.id.get(), b.fenced)).collect::<Vec<_>>(),
        ))
    }

    /// Lets a moment pass, and looks at everything.
    fn step(&mut self) -> Result<(), String> {
        self.supervise()?;
        self.simulation.run_for(STEP).map_err(|stall| stall.to_string())?;
        self.looks += 1;
        let is_full = self.looks.is_multiple_of(FULL_EVERY);
        let history = self.clients.as_ref().map(|clients| clients.history());
        self.oracle.look(&self.slots, history.as_deref(), is_full)?;
        match history.as_ref().and_then(|history| history.wrong.clone()) {
            Some(wrong) => Err(wrong),
            None => Ok(()),
        }
    }

    /// Starts what is to start, takes away what ended, and ends faults that are over.
    fn supervise(&mut self) -> Result<(), String> {
        let now = self.now();
        for at in 0..self.slots.len() {
            let slot = &mut self.slots[at];
            if slot.heals_at.is_some_and(|until| until <= now) {
                slot.heal();
            }
            let id = slot.id;
            if let Some((reason, is_expected)) = slot.failure() {
                if !is_expected {
                    return Err(format!("node {id} failed: {reason}"));
                }
                // After a failed write nothing is known of what is in memory: the machine reboots.
                let crash = Crash::PowerLoss { seed: self.random.next_u64() };
                let until = now + Duration::from_millis(200 + self.random.below(1500));
                slot.end(&crash, until);
                self.note(format_args!("node {id} ended: {reason}"));
            } else if slot.has_stopped(now) {
                let until = now + Duration::from_millis(self.random.below(2000));
                slot.end(&Crash::Killed, until);
                self.note(format_args!("node {id} has stopped"));
            }
            if self.slots[at].start(&mut self.simulation, &self.plan) {
                self.note(format_args!("node {id} starts"));
            }
        }
        let before = self.cuts.len();
        self.cuts.retain(|(_, until)| *until > now);
        if self.cuts.len() != before {
            self.cut_links();
        }
        Ok(())
    }

    /// Cuts exactly the links that are to be cut.
    fn cut_links(&self) {
        let net = self.simulation.net();
        net.heal();
        for (from, to) in self.cuts.iter().flat_map(|(links, _)| links) {
            net.block(from, to);
        }
    }

    fn heal(&mut self) {
        self.note(format_args!("everything is healed"));
        self.cuts.clear();
        self.cut_links();
        let now = self.now();
        for slot in &mut self.slots {
            slot.heal();
            if let State::Down { until, .. } = &mut slot.state {
                *until = now;
            }
        }
    }

    fn lasting(&mut self, least_ms: u64, most_ms: u64) -> Duration {
        Duration::from_millis(least_ms + self.random.below(most_ms - least_ms))
    }

    /// Whether a machine may lose what is not synced: always where records count when they are; else
    /// only while every replica has everything.
    fn may_lose(&self) -> bool {
        if self.plan.topics.iter().all(|topic| topic.is_fsync) {
            return true;
        }
        // What the image says of a process that is not registered yet is of the one before.
        let is_known =
            |slot: &Slot| slot.node().is_some_and(|node| self.oracle.is_registered(node));
        let is_lossy_now = !self.slots.iter().all(is_known);
        let image = self.oracle.image();
        let mut partitions = image.topics.values().flat_map(|topic| topic.partitions.values());
        !is_lossy_now && partitions.all(|known| known.isr.len() == known.replicas.len())
    }

    fn fault(&mut self) {
        let at = self.random.below(self.plan.faults.len() as u64) as usize;
        let fault = self.plan.faults[at];
        let now = self.now();
        let at = self.random.below(self.slots.len() as u64) as usize;
        let id = self.slots[at].id;
        let until = now + self.lasting(50, 5000);
        let happened = match fault {
            Fault::Kill => self.slots[at].end(&Crash::Killed, until),
            Fault::PowerLoss if self.may_lose() => {
                let crash = self.power_loss();
                self.slots[at].end(&crash, until)
            }
            Fault::PowerLossOfAll if self.plan.topics.iter().all(|topic| topic.is_fsync) => {
                for at in 0..self.slots.len() {
                    let crash = self.power_loss();
                    self.slots[at].end(&crash, now + Duration::from_millis(500));
                }
                true
            }
            Fault::PowerLoss | Fault::PowerLossOfAll => false,
            Fault::Stop => self.slots[at].stop(now),
            Fault::Pause => {
                let paused = self.slots[at].pause();
                self.slots[at].heals_at = Some(until);
                paused
            }
            Fault::Partition => {
                let group: BTreeSet<String> = self.group();
                let all = (1..=NODES).map(host).chain(["client".to_owned()]);
                let others: Vec<String> = all.filter(|name| !group.contains(name)).collect();
                let pairs = group.iter().flat_map(|one| {
                    let pair = move |other: &String| {
                        [(one.clone(), other.clone()), (other.clone(), one.clone())]
                    };
                    others.iter().flat_map(pair)
                });
                self.cuts.push((pairs.collect(), until));
                self.cut_links();
                true
            }
            Fault::OneWay => {
                let other = 1 + self.random.below(NODES as u64) as i32;
                self.cuts.push((vec![(host(id), host(other))], until));
                self.cut_links();
                other != id
            }
            Fault::Reset => {
                let other = 1 + self.random.below(NODES as u64) as i32;
                self.simulation.net().reset(&host(id), &host(other));
                true
            }
            Fault::SlowDisk => {
                let each = self.lasting(2, 400);
                self.slots[at].machine.slow_disk(each);
                self.slots[at].heals_at = Some(until);
                true
            }
            // Whoever reboots after a failed write loses what was not synced, and not now but then.
            Fault::DiskError if self.plan.topics.iter().all(|topic| topic.is_fsync) => {
                let operations = [DiskOperation::Sync, DiskOperation::Write, DiskOperation::Rename];
                let operation = operations[self.random.below(3) as usize];
                let path = ["", "/t", "__cluster_metadata"][self.random.below(3) as usize];
                let skip = self.random.below(20);
                self.slots[at].fail_disk(operation, path, skip)
            }
            Fault::DiskError => false,
            Fault::ClockJump => {
                let shift = self.random.below(1_200_000) as i64 - 600_000;
                self.slots[at].machine.shift_wall(shift);
                true
            }
        };
        if happened {
            self.faults += 1;
            self.note(format_args!("{fault:?} at node {id} until {:.3}", until.as_secs_f64()));
        }
    }

    fn power_loss(&mut self) -> Crash {
        match self.random.below(3) {
            0 => Crash::PowerLossAll,
            _ => Crash::PowerLoss { seed: self.random.next_u64() },
        }
    }

    /// One or two nodes, and the clients at times.
    fn group(&mut self) -> BTreeSet<String> {
        let count = 1 + self.random.below(2);
        let mut group: BTreeSet<String> =
            (0..count).map(|_| host(1 + self.random.below(NODES as u64) as i32)).collect();
        if self.random.below(3) == 0 {
            group.insert("client".to_owned());
        }
        group
    }

    /// All nodes are there, every replica is in sync and has everything, and every batch was
    /// acknowledged.
    fn is_at_rest(&self) -> bool {
        let clients = self.clients.as_ref();
        let is_done = clients.is_some_and(|clients| clients.history().producing == 0);
        let is_up =
            |slot: &Slot| slot.node().is_some() && !slot.life().is_some_and(|l| l.is_stopping());
        let image = self.oracle.image();
        let whole = self.plan.topics.iter().all(|topic| {
            let known = image.topic(&TopicName::new(topic.name.as_str()));
            known.is_some_and(|known| {
                known.partitions.values().all(|partition| {
                    partition.leader.get() >= 0 && partition.isr.len() == partition.replicas.len()
                })
            })
        });
        is_done && whole && self.slots.iter().all(is_up) && self.oracle.is_replicated(&self.slots)
    }
}
