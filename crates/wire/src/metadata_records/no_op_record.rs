// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `NoOpRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `NoOpRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NoOpRecord {
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for NoOpRecord {
    const NAME: &'static str = "NoOpRecord";
    const KEY: Option<i16> = Some(20);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for NoOpRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "NoOpRecord", version)
    }
}

impl Decode for NoOpRecord {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self { unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
