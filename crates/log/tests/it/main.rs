//! The log through its public interface, on the simulated disk.

mod basics;
mod crash;
mod kafka_made;
mod support;
