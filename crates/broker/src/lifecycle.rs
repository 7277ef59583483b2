//! A broker's life in its cluster: it registers, says every `broker.heartbeat.interval.ms` that it
//! is there, and hands its leaderships over before it stops.
//!
//! ```text
//! starting    registered, image has the registration -> fenced
//! fenced      heartbeat says caught up               -> clients are answered
//! fenced      heartbeat says unfenced                -> running
//! running     stop                                   -> shutting down
//! shutting    heartbeat says shut down, or time out  -> gone
//! ```
//!
//! A heartbeat does not wait for its interval when the connection to the controller broke, when
//! another controller leads, and when a broker that leaves waits for what this one has.
//!
//! The epoch of a registration belongs to this process: what the metadata says of an incarnation
//! before or after it is not this broker ([`Node::broker_epoch`]).

use crate::node::Node;
use crate::quorum::ActiveController;
use crate::quorum::register::{RegistrationInput, broker_request, controller_record};
use keld_controller::{BrokerRef, Command, Reply};
use keld_types::{BrokerEpoch, DirectoryId, ErrorCode, Offset};
use keld_wire::messages::{BrokerHeartbeatRequest, BrokerHeartbeatResponse};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// Between two tries to register.
const REGISTRATION_PAUSE: Duration = Duration::from_millis(200);

/// Between heartbeats while the broker waits to be unfenced or to be let go, and the least where
/// others wait for it.
const IMPATIENT_INTERVAL: Duration = Duration::from_millis(20);

/// Where this broker stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// No controller knows this process yet.
    Starting,
    /// Registered; it leads nothing.
    Fenced,
    /// It may lead.
    Running,
    /// It may stop, or nobody answers.
    Gone,
}

/// What the lifecycle and the rest of the node tell each other.
#[derive(Debug)]
pub(crate) struct Lifecycle {
    standing: Mutex<Standing>,
    /// The epoch the controller gave this process.
    epoch: Mutex<Option<BrokerEpoch>>,
    /// Directories that failed.
    offline: Mutex<BTreeSet<DirectoryId>>,
    /// Something is to be said now.
    wake: Notify,
    /// The broker asks to be let go: it must not say any more that it wants to be here.
    leaving: CancellationToken,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self {
            standing: Mutex::new(Standing::Starting),
            epoch: Mutex::default(),
            offline: Mutex::default(),
            wake: Notify::new(),
            leaving: CancellationToken::new(),
        }
    }
}

impl Lifecycle {
    /// The epoch the controller gave this process.
    pub(crate) fn epoch(&self) -> Option<BrokerEpoch> {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The controller registered this process.
    pub(crate) fn registered(&self, epoch: BrokerEpoch) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
        *self.known_standing() = Standing::Fenced;
    }

    /// Directories failed: the next heartbeat, which is at once, says so.
    pub(crate) fn directories_failed(&self, failed: Vec<DirectoryId>) {
        self.offline.lock().unwrap_or_else(PoisonError::into_inner).extend(failed);
        self.wake.notify_one();
    }

    fn offline(&self) -> Vec<DirectoryId> {
        let offline = self.offline.lock().unwrap_or_else(PoisonError::into_inner);
        offline.iter().copied().collect()
    }

    fn set(&self, standing: Standing) {
        let mut known = self.known_standing();
        if *known != standing && *known != Standing::Gone {
            tracing::info!(?standing, "broker lifecycle");
            *known = standing;
        }
    }

    fn known_standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a heartbeat.
enum Beat {
    Answered(BrokerHeartbeatResponse),
    /// The controller knows no registration of this epoch.
    Stale,
    /// Nobody answered, or not now.
    Failed,
}

/// What makes a heartbeat due before its time.
struct News {
    published: watch::Receiver<Offset>,
    controllers: watch::Receiver<ActiveController>,
}

/// Registers this node's roles, unless that is done, and keeps the broker's session until the stop.
pub(crate) async fn run(node: Arc<Node>) {
    let roles = node.config().roles;
    if roles.controller {
        let this = Arc::clone(&node);
        node.env.spawn.spawn("controller registration", Box::pin(register_controller(this)));
    }
    if !roles.broker {
        node.lifecycle.set(Standing::Gone);
        return;
    }
    let is_new = node.lifecycle.epoch().is_none();
    if is_new && !node.register_broker().await {
        return;
    }
    node.keep_session(is_new).await;
}

/// Makes this controller known, once a controller is active that wants to know.
async fn register_controller(node: Arc<Node>) {
    let clock = Arc::clone(&node.env.clock);
    let mut published = node.image_changed.subscribe();
    loop {
        let image = node.image();
        let me = image.controllers.get(&node.config().node_id);
        let is_known = me.is_some_and(|known| known.incarnation_id == node.incarnation_id);
        if is_known || node.stopping.is_cancelled() {
            return;
        }
        if image.features.metadata_version().has_controller_registration() {
            let record = node.with_registration(&|input| controller_record(input));
            let reply = node.decide(Command::RegisterController(record)).await;
            if let Reply::Refused(error) = reply {
                tracing::warn!(%error, "this controller is not registered");
            }
        }
        tokio::select! {
            biased;
            () = node.stopping.cancelled() => return,
            _ = published.changed() => {}
            () = clock.sleep_until(clock.monotonic() + Duration::from_secs(1)) => {}
        }
    }
}

impl Node {
    /// Gives `build` what a registration says.
    pub(crate) fn with_registration<T>(&self, build: &dyn Fn(&RegistrationInput<'_>) -> T) -> T {
        let config = self.config();
        let (broker_listeners, controller_listeners) = self.reachable_listeners();
        build(&RegistrationInput {
            config: &config,
            cluster_id: self.cluster_id(),
            incarnation_id: self.incarnation_id,
            broker_listeners: &broker_listeners,
            controller_listeners: &controller_listeners,
            directories: &self.logs.online_ids(),
            previous_epoch: self.logs.previous_broker_epoch(),
        })
    }

    /// Registers until it succeeds. Without success within
    /// `initial.broker.registration.timeout.ms` the node cannot go on.
    async fn register_broker(self: &Arc<Self>) -> bool {
        let clock = Arc::clone(&self.env.clock);
        let config = self.config();
        let timeout_ms = config.replication.initial_broker_registration_timeout_ms;
        let timeout = Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0));
        let deadline = clock.monotonic() + timeout;
        loop {
            let request = self.with_registration(&|input| broker_request(input));
            let left = deadline.saturating_sub(clock.monotonic());
            let asked = self.decide_within(Command::RegisterBroker(request), left);
            let reply = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return false,
                reply = asked => reply,
            };
            let error = match reply {
                Reply::Registered(epoch) => {
                    tracing::info!(epoch = epoch.get(), "broker registered");
                    self.lifecycle.registered(epoch);
                    return true;
                }
                Reply::Refused(error) => error.to_string(),
                other => format!("{other:?}"),
            };
            // A try without time for an answer would say nothing of why.
            if clock.monotonic() + REGISTRATION_PAUSE >= deadline {
                self.fail(format!("the broker was not registered within {timeout:?}: {error}"));
                return false;
            }
            tracing::warn!(error, "the broker is not registered yet");
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return false,
                () = clock.sleep_until(clock.monotonic() + REGISTRATION_PAUSE) => {}
            }
        }
    }

    /// The controller does not know the registration of this process. Where another process has
    /// taken its place, this one ends: two would fetch and lead in one name. Where somebody had the
    /// cluster forget a broker that runs, it registers anew; Kafka's goes on unheard until it is
    /// started again. False when there is nothing to go on with.
    async fn register_again(self: &Arc<Self>) -> bool {
        let id = self.config().node_id;
        let image = self.image();
        match image.broker(id) {
            Some(known) if known.incarnation_id != self.incarnation_id => {
                self.fail(format!("another process is registered as broker {id} now"));
                false
            }
            // The metadata has not come yet that says what became of it.
            Some(known) if Some(known.epoch) == self.lifecycle.epoch() => true,
            Some(known) => {
                self.lifecycle.registered(known.epoch);
                true
            }
            None => {
                tracing::warn!("the cluster has forgotten this broker: it registers again");
                self.register_broker().await
            }
        }
    }

    async fn keep_session(self: &Arc<Self>, mut is_new: bool) {
        let mut news = News {
            published: self.image_changed.subscribe(),
            controllers: self.quorum.watch_controller(),
        };
        loop {
            let config = self.config();
            let controller = news.controllers.borrow_and_update().clone();
            let interval_ms = config.replication.broker_heartbeat_interval_ms;
            let interval = Duration::from_millis(u64::try_from(interval_ms).unwrap_or(1).max(1));
            let beat = self.beat(false, interval);
            let answer = tokio::select! {
                biased;
                () = self.lifecycle.leaving.cancelled() => return,
                answer = beat => answer,
            };
            if matches!(&answer, Beat::Answered(answer) if answer.is_caught_up || !answer.is_fenced)
            {
                self.accept_clients();
            }
            if matches!(answer, Beat::Stale) && !self.register_again().await {
                return;
            }
            let pause = match answer {
                Beat::Answered(answer) if answer.is_fenced => {
                    self.lifecycle.set(Standing::Fenced);
                    IMPATIENT_INTERVAL
                }
                Beat::Answered(_) => {
                    self.lifecycle.set(Standing::Running);
                    if std::mem::take(&mut is_new) {
                        self.settle_strays().await;
                        self.assign_all_directories();
                    }
                    interval
                }
                Beat::Stale | Beat::Failed => interval.min(REGISTRATION_PAUSE),
            };
            if !self.next_beat(&mut news, controller, pause).await {
                return;
            }
        }
    }

    /// Waits until a heartbeat is due, at most for `pause` after the one that `controller` was
    /// sent. False when this broker leaves.
    async fn next_beat(
        &self,
        news: &mut News,
        controller: ActiveController,
        pause: Duration,
    ) -> bool {
        let clock = &self.env.clock;
        let now = clock.monotonic();
        let (mut until, soon) = (now + pause, now + IMPATIENT_INTERVAL);
        let broken = async {
            match controller {
                ActiveController::Remote { peer, .. } => peer.disconnected().await,
                ActiveController::Local(_) | ActiveController::Unknown => {
                    std::future::pending().await
                }
            }
        };
        let mut broken = std::pin::pin!(broken);
        let mut is_broken = false;
        loop {
            tokio::select! {
                biased;
                () = self.lifecycle.leaving.cancelled() => return false,
                () = self.lifecycle.wake.notified() => return true,
                _ = news.controllers.changed() => return true,
                () = clock.sleep_until(until) => return true,
                // The controller looks whether this process still runs.
                () = &mut broken, if !is_broken => {
                    is_broken = true;
                    until = until.min(soon);
                }
                _ = news.published.changed() => {
                    let is_awaited = *self.lifecycle.known_standing() == Standing::Fenced
                        || self.is_another_leaving();
                    if is_awaited {
                        until = until.min(soon);
                    }
                }
            }
        }
    }

    /// Whether a broker waits to be let go, which takes that the others have the metadata by which
    /// its leaderships moved.
    fn is_another_leaving(&self) -> bool {
        let image = self.image.load();
        let me = self.config().node_id;
        image
            .brokers
            .values()
            .any(|broker| broker.id != me && broker.in_controlled_shutdown && !broker.fenced)
    }

    /// One heartbeat.
    async fn beat(&self, want_shut_down: bool, timeout: Duration) -> Beat {
        let Some(epoch) = self.lifecycle.epoch() else { return Beat::Failed };
        let broker = BrokerRef { id: self.config().node_id, epoch };
        let image = self.image();
        let has_cordoned = image.features.metadata_version().has_cordoned_directories();
        let cordoned = || self.logs.cordoned_ids().into_iter().map(|id| id.uuid()).collect();
        let request = BrokerHeartbeatRequest {
            broker_id: broker.id.get(),
            broker_epoch: broker.epoch.get(),
            current_metadata_offset: image.provenance.offset.get(),
            want_fence: false,
            want_shut_down,
            offline_log_dirs: self.lifecycle.offline().into_iter().map(|id| id.uuid()).collect(),
            cordoned_log_dirs: has_cordoned.then(cordoned),
            ..BrokerHeartbeatRequest::default()
        };
        let sent_at = self.env.clock.monotonic();
        match self.decide_within(Command::Heartbeat(request), timeout).await {
            Reply::Heartbeat(answer) => {
                self.was_heard(sent_at);
                Beat::Answered(answer)
            }
            Reply::Refused(error) if error.code == ErrorCode::STALE_BROKER_EPOCH => {
                tracing::warn!(%error, "the controller does not know this broker any more");
                Beat::Stale
            }
            reply => {
                tracing::debug!(?reply, "heartbeat not answered");
                Beat::Failed
            }
        }
    }

    /// Hands over what this broker leads, for at most `timeout`.
    pub(crate) async fn leave_cluster(&self, timeout: Duration) {
        self.lifecycle.leaving.cancel();
        let is_gone = *self.lifecycle.known_standing() == Standing::Gone;
        if is_gone || self.lifecycle.epoch().is_none() {
            return;
        }
        if !self.config().replication.controlled_shutdown_enable {
            self.lifecycle.set(Standing::Gone);
            return;
        }
        let clock = &self.env.clock;
        let deadline = clock.monotonic() + timeout;
        loop {
            let left = deadline.saturating_sub(clock.monotonic());
            let may_go = match self.beat(true, left.min(Duration::from_secs(1))).await {
                Beat::Answered(answer) => answer.should_shut_down,
                // It has nothing to hand over.
                Beat::Stale => true,
                Beat::Failed => false,
            };
            if may_go {
                self.lifecycle.set(Standing::Gone);
                return;
            }
            if clock.monotonic() >= deadline {
                tracing::warn!("the controller did not let this broker go in time");
                self.lifecycle.set(Standing::Gone);
                return;
            }
            let pause = clock.monotonic() + IMPATIENT_INTERVAL;
            clock.sleep_until(pause.min(deadline)).await;
        }
    }
}
