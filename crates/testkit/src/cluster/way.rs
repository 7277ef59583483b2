//! How others reach a node of a cluster.

use crate::proxy::{Network, Proxy};
use crate::switch::{Space, Switch};
use anyhow::Result;
use std::net::Ipv4Addr;

/// How others reach a node.
#[derive(Debug)]
pub(super) enum Way {
    /// Through a proxy for each listener.
    Proxies {
        /// Of the listener for brokers and clients.
        brokers: Proxy,
        /// Of the listener for controllers.
        controllers: Proxy,
    },
    /// Directly, at its own address.
    Wire(Space),
}

impl Way {
    /// For a node that does not run yet.
    pub(super) fn new(network: &Network, switch: Option<&mut Switch>, id: i32) -> Result<Self> {
        match switch {
            Some(switch) => Ok(Self::Wire(switch.attach(id)?)),
            None => Ok(Self::Proxies {
                brokers: Proxy::listen(network, id)?,
                controllers: Proxy::listen(network, id)?,
            }),
        }
    }

    /// The address that the node listens on and that others are told.
    pub(super) fn address(&self) -> Ipv4Addr {
        self.space().map_or(Ipv4Addr::LOCALHOST, |space| space.address)
    }

    /// The ports that others are told: of brokers and of controllers.
    pub(super) fn ports(&self) -> [u16; 2] {
        match self {
            Self::Proxies { brokers, controllers } => [brokers.port(), controllers.port()],
            Self::Wire(_) => Space::PORTS,
        }
    }

    /// `host:port` of the listener for brokers and clients.
    pub(super) fn brokers(&self) -> String {
        format!("{}:{}", self.address(), self.ports()[0])
    }

    /// `host:port` of the listener for controllers.
    pub(super) fn controllers(&self) -> String {
        format!("{}:{}", self.address(), self.ports()[1])
    }

    /// The namespace that the node is to run in, when it has one.
    pub(super) fn space(&self) -> Option<&Space> {
        match self {
            Self::Wire(space) => Some(space),
            Self::Proxies { .. } => None,
        }
    }

    /// Tells of the ports on which the node really listens.
    pub(super) fn set_targets(&self, port: u16, controller_port: u16) {
        if let Self::Proxies { brokers, controllers } = self {
            brokers.set_target(port);
            controllers.set_target(controller_port);
        }
    }

    /// Leads to no port of a node that ended: others may get them.
    pub(super) fn forget_ports(&self) {
        self.set_targets(0, 0);
    }
}
