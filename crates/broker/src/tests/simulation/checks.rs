//! What must hold after every step, whatever fails: the invariants of replication.
//!
//! The oracle remembers what was committed, who led, who was voted for and what the controllers
//! decided. Nothing of that may change later, on any replica, after any crash:
//!
//! - the high watermark of a leader never falls in its epoch, and moves only while enough replicas
//!   are in sync;
//! - who the controller may elect (ISR and ELR) is a part of whom the leader counts, and each of them
//!   that runs has everything that is committed, durable where only that counts;
//! - replicas are equal, byte for byte, below what they hold for committed;
//! - a partition has one leader in an epoch, the quorum one in its epoch, and a voter votes once;
//! - what a client was told is committed by then.

use super::clients::{History, Key};
use super::metadata_log::MetadataLogs;
use super::nodes::Slot;
use super::plan::Plan;
use crate::node::Node;
use bytes::Bytes;
use keld_log::{PartitionLog, ReadBounds};
use keld_metadata::{ClusterImage, PartitionRegistration};
use keld_record::{batches, crc32c};
use keld_replication::{IsrChangeKind, Leadership, Partition, Role};
use keld_types::{BrokerId, LeaderEpoch, Offset, PartitionEpoch, PartitionIndex, TopicName};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// `min.insync.replicas` of all topics.
const MIN_ISR: usize = 2;

/// What is known for good.
pub(super) struct Oracle {
    plan: Plan,
    /// The newest state of the cluster that any node had.
    image: Arc<ClusterImage>,
    truths: BTreeMap<Key, Truth>,
    /// By node, its life, and the partition.
    replicas: BTreeMap<(i32, u64, Key), Seen>,
    metadata: MetadataLogs,
    trace: u64,
}

/// What is committed of a partition.
#[derive(Default)]
struct Truth {
    batches: Vec<Committed>,
    end: i64,
    /// The highest end that a replica held for committed, even one whose disk failed just then and
    /// cannot be read.
    told_end: i64,
    /// What all in sync hold now, when all of them are there.
    in_sync_end: i64,
    leaders: BTreeMap<LeaderEpoch, BrokerId>,
}

/// A committed batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Committed {
    base: i64,
    end: i64,
    checksum: u32,
}

/// What was seen of a replica.
#[derive(Default)]
struct Seen {
    /// How many committed batches were found in it.
    verified: usize,
    log_end: i64,
    led: Option<Led>,
    /// What it found on its disk when it started: as durable as it was before.
    found_end: Option<i64>,
}

/// A leader as it was.
#[derive(Clone, Copy)]
struct Led {
    epoch: LeaderEpoch,
    partition_epoch: PartitionEpoch,
    high_watermark: i64,
    in_sync: usize,
}

/// A replica now.
struct Replica {
    node: i32,
    life: u64,
    partition: Arc<Partition>,
    role: Role,
    log_end: i64,
    high_watermark: i64,
    durable: i64,
    log_start: i64,
    /// Its directory has not failed.
    is_online: bool,
}

impl Oracle {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            plan: plan.clone(),
            image: Arc::new(ClusterImage::empty()),
            truths: BTreeMap::new(),
            replicas: BTreeMap::new(),
            metadata: MetadataLogs::default(),
            trace: 0,
        }
    }

    /// The newest state of the cluster that any node had.
    pub(super) fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// Follows from everything that was seen.
    pub(super) fn trace(&self, steps: u64) -> u64 {
        mix(self.trace, steps)
    }

    /// Looks at all nodes. A full look reads all logs again.
    pub(super) fn look(
        &mut self,
        slots: &[Slot],
        history: Option<&History>,
        is_full: bool,
    ) -> Result<(), String> {
        for slot in slots {
            self.metadata.look_at_votes(slot)?;
            if let Some(node) = slot.node() {
                self.metadata.look_at_leader(slot.id, node)?;
                self.take_image(node)?;
            }
        }
        if is_full {
            self.metadata.compare(slots)?;
            self.replicas.values_mut().for_each(|seen| seen.verified = 0);
        }
        for key in self.keys() {
            self.look_at(key, slots)
                .map_err(|wrong| format!("{}-{}: {wrong}", self.plan.topics[key.0].name, key.1))?;
        }
        for (key, end) in history.iter().flat_map(|history| &history.acknowledged_end) {
            let truth = self.truths.entry(*key).or_default();
            // A leader may commit, acknowledge and be replaced by one that has still to hear of the
            // others' logs, all since the last look.
            let committed = truth.told_end.max(truth.in_sync_end);
            if *end > committed {
                return Err(format!(
                    "{key:?}: all below {end} was acknowledged, only {committed} is committed"
                ));
            }
            truth.told_end = truth.told_end.max(*end);
        }
        Ok(())
    }

    fn keys(&self) -> Vec<Key> {
        let topics = self.plan.topics.iter().enumerate();
        topics
            .flat_map(|(at, topic)| (0..topic.replicas.len()).map(move |i| (at, i as i32)))
            .collect()
    }

    fn registration(&self, key: Key) -> Option<&Arc<PartitionRegistration>> {
        let name = TopicName::new(self.plan.topics[key.0].name.as_str());
        self.image.partition_of(&name, PartitionIndex::new(key.1))
    }

    /// Keeps the newest image, and checks what the controllers decided.
    fn take_image(&mut self, node: &Arc<Node>) -> Result<(), String> {
        let image = node.image();
        if image.provenance.offset <= self.image.provenance.offset {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.image, image);
        self.trace = mix(self.trace, self.image.provenance.offset.get() as u64);
        for topic in self.image.topics.values() {
            for (index, known) in topic.partitions.iter() {
                let old = before.partition_of(&topic.name, *index);
                check_registration(&self.image, known, old.map(|old| &**old))
                    .map_err(|wrong| format!("{}-{index}: {wrong}: {known:?}", topic.name))?;
            }
        }
        Ok(())
    }

    /// Whether the process registered itself as the broker that the image knows.
    pub(super) fn is_registered(&self, node: &Node) -> bool {
        let known = self.image.broker(node.config().node_id);
        known.is_some_and(|known| known.incarnation_id == node.incarnation_id)
    }

    fn look_at(&mut self, key: Key, slots: &[Slot]) -> Result<(), String> {
        let name = self.plan.topics[key.0].name.as_str();
        let is_fsync = self.plan.topics[key.0].is_fsync;
        let mut replicas: Vec<Replica> =
            slots.iter().filter_map(|slot| replica_of(slot, name, key.1)).collect();
        // Leaders first, the newest before: what is committed is learned from who committed it.
        replicas.sort_by_key(|replica| match &replica.role {
            Role::Leader(leadership) => (0, -leadership.epoch.get()),
            Role::Follower { .. } => (1, 0),
        });
        let known = self.registration(key).cloned();
        let held_by = |id: &BrokerId| {
            let held = replicas.iter().find(|replica| replica.node == id.get())?;
            held.is_online.then_some(held.log_end)
        };
        let ends = known.iter().flat_map(|known| &known.isr).map(held_by);
        let in_sync_end = ends.min().flatten().unwrap_or(0);
        self.truths.entry(key).or_default().in_sync_end = in_sync_end;
        for replica in &replicas {
            self.trace = mix(self.trace, replica.fingerprint());
            let truth = self.truths.entry(key).or_default();
            truth.told_end = truth.told_end.max(replica.high_watermark);
            if !replica.is_online {
                continue;
            }
            if let Role::Leader(leadership) = &replica.role {
                self.look_at_leader(key, replica, leadership)?;
                if let Some(known) = &known {
                    check_superset(replica, leadership, known)?;
                }
            }
            self.learn(key, replica)?;
        }
        for replica in replicas.iter().filter(|replica| replica.is_online) {
            let member = known.as_ref().is_some_and(|known| {
                let id = BrokerId::new(replica.node);
                known.isr.contains(&id) || known.elr.contains(&id)
            });
            let slot = &slots[(replica.node - 1) as usize];
            let is_current = slot.node().is_some_and(|node| self.is_registered(node));
            self.verify(key, replica, member && is_current, is_fsync)?;
        }
        Ok(())
    }

    fn look_at_leader(
        &mut self,
        key: Key,
        replica: &Replica,
        leadership: &Leadership,
    ) -> Result<(), String> {
        let truth = self.truths.entry(key).or_default();
        let id = BrokerId::new(replica.node);
        let leader = *truth.leaders.entry(leadership.epoch).or_insert(id);
        if leader != id {
            return Err(format!("{leader} and {id} both lead in epoch {}", leadership.epoch));
        }
        let seen = self.replicas.entry((replica.node, replica.life, key)).or_default();
        let Leadership { epoch, partition_epoch, isr, .. } = leadership;
        let now = Led {
            epoch: *epoch,
            partition_epoch: *partition_epoch,
            high_watermark: replica.high_watermark,
            in_sync: isr.len(),
        };
        let before = seen.led.replace(now).filter(|before| before.epoch == now.epoch);
        let Some(before) = before else { return Ok(()) };
        if before.high_watermark > now.high_watermark {
            return Err(format!(
                "the high watermark of {id} fell from {} to {} in epoch {epoch}",
                before.high_watermark, now.high_watermark
            ));
        }
        // Two changes since the last look: nobody saw who was in sync between them.
        let is_unseen = now.partition_epoch.get() > before.partition_epoch.get() + 1;
        let was_enough = is_unseen || before.in_sync.max(now.in_sync) >= MIN_ISR;
        if before.high_watermark < now.high_watermark && !was_enough {
            return Err(format!(
                "the high watermark of {id} moved to {} with {isr:?} in sync",
                now.high_watermark
            ));
        }
        Ok(())
    }

    /// Takes what a replica holds for committed for true, where nothing is known yet.
    fn learn(&mut self, key: Key, replica: &Replica) -> Result<(), String> {
        let truth = self.truths.entry(key).or_default();
        if replica.high_watermark <= truth.end {
            return Ok(());
        }
        for batch in replica.read(truth.end, replica.high_watermark)? {
            if batch.base != truth.end {
                return Err(format!("{batch:?} of {} does not follow {}", replica.node, truth.end));
            }
            truth.end = batch.end;
            truth.batches.push(batch);
        }
        if truth.end != replica.high_watermark {
            return Err(format!(
                "node {} holds all below {} for committed, and has only {}",
                replica.node, replica.high_watermark, truth.end
            ));
        }
        Ok(())
    }

    /// Compares a replica with what is committed: all of it where it could be elected, else what it
    /// holds for committed itself.
    fn verify(
        &mut self,
        key: Key,
        replica: &Replica,
        is_member: bool,
        is_fsync: bool,
    ) -> Result<(), String> {
        let known = self.registration(key).cloned();
        let Some(truth) = self.truths.get(&key) else { return Ok(()) };
        let id = replica.node;
        let seen = self.replicas.entry((id, replica.life, key)).or_default();
        let found_end = seen.found_end.get_or_insert(replica.log_end);
        *found_end = replica.log_end.min(*found_end);
        if is_member {
            let durable = replica.durable.max(*found_end);
            let has = if is_fsync { durable } else { replica.log_end };
            if has < truth.end {
                return Err(format!(
                    "node {id} may be elected and has {has} of {} (log end {}, {:?}); {:?}",
                    truth.end, replica.log_end, replica.role, known
                ));
            }
        }
        let limit = if is_member { truth.end } else { replica.high_watermark.min(truth.end) };
        if replica.log_end < seen.log_end {
            seen.verified = 0;
        }
        seen.log_end = replica.log_end;
        let expected = truth.batches.get(seen.verified..).unwrap_or_default();
        let from = expected.first().map_or(truth.end, |batch| batch.base);
        if from >= limit {
            return Ok(());
        }
        let found = replica.read(from, limit)?;
        for (at, batch) in found.iter().enumerate() {
            match expected.get(at) {
                Some(committed) if committed == batch => seen.verified += 1,
                committed => {
                    return Err(format!(
                        "node {id} has {batch:?} where {committed:?} was committed ({:?})",
                        replica.role
                    ));
                }
            }
        }
        Ok(())
    }

    /// Whether every replica has everything, and knows it.
    pub(super) fn is_replicated(&self, slots: &[Slot]) -> bool {
        self.keys().into_iter().all(|key| {
            let topic = &self.plan.topics[key.0];
            let replicas = slots.iter().filter_map(|slot| replica_of(slot, &topic.name, key.1));
            let end = self.truths.get(&key).map_or(0, |truth| truth.end);
            let whole =
                replicas.filter(|replica| replica.log_end == end && replica.high_watermark == end);
            whole.count() == topic.replicas[key.1 as usize].len()
        })
    }

    /// At rest everything that was acknowledged is there, once, in order, on every replica.
    pub(super) fn finish(&mut self, slots: &[Slot], history: &History) -> Result<(), String> {
        self.look(slots, Some(history), true)?;
        self.metadata.compare(slots)?;
        for key in self.keys() {
            let name = self.plan.topics[key.0].name.clone();
            let replica = slots.iter().find_map(|slot| replica_of(slot, &name, key.1));
            let values = replica.ok_or("no replica")?.values()?;
            let wrong = |what: String| format!("{name}-{}: {what}", key.1);
            for ((_, offset), value) in
                history.acknowledged.range((key, i64::MIN)..=(key, i64::MAX))
            {
                let found = values.get(offset);
                if found != Some(value) {
                    let what =
                        format!("{value:?} was acknowledged at {offset}, there is {found:?}");
                    return Err(wrong(what));
                }
            }
            for ((_, offset), value) in history.read.range((key, i64::MIN)..=(key, i64::MAX)) {
                let found = values.get(offset);
                if found != Some(value) {
                    let what = format!("{value:?} was read at {offset}, there is {found:?}");
                    return Err(wrong(what));
                }
            }
            let mut next: BTreeMap<u32, i32> = BTreeMap::new();
            for (offset, value) in &values {
                let text = std::str::from_utf8(value).map_err(|error| error.to_string())?;
                let (producer, sequence) = text.split_once(':').ok_or("a value of nobody")?;
                let producer: u32 = producer.parse().map_err(|_| "a value of nobody")?;
                let next = next.entry(producer).or_default();
                if sequence != next.to_string() {
                    return Err(wrong(format!("{text} at {offset}, where {next} comes next")));
                }
                *next += 1;
            }
            let produced = history.produced.range((key, 0)..=(key, u32::MAX));
            for ((_, producer), count) in produced {
                let found = next.get(producer).copied().unwrap_or(0);
                if found != *count {
                    return Err(wrong(format!("{found} of {count} records of {producer}")));
                }
            }
        }
        Ok(())
    }

    /// All replicas, for whoever reads a failure.
    pub(super) fn describe(&self, slots: &[Slot]) -> String {
        let mut out = String::new();
        for key in self.keys() {
            let name = &self.plan.topics[key.0].name;
            let end = self.truths.get(&key).map_or(0, |truth| truth.end);
            writeln!(out, "{name}-{}: committed {end}", key.1).unwrap();
            for replica in slots.iter().filter_map(|slot| replica_of(slot, name, key.1)) {
                writeln!(
                    out,
                    "  node {}: end {} hw {} durable {} {:?} {:?}",
                    replica.node,
                    replica.log_end,
                    replica.high_watermark,
                    replica.durable,
                    replica.role,
                    replica.partition.pending_isr_change().map(|change| change.kind.clone()),
                )
                .unwrap();
            }
        }
        for slot in slots {
            let status = slot.node().and_then(|node| node.quorum.status());
            let status = status.map(|s| (s.leader, s.epoch, s.high_watermark, s.log_end));
            writeln!(out, "node {}: quorum {status:?}", slot.id).unwrap();
        }
        out
    }
}

/// What holds for a partition in every state of the cluster (I8), and from one to the next.
fn check_registration(
    image: &ClusterImage,
    known: &PartitionRegistration,
    before: Option<&PartitionRegistration>,
) -> Result<(), &'static str> {
    let is_fenced = |id: &BrokerId| image.broker(*id).is_none_or(|broker| broker.fenced);
    if known.isr.iter().any(|id| known.elr.contains(id)) {
        return Err("a member of the ISR is in the ELR");
    }
    if known.isr.len() >= MIN_ISR && !known.elr.is_empty() {
        return Err("there is an ELR though enough replicas are in sync");
    }
    let is_last = known.isr.len() == 1 && known.leader == BrokerId::NONE;
    if !is_last && known.isr.iter().any(is_fenced) {
        return Err("a fenced broker is in the ISR");
    }
    if known.leader != BrokerId::NONE && !known.isr.contains(&known.leader) {
        return Err("the leader is not in the ISR");
    }
    let Some(before) = before else { return Ok(()) };
    if known.leader_epoch < before.leader_epoch || known.partition_epoch < before.partition_epoch {
        return Err("an epoch went back");
    }
    let is_same_epoch = known.leader_epoch == before.leader_epoch;
    if is_same_epoch && known.leader != before.leader {
        return Err("two leaders in an epoch");
    }
    Ok(())
}

/// Whom the controller may elect is counted by the leader, if it counts enough to commit (I1).
fn check_superset(
    replica: &Replica,
    leadership: &Leadership,
    known: &PartitionRegistration,
) -> Result<(), String> {
    let is_current =
        leadership.epoch == known.leader_epoch && known.leader == BrokerId::new(replica.node);
    if !is_current || leadership.isr.len() < MIN_ISR {
        return Ok(());
    }
    let pending = replica.partition.pending_isr_change();
    let joins = |id: &BrokerId| {
        pending.as_ref().is_some_and(|change| change.kind == IsrChangeKind::Expand(*id))
    };
    let electable = known.isr.iter().chain(&known.elr);
    let mut uncounted = electable.filter(|id| !leadership.isr.contains(id) && !joins(id));
    match uncounted.next() {
        None => Ok(()),
        Some(id) => Err(format!(
            "{id} may be elected and is not counted by its leader {leadership:?}, {pending:?}; \
             {known:?}"
        )),
    }
}

fn replica_of(slot: &Slot, topic: &str, index: i32) -> Option<Replica> {
    let node = slot.node()?;
    let partition = node.partitions.partition(topic, PartitionIndex::new(index))?;
    let (log_end, high_watermark, durable, log_start) = partition.with_log(|log| {
        (
            log.log_end_offset().get(),
            log.high_watermark().get(),
            log.durable_offset().get(),
            log.log_start_offset().get(),
        )
    })?;
    let (role, is_online) = (partition.role(), partition.is_online());
    let (node, life) = (slot.id, slot.life);
    Some(Replica {
        node,
        life,
        partition,
        role,
        log_end,
        high_watermark,
        durable,
        log_start,
        is_online,
    })
}

impl Replica {
    fn fingerprint(&self) -> u64 {
        let role = match &self.role {
            Role::Leader(leadership) => leadership.epoch.get() as u64,
            Role::Follower { epoch, .. } => (1 << 32) | epoch.get() as u64,
        };
        [self.node as u64, role, self.log_end as u64, self.high_watermark as u64]
            .into_iter()
            .fold(self.durable as u64, mix)
    }

    fn bytes(&self, from: i64, to: i64) -> Result<Bytes, String> {
        let read = |log: &mut PartitionLog| {
            let bounds = ReadBounds {
                offset_max: Offset::new(to),
                bytes_max: 1 << 24,
                min_one_batch: true,
                with_aborted: false,
            };
            let mut all = Vec::new();
            let mut next = from;
            // A read ends with its segment.
            while next < to {
                let found = log.read(Offset::new(next), &bounds).map_err(|e| e.to_string())?;
                let found = found.read_all().map_err(|e| e.to_string())?;
                let last = batches(found.clone()).map_while(Result::ok).last();
                let Some(last) = last else { break };
                next = last.header().next_offset().get();
                all.extend_from_slice(&found);
            }
            Ok(Bytes::from(all))
        };
        self.partition.with_log(read).unwrap_or_else(|| Err("the log is gone".to_owned()))
    }

    /// The batches between two offsets, each in the epoch that the log has noted for it (I10).
    fn read(&self, from: i64, to: i64) -> Result<Vec<Committed>, String> {
        let bytes = self.bytes(from, to)?;
        let mut found = Vec::new();
        for batch in batches(bytes) {
            let batch = batch.map_err(|error| format!("node {}: {error}", self.node))?;
            let header = batch.header();
            let epoch = header.partition_leader_epoch;
            let noted = self.partition.with_log(|log| log.epoch_for_offset(header.base_offset));
            if noted.flatten() != Some(epoch) {
                let all = self.partition.with_log(|log| log.epoch_entries().to_vec());
                return Err(format!(
                    "node {}: {} was written in epoch {epoch}, {all:?} are noted",
                    self.node, header.base_offset
                ));
            }
            found.push(Committed {
                base: header.base_offset.get(),
                end: header.next_offset().get(),
                checksum: crc32c(batch.bytes()),
            });
        }
        Ok(found)
    }

    /// All records of clients, by offset.
    fn values(&self) -> Result<BTreeMap<i64, Bytes>, String> {
        let mut values = BTreeMap::new();
        for batch in batches(self.bytes(self.log_start, self.log_end)?) {
            let batch = batch.map_err(|error| error.to_string())?;
            for record in batch.records().map_err(|error| error.to_string())? {
                let record = record.map_err(|error| error.to_string())?;
                values.insert(record.offset.get(), record.value.unwrap_or_default());
            }
        }
        Ok(values)
    }
}

/// Folds a number into a trace.
pub(super) fn mix(trace: u64, value: u64) -> u64 {
    (trace.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}
