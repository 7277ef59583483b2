// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `InitializeShareGroupStateRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `InitializeShareGroupStateRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct InitializeShareGroupStateRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<InitializeStateData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for InitializeShareGroupStateRequest {
    const NAME: &'static str = "InitializeShareGroupStateRequest";
    const KEY: Option<i16> = Some(83);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for InitializeShareGroupStateRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "InitializeShareGroupStateRequest.GroupId")?;
        out.structs(&self.topics, version, true, "InitializeShareGroupStateRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "InitializeShareGroupStateRequest",
            version,
        )
    }
}

impl Decode for InitializeShareGroupStateRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "InitializeShareGroupStateRequest.GroupId")?,
            topics: input.structs(version, true, "InitializeShareGroupStateRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `InitializeStateData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct InitializeStateData {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for InitializeStateData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "InitializeStateData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "InitializeStateData", version)
    }
}

impl Decode for InitializeStateData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "InitializeStateData.Partitions")?,
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
    pub state_epoch: i32,
    /// Versions 0.
    pub start_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i32(self.state_epoch);
        out.i64(self.start_offset);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 17;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            state_epoch: input.i32()?,
            start_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
