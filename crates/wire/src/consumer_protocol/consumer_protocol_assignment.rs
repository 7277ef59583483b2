// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerProtocolAssignment` versions 0-3, flexible none.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerProtocolAssignment`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerProtocolAssignment {
    /// Versions 0-3.
    pub assigned_partitions: Vec<TopicPartition>,
    /// Versions 0-3, nullable 0-3, default null.
    pub user_data: Option<Bytes>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerProtocolAssignment {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerProtocolAssignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(
            &self.assigned_partitions,
            version,
            false,
            "ConsumerProtocolAssignment.AssignedPartitions",
        )?;
        out.bytes_or_null(
            self.user_data.as_ref(),
            false,
            true,
            "ConsumerProtocolAssignment.UserData",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "ConsumerProtocolAssignment", version)
    }
}

impl Decode for ConsumerProtocolAssignment {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            assigned_partitions: input.structs(
                version,
                false,
                "ConsumerProtocolAssignment.AssignedPartitions",
            )?,
            user_data: input.bytes_or_null(false, true, "ConsumerProtocolAssignment.UserData")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `TopicPartition`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartition {
    /// Versions 0-3.
    pub topic: Str,
    /// Versions 0-3.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic, false, "TopicPartition.Topic")?;
        out.plains(&self.partitions, false, "TopicPartition.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "TopicPartition", version)
    }
}

impl Decode for TopicPartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic: input.string(false, "TopicPartition.Topic")?,
            partitions: input.plains(false, "TopicPartition.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
