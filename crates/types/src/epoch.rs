//! Epochs: numbers that only grow, and that fence whoever holds an older one.

use crate::newtype::integer_newtype;

integer_newtype! {
    /// Counts the leaders of a partition (or of the quorum). −1 in Kafka's formats is "none".
    LeaderEpoch(i32)
}
integer_newtype! {
    /// Counts every change of a partition's registration at the controller.
    PartitionEpoch(i32)
}
integer_newtype! {
    /// A broker's registration: the metadata offset of its registration record.
    BrokerEpoch(i64)
}
integer_newtype! {
    /// Counts the active controllers (the quorum's leader epoch).
    ControllerEpoch(i32)
}
integer_newtype! {
    /// Counts the incarnations of one producer id.
    ProducerEpoch(i16)
}
integer_newtype! {
    /// Counts the completed rebalances of a classic group.
    Generation(i32)
}

impl LeaderEpoch {
    /// "Not known", −1 in every Kafka format.
    pub const NONE: Self = Self::new(-1);
}

impl ProducerEpoch {
    /// "No producer", −1 in every Kafka format.
    pub const NONE: Self = Self::new(-1);
}

impl Generation {
    /// "No generation", −1: commits from outside a group.
    pub const NONE: Self = Self::new(-1);
}
