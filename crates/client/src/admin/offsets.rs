//! Offsets of partitions, and deleting records.

use super::{Admin, ApiResult};
use crate::error::{ApiError, ClientError};
use futures_util::future::join_all;
use keld_types::{
    BrokerId, ErrorCode, IsolationLevel, LeaderEpoch, Offset, PartitionIndex, TopicName,
    TopicPartition,
};
use keld_wire::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::{DeleteRecordsRequest, ListOffsetsRequest};
use keld_wire::{Message, Str};
use std::collections::{BTreeMap, BTreeSet};

/// Which offset of a partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetSpec {
    /// −2: the log start offset.
    Earliest,
    /// −1: the end as far as it may be read.
    Latest,
    /// −3: of the record with the largest timestamp.
    MaxTimestamp,
    /// −4: the first offset that is on the leader's own disk (tiered storage).
    EarliestLocal,
    /// −5: the end of what is in remote storage.
    LatestTiered,
    /// −6: the first offset that is not yet in remote storage.
    EarliestPendingUpload,
    /// Of the first record with this timestamp or a later one.
    Timestamp(i64),
}

impl OffsetSpec {
    /// The protocol's timestamp.
    pub const fn timestamp(self) -> i64 {
        match self {
            Self::Earliest => -2,
            Self::Latest => -1,
            Self::MaxTimestamp => -3,
            Self::EarliestLocal => -4,
            Self::LatestTiered => -5,
            Self::EarliestPendingUpload => -6,
            Self::Timestamp(timestamp) => timestamp,
        }
    }
}

/// An offset that was looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListedOffset {
    /// The offset; −1 when there is no such record.
    pub offset: Offset,
    /// The record's timestamp, or −1.
    pub timestamp: i64,
    /// The epoch of the leader that wrote it, or −1.
    pub leader_epoch: LeaderEpoch,
}

impl Admin {
    /// Looks offsets up at the partitions' leaders.
    pub async fn list_offsets(
        &self,
        wanted: &BTreeMap<TopicPartition, OffsetSpec>,
        isolation: IsolationLevel,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<ListedOffset>>, ClientError> {
        self.at_leaders(wanted, |leader, part| self.list_offsets_at(leader, part, isolation)).await
    }

    async fn list_offsets_at(
        &self,
        leader: BrokerId,
        wanted: BTreeMap<TopicPartition, OffsetSpec>,
        isolation: IsolationLevel,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<ListedOffset>>, ClientError> {
        let mut topics: BTreeMap<&str, Vec<ListOffsetsPartition>> = BTreeMap::new();
        for (partition, spec) in &wanted {
            topics.entry(partition.topic.as_str()).or_default().push(ListOffsetsPartition {
                partition_index: partition.partition.get(),
                timestamp: spec.timestamp(),
                ..ListOffsetsPartition::default()
            });
        }
        let request = ListOffsetsRequest {
            replica_id: -1,
            isolation_level: match isolation {
                IsolationLevel::ReadUncommitted => 0,
                IsolationLevel::ReadCommitted => 1,
            },
            topics: topics
                .into_iter()
                .map(|(name, partitions)| ListOffsetsTopic {
                    name: Str::from(name),
                    partitions,
                    ..ListOffsetsTopic::default()
                })
                .collect(),
            timeout_ms: self.timeout_ms(),
            ..ListOffsetsRequest::default()
        };
        let timeout = self.client.config().request_timeout;
        let version_max = ListOffsetsRequest::LATEST_STABLE_VERSION;
        let response = self.client.call_broker(leader, request, version_max, timeout).await?;
        let mut listed = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let name = TopicName::new(topic.name.as_str());
                let index = PartitionIndex::new(partition.partition_index);
                let offset = ApiError::check(partition.error_code, None).map(|()| ListedOffset {
                    offset: Offset::new(partition.offset),
                    timestamp: partition.timestamp,
                    leader_epoch: LeaderEpoch::new(partition.leader_epoch),
                });
                listed.insert(TopicPartition::new(name, index), offset);
            }
        }
        Ok(listed)
    }

    /// Deletes records before the offsets (−1: all); answers with the new log start offsets.
    pub async fn delete_records(
        &self,
        before: &BTreeMap<TopicPartition, Offset>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<Offset>>, ClientError> {
        self.at_leaders(before, |leader, part| self.delete_records_at(leader, part)).await
    }

    async fn delete_records_at(
        &self,
        leader: BrokerId,
        before: BTreeMap<TopicPartition, Offset>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<Offset>>, ClientError> {
        let mut topics: BTreeMap<&str, Vec<DeleteRecordsPartition>> = BTreeMap::new();
        for (partition, offset) in &before {
            topics.entry(partition.topic.as_str()).or_default().push(DeleteRecordsPartition {
                partition_index: partition.partition.get(),
                offset: offset.get(),
                ..DeleteRecordsPartition::default()
            });
        }
        let request = DeleteRecordsRequest {
            topics: topics
                .into_iter()
                .map(|(name, partitions)| DeleteRecordsTopic {
                    name: Str::from(name),
                    partitions,
                    ..DeleteRecordsTopic::default()
                })
                .collect(),
            timeout_ms: self.timeout_ms(),
            ..DeleteRecordsRequest::default()
        };
        let timeout = self.client.config().api_timeout;
        let version_max = DeleteRecordsRequest::LATEST_STABLE_VERSION;
        let response = self.client.call_broker(leader, request, version_max, timeout).await?;
        let mut deleted = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let name = TopicName::new(topic.name.as_str());
                let index = PartitionIndex::new(partition.partition_index);
                let low = ApiError::check(partition.error_code, None)
                    .map(|()| Offset::new(partition.low_watermark));
                deleted.insert(TopicPartition::new(name, index), low);
            }
        }
        Ok(deleted)
    }

    /// Asks each partition's leader; partitions whose leader moved, or is not known yet, are asked
    /// for again after fresh metadata.
    async fn at_leaders<W, T, F>(
        &self,
        wanted: &BTreeMap<TopicPartition, W>,
        call: impl Fn(BrokerId, BTreeMap<TopicPartition, W>) -> F,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<T>>, ClientError>
    where
        W: Clone,
        F: Future<Output = Result<BTreeMap<TopicPartition, ApiResult<T>>, ClientError>>,
    {
        let mut answers: BTreeMap<TopicPartition, ApiResult<T>> = BTreeMap::new();
        let clock = &*self.client.env().clock;
        let deadline = clock.monotonic() + self.client.config().api_timeout;
        let mut attempt = 0;
        loop {
            let open: BTreeMap<TopicPartition, W> = wanted
                .iter()
                .filter(|(partition, _)| match answers.get(*partition) {
                    None => true,
                    Some(Ok(_)) => false,
                    Some(Err(error)) => is_leader_error(error.code),
                })
                .map(|(partition, what)| (partition.clone(), what.clone()))
                .collect();
            if open.is_empty() {
                return Ok(answers);
            }
            let is_late = clock.monotonic() >= deadline;
            if attempt > 0 {
                if is_late {
                    return Ok(answers);
                }
                attempt += 1;
                let pause = self.client.config().backoff(attempt);
                crate::timer::sleep(clock, pause).await;
            } else {
                attempt = 1;
            }
            let names: BTreeSet<TopicName> = open.keys().map(|p| p.topic.clone()).collect();
            let metadata = self.client.refresh_topics(names, false).await?;
            let mut leaders: BTreeMap<BrokerId, BTreeMap<TopicPartition, W>> = BTreeMap::new();
            for (partition, what) in open {
                let found = metadata.partition(&partition.topic, partition.partition);
                let code = match (found, metadata.refused.get(&partition.topic)) {
                    (_, Some(error)) => error.code,
                    (None, None) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                    (Some(found), None) => match found.leader {
                        Some(leader) => {
                            leaders.entry(leader).or_default().insert(partition, what);
                            continue;
                        }
                        None => ErrorCode::LEADER_NOT_AVAILABLE,
                    },
                };
                answers.insert(partition, Err(ApiError { code, message: None }));
            }
            let calls = leaders.into_iter().map(|(leader, part)| call(leader, part));
            for answer in join_all(calls).await {
                match answer {
                    Ok(part) => answers.extend(part),
                    Err(error) if error.is_retriable() && !is_late => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// Whether another broker, or the same a little later, would answer differently. A topic that does
/// not exist is not among them: it is an answer.
fn is_leader_error(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NOT_LEADER_OR_FOLLOWER
            | ErrorCode::LEADER_NOT_AVAILABLE
            | ErrorCode::FENCED_LEADER_EPOCH
            | ErrorCode::UNKNOWN_LEADER_EPOCH
            | ErrorCode::OFFSET_NOT_AVAILABLE
            | ErrorCode::KAFKA_STORAGE_ERROR
    )
}
