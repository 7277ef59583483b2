//! Proofs of the protocol: round trips, agreement with two other implementations, hostile input.
//!
//! Values are made from the schemas by code that shares nothing with the generated messages but
//! the schema text, so that a mistake of the generator shows as a difference.

mod allocation;
mod amplification;
mod every;
mod frames;
mod generated_defaults;
mod hostile;
mod kafka_java;
mod kafka_protocol_crate;
mod named_fields;
mod recode;
mod round_trip;
#[path = "../../../../xtask/src/schema.rs"]
mod schema;
mod schemas;
mod seeded;
mod shapes;
mod value;
