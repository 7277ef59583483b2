//! AddRaftVoter, RemoveRaftVoter and UpdateRaftVoter (KIP-853): other voters, at the leader.

use crate::context::RequestContext;
use crate::node::Node;
use crate::quorum::VoterEdit;
use crate::reply::Reply;
use keld_controller::ApiError;
use keld_raft::ReplicaKey;
use keld_types::{BrokerId, DirectoryId, ErrorCode, Uuid};
use keld_wire::Str;
use keld_wire::messages as wire;
use keld_wire::quorum_records::voters_record::{Endpoint, KRaftVersionFeature, Voter};
use std::sync::Arc;

/// The wrong cluster, in Kafka's words.
fn foreign(node: &Node, cluster_id: Option<&Str>) -> Option<ApiError> {
    let given = cluster_id.filter(|id| id.as_str() != node.cluster_id().as_str())?;
    let own = node.cluster_id();
    let text = format!("The given id \"{given}\" doesn't match the cluster id \"{own}\"");
    Some(ApiError::new(ErrorCode::INCONSISTENT_CLUSTER_ID, text))
}

fn invalid(text: &str) -> ApiError {
    ApiError::new(ErrorCode::INVALID_REQUEST, text)
}

/// Whether the node is reached by the listener that controllers use among themselves.
fn has_listener<'a>(node: &Node, mut names: impl Iterator<Item = &'a str>) -> bool {
    let config = node.config();
    let listener = config.controller_listener_names.first();
    listener.is_some_and(|listener| names.any(|name| name == listener.as_str()))
}

/// AddRaftVoter.
pub(crate) fn add(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::AddRaftVoterRequest,
) -> Reply {
    let node = Arc::clone(node);
    Reply::later(async move {
        match add_checked(&node, request).await {
            Ok(()) => wire::AddRaftVoterResponse::default(),
            Err(error) => wire::AddRaftVoterResponse {
                error_code: error.code,
                error_message: error.message.map(Str::from),
                ..wire::AddRaftVoterResponse::default()
            },
        }
    })
}

async fn add_checked(node: &Node, request: wire::AddRaftVoterRequest) -> Result<(), ApiError> {
    if let Some(error) = foreign(node, request.cluster_id.as_ref()) {
        return Err(error);
    }
    if !node.quorum.status().is_some_and(|status| status.is_leader) {
        return Err(ApiError::bare(ErrorCode::NOT_LEADER_OR_FOLLOWER));
    }
    if request.voter_id < 0 || request.voter_directory_id.is_zero() {
        return Err(invalid("Add voter request didn't include a valid voter"));
    }
    if !has_listener(node, request.listeners.iter().map(|at| at.name.as_str())) {
        return Err(invalid(
            "Add voter request didn't include the endpoint for the default listener",
        ));
    }
    let endpoint = |at: wire::add_raft_voter_request::Listener| Endpoint {
        name: at.name,
        host: at.host,
        port: at.port,
        ..Endpoint::default()
    };
    let mut voter = Voter {
        voter_id: request.voter_id,
        voter_directory_id: request.voter_directory_id,
        endpoints: request.listeners.into_iter().map(endpoint).collect(),
        ..Voter::default()
    };
    voter.kraft_version_feature = supported_by(node, &voter).await?;
    node.quorum.change_voter(VoterEdit::Add(voter), request.ack_when_committed).await
}

/// Which `kraft.version` a node supports, as it says itself.
async fn supported_by(node: &Node, voter: &Voter) -> Result<KRaftVersionFeature, ApiError> {
    let config = node.config();
    let listener = config.controller_listener_names.first();
    let named = |at: &&Endpoint| listener.is_some_and(|name| name.as_str() == &*at.name);
    let endpoint = voter.endpoints.iter().find(named);
    let endpoint =
        endpoint.ok_or_else(|| invalid("Add voter request didn't include a valid voter"))?;
    let address =
        keld_env::Address { host: endpoint.host.as_str().to_owned(), port: endpoint.port };
    let client_id = format!("raft-client-{}", config.node_id);
    let peer = crate::peers::Peer::new(&node.env, &client_id, address);
    let timeout = u64::try_from(config.quorum.request_timeout_ms).unwrap_or(0);
    let until = node.env.clock.monotonic() + std::time::Duration::from_millis(timeout);
    let asked = tokio::select! {
        biased;
        asked = peer.supported_feature("kraft.version") => asked.map_err(|error| error.to_string()),
        () = node.env.clock.sleep_until(until) => Err("it does not answer".to_owned()),
    };
    let range = asked.map_err(|error| {
        let text =
            format!("Aborted add voter operation for since API_VERSIONS returned an error {error}");
        ApiError::new(ErrorCode::REQUEST_TIMED_OUT, text)
    })?;
    let range = range.filter(|range| range.max >= 1).ok_or_else(|| {
        invalid(
            "Aborted add voter operation since the kraft.version range doesn't support the \
             finalized version 1",
        )
    })?;
    Ok(KRaftVersionFeature {
        min_supported_version: range.min,
        max_supported_version: range.max,
        ..KRaftVersionFeature::default()
    })
}

/// RemoveRaftVoter.
pub(crate) fn remove(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::RemoveRaftVoterRequest,
) -> Reply {
    let node = Arc::clone(node);
    Reply::later(async move {
        match remove_checked(&node, request).await {
            Ok(()) => wire::RemoveRaftVoterResponse::default(),
            Err(error) => wire::RemoveRaftVoterResponse {
                error_code: error.code,
                error_message: error.message.map(Str::from),
                ..wire::RemoveRaftVoterResponse::default()
            },
        }
    })
}

async fn remove_checked(
    node: &Node,
    request: wire::RemoveRaftVoterRequest,
) -> Result<(), ApiError> {
    if let Some(error) = foreign(node, request.cluster_id.as_ref()) {
        return Err(error);
    }
    if request.voter_id < 0 || request.voter_directory_id == Uuid::ZERO {
        return Err(invalid("Remove voter request didn't include a valid voter"));
    }
    let directory = DirectoryId::new(request.voter_directory_id);
    let gone = ReplicaKey::new(BrokerId::new(request.voter_id), directory);
    node.quorum.change_voter(VoterEdit::Remove(gone), true).await
}

/// UpdateRaftVoter.
pub(crate) fn update(
    node: &Arc<Node>,
    _context: &RequestContext,
    request: wire::UpdateRaftVoterRequest,
) -> Reply {
    let node = Arc::clone(node);
    Reply::later(async move {
        let error_code = match update_checked(&node, request).await {
            Ok(()) => ErrorCode::NONE,
            Err(error) => error.code,
        };
        let mut response = wire::UpdateRaftVoterResponse {
            error_code,
            ..wire::UpdateRaftVoterResponse::default()
        };
        if let Some(status) = node.quorum.status() {
            response.current_leader.leader_id = status.leader.unwrap_or(BrokerId::NONE).get();
            response.current_leader.leader_epoch = status.epoch.get();
        }
        response
    })
}

async fn update_checked(
    node: &Node,
    request: wire::UpdateRaftVoterRequest,
) -> Result<(), ApiError> {
    if let Some(error) = foreign(node, request.cluster_id.as_ref()) {
        return Err(error);
    }
    let status = node.quorum.status();
    let status = status.filter(|status| status.is_leader);
    let status = status.ok_or_else(|| ApiError::bare(ErrorCode::NOT_LEADER_OR_FOLLOWER))?;
    let epoch = status.epoch.get();
    if request.current_leader_epoch < epoch {
        return Err(ApiError::bare(ErrorCode::FENCED_LEADER_EPOCH));
    }
    if request.current_leader_epoch > epoch {
        return Err(ApiError::bare(ErrorCode::UNKNOWN_LEADER_EPOCH));
    }
    let supported = &request.kraft_version_feature;
    let is_supported = (supported.min_supported_version..=supported.max_supported_version)
        .contains(&status.kraft_version);
    if request.voter_id < 0
        || request.voter_directory_id.is_zero()
        || !is_supported
        || !has_listener(node, request.listeners.iter().map(|at| at.name.as_str()))
    {
        return Err(ApiError::bare(ErrorCode::INVALID_REQUEST));
    }
    let kraft_version_feature = KRaftVersionFeature {
        min_supported_version: supported.min_supported_version,
        max_supported_version: supported.max_supported_version,
        ..KRaftVersionFeature::default()
    };
    let endpoint = |at: wire::update_raft_voter_request::Listener| Endpoint {
        name: at.name,
        host: at.host,
        port: at.port,
        ..Endpoint::default()
    };
    let voter = Voter {
        voter_id: request.voter_id,
        voter_directory_id: request.voter_directory_id,
        endpoints: request.listeners.into_iter().map(endpoint).collect(),
        kraft_version_feature,
        ..Voter::default()
    };
    node.quorum.change_voter(VoterEdit::Update(voter), true).await
}
