// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetDeleteRequest` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetDeleteRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<OffsetDeleteRequestTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetDeleteRequest {
    const NAME: &'static str = "OffsetDeleteRequest";
    const KEY: Option<i16> = Some(47);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetDeleteRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "OffsetDeleteRequest.GroupId")?;
        out.structs(&self.topics, version, false, "OffsetDeleteRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "OffsetDeleteRequest", version)
    }
}

impl Decode for OffsetDeleteRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "OffsetDeleteRequest.GroupId")?,
            topics: input.structs(version, false, "OffsetDeleteRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `OffsetDeleteRequestTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteRequestTopic {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetDeleteRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, false, "OffsetDeleteRequestTopic.Name")?;
        out.structs(&self.partitions, version, false, "OffsetDeleteRequestTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "OffsetDeleteRequestTopic", version)
    }
}

impl Decode for OffsetDeleteRequestTopic {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(false, "OffsetDeleteRequestTopic.Name")?,
            partitions: input.structs(version, false, "OffsetDeleteRequestTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `OffsetDeleteRequestPartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetDeleteRequestPartition {
    /// Versions 0.
    pub partition_index: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetDeleteRequestPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "OffsetDeleteRequestPartition",
            version,
        )
    }
}

impl Decode for OffsetDeleteRequestPartition {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
