// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeShareGroupOffsetsResponse` versions 0-1, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeShareGroupOffsetsResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeShareGroupOffsetsResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeShareGroupOffsetsResponse {
    const NAME: &'static str = "DescribeShareGroupOffsetsResponse";
    const KEY: Option<i16> = Some(90);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeShareGroupOffsetsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.groups, version, true, "DescribeShareGroupOffsetsResponse.Groups")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsResponse",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            groups: input.structs(version, true, "DescribeShareGroupOffsetsResponse.Groups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeShareGroupOffsetsResponseGroup`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeShareGroupOffsetsResponseGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.group_id, true, "DescribeShareGroupOffsetsResponseGroup.GroupId")?;
        out.structs(&self.topics, version, true, "DescribeShareGroupOffsetsResponseGroup.Topics")?;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DescribeShareGroupOffsetsResponseGroup.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsResponseGroup",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsResponseGroup {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            group_id: input.string(true, "DescribeShareGroupOffsetsResponseGroup.GroupId")?,
            topics: input.structs(
                version,
                true,
                "DescribeShareGroupOffsetsResponseGroup.Topics",
            )?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DescribeShareGroupOffsetsResponseGroup.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeShareGroupOffsetsResponseTopic`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// Versions 0-1.
    pub topic_name: Str,
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeShareGroupOffsetsResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "DescribeShareGroupOffsetsResponseTopic.TopicName")?;
        out.uuid(self.topic_id);
        out.structs(
            &self.partitions,
            version,
            true,
            "DescribeShareGroupOffsetsResponseTopic.Partitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsResponseTopic",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsResponseTopic {
    const MIN_LENGTH: usize = 19;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "DescribeShareGroupOffsetsResponseTopic.TopicName")?,
            topic_id: input.uuid()?,
            partitions: input.structs(
                version,
                true,
                "DescribeShareGroupOffsetsResponseTopic.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeShareGroupOffsetsResponsePartition`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 0-1.
    pub start_offset: i64,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Versions 1, default -1.
    pub lag: i64,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeShareGroupOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            start_offset: 0,
            leader_epoch: 0,
            lag: -1,
            error_code: ErrorCode::NONE,
            error_message: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeShareGroupOffsetsResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i64(self.start_offset);
        out.i32(self.leader_epoch);
        if version >= 1 {
            out.i64(self.lag);
        }
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DescribeShareGroupOffsetsResponsePartition.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsResponsePartition",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsResponsePartition {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            start_offset: input.i64()?,
            leader_epoch: input.i32()?,
            lag: if version >= 1 { input.i64()? } else { -1 },
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DescribeShareGroupOffsetsResponsePartition.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
