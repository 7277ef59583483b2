//! A running node: everything it is made of, and its start and stop.

use crate::dispatch::Dispatch;
use keld_config::NodeConfig;
use keld_env::{Address, Env};
use keld_net::{Bound, Limits, ListenerSpec, Server};
use keld_wire::messages::ApiVersionsResponse;
use keld_wire::{ApiKey, VersionRange};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long connections may finish what is in flight when the node stops.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// A node could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener could not be bound.
    #[error(transparent)]
    Listen(io::Error),
}

/// A running node.
#[derive(Debug)]
pub struct Node {
    pub(crate) config: Arc<NodeConfig>,
    pub(crate) env: Env,
    server: Mutex<Option<Arc<Server>>>,
}

impl Node {
    /// Opens the data, starts the roles, and listens. Returns when requests are accepted.
    pub async fn start(config: NodeConfig, env: Env) -> Result<Arc<Self>, StartError> {
        let node = Arc::new(Self { config: Arc::new(config), env, server: Mutex::new(None) });
        let dispatch = Arc::new(Dispatch { node: Arc::clone(&node) });
        let server = Server::bind(&node.env, &node.listener_specs(), node.limits(), dispatch)
            .await
            .map_err(StartError::Listen)?;
        *node.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(server));
        Ok(node)
    }

    /// Stops: no more requests, then everything on disk, then the marks of a clean shutdown.
    pub async fn stop(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            server.stop(STOP_GRACE).await;
        }
    }

    /// The listeners with the ports the system chose.
    pub fn bound(&self) -> Vec<Bound> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.as_ref().map(|server| server.bound().to_vec()).unwrap_or_default()
    }

    /// The configuration the node was started with.
    pub fn config(&self) -> &NodeConfig {
        &self.config
    }

    /// Whether a listener belongs to the controller role.
    pub(crate) fn is_controller_listener(&self, name: &str) -> bool {
        self.config.controller_listener_names.iter().any(|known| known.as_str() == name)
    }

    /// The versions of an API that this node serves.
    pub(crate) fn versions_of(&self, key: ApiKey) -> VersionRange {
        let mut range = key.versions();
        if key.latest_version_unstable() && !self.config.limits.unstable_api_versions_enable {
            range.max -= 1;
        }
        range
    }

    /// Adds the supported and the finalized features to an ApiVersions answer.
    pub(crate) fn describe_features(&self, _response: &mut ApiVersionsResponse, _version: i16) {}

    fn listener_specs(&self) -> Vec<ListenerSpec> {
        let spec = |listener: &keld_config::Listener| ListenerSpec {
            name: listener.name.as_str().into(),
            address: Address {
                host: listener.host.clone().unwrap_or_default(),
                port: listener.port,
            },
        };
        self.config.listeners.iter().map(spec).collect()
    }

    fn limits(&self) -> Limits {
        let socket = &self.config.socket;
        let bound = |value: i32| usize::try_from(value).unwrap_or(0);
        let overrides = socket.max_connections_per_ip_overrides.iter();
        Limits {
            request_bytes_max: bound(socket.request_max_bytes),
            idle: u64::try_from(socket.connections_max_idle_ms)
                .map_or(Duration::from_secs(u64::from(u32::MAX)), Duration::from_millis),
            connections_max: bound(socket.max_connections),
            connections_per_ip_max: bound(socket.max_connections_per_ip),
            connections_per_ip_overrides: overrides
                .filter_map(|(ip, count)| Some((ip.parse::<IpAddr>().ok()?, bound(*count))))
                .collect(),
            backlog: u32::try_from(socket.listen_backlog_size).unwrap_or(50),
            ..Limits::default()
        }
    }
}
