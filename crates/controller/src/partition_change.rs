//! A change of a partition's ISR, ELR and leader.

use keld_metadata::{
    LeaderRecoveryState, MetadataRecord, MetadataVersion, PartitionRegistration, VersionedRecord,
};
use keld_types::{BrokerId, DirectoryId, PartitionIndex, TopicId};
use keld_wire::metadata_records::PartitionChangeRecord;

/// Rules of the cluster and the topic that a change obeys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ChangeRules {
    pub(crate) version: MetadataVersion,
    /// KIP-966 is on.
    pub(crate) elr_enabled: bool,
    /// `min.insync.replicas`, at most the number of replicas.
    pub(crate) min_isr: usize,
    /// `unclean.leader.election.enable`.
    pub(crate) unclean_election: bool,
}

/// What is to change. The leader is elected anew when the current one cannot stay.
pub(crate) struct PartitionChange<'a> {
    pub(crate) topic_id: TopicId,
    pub(crate) index: PartitionIndex,
    pub(crate) partition: &'a PartitionRegistration,
    pub(crate) rules: ChangeRules,
    /// Whether a broker is alive and its replica's directory online.
    pub(crate) is_acceptable: &'a dyn Fn(BrokerId) -> bool,
    /// The ISR to have.
    pub(crate) isr: Vec<BrokerId>,
    /// A replica that may have lost what it acknowledged.
    pub(crate) unclean_replica: Option<BrokerId>,
    /// A replica that lies in another directory now.
    pub(crate) directory: Option<(BrokerId, DirectoryId)>,
}

impl PartitionChange<'_> {
    /// The record, or `None` when nothing changes.
    pub(crate) fn build(self) -> Option<VersionedRecord> {
        let partition = self.partition;
        let mut record = PartitionChangeRecord {
            partition_id: self.index.get(),
            topic_id: self.topic_id.uuid(),
            ..PartitionChangeRecord::default()
        };
        let mut isr = self.isr.clone();
        let mut elr = self.target_elr();
        let (leader, unclean) = self.elect(&elr);
        if leader != partition.leader {
            if elr.contains(&leader) {
                // Only reachable with an empty ISR: the winner is all there is.
                isr = vec![leader];
                elr.retain(|replica| *replica != leader);
            }
            record.leader = leader.get();
            if unclean {
                record.isr = Some(vec![leader.get()]);
                if partition.leader_recovery_state != LeaderRecoveryState::Recovering {
                    record.leader_recovery_state = LeaderRecoveryState::Recovering.id();
                }
            }
        }
        if unclean || !self.rules.elr_enabled {
            elr.clear();
        }
        if elr != partition.elr {
            record.eligible_leader_replicas = Some(plain(&elr));
        }
        if record.isr.is_none()
            && (!isr.is_empty() || self.rules.elr_enabled)
            && isr != partition.isr
        {
            record.isr = Some(plain(&isr));
        }
        let shrinks = record
            .isr
            .as_ref()
            .is_some_and(|new| partition.isr.iter().any(|old| !new.contains(&old.get())));
        if self.rules.version.bumps_leader_epoch_on_shrink() && shrinks && record.leader == -2 {
            record.leader = partition.leader.get();
        }
        self.note_last_leader(&mut record);
        self.move_directory(&mut record);
        let unchanged = PartitionChangeRecord {
            partition_id: record.partition_id,
            topic_id: record.topic_id,
            ..PartitionChangeRecord::default()
        };
        (record != unchanged)
            .then(|| MetadataRecord::from(record).at(self.rules.version.partition_version()))
    }

    /// KIP-966: below the floor, replicas that leave the ISR stay eligible, unless they may have
    /// lost something.
    fn target_elr(&self) -> Vec<BrokerId> {
        if !self.rules.elr_enabled || self.isr.len() >= self.rules.min_isr {
            return Vec::new();
        }
        let mut elr: Vec<BrokerId> =
            self.partition.elr.iter().chain(&self.partition.isr).copied().collect();
        elr.sort_unstable();
        elr.dedup();
        elr.retain(|id| !self.isr.contains(id) && Some(*id) != self.unclean_replica);
        elr
    }

    /// The leader to have, [`BrokerId::NONE`] when there can be none, and whether it may lack
    /// records.
    fn elect(&self, elr: &[BrokerId]) -> (BrokerId, bool) {
        let is_valid = |id: BrokerId| {
            (self.isr.contains(&id) || (self.isr.is_empty() && elr.contains(&id)))
                && (self.is_acceptable)(id)
        };
        if is_valid(self.partition.leader) {
            return (self.partition.leader, false);
        }
        let replicas = &self.partition.replicas;
        if let Some(id) = replicas.iter().copied().find(|id| is_valid(*id)) {
            return (id, false);
        }
        if self.rules.elr_enabled
            && elr.is_empty()
            && self.isr.is_empty()
            && let [last] = self.partition.last_known_elr[..]
            && (self.is_acceptable)(last)
        {
            return (last, true);
        }
        let unclean = || replicas.iter().copied().find(|id| (self.is_acceptable)(*id));
        match self.rules.unclean_election.then(unclean).flatten() {
            Some(id) => (id, true),
            None => (BrokerId::NONE, false),
        }
    }

    fn note_last_leader(&self, record: &mut PartitionChangeRecord) {
        if !self.rules.elr_enabled {
            return;
        }
        let partition = self.partition;
        if record.leader == BrokerId::NONE.get() && partition.last_known_elr.is_empty() {
            record.last_known_elr = Some(vec![partition.leader.get()]);
        } else if record.leader >= 0 && !partition.last_known_elr.is_empty() {
            record.last_known_elr = Some(Vec::new());
        }
    }

    fn move_directory(&self, record: &mut PartitionChangeRecord) {
        let Some((broker, directory)) = self.directory else { return };
        if !self.rules.version.has_directories() {
            return;
        }
        let moved: Vec<DirectoryId> = self
            .partition
            .replicas
            .iter()
            .zip(&self.partition.directories)
            .map(|(replica, current)| if *replica == broker { directory } else { *current })
            .collect();
        if moved != self.partition.directories {
            record.directories = Some(moved.iter().map(|id| id.uuid()).collect());
        }
    }
}

fn plain(ids: &[BrokerId]) -> Vec<i32> {
    ids.iter().map(|id| id.get()).collect()
}
