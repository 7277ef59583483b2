//! Brokers and controllers come, are heard of, and go.

use crate::api_error::ApiError;
use crate::command::{BrokerRef, DecideContext};
use crate::controller::Controller;
use crate::partition_change::{ChangeRules, PartitionChange, Subject};
use crate::placement::{default_directory, is_active};
use keld_config::{NodeConfig, TopicConfig};
use keld_metadata::{
    BrokerRegistration, ClusterDelta, ClusterImage, LeaderRecoveryState, MetadataRecord,
    MetadataVersion, PartitionRegistration, TopicImage, VersionedRecord,
};
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, ErrorCode, PartitionIndex};
use keld_wire::messages::BrokerRegistrationRequest;
use keld_wire::metadata_records::register_broker_record::{BrokerEndpoint, BrokerFeature};
use keld_wire::metadata_records::{
    BrokerRegistrationChangeRecord, PartitionChangeRecord, RegisterBrokerRecord,
    RegisterControllerRecord, UnregisterBrokerRecord,
};
use std::sync::Arc;

/// What happens to a broker's replicas.
#[derive(Clone, Copy, Default)]
pub(crate) struct BrokerEvent {
    /// Leaves every ISR.
    pub(crate) removed: Option<BrokerId>,
    /// Can lead, though the image still has it fenced.
    pub(crate) added: Option<BrokerId>,
    /// Stopped without a proof that it lost nothing.
    pub(crate) unclean: Option<BrokerId>,
}

type Records<T> = Result<(Vec<VersionedRecord>, T), ApiError>;

impl Controller {
    /// The registration that a request speaks of.
    pub(crate) fn registered(
        image: &ClusterImage,
        broker: BrokerRef,
    ) -> Result<&Arc<BrokerRegistration>, ApiError> {
        let known = image.broker(broker.id).ok_or_else(|| {
            let why = format!("No broker registration found for broker id {}", broker.id);
            ApiError::new(ErrorCode::STALE_BROKER_EPOCH, why)
        })?;
        if known.epoch != broker.epoch {
            let why = format!(
                "Expected broker epoch {}, but got broker epoch {}",
                known.epoch, broker.epoch
            );
            return Err(ApiError::new(ErrorCode::STALE_BROKER_EPOCH, why));
        }
        Ok(known)
    }

    pub(crate) fn register_broker(
        &mut self,
        image: &ClusterImage,
        request: &BrokerRegistrationRequest,
        context: &DecideContext<'_>,
    ) -> Records<BrokerEpoch> {
        if &*request.cluster_id != self.cluster_id.as_str() {
            let why = format!(
                "Expected cluster ID {}, but got cluster ID {}",
                self.cluster_id, &*request.cluster_id
            );
            return Err(ApiError::new(ErrorCode::INCONSISTENT_CLUSTER_ID, why));
        }
        let id = BrokerId::new(request.broker_id);
        let existing = image.broker(id);
        if let Some(known) = existing
            && known.incarnation_id != request.incarnation_id
            && self.sessions.is_valid(BrokerRef { id, epoch: known.epoch }, context.now)
            && !self.is_successor(known, request)
        {
            let why = "Another broker is registered with that broker id. If the broker was \
                       recently restarted this should self-resolve once the heartbeat manager \
                       expires the broker's session.";
            return Err(ApiError::new(ErrorCode::DUPLICATE_BROKER_REGISTRATION, why));
        }
        if request.is_migrating_zk_broker {
            let why = "Controller does not support registering ZK brokers.";
            return Err(ApiError::new(ErrorCode::BROKER_ID_NOT_REGISTERED, why));
        }
        let version = image.features.metadata_version();
        if version.has_directories() {
            check_directories(image, request)?;
        }
        let mut record = RegisterBrokerRecord {
            broker_id: request.broker_id,
            incarnation_id: request.incarnation_id,
            rack: request.rack.clone(),
            end_points: request
                .listeners
                .iter()
                .map(|listener| BrokerEndpoint {
                    name: listener.name.clone(),
                    host: listener.host.clone(),
                    port: listener.port,
                    security_protocol: listener.security_protocol,
                    ..BrokerEndpoint::default()
                })
                .collect(),
            features: checked_features(image, request)?,
            ..RegisterBrokerRecord::default()
        };
        if version.has_directories() {
            record.log_dirs.clone_from(&request.log_dirs);
        }
        let mut records = Vec::new();
        match existing.filter(|known| known.incarnation_id == request.incarnation_id) {
            Some(same) => {
                record.fenced = same.fenced;
                record.in_controlled_shutdown = same.in_controlled_shutdown;
                record.broker_epoch = same.epoch.get();
            }
            None => {
                let is_clean = existing
                    .is_some_and(|known| known.epoch.get() == request.previous_broker_epoch);
                let event = if image.features.is_elr_enabled() && !is_clean {
                    BrokerEvent { unclean: Some(id), ..BrokerEvent::default() }
                } else {
                    BrokerEvent { removed: Some(id), ..BrokerEvent::default() }
                };
                self.change_replicas(image, event, &mut records, |partition| {
                    partition.isr.contains(&id)
                        || (event.unclean.is_some() && partition.elr.contains(&id))
                })?;
                record.broker_epoch = context.next_offset.get();
            }
        }
        let epoch = BrokerEpoch::new(record.broker_epoch);
        let before = i64::try_from(records.len()).unwrap_or(i64::MAX);
        records.push(MetadataRecord::from(record).at(version.register_broker_version()));
        self.sessions.registered(BrokerRef { id, epoch }, context.next_offset + before);
        Ok((records, epoch))
    }

    /// Whether a process takes the place of one that cannot run any more: that one was not heard of
    /// since its connection broke or this node became the active controller, and this one listens
    /// where it listened.
    fn is_successor(
        &self,
        before: &BrokerRegistration,
        request: &BrokerRegistrationRequest,
    ) -> bool {
        let broker = BrokerRef { id: before.id, epoch: before.epoch };
        let places = before.endpoints.iter().map(|at| (at.host.as_str(), at.port));
        let own = request.listeners.iter().map(|at| (&*at.host, at.port));
        self.sessions.is_cut_off(broker) && places.eq(own)
    }

    pub(crate) fn register_controller(
        &self,
        image: &ClusterImage,
        record: RegisterControllerRecord,
    ) -> Records<()> {
        if !image.features.metadata_version().has_controller_registration() {
            return Err(ApiError::new(
                ErrorCode::UNSUPPORTED_VERSION,
                "The current MetadataVersion is too old to support controller registrations.",
            ));
        }
        let known = image.controllers.get(&BrokerId::new(record.controller_id));
        let records = if known.is_some_and(|known| **known == record) {
            Vec::new()
        } else {
            vec![MetadataRecord::from(record).at(0)]
        };
        Ok((records, ()))
    }

    pub(crate) fn unregister_broker(&self, image: &ClusterImage, id: BrokerId) -> Records<()> {
        let broker = image.broker(id).ok_or_else(|| {
            let why = format!("Broker ID {id} is not currently registered");
            ApiError::new(ErrorCode::BROKER_ID_NOT_REGISTERED, why)
        })?;
        let mut records = Vec::new();
        let event = BrokerEvent { removed: Some(id), ..BrokerEvent::default() };
        self.change_replicas(image, event, &mut records, |partition| partition.isr.contains(&id))?;
        let record = UnregisterBrokerRecord {
            broker_id: id.get(),
            broker_epoch: broker.epoch.get(),
            ..UnregisterBrokerRecord::default()
        };
        records.push(MetadataRecord::from(record).at(0));
        Ok((records, ()))
    }

    pub(crate) fn unfence_broker(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
        cordoned: Option<Vec<DirectoryId>>,
    ) -> Records<()> {
        let known = Self::registered(image, broker)?;
        let version = image.features.metadata_version();
        let mut records = Vec::new();
        if let Some(cordoned) = cordoned {
            records.extend(Self::cordoned_change(image, known, &cordoned));
        }
        if known.fenced {
            self.add_unfencing(image, broker, &mut records)?;
        }
        Self::end_recovery(image, broker.id, version, &mut records)?;
        Ok((records, ()))
    }

    /// The record by which a broker's directories take no new replicas; `None` when nothing changes.
    pub(crate) fn cordoned_change(
        image: &ClusterImage,
        known: &BrokerRegistration,
        cordoned: &[DirectoryId],
    ) -> Option<VersionedRecord> {
        if !image.features.metadata_version().has_cordoned_directories()
            || known.cordoned_directories.as_deref() == Some(cordoned)
        {
            return None;
        }
        let record = BrokerRegistrationChangeRecord {
            broker_id: known.id.get(),
            broker_epoch: known.epoch.get(),
            cordoned_log_dirs: Some(cordoned.iter().map(|id| id.uuid()).collect()),
            ..BrokerRegistrationChangeRecord::default()
        };
        Some(MetadataRecord::from(record).at(3))
    }

    /// A broker becomes active; it leads what nobody leads and it can.
    pub(crate) fn add_unfencing(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
        records: &mut Vec<VersionedRecord>,
    ) -> Result<(), ApiError> {
        records.push(registration_change(broker, -1));
        let event = BrokerEvent { added: Some(broker.id), ..BrokerEvent::default() };
        self.change_replicas(image, event, records, |partition| partition.leader == BrokerId::NONE)
    }

    /// A broker leaves every ISR and is fenced.
    pub(crate) fn add_fencing(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
        records: &mut Vec<VersionedRecord>,
    ) -> Result<(), ApiError> {
        let event = BrokerEvent { removed: Some(broker.id), ..BrokerEvent::default() };
        self.change_replicas(image, event, records, |partition| {
            partition.isr.contains(&broker.id)
        })?;
        records.push(registration_change(broker, 1));
        Ok(())
    }

    /// A leader of one replica has nobody to recover from: what is left is all there is. Other
    /// leaders say so themselves (AlterPartition).
    pub(crate) fn end_recovery(
        image: &ClusterImage,
        leader: BrokerId,
        version: MetadataVersion,
        records: &mut Vec<VersionedRecord>,
    ) -> Result<(), ApiError> {
        let mut delta = ClusterDelta::new(image);
        for known in records.iter() {
            delta.replay(&known.record).map_err(|error| {
                ApiError::new(ErrorCode::UNKNOWN_SERVER_ERROR, error.to_string())
            })?;
        }
        for topic in delta.image().topics.values() {
            for (index, partition) in topic.partitions.iter() {
                if partition.leader == leader
                    && partition.replicas.len() == 1
                    && partition.leader_recovery_state == LeaderRecoveryState::Recovering
                {
                    let record = PartitionChangeRecord {
                        partition_id: index.get(),
                        topic_id: topic.id.uuid(),
                        leader_recovery_state: LeaderRecoveryState::Recovered.id(),
                        ..PartitionChangeRecord::default()
                    };
                    records.push(MetadataRecord::from(record).at(version.partition_version()));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn fence_broker(&self, image: &ClusterImage, broker: BrokerRef) -> Records<()> {
        let known = Self::registered(image, broker)?;
        let mut records = Vec::new();
        if !known.fenced {
            self.add_fencing(image, broker, &mut records)?;
        }
        Ok((records, ()))
    }

    pub(crate) fn begin_controlled_shutdown(
        &self,
        image: &ClusterImage,
        broker: BrokerRef,
    ) -> Records<()> {
        let known = Self::registered(image, broker)?;
        let mut records = Vec::new();
        if !known.in_controlled_shutdown {
            let record = BrokerRegistrationChangeRecord {
                broker_id: broker.id.get(),
                broker_epoch: broker.epoch.get(),
                in_controlled_shutdown: 1,
                ..BrokerRegistrationChangeRecord::default()
            };
            records.push(MetadataRecord::from(record).at(1));
        }
        let event = BrokerEvent { removed: Some(broker.id), ..BrokerEvent::default() };
        self.change_replicas(image, event, &mut records, |partition| {
            partition.isr.contains(&broker.id)
        })?;
        Ok((records, ()))
    }

    /// Changes ISR and leader of every partition that `concerns` picks, as the event says.
    pub(crate) fn change_replicas(
        &self,
        image: &ClusterImage,
        event: BrokerEvent,
        records: &mut Vec<VersionedRecord>,
        concerns: impl Fn(&PartitionRegistration) -> bool,
    ) -> Result<(), ApiError> {
        let mut node = None;
        for topic in image.topics.values() {
            let picked: Vec<_> =
                topic.partitions.iter().filter(|(_, partition)| concerns(partition)).collect();
            if picked.is_empty() {
                continue;
            }
            let node = match &node {
                Some(node) => node,
                None => node.insert(self.node_config(image)?),
            };
            let config = topic_config(image, node, topic);
            for (index, partition) in picked {
                let rules = change_rules(image, &config, partition);
                let subject = Subject { topic_id: topic.id, index: *index, partition, rules };
                records.extend(change(image, event, subject));
            }
        }
        Ok(())
    }
}

/// A topic's configuration under the node's.
pub(crate) fn topic_config(
    image: &ClusterImage,
    node: &NodeConfig,
    topic: &TopicImage,
) -> TopicConfig {
    TopicConfig::resolve(node, &Controller::topic_overrides(image, &topic.name))
}

/// The rules for a change of a topic's partition.
pub(crate) fn change_rules(
    image: &ClusterImage,
    config: &TopicConfig,
    partition: &PartitionRegistration,
) -> ChangeRules {
    let floor = usize::try_from(config.min_insync_replicas).unwrap_or(1);
    ChangeRules {
        version: image.features.metadata_version(),
        elr_enabled: image.features.is_elr_enabled(),
        min_isr: floor.min(partition.replicas.len()),
        unclean_election: config.unclean_leader_election_enable,
    }
}

/// Whether a broker's replica lies in a directory that works.
pub(crate) fn has_online_directory(
    image: &ClusterImage,
    broker: BrokerId,
    directory: Option<DirectoryId>,
) -> bool {
    let Some(known) = image.broker(broker) else { return false };
    match directory {
        None => false,
        Some(DirectoryId::LOST) => false,
        Some(DirectoryId::UNASSIGNED | DirectoryId::MIGRATING) => true,
        Some(other) => known.directories.is_empty() || known.directories.contains(&other),
    }
}

/// Whether a broker can lead a partition: it is alive, and its replica's directory online.
pub(crate) fn can_lead(
    image: &ClusterImage,
    partition: &PartitionRegistration,
    broker: BrokerId,
) -> bool {
    is_active(image, broker) && has_online_directory(image, broker, partition.directory(broker))
}

/// The record of a change in which the image alone says who can lead.
pub(crate) fn changed_partition(
    image: &ClusterImage,
    partition: &PartitionRegistration,
    change: PartitionChange<'_>,
) -> Option<PartitionChangeRecord> {
    let can_lead = |broker: BrokerId| can_lead(image, partition, broker);
    change.build(&can_lead, &|broker| default_directory(image, broker))
}

/// A change's record in the form of the cluster's version.
pub(crate) fn versioned(image: &ClusterImage, record: PartitionChangeRecord) -> VersionedRecord {
    let version = image.features.metadata_version();
    MetadataRecord::from(record).at(version.partition_version())
}

fn change(
    image: &ClusterImage,
    event: BrokerEvent,
    subject: Subject<'_>,
) -> Option<VersionedRecord> {
    let partition = subject.partition;
    let is_acceptable = |broker: BrokerId| {
        Some(broker) != event.removed
            && Some(broker) != event.unclean
            && (Some(broker) == event.added || is_active(image, broker))
            && has_online_directory(image, broker, partition.directory(broker))
    };
    let leaves = |broker: &BrokerId| [event.removed, event.unclean].contains(&Some(*broker));
    let change = PartitionChange {
        isr: partition.isr.iter().copied().filter(|broker| !leaves(broker)).collect(),
        unclean_replica: event.unclean,
        ..PartitionChange::new(subject, subject.rules.election())
    };
    change
        .build(&is_acceptable, &|broker| default_directory(image, broker))
        .map(|record| versioned(image, record))
}

fn registration_change(broker: BrokerRef, fenced: i8) -> VersionedRecord {
    let record = BrokerRegistrationChangeRecord {
        broker_id: broker.id.get(),
        broker_epoch: broker.epoch.get(),
        fenced,
        ..BrokerRegistrationChangeRecord::default()
    };
    MetadataRecord::from(record).at(0)
}

fn check_directories(
    image: &ClusterImage,
    request: &BrokerRegistrationRequest,
) -> Result<(), ApiError> {
    let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REGISTRATION, why));
    if request.log_dirs.is_empty() {
        return refuse("No directories specified in request".into());
    }
    if request.log_dirs.iter().any(|id| DirectoryId::new(*id).is_reserved()) {
        return refuse("Reserved directory ID in request".into());
    }
    let mut sorted = request.log_dirs.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse("Duplicate directory ID in request".into());
    }
    for id in &request.log_dirs {
        let owner = image.brokers.values().find(|broker| {
            broker.id.get() != request.broker_id
                && broker.directories.contains(&DirectoryId::new(*id))
        });
        if let Some(owner) = owner {
            return refuse(format!(
                "Broker {} is already registered with directory {id}",
                owner.id
            ));
        }
    }
    Ok(())
}

fn checked_features(
    image: &ClusterImage,
    request: &BrokerRegistrationRequest,
) -> Result<Vec<BrokerFeature>, ApiError> {
    let check = |name: &str, min: i16, max: i16| {
        let finalized = image.features.level(name);
        if (min..=max).contains(&finalized) {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::UNSUPPORTED_VERSION,
            format!(
                "Unable to register because the broker does not support finalized version \
                 {finalized} of {name}. The broker wants a version between {min} and {max}, \
                 inclusive."
            ),
        ))
    };
    for feature in &request.features {
        check(&feature.name, feature.min_supported_version, feature.max_supported_version)?;
    }
    let names = |name: &str| request.features.iter().any(|feature| &*feature.name == name);
    if !names(MetadataVersion::FEATURE_NAME) {
        return Err(ApiError::new(
            ErrorCode::INVALID_REGISTRATION,
            "Request features do not contain 'metadata.version'",
        ));
    }
    for name in image.features.finalized.keys().filter(|name| !names(name)) {
        check(name, 0, 0)?;
    }
    Ok(request
        .features
        .iter()
        .map(|feature| BrokerFeature {
            name: feature.name.clone(),
            min_supported_version: feature.min_supported_version,
            max_supported_version: feature.max_supported_version,
            ..BrokerFeature::default()
        })
        .collect())
}

/// A partition that a request names, and its topic.
pub(crate) type Found<'a> = (&'a TopicImage, PartitionIndex, &'a PartitionRegistration);

/// What of the name of a partition is not there.
pub(crate) enum Missing {
    Topic,
    Partition,
}

/// Looks a partition up by its topic's name.
pub(crate) fn find_partition<'a>(
    image: &'a ClusterImage,
    topic: &str,
    index: i32,
) -> Result<Found<'a>, Missing> {
    let index = PartitionIndex::new(index);
    let id = image.topic_ids.get(topic).ok_or(Missing::Topic)?;
    let topic = image.topic_by_id(*id).ok_or(Missing::Topic)?;
    let partition = topic.partition(index).ok_or(Missing::Partition)?;
    Ok((topic, index, partition))
}
