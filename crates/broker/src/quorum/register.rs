//! How a node makes itself known: as a controller and as a broker, then unfenced.

use super::{QuorumError, QuorumHandle};
use crate::node::Node;
use keld_config::{Listener, NodeConfig};
use keld_controller::{ApiError, BrokerRef, Command, Reply, supported_features};
use keld_metadata::ClusterImage;
use keld_types::{BrokerEpoch, ClusterId, DirectoryId, Uuid};
use keld_wire::Str;
use keld_wire::messages::BrokerRegistrationRequest;
use keld_wire::messages::broker_registration_request as request;
use keld_wire::metadata_records::RegisterControllerRecord;
use keld_wire::metadata_records::register_controller_record as record;

/// What a registration says.
#[derive(Clone, Debug)]
pub(crate) struct RegistrationInput<'a> {
    /// The node's options.
    pub(crate) config: &'a NodeConfig,
    /// The cluster of `meta.properties`.
    pub(crate) cluster_id: &'a ClusterId,
    /// Drawn by this start of the process.
    pub(crate) incarnation_id: Uuid,
    /// Where brokers are reached: the advertised listeners with the ports that were bound.
    pub(crate) broker_listeners: &'a [Listener],
    /// Where controllers are reached.
    pub(crate) controller_listeners: &'a [Listener],
    /// The directories that are online.
    pub(crate) directories: &'a [DirectoryId],
    /// The epoch of the last clean stop, if every directory has the same.
    pub(crate) previous_epoch: Option<BrokerEpoch>,
}

/// Registers the controller, then the broker, fenced: whichever role the node has. Gives the broker
/// in its new registration.
pub(super) async fn register(
    node: &Node,
    image: &ClusterImage,
) -> Result<Option<BrokerRef>, QuorumError> {
    let config = node.config();
    let version = image.features.metadata_version();
    if version.has_controller_registration() && config.roles.controller {
        let record = node.with_registration(&|input| controller_record(input));
        let reply = node.quorum.submit(Command::RegisterController(record)).await;
        refused(reply, "controller")?;
    }
    if !config.roles.broker {
        return Ok(None);
    }
    let request = node.with_registration(&|input| broker_request(input));
    match node.quorum.submit(Command::RegisterBroker(request)).await {
        Reply::Registered(epoch) => Ok(Some(BrokerRef { id: config.node_id, epoch })),
        other => Err(failure("broker", &other)),
    }
}

/// Lets a registered broker lead.
pub(super) async fn unfence(
    quorum: &QuorumHandle,
    broker: BrokerRef,
    cordoned: Vec<DirectoryId>,
) -> Result<(), QuorumError> {
    refused(quorum.submit(Command::UnfenceBroker(broker, Some(cordoned))).await, "broker")
}

fn refused(reply: Reply, role: &str) -> Result<(), QuorumError> {
    match reply {
        Reply::Done => Ok(()),
        other => Err(failure(role, &other)),
    }
}

fn failure(role: &str, reply: &Reply) -> QuorumError {
    let reason = match reply {
        Reply::Refused(error) => error.to_string(),
        _ => ApiError::bare(keld_types::ErrorCode::UNKNOWN_SERVER_ERROR).to_string(),
    };
    QuorumError::NotTheVoter(format!("the {role} cannot be registered: {reason}"))
}

fn host(listener: &Listener) -> Str {
    Str::from(listener.host.as_deref().unwrap_or("localhost"))
}

/// What a controller says of itself.
pub(crate) fn controller_record(input: &RegistrationInput<'_>) -> RegisterControllerRecord {
    RegisterControllerRecord {
        controller_id: input.config.node_id.get(),
        incarnation_id: input.incarnation_id,
        zk_migration_ready: false,
        end_points: input
            .controller_listeners
            .iter()
            .map(|listener| record::ControllerEndpoint {
                name: Str::from(listener.name.as_str()),
                host: host(listener),
                port: listener.port,
                security_protocol: listener.protocol.id(),
                ..record::ControllerEndpoint::default()
            })
            .collect(),
        features: supported_features()
            .map(|(name, range)| record::ControllerFeature {
                name: Str::from(name),
                min_supported_version: range.min,
                max_supported_version: range.max,
                ..record::ControllerFeature::default()
            })
            .collect(),
        ..RegisterControllerRecord::default()
    }
}

/// What a broker says of itself.
pub(crate) fn broker_request(input: &RegistrationInput<'_>) -> BrokerRegistrationRequest {
    BrokerRegistrationRequest {
        broker_id: input.config.node_id.get(),
        cluster_id: Str::from(input.cluster_id.as_str()),
        incarnation_id: input.incarnation_id,
        listeners: input
            .broker_listeners
            .iter()
            .map(|listener| request::Listener {
                name: Str::from(listener.name.as_str()),
                host: host(listener),
                port: listener.port,
                security_protocol: listener.protocol.id(),
                ..request::Listener::default()
            })
            .collect(),
        features: supported_features()
            .map(|(name, range)| request::Feature {
                name: Str::from(name),
                min_supported_version: range.min,
                max_supported_version: range.max,
                ..request::Feature::default()
            })
            .collect(),
        rack: input.config.rack.as_deref().map(Str::from),
        is_migrating_zk_broker: false,
        log_dirs: input.directories.iter().map(|id| id.uuid()).collect(),
        previous_broker_epoch: input.previous_epoch.map_or(-1, BrokerEpoch::get),
        ..BrokerRegistrationRequest::default()
    }
}
