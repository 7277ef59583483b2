//! Directories of brokers: which fail, and which replicas lie in which.

use crate::api_error::ApiError;
use crate::brokers::{BrokerEvent, change_rules, has_online_directory, topic_config, versioned};
use crate::command::BrokerRef;
use crate::controller::Controller;
use crate::partition_change::{Election, PartitionChange, Subject};
use crate::placement::{default_directory, is_active};
use keld_metadata::{ClusterImage, MetadataRecord, VersionedRecord};
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, ErrorCode, PartitionIndex, TopicId};
use keld_wire::messages::assign_replicas_to_dirs_response as answer;
use keld_wire::messages::{AssignReplicasToDirsRequest, AssignReplicasToDirsResponse};
use keld_wire::metadata_records::BrokerRegistrationChangeRecord;

impl Controller {
    pub(crate) fn offline_directories(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
        offline: &[DirectoryId],
    ) -> Result<(Vec<VersionedRecord>, ()), ApiError> {
        let known = Self::registered(image, broker)?;
        let mut records = Vec::new();
        let newly: Vec<DirectoryId> =
            known.directories.iter().copied().filter(|id| offline.contains(id)).collect();
        if newly.is_empty() {
            return Ok((records, ()));
        }
        let event = BrokerEvent { removed: Some(broker.id), ..BrokerEvent::default() };
        self.change_replicas(image, event, &mut records, |partition| {
            partition.directory(broker.id).is_some_and(|id| newly.contains(&id))
        })?;
        let record = BrokerRegistrationChangeRecord {
            broker_id: broker.id.get(),
            broker_epoch: broker.epoch.get(),
            log_dirs: known
                .directories
                .iter()
                .filter(|id| !newly.contains(id))
                .map(|id| id.uuid())
                .collect(),
            ..BrokerRegistrationChangeRecord::default()
        };
        records.push(MetadataRecord::from(record).at(2));
        Ok((records, ()))
    }

    pub(crate) fn assign_replicas(
        &self,
        image: &ClusterImage,
        request: &AssignReplicasToDirsRequest,
    ) -> Result<(Vec<VersionedRecord>, AssignReplicasToDirsResponse), ApiError> {
        if !image.features.metadata_version().has_directories() {
            let why = "Directory assignment is not supported yet.";
            return Err(ApiError::new(ErrorCode::UNSUPPORTED_VERSION, why));
        }
        let broker = BrokerRef {
            id: BrokerId::new(request.broker_id),
            epoch: BrokerEpoch::new(request.broker_epoch),
        };
        Self::registered(image, broker)?;
        let mut records = Vec::new();
        let mut response = AssignReplicasToDirsResponse::default();
        for directory in &request.directories {
            let mut answered =
                answer::DirectoryData { id: directory.id, ..answer::DirectoryData::default() };
            for topic in &directory.topics {
                let topic_id = TopicId::new(topic.topic_id);
                let partitions = topic.partitions.iter().map(|partition| {
                    let index = PartitionIndex::new(partition.partition_index);
                    let target = DirectoryId::new(directory.id);
                    let error_code =
                        match self.assign_replica(image, broker.id, (topic_id, index), target) {
                            Ok(record) => {
                                records.extend(record);
                                ErrorCode::NONE
                            }
                            Err(code) => code,
                        };
                    answer::PartitionData {
                        partition_index: partition.partition_index,
                        error_code,
                        ..answer::PartitionData::default()
                    }
                });
                answered.topics.push(answer::TopicData {
                    topic_id: topic.topic_id,
                    partitions: partitions.collect(),
                    ..answer::TopicData::default()
                });
            }
            response.directories.push(answered);
        }
        Ok((records, response))
    }

    fn assign_replica(
        &self,
        image: &ClusterImage,
        broker: BrokerId,
        (topic_id, index): (TopicId, keld_types::PartitionIndex),
        target: DirectoryId,
    ) -> Result<Option<VersionedRecord>, ErrorCode> {
        let topic = image.topic_by_id(topic_id).ok_or(ErrorCode::UNKNOWN_TOPIC_ID)?;
        let partition = topic.partition(index).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        if !partition.replicas.contains(&broker) {
            return Err(ErrorCode::NOT_LEADER_OR_FOLLOWER);
        }
        let node = self.node_config(image).map_err(|error| error.code)?;
        let config = topic_config(image, &node, topic);
        let rules = change_rules(image, &config, partition);
        // A replica that moves to a directory that failed leaves the ISR.
        let is_online = has_online_directory(image, broker, Some(target));
        let directory_of = |id: BrokerId| {
            if id == broker { Some(target) } else { partition.directory(id) }
        };
        let is_acceptable = |id: BrokerId| {
            is_active(image, id) && has_online_directory(image, id, directory_of(id))
        };
        let subject = Subject { topic_id, index, partition, rules };
        let election = if is_online { Election::Online } else { rules.election() };
        let change = PartitionChange {
            isr: partition.isr.iter().copied().filter(|id| is_online || *id != broker).collect(),
            directory: Some((broker, target)),
            ..PartitionChange::new(subject, election)
        };
        Ok(change
            .build(&is_acceptable, &|id| default_directory(image, id))
            .map(|record| versioned(image, record)))
    }
}
