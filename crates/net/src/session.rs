//! Who is at the other end of a connection.

use keld_types::Principal;
use std::net::SocketAddr;
use std::sync::Arc;

/// What a client said of itself in ApiVersions (KIP-511).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientSoftware {
    /// The library's name.
    pub name: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
}

/// One connection, as handlers see it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Unique in this process.
    pub connection_id: u64,
    /// The name of the listener it came in by.
    pub listener: Arc<str>,
    /// The client's address.
    pub peer: SocketAddr,
    /// Who it is.
    pub principal: Principal,
    /// The library, once it said so.
    pub software: Option<ClientSoftware>,
}
