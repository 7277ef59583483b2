// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupTargetAssignmentMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupTargetAssignmentMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupTargetAssignmentMetadataKey {
    /// Versions 0.
    pub group_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupTargetAssignmentMetadataKey {
    const NAME: &'static str = "ShareGroupTargetAssignmentMetadataKey";
    const KEY: Option<i16> = Some(12);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupTargetAssignmentMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ShareGroupTargetAssignmentMetadataKey.GroupId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "ShareGroupTargetAssignmentMetadataKey",
            version,
        )
    }
}

impl Decode for ShareGroupTargetAssignmentMetadataKey {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ShareGroupTargetAssignmentMetadataKey.GroupId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
