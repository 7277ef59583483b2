// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetCommitResponse` versions 2-10, flexible 8+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetCommitResponse`, versions 2-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetCommitResponse {
    /// Versions 3-10.
    pub throttle_time_ms: i32,
    /// Versions 2-10.
    pub topics: Vec<OffsetCommitResponseTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetCommitResponse {
    const NAME: &'static str = "OffsetCommitResponse";
    const KEY: Option<i16> = Some(8);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 10);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(8, 10);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetCommitResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 8;
        if version >= 3 {
            out.i32(self.throttle_time_ms);
        }
        out.structs(&self.topics, version, flexible, "OffsetCommitResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetCommitResponse", version)
    }
}

impl Decode for OffsetCommitResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 8;
        Ok(Self {
            throttle_time_ms: if version >= 3 { input.i32()? } else { 0 },
            topics: input.structs(version, flexible, "OffsetCommitResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetCommitResponseTopic`, versions 2-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetCommitResponseTopic {
    /// Versions 2-9.
    pub name: Str,
    /// Versions 10.
    pub topic_id: Uuid,
    /// Versions 2-10.
    pub partitions: Vec<OffsetCommitResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetCommitResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        if version <= 9 {
            out.string(&self.name, flexible, "OffsetCommitResponseTopic.Name")?;
        }
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partitions, version, flexible, "OffsetCommitResponseTopic.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetCommitResponseTopic",
            version,
        )
    }
}

impl Decode for OffsetCommitResponseTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        Ok(Self {
            name: if version <= 9 {
                input.string(flexible, "OffsetCommitResponseTopic.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.structs(version, flexible, "OffsetCommitResponseTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetCommitResponsePartition`, versions 2-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetCommitResponsePartition {
    /// Versions 2-10.
    pub partition_index: i32,
    /// Versions 2-10.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetCommitResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetCommitResponsePartition",
            version,
        )
    }
}

impl Decode for OffsetCommitResponsePartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
