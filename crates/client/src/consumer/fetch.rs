//! Fetches under way: at most one to each broker, for the partitions that have nothing buffered.

use super::buffer::{Aborted, Buffer};
use super::{Consumer, ConsumerRecord};
use crate::client::Client;
use crate::error::{ApiError, ClientError};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use keld_env::BoxFuture;
use keld_types::{
    BrokerId, ErrorCode, IsolationLevel, Offset, PartitionIndex, ProducerId, TopicName,
    TopicPartition,
};
use keld_wire::Str;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::fetch_response::PartitionData;
use keld_wire::messages::{FetchRequest, FetchResponse};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The last version of Fetch that names topics; later ones use ids.
const FETCH_BY_NAME_VERSION: i16 = 12;

/// One fetch that came back.
#[derive(Debug)]
pub(super) struct Fetched {
    broker: BrokerId,
    /// What was asked for.
    asked: BTreeMap<TopicPartition, Offset>,
    answer: Result<FetchResponse, ClientError>,
}

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Fetches {
    client: Client,
    /// Never locked, only owned: the lock lets the consumer be shared, which bare futures forbid.
    under_way: Mutex<FuturesUnordered<BoxFuture<Fetched>>>,
    brokers: BTreeSet<BrokerId>,
    /// Came back while another was being started.
    returned: VecDeque<Fetched>,
}

impl Fetches {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            under_way: Mutex::new(FuturesUnordered::new()),
            brokers: BTreeSet::new(),
            returned: VecDeque::new(),
        }
    }

    /// The next fetch that comes back; `None` when none is under way.
    pub(super) async fn next(&mut self) -> Option<Fetched> {
        let fetched = match self.returned.pop_front() {
            Some(fetched) => fetched,
            None => under_way(&mut self.under_way).next().await?,
        };
        self.brokers.remove(&fetched.broker);
        Some(fetched)
    }

    fn start(
        &mut self,
        broker: BrokerId,
        asked: BTreeMap<TopicPartition, Offset>,
        request: FetchRequest,
    ) {
        let client = self.client.clone();
        self.brokers.insert(broker);
        let under_way = under_way(&mut self.under_way);
        under_way.push(Box::pin(async move {
            let timeout = client.config().request_timeout;
            let version_max = FETCH_BY_NAME_VERSION;
            let answer = client.call_broker(broker, request, version_max, timeout).await;
            Fetched { broker, asked, answer }
        }));
        // Polled once, the request is on its way while the records before it are worked on.
        while let Some(Some(fetched)) = under_way.next().now_or_never() {
            self.returned.push_back(fetched);
        }
    }
}

fn under_way(
    lock: &mut Mutex<FuturesUnordered<BoxFuture<Fetched>>>,
) -> &mut FuturesUnordered<BoxFuture<Fetched>> {
    lock.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Consumer {
    /// Fetches from every leader that is not already asked and has partitions with room.
    pub(super) fn start_fetches(&mut self) {
        let mut by_leader: BTreeMap<BrokerId, Vec<(u64, TopicPartition, Offset)>> = BTreeMap::new();
        let mut is_leaderless = false;
        for (partition, reading) in &self.reading {
            let Some(position) = reading.position else { continue };
            if reading.is_paused || reading.buffer.is_some() {
                continue;
            }
            let known = self.client.partition(&partition.topic, partition.partition);
            match known.and_then(|known| known.leader) {
                Some(leader) => by_leader.entry(leader).or_default().push((
                    reading.turn,
                    partition.clone(),
                    position,
                )),
                None => is_leaderless = true,
            }
        }
        if is_leaderless {
            self.forget_metadata();
        }
        for (leader, mut partitions) in by_leader {
            if self.fetches.brokers.contains(&leader) {
                continue;
            }
            // Those that were served longest ago come first: a full answer ends with the last.
            partitions.sort();
            let request = self.fetch_request(&partitions);
            let asked =
                partitions.into_iter().map(|(_, partition, offset)| (partition, offset)).collect();
            self.fetches.start(leader, asked, request);
        }
    }

    fn fetch_request(&self, partitions: &[(u64, TopicPartition, Offset)]) -> FetchRequest {
        let mut topics: Vec<FetchTopic> = Vec::new();
        for (_, partition, offset) in partitions {
            let entry = FetchPartition {
                partition: partition.partition.get(),
                fetch_offset: offset.get(),
                partition_max_bytes: self.config.partition_fetch_bytes_max,
                ..FetchPartition::default()
            };
            let place = topics.iter().position(|t| t.topic.as_str() == partition.topic.as_str());
            match place.and_then(|place| topics.get_mut(place)) {
                Some(topic) => topic.partitions.push(entry),
                None => topics.push(FetchTopic {
                    topic: Str::from(partition.topic.as_str()),
                    partitions: vec![entry],
                    ..FetchTopic::default()
                }),
            }
        }
        FetchRequest {
            replica_id: -1,
            max_wait_ms: i32::try_from(self.config.fetch_wait_max.as_millis()).unwrap_or(i32::MAX),
            min_bytes: self.config.fetch_bytes_min,
            max_bytes: self.config.fetch_bytes_max,
            isolation_level: match self.config.isolation {
                IsolationLevel::ReadUncommitted => 0,
                IsolationLevel::ReadCommitted => 1,
            },
            session_id: 0,
            session_epoch: -1,
            topics,
            ..FetchRequest::default()
        }
    }

    /// Buffers what a fetch brought, for partitions that are still read from where it asked.
    pub(super) fn take_in(&mut self, fetched: Fetched) -> Result<(), ClientError> {
        let response = match fetched.answer {
            Ok(response) => response,
            Err(error) if error.is_retriable() => {
                tracing::debug!(broker = %fetched.broker, %error, "fetch failed");
                self.forget_metadata();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        ClientError::check(
            || format!("fetching from broker {}", fetched.broker),
            response.error_code,
            None,
        )?;
        for topic in response.responses {
            let name = TopicName::new(topic.topic.as_str());
            for data in topic.partitions {
                let index = PartitionIndex::new(data.partition_index);
                let partition = TopicPartition::new(name.clone(), index);
                let asked = fetched.asked.get(&partition).copied();
                let is_current = self.reading.get(&partition).is_some_and(|reading| {
                    asked.is_some() && reading.position == asked && reading.buffer.is_none()
                });
                if is_current {
                    self.take_in_partition(partition, data)?;
                }
            }
        }
        Ok(())
    }

    fn take_in_partition(
        &mut self,
        partition: TopicPartition,
        data: PartitionData,
    ) -> Result<(), ClientError> {
        match data.error_code {
            ErrorCode::NONE => {}
            ErrorCode::OFFSET_OUT_OF_RANGE => {
                tracing::warn!(%partition, "the position is out of range and is reset");
                return self.reset(&partition);
            }
            code if code.is_retriable() => {
                tracing::debug!(%partition, %code, "fetch refused");
                self.forget_metadata();
                return Ok(());
            }
            code => {
                let what = format!("fetching {partition}");
                return Err(ClientError::Api { what, error: ApiError { code, message: None } });
            }
        }
        self.turn += 1;
        let turn = self.turn;
        let isolation = self.config.isolation;
        let Some(reading) = self.reading.get_mut(&partition) else { return Ok(()) };
        reading.high_watermark = Some(Offset::new(data.high_watermark));
        let records = data.records.as_ref().and_then(keld_wire::Records::to_bytes);
        let Some(records) = records.filter(|records| !records.is_empty()) else { return Ok(()) };
        let Some(position) = reading.position else { return Ok(()) };
        reading.turn = turn;
        let aborted = data
            .aborted_transactions
            .unwrap_or_default()
            .iter()
            .map(|aborted| Aborted {
                first_offset: Offset::new(aborted.first_offset),
                producer_id: ProducerId::new(aborted.producer_id),
            })
            .collect();
        reading.buffer = Some(Buffer::new(partition, position, records, isolation, aborted));
        Ok(())
    }

    /// Makes the metadata be asked for again, after a pause.
    fn forget_metadata(&mut self) {
        self.client.make_stale();
        self.wait_a_moment();
    }

    /// Hands out buffered records, up to `poll_records_max`, partition by partition.
    pub(super) fn hand_out(&mut self) -> Result<Vec<ConsumerRecord>, ClientError> {
        let mut records = Vec::new();
        let mut order: Vec<(u64, TopicPartition)> = self
            .reading
            .iter()
            .filter(|(_, reading)| reading.buffer.is_some() && !reading.is_paused)
            .map(|(partition, reading)| (reading.turn, partition.clone()))
            .collect();
        order.sort();
        for (_, partition) in order {
            let Some(reading) = self.reading.get_mut(&partition) else { continue };
            let Some(buffer) = &mut reading.buffer else { continue };
            while records.len() < self.config.poll_records_max {
                let next = match buffer.next() {
                    Ok(next) => next,
                    // What was read before the damage is handed out; the damage comes next time.
                    Err(_) if !records.is_empty() => return Ok(records),
                    Err(error) => {
                        reading.buffer = None;
                        return Err(error);
                    }
                };
                reading.position = Some(buffer.position());
                match next {
                    Some(record) => {
                        reading.leader_epoch = Some(record.leader_epoch);
                        records.push(record);
                    }
                    None => {
                        reading.buffer = None;
                        break;
                    }
                }
            }
        }
        Ok(records)
    }
}
