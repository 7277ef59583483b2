//! Groups and committed offsets against a whole node: every API at every version, restarts, parked
//! requests.

use super::support::{Client, World};
use bytes::Bytes;
use keld_controller::{Command, Reply};
use keld_env::Env;
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect};
use keld_types::{ErrorCode, TopicId};
use keld_wire::Str;
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use keld_wire::messages::join_group_request::JoinGroupRequestProtocol;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use keld_wire::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use keld_wire::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use keld_wire::messages::sync_group_request::SyncGroupRequestAssignment;
use keld_wire::messages::{
    DeleteGroupsRequest, DeleteTopicsRequest, DescribeGroupsRequest, FindCoordinatorRequest,
    HeartbeatRequest, IncrementalAlterConfigsRequest, JoinGroupRequest, JoinGroupResponse,
    LeaveGroupRequest, ListGroupsRequest, OffsetCommitRequest, OffsetCommitResponse,
    OffsetDeleteRequest, OffsetFetchRequest, SyncGroupRequest,
};
use std::time::Duration;

const OPTIONS: &[(&str, &str)] =
    &[("offsets.topic.num.partitions", "3"), ("group.initial.rebalance.delay.ms", "0")];

fn world() -> World {
    let world = World::new(OPTIONS);
    world.talk(|env| async move { found(&mut Client::connect(&env).await, "g").await });
    world
}

/// Asks for the coordinator until there is one.
async fn found(client: &mut Client, group: &str) {
    for _ in 0..1_000 {
        let request = FindCoordinatorRequest {
            coordinator_keys: vec![group.into()],
            ..FindCoordinatorRequest::default()
        };
        let response = client.call(request, 6).await;
        let coordinator = &response.coordinators[0];
        if coordinator.error_code == ErrorCode::NONE {
            assert_eq!(
                (coordinator.node_id, &*coordinator.host, coordinator.port),
                (1, "node", 9092)
            );
            // The coordinator may still be loading.
            let fetched = client.call(fetch_all(group), 9).await;
            if fetched.groups[0].error_code == ErrorCode::NONE {
                return;
            }
            assert_eq!(fetched.groups[0].error_code, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
        } else {
            assert_eq!(coordinator.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
    }
    panic!("no coordinator for {group}");
}

fn fetch_all(group: &str) -> OffsetFetchRequest {
    let group = OffsetFetchRequestGroup {
        group_id: group.into(),
        topics: None,
        ..OffsetFetchRequestGroup::default()
    };
    OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() }
}

fn join(group: &str, member: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_id: group.into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 30_000,
        member_id: member.into(),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            metadata: Bytes::from_static(&[0, 0, 0, 0, 0, 0]),
            ..JoinGroupRequestProtocol::default()
        }],
        ..JoinGroupRequest::default()
    }
}

fn sync(group: &str, joined: &JoinGroupResponse, assignments: &[(&Str, &str)]) -> SyncGroupRequest {
    SyncGroupRequest {
        group_id: group.into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignments: assignments
            .iter()
            .map(|(member, assignment)| SyncGroupRequestAssignment {
                member_id: (*member).clone(),
                assignment: Bytes::copy_from_slice(assignment.as_bytes()),
                ..SyncGroupRequestAssignment::default()
            })
            .collect(),
        ..SyncGroupRequest::default()
    }
}

fn heartbeat(group: &str, member: &Str, generation: i32) -> HeartbeatRequest {
    HeartbeatRequest {
        group_id: group.into(),
        generation_id: generation,
        member_id: member.clone(),
        ..HeartbeatRequest::default()
    }
}

/// A member that takes an id and joins with it.
async fn member(client: &mut Client, group: &str) -> JoinGroupResponse {
    let refused = client.call(join(group, ""), 9).await;
    assert_eq!(refused.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    assert!(refused.member_id.starts_with("test-"), "{}", refused.member_id);
    let joined = client.call(join(group, &refused.member_id), 9).await;
    assert_eq!(joined.error_code, ErrorCode::NONE);
    joined
}

fn commit(group: &str, topic: &str, id: TopicId, offset: i64) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: topic.into(),
            topic_id: id.uuid(),
            partitions: [0, 7]
                .into_iter()
                .map(|index| OffsetCommitRequestPartition {
                    partition_index: index,
                    committed_offset: offset,
                    committed_metadata: Some("note".into()),
                    ..OffsetCommitRequestPartition::default()
                })
                .collect(),
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}

fn errors_of(response: &OffsetCommitResponse) -> Vec<(i32, ErrorCode)> {
    let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
    let mut errors: Vec<_> =
        partitions.map(|partition| (partition.partition_index, partition.error_code)).collect();
    errors.sort_unstable();
    errors
}

/// The offset of `t`, partition 0, in the forms of all versions.
async fn committed(
    client: &mut Client,
    group: &str,
    topic: &str,
    id: TopicId,
    version: i16,
) -> i64 {
    let request = if version >= 8 {
        let topics = OffsetFetchRequestTopics {
            name: topic.into(),
            topic_id: id.uuid(),
            partition_indexes: vec![0],
            ..OffsetFetchRequestTopics::default()
        };
        let group = OffsetFetchRequestGroup {
            group_id: group.into(),
            topics: Some(vec![topics]),
            ..OffsetFetchRequestGroup::default()
        };
        OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() }
    } else {
        let topics = OffsetFetchRequestTopic {
            name: topic.into(),
            partition_indexes: vec![0],
            ..OffsetFetchRequestTopic::default()
        };
        OffsetFetchRequest {
            group_id: group.into(),
            topics: Some(vec![topics]),
            ..OffsetFetchRequest::default()
        }
    };
    let response = client.call(request, version).await;
    if version >= 8 {
        let group = &response.groups[0];
        assert_eq!(group.error_code, ErrorCode::NONE);
        let partition = &group.topics[0].partitions[0];
        assert_eq!(partition.error_code, ErrorCode::NONE);
        partition.committed_offset
    } else {
        assert_eq!(response.error_code, ErrorCode::NONE);
        response.topics[0].partitions[0].committed_offset
    }
}

#[test]
fn coordinator_is_made_when_first_asked_for() {
    let world = World::new(OPTIONS);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let request =
            FindCoordinatorRequest { key: "g".into(), ..FindCoordinatorRequest::default() };
        let first = client.call(request.clone(), 1).await;
        assert_eq!(first.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        assert_eq!((first.node_id, &*first.host, first.port), (-1, "", -1));
        assert_eq!(first.error_message.as_deref(), Some("The coordinator is not available."));
        found(&mut client, "g").await;
        for version in 0..=3 {
            let response = client.call(request.clone(), version).await;
            assert_eq!((response.error_code, response.node_id), (ErrorCode::NONE, 1));
            if version >= 1 {
                assert_eq!(response.error_message.as_deref(), Some("NONE"));
            }
        }
        for version in 4..=6 {
            let keys = ["g", "h"].map(Str::from).to_vec();
            let request = FindCoordinatorRequest {
                coordinator_keys: keys,
                ..FindCoordinatorRequest::default()
            };
            let response = client.call(request, version).await;
            let nodes: Vec<_> =
                response.coordinators.iter().map(|it| (&*it.key, it.node_id)).collect();
            assert_eq!(nodes, [("g", 1), ("h", 1)]);
        }
        for (key_type, error) in [
            (1, ErrorCode::UNSUPPORTED_VERSION),
            (2, ErrorCode::UNSUPPORTED_VERSION),
            (9, ErrorCode::INVALID_REQUEST),
        ] {
            let request = FindCoordinatorRequest {
                key_type,
                coordinator_keys: vec!["t".into()],
                ..FindCoordinatorRequest::default()
            };
            assert_eq!(client.call(request, 6).await.coordinators[0].error_code, error);
        }
    });
    let image = world.node.image();
    let topic = image.topic(&keld_types::TopicName::new("__consumer_offsets")).unwrap();
    assert_eq!(topic.partitions.len(), 3);
    let config = image.config(&keld_metadata::ConfigResource::topic(topic.name.as_str())).unwrap();
    assert_eq!(config.get("cleanup.policy").map(String::as_str), Some("compact"));
    assert_eq!(config.get("segment.bytes").map(String::as_str), Some("104857600"));
}

#[test]
fn members_share_a_group_and_find_it_again_after_a_restart() {
    let world = world();
    let id = world.create("t", 1, &[]);
    let (first, second) = world.talk(move |env| async move {
        let (mut one, mut two) = (Client::connect(&env).await, Client::connect(&env).await);
        let joined = member(&mut one, "g").await;
        let first = joined.member_id.clone();
        let synced = one.call(sync("g", &joined, &[(&first, "all")]), 5).await;
        assert_eq!((synced.error_code, &synced.assignment[..]), (ErrorCode::NONE, &b"all"[..]));
        // The second one parks until the first has joined again.
        let asked = two.call(join("g", ""), 9).await;
        let second = asked.member_id.clone();
        two.send(&join("g", &second), 9).await;
        let beat = loop {
            let beat = one.call(heartbeat("g", &first, 1), 4).await.error_code;
            if beat != ErrorCode::NONE {
                break beat;
            }
        };
        assert_eq!(beat, ErrorCode::REBALANCE_IN_PROGRESS);
        let leader = one.call(join("g", &first), 9).await;
        assert_eq!((leader.generation_id, leader.members.len()), (2, 2));
        let (_, follower): (_, JoinGroupResponse) =
            two.receive(keld_wire::ApiKey::JoinGroup, 9).await.unwrap();
        assert_eq!((follower.generation_id, &follower.leader), (2, &first));
        two.send(&sync("g", &follower, &[]), 5).await;
        let synced = one.call(sync("g", &leader, &[(&first, "left"), (&second, "right")]), 5).await;
        assert_eq!(&synced.assignment[..], b"left");
        let (_, synced): (_, keld_wire::messages::SyncGroupResponse) =
            two.receive(keld_wire::ApiKey::SyncGroup, 5).await.unwrap();
        assert_eq!(&synced.assignment[..], b"right");
        let mut request = commit("g", "t", id, 5);
        request.member_id = first.clone();
        request.generation_id_or_member_epoch = 2;
        let response = one.call(request, 10).await;
        let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
        assert_eq!(errors_of(&response), [(0, ErrorCode::NONE), (7, unknown)]);
        (first, second)
    });
    let world = world.restarted(&["/data"], OPTIONS);
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        found(&mut client, "g").await;
        for member in [&first, &second] {
            let beat = client.call(heartbeat("g", member, 2), 4).await;
            assert_eq!(beat.error_code, ErrorCode::NONE);
        }
        assert_eq!(committed(&mut client, "g", "t", id, 10).await, 5);
        let request =
            DescribeGroupsRequest { groups: vec!["g".into()], ..DescribeGroupsRequest::default() };
        let described = client.call(request, 6).await.groups.remove(0);
        assert_eq!(&*described.group_state, "Stable");
        let mut assignments: Vec<_> =
            described.members.iter().map(|it| it.member_assignment.clone()).collect();
        assignments.sort();
        assert_eq!(assignments, ["left", "right"]);
        assert_eq!(&*described.members[0].client_id, "test");
        assert!(described.members[0].client_host.starts_with('/'));
    });
}

#[test]
fn offsets_are_committed_and_fetched_at_every_version() {
    let world = world();
    let id = world.create("t", 1, &[]);
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        for version in 2..=10 {
            let offset = i64::from(version) * 10;
            let response = client.call(commit("g", "t", id, offset), version).await;
            let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
            assert_eq!(errors_of(&response), [(0, ErrorCode::NONE), (7, unknown)]);
            for fetch_version in 1..=10 {
                let found = committed(&mut client, "g", "t", id, fetch_version).await;
                assert_eq!(found, offset, "commit {version}, fetch {fetch_version}");
            }
        }
        // All topics, by name and by id.
        for version in [8, 9, 10] {
            let response = client.call(fetch_all("g"), version).await;
            let topic = &response.groups[0].topics[0];
            assert_eq!(topic.partitions[0].metadata.as_deref(), Some("note"));
            match version {
                10 => assert_eq!(topic.topic_id, id.uuid()),
                _ => assert_eq!(&*topic.name, "t"),
            }
        }
        let old = OffsetFetchRequest {
            group_id: "g".into(),
            topics: None,
            ..OffsetFetchRequest::default()
        };
        assert_eq!(client.call(old, 7).await.topics.len(), 1);
        // Topics that are not there, by name and by id.
        let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
        let response = client.call(commit("g", "gone", id, 1), 9).await;
        assert_eq!(errors_of(&response), [(0, unknown), (7, unknown)]);
        let nobody = TopicId::new(keld_types::Uuid::from_parts(9, 9));
        let response = client.call(commit("g", "", nobody, 1), 10).await;
        let unknown = ErrorCode::UNKNOWN_TOPIC_ID;
        assert_eq!(errors_of(&response), [(0, unknown), (7, unknown)]);
    });
}

#[test]
fn group_requests_are_answered_at_every_version() {
    let world = world();
    let id = world.create("t", 1, &[]);
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        for version in 0..=9_i16 {
            let group = format!("join-{version}");
            found(&mut client, &group).await;
            let joined = if version < 4 {
                client.call(join(&group, ""), version).await
            } else {
                let refused = client.call(join(&group, ""), version).await;
                assert_eq!(refused.error_code, ErrorCode::MEMBER_ID_REQUIRED);
                client.call(join(&group, &refused.member_id), version).await
            };
            assert_eq!((joined.error_code, joined.members.len()), (ErrorCode::NONE, 1));
            let member = joined.member_id.clone();
            let sync_version = version.min(5);
            let synced = client.call(sync(&group, &joined, &[(&member, "a")]), sync_version).await;
            assert_eq!(&synced.assignment[..], b"a");
            let beat = client.call(heartbeat(&group, &member, 1), version.min(4)).await;
            assert_eq!(beat.error_code, ErrorCode::NONE);
            let described = DescribeGroupsRequest {
                groups: vec![group.as_str().into(), "nobody".into()],
                include_authorized_operations: version >= 3,
                ..DescribeGroupsRequest::default()
            };
            let described = client.call(described, version.min(6)).await.groups;
            assert_eq!((&*described[0].group_state, described[0].members.len()), ("Stable", 1));
            let missing =
                if version >= 6 { ErrorCode::GROUP_ID_NOT_FOUND } else { ErrorCode::NONE };
            assert_eq!((described[1].error_code, &*described[1].group_state), (missing, "Dead"));
            let operations = if version >= 3 { 3400 } else { i32::MIN };
            assert_eq!(described[0].authorized_operations, operations);
            let listed = client.call(ListGroupsRequest::default(), version.min(5)).await;
            assert!(listed.groups.iter().any(|it| *it.group_id == *group), "{listed:?}");
            let leave_version = version.min(5);
            let leave = LeaveGroupRequest {
                group_id: group.as_str().into(),
                member_id: if leave_version < 3 { member.clone() } else { "".into() },
                members: if leave_version < 3 {
                    Vec::new()
                } else {
                    vec![MemberIdentity { member_id: member.clone(), ..MemberIdentity::default() }]
                },
                ..LeaveGroupRequest::default()
            };
            let left = client.call(leave.clone(), leave_version).await;
            assert_eq!(left.error_code, ErrorCode::NONE);
            // Once more: nobody is there.
            let left = client.call(leave, leave_version).await;
            let error =
                if leave_version < 3 { left.error_code } else { left.members[0].error_code };
            assert_eq!(error, ErrorCode::UNKNOWN_MEMBER_ID);
            let committed = client.call(commit(&group, "t", id, 1), 9).await;
            assert_eq!(errors_of(&committed)[0], (0, ErrorCode::NONE));
            let delete = OffsetDeleteRequest {
                group_id: group.as_str().into(),
                topics: ["t", "gone"]
                    .into_iter()
                    .map(|name| OffsetDeleteRequestTopic {
                        name: name.into(),
                        partitions: vec![OffsetDeleteRequestPartition::default()],
                        ..OffsetDeleteRequestTopic::default()
                    })
                    .collect(),
                ..OffsetDeleteRequest::default()
            };
            let deleted = client.call(delete, 0).await;
            let mut errors: Vec<_> = deleted
                .topics
                .iter()
                .map(|topic| (&*topic.name, topic.partitions[0].error_code))
                .collect();
            errors.sort_unstable();
            let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
            assert_eq!(errors, [("gone", unknown), ("t", ErrorCode::NONE)]);
            let delete = DeleteGroupsRequest {
                groups_names: vec![group.as_str().into(), "nobody".into()],
                ..DeleteGroupsRequest::default()
            };
            let mut deleted = client.call(delete, version.min(2)).await.results;
            deleted.sort_by(|a, b| a.group_id.cmp(&b.group_id));
            let errors: Vec<_> = deleted.iter().map(|it| it.error_code).collect();
            assert_eq!(errors, [ErrorCode::NONE, ErrorCode::GROUP_ID_NOT_FOUND]);
        }
    });
}

#[test]
fn parked_member_is_told_when_the_node_stops() {
    let world = World::new(&[("offsets.topic.num.partitions", "1")]);
    world.talk(|env| async move { found(&mut Client::connect(&env).await, "g").await });
    let node = std::sync::Arc::clone(&world.node);
    let env: Env = world.client.env().clone();
    let answered = std::sync::Arc::new(std::sync::Mutex::new(None));
    let told = std::sync::Arc::clone(&answered);
    world.client.env().spawn.spawn(
        "parked",
        Box::pin(async move {
            let mut client = Client::connect(&env).await;
            // The first rebalance waits three seconds for more members.
            let response = client.call(join("g", ""), 3).await;
            *told.lock().unwrap() = Some(response.error_code);
        }),
    );
    world.run_for(Duration::from_secs(1));
    assert_eq!(*answered.lock().unwrap(), None, "parked");
    world.simulation.run(&world.process, async move { node.stop().await }).unwrap();
    world.run_for(Duration::from_secs(1));
    assert_eq!(*answered.lock().unwrap(), Some(ErrorCode::NOT_COORDINATOR));
}

#[test]
fn session_ends_while_nobody_asks() {
    let world = world();
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let joined = member(&mut client, "g").await;
        let id = joined.member_id.clone();
        client.call(sync("g", &joined, &[(&id, "a")]), 5).await;
    });
    world.run_for(Duration::from_secs(11));
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let listed = client.call(ListGroupsRequest::default(), 5).await;
        assert_eq!(&*listed.groups[0].group_state, "Empty");
    });
}

#[test]
fn offsets_of_a_deleted_topic_go_with_it() {
    let world = world();
    let id = world.create("t", 1, &[]);
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        client.call(commit("g", "t", id, 3), 10).await;
        assert_eq!(client.call(fetch_all("g"), 9).await.groups[0].topics.len(), 1);
    });
    let delete = DeleteTopicsRequest {
        topics: vec![DeleteTopicState { name: Some("t".into()), ..DeleteTopicState::default() }],
        timeout_ms: 1000,
        ..DeleteTopicsRequest::default()
    };
    let submitted = world.node.quorum.submit(Command::DeleteTopics(delete, 6));
    let reply = world.simulation.run(&world.process, submitted).unwrap();
    assert!(matches!(reply, Reply::DeleteTopics(_)), "{reply:?}");
    world.run_for(Duration::from_secs(1));
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        assert_eq!(client.call(fetch_all("g"), 9).await.groups[0].topics, []);
    });
}

#[test]
fn commit_is_answered_when_it_is_durable_where_the_topic_demands_that() {
    let world = world();
    let id = world.create("t", 1, &[]);
    let alter = IncrementalAlterConfigsRequest {
        resources: vec![AlterConfigsResource {
            resource_type: 2,
            resource_name: "__consumer_offsets".into(),
            configs: vec![AlterableConfig {
                name: "flush.messages".into(),
                value: Some("1".into()),
                ..AlterableConfig::default()
            }],
            ..AlterConfigsResource::default()
        }],
        ..IncrementalAlterConfigsRequest::default()
    };
    let submitted = world.node.quorum.submit(Command::IncrementalAlterConfigs(alter));
    let reply = world.simulation.run(&world.process, submitted).unwrap();
    let Reply::IncrementalAlterConfigs(altered) = reply else { panic!("{reply:?}") };
    assert_eq!(altered.responses[0].error_code, ErrorCode::NONE, "{altered:?}");
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(commit("g", "t", id, 3), 10).await;
        assert_eq!(errors_of(&response)[0], (0, ErrorCode::NONE));
        assert_eq!(committed(&mut client, "g", "t", id, 9).await, 3);
    });
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: "__consumer_offsets".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(commit("g", "t", id, 4), 10).await;
        assert_eq!(errors_of(&response)[0], (0, ErrorCode::NOT_COORDINATOR));
    });
}

#[test]
fn commit_that_cannot_be_written_is_refused_and_not_seen() {
    let world = world();
    let id = world.create("t", 1, &[]);
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(commit("g", "t", id, 3), 10).await;
        assert_eq!(errors_of(&response)[0], (0, ErrorCode::NONE));
    });
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Write),
        path_contains: "__consumer_offsets".to_owned(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(commit("g", "t", id, 4), 10).await;
        assert_eq!(errors_of(&response)[0], (0, ErrorCode::NOT_COORDINATOR));
    });
}
