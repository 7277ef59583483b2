// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupCurrentMemberAssignmentValue` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ConsumerGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub previous_member_epoch: i32,
    /// Versions 0.
    pub state: i8,
    /// Versions 0.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// Versions 0.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
    const KEY: Option<i16> = Some(8);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupCurrentMemberAssignmentValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.member_epoch);
        out.i32(self.previous_member_epoch);
        out.i8(self.state);
        out.structs(
            &self.assigned_partitions,
            version,
            true,
            "ConsumerGroupCurrentMemberAssignmentValue.AssignedPartitions",
        )?;
        out.structs(
            &self.partitions_pending_revocation,
            version,
            true,
            "ConsumerGroupCurrentMemberAssignmentValue.PartitionsPendingRevocation",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupCurrentMemberAssignmentValue",
            version,
        )
    }
}

impl Decode for ConsumerGroupCurrentMemberAssignmentValue {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            member_epoch: input.i32()?,
            previous_member_epoch: input.i32()?,
            state: input.i8()?,
            assigned_partitions: input.structs(
                version,
                true,
                "ConsumerGroupCurrentMemberAssignmentValue.AssignedPartitions",
            )?,
            partitions_pending_revocation: input.structs(
                version,
                true,
                "ConsumerGroupCurrentMemberAssignmentValue.PartitionsPendingRevocation",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitions`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicPartitions {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Versions 0, nullable 0, tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TopicPartitions {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, _version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "TopicPartitions.Partitions")?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if !self.assignment_epochs.as_ref().is_some_and(|value| value.is_empty()) {
            out.begin_tag(&mut tags, 0)?;
            out.plains_or_null(
                self.assignment_epochs.as_ref(),
                true,
                true,
                "TopicPartitions.AssignmentEpochs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        let mut this = Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "TopicPartitions.Partitions")?,
            assignment_epochs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.assignment_epochs =
                        value.plains_or_null(true, true, "TopicPartitions.AssignmentEpochs")?
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
