//! The tasks that turn what comes in into turns of the core: the driver itself, and the publisher
//! that makes this node what the committed changes say and then releases the replies. Two, so that a
//! long publication does not keep the quorum waiting.

use super::channel::ActiveController;
use super::core::{Core, Outgoing, Turn};
use super::error::QuorumError;
use super::event::Event;
use super::register::{register, unfence};
use super::rpc::{ExchangeError, Identity, exchange};
use super::{Inbox, QuorumHandle, Submission};
use crate::node::Node;
use crate::peers::Peer;
use keld_config::{Listener, NodeConfig};
use keld_controller::{ApiError, Reply};
use keld_env::{Env, Monotonic};
use keld_log::LogDirectory;
use keld_metadata::LoadedDelta;
use keld_net::Bound;
use keld_raft::Millis;
use keld_types::ErrorCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many commands share one sync at most.
const ROUND_LENGTH: usize = 256;

/// Turns that may wait for their publication; the driver waits when there are more.
const PUBLICATIONS_MAX: usize = 256;

/// How long a leader that stops waits for the others to be told.
const RESIGN_GRACE: Duration = Duration::from_millis(500);

/// What a turn leaves to the publisher.
struct Publication {
    deltas: Vec<LoadedDelta>,
    released: Vec<(oneshot::Sender<Reply>, Reply)>,
    complete_as_of: Option<Monotonic>,
}

struct Driver {
    node: Arc<Node>,
    core: Arc<Mutex<Core>>,
    handle: QuorumHandle,
    inbox: Inbox,
    publications: mpsc::Sender<Publication>,
    identity: Arc<Identity>,
}

impl Node {
    /// Loads the metadata, publishes it and starts the driver. The only voter of a quorum is
    /// registered and leads when this returns, and has its partitions; any other node finds its
    /// quorum later.
    pub(crate) async fn start_quorum(self: &Arc<Self>) -> Result<(), QuorumError> {
        let Some(inbox) = self.take_inbox() else { return Ok(()) };
        let this = Arc::clone(self);
        let open = move || {
            let directory = this.logs.metadata_directory().ok_or(QuorumError::Stopped)?;
            open_core(&this, directory)
        };
        let mut core = match self.block("open quorum", Box::new(open)).await {
            Some(core) => core?,
            None => return Err(QuorumError::Stopped),
        };
        let image = core.image().clone();
        let handle = self.quorum.clone();
        handle.shared.status.store(Some(Arc::new(core.status())));
        handle.shared.controller.send_replace(core.active_controller());
        // What the open of the only voter committed is in the image already.
        core.forget_deltas();
        self.publish(&LoadedDelta::from_empty(&image)).await;
        handle.shared.stopped.send_replace(false);
        let is_alone = core.is_alone();
        let (publications, published) = mpsc::channel(PUBLICATIONS_MAX);
        let publisher = publish(Arc::clone(self), published);
        self.env.spawn.spawn("publisher", Box::pin(publisher));
        let driver = Driver {
            node: Arc::clone(self),
            identity: Arc::new(core.identity().clone()),
            core: Arc::new(Mutex::new(core)),
            handle,
            inbox,
            publications,
        };
        self.env.spawn.spawn("quorum", Box::pin(driver.run()));
        if !is_alone {
            return Ok(());
        }
        if let Some(broker) = register(self, &image).await? {
            self.lifecycle.registered(broker.epoch);
            unfence(&self.quorum, broker, self.logs.cordoned_ids()).await?;
            self.settle_strays().await;
        }
        Ok(())
    }

    /// The advertised listeners of brokers and of controllers, with the ports that were bound.
    pub(crate) fn reachable_listeners(&self) -> (Vec<Listener>, Vec<Listener>) {
        reachable_listeners(&self.config(), &self.bound())
    }
}

/// Makes the node what each change says, in order; then the replies are true.
async fn publish(node: Arc<Node>, mut published: mpsc::Receiver<Publication>) {
    while let Some(next) = published.recv().await {
        let Publication { deltas, released, complete_as_of } = next;
        for delta in &deltas {
            node.publish(delta).await;
        }
        if let Some(as_of) = complete_as_of {
            node.is_complete(as_of);
        }
        for (sender, reply) in released {
            if sender.send(reply).is_err() {
                tracing::debug!("whoever asked for a metadata change is gone");
            }
        }
    }
}

/// The advertised listeners of brokers and of controllers, with the ports that were bound where the
/// configuration left the choice to the system.
fn reachable_listeners(config: &NodeConfig, bound: &[Bound]) -> (Vec<Listener>, Vec<Listener>) {
    let reachable = |listeners: &[Listener]| {
        let with_port = |listener: &Listener| {
            let own = bound.iter().find(|known| &*known.name == listener.name.as_str());
            let port = match (listener.port, own) {
                (0, Some(own)) => own.address.port(),
                (port, _) => port,
            };
            Listener { port, ..listener.clone() }
        };
        listeners.iter().map(with_port).collect()
    };
    (reachable(&config.advertised_listeners), reachable(&config.advertised_controller_listeners))
}

fn open_core(node: &Node, directory: &LogDirectory) -> Result<Core, QuorumError> {
    let layers = (**node.layers.load()).clone();
    Core::open(node.config(), layers, node.env.clone(), directory)
}

impl Driver {
    async fn run(mut self) {
        // The core may have something to say already: votes, a fetch.
        let mut goes_on = self.turn(Vec::new(), Vec::new()).await;
        while goes_on {
            let (events, submissions, is_last) = self.next().await;
            goes_on = self.turn(events, submissions).await && !is_last;
        }
        self.resign().await;
        self.inbox.submissions.close();
        self.inbox.events.close();
        let (core, env) = (Arc::clone(&self.core), self.node.env.clone());
        let close = move || {
            let now_ms = env.clock.wall_ms();
            if let Err(error) = lock(&core).close(now_ms) {
                tracing::error!(%error, "the metadata log cannot be closed cleanly");
            }
        };
        self.node.env.spawn.blocking("quorum-close", Box::new(close)).await;
        self.handle.shared.controller.send_replace(ActiveController::Unknown);
        self.handle.shared.stopped.send_replace(true);
    }

    /// A leader that stops tells the others, so that they need not wait for it.
    async fn resign(&mut self) {
        let is_leader = self.handle.status().is_some_and(|status| status.is_leader);
        if !is_leader || lock(&self.core).is_alone() {
            return;
        }
        let env = self.node.env.clone();
        let until = env.clock.monotonic() + RESIGN_GRACE;
        let mut goes_on = self.turn(vec![Event::Resign], Vec::new()).await;
        let mut answers = 0;
        while goes_on && answers < lock(&self.core).others() {
            let event = tokio::select! {
                biased;
                event = self.inbox.events.recv() => event,
                () = env.clock.sleep_until(until) => None,
            };
            let Some(event) = event else { return };
            answers += usize::from(matches!(event, Event::Answered { .. }));
            goes_on = self.turn(vec![event], Vec::new()).await;
        }
    }

    /// Waits for something to come in, until the core, a snapshot or an idle record is due, or until
    /// the stop; takes what is there.
    async fn next(&mut self) -> (Vec<Event>, Vec<Submission>, bool) {
        let env: &Env = &self.node.env;
        let (wait_ms, deadline) = {
            let core = lock(&self.core);
            (core.due_in_ms(env.clock.wall_ms()), core.deadline())
        };
        let mut until = env.clock.monotonic() + Duration::from_millis(wait_ms);
        if deadline != Millis::NEVER {
            until = until.min(Duration::from_millis(deadline.get()));
        }
        let timer = env.clock.sleep_until(until);
        let stop = self.handle.shared.stop.clone();
        let (mut events, mut submissions) = (Vec::new(), Vec::new());
        let mut is_last = false;
        tokio::select! {
            biased;
            () = stop.cancelled() => is_last = true,
            event = self.inbox.events.recv() => events.extend(event),
            submission = self.inbox.submissions.recv() => match submission {
                Some(first) => submissions.push(first),
                // Every handle is gone.
                None => is_last = true,
            },
            () = timer => {}
        }
        while events.len() < ROUND_LENGTH
            && let Ok(event) = self.inbox.events.try_recv()
        {
            events.push(event);
        }
        while submissions.len() < ROUND_LENGTH {
            match self.inbox.submissions.try_recv() {
                Ok(next) => submissions.push(next),
                Err(_) => return (events, submissions, is_last),
            }
        }
        (events, submissions, false)
    }

    /// Whether the driver may go on.
    async fn turn(&mut self, events: Vec<Event>, submissions: Vec<Submission>) -> bool {
        let (sender, receiver) = oneshot::channel();
        let (core, env) = (Arc::clone(&self.core), self.node.env.clone());
        let handle = self.handle.clone();
        let work = move || {
            let mut core = lock(&core);
            let result = core.turn(events, submissions, env.clock.wall_ms());
            handle.shared.status.store(Some(Arc::new(core.status())));
            let controller = core.active_controller();
            handle.shared.controller.send_if_modified(|known| {
                let is_new = !known.is_same(&controller);
                *known = controller;
                is_new
            });
            drop(core);
            if sender.send(result).is_err() {
                tracing::debug!("nobody waits for the turn");
            }
        };
        self.node.env.spawn.blocking("quorum-turn", Box::new(work)).await;
        let failure = match receiver.await {
            Ok(Ok(Turn { released, deltas, sends, complete_as_of })) => {
                for outgoing in sends {
                    self.send(outgoing);
                }
                let complete_as_of = complete_as_of.filter(|_| self.node.lease.is_lost());
                if released.is_empty() && deltas.is_empty() && complete_as_of.is_none() {
                    return true;
                }
                let publication = Publication { deltas, released, complete_as_of };
                if self.publications.send(publication).await.is_ok() {
                    return true;
                }
                "the publisher ended".to_owned()
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a turn was not finished".to_owned(),
        };
        tracing::error!(error = %failure, "the metadata quorum failed; the node must stop");
        self.handle.shared.failure.send_replace(Some(failure));
        false
    }

    /// Asks another node beside the driver; what comes of it is an event.
    fn send(&self, outgoing: Outgoing) {
        let Outgoing { to, peer, request_id, request } = outgoing;
        let (identity, events) = (Arc::clone(&self.identity), self.handle.events.clone());
        let clock = Arc::clone(&self.node.env.clock);
        let shared = Arc::clone(&self.handle.shared);
        let ask = async move {
            let timeout = clock.monotonic() + identity.timeout;
            let answered = match &peer {
                Some(peer) => tokio::select! {
                    biased;
                    answered = exchange(peer, &identity, request) => {
                        let foreign = answered.as_ref().is_err_and(ExchangeError::is_foreign);
                        if foreign || answered.is_ok() {
                            shared.note_refusal(foreign.then(|| foreign_cluster(peer, &identity)));
                        }
                        answered.map_err(|error| (error.to_string(), error.is_refused()))
                    }
                    () = clock.sleep_until(timeout) => {
                        Err(("it does not answer".to_owned(), false))
                    }
                },
                None => Err(("nobody knows where it is".to_owned(), false)),
            };
            let event = match answered {
                Ok(exchanged) => Event::Answered {
                    from: to,
                    request_id,
                    answer: exchanged.answer,
                    located: exchanged.located,
                },
                Err((reason, is_refused)) => {
                    tracing::debug!(to = to.get(), reason, "a node of the quorum does not answer");
                    Event::Failed { to, request_id, is_refused }
                }
            };
            // The driver may have ended.
            events.send(event).await.ok();
        };
        self.node.env.spawn.spawn("quorum request", Box::pin(ask));
    }
}

fn foreign_cluster(peer: &Peer, own: &Identity) -> ApiError {
    let why = format!("{} is not of cluster {}, as this node is", peer.address(), own.cluster_id);
    ApiError::new(ErrorCode::INCONSISTENT_CLUSTER_ID, why)
}

fn lock(core: &Mutex<Core>) -> std::sync::MutexGuard<'_, Core> {
    core.lock().unwrap_or_else(PoisonError::into_inner)
}
