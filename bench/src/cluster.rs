//! The nodes that serve one program: one process, or several that are a cluster.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::proc::{Cpu, Footprint};
use crate::raw::Client;
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

    /// Starts every node that does not run, without waiting.
    pub(crate) fn spawn(&mut self) -> anyhow::Result<()> {
        for node in self.nodes.iter_mut().filter(|node| !node.is_running()) {
            node.spawn()?;
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
