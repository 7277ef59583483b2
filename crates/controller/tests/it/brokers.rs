//! Registration, fencing, directories, producer ids: what becomes of leaders and in-sync replicas.

use crate::cluster::{Cluster, DIRECTORY};
use keld_controller::{BrokerRef, Command, Reply};
use keld_metadata::{LeaderRecoveryState, PartitionRegistration};
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, ErrorCode, PartitionIndex, Uuid};
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::{
    AssignReplicasToDirsRequest, CreateTopicsRequest, assign_replicas_to_dirs_request as assign,
};

const BROKER: BrokerId = BrokerId::new(1);

fn with_topic(elr: bool) -> Cluster {
    let mut cluster = Cluster::ready(elr, &[]);
    let topic = CreatableTopic {
        name: "t".into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    let topics = vec![topic];
    cluster.decide(Command::CreateTopics(CreateTopicsRequest { topics, ..Default::default() }));
    cluster
}

fn partition(cluster: &Cluster) -> PartitionRegistration {
    (**cluster.topic("t").partition(PartitionIndex::new(0)).unwrap()).clone()
}

fn current(cluster: &Cluster) -> BrokerRef {
    BrokerRef { id: BROKER, epoch: cluster.image.broker(BROKER).unwrap().epoch }
}

#[test]
fn a_clean_restart_keeps_the_replica_eligible_and_elects_it_cleanly() {
    for elr in [true, false] {
        let mut cluster = with_topic(elr);
        let before = current(&cluster);
        let broker = cluster.register(before.epoch.get());
        assert!(broker.epoch > before.epoch);
        let stopped = partition(&cluster);
        assert_eq!(stopped.leader, BrokerId::NONE);
        assert_eq!(stopped.isr.is_empty(), elr, "without ELR the last replica stays in the ISR");
        assert_eq!(stopped.elr.len(), usize::from(elr));
        cluster.unfence(broker);
        let back = partition(&cluster);
        assert_eq!((back.leader, back.isr.as_slice()), (BROKER, &[BROKER][..]));
        assert_eq!(back.leader_recovery_state, LeaderRecoveryState::Recovered);
        assert_eq!(back.leader_epoch.get(), 2);
        assert!(back.elr.is_empty() && back.last_known_elr.is_empty());
    }
}

#[test]
fn an_unclean_restart_of_the_only_replica_leads_again_as_the_last_leader() {
    let mut cluster = with_topic(true);
    let broker = cluster.register(-1);
    let lost = partition(&cluster);
    assert_eq!((lost.leader, lost.isr.len(), lost.elr.len()), (BrokerId::NONE, 0, 0));
    assert_eq!(lost.last_known_elr, [BROKER]);
    cluster.unfence(broker);
    let back = partition(&cluster);
    assert_eq!((back.leader, back.isr.as_slice()), (BROKER, &[BROKER][..]));
    assert_eq!(back.leader_recovery_state, LeaderRecoveryState::Recovered);
    assert!(back.last_known_elr.is_empty());
}

#[test]
fn the_same_incarnation_keeps_its_epoch() {
    let mut cluster = with_topic(true);
    let request = cluster.registration(-1);
    let first = cluster.decide(Command::RegisterBroker(request.clone())).reply;
    cluster.unfence(current(&cluster));
    let second = cluster.decide(Command::RegisterBroker(request));
    assert_eq!(second.reply, first);
    assert_eq!(second.records.len(), 1);
    assert!(!cluster.image.broker(BROKER).unwrap().fenced);
}

#[test]
fn a_registration_that_cannot_be_is_refused() {
    let mut cluster = with_topic(true);
    let mut check = |change: &dyn Fn(&mut keld_wire::messages::BrokerRegistrationRequest), code| {
        let mut request = cluster.registration(-1);
        change(&mut request);
        match cluster.decide(Command::RegisterBroker(request)).reply {
            Reply::Refused(error) => assert_eq!(error.code, code, "{error}"),
            other => panic!("{other:?}"),
        }
    };
    check(&|r| r.cluster_id = "other".into(), ErrorCode::INCONSISTENT_CLUSTER_ID);
    check(&|r| r.log_dirs.clear(), ErrorCode::INVALID_REGISTRATION);
    check(&|r| r.log_dirs.push(DIRECTORY), ErrorCode::INVALID_REGISTRATION);
    check(&|r| r.log_dirs.push(Uuid::ONE), ErrorCode::INVALID_REGISTRATION);
    check(
        &|r| r.features.retain(|f| &*f.name != "metadata.version"),
        ErrorCode::INVALID_REGISTRATION,
    );
    check(&|r| r.features.retain(|f| &*f.name != "group.version"), ErrorCode::UNSUPPORTED_VERSION);
    check(
        &|r| {
            r.broker_id = 2;
        },
        ErrorCode::INVALID_REGISTRATION,
    );
}

#[test]
fn fencing_and_shutdown_take_leadership_and_old_epochs_take_nothing() {
    for command in [Command::FenceBroker, Command::BeginControlledShutdown] {
        let mut cluster = with_topic(true);
        let broker = current(&cluster);
        let stale = BrokerRef { epoch: BrokerEpoch::new(0), ..broker };
        let Reply::Refused(error) = cluster.decide(command(stale)).reply else { panic!() };
        assert_eq!(error.code, ErrorCode::STALE_BROKER_EPOCH);
        assert_eq!(cluster.decide(command(broker)).reply, Reply::Done);
        let stopped = partition(&cluster);
        assert_eq!((stopped.leader, stopped.elr.as_slice()), (BrokerId::NONE, &[BROKER][..]));
        assert!(!cluster.image.broker(BROKER).unwrap().is_active());
    }
}

#[test]
fn an_unregistered_broker_is_gone() {
    let mut cluster = with_topic(true);
    assert_eq!(cluster.decide(Command::UnregisterBroker(BROKER)).reply, Reply::Done);
    assert!(cluster.image.brokers.is_empty());
    let Reply::Refused(error) = cluster.decide(Command::UnregisterBroker(BROKER)).reply else {
        panic!()
    };
    assert_eq!(error.code, ErrorCode::BROKER_ID_NOT_REGISTERED);
}

#[test]
fn a_failed_directory_takes_its_replicas_out() {
    let mut cluster = with_topic(true);
    let broker = current(&cluster);
    let offline = vec![DirectoryId::new(DIRECTORY)];
    cluster.decide(Command::OfflineDirectories(broker, offline));
    assert_eq!(partition(&cluster).leader, BrokerId::NONE);
}

#[test]
fn a_replica_is_assigned_to_a_directory() {
    let mut cluster = with_topic(true);
    let broker = current(&cluster);
    let topic_id = cluster.topic("t").id.uuid();
    let index = |partition_index| assign::PartitionData { partition_index, ..Default::default() };
    let topic =
        assign::TopicData { topic_id, partitions: vec![index(0), index(9)], ..Default::default() };
    let target = DirectoryId::UNASSIGNED.uuid();
    let directory = assign::DirectoryData { id: target, topics: vec![topic], ..Default::default() };
    let request = AssignReplicasToDirsRequest {
        broker_id: 1,
        broker_epoch: broker.epoch.get(),
        directories: vec![directory],
        ..Default::default()
    };
    let decision = cluster.decide(Command::AssignReplicasToDirs(request));
    let Reply::AssignReplicasToDirs(response) = decision.reply else { panic!() };
    let codes: Vec<_> =
        response.directories[0].topics[0].partitions.iter().map(|known| known.error_code).collect();
    assert_eq!(codes, [ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]);
    let moved = partition(&cluster);
    assert_eq!(moved.directories, [DirectoryId::UNASSIGNED]);
    assert_eq!((moved.leader, moved.leader_epoch.get()), (BROKER, 0), "leadership stays");
}

#[test]
fn producer_ids_come_in_blocks_that_never_overlap() {
    let mut cluster = with_topic(true);
    let broker = current(&cluster);
    let mut next = || match cluster.decide(Command::AllocateProducerIds(broker)).reply {
        Reply::ProducerIds(block) => (block.first.get(), block.count),
        other => panic!("{other:?}"),
    };
    assert_eq!([next(), next(), next()], [(0, 1000), (1000, 1000), (2000, 1000)]);
}
