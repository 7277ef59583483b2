//! The coordination quorum: Kafka's KRaft (KIP-595, 630, 853, 996) as a pure machine.
//!
//! [`RaftNode::step`] takes an input and the time and gives back effects, in the order in which the
//! driver must carry them out. There is no clock, disk, network or randomness here: time is an
//! argument, jitter comes from a seed. Records stay with the driver; the core sees only where
//! batches begin and end and in which epoch they were written ([`LogView`]).
//!
//! What it guarantees, for any number of voters: at most one leader an epoch, one vote an epoch that
//! is durable before it is answered, logs that agree up to the high watermark, and a high watermark
//! that counts only what a majority has made durable.
//!
//! A follower that is too far behind fetches the leader's snapshot (KIP-630); voters are added and
//! removed one at a time by records of the log, which count from their append on (KIP-853).

mod effect;
mod election;
mod error;
mod log_view;
mod message;
mod node;
mod quorum;
mod role;

pub use effect::{Effect, Input};
pub use election::ElectionState;
pub use error::RaftError;
pub use log_view::{BatchSummary, LogView, OffsetAndEpoch};
pub use message::{
    BeginQuorumEpoch, EndQuorumEpoch, EpochAnswer, Fetch, FetchAnswer, FetchOutcome, FetchSnapshot,
    FetchSnapshotAnswer, RaftCode, Request, Response, Vote, VoteAnswer,
};
pub use node::{RaftConfig, RaftNode, VoterChange, VoterChangeError};
pub use quorum::{Millis, ReplicaKey, RequestId, VoterSet};
pub use role::RoleName;
