//! The other brokers, as partitions ask for them.

use super::isr_changes::IsrChanges;
use crate::node::Node;
use keld_env::Clock;
use keld_replication::{BrokerStatus, IsrChange, Lease, Partition, Peers};
use keld_types::{BrokerEpoch, BrokerId};
use std::sync::{Arc, Weak};

/// See [`Peers`].
#[derive(Debug)]
pub(super) struct Brokers {
    node: Weak<Node>,
    changes: Arc<IsrChanges>,
    /// What every request asks for, without a look at the node.
    lease: Arc<Lease>,
    clock: Arc<dyn Clock>,
}

impl Brokers {
    pub(super) fn new(node: &Arc<Node>) -> Self {
        Self {
            node: Arc::downgrade(node),
            changes: Arc::default(),
            lease: Arc::clone(&node.lease),
            clock: Arc::clone(&node.env.clock),
        }
    }
}

impl Peers for Brokers {
    fn broker(&self, id: BrokerId) -> Option<BrokerStatus> {
        let node = self.node.upgrade()?;
        let image = node.image.load();
        let broker = image.broker(id)?;
        Some(BrokerStatus {
            epoch: broker.epoch,
            is_fenced: broker.fenced,
            is_shutting_down: broker.in_controlled_shutdown,
        })
    }

    fn local_epoch(&self) -> BrokerEpoch {
        self.node.upgrade().map_or(BrokerEpoch::new(-1), |node| node.broker_epoch())
    }

    fn holds_lease(&self) -> bool {
        self.lease.holds(self.clock.monotonic())
    }

    fn now_ms(&self) -> i64 {
        let now = self.node.upgrade().map(|node| node.env.clock.monotonic().as_millis());
        now.and_then(|now| i64::try_from(now).ok()).unwrap_or(i64::MAX / 2)
    }

    fn lag_max_ms(&self) -> i64 {
        self.node.upgrade().map_or(0, |node| node.config().replication.replica_lag_time_max_ms)
    }

    fn propose(&self, partition: Arc<Partition>, change: Arc<IsrChange>) {
        if let Some(node) = self.node.upgrade() {
            self.changes.submit(&node, partition, change);
        }
    }
}
