//! AlterPartition: a leader proposes an ISR.

use crate::api_error::ApiError;
use crate::brokers::{change_rules, changed_partition, topic_config, versioned};
use crate::command::BrokerRef;
use crate::controller::Controller;
use crate::partition_change::{NO_LEADER_CHANGE, PartitionChange, Subject};
use keld_config::NodeConfig;
use keld_metadata::{
    ClusterImage, LeaderRecoveryState, PartitionRegistration, TopicImage, VersionedRecord,
};
use keld_types::{
    BrokerEpoch, BrokerId, ErrorCode, LeaderEpoch, PartitionEpoch, PartitionIndex, TopicId,
};
use keld_wire::messages::alter_partition_request::{BrokerState, PartitionData};
use keld_wire::messages::alter_partition_response as answer;
use keld_wire::messages::{AlterPartitionRequest, AlterPartitionResponse};

/// Since this version replicas come with the epochs the leader knows of them.
const WITH_EPOCHS: i16 = 3;

impl Controller {
    pub(crate) fn alter_partition(
        &self,
        image: &ClusterImage,
        request: &AlterPartitionRequest,
        version: i16,
    ) -> Result<(Vec<VersionedRecord>, AlterPartitionResponse), ApiError> {
        let broker = BrokerRef {
            id: BrokerId::new(request.broker_id),
            epoch: BrokerEpoch::new(request.broker_epoch),
        };
        Self::registered(image, broker)?;
        let node = self.node_config(image)?;
        let mut records = Vec::new();
        let mut response = AlterPartitionResponse::default();
        for given in &request.topics {
            let topic = image.topic_by_id(TopicId::new(given.topic_id));
            let partitions = given.partitions.iter().map(|proposal| {
                let isr = proposed_isr(proposal, version);
                let result = match topic {
                    None => Err(ErrorCode::UNKNOWN_TOPIC_ID),
                    Some(topic) => {
                        let change = Proposal { leader: broker.id, proposal, isr: &isr };
                        change.decide(image, &node, topic, &mut records)
                    }
                };
                answered(proposal.partition_index, result)
            });
            response.topics.push(answer::TopicData {
                topic_id: given.topic_id,
                partitions: partitions.collect(),
                ..answer::TopicData::default()
            });
        }
        Ok((records, response))
    }
}

fn proposed_isr(proposal: &PartitionData, version: i16) -> Vec<BrokerState> {
    if version >= WITH_EPOCHS {
        return proposal.new_isr_with_epochs.clone();
    }
    let ids = proposal.new_isr.iter();
    ids.map(|id| BrokerState { broker_id: *id, ..BrokerState::default() }).collect()
}

fn answered(
    partition_index: i32,
    result: Result<PartitionRegistration, ErrorCode>,
) -> answer::PartitionData {
    match result {
        Ok(partition) => answer::PartitionData {
            partition_index,
            error_code: ErrorCode::NONE,
            leader_id: partition.leader.get(),
            leader_epoch: partition.leader_epoch.get(),
            isr: partition.isr.iter().map(|id| id.get()).collect(),
            leader_recovery_state: partition.leader_recovery_state.id(),
            partition_epoch: partition.partition_epoch.get(),
            ..answer::PartitionData::default()
        },
        Err(error_code) => {
            answer::PartitionData { partition_index, error_code, ..Default::default() }
        }
    }
}

struct Proposal<'a> {
    leader: BrokerId,
    proposal: &'a PartitionData,
    isr: &'a [BrokerState],
}

impl Proposal<'_> {
    fn decide(
        &self,
        image: &ClusterImage,
        node: &NodeConfig,
        topic: &TopicImage,
        records: &mut Vec<VersionedRecord>,
    ) -> Result<PartitionRegistration, ErrorCode> {
        let index = PartitionIndex::new(self.proposal.partition_index);
        let partition = topic.partition(index).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        self.check(image, partition)?;
        let config = topic_config(image, node, topic);
        let rules = change_rules(image, &config, partition);
        let subject = Subject { topic_id: topic.id, index, partition, rules };
        let change = PartitionChange {
            isr: self.isr.iter().map(|state| BrokerId::new(state.broker_id)).collect(),
            recovery_state: LeaderRecoveryState::from_id(self.proposal.leader_recovery_state),
            ..PartitionChange::new(subject, rules.election())
        };
        let Some(record) = changed_partition(image, partition, change) else {
            return Ok((**partition).clone());
        };
        let after = partition.changed(&record);
        let leader = record.leader;
        records.push(versioned(image, record));
        if leader != NO_LEADER_CHANGE && leader != self.leader.get() {
            // The change ended a reassignment that takes the leader away: written, and yet an
            // error, which makes the old leader wait for the metadata.
            return Err(ErrorCode::NEW_LEADER_ELECTED);
        }
        Ok(after)
    }

    /// Kafka's checks in Kafka's order.
    fn check(
        &self,
        image: &ClusterImage,
        partition: &PartitionRegistration,
    ) -> Result<(), ErrorCode> {
        let leader_epoch = LeaderEpoch::new(self.proposal.leader_epoch);
        let partition_epoch = PartitionEpoch::new(self.proposal.partition_epoch);
        if leader_epoch > partition.leader_epoch || partition_epoch > partition.partition_epoch {
            // The leader knows more than this node: another controller must be active.
            return Err(ErrorCode::NOT_CONTROLLER);
        }
        if leader_epoch < partition.leader_epoch {
            return Err(ErrorCode::FENCED_LEADER_EPOCH);
        }
        if self.leader != partition.leader {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        if partition_epoch < partition.partition_epoch {
            return Err(ErrorCode::INVALID_UPDATE_VERSION);
        }
        let mut ids: Vec<BrokerId> =
            self.isr.iter().map(|state| BrokerId::new(state.broker_id)).collect();
        let is_subset = ids.iter().all(|id| partition.replicas.contains(id));
        ids.sort_unstable();
        let has_twice = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let recovery = match self.proposal.leader_recovery_state {
            0 => LeaderRecoveryState::Recovered,
            1 => LeaderRecoveryState::Recovering,
            _ => return Err(ErrorCode::INVALID_REQUEST),
        };
        let recovers = recovery == LeaderRecoveryState::Recovering;
        let was_recovered = partition.leader_recovery_state == LeaderRecoveryState::Recovered;
        if !is_subset
            || has_twice
            || !ids.contains(&partition.leader)
            || (recovers && (ids.len() > 1 || was_recovered))
        {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        if self.isr.iter().all(|state| is_eligible(image, state)) {
            Ok(())
        } else {
            Err(ErrorCode::INELIGIBLE_REPLICA)
        }
    }
}

/// Whether a broker may be in an ISR: active, and in the epoch in which the leader heard of it. An
/// older epoch means that it restarted since, and may have lost what it had (KIP-903).
fn is_eligible(image: &ClusterImage, state: &BrokerState) -> bool {
    image.broker(BrokerId::new(state.broker_id)).is_some_and(|known| {
        known.is_active() && (state.broker_epoch == -1 || state.broker_epoch == known.epoch.get())
    })
}
