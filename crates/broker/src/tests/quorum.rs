//! Three controllers in the simulator: elections, lost leaders, late followers, other voters.

use crate::node::Node;
use crate::quorum::{ActiveController, QuorumStatus, VoterEdit};
use crate::storage_format::{FormatRequest, InitialControllers, format};
use keld_config::{NodeConfig, Properties};
use keld_controller::{Command, Reply};
use keld_env::Disk as _;
use keld_env::sim::{Crash, Process, SimDisk, Simulation};
use keld_log::{LogDirectory, MetaProperties};
use keld_metadata::ConfigResource;
use keld_raft::ReplicaKey;
use keld_types::{BrokerId, ClusterId, DirectoryId, Uuid};
use keld_wire::messages::IncrementalAlterConfigsRequest;
use keld_wire::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use keld_wire::quorum_records::voters_record::{Endpoint, KRaftVersionFeature, Voter};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CLUSTER: &str = "qJ8oL0l0RkCkKmSvbSjSZQ";

struct Quorum {
    simulation: Simulation,
    nodes: BTreeMap<i32, (Process, Arc<Node>)>,
    is_static: bool,
    options: Vec<(&'static str, &'static str)>,
}

fn host(id: i32) -> String {
    format!("node{id}")
}

fn directory(id: i32) -> DirectoryId {
    DirectoryId::new(Uuid::from_parts(7, u64::try_from(id).unwrap()))
}

impl Quorum {
    fn new(seed: u64, is_static: bool, options: &[(&'static str, &'static str)]) -> Self {
        let simulation = Simulation::new(seed);
        Self { simulation, nodes: BTreeMap::new(), is_static, options: options.to_vec() }
    }

    /// Three static voters, started.
    fn started(seed: u64, options: &[(&'static str, &'static str)]) -> Self {
        let mut quorum = Self::new(seed, true, options);
        for id in 1..=3 {
            quorum.start(id, Self::empty_disk(id));
        }
        quorum
    }

    fn properties(&self, id: i32) -> Properties {
        let mut properties = Properties::new();
        let voters = "1@node1:9093,2@node2:9093,3@node3:9093";
        let quorum = if self.is_static {
            ("controller.quorum.voters", voters)
        } else {
            ("controller.quorum.bootstrap.servers", "node1:9093,node2:9093")
        };
        for (name, value) in [
            ("process.roles", "controller"),
            ("node.id", &id.to_string()),
            ("listeners", &format!("CONTROLLER://{}:9093", host(id))),
            ("controller.listener.names", "CONTROLLER"),
            ("log.dirs", "/data"),
            quorum,
        ] {
            properties.set(name, value);
        }
        for (name, value) in &self.options {
            properties.set(*name, *value);
        }
        properties
    }

    fn empty_disk(id: i32) -> SimDisk {
        let disk = SimDisk::new();
        let meta = MetaProperties {
            cluster_id: ClusterId::new(CLUSTER),
            node_id: BrokerId::new(id),
            directory_id: Some(directory(id)),
        };
        LogDirectory::format(&disk, Path::new("/data"), &meta).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        disk
    }

    fn start(&mut self, id: i32, disk: SimDisk) {
        self.simulation.net().power_on(&host(id));
        let process = self.simulation.process_on(&host(id), disk);
        let starting = Node::start(self.properties(id), process.env().clone());
        let node = self.simulation.run(&process, starting).unwrap().unwrap();
        self.nodes.insert(id, (process, node));
    }

    fn kill(&mut self, id: i32) -> SimDisk {
        let (process, node) = self.nodes.remove(&id).unwrap();
        drop(node);
        process.power_off(Crash::PowerLossAll)
    }

    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..1200 {
            if is_so(self) {
                return;
            }
            self.simulation.run_for(Duration::from_millis(50)).unwrap();
            for (_, node) in self.nodes.values() {
                assert_eq!(*node.quorum.failure().borrow(), None);
            }
        }
        let states: Vec<_> = self.nodes.keys().map(|id| self.status(*id)).collect();
        panic!("within a minute not: {what}; {states:#?}");
    }

    fn status(&self, id: i32) -> Arc<QuorumStatus> {
        self.nodes[&id].1.quorum.status().unwrap()
    }

    /// The node that decides, once all that run know it.
    #[track_caller]
    fn leader(&self) -> i32 {
        let known = |quorum: &Self| {
            let mut leading = quorum.nodes.iter().filter(|(_, (_, node))| {
                matches!(node.quorum.active_controller(), ActiveController::Local(_))
            });
            let (id, _) = leading.next().filter(|_| leading.next().is_none())?;
            let leader = Some(BrokerId::new(*id));
            let all_know = quorum.nodes.keys().all(|id| quorum.status(*id).leader == leader);
            all_know.then_some(*id)
        };
        self.wait("one leader", |quorum| known(quorum).is_some());
        known(self).unwrap()
    }

    /// Sets an option of all brokers at the leader.
    #[track_caller]
    fn decide(&self, value: &str) -> Reply {
        self.decide_at(self.leader(), value)
    }

    #[track_caller]
    fn decide_at(&self, id: i32, value: &str) -> Reply {
        let (process, node) = &self.nodes[&id];
        let config = AlterableConfig {
            name: "log.retention.ms".into(),
            config_operation: 0,
            value: Some(value.into()),
            ..AlterableConfig::default()
        };
        let resource = AlterConfigsResource {
            resource_type: 4,
            resource_name: "".into(),
            configs: vec![config],
            ..AlterConfigsResource::default()
        };
        let request =
            IncrementalAlterConfigsRequest { resources: vec![resource], ..Default::default() };
        let asked = node.quorum.submit(Command::IncrementalAlterConfigs(request));
        self.simulation.run(process, asked).unwrap()
    }

    fn decided(&self, id: i32) -> Option<String> {
        let image = self.nodes[&id].1.image();
        let options = image.config(&ConfigResource::broker_default())?;
        options.get("log.retention.ms").cloned()
    }

    #[track_caller]
    fn wait_for_all(&self, value: &str) {
        self.wait(value, |quorum| {
            quorum.nodes.keys().all(|id| quorum.decided(*id).as_deref() == Some(value))
        });
    }

    #[track_caller]
    fn change(&self, edit: VoterEdit) {
        let (process, node) = &self.nodes[&self.leader()];
        let node = Arc::clone(node);
        let changed = async move { node.quorum.change_voter(edit, true).await };
        assert_eq!(self.simulation.run(process, changed).unwrap(), Ok(()));
    }
}

#[test]
fn what_a_majority_has_outlives_the_leader() {
    for seed in 1..=5 {
        let mut quorum = Quorum::started(seed, &[]);
        let first = quorum.leader();
        assert!(matches!(quorum.decide("111111"), Reply::IncrementalAlterConfigs(_)));
        quorum.wait_for_all("111111");
        let disk = quorum.kill(first);
        let second = quorum.leader();
        assert_ne!(first, second);
        assert_eq!(quorum.decided(second).as_deref(), Some("111111"));
        assert!(matches!(quorum.decide("222222"), Reply::IncrementalAlterConfigs(_)));
        quorum.start(first, disk);
        quorum.wait_for_all("222222");
        assert_eq!(quorum.leader(), second, "who comes back does not disturb");
        let epoch = quorum.status(second).epoch;
        assert!(quorum.nodes.keys().all(|id| quorum.status(*id).epoch == epoch));
    }
}

#[test]
fn a_leader_that_is_cut_off_decides_nothing_and_follows_when_it_is_back() {
    let quorum = Quorum::started(7, &[]);
    let first = quorum.leader();
    quorum.decide("111111");
    quorum.wait_for_all("111111");
    for other in (1..=3).filter(|id| *id != first) {
        quorum.simulation.net().partition(&host(first), &host(other));
    }
    let reply = quorum.decide_at(first, "333333");
    assert!(matches!(reply, Reply::Refused(_)), "{reply:?}");
    quorum.wait("another leader", |quorum| {
        quorum.nodes.iter().any(|(id, (_, node))| {
            *id != first && matches!(node.quorum.active_controller(), ActiveController::Local(_))
        })
    });
    quorum.simulation.net().heal();
    let second = quorum.leader();
    assert_ne!(first, second);
    quorum.decide("222222");
    quorum.wait_for_all("222222");
}

#[test]
fn a_node_with_an_empty_disk_takes_the_snapshot() {
    let options = [
        ("metadata.log.max.record.bytes.between.snapshots", "1500"),
        ("metadata.max.retention.bytes", "4000"),
        ("metadata.log.segment.bytes", "8388608"),
    ];
    let mut quorum = Quorum::started(9, &options);
    let leader = quorum.leader();
    let late = (1..=3).find(|id| *id != leader).unwrap();
    drop(quorum.kill(late));
    for number in 0..120 {
        quorum.decide(&format!("{}", 100_000 + number));
    }
    quorum.start(late, Quorum::empty_disk(late));
    quorum.wait_for_all("100119");
    let disk = quorum.nodes[&late].0.disk().clone();
    let files = disk.list(Path::new("/data/__cluster_metadata-0")).unwrap();
    let has = |end: &str| files.iter().any(|file| file.name.ends_with(end));
    assert!(has(".checkpoint") && !has(".part"), "{files:?}");
    // It goes on from there after a loss of power.
    let disk = quorum.kill(late);
    quorum.start(late, disk);
    quorum.decide("222222");
    quorum.wait_for_all("222222");
}

fn voter(id: i32) -> Voter {
    let endpoint = Endpoint {
        name: "CONTROLLER".into(),
        host: host(id).into(),
        port: 9093,
        ..Endpoint::default()
    };
    Voter {
        voter_id: id,
        voter_directory_id: directory(id).uuid(),
        endpoints: vec![endpoint],
        kraft_version_feature: KRaftVersionFeature {
            min_supported_version: 0,
            max_supported_version: 1,
            ..KRaftVersionFeature::default()
        },
        ..Voter::default()
    }
}

#[test]
fn voters_are_added_and_removed_while_the_quorum_decides() {
    let mut quorum = Quorum::new(11, false, &[]);
    // Node 1 begins alone; the others watch.
    let disk = SimDisk::new();
    let process = quorum.simulation.process_on("format", disk);
    let config = NodeConfig::from_properties(&quorum.properties(1)).unwrap();
    let request = FormatRequest {
        cluster_id: CLUSTER.to_owned(),
        ignore_formatted: false,
        release: None,
        features: Vec::new(),
        initial_controllers: Some(InitialControllers::standalone(process.env(), &config).unwrap()),
    };
    format(process.env(), &config, &request, &mut Vec::new()).unwrap();
    quorum.start(1, process.kill());
    quorum.decide("111111");
    for id in [2, 3] {
        quorum.start(id, Quorum::empty_disk(id));
    }
    quorum.wait_for_all("111111");
    assert_eq!(quorum.status(1).observer_states.len(), 2);
    for id in [2, 3] {
        quorum.change(VoterEdit::Add(voter(id)));
    }
    assert_eq!(quorum.status(1).voter_states.len(), 3);
    quorum.decide("222222");
    quorum.wait_for_all("222222");
    // The leader removes itself: another leads, and it watches.
    let own = quorum.status(1).local;
    quorum.change(VoterEdit::Remove(ReplicaKey::new(own.0, own.1)));
    quorum.wait("another leads", |quorum| {
        [2, 3].iter().any(|id| {
            let node = &quorum.nodes[id].1;
            matches!(node.quorum.active_controller(), ActiveController::Local(_))
        })
    });
    let leader = quorum.leader();
    assert_ne!(leader, 1);
    quorum.decide("333333");
    quorum.wait_for_all("333333");
    assert_eq!(quorum.status(leader).voter_states.len(), 2);
}
