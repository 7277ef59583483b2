//! What a fetch has read so far, and what that leaves for the rest.

use crate::fetch_sessions::Interest;
use keld_log::{ColdSpot, FetchData};
use keld_replication::{Allowance, Partition, Read, Throttled};
use keld_types::{BrokerId, ErrorCode};
use std::sync::Arc;

/// What was read of all partitions in one round.
#[derive(Default)]
pub(super) struct Round {
    pub(super) results: Vec<Outcome>,
    /// Places of results whose look-up would have had to wait for the disk, and for what.
    pub(super) cold: Vec<(usize, ColdSpot)>,
    pub(super) bytes: usize,
    /// Those of them that count for the throttle of replication.
    pub(super) throttled_bytes: usize,
    /// What it allowed when the round began, where a follower reads.
    pub(super) allowance: Option<Allowance>,
    /// An error, a divergence or a nearer replica: no waiting.
    pub(super) must_answer: bool,
}

/// What was read of one partition.
pub(super) struct Outcome {
    pub(super) interest: Interest,
    pub(super) partition: Option<Arc<Partition>>,
    pub(super) read: Result<Read, ErrorCode>,
    /// Whom to read from instead.
    pub(super) nearer: Option<BrokerId>,
}

/// What a read found, or whom to read from instead.
pub(super) type Found = (Result<Read, ErrorCode>, Option<BrokerId>);

/// What a read of one partition may take.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// Bytes that the others leave.
    pub(super) left: usize,
    /// None of the others has any.
    pub(super) is_first: bool,
    /// What may be sent of what is throttled.
    pub(super) allowance: Allowance,
}

impl Round {
    /// What the other places leave for the one that is read next.
    pub(super) fn room(&self, place: usize, bytes_max: usize) -> Room {
        let own = self.results.get(place);
        let others = self.bytes.saturating_sub(own.map_or(0, Outcome::bytes));
        let throttled =
            self.throttled_bytes.saturating_sub(own.map_or(0, Outcome::throttled_bytes));
        let allowance = self.allowance.unwrap_or(Allowance::Unlimited);
        Room {
            left: bytes_max.saturating_sub(others),
            is_first: others == 0,
            allowance: allowance.less(u64::try_from(throttled).unwrap_or(u64::MAX)),
        }
    }

    /// Takes what was found at a place, anew or for the first time.
    pub(super) fn put(&mut self, place: usize, found: Result<Found, ColdSpot>) {
        let Some(outcome) = self.results.get_mut(place) else { return };
        self.bytes = self.bytes.saturating_sub(outcome.bytes());
        self.throttled_bytes = self.throttled_bytes.saturating_sub(outcome.throttled_bytes());
        match found {
            Ok((read, nearer)) => {
                (outcome.read, outcome.nearer) = (read, nearer);
                self.bytes += outcome.bytes();
                self.throttled_bytes += outcome.throttled_bytes();
                self.must_answer |= outcome.must_be_told();
            }
            Err(spot) => {
                outcome.read = Err(ErrorCode::KAFKA_STORAGE_ERROR);
                self.cold.push((place, spot));
            }
        }
    }

    /// Places of what the throttle holds back.
    pub(super) fn held_back(&self) -> Vec<u32> {
        if self.allowance.is_none_or(|allowance| allowance == Allowance::Unlimited) {
            return Vec::new();
        }
        let places = (0..).zip(&self.results).filter(|(_, outcome)| outcome.is_held_back());
        places.map(|(place, _)| place).collect()
    }
}

impl Outcome {
    fn data(&self) -> Option<&FetchData> {
        self.read.as_ref().ok().and_then(|read| read.data.as_ref())
    }

    /// What a read counts for: with what was left out, else a reader who wants as many bytes as may
    /// come would wait for them in vain.
    fn bytes(&self) -> usize {
        self.data().map_or(0, |data| data.length + data.left_out)
    }

    /// Those that count for the throttle of replication.
    fn throttled_bytes(&self) -> usize {
        let counts = self.read.as_ref().is_ok_and(|read| read.throttled != Throttled::No);
        if counts { self.data().map_or(0, |data| data.length) } else { 0 }
    }

    /// The throttle left its records out.
    pub(super) fn is_held_back(&self) -> bool {
        self.read.as_ref().is_ok_and(|read| read.throttled == Throttled::HeldBack)
    }

    /// An error, that the reader diverged, or that it is to read elsewhere: there is no waiting
    /// with that.
    fn must_be_told(&self) -> bool {
        self.read.as_ref().map_or(true, |read| read.data.is_none())
    }
}
