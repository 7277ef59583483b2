// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupHeartbeatResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub member_id: Str,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub heartbeat_interval_ms: i32,
    /// Versions 0.
    pub acceptable_recovery_lag: i32,
    /// Versions 0.
    pub task_offset_interval_ms: i32,
    /// Versions 0, nullable 0.
    pub status: Option<Vec<Status>>,
    /// Versions 0, nullable 0, default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// Versions 0, nullable 0, default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// Versions 0, nullable 0, default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// Versions 0.
    pub endpoint_information_epoch: i32,
    /// Versions 0, nullable 0, default null.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            member_id: Str::default(),
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag: 0,
            task_offset_interval_ms: 0,
            status: Some(Vec::new()),
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for StreamsGroupHeartbeatResponse {
    const NAME: &'static str = "StreamsGroupHeartbeatResponse";
    const KEY: Option<i16> = Some(88);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupHeartbeatResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "StreamsGroupHeartbeatResponse.ErrorMessage",
        )?;
        out.string(&self.member_id, true, "StreamsGroupHeartbeatResponse.MemberId")?;
        out.i32(self.member_epoch);
        out.i32(self.heartbeat_interval_ms);
        out.i32(self.acceptable_recovery_lag);
        out.i32(self.task_offset_interval_ms);
        out.structs_or_null(
            self.status.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatResponse.Status",
        )?;
        out.structs_or_null(
            self.active_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatResponse.ActiveTasks",
        )?;
        out.structs_or_null(
            self.standby_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatResponse.StandbyTasks",
        )?;
        out.structs_or_null(
            self.warmup_tasks.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatResponse.WarmupTasks",
        )?;
        out.i32(self.endpoint_information_epoch);
        out.structs_or_null(
            self.partitions_by_user_endpoint.as_ref(),
            version,
            true,
            true,
            "StreamsGroupHeartbeatResponse.PartitionsByUserEndpoint",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupHeartbeatResponse",
            version,
        )
    }
}

impl Decode for StreamsGroupHeartbeatResponse {
    const MIN_LENGTH: usize = 34;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "StreamsGroupHeartbeatResponse.ErrorMessage",
            )?,
            member_id: input.string(true, "StreamsGroupHeartbeatResponse.MemberId")?,
            member_epoch: input.i32()?,
            heartbeat_interval_ms: input.i32()?,
            acceptable_recovery_lag: input.i32()?,
            task_offset_interval_ms: input.i32()?,
            status: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatResponse.Status",
            )?,
            active_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatResponse.ActiveTasks",
            )?,
            standby_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatResponse.StandbyTasks",
            )?,
            warmup_tasks: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatResponse.WarmupTasks",
            )?,
            endpoint_information_epoch: input.i32()?,
            partitions_by_user_endpoint: input.structs_or_null(
                version,
                true,
                true,
                "StreamsGroupHeartbeatResponse.PartitionsByUserEndpoint",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `EndpointToPartitions`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndpointToPartitions {
    /// Versions 0.
    pub user_endpoint: Endpoint,
    /// Versions 0.
    pub active_partitions: Vec<TopicPartition>,
    /// Versions 0.
    pub standby_partitions: Vec<TopicPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for EndpointToPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        self.user_endpoint.encode(out, version)?;
        out.structs(
            &self.active_partitions,
            version,
            true,
            "EndpointToPartitions.ActivePartitions",
        )?;
        out.structs(
            &self.standby_partitions,
            version,
            true,
            "EndpointToPartitions.StandbyPartitions",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "EndpointToPartitions", version)
    }
}

impl Decode for EndpointToPartitions {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            user_endpoint: Endpoint::decode(input, version)?,
            active_partitions: input.structs(
                version,
                true,
                "EndpointToPartitions.ActivePartitions",
            )?,
            standby_partitions: input.structs(
                version,
                true,
                "EndpointToPartitions.StandbyPartitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Status`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Status {
    /// Versions 0.
    pub status_code: i8,
    /// Versions 0.
    pub status_detail: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Status {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i8(self.status_code);
        out.string(&self.status_detail, true, "Status.StatusDetail")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Status", version)
    }
}

impl Decode for Status {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            status_code: input.i8()?,
            status_detail: input.string(true, "Status.StatusDetail")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartition {
    /// Versions 0.
    pub topic: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic, true, "TopicPartition.Topic")?;
        out.plains(&self.partitions, true, "TopicPartition.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartition", version)
    }
}

impl Decode for TopicPartition {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic: input.string(true, "TopicPartition.Topic")?,
            partitions: input.plains(true, "TopicPartition.Partitions")?,
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
