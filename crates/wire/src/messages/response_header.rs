// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ResponseHeader` versions 0-1, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ResponseHeader`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ResponseHeader {
    /// Versions 0-1.
    pub correlation_id: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ResponseHeader {
    const NAME: &'static str = "ResponseHeader";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ResponseHeader {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.i32(self.correlation_id);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ResponseHeader", version)
    }
}

impl Decode for ResponseHeader {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            correlation_id: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
