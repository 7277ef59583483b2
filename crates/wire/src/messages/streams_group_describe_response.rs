// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupDescribeResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupDescribeResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupDescribeResponse {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
    const KEY: Option<i16> = Some(89);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupDescribeResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.groups, version, true, "StreamsGroupDescribeResponse.Groups")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupDescribeResponse",
            version,
        )
    }
}

impl Decode for StreamsGroupDescribeResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            groups: input.structs(version, true, "StreamsGroupDescribeResponse.Groups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribedGroup`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub group_state: Str,
    /// Versions 0.
    pub group_epoch: i32,
    /// Versions 0.
    pub assignment_epoch: i32,
    /// Versions 0, nullable 0, default null.
    pub topology: Option<Topology>,
    /// Versions 0.
    pub members: Vec<Member>,
    /// Versions 0, default -2147483648.
    pub authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: Str::default(),
            group_state: Str::default(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: -2147483648,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribedGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.error_code.code());
        out.string_or_null(self.error_message.as_ref(), true, true, "DescribedGroup.ErrorMessage")?;
        out.string(&self.group_id, true, "DescribedGroup.GroupId")?;
        out.string(&self.group_state, true, "DescribedGroup.GroupState")?;
        out.i32(self.group_epoch);
        out.i32(self.assignment_epoch);
        out.struct_or_null(self.topology.as_ref(), version, true, "DescribedGroup.Topology")?;
        out.structs(&self.members, version, true, "DescribedGroup.Members")?;
        out.i32(self.authorized_operations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribedGroup", version)
    }
}

impl Decode for DescribedGroup {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "DescribedGroup.ErrorMessage")?,
            group_id: input.string(true, "DescribedGroup.GroupId")?,
            group_state: input.string(true, "DescribedGroup.GroupState")?,
            group_epoch: input.i32()?,
            assignment_epoch: input.i32()?,
            topology: input.struct_or_null(version, true, "DescribedGroup.Topology")?,
            members: input.structs(version, true, "DescribedGroup.Members")?,
            authorized_operations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Topology`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Topology {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0, nullable 0, default null.
    pub subtopologies: Option<Vec<Subtopology>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Topology {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.epoch);
        out.structs_or_null(
            self.subtopologies.as_ref(),
            version,
            true,
            true,
            "Topology.Subtopologies",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Topology", version)
    }
}

impl Decode for Topology {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: input.i32()?,
            subtopologies: input.structs_or_null(version, true, true, "Topology.Subtopologies")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Subtopology`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Subtopology {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub source_topics: Vec<Str>,
    /// Versions 0.
    pub repartition_sink_topics: Vec<Str>,
    /// Versions 0.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Subtopology {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "Subtopology.SubtopologyId")?;
        out.strings(&self.source_topics, true, "Subtopology.SourceTopics")?;
        out.strings(&self.repartition_sink_topics, true, "Subtopology.RepartitionSinkTopics")?;
        out.structs(
            &self.state_changelog_topics,
            version,
            true,
            "Subtopology.StateChangelogTopics",
        )?;
        out.structs(
            &self.repartition_source_topics,
            version,
            true,
            "Subtopology.RepartitionSourceTopics",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Subtopology", version)
    }
}

impl Decode for Subtopology {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "Subtopology.SubtopologyId")?,
            source_topics: input.strings(true, "Subtopology.SourceTopics")?,
            repartition_sink_topics: input.strings(true, "Subtopology.RepartitionSinkTopics")?,
            state_changelog_topics: input.structs(
                version,
                true,
                "Subtopology.StateChangelogTopics",
            )?,
            repartition_source_topics: input.structs(
                version,
                true,
                "Subtopology.RepartitionSourceTopics",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Member`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Member {
    /// Versions 0.
    pub member_id: Str,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0, nullable 0, default null.
    pub instance_id: Option<Str>,
    /// Versions 0, nullable 0, default null.
    pub rack_id: Option<Str>,
    /// Versions 0.
    pub client_id: Str,
    /// Versions 0.
    pub client_host: Str,
    /// Versions 0.
    pub topology_epoch: i32,
    /// Versions 0.
    pub process_id: Str,
    /// Versions 0, nullable 0, default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0.
    pub client_tags: Vec<KeyValue>,
    /// Versions 0.
    pub task_offsets: Vec<TaskOffset>,
    /// Versions 0.
    pub task_end_offsets: Vec<TaskOffset>,
    /// Versions 0.
    pub assignment: Assignment,
    /// Versions 0.
    pub target_assignment: Assignment,
    /// Versions 0.
    pub is_classic: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Member {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.member_id, true, "Member.MemberId")?;
        out.i32(self.member_epoch);
        out.string_or_null(self.instance_id.as_ref(), true, true, "Member.InstanceId")?;
        out.string_or_null(self.rack_id.as_ref(), true, true, "Member.RackId")?;
        out.string(&self.client_id, true, "Member.ClientId")?;
        out.string(&self.client_host, true, "Member.ClientHost")?;
        out.i32(self.topology_epoch);
        out.string(&self.process_id, true, "Member.ProcessId")?;
        out.struct_or_null(self.user_endpoint.as_ref(), version, true, "Member.UserEndpoint")?;
        out.structs(&self.client_tags, version, true, "Member.ClientTags")?;
        out.structs(&self.task_offsets, version, true, "Member.TaskOffsets")?;
        out.structs(&self.task_end_offsets, version, true, "Member.TaskEndOffsets")?;
        self.assignment.encode(out, version)?;
        self.target_assignment.encode(out, version)?;
        out.bool(self.is_classic);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Member", version)
    }
}

impl Decode for Member {
    const MIN_LENGTH: usize = 28;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            member_id: input.string(true, "Member.MemberId")?,
            member_epoch: input.i32()?,
            instance_id: input.string_or_null(true, true, "Member.InstanceId")?,
            rack_id: input.string_or_null(true, true, "Member.RackId")?,
            client_id: input.string(true, "Member.ClientId")?,
            client_host: input.string(true, "Member.ClientHost")?,
            topology_epoch: input.i32()?,
            process_id: input.string(true, "Member.ProcessId")?,
            user_endpoint: input.struct_or_null(version, true, "Member.UserEndpoint")?,
            client_tags: input.structs(version, true, "Member.ClientTags")?,
            task_offsets: input.structs(version, true, "Member.TaskOffsets")?,
            task_end_offsets: input.structs(version, true, "Member.TaskEndOffsets")?,
            assignment: Assignment::decode(input, version)?,
            target_assignment: Assignment::decode(input, version)?,
            is_classic: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Endpoint`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Endpoint {
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Endpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.host, true, "Endpoint.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Endpoint", version)
    }
}

impl Decode for Endpoint {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            host: input.string(true, "Endpoint.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TaskOffset`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TaskOffset {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TaskOffset {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "TaskOffset.SubtopologyId")?;
        out.i32(self.partition);
        out.i64(self.offset);
        out.tagged_fields(&self.unknown_tagged_fields, true, "TaskOffset", version)
    }
}

impl Decode for TaskOffset {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "TaskOffset.SubtopologyId")?,
            partition: input.i32()?,
            offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Assignment`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Assignment {
    /// Versions 0.
    pub active_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks: Vec<TaskIds>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Assignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.structs(&self.active_tasks, version, true, "Assignment.ActiveTasks")?;
        out.structs(&self.standby_tasks, version, true, "Assignment.StandbyTasks")?;
        out.structs(&self.warmup_tasks, version, true, "Assignment.WarmupTasks")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Assignment", version)
    }
}

impl Decode for Assignment {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            active_tasks: input.structs(version, true, "Assignment.ActiveTasks")?,
            standby_tasks: input.structs(version, true, "Assignment.StandbyTasks")?,
            warmup_tasks: input.structs(version, true, "Assignment.WarmupTasks")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TaskIds`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TaskIds {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TaskIds {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "TaskIds.SubtopologyId")?;
        out.plains(&self.partitions, true, "TaskIds.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TaskIds", version)
    }
}

impl Decode for TaskIds {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "TaskIds.SubtopologyId")?,
            partitions: input.plains(true, "TaskIds.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `KeyValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct KeyValue {
    /// Versions 0.
    pub key: Str,
    /// Versions 0.
    pub value: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for KeyValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.key, true, "KeyValue.Key")?;
        out.string(&self.value, true, "KeyValue.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "KeyValue", version)
    }
}

impl Decode for KeyValue {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            key: input.string(true, "KeyValue.Key")?,
            value: input.string(true, "KeyValue.Value")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicInfo`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicInfo {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: i32,
    /// Versions 0.
    pub replication_factor: i16,
    /// Versions 0.
    pub topic_configs: Vec<KeyValue>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicInfo.Name")?;
        out.i32(self.partitions);
        out.i16(self.replication_factor);
        out.structs(&self.topic_configs, version, true, "TopicInfo.TopicConfigs")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicInfo", version)
    }
}

impl Decode for TopicInfo {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicInfo.Name")?,
            partitions: input.i32()?,
            replication_factor: input.i16()?,
            topic_configs: input.structs(version, true, "TopicInfo.TopicConfigs")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
