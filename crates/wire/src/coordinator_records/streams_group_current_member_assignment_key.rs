// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupCurrentMemberAssignmentKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupCurrentMemberAssignmentKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupCurrentMemberAssignmentKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub member_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupCurrentMemberAssignmentKey {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentKey";
    const KEY: Option<i16> = Some(22);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupCurrentMemberAssignmentKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "StreamsGroupCurrentMemberAssignmentKey.GroupId")?;
        out.string(&self.member_id, false, "StreamsGroupCurrentMemberAssignmentKey.MemberId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "StreamsGroupCurrentMemberAssignmentKey",
            version,
        )
    }
}

impl Decode for StreamsGroupCurrentMemberAssignmentKey {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "StreamsGroupCurrentMemberAssignmentKey.GroupId")?,
            member_id: input.string(false, "StreamsGroupCurrentMemberAssignmentKey.MemberId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
