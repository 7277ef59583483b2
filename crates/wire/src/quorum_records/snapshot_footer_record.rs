// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SnapshotFooterRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `SnapshotFooterRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SnapshotFooterRecord {
    /// Versions 0.
    pub version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SnapshotFooterRecord {
    const NAME: &'static str = "SnapshotFooterRecord";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SnapshotFooterRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "SnapshotFooterRecord", version)
    }
}

impl Decode for SnapshotFooterRecord {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self { version: input.i16()?, unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
