//! A partition's replica on this node: who leads it, what of its log is committed and readable, and
//! who waits for that to change.
//!
//! A [`Partition`] is a mutex around a `keld_log::PartitionLog`. As the leader (`leader`, `remote`,
//! `isr`) it knows how far the other replicas are, and moves the high watermark to what all in-sync
//! ones have; where a node is its own ISR it follows the log's end (or what is durable, where only
//! that counts: [`CountsWhen`], `commit`). As a follower (`follower`) it takes the leader's batches
//! and cuts what the leader does not have. Nothing here knows of a network.

mod append;
mod commit;
mod error;
mod follower;
mod isr;
mod leader;
mod lease;
mod nearer;
mod partition;
mod peers;
mod read;
mod remote;
mod state;
mod tail;
mod throttle;
mod touched;
mod waiter;
mod whole;

pub use append::{Append, Appended, Committed};
pub use commit::Committers;
pub use error::PartitionError;
pub use follower::{Durable, Fetched, FollowerAppend, FollowerPosition, Truncated};
pub use isr::{IsrAnswer, IsrChange, IsrChangeKind, IsrOutcome};
pub use leader::{AllDeleted, Deleted};
pub use lease::Lease;
pub use nearer::NearerReplica;
pub use partition::{Applied, CountsWhen, Partition, Settings};
pub use peers::{BrokerStatus, Peers};
pub use read::{
    OffsetAnswer, OffsetQuery, Offsets, Read, ReadFrom, ReadRequest, ServedBy, Waiting,
};
pub use remote::{FollowerFetch, RemoteReplica};
pub use state::{Leadership, Role};
pub use tail::Tails;
pub use throttle::{Allowance, RateWindow, ThrottleWindow, Throttled, ThrottledPartitions};
pub use touched::Touched;
pub use waiter::{Changes, Seen, Waiter};
