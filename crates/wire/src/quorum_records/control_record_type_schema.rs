// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ControlRecordTypeSchema` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ControlRecordTypeSchema`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ControlRecordTypeSchema {
    /// Versions 0.
    pub r#type: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ControlRecordTypeSchema {
    const NAME: &'static str = "ControlRecordTypeSchema";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ControlRecordTypeSchema {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.r#type);
        out.tagged_fields(&self.unknown_tagged_fields, false, "ControlRecordTypeSchema", version)
    }
}

impl Decode for ControlRecordTypeSchema {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self { r#type: input.i16()?, unknown_tagged_fields: input.tagged_fields(false)? })
    }
}
