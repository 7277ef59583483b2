//! The scenarios of `scenarios/*.txt`, as [`keld_scenario`] reads them.

use crate::cluster::{Answer, Cluster, registration};
use bytes::{Bytes, BytesMut};
use futures::Wait;
use keld_env::Clock as _;
use keld_replication::{
    CountsWhen, Deleted, Fetched, IsrAnswer, IsrChange, IsrChangeKind, IsrOutcome, Lease,
    Partition, PartitionError, Role, Truncated,
};
use keld_scenario::{Given, Script, check, ids};
use keld_types::{BrokerEpoch, ErrorCode, LeaderEpoch, Offset, PartitionEpoch, RequiredAcks};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

mod futures {
    //! Futures that are looked at, not waited for.
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    pub(super) trait Wait: Future {
        /// What came, if it did.
        fn look(&mut self) -> Option<Self::Output>;
    }

    impl<F: Future + Unpin> Wait for F {
        fn look(&mut self) -> Option<Self::Output> {
            match Pin::new(self).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            }
        }
    }
}

#[test]
fn scenarios_come_out_as_written() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), 20, Runner::default);
}

#[derive(Default)]
struct Runner {
    cluster: Option<Cluster>,
    out: String,
    partition_epoch: i32,
    produced: Vec<(usize, keld_replication::Committed)>,
    deletions: Vec<(Arc<Partition>, Deleted, keld_replication::AllDeleted)>,
    count: usize,
    /// Answers on their way.
    held: BTreeMap<i32, Answer>,
    /// The answers that each took last.
    last: BTreeMap<i32, Answer>,
    /// Proposals that were taken out to be answered later.
    taken: Vec<(Arc<Partition>, Arc<IsrChange>)>,
}

fn broker(command: &Given<'_>) -> i32 {
    command.words[0].parse().expect("a broker")
}

fn list(command: &Given<'_>, name: &str) -> Option<Vec<i32>> {
    command.option(name).map(ids)
}

fn error_name(error: &PartitionError) -> &'static str {
    match error {
        PartitionError::NotLeader { .. } => "NotLeader",
        PartitionError::FencedLeaderEpoch { .. } => "FencedLeaderEpoch",
        PartitionError::UnknownLeaderEpoch { .. } => "UnknownLeaderEpoch",
        PartitionError::Deleted { .. } => "Deleted",
        PartitionError::Offline { .. } => "Offline",
        PartitionError::NotEnoughReplicas { .. } => "NotEnoughReplicas",
        PartitionError::NotEnoughReplicasAfterAppend { .. } => "NotEnoughReplicasAfterAppend",
        PartitionError::UnknownReplica { .. } => "UnknownReplica",
        PartitionError::StaleReplica { .. } => "StaleReplica",
        PartitionError::RefusedAnswer { .. } => "RefusedAnswer",
        PartitionError::OffsetNotAvailable { .. } => "OffsetNotAvailable",
        PartitionError::InvalidOffset { .. } => "InvalidOffset",
        PartitionError::NotDeletable { .. } => "NotDeletable",
        PartitionError::Invalid(_) => "Invalid",
        PartitionError::Append(keld_log::AppendError::Corrupt { .. }) => "Corrupt",
        PartitionError::Append(keld_log::AppendError::UnexpectedOffset { .. }) => {
            "UnexpectedOffset"
        }
        PartitionError::Append(_) => "Append",
        PartitionError::Log(keld_log::LogError::OffsetOutOfRange { .. }) => "OffsetOutOfRange",
        PartitionError::Log(_) => "Log",
    }
}

fn code(name: &str) -> ErrorCode {
    match name {
        "INELIGIBLE_REPLICA" => ErrorCode::INELIGIBLE_REPLICA,
        "INVALID_UPDATE_VERSION" => ErrorCode::INVALID_UPDATE_VERSION,
        "FENCED_LEADER_EPOCH" => ErrorCode::FENCED_LEADER_EPOCH,
        "NEW_LEADER_ELECTED" => ErrorCode::NEW_LEADER_ELECTED,
        "REQUEST_TIMED_OUT" => ErrorCode::REQUEST_TIMED_OUT,
        other => panic!("unknown code {other}"),
    }
}

macro_rules! say {
    ($self:ident, $($arg:tt)*) => { writeln!($self.out, $($arg)*).expect("a string grows") };
}

impl Script for Runner {
    fn command(&mut self, command: &Given<'_>) -> String {
        self.carry_out(command);
        std::mem::take(&mut self.out)
    }
}

impl Runner {
    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("`brokers` comes first")
    }

    fn carry_out(&mut self, command: &Given<'_>) {
        match command.verb {
            "brokers" => {
                let brokers: Vec<i32> =
                    command.words[0].split(',').map(|id| id.parse().unwrap()).collect();
                let counts = match command.options.get("durability") {
                    Some(&"fsync") => CountsWhen::Durable,
                    _ => CountsWhen::Appended,
                };
                let min_isr = command.number("min-isr").unwrap_or(1);
                self.cluster = Some(Cluster::new(&brokers, min_isr, counts));
            }
            "metadata" => self.metadata(command),
            "produce" => self.produce(command),
            "acks" => self.acks(),
            "fetch" => {
                self.ask(broker(command));
                self.answer(broker(command));
            }
            "ask" => self.ask(broker(command)),
            "answer" => self.answer(broker(command)),
            "again" => {
                let answer = self.last[&broker(command)].clone();
                self.held.insert(broker(command), answer);
                self.answer(broker(command));
            }
            "spoil" => self.spoil(command),
            "fetch-as" => self.fetch_as(command),
            "show" => self.show(),
            "isr" => self.isr(broker(command)),
            "take" => {
                let taken = std::mem::take(&mut *self.cluster().world.proposals.lock().unwrap());
                self.taken.extend(taken);
            }
            "alter" => self.alter(command),
            "shrink" => self.cluster().partition(broker(command)).shrink_isr(),
            "look" => self.cluster().partition(broker(command)).look_again(),
            "advance" => {
                let ms = command.words[0].trim_end_matches("ms").parse().expect("milliseconds");
                self.cluster().simulation.run_for(Duration::from_millis(ms)).unwrap();
            }
            "broker" => self.broker(command),
            "restart" => {
                let power = command.words.contains(&"power-loss");
                self.held.remove(&broker(command));
                let lost = command.options.get("without").map_or(Vec::new(), |names| {
                    names.split(',').map(|name| format!("/d/{name}")).collect()
                });
                let cluster = self.cluster.as_mut().unwrap();
                cluster.restart_without(broker(command), power, &lost);
            }
            "lease" => {
                let ms = command.number("session").unwrap();
                let now = self.cluster().simulation.clock().monotonic();
                let lease = Arc::new(Lease::new(Duration::from_millis(ms), now));
                self.cluster().world.leases.lock().unwrap().insert(broker(command), lease);
            }
            "ran" | "heard" | "complete" => self.notes(command),
            "consume" => self.consume(command),
            "delete" => self.delete(command),
            "latest" => self.latest(broker(command)),
            other => panic!("unknown command {other}"),
        }
    }

    fn metadata(&mut self, command: &Given<'_>) {
        self.partition_epoch =
            command.number("partition-epoch").unwrap_or(self.partition_epoch + 1);
        let number = |name| command.number::<i32>(name).unwrap();
        let all: Vec<i32> = self.cluster().brokers.keys().copied().collect();
        let replicas = list(command, "replicas").unwrap_or_else(|| all.clone());
        let isr = list(command, "isr").unwrap_or_else(|| all.clone());
        let registration =
            registration(number("leader"), number("epoch"), self.partition_epoch, &replicas, &isr);
        let to = list(command, "to").unwrap_or(all);
        self.cluster().apply(&to, &registration);
    }

    fn produce(&mut self, command: &Given<'_>) {
        let acks = match command.options.get("acks") {
            Some(&"1") => RequiredAcks::Leader,
            _ => RequiredAcks::AllInSync,
        };
        let result = self.cluster().append(broker(command), &command.words[1..], acks);
        match result {
            Ok((appended, committed)) => {
                self.count += 1;
                let number = self.count;
                say!(
                    self,
                    "#{number} at {}-{}",
                    appended.info.first_offset,
                    appended.info.last_offset
                );
                if acks == RequiredAcks::AllInSync {
                    self.produced.push((number, committed));
                }
            }
            Err(error) => say!(self, "{}", error_name(&error)),
        }
        self.cluster().settle();
    }

    /// What became of produce requests since the last look, and of deletions.
    fn acks(&mut self) {
        for (number, mut committed) in std::mem::take(&mut self.produced) {
            match committed.look() {
                Some(Ok(())) => say!(self, "#{number} acknowledged"),
                Some(Err(error)) => say!(self, "#{number} {}", error_name(&error)),
                None => {
                    say!(self, "#{number} waits");
                    self.produced.push((number, committed));
                }
            }
        }
        for (partition, deleted, mut all) in std::mem::take(&mut self.deletions) {
            match all.look() {
                Some(Ok(low)) => say!(self, "deleted to {low}"),
                Some(Err(error)) => say!(self, "deletion {}", error_name(&error)),
                None => {
                    say!(self, "deletion waits");
                    self.deletions.push((partition, deleted, all));
                }
            }
        }
    }

    fn ask(&mut self, id: i32) {
        match self.cluster().ask(id) {
            None => say!(self, "{id} follows nobody"),
            Some(Ok(answer)) => {
                self.held.insert(id, answer);
            }
            Some(Err(PartitionError::Log(keld_log::LogError::OffsetOutOfRange { .. }))) => {
                self.reset(id);
            }
            Some(Err(error)) => say!(self, "{id}: {}", error_name(&error)),
        }
        self.cluster().settle();
    }

    /// As a fetcher does: asks for both ends of the leader's log.
    fn reset(&mut self, id: i32) {
        let partition = Arc::clone(self.cluster().partition(id));
        let asked = partition.follower_position().unwrap().unwrap();
        let leader = self.cluster().offsets(asked.leader.get());
        let cut = partition.reset_to_leader(&asked, leader.log_start, leader.log_end);
        say!(self, "{id}: out of range");
        self.say_cut(id, cut);
    }

    fn say_cut(&mut self, id: i32, cut: Result<Option<Truncated>, PartitionError>) {
        match cut {
            Ok(None) => say!(self, "{id}: late"),
            Ok(Some(cut)) => {
                let below = if cut.is_below_high_watermark { ", below high watermark" } else { "" };
                say!(self, "{id}: ends at {}{below}", cut.log_end);
            }
            Err(error) => say!(self, "{id}: {}", error_name(&error)),
        }
    }

    fn answer(&mut self, id: i32) {
        let Some(answer) = self.held.remove(&id) else { return };
        self.last.insert(id, answer.clone());
        let Answer { asked, records, offsets, diverging } = answer;
        let partition = Arc::clone(self.cluster().partition(id));
        if let Some(diverging) = diverging {
            say!(
                self,
                "{id}: diverges at epoch {} end {}",
                diverging.leader_epoch,
                diverging.end_offset
            );
            let cut = partition.truncate_diverging(&asked, diverging);
            self.say_cut(id, cut);
            return;
        }
        let fetched = Fetched {
            records,
            high_watermark: offsets.high_watermark,
            log_start: offsets.log_start,
        };
        match partition.append_fetched(&asked, &fetched) {
            Ok(Some(appended)) => {
                let from = asked.fetch_offset;
                let to = appended.next.fetch_offset;
                say!(self, "{id}: {from}..{to}, told high watermark {}", offsets.high_watermark);
            }
            Ok(None) => say!(self, "{id}: late"),
            Err(error) => say!(self, "{id}: {}", error_name(&error)),
        }
        self.cluster().settle();
    }

    /// Changes the answer on its way.
    fn spoil(&mut self, command: &Given<'_>) {
        let answer = self.held.get_mut(&broker(command)).expect("an answer on its way");
        let mut bytes = BytesMut::from(answer.records.as_ref());
        for (name, value) in &command.options {
            let number: i64 = value.parse().unwrap();
            match *name {
                "base" => bytes[..8].copy_from_slice(&number.to_be_bytes()),
                "batch-epoch" => {
                    bytes[12..16].copy_from_slice(&i32::try_from(number).unwrap().to_be_bytes());
                }
                "flip" => {
                    let at = bytes.len() - usize::try_from(number).unwrap();
                    bytes[at] ^= 1;
                }
                "cut" => bytes.truncate(bytes.len() - usize::try_from(number).unwrap()),
                "high-watermark" => answer.offsets.high_watermark = Offset::new(number),
                "log-start" => answer.offsets.log_start = Offset::new(number),
                "diverging-epoch" => {
                    answer.diverging = Some(keld_log::EpochEndOffset {
                        leader_epoch: LeaderEpoch::new(i32::try_from(number).unwrap()),
                        end_offset: Offset::ZERO,
                    });
                }
                other => panic!("unknown field {other}"),
            }
        }
        answer.records = Bytes::from(bytes);
    }

    /// A fetch in somebody's name, with any offset and epochs.
    fn fetch_as(&mut self, command: &Given<'_>) {
        let to: i32 = command.number("to").unwrap();
        let id = broker(command);
        let leader = Arc::clone(self.cluster().partition(to));
        let (leader_id, leader_epoch) = leader.leader_and_epoch();
        let epoch = |name| command.number(name).map(LeaderEpoch::new);
        let asked = keld_replication::FollowerPosition {
            leader: leader_id,
            leader_epoch: epoch("epoch").unwrap_or(leader_epoch),
            fetch_offset: Offset::new(command.number("offset").unwrap_or(0)),
            last_fetched_epoch: epoch("last-epoch"),
            log_start: Offset::new(command.number("log-start").unwrap_or(0)),
            awaits_durability: false,
        };
        let broker_epoch = BrokerEpoch::new(command.number("broker-epoch").unwrap_or(-1));
        match self.cluster().ask_as(&leader, id, broker_epoch, asked) {
            Ok(answer) => match answer.diverging {
                Some(at) => {
                    say!(self, "diverges at epoch {} end {}", at.leader_epoch, at.end_offset)
                }
                None => say!(self, "{} bytes", answer.records.len()),
            },
            Err(error) => say!(self, "{}", error_name(&error)),
        }
    }

    fn show(&mut self) {
        let brokers: Vec<i32> = self.cluster().brokers.keys().copied().collect();
        for id in brokers {
            let role = match self.cluster().partition(id).role() {
                Role::Leader(leadership) => format!("leads {}", leadership.epoch),
                Role::Follower { leader, epoch, .. } if leader.get() >= 0 => {
                    format!("follows {leader} in {epoch}")
                }
                Role::Follower { .. } => "follows nobody".to_owned(),
            };
            let offsets = self.cluster().offsets(id);
            let epochs: Vec<String> = self
                .cluster()
                .epochs(id)
                .iter()
                .map(|(epoch, start)| format!("{epoch}@{start}"))
                .collect();
            let values = self.cluster().values(id).join(" ");
            say!(
                self,
                "{id} {role}: start {} high watermark {} end {} epochs [{}] log [{values}]",
                offsets.log_start,
                offsets.high_watermark,
                offsets.log_end,
                epochs.join(" ")
            );
        }
    }

    fn isr(&mut self, id: i32) {
        let partition = Arc::clone(self.cluster().partition(id));
        let Role::Leader(leadership) = partition.role() else {
            say!(self, "{id} does not lead");
            return;
        };
        let isr: Vec<i32> = leadership.isr.iter().map(|id| id.get()).collect();
        let pending = match partition.pending_isr_change() {
            None => String::new(),
            Some(change) => {
                let wanted: Vec<String> =
                    change.isr.iter().map(|(id, epoch)| format!("{id}/{epoch}")).collect();
                let kind = match &change.kind {
                    IsrChangeKind::Expand(id) => format!("add {id}"),
                    IsrChangeKind::Shrink(out) => {
                        format!("remove {:?}", out.iter().map(|id| id.get()).collect::<Vec<_>>())
                    }
                };
                format!(", asks to {kind}: {}", wanted.join(" "))
            }
        };
        let epoch = leadership.partition_epoch;
        say!(self, "isr {isr:?} partition epoch {epoch}{pending}");
    }

    /// The controller answers the oldest proposal.
    fn alter(&mut self, command: &Given<'_>) {
        if self.taken.is_empty() {
            let waiting = std::mem::take(&mut *self.cluster().world.proposals.lock().unwrap());
            self.taken.extend(waiting);
        }
        if self.taken.is_empty() {
            say!(self, "nothing is asked for");
            return;
        }
        let (partition, change) = self.taken.remove(0);
        let result = match command.options.get("error") {
            Some(name) => Err(code(name)),
            None => {
                self.partition_epoch += 1;
                Ok(IsrAnswer {
                    leader_epoch: change.leader_epoch,
                    partition_epoch: PartitionEpoch::new(self.partition_epoch),
                    isr: change.isr.iter().map(|(id, _)| *id).collect(),
                })
            }
        };
        if partition.finish_isr_change(&change, result) == IsrOutcome::Retry {
            say!(self, "asked again");
            self.taken.insert(0, (partition, change));
        }
    }

    fn broker(&mut self, command: &Given<'_>) {
        let world = Arc::clone(&self.cluster().world);
        let mut brokers = world.brokers.lock().unwrap();
        let status = brokers.get_mut(&broker(command)).unwrap();
        for word in &command.words[1..] {
            match *word {
                "fenced" => status.is_fenced = true,
                "unfenced" => status.is_fenced = false,
                "stopping" => status.is_shutting_down = true,
                other => panic!("unknown state {other}"),
            }
        }
    }

    fn delete(&mut self, command: &Given<'_>) {
        let partition = Arc::clone(self.cluster().partition(broker(command)));
        let offset = command.number("before").map(Offset::new);
        match partition.delete_records(offset) {
            Ok(deleted) => {
                say!(self, "low watermark {} of {}", deleted.low_watermark, deleted.offset);
                if deleted.low_watermark < deleted.offset {
                    let all = partition.all_deleted(deleted);
                    self.deletions.push((partition, deleted, all));
                }
            }
            Err(error) => say!(self, "{}", error_name(&error)),
        }
    }

    /// What a broker's lease is told: that it runs, that a heartbeat was answered that it just sent,
    /// that its metadata is complete.
    fn notes(&mut self, command: &Given<'_>) {
        let now = self.cluster().simulation.clock().monotonic();
        let lease = Arc::clone(&self.cluster().world.leases.lock().unwrap()[&broker(command)]);
        let (id, was_lost) = (broker(command), lease.is_lost());
        match command.verb {
            "ran" => _ = lease.ran(now),
            "heard" => _ = lease.heard(now, now),
            _ => _ = lease.complete(now),
        }
        match (was_lost, lease.is_lost()) {
            (false, true) => say!(self, "{id} does not know any more what it leads"),
            (true, false) => say!(self, "{id} knows what it leads"),
            _ => {}
        }
    }

    /// A consumer's fetch, which any replica serves.
    fn consume(&mut self, command: &Given<'_>) {
        use keld_replication::{ReadFrom, ReadRequest, Waiting};
        let request = ReadRequest {
            offset: Offset::new(command.number("offset").unwrap_or(0)),
            bytes_max: 1 << 20,
            min_one_batch: true,
            from: ReadFrom::Consumer(keld_types::IsolationLevel::ReadUncommitted),
            current_leader_epoch: None,
            last_fetched_epoch: None,
        };
        let partition = self.cluster().partition(broker(command));
        match partition.read_anywhere(&request, Waiting::Allowed) {
            Ok(read) => {
                let bytes = read.data.map_or(0, |data| data.read_all().unwrap().len());
                say!(self, "{bytes} bytes, high watermark {}", read.offsets.high_watermark);
            }
            Err(error) => say!(self, "{}", error_name(&error)),
        }
    }

    /// ListOffsets(latest) of a client.
    fn latest(&mut self, id: i32) {
        use keld_replication::{OffsetQuery, ReadFrom, Waiting};
        let from = ReadFrom::Consumer(keld_types::IsolationLevel::ReadUncommitted);
        let partition = self.cluster().partition(id);
        let found = partition.query_offset(OffsetQuery::Latest, from, None, Waiting::Allowed);
        match found {
            Ok(answer) => say!(self, "latest {}", answer.offset),
            Err(error) => say!(self, "{}", error_name(&error)),
        }
    }
}
