// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterReplicaLogDirsResponse` versions 1-2, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterReplicaLogDirsResponse`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDirsResponse {
    /// Versions 1-2.
    pub throttle_time_ms: i32,
    /// Versions 1-2.
    pub results: Vec<AlterReplicaLogDirTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterReplicaLogDirsResponse {
    const NAME: &'static str = "AlterReplicaLogDirsResponse";
    const KEY: Option<i16> = Some(34);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterReplicaLogDirsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, flexible, "AlterReplicaLogDirsResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterReplicaLogDirsResponse",
            version,
        )
    }
}

impl Decode for AlterReplicaLogDirsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, flexible, "AlterReplicaLogDirsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterReplicaLogDirTopicResult`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDirTopicResult {
    /// Versions 1-2.
    pub topic_name: Str,
    /// Versions 1-2.
    pub partitions: Vec<AlterReplicaLogDirPartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterReplicaLogDirTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.topic_name, flexible, "AlterReplicaLogDirTopicResult.TopicName")?;
        out.structs(
            &self.partitions,
            version,
            flexible,
            "AlterReplicaLogDirTopicResult.Partitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterReplicaLogDirTopicResult",
            version,
        )
    }
}

impl Decode for AlterReplicaLogDirTopicResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            topic_name: input.string(flexible, "AlterReplicaLogDirTopicResult.TopicName")?,
            partitions: input.structs(
                version,
                flexible,
                "AlterReplicaLogDirTopicResult.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterReplicaLogDirPartitionResult`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDirPartitionResult {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterReplicaLogDirPartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterReplicaLogDirPartitionResult",
            version,
        )
    }
}

impl Decode for AlterReplicaLogDirPartitionResult {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
