//! A client of the Kafka protocol: producer, consumer and admin.
//!
//! Runs over [`keld_env::Env`], so also in the simulator; speaks to any broker of the protocol. A
//! [`Client`] holds connections and the metadata cache and is cheap to clone; [`Admin`],
//! [`Producer`] and [`Consumer`] are built on it. Every wait has a deadline, every error names the
//! broker, topic or partition it is about and, where something can be done, says what.
//!
//! ```text
//! Admin      Producer          Consumer
//!    \       accumulator     group, fetcher
//!     \      sender             /
//!      Client: brokers, metadata, coordinators
//!             Connection: frames, versions, pipelining
//! ```

mod admin;
mod assignor;
mod client;
mod config;
mod connection;
mod consumer;
mod error;
mod metadata;
mod producer;
mod timer;

pub use admin::{
    Admin, ApiResult, ConfigEntry, ConfigOperation, ConfigResource, ConfigResourceType,
    ConfigSynonym, CreatedTopic, DescribedConfigs, Election, FeatureUpdate, GroupDescription,
    GroupListing, GroupMember, GroupOffset, ListedOffset, NewTopic, OffsetSpec,
    PartitionDescription, Reassignment, TopicDescription, TopicListing, VoterEndpoint,
};
pub use assignor::Assignor;
pub use client::Client;
pub use config::{ClientConfig, InvalidAddress, parse_addresses};
pub use consumer::{
    Consumer, ConsumerConfig, ConsumerRecord, OffsetAndMetadata, OffsetReset, RebalanceEvent,
};
pub use error::{ApiError, ClientError};
pub use metadata::{BrokerMetadata, ClusterMetadata, PartitionMetadata, TopicMetadata};
pub use producer::{
    Delivery, Producer, ProducerConfig, ProducerRecord, RecordMetadata, partition_for_key,
};
