//! CreateTopics, DeleteTopics, CreatePartitions.

use crate::cluster::{Cluster, DIRECTORY};
use keld_controller::{Command, Decision, Reply};
use keld_metadata::{ConfigResource, MetadataRecord};
use keld_types::{BrokerId, ErrorCode, PartitionIndex, Uuid};
use keld_wire::messages::create_partitions_request::{
    CreatePartitionsAssignment, CreatePartitionsTopic,
};
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::{CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest};

fn topic(name: &str) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: -1,
        replication_factor: -1,
        ..Default::default()
    }
}

fn config(name: &str, value: Option<&str>) -> CreatableTopicConfig {
    let value = value.map(Into::into);
    CreatableTopicConfig { name: name.into(), value, ..Default::default() }
}

fn create(topics: Vec<CreatableTopic>) -> Command {
    Command::CreateTopics(CreateTopicsRequest { topics, ..Default::default() })
}

/// Code and message for each topic, in the order of the answer.
fn results(decision: &Decision) -> Vec<(String, ErrorCode, String)> {
    match &decision.reply {
        Reply::CreateTopics(response) => response
            .topics
            .iter()
            .map(|t| {
                let message = t.error_message.as_ref().map_or("", |text| text.as_str());
                (t.name.to_string(), t.error_code, message.to_owned())
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn refused(cluster: &mut Cluster, topic: CreatableTopic) -> (ErrorCode, String) {
    let decision = cluster.decide(create(vec![topic]));
    assert_eq!(decision.records, [], "nothing is written for what is refused");
    let mut results = results(&decision);
    let (_, code, message) = results.remove(0);
    (code, message)
}

#[test]
fn a_topic_gets_its_id_configs_and_partitions_in_kafkas_order() {
    let mut cluster = Cluster::ready(true, &[("num.partitions", "3")]);
    let mut wanted = topic("orders");
    wanted.configs = vec![config("retention.ms", Some("5"))];
    let decision = cluster.decide(create(vec![wanted]));
    let kinds: Vec<i16> = decision.records.iter().map(|r| r.record.record_type()).collect();
    assert_eq!(kinds, [2, 4, 3, 3, 3], "topic, configs, partitions");
    let Reply::CreateTopics(response) = &decision.reply else { panic!() };
    let result = &response.topics[0];
    assert_eq!((result.num_partitions, result.replication_factor), (3, 1));
    assert_eq!(result.topic_id, cluster.topic("orders").id.uuid());
    let options = result.configs.as_ref().unwrap();
    let retention = options.iter().find(|known| &*known.name == "retention.ms").unwrap();
    assert_eq!(retention.value.as_deref(), Some("5"));
    assert_eq!(retention.config_source, 1);
    let partition = cluster.topic("orders").partition(PartitionIndex::new(2)).unwrap();
    assert_eq!(partition.leader, BrokerId::new(1));
    assert_eq!(partition.directories[0].uuid(), DIRECTORY);
    assert_eq!((partition.leader_epoch.get(), partition.partition_epoch.get()), (0, 0));
}

#[test]
fn validate_only_answers_and_writes_nothing() {
    let mut cluster = Cluster::ready(true, &[]);
    let request =
        CreateTopicsRequest { topics: vec![topic("x")], validate_only: true, ..Default::default() };
    let decision = cluster.decide(Command::CreateTopics(request));
    assert_eq!(results(&decision)[0].1, ErrorCode::NONE);
    assert_eq!(decision.records, []);
}

#[test]
fn what_is_wrong_with_a_new_topic_is_said_in_kafkas_words() {
    let mut cluster = Cluster::ready(true, &[]);
    cluster.decide(create(vec![topic("a.b")]));
    let case = |change: &dyn Fn(&mut CreatableTopic)| {
        let mut wanted = topic("new");
        change(&mut wanted);
        wanted
    };
    let assigned = |index: i32, brokers: &[i32]| CreatableReplicaAssignment {
        partition_index: index,
        broker_ids: brokers.to_vec(),
        ..Default::default()
    };
    let cases: Vec<(CreatableTopic, ErrorCode, &str)> = vec![
        (topic("a.b"), ErrorCode::TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists."),
        (
            topic("a_b"),
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "Topic 'a_b' collides with existing topic: a.b",
        ),
        (
            topic(""),
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "Topic name is invalid: the empty string is not allowed",
        ),
        (
            case(&|t| t.replication_factor = 0),
            ErrorCode::INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        ),
        (
            case(&|t| t.num_partitions = -2),
            ErrorCode::INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.",
        ),
        (
            case(&|t| t.replication_factor = 2),
            ErrorCode::INVALID_REPLICATION_FACTOR,
            "Unable to replicate the partition 2 time(s): The target replication factor of 2 \
             cannot be reached because only 1 broker(s) are registered or some brokers have all \
             their log directories cordoned.",
        ),
        (
            case(&|t| t.configs = vec![config("retention.ms", None), config("x", None)]),
            ErrorCode::INVALID_CONFIG,
            "Null value not supported for topic configs: retention.ms,x",
        ),
        (
            case(&|t| {
                t.assignments = vec![assigned(0, &[1])];
                t.num_partitions = 1;
            }),
            ErrorCode::INVALID_REQUEST,
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        ),
        (
            case(&|t| t.assignments = vec![assigned(0, &[1]), assigned(0, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
            "Found multiple manual partition assignments for partition 0",
        ),
        (
            case(&|t| t.assignments = vec![assigned(1, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
            "partitions should be a consecutive 0-based integer sequence",
        ),
        (
            case(&|t| t.assignments = vec![assigned(0, &[2])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
            "The manual partition assignment includes broker 2, but no such broker is registered.",
        ),
        (
            case(&|t| t.assignments = vec![assigned(0, &[1, 1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
            "The manual partition assignment includes the broker 1 more than once.",
        ),
        (
            topic("__cluster_metadata"),
            ErrorCode::INVALID_REQUEST,
            "Creation of internal topic __cluster_metadata is prohibited.",
        ),
    ];
    for (wanted, code, message) in cases {
        assert_eq!(refused(&mut cluster, wanted), (code, message.to_owned()));
    }
    let bad = case(&|t| t.configs = vec![config("retention.ms", Some("often"))]);
    assert_eq!(refused(&mut cluster, bad).0, ErrorCode::INVALID_CONFIG);
}

#[test]
fn duplicates_are_refused_once_and_the_others_created() {
    let mut cluster = Cluster::ready(true, &[]);
    let decision = cluster.decide(create(vec![topic("x"), topic("y"), topic("x")]));
    let duplicate =
        ("x".to_owned(), ErrorCode::INVALID_REQUEST, "Duplicate topic name.".to_owned());
    assert_eq!(results(&decision), [("y".to_owned(), ErrorCode::NONE, String::new()), duplicate]);
    assert!(cluster.image.topic_ids.len() == 1);
}

#[test]
fn too_many_partitions_and_no_broker_refuse_all() {
    let mut cluster = Cluster::ready(true, &[]);
    let many = CreatableTopic { num_partitions: 10_001, ..topic("x") };
    let decision = cluster.decide(create(vec![many]));
    let Reply::Refused(error) = decision.reply else { panic!("{decision:?}") };
    assert_eq!(error.code, ErrorCode::POLICY_VIOLATION);

    let mut cluster = Cluster::empty(true, &[]);
    let (code, message) = refused(&mut cluster, topic("x"));
    assert_eq!(code, ErrorCode::INVALID_REPLICATION_FACTOR);
    assert_eq!(
        message,
        "Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have \
         all their log directories cordoned."
    );
}

#[test]
fn topics_are_deleted_by_name_and_by_id_and_take_their_configs_along() {
    let mut cluster = Cluster::ready(true, &[]);
    let mut with_config = topic("a");
    with_config.configs = vec![config("retention.ms", Some("5"))];
    cluster.decide(create(vec![with_config, topic("b"), topic("c")]));
    let id = cluster.topic("b").id.uuid();
    let by_id = |topic_id| DeleteTopicState { name: None, topic_id, ..Default::default() };
    let by_name = |name: &str| DeleteTopicState {
        name: Some(name.into()),
        topic_id: Uuid::ZERO,
        ..Default::default()
    };
    let unknown = Uuid::from_parts(1, 1);
    let topics = vec![
        by_name("a"),
        by_id(id),
        by_name("nope"),
        by_id(unknown),
        by_id(Uuid::ZERO),
        by_name("c"),
        by_name("c"),
    ];
    let request = DeleteTopicsRequest { topics, ..Default::default() };
    let decision = cluster.decide(Command::DeleteTopics(request, 6));
    let Reply::DeleteTopics(response) = &decision.reply else { panic!() };
    let of = |name: Option<&str>, id: Uuid| {
        let found = response
            .responses
            .iter()
            .find(|r| r.name.as_deref() == name && (name.is_some() || r.topic_id == id))
            .unwrap();
        (found.error_code, found.error_message.as_ref().map_or("", |text| text.as_str()))
    };
    assert_eq!(of(Some("a"), Uuid::ZERO), (ErrorCode::NONE, ""));
    assert_eq!(of(Some("b"), id), (ErrorCode::NONE, ""));
    assert_eq!(
        of(Some("nope"), Uuid::ZERO),
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition.")
    );
    assert_eq!(
        of(None, unknown),
        (ErrorCode::UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
    );
    assert_eq!(
        of(None, Uuid::ZERO),
        (ErrorCode::INVALID_REQUEST, "Neither topic name nor id were specified.")
    );
    assert_eq!(of(Some("c"), Uuid::ZERO), (ErrorCode::INVALID_REQUEST, "Duplicate topic name."));
    let left: Vec<_> = cluster.image.topic_ids.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["c"]);
    assert!(cluster.image.config(&ConfigResource::topic("a")).is_none());
}

#[test]
fn deletion_can_be_switched_off() {
    let mut cluster = Cluster::ready(true, &[("delete.topic.enable", "false")]);
    cluster.decide(create(vec![topic("a")]));
    let request = DeleteTopicsRequest { topic_names: vec!["a".into()], ..Default::default() };
    let Reply::Refused(error) = cluster.decide(Command::DeleteTopics(request, 5)).reply else {
        panic!()
    };
    assert_eq!(error.code, ErrorCode::TOPIC_DELETION_DISABLED);
}

#[test]
fn partitions_are_added_and_never_taken() {
    let mut cluster = Cluster::ready(true, &[]);
    cluster.decide(create(vec![CreatableTopic { num_partitions: 2, ..topic("a") }]));
    let mut grow = |count: i32, brokers: Option<Vec<Vec<i32>>>| {
        let assignments = brokers.map(|all| {
            all.into_iter()
                .map(|broker_ids| CreatePartitionsAssignment { broker_ids, ..Default::default() })
                .collect()
        });
        let topic =
            CreatePartitionsTopic { name: "a".into(), count, assignments, ..Default::default() };
        let request = CreatePartitionsRequest { topics: vec![topic], ..Default::default() };
        let decision = cluster.decide(Command::CreatePartitions(request));
        let Reply::CreatePartitions(response) = decision.reply else { panic!() };
        let result = &response.results[0];
        let message = result.error_message.as_ref().map_or("", |text| text.as_str()).to_owned();
        (result.error_code, message, decision.records)
    };
    assert_eq!(
        grow(2, None),
        (ErrorCode::INVALID_PARTITIONS, "Topic already has 2 partition(s).".to_owned(), vec![])
    );
    assert_eq!(
        grow(1, None).1,
        "The topic a currently has 2 partition(s); 1 would not be an increase."
    );
    assert_eq!(
        grow(4, Some(vec![vec![1]])).1,
        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified."
    );
    let (code, _, records) = grow(4, None);
    assert_eq!((code, records.len()), (ErrorCode::NONE, 2));
    assert!(records.iter().all(|known| matches!(known.record, MetadataRecord::Partition(_))));
    assert_eq!(grow(5, Some(vec![vec![1]])).0, ErrorCode::NONE);
    assert_eq!(cluster.topic("a").partitions.len(), 5);
}
