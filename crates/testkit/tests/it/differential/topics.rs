//! Topics and metadata: CreateTopics, DeleteTopics, CreatePartitions, Metadata,
//! DescribeTopicPartitions, ApiVersions, DescribeCluster, FindCoordinator.

use super::engine::{Pair, Side, versions};
use keld_types::Uuid;
use keld_wire::messages::create_partitions_request::{
    CreatePartitionsAssignment, CreatePartitionsTopic,
};
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::describe_topic_partitions_request::{Cursor, TopicRequest};
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::{
    ApiVersionsRequest, CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest,
    DescribeClusterRequest, DescribeTopicPartitionsRequest, FindCoordinatorRequest,
    MetadataRequest,
};
use keld_wire::{ApiKey, Response, Str};

/// A topic for a CreateTopics request.
pub(crate) fn topic(name: &str, partitions: i32) -> CreatableTopic {
    CreatableTopic {
        name: Str::from(name),
        num_partitions: partitions,
        replication_factor: 1,
        ..CreatableTopic::default()
    }
}

/// A CreateTopics request.
pub(crate) fn create(topics: Vec<CreatableTopic>) -> CreateTopicsRequest {
    CreateTopicsRequest { topics, timeout_ms: 10_000, ..CreateTopicsRequest::default() }
}

fn keep_ids(side: &mut Side, response: &Response) {
    if let Response::CreateTopics(response) = response {
        for topic in &response.topics {
            side.keep_uuid(&format!("id of {}", topic.name.as_str()), topic.topic_id);
        }
    }
}

fn keep_metadata_ids(side: &mut Side, response: &Response) {
    if let Response::Metadata(response) = response {
        for topic in &response.topics {
            if let Some(name) = &topic.name {
                side.keep_uuid(&format!("id of {}", name.as_str()), topic.topic_id);
            }
        }
    }
}

fn metadata(names: Option<&[&str]>) -> MetadataRequest {
    MetadataRequest {
        topics: names.map(|names| {
            names
                .iter()
                .map(|name| MetadataRequestTopic {
                    name: Some(Str::from(*name)),
                    ..MetadataRequestTopic::default()
                })
                .collect()
        }),
        ..MetadataRequest::default()
    }
}

pub(crate) fn run(pair: &mut Pair) {
    for version in versions(ApiKey::ApiVersions) {
        pair.ask("good", version, |_| ApiVersionsRequest {
            client_software_name: if version >= 3 { "differential".into() } else { Str::default() },
            client_software_version: if version >= 3 { "1.0".into() } else { Str::default() },
            ..ApiVersionsRequest::default()
        });
    }
    pair.ask("bad software name", 3, |_| ApiVersionsRequest {
        client_software_name: "spaces are wrong".into(),
        client_software_version: "1.0".into(),
        ..ApiVersionsRequest::default()
    });

    creation(pair);
    existing(pair);
    listing(pair);
    coordinators(pair);
    deletion(pair);
}

fn creation(pair: &mut Pair) {
    for version in versions(ApiKey::CreateTopics) {
        let name = format!("created-{version}");
        pair.ask_then("good", version, |_| create(vec![topic(&name, 2)]), keep_ids);
        pair.ask_then("again", version, |_| create(vec![topic(&name, 2)]), keep_ids);
    }
    // Every later version of the API shows more; the newest has all fields.
    let config = |name: &str, value: Option<&str>| CreatableTopicConfig {
        name: name.into(),
        value: value.map(Str::from),
        ..CreatableTopicConfig::default()
    };
    let with = |name: &str, configs: Vec<CreatableTopicConfig>| CreatableTopic {
        configs,
        ..topic(name, 1)
    };
    let assigned = |name: &str, assignments: &[(i32, &[i32])]| CreatableTopic {
        num_partitions: -1,
        replication_factor: -1,
        assignments: assignments
            .iter()
            .map(|(partition, brokers)| CreatableReplicaAssignment {
                partition_index: *partition,
                broker_ids: brokers.to_vec(),
                ..CreatableReplicaAssignment::default()
            })
            .collect(),
        ..topic(name, 1)
    };
    let long = "x".repeat(250);
    let cases: Vec<(&str, Vec<CreatableTopic>)> = vec![
        ("none", vec![]),
        (
            "with configs",
            vec![with(
                "configured",
                vec![
                    config("retention.ms", Some("5000")),
                    config("cleanup.policy", Some("compact,delete")),
                ],
            )],
        ),
        ("unknown config", vec![with("bad-config", vec![config("no.such.config", Some("1"))])]),
        ("invalid config", vec![with("bad-value", vec![config("retention.ms", Some("soon"))])]),
        (
            "config out of bounds",
            vec![with("bad-bounds", vec![config("segment.bytes", Some("1"))])],
        ),
        ("null config", vec![with("null-config", vec![config("retention.ms", None)])]),
        (
            "duplicate config",
            vec![with(
                "dup-config",
                vec![config("retention.ms", Some("1")), config("retention.ms", Some("2"))],
            )],
        ),
        ("empty name", vec![topic("", 1)]),
        ("dots", vec![topic("..", 1), topic(".", 1)]),
        ("illegal name", vec![topic("no spaces", 1)]),
        ("long name", vec![topic(&long, 1)]),
        ("colliding names", vec![topic("col.liding", 1)]),
        ("colliding names again", vec![topic("col_liding", 1)]),
        ("duplicates in one request", vec![topic("twice", 1), topic("twice", 1), topic("once", 1)]),
        ("zero partitions", vec![topic("zero", 0)]),
        ("negative partitions", vec![topic("negative", -2)]),
        (
            "default partitions",
            vec![CreatableTopic { replication_factor: -1, ..topic("defaults", -1) }],
        ),
        (
            "zero replicas",
            vec![CreatableTopic { replication_factor: 0, ..topic("no-replicas", 1) }],
        ),
        (
            "too many replicas",
            vec![CreatableTopic { replication_factor: 3, ..topic("replicas", 1) }],
        ),
        ("assigned", vec![assigned("assigned", &[(0, &[1]), (1, &[1])])]),
        ("assigned to an unknown broker", vec![assigned("unknown-broker", &[(0, &[7])])]),
        ("assigned twice to one broker", vec![assigned("same-broker", &[(0, &[1, 1])])]),
        ("assigned with a gap", vec![assigned("gap", &[(0, &[1]), (2, &[1])])]),
        ("assigned to nobody", vec![assigned("nobody", &[(0, &[])])]),
        (
            "assigned and counted",
            vec![CreatableTopic { num_partitions: 1, ..assigned("both", &[(0, &[1])]) }],
        ),
        ("internal name", vec![topic("__consumer_offsets", 1)]),
        ("metadata topic", vec![topic("__cluster_metadata", 1)]),
    ];
    for (name, topics) in cases {
        pair.ask_then(name, 7, |_| create(topics.clone()), keep_ids);
    }
    pair.ask_then(
        "validate only",
        7,
        |_| CreateTopicsRequest {
            validate_only: true,
            ..create(vec![topic("validated", 3), topic("configured", 1)])
        },
        |side, response| {
            if let Response::CreateTopics(response) = response {
                side.keep_uuid("id of validated", response.topics[0].topic_id);
            }
        },
    );
    pair.ask("validate only left nothing", 12, |_| MetadataRequest {
        allow_auto_topic_creation: false,
        ..metadata(Some(&["validated"]))
    });
}

fn existing(pair: &mut Pair) {
    let grow = |name: &str, count: i32, assignments: Option<Vec<Vec<i32>>>| CreatePartitionsTopic {
        name: name.into(),
        count,
        assignments: assignments.map(|list| {
            list.into_iter()
                .map(|broker_ids| CreatePartitionsAssignment {
                    broker_ids,
                    ..CreatePartitionsAssignment::default()
                })
                .collect()
        }),
        ..CreatePartitionsTopic::default()
    };
    let request =
        |topics: Vec<CreatePartitionsTopic>, validate_only: bool| CreatePartitionsRequest {
            topics,
            timeout_ms: 10_000,
            validate_only,
            ..CreatePartitionsRequest::default()
        };
    for version in versions(ApiKey::CreatePartitions) {
        let count = 3 + i32::from(version);
        pair.ask("good", version, |_| request(vec![grow("created-2", count, None)], false));
    }
    let cases: Vec<(&str, CreatePartitionsTopic)> = vec![
        ("same count", grow("created-3", 2, None)),
        ("fewer", grow("created-3", 1, None)),
        ("negative", grow("created-3", -1, None)),
        ("unknown topic", grow("missing", 4, None)),
        ("empty name", grow("", 4, None)),
        ("assigned", grow("created-3", 4, Some(vec![vec![1], vec![1]]))),
        ("too few assignments", grow("created-3", 8, Some(vec![vec![1]]))),
        ("unknown broker", grow("created-3", 5, Some(vec![vec![9]]))),
        ("empty assignment", grow("created-3", 5, Some(vec![vec![]]))),
        ("internal topic", grow("__consumer_offsets", 20, None)),
    ];
    for (name, topic) in cases {
        pair.ask(name, 3, |_| request(vec![topic.clone()], false));
    }
    pair.ask("twice", 3, |_| {
        request(vec![grow("created-4", 5, None), grow("created-4", 6, None)], false)
    });
    pair.ask("validate only", 3, |_| request(vec![grow("created-4", 9, None)], true));
}

fn listing(pair: &mut Pair) {
    for version in versions(ApiKey::Metadata) {
        pair.ask_then("one", version, |_| metadata(Some(&["created-2"])), keep_metadata_ids);
        if version >= 4 {
            pair.ask("unknown without creation", version, |_| MetadataRequest {
                allow_auto_topic_creation: false,
                ..metadata(Some(&["missing", "bad name", ""]))
            });
        }
        if version >= 1 {
            pair.ask("none", version, |_| metadata(Some(&[])));
        }
        if version >= 8 {
            pair.ask("authorized operations", version, |_| MetadataRequest {
                include_topic_authorized_operations: true,
                include_cluster_authorized_operations: version <= 10,
                ..metadata(Some(&["created-2"]))
            });
        }
    }
    let by_id = |topic_id: Uuid, name: Option<Str>| MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            topic_id,
            name,
            ..MetadataRequestTopic::default()
        }]),
        ..MetadataRequest::default()
    };
    for version in 10..=13 {
        pair.ask("by id", version, |side| by_id(side.uuid("id of created-2"), None));
        pair.ask("by unknown id", version, |_| by_id(Uuid::from_parts(5, 6), None));
        pair.ask("by id and name", version, |side| {
            by_id(side.uuid("id of created-2"), Some("created-2".into()))
        });
    }
    pair.ask_then(
        "auto creation",
        12,
        |_| metadata(Some(&["made-by-metadata"])),
        keep_metadata_ids,
    );
    pair.ask_until(
        "auto created",
        12,
        |_| metadata(Some(&["made-by-metadata"])),
        |side, response| {
            keep_metadata_ids(side, response);
            matches!(response, Response::Metadata(found)
            if found.topics.iter().all(|topic| topic.error_code == keld_types::ErrorCode::NONE))
        },
    );
    pair.ask_then("everything", 12, |_| metadata(None), keep_metadata_ids);
    pair.ask("everything again", 13, |_| metadata(None));
    pair.ask("everything, oldest", 0, |_| metadata(Some(&[])));

    for version in versions(ApiKey::DescribeCluster) {
        pair.ask("good", version, |_| DescribeClusterRequest {
            include_cluster_authorized_operations: true,
            ..DescribeClusterRequest::default()
        });
        if version >= 1 {
            for endpoint_type in [0, 2, 3] {
                pair.ask(&format!("endpoint type {endpoint_type}"), version, |_| {
                    DescribeClusterRequest { endpoint_type, ..DescribeClusterRequest::default() }
                });
            }
        }
    }
    let describe =
        |names: &[&str], limit: i32, cursor: Option<(&str, i32)>| DescribeTopicPartitionsRequest {
            topics: names
                .iter()
                .map(|name| TopicRequest { name: Str::from(*name), ..TopicRequest::default() })
                .collect(),
            response_partition_limit: limit,
            cursor: cursor.map(|(topic, partition)| Cursor {
                topic_name: topic.into(),
                partition_index: partition,
                ..Cursor::default()
            }),
            ..DescribeTopicPartitionsRequest::default()
        };
    pair.ask("good", 0, |_| describe(&["created-2", "created-3"], 2000, None));
    pair.ask("limited", 0, |_| describe(&["created-2", "created-3"], 3, None));
    pair.ask("from a cursor", 0, |_| {
        describe(&["created-2", "created-3"], 3, Some(("created-2", 4)))
    });
    pair.ask("from a cursor of a later topic", 0, |_| {
        describe(&["created-2", "created-3"], 9, Some(("created-3", 0)))
    });
    pair.ask("unknown", 0, |_| describe(&["missing", "bad name"], 2000, None));
    pair.ask("twice", 0, |_| describe(&["created-3", "created-3"], 2000, None));
    pair.ask("limit zero", 0, |_| describe(&["created-3"], 0, None));
    pair.ask("negative cursor", 0, |_| describe(&["created-3"], 10, Some(("created-3", -1))));
}

fn coordinators(pair: &mut Pair) {
    let ready = |_: &mut Side, response: &Response| match response {
        Response::FindCoordinator(found) => {
            found.error_code == keld_types::ErrorCode::NONE
                && found
                    .coordinators
                    .iter()
                    .all(|one| one.error_code == keld_types::ErrorCode::NONE)
        }
        _ => false,
    };
    // The internal topic comes with the first question.
    pair.ask_until(
        "first",
        3,
        |_| FindCoordinatorRequest { key: "group".into(), ..FindCoordinatorRequest::default() },
        ready,
    );
    for version in versions(ApiKey::FindCoordinator) {
        pair.ask("good", version, |_| {
            if version >= 4 {
                FindCoordinatorRequest {
                    coordinator_keys: vec!["group".into(), "another".into()],
                    ..FindCoordinatorRequest::default()
                }
            } else {
                FindCoordinatorRequest { key: "group".into(), ..FindCoordinatorRequest::default() }
            }
        });
        if version >= 1 {
            pair.ask("unknown key type", version, |_| FindCoordinatorRequest {
                key_type: 9,
                key: if version < 4 { "x".into() } else { Str::default() },
                coordinator_keys: if version >= 4 { vec!["x".into()] } else { vec![] },
                ..FindCoordinatorRequest::default()
            });
        }
    }
    pair.ask("no keys", 4, |_| FindCoordinatorRequest::default());
    pair.ask("empty key", 4, |_| FindCoordinatorRequest {
        coordinator_keys: vec!["".into()],
        ..FindCoordinatorRequest::default()
    });
    pair.ask("empty key, old", 2, |_| FindCoordinatorRequest::default());
}

fn deletion(pair: &mut Pair) {
    for version in versions(ApiKey::DeleteTopics) {
        let name = format!("deleted-{version}");
        pair.ask_then("to be deleted", 7, |_| create(vec![topic(&name, 1)]), keep_ids);
        let request = |name: &str| {
            if version >= 6 {
                DeleteTopicsRequest {
                    topics: vec![DeleteTopicState {
                        name: Some(name.into()),
                        ..DeleteTopicState::default()
                    }],
                    timeout_ms: 10_000,
                    ..DeleteTopicsRequest::default()
                }
            } else {
                DeleteTopicsRequest {
                    topic_names: vec![name.into()],
                    timeout_ms: 10_000,
                    ..DeleteTopicsRequest::default()
                }
            }
        };
        pair.ask("good", version, |_| request(&name));
        pair.ask("gone", version, |_| request(&name));
    }
    let states = |topics: Vec<DeleteTopicState>| DeleteTopicsRequest {
        topics,
        timeout_ms: 10_000,
        ..DeleteTopicsRequest::default()
    };
    let named =
        |name: &str| DeleteTopicState { name: Some(name.into()), ..DeleteTopicState::default() };
    pair.ask_then("to be deleted by id", 7, |_| create(vec![topic("by-id", 1)]), keep_ids);
    pair.ask("by id", 6, |side| {
        states(vec![DeleteTopicState {
            topic_id: side.uuid("id of by-id"),
            ..DeleteTopicState::default()
        }])
    });
    pair.ask("by unknown id", 6, |_| {
        states(vec![DeleteTopicState {
            topic_id: Uuid::from_parts(1, 2),
            ..DeleteTopicState::default()
        }])
    });
    pair.ask("name and id", 6, |side| {
        states(vec![DeleteTopicState {
            topic_id: side.uuid("id of created-5"),
            name: Some("created-5".into()),
            ..DeleteTopicState::default()
        }])
    });
    pair.ask("neither name nor id", 6, |_| states(vec![DeleteTopicState::default()]));
    pair.ask("name twice", 6, |_| states(vec![named("created-6"), named("created-6")]));
    pair.ask("empty name", 6, |_| states(vec![named("")]));
    pair.ask("none", 6, |_| states(vec![]));
    pair.ask("none, old", 1, |_| states(vec![]));
}
