// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupMemberMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupMemberMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupMemberMetadataKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub member_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupMemberMetadataKey {
    const NAME: &'static str = "StreamsGroupMemberMetadataKey";
    const KEY: Option<i16> = Some(19);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupMemberMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "StreamsGroupMemberMetadataKey.GroupId")?;
        out.string(&self.member_id, false, "StreamsGroupMemberMetadataKey.MemberId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "StreamsGroupMemberMetadataKey",
            version,
        )
    }
}

impl Decode for StreamsGroupMemberMetadataKey {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "StreamsGroupMemberMetadataKey.GroupId")?,
            member_id: input.string(false, "StreamsGroupMemberMetadataKey.MemberId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
