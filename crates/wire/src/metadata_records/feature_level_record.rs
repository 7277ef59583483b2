// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FeatureLevelRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `FeatureLevelRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FeatureLevelRecord {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub feature_level: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FeatureLevelRecord {
    const NAME: &'static str = "FeatureLevelRecord";
    const KEY: Option<i16> = Some(12);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FeatureLevelRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.name, true, "FeatureLevelRecord.Name")?;
        out.i16(self.feature_level);
        out.tagged_fields(&self.unknown_tagged_fields, true, "FeatureLevelRecord", version)
    }
}

impl Decode for FeatureLevelRecord {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            name: input.string(true, "FeatureLevelRecord.Name")?,
            feature_level: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
