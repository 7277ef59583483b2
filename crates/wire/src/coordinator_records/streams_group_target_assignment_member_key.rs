// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupTargetAssignmentMemberKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupTargetAssignmentMemberKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupTargetAssignmentMemberKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub member_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTargetAssignmentMemberKey {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberKey";
    const KEY: Option<i16> = Some(21);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupTargetAssignmentMemberKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "StreamsGroupTargetAssignmentMemberKey.GroupId")?;
        out.string(&self.member_id, false, "StreamsGroupTargetAssignmentMemberKey.MemberId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "StreamsGroupTargetAssignmentMemberKey",
            version,
        )
    }
}

impl Decode for StreamsGroupTargetAssignmentMemberKey {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "StreamsGroupTargetAssignmentMemberKey.GroupId")?,
            member_id: input.string(false, "StreamsGroupTargetAssignmentMemberKey.MemberId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
