//! Batches on their way: open, closed, compressed, split.

use super::RecordMetadata;
use crate::error::ClientError;
use bytes::Bytes;
use keld_env::Monotonic;
use keld_record::{
    BatchBuilder, BatchHeader, CompressionWithLevel, HEADER_LENGTH, RecordBatch, increment_sequence,
};
use keld_types::{Offset, ProducerEpoch, ProducerId, TopicPartition};
use std::collections::BTreeMap;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Whoever waits for one record.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) done: oneshot::Sender<Result<RecordMetadata, ClientError>>,
    pub(super) timestamp: i64,
}

/// A batch that still takes records.
#[derive(Debug)]
pub(super) struct OpenBatch {
    pub(super) builder: BatchBuilder,
    pub(super) core: BatchCore,
}

/// The ids of batches that are neither written nor failed; halves of a batch share its id.
#[derive(Debug, Default)]
pub(super) struct Incomplete(BTreeMap<u64, usize>);

impl Incomplete {
    pub(super) fn insert(&mut self, id: u64) {
        *self.0.entry(id).or_default() += 1;
    }

    pub(super) fn remove(&mut self, id: u64) {
        if let Some(count) = self.0.get_mut(&id) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&id);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.0.first_key_value().map(|(id, _)| *id)
    }
}

/// A batch without its bytes.
#[derive(Debug)]
pub(super) struct BatchCore {
    pub(super) id: u64,
    /// Records of the batch of this id that come before: 0 but for halves of a batch.
    pub(super) first: usize,
    pub(super) pending: Vec<Pending>,
    pub(super) memory: OwnedSemaphorePermit,
    pub(super) created: Monotonic,
}

/// A closed batch.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) core: BatchCore,
    pub(super) bytes: BatchBytes,
    pub(super) attempts: u32,
    /// Set when it is first sent, if the producer is idempotent.
    pub(super) sequence: Option<i32>,
    pub(super) last_error: Option<String>,
}

#[derive(Debug)]
pub(super) enum BatchBytes {
    /// Not compressed yet.
    Records(Box<BatchBuilder>),
    Encoded(RecordBatch),
}

/// The producer's identity at the brokers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    pub(super) id: ProducerId,
    pub(super) epoch: ProducerEpoch,
}

impl Batch {
    /// Records in it.
    pub(super) fn count(&self) -> i32 {
        match &self.bytes {
            BatchBytes::Records(builder) => builder.record_count(),
            BatchBytes::Encoded(batch) => batch.header().record_count,
        }
    }

    /// What batches of a partition are ordered by.
    pub(super) fn order(&self) -> (u64, usize) {
        (self.core.id, self.core.first)
    }

    /// How often it was sent.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The bytes to send, compressed the first time.
    pub(super) fn encode(&mut self, identity: Option<Identity>) -> Result<Bytes, ClientError> {
        if let BatchBytes::Records(builder) = &mut self.bytes {
            let builder = std::mem::replace(
                &mut **builder,
                BatchBuilder::new(keld_record::Compression::None),
            );
            let batch = builder.finish_batch().map_err(|error| {
                ClientError::Misuse(format!("a batch cannot be built: {error}"))
            })?;
            self.bytes = BatchBytes::Encoded(batch);
        }
        let BatchBytes::Encoded(batch) = &self.bytes else {
            return Err(ClientError::Closed);
        };
        let (Some(identity), Some(sequence)) = (identity, self.sequence) else {
            return Ok(batch.bytes().clone());
        };
        let header = batch.header();
        let is_same = header.producer_id == identity.id
            && header.producer_epoch == identity.epoch
            && header.base_sequence == sequence;
        if is_same {
            return Ok(batch.bytes().clone());
        }
        let mut header = BatchHeader {
            producer_id: identity.id,
            producer_epoch: identity.epoch,
            base_sequence: sequence,
            ..*header
        };
        let payload = &batch.bytes()[HEADER_LENGTH..];
        header.crc = header.compute_crc(payload);
        let mut bytes = Vec::with_capacity(batch.bytes().len());
        bytes.extend_from_slice(&header.encode());
        bytes.extend_from_slice(payload);
        let bytes = Bytes::from(bytes);
        if let Ok(batch) = RecordBatch::parse(&bytes) {
            self.bytes = BatchBytes::Encoded(batch);
        }
        Ok(bytes)
    }

    pub(super) fn succeed(
        self,
        partition: &TopicPartition,
        base_offset: Offset,
        log_append_time: Option<i64>,
    ) {
        for (offset, pending) in (0i64..).zip(self.core.pending) {
            let metadata = RecordMetadata {
                partition: partition.clone(),
                offset: if base_offset == Offset::NONE {
                    base_offset
                } else {
                    base_offset + offset
                },
                timestamp: log_append_time.unwrap_or(pending.timestamp),
            };
            // Whoever sent the record may not care.
            pending.done.send(Ok(metadata)).ok();
        }
    }

    pub(super) fn fail(self, error: &ClientError) {
        for pending in self.core.pending {
            pending.done.send(Err(error.clone())).ok();
        }
    }

    /// Fails the records a broker named with its words, the others with the batch.
    pub(super) fn fail_records(self, error: &ClientError, record_errors: &BTreeMap<usize, String>) {
        for (index, pending) in self.core.pending.into_iter().enumerate() {
            let mut error = error.clone();
            if let ClientError::Api { error, .. } = &mut error {
                if let Some(message) = record_errors.get(&index) {
                    error.message = Some(message.clone());
                } else if !record_errors.is_empty() {
                    error.message = Some("other records of the same batch were refused".to_owned());
                }
            }
            pending.done.send(Err(error)).ok();
        }
    }

    /// Keeps the first half of the records and gives the second, for a broker that takes smaller
    /// batches only. Their sequences follow each other as the records' did.
    pub(super) fn split(&mut self, compression: CompressionWithLevel) -> Result<Self, ClientError> {
        let (left, right) = self.halves(compression)?;
        let count = left.record_count();
        let moved = usize::try_from(count).unwrap_or(0).min(self.core.pending.len());
        let permits = self.core.memory.num_permits() / 2;
        let memory = self.core.memory.split(permits).ok_or_else(|| {
            ClientError::Misuse("a batch without memory cannot be split".to_owned())
        })?;
        self.bytes = BatchBytes::Records(Box::new(left));
        Ok(Self {
            core: BatchCore {
                id: self.core.id,
                first: self.core.first + moved,
                pending: self.core.pending.split_off(moved),
                memory,
                created: self.core.created,
            },
            bytes: BatchBytes::Records(Box::new(right)),
            attempts: 0,
            sequence: self.sequence.map(|sequence| increment_sequence(sequence, count)),
            last_error: None,
        })
    }

    fn halves(
        &self,
        compression: CompressionWithLevel,
    ) -> Result<(BatchBuilder, BatchBuilder), ClientError> {
        let unreadable =
            |reason: String| ClientError::Misuse(format!("a batch cannot be split: {reason}"));
        let BatchBytes::Encoded(batch) = &self.bytes else {
            return Err(unreadable("it was never sent".to_owned()));
        };
        let mut left = BatchBuilder::new(compression);
        let mut right = BatchBuilder::new(compression);
        let half = batch.header().record_count.div_euclid(2);
        let records = batch.records().map_err(|error| unreadable(error.to_string()))?;
        for record in records {
            let record = record.map_err(|error| unreadable(error.to_string()))?;
            let side = if left.record_count() < half { &mut left } else { &mut right };
            side.append_record(&record).map_err(|error| unreadable(error.to_string()))?;
        }
        Ok((left, right))
    }
}
