//! The fetching side of an incremental fetch session (KIP-227): what the leader knows of our wishes.

use super::Key;
use keld_replication::FollowerPosition;
use keld_types::ErrorCode;
use std::collections::BTreeMap;

/// The epoch of a request that names everything.
const INITIAL_EPOCH: i32 = 0;

/// A session with one leader.
#[derive(Debug, Default)]
pub(super) struct Session {
    id: i32,
    epoch: i32,
    /// What the leader was told of each partition.
    told: BTreeMap<Key, FollowerPosition>,
}

/// What a request says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) session_id: i32,
    pub(super) epoch: i32,
    /// Partitions that are new or whose position changed.
    pub(super) named: Vec<(Key, FollowerPosition)>,
    /// Partitions that are no longer wanted.
    pub(super) forgotten: Vec<Key>,
}

impl Session {
    /// The next request, for all that is wanted now.
    pub(super) fn next(&mut self, wanted: &BTreeMap<Key, FollowerPosition>) -> Wish {
        let is_new = |key: &Key, at: &FollowerPosition| self.told.get(key) != Some(at);
        let is_full = self.epoch == INITIAL_EPOCH;
        let mut wish = Wish { session_id: self.id, epoch: self.epoch, ..Wish::default() };
        for (key, at) in wanted {
            if is_full || is_new(key, at) {
                wish.named.push((*key, *at));
            }
        }
        if !is_full {
            let gone = self.told.keys().filter(|key| !wanted.contains_key(*key));
            wish.forgotten.extend(gone.copied());
        }
        for key in &wish.forgotten {
            self.told.remove(key);
        }
        if is_full {
            self.told.clear();
        }
        self.told.extend(wish.named.iter().copied());
        wish
    }

    /// Takes an answer's session part. False when the leader knows the session no more: what the
    /// answer has of partitions counts for nothing, and the next request names everything.
    pub(super) fn take(&mut self, error_code: ErrorCode, session_id: i32) -> bool {
        if !error_code.is_none() {
            self.restart();
            if error_code == ErrorCode::FETCH_SESSION_ID_NOT_FOUND {
                self.id = 0;
            }
            return false;
        }
        self.epoch = match (session_id, self.epoch) {
            // The leader keeps none.
            (0, _) => INITIAL_EPOCH,
            (_, i32::MAX) => 1,
            (_, epoch) => epoch + 1,
        };
        self.id = session_id;
        true
    }

    /// The next request names everything; it ends the session it names.
    pub(super) fn restart(&mut self) {
        self.epoch = INITIAL_EPOCH;
        self.told.clear();
    }

    /// What the leader was told of a partition.
    pub(super) fn told(&self, key: &Key) -> Option<&FollowerPosition> {
        self.told.get(key)
    }
}

#[cfg(test)]
mod tests;
