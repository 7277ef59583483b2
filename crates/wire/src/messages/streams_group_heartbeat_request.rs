// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupHeartbeatRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupHeartbeatRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub member_id: Str,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub endpoint_information_epoch: i32,
    /// Versions 0, nullable 0, default null.
    pub instance_id: Option<Str>,
    /// Versions 0, nullable 0, default null.
    pub rack_id: Option<Str>,
    /// Versions 0, default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0, nullable 0, default null.
    pub topology: Option<Topology>,
    /// Versions 0, nullable 0, default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// Versions 0, nullable 0, default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// Versions 0, nullable 0, default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// Versions 0, nullable 0, default null.
    pub process_id: Option<Str>,
    /// Versions 0, nullable 0, default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0, nullable 0, default null.
    pub client_tags: Option<Vec<KeyValue>>,
    /// Versions 0, nullable 0, default null.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// Versions 0, nullable 0, default null.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// Versions 0.
    pub shutdown_application: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            member_id: Str::default(),
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for StreamsGroupHeartbeatRequest {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
    const KEY: Option<i16> = Some(88);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupHeartbeatRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "StreamsGroupHeartbeatRequest.GroupId")?;
        out.string(&self.member_id, true, "StreamsGroupHeartbeatRequest.MemberId")?;
        out.i32(self.member_epoch);
        out.i32(self.endpoint_information_epoch);
        out.string_or_null(
            self.instance_id.as_ref(),
            true,
            true,
            "StreamsGroupHeartbeatRequest.InstanceId",
        )?;
        out.string_or_null(
            self.rack_id.as_ref(),
            true,
            true,
            "StreamsGroupHeartbeatRequest.RackId",
        )?;
        out.i32(self.rebalance_timeout_ms);
        out.struct_or_null(
            self.topology.as_ref(),
            version,
            true,
            "StreamsGroupHeartbeatRequest.Topology",
        )?;
        out.structs_or_null(
            self.active_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.ActiveTasks",
        )?;
        out.structs_or_null(
            self.standby_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.StandbyTasks",
        )?;
        out.structs_or_null(
            self.warmup_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.WarmupTasks",
        )?;
        out.string_or_null(
            self.process_id.as_ref(),
            true,
            true,
            "StreamsGroupHeartbeatRequest.ProcessId",
        )?;
        out.struct_or_null(
            self.user_endpoint.as_ref(),
            version,
            true,
            "StreamsGroupHeartbeatRequest.UserEndpoint",
        )?;
        out.structs_or_null(
            self.client_tags.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.ClientTags",
        )?;
        out.structs_or_null(
            self.task_offsets.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.TaskOffsets",
        )?;
        out.structs_or_null(
            self.task_end_offsets.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatRequest.TaskEndOffsets",
        )?;
        out.bool(self.shutdown_application);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupHeartbeatRequest",
            version,
        )
    }
}

impl Decode for StreamsGroupHeartbeatRequest {
    const MIN_LENGTH: usize = 27;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "StreamsGroupHeartbeatRequest.GroupId")?,
            member_id: input.string(true, "StreamsGroupHeartbeatRequest.MemberId")?,
            member_epoch: input.i32()?,
            endpoint_information_epoch: input.i32()?,
            instance_id: input.string_or_null(
                true,
                true,
                "StreamsGroupHeartbeatRequest.InstanceId",
            )?,
            rack_id: input.string_or_null(true, true, "StreamsGroupHeartbeatRequest.RackId")?,
            rebalance_timeout_ms: input.i32()?,
            topology: input.struct_or_null(
                version,
                true,
                "StreamsGroupHeartbeatRequest.Topology",
            )?,
            active_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.ActiveTasks",
            )?,
            standby_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.StandbyTasks",
            )?,
            warmup_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.WarmupTasks",
            )?,
            process_id: input.string_or_null(
                true,
                true,
                "StreamsGroupHeartbeatRequest.ProcessId",
            )?,
            user_endpoint: input.struct_or_null(
                version,
                true,
                "StreamsGroupHeartbeatRequest.UserEndpoint",
            )?,
            client_tags: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.ClientTags",
            )?,
            task_offsets: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.TaskOffsets",
            )?,
            task_end_offsets: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatRequest.TaskEndOffsets",
            )?,
            shutdown_application: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Topology`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Topology {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Topology {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.epoch);
        out.structs(&self.subtopologies, version, true, "Topology.Subtopologies")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Topology", version)
    }
}

impl Decode for Topology {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: input.i32()?,
            subtopologies: input.structs(version, true, "Topology.Subtopologies")?,
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
    pub source_topic_regex: Vec<Str>,
    /// Versions 0.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub repartition_sink_topics: Vec<Str>,
    /// Versions 0.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Subtopology {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "Subtopology.SubtopologyId")?;
        out.strings(&self.source_topics, true, "Subtopology.SourceTopics")?;
        out.strings(&self.source_topic_regex, true, "Subtopology.SourceTopicRegex")?;
        out.structs(
            &self.state_changelog_topics,
            version,
            true,
            "Subtopology.StateChangelogTopics",
        )?;
        out.strings(&self.repartition_sink_topics, true, "Subtopology.RepartitionSinkTopics")?;
        out.structs(
            &self.repartition_source_topics,
            version,
            true,
            "Subtopology.RepartitionSourceTopics",
        )?;
        out.structs(&self.copartition_groups, version, true, "Subtopology.CopartitionGroups")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Subtopology", version)
    }
}

impl Decode for Subtopology {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "Subtopology.SubtopologyId")?,
            source_topics: input.strings(true, "Subtopology.SourceTopics")?,
            source_topic_regex: input.strings(true, "Subtopology.SourceTopicRegex")?,
            state_changelog_topics: input.structs(
                version,
                true,
                "Subtopology.StateChangelogTopics",
            )?,
            repartition_sink_topics: input.strings(true, "Subtopology.RepartitionSinkTopics")?,
            repartition_source_topics: input.structs(
                version,
                true,
                "Subtopology.RepartitionSourceTopics",
            )?,
            copartition_groups: input.structs(version, true, "Subtopology.CopartitionGroups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `CopartitionGroup`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CopartitionGroup {
    /// Versions 0.
    pub source_topics: Vec<i16>,
    /// Versions 0.
    pub source_topic_regex: Vec<i16>,
    /// Versions 0.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CopartitionGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.plains(&self.source_topics, true, "CopartitionGroup.SourceTopics")?;
        out.plains(&self.source_topic_regex, true, "CopartitionGroup.SourceTopicRegex")?;
        out.plains(
            &self.repartition_source_topics,
            true,
            "CopartitionGroup.RepartitionSourceTopics",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "CopartitionGroup", version)
    }
}

impl Decode for CopartitionGroup {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            source_topics: input.plains(true, "CopartitionGroup.SourceTopics")?,
            source_topic_regex: input.plains(true, "CopartitionGroup.SourceTopicRegex")?,
            repartition_source_topics: input
                .plains(true, "CopartitionGroup.RepartitionSourceTopics")?,
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
