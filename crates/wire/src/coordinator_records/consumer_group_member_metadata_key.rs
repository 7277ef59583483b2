// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupMemberMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupMemberMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupMemberMetadataKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub member_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupMemberMetadataKey {
    const NAME: &'static str = "ConsumerGroupMemberMetadataKey";
    const KEY: Option<i16> = Some(5);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupMemberMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ConsumerGroupMemberMetadataKey.GroupId")?;
        out.string(&self.member_id, false, "ConsumerGroupMemberMetadataKey.MemberId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "ConsumerGroupMemberMetadataKey",
            version,
        )
    }
}

impl Decode for ConsumerGroupMemberMetadataKey {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ConsumerGroupMemberMetadataKey.GroupId")?,
            member_id: input.string(false, "ConsumerGroupMemberMetadataKey.MemberId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
