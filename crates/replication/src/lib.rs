//! A partition's replica on this node: who leads it, what of its log is committed and readable, and
//! who waits for that to change.
//!
//! A [`Partition`] is a mutex around a `keld_log::PartitionLog`. One node is its own ISR, so the
//! high watermark follows the log's end (or what is durable, where the topic demands a flush before
//! an acknowledgement: [`CountsWhen`], `commit`); roles, epochs and bounds are shaped for followers to come.

mod append;
mod commit;
mod error;
mod partition;
mod read;
mod state;
mod tail;
mod waiter;

pub use append::{Append, Appended, Committed};
pub use commit::Committers;
pub use error::PartitionError;
pub use partition::{CountsWhen, Partition, Settings};
pub use read::{OffsetAnswer, OffsetQuery, Offsets, Read, ReadFrom, ReadRequest, Waiting};
pub use state::{Leadership, Role};
pub use tail::Tails;
pub use waiter::{Changes, Seen, Waiter};
