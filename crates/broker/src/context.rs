//! What a handler knows of a request besides its body.

use keld_net::ClientSoftware;
use keld_types::Principal;
use keld_wire::{ApiKey, Str};
use std::net::SocketAddr;
use std::sync::Arc;

/// A request's header and the connection it came in by.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    /// The API.
    pub(crate) api_key: ApiKey,
    /// The version of the body and, mostly, of the answer.
    pub(crate) version: i16,
    /// The answer carries it back.
    pub(crate) correlation_id: i32,
    /// What the client calls itself.
    pub(crate) client_id: Option<Str>,
    /// Who it is.
    pub(crate) principal: Principal,
    /// The listener it came in by.
    pub(crate) listener: Arc<str>,
    /// Whether that is a listener of the controller role.
    pub(crate) is_controller_listener: bool,
    /// Its address.
    pub(crate) peer: SocketAddr,
    /// The connection it came in by.
    pub(crate) connection_id: u64,
    /// Its library, once it said so.
    pub(crate) software: Option<ClientSoftware>,
}

impl RequestContext {
    /// The version the answer is encoded at: 0 for an ApiVersions request of a version that is not
    /// known here, so that any client can read it (KIP-511).
    pub(crate) fn response_version(&self) -> i16 {
        if self.api_key == ApiKey::ApiVersions && !self.api_key.versions().contains(self.version) {
            0
        } else {
            self.version
        }
    }

    /// The client id, empty when it sent none.
    pub(crate) fn client_id(&self) -> &str {
        self.client_id.as_ref().map_or("", Str::as_str)
    }

    /// The client's host as Kafka shows it in groups: `/127.0.0.1`.
    pub(crate) fn client_host(&self) -> String {
        format!("/{}", self.peer.ip().to_canonical())
    }
}
