// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `KRaftVersionRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `KRaftVersionRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct KRaftVersionRecord {
    /// Versions 0.
    pub version: i16,
    /// Versions 0.
    pub kraft_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for KRaftVersionRecord {
    const NAME: &'static str = "KRaftVersionRecord";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for KRaftVersionRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.version);
        out.i16(self.kraft_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "KRaftVersionRecord", version)
    }
}

impl Decode for KRaftVersionRecord {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            version: input.i16()?,
            kraft_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
