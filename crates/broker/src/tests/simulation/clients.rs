//! Clients of the simulated cluster: idempotent producers that never give a batch up, and readers
//! at the end of each partition. What they were told is the history that is checked.

use super::nodes::host;
use crate::peers::Peer;
use bytes::Bytes;
use keld_env::{Address, Env};
use keld_record::{BatchBuilder, BatchProducer, Compression, batches};
use keld_types::{ErrorCode, ProducerEpoch, ProducerId, Uuid};
use keld_wire::messages as wire;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a client waits for an answer.
const ANSWER: Duration = Duration::from_millis(2500);
/// How often in a row a batch may be out of order: for longer than a leader that was replaced can
/// be reached when all is healed, or records are missing.
const OUT_OF_ORDER_MAX: u32 = 500;

/// A partition: its topic's place in the plan, and its index.
pub(super) type Key = (usize, i32);

/// What the clients were told.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The value of each acknowledged record.
    pub(super) acknowledged: BTreeMap<(Key, i64), Bytes>,
    /// The end of what was acknowledged.
    pub(super) acknowledged_end: BTreeMap<Key, i64>,
    /// What a reader saw at an offset.
    pub(super) read: BTreeMap<(Key, i64), Bytes>,
    /// How many records each producer was told are there.
    pub(super) produced: BTreeMap<(Key, u32), i32>,
    /// Producers that have not come to their end.
    pub(super) producing: usize,
    /// What no client may be told.
    pub(super) wrong: Option<String>,
}

/// A topic as the clients address it.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) id: Uuid,
}

/// What the clients share.
#[derive(Debug)]
pub(super) struct Clients {
    env: Env,
    peers: BTreeMap<i32, Peer>,
    topics: Vec<Topic>,
    leaders: Mutex<BTreeMap<Key, i32>>,
    history: Mutex<History>,
    is_ending: std::sync::atomic::AtomicBool,
}

impl Clients {
    pub(super) fn new(env: &Env, nodes: i32, topics: Vec<Topic>) -> Arc<Self> {
        let peer = |id| (id, Peer::new(env, "simulated", Address { host: host(id), port: 9092 }));
        Arc::new(Self {
            env: env.clone(),
            peers: (1..=nodes).map(peer).collect(),
            topics,
            leaders: Mutex::default(),
            history: Mutex::default(),
            is_ending: std::sync::atomic::AtomicBool::new(false),
        })
    }

    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Producers end after what they are about to produce.
    pub(super) fn end(&self) {
        self.is_ending.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Starts `producers` producers and a reader for a partition.
    pub(super) fn start(self: &Arc<Self>, key: Key, producers: u32) {
        for number in 0..producers {
            self.history().producing += 1;
            let this = Arc::clone(self);
            self.env.spawn.spawn(
                "producer",
                Box::pin(async move {
                    let outcome = this.produce(key, number).await;
                    let mut history = this.history();
                    history.producing -= 1;
                    if let Err(wrong) = outcome {
                        history.wrong.get_or_insert(wrong);
                    }
                }),
            );
        }
        let this = Arc::clone(self);
        self.env.spawn.spawn(
            "reader",
            Box::pin(async move {
                let wrong = this.follow(key).await;
                this.history().wrong.get_or_insert(wrong);
            }),
        );
    }

    fn below(&self, bound: u64) -> u64 {
        self.env.random.next_u64() % bound
    }

    async fn pause(&self, least_ms: u64, spread_ms: u64) {
        let wait = Duration::from_millis(least_ms + self.below(spread_ms));
        self.env.clock.sleep_until(self.env.clock.monotonic() + wait).await;
    }

    fn any(&self) -> &Peer {
        let at = self.below(self.peers.len() as u64) as usize;
        self.peers.values().nth(at).expect("there are nodes")
    }

    fn forget_leader(&self, key: Key) {
        self.leaders.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// The leader of a partition, as some node knows it.
    async fn leader(&self, key: Key) -> Option<&Peer> {
        let known = |id: &i32| self.peers.get(id);
        let held = self.leaders.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(id) = held {
            return known(&id);
        }
        let topic = wire::metadata_request::MetadataRequestTopic {
            name: Some(self.topics[key.0].name.as_str().into()),
            ..Default::default()
        };
        let request = wire::MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
        let answer = self.any().call(request, ANSWER).await.ok()?;
        let mut partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
        let leader = partitions.find(|partition| partition.partition_index == key.1)?.leader_id;
        self.leaders.lock().unwrap_or_else(PoisonError::into_inner).insert(key, leader);
        known(&leader)
    }

    async fn producer_id(&self) -> (i64, i16) {
        loop {
            let request =
                wire::InitProducerIdRequest { transactional_id: None, ..Default::default() };
            match self.any().call(request, ANSWER).await {
                Ok(answer) if answer.error_code.is_none() => {
                    return (answer.producer_id, answer.producer_epoch);
                }
                Ok(_) | Err(_) => self.pause(50, 200).await,
            }
        }
    }

    /// Produces until the end; an error is what may never be answered.
    async fn produce(&self, key: Key, number: u32) -> Result<(), String> {
        let (id, epoch) = self.producer_id().await;
        let mut next = 0;
        while !self.is_ending.load(std::sync::atomic::Ordering::Relaxed) {
            self.pause(20, 180).await;
            let count = 1 + self.below(3) as i32;
            let value = |sequence| Bytes::from(format!("{number}:{sequence}"));
            let values: Vec<Bytes> = (next..next + count).map(value).collect();
            let producer = BatchProducer {
                id: ProducerId::new(id),
                epoch: ProducerEpoch::new(epoch),
                base_sequence: next,
            };
            let mut builder = BatchBuilder::new(Compression::None).producer(producer);
            let now_ms = self.env.clock.wall_ms();
            for value in &values {
                builder.append(now_ms, None, Some(&value[..]), &[]).unwrap();
            }
            let records = builder.finish().unwrap();
            let base = self.send(key, &records).await?;
            let mut history = self.history();
            for (offset, value) in (base..).zip(values) {
                if let Some(before) = history.acknowledged.insert((key, offset), value.clone()) {
                    return Err(format!(
                        "{key:?}: {before:?} and {value:?} were both acknowledged at {offset}"
                    ));
                }
            }
            let end = history.acknowledged_end.entry(key).or_default();
            *end = (*end).max(base + i64::from(count));
            next += count;
            history.produced.insert((key, number), next);
        }
        Ok(())
    }

    /// Sends a batch until it is acknowledged; its base offset.
    async fn send(&self, key: Key, records: &Bytes) -> Result<i64, String> {
        let mut out_of_order = 0;
        loop {
            let answer = match self.leader(key).await {
                Some(leader) => {
                    let build = |version| self.produce_request(key, records, version);
                    leader.call_with(ANSWER, build).await.ok()
                }
                None => None,
            };
            let partition = answer.and_then(|answer: wire::ProduceResponse| {
                answer.responses.into_iter().next()?.partition_responses.into_iter().next()
            });
            match partition.map(|partition| (partition.error_code, partition.base_offset)) {
                Some((ErrorCode::NONE, base)) if base >= 0 => return Ok(base),
                // A leader that was replaced and does not know it misses what its successor has.
                Some((ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, _))
                    if out_of_order < OUT_OF_ORDER_MAX =>
                {
                    out_of_order += 1;
                    self.forget_leader(key);
                    self.pause(20, 200).await;
                }
                Some((
                    code @ (ErrorCode::NONE
                    | ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER
                    | ErrorCode::UNKNOWN_PRODUCER_ID
                    | ErrorCode::INVALID_PRODUCER_EPOCH
                    | ErrorCode::CORRUPT_MESSAGE
                    | ErrorCode::INVALID_RECORD
                    | ErrorCode::UNKNOWN_SERVER_ERROR),
                    base,
                )) => return Err(format!("{key:?}: a batch was answered {code:?}, {base}")),
                Some(_) | None => {
                    self.forget_leader(key);
                    self.pause(20, 200).await;
                }
            }
        }
    }

    fn produce_request(&self, key: Key, records: &Bytes, version: i16) -> wire::ProduceRequest {
        use wire::produce_request as request;
        let topic = &self.topics[key.0];
        let partition = request::PartitionProduceData {
            index: key.1,
            records: Some(records.clone().into()),
            ..Default::default()
        };
        let mut data =
            request::TopicProduceData { partition_data: vec![partition], ..Default::default() };
        match version {
            ..=12 => data.name = topic.name.as_str().into(),
            _ => data.topic_id = topic.id,
        }
        wire::ProduceRequest {
            acks: -1,
            timeout_ms: 2000,
            topic_data: vec![data],
            ..Default::default()
        }
    }

    /// Reads a partition for ever; ends with what may not be.
    async fn follow(&self, key: Key) -> String {
        let mut position = 0;
        loop {
            match self.fetch(key, position).await {
                Some(records) => match self.take(key, position, records) {
                    Ok(next) => position = next,
                    Err(wrong) => return wrong,
                },
                None => {
                    self.forget_leader(key);
                    self.pause(50, 200).await;
                }
            }
        }
    }

    async fn fetch(&self, key: Key, position: i64) -> Option<Bytes> {
        use wire::fetch_request as request;
        let leader = self.leader(key).await?;
        let build = |version| {
            let topic = &self.topics[key.0];
            let partition = request::FetchPartition {
                partition: key.1,
                fetch_offset: position,
                partition_max_bytes: 1 << 20,
                ..Default::default()
            };
            let mut wanted =
                request::FetchTopic { partitions: vec![partition], ..Default::default() };
            match version {
                ..=12 => wanted.topic = topic.name.as_str().into(),
                _ => wanted.topic_id = topic.id,
            }
            wire::FetchRequest {
                max_wait_ms: 500,
                min_bytes: 1,
                max_bytes: 1 << 20,
                topics: vec![wanted],
                ..Default::default()
            }
        };
        let answer: wire::FetchResponse = leader.call_with(ANSWER, build).await.ok()?;
        let partition = answer.responses.into_iter().next()?.partitions.into_iter().next()?;
        if !answer.error_code.is_none() || !partition.error_code.is_none() {
            return None;
        }
        partition.records.map_or(Some(Bytes::new()), |records| records.to_bytes())
    }

    /// Notes what was read; the next position.
    fn take(&self, key: Key, position: i64, records: Bytes) -> Result<i64, String> {
        let mut next = position;
        // The last batch may be cut off.
        for batch in batches(records).map_while(Result::ok) {
            let at = next;
            let wrong = |error: &dyn std::fmt::Display| format!("{key:?} at {at}: {error}");
            batch.verify_crc().map_err(|error| wrong(&error))?;
            for record in batch.records().map_err(|error| wrong(&error))? {
                let record = record.map_err(|error| wrong(&error))?;
                let offset = record.offset.get();
                if offset < next {
                    continue;
                }
                if offset > next {
                    return Err(format!("{key:?}: a reader was led from {next} to {offset}"));
                }
                self.history().read.insert((key, offset), record.value.unwrap_or_default());
                next += 1;
            }
        }
        Ok(next)
    }
}
