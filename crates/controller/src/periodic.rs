//! What the active controller does from time to time: fence brokers that are not heard of, move
//! leadership back to preferred replicas, elect uncleanly where that is allowed.

use crate::api_error::ApiError;
use crate::controller::Controller;
use keld_config::NodeConfig;
use keld_metadata::{ClusterImage, VersionedRecord};
use std::time::Duration;

/// One task: how often, and when next.
#[derive(Clone, Copy, Debug)]
struct Task {
    interval: Duration,
    due_at: Duration,
}

impl Task {
    const fn new(interval: Duration) -> Self {
        Self { interval, due_at: Duration::MAX }
    }

    /// Runs again after its interval, or at once when a round could not do all.
    fn again(&mut self, now: Duration, has_more: bool) {
        self.due_at = if has_more { now } else { now.saturating_add(self.interval) };
    }
}

/// The tasks of an active controller; none is due before [`Periodic::activate`].
#[derive(Clone, Debug)]
pub(crate) struct Periodic {
    /// `None` without `auto.leader.rebalance.enable`.
    balance: Option<Task>,
    unclean: Option<Task>,
}

impl Periodic {
    pub(crate) fn new(config: Option<&NodeConfig>) -> Self {
        let time = |value: i64| u64::try_from(value).unwrap_or(1).max(1);
        let Some(replication) = config.map(|config| &config.replication) else {
            return Self { balance: None, unclean: None };
        };
        let balance_s = time(replication.leader_imbalance_check_interval_seconds);
        let unclean_ms = time(replication.unclean_leader_election_interval_ms);
        Self {
            balance: replication
                .auto_leader_rebalance_enable
                .then(|| Task::new(Duration::from_secs(balance_s))),
            unclean: Some(Task::new(Duration::from_millis(unclean_ms))),
        }
    }

    pub(crate) fn activate(&mut self, now: Duration) {
        for task in [&mut self.balance, &mut self.unclean].into_iter().flatten() {
            task.again(now, false);
        }
    }

    /// How long until a task is due.
    pub(crate) fn due_in(&self, now: Duration) -> Duration {
        let tasks = [self.balance, self.unclean].into_iter().flatten();
        tasks.map(|task| task.due_at.saturating_sub(now)).min().unwrap_or(Duration::MAX)
    }

    /// Whether a task is due; it is not any more then, even when it fails.
    fn begin(task: &mut Option<Task>, now: Duration) -> bool {
        let due = task.as_mut().filter(|task| task.due_at <= now);
        due.map(|task| task.again(now, false)).is_some()
    }

    fn end(task: &mut Option<Task>, now: Duration, has_more: bool) {
        if let Some(task) = task {
            task.again(now, has_more);
        }
    }
}

impl Controller {
    /// Does one thing that is due. One broker at a time is fenced, so that what the fencing of one
    /// changes is there when the next is decided.
    pub(crate) fn tick(
        &mut self,
        image: &ClusterImage,
        now: Duration,
    ) -> Result<(Vec<VersionedRecord>, ()), ApiError> {
        while let Some(broker) = self.sessions.take_expired(now) {
            if image.broker(broker.id).is_some_and(|known| known.epoch == broker.epoch) {
                return self.fence_broker(image, broker);
            }
        }
        if Periodic::begin(&mut self.periodic.balance, now) {
            let (records, has_more) = self.balance_leaders(image)?;
            Periodic::end(&mut self.periodic.balance, now, has_more);
            return Ok((records, ()));
        }
        if Periodic::begin(&mut self.periodic.unclean, now) {
            let (records, has_more) = self.elect_uncleanly(image)?;
            Periodic::end(&mut self.periodic.unclean, now, has_more);
            return Ok((records, ()));
        }
        Ok((Vec::new(), ()))
    }
}
