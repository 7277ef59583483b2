//! Nodes that lose messages, split, stop in the middle of an effect and forget what they had not
//! flushed, while a checker watches every election and every commit. Each run prints its seed.

use keld_raft::{
    BatchSummary, Effect, ElectionState, FetchOutcome, Input, LogView, Millis, RaftConfig,
    RaftNode, ReplicaKey, Request, RequestId, Response, RoleName, VoterSet,
};
use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Offset, Uuid};
use std::collections::{BTreeMap, BTreeSet};

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    epoch: LeaderEpoch,
    payload: u64,
}

#[derive(Clone, Debug)]
enum Packet {
    Request(RequestId, Request),
    Response(RequestId, Response, Vec<Entry>),
}

#[derive(Default)]
struct Machine {
    election: Option<ElectionState>,
    entries: Vec<Entry>,
    flushed: usize,
    node: Option<RaftNode>,
    flush_at: Option<u64>,
    restart_at: u64,
    incoming: Vec<Entry>,
}

struct World {
    dice: Dice,
    now: u64,
    machines: Vec<Machine>,
    wire: BTreeMap<(u64, u64), (usize, usize, Packet)>,
    sequence: u64,
    cut: BTreeSet<(usize, usize)>,
    faults: bool,
    leaders: BTreeMap<i32, usize>,
    committed: Vec<Entry>,
    next_payload: u64,
}

fn key(index: usize) -> ReplicaKey {
    ReplicaKey::new(
        BrokerId::new(i32::try_from(index).unwrap() + 1),
        DirectoryId::new(Uuid::from_parts(7, index as u64 + 1)),
    )
}

fn index(id: BrokerId) -> usize {
    usize::try_from(id.get() - 1).unwrap()
}

impl World {
    fn new(seed: u64, nodes: usize) -> Self {
        let mut world = Self {
            dice: Dice(seed),
            now: 0,
            machines: (0..nodes).map(|_| Machine::default()).collect(),
            wire: BTreeMap::new(),
            sequence: 0,
            cut: BTreeSet::new(),
            faults: true,
            leaders: BTreeMap::new(),
            committed: Vec::new(),
            next_payload: 1,
        };
        for machine in 0..nodes {
            world.start(machine);
        }
        world
    }

    fn start(&mut self, at: usize) {
        let voters = VoterSet::new((0..self.machines.len()).map(key));
        let machine = &mut self.machines[at];
        let mut epochs: Vec<(LeaderEpoch, Offset)> = Vec::new();
        for (offset, entry) in machine.entries.iter().enumerate() {
            if epochs.last().is_none_or(|(epoch, _)| *epoch < entry.epoch) {
                epochs.push((entry.epoch, Offset::new(offset as i64)));
            }
        }
        let end = Offset::new(machine.entries.len() as i64);
        let log = LogView::recovered(Offset::ZERO, end, epochs);
        let seed = self.dice.next();
        let config = RaftConfig::new(key(at), voters);
        let (node, effects) =
            RaftNode::start(config, machine.election.clone(), log, seed, Millis::new(self.now))
                .unwrap();
        machine.node = Some(node);
        self.carry_out(at, effects);
    }

    /// Stops a machine: what was not flushed is lost from some point on.
    fn crash(&mut self, at: usize) {
        let machine = &mut self.machines[at];
        let unflushed = (machine.entries.len() - machine.flushed) as u64;
        let kept = machine.flushed + self.dice.below(unflushed + 1) as usize;
        machine.entries.truncate(kept);
        machine.flushed = kept;
        machine.node = None;
        machine.flush_at = None;
        machine.restart_at = self.now + 1 + self.dice.below(3000);
    }

    fn step(&mut self, at: usize, input: Input) {
        let now = Millis::new(self.now);
        let Some(node) = &mut self.machines[at].node else { return };
        let effects = node.step(now, input).unwrap();
        self.carry_out(at, effects);
    }

    fn carry_out(&mut self, at: usize, effects: Vec<Effect>) {
        for effect in effects {
            if self.faults && self.dice.one_in(20_000) {
                self.crash(at);
                return;
            }
            match effect {
                Effect::Persist(election) => self.persist(at, election),
                Effect::Send { to, request_id, request } => {
                    self.post(at, index(to), Packet::Request(request_id, request));
                }
                Effect::Reply { to, request_id, response } => {
                    self.post(at, index(to), Packet::Response(request_id, response, Vec::new()));
                }
                Effect::ReplyRecords { to, request_id, mut answer, from, end } => {
                    let from = from.get() as usize;
                    let end = (end.get() as usize).min(from + 1 + self.dice.below(30) as usize);
                    let entries = self.machines[at].entries[from..end].to_vec();
                    answer.outcome = FetchOutcome::Records(summaries(from, &entries));
                    let response = Response::Fetch(answer);
                    self.post(at, index(to), Packet::Response(request_id, response, entries));
                }
                Effect::AppendLeaderChange { epoch, .. } => {
                    let other = self.leaders.insert(epoch.get(), at);
                    assert!(other.is_none(), "two elections won in epoch {epoch}");
                    let entries = &self.machines[at].entries;
                    assert!(
                        entries.len() >= self.committed.len()
                            && entries[..self.committed.len()] == self.committed[..],
                        "the leader of epoch {epoch} lacks a committed record"
                    );
                    self.append(at, epoch, 0);
                }
                Effect::Append { batches, .. } => {
                    let machine = &mut self.machines[at];
                    for (entry, batch) in machine.incoming.iter().zip(&batches) {
                        assert_eq!(batch.base_offset.get() as usize, machine.entries.len());
                        machine.entries.push(*entry);
                    }
                    let delay = self.dice.below(20);
                    self.machines[at].flush_at.get_or_insert(self.now + delay);
                }
                Effect::Truncate(end) => {
                    let machine = &mut self.machines[at];
                    machine.entries.truncate(end.get() as usize);
                    machine.flushed = machine.flushed.min(machine.entries.len());
                }
                Effect::HighWatermark(offset) => self.check_commit(at, offset.get() as usize),
                Effect::LeaderChanged { .. } => {}
            }
        }
    }

    fn persist(&mut self, at: usize, new: ElectionState) {
        if let Some(old) = &self.machines[at].election {
            assert!(new.epoch >= old.epoch, "the epoch fell");
            if new.epoch == old.epoch {
                assert!(old.voted.is_none() || old.voted == new.voted, "voted twice");
                assert!(old.leader.is_none() || old.leader == new.leader, "two leaders");
            }
        }
        self.machines[at].election = Some(new);
    }

    fn check_commit(&mut self, at: usize, end: usize) {
        let entries = self.machines[at].entries.clone();
        assert!(entries.len() >= end, "committed beyond the end of the log");
        for (offset, entry) in entries.iter().take(end).enumerate() {
            match self.committed.get(offset) {
                Some(known) => assert_eq!(known, entry, "offset {offset} committed twice"),
                None => {
                    let durable = self
                        .machines
                        .iter()
                        .filter(|m| m.flushed > offset && m.entries[offset] == *entry)
                        .count();
                    assert!(durable > self.machines.len() / 2, "committed before it was durable");
                    self.committed.push(*entry);
                }
            }
        }
    }

    fn append(&mut self, at: usize, epoch: LeaderEpoch, payload: u64) {
        let offset = Offset::new(self.machines[at].entries.len() as i64);
        self.machines[at].entries.push(Entry { epoch, payload });
        let delay = self.dice.below(20);
        self.machines[at].flush_at.get_or_insert(self.now + delay);
        let batch = BatchSummary { base_offset: offset, last_offset: offset, epoch };
        self.step(at, Input::Appended(batch));
    }

    fn post(&mut self, from: usize, to: usize, packet: Packet) {
        let lost = self.faults && (self.dice.one_in(20) || self.cut.contains(&(from, to)));
        if lost {
            return;
        }
        let slow = if self.faults && self.dice.one_in(30) { 3000 } else { 10 };
        let at = self.now + 1 + self.dice.below(slow);
        self.sequence += 1;
        self.wire.insert((at, self.sequence), (from, to, packet));
    }

    fn deliver_due(&mut self) {
        while let Some(entry) = self.wire.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (from, to, packet) = entry.remove();
            let from = key(from).id;
            match packet {
                Packet::Request(request_id, request) => {
                    self.step(to, Input::Request { from, request_id, request });
                }
                Packet::Response(request_id, response, entries) => {
                    self.machines[to].incoming = entries;
                    self.step(to, Input::Response { from, request_id, response });
                }
            }
        }
    }

    fn advance(&mut self) {
        self.now += 1;
        self.deliver_due();
        for at in 0..self.machines.len() {
            let machine = &mut self.machines[at];
            if machine.node.is_none() {
                if machine.restart_at <= self.now {
                    self.start(at);
                }
                continue;
            }
            if machine.flush_at.is_some_and(|due| due <= self.now) {
                machine.flush_at = None;
                machine.flushed = machine.entries.len();
                let end = Offset::new(machine.flushed as i64);
                self.step(at, Input::Flushed(end));
            }
            let due = self.machines[at].node.as_ref().map(|node| node.deadline().get());
            if due.is_some_and(|due| due <= self.now) {
                self.step(at, Input::Tick);
            }
        }
        self.write_something();
        if self.faults {
            self.inject();
        }
    }

    fn write_something(&mut self) {
        if !self.dice.one_in(15) {
            return;
        }
        for at in 0..self.machines.len() {
            let leading = self.machines[at]
                .node
                .as_ref()
                .filter(|node| node.role() == RoleName::Leader)
                .map(RaftNode::epoch);
            if let Some(epoch) = leading {
                self.next_payload += 1;
                self.append(at, epoch, self.next_payload);
            }
        }
    }

    fn inject(&mut self) {
        let count = self.machines.len();
        if self.dice.one_in(8000) {
            let at = self.dice.below(count as u64) as usize;
            self.crash(at);
        }
        if self.dice.one_in(10_000) {
            let at = self.dice.below(count as u64) as usize;
            self.step(at, Input::Resign);
        }
        if self.dice.one_in(6000) {
            self.cut.clear();
            let alone = self.dice.below(count as u64) as usize;
            let one_way = self.dice.one_in(3);
            for other in 0..count {
                self.cut.insert((alone, other));
                if !one_way {
                    self.cut.insert((other, alone));
                }
            }
        } else if self.dice.one_in(6000) {
            self.cut.clear();
        }
    }
}

fn summaries(from: usize, entries: &[Entry]) -> Vec<BatchSummary> {
    entries
        .iter()
        .enumerate()
        .map(|(i, entry)| {
            let offset = Offset::new((from + i) as i64);
            BatchSummary { base_offset: offset, last_offset: offset, epoch: entry.epoch }
        })
        .collect()
}

/// Runs a quorum through faults, then in peace; gives the commits made while faults went on.
fn run(seed: u64, nodes: usize, millis: u64) -> (usize, usize) {
    println!("seed {seed}, {nodes} nodes");
    let mut world = World::new(seed, nodes);
    while world.now < millis {
        world.advance();
    }
    let (elections, committed) = (world.leaders.len(), world.committed.len());
    world.faults = false;
    world.cut.clear();
    let until = world.now + 20_000;
    while world.now < until {
        world.advance();
    }
    let leaders: Vec<_> = world
        .machines
        .iter()
        .filter_map(|m| m.node.as_ref())
        .filter(|node| node.role() == RoleName::Leader)
        .collect();
    assert_eq!(leaders.len(), 1, "seed {seed}: no single leader in peace");
    assert!(world.committed.len() > committed, "seed {seed}: nothing commits in peace");
    let high_watermark = leaders[0].high_watermark();
    for machine in &world.machines {
        let node = machine.node.as_ref().unwrap();
        let lag = high_watermark.unwrap() - node.high_watermark().unwrap();
        assert!(lag < 50, "seed {seed}: a follower lags by {lag}");
    }
    (elections, committed)
}

#[test]
fn three_voters_stay_safe_under_loss_partitions_and_crashes() {
    let (mut elections, mut committed) = (0, 0);
    for seed in 1..=200 {
        let (won, records) = run(seed, 3, 60_000);
        elections += won;
        committed += records;
    }
    // The faults must not be so hard that nothing is tested.
    assert!(elections > 1000, "{elections} elections");
    assert!(committed > 100_000, "{committed} commits");
}

#[test]
fn five_voters_stay_safe_under_loss_partitions_and_crashes() {
    let mut committed = 0;
    for seed in 1000..=1040 {
        committed += run(seed, 5, 60_000).1;
    }
    assert!(committed > 20_000, "{committed} commits");
}

#[test]
fn one_voter_commits_only_what_it_flushed() {
    for seed in 2000..=2020 {
        let (_, committed) = run(seed, 1, 60_000);
        assert!(committed > 100, "seed {seed}: {committed} commits");
    }
}

#[test]
fn one_seed_gives_one_history() {
    let history = |seed| {
        let mut world = World::new(seed, 3);
        while world.now < 20_000 {
            world.advance();
        }
        (world.committed, world.leaders, world.sequence)
    };
    assert_eq!(history(5), history(5));
    assert_ne!(history(5).2, history(6).2);
}
