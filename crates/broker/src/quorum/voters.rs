//! Who votes: the static list of the configuration, or the log's own record.

use super::error::QuorumError;
use keld_config::NodeConfig;
use keld_raft::{ReplicaKey, VoterSet};
use keld_types::{BrokerId, DirectoryId, Uuid};
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

impl KnownVoters {
    /// The set for the core, which must be this node alone.
    pub(super) fn voter_set(
        &self,
        config: &NodeConfig,
        local: ReplicaKey,
    ) -> Result<VoterSet, QuorumError> {
        let voters = match &self.record {
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
        };
        if voters.is_empty() {
            return Err(QuorumError::NoVoters);
        }
        if voters.len() > 1 {
            return Err(QuorumError::NotTheVoter(format!(
                "the quorum has {} voters; this release runs quorums of one",
                voters.len()
            )));
        }
        if !voters.contains(local) {
            let known: Vec<String> =
                voters.iter().map(|v| format!("{} ({})", v.id, v.directory_id)).collect();
            return Err(QuorumError::NotTheVoter(format!(
                "node {} with metadata directory {} is not the voter of this quorum, which is {}",
                local.id,
                local.directory_id,
                known.join(", ")
            )));
        }
        Ok(voters)
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
        let updated = voters_record(config, local);
        (!self.in_log || self.record.as_ref() != Some(&updated)).then_some(updated)
    }
}

/// The record of a quorum of one.
pub(crate) fn voters_record(config: &NodeConfig, local: ReplicaKey) -> VotersRecord {
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
    let voter = Voter {
        voter_id: local.id.get(),
        voter_directory_id: local.directory_id.uuid(),
        endpoints,
        kraft_version_feature: KRaftVersionFeature {
            min_supported_version: 0,
            max_supported_version: 1,
            ..KRaftVersionFeature::default()
        },
        ..Voter::default()
    };
    VotersRecord { voters: vec![voter], ..VotersRecord::default() }
}
