//! Batches that wait, are under way, or come back: what to send next, and in which order.
//!
//! Pure: the sending task asks, sends, and reports. Invariants, for each partition:
//! - Batches are sent in the order of their ids, with consecutive sequences when idempotent.
//! - While a failed batch waits to be sent again, no later batch goes out: first everything under
//!   way has to come back (`is_holding`).
//! - A batch keeps its sequence as long as it may have been written. Only when a batch before it
//!   was refused for good do the sequences behind it move down, once nothing is under way.

use super::batch::{Batch, BatchBytes, BatchCore, Identity, Incomplete, OpenBatch, Pending};
use super::partitioner::partition_for_key;
use super::{ProducerConfig, ProducerRecord};
use crate::error::{ApiError, ClientError};
use crate::metadata::TopicMetadata;
use keld_env::Monotonic;
use keld_record::{BatchBuilder, CompressionWithLevel, decrement_sequence, increment_sequence};
use keld_types::{ErrorCode, Offset, PartitionIndex, TopicName, TopicPartition};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

#[derive(Debug, Default)]
struct Queue {
    closed: VecDeque<Batch>,
    open: Option<OpenBatch>,
    under_way: usize,
    is_holding: bool,
    retry_at: Option<Monotonic>,
    next_sequence: i32,
    /// Sequence and count of batches that were refused for good and leave a gap.
    gaps: Vec<(i32, i32)>,
}

#[derive(Clone, Copy, Debug)]
struct Sticky {
    partition: PartitionIndex,
    bytes: usize,
}

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Accumulator {
    compression: CompressionWithLevel,
    batch_bytes: usize,
    linger: Duration,
    delivery_timeout: Duration,
    in_flight_max: usize,
    idempotence: bool,
    queues: BTreeMap<TopicPartition, Queue>,
    sticky: BTreeMap<TopicName, Sticky>,
    incomplete: Incomplete,
    next_id: u64,
    flush_until: u64,
    identity: Option<Identity>,
    /// The identity is worth nothing any more: drain, get another, number anew.
    is_identity_lost: bool,
    last_served: Option<TopicPartition>,
    is_closed: bool,
}

/// What the sending task learns about a batch.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// Written; the offset of its first record and the broker's timestamp, if it set one.
    Written { base_offset: Offset, log_append_time: Option<i64> },
    /// Refused by the broker.
    Refused { error: ApiError, record_errors: BTreeMap<usize, String> },
    /// Nobody knows.
    Lost(ClientError),
}

/// What has to be done about the cluster's metadata after an outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Advice {
    Nothing,
    RefreshMetadata,
}

impl Accumulator {
    pub(super) fn new(config: &ProducerConfig) -> Self {
        Self {
            compression: config.compression,
            batch_bytes: config.batch_bytes,
            linger: config.linger,
            delivery_timeout: config.delivery_timeout,
            in_flight_max: config.in_flight_max,
            idempotence: config.idempotence,
            queues: BTreeMap::new(),
            sticky: BTreeMap::new(),
            incomplete: Incomplete::default(),
            next_id: 0,
            flush_until: 0,
            identity: None,
            is_identity_lost: false,
            last_served: None,
            is_closed: false,
        }
    }

    /// The record's own partition, its key's, or one that is kept for about a batch (KIP-794).
    pub(super) fn choose_partition(
        &mut self,
        topic: &TopicMetadata,
        record: &ProducerRecord,
        below: impl Fn(u64) -> u64,
    ) -> Result<TopicPartition, ClientError> {
        let missing = |reason: String| ClientError::Topic { topic: topic.name.clone(), reason };
        let partition = if let Some(partition) = record.partition {
            if !topic.partitions.iter().any(|known| known.index == partition) {
                let count = topic.partitions.len();
                return Err(missing(format!("has {count} partitions, no partition {partition}")));
            }
            partition
        } else if let Some(key) = &record.key {
            let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            partition_for_key(key, count).ok_or_else(|| missing("has no partitions".to_owned()))?
        } else {
            self.stick(topic, record.size_max(), below)
                .ok_or_else(|| missing("has no partitions".to_owned()))?
        };
        Ok(TopicPartition::new(topic.name.clone(), partition))
    }

    fn stick(
        &mut self,
        topic: &TopicMetadata,
        size: usize,
        below: impl Fn(u64) -> u64,
    ) -> Option<PartitionIndex> {
        let last = self.sticky.get_mut(&topic.name);
        if let Some(sticky) = last
            && sticky.bytes < self.batch_bytes
        {
            sticky.bytes += size;
            return Some(sticky.partition);
        }
        let last = self.sticky.get(&topic.name).map(|sticky| sticky.partition);
        let with_leader: Vec<PartitionIndex> =
            topic.partitions.iter().filter(|p| p.leader.is_some()).map(|p| p.index).collect();
        let all: Vec<PartitionIndex> = topic.partitions.iter().map(|p| p.index).collect();
        let candidates = if with_leader.is_empty() { all } else { with_leader };
        let others: Vec<PartitionIndex> =
            candidates.iter().copied().filter(|index| Some(*index) != last).collect();
        let candidates = if others.is_empty() { candidates } else { others };
        let index = usize::try_from(below(candidates.len() as u64)).ok()?;
        let partition = *candidates.get(index)?;
        self.sticky.insert(topic.name.clone(), Sticky { partition, bytes: size });
        Some(partition)
    }

    /// Adds a record to its partition's open batch; true when there may be something to send that
    /// was not there before.
    pub(super) fn append(
        &mut self,
        partition: TopicPartition,
        record: &ProducerRecord,
        pending: Pending,
        memory: OwnedSemaphorePermit,
        now: Monotonic,
    ) -> Result<bool, ClientError> {
        if self.is_closed {
            return Err(ClientError::Closed);
        }
        let queue = self.queues.entry(partition).or_default();
        let mut is_ready = false;
        let is_full = queue
            .open
            .as_ref()
            .is_some_and(|open| open.builder.size() + record.size_max() > self.batch_bytes);
        if is_full {
            queue.close_open();
            is_ready = true;
        }
        let mut open = match queue.open.take() {
            Some(mut open) => {
                open.core.memory.merge(memory);
                open
            }
            None => {
                let id = self.next_id;
                self.next_id += 1;
                self.incomplete.insert(id);
                is_ready = true;
                let core = BatchCore { id, first: 0, pending: Vec::new(), memory, created: now };
                OpenBatch { builder: BatchBuilder::new(self.compression), core }
            }
        };
        let appended = open.builder.append(
            pending.timestamp,
            record.key.as_deref(),
            record.value.as_deref(),
            &record.headers,
        );
        if let Err(error) = appended {
            // Only a record beyond 2 GiB gets here; what was in the batch stays.
            if open.builder.is_empty() {
                self.incomplete.remove(open.core.id);
            } else {
                queue.open = Some(open);
            }
            return Err(ClientError::Record {
                topic: record.topic.clone(),
                reason: error.to_string(),
            });
        }
        open.core.pending.push(pending);
        let is_full = open.builder.size() >= self.batch_bytes;
        queue.open = Some(open);
        if is_full {
            queue.close_open();
        }
        Ok(is_ready || is_full)
    }

    /// Makes everything so far ready; gives what [`is_done_until`](Self::is_done_until) takes.
    pub(super) fn flush(&mut self) -> u64 {
        self.flush_until = self.next_id;
        self.next_id
    }

    /// Whether every batch made before is written or failed.
    pub(super) fn is_done_until(&self, until: u64) -> bool {
        self.incomplete.first().is_none_or(|first| first >= until)
    }

    /// Takes no more records; what is there is sent at once.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.flush();
    }

    /// Whether it was closed and nothing is left to do.
    pub(super) fn is_finished(&self) -> bool {
        self.is_closed && self.incomplete.is_empty()
    }

    /// Whether the task must get an identity before anything can be sent.
    pub(super) fn needs_identity(&self) -> bool {
        let needed = self.idempotence && (self.identity.is_none() || self.is_identity_lost);
        needed && self.under_way() == 0 && !self.incomplete.is_empty()
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Takes a new identity: every sequence starts anew.
    pub(super) fn set_identity(&mut self, identity: Identity) {
        self.identity = Some(identity);
        self.is_identity_lost = false;
        for queue in self.queues.values_mut() {
            queue.next_sequence = 0;
            queue.gaps.clear();
            for batch in &mut queue.closed {
                batch.sequence = None;
            }
        }
    }

    /// Fails everything that waits.
    pub(super) fn fail_all(&mut self, error: &ClientError) {
        for queue in self.queues.values_mut() {
            queue.close_open();
            for batch in queue.closed.drain(..) {
                self.incomplete.remove(batch.core.id);
                batch.fail(error);
            }
        }
    }

    fn under_way(&self) -> usize {
        self.queues.values().map(|queue| queue.under_way).sum()
    }

    /// Fails batches that waited longer than `delivery.timeout.ms`.
    pub(super) fn expire(&mut self, now: Monotonic) {
        let limit = self.delivery_timeout;
        let is_old = |core: &BatchCore| now.saturating_sub(core.created) >= limit;
        for (partition, queue) in &mut self.queues {
            if queue.open.as_ref().is_some_and(|open| is_old(&open.core)) {
                queue.close_open();
            }
            let (old, young) = queue.closed.drain(..).partition(|batch| is_old(&batch.core));
            queue.closed = young;
            let old: VecDeque<Batch> = old;
            for batch in old {
                // It may or may not have been written: its sequence cannot be given to another.
                self.is_identity_lost |= batch.sequence.is_some();
                self.incomplete.remove(batch.core.id);
                let last_error = batch.last_error.clone();
                batch.fail(&ClientError::Delivery {
                    partition: partition.clone(),
                    after: limit,
                    last_error: last_error
                        .unwrap_or_else(|| "the partition had no leader to send to".to_owned()),
                });
            }
        }
    }

    /// The partitions with a batch that may be sent now, starting after the last one served.
    pub(super) fn ready(&mut self, now: Monotonic) -> Vec<TopicPartition> {
        if self.idempotence && (self.identity.is_none() || self.is_identity_lost) {
            return Vec::new();
        }
        let (linger, flush_until) = (self.linger, self.flush_until);
        let in_flight_max = self.in_flight_max;
        let mut ready: Vec<TopicPartition> = Vec::new();
        for (partition, queue) in &mut self.queues {
            if queue.under_way == 0 {
                queue.resume();
            }
            if queue.is_holding || queue.under_way >= in_flight_max {
                continue;
            }
            if queue.retry_at.is_some_and(|at| at > now) {
                continue;
            }
            let is_due = queue.open.as_ref().is_some_and(|open| {
                open.core.id < flush_until || now.saturating_sub(open.core.created) >= linger
            });
            if is_due && queue.closed.is_empty() {
                queue.close_open();
            }
            if !queue.closed.is_empty() {
                ready.push(partition.clone());
            }
        }
        if let Some(last) = &self.last_served {
            let after = ready.partition_point(|partition| partition <= last);
            ready.rotate_left(after);
        }
        ready
    }

    /// When something may become ready, or expires, without anything happening.
    pub(super) fn next_deadline(&self) -> Option<Monotonic> {
        self.queues
            .values()
            .flat_map(|queue| {
                let open = queue.open.as_ref().map(|open| open.core.created + self.linger);
                let oldest = queue.closed.front().map(|batch| batch.core.created);
                let oldest = oldest.or(queue.open.as_ref().map(|open| open.core.created));
                let retry = queue.retry_at.filter(|_| !queue.closed.is_empty());
                [
                    open.filter(|_| queue.closed.is_empty()),
                    retry,
                    oldest.map(|at| at + self.delivery_timeout),
                ]
            })
            .flatten()
            .min()
    }

    /// An upper bound of the size of the partition's next batch.
    pub(super) fn next_size(&self, partition: &TopicPartition) -> usize {
        let next = self.queues.get(partition).and_then(|queue| queue.closed.front());
        next.map_or(0, |batch| match &batch.bytes {
            BatchBytes::Records(builder) => builder.size(),
            BatchBytes::Encoded(batch) => batch.bytes().len(),
        })
    }

    /// Takes the partition's next batch; it counts as under way until it is given to
    /// [`finish`](Self::finish).
    pub(super) fn take(&mut self, partition: &TopicPartition) -> Option<Batch> {
        let queue = self.queues.get_mut(partition)?;
        let mut batch = queue.closed.pop_front()?;
        queue.under_way += 1;
        queue.retry_at = None;
        batch.attempts += 1;
        if self.idempotence && batch.sequence.is_none() {
            batch.sequence = Some(queue.next_sequence);
            queue.next_sequence = increment_sequence(queue.next_sequence, batch.count());
        }
        self.last_served = Some(partition.clone());
        Some(batch)
    }

    /// Takes back a batch with what became of it.
    pub(super) fn finish(
        &mut self,
        partition: &TopicPartition,
        mut batch: Batch,
        outcome: Outcome,
        retry_at: Monotonic,
    ) -> Advice {
        let queue = self.queues.entry(partition.clone()).or_default();
        queue.under_way = queue.under_way.saturating_sub(1);
        let (error, record_errors) = match outcome {
            Outcome::Written { base_offset, log_append_time } => {
                self.incomplete.remove(batch.core.id);
                batch.succeed(partition, base_offset, log_append_time);
                return Advice::Nothing;
            }
            Outcome::Refused { error, .. }
                if error.code == ErrorCode::DUPLICATE_SEQUENCE_NUMBER =>
            {
                self.incomplete.remove(batch.core.id);
                batch.succeed(partition, Offset::NONE, None);
                return Advice::Nothing;
            }
            Outcome::Refused { error, record_errors } => {
                let what = format!("producing to {partition}");
                (ClientError::Api { what, error }, record_errors)
            }
            Outcome::Lost(error) => (error, BTreeMap::new()),
        };
        let code = error.code();
        let is_too_large = code == Some(ErrorCode::MESSAGE_TOO_LARGE);
        if is_too_large && batch.count() > 1 {
            match batch.split(self.compression) {
                Ok(second) => {
                    self.incomplete.insert(second.core.id);
                    queue.put_back(batch);
                    queue.put_back(second);
                    queue.is_holding = queue.under_way > 0;
                }
                Err(error) => {
                    self.incomplete.remove(batch.core.id);
                    batch.fail(&error);
                }
            }
            return Advice::Nothing;
        }
        let is_sequence_error = matches!(
            code,
            Some(
                ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER
                    | ErrorCode::UNKNOWN_PRODUCER_ID
                    | ErrorCode::INVALID_PRODUCER_EPOCH
                    | ErrorCode::INVALID_PRODUCER_ID_MAPPING
            )
        );
        if is_sequence_error && self.idempotence {
            // Behind a batch that waits to be sent again, or was refused, it is no news.
            let is_explained = !queue.gaps.is_empty()
                || queue
                    .closed
                    .iter()
                    .any(|waiting| waiting.sequence.is_some() && waiting.order() < batch.order());
            self.is_identity_lost |= !is_explained;
            queue.retry(batch, &error, retry_at);
            return Advice::Nothing;
        }
        if error.is_retriable() {
            queue.retry(batch, &error, retry_at);
            return Advice::RefreshMetadata;
        }
        if let Some(sequence) = batch.sequence {
            queue.gaps.push((sequence, batch.count()));
            queue.is_holding = queue.under_way > 0;
        }
        self.incomplete.remove(batch.core.id);
        batch.fail_records(&error, &record_errors);
        Advice::Nothing
    }
}

impl Queue {
    fn close_open(&mut self) {
        if let Some(open) = self.open.take() {
            self.closed.push_back(Batch {
                core: open.core,
                bytes: BatchBytes::Records(Box::new(open.builder)),
                attempts: 0,
                sequence: None,
                last_error: None,
            });
        }
    }

    /// Sends again what failed, and everything behind it afterwards.
    fn retry(&mut self, mut batch: Batch, error: &ClientError, retry_at: Monotonic) {
        batch.last_error = Some(error.to_string());
        self.put_back(batch);
        self.retry_at = Some(self.retry_at.map_or(retry_at, |at| at.max(retry_at)));
        self.is_holding = self.under_way > 0;
    }

    /// Puts a batch where its id belongs.
    fn put_back(&mut self, batch: Batch) {
        let place = self.closed.partition_point(|other| other.order() < batch.order());
        self.closed.insert(place, batch);
    }

    /// Nothing is under way: gaps can be closed, and sending may go on.
    fn resume(&mut self) {
        self.is_holding = false;
        let mut gaps = std::mem::take(&mut self.gaps);
        // From the back, so that moving one does not change what the others compare with.
        gaps.sort_by_key(|(sequence, _)| {
            std::cmp::Reverse(decrement_sequence(*sequence, self.next_sequence))
        });
        for (gap, count) in gaps {
            for batch in &mut self.closed {
                if let Some(sequence) = batch.sequence.as_mut().filter(|s| is_after(**s, gap)) {
                    *sequence = decrement_sequence(*sequence, count);
                }
            }
            self.next_sequence = decrement_sequence(self.next_sequence, count);
        }
    }
}

/// Whether a sequence comes after another on the circle of 2³¹.
fn is_after(sequence: i32, other: i32) -> bool {
    let distance = decrement_sequence(sequence, other);
    distance > 0 && distance < 1 << 30
}
