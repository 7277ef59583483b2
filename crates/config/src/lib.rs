//! Every option defined once: name, type, default, range, scope, documentation.
//!
//! `definitions.tsv` is the one table; everything else here reads it: parsing and validation of a
//! `server.properties` ([`NodeConfig`]), of a topic's overrides ([`TopicConfig`]), of a group's and
//! of a client-metrics subscription's, what DescribeConfigs answers ([`describe`]), and
//! `docs/config.md`. Error messages are Kafka's.
//!
//! Sans-IO: text in, values out. Nothing here opens a file or reads the environment.

mod client_metrics;
mod definition;
pub mod describe;
mod docs;
mod error;
mod group;
mod layers;
mod listener;
mod node;
mod parsed;
mod properties;
mod suggest;
mod support;
mod synonyms;
mod table;
mod topic;
mod validator;
mod value;

pub use client_metrics::{ClientMetricsConfig, validate_client_metrics};
pub use definition::{Definition, Importance, Kind, Scope, UpdateMode};
pub use docs::{DOCUMENT_PATH, render_document};
pub use error::ConfigError;
pub use group::{GroupConfig, validate_group_override};
pub use layers::{BrokerLayers, validate_broker_override};
pub use listener::{HostPort, Listener, ListenerName, SecurityProtocol};
pub use node::{
    CleanerConfig, GroupDefaults, GroupRange, HttpConfig, ListenerConnections, LogManagerConfig,
    MetadataLogConfig, NodeConfig, OffsetsConfig, ProcessRoles, QuorumConfig, ReplicationConfig,
    RequestLimits, SocketConfig, StateTopicConfig, ThrottleConfig, TopicCreationConfig,
    TransactionConfig,
};
pub use properties::{InvalidProperties, Properties};
pub use suggest::nearest;
pub use support::{Support, Warning};
pub use synonyms::{broker_synonyms, group_synonym, topic_synonyms};
pub use table::{DEFINITIONS, definition, definitions_of};
pub use topic::{
    CleanupPolicy, Durability, ThrottledReplicas, TimestampType, TopicCompression, TopicConfig,
    validate_topic_override,
};
pub use value::Value;
