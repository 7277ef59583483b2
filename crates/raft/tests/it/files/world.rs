//! Nodes with logs, a network between them, and what a scenario does to both.

use super::{node, place_given};
use keld_raft::{
    BatchSummary, BeginQuorumEpoch, Effect, ElectionState, EndQuorumEpoch, EpochAnswer, Fetch,
    FetchOutcome, FetchSnapshot, FetchSnapshotAnswer, Input, LogView, Millis, OffsetAndEpoch,
    RaftCode, RaftConfig, RaftNode, ReplicaKey, Request, RequestId, Response, RoleName, Vote,
    VoterChange, VoterSet,
};
use keld_scenario::{Given, ids};
use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Offset, Uuid};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Requests by hand have ids from here on; the nodes' own stay far below.
const BY_HAND: u64 = 1 << 40;
/// Records in a piece of a snapshot.
const PIECE: usize = 2;

#[derive(Clone, Debug)]
struct Entry {
    epoch: LeaderEpoch,
    /// The record names the voters.
    voters: Option<VoterSet>,
}

#[derive(Clone, Debug)]
enum Packet {
    Request(RequestId, Request),
    Response(RequestId, Response, Vec<Entry>),
}

#[derive(Default)]
struct Machine {
    /// How often its disk was wiped: another directory each time.
    wiped: u64,
    election: Option<ElectionState>,
    entries: Vec<Entry>,
    flushed: usize,
    /// The log before it is gone; `entries` still has it, as the snapshot's content.
    log_start: usize,
    snapshot: Option<OffsetAndEpoch>,
    node: Option<RaftNode>,
    /// Nothing is flushed meanwhile.
    is_disk_held: bool,
    flush_at: Option<u64>,
    incoming: Vec<Entry>,
    partial: Vec<Entry>,
    /// How it stood when that was told last.
    told: String,
}

#[derive(Default)]
pub(super) struct World {
    now: u64,
    machines: BTreeMap<i32, Machine>,
    first_voters: VoterSet,
    wire: BTreeMap<(u64, u64), (i32, i32, Packet)>,
    sequence: u64,
    /// Requests that arrived and are not answered: from whom, and at whom.
    asked: BTreeSet<(i32, i32, RequestId)>,
    /// Lost from one to the other.
    cut: BTreeSet<(i32, i32)>,
    /// Held back from one to the other.
    held_links: BTreeSet<(i32, i32)>,
    held: Vec<(i32, i32, Packet)>,
    /// The last packet that each node got.
    last: BTreeMap<i32, (i32, Packet)>,
    /// Nodes whose next snapshot is damaged on the way, or cut short.
    damaged: BTreeSet<i32>,
    cut_short: BTreeSet<i32>,
    /// The one whose patience ends first.
    first: Option<i32>,
    by_hand: u64,
    is_answered: bool,
    out: String,
}

macro_rules! say {
    ($self:ident, $($arg:tt)*) => { writeln!($self.out, $($arg)*).unwrap() };
}

fn broker(id: i32) -> BrokerId {
    BrokerId::new(id)
}

fn epoch(value: i32) -> LeaderEpoch {
    LeaderEpoch::new(value)
}

fn place((in_epoch, offset): (i32, i64)) -> OffsetAndEpoch {
    OffsetAndEpoch { offset: Offset::new(offset), epoch: epoch(in_epoch) }
}

fn offset_of(position: usize) -> Offset {
    Offset::new(i64::try_from(position).unwrap())
}

fn position_of(offset: Offset) -> usize {
    usize::try_from(offset.get()).unwrap()
}

fn summaries(from: usize, entries: &[Entry]) -> Vec<BatchSummary> {
    let summary = |(i, entry): (usize, &Entry)| {
        let offset = offset_of(from + i);
        BatchSummary { base_offset: offset, last_offset: offset, epoch: entry.epoch }
    };
    entries.iter().enumerate().map(summary).collect()
}

/// Where each epoch begins.
fn epochs(entries: &[Entry], from: usize) -> Vec<(LeaderEpoch, Offset)> {
    let mut epochs: Vec<(LeaderEpoch, Offset)> = Vec::new();
    for (at, entry) in entries.iter().enumerate().skip(from) {
        if epochs.last().is_none_or(|(last, _)| *last < entry.epoch) {
            epochs.push((entry.epoch, offset_of(at)));
        }
    }
    epochs
}

impl World {
    /// Does what a line asks for, and tells what came of it.
    pub(super) fn command(&mut self, given: &Given<'_>) -> String {
        match given.verb {
            "nodes" => self.begin(given),
            "wait" => {
                let ms = given.words[0].trim_end_matches("ms").parse::<u64>().unwrap();
                (0..ms).for_each(|_| self.advance());
            }
            "show" => self.show(),
            "append" => self.append_records(given),
            "cut" | "hold" => self.block(given),
            "heal" => self.cut.clear(),
            "release" => self.release(),
            "replay" => {
                let to = node(given, 0);
                let (from, packet) = self.last[&to].clone();
                self.deliver(from, to, packet);
            }
            "kill" => self.stop(node(given, 0), given.has("power-loss")),
            "start" => self.start(node(given, 0)),
            "wipe" => {
                let machine = self.machines.get_mut(&node(given, 0)).unwrap();
                assert!(machine.node.is_none(), "only the disk of a node that does not run");
                *machine = Machine { wiped: machine.wiped + 1, ..Machine::default() };
            }
            "hold-disk" => self.machine(node(given, 0)).is_disk_held = true,
            "release-disk" => {
                let machine = self.machine(node(given, 0));
                machine.is_disk_held = false;
                self.flush(node(given, 0));
            }
            "complete" => {
                let known = self.machines[&node(given, 0)].node.as_ref();
                match known.and_then(RaftNode::complete_as_of) {
                    Some(at) => {
                        let ago = self.now - at.get();
                        say!(self, "complete as of {ago} ms ago");
                    }
                    None => say!(self, "nobody says how much is committed"),
                }
            }
            "snapshot" => self.take_snapshot(node(given, 0)),
            "damage-snapshot" => {
                self.damaged.insert(node(given, 0));
            }
            "cut-snapshot-short" => {
                self.cut_short.insert(node(given, 0));
            }
            "add" | "remove" => self.change_voters(given),
            "resign" => self.step(node(given, 0), Input::Resign),
            "vote" | "begin" | "end" | "fetch" | "fetch-snapshot" => self.request(given),
            other => panic!("unknown command {other}"),
        }
        self.tell();
        std::mem::take(&mut self.out)
    }

    fn machine(&mut self, id: i32) -> &mut Machine {
        self.machines.get_mut(&id).unwrap()
    }

    fn key(&self, id: i32) -> ReplicaKey {
        let wiped = self.machines.get(&id).map_or(0, |machine| machine.wiped);
        let directory = Uuid::from_parts(7 + wiped, u64::try_from(id).unwrap());
        ReplicaKey::new(broker(id), DirectoryId::new(directory))
    }

    fn begin(&mut self, given: &Given<'_>) {
        let nodes = ids(given.words[0]);
        let voters = given.options.get("voters").map_or(nodes.clone(), |voters| ids(voters));
        *self = Self::default();
        self.first = given.number("first");
        self.first_voters = VoterSet::new(voters.iter().map(|id| self.key(*id)));
        for id in &nodes {
            self.machines.insert(*id, Machine::default());
        }
        nodes.into_iter().for_each(|id| self.start(id));
    }

    fn start(&mut self, id: i32) {
        let (key, now) = (self.key(id), Millis::new(self.now));
        let mut voters = self.first_voters.clone();
        let machine = self.machines.get_mut(&id).unwrap();
        let mut voters_in_log = Vec::new();
        for (at, entry) in machine.entries.iter().enumerate() {
            if let Some(named) = &entry.voters {
                if at < machine.log_start {
                    voters = named.clone();
                } else {
                    voters_in_log.push((offset_of(at), named.clone()));
                }
            }
        }
        // What the snapshot's name says stands for the record before the log.
        let known = epochs(&machine.entries, machine.log_start.saturating_sub(1));
        let (start, end) = (offset_of(machine.log_start), offset_of(machine.entries.len()));
        let log = LogView::recovered(start, end, known)
            .with_snapshots(machine.snapshot.map(|id| (id, id)));
        machine.flushed = machine.entries.len();
        let config = RaftConfig { voters_in_log, ..RaftConfig::new(key, voters) };
        // With the one seed a node waits for no longer than it must, with the others half as long again.
        let is_first = self.now == 0 && self.first == Some(id);
        let seed = if is_first { 29 } else { 50 + u64::from(id.unsigned_abs()) };
        let started = RaftNode::start(config, machine.election.clone(), log, seed, now);
        let (node, effects) = started.unwrap();
        machine.node = Some(node);
        self.carry_out(id, effects);
        let others: Vec<i32> = self.machines.keys().copied().filter(|other| *other != id).collect();
        others.into_iter().for_each(|other| self.step(id, Input::Located(broker(other))));
    }

    /// The process is gone; with `power` so is what was not flushed.
    fn stop(&mut self, id: i32, power: bool) {
        let machine = self.machine(id);
        machine.node = None;
        machine.flush_at = None;
        machine.is_disk_held = false;
        machine.partial.clear();
        if power {
            machine.entries.truncate(machine.flushed);
        }
        // Its connections break.
        let (broken, others) = std::mem::take(&mut self.asked)
            .into_iter()
            .filter(|(from, _, _)| *from != id)
            .partition(|(_, to, _)| *to == id);
        self.asked = others;
        let broken: BTreeSet<(i32, i32, RequestId)> = broken;
        for (from, _, request_id) in broken {
            self.step(from, Input::Failed { to: broker(id), request_id });
        }
    }

    fn step(&mut self, id: i32, input: Input) {
        let now = Millis::new(self.now);
        let Some(node) = &mut self.machine(id).node else { return };
        match node.step(now, input) {
            Ok(effects) => self.carry_out(id, effects),
            Err(error) => {
                say!(self, "{id} stops: {error}");
                self.stop(id, false);
            }
        }
    }

    fn carry_out(&mut self, id: i32, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Persist(election) => self.persist(id, election),
                Effect::Send { to, request_id, request } => {
                    self.post(id, to.get(), Packet::Request(request_id, request));
                }
                Effect::Reply { to, request_id, response } => {
                    self.reply(id, to.get(), request_id, response, Vec::new());
                }
                Effect::ReplyRecords { to, request_id, mut answer, from, end } => {
                    let (from, end) = (position_of(from), position_of(end));
                    let entries = self.machines[&id].entries[from..end].to_vec();
                    answer.outcome = FetchOutcome::Records(summaries(from, &entries));
                    self.reply(id, to.get(), request_id, Response::Fetch(answer), entries);
                }
                Effect::ReplySnapshot { to, request_id, answer, snapshot, position } => {
                    let position = usize::try_from(position).unwrap();
                    let (answer, piece) = self.piece(id, to.get(), answer, snapshot, position);
                    let response = Response::FetchSnapshot(answer);
                    self.reply(id, to.get(), request_id, response, piece);
                }
                Effect::WriteSnapshot { position, .. } => {
                    let machine = self.machine(id);
                    let piece = std::mem::take(&mut machine.incoming);
                    machine.partial.truncate(usize::try_from(position).unwrap());
                    machine.partial.extend(piece);
                }
                Effect::InstallSnapshot(snapshot) => self.install(id, snapshot),
                Effect::AppendLeaderChange { epoch, .. } => {
                    say!(self, "{id} leads epoch {epoch}");
                    self.append(id, Entry { epoch, voters: None });
                }
                Effect::Append { batches, .. } => {
                    let taken = std::mem::take(&mut self.machine(id).incoming);
                    for (entry, batch) in taken.into_iter().zip(batches) {
                        let machine = self.machine(id);
                        assert_eq!(batch.base_offset, offset_of(machine.entries.len()));
                        machine.entries.push(entry.clone());
                        if let Some(voters) = entry.voters {
                            self.step(id, Input::Voters { offset: batch.base_offset, voters });
                        }
                    }
                    self.flush_soon(id);
                }
                Effect::Truncate(end) => {
                    say!(self, "{id} cuts its log to {end}");
                    let machine = self.machine(id);
                    machine.entries.truncate(position_of(end));
                    machine.flushed = machine.flushed.min(machine.entries.len());
                }
                Effect::HighWatermark(_) | Effect::LeaderChanged { .. } => {}
            }
        }
    }

    fn persist(&mut self, id: i32, new: ElectionState) {
        let machine = self.machine(id);
        if let Some(old) = &machine.election {
            assert!(new.epoch >= old.epoch, "the epoch of {id} fell");
            if new.epoch == old.epoch {
                assert!(old.voted.is_none() || old.voted == new.voted, "{id} voted twice");
                assert!(old.leader.is_none() || old.leader == new.leader, "two leaders");
            }
        }
        machine.election = Some(new);
    }

    fn reply(&mut self, id: i32, to: i32, request: RequestId, answer: Response, more: Vec<Entry>) {
        if request.get() >= BY_HAND {
            self.is_answered = true;
            let text = describe(&answer);
            say!(self, "{text}");
            return;
        }
        self.asked.remove(&(to, id, request));
        self.post(id, to, Packet::Response(request, answer, more));
    }

    fn post(&mut self, from: i32, to: i32, packet: Packet) {
        if self.cut.contains(&(from, to)) {
            return;
        }
        if self.held_links.contains(&(from, to)) {
            self.held.push((from, to, packet));
            return;
        }
        self.sequence += 1;
        self.wire.insert((self.now + 1, self.sequence), (from, to, packet));
    }

    fn deliver(&mut self, from: i32, to: i32, packet: Packet) {
        self.last.insert(to, (from, packet.clone()));
        match packet {
            Packet::Request(request_id, request) => {
                if self.machines.get(&to).is_none_or(|machine| machine.node.is_none()) {
                    self.step(from, Input::Refused { to: broker(to), request_id });
                } else {
                    self.asked.insert((from, to, request_id));
                    let from = broker(from);
                    self.step(to, Input::Request { from, request_id, request });
                }
            }
            Packet::Response(request_id, response, entries) => {
                self.machine(to).incoming = entries;
                self.step(to, Input::Response { from: broker(from), request_id, response });
            }
        }
    }

    fn advance(&mut self) {
        self.now += 1;
        while let Some(entry) = self.wire.first_entry()
            && entry.key().0 <= self.now
        {
            let (from, to, packet) = entry.remove();
            self.deliver(from, to, packet);
        }
        let all: Vec<i32> = self.machines.keys().copied().collect();
        for id in all {
            if self.machine(id).flush_at.is_some_and(|due| due <= self.now) {
                self.flush(id);
            }
            let due = self.machine(id).node.as_ref().map(|node| node.deadline().get());
            if due.is_some_and(|due| due <= self.now) {
                self.step(id, Input::Tick);
            }
        }
    }

    fn flush_soon(&mut self, id: i32) {
        let at = self.now + 1;
        let machine = self.machine(id);
        if !machine.is_disk_held {
            machine.flush_at.get_or_insert(at);
        }
    }

    fn flush(&mut self, id: i32) {
        let machine = self.machine(id);
        machine.flush_at = None;
        if machine.is_disk_held {
            return;
        }
        machine.flushed = machine.entries.len();
        let end = offset_of(machine.flushed);
        self.step(id, Input::Flushed(end));
    }

    fn append(&mut self, id: i32, entry: Entry) {
        let machine = self.machine(id);
        let offset = offset_of(machine.entries.len());
        let batch = BatchSummary { base_offset: offset, last_offset: offset, epoch: entry.epoch };
        machine.entries.push(entry);
        self.flush_soon(id);
        self.step(id, Input::Appended(batch));
    }

    fn leading(&self, id: i32) -> Option<&RaftNode> {
        self.machines[&id].node.as_ref().filter(|node| node.role() == RoleName::Leader)
    }

    fn append_records(&mut self, given: &Given<'_>) {
        let id = node(given, 0);
        let Some(epoch) = self.leading(id).map(RaftNode::epoch) else {
            say!(self, "{id} does not lead");
            return;
        };
        for _ in 0..given.number("count").unwrap_or(1) {
            self.append(id, Entry { epoch, voters: None });
        }
    }

    /// `cut 1`: from everybody; `cut 1 2`: both ways; `cut 1 to=2`: one way.
    fn block(&mut self, given: &Given<'_>) {
        let one = node(given, 0);
        let links: Vec<(i32, i32)> = match (given.number("to"), given.words.len()) {
            (Some(to), _) => vec![(one, to)],
            (None, 1) => {
                let others = self.machines.keys().copied().filter(|other| *other != one);
                others.flat_map(|other| [(one, other), (other, one)]).collect()
            }
            (None, _) => vec![(one, node(given, 1)), (node(given, 1), one)],
        };
        let blocked = if given.verb == "cut" { &mut self.cut } else { &mut self.held_links };
        blocked.extend(links);
    }

    /// What was held back comes now, the last first.
    fn release(&mut self) {
        self.held_links.clear();
        while let Some((from, to, packet)) = self.held.pop() {
            self.deliver(from, to, packet);
        }
    }

    fn take_snapshot(&mut self, id: i32) {
        let Some(end) = self.machines[&id].node.as_ref().and_then(RaftNode::high_watermark) else {
            say!(self, "{id} knows nothing committed");
            return;
        };
        let machine = self.machine(id);
        let length = position_of(end);
        let snapshot = OffsetAndEpoch { offset: end, epoch: machine.entries[length - 1].epoch };
        machine.snapshot = Some(snapshot);
        machine.log_start = length;
        self.step(id, Input::LogStartAdvanced(end));
        self.step(id, Input::Snapshots { earliest: snapshot, latest: snapshot });
    }

    fn piece(
        &mut self,
        id: i32,
        to: i32,
        answer: EpochAnswer,
        snapshot: OffsetAndEpoch,
        position: usize,
    ) -> (FetchSnapshotAnswer, Vec<Entry>) {
        let size = position_of(snapshot.offset);
        let machine = &self.machines[&id];
        let (code, piece) = if machine.snapshot != Some(snapshot) {
            (RaftCode::SnapshotNotFound, Vec::new())
        } else if position >= size {
            (RaftCode::PositionOutOfRange, Vec::new())
        } else if position > 0 && self.cut_short.remove(&to) {
            say!(self, "{id} sends nothing after {position} of {size}");
            (RaftCode::None, Vec::new())
        } else {
            (RaftCode::None, machine.entries[position..size.min(position + PIECE)].to_vec())
        };
        let answer = FetchSnapshotAnswer {
            answer: EpochAnswer { code, ..answer },
            snapshot,
            size: size as u64,
            position: position as u64,
            length: piece.len() as u64,
        };
        (answer, piece)
    }

    fn install(&mut self, id: i32, snapshot: OffsetAndEpoch) {
        let (in_epoch, end) = (snapshot.epoch, snapshot.offset);
        if self.damaged.remove(&id) {
            say!(self, "{id} refuses the snapshot {in_epoch}@{end}");
            self.machine(id).partial.clear();
            self.step(id, Input::SnapshotRefused(snapshot));
            return;
        }
        say!(self, "{id} begins anew with the snapshot {in_epoch}@{end}");
        let machine = self.machine(id);
        assert_eq!(machine.partial.len(), position_of(end), "a snapshot has all its records");
        machine.entries = std::mem::take(&mut machine.partial);
        machine.log_start = machine.entries.len();
        machine.flushed = machine.entries.len();
        machine.flush_at = None;
        machine.snapshot = Some(snapshot);
        let named = machine.entries.iter().rev().find_map(|entry| entry.voters.clone());
        let voters = Some(named.unwrap_or_else(|| self.first_voters.clone()));
        self.step(id, Input::SnapshotInstalled { snapshot, voters });
    }

    fn change_voters(&mut self, given: &Given<'_>) {
        let (id, now) = (node(given, 0), Millis::new(self.now));
        let changed = self.key(id);
        let leader = self.machines.keys().copied().find(|id| self.leading(*id).is_some());
        let Some(leader) = leader else {
            say!(self, "nobody leads");
            return;
        };
        let node = self.leading(leader).unwrap();
        let others = node.voters().iter().filter(|voter| voter.id != changed.id);
        let (change, voters) = if given.verb == "add" {
            (VoterChange::Add(changed), VoterSet::new(others.chain([changed])))
        } else {
            let change = node.voters().get(changed.id).unwrap_or(changed);
            (VoterChange::Remove(change), VoterSet::new(others))
        };
        if let Err(error) = node.check_voter_change(now, change) {
            say!(self, "{error}");
            return;
        }
        let epoch = node.epoch();
        let offset = offset_of(self.machines[&leader].entries.len());
        self.append(leader, Entry { epoch, voters: Some(voters.clone()) });
        self.step(leader, Input::Voters { offset, voters });
    }

    /// A request by hand: whatever somebody could send.
    fn request(&mut self, given: &Given<'_>) {
        let id = node(given, 0);
        let from: i32 = given.number("from").unwrap();
        let in_epoch = epoch(given.number("epoch").unwrap());
        let voter = match given.number("directory") {
            Some(directory) => {
                ReplicaKey::new(broker(id), DirectoryId::new(Uuid::from_parts(0, directory)))
            }
            None => self.key(id),
        };
        let replica = self.key(from);
        let request = match given.verb {
            "vote" => Request::Vote(Vote {
                epoch: in_epoch,
                candidate: replica,
                voter,
                last: place(place_given(given, "last").unwrap_or((0, 0))),
                pre_vote: given.has("pre"),
            }),
            "begin" => Request::BeginQuorumEpoch(BeginQuorumEpoch {
                leader: broker(from),
                epoch: in_epoch,
                voter,
            }),
            "end" => Request::EndQuorumEpoch(EndQuorumEpoch {
                leader: broker(from),
                epoch: in_epoch,
                preferred_successors: vec![voter],
            }),
            "fetch" => {
                let last = place(place_given(given, "last").unwrap_or((0, 0)));
                Request::Fetch(Fetch {
                    replica,
                    epoch: in_epoch,
                    offset: last.offset,
                    last_epoch: last.epoch,
                    high_watermark: None,
                    wait_max_ms: 0,
                })
            }
            _ => Request::FetchSnapshot(FetchSnapshot {
                replica,
                epoch: in_epoch,
                snapshot: place(place_given(given, "snapshot").unwrap()),
                position: given.number("position").unwrap_or(0),
            }),
        };
        self.by_hand += 1;
        self.is_answered = false;
        let request_id = RequestId::new(BY_HAND + self.by_hand);
        self.step(id, Input::Request { from: broker(from), request_id, request });
        if !self.is_answered {
            say!(self, "no answer yet");
        }
    }

    /// Whose standing changed.
    fn tell(&mut self) {
        let mut lines = Vec::new();
        for (id, machine) in &mut self.machines {
            let standing = standing(machine.node.as_ref());
            if machine.told != standing {
                lines.push(format!("{id} {standing}"));
                machine.told = standing;
            }
        }
        for line in lines {
            say!(self, "{line}");
        }
    }

    fn show(&mut self) {
        let mut lines = Vec::new();
        for (id, machine) in &self.machines {
            let places: Vec<String> = epochs(&machine.entries, machine.log_start)
                .iter()
                .map(|(epoch, start)| format!("{epoch}@{start}"))
                .collect();
            let committed = machine.node.as_ref().and_then(RaftNode::high_watermark);
            let committed = committed.map_or("nothing".to_owned(), |end| end.to_string());
            let voters = machine.node.as_ref().map_or(String::new(), |node| {
                let voters = node.voters().iter().map(|voter| voter.id.to_string());
                format!(" voters {}", voters.collect::<Vec<_>>().join(","))
            });
            lines.push(format!(
                "{id} {}: start {} end {} durable {} committed {committed} epochs [{}]{voters}",
                standing(machine.node.as_ref()),
                machine.log_start,
                machine.entries.len(),
                machine.flushed,
                places.join(" "),
            ));
        }
        for line in lines {
            say!(self, "{line}");
        }
    }
}

fn standing(node: Option<&RaftNode>) -> String {
    let Some(node) = node else { return "does not run".to_owned() };
    let in_epoch = node.epoch();
    match (node.role(), node.leader()) {
        (RoleName::Leader, _) => format!("leads {in_epoch}"),
        (RoleName::Follower, Some(leader)) => format!("follows {leader} in {in_epoch}"),
        (role, _) => format!("{} in {in_epoch}", format!("{role:?}").to_lowercase()),
    }
}

fn describe(response: &Response) -> String {
    let answer = match response {
        Response::Vote(vote) => vote.answer,
        Response::Fetch(fetch) => fetch.answer,
        Response::FetchSnapshot(fetch) => fetch.answer,
        Response::BeginQuorumEpoch(answer) | Response::EndQuorumEpoch(answer) => *answer,
    };
    let leader = answer.leader.map_or("unknown".to_owned(), |leader| leader.to_string());
    let known = format!("epoch {} leader {leader}", answer.epoch);
    if answer.code != RaftCode::None {
        return format!("{:?}: {known}", answer.code);
    }
    match response {
        Response::Vote(vote) if vote.granted => format!("granted: {known}"),
        Response::Vote(_) => format!("not granted: {known}"),
        Response::Fetch(fetch) => match &fetch.outcome {
            FetchOutcome::Records(batches) => format!("{} records: {known}", batches.len()),
            FetchOutcome::Diverging(at) => {
                format!("diverges at {}@{}: {known}", at.epoch, at.offset)
            }
            FetchOutcome::Snapshot(at) => {
                format!("wants the snapshot {}@{}: {known}", at.epoch, at.offset)
            }
        },
        Response::FetchSnapshot(fetch) => {
            format!("{} of {} from {}: {known}", fetch.length, fetch.size, fetch.position)
        }
        Response::BeginQuorumEpoch(_) | Response::EndQuorumEpoch(_) => format!("taken: {known}"),
    }
}
