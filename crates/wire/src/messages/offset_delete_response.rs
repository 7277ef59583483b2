// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetDeleteResponse` versions 0, flexible none.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetDeleteResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteResponse {
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub topics: Vec<OffsetDeleteResponseTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetDeleteResponse {
    const NAME: &'static str = "OffsetDeleteResponse";
    const KEY: Option<i16> = Some(47);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetDeleteResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.error_code.code());
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, false, "OffsetDeleteResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "OffsetDeleteResponse", version)
    }
}

impl Decode for OffsetDeleteResponse {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, false, "OffsetDeleteResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `OffsetDeleteResponseTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteResponseTopic {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetDeleteResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, false, "OffsetDeleteResponseTopic.Name")?;
        out.structs(&self.partitions, version, false, "OffsetDeleteResponseTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "OffsetDeleteResponseTopic", version)
    }
}

impl Decode for OffsetDeleteResponseTopic {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(false, "OffsetDeleteResponseTopic.Name")?,
            partitions: input.structs(version, false, "OffsetDeleteResponseTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `OffsetDeleteResponsePartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteResponsePartition {
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetDeleteResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "OffsetDeleteResponsePartition",
            version,
        )
    }
}

impl Decode for OffsetDeleteResponsePartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
