//! Brokers that were fenced a moment ago.
//!
//! Clients are told of them for a while. librdkafka ends what it has to do with a broker that an
//! answer leaves out, and where partitions are about to move away from that broker they lose their
//! new leader by it, until it looks again after a second.

use crate::node::Node;
use keld_env::Monotonic;
use keld_metadata::{ClusterImage, LoadedDelta};
use keld_types::BrokerId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long clients are told of a broker that is away: some of the seconds in which they look again.
/// Kafka's hear of one that died for its whole session.
const TOLD: Duration = Duration::from_secs(3);

/// At most one entry a registered broker.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    until: Mutex<BTreeMap<BrokerId, Monotonic>>,
}

impl Departures {
    fn until(&self) -> MutexGuard<'_, BTreeMap<BrokerId, Monotonic>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, loaded: &LoadedDelta, now: Monotonic) {
        let is_fenced = |image: &ClusterImage, id| image.broker(id).map(|broker| broker.fenced);
        for id in &loaded.delta.changed_brokers {
            match (is_fenced(&loaded.before, *id), is_fenced(&loaded.after, *id)) {
                (Some(false), Some(true)) => {
                    self.until().insert(*id, now + TOLD);
                }
                (_, Some(true)) => {}
                (_, Some(false) | None) => {
                    self.until().remove(id);
                }
            }
        }
    }

    fn at(&self, now: Monotonic) -> BTreeSet<BrokerId> {
        let mut until = self.until();
        if until.is_empty() {
            return BTreeSet::new();
        }
        until.retain(|_, until| *until > now);
        until.keys().copied().collect()
    }
}

/// Has a node take note of who is fenced.
pub(crate) fn follow(node: &Arc<Node>) {
    let weak = Arc::downgrade(node);
    node.on_publish(Box::new(move |loaded| {
        if let Some(node) = weak.upgrade() {
            node.departures.note(loaded, node.env.clock.monotonic());
        }
    }));
}

impl Node {
    /// Fenced brokers that clients are told of still.
    pub(crate) fn departed(&self) -> BTreeSet<BrokerId> {
        self.departures.at(self.env.clock.monotonic())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;
    use keld_metadata::ClusterDelta;

    const EARLY: Monotonic = Duration::from_secs(5);

    fn image(fenced: bool) -> ClusterImage {
        fixture::image(vec![fixture::broker(1, &["A"], fenced)], vec![])
    }

    /// Of broker 1.
    fn change(before: ClusterImage, after: ClusterImage) -> LoadedDelta {
        let mut delta = ClusterDelta::new(&before);
        delta.changed_brokers.insert(BrokerId::new(1));
        LoadedDelta { before, after, delta }
    }

    #[test]
    fn a_broker_that_is_fenced_is_told_of_for_a_while() {
        let departures = Departures::default();
        departures.note(&change(image(false), image(true)), EARLY);
        let last = EARLY + TOLD - Duration::from_millis(1);
        assert_eq!(departures.at(last), BTreeSet::from([BrokerId::new(1)]));
        assert!(departures.at(EARLY + TOLD).is_empty());
    }

    #[test]
    fn one_that_registers_comes_back_or_is_forgotten_is_not() {
        let departures = Departures::default();
        departures.note(&change(ClusterImage::empty(), image(true)), EARLY);
        assert!(departures.at(EARLY).is_empty());
        for after in [image(false), ClusterImage::empty()] {
            departures.note(&change(image(false), image(true)), EARLY);
            departures.note(&change(image(true), after), EARLY);
            assert!(departures.at(EARLY).is_empty());
        }
    }
}
