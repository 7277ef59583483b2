//! A change of a partition's ISR, ELR, replicas and leader.

use keld_metadata::{LeaderRecoveryState, MetadataVersion, PartitionRegistration};
use keld_types::{BrokerId, DirectoryId, Mutation, PartitionIndex, TopicId};
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

impl ChangeRules {
    /// How a change elects that nobody asked an election for.
    pub(crate) const fn election(self) -> Election {
        if self.unclean_election { Election::Unclean } else { Election::Online }
    }
}

/// Whom an election may choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Election {
    /// The first replica if it can; else whoever leads, else another.
    Preferred,
    /// Whoever leads if it can; else another of the ISR or, without one, of the ELR.
    Online,
    /// As `Online`, and at last any replica that is alive.
    Unclean,
}

/// A partition that changes, with what the change may look at.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) topic_id: TopicId,
    pub(crate) index: PartitionIndex,
    pub(crate) partition: &'a PartitionRegistration,
    pub(crate) rules: ChangeRules,
}

/// What is to change. The leader is elected anew when the current one cannot stay; a reassignment
/// ends when the new ISR has what it needs.
pub(crate) struct PartitionChange<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) election: Election,
    /// The ISR to have.
    pub(crate) isr: Vec<BrokerId>,
    /// The assigned replicas to have, those that come and go included.
    pub(crate) replicas: Vec<BrokerId>,
    /// Replicas on their way out.
    pub(crate) removing: Vec<BrokerId>,
    /// Replicas on their way in.
    pub(crate) adding: Vec<BrokerId>,
    /// A replica that may have lost what it acknowledged.
    pub(crate) unclean_replica: Option<BrokerId>,
    /// A replica that lies in another directory now.
    pub(crate) directory: Option<(BrokerId, DirectoryId)>,
    pub(crate) recovery_state: LeaderRecoveryState,
}

impl<'a> PartitionChange<'a> {
    /// Changes nothing but a leader that cannot stay.
    pub(crate) fn new(subject: Subject<'a>, election: Election) -> Self {
        let partition = subject.partition;
        Self {
            subject,
            election,
            isr: partition.isr.clone(),
            replicas: partition.replicas.clone(),
            removing: partition.removing_replicas.clone(),
            adding: partition.adding_replicas.clone(),
            unclean_replica: None,
            directory: None,
            recovery_state: partition.leader_recovery_state,
        }
    }

    /// The record, or `None` when nothing changes. A broker is acceptable that is alive and whose
    /// replica's directory is online; `default_directory` is where a new replica goes.
    pub(crate) fn build(
        mut self,
        is_acceptable: &dyn Fn(BrokerId) -> bool,
        default_directory: &dyn Fn(BrokerId) -> DirectoryId,
    ) -> Option<PartitionChangeRecord> {
        let Subject { topic_id, index, partition, rules } = self.subject;
        let unchanged = PartitionChangeRecord {
            partition_id: index.get(),
            topic_id: topic_id.uuid(),
            ..PartitionChangeRecord::default()
        };
        let mut record = unchanged.clone();
        self.complete_reassignment();
        let mut elr = self.target_elr();
        let (leader, unclean) = self.elect(&elr, is_acceptable);
        if leader != partition.leader {
            if elr.contains(&leader) {
                // Only reachable with an empty ISR: the winner is all there is.
                self.isr = vec![leader];
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
        let loses_replica = partition.replicas.iter().any(|id| !self.replicas.contains(id));
        if record.leader == NO_LEADER_CHANGE && loses_replica {
            // A replica that is gone must not be taken for one that still follows.
            record.leader = partition.leader.get();
        }
        if unclean || !rules.elr_enabled {
            elr.clear();
        }
        if elr != partition.elr {
            record.eligible_leader_replicas = Some(plain(&elr));
        }
        if record.isr.is_none()
            && (!self.isr.is_empty() || rules.elr_enabled)
            && self.isr != partition.isr
        {
            record.isr = Some(plain(&self.isr));
        }
        let shrinks = record
            .isr
            .as_ref()
            .is_some_and(|new| partition.isr.iter().any(|old| !new.contains(&old.get())));
        if rules.version.bumps_leader_epoch_on_shrink()
            && shrinks
            && record.leader == NO_LEADER_CHANGE
        {
            record.leader = partition.leader.get();
        }
        self.note_last_leader(&mut record);
        self.assign(&mut record, default_directory);
        if self.recovery_state != partition.leader_recovery_state {
            record.leader_recovery_state = self.recovery_state.id();
        }
        (record != unchanged).then_some(record)
    }

    /// KIP-455: once what is added is in sync, what is removed goes. A reassignment to fewer
    /// replicas waits for all of them, so that it never shrinks the ISR further than it must.
    fn complete_reassignment(&mut self) {
        if self.removing.is_empty() && self.adding.is_empty() {
            return;
        }
        let stays = |id: &&BrokerId| !self.removing.contains(id);
        let isr: Vec<BrokerId> = self.isr.iter().filter(stays).copied().collect();
        let replicas: Vec<BrokerId> = self.replicas.iter().filter(stays).copied().collect();
        if !self.removing.is_empty() && (isr.is_empty() || replicas.is_empty()) {
            return;
        }
        let has_all = |needed: &[BrokerId]| needed.iter().all(|id| isr.contains(id));
        if !has_all(&self.adding)
            || (self.adding.len() < self.removing.len() && !has_all(&replicas))
        {
            return;
        }
        self.isr = isr;
        self.replicas = replicas;
        self.removing.clear();
        self.adding.clear();
    }

    /// KIP-966: below the floor, replicas that leave the ISR stay eligible, unless they may have
    /// lost something.
    fn target_elr(&self) -> Vec<BrokerId> {
        let Subject { partition, rules, .. } = self.subject;
        if !rules.elr_enabled {
            return partition.elr.clone();
        }
        if self.isr.len() >= rules.min_isr {
            return Vec::new();
        }
        let mut elr: Vec<BrokerId> = partition.elr.iter().chain(&partition.isr).copied().collect();
        elr.sort_unstable();
        elr.dedup();
        // Replicas that a reassignment takes away are no replicas any more (Kafka keeps them here).
        elr.retain(|id| {
            self.replicas.contains(id)
                && !self.isr.contains(id)
                && Some(*id) != self.unclean_replica
        });
        elr
    }

    /// The leader to have, [`BrokerId::NONE`] when there can be none, and whether it may lack
    /// records.
    fn elect(
        &self,
        elr: &[BrokerId],
        is_acceptable: &dyn Fn(BrokerId) -> bool,
    ) -> (BrokerId, bool) {
        let partition = self.subject.partition;
        let is_valid = |id: BrokerId| {
            let is_complete = self.isr.contains(&id) || (self.isr.is_empty() && elr.contains(&id));
            (is_complete || Mutation::AnyReplicaElected.is_planted()) && is_acceptable(id)
        };
        let preferred = self.replicas.first().filter(|_| self.election == Election::Preferred);
        let clean = preferred.into_iter().chain([&partition.leader]).chain(&self.replicas);
        if let Some(id) = clean.copied().find(|id| is_valid(*id)) {
            return (id, false);
        }
        if self.subject.rules.elr_enabled
            && elr.is_empty()
            && self.isr.is_empty()
            && let [last] = partition.last_known_elr[..]
            && is_acceptable(last)
        {
            return (last, true);
        }
        let any = || self.replicas.iter().copied().find(|id| is_acceptable(*id));
        match (self.election == Election::Unclean).then(any).flatten() {
            Some(id) => (id, true),
            None => (BrokerId::NONE, false),
        }
    }

    fn note_last_leader(&self, record: &mut PartitionChangeRecord) {
        let Subject { partition, rules, .. } = self.subject;
        if !rules.elr_enabled {
            return;
        }
        if record.leader == BrokerId::NONE.get() && partition.last_known_elr.is_empty() {
            record.last_known_elr = Some(vec![partition.leader.get()]);
        } else if record.leader >= 0 && !partition.last_known_elr.is_empty() {
            record.last_known_elr = Some(Vec::new());
        }
    }

    fn assign(
        &self,
        record: &mut PartitionChangeRecord,
        default_directory: &dyn Fn(BrokerId) -> DirectoryId,
    ) {
        let partition = self.subject.partition;
        if self.subject.rules.version.has_directories() {
            let directories: Vec<DirectoryId> = self
                .replicas
                .iter()
                .map(|id| match self.directory {
                    Some((moved, directory)) if moved == *id => directory,
                    _ => partition.directory(*id).unwrap_or_else(|| default_directory(*id)),
                })
                .collect();
            if directories != partition.directories {
                record.directories = Some(directories.iter().map(|id| id.uuid()).collect());
            }
        }
        if self.replicas != partition.replicas {
            record.replicas = Some(plain(&self.replicas));
        }
        if self.removing != partition.removing_replicas {
            record.removing_replicas = Some(plain(&self.removing));
        }
        if self.adding != partition.adding_replicas {
            record.adding_replicas = Some(plain(&self.adding));
        }
    }
}

/// What a record says that leaves leader and leader epoch.
pub(crate) const NO_LEADER_CHANGE: i32 = -2;

pub(crate) fn plain(ids: &[BrokerId]) -> Vec<i32> {
    ids.iter().map(|id| id.get()).collect()
}
