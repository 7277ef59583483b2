//! The group coordinator: classic groups and committed offsets, without any I/O.
//!
//! A [`GroupShard`] is the state of one partition of `__consumer_offsets`. Requests, timers and
//! changes of the metadata go in with the time; a [`Step`] comes out: replies to send and records
//! to append. The driver tells the shard where the records stand, and later that they are
//! committed; only then are the replies that depend on them released.
//!
//! What the records say is changed by records alone, so that a restart comes to the same state.

mod classic;
mod config;
mod modern;
mod now;
mod offsets;
mod record;
mod request;
mod shard;
mod step;
#[cfg(test)]
mod tests;
mod timers;

pub use config::CoordinatorConfig;
pub use now::Now;
pub use record::CoordinatorRecord;
pub use request::RequestContext;
pub use shard::GroupShard;
pub use step::{Reply, ReplyToken, Step};

/// The partition of `__consumer_offsets` that keeps a group: Java's hash of its name, in the way
/// Kafka makes it positive.
pub fn partition_for(group: &str, partitions: i32) -> keld_types::PartitionIndex {
    let hash = group
        .encode_utf16()
        .fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
    let positive = if hash == i32::MIN { 0 } else { hash.abs() };
    keld_types::PartitionIndex::new(positive.checked_rem(partitions).unwrap_or(0))
}
