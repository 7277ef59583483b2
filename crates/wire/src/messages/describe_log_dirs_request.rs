// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeLogDirsRequest` versions 1-5, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeLogDirsRequest`, versions 1-5.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsRequest {
    /// Versions 1-5, nullable 1-5.
    pub topics: Option<Vec<DescribableLogDirTopic>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeLogDirsRequest {
    fn default() -> Self {
        Self { topics: Some(Vec::new()), unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for DescribeLogDirsRequest {
    const NAME: &'static str = "DescribeLogDirsRequest";
    const KEY: Option<i16> = Some(35);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeLogDirsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs_or_null(
            self.topics.as_ref(),
            version,
            flexible,
            true,
            "DescribeLogDirsRequest.Topics",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeLogDirsRequest", version)
    }
}

impl Decode for DescribeLogDirsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            topics: input.structs_or_null(
                version,
                flexible,
                true,
                "DescribeLogDirsRequest.Topics",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribableLogDirTopic`, versions 1-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribableLogDirTopic {
    /// Versions 1-5.
    pub topic: Str,
    /// Versions 1-5.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribableLogDirTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.topic, flexible, "DescribableLogDirTopic.Topic")?;
        out.plains(&self.partitions, flexible, "DescribableLogDirTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribableLogDirTopic", version)
    }
}

impl Decode for DescribableLogDirTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            topic: input.string(flexible, "DescribableLogDirTopic.Topic")?,
            partitions: input.plains(flexible, "DescribableLogDirTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
