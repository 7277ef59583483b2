// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `LegacyOffsetCommitKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `LegacyOffsetCommitKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LegacyOffsetCommitKey {
    /// Versions 0.
    pub group: Str,
    /// Versions 0.
    pub topic: Str,
    /// Versions 0.
    pub partition: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LegacyOffsetCommitKey {
    const NAME: &'static str = "LegacyOffsetCommitKey";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for LegacyOffsetCommitKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group, false, "LegacyOffsetCommitKey.group")?;
        out.string(&self.topic, false, "LegacyOffsetCommitKey.topic")?;
        out.i32(self.partition);
        out.tagged_fields(&self.unknown_tagged_fields, false, "LegacyOffsetCommitKey", version)
    }
}

impl Decode for LegacyOffsetCommitKey {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group: input.string(false, "LegacyOffsetCommitKey.group")?,
            topic: input.string(false, "LegacyOffsetCommitKey.topic")?,
            partition: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
