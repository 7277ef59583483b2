//! The one-voter quorum on the simulated disk: what it acknowledged survives every crash; and on
//! directories that Apache Kafka 4.3.1 left behind.

mod answers;

use super::Submission;
use super::core::Core;
use super::error::QuorumError;
use crate::storage_format::{FormatRequest, InitialControllers, format};
use keld_config::{BrokerLayers, NodeConfig, Properties};
use keld_controller::{BrokerRef, Command, Reply, supported_features};
use keld_env::sim::{Crash, DiskFault, DiskOperation, FaultEffect, Process, SimDisk, Simulation};
use keld_env::{Disk, Env, OpenMode};
use keld_log::LogDirectory;
use keld_metadata::ConfigResource;
use keld_types::{BrokerId, ErrorCode, TopicName, Uuid};
use keld_wire::messages::broker_registration_request::Feature;
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::update_features_request::FeatureUpdateKey;
use keld_wire::messages::{BrokerRegistrationRequest, CreateTopicsRequest, UpdateFeaturesRequest};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

const DIR: &str = "/data";
const CLUSTER: &str = "4L6g3nShT-eMCtK--X86sw";

fn layers(extra: &[(&str, &str)], is_static: bool) -> BrokerLayers {
    let mut properties = Properties::default();
    for (name, value) in [
        ("process.roles", "broker,controller"),
        ("node.id", "1"),
        ("controller.listener.names", "CONTROLLER"),
        ("listeners", "PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093"),
        ("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        ("log.dirs", DIR),
    ] {
        properties.set(name, value);
    }
    if is_static {
        properties.set("controller.quorum.voters", "1@127.0.0.1:19093");
    } else {
        properties.set("controller.quorum.bootstrap.servers", "127.0.0.1:19093");
    }
    for (name, value) in extra {
        properties.set(*name, *value);
    }
    BrokerLayers::new(properties)
}

fn config(layers: &BrokerLayers) -> Arc<NodeConfig> {
    Arc::new(layers.node_config().expect("valid options"))
}

fn formatted(env: &Env, layers: &BrokerLayers) {
    let config = config(layers);
    let initial_controllers = config
        .quorum
        .voters
        .is_empty()
        .then(|| InitialControllers::standalone(env, &config).expect("a controller"));
    let request = FormatRequest {
        cluster_id: CLUSTER.to_owned(),
        ignore_formatted: false,
        release: None,
        features: Vec::new(),
        initial_controllers,
    };
    format(env, &config, &request, &mut Vec::new()).expect("formats");
}

fn open(env: &Env, layers: &BrokerLayers) -> Result<(Core, LogDirectory), QuorumError> {
    let directory = LogDirectory::open(Arc::clone(&env.disk), DIR.into())?;
    let core = Core::open(config(layers), layers.clone(), env.clone(), &directory)?;
    Ok((core, directory))
}

fn registration(core: &Core) -> Command {
    let (_, directory) = core.status().local;
    let features = supported_features().map(|(name, range)| Feature {
        name: name.into(),
        min_supported_version: range.min,
        max_supported_version: range.max,
        ..Feature::default()
    });
    Command::RegisterBroker(BrokerRegistrationRequest {
        broker_id: 1,
        cluster_id: CLUSTER.into(),
        incarnation_id: Uuid::from_parts(9, 9),
        features: features.collect(),
        log_dirs: vec![directory.uuid()],
        previous_broker_epoch: -1,
        ..BrokerRegistrationRequest::default()
    })
}

fn create(name: &str) -> Command {
    let topic = CreatableTopic {
        name: name.into(),
        num_partitions: 2,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    Command::CreateTopics(CreateTopicsRequest { topics: vec![topic], ..Default::default() })
}

fn round(core: &mut Core, commands: Vec<Command>) -> Vec<Reply> {
    try_round(core, commands, 1_700_000_000_000).expect("the disk works")
}

/// The replies of one turn; the only voter has them all by the end of it.
fn try_round(
    core: &mut Core,
    commands: Vec<Command>,
    now_ms: i64,
) -> Result<Vec<Reply>, QuorumError> {
    let asked = commands.into_iter().map(|command| {
        let (reply, answer) = oneshot::channel();
        (Submission { command, reply }, answer)
    });
    let (submissions, answers): (Vec<_>, Vec<_>) = asked.unzip();
    for (sender, reply) in core.turn(Vec::new(), submissions, now_ms)?.released {
        sender.send(reply).expect("somebody waits");
    }
    Ok(answers.into_iter().map(|mut answer| answer.try_recv().expect("answered")).collect())
}

fn register_and_unfence(core: &mut Core) {
    let registration = registration(core);
    let replies = round(core, vec![registration]);
    let [Reply::Registered(epoch)] = replies[..] else { panic!("{replies:?}") };
    let broker = BrokerRef { id: BrokerId::new(1), epoch };
    assert_eq!(round(core, vec![Command::UnfenceBroker(broker, Some(Vec::new()))]), [Reply::Done]);
}

fn created(reply: &Reply) -> ErrorCode {
    match reply {
        Reply::CreateTopics(response) => response.topics[0].error_code,
        other => panic!("{other:?}"),
    }
}

fn world(seed: u64) -> (Simulation, Process) {
    let mut simulation = Simulation::new(seed);
    let process = simulation.process("node");
    (simulation, process)
}

fn on_disk(simulation: &mut Simulation, disk: SimDisk) -> Process {
    simulation.process_on("node", disk)
}

#[test]
fn a_new_cluster_starts_with_its_bootstrap_and_keeps_its_topics() {
    for is_static in [false, true] {
        let (mut simulation, process) = world(1);
        let layers = layers(&[], is_static);
        formatted(process.env(), &layers);
        let (mut core, directory) = open(process.env(), &layers).expect("starts");
        assert_eq!(core.image().features.level("metadata.version"), 30);
        assert_eq!(core.image().features.level("transaction.version"), 2);
        let options = core.image().config(&ConfigResource::broker_default()).cloned();
        assert_eq!(options.expect("the floor")["min.insync.replicas"], "1");
        register_and_unfence(&mut core);
        let replies = round(&mut core, vec![create("a"), create("b"), create("a")]);
        let codes: Vec<_> = replies.iter().map(created).collect();
        let exists = ErrorCode::TOPIC_ALREADY_EXISTS;
        assert_eq!(codes, [ErrorCode::NONE, ErrorCode::NONE, exists]);
        let before = core.image().to_records();
        let epoch = core.status().epoch;
        core.close(0).expect("closes");
        drop((core, directory));
        let process = on_disk(&mut simulation, process.kill());
        let (core, _directory) = open(process.env(), &layers).expect("starts again");
        assert_eq!(core.image().to_records(), before);
        assert!(core.status().epoch > epoch);
        assert_eq!(core.status().kraft_version, i16::from(!is_static));
    }
}

/// A workload with marks: after how many disk changes each topic was acknowledged.
fn workload(process: &Process, layers: &BrokerLayers) -> Vec<(usize, String)> {
    let disk = process.disk();
    let (mut core, _directory) = open(process.env(), layers).expect("starts");
    register_and_unfence(&mut core);
    let mut marks = Vec::new();
    for number in 0..24 {
        let names = [format!("t{number}a"), format!("t{number}b")];
        let replies = round(&mut core, names.iter().map(|name| create(name)).collect());
        assert!(replies.iter().all(|reply| created(reply) == ErrorCode::NONE));
        marks.extend(names.into_iter().map(|name| (disk.recorded(), name)));
    }
    marks
}

#[test]
fn what_was_acknowledged_survives_a_crash_after_every_change_of_the_disk() {
    // A snapshot every few rounds, so that crashes fall into snapshots and the cleaning after them.
    let layers = layers(
        &[
            ("metadata.log.max.record.bytes.between.snapshots", "1500"),
            ("metadata.max.retention.bytes", "4000"),
        ],
        false,
    );
    let (mut simulation, process) = world(2);
    formatted(process.env(), &layers);
    process.disk().record();
    let marks = workload(&process, &layers);
    let disk = process.disk().clone();
    let changes = disk.recorded();
    assert!(changes > 100, "{changes} changes");
    let mut states = 0;
    for at in 0..=changes {
        let mut crashes = vec![Crash::Killed, Crash::PowerLossAll];
        crashes.extend((0..3).map(|seed| Crash::PowerLoss { seed: seed + 7 * at as u64 }));
        for crash in crashes {
            let found = disk.crashed_at(at, crash.clone()).expect("recorded");
            let process = on_disk(&mut simulation, found);
            let (core, _directory) = open(process.env(), &layers)
                .unwrap_or_else(|error| panic!("change {at}, {crash:?}: {error}"));
            for (_, name) in marks.iter().filter(|(mark, _)| *mark <= at) {
                let topic = core.image().topic(&TopicName::new(name.as_str()));
                let topic =
                    topic.unwrap_or_else(|| panic!("change {at}, {crash:?}: {name} is lost"));
                assert_eq!(topic.partitions.len(), 2);
            }
            let invented = core
                .image()
                .topic_ids
                .keys()
                .find(|name| !marks.iter().any(|(_, known)| known == name.as_str()));
            assert_eq!(invented, None);
            states += 1;
        }
    }
    assert!(states > 500, "{states} states");
}

#[test]
fn a_failed_sync_acknowledges_nothing() {
    let layers = layers(&[], false);
    let (mut simulation, process) = world(3);
    formatted(process.env(), &layers);
    let (mut core, directory) = open(process.env(), &layers).expect("starts");
    register_and_unfence(&mut core);
    process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: ".log".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    assert!(try_round(&mut core, vec![create("a")], 1).is_err());
    assert!(core.image().topics.is_empty());
    drop((core, directory));
    process.disk().heal();
    let process = on_disk(&mut simulation, process.power_off(Crash::PowerLossAll));
    let (core, _directory) = open(process.env(), &layers).expect("starts again");
    assert!(core.image().topics.is_empty());
}

#[test]
fn a_static_quorum_becomes_one_whose_voters_stand_in_its_log() {
    let layers = layers(&[], true);
    let (mut simulation, process) = world(8);
    formatted(process.env(), &layers);
    let (mut core, directory) = open(process.env(), &layers).expect("starts");
    register_and_unfence(&mut core);
    assert_eq!((core.status().kraft_version, core.status().voters), (0, None));
    let raise = |validate_only| {
        let update = FeatureUpdateKey {
            feature: "kraft.version".into(),
            max_version_level: 1,
            upgrade_type: 1,
            ..FeatureUpdateKey::default()
        };
        let feature_updates = vec![update];
        Command::UpdateFeatures(
            UpdateFeaturesRequest { validate_only, feature_updates, ..Default::default() },
            2,
        )
    };
    for (validate_only, version) in [(true, 0), (false, 1), (false, 1)] {
        let replies = round(&mut core, vec![raise(validate_only), create("beside")]);
        let [Reply::UpdateFeatures(response), _] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!(response.error_code, ErrorCode::NONE, "{response:?}");
        assert_eq!(core.status().kraft_version, version);
    }
    let status = core.status();
    let voters = status.voters.expect("voters in the log").voters;
    assert_eq!((voters.len(), voters[0].voter_id), (1, 1));
    assert_eq!(voters[0].voter_directory_id, status.local.1.uuid());
    drop((core, directory));
    let process = on_disk(&mut simulation, process.power_off(Crash::PowerLossAll));
    let (core, _directory) = open(process.env(), &layers).expect("starts again");
    assert_eq!(core.status().kraft_version, 1);
    assert!(core.image().topic(&TopicName::new("beside")).is_some());
}

#[test]
fn an_idle_log_gets_a_record_at_each_interval() {
    let layers = layers(&[("metadata.max.idle.interval.ms", "500")], false);
    let (_simulation, process) = world(9);
    formatted(process.env(), &layers);
    let (mut core, _directory) = open(process.env(), &layers).expect("starts");
    let start = 1_700_000_000_000;
    register_and_unfence(&mut core);
    let end = core.status().log_end;
    for (after_ms, records, due_in_ms) in [(0, 0, 500), (499, 0, 1), (500, 1, 500), (900, 1, 100)] {
        try_round(&mut core, Vec::new(), start + after_ms).expect("the disk works");
        assert_eq!(core.status().log_end, end + records, "after {after_ms} ms");
        assert_eq!(core.due_in_ms(start + after_ms), due_in_ms, "after {after_ms} ms");
    }
    // A clock that was set back does not silence it.
    try_round(&mut core, Vec::new(), start - 100_000).expect("the disk works");
    assert_eq!(core.status().log_end, end + 2);
    assert_eq!(core.due_in_ms(start - 100_000), 500);
}

#[test]
fn changes_are_refused_while_the_disk_is_full_and_taken_again_after_it() {
    let layers = layers(&[("metadata.max.idle.interval.ms", "500")], false);
    let (_simulation, process) = world(10);
    formatted(process.env(), &layers);
    let (mut core, _directory) = open(process.env(), &layers).expect("starts");
    register_and_unfence(&mut core);
    let end = core.status().log_end;
    process.disk().set_capacity(1);
    for at in 0..3 {
        let now_ms = 1_700_000_000_000 + at * 600;
        let replies = try_round(&mut core, vec![create("a")], now_ms).expect("it goes on");
        let [Reply::Refused(error)] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!(error.code, ErrorCode::KAFKA_STORAGE_ERROR);
        try_round(&mut core, Vec::new(), now_ms + 550).expect("the idle record waits");
    }
    assert_eq!(core.status().log_end, end);
    process.disk().set_capacity(u64::MAX);
    assert_eq!(created(&round(&mut core, vec![create("a")])[0]), ErrorCode::NONE);
    assert!(core.image().topic(&TopicName::new("a")).is_some());
}

fn put(disk: &dyn Disk, path: &str, content: &[u8]) {
    let path = Path::new(DIR).join(path);
    disk.create_dir_all(path.parent().expect("in the directory")).expect("creates");
    let file = disk.open(&path, OpenMode::Create).expect("opens");
    file.write_all_at(&mut [std::io::IoSlice::new(content)], 0).expect("writes");
}

macro_rules! kafka_directory {
    ($disk:expr, $name:literal, $($file:literal),*) => {
        $(put($disk, $file, include_bytes!(concat!("../../tests/data/", $name, "/", $file)));)*
    };
}

#[test]
fn a_dynamic_quorum_that_kafka_left_after_a_kill_goes_on() {
    let (_simulation, process) = world(4);
    kafka_directory!(
        process.disk(),
        "kafka-dyn",
        "meta.properties",
        "bootstrap.checkpoint",
        "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint",
        "__cluster_metadata-0/00000000000000000000.log",
        "__cluster_metadata-0/leader-epoch-checkpoint",
        "__cluster_metadata-0/partition.metadata",
        "__cluster_metadata-0/quorum-state"
    );
    let layers = layers(&[], false);
    let (mut core, _directory) = open(process.env(), &layers).expect("starts");
    let status = core.status();
    assert_eq!((status.epoch.get(), status.kraft_version), (2, 1));
    let topic = core.image().topic(&TopicName::new("moved")).expect("the topic").clone();
    assert_eq!(topic.partitions.len(), 3);
    let options = core.image().config(&ConfigResource::topic("moved")).expect("its options");
    assert_eq!(options["retention.ms"], "123456");
    assert_eq!(core.image().client_quotas.len(), 1);
    assert_eq!(core.image().brokers.len(), 1);
    register_and_unfence(&mut core);
    let partition = core.image().topic(&topic.name).expect("still there").partitions.clone();
    assert!(partition.values().all(|known| known.leader == BrokerId::new(1)));
    assert_eq!(created(&round(&mut core, vec![create("new")])[0]), ErrorCode::NONE);
}

#[test]
fn a_static_quorum_that_kafka_left_goes_on() {
    let (_simulation, process) = world(5);
    kafka_directory!(
        process.disk(),
        "kafka-static",
        "meta.properties",
        "bootstrap.checkpoint",
        "__cluster_metadata-0/00000000000000000000.log",
        "__cluster_metadata-0/leader-epoch-checkpoint",
        "__cluster_metadata-0/partition.metadata",
        "__cluster_metadata-0/quorum-state"
    );
    let layers = layers(&[], true);
    let (core, _directory) = open(process.env(), &layers).expect("starts");
    let status = core.status();
    assert_eq!((status.epoch.get(), status.kraft_version), (2, 0));
    assert_eq!(core.image().features.level("metadata.version"), 30);
}

#[test]
fn a_node_that_is_not_the_voter_does_not_start() {
    let (_simulation, process) = world(6);
    let own = layers(&[], false);
    formatted(process.env(), &own);
    let meta = LogDirectory::read_meta(process.disk(), Path::new(DIR)).expect("reads");
    let other = keld_log::MetaProperties {
        directory_id: Some(keld_types::DirectoryId::new(Uuid::from_parts(1, 1))),
        ..meta.expect("formatted")
    };
    LogDirectory::format(process.disk(), Path::new(DIR), &other).expect("writes");
    let error = open(process.env(), &own).expect_err("another directory");
    assert!(matches!(error, QuorumError::NotTheVoter(_)), "{error}");

    let (_simulation, process) = world(7);
    let voters = layers(&[], true);
    formatted(process.env(), &voters);
    let error = open(process.env(), &layers(&[], false)).expect_err("no voters known");
    assert!(matches!(error, QuorumError::NoVoters), "{error}");
}
