//! The metadata quorum: commands in, replies out once they are committed and applied.
//!
//! The driver owns the metadata log on disk, the quorum core that decides what of it is committed,
//! the controller that decides what goes into it, and the image that follows from it. One round
//! takes every command that queued meanwhile: decide each on the image after the ones before, append
//! them in one write, sync once, let the core commit, apply, publish, answer. A command is answered
//! only when its records are on the disk and this node's image contains them
//! ([`Node::publish`](crate::Node::publish) returned). Commands are refused while the volume is full;
//! any other failed write, and a failed sync, ends the driver:
//! nothing more is decided, and the node must stop.
//!
//! A node that is the only voter leads when it is opened. With other voters, or as an observer, the
//! driver talks to them: it sends what the core wants to have sent over one connection a node
//! ([`crate::peers`]), and answers their requests, which come in by the controller listeners
//! ([`server`]). What the log has is pending until the leader says that it is committed. A leader
//! decides ([`ActiveController::Local`]) once it has applied all that was committed before its epoch.

mod addresses;
mod channel;
mod core;
mod driver;
mod error;
mod event;
mod follow;
mod load;
mod membership;
pub(crate) mod register;
mod rpc;
pub(crate) mod server;
mod snapshots;
mod state_file;
mod status;
mod voters;

#[cfg(test)]
mod tests;

pub(crate) use channel::{ActiveController, ControllerError};
pub use error::QuorumError;
pub(crate) use event::{VoterEdit, VoterRequest};
pub(crate) use status::{QuorumStatus, ReplicaStatus};

use event::Event;

use arc_swap::ArcSwapOption;
use keld_controller::{ApiError, Command, Reply};
use keld_env::Env;
use keld_types::ErrorCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Commands that may wait for the driver. More than that, and requests are refused at once.
const SUBMISSIONS_MAX: usize = 4096;

/// Requests and answers of other nodes that may wait for the driver.
const EVENTS_MAX: usize = 1024;

/// A command on its way to the controller.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// What the driver takes.
#[derive(Debug)]
pub(crate) struct Inbox {
    submissions: mpsc::Receiver<Submission>,
    events: mpsc::Receiver<Event>,
}

/// What the driver shares with those who ask.
#[derive(Debug)]
struct Shared {
    status: ArcSwapOption<QuorumStatus>,
    failure: watch::Sender<Option<String>>,
    /// Take no more commands.
    stop: CancellationToken,
    /// The driver runs until this is cancelled; before it ran, it is.
    stopped: watch::Sender<bool>,
    /// Who decides.
    controller: watch::Sender<ActiveController>,
    /// Why the nodes that this one asks do not let it in.
    refusal: ArcSwapOption<ApiError>,
}

impl Shared {
    /// A node of the quorum let this one in, or said why not.
    fn note_refusal(&self, refusal: Option<ApiError>) {
        let known = self.refusal.load();
        if known.as_deref() == refusal.as_ref() {
            return;
        }
        if let Some(error) = &refusal {
            tracing::error!(%error, "the quorum does not let this node in");
        }
        self.refusal.store(refusal.map(Arc::new));
    }
}

/// Asks the controller.
#[derive(Clone, Debug)]
pub(crate) struct QuorumHandle {
    sender: mpsc::Sender<Submission>,
    events: mpsc::Sender<Event>,
    shared: Arc<Shared>,
}

impl QuorumHandle {
    /// A handle and the driver's end.
    pub(crate) fn channel() -> (Self, Inbox) {
        let (sender, submissions) = mpsc::channel(SUBMISSIONS_MAX);
        let (events, received) = mpsc::channel(EVENTS_MAX);
        let shared = Shared {
            status: ArcSwapOption::empty(),
            failure: watch::Sender::new(None),
            stop: CancellationToken::new(),
            stopped: watch::Sender::new(true),
            controller: watch::Sender::new(ActiveController::Unknown),
            refusal: ArcSwapOption::empty(),
        };
        let handle = Self { sender, events, shared: Arc::new(shared) };
        (handle, Inbox { submissions, events: received })
    }

    /// Leader, epoch, offsets, voters; `None` before the driver was opened.
    pub(crate) fn status(&self) -> Option<Arc<QuorumStatus>> {
        self.shared.status.load_full()
    }

    /// Why the nodes of the quorum do not let this one in; `None` when none has refused it, or one
    /// has answered since.
    pub(crate) fn refusal(&self) -> Option<Arc<ApiError>> {
        self.shared.refusal.load_full()
    }

    /// Asks the leader, which must be this node, for other voters.
    pub(crate) async fn change_voter(
        &self,
        change: VoterEdit,
        when_committed: bool,
    ) -> Result<(), ApiError> {
        let (reply, done) = oneshot::channel();
        let request = VoterRequest { change, when_committed, reply };
        if self.events.try_send(Event::ChangeVoter(request)).is_err() {
            return Err(ApiError::bare(ErrorCode::REQUEST_TIMED_OUT));
        }
        done.await.unwrap_or_else(|_| Err(ApiError::bare(ErrorCode::NOT_LEADER_OR_FOLLOWER)))
    }

    /// Says why the quorum failed, once it did: the node must stop then.
    pub(crate) fn failure(&self) -> watch::Receiver<Option<String>> {
        self.shared.failure.subscribe()
    }

    /// A leader of several voters gives its leadership up while it can still be asked for its vote,
    /// and waits until another leads, at most for `timeout`.
    pub(crate) async fn hand_over(&self, env: &Env, timeout: Duration) {
        let has_others = |status: &QuorumStatus| status.is_leader && status.voter_states.len() > 1;
        if !self.status().is_some_and(|status| has_others(&status)) {
            return;
        }
        let mut controllers = self.watch_controller();
        if self.events.send(Event::Resign).await.is_err() {
            return;
        }
        let is_led = |known: &ActiveController| matches!(known, ActiveController::Remote { .. });
        tokio::select! {
            _ = controllers.wait_for(is_led) => {}
            () = env.clock.sleep_until(env.clock.monotonic() + timeout) => {
                tracing::info!("no other node took the quorum over in time");
            }
        }
    }

    /// Finishes the commands that wait, takes no more, and closes the metadata log.
    pub(crate) async fn stop(&self) {
        self.shared.stop.cancel();
        let mut stopped = self.shared.stopped.subscribe();
        if stopped.wait_for(|stopped| *stopped).await.is_err() {
            tracing::debug!("the quorum is gone already");
        }
    }

    /// Asks for a change; the future gives the reply once it is true.
    pub(crate) fn submit(&self, command: Command) -> impl Future<Output = Reply> + Send + use<> {
        let (reply, receiver) = oneshot::channel();
        let sent = self.sender.try_send(Submission { command, reply });
        async move {
            let refuse = |code, why: &str| Reply::Refused(ApiError::new(code, why));
            match sent {
                Ok(()) => receiver.await.unwrap_or_else(|_| {
                    refuse(ErrorCode::NOT_CONTROLLER, "the controller has stopped")
                }),
                Err(mpsc::error::TrySendError::Full(_)) => {
                    refuse(ErrorCode::REQUEST_TIMED_OUT, "the controller has too much to do")
                }
                Err(mpsc::error::TrySendError::Closed(_)) => {
                    refuse(ErrorCode::NOT_CONTROLLER, "the controller has stopped")
                }
            }
        }
    }
}
