//! Cluster state as Kafka's metadata records: image, delta, features, snapshots.
//!
//! [`MetadataRecord`] is one record of `__cluster_metadata`, framed as Kafka frames it.
//! [`ClusterImage`] is the state after some prefix of that log: immutable, cheap to clone.
//! [`ClusterDelta`] replays records on an image and remembers what they touched; [`ImageLoader`]
//! does so for whole batches and honours metadata transactions (KIP-868). [`snapshot`] writes and
//! reads `.checkpoint` files. What Keld does not use yet (quotas, ACLs, SCRAM, delegation tokens) is
//! kept, so that no snapshot loses what Kafka put into the log.
//!
//! Sans-IO: bytes and records in, bytes and images out.

mod batch;
mod broker;
mod config_resource;
mod delta;
mod feature;
mod image;
mod loader;
mod metadata_version;
mod quota;
mod record;
pub mod snapshot;
mod topic;

pub use batch::{
    BatchContent, BatchPlace, BatchReadError, BatchWriteError, control_batch, data_batches,
    read_batch,
};
pub use broker::{BrokerEndpoint, BrokerRegistration, VersionRange};
pub use config_resource::{ConfigResource, ConfigResourceType};
pub use delta::{ClusterDelta, ReplayError};
pub use feature::{Feature, FeatureError, FeatureLevel};
pub use image::{ClusterImage, ConfigMap, FeaturesImage, Provenance};
pub use loader::{ImageLoader, LoadedDelta};
pub use metadata_version::{MetadataVersion, UnknownMetadataVersion};
pub use quota::QuotaEntity;
pub use record::{MetadataRecord, RecordFrameError, VersionedRecord};
pub use topic::{LeaderRecoveryState, PartitionRegistration, TopicImage};
