//! Who takes part: replicas by id and directory, the set of voters, and the unit of time.

use keld_types::{BrokerId, DirectoryId};
use std::collections::BTreeMap;

/// Milliseconds on the driver's monotonic clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Millis(u64);

impl Millis {
    /// A time that never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// Wraps a reading of the clock.
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// The plain number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// This time and `millis` more.
    pub const fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// Ties a response to its request; unique within one node's run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(u64);

impl RequestId {
    /// Wraps a number, for instance a connection's correlation id.
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// The plain number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A replica of the metadata log: its node id and the directory it lies in. A node whose disk was
/// wiped comes back as another replica, so that it cannot vote twice. The zero directory id stands
/// for "any" (static quorums do not know the directories).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReplicaKey {
    /// The node.
    pub id: BrokerId,
    /// The directory that holds its metadata log.
    pub directory_id: DirectoryId,
}

impl ReplicaKey {
    /// Pairs a node and a directory.
    pub const fn new(id: BrokerId, directory_id: DirectoryId) -> Self {
        Self { id, directory_id }
    }

    /// The same node, and the same directory unless one of the two does not name it.
    pub fn matches(self, other: Self) -> bool {
        self.id == other.id
            && (self.directory_id.uuid().is_zero()
                || other.directory_id.uuid().is_zero()
                || self.directory_id == other.directory_id)
    }
}

/// The replicas whose votes and disks count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VoterSet(BTreeMap<BrokerId, DirectoryId>);

impl VoterSet {
    /// The given voters.
    pub fn new(voters: impl IntoIterator<Item = ReplicaKey>) -> Self {
        Self(voters.into_iter().map(|voter| (voter.id, voter.directory_id)).collect())
    }

    /// In ascending order of id.
    pub fn iter(&self) -> impl Iterator<Item = ReplicaKey> + '_ {
        self.0.iter().map(|(id, directory)| ReplicaKey::new(*id, *directory))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The voter of that node id.
    pub fn get(&self, id: BrokerId) -> Option<ReplicaKey> {
        self.0.get(&id).map(|directory| ReplicaKey::new(id, *directory))
    }

    /// Whether this very replica is a voter.
    pub fn contains(&self, replica: ReplicaKey) -> bool {
        self.get(replica.id).is_some_and(|voter| voter.matches(replica))
    }

    /// How many voters make a majority.
    pub fn majority(&self) -> usize {
        self.0.len() / 2 + 1
    }
}
