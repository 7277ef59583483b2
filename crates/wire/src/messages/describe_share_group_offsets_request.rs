// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeShareGroupOffsetsRequest` versions 0-1, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeShareGroupOffsetsRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeShareGroupOffsetsRequest {
    /// Versions 0-1.
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeShareGroupOffsetsRequest {
    const NAME: &'static str = "DescribeShareGroupOffsetsRequest";
    const KEY: Option<i16> = Some(90);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeShareGroupOffsetsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.groups, version, true, "DescribeShareGroupOffsetsRequest.Groups")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsRequest",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            groups: input.structs(version, true, "DescribeShareGroupOffsetsRequest.Groups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeShareGroupOffsetsRequestGroup`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeShareGroupOffsetsRequestGroup {
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1, nullable 0-1.
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeShareGroupOffsetsRequestGroup {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            topics: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeShareGroupOffsetsRequestGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.group_id, true, "DescribeShareGroupOffsetsRequestGroup.GroupId")?;
        out.structs_or_null(
            self.topics.as_ref(),
            version,
            true,
            true,
            "DescribeShareGroupOffsetsRequestGroup.Topics",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsRequestGroup",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsRequestGroup {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            group_id: input.string(true, "DescribeShareGroupOffsetsRequestGroup.GroupId")?,
            topics: input.structs_or_null(
                version,
                true,
                true,
                "DescribeShareGroupOffsetsRequestGroup.Topics",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeShareGroupOffsetsRequestTopic`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeShareGroupOffsetsRequestTopic {
    /// Versions 0-1.
    pub topic_name: Str,
    /// Versions 0-1.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeShareGroupOffsetsRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "DescribeShareGroupOffsetsRequestTopic.TopicName")?;
        out.plains(&self.partitions, true, "DescribeShareGroupOffsetsRequestTopic.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeShareGroupOffsetsRequestTopic",
            version,
        )
    }
}

impl Decode for DescribeShareGroupOffsetsRequestTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "DescribeShareGroupOffsetsRequestTopic.TopicName")?,
            partitions: input.plains(true, "DescribeShareGroupOffsetsRequestTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
