//! Brokers with a replica each of one partition, on disks of their own, and what they know of each
//! other. Requests are calls; the test says who asks whom, and when an answer comes.

use bytes::Bytes;
use keld_env::sim::{Crash, Process, SimClock, SimDisk, Simulation};
use keld_env::{Clock, Disk};
use keld_log::{
    AppendOrigin, DirectoryKind, EpochEndOffset, LogConfig, LogDirectory, MetaProperties, OpenLog,
};
use keld_metadata::{LeaderRecoveryState, PartitionRegistration};
use keld_record::{BatchBuilder, Compression};
use keld_replication::{
    Allowance, Append, Appended, BrokerStatus, Committed, Committers, CountsWhen, FollowerFetch,
    FollowerPosition, IsrChange, Lease, Offsets, Partition, PartitionError, Peers, Read, ReadFrom,
    ReadRequest, Settings, ThrottledPartitions, Waiting,
};
use keld_types::{
    BrokerEpoch, BrokerId, ClusterId, DirectoryId, LeaderEpoch, Offset, PartitionEpoch,
    PartitionIndex, RequiredAcks, TopicId, TopicName, TopicPartition, Uuid,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const LAG_MAX_MS: i64 = 30_000;

/// What all brokers know of each other, and what their leaders asked the controller for.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) brokers: Mutex<BTreeMap<i32, BrokerStatus>>,
    pub(crate) proposals: Mutex<Vec<(Arc<Partition>, Arc<IsrChange>)>>,
    /// Those of brokers that may stand still.
    pub(crate) leases: Mutex<BTreeMap<i32, Arc<Lease>>>,
}

#[derive(Debug)]
struct Known {
    world: Arc<World>,
    local: i32,
    clock: SimClock,
}

impl Peers for Known {
    fn broker(&self, id: BrokerId) -> Option<BrokerStatus> {
        self.world.brokers.lock().unwrap().get(&id.get()).copied()
    }

    fn local_epoch(&self) -> BrokerEpoch {
        self.broker(BrokerId::new(self.local)).map_or(BrokerEpoch::new(-1), |known| known.epoch)
    }

    fn holds_lease(&self) -> bool {
        let leases = self.world.leases.lock().unwrap();
        leases.get(&self.local).is_none_or(|lease| lease.holds(self.clock.monotonic()))
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.clock.monotonic().as_millis()).unwrap()
    }

    fn lag_max_ms(&self) -> i64 {
        LAG_MAX_MS
    }

    fn propose(&self, partition: Arc<Partition>, change: Arc<IsrChange>) {
        self.world.proposals.lock().unwrap().push((partition, change));
    }
}

pub(crate) struct Broker {
    process: Option<Process>,
    directory: Option<LogDirectory>,
    pub(crate) partition: Arc<Partition>,
}

pub(crate) struct Cluster {
    pub(crate) simulation: Simulation,
    pub(crate) world: Arc<World>,
    pub(crate) brokers: BTreeMap<i32, Broker>,
    settings: Settings,
    /// Broker epochs given so far.
    epochs: i64,
}

/// What came back to a follower.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) asked: FollowerPosition,
    pub(crate) records: Bytes,
    pub(crate) offsets: Offsets,
    pub(crate) diverging: Option<EpochEndOffset>,
}

fn topic_id() -> TopicId {
    TopicId::new(Uuid::from_parts(5, 5))
}

pub(crate) fn partition_name() -> TopicPartition {
    TopicPartition { topic: TopicName::new("t"), partition: PartitionIndex::new(0) }
}

pub(crate) fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId::new).collect()
}

impl Cluster {
    pub(crate) fn new(brokers: &[i32], min_isr: usize, counts_when: CountsWhen) -> Self {
        let settings = Settings {
            log: LogConfig { segment_bytes: 4096, ..LogConfig::default() },
            min_insync_replicas: min_isr,
            counts_when,
            throttled_leading: ThrottledPartitions::None,
            throttled_following: ThrottledPartitions::None,
        };
        let mut cluster = Self {
            simulation: Simulation::new(7),
            world: Arc::default(),
            brokers: BTreeMap::new(),
            settings,
            epochs: 100,
        };
        for id in brokers {
            let process = cluster.simulation.process(&format!("host{id}"));
            let meta = MetaProperties {
                cluster_id: ClusterId::new("cluster"),
                node_id: BrokerId::new(*id),
                directory_id: Some(DirectoryId::new(Uuid::from_parts(1, 200))),
            };
            LogDirectory::format(process.env().disk.as_ref(), Path::new("/d"), &meta).unwrap();
            process.env().disk.sync_dir(Path::new("/")).unwrap();
            cluster.open(*id, process);
        }
        cluster
    }

    fn open(&mut self, id: i32, process: Process) {
        let env = process.env().clone();
        let directory = LogDirectory::open(Arc::clone(&env.disk), PathBuf::from("/d")).unwrap();
        let log = directory
            .open_log(OpenLog {
                partition: partition_name(),
                kind: DirectoryKind::Current,
                topic_id: Some(topic_id()),
                config: self.settings.log.clone(),
                now_ms: env.clock.wall_ms(),
            })
            .unwrap();
        let committers = Committers::new(env);
        let local = BrokerId::new(id);
        let settings = self.settings.clone();
        let partition =
            Partition::new(&committers, partition_name(), topic_id(), local, settings, Some(log));
        partition.replicate_with(Arc::new(Known {
            world: Arc::clone(&self.world),
            local: id,
            clock: self.simulation.clock().clone(),
        }));
        self.epochs += 1;
        let status = BrokerStatus {
            epoch: BrokerEpoch::new(self.epochs),
            is_fenced: false,
            is_shutting_down: false,
        };
        self.world.brokers.lock().unwrap().insert(id, status);
        let broker = Broker { process: Some(process), directory: Some(directory), partition };
        self.brokers.insert(id, broker);
    }

    /// Kills a broker and starts it again; with `power` its disk loses what was not synced. It knows
    /// no leader until it is told.
    pub(crate) fn restart(&mut self, id: i32, power: bool) {
        self.restart_without(id, power, &[]);
    }

    /// The same; meanwhile its disk loses some files, if it has them.
    pub(crate) fn restart_without(&mut self, id: i32, power: bool, lost: &[String]) {
        let mut broker = self.brokers.remove(&id).unwrap();
        broker.partition.delete();
        drop(broker.directory.take());
        let process = broker.process.take().unwrap();
        let disk: SimDisk =
            if power { process.power_off(Crash::PowerLossAll) } else { process.kill() };
        let host = format!("host{id}");
        if power {
            self.simulation.net().power_on(&host);
        }
        for path in lost.iter().map(Path::new) {
            if disk.stat(path).unwrap().is_some() {
                disk.remove_file(path).unwrap();
            }
        }
        let process = self.simulation.process_on(&host, disk);
        self.open(id, process);
    }

    pub(crate) fn partition(&self, id: i32) -> &Arc<Partition> {
        &self.brokers[&id].partition
    }

    pub(crate) fn apply(&self, to: &[i32], registration: &PartitionRegistration) {
        for id in to {
            self.partition(*id).apply(registration);
        }
        self.settle();
    }

    /// Lets committers do what they were asked for.
    pub(crate) fn settle(&self) {
        self.simulation.run_for(Duration::from_millis(10)).unwrap();
    }

    pub(crate) fn append(
        &self,
        id: i32,
        values: &[&str],
        acks: RequiredAcks,
    ) -> Result<(Appended, Committed), PartitionError> {
        let mut builder = BatchBuilder::new(Compression::None);
        for value in values {
            let now = keld_env::sim::WALL_START_MS;
            builder.append(now, None, Some(value.as_bytes()), &[]).unwrap();
        }
        let batch = builder.finish_batch().unwrap();
        let append =
            Append { batch: &batch, origin: AppendOrigin::Client, acks, leader_epoch: None };
        let partition = self.partition(id);
        let appended = partition.append(&append)?;
        Ok((appended, partition.committed(appended.required, appended.leader_epoch)))
    }

    /// A follower's request to its leader, and what came back. `None` while it has none.
    pub(crate) fn ask(&self, id: i32) -> Option<Result<Answer, PartitionError>> {
        let mut asked = self.partition(id).follower_position().unwrap()?;
        if asked.awaits_durability {
            let durable = self.partition(id).durable(asked.fetch_offset, asked.leader_epoch);
            let process = self.brokers[&id].process.as_ref().unwrap();
            self.simulation.run(process, durable).unwrap().unwrap();
            asked = self.partition(id).follower_position().unwrap()?;
            assert!(!asked.awaits_durability, "now it is");
        }
        let leader = self.brokers.get(&asked.leader.get())?;
        let epoch = self.world.brokers.lock().unwrap()[&id].epoch;
        Some(self.ask_as(&leader.partition, id, epoch, asked))
    }

    /// The same, in the name of any incarnation.
    pub(crate) fn ask_as(
        &self,
        leader: &Arc<Partition>,
        id: i32,
        broker_epoch: BrokerEpoch,
        asked: FollowerPosition,
    ) -> Result<Answer, PartitionError> {
        let request = ReadRequest {
            offset: asked.fetch_offset,
            bytes_max: 1 << 20,
            min_one_batch: true,
            from: ReadFrom::Replica,
            current_leader_epoch: Some(asked.leader_epoch),
            last_fetched_epoch: asked.last_fetched_epoch,
        };
        let now = self.simulation.clock().monotonic();
        let fetch = FollowerFetch {
            id: BrokerId::new(id),
            broker_epoch,
            log_start: asked.log_start,
            arrived_ms: Some(i64::try_from(now.as_millis()).unwrap()),
        };
        let Read { offsets, data, diverging, .. } =
            leader.read_as_follower(&request, &fetch, Allowance::Unlimited, Waiting::Allowed)?;
        let records = data.map(|data| data.read_all().unwrap()).unwrap_or_default();
        Ok(Answer { asked, records, offsets, diverging })
    }

    /// The values in a replica's log, from its start.
    pub(crate) fn values(&self, id: i32) -> Vec<String> {
        let mut values = Vec::new();
        for batch in keld_record::batches(self.bytes(id)) {
            for record in batch.unwrap().records().unwrap() {
                let record = record.unwrap();
                values.push(String::from_utf8(record.value.unwrap().to_vec()).unwrap());
            }
        }
        values
    }

    /// The bytes of a replica's log, from its start.
    pub(crate) fn bytes(&self, id: i32) -> Bytes {
        let read = |log: &mut keld_log::PartitionLog| {
            let bounds = keld_log::ReadBounds {
                offset_max: log.log_end_offset(),
                bytes_max: 1 << 20,
                min_one_batch: true,
                with_aborted: false,
            };
            let mut all = Vec::new();
            let mut next = log.log_start_offset();
            while next < log.log_end_offset() {
                let bytes = log.read(next, &bounds).unwrap().read_all().unwrap();
                let last = keld_record::batches(bytes.clone()).last().unwrap().unwrap();
                next = last.header().next_offset();
                all.extend_from_slice(&bytes);
            }
            Bytes::from(all)
        };
        self.partition(id).with_log(read).unwrap()
    }

    pub(crate) fn offsets(&self, id: i32) -> Offsets {
        self.partition(id).offsets().unwrap()
    }

    pub(crate) fn epochs(&self, id: i32) -> Vec<(LeaderEpoch, Offset)> {
        self.partition(id).with_log(|log| log.epoch_entries().to_vec()).unwrap()
    }
}

pub(crate) fn registration(
    leader: i32,
    epoch: i32,
    partition_epoch: i32,
    replicas: &[i32],
    isr: &[i32],
) -> PartitionRegistration {
    PartitionRegistration {
        directories: vec![DirectoryId::MIGRATING; replicas.len()],
        isr: ids(isr),
        replicas: ids(replicas),
        removing_replicas: Vec::new(),
        adding_replicas: Vec::new(),
        elr: Vec::new(),
        last_known_elr: Vec::new(),
        leader: BrokerId::new(leader),
        leader_recovery_state: LeaderRecoveryState::Recovered,
        leader_epoch: LeaderEpoch::new(epoch),
        partition_epoch: PartitionEpoch::new(partition_epoch),
    }
}
