//! I14: the live state, the replayed log, and the replayed compacted log are the same.
//!
//! Random histories of three groups: joins, syncs, leaves, static members that come back, commits,
//! transactions, deletions, expiry, failing appends, late commits. A violation prints the history.

use super::compaction::{Horizon, compact};
use super::world::{Entry, World, subscription};
use crate::offsets::CommittedOffset;
use crate::record;
use crate::{CoordinatorConfig, Reply};
use bytes::Bytes;
use keld_types::{
    ErrorCode, GroupId, LeaderEpoch, Offset, PartitionIndex, ProducerId, TopicId, TopicName,
};
use keld_wire::Str;
use keld_wire::messages::join_group_request::JoinGroupRequestProtocol;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use keld_wire::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use keld_wire::messages::sync_group_request::SyncGroupRequestAssignment;
use keld_wire::messages::{
    HeartbeatRequest, JoinGroupRequest, OffsetCommitRequest, OffsetDeleteRequest, SyncGroupRequest,
};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::collections::BTreeSet;
use std::time::Duration;

const GROUPS: [&str; 3] = ["a", "b", "c"];
const TOPICS: [&str; 2] = ["t", "u"];
const INSTANCES: [&str; 2] = ["i", "j"];

/// What happens next. Numbers choose among what there is then, so that every history makes sense.
#[derive(Clone, Debug)]
enum Event {
    Join { group: usize, member: usize, version: i16, instance: Option<usize>, offers: u8 },
    Sync { group: usize, member: usize },
    Leave { group: usize, member: usize },
    Heartbeat { group: usize, member: usize },
    Commit { group: usize, place: usize, member: Option<usize>, retention_ms: i64 },
    DeleteOffset { group: usize, place: usize },
    DeleteGroup { group: usize },
    DeleteTopic { topic: usize },
    Stage { producer: i64, group: usize, place: usize },
    End { producer: i64, committed: bool },
    Advance { ms: u64 },
    FailNext,
    HoldCommits,
    ReleaseCommits,
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let group = 0..GROUPS.len();
    let place = 0..TOPICS.len() * 2;
    let member = 0..6_usize;
    prop_oneof![
        8 => (group.clone(), member.clone(), 3..10_i16, proptest::option::of(0..2_usize), 1..4_u8)
            .prop_map(|(group, member, version, instance, offers)| {
                Event::Join { group, member, version, instance, offers }
            }),
        8 => (group.clone(), member.clone())
            .prop_map(|(group, member)| Event::Sync { group, member }),
        2 => (group.clone(), member.clone())
            .prop_map(|(group, member)| Event::Leave { group, member }),
        2 => (group.clone(), member.clone())
            .prop_map(|(group, member)| Event::Heartbeat { group, member }),
        6 => (group.clone(), place.clone(), proptest::option::of(member), prop_oneof![
            4 => Just(-1_i64), 1 => 0..100_000_i64
        ])
            .prop_map(|(group, place, member, retention_ms)| {
                Event::Commit { group, place, member, retention_ms }
            }),
        1 => (group.clone(), place.clone())
            .prop_map(|(group, place)| Event::DeleteOffset { group, place }),
        1 => group.clone().prop_map(|group| Event::DeleteGroup { group }),
        1 => (0..TOPICS.len()).prop_map(|topic| Event::DeleteTopic { topic }),
        3 => (1..4_i64, group, place)
            .prop_map(|(producer, group, place)| Event::Stage { producer, group, place }),
        2 => (1..4_i64, any::<bool>())
            .prop_map(|(producer, committed)| Event::End { producer, committed }),
        4 => prop_oneof![0..5_000_u64, 0..700_000_u64].prop_map(|ms| Event::Advance { ms }),
        1 => Just(Event::FailNext),
        1 => Just(Event::HoldCommits),
        2 => Just(Event::ReleaseCommits),
        1 => Just(Event::Restart),
    ]
}

/// A history as it unfolds: the world, and what the clients have learnt.
struct History {
    world: World,
    /// Member ids each group gave out, with the last generation each heard of.
    members: [Vec<(String, i32)>; 3],
}

impl History {
    fn new() -> Self {
        let config = CoordinatorConfig {
            initial_rebalance_delay_ms: 1_000,
            group_size_max: 4,
            offsets_retention_ms: 300_000,
            ..CoordinatorConfig::default()
        };
        Self { world: World::new(config), members: [Vec::new(), Vec::new(), Vec::new()] }
    }

    fn member(&self, group: usize, member: usize) -> (Str, i32) {
        let known = &self.members[group];
        match known.get(member.checked_rem(known.len().max(1)).unwrap_or(0)) {
            Some((id, generation)) if member < 5 => (Str::from(id.as_str()), *generation),
            _ => (Str::from(""), -1),
        }
    }

    fn learn(&mut self, group: usize) {
        for (_, reply) in std::mem::take(&mut self.world.replies) {
            let Reply::JoinGroup(join) = reply else { continue };
            let id = join.member_id.to_string();
            if id.is_empty() {
                continue;
            }
            let owner = self.members.iter().position(|known| known.iter().any(|(it, _)| *it == id));
            let known = &mut self.members[owner.unwrap_or(group)];
            known.retain(|(it, _)| *it != id);
            known.push((id, join.generation_id));
        }
    }

    fn happen(&mut self, event: &Event) {
        self.happen_quietly(event);
        self.learn(group_of(event));
    }

    /// Leaves the replies where they are.
    fn happen_quietly(&mut self, event: &Event) {
        let now = self.world.now;
        match event.clone() {
            Event::Join { group, member, version, instance, offers } => {
                let offered = ["range", "rr"].iter().enumerate();
                let protocols =
                    offered.filter(|(bit, _)| offers >> bit & 1 == 1).map(|(_, name)| {
                        JoinGroupRequestProtocol {
                            name: Str::from(*name),
                            metadata: subscription(&TOPICS[..member % 2 + 1]),
                            ..JoinGroupRequestProtocol::default()
                        }
                    });
                let request = JoinGroupRequest {
                    group_id: Str::from(GROUPS[group]),
                    session_timeout_ms: 30_000,
                    rebalance_timeout_ms: 20_000,
                    member_id: self.member(group, member).0,
                    group_instance_id: instance.map(|index| Str::from(INSTANCES[index])),
                    protocol_type: Str::from("consumer"),
                    protocols: protocols.collect(),
                    ..JoinGroupRequest::default()
                };
                let context = self.world.context(version, "client");
                let token = self.world.token();
                let step = self.world.shard.join_group(&request, &context, token, now);
                self.world.drive(step);
            }
            Event::Sync { group, member } => {
                let (member_id, generation_id) = self.member(group, member);
                let assignments = self.members[group].iter().enumerate();
                let assignments = assignments.map(|(index, (id, _))| SyncGroupRequestAssignment {
                    member_id: Str::from(id.as_str()),
                    assignment: Bytes::from(vec![u8::try_from(index % 256).unwrap_or(0); 3]),
                    ..SyncGroupRequestAssignment::default()
                });
                let request = SyncGroupRequest {
                    assignments: assignments.collect(),
                    group_id: Str::from(GROUPS[group]),
                    generation_id,
                    member_id,
                    ..SyncGroupRequest::default()
                };
                let token = self.world.token();
                let step = self.world.shard.sync_group(&request, token, now);
                self.world.drive(step);
            }
            Event::Leave { group, member } => {
                let member_id = self.member(group, member).0;
                let leaving = [MemberIdentity { member_id, ..MemberIdentity::default() }];
                let token = self.world.token();
                let step = self.world.shard.leave_group(GROUPS[group], &leaving, token, now);
                self.world.drive(step);
            }
            Event::Heartbeat { group, member } => {
                let (member_id, generation_id) = self.member(group, member);
                let request = HeartbeatRequest {
                    group_id: Str::from(GROUPS[group]),
                    generation_id,
                    member_id,
                    ..HeartbeatRequest::default()
                };
                let _any_answer = self.world.shard.heartbeat(&request, now);
            }
            Event::Commit { group, place, member, retention_ms } => {
                let none = (Str::from(""), -1);
                let (member_id, generation) = member.map_or(none, |it| self.member(group, it));
                let (topic, partition) = placed(place);
                let request = OffsetCommitRequest {
                    topics: vec![OffsetCommitRequestTopic {
                        name: Str::from(topic.as_str()),
                        partitions: vec![OffsetCommitRequestPartition {
                            partition_index: partition.get(),
                            committed_offset: self.world.next_offset,
                            committed_leader_epoch: 3,
                            ..OffsetCommitRequestPartition::default()
                        }],
                        ..OffsetCommitRequestTopic::default()
                    }],
                    group_id: Str::from(GROUPS[group]),
                    generation_id_or_member_epoch: generation,
                    member_id,
                    retention_time_ms: retention_ms,
                    ..OffsetCommitRequest::default()
                };
                let context = self.world.context(9, "client");
                let token = self.world.token();
                let step = self.world.shard.commit_offsets(&request, &context, token, now);
                self.world.drive(step);
            }
            Event::DeleteOffset { group, place } => {
                let (topic, partition) = placed(place);
                let request = OffsetDeleteRequest {
                    topics: vec![OffsetDeleteRequestTopic {
                        name: Str::from(topic.as_str()),
                        partitions: vec![OffsetDeleteRequestPartition {
                            partition_index: partition.get(),
                            ..OffsetDeleteRequestPartition::default()
                        }],
                        ..OffsetDeleteRequestTopic::default()
                    }],
                    group_id: Str::from(GROUPS[group]),
                    ..OffsetDeleteRequest::default()
                };
                let token = self.world.token();
                let step = self.world.shard.delete_offsets(&request, token, now);
                self.world.drive(step);
            }
            Event::DeleteGroup { group } => {
                let token = self.world.token();
                let groups = [Str::from(GROUPS[group])];
                let step = self.world.shard.delete_groups(&groups, token, now);
                self.world.drive(step);
            }
            Event::DeleteTopic { topic } => {
                let deleted = [(TopicName::new(TOPICS[topic]), TopicId::ZERO)];
                let step = self.world.shard.topics_deleted(deleted, now);
                self.world.drive(step);
            }
            Event::Stage { producer, group, place } => {
                let (topic, partition) = placed(place);
                let committed = CommittedOffset {
                    record_offset: Offset::NONE,
                    offset: Offset::new(self.world.next_offset),
                    leader_epoch: LeaderEpoch::NONE,
                    metadata: "staged".into(),
                    commit_timestamp_ms: now.wall_ms,
                    expire_timestamp_ms: None,
                    topic_id: TopicId::ZERO,
                };
                let group = GroupId::new(GROUPS[group]);
                let record = record::offset_commit(&group, &topic, partition, &committed);
                self.world.foreign(record, Some(ProducerId::new(producer)));
            }
            Event::End { producer, committed } => {
                self.world.end_transaction(ProducerId::new(producer), committed);
            }
            Event::Advance { ms } => self.world.advance(Duration::from_millis(ms)),
            Event::FailNext => self.world.failure = Some(ErrorCode::NOT_ENOUGH_REPLICAS),
            Event::HoldCommits => self.world.holds_commits = true,
            Event::ReleaseCommits => self.world.release(),
            Event::Restart => {
                let log = self.world.log.clone();
                self.world.reload(&log);
            }
        }
    }

    fn happen_and_count(&mut self, event: &Event, answered: &mut BTreeSet<u64>) {
        self.happen_quietly(event);
        self.count(answered);
        self.learn(group_of(event));
    }

    fn count(&self, answered: &mut BTreeSet<u64>) {
        for (token, _) in &self.world.replies {
            assert!(answered.insert(token.get()), "token {} answered twice", token.get());
        }
    }
}

fn group_of(event: &Event) -> usize {
    if let Event::Join { group, .. } = event { *group } else { 0 }
}

fn placed(place: usize) -> (TopicName, PartitionIndex) {
    let partition = i32::try_from(place % 2).unwrap_or(0);
    (TopicName::new(TOPICS[place / 2 % TOPICS.len()]), PartitionIndex::new(partition))
}

/// Compares the live state with what the log gives.
fn check(world: &World, prefix: usize, horizon: Horizon) {
    let unsettled = world.shard.unsettled();
    let live = world.shard.digest(&unsettled);
    let replayed = world.load(&world.log).digest(&unsettled);
    assert_eq!(live, replayed, "replay differs");
    let cleaned: Vec<Entry> = compact(&world.log, prefix, horizon);
    let compacted = world.load(&cleaned).digest(&unsettled);
    assert_eq!(live, compacted, "replay of the compacted log differs");
    // Cleaning what has been cleaned changes nothing either.
    let twice = compact(&cleaned, cleaned.len(), horizon);
    assert_eq!(live, world.load(&twice).digest(&unsettled), "second compaction differs");
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(600))]

    #[test]
    fn live_state_is_the_replayed_log_however_compacted(
        events in proptest::collection::vec(event(), 1..120),
        cut in 0..100_usize,
        tombstones in any::<bool>(),
        markers in any::<bool>(),
    ) {
        let mut history = History::new();
        for event in &events {
            history.happen(event);
        }
        history.world.failure = None;
        history.world.release();
        let prefix = history.world.log.len() * cut / 100;
        check(&history.world, prefix, Horizon { tombstones, markers });
        // Once nobody says anything any more, every group comes to rest.
        history.world.advance(Duration::from_secs(900));
        let at_rest = history.world.shard.unsettled();
        assert!(at_rest.is_empty(), "groups still in a rebalance: {at_rest:?}");
        check(&history.world, history.world.log.len(), Horizon { tombstones, markers });
    }

    #[test]
    fn every_request_is_answered_once(
        events in proptest::collection::vec(event(), 1..120),
    ) {
        let mut history = History::new();
        let mut answered = BTreeSet::new();
        for event in &events {
            // `learn` takes the replies, so they are counted before it does.
            history.happen_and_count(event, &mut answered);
        }
        history.world.failure = None;
        history.world.release();
        history.world.advance(Duration::from_secs(900));
        history.count(&mut answered);
        let asked = history.world.token().get() - 1;
        assert_eq!(answered.len() as u64, asked, "requests that were never answered");
    }
}
