//! Who votes: the static list of the configuration, or the log's own records.

use super::addresses::is_own;
use super::error::QuorumError;
use keld_config::NodeConfig;
use keld_raft::{ReplicaKey, VoterSet};
use keld_types::{BrokerId, DirectoryId, Offset, Uuid};
use keld_wire::Str;
use keld_wire::quorum_records::VotersRecord;
use keld_wire::quorum_records::voters_record::{Endpoint, KRaftVersionFeature, Voter};

/// What control records of the log and snapshots say.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct KnownVoters {
    /// `kraft.version`.
    pub(super) kraft_version: i16,
    /// The voters of a dynamic quorum.
    pub(super) record: Option<VotersRecord>,
    /// Whether the log itself holds them, not only the formatter's checkpoint.
    pub(super) in_log: bool,
}

/// What is known of the voters, and since which offset: a cut of the log takes back what stood
/// after it. Never empty.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct VoterHistory {
    before: KnownVoters,
    in_log: Vec<(Offset, KnownVoters)>,
}

impl VoterHistory {
    pub(super) const fn new(before: KnownVoters) -> Self {
        Self { before, in_log: Vec::new() }
    }

    /// What counts now: the log's last word, committed or not.
    pub(super) fn latest(&self) -> &KnownVoters {
        self.in_log.last().map_or(&self.before, |(_, known)| known)
    }

    /// What the log says before `end`.
    pub(super) fn at(&self, end: Offset) -> &KnownVoters {
        let position = self.in_log.partition_point(|(offset, _)| *offset < end);
        let last = position.checked_sub(1).and_then(|last| self.in_log.get(last));
        last.map_or(&self.before, |(_, known)| known)
    }

    /// The log says something new at `offset`.
    pub(super) fn note(&mut self, offset: Offset, known: KnownVoters) {
        self.in_log.push((offset, known));
    }

    /// The log was cut.
    pub(super) fn truncate(&mut self, end: Offset) {
        self.in_log.retain(|(offset, _)| *offset < end);
    }

    /// Nothing before `offset` is cut any more.
    pub(super) fn settle(&mut self, offset: Offset) {
        self.before = self.at(offset).clone();
        self.in_log.retain(|(at, _)| *at >= offset);
    }

    /// The records of the log, for the core.
    pub(super) fn in_log(&self) -> &[(Offset, KnownVoters)] {
        &self.in_log
    }

    pub(super) const fn before(&self) -> &KnownVoters {
        &self.before
    }
}

impl KnownVoters {
    /// The voters by id and directory; none while they are to be heard of by the bootstrap servers.
    pub(super) fn voter_set(&self, config: &NodeConfig) -> VoterSet {
        match &self.record {
            Some(record) if self.kraft_version > 0 => {
                VoterSet::new(record.voters.iter().map(|v| {
                    ReplicaKey::new(
                        BrokerId::new(v.voter_id),
                        DirectoryId::new(v.voter_directory_id),
                    )
                }))
            }
            Some(_) | None => VoterSet::new(
                config
                    .quorum
                    .voters
                    .keys()
                    .map(|id| ReplicaKey::new(*id, DirectoryId::new(Uuid::ZERO))),
            ),
        }
    }

    /// Whether there can be a quorum at all for this node.
    pub(super) fn check(&self, config: &NodeConfig, local: ReplicaKey) -> Result<(), QuorumError> {
        let voters = self.voter_set(config);
        let can_ask = config.quorum.bootstrap_servers.iter().any(|at| !is_own(config, at));
        if voters.is_empty() && !can_ask {
            return Err(QuorumError::NoVoters);
        }
        let only = voters.iter().next().filter(|only| voters.len() == 1 && only.id == local.id);
        if let Some(only) = only.filter(|only| !only.matches(local)) {
            return Err(QuorumError::NotTheVoter(format!(
                "node {} with metadata directory {} is not the voter of this quorum, which is {} \
                 ({})",
                local.id, local.directory_id, only.id, only.directory_id
            )));
        }
        Ok(())
    }

    /// The voters to write at the beginning of an epoch: when the log has none yet, or when this
    /// node is reached elsewhere now.
    pub(super) fn record_to_write(
        &self,
        config: &NodeConfig,
        local: ReplicaKey,
    ) -> Option<VotersRecord> {
        if self.kraft_version == 0 {
            return None;
        }
        let mut updated = self.record.clone().unwrap_or_default();
        let own = own_voter(config, local);
        let is_first = updated.voters.is_empty();
        match updated.voters.iter_mut().find(|voter| voter.voter_id == own.voter_id) {
            Some(known) if known.voter_directory_id == own.voter_directory_id => *known = own,
            Some(_) => {}
            None if is_first => updated.voters.push(own),
            None => {}
        }
        (!self.in_log || self.record.as_ref() != Some(&updated)).then_some(updated)
    }
}

/// The record of a quorum of one.
pub(crate) fn voters_record(config: &NodeConfig, local: ReplicaKey) -> VotersRecord {
    VotersRecord { voters: vec![own_voter(config, local)], ..VotersRecord::default() }
}

/// This node, as a voter.
pub(super) fn own_voter(config: &NodeConfig, local: ReplicaKey) -> Voter {
    let endpoints = config
        .advertised_controller_listeners
        .iter()
        .map(|listener| Endpoint {
            name: Str::from(listener.name.as_str()),
            host: Str::from(listener.host.as_deref().unwrap_or("localhost")),
            port: listener.port,
            ..Endpoint::default()
        })
        .collect();
    Voter {
        voter_id: local.id.get(),
        voter_directory_id: local.directory_id.uuid(),
        endpoints,
        kraft_version_feature: KRaftVersionFeature {
            min_supported_version: 0,
            max_supported_version: 1,
            ..KRaftVersionFeature::default()
        },
        ..Voter::default()
    }
}
