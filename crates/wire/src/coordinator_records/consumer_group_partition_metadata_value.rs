// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupPartitionMetadataValue` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupPartitionMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupPartitionMetadataValue {
    /// Versions 0.
    pub topics: Vec<TopicMetadata>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupPartitionMetadataValue {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
    const KEY: Option<i16> = Some(4);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupPartitionMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.topics, version, true, "ConsumerGroupPartitionMetadataValue.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupPartitionMetadataValue",
            version,
        )
    }
}

impl Decode for ConsumerGroupPartitionMetadataValue {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topics: input.structs(version, true, "ConsumerGroupPartitionMetadataValue.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicMetadata`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicMetadata {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub num_partitions: i32,
    /// Versions 0.
    pub partition_metadata: Vec<PartitionMetadata>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicMetadata {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.string(&self.topic_name, true, "TopicMetadata.TopicName")?;
        out.i32(self.num_partitions);
        out.structs(&self.partition_metadata, version, true, "TopicMetadata.PartitionMetadata")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicMetadata", version)
    }
}

impl Decode for TopicMetadata {
    const MIN_LENGTH: usize = 23;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            topic_name: input.string(true, "TopicMetadata.TopicName")?,
            num_partitions: input.i32()?,
            partition_metadata: input.structs(version, true, "TopicMetadata.PartitionMetadata")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionMetadata`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionMetadata {
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub racks: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionMetadata {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.strings(&self.racks, true, "PartitionMetadata.Racks")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionMetadata", version)
    }
}

impl Decode for PartitionMetadata {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            racks: input.strings(true, "PartitionMetadata.Racks")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
