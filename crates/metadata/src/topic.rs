//! Topics and their partitions.

use crate::metadata_version::MetadataVersion;
use crate::record::{MetadataRecord, VersionedRecord};
use keld_types::{
    BrokerId, DirectoryId, LeaderEpoch, PartitionEpoch, PartitionIndex, TopicId, TopicName,
};
use keld_wire::metadata_records::{PartitionChangeRecord, PartitionRecord};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether a leader may have lost records to get there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeaderRecoveryState {
    /// 0: elected from those that had everything.
    Recovered,
    /// 1: elected uncleanly.
    Recovering,
}

impl LeaderRecoveryState {
    /// The number in records.
    pub const fn id(self) -> i8 {
        match self {
            Self::Recovered => 0,
            Self::Recovering => 1,
        }
    }

    /// The state of a number; whatever is not 1 counts as recovered.
    pub const fn from_id(id: i8) -> Self {
        if id == 1 { Self::Recovering } else { Self::Recovered }
    }
}

/// What the controller knows of a partition.
///
/// Invariants: `directories` is as long as `replicas`; ISR and ELR are disjoint parts of `replicas`;
/// `leader` is in the ISR or [`BrokerId::NONE`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionRegistration {
    /// Assigned replicas, the preferred leader first.
    pub replicas: Vec<BrokerId>,
    /// For each replica the directory it lies in.
    pub directories: Vec<DirectoryId>,
    /// In-sync replicas.
    pub isr: Vec<BrokerId>,
    /// Replicas on their way out.
    pub removing_replicas: Vec<BrokerId>,
    /// Replicas on their way in.
    pub adding_replicas: Vec<BrokerId>,
    /// Replicas outside the ISR that still have all that is committed.
    pub elr: Vec<BrokerId>,
    /// Who led last when nobody can.
    pub last_known_elr: Vec<BrokerId>,
    /// The leader.
    pub leader: BrokerId,
    /// How the leader came to be.
    pub leader_recovery_state: LeaderRecoveryState,
    /// Counts leaders.
    pub leader_epoch: LeaderEpoch,
    /// Counts changes.
    pub partition_epoch: PartitionEpoch,
}

impl PartitionRegistration {
    pub(crate) fn from_record(record: &PartitionRecord) -> Self {
        let replicas = broker_ids(&record.replicas);
        Self {
            directories: directories(Some(&record.directories), replicas.len()),
            replicas,
            isr: broker_ids(&record.isr),
            removing_replicas: broker_ids(&record.removing_replicas),
            adding_replicas: broker_ids(&record.adding_replicas),
            elr: record.eligible_leader_replicas.as_deref().map(broker_ids).unwrap_or_default(),
            last_known_elr: record.last_known_elr.as_deref().map(broker_ids).unwrap_or_default(),
            leader: BrokerId::new(record.leader),
            leader_recovery_state: LeaderRecoveryState::from_id(record.leader_recovery_state),
            leader_epoch: LeaderEpoch::new(record.leader_epoch),
            partition_epoch: PartitionEpoch::new(record.partition_epoch),
        }
    }

    /// The partition after a change. Naming a leader, even the same, bumps the leader epoch.
    pub fn changed(&self, record: &PartitionChangeRecord) -> Self {
        let ids = |new: &Option<Vec<i32>>, old: &Vec<BrokerId>| {
            new.as_deref().map_or_else(|| old.clone(), broker_ids)
        };
        let replicas = ids(&record.replicas, &self.replicas);
        let directories = match &record.directories {
            Some(new) => directories(Some(new), replicas.len()),
            None if self.directories.len() == replicas.len() => self.directories.clone(),
            None => directories(None, replicas.len()),
        };
        let names_leader = record.leader != NO_LEADER_CHANGE;
        Self {
            directories,
            replicas,
            isr: ids(&record.isr, &self.isr),
            removing_replicas: ids(&record.removing_replicas, &self.removing_replicas),
            adding_replicas: ids(&record.adding_replicas, &self.adding_replicas),
            elr: ids(&record.eligible_leader_replicas, &self.elr),
            last_known_elr: ids(&record.last_known_elr, &self.last_known_elr),
            leader: if names_leader { BrokerId::new(record.leader) } else { self.leader },
            leader_recovery_state: if record.leader_recovery_state == NO_RECOVERY_CHANGE {
                self.leader_recovery_state
            } else {
                LeaderRecoveryState::from_id(record.leader_recovery_state)
            },
            leader_epoch: LeaderEpoch::new(
                self.leader_epoch.get().saturating_add(i32::from(names_leader)),
            ),
            partition_epoch: PartitionEpoch::new(self.partition_epoch.get().saturating_add(1)),
        }
    }

    /// The record that says all of this, in the form of `version`.
    pub fn to_record(
        &self,
        topic_id: TopicId,
        partition: PartitionIndex,
        version: MetadataVersion,
        elr_enabled: bool,
    ) -> VersionedRecord {
        let with_elr = elr_enabled && version.has_elr();
        let some_ids = |ids: &[BrokerId]| (with_elr && !ids.is_empty()).then(|| plain_ids(ids));
        let record = PartitionRecord {
            partition_id: partition.get(),
            topic_id: topic_id.uuid(),
            replicas: plain_ids(&self.replicas),
            isr: plain_ids(&self.isr),
            removing_replicas: plain_ids(&self.removing_replicas),
            adding_replicas: plain_ids(&self.adding_replicas),
            leader: self.leader.get(),
            leader_recovery_state: self.leader_recovery_state.id(),
            leader_epoch: self.leader_epoch.get(),
            partition_epoch: self.partition_epoch.get(),
            directories: if version.has_directories() {
                self.directories.iter().map(|id| id.uuid()).collect()
            } else {
                Vec::new()
            },
            eligible_leader_replicas: some_ids(&self.elr),
            last_known_elr: some_ids(&self.last_known_elr),
            ..PartitionRecord::default()
        };
        MetadataRecord::from(record).at(version.partition_version())
    }

    /// The directory of a broker's replica.
    pub fn directory(&self, broker: BrokerId) -> Option<DirectoryId> {
        let position = self.replicas.iter().position(|replica| *replica == broker)?;
        self.directories.get(position).copied()
    }

    pub(crate) fn without_elr(&self) -> Self {
        Self { elr: Vec::new(), last_known_elr: Vec::new(), ..self.clone() }
    }
}

const NO_LEADER_CHANGE: i32 = -2;
const NO_RECOVERY_CHANGE: i8 = -1;

fn broker_ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId::new).collect()
}

fn plain_ids(ids: &[BrokerId]) -> Vec<i32> {
    ids.iter().map(|id| id.get()).collect()
}

/// Partitions older than directories count as migrating.
fn directories(ids: Option<&Vec<keld_types::Uuid>>, replicas: usize) -> Vec<DirectoryId> {
    match ids {
        Some(ids) if ids.len() == replicas => ids.iter().copied().map(DirectoryId::new).collect(),
        Some(_) | None => vec![DirectoryId::MIGRATING; replicas],
    }
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicImage {
    /// Its name.
    pub name: TopicName,
    /// Its id.
    pub id: TopicId,
    /// Its partitions.
    pub partitions: Arc<BTreeMap<PartitionIndex, Arc<PartitionRegistration>>>,
}

impl TopicImage {
    /// A partition.
    pub fn partition(&self, index: PartitionIndex) -> Option<&Arc<PartitionRegistration>> {
        self.partitions.get(&index)
    }
}
