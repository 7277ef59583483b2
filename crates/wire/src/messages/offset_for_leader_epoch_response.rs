// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetForLeaderEpochResponse` versions 2-4, flexible 4+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetForLeaderEpochResponse`, versions 2-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetForLeaderEpochResponse {
    /// Versions 2-4.
    pub throttle_time_ms: i32,
    /// Versions 2-4.
    pub topics: Vec<OffsetForLeaderTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetForLeaderEpochResponse {
    const NAME: &'static str = "OffsetForLeaderEpochResponse";
    const KEY: Option<i16> = Some(23);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetForLeaderEpochResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, flexible, "OffsetForLeaderEpochResponse.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetForLeaderEpochResponse",
            version,
        )
    }
}

impl Decode for OffsetForLeaderEpochResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, flexible, "OffsetForLeaderEpochResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetForLeaderTopicResult`, versions 2-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetForLeaderTopicResult {
    /// Versions 2-4.
    pub topic: Str,
    /// Versions 2-4.
    pub partitions: Vec<EpochEndOffset>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetForLeaderTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.topic, flexible, "OffsetForLeaderTopicResult.Topic")?;
        out.structs(&self.partitions, version, flexible, "OffsetForLeaderTopicResult.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetForLeaderTopicResult",
            version,
        )
    }
}

impl Decode for OffsetForLeaderTopicResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            topic: input.string(flexible, "OffsetForLeaderTopicResult.Topic")?,
            partitions: input.structs(
                version,
                flexible,
                "OffsetForLeaderTopicResult.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `EpochEndOffset`, versions 2-4.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// Versions 2-4.
    pub error_code: ErrorCode,
    /// Versions 2-4.
    pub partition: i32,
    /// Versions 2-4, default -1.
    pub leader_epoch: i32,
    /// Versions 2-4, default -1.
    pub end_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            partition: 0,
            leader_epoch: -1,
            end_offset: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for EpochEndOffset {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.i16(self.error_code.code());
        out.i32(self.partition);
        out.i32(self.leader_epoch);
        out.i64(self.end_offset);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EpochEndOffset", version)
    }
}

impl Decode for EpochEndOffset {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            partition: input.i32()?,
            leader_epoch: input.i32()?,
            end_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
