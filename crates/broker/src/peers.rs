//! Connections to other nodes: one a [`Peer`], made when it is first needed.
//!
//! A [`Peer`] is cheap to clone and to keep. [`Peer::call`] connects if there is no connection, asks
//! for the other side's versions once a connection, sends the request at the highest version both
//! have, and waits. Many calls may be under way; the other node answers in the order it was asked.
//! After a connection that could not be made the next try waits, twice as long each time up to a
//! second; calls meanwhile fail at once with [`PeerError::BackingOff`]. Nothing is sent twice:
//! whoever called decides whether to ask again.

mod connection;

use connection::Connection;
use keld_env::{Address, Env, Monotonic};
use keld_types::ErrorCode;
use keld_wire::{ApiKey, Rpc, Str, VersionRange};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The first pause after a connection that could not be made.
const BACKOFF_FIRST: Duration = Duration::from_millis(20);
/// The longest.
const BACKOFF_MAX: Duration = Duration::from_secs(1);
/// Largest answer that is taken.
const RESPONSE_BYTES_MAX: usize = 128 << 20;

/// A call was not answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum PeerError {
    /// No connection.
    #[error("cannot connect to {peer}: {reason}")]
    Connect {
        /// Where.
        peer: Address,
        /// Why not.
        reason: String,
        /// Nobody listens there, as the machine itself says.
        is_refused: bool,
    },
    /// The last try failed a moment ago.
    #[error("{peer} could not be reached a moment ago: {reason}")]
    BackingOff {
        /// Where.
        peer: Address,
        /// Why not then.
        reason: String,
    },
    /// The connection ended; whether the request was carried out is not known.
    #[error("connection to {peer} ended: {reason}")]
    Disconnected {
        /// Where.
        peer: Address,
        /// Why.
        reason: String,
    },
    /// No answer in time; whether the request was carried out is not known.
    #[error("{api} was not answered by {peer} within {after:?}")]
    Timeout {
        /// Where.
        peer: Address,
        /// What was asked.
        api: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The other node does not serve this API at a version known here.
    #[error("{peer} does not serve {api} at a version known here")]
    Unsupported {
        /// Where.
        peer: Address,
        /// Which.
        api: &'static str,
    },
    /// The other node refuses to say what it serves.
    #[error("{peer} answers ApiVersions with {code}")]
    Refused {
        /// Where.
        peer: Address,
        /// With what.
        code: ErrorCode,
    },
    /// What came back is not what the protocol says.
    #[error("{api} answer of {peer}: {reason}")]
    Protocol {
        /// Where.
        peer: Address,
        /// What was asked.
        api: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// Another node, by address.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    env: Env,
    client_id: Str,
    address: Address,
    /// Whoever holds this makes the connection; the others wait.
    connecting: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    connection: Option<Connection>,
    failed: Option<Failed>,
}

#[derive(Clone, Debug)]
struct Failed {
    pause: Duration,
    until: Monotonic,
    reason: String,
}

impl Peer {
    /// A node that is reached at `address`; nothing is connected yet. `client_id` is what the
    /// requests carry.
    pub(crate) fn new(env: &Env, client_id: &str, address: Address) -> Self {
        let shared = Shared {
            env: env.clone(),
            client_id: Str::from(client_id),
            address,
            connecting: tokio::sync::Mutex::new(()),
            state: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &Address {
        &self.shared.address
    }

    /// Sends a request at the highest common version and waits for the answer, connecting included.
    pub(crate) async fn call<R: Rpc>(
        &self,
        request: R,
        timeout: Duration,
    ) -> Result<R::Response, PeerError> {
        self.call_with(timeout, |_| request).await
    }

    /// As [`call`](Self::call), with a request that depends on the version that will be used.
    pub(crate) async fn call_with<R: Rpc>(
        &self,
        timeout: Duration,
        request: impl FnOnce(i16) -> R,
    ) -> Result<R::Response, PeerError> {
        let clock = Arc::clone(&self.shared.env.clock);
        let deadline = clock.monotonic() + timeout;
        let exchange = async {
            let connection = self.connection().await?;
            connection.call(request).await
        };
        tokio::select! {
            biased;
            answer = exchange => answer,
            () = clock.sleep_until(deadline) => {
                // What comes later would only hold up what is asked next.
                self.disconnect();
                Err(PeerError::Timeout {
                    peer: self.address().clone(),
                    api: R::API_KEY.name(),
                    after: timeout,
                })
            }
        }
    }

    /// The versions of an API that both sides have; connects if need be.
    pub(crate) async fn versions(&self, api: ApiKey) -> Result<VersionRange, PeerError> {
        Ok(self.connection().await?.versions(api))
    }

    /// The range of a feature that the other node supports, as ApiVersions tells it.
    pub(crate) async fn supported_feature(
        &self,
        name: &str,
    ) -> Result<Option<VersionRange>, PeerError> {
        Ok(self.connection().await?.supported_feature(name))
    }

    /// Ends the connection, if there is one: calls under way fail, the next makes another.
    pub(crate) fn disconnect(&self) {
        if let Some(connection) = self.state().connection.take() {
            connection.give_up();
        }
    }

    /// Completes when the connection that is there now ends; never when there is none.
    pub(crate) async fn disconnected(&self) {
        let connection = self.state().connection.clone();
        match connection {
            Some(connection) => connection.ended().await,
            None => std::future::pending().await,
        }
    }

    async fn connection(&self) -> Result<Connection, PeerError> {
        if let Some(alive) = self.alive()? {
            return Ok(alive);
        }
        let _turn = self.shared.connecting.lock().await;
        if let Some(alive) = self.alive()? {
            return Ok(alive);
        }
        let shared = &self.shared;
        let opened = Connection::open(&shared.env, &shared.client_id, &shared.address).await;
        let mut state = self.state();
        match opened {
            Ok(connection) => {
                *state = State { connection: Some(connection.clone()), failed: None };
                Ok(connection)
            }
            Err(error) => {
                let longer = |failed: &Failed| (failed.pause * 2).min(BACKOFF_MAX);
                let pause = state.failed.as_ref().map_or(BACKOFF_FIRST, longer);
                let until = shared.env.clock.monotonic() + pause;
                let failed = Failed { pause, until, reason: error.to_string() };
                *state = State { connection: None, failed: Some(failed) };
                Err(error)
            }
        }
    }

    /// The connection, if it goes on; an error while the next try has to wait.
    fn alive(&self) -> Result<Option<Connection>, PeerError> {
        let state = self.state();
        if let Some(connection) = state.connection.as_ref().filter(|known| known.is_alive()) {
            return Ok(Some(connection.clone()));
        }
        match &state.failed {
            Some(failed) if self.shared.env.clock.monotonic() < failed.until => {
                Err(PeerError::BackingOff {
                    peer: self.shared.address.clone(),
                    reason: failed.reason.clone(),
                })
            }
            Some(_) | None => Ok(None),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
