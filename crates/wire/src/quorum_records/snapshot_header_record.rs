// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SnapshotHeaderRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `SnapshotHeaderRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SnapshotHeaderRecord {
    /// Versions 0.
    pub version: i16,
    /// Versions 0.
    pub last_contained_log_timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SnapshotHeaderRecord {
    const NAME: &'static str = "SnapshotHeaderRecord";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SnapshotHeaderRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.version);
        out.i64(self.last_contained_log_timestamp);
        out.tagged_fields(&self.unknown_tagged_fields, true, "SnapshotHeaderRecord", version)
    }
}

impl Decode for SnapshotHeaderRecord {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            version: input.i16()?,
            last_contained_log_timestamp: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
