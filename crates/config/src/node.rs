//! A node's configuration, typed: what `server.properties` and dynamic options amount to.

mod cleaner;
mod listeners;
mod quorum;
mod rules;
mod sections;

use std::collections::BTreeMap;
use std::path::PathBuf;

use keld_types::BrokerId;

pub use cleaner::CleanerConfig;
pub use quorum::{MetadataLogConfig, QuorumConfig};
pub(crate) use quorum::{parse_bootstrap_servers, parse_voters};
pub(crate) use sections::{GROUP_RANGES, bound_names};
pub use sections::{
    GroupDefaults, GroupRange, HttpConfig, ListenerConnections, LogManagerConfig, OffsetsConfig,
    ReplicationConfig, RequestLimits, SocketConfig, StateTopicConfig, ThrottleConfig,
    TopicCreationConfig, TransactionConfig,
};

use crate::definition::Scope;
use crate::error::ConfigError;
use crate::layers::with_node_id;
use crate::listener::{Listener, ListenerName};
use crate::parsed::Parsed;
use crate::properties::Properties;
use crate::support::Warning;
use crate::topic::{TopicConfig, broker_defaults};

/// Which roles a node plays (`process.roles`); at least one is true.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProcessRoles {
    /// Owns partitions and answers clients.
    pub broker: bool,
    /// Takes part in the metadata quorum.
    pub controller: bool,
}

/// Everything a node needs to know, checked: the rules of `node/rules.rs` hold.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeConfig {
    /// `node.id`, the same as `broker.id`.
    pub node_id: BrokerId,
    /// `process.roles`.
    pub roles: ProcessRoles,
    /// `broker.rack`.
    pub rack: Option<String>,
    /// Every listener, controllers' included, in the order given.
    pub listeners: Vec<Listener>,
    /// What clients are told to connect to; broker listeners only.
    pub advertised_listeners: Vec<Listener>,
    /// What other nodes are told to reach the controller at.
    pub advertised_controller_listeners: Vec<Listener>,
    /// `controller.listener.names`.
    pub controller_listener_names: Vec<ListenerName>,
    /// The listener that brokers use among themselves.
    pub inter_broker_listener_name: ListenerName,
    /// `log.dirs`, else `log.dir`.
    pub log_dirs: Vec<PathBuf>,
    /// `metadata.log.dir`, else the first of `log_dirs`.
    pub metadata_log_dir: PathBuf,
    /// Directories that get no new partitions.
    pub cordoned_log_dirs: Vec<PathBuf>,
    /// The quorum.
    pub quorum: QuorumConfig,
    /// The metadata log.
    pub metadata_log: MetadataLogConfig,
    /// What a topic has where it overrides nothing.
    pub topic_defaults: TopicConfig,
    /// The same as texts by topic option, for describing and for laying overrides over them.
    pub topic_default_values: BTreeMap<String, String>,
    /// The logs as a whole.
    pub log: LogManagerConfig,
    /// Compaction.
    pub cleaner: CleanerConfig,
    /// How topics come into being.
    pub topics: TopicCreationConfig,
    /// Sockets and connections.
    pub socket: SocketConfig,
    /// Bounds of requests.
    pub limits: RequestLimits,
    /// Groups.
    pub groups: GroupDefaults,
    /// Committed offsets.
    pub offsets: OffsetsConfig,
    /// Producers and transactions.
    pub transactions: TransactionConfig,
    /// Replication.
    pub replication: ReplicationConfig,
    /// Health and metrics.
    pub http: HttpConfig,
    /// `keld.log.format` is `json`.
    pub log_as_json: bool,
    /// `keld.log.level`.
    pub log_level: String,
    /// What to tell the operator.
    pub warnings: Vec<Warning>,
}

impl NodeConfig {
    /// Checks and types a configuration. The error is the first one, in Kafka's words.
    pub fn from_properties(given: &Properties) -> Result<Self, ConfigError> {
        let given = with_node_id(given.clone());
        let mut parsed = Parsed::new(Scope::Broker, given.as_map())?;
        let mut warnings = rules::check_support(&given)?;
        warnings.append(&mut parsed.warnings);
        if parsed.int("node.id") != parsed.int("broker.id") {
            return Err(ConfigError::Invalid(
                "You must set `node.id` to the same value as `broker.id`.".to_owned(),
            ));
        }
        let roles = parsed.list("process.roles");
        let roles = ProcessRoles {
            broker: roles.iter().any(|role| role == "broker"),
            controller: roles.iter().any(|role| role == "controller"),
        };
        rules::check_groups(&parsed)?;
        let quorum = QuorumConfig::new(&parsed)?;
        let listeners = listeners::Listeners::new(&parsed, &given, &quorum)?;
        let dirs =
            |name: &str| -> Vec<PathBuf> { parsed.list(name).iter().map(PathBuf::from).collect() };
        let log_dirs = if parsed.list_or_null("log.dirs").is_some() {
            dirs("log.dirs")
        } else {
            dirs("log.dir")
        };
        rules::check_values(&parsed, &log_dirs)?;
        listeners.check(&parsed, roles, &quorum)?;
        let cordoned = dirs("cordoned.log.dirs");
        let cordoned_log_dirs = if cordoned.iter().any(|dir| dir.as_os_str() == "*") {
            log_dirs.clone()
        } else {
            cordoned
        };
        warnings.extend(rules::advice(&parsed, &given, roles));
        let topic_default_values = broker_defaults(&parsed);
        let first = log_dirs.first().cloned().unwrap_or_default();
        Ok(Self {
            node_id: BrokerId::new(parsed.int("node.id")),
            roles,
            rack: parsed.text_or_null("broker.rack").map(str::to_owned),
            advertised_controller_listeners: listeners.advertised_controller,
            advertised_listeners: listeners.advertised_broker,
            controller_listener_names: listeners.controller_names,
            inter_broker_listener_name: listeners.inter_broker,
            listeners: listeners.all,
            metadata_log_dir: parsed.text_or_null("metadata.log.dir").map_or(first, PathBuf::from),
            log_dirs,
            cordoned_log_dirs,
            quorum,
            metadata_log: MetadataLogConfig::new(&parsed),
            topic_defaults: TopicConfig::from_values(&topic_default_values)?,
            topic_default_values,
            log: LogManagerConfig::new(&parsed),
            cleaner: CleanerConfig::new(&parsed),
            topics: TopicCreationConfig::new(&parsed),
            socket: {
                let mut socket = SocketConfig::new(&parsed)?;
                socket.read_listeners(&given)?;
                warnings.extend(socket.unused_overrides());
                socket
            },
            limits: RequestLimits::new(&parsed),
            groups: GroupDefaults::new(&parsed),
            offsets: OffsetsConfig::new(&parsed),
            transactions: TransactionConfig::new(&parsed),
            replication: ReplicationConfig::new(&parsed),
            http: HttpConfig::new(&parsed, &given),
            log_as_json: parsed.text("keld.log.format") == "json",
            log_level: parsed.text("keld.log.level").to_owned(),
            warnings,
        })
    }

    /// The listeners that clients and brokers use.
    pub fn broker_listeners(&self) -> impl Iterator<Item = &Listener> {
        self.listeners.iter().filter(|listener| !self.is_controller_listener(&listener.name))
    }

    /// The listeners of the controller role.
    pub fn controller_listeners(&self) -> impl Iterator<Item = &Listener> {
        self.listeners.iter().filter(|listener| self.is_controller_listener(&listener.name))
    }

    /// Whether a listener belongs to the controller role.
    pub fn is_controller_listener(&self, name: &ListenerName) -> bool {
        self.controller_listener_names.contains(name)
    }

    /// Rules that hold between a running configuration and the one to come.
    pub(crate) fn check_change_from(&self, old: &Self) -> Result<(), ConfigError> {
        rules::check_change(old, self)
    }
}

#[cfg(test)]
mod tests;
