// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteShareGroupStateRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteShareGroupStateRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteShareGroupStateRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<DeleteStateData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupStateRequest {
    const NAME: &'static str = "DeleteShareGroupStateRequest";
    const KEY: Option<i16> = Some(86);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteShareGroupStateRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "DeleteShareGroupStateRequest.GroupId")?;
        out.structs(&self.topics, version, true, "DeleteShareGroupStateRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DeleteShareGroupStateRequest",
            version,
        )
    }
}

impl Decode for DeleteShareGroupStateRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "DeleteShareGroupStateRequest.GroupId")?,
            topics: input.structs(version, true, "DeleteShareGroupStateRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DeleteStateData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteStateData {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteStateData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "DeleteStateData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "DeleteStateData", version)
    }
}

impl Decode for DeleteStateData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "DeleteStateData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0.
    pub partition: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self { partition: input.i32()?, unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
