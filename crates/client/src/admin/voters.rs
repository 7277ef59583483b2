//! The quorum's voters: adding and removing them (KIP-853).

use super::{Admin, check};
use crate::error::ClientError;
use keld_types::{BrokerId, DirectoryId};
use keld_wire::Str;
use keld_wire::messages::add_raft_voter_request::Listener;
use keld_wire::messages::{AddRaftVoterRequest, RemoveRaftVoterRequest};

/// Where a voter is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoterEndpoint {
    /// The listener's name.
    pub name: String,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl Admin {
    /// Makes a controller that follows the metadata log a voter.
    pub async fn add_voter(
        &self,
        voter: BrokerId,
        directory: DirectoryId,
        endpoints: &[VoterEndpoint],
    ) -> Result<(), ClientError> {
        let request = AddRaftVoterRequest {
            cluster_id: None,
            timeout_ms: self.timeout_ms(),
            voter_id: voter.get(),
            voter_directory_id: directory.uuid(),
            listeners: endpoints
                .iter()
                .map(|endpoint| Listener {
                    name: Str::from(&endpoint.name),
                    host: Str::from(&endpoint.host),
                    port: endpoint.port,
                    ..Listener::default()
                })
                .collect(),
            ..AddRaftVoterRequest::default()
        };
        let response = self.client.call_any(request).await?;
        let what = format!("adding voter {voter}");
        check(&what, response.error_code, response.error_message.as_ref())
    }

    /// Takes a voter out of the quorum.
    pub async fn remove_voter(
        &self,
        voter: BrokerId,
        directory: DirectoryId,
    ) -> Result<(), ClientError> {
        let request = RemoveRaftVoterRequest {
            cluster_id: None,
            voter_id: voter.get(),
            voter_directory_id: directory.uuid(),
            ..RemoveRaftVoterRequest::default()
        };
        let response = self.client.call_any(request).await?;
        let what = format!("removing voter {voter}");
        check(&what, response.error_code, response.error_message.as_ref())
    }
}
