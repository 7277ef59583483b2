// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterPartitionResponse` versions 2-3, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AlterPartitionResponse`, versions 2-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterPartitionResponse {
    /// Versions 2-3.
    pub throttle_time_ms: i32,
    /// Versions 2-3.
    pub error_code: ErrorCode,
    /// Versions 2-3.
    pub topics: Vec<TopicData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterPartitionResponse {
    const NAME: &'static str = "AlterPartitionResponse";
    const KEY: Option<i16> = Some(56);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterPartitionResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.structs(&self.topics, version, true, "AlterPartitionResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AlterPartitionResponse", version)
    }
}

impl Decode for AlterPartitionResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            topics: input.structs(version, true, "AlterPartitionResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicData`, versions 2-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 2-3.
    pub topic_id: Uuid,
    /// Versions 2-3.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 2-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 2-3.
    pub partition_index: i32,
    /// Versions 2-3.
    pub error_code: ErrorCode,
    /// Versions 2-3.
    pub leader_id: i32,
    /// Versions 2-3.
    pub leader_epoch: i32,
    /// Versions 2-3.
    pub isr: Vec<i32>,
    /// Versions 2-3.
    pub leader_recovery_state: i8,
    /// Versions 2-3.
    pub partition_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.plains(&self.isr, true, "PartitionData.Isr")?;
        out.i8(self.leader_recovery_state);
        out.i32(self.partition_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            isr: input.plains(true, "PartitionData.Isr")?,
            leader_recovery_state: input.i8()?,
            partition_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
