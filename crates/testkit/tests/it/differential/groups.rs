//! Groups: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit, OffsetFetch, OffsetDelete,
//! ListGroups, DescribeGroups, DeleteGroups.

use super::engine::{Pair, Side, versions};
use bytes::Bytes;
use keld_types::Uuid;
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
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupRequest,
    LeaveGroupRequest, ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest,
    OffsetFetchRequest, SyncGroupRequest,
};
use keld_wire::{ApiKey, Response, Str};

fn protocol(name: &str) -> JoinGroupRequestProtocol {
    // A subscription to `records`, version 0, without user data.
    let metadata = Bytes::from_static(b"\0\0\0\0\0\x01\0\x07records\xff\xff\xff\xff");
    JoinGroupRequestProtocol { name: name.into(), metadata, ..JoinGroupRequestProtocol::default() }
}

fn join(version: i16, group: &str, member: Str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_id: group.into(),
        session_timeout_ms: 30_000,
        rebalance_timeout_ms: if version >= 1 { 30_000 } else { -1 },
        member_id: member,
        protocol_type: "consumer".into(),
        protocols: vec![protocol("range"), protocol("roundrobin")],
        ..JoinGroupRequest::default()
    }
}

fn keep_member(side: &mut Side, response: &Response) {
    if let Response::JoinGroup(found) = response {
        side.keep_text("member", &found.member_id);
        side.keep_number("generation", found.generation_id);
    }
}

fn generation(side: &Side) -> i32 {
    i32::try_from(side.number("generation")).expect("an i32")
}

fn sync(side: &Side, version: i16, group: &str) -> SyncGroupRequest {
    SyncGroupRequest {
        group_id: group.into(),
        generation_id: generation(side),
        member_id: side.text("member"),
        protocol_type: (version >= 5).then(|| "consumer".into()),
        protocol_name: (version >= 5).then(|| "range".into()),
        assignments: vec![SyncGroupRequestAssignment {
            member_id: side.text("member"),
            assignment: Bytes::from_static(
                b"\0\0\0\0\0\x01\0\x07records\0\0\0\x01\0\0\0\0\xff\xff\xff\xff",
            ),
            ..SyncGroupRequestAssignment::default()
        }],
        ..SyncGroupRequest::default()
    }
}

fn heartbeat(side: &Side, group: &str) -> HeartbeatRequest {
    HeartbeatRequest {
        group_id: group.into(),
        generation_id: generation(side),
        member_id: side.text("member"),
        ..HeartbeatRequest::default()
    }
}

fn commit(
    side: &Side,
    version: i16,
    group: &str,
    generation: i32,
    member: Str,
    offset: i64,
) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: generation,
        member_id: member,
        topics: vec![OffsetCommitRequestTopic {
            name: if version < 10 { "records".into() } else { Str::default() },
            topic_id: if version < 10 { Uuid::ZERO } else { side.uuid("id of records") },
            partitions: vec![OffsetCommitRequestPartition {
                partition_index: 0,
                committed_offset: offset,
                committed_metadata: Some("note".into()),
                ..OffsetCommitRequestPartition::default()
            }],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}

fn committed(
    side: &Side,
    version: i16,
    group: &str,
    partitions: Option<&[i32]>,
) -> OffsetFetchRequest {
    let partitions = partitions.map(<[i32]>::to_vec);
    if version >= 8 {
        return OffsetFetchRequest {
            groups: vec![OffsetFetchRequestGroup {
                group_id: group.into(),
                topics: partitions.map(|partition_indexes| {
                    vec![OffsetFetchRequestTopics {
                        name: if version < 10 { "records".into() } else { Str::default() },
                        topic_id: if version < 10 {
                            Uuid::ZERO
                        } else {
                            side.uuid("id of records")
                        },
                        partition_indexes,
                        ..OffsetFetchRequestTopics::default()
                    }]
                }),
                ..OffsetFetchRequestGroup::default()
            }],
            ..OffsetFetchRequest::default()
        };
    }
    OffsetFetchRequest {
        group_id: group.into(),
        topics: partitions.map(|partition_indexes| {
            vec![OffsetFetchRequestTopic {
                name: "records".into(),
                partition_indexes,
                ..OffsetFetchRequestTopic::default()
            }]
        }),
        ..OffsetFetchRequest::default()
    }
}

fn describe(version: i16, groups: &[&str]) -> DescribeGroupsRequest {
    DescribeGroupsRequest {
        groups: groups.iter().map(|group| Str::from(*group)).collect(),
        include_authorized_operations: version >= 3,
        ..DescribeGroupsRequest::default()
    }
}

pub(crate) fn run(pair: &mut Pair) {
    for version in versions(ApiKey::JoinGroup) {
        let group = format!("joined-{version}");
        pair.ask_then(
            "without a member id",
            version,
            |_| join(version, &group, Str::default()),
            keep_member,
        );
        if version >= 4 {
            pair.ask_then(
                "with the given id",
                version,
                |side| join(version, &group, side.text("member")),
                keep_member,
            );
        }
        let sync_version = version.min(5);
        pair.ask("good", sync_version, |side| sync(side, sync_version, &group));
        pair.ask("good", version.min(4), |side| heartbeat(side, &group));
        pair.ask("stable", version.min(6), |_| describe(version.min(6), &[&group]));
        let commit_version = version.clamp(2, 10);
        pair.ask("of the member", commit_version, |side| {
            commit(side, commit_version, &group, generation(side), side.text("member"), 5)
        });
        pair.ask("of another generation", commit_version, |side| {
            commit(side, commit_version, &group, 77, side.text("member"), 6)
        });
        pair.ask("of another member", commit_version, |side| {
            commit(side, commit_version, &group, generation(side), "stranger".into(), 6)
        });
        pair.ask("without a member", commit_version, |side| {
            commit(side, commit_version, &group, -1, Str::default(), 6)
        });
        let leave_version = version.min(5);
        pair.ask("good", leave_version, |side| {
            leave(side, leave_version, &group, side.text("member"))
        });
        pair.ask("again", leave_version, |side| {
            leave(side, leave_version, &group, side.text("member"))
        });
        pair.ask("after leaving", version.min(4), |side| heartbeat(side, &group));
        pair.ask("empty", version.min(6), |_| describe(version.min(6), &[&group]));
    }
    bad_joins(pair);
    members(pair);
    static_members(pair);
    offsets(pair);
    listing(pair);
}

fn leave(_side: &Side, version: i16, group: &str, member: Str) -> LeaveGroupRequest {
    if version >= 3 {
        LeaveGroupRequest {
            group_id: group.into(),
            members: vec![MemberIdentity { member_id: member, ..MemberIdentity::default() }],
            ..LeaveGroupRequest::default()
        }
    } else {
        LeaveGroupRequest {
            group_id: group.into(),
            member_id: member,
            ..LeaveGroupRequest::default()
        }
    }
}

fn bad_joins(pair: &mut Pair) {
    let base = || join(9, "bad", Str::default());
    let cases: Vec<(&str, JoinGroupRequest)> = vec![
        ("empty group id", JoinGroupRequest { group_id: Str::default(), ..base() }),
        ("session timeout too short", JoinGroupRequest { session_timeout_ms: 10, ..base() }),
        ("session timeout too long", JoinGroupRequest { session_timeout_ms: i32::MAX, ..base() }),
        ("unknown member", JoinGroupRequest { member_id: "stranger".into(), ..base() }),
        ("no protocols", JoinGroupRequest { protocols: vec![], ..base() }),
        ("no protocol type", JoinGroupRequest { protocol_type: Str::default(), ..base() }),
        ("bad instance id", JoinGroupRequest { group_instance_id: Some("a b".into()), ..base() }),
        ("empty instance id", JoinGroupRequest { group_instance_id: Some("".into()), ..base() }),
        (
            "instance id of a stranger",
            JoinGroupRequest {
                group_instance_id: Some("one".into()),
                member_id: "stranger".into(),
                ..base()
            },
        ),
    ];
    for (name, request) in cases {
        // Each in a group of its own: a member that was let in would hold the next one up.
        let group_id = if request.group_id.is_empty() { Str::default() } else { name.into() };
        let request = JoinGroupRequest { group_id, ..request };
        pair.ask_then(name, 9, |_| request.clone(), keep_member);
    }
    for version in versions(ApiKey::SyncGroup) {
        pair.ask("unknown group", version, |side| sync(side, version, "no-such-group"));
        pair.ask("empty group id", version, |side| sync(side, version, ""));
    }
    for version in versions(ApiKey::Heartbeat) {
        pair.ask("unknown group", version, |side| heartbeat(side, "no-such-group"));
        pair.ask("empty group id", version, |side| heartbeat(side, ""));
    }
    for version in versions(ApiKey::LeaveGroup) {
        pair.ask("unknown group", version, |side| {
            leave(side, version, "no-such-group", "x".into())
        });
    }
    pair.ask("no members", 5, |_| LeaveGroupRequest {
        group_id: "joined-9".into(),
        ..LeaveGroupRequest::default()
    });
}

/// A live member, and what it and strangers may do.
fn members(pair: &mut Pair) {
    let group = "live";
    pair.ask_then("id", 9, |_| join(9, group, Str::default()), keep_member);
    pair.ask_then("joined", 9, |side| join(9, group, side.text("member")), keep_member);
    pair.ask("before sync", 4, |side| heartbeat(side, group));
    pair.ask("completing", 6, |_| describe(6, &[group]));
    pair.ask("wrong protocol", 5, |side| SyncGroupRequest {
        protocol_name: Some("sticky".into()),
        ..sync(side, 5, group)
    });
    pair.ask("wrong type", 5, |side| SyncGroupRequest {
        protocol_type: Some("connect".into()),
        ..sync(side, 5, group)
    });
    pair.ask("wrong generation", 5, |side| SyncGroupRequest {
        generation_id: 44,
        ..sync(side, 5, group)
    });
    pair.ask("stranger", 5, |side| SyncGroupRequest {
        member_id: "stranger".into(),
        ..sync(side, 5, group)
    });
    pair.ask("good", 5, |side| sync(side, 5, group));
    pair.ask("again", 5, |side| sync(side, 5, group));
    pair.ask("stable", 4, |side| heartbeat(side, group));
    pair.ask("wrong generation", 4, |side| HeartbeatRequest {
        generation_id: 44,
        ..heartbeat(side, group)
    });
    pair.ask("stranger", 4, |side| HeartbeatRequest {
        member_id: "stranger".into(),
        ..heartbeat(side, group)
    });
    pair.ask("other protocol type", 9, |_| JoinGroupRequest {
        protocol_type: "connect".into(),
        ..join(9, group, Str::default())
    });
    pair.ask("no common protocol", 9, |_| JoinGroupRequest {
        protocols: vec![protocol("other")],
        ..join(9, group, Str::default())
    });
    pair.ask("live", 2, |_| DeleteGroupsRequest {
        groups_names: vec![group.into()],
        ..DeleteGroupsRequest::default()
    });
    pair.ask("subscribed", 0, |_| delete_offset(group, "records", 0));
    pair.ask_then("again as leader", 9, |side| join(9, group, side.text("member")), keep_member);
    pair.ask("of the next generation", 5, |side| sync(side, 5, group));
    pair.ask("leaves", 5, |side| leave(side, 5, group, side.text("member")));
}

fn static_members(pair: &mut Pair) {
    let group = "static";
    let instance = |version: i16, member: Str| JoinGroupRequest {
        group_instance_id: Some("one".into()),
        ..join(version, group, member)
    };
    pair.ask_then("static", 9, |_| instance(9, Str::default()), keep_member);
    pair.ask("static", 5, |side| SyncGroupRequest {
        group_instance_id: Some("one".into()),
        ..sync(side, 5, group)
    });
    pair.ask("static", 6, |_| describe(6, &[group]));
    pair.ask_then(
        "static comes back",
        9,
        |_| instance(9, Str::default()),
        |side, response| {
            if let Response::JoinGroup(found) = response {
                side.keep_text("old member", &side.text("member"));
                side.keep_text("member", &found.member_id);
                side.keep_number("generation", found.generation_id);
            }
        },
    );
    pair.ask("fenced", 4, |side| HeartbeatRequest {
        group_instance_id: Some("one".into()),
        member_id: side.text("old member"),
        ..heartbeat(side, group)
    });
    pair.ask("static", 4, |side| HeartbeatRequest {
        group_instance_id: Some("one".into()),
        ..heartbeat(side, group)
    });
    pair.ask("fenced", 9, |side| OffsetCommitRequest {
        group_instance_id: Some("one".into()),
        ..commit(side, 9, group, generation(side), side.text("old member"), 1)
    });
    let by_instance = |name: &str, member: Str| LeaveGroupRequest {
        group_id: group.into(),
        members: vec![MemberIdentity {
            member_id: member,
            group_instance_id: Some(name.into()),
            ..MemberIdentity::default()
        }],
        ..LeaveGroupRequest::default()
    };
    pair.ask("unknown instance", 5, |_| by_instance("two", Str::default()));
    pair.ask("fenced instance", 5, |side| by_instance("one", side.text("old member")));
    pair.ask("by instance", 5, |_| by_instance("one", Str::default()));
}

fn delete_offset(group: &str, topic: &str, partition: i32) -> OffsetDeleteRequest {
    OffsetDeleteRequest {
        group_id: group.into(),
        topics: vec![OffsetDeleteRequestTopic {
            name: topic.into(),
            partitions: vec![OffsetDeleteRequestPartition {
                partition_index: partition,
                ..OffsetDeleteRequestPartition::default()
            }],
            ..OffsetDeleteRequestTopic::default()
        }],
        ..OffsetDeleteRequest::default()
    }
}

fn offsets(pair: &mut Pair) {
    for version in versions(ApiKey::OffsetCommit) {
        let offset = i64::from(version);
        pair.ask("simple group", version, |side| {
            commit(side, version, "simple", -1, Str::default(), offset)
        });
        pair.ask("unknown partition", version, |side| {
            let mut request = commit(side, version, "simple", -1, Str::default(), 1);
            request.topics[0].partitions[0].partition_index = 9;
            request
        });
        pair.ask("large metadata", version, |side| {
            let mut request = commit(side, version, "simple", -1, Str::default(), 1);
            request.topics[0].partitions[0].committed_metadata = Some("m".repeat(5000).into());
            request
        });
        pair.ask("null metadata", version, |side| {
            let mut request = commit(side, version, "simple-null", -1, Str::default(), 1);
            request.topics[0].partitions[0].committed_metadata = None;
            request
        });
        pair.ask("negative offset", version, |side| {
            commit(side, version, "simple-negative", -1, Str::default(), -1)
        });
        pair.ask("empty group id", version, |side| {
            commit(side, version, "", -1, Str::default(), 1)
        });
        pair.ask("generation of an unknown group", version, |side| {
            commit(side, version, "unknown", 3, "m".into(), 1)
        });
        if version < 10 {
            pair.ask("unknown topic", version, |side| {
                let mut request = commit(side, version, "simple", -1, Str::default(), 1);
                request.topics[0].name = "missing".into();
                request
            });
        }
    }
    for version in versions(ApiKey::OffsetFetch) {
        pair.ask("good", version, |side| committed(side, version, "simple", Some(&[0, 1, 9])));
        pair.ask("unknown group", version, |side| committed(side, version, "unknown", Some(&[0])));
        pair.ask("no partitions", version, |side| committed(side, version, "simple", Some(&[])));
        if version >= 2 {
            pair.ask("everything", version, |side| committed(side, version, "simple", None));
            pair.ask("everything of an unknown group", version, |side| {
                committed(side, version, "unknown", None)
            });
        }
        if version >= 7 {
            pair.ask("stable", version, |side| OffsetFetchRequest {
                require_stable: true,
                ..committed(side, version, "simple", Some(&[0]))
            });
        }
    }
    pair.ask("two groups", 9, |side| {
        let mut request = committed(side, 9, "simple", None);
        request.groups.extend(committed(side, 9, "unknown", Some(&[0])).groups);
        request
    });
    pair.ask("with a member of a classic group", 9, |side| {
        let mut request = committed(side, 9, "simple", Some(&[0]));
        request.groups[0].member_id = Some("stranger".into());
        request.groups[0].member_epoch = 3;
        request
    });
    pair.ask("good", 0, |_| delete_offset("simple", "records", 0));
    pair.ask("again", 0, |_| delete_offset("simple", "records", 0));
    pair.ask("unknown partition", 0, |_| delete_offset("simple", "records", 9));
    pair.ask("unknown topic", 0, |_| delete_offset("simple", "missing", 0));
    pair.ask("unknown group", 0, |_| delete_offset("unknown", "records", 0));
    pair.ask("empty group id", 0, |_| delete_offset("", "records", 0));
}

fn listing(pair: &mut Pair) {
    for version in versions(ApiKey::ListGroups) {
        pair.ask("all", version, |_| ListGroupsRequest::default());
        if version >= 4 {
            for state in ["Stable", "Empty", "empty", "Dead", "Nonsense", "Assigning"] {
                pair.ask(&format!("state {state}"), version, |_| ListGroupsRequest {
                    states_filter: vec![state.into()],
                    ..ListGroupsRequest::default()
                });
            }
        }
        if version >= 5 {
            for kind in ["classic", "Classic", "consumer", "share", "nonsense"] {
                pair.ask(&format!("type {kind}"), version, |_| ListGroupsRequest {
                    types_filter: vec![kind.into()],
                    ..ListGroupsRequest::default()
                });
            }
        }
    }
    for version in versions(ApiKey::DescribeGroups) {
        pair.ask("several", version, |_| describe(version, &["simple", "joined-3", "unknown"]));
        pair.ask("empty id", version, |_| describe(version, &[""]));
        pair.ask("none", version, |_| describe(version, &[]));
    }
    for version in versions(ApiKey::DeleteGroups) {
        let name = format!("joined-{version}");
        let request = |names: &[&str]| DeleteGroupsRequest {
            groups_names: names.iter().map(|name| Str::from(*name)).collect(),
            ..DeleteGroupsRequest::default()
        };
        pair.ask("good and bad", version, |_| request(&[&name, "unknown"]));
        pair.ask("again", version, |_| request(&[&name]));
        pair.ask("empty id", version, |_| request(&[""]));
        pair.ask("twice", version, |_| request(&["simple-null", "simple-null"]));
    }
}
