// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupCurrentMemberAssignmentValue` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ShareGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupCurrentMemberAssignmentValue {
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub previous_member_epoch: i32,
    /// Versions 0.
    pub state: i8,
    /// Versions 0.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ShareGroupCurrentMemberAssignmentValue";
    const KEY: Option<i16> = Some(14);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupCurrentMemberAssignmentValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.member_epoch);
        out.i32(self.previous_member_epoch);
        out.i8(self.state);
        out.structs(
            &self.assigned_partitions,
            version,
            true,
            "ShareGroupCurrentMemberAssignmentValue.AssignedPartitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ShareGroupCurrentMemberAssignmentValue",
            version,
        )
    }
}

impl Decode for ShareGroupCurrentMemberAssignmentValue {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            member_epoch: input.i32()?,
            previous_member_epoch: input.i32()?,
            state: input.i8()?,
            assigned_partitions: input.structs(
                version,
                true,
                "ShareGroupCurrentMemberAssignmentValue.AssignedPartitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitions`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitions {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "TopicPartitions.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartitions", version)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "TopicPartitions.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
