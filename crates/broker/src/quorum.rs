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
//! One voter is wired: a node is a cluster of one. The core itself is right for many.

mod core;
mod driver;
mod error;
mod load;
mod register;
mod snapshots;
mod state_file;
mod status;
mod voters;

#[cfg(test)]
mod tests;

pub use error::QuorumError;
pub(crate) use status::QuorumStatus;

use arc_swap::ArcSwapOption;
use keld_controller::{ApiError, Command, Reply};
use keld_types::ErrorCode;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Commands that may wait for the driver. More than that, and requests are refused at once.
const SUBMISSIONS_MAX: usize = 4096;

/// A command on its way to the controller.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Reply>,
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
}

/// Asks the controller.
#[derive(Clone, Debug)]
pub(crate) struct QuorumHandle {
    sender: mpsc::Sender<Submission>,
    shared: Arc<Shared>,
}

impl QuorumHandle {
    /// A handle and the driver's end.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Submission>) {
        let (sender, receiver) = mpsc::channel(SUBMISSIONS_MAX);
        let shared = Shared {
            status: ArcSwapOption::empty(),
            failure: watch::Sender::new(None),
            stop: CancellationToken::new(),
            stopped: watch::Sender::new(true),
        };
        (Self { sender, shared: Arc::new(shared) }, receiver)
    }

    /// Leader, epoch, offsets, voters; `None` before the driver was opened.
    pub(crate) fn status(&self) -> Option<Arc<QuorumStatus>> {
        self.shared.status.load_full()
    }

    /// Says why the quorum failed, once it did: the node must stop then.
    pub(crate) fn failure(&self) -> watch::Receiver<Option<String>> {
        self.shared.failure.subscribe()
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
