// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupTargetAssignmentMemberValue` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ConsumerGroupTargetAssignmentMemberValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupTargetAssignmentMemberValue {
    /// Versions 0.
    pub topic_partitions: Vec<TopicPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMemberValue";
    const KEY: Option<i16> = Some(7);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupTargetAssignmentMemberValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(
            &self.topic_partitions,
            version,
            true,
            "ConsumerGroupTargetAssignmentMemberValue.TopicPartitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupTargetAssignmentMemberValue",
            version,
        )
    }
}

impl Decode for ConsumerGroupTargetAssignmentMemberValue {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topic_partitions: input.structs(
                version,
                true,
                "ConsumerGroupTargetAssignmentMemberValue.TopicPartitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartition`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartition {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "TopicPartition.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartition", version)
    }
}

impl Decode for TopicPartition {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "TopicPartition.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
