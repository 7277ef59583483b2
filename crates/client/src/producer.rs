//! Sending records: in batches, in order, at least once or, idempotent, once.
//!
//! [`Producer::send`] chooses the partition and puts the record into the partition's open batch;
//! one task sends batches to the leaders, several requests at once, and retries until
//! `delivery.timeout.ms`. Records of a partition are appended in the order they were sent in: after
//! a failure nothing more of the partition goes out before what failed has been sent again.

mod accumulator;
mod batch;
mod partitioner;
mod sender;

pub use partitioner::partition_for_key;

use crate::client::Client;
use crate::error::ClientError;
use crate::timer;
use accumulator::Accumulator;
use batch::Pending;
use bytes::Bytes;
use keld_record::{Compression, CompressionWithLevel, Header};
use keld_types::{Offset, PartitionIndex, RequiredAcks, TopicName, TopicPartition};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, oneshot};

/// Settings of a producer, with Kafka's defaults.
#[derive(Clone, Debug)]
pub struct ProducerConfig {
    /// `acks`.
    pub acks: RequiredAcks,
    /// `enable.idempotence`: retries never write a record twice. Needs `acks` all.
    pub idempotence: bool,
    /// `compression.type` and its level.
    pub compression: CompressionWithLevel,
    /// `linger.ms`: how long a batch waits for more records.
    pub linger: Duration,
    /// `batch.size`: bytes at which a batch is sent at once.
    pub batch_bytes: usize,
    /// `max.request.size`: the largest request, and the largest record.
    pub request_bytes_max: usize,
    /// `buffer.memory`: bytes of unsent records at which `send` waits.
    pub buffer_bytes: usize,
    /// `max.block.ms`: how long `send` may wait for metadata and memory.
    pub block_max: Duration,
    /// `delivery.timeout.ms`: how long a record may take, retries included.
    pub delivery_timeout: Duration,
    /// `max.in.flight.requests.per.connection`: at most 5 when idempotent.
    pub in_flight_max: usize,
    /// Whether to let the brokers create missing topics, where they are set to.
    pub create_topics: bool,
}

impl Default for ProducerConfig {
    fn default() -> Self {
        Self {
            acks: RequiredAcks::AllInSync,
            idempotence: true,
            compression: Compression::None.into(),
            linger: Duration::from_millis(5),
            batch_bytes: 16_384,
            request_bytes_max: 1_048_576,
            buffer_bytes: 32 << 20,
            block_max: Duration::from_secs(60),
            delivery_timeout: Duration::from_secs(120),
            in_flight_max: 5,
            create_topics: true,
        }
    }
}

/// The broker remembers this many batches of a producer; more in flight could not be told apart.
const IDEMPOTENT_IN_FLIGHT_MAX: usize = 5;

impl ProducerConfig {
    fn check(&self) -> Result<(), ClientError> {
        let refuse = |what: &str| Err(ClientError::Misuse(what.to_owned()));
        if self.idempotence && self.acks != RequiredAcks::AllInSync {
            return refuse("`enable.idempotence` needs `acks=all`");
        }
        if self.idempotence && self.in_flight_max > IDEMPOTENT_IN_FLIGHT_MAX {
            return refuse(
                "`enable.idempotence` allows at most 5 `max.in.flight.requests.per.connection`",
            );
        }
        if self.in_flight_max == 0 || self.batch_bytes == 0 || self.buffer_bytes == 0 {
            return refuse("in-flight requests, batch size and buffer memory must be positive");
        }
        Ok(())
    }
}

/// A record to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerRecord {
    /// Where to.
    pub topic: TopicName,
    /// The partition; `None` lets the key decide, or without a key the producer.
    pub partition: Option<PartitionIndex>,
    /// Milliseconds since 1970; `None` for now.
    pub timestamp: Option<i64>,
    /// The key.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
}

impl ProducerRecord {
    /// A record with a value and nothing else.
    pub fn new(topic: TopicName, value: impl Into<Bytes>) -> Self {
        Self {
            topic,
            partition: None,
            timestamp: None,
            key: None,
            value: Some(value.into()),
            headers: Vec::new(),
        }
    }

    /// The same with a key.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Bytes>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// An upper bound of its size in a batch.
    fn size_max(&self) -> usize {
        let headers: usize = self
            .headers
            .iter()
            .map(|header| header.key.len() + header.value.as_ref().map_or(0, Bytes::len) + 10)
            .sum();
        self.key.as_ref().map_or(0, Bytes::len)
            + self.value.as_ref().map_or(0, Bytes::len)
            + headers
            + 36
    }
}

/// Where a record ended up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordMetadata {
    /// The partition.
    pub partition: TopicPartition,
    /// Its offset; [`Offset::NONE`] when the broker did not say (`acks=0`, or a batch that had
    /// already been written).
    pub offset: Offset,
    /// Its timestamp, the broker's if the topic uses LogAppendTime.
    pub timestamp: i64,
}

/// A record on its way. Dropping it does not stop the record.
#[derive(Debug)]
pub struct Delivery {
    answer: oneshot::Receiver<Result<RecordMetadata, ClientError>>,
}

impl Future for Delivery {
    type Output = Result<RecordMetadata, ClientError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| match answer {
            Ok(result) => result,
            Err(_) => Err(ClientError::Closed),
        })
    }
}

/// Sends records. Cheap to clone; when the last clone is dropped, what is left is still sent.
#[derive(Clone, Debug)]
pub struct Producer {
    handle: Arc<Handle>,
}

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.accumulator().close();
        self.shared.wake.notify_one();
    }
}

#[derive(Debug)]
struct Shared {
    client: Client,
    config: ProducerConfig,
    accumulator: Mutex<Accumulator>,
    memory: Arc<Semaphore>,
    /// Wakes the sending task.
    wake: Notify,
    /// Wakes whoever waits for batches to be done.
    progress: Notify,
}

impl Shared {
    fn accumulator(&self) -> MutexGuard<'_, Accumulator> {
        self.accumulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Producer {
    /// Starts a producer with connections of its own.
    pub fn new(client: &Client, config: ProducerConfig) -> Result<Self, ClientError> {
        config.check()?;
        let client = client.separate();
        let permits = config.buffer_bytes.min(Semaphore::MAX_PERMITS);
        let shared = Arc::new(Shared {
            accumulator: Mutex::new(Accumulator::new(&config)),
            memory: Arc::new(Semaphore::new(permits)),
            wake: Notify::new(),
            progress: Notify::new(),
            client,
            config,
        });
        let task = sender::run(Arc::clone(&shared));
        shared.client.env().spawn.spawn("producer", Box::pin(task));
        Ok(Self { handle: Arc::new(Handle { shared }) })
    }

    /// Takes a record; completes when it is in a batch, the [`Delivery`] when it is written. Waits
    /// for metadata and memory up to `block_max`.
    pub async fn send(&self, record: ProducerRecord) -> Result<Delivery, ClientError> {
        let shared = &*self.handle.shared;
        let clock = &*shared.client.env().clock;
        let deadline = clock.monotonic() + shared.config.block_max;
        let put = timer::until(clock, deadline, self.put(record)).await;
        put.unwrap_or_else(|timer::Elapsed| {
            Err(ClientError::Timeout {
                what: "waiting for the topic's metadata or for memory".to_owned(),
                after: shared.config.block_max,
            })
        })
    }

    async fn put(&self, record: ProducerRecord) -> Result<Delivery, ClientError> {
        let shared = &*self.handle.shared;
        let size = record.size_max();
        if size > shared.config.request_bytes_max || size > shared.config.buffer_bytes {
            return Err(ClientError::Record {
                topic: record.topic,
                reason: format!(
                    "it takes up to {size} bytes, more than `max.request.size` {} or `buffer.memory` {}",
                    shared.config.request_bytes_max, shared.config.buffer_bytes
                ),
            });
        }
        let topic = shared.client.topic(&record.topic, shared.config.create_topics).await?;
        let permits = u32::try_from(size).map_err(|_| ClientError::Closed)?;
        let memory = Arc::clone(&shared.memory)
            .acquire_many_owned(permits)
            .await
            .map_err(|_| ClientError::Closed)?;
        let env = shared.client.env();
        let timestamp = record.timestamp.unwrap_or_else(|| env.clock.wall_ms());
        let (done, answer) = oneshot::channel();
        let pending = Pending { done, timestamp };
        let now = env.clock.monotonic();
        let is_ready = {
            let mut accumulator = shared.accumulator();
            let partition =
                accumulator.choose_partition(&topic, &record, |bound| env.random.below(bound))?;
            accumulator.append(partition, &record, pending, memory, now)?
        };
        if is_ready {
            shared.wake.notify_one();
        }
        Ok(Delivery { answer })
    }

    /// Sends what waits and completes when every record sent so far is written or has failed.
    pub async fn flush(&self) {
        let shared = &*self.handle.shared;
        let until = shared.accumulator().flush();
        shared.wake.notify_one();
        loop {
            let mut progress = pin!(shared.progress.notified());
            // Counts from here on, so that nothing done between the look and the wait is missed.
            progress.as_mut().enable();
            if shared.accumulator().is_done_until(until) {
                return;
            }
            progress.await;
        }
    }

    /// Flushes, at most for `timeout`, then fails what is left and takes no more records.
    pub async fn close(self, timeout: Duration) -> Result<(), ClientError> {
        let shared = Arc::clone(&self.handle.shared);
        let clock = &*shared.client.env().clock;
        let deadline = clock.monotonic() + timeout;
        let flushed = timer::until(clock, deadline, self.flush()).await;
        shared.accumulator().close();
        shared.wake.notify_one();
        flushed.map_err(|timer::Elapsed| ClientError::Timeout {
            what: "flushing the producer".to_owned(),
            after: timeout,
        })
    }
}

#[cfg(test)]
mod tests;
