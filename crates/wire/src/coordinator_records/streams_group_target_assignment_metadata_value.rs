// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupTargetAssignmentMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `StreamsGroupTargetAssignmentMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupTargetAssignmentMetadataValue {
    /// Versions 0.
    pub assignment_epoch: i32,
    /// Versions 0, tag 0.
    pub assignment_timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMetadataValue";
    const KEY: Option<i16> = Some(20);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupTargetAssignmentMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.assignment_epoch);
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.assignment_timestamp != 0 {
            out.begin_tag(&mut tags, 0)?;
            out.i64(self.assignment_timestamp);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for StreamsGroupTargetAssignmentMetadataValue {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            assignment_epoch: input.i32()?,
            assignment_timestamp: 0,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.assignment_timestamp = value.i64()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
