// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `GroupMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `GroupMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GroupMetadataKey {
    /// Versions 0.
    pub group: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for GroupMetadataKey {
    const NAME: &'static str = "GroupMetadataKey";
    const KEY: Option<i16> = Some(2);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for GroupMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group, false, "GroupMetadataKey.group")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "GroupMetadataKey", version)
    }
}

impl Decode for GroupMetadataKey {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group: input.string(false, "GroupMetadataKey.group")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
