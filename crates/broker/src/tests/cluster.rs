//! Metadata, DescribeCluster, producer ids, log directories against a whole node.

use super::support::{Client, World, batch, batch_of};
use bytes::Bytes;
use keld_env::Disk as _;
use keld_env::sim::Crash;
use keld_record::{BatchProducer, Compression};
use keld_types::{ErrorCode, ProducerEpoch, ProducerId, TopicId};
use keld_wire::messages::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic,
};
use keld_wire::messages::describe_producers_request::TopicRequest;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{
    AlterReplicaLogDirsRequest, DescribeClusterRequest, DescribeLogDirsRequest,
    DescribeProducersRequest, DescribeTopicPartitionsRequest, FetchRequest, InitProducerIdRequest,
    ListOffsetsRequest, MetadataRequest, MetadataResponse, OffsetForLeaderEpochRequest,
    ProduceRequest,
};
use std::time::Duration;

const DIRS: [&str; 2] = ["/data/a", "/data/b"];

fn named(name: &str) -> MetadataRequest {
    MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some(name.into()),
            ..MetadataRequestTopic::default()
        }]),
        ..MetadataRequest::default()
    }
}

fn produce(topic: &str, records: Bytes) -> ProduceRequest {
    ProduceRequest {
        acks: -1,
        timeout_ms: 5000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![PartitionProduceData {
                index: 0,
                records: Some(records.into()),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

async fn write(client: &mut Client, topic: &str, records: Bytes) {
    let response = client.call(produce(topic, records), 9).await;
    let found = &response.responses[0].partition_responses[0];
    assert_eq!(found.error_code, ErrorCode::NONE);
}

/// The bytes of a partition from an offset on.
async fn read(client: &mut Client, topic: &str, offset: i64) -> Bytes {
    let request = FetchRequest {
        replica_id: -1,
        max_wait_ms: 100,
        min_bytes: 1,
        max_bytes: 1 << 24,
        topics: vec![FetchTopic {
            topic: topic.into(),
            partitions: vec![FetchPartition {
                partition: 0,
                fetch_offset: offset,
                partition_max_bytes: 1 << 24,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    };
    let response = client.call(request, 11).await;
    let found = &response.responses[0].partitions[0];
    assert_eq!(found.error_code, ErrorCode::NONE);
    found.records.as_ref().map(|records| records.to_bytes().unwrap()).unwrap_or_default()
}

fn move_to(path: &str, topic: &str, partitions: &[i32]) -> AlterReplicaLogDirsRequest {
    AlterReplicaLogDirsRequest {
        dirs: vec![AlterReplicaLogDir {
            path: path.into(),
            topics: vec![AlterReplicaLogDirTopic {
                name: topic.into(),
                partitions: partitions.to_vec(),
                ..AlterReplicaLogDirTopic::default()
            }],
            ..AlterReplicaLogDir::default()
        }],
        ..AlterReplicaLogDirsRequest::default()
    }
}

/// For each directory: code, and `topic-N` or `topic-N+lag` for a copy.
async fn dirs(client: &mut Client) -> Vec<(String, i16, Vec<String>)> {
    let request = DescribeLogDirsRequest { topics: None, ..DescribeLogDirsRequest::default() };
    let response = client.call(request, 5).await;
    let dirs = response.results.iter().map(|dir| {
        let rows = dir.topics.iter().flat_map(|topic| {
            topic.partitions.iter().map(move |row| {
                let copy =
                    if row.is_future_key { format!("+{}", row.offset_lag) } else { String::new() };
                format!("{}-{}{copy}", &*topic.name, row.partition_index)
            })
        });
        (dir.log_dir.to_string(), dir.error_code.code(), rows.collect())
    });
    dirs.collect()
}

#[test]
fn metadata_is_answered_at_every_version() {
    let world = World::new(&[]);
    let id = world.create("t", 2, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for version in 0..=13 {
            let response: MetadataResponse = client.call(named("t"), version).await;
            assert_eq!(response.brokers.len(), 1, "{version}");
            let broker = &response.brokers[0];
            assert_eq!((broker.node_id, &*broker.host, broker.port), (1, "node", 9092));
            assert_eq!(response.controller_id, if version >= 1 { 1 } else { -1 });
            assert_eq!(response.cluster_id.is_some(), version >= 2);
            let topic = &response.topics[0];
            assert_eq!(topic.error_code, ErrorCode::NONE);
            let expected = if version >= 10 { id } else { TopicId::ZERO };
            assert_eq!(topic.topic_id, expected.uuid());
            assert_eq!(topic.topic_authorized_operations, i32::MIN);
            let partitions: Vec<_> = topic
                .partitions
                .iter()
                .map(|p| {
                    (p.partition_index, p.leader_id, p.replica_nodes.clone(), p.isr_nodes.clone())
                })
                .collect();
            assert_eq!(partitions, [(0, 1, vec![1], vec![1]), (1, 1, vec![1], vec![1])]);
            let epoch = topic.partitions[0].leader_epoch;
            assert_eq!(epoch, if version >= 7 { 0 } else { -1 }, "{version}");
        }
        let asked = MetadataRequest {
            include_cluster_authorized_operations: true,
            include_topic_authorized_operations: true,
            ..named("t")
        };
        let response = client.call(asked, 8).await;
        assert_eq!(response.cluster_authorized_operations, 8096);
        assert_eq!(response.topics[0].topic_authorized_operations, 3576);
    });
}

#[test]
fn a_topic_that_a_client_names_comes_into_being_where_that_is_allowed() {
    let code = |response: &MetadataResponse| response.topics[0].error_code;
    let world = World::new(&[("num.partitions", "3")]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let asked = MetadataRequest { allow_auto_topic_creation: false, ..named("new") };
        for _ in 0..2 {
            let found = client.call(asked.clone(), 12).await;
            assert_eq!(code(&found), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        }
        let found = client.call(named("a b"), 12).await;
        assert_eq!(code(&found), ErrorCode::INVALID_TOPIC_EXCEPTION);
        let found = client.call(named("new"), 12).await;
        assert_eq!(code(&found), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        let found = client.call(named("new"), 12).await;
        assert_eq!(code(&found), ErrorCode::NONE);
        assert_eq!(found.topics[0].partitions.len(), 3);
    });
    let world = World::new(&[("auto.create.topics.enable", "false")]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for _ in 0..2 {
            let found = client.call(named("new"), 12).await;
            assert_eq!(code(&found), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
            env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        }
    });
}

#[test]
fn the_cluster_is_described_at_both_kinds_of_listener() {
    let world = World::new(&[]);
    world.create("t", 3, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for version in 0..=2 {
            let response = client.call(DescribeClusterRequest::default(), version).await;
            assert_eq!((response.error_code, response.controller_id), (ErrorCode::NONE, 1));
            assert_eq!(response.brokers[0].port, 9092);
        }
        let mut controller = Client::connect_to(&env, 9093).await;
        let of_controllers = DescribeClusterRequest {
            endpoint_type: 2,
            include_cluster_authorized_operations: true,
            ..DescribeClusterRequest::default()
        };
        let response = controller.call(of_controllers.clone(), 1).await;
        assert_eq!((response.error_code, response.endpoint_type), (ErrorCode::NONE, 2));
        assert_eq!((response.controller_id, response.brokers[0].port), (1, 9093));
        assert_eq!(response.cluster_authorized_operations, 8096);
        let response = client.call(of_controllers, 1).await;
        assert_eq!(response.error_code, ErrorCode::MISMATCHED_ENDPOINT_TYPE);
        let request = DescribeTopicPartitionsRequest {
            response_partition_limit: 2,
            ..DescribeTopicPartitionsRequest::default()
        };
        let response = client.call(request, 0).await;
        assert_eq!(response.topics[0].partitions.len(), 2);
        let cursor = response.next_cursor.unwrap();
        assert_eq!((&*cursor.topic_name, cursor.partition_index), ("t", 2));
    });
}

#[test]
fn producer_ids_are_unique_over_restarts_and_shown_with_their_state() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    let ask = |world: &World| {
        world.talk(|env| async move {
            let mut client = Client::connect(&env).await;
            let mut ids = Vec::new();
            for version in 0..=5 {
                let request = InitProducerIdRequest {
                    transactional_id: None,
                    ..InitProducerIdRequest::default()
                };
                let response = client.call(request, version).await;
                let refused = InitProducerIdRequest {
                    transactional_id: Some("t".into()),
                    transaction_timeout_ms: 1000,
                    ..InitProducerIdRequest::default()
                };
                assert_eq!((response.error_code, response.producer_epoch), (ErrorCode::NONE, 0));
                ids.push(response.producer_id);
                let refused = client.call(refused, version).await;
                assert_eq!(refused.error_code, ErrorCode::UNSUPPORTED_VERSION);
                assert_eq!((refused.producer_id, refused.producer_epoch), (-1, -1));
            }
            ids
        })
    };
    // The default request names an empty id of its own version; see that none repeats.
    let first = ask(&world);
    assert_eq!(first, [0, 1, 2, 3, 4, 5]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let producer = BatchProducer {
            id: ProducerId::new(3),
            epoch: ProducerEpoch::new(0),
            base_sequence: 0,
        };
        let records = batch_of(Compression::None, 7, Some(producer), &["a", "b"]);
        write(&mut client, "t", records).await;
        let request = DescribeProducersRequest {
            topics: ["t", "no", "a b"]
                .iter()
                .map(|name| TopicRequest {
                    name: (*name).into(),
                    partition_indexes: vec![0, 5],
                    ..TopicRequest::default()
                })
                .collect(),
            ..DescribeProducersRequest::default()
        };
        let response = client.call(request, 0).await;
        let codes: Vec<Vec<i16>> = response
            .topics
            .iter()
            .map(|topic| topic.partitions.iter().map(|p| p.error_code.code()).collect())
            .collect();
        assert_eq!(codes, [[0, 3], [3, 3], [17, 17]]);
        let state = &response.topics[0].partitions[0].active_producers[0];
        let shown = (state.producer_id, state.producer_epoch, state.last_sequence);
        assert_eq!(shown, (3, 0, 1));
        assert_eq!((state.last_timestamp, state.coordinator_epoch), (7, -1));
        assert_eq!(state.current_txn_start_offset, -1);
    });
    let world = world.restarted(&["/data"], &[]);
    assert_eq!(ask(&world)[0], 1000);
}

#[test]
fn the_end_of_a_leader_epoch_is_told() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        write(&mut client, "t", batch(&["a", "b"])).await;
        // (partition, known epoch, epoch asked for) and what is answered.
        let cases = [
            ((0, -1, 0), (0, 0, 2)),
            ((0, 0, 0), (0, 0, 2)),
            ((0, -1, 9), (0, -1, -1)),
            ((0, 7, 0), (75, -1, -1)),
            ((4, -1, 0), (3, -1, -1)),
        ];
        for version in 2..=4 {
            let partitions =
                cases.iter().map(|((partition, known, epoch), _)| OffsetForLeaderPartition {
                    partition: *partition,
                    current_leader_epoch: *known,
                    leader_epoch: *epoch,
                    ..OffsetForLeaderPartition::default()
                });
            let request = OffsetForLeaderEpochRequest {
                topics: vec![OffsetForLeaderTopic {
                    topic: "t".into(),
                    partitions: partitions.collect(),
                    ..OffsetForLeaderTopic::default()
                }],
                ..OffsetForLeaderEpochRequest::default()
            };
            let response = client.call(request, version).await;
            let answers = &response.topics[0].partitions;
            for (answer, (asked, expected)) in answers.iter().zip(cases) {
                let found = (answer.error_code.code(), answer.leader_epoch, answer.end_offset);
                assert_eq!(found, expected, "{asked:?} at version {version}");
            }
        }
    });
}

#[test]
fn a_replica_moves_between_directories_under_load_and_over_a_restart() {
    let world = World::with_dirs(&DIRS, &[]);
    world.create("t", 1, &[]);
    let (from, to, before) = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let found = dirs(&mut client).await;
        let here = found.iter().position(|(_, _, rows)| rows == &["t-0"]).unwrap();
        let (from, to) = (DIRS[here], DIRS[1 - here]);
        let large = "x".repeat(400_000);
        for value in ["a", &large, &large, &large, &large, "b"] {
            write(&mut client, "t", batch(&[value])).await;
        }
        let response = client.call(move_to(to, "t", &[0]), 2).await;
        assert_eq!(response.results[0].partitions[0].error_code, ErrorCode::NONE);
        // The move is under way: appends go on.
        let mut waited = 0;
        loop {
            write(&mut client, "t", batch(&["more"])).await;
            let found = dirs(&mut client).await;
            let at_target = found.iter().find(|(path, _, _)| path == to).unwrap();
            if at_target.2 == ["t-0"] {
                break;
            }
            waited += 1;
            assert!(waited < 10_000, "the move comes to its end");
        }
        write(&mut client, "t", batch(&["after"])).await;
        (from, to, read(&mut client, "t", 0).await)
    });
    // The controller knows, so that a failed directory takes its own replicas along.
    let directory = |world: &World| {
        let image = world.node.image();
        let topic = image.topics_by_name().next().unwrap();
        topic.partitions.values().next().unwrap().directories[0]
    };
    let expected = world.node.logs.id_of(std::path::Path::new(to)).unwrap();
    assert_eq!(directory(&world), expected);
    assert!(before.len() > 1_600_000);
    let world = world.restarted(&DIRS, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let found = dirs(&mut client).await;
        let rows = |path: &str| found.iter().find(|row| row.0 == path).unwrap().2.clone();
        assert_eq!((rows(from), rows(to)), (vec![], vec!["t-0".to_owned()]));
        assert!(read(&mut client, "t", 0).await == before, "the same bytes");
    });
}

#[test]
fn moves_between_directories_share_the_rate_that_is_asked_for() {
    let rate = ("replica.alter.log.dirs.io.max.bytes.per.second", "1000000");
    let world = World::with_dirs(&DIRS, &[rate, ("num.replica.alter.log.dirs.threads", "2")]);
    for topic in ["t", "u"] {
        world.create(topic, 1, &[]);
    }
    let took = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let value = "x".repeat(50_000);
        for _ in 0..100 {
            for topic in ["t", "u"] {
                write(&mut client, topic, batch(&[&value])).await;
            }
        }
        let began = env.clock.monotonic();
        // Each to where it is not.
        let found = dirs(&mut client).await;
        for topic in ["t", "u"] {
            let row = format!("{topic}-0");
            let here = found.iter().position(|(_, _, rows)| rows.contains(&row)).unwrap();
            let response = client.call(move_to(DIRS[1 - here], topic, &[0]), 2).await;
            assert_eq!(response.results[0].partitions[0].error_code, ErrorCode::NONE);
        }
        loop {
            env.clock.sleep_until(env.clock.monotonic() + Duration::from_millis(50)).await;
            let found = dirs(&mut client).await;
            if !found.iter().any(|(_, _, rows)| rows.iter().any(|row| row.contains('+'))) {
                return env.clock.monotonic() - began;
            }
        }
    });
    // 10 MB; the first second may bring a megabyte at once.
    let seconds = 8.5..=11.0;
    assert!(seconds.contains(&took.as_secs_f64()), "{took:?}");
    let text = world.node.metrics_text();
    assert!(text.contains("bytes_per_second{throttle=\"log_dirs\"} 1000000"), "{text}");
}

/// What a disk holds after a crash within a move is served from one directory, whole.
#[test]
fn a_move_survives_a_crash_after_every_change_of_the_disk() {
    // Every acknowledged record is durable.
    let world = World::with_dirs(&DIRS, &[]);
    world.create("t", 1, &[("flush.messages", "1"), ("segment.bytes", "1048576")]);
    let disk = world.process.disk().clone();
    for parent in ["/", "/data"] {
        // The directories themselves were made by whoever formatted them.
        disk.sync_dir(std::path::Path::new(parent)).unwrap();
    }
    let recorded = disk.clone();
    let (target, before) = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let large = "x".repeat(600_000);
        for value in ["a", &large, &large, "b"] {
            write(&mut client, "t", batch(&[value])).await;
        }
        let before = read(&mut client, "t", 0).await;
        let found = dirs(&mut client).await;
        let target = found.iter().find(|(_, _, rows)| rows.is_empty()).unwrap().0.clone();
        recorded.record();
        client.call(move_to(&target, "t", &[0]), 2).await;
        loop {
            let found = dirs(&mut client).await;
            if found.iter().any(|(path, _, rows)| *path == target && rows == &["t-0"]) {
                break;
            }
            env.clock.sleep_until(env.clock.monotonic() + Duration::from_millis(1)).await;
        }
        // The old one is still to be deleted.
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_millis(50)).await;
        (target, before)
    });
    let mut resumed = 0;
    let changes = disk.recorded();
    assert!(changes > 10, "{changes} changes");
    for at in 0..=changes {
        let crashes = [Crash::Killed, Crash::PowerLossAll, Crash::PowerLoss { seed: at as u64 }];
        for crash in crashes {
            let is_killed = crash == Crash::Killed;
            let found = disk.crashed_at(at, crash.clone()).expect("recorded");
            let world = World::try_on(found, &DIRS, &[])
                .unwrap_or_else(|error| panic!("change {at}, {crash:?}: {error}"));
            let before = before.clone();
            world.talk(|env| async move {
                let mut client = Client::connect(&env).await;
                let rows = dirs(&mut client).await.into_iter().flat_map(|(_, _, rows)| rows);
                // A copy that goes on is another row.
                let served: Vec<_> = rows.filter(|row| !row.contains('+')).collect();
                assert_eq!(served, ["t-0"], "change {at}, {crash:?}");
                let found = read(&mut client, "t", 0).await;
                assert!(found == before, "change {at}, {crash:?}: records changed");
                write(&mut client, "t", batch(&["goes on"])).await;
            });
            if is_killed && at > 0 && at < changes / 2 {
                resumed += usize::from(finishes(&world, &target));
            }
        }
    }
    assert!(resumed > 0, "a move that was cut off goes on");
}

/// Whether the replica of the one topic comes to lie in a directory, with all its records.
fn finishes(world: &World, target: &str) -> bool {
    world.run_for(Duration::from_secs(2));
    let target = target.to_owned();
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let found = dirs(&mut client).await;
        found.iter().any(|(path, _, rows)| *path == target && rows == &["t-0"])
    })
}

#[test]
fn moves_that_cannot_be_are_refused_as_kafka_does() {
    let world = World::with_dirs(&DIRS, &[("cordoned.log.dirs", "/data/b")]);
    world.create("t", 1, &[]);
    let long = "x".repeat(230);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let cases = [
            (move_to("/data/c", "t", &[0]), ErrorCode::LOG_DIR_NOT_FOUND),
            (move_to("/data/b", "t", &[0]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
            (move_to("/data/a", "no", &[0]), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            (move_to("/data/a", "t", &[7]), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            (move_to("/data/a", &long, &[0]), ErrorCode::INVALID_TOPIC_EXCEPTION),
            (move_to("/data/a", "t", &[0]), ErrorCode::NONE),
        ];
        for version in 1..=2 {
            for (request, expected) in &cases {
                let response = client.call(request.clone(), version).await;
                let found = response.results[0].partitions[0].error_code;
                assert_eq!(found, *expected, "{request:?}");
            }
        }
        let found =
            client.call(DescribeLogDirsRequest { topics: None, ..Default::default() }, 5).await;
        let cordoned: Vec<_> = found.results.iter().map(|dir| dir.is_cordoned).collect();
        assert_eq!(cordoned, [false, true]);
        assert!(found.results.iter().all(|dir| dir.total_bytes >= dir.usable_bytes));
        // Nothing asked for: the directories, and nothing in them.
        let none = DescribeLogDirsRequest { topics: Some(vec![]), ..Default::default() };
        for version in 1..=5 {
            let found = client.call(none.clone(), version).await;
            assert!(found.results.iter().all(|dir| dir.topics.is_empty()), "{version}");
            assert_eq!(found.results.len(), 2);
        }
    });
}

#[test]
fn an_isolation_level_that_does_not_exist_is_an_error() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let partition = FetchPartition { partition_max_bytes: 1000, ..FetchPartition::default() };
        let request = FetchRequest {
            replica_id: -1,
            isolation_level: 2,
            topics: vec![FetchTopic {
                topic: "t".into(),
                partitions: vec![partition],
                ..FetchTopic::default()
            }],
            ..FetchRequest::default()
        };
        let response = client.call(request.clone(), 4).await;
        let told = response.responses[0].partitions[0].error_code;
        assert_eq!(told, ErrorCode::UNKNOWN_SERVER_ERROR);
        let response = client.call(request, 12).await;
        assert_eq!(response.error_code, ErrorCode::UNKNOWN_SERVER_ERROR);
        let request = ListOffsetsRequest {
            replica_id: -1,
            isolation_level: 2,
            topics: vec![ListOffsetsTopic {
                name: "t".into(),
                partitions: vec![ListOffsetsPartition {
                    timestamp: -1,
                    ..ListOffsetsPartition::default()
                }],
                ..ListOffsetsTopic::default()
            }],
            ..ListOffsetsRequest::default()
        };
        let response = client.call(request, 5).await;
        let told = &response.topics[0].partitions[0];
        assert_eq!((told.error_code, told.offset), (ErrorCode::UNKNOWN_SERVER_ERROR, -1));
    });
}
