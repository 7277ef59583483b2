//! The scenarios of `scenarios/*.txt`, as [`keld_scenario`] reads them.
//!
//! Member ids drawn by the coordinator are shown as `m1`, `m2`... in the order of their making, and
//! can be given so.

use super::compaction::{Horizon, compact};
use super::world::{World, subscription};
use crate::offsets::CommittedOffset;
use crate::record::{self, CoordinatorRecord, kind};
use crate::{CoordinatorConfig, Reply, ReplyToken};
use bytes::Bytes;
use keld_scenario::{Given, Script, check};
use keld_types::{
    ErrorCode, GroupId, LeaderEpoch, Offset, PartitionIndex, ProducerId, TopicId, TopicName, Uuid,
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
use keld_wire::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use keld_wire::messages::sync_group_request::SyncGroupRequestAssignment;
use keld_wire::messages::{
    HeartbeatRequest, JoinGroupRequest, OffsetCommitRequest, OffsetDeleteRequest, SyncGroupRequest,
};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

#[test]
fn scenarios_come_out_as_written() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), 10, Runner::new);
}

struct Runner {
    world: World,
    out: String,
    /// Drawn ids, in order.
    aliases: Vec<String>,
    logged: usize,
}

/// The group that a command begins with; `''` stands for the empty name.
fn group<'a>(command: &Given<'a>) -> &'a str {
    match command.words.first().copied() {
        Some("''") | None => "",
        Some(group) => group,
    }
}

impl Script for Runner {
    /// Partitions with their offsets, as in `t-0=5`, are words.
    fn is_option(name: &str) -> bool {
        !name.contains('-')
    }

    fn command(&mut self, command: &Given<'_>) -> String {
        self.carry_out(command);
        std::mem::take(&mut self.out)
    }
}

impl Runner {
    fn new() -> Self {
        Self {
            world: World::new(CoordinatorConfig::default()),
            out: String::new(),
            aliases: Vec::new(),
            logged: 0,
        }
    }

    fn carry_out(&mut self, command: &Given<'_>) {
        match command.verb {
            "config" => self.configure(command),
            "join" => self.join(command),
            "sync" => self.sync(command),
            "heartbeat" => self.heartbeat(command),
            "leave" => self.leave(command),
            "commit" => self.commit(command),
            "fetch" => self.fetch(command),
            "delete-offsets" => self.delete_offsets(command),
            "delete-groups" => self.delete_groups(command),
            "list" => self.list(command),
            "describe" => self.describe(command),
            "advance" => self.advance(command.words[0]),
            "topic-deleted" => self.topic_deleted(command),
            "transaction" => self.transaction(command),
            "commit-transaction" | "abort-transaction" => {
                let producer = ProducerId::new(command.words[0].parse().expect("a producer id"));
                self.world.end_transaction(producer, command.verb == "commit-transaction");
            }
            "fail" => {
                let named = |code: &ErrorCode| code.name() == Some(command.words[0]);
                self.world.failure = Some(ErrorCode::all().find(named).expect("an error's name"));
            }
            "hold-commits" => self.world.holds_commits = true,
            "release-commits" => self.world.release(),
            "log" => self.log(),
            "reload" => {
                let log = self.world.log.clone();
                self.world.reload(&log);
            }
            "reload-compacted" => {
                let horizon = Horizon { tombstones: true, markers: true };
                let log = compact(&self.world.log, self.world.log.len(), horizon);
                self.world.reload(&log);
            }
            "modern" => self.modern(command),
            "raw" => {
                let key = Bytes::from(hex(command.words[0]));
                let value = command.words.get(1).map(|value| Bytes::from(hex(value)));
                self.world.foreign(CoordinatorRecord { key, value }, None);
            }
            "skipped" => {
                let count = self.world.shard.skipped_records();
                self.say(&format!("{count} records left alone"));
            }
            other => panic!("no such command: {other}"),
        }
        self.print_replies();
    }

    fn say(&mut self, line: &str) {
        let mut line = line.to_owned();
        for (index, id) in self.aliases.iter().enumerate() {
            line = line.replace(id, &format!("m{}", index + 1));
        }
        writeln!(self.out, "{line}").expect("a string grows");
    }

    /// `m2` is the second id that was drawn; anything else is itself.
    fn member(&self, name: Option<&str>) -> Str {
        let name = name.unwrap_or_default();
        let index = name.strip_prefix('m').and_then(|number| number.parse::<usize>().ok());
        let id = index.and_then(|index| self.aliases.get(index - 1));
        Str::from(id.map_or(name, String::as_str))
    }

    fn learn(&mut self, id: &str) {
        if id.len() > 36 && !self.aliases.iter().any(|known| known == id) {
            self.aliases.push(id.to_owned());
        }
    }

    fn configure(&mut self, command: &Given<'_>) {
        let mut config = CoordinatorConfig::default();
        config.group_size_max = command.number("max_size").unwrap_or(config.group_size_max);
        config.initial_rebalance_delay_ms =
            command.number("delay").unwrap_or(config.initial_rebalance_delay_ms);
        config.offsets_retention_ms =
            command.number("retention").unwrap_or(config.offsets_retention_ms);
        config.offset_metadata_length_max =
            command.number("metadata_max").unwrap_or(config.offset_metadata_length_max);
        self.world.config = config;
        let log = self.world.log.clone();
        self.world.reload(&log);
    }

    fn join(&mut self, command: &Given<'_>) {
        let protocols = match command.option("protocols") {
            Some("none") => Vec::new(),
            Some(list) => list.split(',').map(protocol).collect(),
            None => vec![protocol("range:t")],
        };
        let request = JoinGroupRequest {
            group_id: Str::from(group(command)),
            session_timeout_ms: command.number("session").unwrap_or(10_000),
            rebalance_timeout_ms: command.number("rebalance").unwrap_or(60_000),
            member_id: self.member(command.option("member")),
            group_instance_id: command.option("instance").map(Str::from),
            protocol_type: Str::from(command.option("type").unwrap_or("consumer")),
            protocols,
            ..JoinGroupRequest::default()
        };
        let client = command.option("client").unwrap_or("c");
        let context = self.world.context(command.number("v").unwrap_or(9), client);
        if request.member_id.is_empty() {
            self.learn(&context.member_id(request.group_instance_id.as_deref()));
        }
        let token = self.world.token();
        let step = self.world.shard.join_group(&request, &context, token, self.world.now);
        self.world.drive(step);
        if !self.world.replies.iter().any(|(answered, _)| *answered == token) {
            self.say(&format!("#{} join parked", token.get()));
        }
    }

    fn sync(&mut self, command: &Given<'_>) {
        let assign = command.option("assign").unwrap_or_default();
        let assignments = assign.split(',').filter_map(|pair| {
            let (member, assignment) = pair.split_once(':')?;
            Some(SyncGroupRequestAssignment {
                member_id: self.member(Some(member)),
                assignment: Bytes::copy_from_slice(assignment.as_bytes()),
                ..SyncGroupRequestAssignment::default()
            })
        });
        let request = SyncGroupRequest {
            assignments: assignments.collect(),
            group_id: Str::from(group(command)),
            generation_id: command.number("gen").unwrap_or(1),
            member_id: self.member(command.option("member")),
            group_instance_id: command.option("instance").map(Str::from),
            protocol_type: command.option("type").map(Str::from),
            protocol_name: command.option("protocol").map(Str::from),
            ..SyncGroupRequest::default()
        };
        let token = self.world.token();
        let step = self.world.shard.sync_group(&request, token, self.world.now);
        self.world.drive(step);
        if !self.world.replies.iter().any(|(answered, _)| *answered == token) {
            self.say(&format!("#{} sync parked", token.get()));
        }
    }

    fn heartbeat(&mut self, command: &Given<'_>) {
        let request = HeartbeatRequest {
            group_id: Str::from(group(command)),
            generation_id: command.number("gen").unwrap_or(1),
            member_id: self.member(command.option("member")),
            group_instance_id: command.option("instance").map(Str::from),
            ..HeartbeatRequest::default()
        };
        let error = self.world.shard.heartbeat(&request, self.world.now);
        self.say(&format!("heartbeat {error}"));
    }

    fn leave(&mut self, command: &Given<'_>) {
        let members: Vec<_> = command.words[1..]
            .iter()
            .map(|word| {
                let (member, instance) = word.split_once(':').unwrap_or((word, ""));
                MemberIdentity {
                    member_id: self.member(Some(member)),
                    group_instance_id: Some(instance).filter(|it| !it.is_empty()).map(Str::from),
                    ..MemberIdentity::default()
                }
            })
            .collect();
        let token = self.world.token();
        let step = self.world.shard.leave_group(group(command), &members, token, self.world.now);
        self.world.drive(step);
    }

    /// `topic-partition=offset`, or with metadata `topic-partition=offset:metadata`.
    fn commit(&mut self, command: &Given<'_>) {
        let topics = command.words[1..].iter().map(|word| {
            let (place, value) = word.split_once('=').expect("topic-partition=offset");
            let (topic, partition) = place.rsplit_once('-').expect("topic-partition");
            let (offset, metadata) = match value.split_once(':') {
                Some((offset, metadata)) => (offset, Some(Str::from(metadata))),
                None => (value, None),
            };
            OffsetCommitRequestTopic {
                name: Str::from(topic),
                topic_id: topic_id(command.option("id")),
                partitions: vec![OffsetCommitRequestPartition {
                    partition_index: partition.parse().expect("a partition"),
                    committed_offset: offset.parse().expect("an offset"),
                    committed_leader_epoch: command.number("epoch").unwrap_or(-1),
                    committed_metadata: metadata,
                    ..OffsetCommitRequestPartition::default()
                }],
                ..OffsetCommitRequestTopic::default()
            }
        });
        let request = OffsetCommitRequest {
            topics: topics.collect(),
            group_id: Str::from(group(command)),
            generation_id_or_member_epoch: command.number("gen").unwrap_or(-1),
            member_id: self.member(command.option("member")),
            group_instance_id: command.option("instance").map(Str::from),
            retention_time_ms: command.number("retention").unwrap_or(-1),
            ..OffsetCommitRequest::default()
        };
        let context = self.world.context(command.number("v").unwrap_or(9), "c");
        let token = self.world.token();
        let step = self.world.shard.commit_offsets(&request, &context, token, self.world.now);
        self.world.drive(step);
    }

    fn fetch(&mut self, command: &Given<'_>) {
        let places: Vec<_> = command.words[1..].iter().filter(|word| **word != "stable").collect();
        let topics = places.iter().map(|place| {
            let (topic, partition) = place.rsplit_once('-').expect("topic-partition");
            OffsetFetchRequestTopics {
                name: Str::from(topic),
                topic_id: topic_id(command.option("id")),
                partition_indexes: vec![partition.parse().expect("a partition")],
                ..OffsetFetchRequestTopics::default()
            }
        });
        let request = OffsetFetchRequestGroup {
            group_id: Str::from(group(command)),
            member_id: command.option("member").map(|member| self.member(Some(member))),
            member_epoch: command.number("epoch").unwrap_or(-1),
            topics: if places.is_empty() { None } else { Some(topics.collect()) },
            ..OffsetFetchRequestGroup::default()
        };
        let stable = command.words.contains(&"stable");
        let token = self.world.token();
        let step = self.world.shard.fetch_offsets(&request, stable, token, self.world.now);
        self.world.drive(step);
    }

    fn delete_offsets(&mut self, command: &Given<'_>) {
        let topics = command.words[1..].iter().map(|place| {
            let (topic, partition) = place.rsplit_once('-').expect("topic-partition");
            OffsetDeleteRequestTopic {
                name: Str::from(topic),
                partitions: vec![OffsetDeleteRequestPartition {
                    partition_index: partition.parse().expect("a partition"),
                    ..OffsetDeleteRequestPartition::default()
                }],
                ..OffsetDeleteRequestTopic::default()
            }
        });
        let request = OffsetDeleteRequest {
            topics: topics.collect(),
            group_id: Str::from(group(command)),
            ..OffsetDeleteRequest::default()
        };
        let token = self.world.token();
        let step = self.world.shard.delete_offsets(&request, token, self.world.now);
        self.world.drive(step);
    }

    fn delete_groups(&mut self, command: &Given<'_>) {
        let groups: Vec<Str> = command.words.iter().map(|group| Str::from(*group)).collect();
        let token = self.world.token();
        let step = self.world.shard.delete_groups(&groups, token, self.world.now);
        self.world.drive(step);
    }

    fn list(&mut self, command: &Given<'_>) {
        let filter = |name| {
            let list: Vec<Str> = command
                .option(name)
                .map(|list| list.split(',').map(Str::from).collect())
                .unwrap_or_default();
            list
        };
        let groups = self.world.shard.list_groups(&filter("states"), &filter("types"));
        if groups.is_empty() {
            self.say("no groups");
        }
        for group in groups {
            let protocol = group.protocol_type;
            self.say(&format!(
                "{} {} {} protocol='{protocol}'",
                group.group_id, group.group_type, group.group_state
            ));
        }
    }

    fn describe(&mut self, command: &Given<'_>) {
        let group =
            self.world.shard.describe_group(group(command), command.number("v").unwrap_or(6));
        let message = group.error_message.map(|message| format!(" ({message})"));
        self.say(&format!(
            "{} {}{} {} protocol='{}' data='{}'",
            group.group_id,
            group.error_code,
            message.unwrap_or_default(),
            group.group_state,
            group.protocol_type,
            group.protocol_data
        ));
        for member in group.members {
            let instance = member.group_instance_id.map(|id| format!(" instance={id}"));
            self.say(&format!(
                "  {}{} {} {} metadata={} assignment={}",
                member.member_id,
                instance.unwrap_or_default(),
                member.client_id,
                member.client_host,
                printed(&member.member_metadata),
                printed(&member.member_assignment),
            ));
        }
    }

    fn advance(&mut self, by: &str) {
        let (number, unit) =
            by.split_at(by.find(|c: char| !c.is_ascii_digit()).unwrap_or(by.len()));
        let number: u64 = number.parse().expect("a duration");
        let ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            other => panic!("no such unit: {other}"),
        };
        self.world.advance(Duration::from_millis(number * ms));
    }

    fn topic_deleted(&mut self, command: &Given<'_>) {
        let topic = TopicName::new(command.words[0]);
        let id = TopicId::new(topic_id(command.option("id")));
        let step = self.world.shard.topics_deleted([(topic, id)], self.world.now);
        self.world.drive(step);
        self.advance("0ms");
    }

    /// `transaction PRODUCER GROUP topic-partition=offset`: as Kafka's log has it.
    fn transaction(&mut self, command: &Given<'_>) {
        let producer = ProducerId::new(command.words[0].parse().expect("a producer id"));
        let (place, offset) = command.words[2].split_once('=').expect("topic-partition=offset");
        let (topic, partition) = place.rsplit_once('-').expect("topic-partition");
        let committed = CommittedOffset {
            record_offset: Offset::NONE,
            offset: Offset::new(offset.parse().expect("an offset")),
            leader_epoch: LeaderEpoch::NONE,
            metadata: "".into(),
            commit_timestamp_ms: self.world.now.wall_ms,
            expire_timestamp_ms: None,
            topic_id: TopicId::ZERO,
        };
        let partition = PartitionIndex::new(partition.parse().expect("a partition"));
        let group = GroupId::new(command.words[1]);
        let record = record::offset_commit(&group, &TopicName::new(topic), partition, &committed);
        self.world.foreign(record, Some(producer));
    }

    /// `modern PROTOCOL GROUP epoch=E assigned=E members=name:epoch,...`: as Kafka's log has it.
    fn modern(&mut self, command: &Given<'_>) {
        let (metadata, target, member, current) = match command.words[0] {
            "consumer" => (3, 6, 5, 8),
            "share" => (11, 12, 10, 14),
            "streams" => (17, 20, 19, 22),
            other => panic!("no such protocol: {other}"),
        };
        let group = command.words[1];
        let key = |record_type: i16, member: Option<&str>| {
            let mut key = record_type.to_be_bytes().to_vec();
            for text in std::iter::once(group).chain(member) {
                key.extend(i16::try_from(text.len()).expect("a short name").to_be_bytes());
                key.extend(text.as_bytes());
            }
            Bytes::from(key)
        };
        let epoch: i32 = command.number("epoch").unwrap_or(1);
        let assigned: i32 = command.number("assigned").unwrap_or(epoch);
        let mut records = vec![
            (key(metadata, None), epoch_value(epoch, metadata)),
            (key(target, None), epoch_value(assigned, target)),
        ];
        for pair in command.option("members").unwrap_or_default().split(',') {
            let Some((name, epoch)) = pair.split_once(':') else { continue };
            let epoch: i32 = epoch.parse().expect("an epoch");
            let value = if member == kind::CONSUMER_MEMBER {
                consumer_member_value(command.option("reads").unwrap_or("t"))
            } else {
                Bytes::from_static(&[0, 0, 0])
            };
            records.push((key(member, Some(name)), value));
            let stable = if current == kind::STREAMS_CURRENT_MEMBER { 1 } else { 0 };
            let mut value = vec![0, 0];
            value.extend(epoch.to_be_bytes());
            value.extend(epoch.to_be_bytes());
            value.push(stable);
            value.extend([1, 1, 0]);
            records.push((key(current, Some(name)), Bytes::from(value)));
        }
        for (key, value) in records {
            let record = CoordinatorRecord { key, value: Some(value) };
            self.world.foreign(record, None);
        }
    }

    /// The records that came since the last time.
    fn log(&mut self) {
        use super::world::Entry;
        let entries = self.world.log[self.logged..].to_vec();
        for entry in entries {
            let Entry::Record { record, offset, .. } = entry else { continue };
            let key_type = i16::from_be_bytes([record.key[0], record.key[1]]);
            let group = record::first_string(&mut record.key.slice(2..)).expect("a group's name");
            let text = match record::parse(&record, offset) {
                record::Parsed::Offset { topic, partition, value: Some(value), .. } => {
                    let expiry = value.expire_timestamp_ms.map(|at| format!(" expires={at}"));
                    let epoch = value.leader_epoch;
                    format!(
                        "offset {group} {topic}-{partition}={} epoch={epoch}{}",
                        value.offset,
                        expiry.unwrap_or_default()
                    )
                }
                record::Parsed::Offset { topic, partition, value: None, .. } => {
                    format!("offset {group} {topic}-{partition} removed")
                }
                record::Parsed::Group { value: Some(value), .. } => {
                    let members: Vec<_> = value
                        .members
                        .iter()
                        .map(|member| {
                            format!("{}={}", member.member_id, printed(&member.assignment))
                        })
                        .collect();
                    format!(
                        "group {group} gen={} type='{}' protocol={} leader={} [{}]",
                        value.generation,
                        value.protocol_type,
                        value.protocol.as_deref().unwrap_or("-"),
                        value.leader.as_deref().unwrap_or("-"),
                        members.join(" ")
                    )
                }
                record::Parsed::Group { value: None, .. } => format!("group {group} removed"),
                record::Parsed::Modern { .. } => match record.value {
                    Some(_) => format!("type {key_type} of {group}"),
                    None => format!("type {key_type} of {group} removed"),
                },
                record::Parsed::Skipped(reason) => reason,
            };
            self.say(&text);
        }
        self.logged = self.world.log.len();
    }

    fn print_replies(&mut self) {
        for (token, reply) in std::mem::take(&mut self.world.replies) {
            let text = self.reply_text(token, reply);
            self.say(&text);
        }
    }

    fn reply_text(&mut self, token: ReplyToken, reply: Reply) -> String {
        let number = token.get();
        match reply {
            Reply::Error(error) => format!("#{number} failed {error}"),
            Reply::JoinGroup(join) => {
                let members: Vec<_> =
                    join.members.iter().map(|member| &*member.member_id).collect();
                let mut text =
                    format!("#{number} join {} member={}", join.error_code, join.member_id);
                if join.error_code.is_none() {
                    let protocol = join.protocol_name.as_deref().unwrap_or("-");
                    write!(
                        text,
                        " gen={} protocol={protocol} leader={} [{}]",
                        join.generation_id,
                        join.leader,
                        members.join(" ")
                    )
                    .expect("a string grows");
                }
                if join.skip_assignment {
                    text.push_str(" skip-assignment");
                }
                text
            }
            Reply::SyncGroup(sync) => {
                let assignment = printed(&sync.assignment);
                let protocol = sync.protocol_name.as_deref().unwrap_or("-");
                let error = sync.error_code;
                format!("#{number} sync {error} protocol={protocol} assignment={assignment}")
            }
            Reply::LeaveGroup(leave) => {
                let members: Vec<_> = leave
                    .members
                    .iter()
                    .map(|member| {
                        let instance = member.group_instance_id.as_deref();
                        let instance = instance.map(|it| format!(":{it}")).unwrap_or_default();
                        format!("{}{instance} {}", member.member_id, member.error_code)
                    })
                    .collect();
                format!("#{number} leave {} [{}]", leave.error_code, members.join(", "))
            }
            Reply::OffsetCommit(commit) => {
                let partitions = commit.topics.iter().flat_map(|topic| {
                    topic.partitions.iter().map(move |partition| {
                        let error = partition.error_code;
                        format!("{}-{} {error}", topic.name, partition.partition_index)
                    })
                });
                format!("#{number} commit [{}]", partitions.collect::<Vec<_>>().join(", "))
            }
            Reply::OffsetFetch(fetch) => {
                let partitions = fetch.topics.iter().flat_map(|topic| {
                    topic.partitions.iter().map(move |partition| {
                        let place = format!("{}-{}", topic.name, partition.partition_index);
                        if partition.error_code.is_none() {
                            let metadata = partition.metadata.as_deref().unwrap_or_default();
                            let (offset, epoch) =
                                (partition.committed_offset, partition.committed_leader_epoch);
                            format!("{place}={offset} epoch={epoch} '{metadata}'")
                        } else {
                            format!("{place} {}", partition.error_code)
                        }
                    })
                });
                let partitions = partitions.collect::<Vec<_>>().join(", ");
                format!("#{number} fetch {} [{partitions}]", fetch.error_code)
            }
            Reply::OffsetDelete(delete) => {
                let partitions = delete.topics.iter().flat_map(|topic| {
                    topic.partitions.iter().map(move |partition| {
                        let error = partition.error_code;
                        format!("{}-{} {error}", topic.name, partition.partition_index)
                    })
                });
                let partitions = partitions.collect::<Vec<_>>().join(", ");
                format!("#{number} delete-offsets {} [{partitions}]", delete.error_code)
            }
            Reply::DeleteGroups(results) => {
                let results = results
                    .iter()
                    .map(|result| format!("{} {}", result.group_id, result.error_code));
                format!("#{number} delete-groups [{}]", results.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// `name:topic+topic`, or with `!` before it metadata that is no subscription.
fn protocol(text: &str) -> JoinGroupRequestProtocol {
    let (name, topics) = text.split_once(':').unwrap_or((text, "t"));
    let metadata = match topics.strip_prefix('!') {
        Some(raw) => Bytes::copy_from_slice(raw.as_bytes()),
        None => subscription(&topics.split('+').collect::<Vec<_>>()),
    };
    JoinGroupRequestProtocol {
        name: Str::from(name),
        metadata,
        ..JoinGroupRequestProtocol::default()
    }
}

fn topic_id(text: Option<&str>) -> Uuid {
    text.map_or(Uuid::ZERO, |text| Uuid::from_parts(0, text.parse().expect("a small number")))
}

fn printed(bytes: &Bytes) -> String {
    if bytes.is_empty() {
        return "-".to_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(|c| c.is_ascii_graphic()) => text.to_owned(),
        _ => format!("{} bytes", bytes.len()),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}

/// A value that begins with an epoch, of the metadata record types.
fn epoch_value(epoch: i32, record_type: i16) -> Bytes {
    let mut value = vec![0, 0];
    value.extend(epoch.to_be_bytes());
    if matches!(record_type, 11 | 17) {
        value.extend(0_i64.to_be_bytes());
    }
    value.push(0);
    Bytes::from(value)
}

fn consumer_member_value(topic: &str) -> Bytes {
    use keld_wire::coordinator_records::ConsumerGroupMemberMetadataValue;
    let value = ConsumerGroupMemberMetadataValue {
        subscribed_topic_names: vec![Str::from(topic)],
        ..ConsumerGroupMemberMetadataValue::default()
    };
    record::encode(0, &value, 0)
}
