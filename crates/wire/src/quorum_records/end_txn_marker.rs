// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndTxnMarker` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `EndTxnMarker`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndTxnMarker {
    /// Versions 0.
    pub coordinator_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndTxnMarker {
    const NAME: &'static str = "EndTxnMarker";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndTxnMarker {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.coordinator_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, false, "EndTxnMarker", version)
    }
}

impl Decode for EndTxnMarker {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            coordinator_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
