// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ReadShareGroupStateRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ReadShareGroupStateRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadShareGroupStateRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<ReadStateData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateRequest {
    const NAME: &'static str = "ReadShareGroupStateRequest";
    const KEY: Option<i16> = Some(84);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ReadShareGroupStateRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "ReadShareGroupStateRequest.GroupId")?;
        out.structs(&self.topics, version, true, "ReadShareGroupStateRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadShareGroupStateRequest", version)
    }
}

impl Decode for ReadShareGroupStateRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "ReadShareGroupStateRequest.GroupId")?,
            topics: input.structs(version, true, "ReadShareGroupStateRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReadStateData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadStateData {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReadStateData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "ReadStateData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadStateData", version)
    }
}

impl Decode for ReadStateData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "ReadStateData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i32(self.leader_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            leader_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
