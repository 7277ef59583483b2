//! Where the nodes of the quorum are reached, and the one connection to each.

use crate::peers::Peer;
use keld_config::NodeConfig;
use keld_env::{Address, Env};
use keld_types::BrokerId;
use keld_wire::quorum_records::VotersRecord;
use std::collections::BTreeMap;

/// The stand-in id of the first bootstrap server, as in Kafka; the next ones count down.
const FIRST_BOOTSTRAP: i32 = -2;

/// How many addresses are remembered: voters and leaders come and go, but not without bound.
const ADDRESSES_MAX: usize = 1000;

/// Addresses by node id.
#[derive(Debug)]
pub(super) struct Addresses {
    env: Env,
    client_id: String,
    listener: Option<String>,
    known: BTreeMap<BrokerId, Address>,
    peers: BTreeMap<Address, Peer>,
    /// What is asked of a controller has a connection of its own: a change is answered when it is
    /// committed, for which the fetches of the quorum must not wait behind it.
    controllers: BTreeMap<Address, Peer>,
}

impl Addresses {
    /// Static voters, or the bootstrap servers by stand-in ids.
    pub(super) fn new(config: &NodeConfig, env: &Env) -> Self {
        let address = |at: &keld_config::HostPort| Address { host: at.host.clone(), port: at.port };
        let mut known: BTreeMap<BrokerId, Address> =
            config.quorum.voters.iter().map(|(id, at)| (*id, address(at))).collect();
        for (id, at) in (0..).zip(&config.quorum.bootstrap_servers) {
            if !is_own(config, at) {
                known.insert(BrokerId::new(FIRST_BOOTSTRAP - id), address(at));
            }
        }
        Self {
            env: env.clone(),
            client_id: format!("raft-client-{}", config.node_id),
            listener: config.controller_listener_names.first().map(|name| name.as_str().to_owned()),
            known,
            peers: BTreeMap::new(),
            controllers: BTreeMap::new(),
        }
    }

    /// The stand-in ids of the bootstrap servers.
    pub(super) fn bootstrap(&self) -> Vec<BrokerId> {
        self.known.keys().copied().filter(|id| *id < BrokerId::NONE).collect()
    }

    /// Somebody says where a node is.
    pub(super) fn learn(&mut self, id: BrokerId, address: Address) {
        if self.known.len() < ADDRESSES_MAX || self.known.contains_key(&id) {
            self.known.insert(id, address);
        }
    }

    /// The log says where the voters are.
    pub(super) fn learn_voters(&mut self, record: &VotersRecord) {
        for voter in &record.voters {
            let named = |name: &str| voter.endpoints.iter().find(|known| &*known.name == name);
            let endpoint = self.listener.as_deref().and_then(named);
            if let Some(at) = endpoint.or_else(|| voter.endpoints.first()) {
                let address = Address { host: at.host.as_str().to_owned(), port: at.port };
                self.learn(BrokerId::new(voter.voter_id), address);
            }
        }
    }

    pub(super) fn address(&self, id: BrokerId) -> Option<&Address> {
        self.known.get(&id)
    }

    /// The connection to a node as a controller.
    pub(super) fn controller(&mut self, id: BrokerId) -> Option<Peer> {
        let address = self.known.get(&id)?.clone();
        if self.controllers.len() > ADDRESSES_MAX {
            self.controllers.clear();
        }
        let (env, client_id) = (&self.env, &self.client_id);
        let peer = self.controllers.entry(address);
        Some(peer.or_insert_with_key(|at| Peer::new(env, client_id, at.clone())).clone())
    }

    /// The connection to a node of the quorum.
    pub(super) fn peer(&mut self, id: BrokerId) -> Option<Peer> {
        let address = self.known.get(&id)?.clone();
        if self.peers.len() > ADDRESSES_MAX {
            self.peers.clear();
        }
        let (env, client_id) = (&self.env, &self.client_id);
        let peer = self.peers.entry(address);
        Some(peer.or_insert_with_key(|at| Peer::new(env, client_id, at.clone())).clone())
    }
}

/// Whether an address is one of this node's own controller listeners.
pub(super) fn is_own(config: &NodeConfig, at: &keld_config::HostPort) -> bool {
    config.roles.controller
        && config
            .advertised_controller_listeners
            .iter()
            .any(|own| own.port == at.port && own.host.as_deref().unwrap_or("localhost") == at.host)
}
