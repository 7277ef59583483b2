// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `TxnOffsetCommitResponse` versions 0-5, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `TxnOffsetCommitResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TxnOffsetCommitResponse {
    /// Versions 0-5.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for TxnOffsetCommitResponse {
    const NAME: &'static str = "TxnOffsetCommitResponse";
    const KEY: Option<i16> = Some(28);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for TxnOffsetCommitResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, flexible, "TxnOffsetCommitResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TxnOffsetCommitResponse", version)
    }
}

impl Decode for TxnOffsetCommitResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, flexible, "TxnOffsetCommitResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TxnOffsetCommitResponseTopic`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TxnOffsetCommitResponseTopic {
    /// Versions 0-5.
    pub name: Str,
    /// Versions 0-5.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TxnOffsetCommitResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.string(&self.name, flexible, "TxnOffsetCommitResponseTopic.Name")?;
        out.structs(
            &self.partitions,
            version,
            flexible,
            "TxnOffsetCommitResponseTopic.Partitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "TxnOffsetCommitResponseTopic",
            version,
        )
    }
}

impl Decode for TxnOffsetCommitResponseTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            name: input.string(flexible, "TxnOffsetCommitResponseTopic.Name")?,
            partitions: input.structs(
                version,
                flexible,
                "TxnOffsetCommitResponseTopic.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TxnOffsetCommitResponsePartition`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TxnOffsetCommitResponsePartition {
    /// Versions 0-5.
    pub partition_index: i32,
    /// Versions 0-5.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TxnOffsetCommitResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "TxnOffsetCommitResponsePartition",
            version,
        )
    }
}

impl Decode for TxnOffsetCommitResponsePartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
