//! The log through its public interface, on the simulated disk.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod basics;
mod compact_crash;
mod compact_large;
mod compacting;
mod crash;
mod deleting;
mod descriptors;
mod due;
mod durability;
mod faults;
mod kafka_made;
mod manifest;
mod manifest_crash;
mod reading;
mod support;
mod together;
mod truncating;
