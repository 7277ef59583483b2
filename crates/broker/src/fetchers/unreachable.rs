//! Leaders that nobody listens for, as the fetchers of this node found.
//!
//! A process that dies loses its sockets at once, so a follower knows some 20 ms later, before the
//! controller has fenced the broker. Clients that lost their leader ask in just that time: told of
//! the same leader again, librdkafka comes back after a second; told that there is none now, after
//! 100 ms.
//!
//! Only a refusal counts, in the registration in which it came: whoever is slow or cut off is
//! reachable here. And not for long: a broker that the controller has not fenced by then is there for
//! others, whatever refuses between it and this node.

use keld_env::Monotonic;
use keld_metadata::ClusterImage;
use keld_types::{BrokerEpoch, BrokerId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a refusal is believed. Fetchers try again within `replica.fetch.backoff.ms`, a second by
/// default.
const BELIEVED: Duration = Duration::from_secs(2);

/// How long refusals are believed in all: somewhat longer than a session by default.
const BELIEVED_MAX: Duration = Duration::from_secs(10);

/// At most one entry a broker that is or was registered.
#[derive(Debug, Default)]
pub(super) struct Unreachable {
    refused: Mutex<BTreeMap<BrokerId, Refused>>,
}

#[derive(Clone, Copy, Debug)]
struct Refused {
    epoch: BrokerEpoch,
    first: Monotonic,
    last: Monotonic,
}

impl Unreachable {
    fn refused(&self) -> MutexGuard<'_, BTreeMap<BrokerId, Refused>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody listens where a broker was.
    pub(super) fn note_refused(&self, id: BrokerId, epoch: BrokerEpoch, now: Monotonic) {
        let mut refused = self.refused();
        match refused.get_mut(&id).filter(|known| known.epoch == epoch) {
            Some(known) => known.last = now,
            None => {
                refused.insert(id, Refused { epoch, first: now, last: now });
            }
        }
    }

    /// It answered.
    pub(super) fn note_answered(&self, id: BrokerId) {
        self.refused().remove(&id);
    }

    /// Brokers of the image that cannot be reached now.
    pub(super) fn among(&self, image: &ClusterImage, now: Monotonic) -> BTreeSet<BrokerId> {
        let mut refused = self.refused();
        if refused.is_empty() {
            return BTreeSet::new();
        }
        refused.retain(|id, known| {
            now < known.last + BELIEVED
                && image.broker(*id).is_some_and(|broker| broker.epoch == known.epoch)
        });
        let believed = refused.iter().filter(|(_, known)| now < known.first + BELIEVED_MAX);
        believed.map(|(id, _)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    const ID: BrokerId = BrokerId::new(1);
    /// That of the fixture.
    const EPOCH: BrokerEpoch = BrokerEpoch::new(10);
    const EARLY: Monotonic = Duration::from_secs(5);

    fn image() -> ClusterImage {
        fixture::image(vec![fixture::broker(1, &["A"], false)], vec![])
    }

    #[test]
    fn a_refusal_is_believed_for_a_while() {
        let unreachable = Unreachable::default();
        assert!(unreachable.among(&image(), EARLY).is_empty());
        unreachable.note_refused(ID, EPOCH, EARLY);
        let last = EARLY + BELIEVED - Duration::from_millis(1);
        assert_eq!(unreachable.among(&image(), last), BTreeSet::from([ID]));
        assert!(unreachable.among(&image(), EARLY + BELIEVED).is_empty());
    }

    #[test]
    fn refusals_are_not_believed_for_ever() {
        let unreachable = Unreachable::default();
        for second in 0..30 {
            let now = EARLY + Duration::from_secs(second);
            unreachable.note_refused(ID, EPOCH, now);
            let is_believed = !unreachable.among(&image(), now).is_empty();
            assert_eq!(is_believed, second < 10, "after {second} s");
        }
        unreachable.note_answered(ID);
        unreachable.note_refused(ID, EPOCH, EARLY);
        assert!(!unreachable.among(&image(), EARLY).is_empty());
    }

    #[test]
    fn a_broker_that_answers_or_registers_anew_can_be_reached() {
        let unreachable = Unreachable::default();
        unreachable.note_refused(ID, EPOCH, EARLY);
        unreachable.note_answered(ID);
        assert!(unreachable.among(&image(), EARLY).is_empty());
        unreachable.note_refused(ID, BrokerEpoch::new(9), EARLY);
        assert!(unreachable.among(&image(), EARLY).is_empty());
    }
}
