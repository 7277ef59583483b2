//! From a partition's refusal to Kafka's code, and where the leader is instead.

use crate::node::Node;
use keld_log::AppendError;
use keld_record::{RecordError, ValidateError};
use keld_replication::PartitionError;
use keld_types::{BrokerId, ErrorCode, LeaderEpoch, PartitionIndex, TopicName};

/// Kafka's text of INVALID_REQUEST, where it says no more than what the code means.
pub(crate) const INVALID_REQUEST: &str = "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.";

/// Kafka's code for a refusal.
pub(crate) fn error_code(error: &PartitionError) -> ErrorCode {
    match error {
        PartitionError::NotLeader { .. } => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        PartitionError::FencedLeaderEpoch { .. } => ErrorCode::FENCED_LEADER_EPOCH,
        PartitionError::UnknownLeaderEpoch { .. } => ErrorCode::UNKNOWN_LEADER_EPOCH,
        PartitionError::Deleted { .. } => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        PartitionError::Offline { .. } => ErrorCode::KAFKA_STORAGE_ERROR,
        PartitionError::NotEnoughReplicas { .. } => ErrorCode::NOT_ENOUGH_REPLICAS,
        PartitionError::NotEnoughReplicasAfterAppend { .. } => {
            ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND
        }
        PartitionError::UnknownReplica { names_epoch: true, .. } => ErrorCode::UNKNOWN_LEADER_EPOCH,
        PartitionError::UnknownReplica { .. } | PartitionError::StaleReplica { .. } => {
            ErrorCode::NOT_LEADER_OR_FOLLOWER
        }
        PartitionError::RefusedAnswer { .. } => ErrorCode::UNKNOWN_SERVER_ERROR,
        PartitionError::OffsetNotAvailable { .. } => ErrorCode::OFFSET_NOT_AVAILABLE,
        PartitionError::InvalidOffset { .. } => ErrorCode::OFFSET_OUT_OF_RANGE,
        PartitionError::NotDeletable { .. } => ErrorCode::POLICY_VIOLATION,
        PartitionError::Invalid(error) => validate_code(error),
        PartitionError::Append(error) => append_code(error),
        PartitionError::Log(error) => error.error_code(),
    }
}

/// Kafka's code for a batch that breaks a rule.
pub(crate) fn validate_code(error: &ValidateError) -> ErrorCode {
    match error {
        ValidateError::Corrupt { .. } => ErrorCode::CORRUPT_MESSAGE,
        ValidateError::InvalidBatch { .. } | ValidateError::InvalidRecords { .. } => {
            ErrorCode::INVALID_RECORD
        }
        ValidateError::UnsupportedCompression { .. } => ErrorCode::UNSUPPORTED_COMPRESSION_TYPE,
        ValidateError::TooLarge { .. } => ErrorCode::MESSAGE_TOO_LARGE,
        ValidateError::InvalidTimestamps { .. } => ErrorCode::INVALID_TIMESTAMP,
        ValidateError::Undecodable(
            RecordError::UnknownCompression { .. } | RecordError::Decompress { .. },
        )
        | ValidateError::Rewrite(_) => ErrorCode::UNKNOWN_SERVER_ERROR,
        ValidateError::Undecodable(_) => ErrorCode::INVALID_RECORD,
    }
}

fn append_code(error: &AppendError) -> ErrorCode {
    match error {
        AppendError::Invalid(error) => validate_code(error),
        AppendError::LargerThanSegment { .. } => ErrorCode::RECORD_LIST_TOO_LARGE,
        AppendError::OutOfOrderSequence { .. } => ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
        AppendError::InvalidProducerEpoch { .. } => ErrorCode::INVALID_PRODUCER_EPOCH,
        AppendError::InvalidTxnState { .. } => ErrorCode::INVALID_TXN_STATE,
        AppendError::TransactionCoordinatorFenced { .. } => {
            ErrorCode::TRANSACTION_COORDINATOR_FENCED
        }
        AppendError::UnexpectedOffset { .. } => ErrorCode::UNKNOWN_SERVER_ERROR,
        AppendError::Corrupt { .. } => ErrorCode::CORRUPT_MESSAGE,
        AppendError::StaleLeaderEpoch { .. } => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        AppendError::Log(error) => error.error_code(),
    }
}

/// Where a client should go instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LeaderHint {
    pub(crate) leader: BrokerId,
    pub(crate) epoch: LeaderEpoch,
    /// Its address for this client's listener, if it is alive there.
    pub(crate) endpoint: Option<LeaderEndpoint>,
}

/// How to reach a leader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LeaderEndpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) rack: Option<String>,
}

impl Node {
    /// The partition's leader as this node knows it (KIP-951).
    pub(crate) fn leader_hint(
        &self,
        listener: &str,
        topic: &TopicName,
        partition: PartitionIndex,
    ) -> LeaderHint {
        let image = self.image.load();
        let (leader, epoch) = match self.partitions.partition(topic.as_str(), partition) {
            Some(held) => held.leader_and_epoch(),
            None => image
                .partition_of(topic, partition)
                .map_or((BrokerId::NONE, LeaderEpoch::NONE), |registration| {
                    (registration.leader, registration.leader_epoch)
                }),
        };
        let endpoint = image.broker(leader).filter(|broker| !broker.fenced).and_then(|broker| {
            let endpoint = broker.endpoint(listener)?;
            Some(LeaderEndpoint {
                host: endpoint.host.clone(),
                port: endpoint.port,
                rack: broker.rack.clone(),
            })
        });
        LeaderHint { leader, epoch, endpoint }
    }

    /// Why a partition is not here: it is elsewhere, or nowhere.
    pub(crate) fn absent_code(&self, topic: &str, partition: PartitionIndex) -> ErrorCode {
        let image = self.image.load();
        if image.partition_of(&TopicName::new(topic), partition).is_some() {
            ErrorCode::NOT_LEADER_OR_FOLLOWER
        } else {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        }
    }
}
