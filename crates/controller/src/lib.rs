//! Decides changes of the cluster's metadata: a state and a command in, records and a reply out.
//!
//! [`Controller::decide`] reads a [`ClusterImage`](keld_metadata::ClusterImage) and never changes
//! it. The driver appends the decision's records to the metadata log as one batch, waits until they
//! are committed and applied, and then releases the reply. Validations and messages are those of
//! Apache Kafka 4.3.1.
//!
//! Not here yet: reassignments, elections on request, quotas on mutations, ACLs, SCRAM, tokens.

mod activation;
mod api_error;
mod brokers;
mod command;
mod configs;
mod controller;
mod create_topics;
mod directories;
mod features;
mod partition_change;
mod placement;
mod topics;

pub use api_error::ApiError;
pub use command::{BrokerRef, Command, DecideContext, Decision, ProducerIdBlock, Reply};
pub use controller::Controller;
pub use features::supported_features;
