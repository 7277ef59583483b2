//! `--initial-controllers`: `id@host:port:directory`, separated by commas.

use super::StorageError;
use super::directories::InitialControllers;
use keld_config::NodeConfig;
use keld_env::Env;
use keld_types::{BrokerId, DirectoryId, Uuid};
use keld_wire::Str;
use keld_wire::quorum_records::VotersRecord;
use keld_wire::quorum_records::voters_record::{Endpoint, KRaftVersionFeature, Voter};

/// One voter of a new quorum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct InitialVoter {
    pub(super) id: BrokerId,
    host: String,
    port: u16,
    pub(super) directory_id: DirectoryId,
}

impl InitialControllers {
    /// This node alone, in a directory with a new id.
    pub fn standalone(env: &Env, config: &NodeConfig) -> Result<Self, StorageError> {
        if !config.roles.controller {
            return Err(StorageError::refused("You can only use --standalone on a controller."));
        }
        let listener = config
            .advertised_controller_listeners
            .first()
            .ok_or_else(|| StorageError::refused("No controller listeners found."))?;
        let voter = InitialVoter {
            id: config.node_id,
            host: listener.host.clone().unwrap_or_else(|| "localhost".to_owned()),
            port: listener.port,
            directory_id: DirectoryId::new(env.random.uuid()),
        };
        Ok(Self { voters: vec![voter] })
    }

    /// Reads the flag's value.
    pub fn parse(text: &str) -> Result<Self, StorageError> {
        let voters: Vec<InitialVoter> = text
            .trim()
            .split(',')
            .filter(|part| !part.is_empty())
            .map(parse_voter)
            .collect::<Result<_, _>>()?;
        if voters.is_empty() {
            return Err(StorageError::refused("No voters given."));
        }
        for (position, voter) in voters.iter().enumerate() {
            if voters.iter().skip(position + 1).any(|other| other.id == voter.id) {
                return Err(StorageError::refused(format!(
                    "Node id {} was specified more than once.",
                    voter.id
                )));
            }
        }
        Ok(Self { voters })
    }

    pub(super) fn to_record(&self, listener: &str) -> VotersRecord {
        let voters = self.voters.iter().map(|voter| Voter {
            voter_id: voter.id.get(),
            voter_directory_id: voter.directory_id.uuid(),
            endpoints: vec![Endpoint {
                name: Str::from(listener),
                host: Str::from(voter.host.as_str()),
                port: voter.port,
                ..Endpoint::default()
            }],
            kraft_version_feature: KRaftVersionFeature {
                min_supported_version: 0,
                max_supported_version: 1,
                ..KRaftVersionFeature::default()
            },
            ..Voter::default()
        });
        VotersRecord { voters: voters.collect(), ..VotersRecord::default() }
    }
}

fn parse_voter(text: &str) -> Result<InitialVoter, StorageError> {
    let refuse = StorageError::refused;
    let text = text.trim();
    let (id, rest) =
        text.split_once('@').ok_or_else(|| refuse("No @ found in dynamic voter string."))?;
    if id.is_empty() {
        return Err(refuse("Invalid @ at beginning of dynamic voter string."));
    }
    let id: i32 =
        id.parse().map_err(|_| refuse("Failed to parse node id in dynamic voter string."))?;
    if id < 0 {
        return Err(StorageError::refused(format!(
            "Invalid negative node id {id} in dynamic voter string."
        )));
    }
    if rest.is_empty() {
        return Err(refuse("No hostname found after node id."));
    }
    let (host, rest) = match rest.strip_prefix('[') {
        Some(inner) => inner.split_once(']').ok_or_else(|| {
            refuse("Hostname began with left bracket, but no right bracket was found.")
        })?,
        None => {
            let colon = rest
                .find(':')
                .ok_or_else(|| refuse("No colon following hostname could be found."))?;
            rest.split_at(colon)
        }
    };
    let rest =
        rest.strip_prefix(':').ok_or_else(|| refuse("Port section must start with a colon."))?;
    let (port, directory) =
        rest.split_once(':').ok_or_else(|| refuse("No colon following port could be found."))?;
    let port: i64 =
        port.parse().map_err(|_| refuse("Failed to parse port in dynamic voter string."))?;
    let port = u16::try_from(port).map_err(|_| {
        StorageError::refused(format!("Invalid port {port} in dynamic voter string."))
    })?;
    let directory: Uuid = directory
        .parse()
        .map_err(|_| refuse("Failed to parse directory ID in dynamic voter string."))?;
    Ok(InitialVoter {
        id: BrokerId::new(id),
        host: host.to_owned(),
        port,
        directory_id: DirectoryId::new(directory),
    })
}
