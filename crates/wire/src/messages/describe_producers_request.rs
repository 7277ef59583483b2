// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeProducersRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeProducersRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeProducersRequest {
    /// Versions 0.
    pub topics: Vec<TopicRequest>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeProducersRequest {
    const NAME: &'static str = "DescribeProducersRequest";
    const KEY: Option<i16> = Some(61);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeProducersRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.topics, version, true, "DescribeProducersRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeProducersRequest", version)
    }
}

impl Decode for DescribeProducersRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topics: input.structs(version, true, "DescribeProducersRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicRequest {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicRequest.Name")?;
        out.plains(&self.partition_indexes, true, "TopicRequest.PartitionIndexes")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicRequest", version)
    }
}

impl Decode for TopicRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicRequest.Name")?,
            partition_indexes: input.plains(true, "TopicRequest.PartitionIndexes")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
