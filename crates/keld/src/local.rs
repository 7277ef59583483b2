//! A node in this process, without a configuration file: what `dev` and `demo` run, and the
//! built-in configuration, which the nodes of `dev --nodes` have as files.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use keld_broker::Node;
use keld_config::{NodeConfig, Properties};
use keld_env::{Address, Env};

/// Replicas of a topic when nobody says how many: as many as there are nodes, up to this.
const REPLICAS_MAX: usize = 3;

/// Where such a node lives and listens.
#[derive(Clone, Debug)]
pub(crate) struct LocalNode {
    pub(crate) directory: PathBuf,
    pub(crate) port: u16,
    pub(crate) controller_port: u16,
    /// Options on top of the built-in ones.
    pub(crate) options: Vec<(String, String)>,
}

impl LocalNode {
    /// Its bootstrap address.
    pub(crate) fn address(&self) -> Address {
        Address { host: Ipv4Addr::LOCALHOST.to_string(), port: self.port }
    }

    /// Formats the directory if it is new, and starts.
    pub(crate) async fn start(&self, env: &Env) -> anyhow::Result<Arc<Node>> {
        fs::create_dir_all(&self.directory)
            .with_context(|| format!("cannot create {}", self.directory.display()))?;
        let properties = self.properties();
        let config = NodeConfig::from_properties(&properties)
            .context("the built-in configuration with the given options")?;
        if !self.directory.join("meta.properties").exists() {
            crate::storage::format_new(env, &config)?;
        }
        Node::start(properties, env.clone())
            .await
            .with_context(|| format!("cannot start on {}", self.address()))
    }

    fn properties(&self) -> Properties {
        let seat = Seat { id: 1, port: self.port, controller_port: self.controller_port };
        properties(&seat, std::slice::from_ref(&seat), &self.directory, &self.options)
    }
}

/// A node's number and ports on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) id: u16,
    pub(crate) port: u16,
    pub(crate) controller_port: u16,
}

/// The configuration of the node at `seat` in a cluster of `all`, broker and controller each, with
/// `options` on top.
pub(crate) fn properties(
    seat: &Seat,
    all: &[Seat],
    data: &Path,
    options: &[(String, String)],
) -> Properties {
    let mut properties = Properties::default();
    let (port, controller) = (seat.port, seat.controller_port);
    let voter = |voter: &Seat| format!("{}@127.0.0.1:{}", voter.id, voter.controller_port);
    let voters: Vec<String> = all.iter().map(voter).collect();
    let replicas = all.len().min(REPLICAS_MAX);
    // With three replicas one may be missing and acks=all still means that two have the record.
    let in_sync = if replicas < REPLICAS_MAX { 1 } else { replicas - 1 };
    let built_in = [
        ("process.roles", "broker,controller".to_owned()),
        ("node.id", seat.id.to_string()),
        ("listeners", format!("PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}")),
        ("advertised.listeners", format!("PLAINTEXT://127.0.0.1:{port}")),
        ("controller.listener.names", "CONTROLLER".to_owned()),
        ("controller.quorum.voters", voters.join(",")),
        ("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT".to_owned()),
        ("log.dirs", data.display().to_string()),
        ("default.replication.factor", replicas.to_string()),
        ("min.insync.replicas", in_sync.to_string()),
        ("offsets.topic.replication.factor", replicas.to_string()),
        ("offsets.topic.num.partitions", "4".to_owned()),
        // One machine, one person: nobody else is about to join.
        ("group.initial.rebalance.delay.ms", "0".to_owned()),
    ];
    for (name, value) in built_in {
        properties.set(name, value);
    }
    for (name, value) in options {
        properties.set(name.as_str(), value.as_str());
    }
    properties
}

/// A loopback port that was free a moment ago. It is none of those that the kernel gives to outgoing
/// connections, 32768 and up by default: one of them would take it before it is listened at.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    const FIRST: u16 = 10_768;
    const COUNT: u16 = 22_000;
    loop {
        let drawn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let port = FIRST + drawn.local_addr()?.port() % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
}

/// `$XDG_DATA_HOME/keld/NAME`, else `~/.local/share/keld/NAME`, else below the temporary directory.
pub(crate) fn data_directory(name: &str) -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share"));
    std::env::var_os("XDG_DATA_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(home)
        .unwrap_or_else(std::env::temp_dir)
        .join("keld")
        .join(name)
}
