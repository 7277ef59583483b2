//! The task that turns submissions into rounds of the core.

use super::core::Core;
use super::error::QuorumError;
use super::register::{RegistrationInput, register, unfence};
use super::{QuorumHandle, Submission};
use crate::node::Node;
use futures_util::future::{Either, select};
use keld_config::{Listener, NodeConfig};
use keld_controller::Reply;
use keld_env::Env;
use keld_log::LogDirectory;
use keld_metadata::LoadedDelta;
use keld_net::Bound;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many commands share one sync at most.
const ROUND_LENGTH: usize = 256;

/// What a round gives back.
pub(super) struct Round {
    /// For each command its reply.
    pub(super) replies: Vec<Reply>,
    /// The committed changes, in order.
    pub(super) deltas: Vec<LoadedDelta>,
}

struct Driver {
    node: Arc<Node>,
    core: Arc<Mutex<Core>>,
    handle: QuorumHandle,
    submissions: mpsc::Receiver<Submission>,
}

impl Node {
    /// Loads the metadata, publishes it, registers this node and lets it lead. When it returns, the
    /// node has its partitions and may answer requests.
    pub(crate) async fn start_quorum(self: &Arc<Self>) -> Result<(), QuorumError> {
        let Some(submissions) = self.take_submissions() else { return Ok(()) };
        let this = Arc::clone(self);
        let open = move || {
            let directory = this.logs.metadata_directory().ok_or(QuorumError::Stopped)?;
            open_core(&this, directory)
        };
        let core = match self.block("open quorum", Box::new(open)).await {
            Some(core) => core?,
            None => return Err(QuorumError::Stopped),
        };
        let image = core.image().clone();
        let handle = self.quorum.clone();
        handle.shared.status.store(Some(Arc::new(core.status())));
        self.publish(&LoadedDelta::from_empty(&image)).await;
        handle.shared.stopped.send_replace(false);
        let driver = Driver {
            node: Arc::clone(self),
            core: Arc::new(Mutex::new(core)),
            handle,
            submissions,
        };
        self.env.spawn.spawn("quorum", Box::pin(driver.run()));
        let config = self.config();
        let (broker_listeners, controller_listeners) = reachable_listeners(&config, &self.bound());
        let input = RegistrationInput {
            config: &config,
            cluster_id: self.cluster_id(),
            incarnation_id: self.env.random.uuid(),
            broker_listeners: &broker_listeners,
            controller_listeners: &controller_listeners,
            directories: &self.logs.online_ids(),
            previous_epoch: self.logs.previous_broker_epoch(),
        };
        let broker = register(&self.quorum, &image, &input).await?;
        unfence(&self.quorum, broker, self.logs.cordoned_ids()).await?;
        self.settle_strays().await;
        Ok(())
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
        loop {
            let (submissions, is_last) = self.next().await;
            let goes_on = self.round(submissions).await;
            if is_last || !goes_on {
                break;
            }
        }
        self.submissions.close();
        let (core, env) = (Arc::clone(&self.core), self.node.env.clone());
        let close = move || {
            let now_ms = env.clock.wall_ms();
            if let Err(error) = lock(&core).close(now_ms) {
                tracing::error!(%error, "the metadata log cannot be closed cleanly");
            }
        };
        self.node.env.spawn.blocking("quorum-close", Box::new(close)).await;
        self.handle.shared.stopped.send_replace(true);
    }

    /// Waits for a submission, until a snapshot or an idle record may be due, or until the stop;
    /// takes what is there.
    async fn next(&mut self) -> (Vec<Submission>, bool) {
        let env: &Env = &self.node.env;
        let wait_ms = lock(&self.core).due_in_ms(env.clock.wall_ms());
        let timer = env.clock.sleep_until(env.clock.monotonic() + Duration::from_millis(wait_ms));
        let stop = self.handle.shared.stop.clone();
        let mut submissions = Vec::new();
        let mut is_last = false;
        {
            let receive = std::pin::pin!(self.submissions.recv());
            let stopped = std::pin::pin!(stop.cancelled());
            let wake = select(timer, stopped);
            match select(receive, wake).await {
                Either::Left((Some(first), _)) => submissions.push(first),
                // Every handle is gone.
                Either::Left((None, _)) => is_last = true,
                Either::Right((Either::Left(_), _)) => {}
                Either::Right((Either::Right(_), _)) => is_last = true,
            }
        }
        while submissions.len() < ROUND_LENGTH {
            match self.submissions.try_recv() {
                Ok(next) => submissions.push(next),
                Err(_) => return (submissions, is_last),
            }
        }
        (submissions, false)
    }

    /// Whether the driver may go on.
    async fn round(&mut self, submissions: Vec<Submission>) -> bool {
        let (commands, replies): (Vec<_>, Vec<_>) =
            submissions.into_iter().map(|given| (given.command, given.reply)).unzip();
        let (sender, receiver) = oneshot::channel();
        let (core, env) = (Arc::clone(&self.core), self.node.env.clone());
        let handle = self.handle.clone();
        let work = move || {
            let mut core = lock(&core);
            let result = core.round(commands, env.clock.wall_ms());
            handle.shared.status.store(Some(Arc::new(core.status())));
            drop(core);
            if sender.send(result).is_err() {
                tracing::debug!("nobody waits for the round");
            }
        };
        self.node.env.spawn.blocking("quorum-round", Box::new(work)).await;
        let failure = match receiver.await {
            Ok(Ok(round)) => {
                for delta in &round.deltas {
                    self.node.publish(delta).await;
                }
                for (sender, reply) in replies.into_iter().zip(round.replies) {
                    if sender.send(reply).is_err() {
                        tracing::debug!("whoever asked for a metadata change is gone");
                    }
                }
                return true;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a round was not finished".to_owned(),
        };
        tracing::error!(error = %failure, "the metadata quorum failed; the node must stop");
        self.handle.shared.failure.send_replace(Some(failure));
        false
    }
}

fn lock(core: &Mutex<Core>) -> std::sync::MutexGuard<'_, Core> {
    core.lock().unwrap_or_else(PoisonError::into_inner)
}
