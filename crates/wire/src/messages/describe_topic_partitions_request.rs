// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeTopicPartitionsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeTopicPartitionsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsRequest {
    /// Versions 0.
    pub topics: Vec<TopicRequest>,
    /// Versions 0, default 2000.
    pub response_partition_limit: i32,
    /// Versions 0, nullable 0, default null.
    pub cursor: Option<Cursor>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            response_partition_limit: 2000,
            cursor: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeTopicPartitionsRequest {
    const NAME: &'static str = "DescribeTopicPartitionsRequest";
    const KEY: Option<i16> = Some(75);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeTopicPartitionsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.topics, version, true, "DescribeTopicPartitionsRequest.Topics")?;
        out.i32(self.response_partition_limit);
        out.struct_or_null(
            self.cursor.as_ref(),
            version,
            true,
            "DescribeTopicPartitionsRequest.Cursor",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeTopicPartitionsRequest",
            version,
        )
    }
}

impl Decode for DescribeTopicPartitionsRequest {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topics: input.structs(version, true, "DescribeTopicPartitionsRequest.Topics")?,
            response_partition_limit: input.i32()?,
            cursor: input.struct_or_null(version, true, "DescribeTopicPartitionsRequest.Cursor")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicRequest {
    /// Versions 0.
    pub name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicRequest.Name")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicRequest", version)
    }
}

impl Decode for TopicRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicRequest.Name")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Cursor`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cursor {
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub partition_index: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Cursor {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "Cursor.TopicName")?;
        out.i32(self.partition_index);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Cursor", version)
    }
}

impl Decode for Cursor {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "Cursor.TopicName")?,
            partition_index: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
