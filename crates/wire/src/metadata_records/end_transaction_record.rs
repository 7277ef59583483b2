// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndTransactionRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `EndTransactionRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndTransactionRecord {
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndTransactionRecord {
    const NAME: &'static str = "EndTransactionRecord";
    const KEY: Option<i16> = Some(24);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndTransactionRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "EndTransactionRecord", version)
    }
}

impl Decode for EndTransactionRecord {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self { unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
