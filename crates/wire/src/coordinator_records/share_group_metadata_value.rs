// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ShareGroupMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupMetadataValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub metadata_hash: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupMetadataValue {
    const NAME: &'static str = "ShareGroupMetadataValue";
    const KEY: Option<i16> = Some(11);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.epoch);
        out.i64(self.metadata_hash);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareGroupMetadataValue", version)
    }
}

impl Decode for ShareGroupMetadataValue {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            epoch: input.i32()?,
            metadata_hash: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
