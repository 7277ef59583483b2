// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterShareGroupOffsetsResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterShareGroupOffsetsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterShareGroupOffsetsResponse {
    const NAME: &'static str = "AlterShareGroupOffsetsResponse";
    const KEY: Option<i16> = Some(91);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterShareGroupOffsetsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "AlterShareGroupOffsetsResponse.ErrorMessage",
        )?;
        out.structs(&self.responses, version, true, "AlterShareGroupOffsetsResponse.Responses")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsResponse",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "AlterShareGroupOffsetsResponse.ErrorMessage",
            )?,
            responses: input.structs(version, true, "AlterShareGroupOffsetsResponse.Responses")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AlterShareGroupOffsetsResponseTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterShareGroupOffsetsResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "AlterShareGroupOffsetsResponseTopic.TopicName")?;
        out.uuid(self.topic_id);
        out.structs(
            &self.partitions,
            version,
            true,
            "AlterShareGroupOffsetsResponseTopic.Partitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsResponseTopic",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsResponseTopic {
    const MIN_LENGTH: usize = 19;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "AlterShareGroupOffsetsResponseTopic.TopicName")?,
            topic_id: input.uuid()?,
            partitions: input.structs(
                version,
                true,
                "AlterShareGroupOffsetsResponseTopic.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AlterShareGroupOffsetsResponsePartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterShareGroupOffsetsResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "AlterShareGroupOffsetsResponsePartition.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsResponsePartition",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsResponsePartition {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "AlterShareGroupOffsetsResponsePartition.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
