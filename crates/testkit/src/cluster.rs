//! Several nodes of either program as one cluster, with faults between them.
//!
//! Every way from node to node leads through a [`Network`]; tests and clients of the admin kind ask
//! the nodes themselves. Directories outlive processes. What a test does to a node or waits for
//! either happens or ends the test with the reason.

mod plan;
mod state;
mod way;

pub use plan::{ClusterPlan, NodePlan};
pub use state::PartitionState;

use crate::admin::ask;
use crate::member::{Member, Roles};
use crate::node::{Broker, CLUSTER_ID, NodeOptions, TestNode};
use crate::proxy::Network;
use crate::switch::Switch;
use crate::wait::eventually_within;
use anyhow::{Context, Result, anyhow, bail, ensure};
use keld_wire::Rpc;
use keld_wire::messages::describe_quorum_request::{PartitionData, TopicData};
use keld_wire::messages::{DescribeQuorumRequest, MetadataRequest};
use rustix::process::Signal;
use state::{metadata_of, states};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;
use way::Way;

/// Elections and starts of JVMs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Debug)]
struct Place {
    node: TestNode,
    roles: Roles,
    way: Way,
    /// Whether it stands still or is unplugged, so that nobody should ask it.
    is_silent: bool,
}

/// A running cluster; every process is killed when it is dropped.
#[derive(Debug)]
pub struct TestCluster {
    places: BTreeMap<i32, Place>,
    network: Network,
    switch: Option<Switch>,
    plan: ClusterPlan,
    quorum: String,
}

impl TestCluster {
    /// Formats and starts every node, and waits until each broker is there for clients.
    pub fn start(plan: ClusterPlan) -> Result<Self> {
        let network = Network::default();
        let mut switch = plan.is_on_switch.then(Switch::start).transpose()?;
        let ids = (1..).zip(&plan.nodes);
        let ways: Result<Vec<Way>> =
            ids.clone().map(|(id, _)| Way::new(&network, switch.as_mut(), id)).collect();
        let ways = ways?;
        let controllers = ids.zip(&ways).filter(|((_, node), _)| node.roles.is_controller());
        let quorum = if plan.is_dynamic {
            let addresses: Vec<String> = controllers.map(|(_, way)| way.controllers()).collect();
            format!("controller.quorum.bootstrap.servers={}", addresses.join(","))
        } else {
            let voters = controllers.map(|((id, _), way)| format!("{id}@{}", way.controllers()));
            format!("controller.quorum.voters={}", voters.collect::<Vec<_>>().join(","))
        };
        let mut cluster = Self { places: BTreeMap::new(), network, switch, plan, quorum };
        let nodes = cluster.plan.nodes.clone();
        for ((id, node), way) in (1..).zip(&nodes).zip(ways) {
            cluster.place(id, node, way)?;
        }
        cluster.format_all()?;
        let ids: Vec<i32> = cluster.places.keys().copied().collect();
        cluster.start_all(&ids)?;
        cluster.await_brokers(&cluster.brokers());
        Ok(cluster)
    }

    fn place(&mut self, id: i32, plan: &NodePlan, way: Way) -> Result<()> {
        let [advertised_port, advertised_controller_port] = way.ports();
        let member = Member {
            id,
            roles: plan.roles,
            address: way.address(),
            advertised_port,
            advertised_controller_port,
            quorum: self.quorum.clone(),
        };
        let mut properties = self.plan.properties.clone();
        properties.extend(plan.properties.iter().cloned());
        let options = NodeOptions {
            properties,
            log_dirs: 1,
            small_disk: plan.small_disk,
            member: Some(member),
            space: way.space().cloned(),
        };
        let node = TestNode::prepared(plan.broker, options)?;
        let roles = plan.roles;
        self.places.insert(id, Place { node, roles, way, is_silent: false });
        Ok(())
    }

    /// Starting a JVM takes a second, so all are started side by side.
    fn format_all(&self) -> Result<()> {
        thread::scope(|scope| {
            let ids = self.places.keys();
            let running: Vec<_> = ids.map(|id| scope.spawn(move || self.format(*id))).collect();
            running
                .into_iter()
                .try_for_each(|done| done.join().map_err(|_| anyhow!("a format panicked"))?)
        })
    }

    fn format(&self, id: i32) -> Result<()> {
        let place = self.find(id)?;
        let mut arguments = vec!["-t", CLUSTER_ID];
        if self.plan.is_dynamic && place.roles.is_controller() {
            arguments.push(if id == 1 { "--standalone" } else { "--no-initial-controllers" });
        }
        let (status, output) = place.node.format(&arguments)?;
        ensure!(status.success(), "format node {id}: {status}\n{output}");
        Ok(())
    }

    /// Starts nodes side by side, since none is there for clients before the quorum is.
    fn start_all(&mut self, ids: &[i32]) -> Result<()> {
        for id in ids {
            self.spawn(*id)?;
        }
        for id in ids {
            let mut attempts = 5;
            while !self.find_mut(*id)?.node.has_started()? {
                attempts -= 1;
                ensure!(attempts > 0, "no free port for node {id}");
                self.spawn(*id)?;
            }
        }
        Ok(())
    }

    /// Starts a node without waiting; for starts that must fail, too.
    pub fn spawn(&mut self, id: i32) -> Result<()> {
        let network = self.network.clone();
        let place = self.find_mut(id)?;
        place.node.spawn()?;
        place.is_silent = false;
        network.set_pid(id, place.node.pid());
        place.way.set_targets(place.node.port(), place.node.controller_port());
        Ok(())
    }

    fn find(&self, id: i32) -> Result<&Place> {
        self.places.get(&id).with_context(|| format!("there is no node {id}"))
    }

    fn find_mut(&mut self, id: i32) -> Result<&mut Place> {
        self.places.get_mut(&id).with_context(|| format!("there is no node {id}"))
    }

    #[track_caller]
    fn done<T>(result: Result<T>) -> T {
        result.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The links between the nodes.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// A node.
    #[track_caller]
    pub fn node(&self, id: i32) -> &TestNode {
        &Self::done(self.find(id)).node
    }

    /// A node, for what is not done to others.
    #[track_caller]
    pub fn node_mut(&mut self, id: i32) -> &mut TestNode {
        &mut Self::done(self.find_mut(id)).node
    }

    /// The ids of all brokers.
    pub fn brokers(&self) -> Vec<i32> {
        let places = self.places.iter().filter(|(_, place)| place.roles.is_broker());
        places.map(|(id, _)| *id).collect()
    }

    /// The ids of the brokers that run, do not stand still and are plugged in.
    pub fn running_brokers(&self) -> Vec<i32> {
        let runs = |place: &Place| place.node.pid().is_some() && !place.is_silent;
        let places = self.places.iter().filter(|(_, place)| place.roles.is_broker() && runs(place));
        places.map(|(id, _)| *id).collect()
    }

    /// The ids of all nodes.
    pub fn ids(&self) -> Vec<i32> {
        self.places.keys().copied().collect()
    }

    /// Where clients begin: what every broker advertises, whether it runs or not.
    pub fn bootstrap(&self) -> String {
        let brokers = self.places.values().filter(|place| place.roles.is_broker());
        brokers.map(|place| place.way.brokers()).collect::<Vec<String>>().join(",")
    }

    /// Where tools for the quorum begin: what every controller advertises.
    pub fn bootstrap_controllers(&self) -> String {
        let controllers = self.places.values().filter(|place| place.roles.is_controller());
        controllers.map(|place| place.way.controllers()).collect::<Vec<String>>().join(",")
    }

    /// Adds a node, formatted but not started, and returns its id.
    #[track_caller]
    pub fn prepare_node(&mut self, plan: &NodePlan) -> i32 {
        let id = self.places.keys().last().map_or(1, |last| last + 1);
        Self::done(Way::new(&self.network, self.switch.as_mut(), id).and_then(|way| {
            self.place(id, plan, way)?;
            self.format(id)
        }));
        id
    }

    /// Adds a node, starts it, waits until it is there for clients, and returns its id.
    #[track_caller]
    pub fn add_node(&mut self, plan: &NodePlan) -> i32 {
        let id = self.prepare_node(plan);
        self.restart(id);
        id
    }

    /// Ends a node for good.
    #[track_caller]
    pub fn remove_node(&mut self, id: i32) {
        self.stop(id);
        self.places.remove(&id);
    }

    /// `kill -9`.
    #[track_caller]
    pub fn kill(&mut self, id: i32) {
        self.network.set_pid(id, None);
        let place = Self::done(self.find_mut(id));
        place.node.kill();
        place.way.forget_ports();
    }

    /// A clean stop, as SIGTERM asks for.
    #[track_caller]
    pub fn stop(&mut self, id: i32) {
        let place = Self::done(self.find_mut(id));
        Self::done(place.node.stop());
        place.way.forget_ports();
        self.network.set_pid(id, None);
    }

    /// Stops a node in the middle of whatever it does.
    #[track_caller]
    pub fn pause(&mut self, id: i32) {
        let place = Self::done(self.find_mut(id));
        Self::done(place.node.signal(Signal::STOP));
        place.is_silent = true;
    }

    /// Lets a paused node go on.
    #[track_caller]
    pub fn resume(&mut self, id: i32) {
        let place = Self::done(self.find_mut(id));
        Self::done(place.node.signal(Signal::CONT));
        place.is_silent = false;
    }

    fn switch(&mut self) -> Result<&mut Switch> {
        self.switch.as_mut().context("the cluster is not on a switch")
    }

    /// Takes a node's plug out of the switch: packets to it and from it are lost, whoever sends.
    #[track_caller]
    pub fn unplug(&mut self, id: i32) {
        Self::done(self.switch().and_then(|switch| switch.plug(id, false)));
        Self::done(self.find_mut(id)).is_silent = true;
    }

    /// Puts it in again.
    #[track_caller]
    pub fn plug(&mut self, id: i32) {
        Self::done(self.switch().and_then(|switch| switch.plug(id, true)));
        Self::done(self.find_mut(id)).is_silent = false;
    }

    /// Loses the packets that each of some nodes sends to each of others, and no answer comes back
    /// to what those send. Clients reach all of them.
    #[track_caller]
    pub fn lose(&mut self, from: &[i32], to: &[i32]) {
        let switch = Self::done(self.switch());
        for one in from {
            for other in to.iter().filter(|other| *other != one) {
                Self::done(switch.lose(*one, *other));
            }
        }
    }

    /// Loses no packets any more between nodes that are plugged in.
    #[track_caller]
    pub fn lose_nothing(&mut self) {
        Self::done(self.switch().and_then(Switch::heal));
    }

    /// Starts a node that does not run and waits until it answers.
    #[track_caller]
    pub fn restart(&mut self, id: i32) {
        self.restart_all(&[id]);
    }

    /// Starts nodes side by side and waits until they answer.
    #[track_caller]
    pub fn restart_all(&mut self, ids: &[i32]) {
        Self::done(self.start_all(ids));
    }

    /// Removes all data of a node that does not run and formats it as a new one.
    #[track_caller]
    pub fn wipe(&mut self, id: i32) {
        Self::done(self.find(id).and_then(|place| place.node.wipe()));
        Self::done(self.format(id));
    }

    /// Gives the directory of a node that does not run to the other program, for its next start.
    #[track_caller]
    pub fn hand_over(&mut self, id: i32, broker: Broker) {
        Self::done(self.find_mut(id).and_then(|place| place.node.hand_over(broker)));
    }

    /// The answer of a certain broker.
    pub fn ask_node<R: Rpc>(&self, id: i32, request: R) -> Result<R::Response> {
        ask(&self.find(id)?.node.bootstrap(), request)
    }

    /// The answer of any broker that runs.
    pub fn ask<R: Rpc + Clone>(&self, request: R) -> Result<R::Response> {
        let mut reasons = Vec::new();
        for id in self.running_brokers() {
            match self.ask_node(id, request.clone()) {
                Ok(answer) => return Ok(answer),
                Err(error) => reasons.push(format!("node {id}: {error:#}")),
            }
        }
        bail!("no broker answers {}: {}", R::NAME, reasons.join("; "))
    }

    /// Waits until clients are told of exactly these brokers, by each of them.
    #[track_caller]
    pub fn await_brokers(&self, ids: &[i32]) {
        let wanted: BTreeSet<i32> = ids.iter().copied().collect();
        eventually_within("the brokers are there", PATIENCE, || {
            for id in ids {
                let request =
                    MetadataRequest { topics: Some(vec![]), ..MetadataRequest::default() };
                let answer = self.ask_node(*id, request)?;
                let found: BTreeSet<i32> = answer.brokers.iter().map(|one| one.node_id).collect();
                ensure!(found == wanted, "node {id} names {found:?}");
            }
            Ok(())
        });
    }

    /// The partitions of a topic as one broker sees them now.
    pub fn partitions_seen_by(&self, id: i32, topic: &str) -> Result<Vec<PartitionState>> {
        states(self.ask_node(id, metadata_of(topic))?, topic)
    }

    /// The partitions of a topic as some broker sees them now.
    pub fn partitions(&self, topic: &str) -> Result<Vec<PartitionState>> {
        states(self.ask(metadata_of(topic))?, topic)
    }

    /// Waits until every partition of a topic is as wanted, as some broker sees it.
    #[track_caller]
    pub fn await_partitions(
        &self,
        what: &str,
        topic: &str,
        wanted: impl Fn(&PartitionState) -> bool,
    ) -> Vec<PartitionState> {
        eventually_within(what, PATIENCE, || {
            let found = self.partitions(topic)?;
            ensure!(found.iter().all(&wanted), "{found:?}");
            Ok(found)
        })
    }

    /// Waits until every partition is led and all its replicas are in sync, as every broker that
    /// runs sees it.
    #[track_caller]
    pub fn await_whole(&self, topic: &str) -> Vec<PartitionState> {
        eventually_within("all replicas are in sync", PATIENCE, || {
            let mut last = Vec::new();
            for id in self.running_brokers() {
                last = self.partitions_seen_by(id, topic)?;
                ensure!(last.iter().all(PartitionState::is_whole), "by node {id}: {last:?}");
            }
            ensure!(!last.is_empty(), "no broker runs");
            Ok(last)
        })
    }

    /// Waits until a partition is led, by another node than `but`, and returns the leader.
    #[track_caller]
    pub fn await_leader(&self, topic: &str, partition: i32, but: Option<i32>) -> i32 {
        eventually_within("the partition is led", PATIENCE, || {
            let found = self.partitions(topic)?;
            let state = found.iter().find(|one| one.index == partition);
            let state = state.with_context(|| format!("no partition {partition}"))?;
            ensure!(state.leader >= 0 && Some(state.leader) != but, "{state:?}");
            Ok(state.leader)
        })
    }

    /// The id of the active controller, once a broker that runs knows one that is not `but`.
    #[track_caller]
    pub fn await_controller(&self, but: Option<i32>) -> i32 {
        eventually_within("there is an active controller", PATIENCE, || {
            let partition = PartitionData { partition_index: 0, ..PartitionData::default() };
            let topics = vec![TopicData {
                topic_name: "__cluster_metadata".into(),
                partitions: vec![partition],
                ..TopicData::default()
            }];
            let answer =
                self.ask(DescribeQuorumRequest { topics, ..DescribeQuorumRequest::default() })?;
            let leader = answer.topics.first().and_then(|topic| topic.partitions.first());
            let leader = leader.map_or(-1, |partition| partition.leader_id);
            ensure!(leader >= 0 && Some(leader) != but, "{answer:?}");
            Ok(leader)
        })
    }

    /// The bytes of a partition's log at one node, all segments after each other.
    pub fn log_bytes(&self, id: i32, topic: &str, partition: i32) -> Result<Vec<u8>> {
        let folder = self.log_directory(id, topic, partition)?;
        let mut segments = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "log") {
                segments.push(path);
            }
        }
        segments.sort();
        let mut bytes = Vec::new();
        for segment in segments {
            bytes.extend(fs::read(segment)?);
        }
        Ok(bytes)
    }

    /// The directory of a partition's log at one node.
    pub fn log_directory(&self, id: i32, topic: &str, partition: i32) -> Result<PathBuf> {
        let node = &self.find(id)?.node;
        let folder = node.log_dir().join(format!("{topic}-{partition}"));
        if node.has_small_disk() { node.seen_by_node(&folder) } else { Ok(folder) }
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        self.network.close();
    }
}
