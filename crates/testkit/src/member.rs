//! A node's place in a cluster: its id, its roles, and how the others find it.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// What a node does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Roles {
    /// Broker and controller in one process.
    Both,
    /// Only a broker.
    Broker,
    /// Only a controller.
    Controller,
}

impl Roles {
    /// Whether the node is a broker.
    pub fn is_broker(self) -> bool {
        self != Self::Controller
    }

    /// Whether the node is a controller.
    pub fn is_controller(self) -> bool {
        self != Self::Broker
    }
}

/// A node's place in a cluster.
#[derive(Clone, Debug)]
pub struct Member {
    /// `node.id`.
    pub id: i32,
    /// `process.roles`.
    pub roles: Roles,
    /// What it listens on and others are told.
    pub address: Ipv4Addr,
    /// Port that others are told for the listener of brokers.
    pub advertised_port: u16,
    /// Port that others are told for the listener of controllers.
    pub advertised_controller_port: u16,
    /// The line of `server.properties` that says who the voters are or where they are found.
    pub quorum: String,
}

impl Member {
    /// The only node of its cluster, which advertises the ports that it listens on.
    pub(crate) fn alone(port: u16, controller_port: u16) -> Self {
        Self {
            id: 1,
            roles: Roles::Both,
            address: Ipv4Addr::LOCALHOST,
            advertised_port: port,
            advertised_controller_port: controller_port,
            quorum: format!("controller.quorum.voters=1@127.0.0.1:{controller_port}"),
        }
    }

    /// The lines of `server.properties` that follow from it, of a node that listens on these ports.
    pub(crate) fn properties(&self, port: u16, controller_port: u16) -> String {
        let address = self.address;
        let (mut roles, mut listeners, mut advertised) = (Vec::new(), Vec::new(), Vec::new());
        if self.roles.is_broker() {
            roles.push("broker");
            listeners.push(format!("PLAINTEXT://{address}:{port}"));
            advertised.push(format!("PLAINTEXT://{address}:{}", self.advertised_port));
        }
        if self.roles.is_controller() {
            let told = self.advertised_controller_port;
            roles.push("controller");
            listeners.push(format!("CONTROLLER://{address}:{controller_port}"));
            // What is listened on is advertised without saying so.
            if told != controller_port {
                advertised.push(format!("CONTROLLER://{address}:{told}"));
            }
        }
        let mut text = format!(
            "process.roles={}\nnode.id={}\n{}\nlisteners={}\n",
            roles.join(","),
            self.id,
            self.quorum,
            listeners.join(",")
        );
        if !advertised.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "advertised.listeners={}", advertised.join(","));
        }
        text
    }
}
