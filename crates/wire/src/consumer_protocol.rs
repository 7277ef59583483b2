// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! What consumers of classic groups tell each other.

pub mod consumer_protocol_assignment;
pub mod consumer_protocol_subscription;

pub use consumer_protocol_assignment::ConsumerProtocolAssignment;
pub use consumer_protocol_subscription::ConsumerProtocolSubscription;
