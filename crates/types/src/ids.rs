//! Names of things: nodes, clusters, directories, producers, groups.

use crate::newtype::{integer_newtype, string_newtype};
use crate::uuid::Uuid;

integer_newtype! {
    /// A node (`node.id`); brokers and controllers share the number space.
    BrokerId(i32)
}
integer_newtype! {
    /// An idempotent or transactional producer's id; −1 is "none".
    ProducerId(i64)
}
string_newtype! {
    /// The cluster's id as `storage format` was given it: a base64url UUID in practice.
    ClusterId
}
string_newtype! {
    /// A consumer group's name. The empty name is valid only for old simple consumers.
    GroupId
}
string_newtype! {
    /// A member of a group, as the coordinator named it.
    MemberId
}
string_newtype! {
    /// A transactional producer's stable name.
    TransactionalId
}

impl BrokerId {
    /// "No node", −1 in every Kafka format.
    pub const NONE: Self = Self::new(-1);
}

impl ProducerId {
    /// "No producer", −1 in every Kafka format.
    pub const NONE: Self = Self::new(-1);
}

/// The identity of one log directory (`directory.id` in `meta.properties`, KIP-858).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DirectoryId(Uuid);

impl DirectoryId {
    /// Not yet assigned by the broker (KIP-858).
    pub const UNASSIGNED: Self = Self(Uuid::from_parts(0, 0));
    /// A directory that is offline (KIP-858).
    pub const LOST: Self = Self(Uuid::from_parts(0, 1));
    /// The replica existed before directories had ids (KIP-858).
    pub const MIGRATING: Self = Self(Uuid::from_parts(0, 2));

    /// Wraps an id that was read or drawn.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The plain UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The first hundred ids are reserved for meanings like the three above.
    pub fn is_reserved(self) -> bool {
        self.0.most_significant() == 0 && self.0.least_significant() < 100
    }
}

impl std::fmt::Display for DirectoryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
