//! The task that sends batches to the leaders and reports what became of them.

use super::Shared;
use super::accumulator::{Advice, Outcome};
use super::batch::{Batch, Identity};
use crate::client::Topics;
use crate::error::{ApiError, ClientError};
use crate::timer;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use keld_env::{BoxFuture, Monotonic};
use keld_types::{
    BrokerId, Offset, PartitionIndex, ProducerEpoch, ProducerId, RequiredAcks, TopicName,
    TopicPartition,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::produce_response::PartitionProduceResponse;
use keld_wire::messages::{InitProducerIdRequest, ProduceRequest, ProduceResponse};
use keld_wire::{Records, Str};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The last version of Produce that names topics; later ones use ids.
const PRODUCE_BY_NAME_VERSION: i16 = 12;

type Batches = Vec<(TopicPartition, Batch)>;

/// One request that came back.
struct Returned {
    broker: BrokerId,
    batches: Batches,
    answer: Result<Option<ProduceResponse>, ClientError>,
}

/// Runs until the producer is closed and everything is written or has failed.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut sender = Sender {
        shared,
        under_way: FuturesUnordered::new(),
        requests: BTreeMap::new(),
        refresh_at: None,
    };
    loop {
        if sender.shared.accumulator().is_finished() && sender.under_way.is_empty() {
            return;
        }
        sender.step().await;
    }
}

struct Sender {
    shared: Arc<Shared>,
    under_way: FuturesUnordered<BoxFuture<Returned>>,
    /// Requests under way to each broker.
    requests: BTreeMap<BrokerId, usize>,
    /// When metadata may be asked for again.
    refresh_at: Option<Monotonic>,
}

impl Sender {
    async fn step(&mut self) {
        let now = self.now();
        self.shared.accumulator().expire(now);
        self.shared.progress.notify_waiters();
        self.get_identity().await;
        let leaderless = self.send_ready();
        self.refresh(leaderless).await;
        let deadline = self.next_deadline();
        let shared = Arc::clone(&self.shared);
        let clock = &*shared.client.env().clock;
        // In a fixed order: the simulator must see the same run for the same seed.
        tokio::select! {
            biased;
            Some(returned) = self.under_way.next() => self.take_back(returned),
            () = shared.wake.notified() => {}
            () = async {
                match deadline {
                    Some(deadline) => clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            } => {}
        }
        while let Some(Some(returned)) =
            futures_util::FutureExt::now_or_never(self.under_way.next())
        {
            self.take_back(returned);
        }
        self.shared.progress.notify_waiters();
    }

    fn now(&self) -> Monotonic {
        self.shared.client.env().clock.monotonic()
    }

    fn next_deadline(&self) -> Option<Monotonic> {
        let next = self.shared.accumulator().next_deadline();
        // A deadline in the past means that something waits for an answer or for metadata.
        let soon = self.now() + self.shared.client.config().retry_backoff;
        next.map(|at| if at <= self.now() { soon } else { at })
    }

    /// Asks for a producer id when one is needed; once, so that expiry goes on.
    async fn get_identity(&mut self) {
        if !self.shared.accumulator().needs_identity() {
            return;
        }
        let request = InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX,
            ..InitProducerIdRequest::default()
        };
        let error = match self.shared.client.call_any(request).await {
            Ok(response) => {
                let checked =
                    ClientError::check(|| "InitProducerId".to_owned(), response.error_code, None);
                match checked {
                    Ok(()) => {
                        self.shared.accumulator().set_identity(Identity {
                            id: ProducerId::new(response.producer_id),
                            epoch: ProducerEpoch::new(response.producer_epoch),
                        });
                        return;
                    }
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        if error.is_retriable() {
            tracing::debug!(%error, "no producer id yet");
            let pause = self.shared.client.config().retry_backoff;
            timer::sleep(&*self.shared.client.env().clock, pause).await;
        } else {
            self.shared.accumulator().fail_all(&error);
            self.shared.progress.notify_waiters();
        }
    }

    /// Sends what is ready and has a leader with room; gives the topics without a leader.
    fn send_ready(&mut self) -> BTreeSet<TopicName> {
        let mut leaderless = BTreeSet::new();
        loop {
            let now = self.now();
            let ready = self.shared.accumulator().ready(now);
            let mut requests: BTreeMap<BrokerId, (usize, Batches)> = BTreeMap::new();
            for partition in ready {
                let metadata = self.shared.client.partition(&partition.topic, partition.partition);
                let Some(leader) = metadata.and_then(|metadata| metadata.leader) else {
                    leaderless.insert(partition.topic.clone());
                    continue;
                };
                let in_flight = self.requests.get(&leader).copied().unwrap_or(0);
                if in_flight >= self.shared.config.in_flight_max {
                    continue;
                }
                let mut accumulator = self.shared.accumulator();
                let size = accumulator.next_size(&partition);
                let (total, batches) = requests.entry(leader).or_default();
                if !batches.is_empty() && *total + size > self.shared.config.request_bytes_max {
                    continue;
                }
                if let Some(batch) = accumulator.take(&partition) {
                    *total += size;
                    batches.push((partition, batch));
                }
            }
            requests.retain(|_, (_, batches)| !batches.is_empty());
            if requests.is_empty() {
                return leaderless;
            }
            for (broker, (_, batches)) in requests {
                self.send(broker, batches);
            }
        }
    }

    fn send(&mut self, broker: BrokerId, mut batches: Batches) {
        let identity = self.shared.accumulator().identity();
        let mut topics: BTreeMap<TopicName, Vec<PartitionProduceData>> = BTreeMap::new();
        let mut failed = Vec::new();
        for (place, (partition, batch)) in batches.iter_mut().enumerate() {
            match batch.encode(identity) {
                Ok(bytes) => {
                    topics.entry(partition.topic.clone()).or_default().push(PartitionProduceData {
                        index: partition.partition.get(),
                        records: Some(Records::from(bytes)),
                        ..PartitionProduceData::default()
                    })
                }
                Err(error) => failed.push((place, error)),
            }
        }
        let now = self.now();
        for (place, error) in failed.into_iter().rev() {
            let (partition, batch) = batches.remove(place);
            let outcome = Outcome::Lost(error);
            self.shared.accumulator().finish(&partition, batch, outcome, now);
        }
        if batches.is_empty() {
            return;
        }
        let client = self.shared.client.clone();
        let timeout = client.config().request_timeout;
        let acks = self.shared.config.acks;
        let request = ProduceRequest {
            transactional_id: None,
            acks: acks.as_i16(),
            timeout_ms: i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX),
            topic_data: topics
                .into_iter()
                .map(|(name, partition_data)| TopicProduceData {
                    name: Str::from(name.as_str()),
                    partition_data,
                    ..TopicProduceData::default()
                })
                .collect(),
            ..ProduceRequest::default()
        };
        *self.requests.entry(broker).or_default() += 1;
        self.under_way.push(Box::pin(async move {
            let version_max = PRODUCE_BY_NAME_VERSION;
            let answer = match acks {
                RequiredAcks::None => {
                    client.send_unanswered(broker, request, version_max).await.map(|()| None)
                }
                RequiredAcks::Leader | RequiredAcks::AllInSync => {
                    client.call_broker(broker, request, version_max, timeout).await.map(Some)
                }
            };
            Returned { broker, batches, answer }
        }));
    }

    fn take_back(&mut self, returned: Returned) {
        let Returned { broker, batches, answer } = returned;
        if let Some(count) = self.requests.get_mut(&broker) {
            *count = count.saturating_sub(1);
        }
        let now = self.now();
        let mut outcomes = match &answer {
            Ok(Some(response)) => outcomes(response),
            Ok(None) | Err(_) => BTreeMap::new(),
        };
        for (partition, batch) in batches {
            let outcome = match &answer {
                Ok(Some(_)) => outcomes.remove(&partition).unwrap_or_else(|| {
                    Outcome::Lost(ClientError::Disconnected {
                        broker: format!("broker {broker}"),
                        reason: format!("its answer does not speak of {partition}"),
                    })
                }),
                Ok(None) => Outcome::Written { base_offset: Offset::NONE, log_append_time: None },
                Err(error) => Outcome::Lost(error.clone()),
            };
            if let Outcome::Refused { error, .. } = &outcome {
                tracing::debug!(%partition, %error, attempts = batch.attempts(), "batch refused");
            }
            let retry_at = now + self.shared.client.config().backoff(batch.attempts());
            let advice = self.shared.accumulator().finish(&partition, batch, outcome, retry_at);
            if advice == Advice::RefreshMetadata {
                self.refresh_at.get_or_insert(now);
            }
        }
    }

    /// Asks for metadata after a failure, for topics without a leader, and when it is old.
    async fn refresh(&mut self, leaderless: BTreeSet<TopicName>) {
        let client = self.shared.client.clone();
        let now = self.now();
        let is_due = match self.refresh_at {
            Some(at) => at <= now,
            None => !leaderless.is_empty() || client.is_stale(),
        };
        if !is_due {
            return;
        }
        let mut topics = leaderless;
        topics.extend(client.metadata().topics.keys().cloned());
        // No more often than this, however many batches fail.
        self.refresh_at = None;
        let pause = client.config().retry_backoff;
        let create = self.shared.config.create_topics;
        if let Err(error) = client.refresh(Topics::These(topics.clone()), create).await {
            tracing::debug!(%error, "no metadata");
        }
        let metadata = client.metadata();
        let is_settled = topics.iter().all(|topic| {
            metadata
                .topics
                .get(topic)
                .is_some_and(|t| t.partitions.iter().all(|p| p.leader.is_some()))
        });
        if !is_settled {
            timer::sleep(&*client.env().clock, pause).await;
        }
    }
}

fn outcomes(response: &ProduceResponse) -> BTreeMap<TopicPartition, Outcome> {
    let mut outcomes = BTreeMap::new();
    for topic in &response.responses {
        let name = TopicName::new(topic.name.as_str());
        for partition in &topic.partition_responses {
            let index = PartitionIndex::new(partition.index);
            outcomes.insert(TopicPartition::new(name.clone(), index), outcome(partition));
        }
    }
    outcomes
}

fn outcome(partition: &PartitionProduceResponse) -> Outcome {
    match ApiError::check(partition.error_code, partition.error_message.as_deref()) {
        Ok(()) => Outcome::Written {
            base_offset: Offset::new(partition.base_offset),
            log_append_time: Some(partition.log_append_time_ms).filter(|time| *time >= 0),
        },
        Err(error) => Outcome::Refused {
            error,
            record_errors: partition
                .record_errors
                .iter()
                .filter_map(|record| {
                    let index = usize::try_from(record.batch_index).ok()?;
                    let message = record.batch_index_error_message.as_ref()?;
                    Some((index, message.to_string()))
                })
                .collect(),
        },
    }
}
