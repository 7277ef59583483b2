// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterShareGroupOffsetsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterShareGroupOffsetsRequest {
    const NAME: &'static str = "AlterShareGroupOffsetsRequest";
    const KEY: Option<i16> = Some(91);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterShareGroupOffsetsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "AlterShareGroupOffsetsRequest.GroupId")?;
        out.structs(&self.topics, version, true, "AlterShareGroupOffsetsRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsRequest",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "AlterShareGroupOffsetsRequest.GroupId")?,
            topics: input.structs(version, true, "AlterShareGroupOffsetsRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AlterShareGroupOffsetsRequestTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterShareGroupOffsetsRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "AlterShareGroupOffsetsRequestTopic.TopicName")?;
        out.structs(
            &self.partitions,
            version,
            true,
            "AlterShareGroupOffsetsRequestTopic.Partitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsRequestTopic",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsRequestTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "AlterShareGroupOffsetsRequestTopic.TopicName")?,
            partitions: input.structs(
                version,
                true,
                "AlterShareGroupOffsetsRequestTopic.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AlterShareGroupOffsetsRequestPartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub start_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterShareGroupOffsetsRequestPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i64(self.start_offset);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterShareGroupOffsetsRequestPartition",
            version,
        )
    }
}

impl Decode for AlterShareGroupOffsetsRequestPartition {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            start_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
