//! The way to the active controller, wherever it is.
//!
//! [`QuorumHandle::active_controller`] says who it is; [`QuorumHandle::watch_controller`] tells of
//! changes. [`QuorumHandle::call_controller`] sends it a request, once it is known, over this node's
//! one connection to it. When this node is the active controller itself there is nothing to send:
//! `call_controller` says [`ControllerError::Local`], and the caller submits a command instead
//! ([`QuorumHandle::submit`]).
//!
//! An active controller is a leader of the quorum that has applied all that was committed before its
//! epoch and may decide. This node knows of another's leadership as soon as it follows it; that one
//! may answer NOT_CONTROLLER until it is active, which is to be tried again.

use super::QuorumHandle;
use crate::peers::{Peer, PeerError};
use keld_env::Env;
use keld_types::{BrokerId, LeaderEpoch};
use keld_wire::Rpc;
use std::time::Duration;
use tokio::sync::watch;

/// Who the controller is.
#[derive(Clone, Debug, Default)]
pub(crate) enum ActiveController {
    /// No leader is known, or it is not known where it is.
    #[default]
    Unknown,
    /// This node leads in this epoch and may decide: submit commands.
    Local(LeaderEpoch),
    /// Another node leads.
    Remote {
        /// Its node id.
        id: BrokerId,
        /// The epoch it leads.
        epoch: LeaderEpoch,
        /// The connection to its controller listener.
        peer: Peer,
    },
}

impl ActiveController {
    /// Whether nobody needs to be told of the other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) => true,
            (Self::Local(one), Self::Local(other)) => one == other,
            (
                Self::Remote { id, epoch, peer },
                Self::Remote { id: other_id, epoch: other_epoch, peer: other_peer },
            ) => id == other_id && epoch == other_epoch && peer.address() == other_peer.address(),
            (Self::Unknown | Self::Local(_) | Self::Remote { .. }, _) => false,
        }
    }
}

/// The controller could not be asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ControllerError {
    /// This node is the controller: submit a command.
    #[error("this node is the controller")]
    Local,
    /// No controller became known in time.
    #[error("no controller was known within {0:?}")]
    Unknown(Duration),
    /// The controller did not answer.
    #[error(transparent)]
    Peer(#[from] PeerError),
}

impl QuorumHandle {
    /// Who the controller is now.
    pub(crate) fn active_controller(&self) -> ActiveController {
        self.shared.controller.borrow().clone()
    }

    /// Tells of changes of [`Self::active_controller`].
    pub(crate) fn watch_controller(&self) -> watch::Receiver<ActiveController> {
        self.shared.controller.subscribe()
    }

    /// Sends the active controller a request and waits for the answer. Waits for a controller to be
    /// known, within the same `timeout`. An answer with NOT_CONTROLLER is given back as it is.
    pub(crate) async fn call_controller<R: Rpc>(
        &self,
        env: &Env,
        request: R,
        timeout: Duration,
    ) -> Result<R::Response, ControllerError> {
        let clock = &env.clock;
        let deadline = clock.monotonic() + timeout;
        let mut controllers = self.watch_controller();
        let known = async {
            let known = controllers.wait_for(|known| !matches!(known, ActiveController::Unknown));
            known.await.map_or(ActiveController::Unknown, |known| known.clone())
        };
        let known = tokio::select! {
            biased;
            known = known => known,
            () = clock.sleep_until(deadline) => ActiveController::Unknown,
        };
        match known {
            ActiveController::Unknown => Err(ControllerError::Unknown(timeout)),
            ActiveController::Local(_) => Err(ControllerError::Local),
            ActiveController::Remote { peer, .. } => {
                let left = deadline.saturating_sub(clock.monotonic());
                Ok(peer.call(request, left).await?)
            }
        }
    }
}
