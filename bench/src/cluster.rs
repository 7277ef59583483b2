//! The nodes that serve one program: one process, or several that are a cluster.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use rustix::process::Signal;

use crate::proc::{Cpu, Footprint};
use crate::raw::{Client, Place, ReplicasOf};
use crate::seat::Seat;
use crate::server::{Server, now, pause};
use crate::subject::Program;
use crate::tools::Tools;

/// How long nodes may take to find each other.
const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks at what is waited for.
const STEP: Duration = Duration::from_millis(2);

/// Nodes with the ids from 1 on; at least one.
#[derive(Debug)]
pub(crate) struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    /// Formats and starts so many nodes, and waits until each knows all of them.
    pub(crate) fn start(
        program: Program,
        tools: &Tools,
        nodes: usize,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        // What throws records away has nothing to replicate.
        let nodes = if program == Program::Ceiling { 1 } else { nodes };
        let nodes = Seat::of_cluster(nodes)?
            .into_iter()
            .map(|seat| Server::prepare_in(seat, program, tools, options))
            .collect::<anyhow::Result<_>>()?;
        let mut cluster = Self { nodes };
        cluster.spawn()?;
        cluster.wait_until_together()?;
        Ok(cluster)
    }

    /// Formats and starts a broker that does not vote, and waits until all know it.
    pub(crate) fn join(&mut self, tools: &Tools, id: i32) -> anyhow::Result<()> {
        let seat = self.first().seat().of_newcomer(id)?;
        self.nodes.push(Server::prepare_in(seat, self.program(), tools, &[])?);
        self.spawn()?;
        self.wait_until_together()
    }

    /// Starts every node that does not run, without waiting.
    pub(crate) fn spawn(&mut self) -> anyhow::Result<()> {
        for node in self.nodes.iter_mut().filter(|node| !node.is_running()) {
            node.spawn()?;
        }
        Ok(())
    }

    /// Asks all nodes to stop at once, and kills those that still run after `grace`.
    pub(crate) fn stop(&mut self, grace: Duration) -> anyhow::Result<()> {
        let began = now();
        for node in self.running() {
            node.signal(Signal::TERM)?;
        }
        for node in &mut self.nodes {
            while node.is_running() && !node.has_ended()? {
                if began.elapsed() > grace {
                    node.kill()?;
                } else {
                    pause(STEP);
                }
            }
        }
        Ok(())
    }

    /// Waits until every node answers and knows all the others.
    fn wait_until_together(&mut self) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            node.first_answer()?;
        }
        if self.nodes.len() == 1 {
            return Ok(());
        }
        let began = now();
        for node in &self.nodes {
            let mut client = Client::connect(node.address())?;
            while client.metadata(&[], false)?.brokers.len() < self.nodes.len() {
                ensure!(
                    began.elapsed() < PATIENCE,
                    "the nodes do not know each other: {}",
                    self.last_words()
                );
                pause(STEP);
            }
        }
        Ok(())
    }

    pub(crate) fn program(&self) -> Program {
        self.first().program()
    }

    pub(crate) fn nodes(&self) -> &[Server] {
        &self.nodes
    }

    /// Node 1, which is all there is of a server by itself.
    pub(crate) fn first(&self) -> &Server {
        // `start` makes at least one.
        &self.nodes[0]
    }

    pub(crate) fn first_mut(&mut self) -> &mut Server {
        &mut self.nodes[0]
    }

    /// Where clients begin.
    pub(crate) fn address(&self) -> SocketAddr {
        self.first().address()
    }

    /// How many replicas topics have.
    pub(crate) fn replicas(&self) -> i16 {
        if self.nodes.len() < 3 { 1 } else { 3 }
    }

    /// The options that topics have besides those of their durability.
    pub(crate) fn topic_options(&self) -> &'static [(&'static str, &'static str)] {
        if self.replicas() == 1 { &[] } else { &[("min.insync.replicas", "2")] }
    }

    /// A connection to a node that runs.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        let node = self.running().next().context("no node runs")?;
        Client::connect(node.address())
    }

    /// All addresses, as clients are told them.
    pub(crate) fn bootstrap(&self) -> String {
        let addresses: Vec<String> =
            self.nodes.iter().map(|node| node.address().to_string()).collect();
        addresses.join(",")
    }

    pub(crate) fn node(&self, id: i32) -> anyhow::Result<&Server> {
        let node = self.nodes.iter().find(|node| node.seat().id() == id);
        node.with_context(|| format!("no node {id}"))
    }

    pub(crate) fn node_mut(&mut self, id: i32) -> anyhow::Result<&mut Server> {
        let node = self.nodes.iter_mut().find(|node| node.seat().id() == id);
        node.with_context(|| format!("no node {id}"))
    }

    /// Ids and addresses.
    pub(crate) fn places(&self) -> Vec<Place> {
        self.nodes.iter().map(|node| (node.seat().id(), node.address())).collect()
    }

    /// A node with another id.
    pub(crate) fn other_than(&self, id: i32) -> anyhow::Result<i32> {
        let mut ids = self.nodes.iter().map(|node| node.seat().id());
        ids.find(|other| *other != id).context("there is no other node")
    }

    /// The node that is the active controller, as soon as there is one.
    pub(crate) fn controller(&self) -> anyhow::Result<i32> {
        let began = now();
        loop {
            match self.client()?.controller() {
                Ok(id) => return Ok(id),
                Err(error) if began.elapsed() > PATIENCE => return Err(error),
                Err(_) => pause(STEP),
            }
        }
    }

    /// Asks another node about the replicas of one until they are as wanted.
    fn wait_for_replicas(
        &self,
        id: i32,
        patience: Duration,
        wanted: impl Fn(ReplicasOf) -> bool,
    ) -> anyhow::Result<()> {
        let witness = self.running().find(|node| node.seat().id() != id);
        let mut client = Client::connect(witness.context("no other node runs")?.address())?;
        let began = now();
        loop {
            let replicas = client.replicas_of(id)?;
            if wanted(replicas) {
                return Ok(());
            }
            ensure!(
                began.elapsed() < patience,
                "node {id} has {replicas:?} after {patience:?}: {}",
                self.last_words()
            );
            pause(STEP);
        }
    }

    /// Waits until no partition counts a node as in sync.
    pub(crate) fn wait_until_gone(&self, id: i32, patience: Duration) -> anyhow::Result<()> {
        self.wait_for_replicas(id, patience, |replicas| replicas.in_sync == 0)
    }

    /// Waits until every replica of a node, which has some, is in sync.
    pub(crate) fn wait_until_in_sync(&self, id: i32, patience: Duration) -> anyhow::Result<()> {
        let wanted = |one: ReplicasOf| one.all > 0 && one.in_sync == one.all;
        self.wait_for_replicas(id, patience, wanted)
    }

    /// Starts a node that was stopped or killed; the time until all its replicas are in sync.
    pub(crate) fn start_again(&mut self, id: i32, patience: Duration) -> anyhow::Result<Duration> {
        self.node_mut(id)?.spawn()?;
        self.wait_until_in_sync(id, patience)?;
        Ok(self.node(id)?.started().elapsed())
    }

    /// Waits until every partition of a topic is served by its leader, and all its replicas are in
    /// sync.
    pub(crate) fn wait_until_served(
        &self,
        topic: &str,
        partitions: u32,
        patience: Duration,
    ) -> anyhow::Result<()> {
        if self.nodes.len() == 1 {
            return self.client()?.wait_until_served(topic, partitions, patience);
        }
        let began = now();
        let mut client = self.client()?;
        while !client.is_in_sync(topic, partitions)? {
            ensure!(began.elapsed() < patience, "{topic} is not in sync after {patience:?}");
            pause(STEP);
        }
        for node in self.running() {
            let led = client.led_by(topic, node.seat().id())?;
            let left = patience.saturating_sub(began.elapsed());
            Client::connect(node.address())?.wait_until_all_served(topic, &led, left)?;
        }
        Ok(())
    }

    /// Processor time so far, of all nodes that run.
    pub(crate) fn cpu(&self) -> anyhow::Result<Cpu> {
        self.running().map(Server::cpu).try_fold(Cpu::default(), |all, one| Ok(all + one?))
    }

    /// What all nodes that run hold.
    pub(crate) fn footprint(&self) -> anyhow::Result<Footprint> {
        self.running()
            .map(Server::footprint)
            .try_fold(Footprint::default(), |all, one| Ok(all + one?))
    }

    fn running(&self) -> impl Iterator<Item = &Server> {
        self.nodes.iter().filter(|node| node.is_running())
    }

    /// The end of what the processes printed.
    pub(crate) fn last_words(&self) -> String {
        let words: Vec<String> = self.nodes.iter().map(Server::last_words).collect();
        words.join("\n")
    }
}
