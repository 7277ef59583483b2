//! The handle on the metadata quorum: commands in, replies out once they are committed and applied.
//!
//! The driver owns the quorum's state and takes [`Submission`]s from the channel's other end. It
//! releases a reply after this node's image contains the records of the decision
//! ([`Node::publish`](crate::Node::publish) returned).

use keld_controller::{ApiError, Command, Reply};
use keld_types::ErrorCode;
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait for the driver. More than that, and requests are refused at once.
const SUBMISSIONS_MAX: usize = 4096;

/// A command on its way to the controller.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// Asks the controller.
#[derive(Clone, Debug)]
pub(crate) struct QuorumHandle {
    sender: mpsc::Sender<Submission>,
}

impl QuorumHandle {
    /// A handle and the driver's end.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Submission>) {
        let (sender, receiver) = mpsc::channel(SUBMISSIONS_MAX);
        (Self { sender }, receiver)
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
