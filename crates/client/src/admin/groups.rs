//! Groups and their committed offsets.

use super::{Admin, ApiResult, by_topic, check, text};
use crate::error::{ApiError, ClientError};
use bytes::Bytes;
use keld_types::{
    BrokerId, ErrorCode, GroupId, LeaderEpoch, Offset, PartitionIndex, TopicName, TopicPartition,
};
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
use keld_wire::messages::{
    DeleteGroupsRequest, DescribeGroupsRequest, LeaveGroupRequest, ListGroupsRequest,
    OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest,
};
use keld_wire::{ApiKey, Message, Str};
use std::collections::BTreeMap;

/// A group in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupListing {
    /// Its name.
    pub group: GroupId,
    /// `consumer`, `connect`, or empty for groups that only commit.
    pub protocol_type: String,
    /// Its state as the coordinator names it; empty from old brokers.
    pub state: String,
    /// `classic`, `consumer`, `share` or `streams`; empty from old brokers.
    pub group_type: String,
}

/// A group with its members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupDescription {
    /// Its name.
    pub group: GroupId,
    /// Its state as the coordinator names it.
    pub state: String,
    /// `consumer` for consumers.
    pub protocol_type: String,
    /// The assignor that was chosen.
    pub protocol: String,
    /// The broker that coordinates it.
    pub coordinator: BrokerId,
    /// Its members.
    pub members: Vec<GroupMember>,
}

/// A member of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupMember {
    /// The id the coordinator gave it.
    pub member_id: String,
    /// Its `group.instance.id`.
    pub instance_id: Option<String>,
    /// Its `client.id`.
    pub client_id: String,
    /// Where it connects from.
    pub host: String,
    /// Its partitions, if it is a consumer.
    pub assignment: Vec<TopicPartition>,
    /// The assignment's bytes.
    pub assignment_bytes: Bytes,
}

/// A committed offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupOffset {
    /// The next record to read.
    pub offset: Offset,
    /// The leader epoch of the record before, or −1.
    pub leader_epoch: LeaderEpoch,
    /// What the committer noted.
    pub metadata: String,
}

/// The last version of OffsetFetch and OffsetCommit that names topics; later ones use ids.
pub(crate) const OFFSETS_BY_NAME_VERSION: i16 = 9;

impl Admin {
    /// Lists the groups of all brokers; empty filters let everything through.
    pub async fn list_groups(
        &self,
        states: &[String],
        types: &[String],
    ) -> Result<Vec<GroupListing>, ClientError> {
        self.client.refresh_topics([], false).await?;
        let brokers: Vec<BrokerId> = self.client.metadata().brokers.keys().copied().collect();
        let mut groups = BTreeMap::new();
        for broker in brokers {
            let request = ListGroupsRequest {
                states_filter: states.iter().map(Str::from).collect(),
                types_filter: types.iter().map(Str::from).collect(),
                ..ListGroupsRequest::default()
            };
            let response = self
                .client
                .retrying("ListGroups", || async {
                    let timeout = self.client.config().request_timeout;
                    let version = ListGroupsRequest::LATEST_STABLE_VERSION;
                    let response =
                        self.client.call_broker(broker, request.clone(), version, timeout).await?;
                    let what = format!("listing the groups of broker {broker}");
                    check(&what, response.error_code, None)?;
                    Ok(response)
                })
                .await?;
            for group in &response.groups {
                let listing = GroupListing {
                    group: GroupId::new(group.group_id.as_str()),
                    protocol_type: group.protocol_type.to_string(),
                    state: group.group_state.to_string(),
                    group_type: group.group_type.to_string(),
                };
                groups.insert(listing.group.clone(), listing);
            }
        }
        Ok(groups.into_values().collect())
    }

    /// Describes groups of the classic protocol.
    pub async fn describe_groups(
        &self,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, ApiResult<GroupDescription>>, ClientError> {
        let mut described = BTreeMap::new();
        for group in groups {
            let request = DescribeGroupsRequest {
                groups: vec![Str::from(group.as_str())],
                ..DescribeGroupsRequest::default()
            };
            let version = DescribeGroupsRequest::LATEST_STABLE_VERSION;
            let description = self
                .at_coordinator(group, request, version, |response| {
                    let found = response.groups.first();
                    found.map_or(ErrorCode::NONE, |group| group.error_code)
                })
                .await?;
            let coordinator = self.client.coordinator(group).await?;
            let Some(found) = description.groups.first() else { continue };
            let message = text(found.error_message.as_ref());
            let result =
                ApiError::check(found.error_code, message.as_deref()).map(|()| GroupDescription {
                    group: group.clone(),
                    state: found.group_state.to_string(),
                    protocol_type: found.protocol_type.to_string(),
                    protocol: found.protocol_data.to_string(),
                    coordinator,
                    members: found
                        .members
                        .iter()
                        .map(|member| GroupMember {
                            member_id: member.member_id.to_string(),
                            instance_id: text(member.group_instance_id.as_ref()),
                            client_id: member.client_id.to_string(),
                            host: member.client_host.to_string(),
                            assignment: crate::assignor::read_assignment(&member.member_assignment)
                                .unwrap_or_default(),
                            assignment_bytes: member.member_assignment.clone(),
                        })
                        .collect(),
                });
            described.insert(group.clone(), result);
        }
        Ok(described)
    }

    /// Deletes groups without members, with their offsets.
    pub async fn delete_groups(
        &self,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, ApiResult<()>>, ClientError> {
        let mut deleted = BTreeMap::new();
        for group in groups {
            let request = DeleteGroupsRequest {
                groups_names: vec![Str::from(group.as_str())],
                ..DeleteGroupsRequest::default()
            };
            let version = DeleteGroupsRequest::LATEST_STABLE_VERSION;
            let response = self
                .at_coordinator(group, request, version, |response| {
                    response.results.first().map_or(ErrorCode::NONE, |result| result.error_code)
                })
                .await?;
            if let Some(result) = response.results.first() {
                deleted.insert(group.clone(), ApiError::check(result.error_code, None));
            }
        }
        Ok(deleted)
    }

    /// The committed offsets of a group: of these partitions, or of all it has. Partitions without
    /// an offset are left out.
    pub async fn list_group_offsets(
        &self,
        group: &GroupId,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<GroupOffset>>, ClientError> {
        fetch_offsets(self, group, partitions, false).await
    }

    /// Commits offsets for a group that has no members.
    pub async fn alter_group_offsets(
        &self,
        group: &GroupId,
        offsets: &BTreeMap<TopicPartition, GroupOffset>,
    ) -> Result<BTreeMap<TopicPartition, ApiResult<()>>, ClientError> {
        let request = commit_request(group, offsets);
        let response = self
            .at_coordinator(group, request, OFFSETS_BY_NAME_VERSION, |response| {
                let mut partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
                partitions.next().map_or(ErrorCode::NONE, |partition| partition.error_code)
            })
            .await?;
        let mut committed = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let name = TopicName::new(topic.name.as_str());
                let index = PartitionIndex::new(partition.partition_index);
                let result = ApiError::check(partition.error_code, None);
                committed.insert(TopicPartition::new(name, index), result);
            }
        }
        Ok(committed)
    }

    /// Deletes committed offsets of topics that no member of the group reads.
    pub async fn delete_group_offsets(
        &self,
        group: &GroupId,
        partitions: &[TopicPartition],
    ) -> Result<BTreeMap<TopicPartition, ApiResult<()>>, ClientError> {
        let request = OffsetDeleteRequest {
            group_id: Str::from(group.as_str()),
            topics: by_topic(partitions)
                .into_iter()
                .map(|(name, partitions)| OffsetDeleteRequestTopic {
                    name: Str::from(name),
                    partitions: partitions
                        .into_iter()
                        .map(|partition_index| OffsetDeleteRequestPartition {
                            partition_index,
                            ..OffsetDeleteRequestPartition::default()
                        })
                        .collect(),
                    ..OffsetDeleteRequestTopic::default()
                })
                .collect(),
            ..OffsetDeleteRequest::default()
        };
        let version = OffsetDeleteRequest::LATEST_STABLE_VERSION;
        let response =
            self.at_coordinator(group, request, version, |response| response.error_code).await?;
        check(&format!("deleting offsets of group {group}"), response.error_code, None)?;
        let mut deleted = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let name = TopicName::new(topic.name.as_str());
                let index = PartitionIndex::new(partition.partition_index);
                let result = ApiError::check(partition.error_code, None);
                deleted.insert(TopicPartition::new(name, index), result);
            }
        }
        Ok(deleted)
    }

    /// Removes members from a group by id or, static ones, by instance id.
    pub async fn remove_group_members(
        &self,
        group: &GroupId,
        members: &[(String, Option<String>)],
        reason: Option<&str>,
    ) -> Result<Vec<(String, ApiResult<()>)>, ClientError> {
        let request = LeaveGroupRequest {
            group_id: Str::from(group.as_str()),
            members: members
                .iter()
                .map(|(member_id, instance_id)| MemberIdentity {
                    member_id: Str::from(member_id),
                    group_instance_id: instance_id.as_ref().map(Str::from),
                    reason: reason.map(Str::from),
                    ..MemberIdentity::default()
                })
                .collect(),
            ..LeaveGroupRequest::default()
        };
        let version = LeaveGroupRequest::LATEST_STABLE_VERSION;
        let response =
            self.at_coordinator(group, request, version, |response| response.error_code).await?;
        check(&format!("removing members of group {group}"), response.error_code, None)?;
        Ok(response
            .members
            .iter()
            .map(|member| (member.member_id.to_string(), ApiError::check(member.error_code, None)))
            .collect())
    }

    /// The coordinator of a group.
    pub async fn group_coordinator(&self, group: &GroupId) -> Result<BrokerId, ClientError> {
        self.client.retrying("FindCoordinator", || self.client.coordinator(group)).await
    }

    /// Sends to a group's coordinator until it answers with something else than "not now, not me".
    async fn at_coordinator<R: keld_wire::Rpc + Clone>(
        &self,
        group: &GroupId,
        request: R,
        version_max: i16,
        code: impl Fn(&R::Response) -> ErrorCode,
    ) -> Result<R::Response, ClientError> {
        let timeout = self.client.config().request_timeout;
        self.client
            .retrying(R::NAME, || async {
                let response = self
                    .client
                    .call_coordinator(group, request.clone(), version_max, timeout)
                    .await?;
                let code = code(&response);
                if is_coordinator_error(code) {
                    self.client.check_coordinator(group, code);
                    check(&format!("{} of group {group}", R::NAME), code, None)?;
                }
                Ok(response)
            })
            .await
    }
}

/// Whether the same request may find the coordinator, or find it ready, a little later.
pub(crate) fn is_coordinator_error(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NOT_COORDINATOR
            | ErrorCode::COORDINATOR_NOT_AVAILABLE
            | ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
    )
}

/// The request that commits offsets from outside a group's generations.
pub(crate) fn commit_request(
    group: &GroupId,
    offsets: &BTreeMap<TopicPartition, GroupOffset>,
) -> OffsetCommitRequest {
    let mut topics: BTreeMap<&str, Vec<OffsetCommitRequestPartition>> = BTreeMap::new();
    for (partition, offset) in offsets {
        topics.entry(partition.topic.as_str()).or_default().push(OffsetCommitRequestPartition {
            partition_index: partition.partition.get(),
            committed_offset: offset.offset.get(),
            committed_leader_epoch: offset.leader_epoch.get(),
            committed_metadata: Some(Str::from(&offset.metadata)),
            ..OffsetCommitRequestPartition::default()
        });
    }
    OffsetCommitRequest {
        group_id: Str::from(group.as_str()),
        topics: topics
            .into_iter()
            .map(|(name, partitions)| OffsetCommitRequestTopic {
                name: Str::from(name),
                partitions,
                ..OffsetCommitRequestTopic::default()
            })
            .collect(),
        ..OffsetCommitRequest::default()
    }
}

/// Fetches committed offsets; `stable` waits for open transactions to end.
pub(crate) async fn fetch_offsets(
    admin: &Admin,
    group: &GroupId,
    partitions: Option<&[TopicPartition]>,
    stable: bool,
) -> Result<BTreeMap<TopicPartition, ApiResult<GroupOffset>>, ClientError> {
    let client = &admin.client;
    let timeout = client.config().request_timeout;
    let topics = partitions.map(by_topic);
    let old = OffsetFetchRequest {
        group_id: Str::from(group.as_str()),
        topics: topics.as_ref().map(|topics| {
            topics
                .iter()
                .map(|(name, partitions)| OffsetFetchRequestTopic {
                    name: Str::from(*name),
                    partition_indexes: partitions.clone(),
                    ..OffsetFetchRequestTopic::default()
                })
                .collect()
        }),
        ..OffsetFetchRequest::default()
    };
    let new = OffsetFetchRequest {
        groups: vec![OffsetFetchRequestGroup {
            group_id: Str::from(group.as_str()),
            topics: topics.map(|topics| {
                topics
                    .into_iter()
                    .map(|(name, partition_indexes)| OffsetFetchRequestTopics {
                        name: Str::from(name),
                        partition_indexes,
                        ..OffsetFetchRequestTopics::default()
                    })
                    .collect()
            }),
            ..OffsetFetchRequestGroup::default()
        }],
        require_stable: stable,
        ..OffsetFetchRequest::default()
    };
    client
        .retrying("OffsetFetch", || async {
            let is_old =
                !client.coordinator_versions(group, ApiKey::OffsetFetch).await?.contains(8);
            let (request, version_max) =
                if is_old { (old.clone(), 7) } else { (new.clone(), OFFSETS_BY_NAME_VERSION) };
            let response = client.call_coordinator(group, request, version_max, timeout).await?;
            let mut offsets = BTreeMap::new();
            let mut add =
                |topic: &Str, index: i32, offset: i64, epoch: i32, metadata: Option<&Str>, code| {
                    let partition = TopicPartition::new(
                        TopicName::new(topic.as_str()),
                        PartitionIndex::new(index),
                    );
                    let result = ApiError::check(code, None).map(|()| GroupOffset {
                        offset: Offset::new(offset),
                        leader_epoch: LeaderEpoch::new(epoch),
                        metadata: metadata.map(Str::to_string).unwrap_or_default(),
                    });
                    // A partition without a committed offset comes with −1.
                    if offset >= 0 || result.is_err() {
                        offsets.insert(partition, result);
                    }
                };
            let mut code = response.error_code;
            for topic in &response.topics {
                for p in &topic.partitions {
                    let metadata = p.metadata.as_ref();
                    add(
                        &topic.name,
                        p.partition_index,
                        p.committed_offset,
                        p.committed_leader_epoch,
                        metadata,
                        p.error_code,
                    );
                }
            }
            for found in &response.groups {
                code = found.error_code;
                for topic in &found.topics {
                    for p in &topic.partitions {
                        let metadata = p.metadata.as_ref();
                        add(
                            &topic.name,
                            p.partition_index,
                            p.committed_offset,
                            p.committed_leader_epoch,
                            metadata,
                            p.error_code,
                        );
                    }
                }
            }
            client.check_coordinator(group, code);
            check(&format!("fetching offsets of group {group}"), code, None)?;
            if let Some(Err(error)) = offsets.values().find(
                |result| matches!(result, Err(e) if e.code == ErrorCode::UNSTABLE_OFFSET_COMMIT),
            ) {
                let what = format!("fetching offsets of group {group}");
                return Err(ClientError::Api { what, error: error.clone() });
            }
            Ok(offsets)
        })
        .await
}
