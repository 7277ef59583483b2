//! What a partition asks the node about the other brokers, and whom it tells of its ISR.

use crate::isr::IsrChange;
use crate::partition::Partition;
use keld_types::{BrokerEpoch, BrokerId};
use std::fmt::Debug;
use std::sync::Arc;

/// What the metadata says of a broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokerStatus {
    /// The epoch of its registration.
    pub epoch: BrokerEpoch,
    /// It is fenced.
    pub is_fenced: bool,
    /// It is about to stop.
    pub is_shutting_down: bool,
}

/// The node, as its partitions see it. Asked under a partition's lock: it must not block, nor call
/// a partition.
pub trait Peers: Send + Sync + Debug {
    /// What is known of a broker; `None` when it is not registered.
    fn broker(&self, id: BrokerId) -> Option<BrokerStatus>;

    /// This broker's epoch.
    fn local_epoch(&self) -> BrokerEpoch;

    /// Whether what the metadata last said of this broker's leaderships may be acted on
    /// ([`Lease`](crate::Lease)).
    fn holds_lease(&self) -> bool;

    /// Milliseconds of the monotonic clock.
    fn now_ms(&self) -> i64;

    /// `replica.lag.time.max.ms`.
    fn lag_max_ms(&self) -> i64;

    /// Has the controller asked for a change of the ISR. Not called under the lock. The outcome
    /// comes back by [`Partition::finish_isr_change`].
    fn propose(&self, partition: Arc<Partition>, change: Arc<IsrChange>);
}
