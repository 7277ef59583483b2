//! What a cluster is to be before it starts.

use crate::member::Roles;
use crate::node::{Broker, SmallDisk};

/// A node that is to be.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// Which program.
    pub broker: Broker,
    /// Its roles.
    pub roles: Roles,
    /// Lines of `server.properties` of this node alone.
    pub properties: Vec<(String, String)>,
    /// Puts its data on a small volume.
    pub small_disk: Option<SmallDisk>,
}

impl NodePlan {
    /// A node with nothing of its own.
    pub fn new(broker: Broker, roles: Roles) -> Self {
        Self { broker, roles, properties: Vec::new(), small_disk: None }
    }
}

/// A cluster that is to be; its nodes get the ids from 1 on.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    pub(super) nodes: Vec<NodePlan>,
    pub(super) properties: Vec<(String, String)>,
    pub(super) is_dynamic: bool,
    pub(super) is_on_switch: bool,
}

impl ClusterPlan {
    /// Nodes with the timeouts of a test: sessions of three seconds, replicas out of sync after
    /// three, and every topic on three nodes of which two must have a record.
    pub fn new(nodes: Vec<NodePlan>) -> Self {
        let properties = [
            ("broker.session.timeout.ms", "3000"),
            ("broker.heartbeat.interval.ms", "500"),
            ("replica.lag.time.max.ms", "3000"),
            ("replica.fetch.backoff.ms", "200"),
            ("default.replication.factor", "3"),
            ("offsets.topic.replication.factor", "3"),
            ("offsets.topic.num.partitions", "3"),
            ("min.insync.replicas", "2"),
            ("auto.create.topics.enable", "false"),
            ("auto.leader.rebalance.enable", "false"),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let properties = properties.map(own).to_vec();
        Self { nodes, properties, is_dynamic: false, is_on_switch: false }
    }

    /// So many nodes of Keld, each with both roles.
    pub fn keld(count: usize) -> Self {
        Self::new(vec![NodePlan::new(Broker::Keld, Roles::Both); count])
    }

    /// One controller, node 1, and so many brokers, all of Keld.
    pub fn keld_apart(brokers: usize) -> Self {
        let mut nodes = vec![NodePlan::new(Broker::Keld, Roles::Controller)];
        nodes.extend(vec![NodePlan::new(Broker::Keld, Roles::Broker); brokers]);
        Self::new(nodes)
    }

    /// A line of every node's `server.properties`; a later one wins.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.properties.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Puts the data of a node on a small volume.
    #[must_use]
    pub fn with_small_disk(mut self, id: i32, disk: SmallDisk) -> Self {
        let index = usize::try_from(id - 1).unwrap_or(usize::MAX);
        if let Some(node) = self.nodes.get_mut(index) {
            node.small_disk = Some(disk);
        }
        self
    }

    /// The voters are in the metadata log: node 1 begins as the only one.
    #[must_use]
    pub fn dynamic(mut self) -> Self {
        self.is_dynamic = true;
        self
    }

    /// Each node runs in a network namespace of its own, without proxies; only for tests that are
    /// [`in_own_network`](crate::in_own_network).
    #[must_use]
    pub fn on_switch(mut self) -> Self {
        self.is_on_switch = true;
        self
    }
}
