//! When each broker was last heard of.
//!
//! Soft state of the active controller: not in the log, begun anew by whoever becomes active. A
//! broker's session belongs to one epoch and ends when nothing was heard of it for
//! `broker.session.timeout.ms`, or when the process is known to be gone: its connection broke and
//! nobody listens where it was reached. Time in which the controller itself did not run does not count: it
//! could not have heard anybody.

use crate::command::BrokerRef;
use keld_metadata::ClusterImage;
use keld_types::{BrokerEpoch, BrokerId, Offset};
use std::collections::BTreeMap;
use std::time::Duration;

/// Sessions are looked at this many times in the time one lasts.
const CHECKS_PER_SESSION: u32 = 4;

#[derive(Clone, Debug)]
struct Session {
    epoch: BrokerEpoch,
    /// When it ends; `None` before the first heartbeat and once it ended.
    ends_at: Option<Duration>,
    /// What of the metadata the broker has; −1 before it said so.
    metadata_offset: Offset,
    /// Where its registration stands in the log.
    registered_at: Offset,
    /// Where the records stand by which its leaderships moved.
    shutdown_offset: Option<Offset>,
    /// The connection it was heard by broke, or another controller heard it, and it was not heard of
    /// since.
    is_cut_off: bool,
}

/// The sessions of all brokers.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    timeout: Duration,
    brokers: BTreeMap<BrokerId, Session>,
    observed_at: Option<Duration>,
}

impl Sessions {
    pub(crate) const fn new(timeout: Duration) -> Self {
        Self { timeout, brokers: BTreeMap::new(), observed_at: None }
    }

    /// This node became the active controller: every unfenced broker gets a whole session. Not the
    /// node itself: an incarnation of its broker before this process is surely gone, and need not
    /// be waited for.
    pub(crate) fn activate(&mut self, image: &ClusterImage, node: BrokerId, now: Duration) {
        self.observed_at = Some(now);
        self.brokers = image
            .brokers
            .values()
            .map(|broker| {
                let session = Session {
                    ends_at: (!broker.fenced && broker.id != node)
                        .then(|| now.saturating_add(self.timeout)),
                    is_cut_off: true,
                    ..Session::new(broker.epoch, Offset::new(broker.epoch.get()))
                };
                (broker.id, session)
            })
            .collect();
    }

    fn check_interval(&self) -> Duration {
        self.timeout / CHECKS_PER_SESSION
    }

    /// How long until sessions are to be looked at: when the first ends, and often enough to tell a
    /// controller that did not run from one that heard nothing.
    pub(crate) fn due_in(&self, now: Duration) -> Duration {
        let check = self.observed_at.map(|at| at.saturating_add(self.check_interval()));
        let first_end = self.brokers.values().filter_map(|session| session.ends_at).min();
        let next = check.into_iter().chain(first_end).min();
        next.map_or(Duration::MAX, |at| at.saturating_sub(now))
    }

    /// The time now. When the controller did not run for long, what it slept is given to everybody.
    pub(crate) fn observe(&mut self, now: Duration) {
        let before = self.observed_at.replace(now).unwrap_or(now);
        let expected = self.check_interval();
        let slept = now.saturating_sub(before);
        if slept > expected.saturating_mul(2) {
            let lost = slept - expected;
            for session in self.brokers.values_mut() {
                session.ends_at = session.ends_at.map(|at| at.saturating_add(lost));
            }
        }
    }

    /// A broker registered, in an epoch of its own or again in the same.
    pub(crate) fn registered(&mut self, broker: BrokerRef, registered_at: Offset) {
        match self.brokers.get_mut(&broker.id).filter(|known| known.epoch == broker.epoch) {
            Some(known) => known.registered_at = registered_at,
            None => {
                self.brokers.insert(broker.id, Session::new(broker.epoch, registered_at));
            }
        }
    }

    /// Whether a broker in this epoch was heard of lately.
    pub(crate) fn is_valid(&self, broker: BrokerRef, now: Duration) -> bool {
        let session = self.brokers.get(&broker.id).filter(|known| known.epoch == broker.epoch);
        session.and_then(|known| known.ends_at).is_some_and(|at| now < at)
    }

    /// Where a broker's registration stands in the log.
    pub(crate) fn registered_at(&self, broker: BrokerRef) -> Offset {
        self.brokers
            .get(&broker.id)
            .filter(|known| known.epoch == broker.epoch)
            .map_or(Offset::new(broker.epoch.get()), |known| known.registered_at)
    }

    /// A heartbeat came.
    pub(crate) fn touch(
        &mut self,
        broker: BrokerRef,
        fenced: bool,
        metadata_offset: Offset,
        now: Duration,
    ) {
        let ends_at = now.saturating_add(self.timeout);
        let session = self.session(broker);
        session.ends_at = Some(ends_at);
        session.is_cut_off = false;
        session.metadata_offset = metadata_offset;
        if fenced {
            session.shutdown_offset = None;
        }
    }

    /// A broker was let go: it may come back as another process at once.
    pub(crate) fn end(&mut self, broker: BrokerRef) {
        self.session(broker).ends_at = None;
    }

    /// The connection a broker was heard by broke: that alone ends no session.
    pub(crate) fn disconnected(&mut self, broker: BrokerRef) {
        if let Some(session) = self.known(broker) {
            session.is_cut_off = true;
        }
    }

    /// Whether a broker was not heard of since its connection broke, or since this node became the
    /// active controller.
    pub(crate) fn is_cut_off(&self, broker: BrokerRef) -> bool {
        let session = self.brokers.get(&broker.id).filter(|known| known.epoch == broker.epoch);
        session.is_some_and(|known| known.is_cut_off)
    }

    /// Nobody listens where a broker was reached: unless it was heard of since its connection broke,
    /// its session is over.
    pub(crate) fn gone(&mut self, broker: BrokerRef, now: Duration) {
        if let Some(session) = self.known(broker).filter(|known| known.is_cut_off) {
            session.ends_at = session.ends_at.map(|at| at.min(now));
        }
    }

    /// The records by which a broker's leaderships moved end at an offset; the first time counts.
    pub(crate) fn begin_shutdown(&mut self, broker: BrokerRef, offset: Offset) {
        let session = self.session(broker);
        session.shutdown_offset.get_or_insert(offset);
    }

    /// Since where a broker is shutting down, if it is.
    pub(crate) fn shutdown_offset(&self, broker: BrokerRef) -> Option<Offset> {
        let session = self.brokers.get(&broker.id).filter(|known| known.epoch == broker.epoch)?;
        session.shutdown_offset
    }

    /// What of the metadata every active broker has; `None` without any active broker.
    pub(crate) fn lowest_active_offset(&self, image: &ClusterImage) -> Option<Offset> {
        let active = self.brokers.iter().filter(|(id, session)| {
            session.shutdown_offset.is_none()
                && image.broker(**id).is_some_and(|known| !known.fenced)
        });
        active.map(|(_, session)| session.metadata_offset).min()
    }

    /// Ends one session that is over, if there is one.
    pub(crate) fn take_expired(&mut self, now: Duration) -> Option<BrokerRef> {
        let is_over = |session: &Session| session.ends_at.is_some_and(|at| at <= now);
        let (id, session) = self.brokers.iter_mut().find(|(_, session)| is_over(session))?;
        session.ends_at = None;
        Some(BrokerRef { id: *id, epoch: session.epoch })
    }

    fn known(&mut self, broker: BrokerRef) -> Option<&mut Session> {
        self.brokers.get_mut(&broker.id).filter(|known| known.epoch == broker.epoch)
    }

    fn session(&mut self, broker: BrokerRef) -> &mut Session {
        let fresh = || Session::new(broker.epoch, Offset::new(broker.epoch.get()));
        let session = self.brokers.entry(broker.id).or_insert_with(fresh);
        if session.epoch != broker.epoch {
            *session = fresh();
        }
        session
    }
}

impl Session {
    const fn new(epoch: BrokerEpoch, registered_at: Offset) -> Self {
        Self {
            epoch,
            ends_at: None,
            metadata_offset: Offset::NONE,
            registered_at,
            shutdown_offset: None,
            is_cut_off: false,
        }
    }
}
