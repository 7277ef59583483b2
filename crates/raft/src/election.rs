//! What a node must remember of elections over a restart: Kafka's `quorum-state` file.

use crate::quorum::ReplicaKey;
use keld_types::{BrokerId, LeaderEpoch};

/// The durable state of an epoch. Invariant: within one epoch `voted` changes at most once, from
/// none to a replica, and `leader` at most once, from none to a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElectionState {
    /// The epoch.
    pub epoch: LeaderEpoch,
    /// Its leader, once known.
    pub leader: Option<BrokerId>,
    /// Whom this node voted for in it.
    pub voted: Option<ReplicaKey>,
}

impl ElectionState {
    /// Nothing is known of `epoch` yet.
    pub const fn unknown(epoch: LeaderEpoch) -> Self {
        Self { epoch, leader: None, voted: None }
    }
}
