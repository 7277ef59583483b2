// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupHeartbeatResponse` versions 1, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupHeartbeatResponse`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupHeartbeatResponse {
    /// Versions 1.
    pub throttle_time_ms: i32,
    /// Versions 1.
    pub error_code: ErrorCode,
    /// Versions 1, nullable 1, default null.
    pub error_message: Option<Str>,
    /// Versions 1, nullable 1, default null.
    pub member_id: Option<Str>,
    /// Versions 1.
    pub member_epoch: i32,
    /// Versions 1.
    pub heartbeat_interval_ms: i32,
    /// Versions 1, nullable 1, default null.
    pub assignment: Option<Assignment>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupHeartbeatResponse {
    const NAME: &'static str = "ShareGroupHeartbeatResponse";
    const KEY: Option<i16> = Some(76);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupHeartbeatResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "ShareGroupHeartbeatResponse.ErrorMessage",
        )?;
        out.string_or_null(
            self.member_id.as_ref(),
            true,
            true,
            "ShareGroupHeartbeatResponse.MemberId",
        )?;
        out.i32(self.member_epoch);
        out.i32(self.heartbeat_interval_ms);
        out.struct_or_null(
            self.assignment.as_ref(),
            version,
            true,
            "ShareGroupHeartbeatResponse.Assignment",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareGroupHeartbeatResponse", version)
    }
}

impl Decode for ShareGroupHeartbeatResponse {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "ShareGroupHeartbeatResponse.ErrorMessage",
            )?,
            member_id: input.string_or_null(true, true, "ShareGroupHeartbeatResponse.MemberId")?,
            member_epoch: input.i32()?,
            heartbeat_interval_ms: input.i32()?,
            assignment: input.struct_or_null(
                version,
                true,
                "ShareGroupHeartbeatResponse.Assignment",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Assignment`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Assignment {
    /// Versions 1.
    pub topic_partitions: Vec<TopicPartitions>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Assignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.structs(&self.topic_partitions, version, true, "Assignment.TopicPartitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Assignment", version)
    }
}

impl Decode for Assignment {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_partitions: input.structs(version, true, "Assignment.TopicPartitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitions`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitions {
    /// Versions 1.
    pub topic_id: Uuid,
    /// Versions 1.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "TopicPartitions.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartitions", version)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "TopicPartitions.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
