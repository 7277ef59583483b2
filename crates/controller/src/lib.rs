//! Decides changes of the cluster's metadata: a state and a command in, records and a reply out.
//!
//! [`Controller::decide`] reads a [`ClusterImage`](keld_metadata::ClusterImage) and never changes
//! it. The driver appends the decision's records to the metadata log as one batch, waits until they
//! are committed and applied, and then releases the reply. Validations and messages are those of
//! Apache Kafka 4.3.1.
//!
//! Beside the image it knows when each broker was last heard of: soft state, begun anew by
//! [`Command::Activate`].
//!
//! Not here yet: quotas on mutations, ACLs, SCRAM, tokens.

mod activation;
mod alter_partition;
mod api_error;
mod brokers;
mod command;
mod configs;
mod controller;
mod create_topics;
mod directories;
mod elections;
mod features;
mod heartbeat;
mod partition_change;
mod periodic;
mod placement;
mod reassignment;
mod sessions;
mod topics;

pub use api_error::ApiError;
pub use command::{BrokerRef, Command, DecideContext, Decision, ProducerIdBlock, Reply};
pub use controller::Controller;
pub use features::supported_features;
