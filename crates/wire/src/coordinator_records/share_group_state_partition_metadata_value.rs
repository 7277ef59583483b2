// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupStatePartitionMetadataValue` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupStatePartitionMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupStatePartitionMetadataValue {
    /// Versions 0.
    pub initializing_topics: Vec<TopicPartitionsInfo>,
    /// Versions 0.
    pub initialized_topics: Vec<TopicPartitionsInfo>,
    /// Versions 0.
    pub deleting_topics: Vec<TopicInfo>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupStatePartitionMetadataValue {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
    const KEY: Option<i16> = Some(15);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupStatePartitionMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(
            &self.initializing_topics,
            version,
            true,
            "ShareGroupStatePartitionMetadataValue.InitializingTopics",
        )?;
        out.structs(
            &self.initialized_topics,
            version,
            true,
            "ShareGroupStatePartitionMetadataValue.InitializedTopics",
        )?;
        out.structs(
            &self.deleting_topics,
            version,
            true,
            "ShareGroupStatePartitionMetadataValue.DeletingTopics",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ShareGroupStatePartitionMetadataValue",
            version,
        )
    }
}

impl Decode for ShareGroupStatePartitionMetadataValue {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            initializing_topics: input.structs(
                version,
                true,
                "ShareGroupStatePartitionMetadataValue.InitializingTopics",
            )?,
            initialized_topics: input.structs(
                version,
                true,
                "ShareGroupStatePartitionMetadataValue.InitializedTopics",
            )?,
            deleting_topics: input.structs(
                version,
                true,
                "ShareGroupStatePartitionMetadataValue.DeletingTopics",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitionsInfo`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitionsInfo {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitionsInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.string(&self.topic_name, true, "TopicPartitionsInfo.TopicName")?;
        out.plains(&self.partitions, true, "TopicPartitionsInfo.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartitionsInfo", version)
    }
}

impl Decode for TopicPartitionsInfo {
    const MIN_LENGTH: usize = 19;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            topic_name: input.string(true, "TopicPartitionsInfo.TopicName")?,
            partitions: input.plains(true, "TopicPartitionsInfo.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicInfo`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicInfo {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.string(&self.topic_name, true, "TopicInfo.TopicName")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicInfo", version)
    }
}

impl Decode for TopicInfo {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            topic_name: input.string(true, "TopicInfo.TopicName")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
