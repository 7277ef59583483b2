//! The offset requests.

use super::GroupShard;
use crate::classic::Committer;
use crate::modern::{ModernGroup, Protocol};
use crate::now::Now;
use crate::offsets::CommittedOffset;
use crate::record;
use crate::request::{RequestContext, STRING_LENGTH_MAX};
use crate::step::{Reply, ReplyToken, Step};
use keld_types::{
    ErrorCode, Generation, GroupId, LeaderEpoch, MemberId, Offset, PartitionIndex, TopicId,
    TopicName,
};
use keld_wire::Str;
use keld_wire::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use keld_wire::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use keld_wire::messages::offset_fetch_request::OffsetFetchRequestGroup;
use keld_wire::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use keld_wire::messages::{
    OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
};
use std::sync::Arc;

/// From this version of OffsetCommit on a missing group is told as such.
const COMMIT_NOT_FOUND_VERSION: i16 = 9;

impl GroupShard {
    /// OffsetCommit. The topics' names and ids are filled in, and the partitions exist.
    pub fn commit_offsets(
        &mut self,
        request: &OffsetCommitRequest,
        context: &RequestContext,
        token: ReplyToken,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        let id = GroupId::new(&*request.group_id);
        if let Err(error) = self.validate_commit(&id, request, context, now) {
            self.io(now).reply(token, Reply::Error(error));
            return self.step();
        }
        let expire_timestamp_ms = match request.retention_time_ms {
            -1 => None,
            retention_ms => Some(now.wall_ms.saturating_add(retention_ms)),
        };
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let name = TopicName::new(&*topic.name);
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                let metadata = partition.committed_metadata.as_deref().unwrap_or_default();
                let error_code = if self.is_metadata_too_long(metadata) {
                    ErrorCode::OFFSET_METADATA_TOO_LARGE
                } else {
                    let committed = CommittedOffset {
                        record_offset: Offset::NONE,
                        offset: Offset::new(partition.committed_offset),
                        leader_epoch: LeaderEpoch::new(partition.committed_leader_epoch.max(-1)),
                        metadata: Arc::from(metadata),
                        commit_timestamp_ms: now.wall_ms,
                        expire_timestamp_ms,
                        topic_id: TopicId::new(topic.topic_id),
                    };
                    let index = PartitionIndex::new(partition.partition_index);
                    self.out.records.push(record::offset_commit(&id, &name, index, &committed));
                    ErrorCode::NONE
                };
                partitions.push(OffsetCommitResponsePartition {
                    partition_index: partition.partition_index,
                    error_code,
                    ..OffsetCommitResponsePartition::default()
                });
            }
            topics.push(OffsetCommitResponseTopic {
                name: topic.name.clone(),
                topic_id: topic.topic_id,
                partitions,
                ..OffsetCommitResponseTopic::default()
            });
        }
        let response = OffsetCommitResponse { topics, ..OffsetCommitResponse::default() };
        self.io(now).hold(token, Reply::OffsetCommit(response));
        self.step()
    }

    /// Counted in UTF-16 units, as Java counts.
    fn is_metadata_too_long(&self, metadata: &str) -> bool {
        let max = self.config.offset_metadata_length_max;
        metadata.len() > max && metadata.encode_utf16().count() > max
    }

    fn validate_commit(
        &mut self,
        id: &GroupId,
        request: &OffsetCommitRequest,
        context: &RequestContext,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if id.as_str().len() > STRING_LENGTH_MAX {
            return Err(ErrorCode::INVALID_GROUP_ID);
        }
        let generation = Generation::new(request.generation_id_or_member_epoch);
        if let Some(modern) = self.modern.get(id) {
            return validate_modern_commit(modern, request, context.api_version);
        }
        let by = Committer {
            member: &MemberId::new(&*request.member_id),
            instance_id: request.group_instance_id.as_deref(),
            generation,
        };
        match self.with_group(id, now, |group, io| group.validate_commit(io, by)) {
            Some(result) => result,
            // An administrator, or a consumer that assigns its partitions itself: its offsets make
            // a simple group.
            None if generation.get() < 0 => Ok(()),
            None if context.api_version >= COMMIT_NOT_FOUND_VERSION => {
                Err(ErrorCode::GROUP_ID_NOT_FOUND)
            }
            None => Err(ErrorCode::ILLEGAL_GENERATION),
        }
    }

    /// One group of an OffsetFetch; the topics' names are filled in.
    pub fn fetch_offsets(
        &mut self,
        request: &OffsetFetchRequestGroup,
        require_stable: bool,
        token: ReplyToken,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        let reply = match self.validate_fetch(request) {
            Err(error) => Reply::Error(error),
            Ok(is_known) => Reply::OffsetFetch(OffsetFetchResponseGroup {
                group_id: request.group_id.clone(),
                topics: match &request.topics {
                    Some(topics) => topics
                        .iter()
                        .map(|topic| OffsetFetchResponseTopics {
                            name: topic.name.clone(),
                            topic_id: topic.topic_id,
                            partitions: topic
                                .partition_indexes
                                .iter()
                                .map(|index| {
                                    let place = Place {
                                        group: &request.group_id,
                                        topic: &TopicName::new(&*topic.name),
                                        topic_id: TopicId::new(topic.topic_id),
                                        partition: PartitionIndex::new(*index),
                                    };
                                    self.fetched(place, is_known, require_stable)
                                })
                                .collect(),
                            ..OffsetFetchResponseTopics::default()
                        })
                        .collect(),
                    None if is_known => self.fetch_all(&request.group_id, require_stable),
                    None => Vec::new(),
                },
                ..OffsetFetchResponseGroup::default()
            }),
        };
        self.io(now).hold(token, reply);
        self.step()
    }

    /// Whether the group is there to have offsets.
    fn validate_fetch(&self, request: &OffsetFetchRequestGroup) -> Result<bool, ErrorCode> {
        let Some(modern) = self.modern.get(&*request.group_id) else {
            return Ok(self.classic.contains_key(&*request.group_id));
        };
        if modern.protocol() == Protocol::Share {
            return Ok(false);
        }
        match request.member_id.as_deref() {
            None if request.member_epoch < 0 => Ok(true),
            member => match modern.member_epoch(member.unwrap_or_default()) {
                None => Err(ErrorCode::UNKNOWN_MEMBER_ID),
                Some(epoch) if epoch == request.member_epoch => Ok(true),
                Some(_) => Err(ErrorCode::STALE_MEMBER_EPOCH),
            },
        }
    }

    fn fetch_all(&self, group: &str, require_stable: bool) -> Vec<OffsetFetchResponseTopics> {
        let Some(topics) = self.offsets.of_group(group) else { return Vec::new() };
        topics
            .iter()
            .map(|(topic, partitions)| OffsetFetchResponseTopics {
                name: Str::from(topic.as_str()),
                partitions: partitions
                    .keys()
                    .map(|partition| {
                        let topic_id = TopicId::ZERO;
                        let place = Place { group, topic, topic_id, partition: *partition };
                        self.fetched(place, true, require_stable)
                    })
                    .collect(),
                ..OffsetFetchResponseTopics::default()
            })
            .collect()
    }

    fn fetched(
        &self,
        place: Place<'_>,
        is_known: bool,
        require_stable: bool,
    ) -> OffsetFetchResponsePartitions {
        let Place { group, topic, topic_id, partition } = place;
        let mut response = OffsetFetchResponsePartitions {
            partition_index: partition.get(),
            committed_offset: -1,
            committed_leader_epoch: -1,
            metadata: Some(Str::from("")),
            ..OffsetFetchResponsePartitions::default()
        };
        if require_stable && self.offsets.is_unstable(group, topic, partition) {
            response.error_code = ErrorCode::UNSTABLE_OFFSET_COMMIT;
            return response;
        }
        let committed = self
            .offsets
            .of_group(group)
            .filter(|_| is_known)
            .and_then(|topics| topics.get(topic)?.get(&partition));
        // An offset of a topic that had this name before is none of this topic.
        let committed = committed.filter(|committed| {
            committed.topic_id == topic_id
                || committed.topic_id == TopicId::ZERO
                || topic_id == TopicId::ZERO
        });
        if let Some(committed) = committed {
            response.committed_offset = committed.offset.get();
            response.committed_leader_epoch = committed.leader_epoch.get();
            response.metadata = Some(Str::from(&*committed.metadata));
        }
        response
    }

    /// OffsetDelete, for partitions that exist.
    pub fn delete_offsets(
        &mut self,
        request: &OffsetDeleteRequest,
        token: ReplyToken,
        now: Now,
    ) -> Step {
        self.assert_may_act();
        let id = GroupId::new(&*request.group_id);
        if let Err(error) = self.validate_offset_delete(&id) {
            self.io(now).reply(token, Reply::Error(error));
            return self.step();
        }
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let name = TopicName::new(&*topic.name);
            let error_code = if self.is_subscribed(&id, &name) {
                ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC
            } else {
                ErrorCode::NONE
            };
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                let index = PartitionIndex::new(partition.partition_index);
                if error_code.is_none()
                    && (self.offsets.has_committed(id.as_str(), name.as_str(), index)
                        || self.offsets.is_unstable(id.as_str(), &name, index))
                {
                    self.out.records.push(record::offset_tombstone(&id, &name, index));
                }
                partitions.push(OffsetDeleteResponsePartition {
                    partition_index: partition.partition_index,
                    error_code,
                    ..OffsetDeleteResponsePartition::default()
                });
            }
            topics.push(OffsetDeleteResponseTopic {
                name: topic.name.clone(),
                partitions,
                ..OffsetDeleteResponseTopic::default()
            });
        }
        let response = OffsetDeleteResponse { topics, ..OffsetDeleteResponse::default() };
        self.io(now).hold(token, Reply::OffsetDelete(response));
        self.step()
    }

    fn validate_offset_delete(&self, id: &GroupId) -> Result<(), ErrorCode> {
        if id.as_str().is_empty() {
            return Err(ErrorCode::INVALID_GROUP_ID);
        }
        match (self.modern.get(id), self.classic.get(id)) {
            (Some(modern), _) if modern.protocol() == Protocol::Share => {
                Err(ErrorCode::GROUP_ID_NOT_FOUND)
            }
            (Some(_), _) => Ok(()),
            (None, Some(group)) => group.validate_offset_delete(),
            (None, None) => Err(ErrorCode::GROUP_ID_NOT_FOUND),
        }
    }

    pub(super) fn is_subscribed(&self, id: &GroupId, topic: &TopicName) -> bool {
        self.modern.get(id).is_some_and(|group| group.is_subscribed_to(topic))
            || self.classic.get(id).is_some_and(|group| group.is_subscribed_to(topic))
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    group: &'a str,
    topic: &'a TopicName,
    topic_id: TopicId,
    partition: PartitionIndex,
}

fn validate_modern_commit(
    modern: &ModernGroup,
    request: &OffsetCommitRequest,
    api_version: i16,
) -> Result<(), ErrorCode> {
    if modern.protocol() == Protocol::Share {
        return Err(ErrorCode::GROUP_ID_NOT_FOUND);
    }
    if request.generation_id_or_member_epoch < 0 && modern.is_empty() {
        return Ok(());
    }
    let epoch = modern.member_epoch(&request.member_id).ok_or(ErrorCode::UNKNOWN_MEMBER_ID)?;
    if api_version < COMMIT_NOT_FOUND_VERSION {
        return Err(ErrorCode::UNSUPPORTED_VERSION);
    }
    if epoch == request.generation_id_or_member_epoch {
        Ok(())
    } else {
        Err(ErrorCode::STALE_MEMBER_EPOCH)
    }
}
