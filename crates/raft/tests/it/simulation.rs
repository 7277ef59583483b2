//! Nodes that lose messages, split, stop in the middle of an effect and forget what they had not
//! flushed, while a checker watches every election and every commit. Each run prints its seed.

use keld_raft::{
    BatchSummary, Effect, ElectionState, EpochAnswer, FetchOutcome, FetchSnapshotAnswer, Input,
    LogView, Millis, OffsetAndEpoch, RaftCode, RaftConfig, RaftNode, ReplicaKey, Request,
    RequestId, Response, RoleName, VoterChange, VoterSet,
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
    /// The log before it is gone; `entries` still has it, as the snapshot's content.
    log_start: usize,
    /// The latest snapshot: everything before its end.
    snapshot: Option<OffsetAndEpoch>,
    /// The pieces of a snapshot that is being fetched.
    partial: Vec<Entry>,
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
    /// Who votes before any record says so.
    first_voters: VoterSet,
    /// Records of the voters, by payload.
    voter_records: BTreeMap<u64, VoterSet>,
    /// Whether voters change and logs begin at snapshots.
    changes: bool,
    installed: usize,
    voter_changes: usize,
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
        Self::with_voters(seed, nodes, nodes, false)
    }

    /// The first `voters` of the nodes vote; the others watch until they are added.
    fn with_voters(seed: u64, nodes: usize, voters: usize, changes: bool) -> Self {
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
            first_voters: VoterSet::new((0..voters).map(key)),
            voter_records: BTreeMap::new(),
            changes,
            installed: 0,
            voter_changes: 0,
        };
        for machine in 0..nodes {
            world.start(machine);
        }
        world
    }

    fn start(&mut self, at: usize) {
        let mut voters = self.first_voters.clone();
        let machine = &mut self.machines[at];
        let mut voters_in_log = Vec::new();
        for (offset, entry) in machine.entries.iter().enumerate() {
            if let Some(record) = self.voter_records.get(&entry.payload) {
                if offset < machine.log_start {
                    voters = record.clone();
                } else {
                    voters_in_log.push((Offset::new(offset as i64), record.clone()));
                }
            }
        }
        let mut epochs: Vec<(LeaderEpoch, Offset)> = Vec::new();
        if let Some(last) = machine.log_start.checked_sub(1) {
            // What the snapshot's name says.
            epochs.push((machine.entries[last].epoch, Offset::new(last as i64)));
        }
        for (offset, entry) in machine.entries.iter().enumerate().skip(machine.log_start) {
            if epochs.last().is_none_or(|(epoch, _)| *epoch < entry.epoch) {
                epochs.push((entry.epoch, Offset::new(offset as i64)));
            }
        }
        let end = Offset::new(machine.entries.len() as i64);
        let log_start = Offset::new(machine.log_start as i64);
        let snapshots = machine.snapshot.map(|id| (id, id));
        let log = LogView::recovered(log_start, end, epochs).with_snapshots(snapshots);
        machine.partial.clear();
        let seed = self.dice.next();
        let config = RaftConfig { voters_in_log, ..RaftConfig::new(key(at), voters) };
        let (node, effects) =
            RaftNode::start(config, machine.election.clone(), log, seed, Millis::new(self.now))
                .unwrap();
        machine.node = Some(node);
        self.carry_out(at, effects);
        for other in (0..self.machines.len()).filter(|other| *other != at) {
            self.step(at, Input::Located(key(other).id));
        }
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
                Effect::ReplySnapshot { to, request_id, answer, snapshot, position } => {
                    self.serve_snapshot(at, index(to), request_id, answer, (snapshot, position));
                }
                Effect::WriteSnapshot { position, .. } => {
                    let machine = &mut self.machines[at];
                    assert!(position == 0 || machine.partial.len() as u64 == position);
                    machine.partial.truncate(position as usize);
                    let piece = std::mem::take(&mut machine.incoming);
                    machine.partial.extend(piece);
                }
                Effect::InstallSnapshot(snapshot) => self.install(at, snapshot),
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
                    let mut told = Vec::new();
                    for (entry, batch) in machine.incoming.iter().zip(&batches) {
                        assert_eq!(batch.base_offset.get() as usize, machine.entries.len());
                        machine.entries.push(*entry);
                        if let Some(voters) = self.voter_records.get(&entry.payload) {
                            told.push((batch.base_offset, voters.clone()));
                        }
                    }
                    let delay = self.dice.below(20);
                    self.machines[at].flush_at.get_or_insert(self.now + delay);
                    for (offset, voters) in told {
                        self.step(at, Input::Voters { offset, voters });
                    }
                }
                Effect::Truncate(end) => {
                    let machine = &mut self.machines[at];
                    assert!(end.get() as usize >= machine.log_start, "cut into a snapshot");
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
                    let voters = match &self.machines[at].node {
                        Some(node) => node.voters().clone(),
                        None => unreachable!("a machine that runs commits"),
                    };
                    let durable = voters
                        .iter()
                        .map(|voter| &self.machines[index(voter.id)])
                        .filter(|m| m.flushed > offset && m.entries[offset] == *entry)
                        .count();
                    assert!(durable >= voters.majority(), "committed before it was durable");
                    self.committed.push(*entry);
                }
            }
        }
    }

    /// A piece of the snapshot; an entry of the log stands for a byte.
    fn serve_snapshot(
        &mut self,
        at: usize,
        to: usize,
        request_id: RequestId,
        answer: EpochAnswer,
        (snapshot, position): (OffsetAndEpoch, u64),
    ) {
        let machine = &self.machines[at];
        let size = snapshot.offset.get() as u64;
        let (code, piece) = if machine.snapshot != Some(snapshot) {
            (RaftCode::SnapshotNotFound, Vec::new())
        } else if position >= size {
            (RaftCode::PositionOutOfRange, Vec::new())
        } else {
            let end = size.min(position + 1 + self.dice.below(200));
            (RaftCode::None, machine.entries[position as usize..end as usize].to_vec())
        };
        let response = Response::FetchSnapshot(FetchSnapshotAnswer {
            answer: EpochAnswer { code, ..answer },
            snapshot,
            size,
            position,
            length: piece.len() as u64,
        });
        self.post(at, to, Packet::Response(request_id, response, piece));
    }

    fn install(&mut self, at: usize, snapshot: OffsetAndEpoch) {
        // Now and then what arrived is not sound.
        if self.faults && self.dice.one_in(10) {
            self.machines[at].partial.clear();
            self.step(at, Input::SnapshotRefused(snapshot));
            return;
        }
        let machine = &mut self.machines[at];
        let end = snapshot.offset.get() as usize;
        assert_eq!(machine.partial.len(), end);
        machine.entries = std::mem::take(&mut machine.partial);
        assert!(self.committed.len() >= end && self.committed[..end] == machine.entries[..]);
        machine.log_start = end;
        machine.flushed = end;
        machine.flush_at = None;
        machine.snapshot = Some(snapshot);
        let named =
            machine.entries.iter().rev().find_map(|entry| self.voter_records.get(&entry.payload));
        let voters = named.unwrap_or(&self.first_voters).clone();
        self.installed += 1;
        self.step(at, Input::SnapshotInstalled { snapshot, voters: Some(voters) });
    }

    /// Takes a snapshot of what is committed and lets the log before it go.
    fn take_snapshot(&mut self, at: usize) {
        let Some(node) = &self.machines[at].node else { return };
        let Some(end) = node.high_watermark() else { return };
        let machine = &mut self.machines[at];
        let length = end.get() as usize;
        if length <= machine.log_start || length > machine.flushed {
            return;
        }
        let id = OffsetAndEpoch { offset: end, epoch: machine.entries[length - 1].epoch };
        machine.snapshot = Some(id);
        machine.log_start = length;
        self.step(at, Input::LogStartAdvanced(end));
        self.step(at, Input::Snapshots { earliest: id, latest: id });
    }

    /// Adds or removes a voter, if a leader may.
    fn change_voters(&mut self) {
        let now = Millis::new(self.now);
        let chosen = key(self.dice.below(self.machines.len() as u64) as usize);
        for at in 0..self.machines.len() {
            let Some(node) = &self.machines[at].node else { continue };
            if node.role() != RoleName::Leader {
                continue;
            }
            let is_voter = node.voters().contains(chosen);
            let change =
                if is_voter { VoterChange::Remove(chosen) } else { VoterChange::Add(chosen) };
            if (is_voter && node.voters().len() <= 3)
                || node.check_voter_change(now, change).is_err()
            {
                continue;
            }
            let others = node.voters().iter().filter(|voter| voter.id != chosen.id);
            let voters = VoterSet::new(others.chain((!is_voter).then_some(chosen)));
            let epoch = node.epoch();
            self.next_payload += 1;
            let payload = self.next_payload;
            self.voter_records.insert(payload, voters.clone());
            let offset = Offset::new(self.machines[at].entries.len() as i64);
            self.append(at, epoch, payload);
            self.step(at, Input::Voters { offset, voters });
            self.voter_changes += 1;
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
            let (sender, to, packet) = entry.remove();
            let from = key(sender).id;
            match packet {
                Packet::Request(request_id, request) => {
                    // Nobody listens where a machine does not run; now and then that is a lie.
                    let is_gone = self.machines[to].node.is_none();
                    if is_gone || (self.faults && self.dice.one_in(500)) {
                        self.step(sender, Input::Refused { to: key(to).id, request_id });
                        continue;
                    }
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
        if self.changes && self.dice.one_in(50) {
            self.change_voters();
        }
        if self.changes && self.dice.one_in(900) {
            let at = self.dice.below(count as u64) as usize;
            self.take_snapshot(at);
        }
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
    finish(World::new(seed, nodes), seed, millis)
}

fn finish(mut world: World, seed: u64, millis: u64) -> (usize, usize) {
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
fn voters_come_and_go_and_the_late_take_snapshots() {
    let (mut changes, mut installed, mut committed) = (0, 0, 0);
    for seed in 3000..=3060 {
        println!("seed {seed}, voters change");
        let mut world = World::with_voters(seed, 5, 3, true);
        while world.now < 60_000 {
            world.advance();
        }
        changes += world.voter_changes;
        installed += world.installed;
        committed += finish(world, seed, 60_000).1;
    }
    println!("{changes} changes, {installed} installed, {committed} committed");
    assert!(changes > 200, "{changes} changes of the voters");
    assert!(installed > 100, "{installed} snapshots installed");
    assert!(committed > 20_000, "{committed} commits");
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
