// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `LegacyOffsetCommitValue` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `LegacyOffsetCommitValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LegacyOffsetCommitValue {
    /// Versions 0.
    pub offset: i64,
    /// Versions 0.
    pub metadata: Str,
    /// Versions 0.
    pub commit_timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LegacyOffsetCommitValue {
    const NAME: &'static str = "LegacyOffsetCommitValue";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for LegacyOffsetCommitValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i64(self.offset);
        out.string(&self.metadata, false, "LegacyOffsetCommitValue.metadata")?;
        out.i64(self.commit_timestamp);
        out.tagged_fields(&self.unknown_tagged_fields, false, "LegacyOffsetCommitValue", version)
    }
}

impl Decode for LegacyOffsetCommitValue {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            offset: input.i64()?,
            metadata: input.string(false, "LegacyOffsetCommitValue.metadata")?,
            commit_timestamp: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
